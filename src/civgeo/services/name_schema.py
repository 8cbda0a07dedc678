"""The place-name office's registers as collections."""

from civgeo.domain.name_forms import FORMS
from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes
from civgeo.services.property_schema import (
    ORIGIN,
    VALIDITY,
    CollectionSchema,
    PropertySchema,
    PropertyType,
)

__all__ = ["NAME_COLLECTIONS"]

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
    }
)
_TYPES = {
    FieldKind.TEXT: PropertyType.STRING,
    FieldKind.CODE: PropertyType.STRING,
    FieldKind.JSON: PropertyType.JSON,
    FieldKind.DAY: PropertyType.DATE,
    FieldKind.COUNT: PropertyType.INTEGER,
    FieldKind.FLAG: PropertyType.BOOLEAN,
}
_SHAPES = {Shapes.POINT: "Point 或 null", Shapes.ANY: "点、线、面或 null"}


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


NAME_COLLECTIONS = tuple(_collection(form) for form in FORMS)
"""In the order of the office's menu."""
