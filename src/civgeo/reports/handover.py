"""The handover workbook: estates whose elder-care rooms are not handed over, rates by county."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["handover_workbook"]

_PENDING = {
    "name": "小区",
    "county": "县区",
    "division": "乡镇街道代码",
    "class": "小区类别",
    "stage": "用房阶段",
    "completed_year": "建成年份",
    "months": "建成至今至少（月）",
    "households": "户数",
    "id": "小区编号",
}
_COUNTIES = {
    "name": "县区",
    "code": "代码",
    "handed_over": "已移交",
    "known": "阶段已登记",
    "rate": "移交率",
    "unknown": "阶段未登记",
    "planned": "规划",
    "built": "建成",
    "accepted": "验收",
}


def handover_workbook(
    *,
    pending: Sequence[Mapping[str, object]],
    counties: Sequence[Mapping[str, object]],
    on: date,
    sources: Mapping[str, str],
    simulated: bool,
) -> bytes:
    """XLSX with the list of what is not handed over and the rate of each county.

    Parameters
    ----------
    pending
        One row an estate: name, county, division, class, stage, completed_year, months,
        households, id.
    counties
        One row a county: name, code, handed_over, known, rate (0 to 1 or null), unknown, planned,
        built, accepted; the whole last.
    on
        Day of the figures.
    sources
        Where each part of the data comes from.
    simulated
        Whether any of it is simulated.
    """
    notes = [
        "移交率 = 养老服务用房已移交的小区数 ÷ 已登记用房阶段的小区数；阶段未登记的另列，不计入",
        f"统计日期 {on.isoformat()}；“建成至今至少”自建成年份的年末起算",
        "来源：" + "；".join(f"{part}：{text}" for part, text in sources.items() if text),
    ]
    sheets = [
        Sheet("未移交小区", _table(pending, _PENDING), _PENDING, notes),
        Sheet("移交率", _table(counties, _COUNTIES), _COUNTIES, notes, {"rate": "0.0%"}),
    ]
    return workbook(sheets, simulated=simulated)


def _table(rows: Sequence[Mapping[str, object]], headers: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(headers), dtype=object)
