"""Who approves a place name, whom to consult, where to file it, who announces it, and by when.

地名管理条例 (国务院令第 753 号) articles 12 to 14; 行政区划管理条例 (国务院令第 704 号) for
divisions. Days are calendar days, the first not counted, without a shift for holidays.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from civgeo.domain.division import DivisionCode
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import (
    Action,
    Body,
    Circumstances,
    Level,
    ProcedureBook,
    ProcedureRule,
    Step,
    Topic,
    Unit,
)
from civgeo.errors import InvalidInput

__all__ = ["Clock", "Lateness", "Procedure", "Question", "body_label", "due_day", "lateness"]
__all__ += ["procedure"]

_OF_THE_STATE = (Body.STATE_COUNCIL, Body.NATURAL_RESOURCES_MINISTRY)


@dataclass(frozen=True, slots=True)
class Question:
    """One name, what is done with it, and what has happened so far.

    Parameters
    ----------
    kind, action, level, famous, division
        As in `Circumstances`.
    today
        Day of the question; what is open and due before it is late.
    approved_by
        Body that did approve, where it is known.
    approved_on, filed_on, announced_on
        Days of what has been done.
    """

    kind: PlaceKind
    action: Action
    today: date
    level: Level | None = None
    famous: bool = False
    division: DivisionCode | None = None
    approved_by: Body | None = None
    approved_on: date | None = None
    filed_on: date | None = None
    announced_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A step and the last day on which it is in time."""

    step: Step
    due: date


@dataclass(frozen=True, slots=True)
class Lateness:
    """A step done late, or open and overdue (`done` None), by so many calendar days."""

    step: Step
    due: date
    days: int
    done: date | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """The answer: bodies, last days, and what is late.

    Parameters
    ----------
    status, reason
        ``ok``; ``not_assessed`` where the rule that names the approver is not at hand;
        ``unverified`` where it rests on practice only; why.
    approver
        The competent body; where no rule at hand names one, the body that did approve.
    consult
        Bodies to be heard before approval.
    file_to, file_by
        Filing: addressee and last day. None where nothing is filed or it is not known.
    announcer, announce_by
        Announcement: who makes it and its last day.
    clocks
        Further terms of a division change.
    late
        Steps that were or are late.
    problems
        Contradictions between the law and what was done, in the officer's words.
    basis
        The rules that decided.
    """

    status: str
    reason: str
    approver: Body | None
    consult: tuple[Body, ...]
    file_to: Body | None
    file_by: date | None
    announcer: Body | None
    announce_by: date | None
    clocks: tuple[Clock, ...]
    late: tuple[Lateness, ...]
    problems: tuple[str, ...]
    basis: tuple[ProcedureRule, ...]


def due_day(start: date, amount: int, unit: Unit) -> date:
    """Last day of a term of `amount` days or months after `start`, which is not counted.

    A month ends on the same day of the month, or on its last day.

    Raises
    ------
    InvalidInput
        ``bad_date`` when the term ends after the year 9999.

    Examples
    --------
    >>> due_day(date(2024, 2, 15), 15, Unit.DAYS), due_day(date(2024, 1, 31), 1, Unit.MONTHS)
    (datetime.date(2024, 3, 1), datetime.date(2024, 2, 29))
    """
    try:
        if unit is Unit.DAYS:
            return start + timedelta(days=amount)
        year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        raise InvalidInput(f"自 {start} 起的期限超出日历，请核对日期", code="bad_date") from None


def lateness(step: Step, due: date | None, done: date | None, today: date) -> Lateness | None:
    """How late a step was done, or is on `today`; None when it is in time or has no term."""
    day = done or today
    if due is None or day <= due:
        return None
    return Lateness(step, due, (day - due).days, done)


