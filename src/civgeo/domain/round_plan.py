"""Rounds of joint inspections: which line in which year, who leads, and the states in between.

行政区域界线管理条例 (国务院令第 353 号) article 12: a line is inspected jointly every five years;
after a disaster, a shift of a river or a road that touches how the line runs, at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from civgeo.domain.boundary_forms import BoundaryLevel, LineStatus
from civgeo.domain.labelled import Labelled
from civgeo.domain.round_forms import RoundState
from civgeo.domain.round_terms import InspectionRound, Terms, term_end
from civgeo.errors import InvalidInput, RuleViolation

__all__ = [
    "LeaderRule",
    "LeftOut",
    "LineFacts",
    "PlannedLine",
    "SpecialCause",
    "five_year_plan",
    "leader_of",
    "next_state",
]


class LeaderRule(Labelled):
    """Which side leads an inspection, where the sides have not agreed otherwise."""

    SMALLER_CODE = "smaller_code", "代码较小的一方牵头"
    ALTERNATING = "alternating", "各方按轮次轮流牵头"


class SpecialCause(Labelled):
    """Why a line is inspected outside its round (article 12)."""

    DISASTER = "disaster", "自然灾害"
    RIVER = "river", "河流改道"
    ROAD = "road", "道路变化"
    OTHER = "other", "其他影响走向认定的情况"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the register says of a line.

    Parameters
    ----------
    code, name, level, sides, status
        The line; division codes of its sides, the smaller first.
    last_inspected, next_due, demarcate_by
        Days of the register, None where none is recorded.
    """

    code: str
    name: str
    level: BoundaryLevel
    sides: tuple[str, ...]
    status: LineStatus = LineStatus.DEMARCATED
    last_inspected: date | None = None
    next_due: date | None = None
    demarcate_by: date | None = None


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line with its year, last day and leading side.

    Parameters
    ----------
    line, year, due, leader
        The plan; `due` is the last day of the year.
    reason
        Why that year, in Chinese.
    """

    line: LineFacts
    year: int
    due: date
    leader: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that a round does not plan, and why, in Chinese."""

    line: LineFacts
    reason: str


def leader_of(sides: Sequence[str], number: int, rule: LeaderRule) -> str:
    """Division code of the side that leads round `number`.

    Alternating: the smaller code leads the odd rounds of a line of two sides.

    Examples
    --------
    >>> leader_of(("411702", "411721"), 4, LeaderRule.ALTERNATING)
    '411721'
    """
    ordered = sorted(sides)
    if rule is LeaderRule.SMALLER_CODE:
        return ordered[0]
    return ordered[(number - 1) % len(ordered)]


def five_year_plan(
    lines: Sequence[LineFacts],
    chosen: InspectionRound,
    terms: Terms,
    *,
    leader: LeaderRule = LeaderRule.SMALLER_CODE,
    years: Mapping[str, int] | None = None,
    first_year: int | None = None,
) -> tuple[tuple[PlannedLine, ...], tuple[LeftOut, ...]]:
    """Which lines are inspected in which year of a round.

    A line comes in the year in which five years are over, within the round; a line without a
    record in the year that has the fewest lines so far. A year that the bureau gives goes first.

    Parameters
    ----------
    lines
        The lines.
    chosen, terms
        The round, and the terms of the law.
    leader
        Who leads.
    years
        Years that the bureau sets, by the line's code.
    first_year
        No line without a record is planned before this year; by default the first of the round.

    Returns
    -------
    tuple
        Planned lines in the order of year, level and code; and those that are left out.

    Raises
    ------
    InvalidInput
        ``bad_year`` for a year outside the round.
    """
    given = years or {}
    _require_years(given, chosen)
    ordered = sorted(lines, key=_order)
    left_out = [
        LeftOut(line, reason) for line in ordered if (reason := _out_of(line, chosen)) is not None
    ]
    out = {item.line.code for item in left_out}
    load = dict.fromkeys(chosen.years, 0)
    found: list[tuple[LineFacts, int, str]] = []
    waiting = []
    for line in ordered:
        if line.code in out:
            continue
        settled = _settled_year(line, chosen, terms, given)
        if settled is None:
            waiting.append(line)
            continue
        found.append((line, *settled))
        load[settled[0]] += 1
    open_years = [year for year in chosen.years if year >= (first_year or chosen.first_year)]
    for line in waiting:
        year = min(open_years or [chosen.last_year], key=lambda item: load[item])
        load[year] += 1
        found.append((line, year, "没有联检记录，按各年数量均衡安排"))
    planned = [
        PlannedLine(line, year, date(year, 12, 31), leader_of(line.sides, chosen.number, leader), w)
        for line, year, w in found
    ]
    return tuple(sorted(planned, key=lambda item: (item.year, _order(item.line)))), tuple(left_out)


def _order(line: LineFacts) -> tuple[int, str]:
    return list(BoundaryLevel).index(line.level), line.code


def _require_years(given: Mapping[str, int], chosen: InspectionRound) -> None:
    for code, year in given.items():
        if year not in chosen.years:
            text = (
                f"界线 {code[:40]} 的年份 {year} 不在第 {chosen.number} 轮"
                f"（{chosen.first_year}—{chosen.last_year} 年）之内"
            )
            raise InvalidInput(text, code="bad_year")


def _out_of(line: LineFacts, chosen: InspectionRound) -> str | None:
    """Why a round does not plan a line, None when it does."""
    if line.status is LineStatus.ENDED:
        return "界线已废止"
    if line.status is LineStatus.TO_DEMARCATE:
        return "界线待勘定：先勘定，再列入联检"
    last = line.last_inspected
    if last is not None and last.year in chosen.years:
        return f"本轮已于 {last} 联检"
    if last is not None and last.year > chosen.last_year:
        return f"上次联检（{last}）晚于本轮"
    return None


def _settled_year(
    line: LineFacts, chosen: InspectionRound, terms: Terms, given: Mapping[str, int]
) -> tuple[int, str] | None:
    """Year of a line that is given, or follows from its last inspection; with the reason."""
    if line.code in given:
        return given[line.code], "市局指定年份"
    last = line.last_inspected
    due = line.next_due or (last and term_end(last, terms.inspection_interval))
    if due is None:
        return None
    year = min(max(due.year, chosen.first_year), chosen.last_year)
    return year, f"上次联检 {last or '未登记'}，应于 {due} 前联检"


_NEXT = {
    RoundState.PLANNED: RoundState.OPEN,
    RoundState.OPEN: RoundState.COMPARING,
    RoundState.COMPARING: RoundState.REPORTED,
    RoundState.REPORTED: RoundState.FILED,
}


def next_state(state: RoundState, wanted: RoundState) -> RoundState:
    """The state `wanted`, when it is the one that follows on `state`.

    Raises
    ------
    RuleViolation
        ``step_not_open`` when another one comes first, or none is left.
    """
    following = _NEXT.get(state)
    if following is None:
        raise RuleViolation(f"联检已{state.label_zh}，没有下一步", code="step_not_open")
    if following is not wanted:
        text = (
            f"联检现为“{state.label_zh}”，下一步是“{following.label_zh}”，"
            f"不能直接记为“{wanted.label_zh}”"
        )
        raise RuleViolation(text, code="step_not_open")
    return following
