"""The clocks of a name: the next steps, who does them, by when, and which are late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from civgeo.domain.name_case import CaseState, NameCase
from civgeo.domain.name_demands import needs_filing
from civgeo.domain.naming_procedure import Procedure, body_label, lateness, procedure
from civgeo.domain.procedure_rule import Body, ProcedureBook, Step

__all__ = ["DueStep", "LateStep", "due_steps", "late_steps", "next_step", "overdue_steps"]

_OFFICER = "经办人"
_BY_STATE: Mapping[CaseState, Step] = {
    CaseState.DRAFT: Step.CHECKING,
    CaseState.CHECKED: Step.SUBMISSION,
    CaseState.CONSULTING: Step.SUBMISSION,
    CaseState.SUBMITTED: Step.APPROVAL,
    CaseState.RETURNED: Step.REVISION,
}


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is still to be done.

    Parameters
    ----------
    step
        The step.
    who
        Who does it, in Chinese.
    due
        Last day in time; None without a term.
    days_left
        Calendar days until then, negative when overdue; None without a term.
    to
        For filing: with whom.
    """

    step: Step
    who: str
    due: date | None
    days_left: int | None
    to: str = ""


@dataclass(frozen=True, slots=True)
class LateStep:
    """A step of a case that was done late or is overdue, by so many calendar days."""

    case: NameCase
    step: Step
    who: str
    due: date
    days: int
    done: date | None


def due_steps(case: NameCase, book: ProcedureBook, today: date) -> tuple[DueStep, ...]:
    """Steps of `case` still to be done, the most urgent first, those without a term last.

    Before approval that is the one step that brings the case on; afterwards filing, announcement
    and, for divisions, the code and the completion run side by side.
    """
    found = procedure(case.question(today), book)
    if case.state in _BY_STATE:
        step = _BY_STATE[case.state]
        return (DueStep(step, _who(step, case, found), None, None),)
    steps = [
        DueStep(step, _who(step, case, found), due, _days_left(due, today), _to(step, case, found))
        for step, due, done in _clocks(case, found, book, today)
        if done is None
    ]
    if case.state is CaseState.ANNOUNCED:
        steps.append(DueStep(Step.PUBLICATION, Body.CIVIL_AFFAIRS.label_zh, None, None))
    return tuple(sorted(steps, key=lambda item: item.due or date.max))


def _days_left(due: date | None, today: date) -> int | None:
    return None if due is None else (due - today).days


def _to(step: Step, case: NameCase, found: Procedure) -> str:
    if step is not Step.FILING or found.file_to is None:
        return ""
    return body_label(found.file_to, case.approver, case.sector)


def next_step(case: NameCase, book: ProcedureBook, today: date) -> DueStep | None:
    """The most urgent step still to be done; None when nothing is left."""
    return next(iter(due_steps(case, book, today)), None)


def late_steps(case: NameCase, book: ProcedureBook, today: date) -> tuple[LateStep, ...]:
    """Steps of `case` that were done late, or are open and overdue on `today`."""
    found = procedure(case.question(today), book)
    late = []
    for step, due, done in _clocks(case, found, book, today):
        item = lateness(step, due, done, today)
        if item is not None:
            who = _who(step, case, found)
            late.append(LateStep(case, step, who, item.due, item.days, item.done))
    return tuple(late)


def overdue_steps(
    cases: Iterable[NameCase], book: ProcedureBook, today: date
) -> tuple[LateStep, ...]:
    """Open steps of all `cases` whose last day is past, the longest overdue first."""
    late = (item for case in cases for item in late_steps(case, book, today))
    return tuple(sorted((i for i in late if i.done is None), key=lambda item: item.due))


def _clocks(
    case: NameCase, found: Procedure, book: ProcedureBook, today: date
) -> list[tuple[Step, date | None, date | None]]:
    """Every step with a term that `case` has: the step, its last day, and when it was done."""
    if case.approved_on is None:
        return []
    clocks: list[tuple[Step, date | None, date | None]] = []
    if needs_filing(case, book, today):
        clocks.append((Step.FILING, found.file_by, case.filed_on))
    clocks.append((Step.ANNOUNCEMENT, found.announce_by, case.announced_on))
    terms = {clock.step: clock.due for clock in found.clocks}
    if Step.CODE_ISSUE in terms:
        clocks.append((Step.CODE_ISSUE, terms[Step.CODE_ISSUE], case.code_issued_on))
    completion = Step.EXTENDED_COMPLETION if case.extended else Step.COMPLETION
    if completion in terms:
        clocks.append((Step.COMPLETION, terms[completion], case.completed_on))
    return clocks


def _who(step: Step, case: NameCase, found: Procedure) -> str:
    """Who does `step`, in Chinese."""
    body = {
        Step.APPROVAL: found.approver,
        Step.FILING: case.approver or found.approver,
        Step.ANNOUNCEMENT: found.announcer,
        Step.CODE_ISSUE: Body.CIVIL_AFFAIRS,
    }.get(step)
    if body is not None:
        return body_label(body, case.approver, case.sector)
    if step in (Step.APPROVAL, Step.FILING):
        return "批准机关"
    return "有关地方人民政府" if step is Step.COMPLETION else _OFFICER
