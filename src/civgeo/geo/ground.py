"""Degrees to metres on the ground, for one city or for a layer wider than any zone."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from civgeo.geo.crs import (
    CGCS2000_EPSG,
    WIDEST_CITY_DEG,
    CrsName,
    Zone,
    city_zone,
    project,
    transform_points,
    zone_of,
)
from civgeo.geo.datum import CGCS2000, Floats, ground_distance_m

__all__ = [
    "DENSE_DEG",
    "POLYGON",
    "Shapes",
    "areas_m2",
    "coordinates_of",
    "distances_m",
    "greatest_width_m",
    "in_metres",
    "on_the_ground",
    "places_of",
    "points_at",
    "polygon_parts",
    "zone_or_none",
]

Shapes = NDArray[np.object_]

POLYGON = 3
"""Type number of a polygon in GEOS."""

WIDTH_SHARE = 0.01
FINEST_WIDTH_M = 1e-4
LARGE_DEG = 0.5
DENSE_DEG = 0.01
STEP_DEG = 1e-3


def zone_or_none(frame: gpd.GeoDataFrame) -> Zone | None:
    """The one zone of a city, or None for a layer too wide to be measured in one.

    Parameters
    ----------
    frame
        Any geometries in EPSG:4490.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490 or has no extent.
    """
    west, _, east, _ = (float(edge) for edge in frame.total_bounds)
    if east - west > WIDEST_CITY_DEG:
        return None
    return city_zone(frame)


def in_metres(shapes: Shapes, zone: Zone | None, *, where: Shapes | None = None) -> Shapes:
    """`shapes` in metres of `zone`, easting first; of the zone of each shape where it is None.

    Parameters
    ----------
    shapes
        Geometries in degrees, EPSG:4490, longitude first.
    zone
        The city's zone.
    where
        With `zone` None: geometries whose middles choose the zones instead, one per shape, so
        that two arrays can be compared in the same metres.

    Raises
    ------
    CrsError
        When a coordinate cannot be projected.
    """
    if zone is not None:
        return _projected(shapes, zone)
    bounds = shapely.bounds(shapes if where is None else where)
    middle = (bounds[:, 0] + bounds[:, 2]) / 2
    numbers = np.floor((middle + 1.5) / 3)
    metric = np.empty(len(shapes), dtype=object)
    for number in np.unique(numbers[np.isfinite(numbers)]):
        rows = numbers == number
        metric[rows] = _projected(shapes[rows], zone_of(float(number) * 3))
    return metric


def _projected(shapes: Shapes, zone: Zone) -> Shapes:
    def metres(degrees: Floats) -> Floats:
        return np.column_stack(project(degrees[:, 0], degrees[:, 1], zone))

    return np.asarray(shapely.transform(shapes, metres), dtype=object)


def on_the_ground(pieces: Shapes, zone: Zone | None) -> Shapes:
    """Polygons in metres, with every edge as straight as it is in degrees.

    Projecting the corners alone bends an edge of 30 km by 11 m against a neighbour that has one
    more corner on it, and would make an area of what has none. So each piece is carried over by
    the projection's linear part at its own middle, which keeps straight lines straight; areas
    agree with the projection to 1e-6 for pieces of 10 km. Pieces wider than half a degree are
    projected with corners added every 0.01 degree.

    Parameters
    ----------
    pieces
        Polygons in degrees, EPSG:4490.
    zone
        As for `in_metres`.
    """
    if not len(pieces):
        return pieces
    bounds = shapely.bounds(pieces)
    large = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) > LARGE_DEG
    metric = np.empty(len(pieces), dtype=object)
    dense = np.asarray(shapely.segmentize(pieces[large], DENSE_DEG), dtype=object)
    metric[large] = in_metres(dense, zone)
    metric[~large] = _linear(pieces[~large], zone)
    return metric


def _linear(pieces: Shapes, zone: Zone | None) -> Shapes:
    """Each piece by the linear part of the projection at its middle, which becomes (0, 0)."""
    middle = coordinates_of(np.asarray(shapely.centroid(pieces), dtype=object))
    sides = []
    for step in (np.array([STEP_DEG, 0.0]), np.array([0.0, STEP_DEG])):
        ahead = in_metres(points_at(middle + step), zone, where=pieces)
        behind = in_metres(points_at(middle - step), zone, where=pieces)
        sides.append((coordinates_of(ahead) - coordinates_of(behind)) / (2 * STEP_DEG))
    given, owners = shapely.get_coordinates(pieces, return_index=True)
    away = given - middle[owners]
    moved = away[:, :1] * sides[0][owners] + away[:, 1:] * sides[1][owners]
    return np.asarray(shapely.set_coordinates(pieces.copy(), moved), dtype=object)


def distances_m(some: Shapes, others: Shapes, epsg: int) -> Floats:
    """Distance of each shape to the other one in its place, along the ellipsoid.

    A zone is stretched by 0.16 m in a kilometre one degree and a fifth from its middle, so lengths
    in it are not compared with distances that a rule gives. It runs between the two places that
    are nearest in the zone, and is rounded to a tenth of a millimetre.

    Parameters
    ----------
    some, others
        Geometries in metres of the zone, none of them empty.
    epsg
        The zone.

    Raises
    ------
    CrsError
        When a coordinate cannot be converted.
    """
    links = shapely.shortest_line(some, others)
    ends = shapely.get_coordinates(links)
    zone, degrees = (CrsName.parse(f"EPSG:{code}") for code in (epsg, CGCS2000_EPSG))
    lon, lat = transform_points(ends[:, 0], ends[:, 1], zone, degrees)
    apart = ground_distance_m(lon[::2], lat[::2], lon[1::2], lat[1::2])
    return np.where(shapely.length(links) == 0, 0.0, np.round(apart, 4))


def areas_m2(shapes: Shapes) -> Floats:
    """Area of each polygon on the ellipsoid, as land is surveyed, m2; 0 for points and lines.

    A zone is 0.03 percent too wide at its edge: 0.016 mu in 50, more than areas are compared to.

    Parameters
    ----------
    shapes
        Geometries in degrees, EPSG:4490, longitude first.
    """
    turned = shapely.orient_polygons(shapes)
    found = [CGCS2000.geometry_area_perimeter(shape)[0] for shape in turned]
    return np.array(found, dtype=np.float64)


def greatest_width_m(metric: Shapes) -> Floats:
    """Diameter of the largest circle inside each polygon, in metres.

    It is the width where the polygon is widest, found to one percent and never too large: a
    hairline with one wide bulge is as wide as the bulge. 2 * area / perimeter, the mean width of
    a long strip, is never larger (every plane figure has area <= perimeter * inner radius).

    Parameters
    ----------
    metric
        Polygons in metres.
    """
    widths = np.zeros(len(metric), dtype=np.float64)
    real = np.flatnonzero(shapely.area(metric) > 0)
    if real.size:
        mean = 2 * shapely.area(metric[real]) / shapely.length(metric[real])
        finest = np.maximum(mean * WIDTH_SHARE / 2, FINEST_WIDTH_M)
        radii = shapely.maximum_inscribed_circle(metric[real], tolerance=finest)
        widths[real] = np.maximum(2 * shapely.length(radii), mean)
    return widths


def polygon_parts(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Polygons within `shapes`, and the number of the shape that each is part of."""
    parts, owners = shapely.get_parts(shapes, return_index=True)
    keep = shapely.get_type_id(parts) == POLYGON
    return parts[keep], owners[keep]


def points_at(places: Floats) -> Shapes:
    """Points at `places`, array (n, 2); null where a coordinate is not finite."""
    points = np.asarray(shapely.points(places.reshape(-1, 2)), dtype=object)
    points[~np.isfinite(places.reshape(-1, 2)).all(axis=1)] = None
    return points


def coordinates_of(points: Shapes) -> Floats:
    """Both coordinates of points, array (n, 2), NaN for null."""
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]).astype(np.float64)


def places_of(shapes: Shapes) -> Floats:
    """Longitude and latitude of a point in each shape, array (n, 2), NaN where there is none."""
    return coordinates_of(np.asarray(shapely.point_on_surface(shapes), dtype=object))
