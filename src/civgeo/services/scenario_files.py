"""Answers of scenarios as a workbook and as GeoJSON, and as rows of a comparison."""

from collections.abc import Sequence

import orjson
import shapely

from civgeo.domain.scenario_edits import (
    AddCrossing,
    AddEstate,
    AddFacility,
    MoveFacility,
    ScenarioEdit,
    canonical_edits,
    digest_of_edits,
)
from civgeo.reports.register_table import SIMULATED
from civgeo.reports.scenarios import ScenarioSheets, scenario_workbook
from civgeo.services.scenario_answer import KindDelta, ScenarioAnswer
from civgeo.services.scenario_replay import new_id
from civgeo.services.scenario_views import (
    METHOD,
    NOT_ASSESSED,
    answer_document,
    crossed_rows,
    unit_rows,
)
from civgeo.services.scenarios import SavedScenario

__all__ = [
    "compared_rows",
    "edit_text",
    "scenario_document",
    "scenario_geojson",
    "scenario_spreadsheet",
]


def edit_text(found: ScenarioAnswer | None, edit: ScenarioEdit) -> str:
    """An edit in a few words: what, and where."""
    if isinstance(edit, AddFacility):
        return f"{edit.kind.label_zh}“{edit.name}”（{edit.lon:.6f}, {edit.lat:.6f}）"
    if isinstance(edit, AddEstate):
        return f"“{edit.name}”{edit.households} 户（{edit.lon:.6f}, {edit.lat:.6f}）"
    if isinstance(edit, AddCrossing):
        return f"“{edit.name}”"
    known = found.planning.facilities.get(edit.facility) if found else None
    name = f"“{known.name}”" if known else edit.facility
    if isinstance(edit, MoveFacility):
        return f"{name}迁至（{edit.lon:.6f}, {edit.lat:.6f}）"
    return name


def scenario_spreadsheet(found: ScenarioAnswer, title: str) -> bytes:
    """XLSX of an answer; every place that gains or loses is listed."""
    ground, question = found.planning.ground, found.question
    answer = answer_document(found)
    notes = [
        f"情景方案：{title}",
        f"现状日期 {ground.on}，数据版本 {ground.data_version}，步行网版本 {ground.meta.version}",
        f"步行 {question.terms.minutes} 分钟、{question.terms.speed_m_per_s} 米/秒，"
        f"按{question.people.label_zh}清点；{METHOD}",
        f"结果摘要（SHA-256）{answer['digest']}",
        *NOT_ASSESSED,
        *([SIMULATED] if ground.simulated else []),
    ]
    findings = [
        {"edit": item.edit or None, "title": item.fault.label_zh, "text": item.text}
        for item in found.holdings.findings
    ]
    sheets = ScenarioSheets(
        units=[
            {"kind_zh": part.kind.label_zh, **row}
            for part in found.reach
            for row in unit_rows(found, part)
        ],
        places=[row for part in found.reach for row in _places(found, part)],
        edits=_edits(found),
        counties=_counties(found),
        findings=findings,
        notes=notes,
    )
    return scenario_workbook(sheets)


def _places(found: ScenarioAnswer, part: KindDelta) -> list[dict[str, object]]:
    listed = []
    for change, rows in (("新增可达", part.gained), ("失去可达", part.lost)):
        for row in crossed_rows(found, part, rows):
            names = {
                f"facility_{when}_zh": _name(row[f"facility_{when}"])
                for when in ("before", "after")
            }
            listed.append({"kind_zh": part.kind.label_zh, "change_zh": change, **row, **names})
    return listed


def _name(facility: object) -> object:
    return facility["name"] if isinstance(facility, dict) else None


def _edits(found: ScenarioAnswer) -> list[dict[str, object]]:
    added = [
        "；".join(f"{part.kind.label_zh} {part.contributions[at]}" for part in found.reach)
        for at in range(len(found.edits))
    ]
    return [
        {
            "number": number,
            "action_zh": edit.action.label_zh,
            "what": edit_text(found, edit),
            "added": added[number - 1],
        }
        for number, edit in enumerate(found.edits, 1)
    ]


