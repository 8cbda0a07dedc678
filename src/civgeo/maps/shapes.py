"""Geometry as maps need it: rings, bounds, and where a label or symbol stands."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.errors import InvalidInput
from civgeo.maps.rows import DivisionRow

__all__ = ["Bounds", "bounds_of", "label_point", "lines_of", "outer_rings", "points_in"]
__all__ += ["polygons_of", "shape_of", "shown_counties", "whole_city"]

Bounds = tuple[float, float, float, float]

DEGREE_DECIMALS = 5
LABEL_TOLERANCE_DEG = 0.01
_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)


def shown_counties(divisions: Sequence[DivisionRow]) -> list[DivisionRow]:
    """County-level rows that have an outline, those around the city first.

    A city without counties stands for itself.

    Raises
    ------
    InvalidInput
        When no county of the city has an outline.
    """
    counties = [row for row in divisions if row.level == "county" and row.geometry is not None]
    if not any(row.own for row in counties):
        # Dongguan and the like have no counties: the city itself takes their place
        counties += whole_city(divisions)
    if not any(row.own for row in counties):
        raise InvalidInput("没有可画的县级范围：政区表中缺少本市县级政区的图形，请先导入")
    return sorted(counties, key=lambda row: row.own)


def whole_city(divisions: Sequence[DivisionRow]) -> list[DivisionRow]:
    """The city's own outline, where the table has one."""
    return [
        row
        for row in divisions
        if row.level == "prefecture" and row.own and row.geometry is not None
    ]


def bounds_of(counties: Sequence[DivisionRow]) -> Bounds:
    """West, south, east and north of the city's own counties, in degrees."""
    west, south, east, north = shapely.total_bounds([row.geometry for row in counties if row.own])
    return float(west), float(south), float(east), float(north)


def shape_of(row: DivisionRow) -> BaseGeometry:
    """Outline of a row that has one, as the rows of `shown_counties` do."""
    if row.geometry is None:
        raise InvalidInput(f"{row.name}（{row.code}）没有范围图形")
    return row.geometry


def polygons_of(shape: BaseGeometry) -> list[list[list[list[float]]]]:
    """Rings of each polygon as [latitude, longitude], shell first, rounded to about a metre."""
    return [
        [_ring(ring) for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in shapely.get_parts(shape)
        if isinstance(polygon, shapely.Polygon)
    ]


def outer_rings(shape: BaseGeometry | None) -> list[list[list[float]]]:
    """Outer ring of each polygon as [latitude, longitude] without the closing corner."""
    return [
        shapely.get_coordinates(polygon.exterior)[:-1, ::-1].tolist()
        for polygon in shapely.get_parts(shape)
        if isinstance(polygon, shapely.Polygon)
    ]


def lines_of(shape: BaseGeometry | None) -> list[list[list[float]]]:
    """Lines of `shape` as [latitude, longitude], none where it has no line."""
    return [
        shapely.get_coordinates(line)[:, ::-1].tolist()
        for line in shapely.get_parts(shape)
        if isinstance(line, shapely.LineString)
    ]


def _ring(ring: BaseGeometry) -> list[list[float]]:
    points = np.round(shapely.get_coordinates(ring)[:, ::-1], DEGREE_DECIMALS)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    rounded: list[list[float]] = points[moved].tolist()
    return rounded


def label_point(shape: BaseGeometry, tolerance: float = LABEL_TOLERANCE_DEG) -> tuple[float, float]:
    """Return x and y in the middle of the largest part: the centre of its largest inner circle.

    `tolerance` is in the units of the coordinates.
    """
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    circle = shapely.maximum_inscribed_circle(largest, tolerance)
    x, y = shapely.get_coordinates(circle)[0]
    return float(x), float(y)


def points_in(shapes: Sequence[BaseGeometry | None]) -> npt.NDArray[np.float64]:
    """Return x and y of a point in each shape, array (n, 2), NaN where there is no shape.

    That of a line is half-way along it.
    """
    given = np.array(shapes, dtype=object)
    points = shapely.point_on_surface(given)
    lines = np.isin(shapely.get_type_id(given), _LINES)
    points[lines] = shapely.line_interpolate_point(given[lines], 0.5, normalized=True)
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]).astype(np.float64)
