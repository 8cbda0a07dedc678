"""Main roads and a high-speed railway of a simulated city.

National and provincial roads are the simulated country roads on the ways between the county seats,
county roads the others. Motorways and the high-speed railway are drawn here: nobody walks on them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.simulated_barriers import Course, long_line
from civgeo.analysis.simulated_lines import Numbers, Points, Shapes
from civgeo.analysis.simulated_towns import Town
from civgeo.domain.site_features import SiteFeature

__all__ = ["MainRoad", "simulate_main_roads"]

IN_TOWN_M = 260.0
TOUCH_M = 0.05
_MOTORWAY = Course(1.9, ((850.0, 37_000.0), (240.0, 9_000.0)), 20, 0.5, 13, 130.0)
_HIGHSPEED = Course(2.8, ((600.0, 52_000.0),), 20, 0.8, 13, 60.0)


@dataclass(frozen=True, slots=True, eq=False)
class MainRoad:
    """A road or railway of the metric zone with its name."""

    kind: SiteFeature
    name: str
    shape: BaseGeometry


def simulate_main_roads(
    country: Shapes,
    towns: Sequence[Town],
    estates: Shapes,
    area: BaseGeometry,
    rng: np.random.Generator,
) -> list[MainRoad]:
    """Two motorways, a high-speed railway, and the country roads by class.

    Parameters
    ----------
    country
        Lines of the simulated country roads.
    towns
        As `towns_of` gives them, the seats among them.
    estates
        Polygons.
    area
        Outline of the city.
    rng
        Seeded generator.
    """
    return [*_drawn(towns, estates, area, rng), *_classed(country, towns, estates)]


def _drawn(
    towns: Sequence[Town], estates: Shapes, area: BaseGeometry, rng: np.random.Generator
) -> Iterator[MainRoad]:
    tree = shapely.STRtree(estates)
    middle = max((town for town in towns if town.seat is not None), key=lambda town: town.reach_m)
    north = np.pi / 2
    for kind, name, course, heading in (
        (SiteFeature.MOTORWAY, "模拟高速一", _MOTORWAY, north),
        (SiteFeature.MOTORWAY, "模拟高速二", _MOTORWAY, 0.0),
        (SiteFeature.HIGHSPEED_RAILWAY, "模拟高铁", _HIGHSPEED, north),
    ):
        turned = heading + float(rng.uniform(-0.3, 0.3))
        line = long_line(middle, tree, area, course, turned, rng)
        if line is not None:
            yield MainRoad(kind, name, line)


def _classed(country: Shapes, towns: Sequence[Town], estates: Shapes) -> Iterator[MainRoad]:
    """Country roads, those of one class and number as one shape."""
    owner = np.concatenate([np.full(len(town.estates), n) for n, town in enumerate(towns)])
    order = np.concatenate([town.estates for town in towns])
    middle = shapely.get_coordinates(shapely.centroid(estates[order]))
    road = _roads(country, middle)
    ends = _ends(country, road)
    town = owner[cKDTree(middle).query(ends.reshape(-1, 2))[1]].reshape(-1, 2)
    length = np.bincount(road, shapely.length(country)).astype(np.float64)
    national, provincial = _routes(town, length, towns)
    numbered = (
        (SiteFeature.NATIONAL_ROAD, "模拟国道 G9{:02d}", national),
        (SiteFeature.PROVINCIAL_ROAD, "模拟省道 S9{:02d}", provincial),
    )
    left = np.ones(len(length), dtype=bool)
    for kind, words, routes in numbered:
        for number, route in enumerate(routes, start=1):
            own = route[left[route]]
            left[own] = False
            if len(own):
                shape = shapely.MultiLineString(country[np.isin(road, own)].tolist())
                yield MainRoad(kind, words.format(number), shape)
    for number, each in enumerate(np.flatnonzero(left).tolist(), start=1):
        shape = shapely.MultiLineString(country[road == each].tolist())
        yield MainRoad(SiteFeature.COUNTY_ROAD, f"模拟县道 X9{number:02d}", shape)


def _roads(country: Shapes, estates: Points) -> Numbers:
    """Which road each line is a part of: lines meet in the open where a bridge begins."""
    ends = shapely.get_coordinates(shapely.boundary(country)).reshape(-1, 2)
    _, point = np.unique(np.rint(ends / TOUCH_M).astype(np.int64), axis=0, return_inverse=True)
    point = point.reshape(-1, 2)
    outside = cKDTree(estates).query(ends)[0].reshape(-1, 2) > IN_TOWN_M
    # an end in a town is the end of a road: it gets a point of its own
    own = point.max() + 1 + np.arange(point.size).reshape(-1, 2)
    point = np.where(outside, point, own)
    links = coo_array((np.ones(len(point)), tuple(point.T)), shape=(int(point.max()) + 1,) * 2)
    label = connected_components(links, directed=False)[1][point[:, 0]]
    road: Numbers = np.unique(label, return_inverse=True)[1].astype(np.int64)
    return road


def _ends(country: Shapes, road: Numbers) -> Points:
    """The two ends of each road that lie farthest apart; shape (roads, 2, 2)."""
    found = []
    for number in range(int(road.max()) + 1):
        points = shapely.get_coordinates(shapely.boundary(country[road == number]))
        apart = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
        found.append(points[list(np.unravel_index(int(apart.argmax()), apart.shape))])
    return np.array(found)


def _routes(
    town: Numbers, length: Points, towns: Sequence[Town]
) -> tuple[list[Numbers], list[Numbers]]:
    """Roads of each national route (from end to end of the city) and of each provincial one."""
    size = len(towns)
    joins = np.flatnonzero(town[:, 0] != town[:, 1])
    # of several roads between two towns the shortest comes last and stays
    joins = joins[np.argsort(-length[joins], kind="stable")]
    by_pair = {tuple(sorted(town[n].tolist())): int(n) for n in joins}
    pairs, roads = np.array(list(by_pair)).reshape(-1, 2), list(by_pair.values())
    links = coo_array((length[roads], tuple(pairs.T)), shape=(size, size)).tocsr()
    seats = [n for n, each in enumerate(towns) if each.seat is not None]
    far, came = dijkstra(links, directed=False, indices=seats, return_predecessors=True)

    def route(one: int, other: int) -> Numbers:
        found, at = [], seats[other]
        while came[one, at] >= 0:
            before = int(came[one, at])
            found.append(by_pair[min(before, at), max(before, at)])
            at = before
        return np.array(found, dtype=np.int64)

    at = np.array([towns[n].centre for n in seats])
    ends = [(int(axis.argmin()), int(axis.argmax())) for axis in at.T]
    between = np.where(np.isfinite(far[:, seats]), far[:, seats], 0)
    tree = minimum_spanning_tree(np.triu(between)).tocoo()
    pairs_of_seats = zip(tree.row.tolist(), tree.col.tolist(), strict=True)
    return [route(*pair) for pair in ends], [route(*pair) for pair in pairs_of_seats]
