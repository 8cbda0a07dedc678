"""Answers of siting as JSON, GeoJSON and a workbook: every figure with rule, edition and layer."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import orjson
import pandas as pd
import shapely

from civgeo.domain.cemetery_rules import CemeteryRule
from civgeo.domain.quantity import decimal_text
from civgeo.errors import InvalidInput
from civgeo.reports.siting_sheets import SitingSheets, siting_workbook
from civgeo.services.city import City
from civgeo.services.site_layer_views import layer_document
from civgeo.services.siting import Spot, site
from civgeo.services.siting_answer import MissingLayer, SitingAnswer, SitingConstraint
from civgeo.services.siting_question import question_document, siting_question
from civgeo.services.siting_terms import siting_terms
from civgeo.store.elevations import ElevationMeta

__all__ = ["candidates_geojson", "cited_rule", "gaps_document", "kind_label", "plain_cell"]
__all__ += ["siting_document", "siting_job", "siting_spreadsheet", "spot_document"]

_TENTHS = ("area_m2", "area_mu", "road_m", "towns_m", "mean_slope_deg")
_HECTARE_M2 = 10_000


def cited_rule(rule: CemeteryRule | None) -> dict[str, object] | None:
    """A rule as it is cited."""
    if rule is None:
        return None
    return {
        "id": rule.id,
        "citation": rule.citation,
        "quantity": rule.quantity,
        "force": rule.force.value,
        "valid_from": rule.valid_from or None,
        "valid_to": rule.valid_to or None,
        "evidence": rule.evidence,
    }


def _elevation(meta: ElevationMeta | None) -> dict[str, object] | None:
    if meta is None:
        return None
    return {"digest": meta.digest, "source": meta.source, "cell_m": list(meta.cell_m)}


def _mark(each: SitingConstraint) -> dict[str, object]:
    return {
        "kind": each.kind.value,
        "rule": cited_rule(each.rule),
        "reads_as": cited_rule(each.reads_as),
        "feature": None if each.feature is None else each.feature.value,
        "layer": None if each.layer is None else each.layer.digest,
        "layer_title": None if each.layer is None else each.layer.title,
        "layer_date": None if each.layer is None else each.layer.layer_date.isoformat(),
        "distance_m": each.distance_m,
        "message": each.text,
    }


def gaps_document(
    missing: Iterable[MissingLayer],
    waiting: Iterable[CemeteryRule],
    to_look_up: Iterable[CemeteryRule],
) -> dict[str, object]:
    """What is not known: layers, texts, areas that a text names."""
    return {
        "missing_layers": [
            {
                "feature": gap.feature.value,
                "feature_zh": gap.feature.label_zh,
                "rules": [rule.id for rule in gap.rules],
                "message": gap.text,
            }
            for gap in missing
        ],
        "waiting_texts": [cited_rule(rule) for rule in waiting],
        "to_look_up": [cited_rule(rule) for rule in to_look_up],
    }


def siting_document(answer: SitingAnswer) -> dict[str, object]:
    """The answer as JSON; the marks of the cells are summed by constraint."""
    grid = answer.marks.grid
    cell_m2 = grid.cell_area_m2
    return {
        "headline": answer.headline,
        "division": answer.question.division,
        "division_name": answer.region_name,
        "on": answer.on.isoformat(),
        "edition": answer.edition,
        "data_version": answer.data_version,
        "simulated": answer.simulated,
        "parameters": question_document(answer.question),
        "min_area": {
            "mu": decimal_text(answer.min_area_mu),
            "rule": cited_rule(answer.min_area_rule),
        },
        "grid": {
            "epsg": grid.epsg,
            "cell_m": grid.cell_m,
            "cell_m2": cell_m2,
            "rows": grid.rows,
            "columns": grid.columns,
            "cells": round(answer.region_m2 / cell_m2),
        },
        "region_m2": answer.region_m2,
        "free_m2": answer.free_m2,
        "free_cells": round(answer.free_m2 / cell_m2),
        "constraints": [
            _mark(each)
            | {
                "number": each.number,
                "cells": round(each.area_m2 / cell_m2),
                "area_m2": each.area_m2,
                "share": each.share,
                "alone_m2": each.alone_m2,
            }
            for each in answer.constraints
        ],
        "candidates_found": answer.candidates_found,
        "candidates": _candidates(answer),
        **gaps_document(answer.missing, answer.waiting, answer.to_look_up),
        "notes": list(answer.notes),
        "layers": [layer_document(meta) for meta in answer.layers],
        "elevation": _elevation(answer.elevation),
    }


def _candidates(answer: SitingAnswer) -> list[dict[str, object]]:
    table = pd.DataFrame(answer.candidates.drop(columns="geometry"))
    rows = table.to_dict("records")
    return [
        {"number": number}
        | {str(name): plain_cell(str(name), value) for name, value in row.items()}
        for number, row in zip(table.index.tolist(), rows, strict=True)
    ]


def plain_cell(name: str, value: object) -> object:
    """A cell of a table as JSON has it; null where nothing is known."""
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is pd.NA or plain != plain:
        return None
    return round(plain, 1) if name in _TENTHS and isinstance(plain, float) else plain


def spot_document(found: Spot) -> dict[str, object]:
    """What marks the cell of one place, as JSON; never that it is fit, only what was found."""
    scene = found.scene
    marks = [_mark(each) for each in found.constraints]
    excluded = any(mark["kind"] == "excluded" for mark in marks)
    return {
        "lon": found.lon,
        "lat": found.lat,
        "excluded": None if scene.nothing_examined else excluded,
        "headline": found.headline,
        "division": scene.region.division.digits,
        "division_name": scene.region.name,
        "on": scene.on.isoformat(),
        "edition": scene.book.edition,
        "data_version": scene.data.data_version,
        "simulated": scene.simulated,
        "cell_m": scene.cell_m,
        "constraints": marks,
        **gaps_document(found.missing, scene.rules.waiting, scene.rules.to_look_up),
        "layers": [layer_document(layer.meta) for layer in scene.ground.layers],
        "elevation": _elevation(scene.elevation),
    }


def siting_job(
    city: City, arguments: Mapping[str, object], progress: Callable[[str, int, int], None]
) -> Mapping[str, object]:
    """Answer of the question that a job holds."""
    given = arguments["question"]
    if not isinstance(given, dict):
        raise InvalidInput("任务缺少选址问题")
    return siting_document(site(city, siting_question(given), progress=progress))


def candidates_geojson(answer: SitingAnswer) -> bytes:
    """Candidates as GeoJSON in EPSG:4490, with what the whole answer says."""
    shapes = shapely.to_geojson(answer.candidates.geometry.to_numpy())
    features = [
        {
            "type": "Feature",
            "id": row["number"],
            "geometry": orjson.Fragment(shape),
            "properties": {name: value for name, value in row.items() if name != "number"},
        }
        for shape, row in zip(shapes, _candidates(answer), strict=True)
    ]
    about = {name: value for name, value in siting_document(answer).items() if name != "candidates"}
    return orjson.dumps({"type": "FeatureCollection", "features": features, "about": about})


def siting_spreadsheet(answer: SitingAnswer) -> bytes:
    """Workbook: candidates, constraints, what is not known; the parameters above every table."""
    constraints = pd.DataFrame([_row(each) for each in answer.constraints])
    waiting = [("条文待录入", f"{rule.citation}：{rule.quantity}") for rule in answer.waiting]
    named = [("须对照地图", f"{rule.citation}：{rule.quantity}") for rule in answer.to_look_up]
    missing = [("缺少图层", gap.text) for gap in answer.missing]
    notes = [("说明", note) for note in answer.notes]
    gaps = pd.DataFrame([*missing, *waiting, *named, *notes], columns=["what", "text"])
    terms = [f"{term.label}：{term.value}（{term.origin}）" for term in siting_terms(answer)]
    told = (
        answer.headline,
        f"规定版次 {answer.edition}，数据版本 {answer.data_version}",
        *terms,
    )
    table = pd.DataFrame(answer.candidates.drop(columns="geometry"))
    return siting_workbook(SitingSheets(table, constraints, gaps, told, answer.simulated))


_KINDS_ZH: Mapping[str, str] = {
    "excluded": "禁止",
    "approval": "须经批准",
    "unclear": "须查明",
    "missing": "图层没有覆盖",
    "unassessed": "没有高程",
}


def kind_label(kind: str) -> str:
    """What a mark is called in tables."""
    return _KINDS_ZH[kind]


def _row(each: SitingConstraint) -> dict[str, object]:
    return {
        "kind": kind_label(each.kind.value),
        "text": each.text,
        "rule": None if each.rule is None else each.rule.id,
        "citation": "规划人员的要求" if each.rule is None else each.rule.citation,
        "layer": None if each.layer is None else each.layer.title,
        "layer_date": None if each.layer is None else each.layer.layer_date.isoformat(),
        "distance_m": each.distance_m,
        "area_ha": each.area_m2 / _HECTARE_M2,
        "share": each.share,
        "alone_ha": each.alone_m2 / _HECTARE_M2,
    }
