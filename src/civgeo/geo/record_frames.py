"""Frames of the registers that are said once, as a `RecordForm`."""

import json
from collections.abc import Callable

import geopandas as gpd

from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes
from civgeo.geo.frame_check import Column, Table, checked_frame, code, count, day, is_flag, where
from civgeo.geo.frame_check import text as text_column
from civgeo.geo.frames import ORIGIN

__all__ = ["record_check"]

_DIGITS = (2, 4, 6, 9, 12)
_ANY = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)


def record_check(form: RecordForm) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """The check of the frames of one register.

    Parameters
    ----------
    form
        Its form. A frame has the form's fields, ``source``, ``simulated``, ``version`` and a
        geometry (EPSG:4490) that may be null; its index is the id. Days are texts YYYY-MM-DD,
        JSON fields are texts that parse.

    Returns
    -------
    callable
        As `checked_frame` of that table; it raises InvalidInput and CrsError as that.
    """
    columns = tuple(_column(field) for field in form.fields)
    shapes = frozenset({"Point"}) if form.shapes is Shapes.POINT else _ANY
    table = Table(form.title, (*columns, *ORIGIN), shapes, shapeless=True)

    def check(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return checked_frame(frame, table)

    return check


def _column(field: RecordField) -> Column:
    nullable = not field.required
    if field.choices:
        values = [value for value, _ in field.choices]
        listed = where(lambda value: value in values)
        return Column(field.name, "text", listed, f"{'、'.join(values)} 之一", nullable)
    match field.kind:
        case FieldKind.TEXT:
            return text_column(field.name, nullable=nullable)
        case FieldKind.JSON:
            return Column(field.name, "text", where(_parses), "JSON 文字", nullable)
        case FieldKind.CODE:
            return code(field.name, *_DIGITS, nullable=nullable)
        case FieldKind.DAY:
            return day(field.name, nullable=nullable)
        case FieldKind.COUNT:
            return count(field.name, nullable=nullable)
        case FieldKind.FLAG:
            return Column(field.name, "bool", is_flag, "是或否（true、false）")


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
