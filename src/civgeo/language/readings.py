"""Readings of the characters of a place name: our own table first, then the dictionary.

``readings.csv`` holds names, or parts of names, whose reading is attested: each with the division
inside which it holds, its source and its evidence. The longest entry wins, then the most local.

The reading of one character that is only inferred, from the name of its county (冠 guān in 冠县),
gives way to a word of the dictionary that has the character (冠军 guànjūn).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from civgeo.domain.romanisation import CharacterReading, ReadingSource
from civgeo.errors import InvalidInput
from civgeo.language.bigrams import is_han
from civgeo.language.dictionary import (
    character_reading,
    is_heteronym,
    readings_of_character,
    surname_reading,
    word_reading,
)
from civgeo.language.name_tables import name_words, table_rows
from civgeo.language.syllables import parse_reading

__all__ = [
    "NameReading",
    "ReadingTable",
    "bureau_readings",
    "given_characters",
    "packaged_readings",
    "read_name",
]

_ERHUA: Final = "儿"
_MIDDLE_DOT: Final = "·"
_WORD_LENGTHS: Final = (4, 3, 2)
_UNSPOKEN: Final = CharacterReading("", ReadingSource.GIVEN, confirmed=True)
_UNREAD: Final = CharacterReading("", ReadingSource.DICTIONARY, confirmed=False)
_ERHUA_READING: Final = CharacterReading(
    "r", ReadingSource.DICTIONARY, confirmed=False, others=("ér",)
)
_ATTESTED: Final = frozenset("SE")
"""Evidence that confirms a reading: read in full, or seen in an independent source."""

Characters = tuple[CharacterReading, ...]


@dataclass(frozen=True, slots=True)
class NameReading:
    """Reading of a name, or of a part of names, and the division inside which it holds.

    Parameters
    ----------
    text
        Its characters.
    scope
        Division code inside which it holds; empty for the whole country.
    syllables
        One a character.
    confirmed
        Whether an independent source attests it.
    """

    text: str
    scope: str
    syllables: tuple[str, ...]
    confirmed: bool

    def characters(self) -> Characters:
        """The reading character by character; the usual reading stands beside another one."""
        return tuple(
            CharacterReading(
                syllable,
                ReadingSource.OVERRIDE,
                self.confirmed,
                tuple(other for other in self._others(character) if other != syllable),
            )
            for character, syllable in zip(self.text, self.syllables, strict=True)
        )

    def _others(self, character: str) -> tuple[str, ...]:
        usual = character_reading(character)
        if self.confirmed and usual is not None:
            return () if usual.confirmed else (usual.syllable,)
        return readings_of_character(character)


class ReadingTable:
    """Readings of names, found by their longest match and their narrowest scope."""

    def __init__(self, readings: Iterable[NameReading]) -> None:
        ordered = sorted(readings, key=lambda entry: len(entry.scope), reverse=True)
        self._entries: dict[str, list[tuple[str, Characters]]] = {}
        for entry in ordered:
            self._entries.setdefault(entry.text, []).append((entry.scope, entry.characters()))
        lengths: dict[str, set[int]] = {}
        for text in self._entries:
            lengths.setdefault(text[0], set()).add(len(text))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def at(self, name: str, place: int, division: str | None) -> Characters | None:
        """Longest entry that `name` holds at `place` and that is valid in `division`.

        Where the division is not known, a whole name takes the reading that all of its entries
        share.
        """
        for length in self._lengths.get(name[place], ()):
            entries = self._entries.get(name[place : place + length], ())
            for scope, characters in entries:
                if not scope or (division is not None and division.startswith(scope)):
                    return characters
            if entries and division is None and length == len(name):
                shared = {tuple(one.syllable for one in reading) for _, reading in entries}
                if len(shared) == 1:
                    return entries[0][1]
        return None


@cache
def packaged_readings() -> ReadingTable:
    """The table ``readings.csv``."""
    return ReadingTable(
        NameReading(
            row["name"], row["scope"], tuple(row["reading"].split()), row["evidence"] in _ATTESTED
        )
        for row in table_rows("readings.csv")
    )


def bureau_readings(readings: Mapping[str, str]) -> ReadingTable:
    """A table of readings that a bureau has confirmed, by name or part of a name.

    Raises
    ------
    InvalidInput
        ``bad_reading`` when a reading is not one syllable a character.
    """
    return ReadingTable(
        NameReading(text, "", _counted(text, len(text), reading), confirmed=True)
        for text, reading in readings.items()
    )


def given_characters(name: str, reading: str) -> list[CharacterReading]:
    """Reading of each character of `name` as an officer gives it.

    One syllable for each Chinese character; letters, digits and marks have none. A reading
    without any tone mark is not confirmed.

    Raises
    ------
    InvalidInput
        ``bad_reading`` when `reading` is no pinyin, or not one syllable a character.
    """
    syllables = iter(_counted(name, sum(map(is_han, name)), reading))
    given = [next(syllables) if is_han(character) else "" for character in name]
    toned = any(not syllable.isascii() for syllable in given)
    return [
        CharacterReading(syllable, ReadingSource.GIVEN, confirmed=toned) if syllable else _UNSPOKEN
        for syllable in given
    ]


def _counted(name: str, wanted: int, reading: str) -> tuple[str, ...]:
    syllables = parse_reading(reading)
    if len(syllables) != wanted:
        raise InvalidInput(
            f"{name[:40]!r} 有 {wanted} 个汉字，读音 {reading[:80]!r} 有 {len(syllables)} 个音节。"
            "请逐字填写读音，以空格分开。",
            code="bad_reading",
        )
    return syllables


def read_name(
    name: str,
    *,
    specific_end: int,
    division: str | None = None,
    own: ReadingTable | None = None,
) -> list[CharacterReading]:
    """Reading of each character of `name`.

    Parameters
    ----------
    name
        The name.
    specific_end
        Where its generic part begins: words of the dictionary are looked for before it only.
    division
        Code of the division that it lies in; None when it is not known.
    own
        Readings that go before the packaged ones.

    Raises
    ------
    InvalidInput
        ``no_reading`` for a Chinese character that neither the table nor the dictionary knows.
    """
    readings = [_usual(character) for character in name]
    tables = (packaged_readings(),) if own is None else (own, packaged_readings())
    gaps = _attest(readings, name, tables, division)
    if any(map(is_heteronym, name)):
        for start, end in gaps:
            _read_words(readings, name, start, end, specific_end)
    missing = next((place for place, one in enumerate(readings) if one is _UNREAD), None)
    if missing is not None:
        raise InvalidInput(
            f"{name[:40]!r} 里的“{name[missing]}”（U+{ord(name[missing]):04X}）"
            "在读音表和字典里都没有。请填写 reading（逐字读音）。",
            code="no_reading",
        )
    return readings


def _usual(character: str) -> CharacterReading:
    if character.isascii() or character == _MIDDLE_DOT:
        return _UNSPOKEN
    return character_reading(character) or _UNREAD


def _attest(
    readings: list[CharacterReading],
    name: str,
    tables: tuple[ReadingTable, ...],
    division: str | None,
) -> list[tuple[int, int]]:
    """Put what the tables hold into `readings`; return the stretches that they leave to words."""
    gaps, start, place = [], 0, 0
    while place < len(name):
        found = None
        for table in tables:
            found = found or table.at(name, place, division)
        if found is None:
            if name[place] == _ERHUA and place:
                readings[place] = _ERHUA_READING
            place += 1
            continue
        readings[place : place + len(found)] = found
        if not _is_inferred(found):
            gaps.append((start, place))
            start = place + len(found)
        place += len(found)
    return [*gaps, (start, place)]


def _is_inferred(found: Characters) -> bool:
    return len(found) == 1 and not found[0].confirmed


def _read_words(
    readings: list[CharacterReading], name: str, start: int, end: int, specific_end: int
) -> None:
    """Put the dictionary's words between `start` and `end` into `readings`, the longest first."""
    place = start
    while place < end:
        found = _word_at(name, place, end, specific_end)
        if found is None and readings[place].source is ReadingSource.DICTIONARY:
            found = _surname(name, place)
        if found is not None:
            readings[place : place + len(found)] = found
        place += len(found or "-")


def _word_at(name: str, place: int, end: int, specific_end: int) -> Characters | None:
    """Reading of the longest word at `place`: inside the specific part, or the whole name."""
    for length in _WORD_LENGTHS:
        stop = place + length
        inside = stop <= min(end, specific_end) or (place == 0 and stop == end == len(name))
        found = word_reading(name[place:stop]) if inside else None
        if found is not None:
            return found
    return None


def _surname(name: str, place: int) -> Characters | None:
    """Reading of a surname that begins the name of a village or a shop (任店)."""
    if place or name[1:2] not in name_words().after_surname:
        return None
    found = surname_reading(name[0])
    return None if found is None else (found,)
