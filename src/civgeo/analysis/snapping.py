"""Places on the walk network: the nearest street of each point, and how far off it lies."""

import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.walk_network import DM_A_METRE, Floats, Ints, WalkNetwork
from civgeo.errors import InvalidInput

__all__ = ["SNAP_LIMIT_M", "Snapped", "StreetIndex", "joined"]

Rows = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

_NONE: Shapes = np.zeros(0, dtype=object)

SNAP_LIMIT_M = 200.0
"""How far from a street a place may lie and still be on the network, unless a caller says other."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Points and their places on a network.

    Parameters
    ----------
    x, y
        The points, metres in the network's zone.
    edge
        Nearest edge on the ground; -1 when none lies within the limit.
    offset_dm
        Place along that edge from its start, 0 to its length.
    access_dm
        Straight way from the point to that place; walkers walk it too.
    nearest_m
        Distance of the nearest street, whatever the limit; infinite without streets, and where
        barriers part the point from every street within the limit.
    """

    x: Floats
    y: Floats
    edge: Ints
    offset_dm: Ints
    access_dm: Ints
    nearest_m: Floats

    def __len__(self) -> int:
        """Number of points."""
        return len(self.edge)

    @property
    def is_on_network(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each point has a place."""
        return self.edge >= 0

    def take(self, rows: Ints | Rows) -> "Snapped":
        """The points of those rows."""
        return Snapped(
            self.x[rows],
            self.y[rows],
            self.edge[rows],
            self.offset_dm[rows],
            self.access_dm[rows],
            self.nearest_m[rows],
        )


def joined(first: Snapped, second: Snapped) -> Snapped:
    """Points of `first`, then those of `second`."""
    pairs = (
        (getattr(first, name), getattr(second, name))
        for name in ("x", "y", "edge", "offset_dm", "access_dm", "nearest_m")
    )
    return Snapped(*(np.concatenate(pair) for pair in pairs))


class StreetIndex:
    """Finds the nearest street of points; built once for a network.

    Bridges and tunnels are no street to start from: who stands below a bridge is not on it. Nor is
    a street beyond a barrier: see `beside`.
    """

    def __init__(self, network: WalkNetwork) -> None:
        self.network = network
        self._barriers = shapely.STRtree(_NONE)
        self._ground = np.flatnonzero(network.level == 0).astype(np.int32)
        counts = np.diff(network.shape_start)
        corner_edge = np.repeat(np.arange(network.edges), counts)
        on_ground = network.level[corner_edge] == 0
        position = np.cumsum(network.level == 0) - 1
        self._lines = shapely.linestrings(
            np.asarray(network.shape_xy)[on_ground], indices=position[corner_edge[on_ground]]
        )
        self._tree = shapely.STRtree(self._lines)

    def beside(self, barriers: Shapes) -> "StreetIndex":
        """The same streets with barriers that the straight way to a street does not cross.

        Who stands inside an area that is a barrier, or inside a closed wall, may leave it straight.

        Parameters
        ----------
        barriers
            Lines and polygons in the network's zone.
        """
        shapes: Shapes = np.asarray(barriers, dtype=object).copy()
        rings = shapely.is_ring(shapes)
        shapes[rings] = [shapely.Polygon(shape) for shape in shapes[rings]]
        index = copy.copy(self)
        index._barriers = shapely.STRtree(shapes)
        return index

    def snap(self, x: Floats, y: Floats, limit_m: float = SNAP_LIMIT_M) -> Snapped:
        """Places of points on the network; of equally near streets the first.

        Parameters
        ----------
        x, y
            Metres in the network's zone.
        limit_m
            Greatest distance from a street, metres; a point farther off has no place and is
            never dragged, nor one that barriers part from every street so near.

        Raises
        ------
        InvalidInput
            When a coordinate is not finite or the limit is negative.
        """
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise InvalidInput("点的坐标含有空值或非数值", code="not_finite")
        if not limit_m >= 0:
            raise InvalidInput(f"离路距离上限应不小于 0：{limit_m}", code="negative")
        edge = np.full(len(x), -1, dtype=np.int32)
        offset = np.zeros(len(x), dtype=np.int32)
        access = np.zeros(len(x), dtype=np.int32)
        distance = np.full(len(x), np.inf)
        if not len(x) or not len(self._ground):
            return Snapped(x, y, edge, offset, access, distance)
        points = np.asarray(shapely.points(x, y))
        nearest = self._nearest(points)
        lines = self._lines[nearest]
        distance = shapely.distance(points, lines)
        on = distance <= limit_m
        parted = np.flatnonzero(on)[self._crossing(points[on], lines[on])]
        if len(parted):
            nearest[parted], distance[parted] = self._on_this_side(points[parted], limit_m)
            lines, on = self._lines[nearest], distance <= limit_m
        edge[on] = self._ground[nearest[on]]
        along = shapely.line_locate_point(lines[on], points[on])
        length = self.network.length_dm[edge[on]]
        offset[on] = np.minimum(np.rint(along * DM_A_METRE), length)
        access[on] = np.rint(distance[on] * DM_A_METRE)
        return Snapped(x, y, edge, offset, access, distance)

    def _crossing(self, points: Shapes, lines: Shapes) -> Rows:
        """Rows whose straight way to the line crosses a barrier that the point is not inside."""
        ways = np.asarray(shapely.shortest_line(points, lines))
        row, at = self._barriers.query(ways, predicate="crosses")
        shapes = self._barriers.geometries[at]
        outside = ~shapely.covers(shapes, points[row])
        return np.unique(row[outside])

    def _on_this_side(self, points: Shapes, limit_m: float) -> tuple[Rows, Floats]:
        """Position and distance of the nearest line before any barrier; infinite where none is."""
        row, line = self._tree.query(points, predicate="dwithin", distance=limit_m)
        distance = shapely.distance(points[row], self._lines[line])
        crossing = self._crossing(points[row], self._lines[line])
        row, line, distance = (np.delete(each, crossing) for each in (row, line, distance))
        order = np.lexsort((line, distance, row))
        there, first = np.unique(row[order], return_index=True)
        nearest = np.zeros(len(points), dtype=np.int64)
        far = np.full(len(points), np.inf)
        nearest[there], far[there] = line[order][first], distance[order][first]
        return nearest, far

    def _nearest(self, points: Shapes) -> Rows:
        """Position of the nearest line of each point, the first of equally near ones."""
        row, line = self._tree.query_nearest(points, all_matches=True)
        order = np.lexsort((line, row))
        first = np.ones(len(order), dtype=bool)
        first[1:] = np.diff(row[order]) > 0
        found: Rows = line[order][first]
        return found
