"""Areas that no polygon of a layer covers and that its polygons enclose."""

import numpy as np
import pandas as pd
import shapely

from civgeo.geo.datum import Floats
from civgeo.geo.ground import Shapes, places_of, points_at
from civgeo.geo.junctions import GRID_DEG

__all__ = ["enclosed_gaps", "shapes_around"]

BESIDE_DEG = 1e-8


def enclosed_gaps(shapes: Shapes) -> Shapes:
    """Gaps between `shapes`, each a polygon; on a grid of 1e-9 degree (0.1 mm).

    An edge that two shapes run along, one on each side, bounds no gap. Only the edges that are
    left, the outer edge of the layer among them, are split at their crossings and turned into
    faces; a face without any shape on it is a gap. The grid closes hairlines of floating point,
    through which a gap would otherwise open to the outside.

    Parameters
    ----------
    shapes
        Valid polygons and multipolygons in degrees, or None.
    """
    lines = shapely.linestrings(_loose_edges(shapes))
    noded = shapely.union_all(lines, grid_size=GRID_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = points_at(places_of(faces))
    covered = shapely.STRtree(shapes).query(inside, predicate="intersects")[0]
    bare = np.ones(len(faces), dtype=bool)
    bare[covered] = False
    return np.asarray(faces[bare], dtype=object)


def _loose_edges(shapes: Shapes) -> Floats:
    """Edges that do not run both ways exactly once, array (n, 2, 2), rounded to the grid."""
    polygons = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    rings = shapely.get_rings(shapely.orient_polygons(polygons))
    places, owners = shapely.get_coordinates(rings, return_index=True)
    units = np.rint(places / GRID_DEG)
    corners, numbers = np.unique(units[:, 0] + 1j * units[:, 1], return_inverse=True)
    start, end = numbers[:-1], numbers[1:]
    real = (owners[:-1] == owners[1:]) & (start != end)
    start, end = start[real], end[real]
    low, high = np.minimum(start, end), np.maximum(start, end)
    _, edge, times = np.unique(low * len(corners) + high, return_inverse=True, return_counts=True)
    turns = np.bincount(edge, weights=np.where(start < end, 1.0, -1.0), minlength=len(times))
    loose = ~((times == 2) & (turns == 0))[edge]
    at = np.column_stack([corners.real, corners.imag]) * GRID_DEG
    return np.stack([at[start[loose]], at[end[loose]]], axis=1)


def shapes_around(gaps: Shapes, shapes: Shapes) -> list[tuple[int, ...]]:
    """Numbers of the shapes beside each gap, the one with the longest side first."""
    points, owners = shapely.get_coordinates(gaps, return_index=True)
    same = owners[:-1] == owners[1:]
    middles = points_at((points[:-1] + points[1:])[same] / 2)
    lengths = np.hypot(*(points[1:] - points[:-1])[same].T)
    edge, shape = shapely.STRtree(shapes).query(middles, predicate="dwithin", distance=BESIDE_DEG)
    beside = pd.DataFrame({"gap": owners[:-1][same][edge], "shape": shape, "length": lengths[edge]})
    sides = beside.groupby(["gap", "shape"])["length"].sum().reset_index()
    sides = sides.sort_values(["gap", "length"], ascending=[True, False], kind="stable")
    gap, around = sides["gap"].to_numpy(), sides["shape"].to_numpy()
    return [tuple(around[gap == number].tolist()) for number in range(len(gaps))]
