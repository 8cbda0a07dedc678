"""Comparing two drawings of a boundary line: shared and apart, with distances and areas.

A winding line of about 200 km is drawn twice. Once the neighbours share it but for nineteen bends
(what two registers look like), once every corner of the second lies a little off (what two surveys
look like). The peer is the plain way through shapely: intersection and both differences on the same
grid, faces of the noded union for the area, distance of every corner from the other line.
"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.geo.boundary_line import ELLIPSOID, Route, route_of
from civgeo.geo.ground import in_metres
from civgeo.geo.line_comparison import LineComparison, compare_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["run"]

SIZES = {2_000: 5, 6_000: 5, 20_000: 3}
GRID = 1e-9
SEED = 20261123
CIVGEO = "civgeo: stretches, sides, crossings, distances, areas"


def run() -> None:
    """Measure both pairs at three sizes, check the answers and report."""
    lines: list[Measured] = []
    notes = []
    for kind, drawn_again in (("nineteen bends", _bends), ("every corner off", _all_off)):
        seconds: dict[str, list[float]] = {}
        for corners, runs in SIZES.items():
            one, other = _line(corners), drawn_again(_line(corners))
            task = (
                f"{kind}: two lines of {route_of(one).length_m / 1000:.0f} km, {corners:,} corners"
            )
            for line in _measured(task, one, other, runs):
                seconds.setdefault(line.contestant, []).append(line.seconds)
                lines.append(line)
        notes += [
            f"{kind}: {name} grows with the corners to the power {exponent(list(SIZES), taken):.2f}"
            for name, taken in seconds.items()
        ]
    report("boundary_lines", lines, [*notes, versions("shapely", "numpy", "pyproj")])


def _line(corners: int) -> LineString:
    """A line of about 200 km that winds at every scale."""
    lon = np.linspace(113.5, 115.3, corners)
    rough = np.cumsum(np.random.default_rng(SEED).normal(0, 2e-4 / np.sqrt(corners), corners))
    return LineString(np.column_stack([lon, 33 + 0.1 * np.sin((lon - 113.5) * 8) + rough]))


def _bends(line: LineString) -> LineString:
    """The line with nineteen bends of about 50 m, one corner in ten concerned."""
    places = shapely.get_coordinates(line)
    step = len(places) // 20
    for start in range(step // 2, len(places) - step, step):
        wave = np.sin(np.linspace(0, 3 * np.pi, step // 10))
        places[start : start + step // 10, 1] += 5e-4 * wave
    return LineString(places)


def _all_off(line: LineString) -> LineString:
    """The line with every corner but the ends some 5 m off."""
    places = shapely.get_coordinates(line)
    off = np.random.default_rng(SEED + 1).normal(0, 5e-5, len(places))
    places[1:-1, 1] += off[1:-1]
    return LineString(places)


def _measured(task: str, one: LineString, other: LineString, runs: int) -> list[Measured]:
    plain = f"intersection, two differences, polygonize, corner distances ({versions('shapely')})"
    routes = route_of(one), route_of(other)
    contestants: dict[str, Callable[[], object]] = {
        CIVGEO: lambda: compare_lines(*routes),
        f"{CIVGEO}, with both routes made": lambda: compare_lines(route_of(one), route_of(other)),
        plain: partial(_plainly, one, other, routes[0]),
    }
    seconds, answers = in_turns(contestants, runs=runs)
    ours, theirs = answers[CIVGEO], answers[plain]
    if not isinstance(ours, LineComparison) or not isinstance(theirs, tuple):
        raise TypeError(task)
    names = ("shared m", "area m2", "greatest m")
    figures = zip(names, (ours.shared_m, ours.area_m2, ours.greatest_m), theirs, strict=True)
    checked = "; ".join(_compared(*each) for each in figures)
    base = seconds[CIVGEO]
    return [
        Measured(task, name, taken, taken / base, checked if name == plain else "")
        for name, taken in seconds.items()
    ]


def _plainly(one: LineString, other: LineString, route: Route) -> tuple[float, float, float]:
    """Shared metres, square metres between, greatest distance of a corner."""
    shared = shapely.get_parts(shapely.intersection(one, other, grid_size=GRID))
    lines = shared[shapely.get_type_id(shared) == 1]
    metres = sum(ELLIPSOID.line_length(*shapely.get_coordinates(line).T) for line in lines)
    shapely.difference(one, other, grid_size=GRID)
    shapely.difference(other, one, grid_size=GRID)
    faces = shapely.polygonize([shapely.union_all([one, other], grid_size=GRID)])
    area = float(shapely.area(in_metres(shapely.get_parts(faces), route.zone)).sum())
    drawn = in_metres(np.array([one, other], dtype=object), route.zone)
    greatest = max(_farthest(drawn[0], drawn[1]), _farthest(drawn[1], drawn[0]))
    scale = 1 + route.scale_error
    return metres, area / scale**2, greatest / scale


def _farthest(line: LineString, other: LineString) -> float:
    """Greatest distance of a corner of a line from another, by its edges in a tree."""
    places: NDArray[np.float64] = shapely.get_coordinates(other)
    edges = shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1))
    points = shapely.points(shapely.get_coordinates(line))
    tree = shapely.STRtree(np.asarray(edges, dtype=object))
    _, distance = tree.query_nearest(points, return_distance=True, all_matches=False)
    return float(distance.max())


def _compared(name: str, ours: float, theirs: float) -> str:
    same = bool(np.isclose(ours, theirs, rtol=1e-4, atol=0.1))
    return f"{name} {theirs:,.1f} {'equal' if same else f'DIFFERENT ({ours:,.1f})'}"
