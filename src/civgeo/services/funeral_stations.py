"""Service stations of each county: how many, in which townships and directions, how near.

“在不同的乡镇和方向” is measured in eight sectors seen from the middle of the county, with the angle
between two stations as a figure. That reading is a model of ours, not of the plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import numpy.typing as npt

from civgeo.analysis.station_choice import UNREACHED, cost_of
from civgeo.domain.funeral_directions import ApartRule, Direction8, angle_between, direction8
from civgeo.domain.funeral_layout import FuneralSite
from civgeo.services.funeral_counties import (
    CountyGround,
    counties_of,
    seen_from,
    township_of,
)
from civgeo.services.funeral_distances import Distances, matrix_of, measured
from civgeo.services.funeral_people import Town
from civgeo.services.funeral_question import FuneralTerms
from civgeo.services.indicator_data import DayData

__all__ = ["CountyStations", "Pair", "Spread", "Station", "nearest_of", "spread_of"]
__all__ += ["middle_row", "station_layout", "whole"]

DM_A_METRE = 10
PARTS = 1_000
_FAR = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Station:
    """A station as it lies to its county.

    Parameters
    ----------
    site, township
        The facility; digits of its township, None where the register does not tell.
    metres, bearing_deg, direction
        From the middle of the county; None without a place, a middle, or a distance.
    """

    site: FuneralSite
    township: str | None
    metres: float | None
    bearing_deg: float | None
    direction: Direction8 | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stations: the angle between them, and whether township and direction differ.

    Each is None where it cannot be told.
    """

    one: str
    other: str
    angle_deg: float | None
    townships_differ: bool | None
    directions_differ: bool | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How near the people of a county are to its stations.

    Parameters
    ----------
    people
        All who count.
    nearer
        Those whose nearest station is nearer than the middle; None without a middle.
    unreached
        Those from whom no way leads to a station.
    distance_m, middle_distance_m
        Metres times people to the nearest station, of those who reach one; to the middle.
    farthest, farthest_m
        The township that is farthest from a station, and how far.
    """

    people: Fraction
    nearer: Fraction | None
    unreached: Fraction
    distance_m: Fraction
    middle_distance_m: Fraction | None
    farthest: Town | None
    farthest_m: Fraction | None

    @property
    def mean_m(self) -> Fraction | None:
        """Metres to the nearest station; None where nobody reaches one."""
        reached = self.people - self.unreached
        return self.distance_m / reached if reached else None


@dataclass(frozen=True, slots=True)
class CountyStations:
    """What is measured of one county.

    Parameters
    ----------
    ground
        The county.
    stations, pairs
        Its stations, and every two of them.
    spread
        None without stations that have a place, or without people.
    off_streets
        Names of stations and townships that lie too far from a street.
    """

    ground: CountyGround
    stations: tuple[Station, ...]
    pairs: tuple[Pair, ...]
    spread: Spread | None
    off_streets: tuple[str, ...]

    @property
    def townships_differ(self) -> bool | None:
        """Whether every two lie in different townships; None where not told, or with one only."""
        return _all([pair.townships_differ for pair in self.pairs])

    @property
    def directions_differ(self) -> bool | None:
        """Whether every two lie in different directions by the rule; None as above."""
        return _all([pair.directions_differ for pair in self.pairs])


def _all(verdicts: Sequence[bool | None]) -> bool | None:
    if not verdicts:
        return None
    return False if False in verdicts else None if None in verdicts else True


def station_layout(data: DayData, terms: FuneralTerms) -> tuple[CountyStations, ...]:
    """Measures of every county of the area, by code.

    Raises
    ------
    NotFound
        ``no_streets`` where ways along streets are asked for and there are none.
    """
    return tuple(_measured(data, terms, ground) for ground in counties_of(data, terms))


def _measured(data: DayData, terms: FuneralTerms, ground: CountyGround) -> CountyStations:
    stations = tuple(_station(ground, site) for site in ground.stations)
    rule = ApartRule(float(terms.min_angle_deg))
    pairs = tuple(_pair(one, other, rule) for one, other in combinations(stations, 2))
    placed = [site for site in ground.stations if site.place is not None]
    if not placed or ground.demand.total == 0:
        return CountyStations(ground, stations, pairs, None, ())
    sites = [site.place for site in placed if site.place is not None]
    if ground.middle is not None:
        sites.append(ground.middle.place)
    ways = measured(data, terms.distance, sites, ground.demand.places, snap_m=terms.snap_m)
    table = matrix_of(ways.arcs, len(sites), len(ground.demand.towns))
    spread = spread_of(ground, table[: len(placed)], middle_row(ground, ways, table))
    return CountyStations(ground, stations, pairs, spread, _off(ways, placed, ground))


def middle_row(
    ground: CountyGround, ways: Distances, table: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64] | None:
    """Distances from the middle, the last site of `table`; None without one on the streets."""
    if ground.middle is None or len(table) - 1 in ways.off_sites:
        return None
    last: npt.NDArray[np.int64] = table[-1]
    return last


def _station(ground: CountyGround, site: FuneralSite) -> Station:
    seen = seen_from(ground.middle, site.place)
    metres, bearing = (None, None) if seen is None else seen
    facing = None if bearing is None else direction8(bearing)
    return Station(site, township_of(site), metres, bearing, facing)


def _pair(one: Station, other: Station, rule: ApartRule) -> Pair:
    here, there = one.bearing_deg, other.bearing_deg
    told = one.township is not None and other.township is not None
    return Pair(
        one.site.id,
        other.site.id,
        None if here is None or there is None else angle_between(here, there),
        one.township != other.township if told else None,
        rule.differ(here, there),
    )


def whole(weights: Sequence[Fraction]) -> npt.NDArray[np.int64]:
    """Weights in thousandths, as whole numbers."""
    return np.array([int(weight * PARTS) for weight in weights], dtype=np.int64)


def spread_of(
    ground: CountyGround,
    stations_dm: npt.NDArray[np.int64],
    middle_dm: npt.NDArray[np.int64] | None,
) -> Spread:
    """How near the people of `ground` are to stations at those distances.

    Parameters
    ----------
    ground
        The county; its demand in the order of the columns.
    stations_dm
        Decimetres, stations by townships; `UNREACHED` for no way.
    middle_dm
        Decimetres from the middle; None without one.
    """
    weights = whole(ground.demand.weights)
    nearest = nearest_of(stations_dm)
    cost = cost_of(nearest, weights)
    reached = np.flatnonzero((nearest != UNREACHED) & (weights > 0))
    last = None if not len(reached) else int(reached[np.argmax(nearest[reached])])
    nearer = None
    if middle_dm is not None:
        beyond = np.where(middle_dm == UNREACHED, _FAR, middle_dm)
        closer = (nearest != UNREACHED) & (nearest < beyond)
        nearer = Fraction(int(weights[closer].sum()), PARTS)
    return Spread(
        people=Fraction(int(weights.sum()), PARTS),
        nearer=nearer,
        unreached=Fraction(cost.unreached, PARTS),
        distance_m=Fraction(cost.distance, PARTS * DM_A_METRE),
        middle_distance_m=None
        if middle_dm is None
        else Fraction(cost_of(middle_dm, weights).distance, PARTS * DM_A_METRE),
        farthest=None if last is None else ground.demand.towns[last],
        farthest_m=None if last is None else Fraction(int(nearest[last]), DM_A_METRE),
    )


def nearest_of(stations_dm: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Decimetres from each township to its nearest station; `UNREACHED` for none."""
    if not len(stations_dm):
        return np.full(stations_dm.shape[1], UNREACHED, dtype=np.int64)
    least = np.where(stations_dm == UNREACHED, _FAR, stations_dm).min(axis=0)
    found: npt.NDArray[np.int64] = np.where(least == _FAR, UNREACHED, least)
    return found


def _off(ways: Distances, placed: Sequence[FuneralSite], ground: CountyGround) -> tuple[str, ...]:
    middle = [] if ground.middle is None else [ground.middle.basis]
    names = [*(site.name for site in placed), *middle]
    towns = [ground.demand.towns[at].unit.name for at in ways.off_demand]
    return (*(names[at] for at in ways.off_sites), *towns)
