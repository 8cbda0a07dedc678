"""Bodies whose properties may hold objects and lists, where the collection says so."""

import orjson

from civgeo.errors import InvalidInput
from civgeo.http.writing import JsonObject, members
from civgeo.services.feature_schema import COLLECTIONS, PropertyType
from civgeo.services.geojson import geometry_of
from civgeo.store.editing import ChangedValue

__all__ = ["nested_properties"]


def nested_properties(body: JsonObject, collection: str) -> dict[str, ChangedValue]:
    """Properties of `body` as the store takes them, ``geometry`` among them where it is given.

    Raises
    ------
    InvalidInput
        When a value is an object or a list and its property holds none, or the geometry is none.
    """
    schema = COLLECTIONS[collection]
    found: dict[str, ChangedValue] = {}
    for name, value in members(body, "properties").items():
        item = schema.property(name)
        if item is not None and item.type is PropertyType.JSON and value is not None:
            found[name] = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        elif value is None or isinstance(value, str | int | float | bool):
            found[name] = value
        else:
            raise InvalidInput(f"属性 {name[:40]} 应为文字、数字、真假或 null", code="bad_type")
    if "geometry" in body:
        found["geometry"] = geometry_of(body["geometry"])
    return found
