"""Text as documents may carry it: no control characters, dates as official papers write them."""

import re
import unicodedata
from datetime import date

__all__ = ["chinese_date", "plain", "plain_lines"]

_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = "\u200c\u200d"
_SPACE = re.compile(r"\s+")
_BREAK_IN_CHINESE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s*[\r\n]+\s*")
_LINE_ENDS = re.compile(r"[\r\n\v\f\u0085\u2028\u2029]+")


def plain(text: object) -> str:
    r"""`text` on one line, without control, direction and other invisible characters.

    Joiners of minority scripts and private-use characters stay; None gives an empty text.

    Examples
    --------
    >>> plain("天中\x07山\n大道\u202e")
    '天中山大道'
    """
    line = "" if text is None else str(text)
    if line.isprintable() and "  " not in line:
        return line.strip()
    line = _BREAK_IN_CHINESE.sub("", line)
    kept = (
        char
        for char in _SPACE.sub(" ", line)
        if char in _JOINERS
        or not (unicodedata.category(char) in _DROPPED or _is_no_character(char))
    )
    return _SPACE.sub(" ", "".join(kept)).strip()


def plain_lines(text: str) -> list[str]:
    """The paragraphs of `text`, each as `plain` gives it; empty ones left out."""
    lines = (plain(line) for line in _LINE_ENDS.split(text))
    return [line for line in lines if line]


def _is_no_character(char: str) -> bool:
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF


def chinese_date(day: date | None) -> str:
    """Date as official papers write it, without leading zeros; empty for None.

    Examples
    --------
    >>> chinese_date(date(2026, 3, 2))
    '2026年3月2日'
    """
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
