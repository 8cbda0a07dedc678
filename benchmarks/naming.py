"""Naming rules over a million names: one proposal, and the audit of the whole register.

Peers: pandas over the same columns. For one proposal it scans them for equal writing and equal
sound; for the audit it groups them, duplicates and homophones alone, without lists and words.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd

from benchmarks.generated_names import generated_names
from benchmarks.measurement import Measured, in_turns, report, versions
from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_forms import is_han
from civgeo.domain.naming_place import Areas, NamedPlace
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.language.name_tables import generics
from civgeo.services.naming import KnownNames, Proposal, check_among
from civgeo.services.naming_audit import audit_names
from civgeo.store.name_index_rows import NameRow

__all__ = ["run"]

NAMES = 1_000_000
PROPOSALS = 300
ON = date(2026, 3, 1)
SCOPES = {"committee_seat": "county", "street": "builtup_area", "residential_area": "builtup_area"}
CONFLICTS = ("duplicate", "homophone", "homophone_toneless")


def run() -> None:
    """Measure both tasks, compare every answer and report."""
    rows = list(generated_names(NAMES))
    table = register(rows)
    asked = [row for row in rows if row.kind.value in SCOPES][:: NAMES // PROPOSALS]
    proposals = [
        Proposal(row.name, row.kind, areas(row), reading=" ".join(row.syllables), ref=-1)
        for row in asked
    ]
    known = KnownNames(placed_row(row, number) for number, row in enumerate(rows))
    lines = one_proposal(known, table, proposals)
    del known
    lines += whole_register(table)
    report("naming", lines, [versions("pandas", "pypinyin"), f"{NAMES:,} names, seed 411700"])


def areas(row: NameRow) -> Areas:
    """Areas of a generated name; each county is one built-up area."""
    return Areas.of_division(DivisionCode.parse(row.division), row.division[:6])


def register(rows: Sequence[NameRow]) -> pd.DataFrame:
    """The names as the audit takes them, with what the peer compares beside it."""
    reading = [" ".join(row.syllables) for row in rows]
    division = [row.division for row in rows]
    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "kind": [row.kind.value for row in rows],
            "division": division,
            "builtup_area": [code[:6] for code in division],
            "county": [code[:6] for code in division],
            "reading": reading,
            "toneless": [without_tones(text) for text in reading],
        }
    )


def placed_row(row: NameRow, number: int) -> NamedPlace:
    """A generated name with its parts, as an index holds it."""
    generic = generics().ending(row.name, row.kind)
    specific = row.name.removesuffix(generic.hanzi) if generic else row.name
    own = row.syllables[: sum(map(is_han, specific))]
    text = generic.hanzi if generic else None
    return NamedPlace(
        row.name, row.kind, specific, text, specific, areas(row), False, row.syllables, own, number
    )


def one_proposal(
    known: KnownNames, table: pd.DataFrame, proposals: Sequence[Proposal]
) -> list[Measured]:
    """One proposal after another: seconds of one."""
    contestants = {
        "civgeo": partial(by_index, known, proposals),
        f"scan of the columns ({versions('pandas')})": partial(by_scan, table, proposals),
    }
    seconds, answers = in_turns(contestants, runs=3)
    ours, theirs = contestants
    found = sum(map(len, answers[ours]))  # type: ignore[arg-type]
    agreed = "equal" if answers[ours] == answers[theirs] else "NOT EQUAL"
    checked = f"{len(proposals)} proposals, {found} conflicts, {agreed}"
    return [
        Measured(
            f"one proposal among {NAMES:,}",
            name,
            taken / len(proposals),
            taken / seconds[ours],
            checked,
        )
        for name, taken in seconds.items()
    ]


def by_index(known: KnownNames, proposals: Sequence[Proposal]) -> list[set[tuple[str, int]]]:
    """Conflicts of each proposal as civgeo finds them, lists and form included in the work."""
    return [
        {
            (finding.code.value, int(ref))
            for finding in check_among(proposal, known, on=ON).findings
            for ref in finding.against
        }
        for proposal in proposals
    ]


def by_scan(table: pd.DataFrame, proposals: Sequence[Proposal]) -> list[set[tuple[str, int]]]:
    """Conflicts of each proposal as comparisons of whole columns find them."""
    found = []
    for proposal in proposals:
        reading = proposal.reading or ""
        same = table["name"] == proposal.name
        toned = (table["reading"] == reading) & ~same
        near = (table["toneless"] == without_tones(reading)) & ~same & ~toned
        group = (table["kind"] == proposal.kind.value) & (
            table[SCOPES[proposal.kind.value]] == proposal.areas.county
        )
        if proposal.kind is PlaceKind.RESIDENTIAL_AREA:
            group |= (table["kind"] == "building") & (table["county"] == proposal.areas.county)
        answer = set()
        for code, chosen in zip(CONFLICTS, (same, toned, near), strict=True):
            answer |= {(code, int(row)) for row in table.index[chosen & group]}
        found.append(answer)
    return found


def whole_register(table: pd.DataFrame) -> list[Measured]:
    """The audit of every name."""
    given = table.drop(columns="toneless")
    contestants = {
        "civgeo, every rule": partial(audit_names, given, on=ON, read=False),
        f"groupby, three groupings alone ({versions('pandas')})": partial(by_grouping, table),
    }
    seconds, answers = in_turns(contestants, runs=1)
    ours, theirs = contestants
    audit = answers[ours]
    findings = audit.findings  # type: ignore[attr-defined]
    told = findings[findings["code"].isin(CONFLICTS) & findings["kind"].isin(list(SCOPES))]
    # rules of cities compare more than the peer does
    national = told[told["regulation"] == "地名管理条例"]
    pairs = set(zip(national["code"], national["id"], strict=True))
    agreed = "equal" if pairs == answers[theirs] else "NOT EQUAL"
    rate = f"{NAMES / seconds[ours]:,.0f} names/s, {len(findings):,} findings"
    checks = {ours: rate, theirs: f"{len(pairs):,} duplicates and homophones, {agreed}"}
    return [
        Measured(f"audit of {NAMES:,}", name, taken, taken / seconds[ours], checks[name])
        for name, taken in seconds.items()
    ]


def by_grouping(table: pd.DataFrame) -> set[tuple[str, int]]:
    """Entries that share writing or sound within their area, by `groupby`."""
    found: set[tuple[str, int]] = set()
    for kind, scope in SCOPES.items():
        part = table[table["kind"] == kind]
        area = part[scope]
        written = part.groupby([area, "name"])["name"].transform("size")
        found |= {("duplicate", row) for row in part.index[written > 1]}
        spellings = part.groupby([area, "reading"])["name"].transform("nunique")
        found |= {("homophone", row) for row in part.index[spellings > 1]}
        sounds = part.groupby([area, "toneless"])["reading"].transform("nunique")
        found |= {("homophone_toneless", row) for row in part.index[sounds > 1]}
    return found
