"""The life of a name: which step may follow which, and the case after it.

draft → checked → (consulting →) submitted → approved or returned; approved → filed → announced →
published. What happened is recorded as it happened: a late filing or announcement is flagged by
`name_clocks`, never refused, and an announcement may be recorded before the filing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from civgeo.domain.name_case import CaseDocument, CaseState, FindingsSummary, NameCase
from civgeo.domain.name_demands import Deed, lacks, needs_filing
from civgeo.domain.name_materials import name_materials
from civgeo.domain.procedure_rule import ProcedureBook, Step
from civgeo.errors import InvalidInput, RuleViolation

__all__ = ["advance", "findings_recorded", "materials_ticked", "steps_open"]

_BEFORE_SUBMISSION = frozenset({CaseState.CHECKED, CaseState.CONSULTING})
_SINCE_APPROVAL = frozenset(
    {CaseState.APPROVED, CaseState.FILED, CaseState.ANNOUNCED, CaseState.PUBLISHED}
)
_FROM: Mapping[Step, frozenset[CaseState]] = MappingProxyType(
    {
        Step.CHECKING: frozenset({CaseState.DRAFT}),
        Step.CONSULTING: frozenset({CaseState.CHECKED}),
        Step.SUBMISSION: _BEFORE_SUBMISSION,
        Step.APPROVAL: frozenset({CaseState.SUBMITTED}),
        Step.RETURN: frozenset({CaseState.SUBMITTED}),
        Step.REVISION: _BEFORE_SUBMISSION | {CaseState.RETURNED},
        Step.FILING: _SINCE_APPROVAL,
        Step.ANNOUNCEMENT: _SINCE_APPROVAL,
        Step.PUBLICATION: frozenset({CaseState.ANNOUNCED}),
        Step.CODE_ISSUE: _SINCE_APPROVAL,
        Step.EXTENSION: _SINCE_APPROVAL,
        Step.COMPLETION: _SINCE_APPROVAL,
    }
)
_DONE_ON: Mapping[Step, Callable[[NameCase], date | None]] = MappingProxyType(
    {
        Step.FILING: lambda case: case.filed_on,
        Step.ANNOUNCEMENT: lambda case: case.announced_on,
        Step.CODE_ISSUE: lambda case: case.code_issued_on,
        Step.COMPLETION: lambda case: case.completed_on,
    }
)
_OF_DIVISIONS = frozenset({Step.CODE_ISSUE, Step.EXTENSION, Step.COMPLETION})


def _after_filing(case: NameCase, deed: Deed) -> NameCase:
    """The case filed; one that is announced already stays announced."""
    state = CaseState.FILED if case.state is CaseState.APPROVED else case.state
    return replace(case, state=state, filed_on=deed.on)


def _after_revision(case: NameCase, _deed: Deed) -> NameCase:
    """The case as a draft, to be checked anew; materials and documents stay."""
    return replace(case, state=CaseState.DRAFT, findings=None, justification="", submitted_on=None)


_AFTER: Mapping[Step, Callable[[NameCase, Deed], NameCase]] = MappingProxyType(
    {
        Step.CHECKING: lambda case, _: replace(case, state=CaseState.CHECKED),
        Step.CONSULTING: lambda case, _: replace(case, state=CaseState.CONSULTING),
        Step.SUBMISSION: lambda case, deed: replace(
            case, state=CaseState.SUBMITTED, submitted_on=deed.on, return_reason=""
        ),
        Step.APPROVAL: lambda case, deed: replace(
            case, state=CaseState.APPROVED, approved_on=deed.on, approver=deed.approver
        ),
        Step.RETURN: lambda case, deed: replace(
            case, state=CaseState.RETURNED, return_reason=deed.reason
        ),
        Step.REVISION: _after_revision,
        Step.FILING: _after_filing,
        Step.ANNOUNCEMENT: lambda case, deed: replace(
            case, state=CaseState.ANNOUNCED, announced_on=deed.on
        ),
        Step.PUBLICATION: lambda case, deed: replace(
            case, state=CaseState.PUBLISHED, published_on=deed.on
        ),
        Step.CODE_ISSUE: lambda case, deed: replace(case, code_issued_on=deed.on),
        Step.EXTENSION: lambda case, _: replace(case, extended=True),
        Step.COMPLETION: lambda case, deed: replace(case, completed_on=deed.on),
    }
)


def steps_open(case: NameCase, book: ProcedureBook, today: date) -> tuple[Step, ...]:
    """Steps that may come next, whether or not all that they demand is there."""
    return tuple(step for step in _FROM if _is_open(case, step, book, today))


def _is_open(case: NameCase, step: Step, book: ProcedureBook, today: date) -> bool:
    if case.state not in _FROM.get(step, frozenset()):
        return False
    if step in _DONE_ON and _DONE_ON[step](case) is not None:
        return False
    if step in _OF_DIVISIONS:
        return case.is_division and not (step is Step.EXTENSION and case.extended)
    return step is not Step.FILING or needs_filing(case, book, today)


def advance(case: NameCase, deed: Deed, book: ProcedureBook, today: date) -> NameCase:
    """The case after `deed`.

    Parameters
    ----------
    case, deed
        The case, and what was done.
    book
        The rules of procedure.
    today
        The day of recording: nothing can have been done after it.

    Raises
    ------
    RuleViolation
        ``step_not_open`` when the step cannot follow; otherwise the code of the first thing that
        the step demands and that is missing, as `lacks` gives it.
    InvalidInput
        ``bad_date`` for a day after `today`, or before the step that it follows.
    """
    if not _is_open(case, deed.step, book, today):
        names = "、".join(step.label_zh for step in steps_open(case, book, today)) or "无"
        raise RuleViolation(
            f"案卷“{case.name}”{case.state.label_zh}，不能记录“{deed.step.label_zh}”；"
            f"可以记录的步骤：{names}",
            code="step_not_open",
        )
    _require_plausible_day(case, deed, today)
    missing = lacks(case, deed, book, today)
    if missing:
        text = "；".join(item.message for item in missing)
        raise RuleViolation(f"还不能记录“{deed.step.label_zh}”：{text}", code=missing[0].code)
    after = _AFTER[deed.step](case, deed)
    if deed.number.strip() and deed.dated:
        document = CaseDocument(deed.step, deed.number.strip(), deed.dated, deed.title.strip())
        after = replace(after, documents=(*after.documents, document))
    return after


def _require_plausible_day(case: NameCase, deed: Deed, today: date) -> None:
    name, day = deed.step.label_zh, deed.on.isoformat()
    if deed.on > today:
        raise InvalidInput(f"{name}日期 {day} 晚于今天 {today}，请核对", code="bad_date")
    before = case.approved_on or case.submitted_on
    if deed.step is Step.PUBLICATION:
        before = case.announced_on
    if before is not None and deed.on < before:
        raise InvalidInput(f"{name}日期 {day} 早于前一步的日期 {before}，请核对", code="bad_date")


def findings_recorded(
    case: NameCase, findings: FindingsSummary, justification: str = ""
) -> NameCase:
    """The draft with the outcome of the name check, and the reason for what needs one.

    Raises
    ------
    RuleViolation
        ``step_not_open`` when the case is no draft.
    """
    if case.state is not CaseState.DRAFT:
        raise RuleViolation(
            f"案卷“{case.name}”{case.state.label_zh}，审核结果只能记入草拟中的案卷；请先记录“修改”",
            code="step_not_open",
        )
    return replace(case, findings=findings, justification=justification)


def materials_ticked(
    case: NameCase, codes: frozenset[str], book: ProcedureBook, today: date
) -> NameCase:
    """The case with exactly the materials `codes` ticked.

    Raises
    ------
    InvalidInput
        ``bad_value`` for a material that is not on the list of this kind and action.
    RuleViolation
        ``step_not_open`` when the case is submitted already.
    """
    if case.state is CaseState.SUBMITTED or case.state in _SINCE_APPROVAL:
        raise RuleViolation(
            f"案卷“{case.name}”{case.state.label_zh}，材料不能再改", code="step_not_open"
        )
    listed = {item.code: item.label_zh for item in name_materials(case, book, today)}
    unknown = sorted(codes - set(listed))
    if unknown:
        known = "、".join(f"{code}（{label}）" for code, label in listed.items())
        raise InvalidInput(
            f"材料“{unknown[0][:40]}”不在这类地名的材料清单中；可用：{known}",
            code="bad_value",
        )
    return replace(case, materials=codes)
