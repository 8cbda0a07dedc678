"""Romanised forms of place names, by the rules and with the readings that are packaged.

中国地名汉语拼音字母拼写规则 (汉语地名部分), (84)中地字第17号; 地名管理条例 articles 15 and 16.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from civgeo.domain.division import DivisionCode
from civgeo.domain.generics import Generic
from civgeo.domain.ordinals import DigitsPolicy
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.romanisation import (
    CharacterReading,
    Part,
    ReadingSource,
    Romanisation,
    romanised,
)
from civgeo.domain.spelling import without_tones
from civgeo.domain.word_division import HAN, DividedName, divide
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import generics, minority_name, name_words
from civgeo.language.readings import ReadingTable, bureau_readings, given_characters, read_name

__all__ = ["LONGEST_NAME", "readings_of", "romanise"]

LONGEST_NAME: Final = 100
"""Characters of a name; the longest division of China has 15."""
_ORDINARY: Final = re.compile(rf"[〇\u3400-\u9fff]{{1,{LONGEST_NAME}}}")
_OTHER_CHARACTER: Final = re.compile(
    rf"[^{HAN}0-9A-Za-z·\-]|(?<![{HAN}])·|·(?![{HAN}])|(?<![0-9A-Za-z])-|-(?![0-9A-Za-z])"
)
"""What no name has: a dot stands between Chinese characters, a hyphen between letters or digits."""
_HAN: Final = re.compile(rf"[{HAN}]")
_DOTS: Final = str.maketrans("•・‧∙．", "·····")


def romanise(
    name: str,
    kind: PlaceKind,
    *,
    reading: str | None = None,
    digits: DigitsPolicy = DigitsPolicy.AUTO,
    division: str | None = None,
    readings: Mapping[str, str] | None = None,
) -> Romanisation:
    """Romanised form of `name`.

    Parameters
    ----------
    name
        A place name in Chinese characters; letters, digits and a middle dot may stand in it.
    kind
        Its kind, which decides how it is divided into words.
    reading
        Syllables of its Chinese characters as the officer gives them, parted by spaces.
    digits
        Whether a numeral before the generic part is an ordinal, written in digits.
    division
        Code of the division that it lies in, padded or not; local readings need it.
    readings
        Readings that the bureau has confirmed, by name or part of a name; they go before ours.

    Raises
    ------
    InvalidInput
        ``bad_name`` for an empty name, a name of more than `LONGEST_NAME` characters, or one with
        a character that no place name has; ``bad_code`` for a malformed `division`;
        ``no_reading`` and ``bad_reading`` as the language floor raises them.

    Examples
    --------
    >>> romanise("嵖岈山镇", PlaceKind.TOWNSHIP).toned
    'Cháyáshān Zhèn'
    >>> romanise("大虎山", PlaceKind.SETTLEMENT).toned
    'Dàhǔshān'
    """
    name, division = _checked(name), _without_padding(division)
    divided = divide(name, kind, generics(), name_words(), digits=digits)
    own = bureau_readings(readings) if readings else None
    characters = _characters(name, divided, division, own, reading)
    others = _other_divisions(name, kind, divided, digits)
    answer = romanised(name, divided, characters, others=others)
    if reading is not None:
        return _with_table_reading(name, divided, division, own, answer)
    return _with_minority_form(answer, kind, division)


def readings_of(
    name: str,
    kind: PlaceKind,
    division: str | None = None,
    *,
    readings: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Syllables of the Chinese characters of `name`, with tone marks, for homophone checks.

    Parameters
    ----------
    name, kind, division, readings
        As for `romanise`.

    Raises
    ------
    InvalidInput
        As for `romanise`.

    Examples
    --------
    >>> readings_of("二马路", PlaceKind.STREET)
    ('èr', 'mǎ', 'lù')
    """
    name, division = _checked(name), _without_padding(division)
    divided = divide(name, kind, generics(), name_words())
    own = bureau_readings(readings) if readings else None
    found = _characters(name, divided, division, own, None)
    return tuple(one.syllable for one in found if one.syllable)


