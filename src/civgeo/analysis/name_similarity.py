"""Names that are nearly one: written with a character of like sound or shape, or of one village.

Names are brought together by what stays equal: with one character taken out and its reading or its
shape put in, two names that differ in a like character are the same text. So the work grows with
the number of names and not with its square.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Likeness", "PairReason", "double_places", "near_duplicates"]

SHORTEST, LONGEST = 3, 20
"""Names of fewer characters are alike by chance too often; longer ones are no names."""

MOST_ALIKE = 40
"""More names than these that are all alike are a series, not misprints."""

_COLUMNS = ("first", "second", "reason", "differs")


class PairReason(StrEnum):
    """Why two names are taken for nearly one."""

    SOUND = "sound"
    SHAPE = "shape"
    COMMITTEE = "committee"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes two characters alike.

    Parameters
    ----------
    sounds
        Toneless readings of each character.
    shapes
        Numbers of the groups of similar characters that each belongs to.
    """

    sounds: Mapping[str, Sequence[str]]
    shapes: Mapping[str, Sequence[int]]


def near_duplicates(
    names: pd.Series,
    within: pd.Series,
    fresh: "pd.Series[bool]",
    likeness: Likeness,
) -> pd.DataFrame:
    """Pairs of names that differ in one character of like sound or shape.

    Parameters
    ----------
    names
        Names as they are compared, one a row; null and very short or long ones have no pair.
    within
        What two names must have in common to be compared, such as class and county; same index.
    fresh
        Rows of which at least one must be in a pair; same index.
    likeness
        What makes characters alike.

    Returns
    -------
    DataFrame
        ``first``, ``second`` (labels of the index; the first is fresh and, of two fresh ones, the
        later row), ``reason`` (`PairReason`; like sound goes before like shape), ``differs`` (the
        place of the character that differs). In the order of the first, then of the second.
    """
    numbered: dict[tuple[object, str], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(within.tolist(), names.tolist(), strict=True)):
        if isinstance(key[1], str) and SHORTEST <= len(key[1]) <= LONGEST:
            numbered[key].append(row)
    wanted = fresh.to_numpy(dtype=bool)
    ours = {key for key, rows in numbered.items() if wanted[rows].any()}
    blocks: dict[tuple[object, str, str], list[tuple[object, str]]] = defaultdict(list)
    for key in numbered:
        for pattern in _patterns(key[1], likeness):
            blocks[key[0], *pattern].append(key)
    found: dict[tuple[int, int], tuple[PairReason, int]] = {}
    for block in blocks.values():
        if 1 < len(block) <= MOST_ALIKE and any(key in ours for key in block):
            _pair_up(block, numbered, wanted, likeness, found)
    return _table(found, names.index)


def _patterns(name: str, likeness: Likeness) -> Iterator[tuple[str, str]]:
    """The name with each character in turn replaced by what is like it."""
    for place, char in enumerate(name):
        before, after = name[:place], name[place + 1 :]
        for sound in likeness.sounds.get(char, ()):
            yield f"{before}\0{after}", sound
        for shape in likeness.shapes.get(char, ()):
            yield f"{before}\0{after}", f"#{shape}"


def _pair_up(
    block: Sequence[tuple[object, str]],
    numbered: Mapping[tuple[object, str], Sequence[int]],
    wanted: NDArray[np.bool_],
    likeness: Likeness,
    found: dict[tuple[int, int], tuple[PairReason, int]],
) -> None:
    for number, one in enumerate(block):
        for other in block[number + 1 :]:
            place = next(i for i, (a, b) in enumerate(zip(one[1], other[1], strict=True)) if a != b)
            sounds = (likeness.sounds.get(name[1][place], ()) for name in (one, other))
            first, second = (set(heard) for heard in sounds)
            reason = PairReason.SOUND if first & second else PairReason.SHAPE
            for pair in _rows(numbered[one], numbered[other], wanted):
                found[pair] = reason, place


def _rows(
    ours: Sequence[int], theirs: Sequence[int], wanted: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """Pairs of rows, the later fresh one first."""
    for one in ours:
        for other in theirs:
            if wanted[one] or wanted[other]:
                later = max((row for row in (one, other) if wanted[row]), default=one)
                yield later, one + other - later


def double_places(
    stems: pd.Series, within: pd.Series, fresh: "pd.Series[bool]", names: pd.Series
) -> pd.DataFrame:
    """Pairs of entries that are one village or community under two names.

    行政村 and 村民委员会, 社区 and 居民委员会 of one place are entered as two in the national list.

    Parameters
    ----------
    stems
        Names without the words for village, community and committee; null for other entries.
    within
        The township that two entries must have in common; same index.
    fresh
        Rows of which at least one must be in a pair; same index.
    names
        The whole names; same index.

    Returns
    -------
    DataFrame
        As `near_duplicates`; ``reason`` is committee, ``differs`` the number of characters in
        common.
    """
    blocks: dict[tuple[object, str], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(within.tolist(), stems.tolist(), strict=True)):
        if isinstance(key[1], str) and key[1]:
            blocks[key[0], key[1]].append(row)
    wanted = fresh.to_numpy(dtype=bool)
    found: dict[tuple[int, int], tuple[PairReason, int]] = {}
    for (_, stem), rows in blocks.items():
        for number, one in enumerate(rows[:MOST_ALIKE]):
            for pair in _rows([one], rows[number + 1 : MOST_ALIKE], wanted):
                found[pair] = PairReason.COMMITTEE, len(stem)
    return _table(found, names.index)


def _table(
    found: Mapping[tuple[int, int], tuple[PairReason, int]], index: pd.Index
) -> pd.DataFrame:
    if not found:
        return pd.DataFrame(columns=list(_COLUMNS))
    pairs = sorted(found)
    labels = index.to_numpy()
    return pd.DataFrame(
        {
            "first": labels[[first for first, _ in pairs]],
            "second": labels[[second for _, second in pairs]],
            "reason": [found[pair][0].value for pair in pairs],
            "differs": [found[pair][1] for pair in pairs],
        }
    )
