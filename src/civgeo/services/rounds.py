"""Rounds of joint inspections in the store: planned, started, advanced, filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import uuid4

import geopandas as gpd

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.history import Edit
from civgeo.domain.round_forms import RoundKind, RoundState
from civgeo.domain.round_plan import (
    LeaderRule,
    LeftOut,
    LineFacts,
    PlannedLine,
    SpecialCause,
    five_year_plan,
    leader_of,
    next_state,
)
from civgeo.domain.round_terms import InspectionRound, round_of, term_end
from civgeo.errors import InvalidInput, NotPermitted, RuleViolation
from civgeo.formats.boundary_rules import boundary_terms, inspection_rounds
from civgeo.services import editing
from civgeo.services.boundary_records import (
    LineEntry,
    json_text,
    line_entries,
    line_entry,
)
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.line_asked import one_line
from civgeo.services.round_records import DAY_OF_STATE, RoundFile, one_round, round_file, rounds_of
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = [
    "PlanRequest",
    "RoundPlan",
    "advance",
    "plan_round",
    "revise",
    "special_inspection",
]

_ROUNDS, _LINES = Collection.INSPECTION_ROUNDS, Collection.BOUNDARY_LINES
_REVISABLE = ("year", "due", "leader", "tolerance_m", "remark", "documents")
_ACROSS_LINES = "第 {number} 轮 {name}联检"


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is asked for.

    Parameters
    ----------
    number
        Round.
    leader
        Who leads, where nothing else is agreed.
    years
        Years that the bureau sets, by the line's code.
    first_year, last_year
        Years of a round that is not known here.
    level
        Only lines of this level.
    """

    number: int
    leader: LeaderRule = LeaderRule.SMALLER_CODE
    years: Mapping[str, int] = field(default_factory=dict)
    first_year: int | None = None
    last_year: int | None = None
    level: BoundaryLevel | None = None


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What a plan came to.

    Parameters
    ----------
    chosen
        The round.
    planned
        Lines that were entered in the plan now.
    kept
        Codes of lines that stood in it already; they stay as they are.
    left_out
        Lines that the round does not plan, and why.
    """

    chosen: InspectionRound
    planned: tuple[PlannedLine, ...]
    kept: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def plan_round(city: City, request: PlanRequest, edit: Edit) -> RoundPlan:
    """Plan a round for all lines; what stands in the plan already stays as it is.

    Parameters
    ----------
    city, request
        The city, and what is planned.
    edit
        Who plans, on the strength of what.

    Raises
    ------
    NotFound
        ``unknown_round`` when the years of the round are neither known nor given.
    InvalidInput
        For a year outside the round, or for a line that is not registered.
    RuleViolation
        When no line is registered.
    """
    with city.store.write() as writing:
        register = writing.register()
        chosen = _chosen(request, register.city)
        lines = [entry for entry in line_entries(writing) if _is_of(entry.facts, request)]
        if not lines:
            raise RuleViolation("界线登记中没有可列入计划的界线：请先登记或导入界线", code="empty")
        _require_lines(request.years, lines)
        standing = {
            file.facts.line
            for file in rounds_of(writing, number=chosen.number)
            if file.facts.kind is RoundKind.REGULAR
        }
        fresh = [entry.facts for entry in lines if entry.facts.code not in standing]
        planned, left_out = five_year_plan(
            fresh,
            chosen,
            boundary_terms(),
            leader=request.leader,
            years={code: year for code, year in request.years.items() if code not in standing},
            first_year=max(chosen.first_year, city.today.year),
        )
        by_code = {entry.facts.code: entry for entry in lines}
        rows = [
            _row(by_code[item.line.code], edit, **_planned_values(item, chosen)) for item in planned
        ]
        _create(writing, rows, edit)
    kept = tuple(sorted(standing & set(by_code)))
    return RoundPlan(chosen, planned, kept, left_out)


def _chosen(request: PlanRequest, city: str) -> InspectionRound:
    if request.first_year is None and request.last_year is None:
        return round_of(inspection_rounds(), request.number, city)
    if request.first_year is None or request.last_year is None:
        raise InvalidInput("首年与末年要一起给出", code="missing_key")
    return InspectionRound(request.number, request.first_year, request.last_year, city)


def _is_of(line: LineFacts, request: PlanRequest) -> bool:
    return request.level is None or line.level is request.level


def _require_lines(years: Mapping[str, int], lines: Sequence[LineEntry]) -> None:
    strange = sorted(set(years) - {entry.facts.code for entry in lines})
    if strange:
        text = f"指定年份的界线没有登记：{'、'.join(code[:40] for code in strange[:5])}"
        raise InvalidInput(text, code="unknown_line")


def _planned_values(item: PlannedLine, chosen: InspectionRound) -> dict[str, ChangedValue]:
    return {
        "name": _ACROSS_LINES.format(number=chosen.number, name=item.line.name),
        "round": chosen.number,
        "kind": RoundKind.REGULAR.value,
        "year": item.year,
        "due": item.due.isoformat(),
        "leader": item.leader,
        "remark": item.reason,
    }


def _row(entry: LineEntry, edit: Edit, **given: ChangedValue) -> dict[str, ChangedValue]:
    facts = entry.facts
    return {
        "id": str(uuid4()),
        "version": 1,
        **dict.fromkeys(item.name for item in COLLECTIONS[_ROUNDS.value].entered),
        "line": facts.code,
        "line_name": facts.name,
        "level": facts.level.value,
        "division": entry.division,
        "sides": json_text(list(facts.sides)),
        "state": RoundState.PLANNED.value,
        "source": edit.document,
        "simulated": entry.simulated,
        "geometry": None,
        **given,
    }


def _create(writing: Writing, rows: Sequence[Mapping[str, ChangedValue]], edit: Edit) -> None:
    if not rows:
        return
    frame = gpd.GeoDataFrame(list(rows), geometry="geometry", crs="EPSG:4490").set_index("id")
    writing.create(_ROUNDS, frame, replace(edit, valid_from=None, valid_to=None))


def special_inspection(
    city: City, line: str, cause: SpecialCause, due: date, edit: Edit, *, remark: str = ""
) -> Saved:
    """Enter a special inspection of a line (code, name or id), in the round of its last day.

    行政区域界线管理条例 article 12: at once after a disaster, a shift of a river, a change of a
    road; the bureau sets the last day.

    Raises
    ------
    NotFound
        When the line is not registered.
    InvalidInput
        When the last day lies before today; ``ambiguous_line`` when several lines are called so.
    """
    if due < city.today:
        raise InvalidInput(f"特别联检的期限 {due} 已过，请核对", code="bad_date")
    with city.store.write() as writing:
        entry = one_line(writing, line, public=False)
        number = _round_on(due.year, writing.register().city)
        row = _row(
            entry,
            edit,
            name=f"{entry.facts.name}特别联检（{cause.label_zh}）",
            round=number,
            kind=RoundKind.SPECIAL.value,
            cause=cause.label_zh,
            year=due.year,
            due=due.isoformat(),
            leader=leader_of(entry.facts.sides, number, LeaderRule.SMALLER_CODE),
            remark=remark or None,
        )
        _create(writing, [row], edit)
    return Saved(str(row["id"]), 1)


def _round_on(year: int, city: str) -> int:
    """Number of the known round that holds a year; 0 outside all of them."""
    own = [item for item in inspection_rounds() if item.adcode[:2] == city[:2]]
    return next((item.number for item in own if year in item.years), 0)


def advance(
    city: City, id: str, state: RoundState, on: date, edit: Edit, expected_version: int | None
) -> Saved:
    """Record that an inspection came one state further.

    When a regular one is filed, the line's last inspection and its next last day are renewed in
    the same transaction.

    Parameters
    ----------
    city, id
        The inspection.
    state, on
        The state that was reached, and when.
    edit, expected_version
        Who records it; version that was seen.

    Raises
    ------
    VersionRequired, StaleVersion
        When there is no such inspection, or it is at another version.
    RuleViolation
        When another state comes first, or the day lies ahead or before the last step.
    """
    whole = replace(edit, valid_from=None, valid_to=None)
    with city.store.read() as reading:
        file = one_round(reading, id)
        reading.rehearse(_ROUNDS, id, {"name": file.name}, whole, expected_version)
    reached = next_state(file.facts.state, state)
    _require_order(file, on, city.today)
    changes: dict[str, ChangedValue] = {
        "state": reached.value,
        DAY_OF_STATE[reached]: on.isoformat(),
    }
    with city.store.write() as writing:
        version = writing.correct(_ROUNDS, id, changes, whole, expected_version)
        if reached is RoundState.FILED and file.facts.kind is RoundKind.REGULAR:
            _renew_line(writing, file, whole)
    return Saved(id, version)


def _require_order(file: RoundFile, on: date, today: date) -> None:
    if on > today:
        raise RuleViolation(f"日期 {on} 在今天之后：请到期再登记", code="future")
    last = max((day for day in file.days.values() if day is not None), default=None)
    if last is not None and on < last:
        raise RuleViolation(f"日期 {on} 早于上一步的 {last}，请核对", code="before_last_step")


def _renew_line(writing: Writing, file: RoundFile, edit: Edit) -> None:
    """Last inspection and next last day of the line, when they become later."""
    finished = file.days["finished_on"]
    entry = line_entry(writing, file.facts.line)
    before = entry.facts.last_inspected
    if finished is None or (before is not None and before >= finished):
        return
    changes: dict[str, ChangedValue] = {
        "last_inspected": finished.isoformat(),
        "next_due": term_end(finished, boundary_terms().inspection_interval).isoformat(),
    }
    writing.correct(_LINES, entry.id, changes, edit, entry.version)


def revise(
    city: City,
    id: str,
    changes: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """Change year, last day, leader, tolerance or remark of an inspection that is not filed.

    Raises
    ------
    NotPermitted
        For other properties: states change by steps.
    InvalidInput
        When the leader is none of the sides, the year is outside the round, or the tolerance is not
        above 0.
    RuleViolation
        When it is filed.
    VersionRequired, StaleVersion, FieldFaults
        As `editing.correct`.
    """
    barred = sorted(set(changes) - set(_REVISABLE))
    if barred:
        text = f"{'、'.join(barred)} 不能直接改：进度请按步骤办理；可改：{'、'.join(_REVISABLE)}"
        raise NotPermitted(text, code="other_use_case")
    file = round_file(city, id)
    if file.facts.state is RoundState.FILED:
        raise RuleViolation("联检已备案，计划不能再改", code="step_not_open")
    leader = changes.get("leader")
    if leader is not None and leader not in file.sides:
        text = f"牵头方 {str(leader)[:20]} 不是参加方（{'、'.join(file.sides)}）之一"
        raise InvalidInput(text, code="bad_value")
    _require_sound(city, file, changes)
    return editing.correct(city, _ROUNDS, id, changes, edit, expected_version)


def _require_sound(city: City, file: RoundFile, changes: Mapping[str, ChangedValue]) -> None:
    """Refuse a year outside the round, where its years are known, and a tolerance of 0 or below."""
    year, tolerance = changes.get("year"), changes.get("tolerance_m")
    if isinstance(tolerance, int | float) and not tolerance > 0:
        text = f"位移限差应大于 0 米，收到 {tolerance:g}；不设限差时留空"
        raise InvalidInput(text, code="bad_value")
    with city.store.read() as reading:
        province = reading.register().city[:2]
    for chosen in inspection_rounds():
        mine = chosen.number == file.facts.number and chosen.adcode[:2] == province
        if mine and isinstance(year, int) and year not in chosen.years:
            text = (
                f"第 {chosen.number} 轮联检为 {chosen.first_year} 至 {chosen.last_year} 年，"
                f"{year} 年不在其中"
            )
            raise InvalidInput(text, code="bad_year")
