"""The life of a name, step by step, in the store: each public function is one use case.

A case holds what is proposed; the gazetteer changes when the case is published, in the same
transaction. Who did what, when and on which document stands in the history of both.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from civgeo.domain.history import Edit
from civgeo.domain.name_case import CaseState, FindingsSummary, NameCase
from civgeo.domain.name_demands import Deed
from civgeo.domain.name_life import advance, findings_recorded, materials_ticked
from civgeo.domain.naming_check import NameCheck
from civgeo.domain.naming_findings import Severity
from civgeo.domain.naming_words import Links
from civgeo.domain.procedure_rule import Action, ProcedureBook, Step
from civgeo.errors import RuleViolation
from civgeo.services.case_opening import drafted, fresh_reading
from civgeo.services.case_publication import publish
from civgeo.services.case_records import CaseFile, case_files, case_values, findings_json, one_case
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.entry_checks import checked_entry
from civgeo.services.name_check import check_in_register, proposal_of
from civgeo.services.naming import check_proposal
from civgeo.services.own_material import own_guide, own_procedures
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = [
    "case_file",
    "cases",
    "check_case",
    "redraft",
    "take_step",
    "tick_materials",
]

_CASES, _NAMES = Collection.NAME_CASES, Collection.PLACE_NAMES
_UNDER_WAY = (CaseState.SUBMITTED, CaseState.APPROVED, CaseState.FILED, CaseState.ANNOUNCED)
"""States in which a case holds its name against other cases."""


def redraft(
    city: City,
    id: str,
    changes: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
    *,
    reason: str | None = None,
) -> Saved:
    """Change the proposal of a draft; a checked or returned case becomes a draft again.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion
        As in `open_renaming`, about the case.
    RuleViolation
        When the case is past that point.
    InvalidInput, FieldFaults
        As in `open_naming`.
    """

    def change(file: CaseFile) -> CaseFile:
        case = file.case
        if case.state is not CaseState.DRAFT:
            deed = Deed(Step.REVISION, city.today)
            case = advance(case, deed, _rules(city), city.today)
        drawn = {**file.proposal, "geometry": file.geometry, **fresh_reading(changes), **changes}
        draft = drafted(case.action, drawn, file.reason, case.level, case.sector)
        case = replace(
            case,
            name=draft.case.name,
            kind=draft.case.kind,
            division=draft.case.division,
            famous=draft.case.famous,
            findings=None,
            justification="",
        )
        kept = file.reason if reason is None else reason
        return replace(
            file,
            case=case,
            proposal=draft.proposal,
            geometry=draft.geometry,
            findings=(),
            reason=kept,
        )

    return _stepped(city, id, change, edit, expected_version)


def check_case(
    city: City,
    id: str,
    edit: Edit,
    expected_version: int | None,
    *,
    justification: str = "",
    links: Links | None = None,
) -> tuple[Saved, NameCheck]:
    """Check the proposed name, keep what was found, and go on when nothing forbids the name.

    Parameters
    ----------
    city, id, edit, expected_version
        The case, who checks it, and the version that was seen.
    justification
        Written reason for findings that ask for one.
    links
        The officer's word on persons and enterprises.

    Returns
    -------
    tuple
        The new version, and what was found: the case stays a draft when the name is forbidden or
        a reason is missing, and the findings say why.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion, RuleViolation
        As in `redraft`.
    """
    found: NameCheck | None = None

    def change(file: CaseFile) -> CaseFile:
        nonlocal found
        found = _findings(city, file, links)
        kept = findings_json(found.findings)
        counts = _counted(found)
        case = findings_recorded(file.case, counts, justification)
        deed = Deed(Step.CHECKING, city.today)
        try:
            case = advance(case, deed, _rules(city), city.today)
        except RuleViolation as refused:
            if refused.code not in ("findings_block", "justification_missing"):
                raise
        return replace(file, case=case, findings=kept)

    saved = _stepped(city, id, change, edit, expected_version)
    assert found is not None  # noqa: S101 `_stepped` has called `change`
    return saved, found


def tick_materials(
    city: City, id: str, materials: frozenset[str], edit: Edit, expected_version: int | None
) -> Saved:
    """Tick exactly these of the materials; raises as `redraft`."""

    def change(file: CaseFile) -> CaseFile:
        rules = _rules(city)
        return file.with_case(materials_ticked(file.case, materials, rules, city.today))

    return _stepped(city, id, change, edit, expected_version)


def take_step(
    city: City,
    id: str,
    deed: Deed,
    edit: Edit,
    expected_version: int | None,
    *,
    entry_version: int | None = None,
) -> Saved:
    """Record a step that was taken; publication changes the gazetteer with it.

    Parameters
    ----------
    city, id, edit, expected_version
        The case, who records the step, and the version of the case that was seen.
    deed
        What was done.
    entry_version
        For publication: version of the entry that the officer has seen, where it was changed after
        the case was opened. What the case proposes is then laid over it.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion
        As in `redraft`; StaleVersion also for an entry that was changed since.
    RuleViolation
        When the step cannot follow, or something that it demands is missing.
    InvalidInput
        When the day of the step cannot be.
    """

    def change(file: CaseFile) -> CaseFile:
        after = file.with_case(advance(file.case, deed, _rules(city), city.today))
        _require_still_free(city, file, deed)
        return after

    def still(file: CaseFile) -> None:
        _require_still_free(city, file, deed)

    return _stepped(city, id, change, edit, expected_version, entry_version, still)


def cases(
    city: City, *, state: CaseState | None = None, division: str | None = None
) -> list[CaseFile]:
    """Cases in the order in which they were opened."""
    where = {} if state is None else {"state": state.value}
    with city.store.read() as reading:
        found = case_files(reading.features(_CASES, division=division, where=where))
    rules = _rules(city)
    return [replace(file, rules=rules) for file in found]


def case_file(city: City, id: str) -> CaseFile:
    """One case; raises NotFound."""
    with city.store.read() as reading:
        return replace(one_case(reading, id), rules=_rules(city))


def _rules(city: City) -> ProcedureBook:
    """Rules of procedure in force for the store."""
    return own_procedures(city.store.file.parent)


def _stepped(
    city: City,
    id: str,
    change: Callable[[CaseFile], CaseFile],
    edit: Edit,
    expected_version: int | None,
    entry_version: int | None = None,
    still: Callable[[CaseFile], None] | None = None,
) -> Saved:
    """The case after `change`, written with all that it brings in one transaction.

    `still` looks once more at the case while nobody else can write: of two cases that ask for one
    name at the same moment only one gets it.
    """
    whole = replace(edit, valid_from=None, valid_to=None)
    with city.store.read() as reading:
        file = replace(one_case(reading, id), rules=_rules(city))
        reading.rehearse(_CASES, id, {"name": file.case.name}, whole, expected_version)
        after = change(file)
        _require_entry(reading, after)
    values = {**case_values(after), "geometry": after.geometry}
    with city.store.write() as writing:
        if still is not None:
            still(file)
        version = writing.correct(_CASES, id, values, whole, expected_version)
        if after.case.state is CaseState.PUBLISHED and file.case.state is not CaseState.PUBLISHED:
            published = publish(writing, after, whole, entry_version)
            if published != after.place:
                version = writing.correct(_CASES, id, {"place": published}, whole, version)
    return Saved(id, version)


def _require_entry(reading: Reading, file: CaseFile) -> None:
    """Refuse a proposal that the gazetteer could not hold."""
    if file.case.action is not Action.RETIRING:
        checked_entry(reading, _NAMES, {**file.proposal, "geometry": file.geometry})


def _findings(city: City, file: CaseFile, links: Links | None) -> NameCheck:
    values = file.proposal
    if file.case.action is Action.RETIRING:
        return NameCheck((), ("注销不核对名称规则。",), ())
    return check_in_register(
        city, values, on=_checked_on(file.case, city.today), apart_from=file.place, links=links
    )


def _checked_on(case: NameCase, today: date) -> date:
    return case.approved_on or today


def _counted(found: NameCheck) -> FindingsSummary:
    counts = [finding.severity.value for finding in found.findings]
    return FindingsSummary(*(counts.count(name) for name in ("block", "justify", "advise")))


def _require_still_free(city: City, file: CaseFile, deed: Deed) -> None:
    """Refuse to submit a name that an entry has taken since the check, or another case asks for."""
    if deed.step is not Step.SUBMISSION:
        return
    taken = _refusals(_findings(city, file, None))
    if taken:
        text = f"审核之后又有地名与“{file.case.name}”冲突：{taken}"
        raise RuleViolation(text, code="name_taken")
    asked = "" if file.case.action is Action.RETIRING else _refusals(_beside_cases(city, file))
    if asked:
        text = f"另有正在办理的案卷与“{file.case.name}”冲突：{asked}"
        raise RuleViolation(text, code="name_taken")


def _beside_cases(city: City, file: CaseFile) -> NameCheck:
    """Findings against the names that other submitted cases will give."""
    others = [
        proposal_of(other.proposal, other.id)
        for other in cases(city)
        if other.id != file.id
        and other.case.state in _UNDER_WAY
        and other.case.action is not Action.RETIRING
    ]
    on, guide = _checked_on(file.case, city.today), own_guide(city.store.file.parent)
    return check_proposal(proposal_of(file.proposal), others, on=on, guide=guide)


def _refusals(found: NameCheck) -> str:
    """What forbids a name beside others, in words."""
    barred = [item for item in found.findings if item.severity is Severity.BLOCK and item.against]
    return "；".join(item.message for item in barred)
