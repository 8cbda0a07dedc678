"""Towns of a simulated city: which estates make up one, and how its streets are turned."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.simulated_lines import Flags, Numbers, Points

__all__ = ["Land", "Town", "towns_of", "weave"]

TOGETHER_M = 600.0
CELL_M = 20.0
LAND_MARGIN_M = 700.0
FOOTPRINT_M = 130.0
CLOSED_M = 130.0


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """Estates that lie together, in a frame turned as their walls are.

    Parameters
    ----------
    centre
        Metres east and north; the origin of the frame.
    turn
        Rotation from the frame to the zone.
    boxes
        West, south, east, north of each estate in the frame.
    estates
        Position of each estate in the frame of all.
    seat
        County whose seat lies here; None for other towns.
    """

    centre: Points
    turn: Points
    boxes: Points
    estates: Numbers
    seat: str | None

    def outwards(self, points: Points) -> Points:
        """Points of the frame in the zone."""
        there: Points = points @ self.turn.T + self.centre
        return there

    def inwards(self, points: Points) -> Points:
        """Points of the zone in the frame."""
        here: Points = (points - self.centre) @ self.turn
        return here

    @property
    def reach_m(self) -> float:
        """Half of the longer side of its extent."""
        return float(np.ptp(self.boxes.reshape(-1, 2), axis=0).max()) / 2

    def footprint(self) -> BaseGeometry:
        """Built-up area, in the frame: estates and what lies between them."""
        estates = shapely.union_all(shapely.box(*self.boxes.T))
        wide = estates.buffer(FOOTPRINT_M + CLOSED_M, quad_segs=2)
        built: BaseGeometry = wide.buffer(-CLOSED_M, quad_segs=2)
        return built


class Land:
    """Where the estates of a town stand, on a raster of its frame.

    Parameters
    ----------
    town
        The town.
    margin_m
        How far from its walls an estate counts.
    """

    def __init__(self, town: Town, margin_m: float = 0.0) -> None:
        wide = np.array([-margin_m, -margin_m, margin_m, margin_m])
        boxes = town.boxes + wide
        self.origin = boxes[:, :2].min(axis=0) - LAND_MARGIN_M
        size = boxes[:, 2:].max(axis=0) + LAND_MARGIN_M - self.origin
        self.taken = np.zeros(tuple(np.ceil(size / CELL_M).astype(int) + 1), dtype=bool)
        low = np.floor((boxes[:, :2] - self.origin) / CELL_M + 0.5).astype(int)
        high = np.floor((boxes[:, 2:] - self.origin) / CELL_M + 0.5).astype(int)
        for (west, south), (east, north) in zip(low.tolist(), high.tolist(), strict=True):
            self.taken[west:east, south:north] = True

    def at(self, points: Points) -> Flags:
        """Whether an estate stands at each point of the frame; shape (..., 2)."""
        cell = np.floor((points - self.origin) / CELL_M).astype(np.int64)
        limit = np.array(self.taken.shape) - 1
        inside = ((cell >= 0) & (cell <= limit)).all(axis=-1)
        cell = np.clip(cell, 0, limit)
        there: Flags = self.taken[cell[..., 0], cell[..., 1]] & inside
        return there


def weave(cost: Points, bend: float) -> Numbers:
    """Column for each row of `cost` so that the sum of costs and of squared turns is least.

    Parameters
    ----------
    cost
        Shape (rows, columns).
    bend
        What a change by one column from a row to the next costs; by two, four times that.
    """
    columns = np.arange(cost.shape[1])
    change = bend * (columns[:, None] - columns) ** 2.0
    best, came = cost[0], []
    for row in cost[1:]:
        total = best[:, None] + change
        before = total.argmin(axis=0)
        came.append(before)
        best = total[before, columns] + row
    path = [int(best.argmin())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    return np.array(path[::-1])


def towns_of(estates: gpd.GeoSeries, seats: gpd.GeoSeries) -> list[Town]:
    """Towns that the estates make up, each county's seat among them, in the order of the estates.

    Parameters
    ----------
    estates, seats
        Polygons, and points by county code, in one metric zone.
    """
    shapes = estates.to_numpy()
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    pairs = cKDTree(middle).query_pairs(TOGETHER_M, output_type="ndarray")
    size = len(middle)
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, town = connected_components(links, directed=False)
    members = np.split(np.argsort(town, kind="stable"), np.cumsum(np.bincount(town))[:-1])
    at = shapely.get_coordinates(seats.to_numpy())
    # the nearest estate says which town a seat lies in
    of_seat = town[cKDTree(middle).query(at)[1]]
    named = dict(zip(of_seat.tolist(), seats.index, strict=True))
    return [_town(shapes[members[k]], members[k], named.get(k)) for k in range(count)]


def _town(shapes: Points, estates: Numbers, seat: str | None) -> Town:
    largest = shapely.get_coordinates(shapes[int(shapely.area(shapes).argmax())])
    along = largest[1] - largest[0]
    angle = np.arctan2(along[1], along[0]) % (np.pi / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = shapely.get_coordinates(shapely.centroid(shapes)).mean(axis=0)
    town = Town(centre, turn, np.zeros((0, 4)), estates, seat)
    turned = shapely.transform(shapes, town.inwards)
    return Town(centre, turn, shapely.bounds(turned), estates, seat)
