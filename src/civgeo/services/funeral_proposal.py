"""Where the next columbaria, burial points or cemeteries should be, on the demand of townships."""

from dataclasses import dataclass

import numpy as np

from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_problem import Effort, LayoutAnswer, LayoutModel, LayoutProblem
from civgeo.domain.funeral_layout import FuneralKind, FuneralSite, SiteState, Wanted
from civgeo.services.city import City
from civgeo.services.funeral_counties import Demand, demand_of, require_people
from civgeo.services.funeral_coverage import area_of
from civgeo.services.funeral_distances import Distances, measured
from civgeo.services.funeral_people import Town, town_people, towns_of
from civgeo.services.funeral_question import FuneralProposal, Proposed
from civgeo.services.funeral_sites import Place, funeral_sites
from civgeo.services.indicator_data import DayData, day_data

__all__ = ["PlaceProposal", "propose_places"]

DM_A_KM = 10_000
_KINDS = {
    Proposed.COLUMBARIA: FuneralKind.COLUMBARIUM,
    Proposed.BURIAL_POINTS: FuneralKind.BURIAL_POINT,
    Proposed.CEMETERIES: FuneralKind.CEMETERY,
}


@dataclass(frozen=True, slots=True, eq=False)
class PlaceProposal:
    """The answer, and what its positions stand for.

    Parameters
    ----------
    data, asked
        The registers of the day; the question.
    answer
        What came of it; its candidates are `existing`, then `candidates`, its demand `demand`.
    existing
        Public facilities of the kind in operation, with a place, of the whole city: they stay.
    candidates
        Townships of the area with a place.
    demand
        Townships of the area that count.
    ways
        The distances.
    no_place
        Existing facilities that have no place and so serve nobody here.
    """

    data: DayData
    asked: FuneralProposal
    answer: LayoutAnswer
    existing: tuple[FuneralSite, ...]
    candidates: tuple[Town, ...]
    demand: Demand
    ways: Distances
    no_place: tuple[FuneralSite, ...]

    def site(self, position: int) -> FuneralSite | Town:
        """What a candidate of the answer is."""
        count = len(self.existing)
        return self.existing[position] if position < count else self.candidates[position - count]


def propose_places(city: City, asked: FuneralProposal) -> PlaceProposal:
    """Best townships for new facilities beside those that exist.

    Raises
    ------
    InvalidInput
        ``no_people`` when nobody is registered, and as `civgeo.analysis.layout_input.settled`.
    NotFound
        ``no_streets`` where ways along streets are asked for and there are none.
    """
    data = day_data(city, asked.terms.on or city.today)
    towns = towns_of(data, area_of(data, asked.terms.division))
    demand = demand_of(asked.terms, towns, town_people(data, asked.terms.deaths))
    require_people([demand], asked.terms)
    candidates = tuple(town for town in towns if town.place is not None)
    existing, no_place = _existing(data, asked)
    places: list[Place] = [site.place for site in existing if site.place is not None]
    places += [town.place for town in candidates if town.place is not None]
    limit = None if asked.max_km is None else int(asked.max_km * DM_A_KM)
    ways = measured(
        *(data, asked.terms.distance, places, demand.places),
        limit_dm=limit,
        snap_m=asked.terms.snap_m,
    )
    problem = _problem(asked, existing, candidates, demand, ways)
    answer = solve_layout(problem, Effort(seconds=asked.seconds))
    return PlaceProposal(data, asked, answer, existing, candidates, demand, ways, no_place)


def _existing(
    data: DayData, asked: FuneralProposal
) -> tuple[tuple[FuneralSite, ...], tuple[FuneralSite, ...]]:
    """Public facilities of the kind in operation: with a place, and without one."""
    levels = frozenset() if asked.level is None else frozenset({asked.level})
    wanted = Wanted(frozenset({_KINDS[asked.what]}), levels, is_public=True)
    there = [
        site
        for site in funeral_sites(data)
        if site.state is SiteState.OPERATING and wanted.surely(site)
    ]
    return (
        tuple(site for site in there if site.place is not None),
        tuple(site for site in there if site.place is None),
    )


def _problem(
    asked: FuneralProposal,
    existing: tuple[FuneralSite, ...],
    candidates: tuple[Town, ...],
    demand: Demand,
    ways: Distances,
) -> LayoutProblem:
    stays = np.arange(len(existing) + len(candidates)) < len(existing)
    capacity = None
    if asked.model is LayoutModel.CAPACITATED:
        free = [np.nan if site.free is None else float(site.free) for site in existing]
        capacity = np.array([*free, *[float(asked.capacity_of_new or 0)] * len(candidates)])
    return LayoutProblem(
        model=asked.model,
        arc_candidate=ways.arcs.facility,
        arc_demand=ways.arcs.demand,
        distance_dm=ways.arcs.distance_dm,
        weights=np.array([float(weight) for weight in demand.weights]),
        candidates=len(stays),
        new_sites=asked.p,
        existing=stays,
        capacity=capacity,
        labels=(*(site.name for site in existing), *(town.unit.name for town in candidates)),
        counted=asked.terms.weight.counted,
    )
