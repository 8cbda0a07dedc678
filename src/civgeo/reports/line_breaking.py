"""Lines of Chinese text: where a line may end, and where it may not."""

import re
from collections.abc import Callable

__all__ = ["broken_into_lines"]

_NOT_AT_START = frozenset("，。、；：？！）》〉」』】〕”’…—,.;:?!)%℃°′″")
_NOT_AT_END = frozenset("（《〈「『【〔“‘(")
_WORD = re.compile(r"[^\s\u2e80-\u9fff\uf900-\uffef\U00020000-\U0003ffff]+|\S|\s+")


def broken_into_lines(
    text: str, width: float, measure: Callable[[str], float], *, first: float = 0
) -> list[str]:
    """`text` in lines of at most `width`.

    A line may end between Chinese characters and at spaces; no line begins with a closing mark or
    ends with an opening one, and a Latin word is torn only when it is wider than a line.

    Parameters
    ----------
    text
        Without line breaks.
    width, first
        Room on a line, and what the first line is indented by; in the unit of `measure`.
    measure
        Width of a text.

    Examples
    --------
    >>> broken_into_lines("驻马店市，河南", 4, len)
    ['驻马店', '市，河南']
    """
    lines: list[str] = []
    line, room = "", width - first
    for unit in _units(text, width - first, measure):
        if line and measure(line + unit.rstrip()) > room:
            lines.append(line.rstrip())
            line, room = "", width
            unit = unit.lstrip()
        line += unit
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _units(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Pieces of `text` that stay together on a line, none wider than a line if it can be torn."""
    units: list[str] = []
    for piece in _WORD.findall(text):
        joined = bool(units) and (piece[0] in _NOT_AT_START or units[-1][-1] in _NOT_AT_END)
        if joined or (units and piece.isspace()):
            units[-1] += piece
        else:
            units.append(piece)
    return [part for unit in units for part in _torn(unit, width, measure)]


def _torn(unit: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`unit` in parts no wider than a line, each at least one character."""
    if measure(unit.rstrip()) <= width:
        return [unit]
    parts = [""]
    for char in unit:
        if parts[-1] and measure((parts[-1] + char).rstrip()) > width:
            parts.append("")
        parts[-1] += char
    return parts