def body_label(body: Body, approver: Body | None = None, sector: str = "") -> str:
    """Chinese name of a body, as the case allows to say it.

    Examples
    --------
    >>> body_label(Body.SECTOR_DEPARTMENT, sector="水利")
    '水利主管部门'
    >>> body_label(Body.CIVIL_AFFAIRS_SAME, approver=Body.STATE_COUNCIL)
    '民政部（国务院地名主管部门）'
    """
    if body is Body.SECTOR_DEPARTMENT and sector:
        return f"{sector}主管部门"
    if body is Body.CIVIL_AFFAIRS_SAME and approver in _OF_THE_STATE:
        return "民政部（国务院地名主管部门）"
    return body.label_zh


def procedure(question: Question, book: ProcedureBook) -> Procedure:
    """Bodies, last days and lateness for one name.

    The rules in force on the day of approval hold, or today's where nothing is approved yet.
    Filing and announcement follow from the body that did approve, where it is given.

    Parameters
    ----------
    question
        The name and what has happened so far.
    book
        The rules.
    """
    case = Circumstances(
        kind=question.kind,
        action=question.action,
        on=question.approved_on or question.today,
        level=question.level,
        famous=question.famous,
        division=question.division,
    )
    rules = _decisive(book, Topic.APPROVER, case)
    competent = _competent(rules, question.approved_by)
    approvers = (question.approved_by,) if question.approved_by else competent
    filing = _of_all(book, Topic.FILING, approvers, case)
    announcing = _of_all(book, Topic.ANNOUNCEMENT, approvers, case)
    consulting = _decisive(book, Topic.CONSULT, case)
    likeness = _likeness(book, case)
    status, reason = _standing(case, rules, competent, likeness)
    days = {Step.APPROVAL: question.approved_on, Step.FILING: question.filed_on}
    file_by = _agreed(_due(rule, days) for rule in filing)
    announce_by = _agreed(_due(rule, days) for rule in announcing)
    change = book.about(Topic.CHANGE, case)
    return Procedure(
        status=status,
        reason=reason,
        approver=_approver(competent, question.approved_by),
        consult=_consulted(consulting, question.level),
        file_to=_agreed_body(filing),
        file_by=file_by,
        announcer=_agreed_body(announcing),
        announce_by=announce_by,
        clocks=_clocks(change, question.approved_on),
        late=_late(question, file_by, announce_by),
        problems=_problems(question, competent, announcing),
        basis=(*likeness, *rules, *consulting, *filing, *announcing, *change),
    )


def _decisive(book: ProcedureBook, topic: Topic, case: Circumstances) -> tuple[ProcedureRule, ...]:
    """Rules of `topic` that decide; those for naming where a rule likens the action to it."""
    own = book.decisive(topic, case)
    if own or not book.decisive(Topic.AS_NAMING, case):
        return own
    return book.decisive(topic, replace(case, action=Action.NAMING))


def _likeness(book: ProcedureBook, case: Circumstances) -> tuple[ProcedureRule, ...]:
    """The rule that likens the action to naming, where some part of the answer rests on it."""
    topics = (Topic.APPROVER, Topic.FILING, Topic.ANNOUNCEMENT)
    if all(book.about(topic, case) for topic in topics):
        return ()
    return book.decisive(Topic.AS_NAMING, case)


def _competent(rules: Iterable[ProcedureRule], given: Body | None) -> tuple[Body, ...]:
    """Bodies that the rules name; where the level is open, the one that did approve."""
    bodies = tuple(Body(rule.answer) for rule in rules if rule.answer)
    return (given,) if given in bodies else bodies


def _standing(
    case: Circumstances,
    rules: tuple[ProcedureRule, ...],
    competent: tuple[Body, ...],
    likeness: tuple[ProcedureRule, ...],
) -> tuple[str, str]:
    """Status of the answer, with the reason for any but ``ok``."""
    if not rules:
        return "not_assessed", f"手头没有 {case.on.isoformat()} 有效的批准权限规定，请录入"
    if not competent:
        return "not_assessed", f"{rules[0].citation}：{rules[0].note}"
    if len(competent) > 1:
        return (
            "not_assessed",
            "批准机关因级别而异，请写明 level（province、city、county、township）",
        )
    if likeness:
        return "unverified", likeness[0].note
    return "ok", ""


