"""Lists of protected names, records of rural naming, reserved names and archives."""

from collections.abc import Sequence
from datetime import date

from civgeo.services.name_list import Given, ListTable, NameList, Row, listed, whole_and_counties
from civgeo.services.name_list import marked as _

__all__ = [
    "archives",
    "expired_names",
    "protected",
    "reserved",
    "rural_records",
    "unprotected",
]

_PROTECTED = {
    "name": _("地名"),
    "category": _("保护类别"),
    "level": _("名录级别"),
    "batch": _("批次"),
    "county": _("县区"),
    "place_zh": _("所在政区"),
    "listed_on": _("列入日期"),
    "measures": _("保护措施"),
    "measures_on": _("措施制定日期"),
    "id": _("编号"),
}
_RESERVED = {
    "area": _("规划区域"),
    "name": _("储备名称"),
    "kind_zh": _("地名类别"),
    "county": _("县区"),
    "state_zh": _("储备状态"),
    "reserved_on": _("储备日期"),
    "reserved_until": _("储备期限"),
    "expired_days": _("过期天数"),
    "meaning": _("名称含义"),
    "id": _("编号"),
}
_RURAL = {
    "county": _("县区"),
    "name": _("乡镇名称"),
    "division": _("代码"),
    "counted_on": _("统计日期"),
    "roads_named": _("命名道路数"),
    "signs_set": _("设置标志数"),
    "points_mapped": _("上图点数"),
    "names_protected": _("保护地名数"),
    "goal_zh": _("达到基本目标"),
    "id": _("编号"),
}
_ARCHIVES = {
    "number": _("档号"),
    "name": _("题名"),
    "year": _("年度"),
    "retention_zh": _("保管期限"),
    "pages": _("页数"),
    "county": _("县区"),
    "location": _("存放位置"),
    "id": _("编号"),
}


def protected(given: Given) -> NameList:
    """All names of the protection lists, by county and name."""
    rows = _ordered(given, "division", "name")
    main = ListTable(_("地名保护名录"), _PROTECTED, rows)
    return listed(given, "list", main, _protection(given, rows))


def unprotected(given: Given) -> NameList:
    """Listed names without protective measures, which renaming would need first.

    地名管理条例 article 25.
    """
    rows = _ordered(given, "division", "name")
    bare = [row for row in rows if not _has_measures(row)]
    main = ListTable(_("没有保护措施的保护地名"), _PROTECTED, bare)
    notes = ["地名管理条例第 25 条：列入保护名录的地名确需更名的，应当预先制定保护措施"]
    return listed(given, "unprotected", main, _protection(given, rows), notes=notes)


def _has_measures(row: Row) -> bool:
    return bool(str(row["measures"] or "").strip())


def _protection(given: Given, rows: Sequence[Row]) -> ListTable:
    def figures(own: Sequence[Row]) -> Row:
        done = sum(_has_measures(row) for row in own)
        return {"names": len(own), "with_measures": done, "without": len(own) - done}

    columns = {"county": _("县区"), "code": _("代码"), "names": _("保护地名数")}
    columns |= {"with_measures": _("有保护措施"), "without": _("没有保护措施")}
    return ListTable(_("各县区保护地名"), columns, whole_and_counties(given, rows, figures))


def rural_records(given: Given) -> NameList:
    """All counts of rural naming, the latest first in each township."""
    rows = [{**row, "goal_zh": "是" if row["goal_reached"] else "否"} for row in given.rows]
    rows.sort(key=lambda row: str(row["counted_on"]), reverse=True)
    rows.sort(key=lambda row: str(row["division"]))
    sums = ("roads_named", "signs_set", "points_mapped", "names_protected")

    def figures(own: Sequence[Row]) -> Row:
        days = [str(row["counted_on"]) for row in own]
        latest = {row["division"]: row for row in reversed(own)}
        totals = {name: _sum(list(latest.values()), name) for name in sums}
        return {"townships": len(latest), "last": max(days, default=None), **totals}

    columns = {
        "county": _("县区"),
        "code": _("代码"),
        "townships": _("有进度的乡镇"),
        "last": _("最近统计日期"),
    }
    columns |= {name: _RURAL[name] for name in sums}
    summary = ListTable(_("各县区累计"), columns, whole_and_counties(given, rows, figures))
    main = ListTable(_("乡村著名行动进度记录"), _RURAL, rows)
    return listed(given, "list", main, summary, notes=["累计按各乡镇最近一次统计"])


def _sum(rows: Sequence[Row], name: str) -> int | None:
    values = [value for row in rows if isinstance(value := row[name], int)]
    return sum(values) if values else None


def reserved(given: Given) -> NameList:
    """All reserved names by planned area."""
    rows = _with_expiry(given)
    main = ListTable(_("地名规划储备"), _RESERVED, rows)
    return listed(given, "list", main, _by_area(rows))


def expired_names(given: Given) -> NameList:
    """Names that are still reserved although their term is over."""
    rows = _with_expiry(given)
    expired = [row for row in rows if row["expired_days"] is not None]
    main = ListTable(_("已过期限的储备地名"), _RESERVED, expired)
    return listed(given, "expired", main, _by_area(rows))


def _with_expiry(given: Given) -> list[Row]:
    made = [{**row, "expired_days": _expired(row, given.today)} for row in given.rows]
    return sorted(made, key=lambda row: (str(row["area"]), str(row["name"])))


def _expired(row: Row, today: date) -> int | None:
    until = row["reserved_until"]
    if row["state"] != "reserved" or not isinstance(until, str):
        return None
    days = (today - date.fromisoformat(until)).days
    return days if days > 0 else None


def _by_area(rows: Sequence[Row]) -> ListTable:
    areas: dict[str, list[Row]] = {}
    for row in rows:
        areas.setdefault(str(row["area"]), []).append(row)
    made: list[Row] = [
        {
            "area": area,
            "names": len(own),
            **{state: sum(row["state"] == state for row in own) for state in _STATES},
            "expired": sum(row["expired_days"] is not None for row in own),
        }
        for area, own in sorted(areas.items())
    ]
    columns = {
        "area": _("规划区域"),
        "names": _("储备名称数"),
        **_STATES,
        "expired": _("其中已过期限"),
    }
    return ListTable(_("各规划区域储备"), columns, made)


_STATES = {"reserved": _("储备中"), "used": _("已启用"), "released": _("已释放")}


def archives(given: Given) -> NameList:
    """All archive records by year and number."""
    rows = _ordered(given, "year", "number")
    years: dict[int, list[Row]] = {}
    for row in rows:
        years.setdefault(int(str(row["year"])), []).append(row)
    by_year: list[Row] = [
        {
            "year": year,
            "records": len(own),
            "pages": _sum(own, "pages"),
            "permanent": sum(row["retention"] == "permanent" for row in own),
        }
        for year, own in sorted(years.items())
    ]
    columns = {
        "year": _("年度"),
        "records": _("卷数"),
        "pages": _("页数"),
        "permanent": _("其中永久"),
    }
    main = ListTable(_("地名档案"), _ARCHIVES, rows)
    return listed(given, "list", main, ListTable(_("各年度档案"), columns, by_year))


def _ordered(given: Given, *names: str) -> list[Row]:
    return sorted(given.rows, key=lambda row: tuple(str(row[name]) for name in names))
