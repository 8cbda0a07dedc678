"""Names cut into characters and pairs of characters, for search.

Whole words cannot be told apart in a Chinese name without a dictionary, and groups of three
characters find nothing for a query of two. So a name is indexed by its single characters and by
every two that stand side by side.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from civgeo.language.name_tables import table_rows

__all__ = ["bigrams", "fold", "is_han"]

_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FOLDED = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_CATEGORIES = frozenset("LMN")
"""Letters, marks (vowel signs of minority scripts) and numbers, by Unicode category."""


def is_han(char: str) -> bool:
    """Whether one character is a Chinese one, those of four bytes and 〇 among them."""
    return _HAN.match(char) is not None


def fold(text: str) -> str:
    """Form in which names are compared: NFKC, small letters, only letters, marks and numbers.

    Full-width letters and digits become plain ones, compatibility characters and radicals the
    characters that they stand for, traditional and variant characters the standard ones; spaces,
    points, hyphens, control characters and selectors of variants fall away. Folding twice is the
    same as once.

    Examples
    --------
    >>> fold("１０７ 国道"), fold("阿克苏·Ａ座"), fold("⼭"), fold("駐馬店")
    ('107国道', '阿克苏a座', '山', '驻马店')
    """
    while (plain := _once(text)) != text:
        text = plain
    return text


def _once(text: str) -> str:
    if not _FOLDED.fullmatch(text):
        text = _kept(text)
    return text.translate(_standard_characters())


@cache
def _standard_characters() -> Mapping[int, str]:
    """Standard characters by the traditional and variant ones that are written for them."""
    rows = table_rows("lists/variant_characters.csv")
    return {ord(row["char"]): row["standard"] for row in rows}


def _kept(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(char for char in plain if _is_kept(char))
    return unicodedata.normalize("NFKC", kept)


def _is_kept(char: str) -> bool:
    return unicodedata.category(char)[0] in _CATEGORIES and not _is_selector(ord(char))


def _is_selector(code: int) -> bool:
    """Selectors choose a glyph of the same character (Ideographic Variation Database)."""
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F


def bigrams(folded: str) -> list[str]:
    """Every two characters of a folded text that stand side by side, each pair once.

    Examples
    --------
    >>> bigrams("嵖岈山镇"), bigrams("山"), bigrams("山山山")
    (['嵖岈', '岈山', '山镇'], [], ['山山'])
    """
    return list(dict.fromkeys(first + second for first, second in pairwise(folded)))
