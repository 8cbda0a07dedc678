"""Frames to GeoJSON (RFC 7946), a whole page at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import geopandas as gpd
import orjson
import shapely

from civgeo.errors import InvalidInput
from civgeo.services.feature_schema import CollectionSchema, PropertyType

__all__ = [
    "CRS84",
    "Features",
    "Shape",
    "feature_members",
    "geometry_in",
    "geometry_of",
    "point",
    "records",
]

Features: TypeAlias = gpd.GeoDataFrame
Shape: TypeAlias = shapely.Geometry

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""Longitude, latitude in degrees; agrees with CGCS2000 (EPSG:4490) to centimetres."""


def feature_members(frame: gpd.GeoDataFrame, schema: CollectionSchema) -> list[dict[str, object]]:
    """Features of `frame` as GeoJSON objects, to be written by orjson.

    Parameters
    ----------
    frame
        Index id; geometry in EPSG:4490, longitude first. Exterior rings go out counter-clockwise.
    schema
        Collection: names and order of the properties. Missing values become null.

    Returns
    -------
    list of dict
        Each with type, id, geometry (text ready to write, or None) and properties.
    """
    structured = [item.name for item in schema.properties if item.type is PropertyType.JSON]
    turned = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)
    texts = shapely.to_geojson(turned)
    return [
        {
            "type": "Feature",
            "id": identifier,
            "geometry": None if text is None else orjson.Fragment(text),
            "properties": {**properties, **_nested(properties, structured)},
        }
        for identifier, text, properties in zip(
            frame.index.tolist(), texts, records(frame, schema), strict=True
        )
    ]


def _nested(properties: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    """The properties that hold JSON texts, ready to be written as what they are."""
    texts = {name: properties[name] for name in names}
    return {name: orjson.Fragment(text) for name, text in texts.items() if isinstance(text, str)}


def records(frame: gpd.GeoDataFrame, schema: CollectionSchema) -> list[Mapping[str, object]]:
    """Properties of each row in the schema's order, None for what is missing."""
    names = [item.name for item in schema.properties]
    columns: Iterable[Sequence[object]] = (_plain(frame, name) for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(frame: gpd.GeoDataFrame, name: str) -> list[object]:
    if name not in frame:
        return [None] * len(frame)
    values = frame[name]
    cells: list[object] = values.astype(object).where(values.notna(), None).tolist()
    return cells


def geometry_of(value: object) -> Shape | None:
    """Geometry that a GeoJSON member holds, longitude first; null is None.

    Raises
    ------
    InvalidInput
        When it is no GeoJSON geometry.
    """
    if value is None:
        return None
    try:
        return shapely.from_geojson(orjson.dumps(value))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        text = "geometry 不是有效的 GeoJSON 图形：请检查 type 与 coordinates（经度在前，首尾闭合）"
        raise InvalidInput(text, code="bad_geometry") from None


def geometry_in(content: bytes) -> Shape:
    """Geometry of a GeoJSON text that is one geometry or one feature.

    Raises
    ------
    InvalidInput
        When it is neither.
    """
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    member = found.get("geometry") if isinstance(found, dict) and "geometry" in found else found
    shape = geometry_of(member)
    if shape is None:
        text = "不是只含一个图形的 GeoJSON（geometry 或 Feature）"
        raise InvalidInput(text, code="bad_geometry")
    return shape


def point(lon: float, lat: float) -> Shape:
    """Point at `lon`, `lat` in degrees (EPSG:4490)."""
    return shapely.Point(lon, lat)
