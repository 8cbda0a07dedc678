"""The registers that are said once, as collections."""

from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes
from civgeo.domain.registers import FORMS
from civgeo.services.property_schema import (
    ORIGIN,
    VALIDITY,
    CollectionSchema,
    PropertySchema,
    PropertyType,
)

__all__ = ["RECORD_COLLECTIONS"]

_LONGEST = 4_000
_LONG_TEXTS = frozenset(
    {
        "meaning",
        "origin",
        "history_text",
        "description",
        "grounds",
        "measures",
        "reason",
        "remark",
        "justification",
        "return_reason",
        "course",
        "position",
        "cause",
        "outcome",
        "note",
        "purpose",
    }
)
_TYPES = {
    FieldKind.TEXT: PropertyType.STRING,
    FieldKind.CODE: PropertyType.STRING,
    FieldKind.JSON: PropertyType.JSON,
    FieldKind.DAY: PropertyType.DATE,
    FieldKind.COUNT: PropertyType.INTEGER,
    FieldKind.NUMBER: PropertyType.NUMBER,
    FieldKind.FLAG: PropertyType.BOOLEAN,
}
_SHAPES = {
    Shapes.POINT: "Point 或 null",
    Shapes.LINE: "LineString、MultiLineString 或 null",
    Shapes.AREA: "Polygon、MultiPolygon 或 null",
    Shapes.SITE: "Point、Polygon、MultiPolygon 或 null",
    Shapes.ANY: "点、线、面或 null",
}


def _property(field: RecordField) -> PropertySchema:
    return PropertySchema(
        field.name,
        field.title,
        _TYPES[field.kind],
        field.unit,
        required=field.required,
        headers=field.headers,
        choices=field.choices,
        queryable=field.kind is not FieldKind.JSON,
        longest=_LONGEST if field.name in _LONG_TEXTS else 200,
    )


def _collection(form: RecordForm) -> CollectionSchema:
    fields = tuple(_property(field) for field in form.fields)
    return CollectionSchema(
        form.id,
        form.title,
        form.description,
        (*fields, *VALIDITY, *ORIGIN),
        _SHAPES[form.shapes],
        ("valid_from", "valid_to"),
        form.is_open,
    )


RECORD_COLLECTIONS = tuple(_collection(form) for form in FORMS)
"""Office by office, in the order of the menus."""
