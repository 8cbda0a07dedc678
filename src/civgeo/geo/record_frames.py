"""Frames of the registers that are said once, as a `RecordForm`."""

import json
from collections.abc import Callable, Mapping

import geopandas as gpd

from civgeo.domain.record_form import FieldKind, RecordField, RecordForm, Shapes
from civgeo.geo.frame_check import (
    Column,
    Table,
    checked_frame,
    code,
    count,
    day,
    is_flag,
    number,
    where,
)
from civgeo.geo.frame_check import text as text_column
from civgeo.geo.frames import ORIGIN

__all__ = ["record_check"]

_DIGITS = (2, 4, 6, 9, 12)
_LINES = frozenset({"LineString", "MultiLineString"})
_AREAS = frozenset({"Polygon", "MultiPolygon"})
_SHAPES = {
    Shapes.POINT: frozenset({"Point"}),
    Shapes.LINE: _LINES,
    Shapes.AREA: _AREAS,
    Shapes.SITE: _AREAS | {"Point"},
    Shapes.ANY: _LINES | _AREAS | {"Point", "MultiPoint"},
}


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
    table = Table(form.title, (*columns, *ORIGIN), _SHAPES[form.shapes], shapeless=True)

    def check(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return checked_frame(frame, table)

    return check


def _column(field: RecordField) -> Column:
    nullable = not field.required
    if field.choices:
        values = [value for value, _ in field.choices]
        listed = where(lambda value: value in values)
        return Column(field.name, "text", listed, f"{'、'.join(values)} 之一", nullable)
    return _COLUMNS[field.kind](field.name, nullable=nullable)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _structure(name: str, *, nullable: bool) -> Column:
    return Column(name, "text", where(_parses), "JSON 文字", nullable)


def _code(name: str, *, nullable: bool) -> Column:
    return code(name, *_DIGITS, nullable=nullable)


def _flag(name: str, *, nullable: bool) -> Column:
    return Column(name, "bool", is_flag, "是或否（true、false）", nullable)


_COLUMNS: Mapping[FieldKind, Callable[..., Column]] = {
    FieldKind.TEXT: text_column,
    FieldKind.JSON: _structure,
    FieldKind.CODE: _code,
    FieldKind.DAY: day,
    FieldKind.COUNT: count,
    FieldKind.NUMBER: number,
    FieldKind.FLAG: _flag,
}
