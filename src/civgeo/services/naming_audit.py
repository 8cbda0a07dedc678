"""The naming rules over a whole register: what a clean-up campaign has to look at.

Duplicates and homophones are found by grouping, not by comparing pairs, and only names that hold a
listed word, an uncommon character or a fault of form are looked at one by one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_check import Guide, check_name
from civgeo.domain.naming_findings import Citation, FindingCode, Severity
from civgeo.domain.naming_forms import RARE_LEVEL, may_stand_alone
from civgeo.domain.naming_lists import ListInfo, Match
from civgeo.domain.naming_place import Areas, Comparator
from civgeo.domain.naming_rules import NATION, NamingRule, NamingRules
from civgeo.domain.place_kind import PlaceKind
from civgeo.language.name_tables import generics
from civgeo.reports.naming_audit import naming_audit_workbook
from civgeo.services.naming import Proposal, placed
from civgeo.services.naming_groups import AREA_COLUMNS, FOUND, NO_GROUP, scope_findings
from civgeo.services.naming_lists import naming_guide
from civgeo.services.naming_register import add_specific_parts, comparable_register

__all__ = ["Audit", "audit_lists", "audit_names", "audit_workbook"]

_FIRST_LISTS = ("state_leaders", "persons", "given_names", "foreign_places", "foreign_names")
_LISTS = (*_FIRST_LISTS, "enterprises_and_trademarks", "famous_entities", "unfit_words")
_NOTES = (
    "既有地名是否更名，按《地名管理条例》第10条办理；本表只是与现行规定比对的结果。",
    "名单不齐全：没有命中不等于没有问题。",
)


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Parameters
    ----------
    findings
        One row for each entry and finding, the gravest first: ``id`` (the register's index),
        ``name``, ``kind``, the areas, ``code``, ``severity``, ``regulation``, ``article``,
        ``item``, ``group`` (number that conflicting entries of one rule and code share, -1 for
        none), ``others`` (how many conflict with it), ``against`` (ids of the first few),
        ``message``.
    names, unread
        Entries looked at; those without a reading, whose homophones were not looked for.
    on, edition
        Day and edition of the rules.
    notes
        What the audit does not say.
    areas
        Names of divisions by code, for readers; empty where the register only has codes.
    """

    findings: pd.DataFrame
    names: int
    unread: int
    on: date
    edition: str
    notes: tuple[str, ...] = _NOTES
    areas: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> pd.DataFrame:
        """The findings with counties and townships by name, where `areas` has them."""
        named = {
            column: [self.areas.get(str(code), code) for code in self.findings[column]]
            for column in ("county", "township")
        }
        return self.findings.assign(**named) if self.areas else self.findings

    def counts(self, *by: str) -> pd.DataFrame:
        """Number of findings and of entries by columns of the findings, the gravest codes first."""
        grouped = self.findings.groupby(list(by), sort=False, dropna=False)
        return grouped["id"].agg(findings="size", entries="nunique").reset_index()


def audit_names(
    register: pd.DataFrame, *, on: date, guide: Guide | None = None, read: bool = True
) -> Audit:
    """Findings of every rule over a register of names.

    Parameters
    ----------
    register
        Index: ids. Columns ``name`` (str), ``kind`` (a PlaceKind); optional ``province``,
        ``prefecture``, ``county``, ``township`` (codes or names), ``division`` (a code that fills
        those four), ``builtup_area``, ``famous`` (bool), ``reading`` (syllables by spaces, null
        where unknown).
    on
        Day on which the rules must be in force.
    guide
        Rules and lists; the packaged ones by default.
    read
        Whether readings that are missing are looked up.

    Raises
    ------
    InvalidInput
        ``missing_key`` for a missing column, ``bad_value`` for an unknown kind, ``bad_code`` for
        a division that is no code.
    """
    guide = guide or naming_guide()
    table = comparable_register(register, read=read)
    rules = _scope_rules(table, guide.rules, on)
    add_specific_parts(
        table, [rule.adcode for rule in rules if rule.comparator is Comparator.SPECIFIC]
    )
    found = [scope_findings(table, rule) for rule in rules]
    cites = {rule.id: rule.cites for rule in rules}
    own = pd.DataFrame(_own_findings(table, guide, on, cites), columns=list(FOUND))
    every = pd.concat([each for each in (*found, own) if len(each)] or [own], ignore_index=True)
    findings = _finished(every, table, register.index, cites)
    unread = int(table["reading_full"].isna().sum())
    return Audit(findings, len(table), unread, on, guide.rules.edition)


def _scope_rules(table: pd.DataFrame, rules: NamingRules, on: date) -> list[NamingRule]:
    """Rules on names that must differ which hold for some entry, the nation's first."""
    places = [DivisionCode(digits) for digits in table["division"].unique() if digits]
    return [
        rule
        for rule in rules.rules
        if rule.enabled
        and rule.scope is not None
        and rule.in_force(on)
        and (rule.adcode == NATION or any(rule.covers(place) for place in places))
    ]


