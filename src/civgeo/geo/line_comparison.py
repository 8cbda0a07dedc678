"""Two drawings of one line compared: shared, apart, crossing, each stretch with place and measure.

Shared is what both run along within 0.1 mm. Between two places where they meet, the lines are
apart: the greatest distance (of a corner of either from the other line), the mean distance (area
between them over the mean of their lengths) and the area are measured on the plane of the first
line's zone and divided by the mean scale along both.
"""

from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.geo.boundary_line import Route
from civgeo.geo.datum import Floats
from civgeo.geo.edges import Mask
from civgeo.geo.ground import DENSE_DEG, Shapes, in_metres, points_at
from civgeo.geo.index import Numbers
from civgeo.geo.line_markers import LEFT, RIGHT
from civgeo.geo.line_matching import Drawing, Stretches, drawings, matched

__all__ = ["Claim", "LineComparison", "StretchKind", "compare_lines"]


class StretchKind(StrEnum):
    """How two lines lie to each other along a stretch."""

    SHARED = "shared"
    APART = "apart"


class Claim(StrEnum):
    """What two neighbours make of the area between their drawings."""

    OVERLAP = "overlap"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class LineComparison:
    """What was found.

    Parameters
    ----------
    stretches
        EPSG:4490, in route order of the first line: ``kind`` (`StretchKind`), ``side`` (of the
        second line from the first: ``left``, ``right``; None where shared, and where one line goes
        on alone), ``claim`` (`Claim` or None), ``open`` (whether it has an end where the lines do
        not meet; its area is then closed by a straight line), ``start_m``, ``end_m``,
        ``other_start_m``, ``other_end_m`` (chainages), ``length_m``, ``other_length_m``,
        ``greatest_m``, ``mean_m``, ``area_m2`` (0 where shared), geometry LINESTRING on the first
        line (None where it has no length there), ``other`` LINESTRING on the second.
    crossings
        EPSG:4490: ``chainage_m`` on the first line, geometry POINT: where the second line changes
        sides.
    """

    stretches: gpd.GeoDataFrame
    crossings: gpd.GeoDataFrame

    @property
    def apart(self) -> gpd.GeoDataFrame:
        """Stretches where the lines are apart."""
        return self.stretches[self.stretches["kind"] == StretchKind.APART.value]

    @property
    def shared_m(self) -> float:
        """Length that both share, metres."""
        return float(self.stretches["length_m"].sum() - self.apart["length_m"].sum())

    @property
    def area_m2(self) -> float:
        """Area between the lines, m2."""
        return float(self.stretches["area_m2"].sum())

    @property
    def greatest_m(self) -> float:
        """Greatest distance between the lines, metres."""
        return float(self.stretches["greatest_m"].max())


def compare_lines(one: Route, other: Route, *, owner_side: str | None = None) -> LineComparison:
    """The stretches that two drawings of one line share, and those where they are apart.

    Parameters
    ----------
    one, other
        The drawings, `civgeo.geo.boundary_line.route_of` of each; direction does not matter.
    owner_side
        Side of the first line, ``left`` or ``right``, on which the division lies that drew it; the
        second is taken to be its neighbour's. Then areas between are told as claimed by both or by
        nobody.

    Raises
    ------
    CrsError
        When a line lies far from the first one's zone.
    """
    first, second = drawings(one, other)
    found = matched(first, second)
    ours = _lines(first, found.one_start, found.one_end)
    theirs = _lines(second, found.other_start, found.other_end)
    lengths = first.chainage_m[found.one_end] - first.chainage_m[found.one_start]
    other_lengths = second.chainage_m[found.other_end] - second.chainage_m[found.other_start]
    area, side = _between(first, second, found, one)
    alone = (lengths == 0) | (other_lengths == 0)
    side[alone], area[alone] = None, 0.0
    scale = 1.0 + (one.scale_error + other.scale_error) / 2
    area /= scale**2
    columns: dict[str, object] = {
        "kind": np.where(found.shared, StretchKind.SHARED.value, StretchKind.APART.value),
        "side": pd.Series(side, dtype=object),
        "claim": pd.Series([_claim(each, owner_side) for each in side], dtype=object),
        "open": found.open & ~found.shared,
        "start_m": first.chainage_m[found.one_start],
        "end_m": first.chainage_m[found.one_end],
        "other_start_m": second.chainage_m[found.other_start],
        "other_end_m": second.chainage_m[found.other_end],
        "length_m": lengths,
        "other_length_m": other_lengths,
        "greatest_m": _greatest_between(ours, theirs, found, one, other) / scale,
        "mean_m": 2.0 * area / (lengths + other_lengths),
        "area_m2": area,
        "other": gpd.GeoSeries(theirs, crs=4490),
    }
    stretches = gpd.GeoDataFrame(columns, geometry=ours, crs=4490)
    return LineComparison(stretches, _crossings(first, found, side))


