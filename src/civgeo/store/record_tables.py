"""Tables of the registers that are said once, as a form."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from civgeo.domain.record_form import FieldKind, RecordField, RecordForm
from civgeo.domain.registers import FORMS
from civgeo.store import columns

__all__ = ["RECORD_TABLES"]

_TYPES: Mapping[FieldKind, Callable[[], sa.types.TypeEngine[Any]]] = MappingProxyType(
    {
        FieldKind.TEXT: sa.Text,
        FieldKind.CODE: sa.Text,
        FieldKind.JSON: sa.Text,
        FieldKind.DAY: columns.Day,
        FieldKind.COUNT: sa.Integer,
        FieldKind.NUMBER: sa.Double,
        FieldKind.FLAG: sa.Boolean,
    }
)


def _column(field: RecordField) -> sa.Column[Any]:
    return sa.Column(field.name, _TYPES[field.kind](), nullable=not field.required)


def _table(form: RecordForm) -> sa.Table:
    days = [field.name for field in form.fields if field.kind is FieldKind.DAY]
    counts = [field.name for field in form.fields if field.kind is FieldKind.COUNT]
    indexed = ["division", *(field.name for field in form.fields if field.indexed)]
    return sa.Table(
        form.id,
        columns.metadata,
        columns.fid(),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *(_column(field) for field in form.fields),
        columns.text("source"),
        columns.flag("simulated"),
        columns.version(),
        sa.Column("geometry", columns.Geometry(form.shapes.stored)),
        *columns.validity(form.id),
        *columns.kept(form.id),
        *columns.never_negative(form.id, *counts),
        *columns.days_exist(form.id, *days),
        *columns.indexes(form.id, *indexed),
        sqlite_autoincrement=True,
    )


RECORD_TABLES: Mapping[str, sa.Table] = MappingProxyType({form.id: _table(form) for form in FORMS})
"""Tables by the name of their register."""
