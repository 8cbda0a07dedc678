"""Search for place names: by characters, pinyin, initials, in part, and with one slip.

Hits come by tier (`Tier`), then by the importance of their kind (divisions before villages), then
by the length of the standard name, then in the order of registration: the same question has the
same answer, whatever the index went through.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.language.bigrams import fold
from civgeo.language.dictionary import readings_of_character
from civgeo.language.search_keys import readings_beside, toned_key, toneless
from civgeo.services.city import City
from civgeo.services.name_matching import Match, Query, Tier, match_of, query_of
from civgeo.services.name_search_plan import steps
from civgeo.services.romanising import readings_of
from civgeo.store.name_index_lookup import NameLookup, Scope
from civgeo.store.name_index_rows import IndexedName

__all__ = [
    "Found",
    "Hit",
    "Suggestion",
    "ask",
    "known_reading",
    "listed",
    "query",
    "reindex",
    "search",
    "search_in",
    "suggest",
]

Answer = TypeVar("Answer")

_MANY = 2_000
"""So many points in a box, and looking at each is slower than asking for words."""

_LOOKED_AT = 200
_SUGGESTED = (
    *(Tier.EXACT, Tier.SPECIFIC, Tier.PREFIX, Tier.OTHER_EXACT, Tier.OTHER_PREFIX),
    *(Tier.SPOKEN, Tier.SPOKEN_PREFIX, Tier.OTHER_SPOKEN),
    *(Tier.INITIALS, Tier.INITIALS_PREFIX, Tier.OTHER_INITIALS),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that was found, and why."""

    name: IndexedName
    match: Match


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, the best first, and whether there are more than were asked for."""

    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name to go on with, and why it comes to mind."""

    text: str
    match: Match


def search(city: City, text: str, scope: Scope, *, limit: int) -> Found:
    """Names that match `text`, the best first.

    Parameters
    ----------
    city
        The city.
    text
        What was typed: one character or more, pinyin with or without tones and spaces, initials,
        or these mixed.
    scope
        Which entries count.
    limit
        At most so many hits.

    Raises
    ------
    InvalidInput
        When nothing but signs was typed, or far too much.
    StoreUnavailable
        When the store or its index cannot be read.
    """
    typed = query(text)
    return ask(city, lambda names: search_in(names, typed, scope, limit=limit))


def search_in(names: NameLookup, typed: Query, scope: Scope, *, limit: int) -> Found:
    """As `search`, over an index that is open already."""
    few = _few(names, scope)
    hits = _hits(names, typed, scope) if few is None else _ranked(few, typed)
    taken = tuple(islice(hits, limit + 1))
    return Found(taken[:limit], more=len(taken) > limit)


def listed(city: City, scope: Scope, *, limit: int) -> tuple[IndexedName, ...]:
    """Names in `scope` whatever they are called, the most important and shortest first.

    Raises
    ------
    StoreUnavailable
        As `search`.
    """

    def found(names: NameLookup) -> tuple[IndexedName, ...]:
        few = _few(names, scope)
        every = names.that("", scope) if few is None else iter(few)
        return tuple(islice(every, limit))

    return ask(city, found)


def suggest(city: City, text: str, scope: Scope, *, limit: int) -> tuple[Suggestion, ...]:
    """Standard names that begin like `text`, each once, among the best 200 hits.

    Raises
    ------
    InvalidInput, StoreUnavailable
        As `search`.
    """
    typed = query(text)

    def found(names: NameLookup) -> tuple[Suggestion, ...]:
        seen: dict[str, Suggestion] = {}
        for looked_at, hit in enumerate(_hits(names, typed, scope, _SUGGESTED)):
            if len(seen) == limit or looked_at == _LOOKED_AT:
                break
            seen.setdefault(hit.name.name, Suggestion(hit.name.name, hit.match))
        return tuple(seen.values())

    return ask(city, found)


def reindex(city: City) -> int:
    """Build the index anew, and return how many names it holds.

    Raises
    ------
    StoreUnavailable
        When the store cannot be read, or the index cannot be written.
    """
    return city.store.names.rebuild(_readings)


def ask(city: City, question: Callable[[NameLookup], Answer]) -> Answer:
    """Answer of `question` over an index that knows all names of the store as they are now."""
    return city.store.names.ask(question, _readings)


def query(text: str) -> Query:
    """What was typed, ready to be matched; raises InvalidInput as `search`."""
    return query_of(text, _sounds_of)


def _readings(name: str, kind: PlaceKind, division: str | None) -> Sequence[str]:
    try:
        return readings_of(name, kind, division)
    except InvalidInput:
        return ()


def known_reading(name: str) -> str:
    """Key of the reading that the dictionaries give a name; empty when they do not know one."""
    folded = fold(name)
    return toned_key(readings_beside(folded, _readings(folded, PlaceKind.OTHER, None)))


def _sounds_of(char: str) -> set[str]:
    readings = (readings_beside(char, [syllable])[0] for syllable in readings_of_character(char))
    return {toneless(reading) for reading in readings if reading}


def _few(names: NameLookup, scope: Scope) -> list[IndexedName] | None:
    """The names in the box, by rank; None without a box, and where they are many."""
    if scope.box is None or names.how_many_around(scope.box, _MANY) == _MANY:
        return None
    return sorted(names.around(scope.box, scope), key=lambda name: name.rank)


def _ranked(names: Sequence[IndexedName], typed: Query) -> Iterator[Hit]:
    hits = [Hit(name, match) for name in names if (match := match_of(typed, name)) is not None]
    return iter(sorted(hits, key=lambda hit: (hit.match.tier, hit.name.rank)))


def _hits(
    names: NameLookup, typed: Query, scope: Scope, tiers: Sequence[Tier] = tuple(Tier)
) -> Iterator[Hit]:
    """Hits of some tiers, the best first, looked for as far as they are taken."""
    seen: set[int] = set()
    for tier, condition in steps(typed, names):
        if tier not in tiers or not condition:
            continue
        for name in names.that(condition, scope):
            if name.rank in seen:
                continue
            match = match_of(typed, name)
            if match is not None and match.tier is tier:
                seen.add(name.rank)
                yield Hit(name, match)
