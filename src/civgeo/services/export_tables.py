"""A collection's records as the rows of a table with Chinese headers."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from civgeo.services.feature_schema import CollectionSchema, PropertySchema, PropertyType
from civgeo.services.geojson import records
from civgeo.services.import_kinds import KINDS

__all__ = ["LAT", "LON", "SHAPE", "ExportTable", "register_table"]

LON, LAT, SHAPE = "经度", "纬度", "图形"
_POINT = 0

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class ExportTable:
    """Headers in their order, and rows of as many cells."""

    headers: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def register_table(frame: gpd.GeoDataFrame, schema: CollectionSchema) -> ExportTable:
    """Records under the headers by which an import knows them again.

    Closed lists are written in their Chinese words, JSON as text. Points have two columns of
    degrees (EPSG:4490); where there are other shapes, a column with WKT stands beside them.

    Parameters
    ----------
    frame
        Index id, EPSG:4490.
    schema
        The collection.
    """
    headers = [_id_header(schema), *(_header(item) for item in schema.properties)]
    rows: list[list[Cell]] = []
    for id, values in zip(frame.index.tolist(), records(frame, schema), strict=True):
        rows.append([str(id), *(_cell(item, values[item.name]) for item in schema.properties)])
    headers += _with_shapes(frame, rows)
    return ExportTable(tuple(headers), rows)


def _id_header(schema: CollectionSchema) -> str:
    kind = KINDS.get(schema.id)
    return kind.title_of("id") if kind and kind.property("id") else "编号"


def _header(item: PropertySchema) -> str:
    return f"{item.title}（{item.unit}）" if item.unit else item.title


def _cell(item: PropertySchema, value: object) -> Cell:
    if value is None:
        return None
    if item.type is PropertyType.INTEGER and isinstance(value, int | float):
        return int(value)
    if isinstance(value, float):
        return value
    return item.label(value)


def _with_shapes(frame: gpd.GeoDataFrame, rows: Sequence[list[Cell]]) -> list[str]:
    """Headers of the columns of positions, which are added to `rows`."""
    shapes = frame.geometry.to_numpy()
    given = ~shapely.is_missing(shapes)
    is_point = shapely.get_type_id(shapes) == _POINT
    if not given.any():
        return []
    for row, shape, point in zip(rows, shapes, is_point, strict=True):
        row.extend((shape.x, shape.y) if point else (None, None))
    if not np.any(given & ~is_point):
        return [LON, LAT]
    for row, text in zip(rows, shapely.to_wkt(shapes, rounding_precision=-1), strict=True):
        row.append(text)
    return [LON, LAT, SHAPE]
