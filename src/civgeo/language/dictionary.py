"""Readings of single characters and of words, from pypinyin's dictionaries.

The list of a character's modern readings is that of 通用规范汉字字典 (Unihan kTGHZ2013, in
``place_characters.csv``) where it has the character: pypinyin's own holds archaic ones too.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from civgeo.domain.romanisation import CharacterReading, ReadingSource
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import table_rows
from civgeo.language.syllables import parse_syllable

__all__ = [
    "character_reading",
    "is_heteronym",
    "readings_of_character",
    "surname_reading",
    "word_reading",
]

ENOUGH_NAMES, SHARE = 10, 0.98
"""A character is settled when this share of so many independently spelled place names has its
first reading; the exceptions stand in ``readings.csv``."""
_SANDHI = {"一": "yī", "不": "bù"}


@cache
def character_reading(character: str) -> CharacterReading | None:
    """Usual reading of `character` in place names, with its others; None when it has none.

    It is confirmed when the character has no other modern reading, or when the independent
    spellings of place names show no other one.
    """
    readings, settled = _characters().get(character, ((), False))
    if not readings:
        readings = _unihan(character)
    if not readings:
        return None
    confirmed = settled or len(readings) == 1
    return CharacterReading(
        readings[0],
        ReadingSource.DICTIONARY,
        confirmed,
        () if confirmed else readings[1:],
    )


def readings_of_character(character: str) -> tuple[str, ...]:
    """Every modern reading of `character`, the usual one first."""
    known = _characters().get(character)
    return _unihan(character) if known is None else known[0]


@cache
def is_heteronym(character: str) -> bool:
    """Whether `character` has more than one modern reading."""
    return len(readings_of_character(character)) > 1


@cache
def surname_reading(character: str) -> CharacterReading | None:
    """Reading of `character` as a surname, never confirmed; None where it is no question."""
    reading = _surnames().get(character)
    if reading is None:
        return None
    others = tuple(one for one in readings_of_character(character) if one != reading)
    return CharacterReading(reading, ReadingSource.DICTIONARY, confirmed=False, others=others)


@cache
def _surnames() -> Mapping[str, str]:
    return {row["character"]: row["reading"] for row in table_rows("surname_readings.csv")}


@lru_cache(maxsize=65_536)
def word_reading(word: str) -> tuple[CharacterReading, ...] | None:
    """Reading of a word of the dictionary that has a character with several; None for others.

    It may differ from how names usually read the character (朝晖 zhāohuī, but 朝阳 cháoyáng).

    Sandhi and neutral tones are undone: tones in place names are those of the characters
    (汉语拼音正词法基本规则, GB/T 16159, on tone marks). A word does not settle a reading: names
    often read a character otherwise.
    """
    from pypinyin.constants import PHRASES_DICT

    syllables = PHRASES_DICT.get(word)
    if syllables is None or len(syllables) != len(word):
        return None
    usual = [character_reading(character) for character in word]
    if not any(map(is_heteronym, word)):
        return None
    return tuple(
        _in_word(character, reading, options[0])
        for character, reading, options in zip(word, usual, syllables, strict=True)
    )


def _in_word(character: str, usual: CharacterReading | None, syllable: str) -> CharacterReading:
    syllable = _full_tone(character, syllable)
    if usual is not None and usual.syllable == syllable:
        return usual
    others = tuple(one for one in readings_of_character(character) if one != syllable)
    return CharacterReading(syllable, ReadingSource.DICTIONARY, confirmed=False, others=others)


def _full_tone(character: str, syllable: str) -> str:
    """`syllable` with the character's own tone where the word has sandhi or a neutral tone."""
    known = readings_of_character(character)
    syllable = unicodedata.normalize("NFC", syllable)
    if character in _SANDHI or syllable in known:
        return _SANDHI.get(character, syllable)
    bare = without_tones(syllable)
    return next((one for one in known if without_tones(one) == bare), known[0])


@cache
def _characters() -> Mapping[str, tuple[tuple[str, ...], bool]]:
    return {
        row["character"]: (
            tuple(row["readings"].split()),
            int(row["names"]) >= ENOUGH_NAMES and int(row["attested"]) >= SHARE * int(row["names"]),
        )
        for row in table_rows("place_characters.csv")
    }


@cache
def _unihan(character: str) -> tuple[str, ...]:
    from pypinyin.constants import PINYIN_DICT

    listed = PINYIN_DICT.get(ord(character), "")
    readings = [unicodedata.normalize("NFC", text) for text in listed.split(",") if text]
    return tuple(text for text in dict.fromkeys(readings) if _is_syllable(text))


def _is_syllable(text: str) -> bool:
    try:
        return parse_syllable(text) == text
    except InvalidInput:
        return False
