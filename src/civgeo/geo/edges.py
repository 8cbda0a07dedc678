"""Edges of the outlines of a layer: which run along each other, and where others meet them.

In a good layer neighbours run along each other corner by corner. Such edges are matched by their
corners alone, all at once; geometry is asked only about the loose edges that are left over.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.geo.datum import Floats
from civgeo.geo.ground import Shapes, points_at
from civgeo.geo.index import Numbers, near_pairs

__all__ = ["GRID_DEG", "NEAR_DEG", "Cuts", "Edges", "Mask", "Shared"]
__all__ += ["cuts", "degrees", "edges_of", "on_grid", "shared_segments"]

GRID_DEG = 1e-9
"""About 0.1 mm: a corner this close to a neighbour's straight edge lies on it.

A corner in the middle of an edge can seldom be written on that edge exactly; floating point puts
it some 1e-14 degree beside it, and without the grid the two would share no boundary there.
"""

NEAR_UNITS = 2
NEAR_DEG = NEAR_UNITS * GRID_DEG

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of outlines on the grid, each with the inside of its outline on the left.

    Parameters
    ----------
    units
        Corners in steps of the grid, longitude real and latitude imaginary, ascending.
    low, high
        Corners of each segment, ``low < high``: edges between the same corners are one segment.
    segment, forward, shape
        Of each edge: its segment, whether it runs from low to high, and its outline's number.
        Edges stand in the order of their rings.
    """

    units: NDArray[np.complex128]
    low: Numbers
    high: Numbers
    segment: Numbers
    forward: Mask
    shape: Numbers

    @property
    def start(self) -> Numbers:
        """Corner that each edge begins at."""
        return np.where(self.forward, self.low[self.segment], self.high[self.segment])

    @property
    def end(self) -> Numbers:
        """Corner that each edge ends at."""
        return np.where(self.forward, self.high[self.segment], self.low[self.segment])

    @property
    def times(self) -> Numbers:
        """How many edges run along each segment."""
        return np.bincount(self.segment, minlength=len(self.low))

    @property
    def loose(self) -> Mask:
        """Segments with more outlines on one side than on the other: a change of coverage."""
        turns = np.where(self.forward, 1.0, -1.0)
        return np.asarray(np.bincount(self.segment, turns, len(self.low)) != 0)

    def lines(self, segments: Numbers) -> Shapes:
        """Segments as lines of two points, degrees."""
        ends = np.stack([self.low[segments], self.high[segments]], axis=1)
        return np.asarray(shapely.linestrings(degrees(self.units)[ends]), dtype=object)

    def near(self, faces: Shapes, shapes: Numbers) -> Mask:
        """Which segments of the outlines `shapes` (numbers) run in or along `faces`."""
        segments = np.unique(self.segment[np.isin(self.shape, shapes)])
        tree = shapely.STRtree(self.lines(segments))
        reached = tree.query(faces, predicate="dwithin", distance=NEAR_DEG)[1]
        mask = np.zeros(len(self.low), dtype=bool)
        mask[segments[reached]] = True
        return mask


def _units(places: Floats) -> NDArray[np.complex128]:
    """The grid's corner next to each of `places` (degrees)."""
    on_grid = np.rint(places / GRID_DEG)
    return np.asarray(on_grid[:, 0] + 1j * on_grid[:, 1], dtype=np.complex128)


def degrees(units: NDArray[np.complex128]) -> Floats:
    """Longitude and latitude of corners, array (n, 2)."""
    return np.column_stack([units.real, units.imag]) * GRID_DEG


def on_grid(lines: Shapes) -> Shapes:
    """Lines with their corners where `degrees` puts the grid's corners."""
    moved = shapely.transform(lines, lambda places: degrees(_units(places)))
    return np.asarray(moved, dtype=object)


