"""Where lines end together: tri-junctions, and how far their ends are apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import Route, geodesic_m
from civgeo.geo.datum import Floats
from civgeo.geo.ground import points_at
from civgeo.geo.index import Numbers

__all__ = ["JUNCTION_M", "REACH_M", "NamedRoute", "ends_apart_m", "tri_junctions"]

JUNCTION_M = 1.0
"""Ends this near are one tri-junction, metres: point errors of up to 1 m are wanted of surveys."""

REACH_M = 500.0
"""Ends of three lines no farther apart than this are meant to be one tri-junction."""


@dataclass(frozen=True, slots=True)
class NamedRoute:
    """A line with its name, the codes of its sides (none where unknown) and its own code."""

    name: str
    sides: tuple[str, ...]
    route: Route
    code: str = ""


def ends_apart_m(ends: Sequence[tuple[float, float]]) -> Floats:
    """Geodesic distances between places (longitude, latitude), metres, array (n, n)."""
    places = np.asarray(ends, dtype=np.float64).reshape(-1, 2)
    count = len(places)
    one, other = np.repeat(places, count, axis=0), np.tile(places, (count, 1))
    return geodesic_m(one, other).reshape(count, count)


def tri_junctions(
    lines: Sequence[NamedRoute], *, tolerance_m: float = JUNCTION_M, reach_m: float = REACH_M
) -> gpd.GeoDataFrame:
    """Places where three lines or more end, and whether they end at one point.

    Parameters
    ----------
    lines
        Lines of one layer, or of the neighbours together.
    tolerance_m
        Greatest distance between ends that count as equal.
    reach_m
        Ends are taken together when each lies this near to another of them.

    Returns
    -------
    GeoDataFrame
        EPSG:4490, from west to east: ``lines`` (tuple of names), ``sides`` (tuple of codes,
        ascending), ``greatest_m`` (between any two of the ends), ``equal`` (bool), geometry POINT
        in the middle of the ends.

    Raises
    ------
    InvalidInput
        When a distance is negative.
    """
    if not (tolerance_m >= 0 and reach_m >= 0):
        raise InvalidInput("三交点的限差应为不小于 0 的米数。")
    owners = [each for each in lines if not each.route.closed for _ in range(2)]
    ends = [
        end for each in lines if not each.route.closed for end in (each.route.start, each.route.end)
    ]
    distance = ends_apart_m(ends)
    rows: list[tuple[tuple[str, ...], tuple[str, ...], float, float, float]] = []
    for group in _groups(distance <= max(reach_m, tolerance_m)):
        names = {owners[place].name for place in group.tolist()}
        if len(names) < 3:
            continue
        codes = {code for place in group.tolist() for code in owners[place].sides}
        middle = np.asarray(ends)[group].mean(axis=0)
        greatest = float(distance[np.ix_(group, group)].max())
        rows.append(
            (
                tuple(sorted(names)),
                tuple(sorted(codes)),
                greatest,
                float(middle[0]),
                float(middle[1]),
            )
        )
    rows.sort(key=lambda row: row[3:])
    return gpd.GeoDataFrame(
        {
            "lines": pd.Series([row[0] for row in rows], dtype=object),
            "sides": pd.Series([row[1] for row in rows], dtype=object),
            "greatest_m": np.array([row[2] for row in rows], dtype=np.float64),
            "equal": np.array([row[2] <= tolerance_m for row in rows], dtype=bool),
        },
        geometry=points_at(np.array([row[3:] for row in rows], dtype=np.float64).reshape(-1, 2)),
        crs=4490,
    )


def _groups(near: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> list[Numbers]:
    """Places that are linked to each other, each group once."""
    left = set(range(len(near)))
    groups = []
    while left:
        group, edge = set(), {left.pop()}
        while edge:
            group |= edge
            linked = np.flatnonzero(near[sorted(edge)].any(axis=0))
            edge = set(linked.tolist()) - group
        left -= group
        groups.append(np.array(sorted(group), dtype=np.intp))
    return groups
