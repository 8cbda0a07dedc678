"""Lists of name signs: those that are not intact, those overdue for patrol, patrol rounds."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from civgeo.errors import InvalidInput
from civgeo.services.name_list import Given, ListTable, NameList, Row, listed, whole_and_counties
from civgeo.services.name_list import marked as _

__all__ = ["broken_signs", "overdue_signs", "patrol_progress", "signs"]

LONGEST_INTERVAL = 3650
_INTACT = "intact"
_COLUMNS = {
    "name": _("标示名称"),
    "sign_kind_zh": _("标志种类"),
    "county": _("县区"),
    "place_zh": _("所在政区"),
    "position": _("设置位置"),
    "unit": _("设置单位"),
    "state_zh": _("状况"),
    "patrol_round": _("巡检轮次"),
    "last_patrol": _("上次巡检"),
    "next_patrol": _("下次巡检"),
}
_ID = {"id": _("编号")}
_OVERDUE = {"overdue_days": _("逾期天数"), "reason": _("逾期原因")}
_FIGURES = {
    "county": _("县区"),
    "code": _("代码"),
    "signs": _("标志数"),
    "intact": _("完好"),
    "broken": _("不完好"),
    "overdue": _("逾期未巡检"),
}


def signs(given: Given) -> NameList:
    """All signs, by county and name."""
    rows = _with_days(given)
    main = ListTable(_("地名标志"), {**_COLUMNS, **_ID}, rows)
    return listed(given, "list", main, _figures(given, rows), parameters=_parameters(given))


def broken_signs(given: Given) -> NameList:
    """Signs whose state is anything but intact."""
    rows = _with_days(given)
    broken = [row for row in rows if row["state"] != _INTACT]
    main = ListTable(_("不完好的地名标志"), {**_COLUMNS, **_ID}, broken)
    return listed(given, "broken", main, _figures(given, rows), parameters=_parameters(given))


def overdue_signs(given: Given) -> NameList:
    """Signs overdue for patrol, the longest overdue first.

    A sign is overdue when its next patrol lies before today, when its last patrol is older than
    the interval, or when neither is recorded.
    """
    rows = _with_days(given)
    overdue = [row for row in rows if row["reason"]]
    overdue.sort(key=lambda row: -int(str(row["overdue_days"] or LONGEST_INTERVAL * 10)))
    main = ListTable(_("逾期未巡检的地名标志"), {**_COLUMNS, **_OVERDUE, **_ID}, overdue)
    notes = [f"逾期：下次巡检日已过，或距上次巡检超过 {_interval(given)} 天，或没有巡检记录"]
    figures = _figures(given, rows)
    return listed(given, "overdue", main, figures, notes=notes, parameters=_parameters(given))


def patrol_progress(given: Given) -> NameList:
    """Of each round, how many of all signs were inspected; of the latest one, by county.

    A sign counts for the round in which it was inspected last.
    """
    rows = _with_days(given)
    rounds: dict[str, list[Row]] = {}
    for row in rows:
        if row["patrol_round"] is not None and row["last_patrol"] is not None:
            rounds.setdefault(str(row["patrol_round"]), []).append(row)
    by_round: list[Row] = [
        {
            "round": name,
            "first": min(str(row["last_patrol"]) for row in inspected),
            "last": max(str(row["last_patrol"]) for row in inspected),
            **_share(len(inspected), len(rows)),
            "broken": sum(row["state"] != _INTACT for row in inspected),
        }
        for name, inspected in rounds.items()
    ]
    by_round.sort(key=lambda row: str(row["last"]), reverse=True)
    latest = str(by_round[0]["round"]) if by_round else ""
    columns = {
        "round": _("巡检轮次"),
        "first": _("首次巡检"),
        "last": _("末次巡检"),
        "inspected": _("已巡检"),
        "signs": _("标志总数"),
        "percent": _("进度（%）"),
        "broken": _("其中不完好"),
    }
    main = ListTable(_("地名标志巡检进度"), columns, by_round)
    places = {
        "county": _("县区"),
        "code": _("代码"),
        "inspected": _("已巡检"),
        "signs": _("标志总数"),
    }
    counties = whole_and_counties(given, rows, lambda own: _inspected(own, latest))
    summary = ListTable(
        f"第“{latest}”轮各县区进度", {**places, "percent": _("进度（%）")}, counties
    )
    notes = ["每个标志按最近一次巡检所在的轮次计，分母为现有全部标志"]
    return listed(given, "progress", main, summary, notes=notes, parameters={"round": latest})


def _inspected(rows: Sequence[Row], latest: str) -> Row:
    return _share(sum(str(row["patrol_round"]) == latest for row in rows if latest), len(rows))


def _share(inspected: int, signs: int) -> dict[str, object]:
    percent = None if not signs else round(100 * inspected / signs, 1)
    return {"inspected": inspected, "signs": signs, "percent": percent}


def _interval(given: Given) -> int:
    days = given.request.interval_days
    if not 1 <= days <= LONGEST_INTERVAL:
        text = f"巡检间隔应为 1 至 {LONGEST_INTERVAL} 天，收到 {days}"
        raise InvalidInput(text, code="bad_interval")
    return days


def _parameters(given: Given) -> Mapping[str, object]:
    return {"interval_days": _interval(given)}


def _with_days(given: Given) -> list[Row]:
    """Signs by county and name, each with why and since when its patrol is overdue."""
    days = timedelta(_interval(given))
    made = [{**row, **_overdue(row, given.today, days)} for row in given.rows]
    return sorted(made, key=lambda row: (str(row["division"]), str(row["name"])))


def _overdue(row: Row, today: date, interval: timedelta) -> dict[str, object]:
    last, following = (_day(row[name]) for name in ("last_patrol", "next_patrol"))
    if last is None and following is None:
        return {"overdue_days": None, "reason": _("没有巡检记录")}
    due = {
        "下次巡检日已过": following,
        f"距上次巡检超过 {interval.days} 天": None if last is None else last + interval,
    }
    past = {why: (today - day).days for why, day in due.items() if day is not None and day < today}
    if not past:
        return {"overdue_days": None, "reason": ""}
    return {"overdue_days": max(past.values()), "reason": "；".join(past)}


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _figures(given: Given, rows: Sequence[Row]) -> ListTable:
    def figures(own: Sequence[Row]) -> Row:
        intact = sum(row["state"] == _INTACT for row in own)
        overdue = sum(bool(row["reason"]) for row in own)
        count = len(own)
        return {"signs": count, "intact": intact, "broken": count - intact, "overdue": overdue}

    return ListTable(_("各县区地名标志"), _FIGURES, whole_and_counties(given, rows, figures))
