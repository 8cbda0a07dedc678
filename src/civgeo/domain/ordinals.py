"""Numerals in names: ordinals of streets and code names are digits, all others are spelled.

中国地名汉语拼音字母拼写规则 ((84)中地字第17号), rules 6 and 7: 三八路 Sānbā Lù, 二马路 2 Mǎlù.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from civgeo.domain.place_kind import PlaceKind

__all__ = ["DigitsPolicy", "Numeral", "numeral_before", "numeral_value"]

_DIGITS: Final = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0
}
_UNITS: Final = {"十": 10, "百": 100}
_NUMERALS: Final = frozenset(_DIGITS) | frozenset(_UNITS)
_ORDINAL_MARK: Final = "第"
_SERIES: Final = frozenset("经纬东西南北中前后左右上下内外横纵竖支")
"""Single characters that count their streets: 经五路, 北二路."""
_CODE_KINDS: Final = frozenset({PlaceKind.HEIGHT, PlaceKind.PEAK, PlaceKind.HIGHWAY})
_SHORTEST_CODE: Final = 3


class DigitsPolicy(StrEnum):
    """How a numeral right before the generic part is written."""

    AUTO = "auto"
    """Valid numbers of streets, and code names, as digits; names made of numerals are spelled."""
    ORDINAL = "ordinal"
    """As digits."""
    NUMBER = "number"
    """Spelled."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral inside a name, written as digits.

    Parameters
    ----------
    start, first, end
        Where its word begins, where its first numeral stands (after 第), and where it ends.
    digits
        Its value, or a code digit by digit.
    """

    start: int
    first: int
    end: int
    digits: str


def numeral_value(text: str) -> int | None:
    """Value of a Chinese number from 1 to 999; None when `text` is no number (三八, 五一).

    Examples
    --------
    >>> numeral_value("四十二"), numeral_value("一百零五"), numeral_value("三八")
    (42, 105, None)
    """
    total, digit, last_unit = 0, None, 1000
    for character in text:
        unit = _UNITS.get(character)
        if unit is None:
            if digit or character not in _DIGITS:
                return None
            digit = _DIGITS[character]
        elif unit >= last_unit or digit == 0 or (digit is None and (unit != 10 or total)):
            return None
        else:
            total, digit, last_unit = total + (digit or 1) * unit, None, unit
    return total + (digit or 0) or None


def numeral_before(
    name: str,
    end: int,
    kind: PlaceKind,
    *,
    policy: DigitsPolicy,
    endings_in_number: AbstractSet[str],
) -> Numeral | None:
    """Numeral of `name` that ends at `end` and is to be written as digits; None when spelled.

    Parameters
    ----------
    name, end, kind
        The name, where its generic part begins, and its kind.
    policy
        Who decides: the rules, or the officer.
    endings_in_number
        Words such as 东四 and 五一, whose numeral is no ordinal.
    """
    start = end
    while start and name[start - 1] in _NUMERALS:
        start -= 1
    if start == end or policy is DigitsPolicy.NUMBER:
        return None
    own = _after_words(name, start, end, endings_in_number)
    if own == end:
        own = end if policy is DigitsPolicy.AUTO else start
    if own == end:
        return None
    marked = name[own - 1 : own] == _ORDINAL_MARK
    text = name[own:end]
    if policy is DigitsPolicy.AUTO and not _is_ordinal(name[:own], text, kind, marked=marked):
        return None
    return Numeral(own - marked, own, end, _written(text))


def _after_words(name: str, start: int, end: int, words: AbstractSet[str]) -> int:
    """Where the numeral begins once the words that end inside the run are taken away."""
    for place in range(end, start, -1):
        if any(name[max(0, place - length) : place] in words for length in (2, 3)):
            return place
    return start


def _is_ordinal(lead: str, text: str, kind: PlaceKind, *, marked: bool) -> bool:
    if kind in _CODE_KINDS:
        return not lead and len(text) >= _SHORTEST_CODE and _UNITS.keys().isdisjoint(text)
    if kind is not PlaceKind.STREET or lead.endswith("·") or numeral_value(text) is None:
        return False
    return marked or len(lead) != 1 or lead in _SERIES


def _written(text: str) -> str:
    value = numeral_value(text)
    if value is not None:
        return str(value)
    return "".join(str(_DIGITS.get(character, _UNITS.get(character))) for character in text)
