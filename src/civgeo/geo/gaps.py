"""Faces between loose edges: areas that no polygon of a layer covers, or that several do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from civgeo.geo.edges import GRID_DEG, Cuts, Edges, degrees, on_grid
from civgeo.geo.ground import Shapes, places_of, points_at

__all__ = ["Faces", "faces_between", "shapes_around"]

BESIDE_DEG = 1e-8


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces that are not covered exactly once.

    Parameters
    ----------
    bare
        Gaps: no shape covers them.
    crowded
        Two shapes or more cover them; rarely also a face that only seems so.
    """

    bare: Shapes
    crowded: Shapes


def faces_between(edges: Edges, found: Cuts, shapes: Shapes) -> Faces:
    """Faces enclosed by loose edges, on the grid of 1e-9 degree (0.1 mm).

    Coverage changes only across loose edges, so each face is covered the same number of times
    throughout, and one point tells. The grid closes hairlines of floating point, through which a
    gap would otherwise open to the outside.

    Parameters
    ----------
    edges
        Edges of `shapes`.
    found
        Cuts of its loose segments.
    shapes
        Valid polygons and multipolygons in degrees, or None.
    """
    crossing = edges.lines(np.flatnonzero(edges.loose & found.cut))
    noded = shapely.get_parts(shapely.union_all(crossing, grid_size=GRID_DEG))
    lines = np.concatenate([_runs(edges, found), on_grid(noded)])
    faces = np.asarray(shapely.get_parts(shapely.polygonize(lines)), dtype=object)
    inside = points_at(places_of(faces))
    shape, face = shapely.STRtree(inside).query(shapes, predicate="intersects")
    hits = np.bincount(face, minlength=len(faces))
    several = hits[face] > 1
    shape, face = shape[several], face[several]
    beside = ~shapely.contains(shapes[shape], inside[face])
    on_border = np.bincount(face[beside], minlength=len(faces))
    # on a border that two shapes share, both are hit and together cover the point once
    return Faces(faces[hits == 0], faces[hits - on_border + on_border // 2 > 1])


def _runs(edges: Edges, found: Cuts) -> Shapes:
    """Loose segments that were not cut, joined along their rings where no other one meets them."""
    chosen = edges.loose
    row = np.flatnonzero((chosen & ~found.cut)[edges.segment])
    row = row[np.sort(np.unique(edges.segment[row], return_index=True)[1])]
    start, end = edges.start[row], edges.end[row]
    meeting = np.bincount(np.concatenate([edges.low[chosen], edges.high[chosen]]))
    last = np.ones(len(row), dtype=bool)
    last[:-1] = (end[:-1] != start[1:]) | (meeting[end[:-1]] != 2)
    run = np.cumsum(last) - last
    corner, owner = np.concatenate([start, end[last]]), np.concatenate([run, run[last]])
    order = np.argsort(owner, kind="stable")
    lines = shapely.linestrings(degrees(edges.units[corner[order]]), indices=owner[order])
    return np.asarray(lines, dtype=object)


def shapes_around(gaps: Shapes, edges: Edges) -> list[tuple[int, ...]]:
    """Numbers of the shapes beside each gap, the one with the longest side first."""
    points, owners = shapely.get_coordinates(gaps, return_index=True)
    same = owners[:-1] == owners[1:]
    middles = points_at((points[:-1] + points[1:])[same] / 2)
    lengths = np.hypot(*(points[1:] - points[:-1])[same].T)
    segments = np.flatnonzero(edges.loose)
    tree = shapely.STRtree(edges.lines(segments))
    side, line = tree.query(middles, predicate="dwithin", distance=BESIDE_DEG)
    near = pd.DataFrame({"side": side, "segment": segments[line]})
    loose = edges.loose[edges.segment]
    ours = pd.DataFrame({"segment": edges.segment[loose], "shape": edges.shape[loose]})
    beside = near.merge(ours, on="segment").drop_duplicates(["side", "shape"])
    beside = beside.assign(gap=owners[:-1][same][beside["side"]], length=lengths[beside["side"]])
    sides = beside.groupby(["gap", "shape"])["length"].sum().reset_index()
    sides = sides.sort_values(["gap", "length"], ascending=[True, False], kind="stable")
    bounds = np.searchsorted(sides["gap"].to_numpy(), np.arange(1, len(gaps)))
    around = np.split(sides["shape"].to_numpy(), bounds)
    return [tuple(part.tolist()) for part in around[: len(gaps)]]
