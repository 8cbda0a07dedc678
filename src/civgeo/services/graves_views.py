"""Scattered graves as JSON, GeoJSON and a workbook; and as the job that gives the JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

import numpy as np
import orjson
import pandas as pd
import shapely

from civgeo.domain.cemetery_forms import BurialPlaceStatus, GraveKind, GraveStatus
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import InvalidInput
from civgeo.reports.graves import GraveSheets, graves_workbook
from civgeo.services.city import City
from civgeo.services.grave_question import grave_question, grave_terms
from civgeo.services.graves import GraveAnswer, city_graves
from civgeo.services.graves_relocation import STRAIGHT_LINE
from civgeo.services.graves_visibility import NOT_BY_SIGHT
from civgeo.services.graves_words import NO_SOURCE, headline, missing_texts, not_known, notes

__all__ = ["graves_document", "graves_geojson", "graves_job", "graves_json"]
__all__ += ["graves_spreadsheet"]

Progress = Callable[[str, int, int], None]

_FIELDS = (
    *("number", "division", "township", "township_name", "village", "kind", "count", "status"),
    *("lon", "lat", "seen", "sight", "reason", "observers", "road", "road_m", "in_corridor"),
    *("observer_road", "observer_along_m", "observer_m", "observer_lon", "observer_lat"),
    *("land", "to_move", "basis", "undecided", "list_road"),
)


def graves_document(found: GraveAnswer) -> dict[str, object]:
    """The answer as JSON: words, sums, graves, who goes where, progress, provenance."""
    moves, elevation = found.moves, found.elevation
    return {
        "headline": headline(found),
        "method": "corridor" if elevation is None else "viewshed",
        "method_zh": NOT_BY_SIGHT if elevation is None else "可视分析",
        "parameters": grave_terms(found.question),
        "parameters_zh": NO_SOURCE,
        **asdict(found.method),
        **_sums(found),
        "graves": [
            {"id": id, **row} for id, row in zip(found.graves.index, _rows(found), strict=True)
        ],
        "moves": _records(moves.rows),
        "distance_zh": STRAIGHT_LINE,
        "moves_status": moves.status.value,
        "moves_status_zh": moves.status.label_zh,
        "placed_most": moves.most,
        "distance_sum_m": round(moves.total_m, 1),
        "distance_sum_bound_m": round(moves.bound_m, 1),
        "unplaced": [{"grave": id, "reason": why} for id, why in moves.reasons.items()],
        "cemeteries": _records(found.cemeteries.rename_axis("id").reset_index()),
        "by_road": _records(found.by_road),
        "by_township": _records(found.by_township),
        "missing": list(missing_texts(found)),
        "notes": list(notes(found)),
        "findings": [asdict(each) for each in found.findings],
        "layers": [_layer(meta) for meta in found.layers],
        "elevation": None if elevation is None else _elevation(found),
        "edition": found.edition or None,
        "on": found.on.isoformat(),
        "data_version": found.data_version,
        "simulated": found.simulated,
    }


def graves_json(found: GraveAnswer) -> bytes:
    """`graves_document` as it is written to files and sent."""
    return orjson.dumps(graves_document(found), option=orjson.OPT_INDENT_2)


def _sums(found: GraveAnswer) -> dict[str, object]:
    graves = found.graves
    groups = {
        "registered": graves,
        "seen": graves[graves["seen"].eq(True)],
        "not_seen": graves[graves["seen"].eq(False)],
        "not_known": not_known(found),
        "undecided": graves[graves["undecided"]],
        "to_move": graves[graves["to_move"]],
        "moved": graves[graves["status"] == GraveStatus.MOVED],
    }
    sums = {
        name: {"places": len(rows), "graves": int(rows["count"].sum())}
        for name, rows in groups.items()
    }
    reasons = not_known(found)["reason"].value_counts().sort_index()
    return {"sums": sums, "not_known_reasons": {str(why): int(n) for why, n in reasons.items()}}


def _layer(meta: SiteLayerMeta) -> dict[str, object]:
    return {
        "digest": meta.digest,
        "title": meta.title,
        "layer_date": meta.layer_date.isoformat(),
        "source": meta.source,
        "simulated": meta.simulated,
    }


def _elevation(found: GraveAnswer) -> dict[str, object] | None:
    meta = found.elevation
    if meta is None:
        return None
    return {
        "digest": meta.digest,
        "source": meta.source,
        "crs": meta.crs,
        "cell_m": list(meta.cell_m),
        "unknown_share": meta.unknown_share,
    }


def _rows(found: GraveAnswer) -> list[dict[str, object]]:
    return _records(found.graves[list(_FIELDS)])


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    columns = {str(name): [_plain(value) for value in table[name].tolist()] for name in table}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: object) -> object:
    """A value as JSON has it; null for what is not known."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value is pd.NA or value != value else value


