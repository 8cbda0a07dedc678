"""Markers along a line: chainage, offset and side of each."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import Route, geodesic_m
from civgeo.geo.crs import project, require_cgcs2000
from civgeo.geo.datum import Floats
from civgeo.geo.ground import Shapes, coordinates_of, points_at
from civgeo.geo.index import Numbers

__all__ = ["LEFT", "RIGHT", "marker_positions"]

TIE_M = 1e-3
LEFT, RIGHT, ON = "left", "right", "on"


def marker_positions(markers: gpd.GeoDataFrame, route: Route) -> pd.DataFrame:
    """Where each marker stands along a line.

    Parameters
    ----------
    markers
        EPSG:4490; geometry POINT, null where unknown.
    route
        The line.

    Returns
    -------
    DataFrame
        On the index of `markers`: ``chainage_m`` (of the nearest place on the line, the first of
        equals), ``offset_m`` (geodesic distance from it), ``side`` (``left``, ``right`` as seen
        along the route, ``on`` below 1 mm; None without a place), ``order`` (from 1 in route
        order, equals in the order given; 0 without a place), ``foot_lon``, ``foot_lat``.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490 or lies far from the line's zone.
    InvalidInput
        When a geometry is no point.
    """
    require_cgcs2000(markers)
    shapes = markers.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    if not np.isin(kinds, [-1, 0]).all():
        row = markers.index[np.flatnonzero(~np.isin(kinds, [-1, 0]))[0]]
        raise InvalidInput(f"编号 {row} 的界桩不是点图形。", code="bad_geometry")
    places = coordinates_of(shapes)
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    columns = {name: np.full(len(markers), np.nan) for name in ("chainage_m", "offset_m")}
    foot = np.full((len(markers), 2), np.nan)
    side = np.full(len(markers), None, dtype=object)
    order = np.zeros(len(markers), dtype=np.int64)
    columns["chainage_m"][known], foot[known], side[known] = _on_route(places[known], route)
    columns["offset_m"][known] = geodesic_m(places[known], foot[known])
    side[known[columns["offset_m"][known] < TIE_M]] = ON
    order[known[np.argsort(columns["chainage_m"][known], kind="stable")]] = 1 + np.arange(
        len(known)
    )
    feet = {"foot_lon": foot[:, 0], "foot_lat": foot[:, 1]}
    return pd.DataFrame(
        {
            **columns,
            "side": pd.Series(side, index=markers.index, dtype=object),
            "order": order,
            **feet,
        },
        index=markers.index,
    )


def _on_route(places: Floats, route: Route) -> tuple[Floats, Floats, Shapes]:
    """Chainage, nearest place on the line, and side of each place."""
    here = np.column_stack(project(places[:, 0], places[:, 1], route.zone))
    start, end = route.plane[:-1], route.plane[1:]
    edges = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
    points = points_at(here)
    tree = shapely.STRtree(edges)
    nearest = np.asarray(shapely.distance(points, edges[tree.nearest(points)]))
    point, edge = tree.query(points, predicate="dwithin", distance=nearest + TIE_M)
    first = _first_of(point, edge)
    edge = edge[first]
    along = end[edge] - start[edge]
    share = ((here - start[edge]) * along).sum(axis=1) / (along**2).sum(axis=1)
    share = np.clip(share, 0.0, 1.0)[:, None]
    foot = route.places[edge] * (1 - share) + route.places[edge + 1] * share
    steps = np.diff(route.chainage_m)
    chainage = route.chainage_m[edge] + share[:, 0] * steps[edge]
    away = here - (start[edge] + share * along)
    heading = _heading_at(route, edge, share[:, 0])
    cross = heading[:, 0] * away[:, 1] - heading[:, 1] * away[:, 0]
    return chainage, foot, np.where(cross > 0, LEFT, RIGHT).astype(object)


def _first_of(point: Numbers, edge: Numbers) -> Numbers:
    """Rows of the pairs with the lowest edge of each point, by point."""
    order = np.lexsort((edge, point))
    return order[np.flatnonzero(np.diff(point[order], prepend=-1))]


def _heading_at(route: Route, edge: Numbers, share: Floats) -> Floats:
    """Direction of the line where a place is nearest: at a corner the mean of both edges."""
    steps = np.diff(route.plane, axis=0)
    unit = steps / np.hypot(*steps.T)[:, None]
    beside = edge + (share >= 1.0).astype(np.intp) - (share <= 0.0)
    beside = beside % len(unit) if route.closed else np.clip(beside, 0, len(unit) - 1)
    return np.asarray(unit[edge] + unit[beside], dtype=np.float64)
