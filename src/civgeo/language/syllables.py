"""Syllables of Hanyu Pinyin: reading them as people write them, and their other forms.

A syllable is a lower-case NFC string with its tone mark, such as ``zhuāng``; the neutral tone has
no mark, and a written 儿 that only colours the syllable before it is ``r``.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput

__all__ = ["SYLLABLES", "numbered", "parse_reading", "parse_syllable"]

_MARKS: Final = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
_MARK_OF: Final = {tone: mark for mark, tone in _MARKS.items()}
_LONGEST: Final = 8

_OPEN = "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"
_FLAT = "a ai an ang ao e ei en eng i ong ou u uan ui un uo"
_PALATAL = "i ia ian iang iao ie in ing iong iu u uan ue un"
_FINALS: Final = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu ong ou u uan un uo ü üe",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo ü üe",
    "g": _OPEN,
    "k": _OPEN,
    "h": _OPEN,
    "j": _PALATAL,
    "q": _PALATAL,
    "x": _PALATAL,
    "zh": _OPEN + " i",
    "ch": _OPEN + " i",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": _FLAT,
    "c": _FLAT,
    "s": _FLAT,
    "y": "a ai an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}

SYLLABLES: Final = frozenset(
    initial + final for initial, finals in _FINALS.items() for final in finals.split()
)
"""Every syllable of the scheme (汉语拼音方案) without its tone, ü written as ü."""


_PARTING: Final = {ord(mark): " " for mark in "'’-‐·"}
"""Marks that may stand between syllables, each taken as a space."""


@lru_cache(maxsize=4096)
def parse_syllable(text: str) -> str:
    """Syllable that `text` writes: tone mark or digit 1-5, ``v``, ``u:`` or ``ü``, any case.

    Without mark and digit the tone is neutral. The mark may stand on any vowel and moves to where
    the scheme puts it.

    Raises
    ------
    InvalidInput
        ``bad_reading`` when `text` is no syllable, or has two tones.

    Examples
    --------
    >>> parse_syllable("Lv4"), parse_syllable("zhuang1"), parse_syllable("ér")
    ('lǜ', 'zhuāng', 'ér')
    """
    base, tones = _taken_apart(text.strip())
    if base == "r" and not tones:
        return "r"
    base = _standing(base)
    if base not in SYLLABLES or len(tones) > 1:
        raise InvalidInput(
            f"{text[:20]!r} 不是汉语拼音音节。请按音节写并以空格分开，"
            "声调用符号或数字 1 至 5，如 zhù mǎ diàn 或 zhu4 ma3 dian4。",
            code="bad_reading",
        )
    return _marked(base, tones[0] if tones else 5)


def parse_reading(text: str) -> tuple[str, ...]:
    """Syllables of `text`, which are parted by spaces, apostrophes or hyphens.

    Raises
    ------
    InvalidInput
        ``bad_reading`` for an empty reading, or one that holds anything but syllables.
    """
    parted = text.translate(_PARTING)
    syllables = tuple(parse_syllable(part) for part in parted.split())
    if not syllables:
        raise InvalidInput("读音是空的，请按音节填写，如 zhāng zhuāng cūn。", code="bad_reading")
    return syllables


def numbered(syllable: str) -> str:
    """`syllable` with its tone as a digit, 5 for the neutral tone.

    Examples
    --------
    >>> numbered("lǜ"), numbered("zi")
    ('lü4', 'zi5')
    """
    _, tones = _taken_apart(syllable)
    return f"{without_tones(syllable)}{tones[0] if tones else 5}"


def _taken_apart(text: str) -> tuple[str, list[int]]:
    """Letters in small type without tone, and the tones that `text` carries."""
    tones, letters = [], []
    if len(text) <= _LONGEST:
        if text[-1:] in ("1", "2", "3", "4", "5"):
            tones.append(int(text[-1]))
            text = text[:-1]
        for letter in unicodedata.normalize("NFD", text.lower()):
            if letter in _MARKS:
                tones.append(_MARKS[letter])
            else:
                letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters)), tones


def _standing(base: str) -> str:
    """`base` as the scheme spells it: ü for v and u:, u after j, q, x and y."""
    base = base.replace("u:", "ü").replace("v", "ü")
    if base[:1] in ("j", "q", "x", "y"):
        return base.replace("ü", "u")
    return base.replace("ue", "üe") if base in ("lue", "nue") else base


def _marked(base: str, tone: int) -> str:
    """`base` with its tone mark: on a, else e, else the o of ou, else the last vowel."""
    mark = _MARK_OF.get(tone)
    if mark is None:
        return base
    place = next(
        (base.index(sign) for sign in ("a", "e", "ou") if sign in base),
        max(base.rfind(vowel) for vowel in "iouü"),
    )
    return unicodedata.normalize("NFC", base[: place + 1] + mark + base[place + 1 :])
