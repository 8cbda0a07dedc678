"""How many places share a name, or a reading, by division and by class.

The four counts of the national service (同名统计 GroupCountNameByCode and ByType, 同音统计
GroupCountPinyinByCode and ByType), over the register of the city.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from civgeo.domain.division import DivisionCode
from civgeo.domain.place_kind import PlaceKind
from civgeo.language.bigrams import is_han
from civgeo.language.search_keys import readings_beside, toned_key, toneless_key
from civgeo.language.syllables import parse_reading
from civgeo.services.city import City
from civgeo.services.name_search import ask, known_reading, query
from civgeo.store.name_index_lookup import Key, NameLookup, Scope

__all__ = ["Alike", "Count", "Grouping", "counts_of", "repeated"]

_DIGITS = (4, 6, 9, 12)
_CLASSES = {kind.value: kind.place_class.value for kind in PlaceKind}


class Grouping(StrEnum):
    """What counts are told by: the divisions next below the one asked about, or the classes."""

    DIVISION = "division"
    CLASS = "class"


class Alike(StrEnum):
    """What places have in common: the written name, or the reading with its tones."""

    NAME = "name"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Count:
    """Places of one division or class that share names.

    Parameters
    ----------
    group
        Division code, or class.
    names
        How many names, or readings, more than one place of the group has.
    places
        How many places have one of them.
    """

    group: str
    names: int
    places: int


def repeated(
    city: City, scope: Scope, *, of: Alike, by: Grouping, apart: DivisionCode
) -> tuple[Count, ...]:
    """Names that occur more than once within a division or class, the most frequent first.

    Parameters
    ----------
    city
        The city.
    scope
        Which entries count.
    of
        What counts as the same; names of which a reading is not known have no same reading.
    by
        Divisions or classes.
    apart
        The division whose parts are told apart.

    Raises
    ------
    StoreUnavailable
        When the store or its index cannot be read.
    """
    key = Key.NAME if of is Alike.NAME else Key.READING

    def counted(names: NameLookup) -> list[tuple[str, int, int]]:
        if by is Grouping.CLASS:
            return names.repeated_by_class(key, scope, _CLASSES)
        return names.repeated_by_area(key, scope, _digits_below(apart))

    found = (Count(*row) for row in ask(city, counted))
    return tuple(sorted(found, key=lambda count: (-count.places, count.group)))


def counts_of(
    city: City, text: str, scope: Scope, *, of: Alike, by: Grouping, apart: DivisionCode
) -> tuple[Count, ...]:
    """Places that have one name or reading, by division or class, the most first.

    Parameters
    ----------
    city, scope, by, apart
        As for `repeated`.
    text
        The name. For `of` reading also syllables parted by spaces: with tones equal in tone,
        without any tone whatever the tones.
    of
        What counts as the same.

    Raises
    ------
    InvalidInput
        For a name without a character, and for what is neither name nor syllables.
    StoreUnavailable
        When the store or its index cannot be read.
    """

    def counted(names: NameLookup) -> Counter[str]:
        found: Counter[str] = Counter()
        for key, value in _keys(names, text, scope, of):
            for area, kind, count in names.tally(key, value, scope, _digits_below(apart)):
                found[area if by is Grouping.DIVISION else _CLASSES[kind]] += count
        return found

    total = ask(city, counted)
    rows = (Count(group, 1, count) for group, count in total.items())
    return tuple(sorted(rows, key=lambda count: (-count.places, count.group)))


def _digits_below(division: DivisionCode) -> int:
    """Digits of the codes next below `division`."""
    return next((n for n in _DIGITS if n > len(division.digits)), _DIGITS[-1])


def _keys(names: NameLookup, text: str, scope: Scope, of: Alike) -> set[tuple[Key, str]]:
    folded = query(text).folded
    if of is Alike.NAME:
        return {(Key.NAME, folded)}
    if not any(map(is_han, folded)):
        syllables = parse_reading(text)
        readings = readings_beside("一" * len(syllables), syllables)
        has_tones = any(char.isdigit() or not char.isascii() for char in text)
        key = Key.READING if has_tones else Key.SOUND
        return {(key, toned_key(readings) if has_tones else toneless_key(readings))}
    registered = {name.reading for name in names.same(Key.NAME, folded, scope)}
    return {(Key.READING, reading) for reading in registered or {known_reading(folded)} if reading}
