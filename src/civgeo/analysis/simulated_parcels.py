"""Polygons of a raster of classes: a coverage without gaps and overlaps, its stairs smoothed."""

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.simulated_lines import Numbers, Points, Shapes, way_shapes

__all__ = ["parcels"]

Values = npt.NDArray[np.int32]

NOTHING = -1
GRID_M = 0.01
SMOOTH = 1.2


def parcels(values: Values, grid: GroundGrid, area: BaseGeometry) -> tuple[Shapes, Numbers]:
    """Connected cells of one value as polygons, cut off at an outline.

    Parameters
    ----------
    values
        Of each cell of the grid; -1 where there is none. Where polygons are to reach the outline,
        four cells beyond it need one too.
    grid
        The cells.
    area
        Outline, in the zone.

    Returns
    -------
    shapes, values
        Polygons in the zone that share their corners, and the value of each.
    """
    walls = np.concatenate([_walls(values), _walls(values.T)[:, ::-1, ::-1]])
    corners = (grid.west, grid.north) + walls * (grid.cell_m, -grid.cell_m)
    faces = shapely.get_parts(shapely.polygonize(way_shapes(corners)))
    row, column = grid.cells_of(*shapely.get_coordinates(shapely.point_on_surface(faces)).T)
    value = values[row, column]
    there = value > NOTHING
    smooth = shapely.coverage_simplify(faces[there], SMOOTH * grid.cell_m)
    return _cut(smooth, value[there].astype(np.int64), area)


def _walls(values: Values) -> Points:
    """Upright lines between cells of different values, column and row of both ends."""
    framed = np.pad(values, ((0, 0), (1, 1)), constant_values=NOTHING)
    left, right = framed[:, :-1].T, framed[:, 1:].T
    wall = left != right
    same = np.zeros_like(wall)
    same[:, 1:] = (left[:, 1:] == left[:, :-1]) & (right[:, 1:] == right[:, :-1])
    begins, ends = wall & ~same, wall.copy()
    ends[:, :-1] &= ~same[:, 1:]
    column, first = np.nonzero(begins)
    last = np.nonzero(ends)[1] + 1
    return np.stack([np.column_stack([column, first]), np.column_stack([column, last])], axis=1)


def _cut(shapes: Shapes, values: Numbers, area: BaseGeometry) -> tuple[Shapes, Numbers]:
    shapely.prepare(area)
    kept = shapely.intersects(area, shapes)
    shapes, values = shapes[kept], values[kept]
    over = ~shapely.contains(area, shapes)
    inner = shapely.intersection(shapes[over], area, grid_size=GRID_M)
    parts, number = shapely.get_parts(inner, return_index=True)
    areas = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return (
        np.concatenate([shapes[~over], parts[areas]]),
        np.concatenate([values[~over], values[over][number[areas]]]),
    )
