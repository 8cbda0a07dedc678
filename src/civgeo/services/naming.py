"""The check of a proposed name, with its parts, readings and lists filled in.

The names in use come as a list, or through `Neighbours`: an index that gives the few names which
are written or sound alike, so that one check costs the same among a million names.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from civgeo.domain.naming_check import Guide, NameCheck, check_name
from civgeo.domain.naming_forms import is_han
from civgeo.domain.naming_place import NOWHERE, Areas, Comparator, NamedPlace
from civgeo.domain.naming_rules import NamingRule
from civgeo.domain.naming_words import Links
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.language.bigrams import fold
from civgeo.language.name_tables import generics
from civgeo.language.readings import given_characters
from civgeo.services.naming_lists import naming_guide
from civgeo.services.romanising import readings_of

__all__ = [
    "KnownNames",
    "Neighbours",
    "Proposal",
    "beside",
    "check_among",
    "check_proposal",
    "placed",
]

_VILLAGE = PlaceKind.COMMITTEE_SEAT
_ENDINGS = {
    PlaceKind.STREET: re.compile("(.{2,}?)[东南西北中前后上下内外]?[一二三四五六七八九十]*"),
    PlaceKind.SETTLEMENT: re.compile("(.{2,}?)[村庄屯寨营堡集店铺]"),
    PlaceKind.COMMITTEE_SEAT: re.compile("(.{2,}?)[庄屯寨营堡集店铺]"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name as somebody writes it down, proposed or in use.

    Parameters
    ----------
    name, kind
        The whole name and what it names.
    areas
        Where it lies.
    famous
        Whether it is a natural entity known over the country.
    reading
        Its syllables by spaces, with tone marks or numbers; None to look them up.
    ref
        What findings call it.
    """

    name: str
    kind: PlaceKind
    areas: Areas = NOWHERE
    famous: bool = False
    reading: str | None = None
    ref: int | str = 0


class Neighbours(Protocol):
    """An index over names in use. It may give too many names, never too few."""

    def same_name(self, text: str, comparator: Comparator) -> Iterable[NamedPlace]:
        """Names whose compared part is written so."""
        ...

    def same_toneless(
        self, syllables: tuple[str, ...], comparator: Comparator
    ) -> Iterable[NamedPlace]:
        """Names whose compared part has these syllables, whatever their tones."""
        ...


class KnownNames:
    """Neighbours held in memory, for lists that fit there.

    Parameters
    ----------
    places
        Names in use with their parts and readings.
    """

    def __init__(self, places: Iterable[NamedPlace]) -> None:
        self._written: dict[tuple[Comparator, str], list[NamedPlace]] = defaultdict(list)
        self._sounding: dict[tuple[Comparator, tuple[str, ...]], list[NamedPlace]] = defaultdict(
            list
        )
        for place in places:
            for comparator in Comparator:
                self._written[comparator, place.part(comparator)].append(place)
                syllables = place.toneless(comparator)
                if syllables is not None:
                    self._sounding[comparator, syllables].append(place)

    def same_name(self, text: str, comparator: Comparator) -> Iterable[NamedPlace]:
        """Names whose compared part is written so."""
        return self._written.get((comparator, text), ())

    def same_toneless(
        self, syllables: tuple[str, ...], comparator: Comparator
    ) -> Iterable[NamedPlace]:
        """Names whose compared part has these syllables, whatever their tones."""
        return self._sounding.get((comparator, syllables), ())


def check_proposal(
    proposal: Proposal,
    existing: Iterable[Proposal] = (),
    *,
    on: date,
    links: Links | None = None,
    guide: Guide | None = None,
) -> NameCheck:
    """Findings of a proposed name against the names listed beside it.

    Parameters
    ----------
    proposal, existing
        The name to check and the names in use.
    on
        Day on which the rules must be in force.
    links
        The officer's word on persons and enterprises.
    guide
        Rules and lists; the packaged ones by default.

    Raises
    ------
    InvalidInput
        For an empty name or a reading that is none.
    """
    guide = guide or naming_guide()
    place = placed(proposal)
    rules = _scoped(place, guide, on)
    near = [placed(other) for other in existing if _comparable(place, other, rules)]
    return check_name(place, near, guide, on=on, links=links)