def edges_of(shapes: Shapes) -> Edges:
    """Edges of `shapes`: valid polygons and multipolygons in degrees, or None."""
    drawn = np.flatnonzero(~shapely.is_missing(shapes))
    polygons, part = shapely.get_parts(shapes[drawn], return_index=True)
    rings, polygon = shapely.get_rings(shapely.orient_polygons(polygons), return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    units, corner = np.unique(_units(places), return_inverse=True)
    start, end = corner[:-1], corner[1:]
    real = (ring[:-1] == ring[1:]) & (start != end)
    start, end = start[real], end[real]
    low, high = np.minimum(start, end), np.maximum(start, end)
    keys, segment = np.unique(low * len(units) + high, return_inverse=True)
    low, high = np.divmod(keys, max(len(units), 1))
    owners = drawn[part[polygon[ring[:-1][real]]]]
    return Edges(units, low, high, segment, start < end, owners)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Segments that others touch or cross, cut at every corner that lies on them.

    Parameters
    ----------
    units
        The corners of the edges, and behind them those where edges cross.
    cut
        Which segments were cut, by their number.
    segment, start, end
        Of each piece: its segment, and its corners in the direction from low to high.
    corner, on
        Corners, and the number of a cut segment that each lies on.
    """

    units: NDArray[np.complex128]
    cut: Mask
    segment: Numbers
    start: Numbers
    end: Numbers
    corner: Numbers
    on: Numbers


def cuts(edges: Edges, chosen: Mask, *, most: int | None = None) -> Cuts:
    """The chosen segments that others among them touch or cross, and the pieces they fall into.

    Parameters
    ----------
    edges
        Edges of a layer.
    chosen
        Which segments to look at, by their number.
    most
        Most pairs of segments, beyond one at each corner, whose rectangles meet; None for no
        limit.

    Raises
    ------
    InvalidInput
        Code ``too_many_pairs``: when there are more.
    """
    a, b = _meetings(edges, np.flatnonzero(chosen), most)
    cut = _beside(edges, chosen, np.concatenate([a, b]))
    segments = np.flatnonzero(cut)
    crossed = shapely.intersection(edges.lines(a), edges.lines(b))
    ends = edges.units[np.concatenate([edges.low[segments], edges.high[segments]])]
    nodes = np.unique(np.concatenate([ends, _units(shapely.get_coordinates(crossed))]))
    number = np.searchsorted(edges.units, nodes)
    fresh = edges.units[np.minimum(number, len(edges.units) - 1)] != nodes
    number[fresh] = len(edges.units) + np.arange(np.count_nonzero(fresh))
    lines, points = edges.lines(segments), points_at(degrees(nodes))
    node, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=GRID_DEG)
    order = np.lexsort((shapely.line_locate_point(lines[line], points[node]), line))
    corner, line = number[node[order]], line[order]
    same = line[:-1] == line[1:]
    return Cuts(
        units=np.concatenate([edges.units, nodes[fresh]]),
        cut=cut,
        segment=segments[line[:-1][same]],
        start=corner[:-1][same],
        end=corner[1:][same],
        corner=corner,
        on=segments[line],
    )


def _meetings(edges: Edges, segments: Numbers, most: int | None) -> tuple[Numbers, Numbers]:
    """Pairs of `segments` that meet elsewhere than at a corner of both."""
    allowed = None if most is None else len(segments) + most
    one, other = near_pairs(edges.lines(segments), margin=NEAR_DEG, most=allowed)
    a, b = segments[one], segments[other]
    low_low, high_high = edges.low[a] == edges.low[b], edges.high[a] == edges.high[b]
    high_low, low_high = edges.high[a] == edges.low[b], edges.low[a] == edges.high[b]
    hinged = low_low | high_high | high_low | low_high
    free_a = np.where(low_low | low_high, edges.high[a], edges.low[a])
    free_b = np.where(low_low | high_low, edges.high[b], edges.low[b])
    meets = (_apart(edges, free_a, b) <= NEAR_UNITS) | (_apart(edges, free_b, a) <= NEAR_UNITS)
    plain = np.flatnonzero(~hinged)
    lines_a, lines_b = edges.lines(a[plain]), edges.lines(b[plain])
    meets[plain] = shapely.dwithin(lines_a, lines_b, NEAR_DEG)
    return a[meets], b[meets]


def _apart(edges: Edges, corner: Numbers, segment: Numbers) -> Floats:
    """Distance of each corner from a segment, in steps of the grid."""
    start, end = edges.units[edges.low[segment]], edges.units[edges.high[segment]]
    along, away = end - start, edges.units[corner] - start
    share = np.clip((away * along.conj()).real / np.abs(along) ** 2, 0.0, 1.0)
    return np.asarray(np.abs(away - share * along))


def _beside(edges: Edges, chosen: Mask, met: Numbers) -> Mask:
    """Segments that met another, and those chosen beside them: a cut may fall at their corner."""
    touched = np.zeros(len(edges.units), dtype=bool)
    touched[edges.low[met]] = touched[edges.high[met]] = True
    return chosen & (touched[edges.low] | touched[edges.high])


@dataclass(frozen=True, slots=True)
class Shared:
    """Pieces of line with one outline on the left and another on the right.

    Parameters
    ----------
    left, right
        Numbers of the outlines.
    start, end
        Corners of `Cuts.units`.
    """

    left: Numbers
    right: Numbers
    start: Numbers
    end: Numbers


def shared_segments(edges: Edges, found: Cuts) -> Shared:
    """Every piece of line that two outlines run along, one on each side."""
    times = edges.times
    paired = (times == 2) & ~edges.loose & ~found.cut
    left, right = np.empty((2, len(edges.low)), dtype=np.intp)
    left[edges.segment[edges.forward]] = edges.shape[edges.forward]
    right[edges.segment[~edges.forward]] = edges.shape[~edges.forward]
    rest = _shared_rest(edges, found, ~paired & ((times > 1) | found.cut))
    return Shared(
        np.concatenate([left[paired], rest["shape_left"].to_numpy()]),
        np.concatenate([right[paired], rest["shape_right"].to_numpy()]),
        np.concatenate([edges.low[paired], rest["low"].to_numpy()]),
        np.concatenate([edges.high[paired], rest["high"].to_numpy()]),
    )


def _shared_rest(edges: Edges, found: Cuts, wanted: Mask) -> pd.DataFrame:
    """Shared pieces of the segments that are cut, or that more than two edges run along."""
    rows = wanted[edges.segment]
    sides = pd.DataFrame(
        {
            "segment": edges.segment[rows],
            "shape": edges.shape[rows],
            "forward": edges.forward[rows],
        }
    )
    plain = np.flatnonzero(wanted & ~found.cut)
    pieces = pd.DataFrame(
        {
            "segment": np.concatenate([plain, found.segment]),
            "start": np.concatenate([edges.low[plain], found.start]),
            "end": np.concatenate([edges.high[plain], found.end]),
        }
    )
    run = sides.merge(pieces, on="segment")
    run["low"], run["high"] = np.sort(run[["start", "end"]].to_numpy(), axis=1).T
    ahead = run["forward"] == (run["start"] < run["end"])
    run = run[["low", "high", "shape"]]
    return run[ahead].merge(run[~ahead], on=["low", "high"], suffixes=("_left", "_right"))
