"""The packaged tables of names: generics, words that divide names, names of minority languages."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from civgeo.assets import packaged_data
from civgeo.domain.generics import Generic, GenericTable, NameWords
from civgeo.domain.place_kind import PlaceKind

__all__ = ["MinorityName", "generics", "minority_name", "name_words", "table_rows"]

_ATTESTED = frozenset("SE")
_FROM_MEMORY = "M"
_KINDS = {kind.value: kind for kind in PlaceKind}


@dataclass(frozen=True, slots=True)
class MinorityName:
    """Standard romanised form of a name of another language of China, without its generic.

    Parameters
    ----------
    romanised
        As 少数民族语地名汉语拼音字母音译转写法 spells it, such as Hohhot.
    confirmed
        Whether a source other than memory has it.
    """

    romanised: str
    confirmed: bool


def table_rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of the packaged table ``gazetteer/NAME``."""
    text = packaged_data(f"gazetteer/{name}").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _kinds(text: str) -> frozenset[PlaceKind]:
    return frozenset(_KINDS[kind] for kind in text.split())


@cache
def generics() -> GenericTable:
    """Table of generics with their readings (``generics.csv``)."""
    return GenericTable(
        Generic(
            row["generic"],
            tuple(tuple(word.split()) for word in row["reading"].split("/")),
            _kinds(row["kinds"]),
            confirmed=row["evidence"] != _FROM_MEMORY,
        )
        for row in table_rows("generics.csv")
    )


@cache
def name_words() -> NameWords:
    """Words that decide how a name is divided (``name_words.csv``)."""
    modifiers: dict[tuple[PlaceKind, str], frozenset[str]] = {}
    listed: dict[str, set[str]] = {}
    for row in table_rows("name_words.csv"):
        words = row["words"].split()
        listed.setdefault(row["role"], set()).update(words)
        for kind in _kinds(row["kinds"]):
            for generic in row["generics"].split():
                key = (kind, generic)
                modifiers[key] = modifiers.get(key, frozenset()) | frozenset(words)
    return NameWords(
        modifiers=MappingProxyType(modifiers),
        directions=frozenset(listed["direction"]),
        endings_in_number=frozenset(listed["ending_in_number"]),
        uncut=frozenset(listed["uncut"]),
        ethnic_groups=frozenset(listed["ethnic_group"]),
        ethnic_short=frozenset(listed["ethnic_short"]),
        gates=frozenset(listed["gate"]),
        after_surname=frozenset(listed["after_surname"]),
    )


def minority_name(specific: str, kind: PlaceKind, division: str | None) -> MinorityName | None:
    """Standard form of `specific` where it is a name of another language.

    Parameters
    ----------
    specific, kind
        Specific part in Chinese characters, and the kind of place.
    division
        Code of the division, or of one inside or around it; None when it is not known.
    """
    for scope, name in _minority_names().get((specific, kind), ()):
        if division is None or division.startswith(scope) or scope.startswith(division):
            return name
    return None


@cache
def _minority_names() -> Mapping[tuple[str, PlaceKind], list[tuple[str, MinorityName]]]:
    table: dict[tuple[str, PlaceKind], list[tuple[str, MinorityName]]] = {}
    for row in table_rows("minority_names.csv"):
        name = MinorityName(row["romanised"], confirmed=row["evidence"] in _ATTESTED)
        for kind in _kinds(row["kinds"]):
            table.setdefault((row["name"], kind), []).append((row["scope"], name))
    return table
