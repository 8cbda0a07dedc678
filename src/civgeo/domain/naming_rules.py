"""Rules on naming as dated records with their place: which names must differ, and where.

地名管理条例 (国务院令第 753 号, in force 2022-05-01) article 9 decides over the country; provinces
and cities may be stricter (宁波市地名管理条例 compares the specific part over the whole city).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_findings import Citation, FindingCode
from civgeo.domain.naming_place import Comparator, Scope
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.standard import first_day, parse_day

__all__ = ["NATION", "NamingRule", "NamingRules", "RulesInForce"]

NATION = "100000"


@dataclass(frozen=True, slots=True)
class NamingRule:
    """One rule on naming.

    Parameters
    ----------
    id
        Stable identifier.
    place, adcode
        Where it holds; ``100000`` for the nation.
    code
        What a breach is called; ``duplicate`` rules are about homophones too.
    cites
        Regulation, article and item.
    kinds
        Kinds of place that it is about, one class group: names of any two of them are compared.
        Empty for all kinds.
    categories
        Categories of words or of faults of form that it is about; empty for all.
    famous
        Whether it is about famous entities only.
    scope, comparator
        Area in which names must differ, and what is compared; None where it compares no names.
    valid_from, valid_to
        First and last day in force, as the source gives them.
    limit
        Greatest number of characters, where it is about length.
    evidence, note
        S, E, C or M as in the standards; the record's own words.
    enabled
        False while its text is not at hand: shown, never applied.
    """

    id: str
    place: str
    adcode: str
    code: FindingCode
    cites: Citation
    kinds: frozenset[PlaceKind] = frozenset()
    categories: frozenset[str] = frozenset()
    famous: bool = False
    scope: Scope | None = None
    comparator: Comparator = Comparator.FULL
    valid_from: str = ""
    valid_to: str = ""
    limit: int | None = None
    evidence: str = ""
    note: str = ""
    enabled: bool = True

    def holds(self, kind: PlaceKind, division: DivisionCode | None, on: date) -> bool:
        """Whether it is about that kind of place, there and on that day, enabled or not."""
        return (
            (not self.kinds or kind in self.kinds) and self.in_force(on) and self.covers(division)
        )

    def covers(self, division: DivisionCode | None) -> bool:
        """Whether it holds where `division` lies; of an unknown place only the nation's rules."""
        if self.adcode == NATION:
            return True
        return division is not None and _place(self.adcode).covers(division)

    def in_force(self, on: date) -> bool:
        """Whether it is in force on that day."""
        first, last = _span(self.valid_from, self.valid_to)
        return first <= on <= last


@dataclass(frozen=True, slots=True)
class NamingRules:
    """All rules of one edition, the nation's before the provinces' and the cities'."""

    rules: tuple[NamingRule, ...]
    edition: str

    @classmethod
    def of(cls, rules: Iterable[NamingRule], edition: str) -> "NamingRules":
        """Rules in any order, put into that of their places."""
        ordered = sorted(
            rules, key=lambda rule: rule.adcode != NATION and len(_place(rule.adcode).digits)
        )
        return cls(tuple(ordered), edition)

    def at(self, kind: PlaceKind, division: DivisionCode | None, on: date) -> "RulesInForce":
        """Rules for that kind of place, there and on that day."""
        return RulesInForce(tuple(rule for rule in self.rules if rule.holds(kind, division, on)))


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules that hold for one kind of place, in one place and on one day."""

    rules: tuple[NamingRule, ...]

    def about(self, code: FindingCode, category: str = "") -> NamingRule | None:
        """Rule that forbids or discourages what `code` says, or None when there is none."""
        return next(
            (
                rule
                for rule in self.rules
                if rule.code is code
                and rule.enabled
                and (not rule.categories or category in rule.categories)
            ),
            None,
        )

    def scoped(self, *, famous: bool) -> list[NamingRule]:
        """Rules that ask names to differ, the nation's first; some only for famous entities."""
        return [
            rule
            for rule in self.rules
            if rule.enabled and rule.scope is not None and (famous or not rule.famous)
        ]

    def with_notes(self) -> list[NamingRule]:
        """Rules of provinces and cities with words of their own, enabled or not."""
        return [rule for rule in self.rules if rule.note and rule.adcode != NATION]


@cache
def _span(valid_from: str, valid_to: str) -> tuple[date, date]:
    """First and last day of a period; the calendar's own ends where it is open."""
    last = parse_day(valid_to, "valid_to") if valid_to else date.max
    return first_day(valid_from) or date.min, last


@cache
def _place(adcode: str) -> DivisionCode:
    return DivisionCode.parse(adcode)
