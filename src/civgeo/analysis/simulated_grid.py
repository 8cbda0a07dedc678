"""Streets of one simulated town: a grid whose main streets wind between the estates."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.simulated_barriers import Barrier
from civgeo.analysis.simulated_lines import (
    Flags,
    Lines,
    Numbers,
    Points,
    StreetClass,
    grid_lines,
    nearest_of,
    way_shapes,
)
from civgeo.analysis.simulated_towns import CELL_M, Land, Town, weave

__all__ = ["Gap", "TownGround", "TownStreets", "town_streets"]

MAIN_M = 480.0
WIND_SHARE = 0.3
WIND_BEND = 0.05
JITTER = 0.06
LONGEST_GAP_M = 420.0
PROMENADE_M = 34.0
PROMENADE_STEP_M = 75.0
_KEPT = (
    (StreetClass.PRIMARY, 0.995),
    (StreetClass.SECONDARY, 0.98),
    (StreetClass.RESIDENTIAL, 0.93),
    (StreetClass.FOOTWAY, 0.74),
    (StreetClass.SERVICE, 0.8),
)
_KEPT_BY_CLASS = np.zeros(8)
for _code, _share in _KEPT:
    _KEPT_BY_CLASS[_code] = _share
OUTSKIRTS = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class TownGround:
    """What the streets of a town keep to.

    Parameters
    ----------
    allowed
        Prepared area where streets are laid, in the zone.
    barriers
        Those that come near.
    """

    allowed: BaseGeometry
    barriers: tuple[Barrier, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Two ends of a main street that a barrier parts; shape (2, 2), in the zone."""

    ends: Points
    kind: int
    barrier: Barrier

    @property
    def length_m(self) -> float:
        """From end to end."""
        return float(np.hypot(*(self.ends[1] - self.ends[0])))


@dataclass(frozen=True, slots=True, eq=False)
class TownStreets:
    """Streets of a town, and where its main streets could cross its barriers."""

    town: Town
    lines: Lines
    gaps: tuple[Gap, ...]


