"""The part of JSON Schema that the definition of the API uses, to hold its examples against."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_KNOWN = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "maxLength"),
    *("format", "nullable", "description", "title", "x-ogc-unit", "$ref"),
}


def faults(schema: Mapping[str, Any], value: object, named: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with `value`; `named` are the schemas that references lead to.

    A word that this does not know is a fault too, so that nothing passes unlooked at.
    """
    yield from (f"unknown word {word}" for word in schema.keys() - _KNOWN)
    if "$ref" in schema:
        yield from faults(named[schema["$ref"].rpartition("/")[2]], value, named)
    elif value is None:
        yield from [] if schema.get("nullable") or "type" not in schema else ["null"]
    elif "type" in schema and not _is_of(schema["type"], value):
        yield f"{value!r} is no {schema['type']}"
    else:
        yield from _of_value(schema, value, named)


def _is_of(kind: str, value: object) -> bool:
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")


def _of_value(schema: Mapping[str, Any], value: object, named: Mapping[str, Any]) -> Iterator[str]:
    if value not in schema.get("enum", [value]):
        yield f"{value!r} is not in the list"
    if isinstance(value, str):
        yield from _of_text(schema, value)
    if isinstance(value, dict):
        yield from _of_object(schema, value, named)
    if isinstance(value, list):
        for item in value:
            yield from faults(schema.get("items", {}), item, named)


def _of_text(schema: Mapping[str, Any], value: str) -> Iterator[str]:
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{value!r} is too long"
    if schema.get("format") == "date" and date.fromisoformat(value).isoformat() != value:
        yield f"{value!r} is no day"


def _of_object(
    schema: Mapping[str, Any], value: Mapping[str, object], named: Mapping[str, Any]
) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{name} is missing" for name in schema.get("required", []) if name not in value)
    for name, member in value.items():
        if name in known:
            yield from (f"{name}: {fault}" for fault in faults(known[name], member, named))
        elif schema.get("additionalProperties") is False:
            yield f"{name} is not known"