def _own_findings(
    table: pd.DataFrame, guide: Guide, on: date, cites: dict[str, Citation]
) -> Iterator[tuple[object, ...]]:
    """Findings of lists, characters and form; each name of a kind and province is looked at once.

    The rules that they rest on are added to `cites`.
    """
    doubtful = _doubtful(table, _Glance(guide))
    keys = zip(*(doubtful[name] for name in ("name", "kind", "province")), strict=True)
    rows_of: dict[tuple[str, str, str | None], list[int]] = {}
    for row, key in zip(doubtful.index.tolist(), keys, strict=True):
        rows_of.setdefault(key, []).append(row)
    for (name, kind, province), rows in rows_of.items():
        place = placed(Proposal(name, PlaceKind(kind), Areas.of(province=province)), read=False)
        for finding in check_name(place, (), guide, on=on).findings:
            rule = finding.rule.text
            cites[rule] = finding.rule
            for row in rows:
                yield row, finding.code.value, rule, NO_GROUP, 0, (), finding.message


def _doubtful(table: pd.DataFrame, glance: "_Glance") -> pd.DataFrame:
    """Entries that a glance does not clear; each name of a kind is looked at once."""
    numbers = table.groupby(["name", "kind"], sort=False).ngroup().to_numpy()
    firsts = table.loc[~pd.Series(numbers).duplicated(), ["name", "kind"]]
    kinds = {kind.value: kind for kind in PlaceKind}
    pairs = zip(firsts["name"], firsts["kind"], strict=True)
    plain = np.fromiter((glance.is_plain(name, kinds[kind]) for name, kind in pairs), bool)
    return table[~plain[numbers]]


class _Glance:
    """Tells names that no list and no rule of form can say anything about, at a glance."""

    def __init__(self, guide: Guide) -> None:
        lists = guide.lists
        self._common = frozenset(char for char, level in lists.levels.items() if level < RARE_LEVEL)
        self._words = frozenset(
            term.text
            for name in _LISTS
            for term in lists.terms[name].terms
            if term.match is not Match.NOTE
        )
        self._longest = max(map(len, self._words))
        self._single = frozenset(word for word in self._words if len(word) == 1)
        self._starts = frozenset(word[:2] for word in self._words if len(word) > 1)
        self._stacked = tuple(term.text for term in lists.terms["stacked_generics"].terms)
        limits = [rule.limit for rule in guide.rules.rules if rule.limit is not None]
        self._limit = min(limits, default=1_000)

    def is_plain(self, name: str, kind: PlaceKind) -> bool:
        """Whether `name` is short, of common characters, with a generic, and holds no word."""
        if len(name) > self._limit or not self._common.issuperset(name):
            return False
        generic = generics().ending(name, kind)
        if generic is None and not may_stand_alone(kind):
            return False
        specific = name.removesuffix(generic.hanzi) if generic else name
        return not specific.endswith(self._stacked) and not self._holds_word(name)

    def _holds_word(self, name: str) -> bool:
        places = range(len(name))
        return not self._single.isdisjoint(name) or any(
            name[place : place + 2] in self._starts and self._begins_word(name, place)
            for place in places
        )

    def _begins_word(self, name: str, place: int) -> bool:
        ends = range(place + 2, place + self._longest + 1)
        return any(name[place:end] in self._words for end in ends)


def _finished(
    found: pd.DataFrame, table: pd.DataFrame, ids: pd.Index, cites: dict[str, Citation]
) -> pd.DataFrame:
    """Findings with the entries' own columns, each entry and code once, the gravest first."""
    order = {code.value: number for number, code in enumerate(_by_gravity())}
    found = found.assign(rank=found["code"].map(order))
    told_once = found["group"] != NO_GROUP
    repeated = told_once & found.duplicated(["place", "code"])
    found = found[~repeated].sort_values(["rank", "rule", "group"], kind="stable")
    numbers = found.groupby(["rule", "code", "group"], sort=False).ngroup()
    found["group"] = numbers.where(found["group"] != NO_GROUP, NO_GROUP)
    places = found["place"].to_numpy(int)
    severities = {code.value: code.severity.value for code in FindingCode}
    rules = [cites[rule] for rule in found["rule"]]
    columns = {
        "id": ids.to_numpy(object)[places],
        **{name: table[name].to_numpy(object)[places] for name in ("name", "kind", *AREA_COLUMNS)},
        "code": found["code"].to_numpy(object),
        "severity": found["code"].map(severities).to_numpy(object),
        "regulation": [rule.regulation for rule in rules],
        "article": [rule.article for rule in rules],
        "item": [rule.item for rule in rules],
        "group": found["group"].to_numpy(int),
        "others": found["others"].to_numpy(int),
        "against": [[ids[row] for row in rows] for rows in found["against"]],
        "message": found["message"].to_numpy(object),
    }
    return pd.DataFrame(columns)


def _by_gravity() -> list[FindingCode]:
    grave = list(Severity)
    return sorted(FindingCode, key=lambda code: grave.index(code.severity))


def audit_lists(guide: Guide) -> list[ListInfo]:
    """Lists that an audit holds names against."""
    lists = guide.lists
    return [lists.characters_info, *(lists.terms[name].info for name in (*_LISTS, "surnames"))]


def audit_workbook(audit: Audit, guide: Guide, *, simulated: bool = False) -> bytes:
    """The audit as a workbook for a clean-up campaign.

    Parameters
    ----------
    audit, guide
        The audit, and the rules and lists that it went by.
    simulated
        Whether the register holds simulated names.
    """
    return naming_audit_workbook(
        audit.told,
        names=audit.names,
        unread=audit.unread,
        on=audit.on,
        edition=audit.edition,
        lists=audit_lists(guide),
        notes=audit.notes,
        simulated=simulated,
    )