def _counties(found: ScenarioAnswer) -> list[dict[str, object]]:
    rows = answer_document(found)["floor_area"]
    listed = rows if isinstance(rows, list) else []
    verdicts = {True: "是", False: "否", None: "未定"}
    return [
        {
            "name": row["name"],
            "code": row["code"],
            "when": title,
            **row[when],
            "meets": verdicts[row[when]["meets"]],
        }
        for row in listed
        for when, title in (("before", "现状"), ("after", "方案"))
    ]


def scenario_geojson(found: ScenarioAnswer) -> bytes:
    """Features of an answer: places that gain or lose, and what the edits place or move."""
    features = [_edit_feature(number, edit) for number, edit in enumerate(found.edits, 1)]
    geometry = found.planning.ground.estates.geometry
    for part in found.reach:
        for change, rows in (("gained", part.gained), ("lost", part.lost)):
            for at, row in zip(rows, crossed_rows(found, part, rows), strict=True):
                if at < len(geometry):
                    shape = shapely.to_geojson(geometry.iloc[at].representative_point())
                    about = {"role": change, "kind": part.kind.value, **row}
                    features.append(_feature(orjson.Fragment(shape), about))
    answer = answer_document(found)
    whole = {
        "type": "FeatureCollection",
        "features": [feature for feature in features if feature is not None],
        "digest": answer["digest"],
        "simulated": answer["simulated"],
        "attribution": found.planning.ground.meta.attribution,
    }
    return orjson.dumps(whole)


def _edit_feature(number: int, edit: ScenarioEdit) -> dict[str, object] | None:
    about = {"role": edit.action.value, "edit": number, "name": getattr(edit, "name", None)}
    if isinstance(edit, AddCrossing):
        return _feature({"type": "LineString", "coordinates": edit.line}, about)
    if isinstance(edit, AddFacility | AddEstate | MoveFacility):
        place = {"type": "Point", "coordinates": (edit.lon, edit.lat)}
        return _feature(place, about | {"id": getattr(edit, "facility", new_id(number))})
    return None


def _feature(geometry: object, properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def scenario_document(found: SavedScenario) -> dict[str, object]:
    """A saved scenario as JSON, its edits as they were given."""
    entry = found.entry
    return {
        "id": found.id,
        "version": found.version,
        "name": entry.name,
        "purpose": entry.purpose or None,
        "division": entry.division,
        "base_on": str(entry.base_on),
        "shared": entry.shared,
        "note": entry.note or None,
        "created_by": found.created_by,
        "data_version": found.data_version,
        "edits": orjson.loads(canonical_edits(entry.edits)),
        "edits_digest": digest_of_edits(entry.edits),
    }


def compared_rows(
    answers: Sequence[tuple[SavedScenario, ScenarioAnswer]],
) -> list[dict[str, object]]:
    """One row for each scenario and kind: people in reach before and after, cost, findings."""
    rows = []
    for scenario, answer in answers:
        for part in answer.reach:
            sums = part.sums
            rows.append(
                {
                    "id": scenario.id,
                    "name": scenario.entry.name,
                    "version": scenario.version,
                    "base_on": str(scenario.entry.base_on),
                    "edits": len(answer.edits),
                    "kind": part.kind.value,
                    "kind_zh": part.kind.label_zh,
                    "people_before": int(sums.people_before.sum()),
                    "people_after": int(sums.people_after.sum()),
                    "reached_before": int(sums.reached_before.sum()),
                    "reached_after": int(sums.reached_after.sum()),
                    "gained": int(sums.gained.sum()),
                    "lost": int(sums.lost.sum()),
                    "cost_yuan": answer.holdings.cost_yuan,
                    "without_cost": answer.holdings.without_cost,
                    "findings": len(answer.holdings.findings),
                }
            )
    return rows
