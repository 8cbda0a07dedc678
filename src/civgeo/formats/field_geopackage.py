"""The GeoPackage of a field package, and the QGIS project that opens it.

Four layers in EPSG:4490. ``line`` is one row: package, round, and empty columns for who records, in
which coordinate system. ``markers`` and ``segments`` hold what is known, locked in the project, and
the empty answer columns of `domain.field_form`; ``photos`` is empty: id, marker, slot, file_name.
Keys are the register's ids, and UUIDs of new photos; ``fid`` means nothing.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from civgeo.domain.field_form import (
    DATUMS,
    MARKER_ANSWERS,
    PHOTO_SLOTS,
    RESULTS_FORMAT,
    SEGMENT_ANSWERS,
    AnswerField,
    AnswerKind,
)
from civgeo.domain.field_sheet import FieldMarker, FieldSegment, FieldSheet
from civgeo.formats.qgis_project import QgisField, QgisLayer, QgisRelation, project_xml

__all__ = ["field_geopackage", "field_qgis_project"]

_ID = QgisField("id", "登记编号", locked=True)
_LINE_FIELDS = (
    _ID,
    QgisField("format", "格式", locked=True),
    QgisField("package", "数据包编号", locked=True),
    QgisField("line", "界线代码", locked=True),
    QgisField("name", "界线名称", locked=True),
    QgisField("round", "轮次", locked=True),
    QgisField("made_on", "资料日期", locked=True),
    QgisField("secrecy", "密级", locked=True),
    QgisField("simulated", "模拟数据", locked=True),
    QgisField("side", "记录方"),
    QgisField("inspector", "检查人"),
    QgisField("datum", "实测坐标系", dict(DATUMS)),
)
_MARKER_FIELDS = (
    _ID,
    QgisField("number", "界桩编号", locked=True),
    QgisField("route_order", "路线次序", locked=True),
    QgisField("km", "沿线里程 km", locked=True),
    QgisField("facts", "登记内容", locked=True, widget="TextEdit", config={"IsMultiline": "true"}),
    *(
        QgisField(f"witness{n}", f"{'一二三'[n - 1]}号方位物（登记）", locked=True)
        for n in (1, 2, 3)
    ),
)
_SEGMENT_FIELDS = (
    _ID,
    QgisField("name", "界线段", locked=True),
    QgisField("start_km", "起点 km", locked=True),
    QgisField("end_km", "终点 km", locked=True),
    QgisField("direction", "走向", locked=True),
    QgisField("course", "登记走向", locked=True),
)
_PHOTO_FIELDS = (
    QgisField("id", "照片编号", locked=True, default="uuid('WithoutBraces')"),
    QgisField("marker", "界桩登记编号"),
    QgisField("slot", "照片种类", dict(PHOTO_SLOTS)),
    QgisField("file_name", "文件名", widget="ExternalResource", config={"RelativeStorage": "1"}),
)
_MARKER_ASKED = tuple(item for item in MARKER_ANSWERS if not item.name.startswith("photo_"))
_NUMBERS = frozenset({"km", "start_km", "end_km"})
_COUNTS = frozenset({"route_order", "round"})
_FLAGS = frozenset({"simulated"})
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer: its columns, what is asked, its rows and their shapes; no shapes for a table."""

    name: str
    title: str
    kind: str
    symbol: str
    colour: str
    known: Sequence[QgisField]
    asked: Sequence[AnswerField]
    rows: Sequence[Row]
    shapes: Sequence[BaseGeometry | None] | None
    preview: str


