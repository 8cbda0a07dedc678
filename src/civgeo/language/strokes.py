"""Strokes of Chinese characters, and the order of names by strokes (笔画).

Characters with equally many strokes stand in the order of their code points, which for the common
ones is that of the radicals; the order of the strokes themselves (GB 13000.1 字序) is not at hand.
"""

import csv
import io
from functools import cache
from typing import Final

from civgeo.assets import packaged_data

__all__ = ["UNCOUNTED", "stroke_key", "strokes"]

UNCOUNTED: Final = 99
"""Stands for the strokes of what is no Chinese character: after all others."""


@cache
def _table() -> dict[str, int]:
    text = packaged_data("gazetteer/strokes.csv").read_text(encoding="utf-8")
    return {
        chr(code): int(count)
        for row in csv.DictReader(io.StringIO(text, newline=""))
        for code, count in enumerate(row["strokes"].split(), start=int(row["first"], 16))
    }


def strokes(character: str) -> int | None:
    """Strokes of one character as written on the mainland; None for what is no Chinese character.

    Examples
    --------
    >>> strokes("一"), strokes("岈"), strokes("A")
    (1, 7, None)
    """
    return _table().get(character)


def stroke_key(name: str) -> tuple[tuple[int, str], ...]:
    """Sorting key of `name`: character by character, fewer strokes first.

    Examples
    --------
    >>> sorted(["驿城区", "上蔡县", "平舆县"], key=stroke_key)
    ['上蔡县', '平舆县', '驿城区']
    """
    counts = _table()
    return tuple((counts.get(character, UNCOUNTED), character) for character in name)
