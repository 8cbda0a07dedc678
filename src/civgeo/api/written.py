"""How the definition describes requests to write: bodies, preconditions, the token, refusals."""

from collections.abc import Iterable
from typing import Any

from civgeo.api.entry_examples import change_example, entry_example, restoration_example
from civgeo.http.writing import LONGEST_NOTE, UNNAMED_ACTOR, UNNAMED_DOCUMENT
from civgeo.services.editing import EDITABLE
from civgeo.services.feature_schema import (
    COLLECTIONS,
    CollectionSchema,
    PropertySchema,
    PropertyType,
)

__all__ = [
    "IF_MATCH",
    "PROBLEMS_OF_WRITING",
    "Json",
    "changed_properties",
    "entry_schemas",
    "property_schema",
    "written",
]

PROBLEMS_OF_WRITING = {
    "401": "没有令牌，或令牌不对",
    "403": "没有开放写入，或应走别的办法",
    "412": "已被他人更改：附两版内容与差别",
    "413": "请求内容太大",
    "415": "请求内容不是 JSON",
    "422": "登记规则不允许",
    "428": "没有说明依据的版本",
    "507": "磁盘已满",
}
_DAY = {"type": "string", "format": "date", "nullable": True}
_OPTIONAL_ON_ENTRY = ("source", "simulated")
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "要素的 ETag，或引号中的版本号；不写时须在内容里给 version",
    "schema": {"type": "string"},
}

Json = dict[str, Any]
"""A part of the document."""


def property_schema(item: PropertySchema, *, described: bool = True) -> dict[str, object]:
    """JSON schema of a property."""
    schema: dict[str, object] = {
        "type": "string" if item.type is PropertyType.DATE else item.type.value
    }
    if item.type is PropertyType.DATE:
        schema["format"] = "date"
    if item.type is PropertyType.JSON:
        schema = {"description": "对象或列表"}
    if item.choices:
        schema["enum"] = [value for value, _ in item.choices]
    if described:
        schema["title"] = item.title
    if described and item.unit:
        schema["x-ogc-unit"] = item.unit
    return schema


def entry_schemas() -> Json:
    """Schemas of what may be sent, by name."""
    edit = {
        "type": "object",
        "description": "谁、依据什么、自何日起；不写 valid_from 的更改视为更正，一并更正以往",
        "additionalProperties": False,
        "properties": {
            "actor": _note(f"经办人；默认“{UNNAMED_ACTOR}”"),
            "document": _note(f"依据文件；默认“{UNNAMED_DOCUMENT}”"),
            "document_date": {**_DAY, "description": "文件日期"},
            "valid_from": {**_DAY, "description": "自哪一天起有效（含）"},
            "valid_to": {**_DAY, "description": "至哪一天失效（不含）"},
            "version": {"type": "integer", "description": "依据的版本；也可用 If-Match"},
        },
    }
    made: Json = {"Edit": edit}
    made["Restoration"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "edit": {"$ref": "#/components/schemas/Edit"},
            "of_version": {"type": "integer", "description": "恢复到哪一版；默认撤销注销"},
        },
    }
    for name in EDITABLE:
        schema = COLLECTIONS[name.value]
        made[f"{name.value}.entry"] = _entry(schema, whole=True)
        made[f"{name.value}.change"] = _entry(schema, whole=False)
    return made


def written(path: str, method: str, collection: str, parameters: list[Json]) -> Json:
    """Members of an operation that writes: body, precondition, token."""
    made: Json = {"security": [{"token": []}]}
    if not path.endswith("/items"):
        made["parameters"] = [*parameters, IF_MATCH]
    if method != "delete":
        name, example = f"{collection}.entry", entry_example(collection)
        if method == "patch":
            name, example = f"{collection}.change", change_example(collection)
        if path.endswith("/restorations"):
            name, example = "Restoration", restoration_example()
        content: Json = {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}
        kind = "application/merge-patch+json" if method == "patch" else "application/geo+json"
        made["requestBody"] = {
            "required": True,
            "content": {kind: content, "application/json": content},
        }
    return made


def _note(text: str) -> Json:
    return {"type": "string", "maxLength": LONGEST_NOTE, "description": text, "nullable": True}


def _entry(schema: CollectionSchema, *, whole: bool) -> Json:
    required = [
        item.name
        for item in schema.entered
        if item.required and item.name not in _OPTIONAL_ON_ENTRY
    ]
    properties = changed_properties(schema.properties)
    made: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"description": "不采用：编号由登记库给出"},
            "geometry": {"type": "object", "description": schema.geometry},
            "properties": properties,
            "edit": {"$ref": "#/components/schemas/Edit"},
            "links": {"type": "array", "items": {}, "description": "不采用"},
            "bbox": {"type": "array", "items": {"type": "number"}, "description": "不采用"},
        },
    }
    if whole:
        properties["required"] = required
        made["required"] = ["type", "geometry", "properties"]
    return made


def changed_properties(items: Iterable[PropertySchema]) -> Json:
    """Schema of an object that may hold any of `items` and nothing else."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {item.name: _entered(item) for item in items},
    }


def _entered(item: PropertySchema) -> Json:
    made: Json = property_schema(item)
    if item.type is PropertyType.STRING:
        made["maxLength"] = item.longest
    if not item.required:
        made["nullable"] = True
    if item.kept_by == "store":
        made["description"] = "由登记库记录；原样带回可以，改动无效"
    return made
