"""How the syllables of one word are written: joined, capitalised, with apostrophes.

中国地名汉语拼音字母拼写规则 ((84)中地字第17号), rules 9 to 12.
"""

from collections.abc import Sequence
from typing import Final

__all__ = ["spelled_word", "without_tones"]

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜĀÁǍÀĒÉĚÈĪÍǏÌŌÓǑÒŪÚǓÙǕǗǙǛ"
_PLAIN = "".join(vowel * 4 for vowel in "aeiouüAEIOUÜ")
_WITHOUT_TONES: Final = str.maketrans(_TONED, _PLAIN)
_NEEDS_APOSTROPHE: Final = frozenset("aāáǎàeēéěèoōóǒò")
APOSTROPHE: Final = "'"


def without_tones(text: str) -> str:
    """`text` without tone marks; ü keeps its dots (rule 9).

    Examples
    --------
    >>> without_tones("Lǚliáng Shì")
    'Lüliang Shi'
    """
    return text.translate(_WITHOUT_TONES)


def spelled_word(syllables: Sequence[str]) -> str:
    """`syllables` as one word: first letter large, an apostrophe before an inner a, e or o.

    Examples
    --------
    >>> spelled_word(["guǎng", "ān", "mén"])
    "Guǎng'ānmén"
    """
    word = syllables[0].capitalize()
    for syllable in syllables[1:]:
        word += APOSTROPHE + syllable if syllable[0] in _NEEDS_APOSTROPHE else syllable
    return word
