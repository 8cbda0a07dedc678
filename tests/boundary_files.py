"""Layers of invented boundary lines for the tests of commands, EPSG:4490."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, Point, box

HOSTILE = '<img src=x onerror=alert(1)>${alert(2)}"&`'


def lines_layer(bend: float = 0.0) -> gpd.GeoDataFrame:
    """Three lines that meet at 114.0 E, 33.0 N; one corner of the first moved north by `bend`."""
    places = [(114 + 0.02 * x, 33.0) for x in range(16)]
    places[7] = (places[7][0], 33.0 + bend)
    lines = [
        LineString(places),
        LineString([(114.0, 33.0), (114.0, 33.4)]),
        LineString([(114.0, 33.0), (113.8, 32.7)]),
    ]
    table = {
        "name": ["周驻线", "平驻线", "平周线"],
        "sides": ["4116、4117", "4104、4117", "4104、4116"],
    }
    return gpd.GeoDataFrame(table, geometry=lines, crs=4490)


def markers_layer(numbers: Sequence[str], north_deg: Sequence[float] = ()) -> gpd.GeoDataFrame:
    """Markers of the first line from 114.0 to 114.3 E, each moved north."""
    lon = np.linspace(114.0, 114.3, len(numbers))
    lat = 33.0 + np.array(north_deg or [0.0] * len(numbers))
    points = [Point(place) for place in zip(lon.tolist(), lat.tolist(), strict=True)]
    table = {"number": list(numbers), "line": ["周驻线"] * len(numbers)}
    return gpd.GeoDataFrame(table, geometry=points, crs=4490)


def divisions_layer() -> gpd.GeoDataFrame:
    """Outlines north and south of the first line."""
    boxes = [box(114.0, 33.0, 114.3, 33.2), box(114.0, 32.8, 114.3, 33.0)]
    return gpd.GeoDataFrame({"code": ["4116", "4117"]}, geometry=boxes, crs=4490)
