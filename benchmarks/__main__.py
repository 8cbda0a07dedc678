"""``python -m benchmarks NAME`` runs one benchmark; without a name, it lists them."""

import sys

from benchmarks import (
    boundary_lines,
    coverage,
    field_package,
    imports,
    naming,
    outlines,
    romanisation,
    search,
    store,
    topology,
)

BENCHMARKS = {
    "boundary_lines": boundary_lines.run,
    "coverage": coverage.run,
    "field_package": field_package.run,
    "imports": imports.run,
    "naming": naming.run,
    "outlines": outlines.run,
    "romanisation": romanisation.run,
    "search": search.run,
    "store": store.run,
    "topology": topology.run,
}


def main() -> None:
    """Run the benchmark that the command line names."""
    names = sys.argv[1:]
    if len(names) != 1 or names[0] not in BENCHMARKS:
        sys.exit(f"usage: python -m benchmarks NAME, one of: {' '.join(sorted(BENCHMARKS))}")
    BENCHMARKS[names[0]]()


if __name__ == "__main__":
    main()
