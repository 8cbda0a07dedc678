"""The workbook of a scenario: sums by unit, places that gain and lose, edits, findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civgeo.reports.register_table import register_workbook

__all__ = ["ScenarioSheets", "scenario_workbook"]

_UNIT = {
    "kind_zh": "设施种类",
    "name": "单位",
    "code": "代码",
    "people_before": "现状人数",
    "people_after": "方案人数",
    "reached_before": "现状可达",
    "reached_after": "方案可达",
    "percent_before": "现状可达率（%）",
    "percent_after": "方案可达率（%）",
    "gained": "新增可达",
    "lost": "失去可达",
}
_PLACE = {
    "kind_zh": "设施种类",
    "change_zh": "变化",
    "name": "小区",
    "id": "编号",
    "people": "人数",
    "minutes_before": "现状步行（分钟）",
    "minutes_after": "方案步行（分钟）",
    "facility_before_zh": "现状最近设施",
    "facility_after_zh": "方案最近设施",
}
_EDIT = {"number": "序号", "action_zh": "改动", "what": "内容", "added": "新增可达（按先后）"}
_COUNTY = {
    "name": "县区",
    "code": "代码",
    "when": "时点",
    "households": "户数",
    "total_m2": "养老用房面积 m²",
    "m2_per_100_households": "每百户 m²",
    "required_m2": "应有 m²",
    "gap_m2": "缺口 m²",
    "meets": "达标",
    "reason": "说明",
}
_FINDING = {"edit": "改动序号", "title": "情况", "text": "说明"}

Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class ScenarioSheets:
    """What the workbook shows.

    Parameters
    ----------
    units, places, edits, counties, findings
        Rows of the sheets.
    notes
        What was asked, and of which data, one line each.
    """

    units: Rows
    places: Rows
    edits: Rows
    counties: Rows
    findings: Rows
    notes: Sequence[str]


def scenario_workbook(shown: ScenarioSheets) -> bytes:
    """XLSX with a sheet for each list, and one of notes."""
    lists = (
        ("与现状比较", _UNIT, shown.units),
        ("新增与失去的小区", _PLACE, shown.places),
        ("改动", _EDIT, shown.edits),
        ("每百户养老用房", _COUNTY, shown.counties),
        ("须知", _FINDING, shown.findings),
    )
    tables = [
        (title, list(columns.values()), [[row.get(key) for key in columns] for row in rows])
        for title, columns, rows in lists
    ]
    return register_workbook(tables, notes=shown.notes, footer="　".join(shown.notes[:2]))
