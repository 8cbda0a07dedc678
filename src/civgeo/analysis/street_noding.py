"""Lines of streets cut where they meet: at vertices that they share, and nowhere else.

Lines that cross without a vertex in common stay apart, so a bridge does not join the street below.
Where a line layer does give both a vertex there, the level tells: see `node_streets`.
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.walk_network import Floats, StreetEdges
from civgeo.errors import CrsError
from civgeo.geo.crs import CrsName, require_crs, transform_points

__all__ = ["KEY_DEG", "KEY_M", "NodingReport", "node_streets"]

KEY_DEG = 1e-7
"""Vertices are one where their coordinates round to the same multiple, degrees."""

KEY_M = 0.01
"""The same for a layer in metres."""

_LINES = (1, 2)
_MULTI = (5, 7)
_HIGHEST = 100
_NO = ("", "no", "n", "f", "false", "0", "否", "无")

_Wholes = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NodingReport:
    """What became of the lines.

    Parameters
    ----------
    lines
        Rows given.
    parts
        Lines that were cut, after multi-lines were taken apart.
    missing, not_lines, not_finite, no_length
        Left out: rows without a geometry, parts that are no lines, parts with a coordinate that is
        not a finite number, parts whose vertices are all one.
    off_ground
        Parts on another level than the ground.
    held_apart
        Vertices inside a bridge or tunnel that lie on a vertex of another level and do not join it.
    duplicates
        Edges drawn twice, of which one is kept.
    """

    lines: int
    parts: int
    missing: int
    not_lines: int
    not_finite: int
    no_length: int
    off_ground: int
    held_apart: int
    duplicates: int

    @property
    def dropped(self) -> int:
        """Rows and parts that were left out."""
        return self.missing + self.not_lines + self.not_finite + self.no_length


@dataclass(frozen=True, slots=True, eq=False)
class _Vertices:
    """Vertices of all lines one after another: line, place, and whether the line ends there."""

    line: _Wholes
    place: _Wholes
    is_end: _Flags


def node_streets(
    streets: gpd.GeoDataFrame | gpd.GeoSeries, epsg: int
) -> tuple[StreetEdges, NodingReport]:
    """Streets cut at their junctions, in the metric zone `epsg`.

    Two vertices are one where they agree within `KEY_DEG` (`KEY_M` in a layer in metres). One that
    only a single line has, inside it, is a shape point and no junction. A vertex inside a line off
    the ground joins vertices of its own level only, unless a line off the ground ends there (an
    abutment), or a single line of the ground ends there (stairs).

    Parameters
    ----------
    streets
        Lines in degrees or metres of CGCS2000 or WGS 84. Columns, each optional: ``level`` (0 the
        ground, above for bridges, below for tunnels), ``bridge`` and ``tunnel`` (yes or no), which
        count where the level is 0 or missing.
    epsg
        Zone of the result.

    Raises
    ------
    CrsError
        When the layer has no coordinate system, or one that cannot be converted.
    """
    frame = streets if isinstance(streets, gpd.GeoDataFrame) else gpd.GeoDataFrame(geometry=streets)
    source = _system(frame)
    shapes, row, counts = _parts(frame.geometry.to_numpy())
    xy, line = shapely.get_coordinates(shapes, return_index=True)
    finite = np.isfinite(xy).all(axis=1)
    broken = np.unique(line[~finite])
    kept = ~np.isin(line, broken) if broken.size else finite
    xy, line = xy[kept], line[kept]
    place, first = _places(xy, KEY_DEG if source.is_geographic else KEY_M)
    vertices = _without_repeats(line, place)
    lengths = np.unique(vertices.line)
    level = _levels(frame)[row]
    node, held_apart = _nodes(vertices, level)
    place_xy = _in_zone(xy[first], source, epsg)
    edges, duplicates = _cut(vertices, node, level, place_xy)
    report = NodingReport(
        lines=len(frame),
        parts=len(lengths),
        missing=counts[0],
        not_lines=counts[1],
        not_finite=len(broken),
        no_length=len(shapes) - len(broken) - len(lengths),
        off_ground=int((level[lengths] != 0).sum()),
        held_apart=held_apart,
        duplicates=duplicates,
    )
    return edges, report


def _system(frame: gpd.GeoDataFrame) -> CrsName:
    number = require_crs(frame).to_epsg()
    if number is None:
        text = "路网图层的坐标系没有 EPSG 编号：请用 --crs 写明，如 EPSG:4490"
        raise CrsError(text, code="crs_unknown")
    return CrsName.parse(f"EPSG:{number}")


def _parts(
    shapes: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], _Wholes, tuple[int, int]]:
    """Single lines, their rows, and how many rows are missing and parts are no lines."""
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    row = np.flatnonzero(~missing)
    parts = shapes[row]
    while np.isin(shapely.get_type_id(parts), _MULTI).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        row = row[inner]
    fit = np.isin(shapely.get_type_id(parts), _LINES)
    return parts[fit], row[fit], (int(missing.sum()), int((~fit).sum()))


def _levels(frame: gpd.GeoDataFrame) -> npt.NDArray[np.int8]:
    """Level of each row."""
    level = np.zeros(len(frame), dtype=np.int8)
    if "level" in frame.columns:
        given = pd.to_numeric(frame["level"], errors="coerce").fillna(0).clip(-_HIGHEST, _HIGHEST)
        level = np.rint(given.to_numpy(dtype=np.float64)).astype(np.int8)
    for name, own in (("bridge", 1), ("tunnel", -1)):
        if name in frame.columns:
            level[(level == 0) & _says_yes(frame[name])] = own
    return level


def _says_yes(values: "pd.Series[Any]") -> _Flags:
    texts = values.fillna("").astype(str).str.strip().str.lower()
    yes: _Flags = (~texts.isin([*_NO, "nan", "none"])).to_numpy(dtype=bool)
    return yes


def _places(xy: Floats, step: float) -> tuple[_Wholes, _Wholes]:
    """Number of the place of each vertex, and the first vertex of each place."""
    if not len(xy):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    whole = np.rint(xy / step).astype(np.int64)
    whole -= whole.min(axis=0)
    key = (whole[:, 0] << 32) | whole[:, 1]
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return place, first


def _without_repeats(line: _Wholes, place: _Wholes) -> _Vertices:
    """Vertices without those that repeat the one before, of lines that still have two."""
    new_line = np.diff(line, prepend=-1) != 0
    kept = new_line | (np.diff(place, prepend=-1) != 0)
    line, place = line[kept], place[kept]
    if not len(line):
        return _Vertices(line, place, np.zeros(0, dtype=bool))
    long = np.bincount(line)[line] > 1
    line, place = line[long], place[long]
    starts = np.diff(line, prepend=-1) != 0
    ends = np.diff(line, append=-1) != 0
    return _Vertices(line, place, starts | ends)


def _nodes(vertices: _Vertices, level: npt.NDArray[np.int8]) -> tuple[_Wholes, int]:
    """What each vertex is joined under, and how many vertices are held apart from another level."""
    place, is_end = vertices.place, vertices.is_end
    aloft = level[vertices.line] != 0
    places = int(place.max()) + 1 if len(place) else 0
    abutment = np.bincount(place[aloft & is_end], minlength=places) > 0
    grounded = np.bincount(place[~aloft], minlength=places)
    stairs = (grounded == 1) & (np.bincount(place[~aloft & is_end], minlength=places) == 1)
    apart = aloft & ~is_end & ~(abutment | stairs)[place]
    node = place.copy()
    if apart.any():
        own = place[apart] * 256 + (level[vertices.line[apart]].astype(np.int64) + 128)
        node[apart] = places + np.unique(own, return_inverse=True)[1]
    return node, int((apart & (grounded > 0)[place]).sum()) if places else 0


def _cut(
    vertices: _Vertices, node: _Wholes, level: npt.NDArray[np.int8], place_xy: Floats
) -> tuple[StreetEdges, int]:
    """Edges between junctions, and how many were dropped because they repeat another."""
    used = np.bincount(node)[node] > 1 if len(node) else np.zeros(0, dtype=bool)
    at = np.flatnonzero(used | vertices.is_end)
    same = vertices.line[at[:-1]] == vertices.line[at[1:]]
    start, end = at[:-1][same], at[1:][same]
    fresh = _first_of_each(vertices, node, level, start, end)
    kept_start, kept_end = start[fresh], end[fresh]
    junctions, numbered = np.unique(
        np.concatenate([node[kept_start], node[kept_end]]), return_inverse=True
    )
    where = np.zeros(int(node.max()) + 1 if len(node) else 0, dtype=np.int64)
    where[node] = vertices.place
    corners = kept_end - kept_start + 1
    shape_start = np.concatenate([[0], np.cumsum(corners)]).astype(np.int64)
    inside = np.arange(shape_start[-1]) - np.repeat(shape_start[:-1], corners)
    shape = vertices.place[np.repeat(kept_start, corners) + inside]
    middle = len(kept_start)
    edges = StreetEdges(
        node_x=place_xy[where[junctions], 0],
        node_y=place_xy[where[junctions], 1],
        start=numbered[:middle].astype(np.int32),
        end=numbered[middle:].astype(np.int32),
        shape_start=shape_start,
        shape_xy=place_xy[shape],
        level=level[vertices.line[kept_start]],
    )
    return edges, len(start) - middle


def _first_of_each(
    vertices: _Vertices,
    node: _Wholes,
    level: npt.NDArray[np.int8],
    start: _Wholes,
    end: _Wholes,
) -> _Wholes:
    """Edges without those that repeat another: same ends, level, and vertices in either order."""
    if not len(start):
        return np.zeros(0, dtype=np.int64)
    with np.errstate(over="ignore"):
        mixed = vertices.place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        along = np.concatenate([[np.uint64(0)], np.cumsum(mixed, dtype=np.uint64)])
        sums = (along[end + 1] - along[start]).view(np.int64)
    ends = np.sort(np.column_stack([node[start], node[end]]), axis=1)
    told = np.column_stack([ends, sums, level[vertices.line[start]].astype(np.int64), end - start])
    order = np.lexsort(told.T[::-1])
    changed = (np.diff(told[order], axis=0) != 0).any(axis=1)
    return np.sort(order[np.concatenate([[True], changed])])


def _in_zone(xy: Floats, source: CrsName, epsg: int) -> Floats:
    target = CrsName.parse(f"EPSG:{epsg}")
    if source == target or not len(xy):
        return xy
    return np.column_stack(transform_points(xy[:, 0], xy[:, 1], source, target))
