"""The workbook of a siting: candidates, what excludes how much, layers, and what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["ParcelSheets", "SitingSheets", "parcel_workbook", "siting_workbook"]

_CANDIDATES = {
    "rank": "名次",
    "area_mu": "面积（亩）",
    "area_m2": "面积（m²）",
    "centroid_lon": "中心经度",
    "centroid_lat": "中心纬度",
    "township": "所在乡镇",
    "land_class": "主要地类",
    "land_class_share": "主要地类占比",
    "compactness": "紧凑度",
    "mean_slope_deg": "平均坡度（度）",
    "slope_known_share": "有坡度的比例",
    "road_name": "最近道路",
    "road_m": "到最近道路（m）",
    "towns_m": "到所服务乡镇平均（m）",
    "visible_share": "公路主干线可见比例",
    "approval_share": "须经批准比例",
    "unclear_share": "须查明比例",
    "unknown_share": "没有评价比例",
    "capacity": "可容墓穴（穴）",
    "score": "得分",
    "top_share": "权重浮动时仍在前列的比例",
}
_CONSTRAINTS = {
    "kind": "标记",
    "text": "内容",
    "rule": "规则编号",
    "citation": "依据",
    "layer": "图层",
    "layer_date": "图层日期",
    "distance_m": "距离（m）",
    "area_ha": "面积（公顷）",
    "share": "占全域比例",
    "alone_ha": "只由它排除（公顷）",
}
_PARCELS = {
    "id": "地块编号",
    "name": "名称",
    "verdict": "结论",
    "text": "说明",
    "area_mu": "面积（亩）",
    "area_m2": "面积（m²）",
    "inside_share": "在区划内的比例",
    "marks": "排除它的规定和要求（项）",
    "missing_share": "没有评价比例（至多）",
}
_OF_PARCELS = {
    "parcel": "地块编号",
    "kind": "标记",
    "text": "内容",
    "rule": "规则编号",
    "layer": "图层",
    "layer_date": "图层日期",
    "distance_m": "规定距离（m）",
    "nearest_m": "实际距离（m）",
    "area_m2": "涉及面积（m²）",
    "share": "占地块比例",
}
_GAPS = {"what": "事项", "text": "说明"}
_SHARE = "0.0%"
_FORMATS = {
    **dict.fromkeys(("area_mu", "area_m2", "road_m", "towns_m", "mean_slope_deg"), "#,##0.0"),
    **dict.fromkeys(("area_ha", "alone_ha"), "#,##0.00"),
    **dict.fromkeys(("compactness", "score"), "0.000"),
    **dict.fromkeys(("centroid_lon", "centroid_lat"), "0.000000"),
    **dict.fromkeys(("land_class_share", "slope_known_share", "visible_share"), _SHARE),
    **dict.fromkeys(("approval_share", "unclear_share", "unknown_share", "top_share"), _SHARE),
    **dict.fromkeys(("share", "inside_share", "missing_share"), _SHARE),
    "nearest_m": "0.00",
}


@dataclass(frozen=True, slots=True, eq=False)
class SitingSheets:
    """What the workbook shows.

    Parameters
    ----------
    candidates
        Columns as of a siting's candidates; ``rank`` first.
    constraints
        A row each: kind, text, rule, citation, layer, layer_date, distance_m, area_ha, share,
        alone_ha.
    gaps
        What is not known: what, text.
    notes
        Lines above every table: headline, day, editions, parameters.
    simulated
        Whether any of it is simulated.
    """

    candidates: pd.DataFrame
    constraints: pd.DataFrame
    gaps: pd.DataFrame
    notes: Sequence[str]
    simulated: bool


def siting_workbook(shown: SitingSheets) -> bytes:
    """XLSX with a sheet of candidates, one of constraints and one of what is not known."""
    sheets = [
        Sheet("候选地", shown.candidates, _CANDIDATES, shown.notes, _FORMATS),
        Sheet("禁止情形", shown.constraints, _CONSTRAINTS, shown.notes, _FORMATS),
        Sheet("没有评价的", shown.gaps, _GAPS, shown.notes, _FORMATS),
    ]
    return workbook(sheets, simulated=shown.simulated)


@dataclass(frozen=True, slots=True, eq=False)
class ParcelSheets:
    """What the workbook of parcels shows.

    Parameters
    ----------
    parcels
        A row each: id, name, verdict, text, areas and shares.
    rows
        A row a parcel and constraint.
    notes
        Lines above every table.
    simulated
        Whether any of it is simulated.
    """

    parcels: pd.DataFrame
    rows: pd.DataFrame
    notes: Sequence[str]
    simulated: bool


def parcel_workbook(shown: ParcelSheets) -> bytes:
    """XLSX with a sheet of parcels and one of what each rule says of them."""
    sheets = [
        Sheet("地块", shown.parcels, _PARCELS, shown.notes, _FORMATS),
        Sheet("逐条", shown.rows, _OF_PARCELS, shown.notes, _FORMATS),
    ]
    return workbook(sheets, simulated=shown.simulated)
