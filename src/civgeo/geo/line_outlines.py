"""Boundary lines against outlines of divisions: what lies on each side, and who does not follow."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import Route
from civgeo.geo.crs import project, require_cgcs2000
from civgeo.geo.datum import Floats
from civgeo.geo.ground import DENSE_DEG, Shapes, in_metres, points_at
from civgeo.geo.line_findings import LineFault, LineFinding
from civgeo.geo.line_marker_findings import LineSides

__all__ = ["OUTLINE_M", "outline_departures", "sides_of_route"]

OUTLINE_M = 10.0
"""Farthest that an outline may lie from the line that it should follow, metres; no legal figure."""

STEP_M = 20.0
SAMPLES = 400
BESIDE_M = 100.0


def sides_of_route(
    route: Route, divisions: gpd.GeoDataFrame, *, among: tuple[str, ...] = ()
) -> LineSides | None:
    """What lies on the left and on the right of most of a line; None where that is not clear.

    Places 100 m to either side of up to 400 evenly spaced points are asked.

    Parameters
    ----------
    route
        The line.
    divisions
        EPSG:4490, ``code`` and polygons of one level.
    among
        Codes of the line's sides, where known: others do not count.
    """
    require_cgcs2000(divisions)
    along = (np.arange(SAMPLES) + 0.5) / SAMPLES * route.length_m
    places = route.at(np.column_stack([along - 1.0, along + 1.0]).ravel())
    plane = np.column_stack(project(places[:, 0], places[:, 1], route.zone)).reshape(-1, 2, 2)
    middle, heading = plane.mean(axis=1), plane[:, 1] - plane[:, 0]
    unit = heading / np.hypot(*heading.T)[:, None]
    leftward = np.column_stack([-unit[:, 1], unit[:, 0]]) * BESIDE_M
    rows = divisions[divisions["code"].isin(among)] if among else divisions
    shapes, codes = _near(rows, route)
    metric = in_metres(shapes, route.zone)
    tree = shapely.STRtree(metric)
    found = [_most(tree, middle + leftward, codes), _most(tree, middle - leftward, codes)]
    if found[0] is None or found[1] is None or found[0] == found[1]:
        return None
    return LineSides(found[0], found[1])


def _most(tree: shapely.STRtree, places: Floats, codes: Shapes) -> str | None:
    """Code that holds more than half of the places."""
    _, shape = tree.query(points_at(places), predicate="within")
    if not len(shape):
        return None
    counted = pd.Series(codes[shape]).value_counts()
    return str(counted.index[0]) if counted.iloc[0] > len(places) / 2 else None


def outline_departures(
    route: Route,
    divisions: gpd.GeoDataFrame,
    *,
    line: str,
    sides: tuple[str, ...] = (),
    tolerance_m: float = OUTLINE_M,
) -> list[LineFinding]:
    """Stretches of a line that the outline of a division at its side does not follow.

    The line is asked every 20 m and at its corners, so that ends of stretches are known to 20 m.

    Parameters
    ----------
    route
        The line.
    divisions
        EPSG:4490, ``code`` and polygons; invalid ones count by their rings.
    line
        Name of the line.
    sides
        Codes whose outlines have to follow it; without them any outline will do.
    tolerance_m
        Farthest that the outline may lie away.

    Returns
    -------
    list of LineFinding
        ``OUTLINE_APART``, by code and then in route order; one without a place for a code that has
        no outline near the line at all.

    Raises
    ------
    CrsError
        When `divisions` is not in EPSG:4490.
    InvalidInput
        When the tolerance is negative or ``code`` is missing.
    """
    require_cgcs2000(divisions)
    if "code" not in divisions.columns:
        raise InvalidInput("政区图层缺少代码列 code。", code="missing_column")
    if not tolerance_m >= 0:
        raise InvalidInput("轮廓限差应为不小于 0 的米数。")
    chainage, here = _asked(route)
    found: list[LineFinding] = []
    for code in sides or ("",):
        rows = divisions[divisions["code"].astype(str) == code] if code else divisions
        whose = f"{code} 的轮廓" if code else "各政区的轮廓"
        shapes, _ = _near(rows, route)
        if not len(shapes):
            told = f"界线附近没有 {whose}"
            found.append(
                LineFinding(LineFault.OUTLINE_APART, line, told, refs=(code,) if code else ())
            )
            continue
        away = _away(here, shapes, route)
        found += _runs(route, line, code, whose, chainage, away, tolerance_m)
    return found


def _near(divisions: gpd.GeoDataFrame, route: Route) -> tuple[Shapes, Shapes]:
    """Outlines whose rectangles come near the line's, and their codes."""
    west, south = route.places.min(axis=0) - DENSE_DEG
    east, north = route.places.max(axis=0) + DENSE_DEG
    shapes = np.asarray(shapely.force_2d(divisions.geometry.to_numpy()), dtype=object)
    bounds = shapely.bounds(shapes)
    meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
    meets &= (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return shapes[meets], divisions["code"].astype(str).to_numpy(dtype=object)[meets]


def _asked(route: Route) -> tuple[Floats, Shapes]:
    """Chainages that are asked, and their points on the plane."""
    steps = np.linspace(0.0, route.length_m, max(int(route.length_m // STEP_M), 1) + 1)
    chainage = np.union1d(steps, route.chainage_m)
    places = route.at(chainage)
    return chainage, points_at(np.column_stack(project(places[:, 0], places[:, 1], route.zone)))


def _away(here: Shapes, shapes: Shapes, route: Route) -> Floats:
    """Distance of each point from the nearest outline, metres."""
    rings = np.asarray(shapely.segmentize(shapely.boundary(shapes), DENSE_DEG), dtype=object)
    parts = in_metres(np.asarray(shapely.get_parts(rings), dtype=object), route.zone)
    places, ring = shapely.get_coordinates(parts, return_index=True)
    same = ring[:-1] == ring[1:]
    ends = np.stack([places[:-1][same], places[1:][same]], axis=1)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends), dtype=object))
    (point, _), distance = tree.query_nearest(here, return_distance=True, all_matches=False)
    found = np.full(len(here), np.inf)
    found[point] = distance
    return np.asarray(found / (1.0 + route.scale_error))


def _runs(
    route: Route,
    line: str,
    code: str,
    whose: str,
    chainage: Floats,
    away: Floats,
    tolerance_m: float,
) -> Iterable[LineFinding]:
    """Findings of the stretches that are farther away than the tolerance."""
    far = np.concatenate([[False], away > tolerance_m, [False]])
    starts = np.flatnonzero(far[1:] & ~far[:-1])
    ends = np.flatnonzero(~far[1:] & far[:-1]) - 1
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        # the places asked on both sides of the run bound it
        begin, end = chainage[max(first - 1, 0)], chainage[min(last + 1, len(chainage) - 1)]
        those = away[first : last + 1]
        told = (
            f"{begin / 1000:.3f} 至 {end / 1000:.3f} 千米：{whose}离界线最远 {those.max():.1f} 米"
        )
        yield LineFinding(
            LineFault.OUTLINE_APART,
            line,
            told,
            shape=route.between(float(begin), float(end)),
            chainage_m=float(begin),
            length_m=float(end - begin),
            greatest_m=float(those.max()),
            mean_m=float(those.mean()),
            refs=(code,) if code else (),
        )