def field_geopackage(sheet: FieldSheet) -> bytes:
    """The GeoPackage of a line, its answers empty."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "field.gpkg"
        for number, layer in enumerate(_layers(sheet)):
            pyogrio.write_dataframe(
                _frame(layer),
                file,
                layer=layer.name,
                driver="GPKG",
                append=number > 0,
                dataset_options={"VERSION": "1.3"},
                geometry_type=None if layer.shapes is None else layer.kind,
                layer_options={
                    "FID": "fid",
                    "IDENTIFIER": layer.title,
                    "DESCRIPTION": f"{sheet.title}；数据包 {sheet.package}",
                },
            )
        return file.read_bytes()


def field_qgis_project(sheet: FieldSheet, source: str) -> bytes:
    """The project that opens the GeoPackage `source` in its own folder."""
    fid = QgisField("fid", "行号", locked=True)
    layers = [
        QgisLayer(
            id=f"civgeo_field_{layer.name}",
            title=layer.title,
            source=f"./{source}|layername={layer.name}",
            kind=layer.kind,
            symbol=layer.symbol,
            colour=layer.colour,
            fields=[fid, *layer.known, *map(_asked, layer.asked)],
            preview=layer.preview,
        )
        for layer in _layers(sheet)
    ]
    photos = QgisRelation(
        "civgeo_field_marker_photos",
        "界桩照片",
        "civgeo_field_markers",
        "id",
        "civgeo_field_photos",
        "marker",
    )
    return project_xml(sheet.title, layers, [photos])


def _asked(item: AnswerField) -> QgisField:
    if item.kind is AnswerKind.DAY:
        form = {"field_format": "yyyy-MM-dd", "display_format": "yyyy-MM-dd", "allow_null": "true"}
        return QgisField(item.name, item.title, widget="DateTime", config=form)
    return QgisField(item.name, item.title, dict(item.choices))


def _layers(sheet: FieldSheet) -> tuple[_Layer, ...]:
    """The highest on the map first."""
    markers, segments = sheet.markers, sheet.segments
    return (
        _Layer(
            "markers",
            "界桩",
            "Point",
            "marker",
            "192,24,24,255",
            _MARKER_FIELDS,
            _MARKER_ASKED,
            [_marker(item) for item in markers],
            [None if item.place is None else Point(item.place) for item in markers],
            '"number"',
        ),
        _Layer(
            "segments",
            "界线段",
            "LineString",
            "line",
            "122,47,143,255",
            _SEGMENT_FIELDS,
            SEGMENT_ANSWERS,
            [_segment(item) for item in segments],
            [LineString(item.path) for item in segments],
            '"name"',
        ),
        _Layer(
            "line",
            "界线（记录方、坐标系在此填写）",
            "LineString",
            "line",
            "150,150,150,160",
            _LINE_FIELDS,
            (),
            [_line(sheet)],
            [LineString(sheet.path)],
            '"name"',
        ),
        _Layer("photos", "照片", "NoGeometry", "", "", _PHOTO_FIELDS, (), [], None, '"file_name"'),
    )


def _segment(segment: FieldSegment) -> Row:
    return {
        "id": segment.id,
        "name": segment.name,
        "start_km": round(segment.start_m / 1000, 3),
        "end_km": round(segment.end_m / 1000, 3),
        "direction": segment.direction,
        "course": segment.course or None,
    }


def _line(sheet: FieldSheet) -> Row:
    return {
        "id": sheet.line,
        "format": RESULTS_FORMAT,
        "package": sheet.package,
        "line": sheet.code,
        "name": sheet.name,
        "round": sheet.round.number,
        "made_on": sheet.made_on.isoformat(),
        "secrecy": sheet.secrecy,
        "simulated": sheet.simulated,
    }


def _marker(marker: FieldMarker) -> Row:
    told = {item.number: item for item in marker.witnesses}
    return {
        "id": marker.id,
        "number": marker.number,
        "route_order": marker.order,
        "km": None if marker.chainage_m is None else round(marker.chainage_m / 1000, 3),
        "facts": "\n".join(f"{title}：{text}" for title, text in marker.facts),
        **{
            f"witness{number}": "，".join(
                part for part in (item.name, item.grid_azimuth, item.distance_m) if part
            )
            for number, item in told.items()
        },
    }


def _frame(layer: _Layer) -> pd.DataFrame:
    """Rows as a table whose empty columns have their types."""
    columns = {item.name: _column(item.name, layer.rows) for item in layer.known}
    for item in layer.asked:
        kind = "float64" if item.kind is AnswerKind.NUMBER else object
        columns[item.name] = pd.Series([None] * len(layer.rows), dtype=kind)
    table = pd.DataFrame(columns)
    if layer.shapes is None:
        return table
    return gpd.GeoDataFrame(table, geometry=np.array(layer.shapes, dtype=object), crs="EPSG:4490")


def _column(name: str, rows: Sequence[Row]) -> pd.Series:
    values = [row.get(name) for row in rows]
    if name in _NUMBERS:
        return pd.Series(values, dtype="float64")
    if name in _COUNTS:
        return pd.Series(values, dtype="int64")
    return pd.Series(values, dtype=bool if name in _FLAGS else object)
