"""Use case: what a list of edits changes, compared with the present."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.analysis.scenario_reach import UnitSums, contributions, unit_sums
from civgeo.analysis.walk_network import UNREACHED, Ints
from civgeo.domain.facility import FacilityKind
from civgeo.domain.scenario_edits import (
    AddCrossing,
    AddFacility,
    CloseFacility,
    MoveFacility,
    ResizeFacility,
    ScenarioEdit,
)
from civgeo.errors import InvalidInput
from civgeo.services.city import City
from civgeo.services.reach import People
from civgeo.services.scenario_floor_area import CountyFigure, Tally
from civgeo.services.scenario_ground import LEVELS, PlanningGround, planning_ground
from civgeo.services.scenario_holdings import EditFault, EditFinding, Holdings, holdings_after
from civgeo.services.scenario_prefixes import KindWalks
from civgeo.services.scenario_replay import walks_after
from civgeo.services.scenario_stock import Stock

__all__ = [
    "CountyDelta",
    "KindDelta",
    "ScenarioAnswer",
    "ScenarioQuestion",
    "StockDelta",
    "answer_scenario",
]

MOST_KINDS, MOST_CROSSINGS = 10, 20
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ScenarioQuestion:
    """What is asked of a scenario.

    Parameters
    ----------
    kinds
        Kinds of facility, each counted by itself; those that the edits name by default.
    terms
        Minutes and speed.
    people
        Whether households or elders are counted.
    level
        Unit of the sums: community, township, county or city.
    """

    kinds: tuple[FacilityKind, ...] = ()
    terms: ReachTerms = field(default_factory=ReachTerms)
    people: People = People.HOUSEHOLDS
    level: UnitLevel = UnitLevel.COUNTY


@dataclass(frozen=True, slots=True, eq=False)
class KindDelta:
    """Reach of one kind of facility before and after.

    Parameters
    ----------
    kind
        The kind.
    before, after
        Walks to it.
    codes
        Unit of each row of `sums`; the last row, without a code, is for places outside the city.
    sums
        People of each unit.
    gained, lost
        Positions of places that come into reach, and that lose it, with most people first.
    contributions
        People that each edit alone adds, in order.
    """

    kind: FacilityKind
    before: KindWalks
    after: KindWalks
    codes: tuple[str, ...]
    sums: UnitSums
    gained: tuple[int, ...]
    lost: tuple[int, ...]
    contributions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountyDelta:
    """Elder-care floor area of one county before and after."""

    county: str
    before: CountyFigure
    after: CountyFigure


@dataclass(frozen=True, slots=True)
class StockDelta:
    """Facilities of one kind before and after."""

    kind: FacilityKind
    before: Stock
    after: Stock


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioAnswer:
    """What the edits change.

    Parameters
    ----------
    question, edits
        What was asked.
    planning
        Streets and data behind the answer.
    reach
        By kind.
    people
        People of each place: estates of the ground, then those that the edits add.
    floor_area
        Counties whose homes or elder-care floor area the edits change.
    stocks
        Kinds whose facilities they change.
    holdings
        New estates, cost, findings.
    """

    question: ScenarioQuestion
    edits: tuple[ScenarioEdit, ...]
    planning: PlanningGround
    reach: tuple[KindDelta, ...]
    people: Counts
    floor_area: tuple[CountyDelta, ...]
    stocks: tuple[StockDelta, ...]
    holdings: Holdings


def answer_scenario(
    city: City,
    edits: Sequence[ScenarioEdit],
    question: ScenarioQuestion | None = None,
    on: date | None = None,
) -> ScenarioAnswer:
    """What `edits` change in `city`, compared with the present.

    Parameters
    ----------
    city
        The city; a walk network must be in use.
    edits
        In order; those that cannot be carried out are told as findings, the others count.
    question
        Kinds, terms, people and level; 15 minutes at 1.0 m/s for households by county by default.
    on
        Day of the present; today by default.

    Raises
    ------
    InvalidInput
        When the level has no sums, more than ten kinds are asked for, or more than twenty
        crossings are added.
    NotFound
        ``no_streets`` without a walk network.
    """
    question = question or ScenarioQuestion()
    if question.level not in LEVELS:
        known = "、".join(level.value for level in LEVELS)
        raise InvalidInput(f"汇总单位（level）应为 {known} 之一", code="bad_level")
    planning, listed = planning_ground(city, on), tuple(edits)
    crossings = sum(isinstance(edit, AddCrossing) for edit in listed)
    if crossings > MOST_CROSSINGS:
        text = f"新增跨越设施 {crossings} 处，一个方案最多 {MOST_CROSSINGS} 处：请分成几个方案"
        raise InvalidInput(text, code="too_many_crossings")
    kinds = question.kinds or _named(planning, listed)
    if len(kinds) > MOST_KINDS:
        text = f"设施种类有 {len(kinds)} 种，一次最多 {MOST_KINDS} 种：请用 kinds 写明要看的种类"
        raise InvalidInput(text, code="too_many_kinds")
    holdings = holdings_after(planning, listed, question.people)
    if not kinds:
        text = "改动没有涉及设施种类，步行可达没有计算：请用 kinds 写明"
        holdings.findings.append(EditFinding(0, EditFault.NO_KIND, text))
    people = _people(planning, holdings, question.people)
    units = _units(planning, holdings, question.level)
    reach = [_kind_delta(city, planning, kind, listed, question, people, *units) for kind in kinds]
    return ScenarioAnswer(
        question=question,
        edits=listed,
        planning=planning,
        reach=tuple(reach),
        people=people,
        floor_area=_floor_area(planning, holdings),
        stocks=tuple(
            StockDelta(kind, planning.stocks.get(kind, Stock()), stock)
            for kind, stock in sorted(holdings.stocks.items())
        ),
        holdings=holdings,
    )


def _named(planning: PlanningGround, edits: tuple[ScenarioEdit, ...]) -> tuple[FacilityKind, ...]:
    """Kinds that the edits are about, in their order."""
    found: dict[FacilityKind, None] = {}
    for edit in edits:
        if isinstance(edit, AddFacility):
            found[edit.kind] = None
        elif isinstance(edit, MoveFacility | CloseFacility | ResizeFacility):
            known = planning.facilities.get(edit.facility)
            if known is not None:
                found[known.kind] = None
    return tuple(found)


def _people(planning: PlanningGround, holdings: Holdings, people: People) -> Counts:
    new = [
        edit.households if people is People.HOUSEHOLDS else edit.elders
        for _, edit in holdings.estates
    ]
    return np.concatenate([planning.people[people], np.array(new, dtype=np.int64)])


def _units(
    planning: PlanningGround, holdings: Holdings, level: UnitLevel
) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
    """Number of the unit of each place, and the codes; units may be new."""
    units = planning.units[level]
    if not holdings.estates:
        return units.of, units.codes
    number = {code: at for at, code in enumerate(units.codes)}
    more = []
    for _, edit in holdings.estates:
        division = planning.division(edit.lon, edit.lat)
        code = None if division is None else _unit_of(division, level, planning.city)
        more.append(-1 if code is None else number.setdefault(code, len(number)))
    return np.concatenate([units.of, np.array(more, dtype=np.intp)]), tuple(number)


def _unit_of(division: str, level: UnitLevel, city: str) -> str:
    """Code of the unit around a division; the division itself where no smaller one is known."""
    digits = {UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6}
    return city if level is UnitLevel.CITY else division[: digits.get(level, len(division))]


def _kind_delta(
    city: City,
    planning: PlanningGround,
    kind: FacilityKind,
    edits: tuple[ScenarioEdit, ...],
    question: ScenarioQuestion,
    people: Counts,
    unit: npt.NDArray[np.intp],
    codes: tuple[str, ...],
) -> KindDelta:
    before, after = walks_after(city, planning, kind, edits)
    limit = question.terms.limit_dm
    then, now = before.walks.distance_dm, after.walks.distance_dm
    gained, lost = _crossed(then, now, people, limit)
    return KindDelta(
        kind=kind,
        before=before,
        after=after,
        codes=codes,
        sums=unit_sums(unit, len(codes), people, then, now, limit),
        gained=gained,
        lost=lost,
        contributions=tuple(contributions(after.walks.steps, people, limit).tolist()),
    )


def _crossed(
    before_dm: Ints, after_dm: Ints, people: Counts, limit_dm: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Places that come into reach, and those that lose it, with most people first."""
    padded = np.full(len(after_dm), UNREACHED, dtype=np.int32)
    padded[: len(before_dm)] = before_dm
    then, now = padded <= limit_dm, after_dm <= limit_dm
    found = []
    for crossed in (now & ~then, then & ~now):
        rows = np.flatnonzero(crossed)
        order = np.argsort(-people[rows], kind="stable")
        found.append(tuple(rows[order].tolist()))
    return found[0], found[1]


def _floor_area(planning: PlanningGround, holdings: Holdings) -> tuple[CountyDelta, ...]:
    found = []
    for county, after in sorted(holdings.tallies.items()):
        before = planning.tallies.get(county, Tally())
        if after != before:
            figures = planning.figure(county, before), planning.figure(county, after)
            found.append(CountyDelta(county, *figures))
    return tuple(found)
