"""Parcels against the rules of siting, as JSON, GeoJSON and a workbook."""

import orjson
import pandas as pd
import shapely

from civgeo.reports.siting_sheets import ParcelSheets, parcel_workbook
from civgeo.services.site_layer_views import layer_document
from civgeo.services.siting_parcels import ParcelAnswer, ParcelVerdict
from civgeo.services.siting_question import question_document
from civgeo.services.siting_views import gaps_document, kind_label, plain_cell

__all__ = ["parcels_document", "parcels_geojson", "parcels_spreadsheet"]


def parcels_document(answer: ParcelAnswer) -> dict[str, object]:
    """The answer as JSON: each parcel with everything that a rule or layer says of it."""
    scene = answer.scene
    said = {parcel: _records(rows) for parcel, rows in answer.rows.groupby("parcel", sort=False)}
    table = pd.DataFrame(answer.parcels.drop(columns="geometry"))
    parcels = [
        {"id": id}
        | {str(name): plain_cell(str(name), value) for name, value in row.items()}
        | {"verdict_zh": ParcelVerdict(row["verdict"]).label_zh, "constraints": said.get(id, [])}
        for id, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    return {
        "headline": answer.headline,
        "division": scene.region.division.digits,
        "division_name": scene.region.name,
        "on": scene.on.isoformat(),
        "edition": scene.book.edition,
        "data_version": scene.data.data_version,
        "simulated": scene.simulated,
        "parameters": question_document(answer.question),
        "parcels": parcels,
        "overlaps": _records(answer.overlaps),
        **gaps_document(answer.missing, scene.rules.waiting, scene.rules.to_look_up),
        "notes": list(answer.notes),
        "layers": [layer_document(layer.meta) for layer in scene.ground.layers],
    }


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    rows = table.drop(columns="parcel", errors="ignore").to_dict("records")
    return [
        {str(name): plain_cell(str(name), value) for name, value in row.items()} for row in rows
    ]


def parcels_geojson(answer: ParcelAnswer) -> bytes:
    """Parcels as GeoJSON in EPSG:4490, with what the whole answer says."""
    document = parcels_document(answer)
    parcels = document.pop("parcels")
    shapes = shapely.to_geojson(answer.parcels.geometry.to_numpy())
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": None if shape is None else orjson.Fragment(shape),
            "properties": {name: value for name, value in row.items() if name != "id"},
        }
        for shape, row in zip(shapes, parcels if isinstance(parcels, list) else [], strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features, "about": document})


def parcels_spreadsheet(answer: ParcelAnswer) -> bytes:
    """Workbook: parcels, and what each rule says of each."""
    scene = answer.scene
    table = pd.DataFrame(answer.parcels.drop(columns="geometry")).assign(id=answer.parcels.index)
    table["verdict"] = [ParcelVerdict(word).label_zh for word in table["verdict"]]
    rows = answer.rows.assign(kind=[kind_label(kind) for kind in answer.rows["kind"]])
    told = (
        answer.headline,
        f"评价日 {scene.on.isoformat()}，规定版次 {scene.book.edition}，"
        f"数据版本 {scene.data.data_version}",
        *answer.notes,
    )
    return parcel_workbook(ParcelSheets(table, rows, told, scene.simulated))
