"""``python -m benchmarks NAME`` runs one benchmark; without a name, it lists them."""

import sys

from benchmarks import (
    accessibility,
    boundary_lines,
    coverage,
    field_package,
    imports,
    label_grid,
    layout,
    naming,
    outlines,
    romanisation,
    scenarios,
    search,
    service_areas,
    siting,
    store,
    topology,
    viewshed,
    walking,
)

BENCHMARKS = {
    "accessibility": accessibility.run,
    "boundary_lines": boundary_lines.run,
    "coverage": coverage.run,
    "field_package": field_package.run,
    "imports": imports.run,
    "label_grid": label_grid.run,
    "layout": layout.run,
    "naming": naming.run,
    "outlines": outlines.run,
    "romanisation": romanisation.run,
    "scenarios": scenarios.run,
    "search": search.run,
    "service_areas": service_areas.run,
    "siting": siting.run,
    "store": store.run,
    "topology": topology.run,
    "viewshed": viewshed.run,
    "walking": walking.run,
}


def main() -> None:
    """Run the benchmark that the command line names."""
    names = sys.argv[1:]
    if len(names) != 1 or names[0] not in BENCHMARKS:
        sys.exit(f"usage: python -m benchmarks NAME, one of: {' '.join(sorted(BENCHMARKS))}")
    BENCHMARKS[names[0]]()


if __name__ == "__main__":
    main()
