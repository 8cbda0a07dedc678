"""Keys by which a name is found from its reading: with tones, and without them.

Syllables come in as an argument, from the stored reading first. Keys keep the borders of their
syllables, so 西安 (``xi an``) and 县 (``xian``) have different ones; v stands for ü.
"""

from collections.abc import Sequence
from functools import lru_cache

from civgeo.errors import InvalidInput
from civgeo.language.bigrams import is_han
from civgeo.language.syllables import numbered, parse_syllable

__all__ = ["readings_beside", "sounds_typed", "toned_key", "toneless", "toneless_key"]


def readings_beside(folded: str, syllables: Sequence[str]) -> tuple[str, ...]:
    """One reading for each character of a folded name.

    Parameters
    ----------
    folded
        Name as `fold` gives it.
    syllables
        Readings of its Chinese characters in their order, or of all its characters.

    Returns
    -------
    tuple of str
        Syllables with a number for the tone for Chinese characters, empty where the reading is
        not known (as for all of them when `syllables` are too few or too many); other characters
        stand for themselves.

    Examples
    --------
    >>> readings_beside("107国道", ["guó", "dào"]), readings_beside("吕梁", ["lǚ", "liáng"])
    (('1', '0', '7', 'guo2', 'dao4'), ('lv3', 'liang2'))
    """
    if len(syllables) == len(folded):
        own = dict(enumerate(syllables))
    else:
        places = [place for place, char in enumerate(folded) if is_han(char)]
        own = dict(zip(places, syllables, strict=True)) if len(places) == len(syllables) else {}
    return tuple(
        _numbered(own.get(place, "")) if is_han(char) else char for place, char in enumerate(folded)
    )


@lru_cache(maxsize=4096)
def _numbered(syllable: str) -> str:
    try:
        return numbered(parse_syllable(syllable)).replace("ü", "v")
    except InvalidInput:
        return ""


def toneless(reading: str) -> str:
    """One reading without its tone; a character that stands for itself stays.

    Examples
    --------
    >>> toneless("zhu4"), toneless("7"), toneless("")
    ('zhu', '7', '')
    """
    return reading[:-1] if len(reading) > 1 else reading


def toned_key(readings: Sequence[str]) -> str:
    """Key that homophones share; empty when a reading is not known.

    Examples
    --------
    >>> toned_key(["zhu4", "ma3", "dian4"])
    'zhu4 ma3 dian4'
    """
    return " ".join(readings) if all(readings) else ""


def toneless_key(readings: Sequence[str]) -> str:
    """Key that names share which differ in tones only; empty when a reading is not known."""
    return " ".join(map(toneless, readings)) if all(readings) else ""


def sounds_typed(sound: str) -> tuple[str, ...]:
    """Ways to type a toneless syllable: itself, and with a plain u for ü.

    Examples
    --------
    >>> sounds_typed("lve"), sounds_typed("lu")
    (('lve', 'lue'), ('lu',))
    """
    return (sound, sound.replace("v", "u")) if "v" in sound else (sound,)