def _checked(name: str) -> str:
    """`name` in NFC with half-width letters and digits and one kind of middle dot."""
    if _ORDINARY.fullmatch(name):
        return name
    name = _half_width(unicodedata.normalize("NFC", name.strip())).translate(_DOTS)
    strange = _OTHER_CHARACTER.search(name)
    if strange is not None:
        raise InvalidInput(
            f"{name[:40]!r} 第 {strange.start() + 1} 个字符 {strange[0]!r} 不能用于地名。"
            "请只用汉字、字母、数字和间隔号。",
            code="bad_name",
        )
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f"名称有 {len(name)} 字，最多 {LONGEST_NAME} 字。", code="bad_name")
    if not _HAN.search(name):
        raise InvalidInput("名称里没有汉字，不能拼写。请填写汉字名称。", code="bad_name")
    return name


@lru_cache(maxsize=65_536)
def _without_padding(division: str | None) -> str | None:
    return None if division is None else DivisionCode.parse(division).digits


def _half_width(text: str) -> str:
    """`text` with full-width letters and digits made plain; other characters are kept."""
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def _characters(
    name: str,
    divided: DividedName,
    division: str | None,
    own: ReadingTable | None,
    reading: str | None,
) -> list[CharacterReading]:
    """Reading of each character; that of the generic part is fixed by its table."""
    if reading is not None:
        return given_characters(name, reading)
    generic = divided.table_generic
    cut = len(name) - (len(generic.hanzi) if generic else 0)
    found = read_name(name, specific_end=cut, division=division, own=own)
    if generic is not None:
        for place, fixed in enumerate(_generic_characters(generic), start=cut):
            if found[place].source is ReadingSource.DICTIONARY:
                found[place] = fixed
    return found


@cache
def _generic_characters(generic: Generic) -> tuple[CharacterReading, ...]:
    return tuple(
        CharacterReading(syllable, ReadingSource.OVERRIDE, generic.confirmed)
        for syllable in generic.syllables
    )


def _other_divisions(
    name: str, kind: PlaceKind, divided: DividedName, digits: DigitsPolicy
) -> list[DividedName]:
    """The other form of a numeral before the generic part, where the rules decided."""
    if digits is not DigitsPolicy.AUTO or not divided.generic:
        return []
    has_digits = any(word.digits for word in divided.specific)
    if not has_digits and kind is not PlaceKind.STREET:
        return []
    other = DigitsPolicy.NUMBER if has_digits else DigitsPolicy.ORDINAL
    return [divide(name, kind, generics(), name_words(), digits=other)]


def _with_table_reading(
    name: str,
    divided: DividedName,
    division: str | None,
    own: ReadingTable | None,
    answer: Romanisation,
) -> Romanisation:
    """`answer` with the reading that we would have chosen as first alternative."""
    try:
        characters = _characters(name, divided, division, own, None)
    except InvalidInput:
        return answer
    ours = romanised(name, divided, characters).toned
    if ours in (answer.toned, *answer.alternatives):
        return answer
    return replace(answer, alternatives=(ours, *answer.alternatives))


def _with_minority_form(
    answer: Romanisation, kind: PlaceKind, division: str | None
) -> Romanisation:
    """`answer` in the standard form of another language; the Han reading stays an alternative."""
    found = minority_name(answer.specific.hanzi, kind, division)
    if found is None:
        return answer
    generic = f" {answer.generic.toned}" if answer.generic else ""
    toned = found.romanised + generic
    return replace(
        answer,
        toned=toned,
        plain=without_tones(toned),
        specific=Part(answer.specific.hanzi, found.romanised),
        source=ReadingSource.OVERRIDE,
        confirmed=found.confirmed,
        alternatives=(answer.toned,),
    )
