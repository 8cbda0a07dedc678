"""Where divisions meet: boundaries shared by two, and points shared by three or more."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.geo.crs import Zone, project, zone_of
from civgeo.geo.datum import Floats
from civgeo.geo.edges import NEAR_DEG, Cuts, Edges, Mask, Shared, degrees
from civgeo.geo.ground import Shapes, points_at
from civgeo.geo.index import Numbers

__all__ = ["junctions", "shared_boundaries"]

ZONE_DEG = 3.0


def shared_boundaries(
    shared: Shared, found: Cuts, codes: NDArray[np.object_], zone: Zone | None
) -> pd.DataFrame:
    """Length of the boundary that each pair of divisions shares.

    Shared is where two outlines run along each other with one division on each side. Rows of one
    code are one division.

    Parameters
    ----------
    shared, found
        What `civgeo.geo.edges` found.
    codes
        Code of each outline.
    zone
        Where metres are measured; None for the zone of each piece.

    Returns
    -------
    DataFrame
        ``one``, ``other`` (codes) and ``length_m``, longest first.
    """
    names, number = np.unique(codes, return_inverse=True)
    left, right = number[shared.left], number[shared.right]
    apart = left != right
    low, high = np.minimum(left, right)[apart], np.maximum(left, right)[apart]
    ends = np.stack([shared.start[apart], shared.end[apart]], axis=1)
    pairs, pair = np.unique(low * len(names) + high, return_inverse=True)
    lengths = np.bincount(pair, _lengths_m(ends, degrees(found.units), zone), len(pairs))
    one, other = np.divmod(pairs, max(len(names), 1))
    listed = pd.DataFrame({"one": names[one], "other": names[other], "length_m": lengths})
    return listed.sort_values("length_m", ascending=False, kind="stable", ignore_index=True)


def _lengths_m(ends: Numbers, places: Floats, zone: Zone | None) -> Floats:
    """Length of each piece between two of `places`; each place is projected once a zone."""
    middle = places[ends, 0].mean(axis=1)
    number = np.floor((middle + ZONE_DEG / 2) / ZONE_DEG) if zone is None else np.zeros(len(ends))
    lengths = np.empty(len(ends))
    for each in np.unique(number):
        rows = number == each
        used, at = np.unique(ends[rows], return_inverse=True)
        own = zone or zone_of(float(each) * ZONE_DEG)
        east, north = project(places[used, 0], places[used, 1], own)
        at = at.reshape(-1, 2)
        lengths[rows] = np.hypot(np.diff(east[at])[:, 0], np.diff(north[at])[:, 0])
    return lengths


def junctions(edges: Edges, found: Cuts, codes: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Points where the outlines of three or more divisions meet, within 1e-9 degree (0.1 mm).

    A point counts once however many divisions meet there, and each division once however many of
    its parts do. Where two divisions meet the outer edge of the layer is no junction of three,
    nor is a triangle of no-man's-land between three that do not quite meet: that is a gap.

    Parameters
    ----------
    edges, found
        What `civgeo.geo.edges` found.
    codes
        Code of each outline.

    Returns
    -------
    GeoDataFrame
        ``codes`` (tuple, ascending), ``lon``, ``lat``, geometry POINT, EPSG:4490; from west to
        east.
    """
    names, number = np.unique(codes, return_inverse=True)
    corner, code = _met_by_three(edges, found, number)
    order = np.lexsort((code, found.units[corner]))
    corner, code = corner[order], code[order]
    first = np.flatnonzero(np.diff(corner, prepend=-1))
    points = points_at(degrees(found.units[corner[first]]))
    sets = [tuple(part.tolist()) for part in np.split(names[code], first[1:])][: len(first)]
    kept = _apart(points)
    chosen = points[kept]
    return gpd.GeoDataFrame(
        {
            "codes": pd.Series(sets, dtype=object)[kept].to_numpy(),
            "lon": shapely.get_x(chosen),
            "lat": shapely.get_y(chosen),
        },
        geometry=chosen,
        crs="EPSG:4490",
    )


def _met_by_three(edges: Edges, found: Cuts, number: Numbers) -> tuple[Numbers, Numbers]:
    """Corners where three divisions or more meet, and the number of each division there."""
    touched = pd.DataFrame({"segment": found.on, "corner": found.corner})
    cut = found.cut[edges.segment]
    sides = pd.DataFrame({"segment": edges.segment[cut], "shape": edges.shape[cut]})
    lying = touched.merge(sides, on="segment")
    corner = np.concatenate([edges.start, lying["corner"].to_numpy()])
    shape = np.concatenate([edges.shape, lying["shape"].to_numpy()])
    crowded = np.bincount(corner, minlength=1)[corner] >= 3
    pairs = np.unique(corner[crowded] * (len(number) + 1) + number[shape[crowded]])
    corner, code = np.divmod(pairs, len(number) + 1)
    three = np.bincount(corner, minlength=1)[corner] >= 3
    return corner[three], code[three]


def _apart(points: Shapes) -> Mask:
    """Which points are kept so that no two lie within two grid steps."""
    kept = np.ones(len(points), dtype=bool)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=NEAR_DEG)
    kept[other[one < other]] = False
    return kept
