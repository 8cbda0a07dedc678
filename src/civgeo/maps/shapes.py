"""Geometry as maps need it: degrees, rings, and where a label or symbol stands."""

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.errors import InvalidInput
from civgeo.geo.crs import require_cgcs2000

__all__ = ["bounds_of", "label_point", "point_xy", "polygons_of", "shown_counties", "whole_city"]

DEGREE_DECIMALS = 5
LABEL_TOLERANCE_DEG = 0.01


def shown_counties(divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """County-level rows of `divisions` that have an outline, those around the city first.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    require_cgcs2000(divisions)
    has_outline = divisions.geometry.notna() & ~divisions.geometry.is_empty
    counties = divisions[has_outline & (divisions["level"] == "county")]
    if not (counties["role"] == "own").any():
        raise InvalidInput("没有可画的县级范围：divisions 中缺少本市县级政区的图形，请先导入")
    return counties.sort_values("role", kind="stable")


def whole_city(divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The city's own outline, where the frame has one."""
    own = (divisions["level"] == "prefecture") & (divisions["role"] == "own")
    return divisions[own & divisions.geometry.notna() & ~divisions.geometry.is_empty]


def bounds_of(counties: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """West, south, east and north of the city's own counties, in degrees."""
    west, south, east, north = counties[counties["role"] == "own"].total_bounds
    return float(west), float(south), float(east), float(north)


def polygons_of(shape: BaseGeometry) -> list[list[list[list[float]]]]:
    """Rings of each polygon as [latitude, longitude], shell first, rounded to about a metre."""
    return [
        [_ring(ring) for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in shapely.get_parts(shape)
        if polygon.geom_type == "Polygon"
    ]


def _ring(ring: BaseGeometry) -> list[list[float]]:
    points = np.round(shapely.get_coordinates(ring)[:, ::-1], DEGREE_DECIMALS)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    rounded: list[list[float]] = points[moved].tolist()
    return rounded


def label_point(shape: BaseGeometry, tolerance: float = LABEL_TOLERANCE_DEG) -> tuple[float, float]:
    """x and y of the middle of the largest part: the centre of its largest inner circle."""
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    circle = shapely.maximum_inscribed_circle(largest, tolerance)
    x, y = shapely.get_coordinates(circle)[0]
    return float(x), float(y)


def point_xy(frame: gpd.GeoDataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """x and y of a point in each shape (n, 2), NaN where there is none."""
    shapes = frame.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])
