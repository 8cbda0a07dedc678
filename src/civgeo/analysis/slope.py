"""What walking uphill and downhill counts, from an elevation model.

Tobler (1993) gives a walker 6 exp(-3.5 |grade + 0.05|) km/h. Scaled so that level ground counts its
own length, a street counts what a walker takes on the level in the same time, in each direction.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civgeo.analysis.walk_network import DM_A_METRE, Floats, Ints, StreetEdges
from civgeo.errors import InvalidInput

__all__ = ["STEEPEST", "Elevation", "SlopeReport", "heights_at", "sloped_lengths", "tobler_factor"]

STEEPEST = 0.6
"""Steeper grades are errors of the model (a retaining wall, a building); taken as this much."""

STEP_M = 30.0
"""A height is taken at least so often along a street: the cell of the freely available models."""

_STEEPNESS, _EASIEST = 3.5, 0.05

Place = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Elevation:
    """An elevation model.

    Parameters
    ----------
    heights
        Metres, rows from the first line of the file; NaN where not known.
    affine
        ``a, b, c, d, e, f``: column and row of a cell's corner to x = a col + b row + c and
        y = d col + e row + f.
    """

    heights: npt.NDArray[np.floating]
    affine: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class SlopeReport:
    """How well the streets lie on the elevation model.

    Parameters
    ----------
    pieces
        Pieces of streets at whose ends heights were taken.
    unknown
        Pieces without a height at one end, taken as level.
    clamped
        Pieces steeper than `STEEPEST`.
    lowest_m, highest_m
        Heights along the streets; None where none is known.
    """

    pieces: int
    unknown: int
    clamped: int
    lowest_m: float | None
    highest_m: float | None

    @property
    def unknown_share(self) -> float:
        """Share of the pieces that were taken as level for want of a height."""
        return self.unknown / self.pieces if self.pieces else 0.0


def tobler_factor(grade: Floats) -> Floats:
    """How much longer a piece of that grade takes than a level one; below 1 on a gentle descent.

    Examples
    --------
    >>> tobler_factor(np.array([0.0, -0.05, 0.1])).round(3).tolist()
    [1.0, 0.839, 1.419]
    """
    factor: Floats = np.exp(_STEEPNESS * (np.abs(grade + _EASIEST) - _EASIEST))
    return factor


def heights_at(elevation: Elevation, x: Floats, y: Floats) -> Floats:
    """Heights between the four nearest cells, metres; NaN off the model and beside unknown cells.

    Parameters
    ----------
    elevation
        The model.
    x, y
        In the coordinate system of the model.
    """
    a, b, c, d, e, f = elevation.affine
    area = a * e - b * d
    if not area:
        raise InvalidInput("高程模型的定位参数不可用：请用制图软件重新导出", code="bad_affine")
    # cells are known at their middles
    column = (e * (x - c) - b * (y - f)) / area - 0.5
    row = (a * (y - f) - d * (x - c)) / area - 0.5
    rows, columns = elevation.heights.shape
    inside = (column >= -0.5) & (row >= -0.5) & (column <= columns - 0.5) & (row <= rows - 0.5)
    column = np.clip(np.where(inside, column, 0.0), 0.0, columns - 1)
    row = np.clip(np.where(inside, row, 0.0), 0.0, rows - 1)
    left = np.minimum(column.astype(np.int64), max(0, columns - 2))
    top = np.minimum(row.astype(np.int64), max(0, rows - 2))
    right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    across, down = column - left, row - top
    cells = elevation.heights
    upper = cells[top, left] * (1 - across) + cells[top, right] * across
    lower = cells[bottom, left] * (1 - across) + cells[bottom, right] * across
    found: Floats = np.where(inside, upper * (1 - down) + lower * down, np.nan)
    return found


def sloped_lengths(
    edges: StreetEdges, elevation: Elevation, to_model: Place, *, step_m: float = STEP_M
) -> tuple[Ints, Ints, SlopeReport]:
    """What walking each edge counts from start to end and from end to start, decimetres.

    Heights are taken along the edge at even steps of at most `step_m`; a bridge or tunnel rises
    evenly from one end to the other.

    Parameters
    ----------
    edges
        Streets in metres.
    elevation
        The model.
    to_model
        From coordinates of the edges to those of the model.
    step_m
        Metres.

    Returns
    -------
    forward_dm, backward_dm, report
        The two directions, as `walk_network` takes them.
    """
    reach, length = _reach(edges)
    steps = np.where(edges.level == 0, np.ceil(length / step_m), 1).astype(np.int64)
    steps = np.maximum(steps, 1)
    first = np.concatenate([[0], np.cumsum(steps + 1)])
    edge = np.repeat(np.arange(len(length)), steps + 1)
    along = (np.arange(first[-1]) - first[edge]) / steps[edge] * length[edge]
    along += reach[edges.shape_start[:-1]][edge]
    x, y = (np.interp(along, reach, edges.shape_xy[:, axis]) for axis in (0, 1))
    height = heights_at(elevation, *to_model(x, y))
    inner = edge[1:] == edge[:-1]
    rise, run = np.diff(height)[inner], (length / steps)[edge[1:][inner]]
    grade = np.divide(rise, run, out=np.zeros_like(rise), where=run > 0)
    unknown = np.isnan(grade)
    clamped = np.abs(grade) > STEEPEST
    grade = np.clip(np.where(unknown, 0.0, grade), -STEEPEST, STEEPEST)
    of = edge[1:][inner]
    forward, backward = (
        np.bincount(of, weights=run * tobler_factor(way), minlength=len(length)).astype(np.float64)
        for way in (grade, -grade)
    )
    known = height[~np.isnan(height)]
    report = SlopeReport(
        pieces=len(grade),
        unknown=int(unknown.sum()),
        clamped=int(clamped.sum()),
        lowest_m=float(known.min()) if len(known) else None,
        highest_m=float(known.max()) if len(known) else None,
    )
    return _whole_dm(forward), _whole_dm(backward), report


def _reach(edges: StreetEdges) -> tuple[Floats, Floats]:
    """How far along all edges, laid end to end a metre apart, each corner is; lengths of edges."""
    steps = np.hypot(*np.diff(edges.shape_xy, axis=0, prepend=edges.shape_xy[:1]).T)
    steps[edges.shape_start[1:-1]] = 1.0
    reach: Floats = np.cumsum(steps)
    return reach, reach[edges.shape_start[1:] - 1] - reach[edges.shape_start[:-1]]


def _whole_dm(metres: Floats) -> Ints:
    return np.maximum(np.rint(metres * DM_A_METRE).astype(np.int32), np.int32(1))
