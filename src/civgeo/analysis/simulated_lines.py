"""Lines of a simulated walk network, many at a time, as arrays of corners."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

__all__ = [
    "STREET_CLASSES",
    "Flags",
    "Lines",
    "Numbers",
    "Points",
    "Shapes",
    "StreetClass",
    "grid_lines",
    "nearest_of",
    "point_shapes",
    "way_shapes",
]

Points = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int8]

STREET_CLASSES = (
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "service",
    "footway",
    "path",
)
"""Classes by code, from the widest to the narrowest, in the words of OpenStreetMap."""

_TOUCH_M = 1e-6


class StreetClass:
    """Codes of the classes."""

    PRIMARY, SECONDARY, TERTIARY, UNCLASSIFIED, RESIDENTIAL, SERVICE, FOOTWAY, PATH = range(8)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines in a metric zone.

    Parameters
    ----------
    xy
        Corners, metres east and north.
    line
        Line of each corner, ascending from 0.
    kind
        Class of each line, by its place in `STREET_CLASSES`.
    level
        0 on the ground, 1 for a bridge, -1 for an underpass, of each line.
    """

    xy: Points
    line: Numbers
    kind: Codes
    level: Codes

    def __len__(self) -> int:
        return len(self.kind)

    @classmethod
    def joined(cls, parts: Iterable["Lines"]) -> "Lines":
        """All lines of `parts`, in their order."""
        some = [cls.none(), *parts]
        before = np.cumsum([0, *(len(part) for part in some[:-1])])
        return cls(
            np.concatenate([part.xy for part in some]),
            np.concatenate([part.line + n for part, n in zip(some, before, strict=True)]),
            np.concatenate([part.kind for part in some]),
            np.concatenate([part.level for part in some]),
        )

    @classmethod
    def none(cls) -> "Lines":
        """No line."""
        codes = np.zeros(0, dtype=np.int8)
        return cls(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), codes, codes)

    @classmethod
    def between(cls, ends: Points, kind: int, level: int = 0) -> "Lines":
        """Straight lines; `ends` has the shape (lines, corners, 2)."""
        count, corners = ends.shape[:2]
        line = np.repeat(np.arange(count), corners)
        codes = (np.full(count, code, dtype=np.int8) for code in (kind, level))
        return cls(ends.reshape(-1, 2), line, *codes)

    def chosen(self, keep: Flags) -> "Lines":
        """The lines that `keep` flags."""
        corner = keep[self.line]
        number = np.cumsum(keep) - 1
        return Lines(self.xy[corner], number[self.line[corner]], self.kind[keep], self.level[keep])

    def shapes(self) -> Shapes:
        """The lines as LineStrings."""
        return np.asarray(shapely.linestrings(self.xy, indices=self.line), dtype=object)

    def steps(self) -> tuple[Numbers, Numbers]:
        """Corners between which the lines run step by step: their first and second corner."""
        first = np.flatnonzero(self.line[:-1] == self.line[1:])
        return first, first + 1

    def corners(self) -> tuple[Points, Numbers]:
        """Distinct corners, and which of them each entry of `xy` is."""
        whole = np.rint(self.xy / _TOUCH_M).astype(np.int64)
        _, first, number = np.unique(whole, axis=0, return_index=True, return_inverse=True)
        return self.xy[first], number.reshape(-1)

    def nodes(self) -> int:
        """How many corners end a line or are shared by two."""
        if not len(self):
            return 0
        number = self.corners()[1]
        first = np.flatnonzero(np.diff(self.line, prepend=-1))
        shared = np.bincount(number) > 1
        shared[number[first]] = True
        shared[number[np.append(first[1:], len(self.line)) - 1]] = True
        return int(shared.sum())


def grid_lines(points: Points, kept: Flags, kind: Codes, level: Codes | None = None) -> Lines:
    """Lines along the rows of a grid, each as long as its steps are kept and of one kind.

    Parameters
    ----------
    points
        Shape (rows, columns, 2).
    kept, kind, level
        Of each step along a row; shape (rows, columns - 1).
    """
    over = np.zeros_like(kind) if level is None else level
    same = (kind[:, 1:] == kind[:, :-1]) & (over[:, 1:] == over[:, :-1])
    begins = kept.copy()
    begins[:, 1:] &= ~(kept[:, :-1] & same)
    row, column = np.nonzero(kept)
    starts = begins[row, column]
    last = np.cumsum(1 + starts) - 1
    xy = np.empty((len(row) + int(starts.sum()), 2))
    xy[last] = points[row, column + 1]
    xy[last[starts] - 1] = points[row[starts], column[starts]]
    line = np.repeat(np.cumsum(starts) - 1, 1 + starts)
    return Lines(xy, line, kind[row, column][starts], over[row, column][starts])


def way_shapes(corners: Points) -> Shapes:
    """LineStrings of corners; shape (lines, corners, 2)."""
    return np.asarray(shapely.linestrings(corners), dtype=object)


def point_shapes(points: Points) -> Shapes:
    """Points; shape (points, 2)."""
    return np.asarray(shapely.points(points), dtype=object)


def nearest_of(points: Points, to: Points, within_m: float) -> Numbers:
    """Number of the nearest of `points` for each of `to`; -1 where none is within the distance."""
    if not len(points) or not len(to):
        return np.full(len(to), -1)
    distance, number = cKDTree(points).query(to, distance_upper_bound=within_m)
    return np.where(np.isfinite(distance), number, -1)
