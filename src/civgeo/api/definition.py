"""OpenAPI 3.0 document of the API, from the routes and the collections' properties."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from civgeo import __version__
from civgeo.api.name_answers import NAME_ANSWERS
from civgeo.api.name_bodies import NAME_BODIES, VERSIONED
from civgeo.api.written import (
    IF_MATCH,
    PROBLEMS_OF_WRITING,
    Json,
    entry_schemas,
    property_schema,
    written,
)
from civgeo.services.editing import EDITABLE
from civgeo.services.feature_schema import (
    OPEN_COLLECTIONS,
    CollectionSchema,
    PropertySchema,
)

__all__ = ["OPENAPI_TYPE", "definition"]

OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_PER_COLLECTION = "{collection}"
_OPEN_TO_ALL = "/place-names/attachments/{sha256}"
_UNUSED = ("HTTPValidationError", "ValidationError")
_PROBLEMS = {"400": "参数有误", "404": "没有找到", "503": "登记库不可读"}
_PROBLEM = {
    "type": "object",
    "description": "问题说明（RFC 9457）",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "object", "description": "各属性的问题"},
        "expected": {"type": "object", "description": "412：修改所依据的版本与内容"},
        "current": {"type": "object", "description": "412：现行的版本与内容"},
        "differences": {"type": "array", "items": {"type": "object"}},
    },
}


def definition(app: FastAPI) -> dict[str, object]:
    """OpenAPI 3.0.3 document of `app`.

    Addresses of collections are written out, one for each, so that every list of features
    declares the filters of its own properties.
    """
    made = get_openapi(
        title="civgeo 民政地理信息接口",
        version=__version__,
        openapi_version="3.0.3",
        description="行政区划、住宅小区、民政设施与养老服务用房达标评价。坐标为 CRS84。",
        routes=app.routes,
    )
    paths: Json = {}
    plain: Json = _plainer(made["paths"])
    for path, item in plain.items():
        if _PER_COLLECTION not in path:
            paths[path] = item
            continue
        for schema in OPEN_COLLECTIONS.values():
            operations = _operations(path, item, schema)
            if operations:
                paths[path.replace(_PER_COLLECTION, schema.id)] = operations
    for path, item in paths.items():
        _with_names(path, item)
        _with_plain_words(item)
        _with_problems(item)
    named: Json = _plainer(made.get("components", {}).get("schemas", {}))
    schemas = {name: schema for name, schema in named.items() if name not in _UNUSED}
    components = {
        "schemas": schemas | {"Problem": _PROBLEM} | entry_schemas(),
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    return {**made, "paths": paths, "components": components}


def _operations(path: str, item: Json, schema: CollectionSchema) -> Json:
    """Operations on one collection; writing only where records are entered one by one."""
    made: Json = {}
    for method, plain in item.items():
        if method == "get":
            made[method] = _operation(plain, schema, is_list=path.endswith("/items"))
        elif schema.id in EDITABLE:
            made[method] = _operation(plain, schema, is_list=False)
            parameters = made[method]["parameters"]
            made[method] |= written(path, method, schema.id, parameters)
    return made


def _operation(plain: Json, schema: CollectionSchema, *, is_list: bool) -> Json:
    """Operation for one collection: its own title, and its properties as filters."""
    parameters = [item for item in plain.get("parameters", []) if item["name"] != "collection"]
    if is_list:
        parameters += [_filter(item) for item in schema.queryables]
    return {
        **plain,
        "tags": [schema.title],
        "summary": f"{schema.title}：{plain['summary']}",
        "operationId": f"{plain['operationId']}.{schema.id}",
        "parameters": parameters,
    }


def _filter(item: PropertySchema) -> Json:
    return {
        "name": item.name,
        "in": "query",
        "required": False,
        "description": f"{item.title}等于",
        "schema": property_schema(item, described=False),
    }


def _plainer(value: Any) -> Any:  # noqa: ANN401  any part of a JSON document
    """`value` of OpenAPI 3.1 in the words of 3.0: null types become ``nullable``."""
    if isinstance(value, list):
        return [_plainer(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plainer(item) for name, item in value.items()}
    if "const" in plain:
        plain["enum"] = [plain.pop("const")]
    options = plain.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        del plain["anyOf"]
        plain |= rest[0] if len(rest) == 1 else {"anyOf": rest}
        plain["nullable"] = True
    return plain


def _with_names(path: str, item: Json) -> None:
    """Declare what requests about place names hold, what they need, and what is answered."""
    for method, operation in item.items():
        key = method, path
        if key in NAME_BODIES:
            operation["requestBody"] = NAME_BODIES[key]
        if path.startswith("/place-names") and path != _OPEN_TO_ALL:
            operation["security"] = [{"token": []}]
        if key in VERSIONED:
            operation["parameters"] = [*operation.get("parameters", []), IF_MATCH]
        if key in NAME_ANSWERS:
            operation["responses"]["200"]["content"] = NAME_ANSWERS[key]


def _with_plain_words(item: Json) -> None:
    """Leave out what is for programmers, and null for parameters that may be left out."""
    for operation in item.values():
        operation.pop("description", None)
        for parameter in operation.get("parameters", []):
            parameter["schema"].pop("nullable", None)


def _with_problems(item: Json) -> None:
    """Declare problem documents as the answer to bad requests, in place of FastAPI's own."""
    for method, operation in item.items():
        answers = operation["responses"]
        answers.pop("422", None)
        reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
        problem = {"content": {"application/problem+json": reference}}
        told = _PROBLEMS if method == "get" else _PROBLEMS | PROBLEMS_OF_WRITING
        for status, title in told.items():
            answers.setdefault(status, {"description": title, **problem})
