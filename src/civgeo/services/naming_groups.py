"""Names of a register that share writing or sound within an area, found by grouping.

A pair is told as `civgeo.domain.naming_neighbours.conflicts` tells it, with one difference: where
the deciding area is missing, only the entry that lacks it is listed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_findings import FindingCode
from civgeo.domain.naming_place import Comparator, Scope
from civgeo.domain.naming_rules import NATION, NamingRule

__all__ = ["AREA_COLUMNS", "FOUND", "NO_GROUP", "scope_findings", "within"]

AREA_COLUMNS = tuple(scope.value for scope in Scope if scope is not Scope.NATION)
FOUND = ("place", "code", "rule", "group", "others", "against", "message")
"""Columns of findings: ``place`` and ``against`` are rows of the register, ``rule`` its id."""

NO_GROUP = -1
_LISTED = 5
_NAMED = 3
_LOOKED_AT = 60
_WORDS = {
    FindingCode.DUPLICATE: "同名",
    FindingCode.HOMOPHONE: "读音相同",
    FindingCode.HOMOPHONE_TONELESS: "读音相近，仅声调不同",
}
Codes = npt.NDArray[np.int64]
Row = tuple[int, str, str, int, int, tuple[int, ...], str]


def scope_findings(table: pd.DataFrame, rule: NamingRule) -> pd.DataFrame:
    """Entries that break one rule on names that must differ.

    Parameters
    ----------
    table
        Range index. Columns ``name``, ``kind``, those of `AREA_COLUMNS` (null where unknown),
        ``division`` (digits of the narrowest division, empty where unknown), ``famous``, and for
        each comparator ``text_full``, ``reading_full``, ``toneless_full`` or ``text_specific``
        and so on (readings null where unknown).
    rule
        A rule with a scope.

    Returns
    -------
    DataFrame
        One row for each entry and code, columns `FOUND`.
    """
    part = "specific" if rule.comparator is Comparator.SPECIFIC else "full"
    members = table[_members(table, rule)]
    scope = rule.scope or Scope.NATION
    wider, deciding = _areas(scope)
    text, sound, toneless = (
        _codes([members[f"{what}_{part}"]]) for what in ("text", "reading", "toneless")
    )
    known = np.ones(len(members), bool)
    if deciding:
        known = members[scope.value].notna().to_numpy()
    area = _codes([members[name] for name in deciding], len(members))
    entries = _Entries(members.index.to_numpy(np.int64), members["name"].tolist(), text, sound)
    heard = known & (sound >= 0)
    found = [
        *_told(entries, rule, FindingCode.DUPLICATE, area, text, known),
        *_told(entries, rule, FindingCode.HOMOPHONE, area, sound, heard),
        *_told(entries, rule, FindingCode.HOMOPHONE_TONELESS, area, toneless, heard),
    ]
    if not known.all():
        outside = _codes([members[name] for name in wider], len(members))
        found += _without_area(entries, rule, scope, outside, ~known)
    return pd.DataFrame(found, columns=list(FOUND))


@dataclass(frozen=True, slots=True)
class _Entries:
    """Entries of one class group: rows of the register, names, codes of writing and sound."""

    rows: Codes
    names: list[str]
    text: Codes
    sound: Codes


def _members(table: pd.DataFrame, rule: NamingRule) -> "pd.Series[bool]":
    chosen = pd.Series(True, index=table.index)
    if rule.kinds:
        chosen = table["kind"].isin([kind.value for kind in rule.kinds])
    if rule.famous:
        chosen &= table["famous"]
    return chosen & within(table, rule.adcode)


def within(table: pd.DataFrame, adcode: str) -> "pd.Series[bool]":
    """Entries that lie in the division of a rule; ``100000`` is the nation."""
    if adcode == NATION:
        return pd.Series(True, index=table.index)
    return table["division"].str.startswith(DivisionCode.parse(adcode).digits)


def _areas(scope: Scope) -> tuple[list[str], list[str]]:
    """Columns of the areas above `scope`, and those with its own."""
    if scope is Scope.NATION:
        return [], []
    if scope is Scope.BUILTUP_AREA:
        wider = list(AREA_COLUMNS[:2])
    else:
        wider = list(AREA_COLUMNS[: AREA_COLUMNS.index(scope.value)])
    return wider, [*wider, scope.value]


def _codes(columns: Sequence["pd.Series[str]"], length: int = 0) -> Codes:
    """One number for each combination of values; null of a single column is -1."""
    if not columns:
        return np.zeros(length, np.int64)
    if len(columns) == 1:
        return pd.factorize(columns[0])[0].astype(np.int64)
    codes = pd.factorize(columns[0].fillna(""))[0].astype(np.int64)
    for column in columns[1:]:
        more, distinct = pd.factorize(column.fillna(""))
        codes = pd.factorize(codes * (len(distinct) + 1) + more)[0].astype(np.int64)
    return codes


def _groups(area: Codes, key: Codes, chosen: npt.NDArray[np.bool_]) -> Iterator[list[int]]:
    """Places of the chosen entries that share area and key, two or more together."""
    places = np.flatnonzero(chosen & (key >= 0))
    if not places.size:
        return
    together = area[places] * (int(key.max()) + 1) + key[places]
    order = np.argsort(together, kind="stable")
    places, together = places[order], together[order]
    starts = np.flatnonzero(np.r_[True, together[1:] != together[:-1]])
    ends = np.r_[starts[1:], together.size]
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        yield places[start:end].tolist()


def _told(
    entries: _Entries,
    rule: NamingRule,
    code: FindingCode,
    area: Codes,
    key: Codes,
    chosen: npt.NDArray[np.bool_],
) -> Iterator[Row]:
    """Rows of one code: entries of a group that differ as the code asks."""
    text, sound = entries.text, entries.sound
    scope = rule.scope or Scope.NATION
    within = scope.label_zh if scope is Scope.NATION else f"同一{scope.label_zh}"
    what = "专名" if rule.comparator is Comparator.SPECIFIC else "名称"
    for number, group in enumerate(_groups(area, key, chosen)):
        differing = _others(code, group, text, sound)
        for place, count in zip(group, differing.counts, strict=True):
            if count:
                others = differing.of(place)
                shown = _listed([entries.names[each] for each in others], count)
                message = f"{what}与{within}的{shown}{_WORDS[code]}"
                rows = tuple(int(entries.rows[each]) for each in others)
                yield (int(entries.rows[place]), code.value, rule.id, number, count, rows, message)


def _listed(names: Sequence[str], count: int) -> str:
    """The first names of those that conflict, each once, and how many there are."""
    shown = list(dict.fromkeys(names))[:_NAMED]
    more = f"等 {count} 个" if count > len(shown) else ""
    return "、".join(f"“{name}”" for name in shown) + more


@dataclass(frozen=True, slots=True)
class _Others:
    """Which entries of a group conflict with each: how many, and the first few."""

    group: list[int]
    counts: list[int]
    conflict: Callable[[int, int], bool]

    def of(self, place: int) -> list[int]:
        """The first few that conflict with `place`."""
        near = (each for each in self.group[:_LOOKED_AT] if self.conflict(place, each))
        return [each for each, _ in zip(near, range(_LISTED), strict=False)]


def _others(code: FindingCode, group: list[int], text: Codes, sound: Codes) -> _Others:
    texts, sounds = text[group].tolist(), sound[group].tolist()
    if code is FindingCode.DUPLICATE:
        return _Others(group, [len(group) - 1] * len(group), lambda one, other: one != other)
    written = Counter(texts)
    if code is FindingCode.HOMOPHONE:
        counts = [len(group) - written[each] for each in texts]
        return _Others(group, counts, lambda one, other: bool(text[one] != text[other]))
    heard, both = Counter(sounds), Counter(zip(texts, sounds, strict=True))
    counts = [
        len(group) - written[one] - heard[other] + both[one, other]
        for one, other in zip(texts, sounds, strict=True)
    ]
    return _Others(
        group,
        counts,
        lambda one, other: bool(text[one] != text[other] and sound[one] != sound[other]),
    )


def _without_area(
    entries: _Entries,
    rule: NamingRule,
    scope: Scope,
    outside: Codes,
    missing: npt.NDArray[np.bool_],
) -> Iterator[Row]:
    """Entries that lack the deciding area while another one nearby has the name."""
    everyone = np.ones(len(missing), bool)
    for number, group in enumerate(_groups(outside, entries.text, everyone)):
        for place in group:
            if missing[place]:
                rows = tuple(int(entries.rows[each]) for each in group[: _LISTED + 1])
                own = int(entries.rows[place])
                message = (
                    f"没有写明所在{scope.label_zh}，与另 {len(group) - 1} 个同名地名"
                    "是否重名不能判断，请补上"
                )
                others = tuple(row for row in rows if row != own)[:_LISTED]
                code = FindingCode.SCOPE_UNKNOWN.value
                yield own, code, rule.id, number, len(group) - 1, others, message
