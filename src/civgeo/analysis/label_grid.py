"""Which of many polygons each of many points lies in: a grid of labels, exact tests where needed.

A cell wholly inside one polygon carries its label; only in cells that an edge touches is a point
tested, against the edges at its height of the few polygons there. What rounding could decide
wrongly (a point within about 1e-16 of an edge, in relation) is left to GEOS, so answers equal
`shapely.intersects`.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from civgeo.analysis.kernels.label_grid import EMPTY, UNSURE, built, labelled
from civgeo.errors import InvalidInput

__all__ = ["LabelGrid"]

_POLYGON, _MULTIPOLYGON = 3, 6
_MISSING: Final = -1
CELLS_PER_EDGE = 4.0
FEWEST_CELLS, MOST_CELLS = 4_096, 16_000_000
LONGEST_LISTS = 4_000_000
"""Most edges listed by row beyond three for each edge, and most cells swept beyond the grid's."""

ALONE = 100_000
"""Points from which two threads label them."""

Floats = NDArray[np.float64]


class LabelGrid:
    """Polygons prepared for finding which of them many points lie in.

    A point lies in a polygon when it is inside or on its edge. Of several polygons the first in
    the order of `polygons` has it: a point on a shared border belongs to the earlier one, and so
    does a point where polygons overlap.

    Parameters
    ----------
    polygons
        Polygons and multipolygons with their holes, in any one plane or geographic system; edges
        are straight in it. Null and empty ones hold nothing. Of an invalid one each part counts
        by itself, even-odd.

    Raises
    ------
    InvalidInput
        ``bad_geometry`` for other geometries, and coordinates that are not finite.
    """

    def __init__(self, polygons: gpd.GeoSeries) -> None:
        shapes = polygons.to_numpy()
        kinds = shapely.get_type_id(shapes)
        wrong = ~np.isin(kinds, (_MISSING, _POLYGON, _MULTIPOLYGON))
        if wrong.any():
            name = polygons.index[int(np.flatnonzero(wrong)[0])]
            text = f"编号“{name}”的图形不是面：按范围归类只用 Polygon 和 MultiPolygon"
            raise InvalidInput(text, code="bad_geometry")
        self._shapes = shapes
        self._tree: shapely.STRtree | None = None
        self._prepare()

    def _prepare(self) -> None:
        parts, label = shapely.get_parts(self._shapes, return_index=True)
        drawn = ~shapely.is_empty(parts)
        parts, label = parts[drawn], label[drawn]
        rings, part_of = shapely.get_rings(parts, return_index=True)
        points = shapely.get_coordinates(rings)
        self._is_empty = not len(points)
        if self._is_empty:
            return
        if not np.isfinite(points).all():
            raise InvalidInput("面的坐标不是有限的数字，请先改正图形", code="bad_geometry")
        self._place = points
        ring_start = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(rings))))
        part_ring = np.searchsorted(part_of, np.arange(len(parts) + 1))
        bounds = shapely.bounds(parts)
        (west, south), (east, north) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        self._bounds = tuple(map(float, (west, south, east, north)))
        self._frame = self._framed(bounds)
        per_x, per_y = self._frame[2:]
        self._size = int((north - south) * per_y) + 1, int((east - west) * per_x) + 1
        low, top = (((bounds[:, side] - south) * per_y).astype(np.int64) for side in (1, 3))
        row_start = np.concatenate(([0], np.cumsum(top - low + 1)))
        pad = tuple(
            1e-6 / each + 8 * float(np.spacing(max(abs(one), abs(other))))
            for each, one, other in ((per_x, west, east), (per_y, south, north))
        )
        self._held = built(
            *(points, ring_start, part_ring, label.astype(np.int32), low, row_start),
            *(*self._size, self._frame, pad),
        )

    def _framed(self, bounds: Floats) -> tuple[float, float, float, float]:
        """West, south, columns and rows per unit.

        Cells are about square; there are fewer of them where edges or outlines are so long that
        the lists of edges by row, or the sweeps over the outlines' cells, would grow too long.
        """
        west, south, east, north = self._bounds
        width, height = (side if side > 0 else 1.0 for side in (east - west, north - south))
        edges = len(self._place)
        run, rise = (float(np.abs(np.diff(column)).sum()) for column in self._place.T)
        spread = ((bounds[:, 2:] - bounds[:, :2]) / (width, height)).prod(axis=1).sum()
        cells = float(np.clip(CELLS_PER_EDGE * edges, FEWEST_CELLS, MOST_CELLS))
        cells = min(cells, (MOST_CELLS + LONGEST_LISTS) / max(float(spread), 1.0))
        most = 2.0 * edges + LONGEST_LISTS
        finest = [
            size / (1_000 * float(np.spacing(max(abs(low), abs(high)))))
            for size, low, high in ((width, west, east), (height, south, north))
        ]
        square = np.sqrt(cells * width / height), np.sqrt(cells * height / width)
        longest = most * width / max(run, width), most * height / max(rise, height)
        columns, rows = (
            max(int(min(wanted, allowed, fine, cells)), 1)
            for wanted, allowed, fine in zip(square, longest, finest, strict=True)
        )
        return west, south, columns / width, rows / height

    def label(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """Position in the series of the polygon that each point lies in.

        Parameters
        ----------
        x, y
            Coordinates in the system of the polygons.

        Returns
        -------
        int32 array
            -1 for a point in none, and for one without a place (NaN).
        """
        x, y = (np.require(values, np.float64, ["C", "W"]) for values in (x, y))
        result = np.full(len(x), EMPTY, np.int32)
        if self._is_empty or not len(x):
            return result
        if len(x) < ALONE:
            self._label_some(x, y, result)
        else:
            halves = slice(None, len(x) // 2), slice(len(x) // 2, None)
            with ThreadPoolExecutor(2) as pool:
                list(
                    pool.map(lambda half: self._label_some(x[half], y[half], result[half]), halves)
                )
        unsure = np.flatnonzero(result == UNSURE)
        if unsure.size:
            result[unsure] = self._by_geos(x[unsure], y[unsure])
        return result

    def _label_some(self, x: Floats, y: Floats, result: NDArray[np.int32]) -> None:
        (rows, columns), (cell, entries, items) = self._size, self._held
        grid = (rows, columns, cell, entries, items)
        labelled(x, y, self._place, self._bounds, self._frame, *grid, result)

    def _by_geos(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        if self._tree is None:
            self._tree = shapely.STRtree(self._shapes)
        point, polygon = self._tree.query(shapely.points(x, y), predicate="intersects")
        found = np.full(len(x), len(self._shapes), np.int64)
        np.minimum.at(found, point, polygon)
        found[found == len(self._shapes)] = EMPTY
        return found.astype(np.int32)