def _between(
    first: Drawing, second: Drawing, found: Stretches, one: Route
) -> tuple[Floats, Shapes]:
    """Area on the plane between the lines of each stretch, and the side of the second line."""
    area, side = np.zeros(len(found.shared)), np.full(len(found.shared), None, dtype=object)
    apart = np.flatnonzero(~found.shared)
    if len(apart):
        ways = np.asarray(shapely.segmentize(_rings(first, second, found, apart), DENSE_DEG))
        area[apart], left = _areas(in_metres(ways, one.zone))
        side[apart] = np.where(left, LEFT, RIGHT)
    return area, side


def _greatest_between(
    ours: Shapes, theirs: Shapes, found: Stretches, one: Route, other: Route
) -> Floats:
    """Greatest distance on the plane of a corner of either line from the other, each stretch."""
    greatest = np.zeros(len(found.shared))
    apart = np.flatnonzero(~found.shared)
    if len(apart):
        greatest[apart] = np.maximum(
            _greatest(ours[apart], _metric_edges(other, one), one),
            _greatest(theirs[apart], _metric_edges(one, one), one),
        )
    return greatest


def _claim(side: str | None, owner_side: str | None) -> str | None:
    if side is None or owner_side is None:
        return None
    return Claim.OVERLAP.value if side == owner_side else Claim.GAP.value


def _lines(line: Drawing, start: Numbers, end: Numbers) -> Shapes:
    """Stretches of a line from one position of its chain to another; None without length."""
    counts = end - start + 1
    rows = np.repeat(start, counts) + _within(counts)
    owner = np.repeat(np.arange(len(counts)), counts)
    real = counts > 1
    lines = np.full(len(counts), None, dtype=object)
    keep = real[owner]
    if real.any():
        number = np.cumsum(real)[owner[keep]] - 1
        lines[real] = shapely.linestrings(line.places[rows[keep]], indices=number)
    return lines


def _within(counts: Numbers) -> Numbers:
    """0, 1, 2 … within each group of so many."""
    return np.asarray(np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts))


def _rings(one: Drawing, other: Drawing, found: Stretches, apart: Numbers) -> Shapes:
    """Closed ways out along the first line and back along the second, as lines in degrees."""
    out, back = found.one_start[apart], found.other_end[apart]
    there = found.one_end[apart] - out + 1
    again = back - found.other_start[apart] + 1
    counts = there + again + 1
    within, number = _within(counts), np.repeat(np.arange(len(apart)), counts)
    within[within == counts[number] - 1] = 0  # closed by the place it began at
    outward = within < there[number]
    places = np.empty((len(within), 2))
    places[outward] = one.places[(out[number] + within)[outward]]
    places[~outward] = other.places[(back[number] - (within - there[number]))[~outward]]
    return np.asarray(shapely.linestrings(places, indices=number), dtype=object)


def _areas(ways: Shapes) -> tuple[Floats, Mask]:
    """Area of all faces of each closed way, and whether it runs counterclockwise."""
    places, number = shapely.get_coordinates(ways, return_index=True)
    rings = np.asarray(shapely.linearrings(places, indices=number), dtype=object)
    polygons = np.asarray(shapely.polygons(rings), dtype=object)
    area = np.asarray(shapely.area(polygons), dtype=np.float64)
    twisted = np.flatnonzero(~shapely.is_valid(polygons))
    if twisted.size:
        noded = shapely.node(rings[twisted])
        faces = [shapely.area(shapely.polygonize([each])) for each in np.atleast_1d(noded)]
        area[twisted] = faces
    return area, np.asarray(shapely.is_ccw(rings), dtype=bool)


def _metric_edges(route: Route, first: Route) -> shapely.STRtree:
    """Edges of a line on the plane of the first."""
    plane = route.plane
    if route.zone != first.zone:
        lines = shapely.linestrings(route.places)
        plane = shapely.get_coordinates(in_metres(np.array([lines], dtype=object), first.zone))
    ends = np.stack([plane[:-1], plane[1:]], axis=1)
    return shapely.STRtree(np.asarray(shapely.linestrings(ends), dtype=object))


def _greatest(stretches: Shapes, tree: shapely.STRtree, first: Route) -> Floats:
    """Greatest distance of a corner of each stretch from the other line, metres of the plane."""
    metric = in_metres(stretches, first.zone)
    places, owner = shapely.get_coordinates(metric, return_index=True)
    found = np.zeros(len(stretches))
    if len(places):
        pairs, distance = tree.query_nearest(
            points_at(places), return_distance=True, all_matches=False
        )
        np.maximum.at(found, owner[pairs[0]], distance)
    return found


def _crossings(line: Drawing, found: Stretches, side: Shapes) -> gpd.GeoDataFrame:
    """Where the side changes from one stretch apart to the next."""
    apart = np.flatnonzero(np.isin(side, [LEFT, RIGHT]))
    turned = apart[:-1][side[apart[:-1]] != side[apart[1:]]]
    at = found.one_end[turned]
    return gpd.GeoDataFrame(
        {"chainage_m": line.chainage_m[at]}, geometry=points_at(line.places[at]), crs=4490
    )
