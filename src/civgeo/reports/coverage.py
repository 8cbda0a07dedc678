"""The coverage workbook: counties, townships and estates, with standards and findings."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from civgeo.domain.estate import EstateClass
from civgeo.domain.standard import EVIDENCE_ZH, Standard
from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["STATUS_ZH", "coverage_workbook", "verdict_zh"]

STATUS_ZH = {
    "ok": "已评价",
    "undefined": "无法计算",
    "not_assessed": "未评价",
    "unverified": "待核实",
}
_UNIT_HEADERS = {
    "name": "名称",
    "code": "代码",
    "households": "户数",
    "total_m2": "现有养老用房面积（m²）",
    "m2_per_100_households": "每百户面积（m²）",
    "required_m2": "应有面积（m²）",
    "gap_m2": "缺口（m²）",
    "surplus_m2": "富余（m²）",
    "verdict": "结论",
    "reason": "说明",
    "facilities": "计入设施数",
    "sites_below_minimum": "低于单处最小面积的设施数",
    "standard_new": "新建小区标准",
    "standard_existing": "已建成小区标准",
}
_AREA_HEADERS = {
    "estates": "小区数",
    "estates_assessed": "已评价小区数",
    "estates_meeting": "达标小区数",
}
_ESTATE_HEADERS = {"division": "乡镇街道代码", "community": "社区代码", "class_zh": "类别"}
_NUMBER_FORMATS = {
    "total_m2": "0.00##",
    "m2_per_100_households": "0.00",
    "required_m2": "0.00##",
    "gap_m2": "0.00##",
    "surplus_m2": "0.00##",
}
_DOUBLE_HEADERS = {
    "name": "计入的登记",
    "other_name": "未计入的登记",
    "distance_m": "相距（m）",
    "kept": "计入编号",
    "left_out": "未计入编号",
}


def verdict_zh(status: str, meets: object) -> str:
    """Verdict in two or three characters, as tables show it.

    Examples
    --------
    >>> verdict_zh("ok", False), verdict_zh("not_assessed", None)
    ('不达标', '未评价')
    """
    if status != "ok":
        return STATUS_ZH[status]
    return "达标" if meets else "不达标"


def coverage_workbook(
    levels: Mapping[str, pd.DataFrame],
    *,
    standards: Mapping[str, Standard],
    doubles: pd.DataFrame,
    on: date,
    edition: str,
    sources: Mapping[str, str],
    simulated: bool,
) -> bytes:
    """XLSX with one sheet a level, the standards that decided, and findings.

    Parameters
    ----------
    levels
        Coverage frame by the label of its level, in the order of the sheets.
    standards, doubles
        As in the coverage use case.
    on, edition
        Day and edition of the standards.
    sources
        Where each part of the data comes from.
    simulated
        Whether any of it is simulated; every sheet then says so.
    """
    notes = [
        "每百户养老服务用房面积 = 100 × 现有面积 ÷ 户数",
        f"评价日期 {on.isoformat()}，标准版本 {edition}",
        "现有面积只计运营中的街道综合养老服务中心、社区养老服务场所、日间照料中心与助餐点",
        "来源：" + ";".join(f"{part}:{text}" for part, text in sources.items() if text),
    ]
    sheets = [_level_sheet(label, frame, notes) for label, frame in levels.items()]
    sheets += [_standards_sheet(standards), Sheet("疑似重复登记", doubles, _DOUBLE_HEADERS)]
    return workbook(sheets, simulated=simulated)


def _level_sheet(label: str, units: pd.DataFrame, notes: Sequence[str]) -> Sheet:
    table = pd.DataFrame(units.drop(columns="geometry"))
    table["code"] = table.index.to_numpy(object)
    table["verdict"] = [
        verdict_zh(str(status), meets)
        for status, meets in zip(table["status"], table["meets"], strict=True)
    ]
    headers = dict(_UNIT_HEADERS)
    if "estate_class" in table:
        table["class_zh"] = [EstateClass(part).label_zh for part in table["estate_class"]]
        headers |= _ESTATE_HEADERS
    else:
        headers |= _AREA_HEADERS
    return Sheet(label, table, headers, notes, _NUMBER_FORMATS)


def _standards_sheet(standards: Mapping[str, Standard]) -> Sheet:
    rows = [
        {
            "id": item.id,
            "place": item.place,
            "source": item.source,
            "class": EstateClass(item.estate_class).label_zh
            if item.estate_class in set(EstateClass)
            else "新建与已建成",
            "rule": f"{item.operator} {item.value} m²/百户",
            "valid_from": item.valid_from or "未录入",
            "valid_to": item.valid_to or "现行",
            "evidence": EVIDENCE_ZH.get(item.evidence, item.evidence),
            "note": item.note,
        }
        for item in standards.values()
    ]
    headers = {
        "id": "标准编号",
        "place": "地区",
        "source": "依据",
        "class": "适用小区",
        "rule": "数值",
        "valid_from": "施行",
        "valid_to": "失效",
        "evidence": "证据",
        "note": "备注",
    }
    return Sheet("标准", pd.DataFrame(rows, columns=list(headers)), headers)
