"""Where the service stations of each county should be, by trying every choice of townships."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.station_choice import UNREACHED, StationChoice, best_stations
from civgeo.domain.funeral_directions import ApartRule, angle_between
from civgeo.services.city import City
from civgeo.services.funeral_counties import (
    CountyGround,
    counties_of,
    require_people,
    seen_from,
    township_of,
)
from civgeo.services.funeral_distances import matrix_of, measured
from civgeo.services.funeral_people import Town
from civgeo.services.funeral_question import FuneralProposal
from civgeo.services.funeral_sites import Place
from civgeo.services.funeral_stations import Spread, middle_row, nearest_of, spread_of, whole
from civgeo.services.indicator_data import DayData, day_data

__all__ = ["CountyProposal", "Served", "StationProposal", "propose_stations"]

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Served:
    """A township, its nearest station by name, and how many decimetres it is; None for no way."""

    town: Town
    station: str | None
    distance_dm: int | None


@dataclass(frozen=True, slots=True)
class CountyProposal:
    """The best stations of one county.

    Parameters
    ----------
    ground
        The county with the stations that it has.
    status, reason
        Whether the choice is proven best; in Chinese, why there is none or none is needed.
    chosen
        Townships to open one in.
    choice
        Its cost, the choices tried, those that keep the rules, and the best without the rules;
        None where nothing was tried.
    free
        Townships of the best choice without the rules of township and direction.
    before, after
        How near the people are, today and then; None where nobody can tell.
    served
        Each township and its station then.
    """

    ground: CountyGround
    status: LayoutStatus
    reason: str
    chosen: tuple[Town, ...] = ()
    choice: StationChoice | None = None
    free: tuple[Town, ...] = ()
    before: Spread | None = None
    after: Spread | None = None
    served: tuple[Served, ...] = ()


@dataclass(frozen=True, slots=True)
class StationProposal:
    """The proposal of every county that the plan speaks of."""

    data: DayData
    asked: FuneralProposal
    counties: tuple[CountyProposal, ...]


def propose_stations(city: City, asked: FuneralProposal) -> StationProposal:
    """Best stations of each county, so that with those that exist there are `asked.p`.

    Existing stations stay. A new one lies in a township of its own and, with any other one of the
    county, in a different direction by the rule; two that exist already are not judged here.

    Parameters
    ----------
    city, asked
        The city, and the terms. Districts are left out unless the area holds nothing else.

    Raises
    ------
    InvalidInput
        ``no_people`` when nobody is registered in the whole area, and as `best_stations`.
    NotFound
        ``no_streets`` where ways along streets are asked for and there are none.
    """
    data = day_data(city, asked.terms.on or city.today)
    every = counties_of(data, asked.terms)
    grounds = [ground for ground in every if ground.is_rural] or every
    require_people([ground.demand for ground in grounds], asked.terms)
    found = tuple(_proposal(data, asked, ground) for ground in grounds)
    return StationProposal(data, asked, found)


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """Decimetres to the townships that count: from stations, candidates and the middle."""

    names: tuple[str, ...]
    fixed: Whole
    new: Whole
    middle: Whole | None


def _ways(data: DayData, asked: FuneralProposal, ground: CountyGround) -> _Ways:
    placed = [site for site in ground.stations if site.place is not None]
    places = [site.place for site in placed if site.place is not None]
    places += [town.place for town in ground.candidates if town.place is not None]
    places += [] if ground.middle is None else [ground.middle.place]
    snap, demand = asked.terms.snap_m, ground.demand.places
    found = measured(data, asked.terms.distance, places, demand, snap_m=snap)
    table = matrix_of(found.arcs, len(places), len(demand))
    first, last = len(placed), len(placed) + len(ground.candidates)
    middle = middle_row(ground, found, table)
    return _Ways(tuple(site.name for site in placed), table[:first], table[first:last], middle)


def _proposal(data: DayData, asked: FuneralProposal, ground: CountyGround) -> CountyProposal:
    number = asked.p - len(ground.stations)
    reason = _why_not(asked, ground)
    if reason:
        return CountyProposal(ground, LayoutStatus.UNKNOWN, reason)
    if number > len(ground.candidates):
        told = f"只有 {len(ground.candidates)} 个乡镇（街道）有位置，不能新设 {number} 处"
        return CountyProposal(ground, LayoutStatus.INFEASIBLE, told)
    ways = _ways(data, asked, ground)
    before = spread_of(ground, ways.fixed, ways.middle) if len(ways.fixed) else None
    if number <= 0:
        told = f"已有 {len(ground.stations)} 处，不少于 {asked.p} 处，不新设"
        served = _served(ground, ways.names, ways.fixed)
        return CountyProposal(
            ground, LayoutStatus.OPTIMAL, told, before=before, after=before, served=served
        )
    weights, fixed = whole(ground.demand.weights), nearest_of(ways.fixed)
    choice = best_stations(ways.new, weights, fixed, number, *_rules(ground, asked))
    return _chosen(asked, ground, ways, choice, before)


def _chosen(
    asked: FuneralProposal,
    ground: CountyGround,
    ways: _Ways,
    choice: StationChoice,
    before: Spread | None,
) -> CountyProposal:
    free = tuple(ground.candidates[at] for at in choice.free)
    if choice.chosen is None:
        told = _why_none(ground, asked, choice)
        return CountyProposal(
            ground, LayoutStatus.INFEASIBLE, told, choice=choice, free=free, before=before
        )
    chosen = tuple(ground.candidates[at] for at in choice.chosen)
    then = np.vstack([ways.fixed, ways.new[list(choice.chosen)]])
    names = (*ways.names, *(town.unit.name for town in chosen))
    return CountyProposal(
        *(ground, LayoutStatus.OPTIMAL, "", chosen, choice, free, before),
        after=spread_of(ground, then, ways.middle),
        served=_served(ground, names, then),
    )


def _why_not(asked: FuneralProposal, ground: CountyGround) -> str:
    """Why nothing can be said of a county; empty where something can."""
    if ground.demand.total == 0:
        return f"没有既有位置又登记了{asked.terms.weight.label_zh}的乡镇（街道），未评价"
    if asked.p > 1 and ground.middle is None:
        told = "不知道县城在哪里，方向无从判断："
        return f"{told}请用 seats 给出县城的经纬度，或用 centre=people 以人口重心为准"
    return ""


def _rules(ground: CountyGround, asked: FuneralProposal) -> tuple[Flags, Flags]:
    """Which candidates may be opened beside the existing stations, and which two together."""
    rule = ApartRule(float(asked.terms.min_angle_deg))
    bearings = _bearings(ground, [town.place for town in ground.candidates])
    there = _bearings(ground, [site.place for site in ground.stations if site.place is not None])
    taken = {township_of(site) for site in ground.stations}
    alone = [
        town.unit.code not in taken and all(rule.differ(bearing, other) for other in there)
        for town, bearing in zip(ground.candidates, bearings, strict=True)
    ]
    together = [[rule.differ(one, other) is True for other in bearings] for one in bearings]
    return np.array(alone, dtype=np.bool_), np.array(together, dtype=np.bool_)


def _bearings(ground: CountyGround, places: Sequence[Place | None]) -> list[float | None]:
    seen = [seen_from(ground.middle, place) for place in places]
    return [None if each is None else each[1] for each in seen]


def _why_none(ground: CountyGround, asked: FuneralProposal, choice: StationChoice) -> str:
    told = f"{choice.tried} 种选法中没有一种位于不同的乡镇和方向"
    least = f"（夹角不小于 {asked.terms.min_angle_deg}°）"
    widest = _widest(ground, len(choice.free))
    return told + least + ("" if widest is None else f"；夹角最小的两处至多 {widest:.1f}°")


def _widest(ground: CountyGround, number: int) -> float | None:
    """Over all choices, the largest that the smallest angle of a new station can be."""
    bearings = _bearings(ground, [town.place for town in ground.candidates])
    new = [bearing for bearing in bearings if bearing is not None]
    placed = _bearings(ground, [site.place for site in ground.stations])
    there = [bearing for bearing in placed if bearing is not None]
    smallest = (
        min([angle_between(*two) for two in combinations(chosen, 2)] + beside, default=None)
        for chosen in combinations(new, number)
        for beside in [[angle_between(one, other) for one in chosen for other in there]]
    )
    return max((angle for angle in smallest if angle is not None), default=None)


def _served(ground: CountyGround, names: Sequence[str], table: Whole) -> tuple[Served, ...]:
    """Each township with the nearest station, the first of equally near ones."""
    nearest = nearest_of(table)
    found = []
    for at, town in enumerate(ground.demand.towns):
        if nearest[at] == UNREACHED:
            found.append(Served(town, None, None))
        else:
            first = int(np.flatnonzero(table[:, at] == nearest[at])[0])
            found.append(Served(town, names[first], int(nearest[at])))
    return tuple(found)
