"""The workbook of indicators: figures with their targets and sources, counties, units that fail."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["indicators_workbook"]

Row = Mapping[str, object]
_MAIN = {
    "chapter": "领域",
    "name": "指标",
    "standing": "结论",
    "value": "数值",
    "unit": "单位",
    "numerator": "分子",
    "denominator": "分母",
    "goal": "目标",
    "year": "年份",
    "gap": "缺口",
    "basis": "数据",
    "reason": "说明",
    "missing": "所缺图层",
    "notes": "计算说明",
    "confirm": "目标待核实",
    "binding": "属性",
    "coverage": "覆盖含义",
    "definition": "口径",
    "report": "上报数",
    "source": "依据",
    "passage": "原文",
    "evidence": "证据",
    "id": "编号",
}
_COUNTIES = {
    "name": "指标",
    "county": "县区",
    "code": "代码",
    "value": "数值",
    "numerator": "分子",
    "denominator": "分母",
    "goal": "目标",
    "standing": "结论",
}
_FAILING = {
    "name": "指标",
    "county": "县区",
    "unit": "名称",
    "code": "代码",
    "remark": "现有",
}
_YEARS = {
    "name": "指标",
    "year": "年份",
    "on": "日期",
    "value": "数值",
    "numerator": "分子",
    "denominator": "分母",
    "standing": "结论",
    "basis": "数据",
}
_NUMBERS = {"value": "0.00", "gap": "0.00", "numerator": "0.##", "denominator": "0.##"}


def indicators_workbook(
    place: str,
    on: date,
    *,
    edition: str,
    sources: Mapping[str, str],
    simulated: bool,
    indicators: Sequence[Row],
    counties: Sequence[Row] = (),
    failing: Sequence[Row] = (),
    years: Sequence[Row] = (),
) -> bytes:
    """XLSX with one sheet for the figures, and one each for counties, failing units and years.

    Parameters
    ----------
    place, on, edition, sources
        Whose plan, the day, the edition of the catalogue, where the data comes from.
    simulated
        Whether any of the data is simulated; every sheet then says so.
    indicators, counties, failing, years
        Rows with the keys of the tables' headers; sheets without rows are left out.
    """
    notes = [
        f"{place}规划指标，评价日期 {on.isoformat()}，目录版本 {edition}",
        "数值由登记库算出或取自上报数，两者分列；没有数据的写明所缺图层，不作推算",
        "覆盖有三种含义（有无、每百户面积、步行可达），互不相加",
        "来源：" + ("；".join(f"{part}：{text}" for part, text in sources.items() if text) or "—"),
    ]
    sheets = [_sheet("指标", _MAIN, indicators, notes)]
    rest = (("县区", _COUNTIES, counties), ("未达到的单位", _FAILING, failing))
    for title, headers, rows in (*rest, ("历年", _YEARS, years)):
        if rows:
            sheets.append(_sheet(title, headers, rows, notes))
    return workbook(sheets, simulated=simulated)


def _sheet(
    title: str, headers: Mapping[str, str], rows: Sequence[Row], notes: Sequence[str]
) -> Sheet:
    table = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in headers}
    )
    formats = {name: form for name, form in _NUMBERS.items() if name in headers}
    return Sheet(title, table, headers, notes, formats)
