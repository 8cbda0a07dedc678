"""Geometries as flat arrays of corners over a grid, as the kernels take them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.ground_grid import Floats, GroundGrid
from civgeo.errors import InvalidInput

__all__ = ["FlatShapes"]

_POLYGON, _FIRST_COLLECTION = 3, 4
_BLOCK = 64

_Starts = npt.NDArray[np.int64]
_Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class FlatShapes:
    """Corners of geometries, metres east and south of the north-west corner of a grid.

    Parameters
    ----------
    areas
        Corners of the rings of all polygons, first corner of each ring, first ring of each polygon.
    lines
        Corners of all points, lines and rings, first corner of each.
    """

    areas: tuple[Floats, _Starts, _Starts]
    lines: tuple[Floats, _Starts]

    @classmethod
    def of(cls, shapes: _Shapes, grid: GroundGrid, reach_m: float, name: str) -> "FlatShapes":
        """Those of `shapes` that come within `reach_m` of `grid`; null and empty ones are nothing.

        Raises
        ------
        InvalidInput
            For coordinates that are not finite; `name` says in which layer.
        """
        parts = _simple(shapes)
        bounds = shapely.bounds(parts)
        if not np.isfinite(bounds).all():
            text = f"图层“{name}”有坐标不是有限的数字，请先改正图形"
            raise InvalidInput(text, code="bad_geometry")
        south = grid.north - grid.rows * grid.cell_m
        east = grid.west + grid.columns * grid.cell_m
        near = np.flatnonzero(
            (bounds[:, 0] <= east + reach_m)
            & (bounds[:, 2] >= grid.west - reach_m)
            & (bounds[:, 1] <= grid.north + reach_m)
            & (bounds[:, 3] >= south - reach_m)
        )
        # row by row of blocks, so that what is marked together lies together in memory
        block = np.floor(bounds[near, 3] / (_BLOCK * grid.cell_m))
        parts = parts[near[np.lexsort((bounds[near, 0], -block))]]
        is_area = shapely.get_type_id(parts) == _POLYGON
        rings, polygon = shapely.get_rings(parts[is_area], return_index=True)
        polygon_ring = np.searchsorted(polygon, np.arange(int(is_area.sum()) + 1))
        inner = grid.local(shapely.get_coordinates(rings)), _starts(rings)
        lines = np.concatenate([rings, parts[~is_area]])
        return cls(
            (*inner, polygon_ring.astype(np.int64)),
            (grid.local(shapely.get_coordinates(lines)), _starts(lines)),
        )


def _simple(shapes: _Shapes) -> _Shapes:
    """Points, lines and polygons that the geometries consist of."""
    while True:
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if not (shapely.get_type_id(shapes) >= _FIRST_COLLECTION).any():
            return shapes
        shapes = shapely.get_parts(shapes)


def _starts(lines: _Shapes) -> _Starts:
    starts: _Starts = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))])
    return starts.astype(np.int64)
