"""Derive data/gazetteer/strokes.csv: the strokes of every Chinese character, from Unihan.

Development only. The argument is the folder with the Unihan database as Debian's package
unicode-data ships it. Field kTotalStrokes of Unihan_IRGSources.txt; where it holds two figures the
first counts, which is the one of the mainland (UAX #38).

    python scripts/derive_strokes.py /usr/share/unicode
"""

import bz2
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "data" / "gazetteer" / "strokes.csv"
RUN = 256


def total_strokes(folder: Path) -> dict[int, int]:
    """Strokes by code point, in order."""
    found: dict[int, int] = {}
    with bz2.open(folder / "Unihan_IRGSources.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and parts[1] == "kTotalStrokes":
                found[int(parts[0][2:], 16)] = int(parts[2].split()[0])
    return dict(sorted(found.items()))


def runs(strokes: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """First code point and figures of code points without a gap, at most `RUN` together."""
    first, counts = -1, list[int]()
    for code, count in strokes.items():
        if code != first + len(counts) or len(counts) == RUN:
            if counts:
                yield first, counts
            first, counts = code, []
        counts.append(count)
    yield first, counts


def main() -> None:
    """Write the table."""
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/derive_strokes.py UNIHAN_FOLDER")
    table = total_strokes(Path(sys.argv[1]))
    with TARGET.open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["first", "strokes"])
        for first, counts in runs(table):
            writer.writerow([f"{first:04X}", " ".join(map(str, counts))])
    print(f"{len(table)} characters -> {TARGET}")


if __name__ == "__main__":
    main()
