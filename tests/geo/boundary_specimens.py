"""Invented boundary lines, markers and features shared by the tests, EPSG:4490."""

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, Point

from civgeo.geo.boundary_line import Route, route_of

__all__ = ["STRAIGHT", "WINDING", "bent", "markers_at", "route_between", "winding"]

STRAIGHT = LineString([(114.0, 33.0), (114.1, 33.0)])


def winding(corners: int = 400, *, west: float = 113.5, east: float = 115.5) -> LineString:
    """A winding line from west to east."""
    lon = np.linspace(west, east, corners)
    return LineString(np.column_stack([lon, 33 + 0.1 * np.sin((lon - west) * 8)]))


WINDING = winding()
"""About 220 km, across the edge of two zones nowhere; 400 corners."""


def bent(line: LineString, first: int, last: int, north_deg: float) -> LineString:
    """The line with its corners from `first` up to `last` moved in a half wave."""
    corners = shapely.get_coordinates(line)
    corners[first:last, 1] += north_deg * np.sin(np.linspace(0, np.pi, last - first))
    return LineString(corners)


def route_between(*places: tuple[float, float]) -> Route:
    """Route of a line with these corners."""
    return route_of(LineString(places))


def markers_at(route: Route, numbers: list[str], *, north_deg: float = 0.0) -> gpd.GeoDataFrame:
    """Markers at even distances along a route, moved north."""
    places = route.at(np.linspace(0, route.length_m, len(numbers)))
    points = [Point(lon, lat + north_deg) for lon, lat in places.tolist()]
    return gpd.GeoDataFrame({"number": numbers, "line": ""}, geometry=points, crs=4490)
