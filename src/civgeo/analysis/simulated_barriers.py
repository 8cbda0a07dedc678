"""What walkers cannot cross in a simulated city: a river and a railway of each county, and more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.simulated_lines import Points, point_shapes
from civgeo.analysis.simulated_towns import Town, weave

__all__ = ["Barrier", "Course", "long_line", "simulate_barriers"]

STEP_M = 60.0
SIDEWAYS_M = 40.0
COUNTY_EDGE_M = 150.0
SHORTEST_M = 500.0
SETTLED_M = 3_000.0
TRIES = 200
APART_M = 10.0
_LEAST_REACH_M = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How a long line runs: its way aside from a straight one, and its turns.

    Parameters
    ----------
    offset
        How far it passes the town's middle, in reaches of the town.
    waves
        Height and length of its waves, metres.
    sideways
        How many steps of 40 m it may turn aside.
    bend
        What a turn costs, beside what coming near an estate costs.
    smooth
        Over how many steps of 60 m turns are smoothed.
    clear_m
        What it keeps from estates where it can.
    """

    offset: float
    waves: Sequence[tuple[float, float]]
    sideways: int
    bend: float
    smooth: int
    clear_m: float


_RIVER = Course(0.22, ((190.0, 3_100.0), (70.0, 1_150.0)), 11, 0.04, 5, 40.0)
_RAILWAY = Course(0.62, ((260.0, 17_000.0),), 14, 0.6, 13, 26.0)


@dataclass(frozen=True, slots=True, eq=False)
class Barrier:
    """A barrier in the metric zone.

    Parameters
    ----------
    name, kind
        ``river``, ``railway``, ``wall`` or ``other``.
    shape
        A LineString, or a Polygon of which all is closed.
    corridor
        What streets keep clear of, except where they cross.
    division
        Code of its county.
    """

    name: str
    kind: str
    division: str
    shape: LineString | Polygon
    corridor: BaseGeometry


def simulate_barriers(
    towns: Sequence[Town],
    estates: shapely.STRtree,
    outlines: Mapping[str, BaseGeometry],
    names: Mapping[str, str],
    rng: np.random.Generator,
) -> list[Barrier]:
    """A river, a railway, a lake and a walled compound for the town of each county seat.

    Parameters
    ----------
    towns
        As `towns_of` gives them.
    estates
        Polygons of all estates: no barrier comes near one.
    outlines, names
        Of the counties, by code.
    rng
        Seeded generator.
    """
    made = []
    for town in towns:
        if town.seat is not None:
            outline = outlines[town.seat].buffer(-COUNTY_EDGE_M)
            made.append(_around_seat(town, estates, outline, names[town.seat], rng))
    return list(chain.from_iterable(made))


def _around_seat(
    town: Town, estates: shapely.STRtree, outline: BaseGeometry, name: str, rng: np.random.Generator
) -> list[Barrier]:
    heading, county = rng.uniform(0, 2 * np.pi), str(town.seat)
    barriers = []
    for word, kind, course, turned, clear in (
        ("河", "river", _RIVER, 0.0, 46.0),
        ("铁路", "railway", _RAILWAY, rng.uniform(0.9, 2.2), 18.0),
    ):
        line = long_line(town, estates, outline, course, heading + turned, rng)
        if line is not None:
            corridor = line.buffer(clear, quad_segs=2)
            barriers.append(Barrier(f"{name}模拟{word}", kind, county, line, corridor))
    taken = [item.corridor for item in barriers]
    for word, kind, corners, size, clear in (
        ("湖", "other", 24, (110.0, 190.0), 12.0),
        ("围墙单位", "wall", 4, (130.0, 230.0), 14.0),
    ):
        shape = _closed_ground(town, estates, taken, corners, size, rng)
        if shape is not None and outline.contains(shape):
            taken.append(shape.buffer(clear))
            barriers.append(Barrier(f"{name}模拟{word}", kind, county, shape, taken[-1]))
    return barriers


def long_line(
    town: Town,
    estates: shapely.STRtree,
    outline: BaseGeometry,
    course: Course,
    heading: float,
    rng: np.random.Generator,
) -> LineString | None:
    """A line past a town from one side of an outline to the other, clear of estates.

    Parameters
    ----------
    town
        The town.
    estates
        Polygons of all estates.
    outline
        Of the part of the line within it, what lies nearest to the town is taken.
    course
        How it runs.
    heading
        Direction, radians from east.
    rng
        Seeded generator.
    """
    along = np.array([np.cos(heading), np.sin(heading)])
    across = np.array([-along[1], along[0]])
    farthest = shapely.get_coordinates(outline.envelope) - town.centre
    half = float(np.hypot(*farthest.T).max())
    u = np.arange(-half, half + STEP_M, STEP_M)
    away = course.offset * max(town.reach_m, _LEAST_REACH_M)
    straight = np.full(len(u), away)
    for height, length in course.waves:
        straight += height * np.sin(2 * np.pi * u / length + rng.uniform(0, 2 * np.pi))
    aside = SIDEWAYS_M * np.arange(-course.sideways, course.sideways + 1)
    base = town.centre + u[:, None, None] * along
    points = base + (straight[:, None] + aside)[..., None] * across
    cost = np.broadcast_to(0.0002 * np.abs(aside), points.shape[:2]).copy()
    settled = _near(estates, base[:, 0], SETTLED_M) > 0
    cost[settled] += _near(estates, points[settled], course.clear_m)
    chosen = _smoothed(aside[weave(cost, course.bend)], course.smooth)
    line = LineString(base[:, 0] + (straight + chosen)[:, None] * across)
    parts = shapely.get_parts(line.intersection(outline))
    parts = parts[shapely.length(parts) > SHORTEST_M]
    if not len(parts):
        return None
    nearest = int(shapely.distance(parts, shapely.Point(town.centre)).argmin())
    found: LineString = parts[nearest]
    return found


def _near(estates: shapely.STRtree, points: Points, metres: float) -> Points:
    """1 where an estate lies near, 0 elsewhere."""
    flat = point_shapes(points.reshape(-1, 2))
    found = np.zeros(len(flat))
    found[estates.query(flat, predicate="dwithin", distance=metres)[0]] = 1
    return found.reshape(points.shape[:-1])


def _smoothed(values: npt.NDArray[np.floating], width: int) -> Points:
    padded = np.pad(values.astype(float), width // 2, mode="edge")
    smooth: Points = np.convolve(padded, np.full(width, 1 / width), mode="valid")
    return smooth


def _closed_ground(
    town: Town,
    estates: shapely.STRtree,
    taken: Sequence[BaseGeometry],
    corners: int,
    size: tuple[float, float],
    rng: np.random.Generator,
) -> Polygon | None:
    """A polygon in the town where no estate stands; None where there is no room."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False) + np.pi / 4
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    spots = rng.uniform(-0.75, 0.75, (TRIES, 1, 2)) * town.reach_m
    shrunk = np.linspace(1.0, 0.45, TRIES)[:, None, None]
    stretch = rng.uniform(*size, (TRIES, 1, 2)) * shrunk
    wave = 1 + 0.12 * np.sin(2 * turn) * (corners > 4)
    shapes = np.asarray(shapely.polygons(town.outwards(spots + ring * stretch * wave[:, None])))
    clear = shapely.buffer(shapes, APART_M)
    free = ~np.asarray(shapely.intersects(shapely.union_all(taken), clear))
    free[estates.query(clear, predicate="intersects")[0]] = False
    found: list[Polygon] = shapes[free][:1].tolist()
    return found[0] if found else None
