"""Which places are seen from roads, and by whom: each observer over the ground to its places.

Windows along the roads keep the ground small; within one, an observer's viewshed covers the cells
between it and the places in its reach, and no more.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from civgeo.analysis.ground_grid import Floats, GroundGrid, Heights
from civgeo.analysis.viewshed import REFRACTED, viewshed
from civgeo.errors import InvalidInput

__all__ = ["SightState", "SightTerms", "Sightings", "finest_cell_m", "sightings"]

_WINDOW_CELLS = 1_024
_REACH_CELLS = 2_000
_WALL_M = 1.0e6
"""Higher than any ground: what lies behind it is hidden for certain."""

_Whole = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]


class SightState(StrEnum):
    """What is known of a place."""

    SEEN = "seen"
    HIDDEN = "hidden"
    BEYOND = "beyond"
    PLACE_UNKNOWN = "place_unknown"
    BETWEEN_UNKNOWN = "between_unknown"
    OBSERVER_UNKNOWN = "observer_unknown"

    @property
    def label_zh(self) -> str:
        """Words for officers."""
        return _LABELS[self]

    @property
    def is_seen(self) -> bool | None:
        """Whether the place is seen, None where the heights do not tell."""
        return {"seen": True, "hidden": False, "beyond": False}.get(self.value)


_LABELS = {
    SightState.SEEN: "看得见",
    SightState.HIDDEN: "被地形遮挡",
    SightState.BEYOND: "最远距离内没有道路",
    SightState.PLACE_UNKNOWN: "所在处没有高程，不能判断",
    SightState.BETWEEN_UNKNOWN: "与道路之间有地方没有高程，不能判断",
    SightState.OBSERVER_UNKNOWN: "附近的道路没有高程，不能判断",
}


@dataclass(frozen=True, slots=True)
class SightTerms:
    """What counts as seen; none of the numbers is in any regulation.

    Parameters
    ----------
    observer_m, target_m
        Height above the ground of the eyes on the road, and of what is looked for, metres.
    max_distance_m
        How far anything is seen, metres, the limit included.
    curvature
        Share of the earth's curvature that counts.
    """

    observer_m: float
    target_m: float
    max_distance_m: float
    curvature: float = REFRACTED


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """What the observers see of each place.

    Parameters
    ----------
    state
        What is known of it.
    observers
        How many certainly see it.
    nearest
        Position of the nearest observer that sees it, or where none does of the nearest within
        reach; -1 where none is.
    distance_m
        To that observer, metres of the zone; NaN without one.
    unplaced
        Observers without a height, of those with a place within reach.
    """

    state: tuple[SightState, ...]
    observers: _Whole
    nearest: _Whole
    distance_m: Floats
    unplaced: int


def finest_cell_m(max_distance_m: float) -> float:
    """Smallest cell with which a reach stays within memory, metres."""
    return max_distance_m / _REACH_CELLS


def sightings(
    places: Floats,
    observers: Floats,
    heights_of: Callable[[GroundGrid], Heights],
    terms: SightTerms,
    *,
    epsg: int,
    cell_m: float,
    threads: int = 2,
    progress: Progress = lambda label, done, total: None,
) -> Sightings:
    """What `observers` see of `places`.

    A cell without a height neither hides for certain nor lets through: a place that is seen only
    past such cells is not decided.

    Parameters
    ----------
    places, observers
        Coordinates (n, 2) in metres of the zone; both stand at the middle of their cells.
    heights_of
        Heights of the cells of a grid, NaN where not known.
    terms
        Heights and distance.
    epsg, cell_m
        Metric zone; side of the cells, metres.
    threads
        Observers that are worked on side by side; the answer is the same for any number.
    progress
        Called with a step, how many observers are done, and how many there are.

    Raises
    ------
    InvalidInput
        When the cells are too small for the distance, and as `civgeo.analysis.viewshed.viewshed`.
    """
    if not cell_m >= finest_cell_m(terms.max_distance_m):
        text = f"格子边长 {cell_m:g} 米对最远距离 {terms.max_distance_m:g} 米太小，请加大格子"
        raise InvalidInput(text, code="grid_too_large")
    tally = _Tally(len(places))
    tree, done = cKDTree(places.reshape(-1, 2)), 0
    for window in _windows(observers, _WINDOW_CELLS * cell_m):
        lists = tree.query_ball_point(observers[window], terms.max_distance_m, return_sorted=True)
        near = [np.array(some, np.int64) for some in lists if some]
        busy = window[[len(some) > 0 for some in lists]]
        if near:
            ground = _Ground.around(places, observers[busy], near, epsg, cell_m, heights_of)
            looks = ground.looks(near, terms, threads)
            for at, some, look in zip(busy, near, looks, strict=True):
                tally.add(int(at), some, look, np.hypot(*(places[some] - observers[at]).T))
        done += len(window)
        progress("可视分析", done, len(observers))
    return tally.sightings()


def _windows(observers: Floats, side_m: float) -> list[_Whole]:
    """Positions of the observers in each square of the plane, in the order of the squares."""
    square = np.floor(observers / side_m).astype(np.int64)
    if not len(square):
        return []
    _, number = np.unique(square, axis=0, return_inverse=True)
    order = np.argsort(number.ravel(), kind="stable")
    return np.split(order, np.cumsum(np.bincount(number.ravel()))[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """Places in reach: seen for certain, seen if gaps let through, of known height."""

    surely: npt.NDArray[np.bool_]
    perhaps: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    is_placed: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """Heights of a window, and the cells of its observers and of all places in reach of them."""

    grid: GroundGrid
    heights: Heights
    observer: tuple[_Whole, _Whole]
    place: tuple[_Whole, _Whole]

    @classmethod
    def around(
        cls,
        places: Floats,
        observers: Floats,
        near: list[_Whole],
        epsg: int,
        cell_m: float,
        heights_of: Callable[[GroundGrid], Heights],
    ) -> "_Ground":
        """The smallest window that holds the observers and the places near them."""
        inside = np.concatenate([observers, places[np.unique(np.concatenate(near))]])
        west, south = inside.min(axis=0) - cell_m
        east, north = inside.max(axis=0) + cell_m
        grid = GroundGrid.over(shapely.box(west, south, east, north), epsg, cell_m)
        return cls(grid, heights_of(grid), grid.cells_of(*observers.T), grid.cells_of(*places.T))

    def looks(self, near: list[_Whole], terms: SightTerms, threads: int) -> list[_Look]:
        """What each observer sees of the places near it."""
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(lambda at: self._look(at, near[at], terms), range(len(near))))

    def _look(self, at: int, some: _Whole, terms: SightTerms) -> _Look:
        row, column = (np.append(all_[some], one[at]) for all_, one in self._axes())
        top, left = int(row.min()), int(column.min())
        ground = self.heights[top : row.max() + 1, left : column.max() + 1]
        row, column = row - top, column - left
        known = ~np.isnan(ground[row, column])
        seen = self._seen(ground, row, column, terms)
        gaps = np.isnan(ground)
        surely = seen
        if gaps.any():
            surely = self._seen(np.where(gaps, np.float32(_WALL_M), ground), row, column, terms)
        decided = known[:-1] & known[-1]
        return _Look(surely & decided, seen & decided, known[:-1], bool(known[-1]))

    def _axes(self) -> tuple[tuple[_Whole, _Whole], ...]:
        return tuple(zip(self.place, self.observer, strict=True))

    def _seen(
        self, ground: Heights, row: _Whole, column: _Whole, terms: SightTerms
    ) -> npt.NDArray[np.bool_]:
        grid = GroundGrid(self.grid.epsg, 0.0, 0.0, self.grid.cell_m, *ground.shape)
        x, y = grid.middles(row, column)
        found = viewshed(
            *(grid, ground, x[-1:], y[-1:]),
            observer_m=terms.observer_m,
            target_m=terms.target_m,
            max_distance_m=float(np.hypot(*ground.shape)) * grid.cell_m,
            curvature=terms.curvature,
            threads=1,
        )
        return np.asarray(found.observers[row[:-1], column[:-1]] > 0)


class _Tally:
    """What all observers have seen so far."""

    def __init__(self, places: int) -> None:
        self._sure = np.zeros(places, np.int64)
        self._perhaps = np.zeros(places, bool)
        self._reached = np.zeros(places, bool)
        self._known = np.ones(places, bool)
        self._blind = np.zeros(places, bool)
        self._unplaced = 0
        self._near = np.full((2, places), -1, np.int64)
        self._far = np.full((2, places), np.inf)

    def add(self, at: int, some: _Whole, look: _Look, away: Floats) -> None:
        """Count what observer `at` sees of `some` places at distances `away`."""
        self._reached[some] = True
        self._known[some] = look.known
        self._sure[some] += look.surely
        self._perhaps[some] |= look.perhaps & ~look.surely
        if not look.is_placed:
            self._unplaced += 1
            self._blind[some] = True
        for kind, counts in enumerate((np.ones(len(some), bool), look.surely)):
            # of two as near, the first in the order of the observers
            before = self._far[kind, some]
            nearer = counts & ((away < before) | ((away == before) & (at < self._near[kind, some])))
            self._near[kind, some[nearer]] = at
            self._far[kind, some[nearer]] = away[nearer]

    def sightings(self) -> Sightings:
        """The sum."""
        seen = (self._sure > 0).astype(np.int64)
        column = np.arange(len(seen))
        far = self._far[seen, column]
        return Sightings(
            tuple(self._state(place) for place in range(len(seen))),
            self._sure,
            self._near[seen, column],
            np.where(np.isfinite(far), far, np.nan),
            self._unplaced,
        )

    def _state(self, place: int) -> SightState:
        for state, holds in (
            (SightState.BEYOND, not self._reached[place]),
            (SightState.PLACE_UNKNOWN, not self._known[place]),
            (SightState.SEEN, self._sure[place] > 0),
            (SightState.BETWEEN_UNKNOWN, self._perhaps[place]),
            (SightState.OBSERVER_UNKNOWN, self._blind[place]),
        ):
            if holds:
                return state
        return SightState.HIDDEN
