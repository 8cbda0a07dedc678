"""Distances between townships and funeral facilities: straight, or along the streets.

The streets are those of the walk network without its limit of time: no motorways, no one-way
streets. It is no network of roads for cars, and every answer says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.layout_reach import straight_arcs
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.station_choice import UNREACHED
from civgeo.analysis.walk_arcs import MOST_PAIRS_SERVED, Arcs, reachable_demand
from civgeo.analysis.walk_search import LIMITLESS
from civgeo.domain.labelled import Labelled
from civgeo.errors import NotFound
from civgeo.geo.crs import city_zone, project
from civgeo.services.funeral_sites import Place
from civgeo.services.indicator_data import DayData
from civgeo.services.walk_ground import Ground, has_streets, in_metres, walk_ground

__all__ = ["DistanceKind", "Distances", "matrix_of", "measured"]

SNAP_M = 2_000.0
"""A township is a point that need not lie on a street: how far off it may be, unless asked."""


class DistanceKind(Labelled):
    """How far apart two places are."""

    STRAIGHT = "straight", "直线距离"
    STREET = "street", "沿路网距离，步行网：不含高速公路，不计单行"


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Ways between sites and demand.

    Parameters
    ----------
    kind
        Straight or along streets.
    arcs
        Pairs by position with their distance in decimetres; pairs without a way are missing.
    off_sites, off_demand
        Positions of what lies too far from a street.
    ground
        The streets, None for straight lines.
    """

    kind: DistanceKind
    arcs: Arcs
    off_sites: tuple[int, ...] = ()
    off_demand: tuple[int, ...] = ()
    ground: Ground | None = None


def measured(
    data: DayData,
    kind: DistanceKind,
    sites: Sequence[Place],
    demand: Sequence[Place],
    *,
    limit_dm: int | None = None,
    snap_m: float = SNAP_M,
) -> Distances:
    """Ways from every site to every demand.

    Parameters
    ----------
    data
        The registers of the day; their divisions choose the zone of straight lines.
    kind
        Straight or along streets.
    sites, demand
        Longitude and latitude, EPSG:4490.
    limit_dm
        Longer ways are left out; one of just this length counts.
    snap_m
        How far a place may lie from a street; the way to it is straight and counts.

    Raises
    ------
    NotFound
        ``no_streets`` where ways along streets are asked for and there are none.
    """
    if kind is DistanceKind.STRAIGHT:
        zone = city_zone(data.divisions)
        here, there = (np.column_stack(project(*_columns(each), zone)) for each in (sites, demand))
        return Distances(kind, straight_arcs(here, there, limit_dm))
    if not has_streets(data.city):
        told = "没有道路，不能按沿路网距离计算：请先导入道路（civgeo import 文件 --as streets），"
        raise NotFound(f"{told}或改用直线距离（straight）", code="no_streets")
    ground = walk_ground(data.city, data.on)
    here_on, there_on = (_snapped(ground, each, snap_m) for each in (sites, demand))
    limit = LIMITLESS if limit_dm is None else limit_dm
    arcs = reachable_demand(ground.network, here_on, there_on, limit, most_pairs=MOST_PAIRS_SERVED)
    return Distances(kind, arcs, _off(here_on), _off(there_on), ground)


def _columns(places: Sequence[Place]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    both = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _snapped(ground: Ground, places: Sequence[Place], snap_m: float) -> Snapped:
    points = gpd.GeoSeries(shapely.points(*_columns(places)), crs="EPSG:4490")
    return ground.index.snap(*in_metres(points, ground.network), snap_m)


def _off(places: Snapped) -> tuple[int, ...]:
    return tuple(np.flatnonzero(~places.is_on_network).tolist())


def matrix_of(arcs: Arcs, sites: int, demand: int) -> npt.NDArray[np.int64]:
    """Distances in decimetres, sites by demand; `UNREACHED` where there is no way."""
    table = np.full((sites, demand), UNREACHED, dtype=np.int64)
    table[arcs.facility, arcs.demand] = arcs.distance_dm
    return table