def check_among(
    proposal: Proposal,
    neighbours: Neighbours,
    *,
    on: date,
    links: Links | None = None,
    guide: Guide | None = None,
) -> NameCheck:
    """Findings of a proposed name against all names of an index.

    Parameters are those of `check_proposal`; `neighbours` leaves out the entry itself when a name
    in use is checked again.
    """
    guide = guide or naming_guide()
    place = placed(proposal)
    found: dict[int | str, NamedPlace] = {}
    for comparator in {rule.comparator for rule in _scoped(place, guide, on)}:
        syllables = place.toneless(comparator)
        near = [*neighbours.same_name(place.part(comparator), comparator)]
        if syllables is not None:
            near += neighbours.same_toneless(syllables, comparator)
        found |= {each.ref: each for each in near}
    return check_name(place, found.values(), guide, on=on, links=links)


def placed(proposal: Proposal, *, read: bool = True) -> NamedPlace:
    """The name with its parts, and with its reading where `read`.

    Parts and reading are those of the name in the writing in which names are compared, so that
    traditional or full-width characters, blanks and invisible ones hide no likeness. A name of
    characters without a known reading has none.

    Raises
    ------
    InvalidInput
        ``bad_value`` for an empty name, ``bad_reading`` for a reading that does not fit.
    """
    written, kind = proposal.name.strip(), proposal.kind
    if not written:
        raise InvalidInput("名称是空的，请填写拟用名称。", code="bad_value")
    name = fold(written) or written
    table = generics().ending(name, _VILLAGE if kind is PlaceKind.SETTLEMENT else kind)
    generic = table.hanzi if table else None
    specific = name.removesuffix(generic or "")
    syllables = _sounds(proposal, name) if read else None
    return NamedPlace(
        written,
        kind,
        specific,
        generic,
        _stem(specific, kind),
        proposal.areas,
        proposal.famous,
        syllables,
        None if syllables is None else syllables[: len(specific)],
        proposal.ref,
        name,
    )


def _scoped(place: NamedPlace, guide: Guide, on: date) -> list[NamingRule]:
    rules = guide.rules.at(place.kind, place.areas.code, on)
    return rules.scoped(famous=place.famous)


def _stem(specific: str, kind: PlaceKind) -> str:
    """Specific part without what stands behind a street's or a village's own word."""
    ending = _ENDINGS.get(kind)
    found = ending.fullmatch(specific) if ending else None
    return found[1] if found else specific


def _sounds(proposal: Proposal, name: str) -> tuple[str, ...] | None:
    """Reading of each character; letters and digits stand for themselves."""
    if proposal.reading is not None:
        given = given_characters(name, proposal.reading)
        return tuple(each.syllable or char for each, char in zip(given, name, strict=True))
    return next(
        (
            aligned
            for text in dict.fromkeys((proposal.name.strip(), name))
            if (aligned := beside(name, _looked_up(proposal, text))) is not None
        ),
        None,
    )


def _looked_up(proposal: Proposal, name: str) -> tuple[str, ...]:
    code = proposal.areas.code
    try:
        return readings_of(name, proposal.kind, None if code is None else code.digits)
    except InvalidInput:
        return ()


def beside(name: str, syllables: Sequence[str]) -> tuple[str, ...] | None:
    """One sound for each character: its syllable, or a letter or digit itself.

    None where there is not one syllable for each Chinese character.
    """
    if len(syllables) != sum(map(is_han, name)):
        return None
    coming = iter(syllables)
    return tuple(next(coming) if is_han(char) else char for char in name)


def _comparable(place: NamedPlace, other: Proposal, rules: Iterable[NamingRule]) -> bool:
    """Whether a rule compares the two, and both have equally many characters in that part."""
    name = fold(other.name) or other.name.strip()
    for rule in rules:
        if rule.kinds and other.kind not in rule.kinds:
            continue
        if rule.comparator is Comparator.SPECIFIC or len(name) == len(place.whole):
            return bool(name)
    return False