def graves_geojson(found: GraveAnswer) -> bytes:
    """Graves with a place as GeoJSON, and straight lines from those that move to their cemetery."""
    placed = found.graves[found.graves["usable"]]
    rows = _records(placed[list(_FIELDS)])
    shapes = shapely.to_geojson(np.asarray(placed.geometry.array, dtype=object))
    features = [
        {
            "type": "Feature",
            "id": id,
            "geometry": orjson.Fragment(shape),
            "properties": {"feature": "grave", **row},
        }
        for id, shape, row in zip(placed.index, shapes, rows, strict=True)
    ]
    features += _ways(found)
    about = {key: value for key, value in graves_document(found).items() if key not in _LISTS}
    return orjson.dumps({"type": "FeatureCollection", "features": features, "about": about})


_LISTS = ("graves", "moves", "cemeteries", "by_road", "by_township")


def _ways(found: GraveAnswer) -> list[dict[str, object]]:
    """Straight lines from graves to the cemeteries that they go to."""
    place: dict[str, list[float]] = {}
    for table in (found.graves, found.cemeteries):
        degrees = table[["lon", "lat"]].to_numpy(dtype=np.float64).tolist()
        place |= dict(zip(table.index, degrees, strict=True))
    return [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [place[str(row["grave"])], place[str(row["cemetery"])]],
            },
            "properties": {"feature": "move", **row, "distance_zh": STRAIGHT_LINE},
        }
        for row in _records(found.moves.rows)
    ]


def graves_spreadsheet(found: GraveAnswer) -> bytes:
    """Workbook: the list by road and by township, the unplaced, the undecided, progress."""
    graves = pd.DataFrame(found.graves.drop(columns="geometry"))
    graves["kind_zh"] = [GraveKind(kind).label_zh for kind in graves["kind"]]
    graves["status_zh"] = [GraveStatus(status).label_zh for status in graves["status"]]
    moves = found.moves
    listed = graves.join(moves.rows.set_index("grave"), how="inner")
    listed["cemetery_name"] = listed["cemetery"].map(found.cemeteries["name"])
    placed = moves.rows.groupby("grave")["graves"].sum()
    unplaced = graves[graves["to_move"]].assign(
        graves=lambda rows: placed.reindex(rows.index, fill_value=0),
        left=lambda rows: rows["count"] - rows["graves"],
    )
    unplaced = unplaced[(unplaced["left"] > 0) | ~unplaced["usable"] | (unplaced["count"] < 1)]
    why = unplaced["unusable_because"].where(unplaced["unusable_because"] != "", "没有座数")
    unplaced["reason"] = pd.Series(moves.reasons, dtype=object).reindex(unplaced.index).fillna(why)
    cemeteries = found.cemeteries.copy()
    cemeteries["status_zh"] = [BurialPlaceStatus(each).label_zh for each in cemeteries["status"]]
    said = (
        headline(found),
        *notes(found, each_unused=False),
        *(each.message for each in found.findings),
    )
    return graves_workbook(
        GraveSheets(
            moves=listed,
            unplaced=unplaced,
            undecided=graves[graves["undecided"]],
            by_road=found.by_road,
            by_township=found.by_township,
            cemeteries=cemeteries,
            notes=said,
            simulated=found.simulated,
        )
    )


def graves_job(
    city: City, arguments: Mapping[str, object], progress: Progress
) -> Mapping[str, object]:
    """Answer of the question that a job holds."""
    given = arguments["question"]
    if not isinstance(given, dict):
        raise InvalidInput("任务缺少散坟问题")
    return graves_document(city_graves(city, grave_question(given), progress=progress))
