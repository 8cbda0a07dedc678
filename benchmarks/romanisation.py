"""Romanising every division of China: names a second, and how many are right.

Peer: pypinyin's ``lazy_pinyin``, which gives syllables only; ours are divided into words, with
alternatives and a source beside them. Right means: the reading of an independent source, CC-CEDICT
with tones, GeoNames without, as romanised_divisions.csv has them. Our readings were settled with
the help of these sources: the comparison says how far the dictionary alone goes, not how well we
would read names that nobody has spelled.
"""

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from pypinyin import Style, lazy_pinyin

from benchmarks.measurement import Measured, in_turns, report, versions
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import table_rows
from civgeo.services.romanising import readings_of, romanise

__all__ = ["run"]

RUNS = 5
Row = Mapping[str, str]
Reading = Sequence[str]


def run() -> None:
    """Measure, compare with the independent spellings and report."""
    rows = list(table_rows("romanised_divisions.csv"))
    contestants: dict[str, Callable[[], list[Reading]]] = {
        f"civgeo romanise ({versions('pypinyin')} for data)": lambda: [
            spelled(row) for row in rows
        ],
        "civgeo readings_of": lambda: [ours(row) for row in rows],
        f"lazy_pinyin ({versions('pypinyin')})": lambda: [theirs(row) for row in rows],
    }
    seconds, answers = in_turns(contestants, runs=RUNS)
    first = next(iter(contestants))
    lines = [
        Measured(
            f"{len(rows):,} divisions",
            name,
            taken,
            taken / seconds[first],
            told(rows, answers[name]),  # type: ignore[arg-type]
        )
        for name, taken in seconds.items()
    ]
    notes = [f"{name}: {len(rows) / taken:,.0f} names/s" for name, taken in seconds.items()]
    report("romanisation", lines, notes)


def kind(code: str) -> PlaceKind:
    """Kind of the division `code`."""
    if len(code) == 9:
        return PlaceKind.TOWNSHIP
    if code.endswith("0000"):
        return PlaceKind.PROVINCE
    return PlaceKind.PREFECTURE if code.endswith("00") else PlaceKind.COUNTY


def spelled(row: Row) -> Reading:
    """Our syllables, by way of the whole answer."""
    try:
        return romanise(row["name"], kind(row["code"]), division=row["code"]).syllables
    except InvalidInput:
        return ()


def ours(row: Row) -> Reading:
    """Our syllables alone."""
    try:
        return readings_of(row["name"], kind(row["code"]), row["code"])
    except InvalidInput:
        return ()


def theirs(row: Row) -> Reading:
    """Syllables of pypinyin."""
    return lazy_pinyin(row["name"], style=Style.TONE)


def told(rows: Iterable[Row], readings: Iterable[Reading]) -> str:
    """How many of the independently spelled names have the independent reading."""
    counts = {"CC-CEDICT": [0, 0], "GeoNames": [0, 0]}
    for row, reading in zip(rows, readings, strict=True):
        if row["verdict"] == "no_independent_spelling":
            continue
        source = row["independent_source"].split()[0]
        counts[source][1] += 1
        counts[source][0] += agrees(row["independent"], reading, toned=source == "CC-CEDICT")
    return ", ".join(
        f"{right:,} of {total:,} as {source} ({right / total:.2%})"
        for source, (right, total) in counts.items()
    )


def agrees(independent: str, reading: Reading, *, toned: bool) -> bool:
    """Whether `reading` begins as the independent spelling does, which has no generic part."""
    if toned:
        wanted = independent.split()
        pairs = itertools.zip_longest(wanted, reading[: len(wanted)])
        return all(one == other or neutral(one, other) for one, other in pairs)
    said = letters("".join(reading))
    return said.startswith(letters(independent)) or letters(independent).startswith(said)


def neutral(one: str | None, other: str | None) -> bool:
    """Whether two syllables differ by a neutral tone only, which names do not have."""
    if one is None or other is None:
        return False
    plain = without_tones(one) == without_tones(other)
    return plain and (one.isascii() or other.isascii())


def letters(text: str) -> str:
    """Letters of `text` in small type, u for ü."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in parts if "a" <= letter <= "z")
