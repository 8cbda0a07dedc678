"""Progress of the rural naming campaign (乡村著名行动) by township and county.

民政部 民函〔2023〕44号; 豫民文〔2023〕201号. The share that a city has set itself is a standard
record with its source; a city without one is not compared with another's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from civgeo.domain.division import DivisionCode
from civgeo.domain.indicator import Measure, Operator, evaluate
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.standard import Standard
from civgeo.errors import InvalidInput
from civgeo.services.name_list import Given, ListTable, NameList, Row, listed
from civgeo.services.name_list import marked as _

__all__ = ["TOPIC_RURAL_NAMING", "rural_progress"]

TOPIC_RURAL_NAMING = "rural_naming_townships"
_TOWNSHIP_DIGITS = 9
_TOWNS = {
    "county": _("县区"),
    "name": _("乡镇名称"),
    "division": _("代码"),
    "roads_named": _("命名道路数"),
    "signs_set": _("设置标志数"),
    "points_mapped": _("上图点数"),
    "names_protected": _("保护地名数"),
    "goal_zh": _("达到基本目标"),
    "counted_on": _("统计日期"),
}
_COUNTIES = {
    "county": _("县区"),
    "code": _("代码"),
    "numerator": _("达到基本目标的乡镇"),
    "denominator": _("乡镇总数"),
    "unrecorded": _("其中没有进度"),
    "percent": _("占比（%）"),
    "operator": _("目标"),
    "target": _("目标值（%）"),
    "meets_zh": _("是否达到目标"),
}


@dataclass(frozen=True, slots=True)
class _Goal:
    """Share to compare with in percent, how, and where it comes from."""

    target: Decimal | None
    operator: Operator
    said: str


def rural_progress(given: Given) -> NameList:
    """Townships with their latest count, and the share that reached the basic goal by county.

    The share is the number of townships that reached the basic goal, divided by all townships
    (乡、镇、街道) of the divisions register; a township without a record has not reached it. In a
    county whose townships are not listed, those with a record are all that can be counted.
    """
    latest = _latest(given)
    towns = _townships(given, latest)
    rows = [_row(given, code, latest.get(code)) for code in towns]
    goal = _target(given)
    codes = sorted({code[:6] for code in towns})
    area = given.office.area or given.office.register.city
    figures = [_figures(given, code, _within(rows, code), goal) for code in codes]
    if codes != [area]:
        whole = _figures(given, area, rows, goal) | {"county": given.office.area_name}
        figures.append(whole)
    main = ListTable(_("乡村著名行动各乡镇进度"), _TOWNS, rows)
    summary = ListTable(_("达到基本目标的乡镇占比"), _COUNTIES, figures)
    return listed(
        given,
        "progress",
        main,
        summary,
        notes=[
            "占比 = 达到基本目标的乡镇（街道）数 ÷ 乡镇（街道）总数；没有进度记录的按未达到计",
            goal.said,
        ],
        parameters={"target": None if goal.target is None else decimal_text(goal.target)},
    )


def _latest(given: Given) -> dict[str, Row]:
    """Latest count of each township up to today."""
    rows = [row for row in given.rows if str(row["counted_on"]) <= given.today.isoformat()]
    rows.sort(key=lambda row: str(row["counted_on"]))
    return {str(row["division"]): row for row in rows}


def _townships(given: Given, latest: Mapping[str, Row]) -> list[str]:
    digits = DivisionCode.parse(given.office.area or given.office.register.city).digits
    listed = {
        code
        for code in given.office.divisions
        if len(code) == _TOWNSHIP_DIGITS and code.startswith(digits)
    }
    return sorted(listed | set(latest))


def _row(given: Given, code: str, record: Row | None) -> Row:
    counts = ("roads_named", "signs_set", "points_mapped", "names_protected", "counted_on")
    reached = None if record is None else bool(record["goal_reached"])
    return {
        "county": given.office.county_name(code),
        "name": given.office.divisions.get(code, str(record["name"]) if record else code),
        "division": code,
        **{name: None if record is None else record[name] for name in counts},
        "goal_reached": reached,
        "goal_zh": "没有进度" if reached is None else "是" if reached else "否",
    }


def _within(rows: Sequence[Row], county: str) -> list[Row]:
    return [row for row in rows if str(row["division"]).startswith(county)]


def _target(given: Given) -> _Goal:
    asked = given.request.target
    if asked is not None:
        if not 0 <= asked <= 100:
            raise InvalidInput(f"目标应为 0 至 100 的百分数，收到 {asked}", code="bad_target")
        return _Goal(asked, Operator.AT_LEAST, f"目标 {decimal_text(asked)}%：由查询人给定")
    place = DivisionCode.parse(given.office.area or given.office.register.city)
    found = given.office.book.choose(TOPIC_RURAL_NAMING, place, given.today)
    if found is None or found.value is None:
        text = "库中没有本地的目标值：未作比较；可用 target 给定"
        return _Goal(None, Operator.AT_LEAST, text)
    return _Goal(found.value, Operator(found.operator), _source(found))


def _source(found: Standard) -> str:
    value = decimal_text(found.value or Decimal(0))
    return f"目标 {found.operator} {value}%：{found.citation}（{found.place}，{found.note}）"


def _figures(given: Given, code: str, rows: Sequence[Row], goal: _Goal) -> dict[str, object]:
    reached = sum(row["goal_reached"] is True for row in rows)
    verdict = evaluate(
        Measure.PERCENT,
        Decimal(reached),
        Decimal(len(rows)),
        target=goal.target,
        operator=goal.operator,
    )
    meets = verdict.meets
    return {
        "county": given.office.county_name(code),
        "code": code,
        "numerator": reached,
        "denominator": len(rows),
        "unrecorded": sum(row["goal_reached"] is None for row in rows),
        "percent": None if verdict.value is None else fixed(verdict.value),
        "operator": None if goal.target is None else goal.operator.value,
        "target": None if goal.target is None else decimal_text(goal.target),
        "meets": meets,
        "meets_zh": "未比较" if meets is None else "是" if meets else "否",
    }
