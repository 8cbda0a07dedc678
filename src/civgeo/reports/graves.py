"""The workbook of scattered graves: who moves where, by road, by township, and who cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["GraveSheets", "graves_workbook"]

_MOVES = {
    "list_road": "道路",
    "township_name": "乡镇（街道）",
    "village": "村（社区）",
    "number": "编号",
    "kind_zh": "坟墓类型",
    "count": "座数",
    "status_zh": "现状",
    "basis": "列入依据",
    "observers": "看得见的观察点（个）",
    "road": "最近道路",
    "road_m": "距最近道路（m）",
    "observer_along_m": "最近观察点里程（m）",
    "observer_m": "距该观察点（m）",
    "lon": "经度",
    "lat": "纬度",
    "cemetery_name": "安排的公墓",
    "graves": "安排座数",
    "distance_m": "直线距离（m）",
    "land": "禁止建造坟墓的规定",
}
_UNPLACED = {**{key: _MOVES[key] for key in _MOVES if key not in ("cemetery_name", "distance_m")}}
_UNPLACED |= {"graves": "已安排座数", "left": "未安排座数", "reason": "原因"}
_UNDECIDED = {
    "township_name": "乡镇（街道）",
    "village": "村（社区）",
    "number": "编号",
    "count": "座数",
    "status_zh": "现状",
    "reason": "原因",
    "road": "最近道路",
    "road_m": "距最近道路（m）",
    "lon": "经度",
    "lat": "纬度",
}
_PROGRESS = {
    "places": "处",
    "graves": "座",
    "to_move": "列入迁移（座）",
    "moved": "已迁移（座）",
    "screened": "已遮挡（座）",
    "undecided": "不能判断（座）",
}
_CEMETERIES = {
    "name": "公墓",
    "division": "区划代码",
    "status_zh": "状态",
    "capacity": "墓位总数",
    "used": "已用墓位",
    "free": "空位",
    "assigned": "本次安排",
    "left": "安排后空位",
    "unused_because": "没有使用的原因",
}
_FORMATS = {
    **dict.fromkeys(("road_m", "observer_along_m", "observer_m", "distance_m"), "0.0"),
    **dict.fromkeys(("lon", "lat"), "0.000000"),
}


@dataclass(frozen=True, slots=True, eq=False)
class GraveSheets:
    """What the workbook shows.

    Parameters
    ----------
    moves
        A row for each grave and cemetery, with the columns of `graves` and of the way.
    unplaced, undecided
        Graves that have no cemetery, with ``reason``; graves of which nothing could be told.
    by_road, by_township
        Progress.
    cemeteries
        Burial places, those not used with the reason.
    notes
        Lines above every table.
    simulated
        Whether any of it is simulated.
    """

    moves: pd.DataFrame
    unplaced: pd.DataFrame
    undecided: pd.DataFrame
    by_road: pd.DataFrame
    by_township: pd.DataFrame
    cemeteries: pd.DataFrame
    notes: Sequence[str]
    simulated: bool


def graves_workbook(shown: GraveSheets) -> bytes:
    """XLSX: the list by road, the list by township, the unplaced, the undecided, progress."""
    by_township = ["township_name", "list_road", "number"]
    turned = {key: _MOVES[key] for key in ("township_name", "list_road")}
    rest = {key: title for key, title in _MOVES.items() if key not in turned}
    road, township = (
        {"list_road": "道路"},
        {"township": "区划代码", "township_name": "乡镇（街道）"},
    )
    first = shown.moves.sort_values(["list_road", "township_name", "number"], kind="stable")
    second = shown.moves.sort_values(by_township, kind="stable")
    sheets = [
        ("迁移清单（按道路）", first, _MOVES),
        ("迁移清单（按乡镇）", second, {**turned, **rest}),
        ("未安排公墓", shown.unplaced, _UNPLACED),
        ("不能判断", shown.undecided, _UNDECIDED),
        ("进度（按道路）", shown.by_road, road | _PROGRESS),
        ("进度（按乡镇）", shown.by_township, township | _PROGRESS),
        ("公墓空位", shown.cemeteries, _CEMETERIES),
    ]
    return workbook(
        [Sheet(title, table, headers, shown.notes, _FORMATS) for title, table, headers in sheets],
        simulated=shown.simulated,
    )