def _approver(competent: tuple[Body, ...], given: Body | None) -> Body | None:
    """The competent body; where no rule names one, the body that did approve."""
    if len(competent) == 1:
        return competent[0]
    return None if competent else given


def _consulted(rules: tuple[ProcedureRule, ...], level: Level | None) -> tuple[Body, ...]:
    """Bodies to consult; without a level the nearest to the place."""
    bodies = [Body(rule.answer) for rule in rules if rule.answer]
    if level is None and len(bodies) > 1:
        bodies = [max(bodies, key=list(Body).index)]
    return tuple(bodies)


def _of_all(
    book: ProcedureBook, topic: Topic, approvers: Iterable[Body], case: Circumstances
) -> tuple[ProcedureRule, ...]:
    """Rules of `topic` for each body that may have approved, in order, without repeats."""
    found = (_decisive(book, topic, replace(case, approved_by=body)) for body in approvers)
    return tuple(dict.fromkeys(rule for rules in found for rule in rules))


def _due(rule: ProcedureRule, days: Mapping[Step, date | None]) -> date | None:
    start = days.get(rule.counted_from) if rule.counted_from else None
    if start is None or rule.amount is None:
        return None
    return due_day(start, rule.amount, rule.unit)


def _agreed(days: Iterable[date | None]) -> date | None:
    """The day on which all rules agree, or None."""
    found = set(days)
    return found.pop() if len(found) == 1 else None


def _agreed_body(rules: Iterable[ProcedureRule]) -> Body | None:
    answers = {rule.answer for rule in rules}
    answer = answers.pop() if len(answers) == 1 else ""
    return Body(answer) if answer else None


def _clocks(rules: Iterable[ProcedureRule], approved_on: date | None) -> tuple[Clock, ...]:
    """Last days of a division change, each counted from approval or from an earlier clock."""
    days: dict[Step, date | None] = {Step.APPROVAL: approved_on}
    clocks = []
    for rule in rules:
        due = _due(rule, days)
        if due is not None:
            days[Step(rule.answer)] = due
            clocks.append(Clock(Step(rule.answer), due))
    return tuple(clocks)


def _late(
    question: Question, file_by: date | None, announce_by: date | None
) -> tuple[Lateness, ...]:
    found = (
        lateness(Step.FILING, file_by, question.filed_on, question.today),
        lateness(Step.ANNOUNCEMENT, announce_by, question.announced_on, question.today),
    )
    return tuple(item for item in found if item is not None)


def _problems(
    question: Question, competent: tuple[Body, ...], announcing: tuple[ProcedureRule, ...]
) -> tuple[str, ...]:
    found = []
    given, approved = question.approved_by, question.approved_on
    if given and competent and given not in competent:
        names = "、".join(body.label_zh for body in competent)
        found.append(f"批准机关应为{names}，所给为{given.label_zh}；备案、公告按所给机关计算")
    done = {"备案": question.filed_on, "公告": question.announced_on}
    for name, day in done.items():
        if day and not approved:
            found.append(f"给了{name}日期而没有批准日期，期限无从计算")
        elif day and approved and day < approved:
            found.append(
                f"{name}日期 {day.isoformat()} 早于批准日期 {approved.isoformat()}，请核对"
            )
    from_filing = any(rule.counted_from is Step.FILING for rule in announcing)
    if from_filing and question.announced_on and not _filed_before(question):
        found.append("公告应在备案之后，期限自备案之日起算")
    return tuple(found)


def _filed_before(question: Question) -> bool:
    announced, filed = question.announced_on, question.filed_on
    return announced is not None and filed is not None and filed <= announced