class _Grid:
    """Corners and steps of a town's grid; axis 0 goes along the frame's x, axis 1 along its y."""

    def __init__(
        self, town: Town, ground: TownGround, spacing: float, rng: np.random.Generator
    ) -> None:
        self.town, self.ground = town, ground
        self.land = Land(town)
        self.footprint = town.footprint()
        self.every = int(np.clip(round(MAIN_M / spacing), 2, 8))
        west, south, east, north = self.footprint.bounds
        block = self.every * spacing
        count = np.ceil(np.array([east - west, north - south]) / block).astype(int) + 1
        middle = np.array([west + east, south + north]) / 2
        self.first = middle - count * block / 2
        self.spacing = spacing
        self.shape = tuple((count * self.every + 1).tolist())
        frame = self._placed(rng)
        self.points = town.outwards(frame.reshape(-1, 2)).reshape(frame.shape)
        self.blocked = shapely.union_all([item.corridor for item in ground.barriers])
        shapely.prepare(self.blocked)
        self.free = self._free(frame)
        self.away = np.hypot(*np.moveaxis(frame - middle, 2, 0)) / max(town.reach_m, 1)

    def _placed(self, rng: np.random.Generator) -> Points:
        """Corners in the frame: between main streets that wind, evenly, with a little jitter."""
        x = self._wound(0)
        y = self._wound(1).T
        frame = np.stack([x, y], axis=2)
        jitter = rng.normal(0, JITTER * self.spacing, frame.shape)
        jitter[:: self.every, :, 0] = 0
        jitter[:, :: self.every, 1] = 0
        moved: Points = frame + jitter
        return moved

    def _wound(self, axis: int) -> Points:
        """Place across `axis` of each line of the grid that crosses it, at each step along it."""
        mains = np.arange(0, self.shape[axis], self.every) * self.spacing + self.first[axis]
        along = np.arange(self.shape[1 - axis]) * self.spacing + self.first[1 - axis]
        most = int(WIND_SHARE * self.every * self.spacing / CELL_M)
        aside: Points = CELL_M * np.arange(-most, most + 1, dtype=np.float64)
        places = np.stack([mains[0] + self._aside(axis, main, along, aside) for main in mains])
        places += (mains - mains[0])[:, None]
        share = np.arange(self.shape[axis]) / self.every
        low = np.minimum(share.astype(int), len(mains) - 2)
        part = (share - low)[:, None]
        between: Points = places[low] * (1 - part) + places[low + 1] * part
        return between

    def _aside(self, axis: int, main: float, along: Points, aside: Points) -> Points:
        """How far a main street goes aside at each step so that it cuts through few estates."""
        across = np.broadcast_to(main + aside, (len(along), len(aside)))
        onward = np.broadcast_to(along[:, None], across.shape)
        cost = np.zeros(across.shape)
        for shift in (-0.5, 0.0, 0.5):
            pair = (across, onward + shift * self.spacing)
            cost += self.land.at(np.stack(pair if axis == 0 else pair[::-1], axis=2))
        chosen = aside[weave(cost + 0.002 * np.abs(aside) / CELL_M, WIND_BEND)]
        padded = np.pad(chosen, 1, mode="edge")
        smooth: Points = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
        return smooth

    def _free(self, frame: Points) -> Flags:
        inside = shapely.contains_xy(self.footprint, *np.moveaxis(frame, 2, 0))
        allowed = shapely.contains_xy(self.ground.allowed, *np.moveaxis(self.points, 2, 0))
        return np.asarray(inside & allowed)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Lines of a grid in one direction; arrays as `grid_lines` takes them."""

    points: Points
    free: Flags
    step: Flags
    blocked: Flags
    kind: Numbers


def town_streets(
    town: Town, ground: TownGround, spacing: float, rng: np.random.Generator
) -> TownStreets:
    """Streets of `town`: main streets, side streets, lanes between blocks, ways in estates.

    Parameters
    ----------
    town
        Its estates and frame.
    ground
        What the streets keep to.
    spacing
        Metres between two lines of the grid.
    rng
        Seeded generator.
    """
    grid = _Grid(town, ground, spacing, rng)
    rows = [_rows(grid, axis) for axis in (0, 1)]
    lines = [
        grid_lines(row.points, row.step & _kept(row, grid, axis, rng), row.kind.astype(np.int8))
        for axis, row in enumerate(rows)
    ]
    gaps = [gap for row in rows for gap in _gaps(row, grid)]
    if town.seat is not None:
        lines.append(_promenade(grid, Lines.joined(lines)))
    return TownStreets(town, Lines.joined(lines), tuple(gaps))


def _rows(grid: _Grid, axis: int) -> _Rows:
    points, free = grid.points, grid.free
    if axis == 0:
        points, free = np.swapaxes(points, 0, 1), free.T
    ends = np.stack([points[:, :-1], points[:, 1:]], axis=2)
    steps = way_shapes(ends.reshape(-1, 2, 2)).reshape(ends.shape[:2])
    both = free[:, :-1] & free[:, 1:]
    blocked = np.zeros(both.shape, dtype=bool)
    blocked[both] = shapely.intersects(grid.blocked, steps[both])
    middle = grid.town.inwards(ends.mean(axis=2).reshape(-1, 2)).reshape(*ends.shape[:2], 2)
    return _Rows(points, free, both & ~blocked, blocked, _classes(grid.every, grid.land.at(middle)))


def _classes(every: int, in_estate: Flags) -> Numbers:
    """Class of each step: by the number of its line, or a way inside an estate."""
    number = np.arange(len(in_estate))
    by_line = np.where(number % 2 == 0, StreetClass.RESIDENTIAL, StreetClass.FOOTWAY)
    by_line[::every] = StreetClass.SECONDARY
    by_line[:: 2 * every] = StreetClass.PRIMARY
    is_main = (number % every == 0)[:, None]
    return np.where(in_estate & ~is_main, StreetClass.SERVICE, by_line[:, None])


def _kept(row: _Rows, grid: _Grid, axis: int, rng: np.random.Generator) -> Flags:
    """Which steps are built: fewer lanes on the outskirts."""
    share = _KEPT_BY_CLASS[row.kind]
    away = grid.away.T if axis == 0 else grid.away
    narrow = row.kind >= StreetClass.RESIDENTIAL
    outside = np.clip(away[:, :-1] - 0.55, 0, 1) * OUTSKIRTS
    kept: Flags = rng.random(share.shape) < share - narrow * outside
    return kept


def _gaps(row: _Rows, grid: _Grid) -> list[Gap]:
    """Gaps in main streets that a straight bridge over one barrier closes."""
    found = []
    for number in range(0, len(row.points), grid.every):
        open_at = np.flatnonzero(row.step[number])
        if not len(open_at):
            continue
        before = np.flatnonzero(np.diff(open_at) > 1)
        for left, right in zip(open_at[before] + 1, open_at[before + 1], strict=True):
            ends = row.points[number, [left, right]]
            barrier = _only_one_between(ends, grid.ground.barriers)
            if barrier is not None:
                found.append(Gap(ends, int(row.kind[number, left]), barrier))
    return found


def _only_one_between(ends: Points, barriers: tuple[Barrier, ...]) -> Barrier | None:
    """The line that a straight way between `ends` crosses once, when nothing else is near it."""
    way = shapely.LineString(ends)
    met = [item for item in barriers if item.corridor.intersects(way)]
    if way.length > LONGEST_GAP_M or len(met) != 1 or met[0].kind not in ("river", "railway"):
        return None
    crossed = met[0].shape.intersection(way)
    return met[0] if isinstance(crossed, shapely.Point) else None


def _promenade(grid: _Grid, streets: Lines) -> Lines:
    """Paths along both banks of the rivers in town, with links to the streets."""
    hard = shapely.union_all([_keep_off(item) for item in grid.ground.barriers])
    shapely.prepare(hard)
    corners = streets.corners()[0]
    parts = []
    for barrier in grid.ground.barriers:
        if barrier.kind == "river":
            for bank in _banks(barrier.shape):
                near = nearest_of(corners, bank, 2.2 * grid.spacing)
                ends = np.stack([bank[:-1], bank[1:]], axis=1)
                there = (near[:-1] >= 0) & (near[1:] >= 0)
                there &= ~shapely.intersects(hard, way_shapes(ends))
                there &= shapely.contains(grid.ground.allowed, way_shapes(ends))
                path = np.full((1, len(there)), StreetClass.PATH, dtype=np.int8)
                parts.append(grid_lines(bank[None], there[None], path))
                some = np.flatnonzero(near >= 0)[::2]
                links = np.stack([bank[some], corners[near[some]]], axis=1)
                links = links[~shapely.intersects(hard, way_shapes(links))]
                parts.append(Lines.between(links, StreetClass.FOOTWAY))
    return Lines.joined(parts)


def _banks(river: BaseGeometry) -> list[Points]:
    """Points along both banks."""
    at = np.arange(0, river.length, PROMENADE_STEP_M)
    middle = shapely.get_coordinates([river.interpolate(metres) for metres in at])
    ahead = np.gradient(middle, axis=0)
    across = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(*ahead.T)[:, None]
    return [middle + side * PROMENADE_M * across for side in (-1, 1)]


def _keep_off(barrier: Barrier) -> BaseGeometry:
    return barrier.shape.buffer(PROMENADE_M / 2) if barrier.kind == "river" else barrier.corridor
