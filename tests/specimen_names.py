"""One record of each register that has a form, with what every record must have."""

import geopandas as gpd
import pandas as pd
import shapely

from civgeo.domain.record_form import FieldKind, RecordField, Shapes
from civgeo.domain.registers import FORMS

_EMPTY = {FieldKind.TEXT: "虚构", FieldKind.CODE: "990102001", FieldKind.JSON: "{}"}
_EMPTY |= {FieldKind.DAY: "2026-01-31", FieldKind.COUNT: 2026}
_EMPTY |= {FieldKind.NUMBER: 1.5, FieldKind.FLAG: False}
_LINE = shapely.LineString([(114.04, 33.05), (114.06, 33.05)])
_SHAPES = {Shapes.LINE: _LINE, Shapes.AREA: _LINE.buffer(0.01, quad_segs=1)}
_SHAPES[Shapes.SITE] = _SHAPES[Shapes.AREA]


def name_records(register: str, *rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Frame of a register; what a row leaves out is the least that a record may have."""
    form = next(form for form in FORMS if form.id == register)
    least = {field.name: _least(field) for field in form.fields}
    common = {"source": "虚构", "simulated": True, "version": 1, "geometry": None}
    frame = pd.DataFrame([least | common | row for row in rows]).set_index("id")
    for field in form.fields:
        if field.kind not in (FieldKind.COUNT, FieldKind.NUMBER):
            frame[field.name] = frame[field.name].astype(object)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")


def _least(field: RecordField) -> object:
    if not field.required:
        return None
    return field.choices[0][0] if field.choices else _EMPTY[field.kind]


def every_register() -> dict[str, gpd.GeoDataFrame]:
    """Three records of each open register, public where it tells, and then a secret one."""
    found = {}
    for form in (form for form in FORMS if form.is_open):
        named = next(name for name in ("name", "number", "note") if form.field(name))
        rows: list[dict[str, object]] = [
            {"id": f"{form.id}-{count}", named: f"示例{count}路"} for count in (1, 2, 3)
        ]
        if form.field("public"):
            rows = [row | {"public": True} for row in rows]
            rows.append({"id": f"{form.id}-secret", named: "示例密路", "public": True})
            rows[-1] |= {"secrecy": "secret"}
        rows[0]["geometry"] = _SHAPES.get(form.shapes, _LINE.centroid)
        found[form.id] = name_records(form.id, *rows)
    return found
