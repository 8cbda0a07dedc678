"""Frames to GeoJSON (RFC 7946), a whole page at once."""

from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import orjson
import shapely

from civgeo.services.feature_schema import CollectionSchema

__all__ = ["CRS84", "feature_members", "records"]

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
    turned = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)
    texts = shapely.to_geojson(turned)
    return [
        {
            "type": "Feature",
            "id": identifier,
            "geometry": None if text is None else orjson.Fragment(text),
            "properties": properties,
        }
        for identifier, text, properties in zip(
            frame.index.tolist(), texts, records(frame, schema), strict=True
        )
    ]


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
