"""The workbook of reach: sums by unit, and the uncovered estates with their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from civgeo.domain.reach_reason import ReachReason
from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["ReachSheets", "reach_workbook"]

_MISSED = {
    "name": "小区",
    "division": "乡镇街道代码",
    "community": "社区代码",
    "people": "人数",
    "missed_people": "其中未覆盖",
    "reason_zh": "原因",
    "barrier": "阻隔",
    "facility": "最近设施（步行）",
    "distance_m": "步行（m）",
    "minutes": "步行（分钟）",
    "beyond_m": "超出（m）",
    "straight_facility": "最近设施（直线）",
    "straight_m": "直线（m）",
    "street_m": "离路（m）",
}
_FORMATS = {
    "distance_m": "0.0",
    "minutes": "0.0",
    "beyond_m": "0.0",
    "straight_m": "0.0",
    "street_m": "0.0",
    "percent": "0.00",
}


@dataclass(frozen=True, slots=True, eq=False)
class ReachSheets:
    """What the workbook shows.

    Parameters
    ----------
    units
        Columns name, code, people, reached, straight_reached, percent, and one a reason.
    missed
        Estates not reached, in the order of the sheet.
    people_zh, level_zh
        Who was counted, and the unit.
    notes
        Lines above every table: what was asked, and of which data.
    simulated
        Whether any of it is simulated.
    """

    units: pd.DataFrame
    missed: pd.DataFrame
    people_zh: str
    level_zh: str
    notes: Sequence[str]
    simulated: bool


def reach_workbook(shown: ReachSheets) -> bytes:
    """XLSX with a sheet of units and one of uncovered estates."""
    headers = {
        "name": shown.level_zh,
        "code": "代码",
        "people": f"{shown.people_zh}合计",
        "reached": "步行可达",
        "percent": "可达率（%）",
        "straight_reached": "直线圈内（对照）",
        **{reason.value: f"未达：{reason.label_zh}" for reason in ReachReason},
    }
    missed = dict(_MISSED) | {"people": shown.people_zh}
    sheets = [
        Sheet(f"按{shown.level_zh}", shown.units, headers, shown.notes, _FORMATS),
        Sheet("未覆盖", shown.missed, missed, shown.notes, _FORMATS),
    ]
    return workbook(sheets, simulated=shown.simulated)
