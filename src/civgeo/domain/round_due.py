"""Last days of joint inspections and demarcations, and what is overdue.

行政区域界线管理条例 (国务院令第 353 号) article 12: five years between two inspections of a line. A
changed line is demarcated within a year of the approval.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from civgeo.domain.boundary_forms import LineStatus
from civgeo.domain.labelled import Labelled
from civgeo.domain.round_forms import RoundKind, RoundState
from civgeo.domain.round_plan import LineFacts
from civgeo.domain.round_terms import Terms, term_end

__all__ = ["Due", "DueReason", "RoundFacts", "current_number", "dues", "overdue"]


class DueReason(Labelled):
    """Why something is due."""

    INTERVAL = "interval", "满五年"
    RECORDED = "recorded", "登记的下次联检期限"
    NEVER = "never", "没有联检记录"
    PLANNED = "planned", "联检计划期限"
    SPECIAL = "special", "特别联检期限"
    DEMARCATION = "demarcation", "变更界线勘定期限"


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What the plan says of one line in one round."""

    line: str
    number: int
    kind: RoundKind
    state: RoundState
    year: int
    due: date


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a last day.

    Parameters
    ----------
    line, reason, due
        Of which line, why, and the last day in time; None for a line that was never inspected.
    days
        Days past `due` on the day of the question; negative before it, 0 on the day itself, None
        without a last day.
    basis
        Regulation and article, or the plan that sets it.
    number
        Round whose plan sets it, None for terms of the law.
    """

    line: LineFacts
    reason: DueReason
    due: date | None
    days: int | None
    basis: str
    number: int | None = None


def current_number(planned: Iterable[tuple[int, int, RoundState]], today: date) -> int | None:
    """The latest round that has begun, else the first to come; None when none is planned.

    A round that is planned ahead does not take the place of the one under way.

    Parameters
    ----------
    planned
        Number, year and state of each inspection. It has begun when its year has come or it is
        no longer only planned.
    today
        Day of the question.
    """
    listed = list(planned)
    begun = [
        number
        for number, year, state in listed
        if year <= today.year or state is not RoundState.PLANNED
    ]
    return max(begun) if begun else min((number for number, _, _ in listed), default=None)


def dues(
    line: LineFacts, rounds: Iterable[RoundFacts], terms: Terms, today: date
) -> tuple[Due, ...]:
    """All last days of a line that still stand, the earliest first, those without a day last.

    The interval counts from the last inspection; a recorded day counts when it is earlier. The
    day itself is in time: a line is overdue from the day after.

    Parameters
    ----------
    line
        The line.
    rounds
        Its places in the plans; those of other lines are ignored.
    terms, today
        Terms of the law; day of the question.
    """
    if line.status is LineStatus.ENDED:
        return ()
    found = [*_demarcation(line, terms, today)]
    if line.status is not LineStatus.TO_DEMARCATE:
        found.append(_regular(line, terms, today))
    for item in rounds:
        if item.line == line.code and item.state is not RoundState.FILED:
            special = item.kind is RoundKind.SPECIAL
            reason = DueReason.SPECIAL if special else DueReason.PLANNED
            basis = f"第 {item.number} 轮{item.kind.label_zh}（{item.year} 年）"
            days = (today - item.due).days
            found.append(Due(line, reason, item.due, days, basis, item.number))
    return tuple(sorted(found, key=lambda item: item.due or date.max))


def _demarcation(line: LineFacts, terms: Terms, today: date) -> list[Due]:
    if line.demarcate_by is None or line.status is LineStatus.DEMARCATED:
        return []
    term = terms.demarcation_limit
    return [_due(line, DueReason.DEMARCATION, line.demarcate_by, term.citation, today)]


def _regular(line: LineFacts, terms: Terms, today: date) -> Due:
    term, last = terms.inspection_interval, line.last_inspected
    full = None if last is None else term_end(last, term)
    if line.next_due is not None and (full is None or line.next_due < full):
        return _due(line, DueReason.RECORDED, line.next_due, "界线登记", today)
    if full is None:
        return Due(line, DueReason.NEVER, None, None, term.citation)
    return _due(line, DueReason.INTERVAL, full, term.citation, today)


def _due(line: LineFacts, reason: DueReason, day: date, basis: str, today: date) -> Due:
    return Due(line, reason, day, (today - day).days, basis)


def overdue(found: Iterable[Due]) -> tuple[Due, ...]:
    """Those of `found` whose last day is past, the longest overdue first."""
    late = [item for item in found if item.days is not None and item.days > 0]
    return tuple(sorted(late, key=lambda item: (-(item.days or 0), item.line.code)))
