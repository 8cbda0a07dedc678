"""One record of each register of the place-name office, with what every record must have."""

import geopandas as gpd
import pandas as pd
import shapely

from civgeo.domain.name_forms import FORMS
from civgeo.domain.record_form import FieldKind, RecordField

_EMPTY = {FieldKind.TEXT: "虚构", FieldKind.CODE: "990102001", FieldKind.JSON: "{}"}
_EMPTY |= {FieldKind.DAY: "2026-01-31", FieldKind.COUNT: 2026, FieldKind.FLAG: False}


def name_records(register: str, *rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Frame of a register; what a row leaves out is the least that a record may have."""
    form = next(form for form in FORMS if form.id == register)
    least = {field.name: _least(field) for field in form.fields}
    common = {"source": "虚构", "simulated": True, "version": 1, "geometry": None}
    frame = pd.DataFrame([least | common | row for row in rows]).set_index("id")
    for field in form.fields:
        if field.kind is not FieldKind.COUNT:
            frame[field.name] = frame[field.name].astype(object)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")


def _least(field: RecordField) -> object:
    if not field.required:
        return None
    return field.choices[0][0] if field.choices else _EMPTY[field.kind]


def every_register() -> dict[str, gpd.GeoDataFrame]:
    """Three records of each open register, those of the gazetteer public."""
    found = {}
    for form in (form for form in FORMS if form.is_open):
        rows: list[dict[str, object]] = [
            {"id": f"{form.id}-{count}", "name": f"示例{count}路"} for count in (1, 2, 3)
        ]
        for row in rows:
            row |= {"public": True} if form.field("public") else {}
        rows[0]["geometry"] = shapely.Point(114.05, 33.05)
        found[form.id] = name_records(form.id, *rows)
    return found
