"""The walk along a line: legs between markers and turning points, with true directions.

Directions are geodesic azimuths at the start of a leg, hence from true north: no convergence has
to be removed. Distances run along the line, not straight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.bearings import direction16
from civgeo.domain.walk_description import ALONG_THE_LINE, WalkLeg
from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import ELLIPSOID, Route
from civgeo.geo.crs import project, require_cgcs2000
from civgeo.geo.datum import Floats
from civgeo.geo.ground import in_metres, points_at
from civgeo.geo.index import Numbers

__all__ = ["FEATURE_REACH_M", "TURN_M", "PlacedLeg", "walk_along"]

TURN_M = 300.0
"""Turns by which a line leaves the chord of a leg by less than this, metres, are passed over."""

FEATURE_REACH_M = 50.0
"""A leg follows a river, ridge or road where that is no farther than this from it, metres."""

FOLLOWS = 0.5
SAME_PLACE_M = 1.0


@dataclass(frozen=True, slots=True)
class PlacedLeg:
    """A leg of the walk and where it lies.

    Parameters
    ----------
    leg
        Labels, direction, what it follows, distance.
    start_m, end_m
        Chainages.
    bearing_deg
        True bearing from start to end.
    along_share
        Share of its length beside what it follows; 0 where it follows the line only.
    start, end
        Longitude and latitude.
    """

    leg: WalkLeg
    start_m: float
    end_m: float
    bearing_deg: float
    along_share: float
    start: tuple[float, float]
    end: tuple[float, float]


def walk_along(
    route: Route,
    stations: pd.DataFrame | None = None,
    *,
    turn_m: float = TURN_M,
    features: gpd.GeoDataFrame | None = None,
    feature_reach_m: float = FEATURE_REACH_M,
    start: str = "界线起点",
    end: str = "界线终点",
) -> list[PlacedLeg]:
    """Legs of the walk from the start of a line to its end.

    A leg ends at each station and where the line turns; two legs in one direction along one
    feature with no station between them are one.

    Parameters
    ----------
    route
        The line.
    stations
        ``label``, ``chainage_m``: markers; stations within 1 m of each other along the line are
        one, their labels joined (A and B of a double).
    turn_m
        Tolerance of the generalisation, metres; 0 keeps every corner.
    features
        EPSG:4490 lines, ``name``: rivers, ridges, roads.
    feature_reach_m
        How near a feature must be.
    start, end
        Names of the line's ends, where no station stands there.

    Raises
    ------
    CrsError
        When `features` is not in EPSG:4490.
    InvalidInput
        When a tolerance is negative, or ``name`` is missing.
    """
    if not (turn_m >= 0 and feature_reach_m >= 0):
        raise InvalidInput("走向说明的容差应为不小于 0 的米数。")
    nodes, labels = _stations(route, stations, start, end)
    marks = np.searchsorted(route.chainage_m, nodes)
    chainages, fixed = [nodes[0]], [labels[0]]
    for place in range(len(nodes) - 1):
        turns = _turns(route, nodes[place], nodes[place + 1], marks[place : place + 2], turn_m)
        chainages += [*turns, nodes[place + 1]]
        fixed += [*("" for _ in turns), labels[place + 1]]
    cut = np.array(chainages)
    along, shares = _followed(route, cut, features, feature_reach_m)
    keep = _merged(_bearings(route, cut), along, fixed)
    return _legs(route, cut, fixed, along, shares, keep)


def _stations(
    route: Route, stations: pd.DataFrame | None, start: str, end: str
) -> tuple[Floats, list[str]]:
    """Chainages of all stations with the ends of the line, and their labels."""
    rows: list[tuple[float, str]] = []
    if stations is not None:
        rows = sorted(
            (float(chainage), str(label))
            for chainage, label in zip(stations["chainage_m"], stations["label"], strict=True)
            if np.isfinite(chainage)
        )
    groups: list[tuple[float, list[str]]] = []
    for chainage, label in rows:
        if groups and chainage - groups[-1][0] <= SAME_PLACE_M:
            groups[-1][1].append(label)
        else:
            groups.append((chainage, [label]))
    if not groups or groups[0][0] > SAME_PLACE_M:
        groups.insert(0, (0.0, [start]))
    if groups[-1][0] < route.length_m - SAME_PLACE_M:
        groups.append((route.length_m, [end]))
    return np.array([chainage for chainage, _ in groups]), ["、".join(each) for _, each in groups]


def _turns(
    route: Route, start_m: float, end_m: float, marks: Numbers, turn_m: float
) -> list[float]:
    """Chainages where the line turns between two stations (Douglas and Peucker)."""
    inner = np.arange(marks[0], marks[1])
    inner = inner[(route.chainage_m[inner] > start_m) & (route.chainage_m[inner] < end_m)]
    ends = route.at([start_m, end_m])
    ends = np.column_stack(project(ends[:, 0], ends[:, 1], route.zone))
    path = np.vstack([ends[:1], route.plane[inner], ends[1:]])
    kept = shapely.get_coordinates(
        shapely.simplify(shapely.linestrings(path), turn_m, preserve_topology=False)
    )
    found, place = [], 1
    for corner in kept[1:-1]:
        place += int(np.argmax((path[place:] == corner).all(axis=1)))
        found.append(float(route.chainage_m[inner[place - 1]]))
        place += 1
    return found


def _bearings(route: Route, cut: Floats) -> Floats:
    """True bearing from each cut to the next, 0 up to 360."""
    places = route.at(cut)
    azimuth, _, _ = ELLIPSOID.inv(places[:-1, 0], places[:-1, 1], places[1:, 0], places[1:, 1])
    found = np.asarray(azimuth) % 360.0
    return np.where(found == 360.0, 0.0, found)


def _followed(
    route: Route, cut: Floats, features: gpd.GeoDataFrame | None, reach_m: float
) -> tuple[list[str], Floats]:
    """What each leg follows, and the share of its length beside it."""
    legs = len(cut) - 1
    along, shares = [ALONG_THE_LINE] * legs, np.zeros(legs)
    if features is None or features.empty or legs == 0:
        return along, shares
    require_cgcs2000(features)
    if "name" not in features.columns:
        raise InvalidInput("地物图层缺少名称列 name。", code="missing_column")
    names, number = np.unique(features["name"].fillna("").astype(str), return_inverse=True)
    step = max(reach_m / 2, 5.0)
    counts = np.maximum(np.ceil(np.diff(cut) / step).astype(np.intp), 1)
    leg = np.repeat(np.arange(legs), counts)
    within = np.arange(len(leg)) - np.repeat(np.cumsum(counts) - counts, counts)
    places = route.at(cut[leg] + (within + 0.5) / counts[leg] * np.diff(cut)[leg])
    here = points_at(np.column_stack(project(places[:, 0], places[:, 1], route.zone)))
    near = _near_route(features, route, reach_m)
    shapes = in_metres(features.geometry.to_numpy()[near], route.zone)
    point, feature = shapely.STRtree(shapes).query(here, predicate="dwithin", distance=reach_m)
    pairs = np.unique(np.column_stack([point, number[near][feature]]), axis=0)
    beside = np.zeros((legs, len(names)))
    np.add.at(beside, (leg[pairs[:, 0]], pairs[:, 1]), 1.0)
    beside /= counts[:, None]
    beside[:, names == ""] = 0.0
    best = beside.argmax(axis=1)
    for row in np.flatnonzero(beside.max(axis=1) >= FOLLOWS):
        along[row], shares[row] = str(names[best[row]]), float(beside[row, best[row]])
    return along, shares


def _near_route(features: gpd.GeoDataFrame, route: Route, reach_m: float) -> Numbers:
    """Rows of features in the rectangle of the line: others may lie outside its projection."""
    margin = reach_m / 50_000.0
    west, south = route.places.min(axis=0) - margin
    east, north = route.places.max(axis=0) + margin
    bounds = shapely.bounds(features.geometry.to_numpy())
    meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
    meets &= (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return np.flatnonzero(meets)


def _merged(bearings: Floats, along: Sequence[str], fixed: Sequence[str]) -> list[int]:
    """Cuts that stay: the stations, and turns where the direction or what is followed changes."""
    sectors = [direction16(Fraction(each)) for each in bearings.tolist()]
    turns = range(1, len(sectors))
    stay = [
        place
        for place in turns
        if fixed[place]
        or sectors[place] is not sectors[place - 1]
        or along[place] != along[place - 1]
    ]
    return [0, *stay, len(sectors)]


def _legs(
    route: Route,
    cut: Floats,
    fixed: Sequence[str],
    along: Sequence[str],
    shares: Floats,
    keep: Sequence[int],
) -> list[PlacedLeg]:
    kept = cut[list(keep)]
    bearings, places = _bearings(route, kept), route.at(kept).tolist()
    labels, turn = [], 0
    for place in keep:
        turn += not fixed[place]
        labels.append(fixed[place] or f"拐点{turn}")
    found = []
    for number, (first, last) in enumerate(pairwise(keep)):
        metres = np.diff(cut[first : last + 1])
        leg = WalkLeg(
            labels[number],
            labels[number + 1],
            direction16(Fraction(float(bearings[number]))),
            along[first],
            float(metres.sum()),
        )
        found.append(
            PlacedLeg(
                leg,
                float(kept[number]),
                float(kept[number + 1]),
                float(bearings[number]),
                float((shares[first:last] * metres).sum() / metres.sum()),
                (places[number][0], places[number][1]),
                (places[number + 1][0], places[number + 1][1]),
            )
        )
    return found
