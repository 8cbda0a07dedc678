"""Entries of the name index: what is put in, what comes out, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.language.bigrams import fold
from civgeo.language.search_keys import readings_beside, toneless
from civgeo.language.typed_names import letters_of

__all__ = ["Form", "IndexedName", "NameRow", "OtherName", "indexed"]

_IMPORTANCE: Mapping[PlaceKind, int] = MappingProxyType(
    {
        kind: place
        for place, kinds in enumerate(
            (
                (PlaceKind.PROVINCE,),
                (PlaceKind.PREFECTURE,),
                (PlaceKind.COUNTY,),
                (PlaceKind.TOWNSHIP,),
                (PlaceKind.COMMITTEE_SEAT,),
                tuple(kind for kind in PlaceKind if kind.place_class == "natural"),
                (PlaceKind.PARK,),
                (PlaceKind.SETTLEMENT,),
                (PlaceKind.STREET,),
                tuple(kind for kind in PlaceKind if kind.place_class == "facility"),
                (PlaceKind.RESIDENTIAL_AREA, PlaceKind.BUILDING),
            )
        )
        for kind in kinds
    }
)
"""Order of hits that match equally well: divisions from the province down, seats of village
committees, natural features, parks, natural villages, streets, facilities, residential areas."""

_UNKNOWN = "?"
_LEAST = 15
_LONGEST = 255
_LENGTH_AT, _IMPORTANCE_AT = 32, 40


@dataclass(frozen=True, slots=True)
class OtherName:
    """A name of a place besides the standard one.

    Parameters
    ----------
    name, kind
        The name, and whether it is a former name, an alias, a short form or in another script.
    syllables
        Readings of its Chinese characters; empty where they are not known.
    valid_from, valid_to
        Days from which and before which it was in use, as text; None without bound.
    """

    name: str
    kind: OtherNameKind
    syllables: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class NameRow:
    """One place name as the register holds it.

    Parameters
    ----------
    id
        Its id.
    number
        Where it stands in the order of registration: no two have the same, and none changes it.
    name, specific
        Standard name, and its specific part.
    kind, division, spans, status
        As the register says; `spans` are further codes of divisions that it lies in.
    syllables
        Readings of the Chinese characters of the name; empty where they are not known.
    toned, plain
        Romanised name with and without tones, as it is written; None where there is none.
    other_names
        Former names, aliases, short forms, names in other scripts.
    valid_from, valid_to
        Days from which and before which the place exists, as text; None without bound.
    lon, lat
        A point of it, degrees in EPSG:4490; None without geometry.
    public
        Whether anybody may see it.
    famous, builtup_area
        What the naming rules ask besides.
    """

    id: str
    number: int
    name: str
    specific: str
    kind: PlaceKind
    division: str
    spans: tuple[str, ...] = ()
    status: str = "standard"
    syllables: tuple[str, ...] = ()
    toned: str | None = None
    plain: str | None = None
    other_names: tuple[OtherName, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    lon: float | None = None
    lat: float | None = None
    public: bool = True
    famous: bool = False
    builtup_area: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One name of a place, ready to be compared.

    Parameters
    ----------
    name
        As it is written.
    kind
        None for the standard name.
    folded
        Form for comparison, from `fold`.
    readings
        One for each character of `folded`, from `readings_beside`.
    stem
        How many characters of `folded` stand before the generic part; all where there is none.
    """

    name: str
    kind: OtherNameKind | None
    folded: str
    readings: tuple[str, ...]
    stem: int


@dataclass(frozen=True, slots=True)
class IndexedName:
    """An entry as the index holds it: the columns of `NameRow`, and keys.

    Parameters
    ----------
    rank
        Place in the order of all entries: importance of the kind, length of the name, order of
        registration.
    folded, stem, reading, sound
        Name for comparison, length of its specific part, keys with and without tones, in which a
        reading that is not known is a question mark.
    spelling
        Letters of the romanised name, u for ü, where they are not those of the reading (Shaanxi).
    others
        Other names with their keys, as JSON; None without any.
    """

    rank: int
    id: str
    name: str
    folded: str
    stem: int
    kind: str
    division: str
    spans: str
    status: str
    toned: str | None
    plain: str | None
    reading: str
    sound: str
    spelling: str
    others: str | None
    valid_from: str | None
    valid_to: str | None
    lon: float | None
    lat: float | None
    public: bool
    famous: bool
    builtup_area: str | None

    @property
    def standard(self) -> Form:
        """The standard name, ready to be compared."""
        return Form(self.name, None, self.folded, _readings(self.reading), self.stem)

    @property
    def other_forms(self) -> list[Form]:
        """The other names, ready to be compared."""
        if self.others is None:
            return []
        return [
            Form(name, OtherNameKind(kind), folded, _readings(reading), len(folded))
            for name, kind, folded, reading, *_ in orjson.loads(self.others)
        ]

    @property
    def other_names(self) -> list[OtherName]:
        """The other names as they were put in, without readings."""
        found = [] if self.others is None else orjson.loads(self.others)
        return [
            OtherName(name, OtherNameKind(kind), (), start, end)
            for name, kind, _, _, start, end in found
        ]


def indexed(row: NameRow) -> IndexedName:
    """Entry of the index for `row`."""
    folded, stem = fold(row.name), fold(row.specific)
    readings = readings_beside(folded, row.syllables)
    return IndexedName(
        rank=_rank(row, folded),
        id=row.id,
        name=row.name,
        folded=folded,
        stem=len(stem) if stem and folded.startswith(stem) else len(folded),
        kind=row.kind.value,
        division=row.division,
        spans=" ".join(row.spans),
        status=row.status,
        toned=row.toned,
        plain=row.plain,
        reading=_key(readings),
        sound=_key([toneless(reading) for reading in readings]),
        spelling=_spelling(row.plain, readings),
        others=_others(row.other_names),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        lon=row.lon,
        lat=row.lat,
        public=row.public,
        famous=row.famous,
        builtup_area=row.builtup_area,
    )


def _rank(row: NameRow, folded: str) -> int:
    length = min(len(folded), _LONGEST)
    importance = _IMPORTANCE.get(row.kind, _LEAST)
    return importance << _IMPORTANCE_AT | length << _LENGTH_AT | row.number


def _key(readings: Sequence[str]) -> str:
    return " ".join(reading or _UNKNOWN for reading in readings)


def _readings(key: str) -> tuple[str, ...]:
    return tuple("" if reading == _UNKNOWN else reading for reading in key.split())


def _spelling(plain: str | None, readings: Sequence[str]) -> str:
    letters = letters_of(plain or "")
    return "" if letters == "".join(map(toneless, readings)).replace("v", "u") else letters


def _others(names: Sequence[OtherName]) -> str | None:
    if not names:
        return None
    told = []
    for other in names:
        folded = fold(other.name)
        reading = _key(readings_beside(folded, other.syllables))
        told.append((other.name, other.kind, folded, reading, other.valid_from, other.valid_to))
    return orjson.dumps(told).decode()
