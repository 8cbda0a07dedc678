"""Lists of disputes, yearly checks (平安边界) and the hand-over of township archives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.yearly_check import tally
from civgeo.errors import NotFound
from civgeo.reports.register_table import SIMULATED, register_workbook
from civgeo.services.boundary_records import (
    codes_of,
    day_of,
    division_names,
    record_rows,
    sides_text,
    structure,
    unfolded,
)
from civgeo.services.city import City
from civgeo.services.exporting import INTERNAL
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.line_asked import one_line
from civgeo.services.name_list import ListTable, Row
from civgeo.services.name_list import marked as _
from civgeo.store.tables import Collection

__all__ = [
    "BoundaryList",
    "archives",
    "boundary_list",
    "boundary_list_document",
    "boundary_list_workbook",
    "checks",
    "disputes",
]

_DISPUTES, _CHECKS = Collection.BOUNDARY_DISPUTES, Collection.YEARLY_CHECKS
_ARCHIVES = Collection.BOUNDARY_ARCHIVES
_LISTS = tuple(each.value for each in (_DISPUTES, _CHECKS, _ARCHIVES))
_SETTLED = "settled"

_DISPUTE = {
    "name": _("争议地段"),
    "line": _("界线代码"),
    "sides_zh": _("争议各方"),
    "state_zh": _("进度"),
    "began_on": _("发生日期"),
    "days": _("已历天数"),
    "claims_told": _("各方主张"),
    "settled_on": _("解决日期"),
    "outcome": _("处理结果"),
    "id": _("编号"),
}
_CHECK = {
    "name": _("界线名称"),
    "line": _("界线代码"),
    "year": _("年度"),
    "good": _("正常项"),
    "bad": _("问题项"),
    "open": _("未查项"),
    "problems": _("问题"),
    "checked_on": _("检查日期"),
    "checked_by": _("检查人"),
    "id": _("编号"),
}
_ARCHIVE = {
    "number": _("档号"),
    "name": _("题名"),
    "kind_zh": _("档案种类"),
    "line": _("界线代码"),
    "year": _("年度"),
    "hand_over_to": _("应移交单位"),
    "hand_over_by": _("移交期限"),
    "handed_over_on": _("移交日期"),
    "received_by": _("接收人"),
    "standing": _("移交情况"),
    "days": _("逾期天数"),
    "id": _("编号"),
}


@dataclass(frozen=True, slots=True)
class BoundaryList:
    """One list of the boundary office.

    Parameters
    ----------
    register, on
        Which register; day of the figures.
    table
        Its rows.
    totals
        Figures over all rows, by their Chinese name.
    notes
        What a reader should know.
    simulated
        Whether any of it is simulated.
    """

    register: str
    on: date
    table: ListTable
    totals: Mapping[str, int]
    notes: tuple[str, ...]
    simulated: bool


def boundary_list(
    city: City, register: str, *, line: str | None = None, year: int | None = None
) -> BoundaryList:
    """The list of one register: disputes, yearly checks, archives of township lines.

    Parameters
    ----------
    city, register
        The city; name of the register.
    line
        Code, name or register id of the line; by default all.
    year
        Of the yearly checks; by default the city's today.

    Raises
    ------
    NotFound
        For another register; ``unknown_line`` for a line that neither the register of lines nor
        this one knows.
    InvalidInput
        ``ambiguous_line`` when several lines are called so.
    """
    if register not in _LISTS:
        raise NotFound(f"没有登记表“{register[:40]}”的清单；可读：{'、'.join(_LISTS)}")
    code = None if line is None else _line_code(city, register, line)
    match register:
        case "boundary_disputes":
            return disputes(city, line=code)
        case "yearly_checks":
            return checks(city, year=year, line=code)
    return archives(city, line=code)


def _line_code(city: City, register: str, asked: str) -> str:
    """Code of the line; also one that only records of the register name."""
    with city.store.read() as reading:
        try:
            return one_line(reading, asked, public=False).facts.code
        except NotFound:
            wanted = asked.strip()
            if reading.features(Collection(register), where={"line": wanted}).empty:
                raise
            return wanted


def disputes(city: City, *, line: str | None = None) -> BoundaryList:
    """Disputes, those that are not settled first, the oldest first."""
    rows, names, simulated = _rows(city, _DISPUTES, {} if line is None else {"line": line})
    made = [_dispute(row, names, city.today) for row in rows]
    made.sort(key=lambda row: (row["state"] == _SETTLED, str(row["began_on"])))
    open_ones = sum(row["state"] != _SETTLED for row in made)
    table = ListTable(_("边界争议"), _DISPUTE, made)
    return BoundaryList(
        _DISPUTES.value, city.today, table, {"争议": len(made), "未解决": open_ones}, (), simulated
    )


def _dispute(row: Row, names: Mapping[str, str], today: date) -> Row:
    end = day_of(row["settled_on"]) or today
    began = day_of(row["began_on"]) or end
    claims = structure(row["claims"])
    told = [
        f"{names.get(str(item.get('side')), item.get('side'))}：{item.get('text')}"
        for item in (claims if isinstance(claims, list) else [])
    ]
    return {
        **row,
        "sides_zh": sides_text(codes_of(row["sides"]), names),
        "state_zh": _label(_DISPUTES, "state", row["state"]),
        "days": (end - began).days,
        "claims_told": "；".join(told) or None,
    }


def checks(city: City, *, year: int | None = None, line: str | None = None) -> BoundaryList:
    """Yearly checks of one year (by default the city's today), those with problems first."""
    wanted = year if year is not None else city.today.year
    where: dict[str, str | int] = {"year": wanted, **({} if line is None else {"line": line})}
    rows, _names, simulated = _rows(city, _CHECKS, where)
    made = [_check(row) for row in rows]
    made.sort(key=lambda row: (-int(str(row["bad"])), str(row["line"])))
    totals = {
        "界线": len(made),
        "有问题": sum(bool(row["bad"]) for row in made),
        "未查完": sum(bool(row["open"]) for row in made),
    }
    notes = (f"{wanted} 年度；检查项目为随带的样表，待市局修改",)
    table = ListTable(_("平安边界年度检查"), _CHECK, made)
    return BoundaryList(_CHECKS.value, city.today, table, totals, notes, simulated)


def _check(row: Row) -> Row:
    held = structure(row["items"])
    items = [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []
    counted = tally(items)
    told = [
        str(item["title"]) + (f"（{item['note']}）" if item.get("note") else "")
        for item in items
        if item.get("ok") is False
    ]
    figures = {"good": counted.good, "bad": counted.bad, "open": counted.open}
    return {**row, "items": items, **figures, "problems": "；".join(told) or None}


def archives(city: City, *, line: str | None = None) -> BoundaryList:
    """Archives of township lines by how their hand-over stands, the longest overdue first.

    行政区域界线管理条例 articles 13 and 19: the archives of township lines are kept by analogy.
    """
    where: dict[str, str | int] = {"level": BoundaryLevel.TOWNSHIP.value}
    where |= {} if line is None else {"line": line}
    rows, _names, simulated = _rows(city, _ARCHIVES, where)
    made = [_archive(row, city.today) for row in rows]
    made.sort(key=lambda row: (-int(str(row["days"] or -1)), str(row["number"])))
    standings = ("已移交", "未移交", "逾期未移交", "没有移交期限")
    totals = {name: sum(row["standing"] == name for row in made) for name in standings}
    table = ListTable(_("乡级界线档案移交"), _ARCHIVE, made)
    notes = ("只列级别为乡级的界线档案；移交期限由市局登记",)
    return BoundaryList(
        _ARCHIVES.value, city.today, table, {"案卷": len(made), **totals}, notes, simulated
    )


def _archive(row: Row, today: date) -> Row:
    by, done = day_of(row["hand_over_by"]), day_of(row["handed_over_on"])
    late = (today - by).days if by is not None and done is None and today > by else None
    if done is not None:
        standing = "已移交"
    elif by is None:
        standing = "没有移交期限"
    else:
        standing = "未移交" if late is None else "逾期未移交"
    label = _label(_ARCHIVES, "kind", row["kind"])
    return {**row, "kind_zh": label, "standing": standing, "days": late}


def _label(collection: Collection, name: str, value: object) -> str:
    item = COLLECTIONS[collection.value].property(name)
    return str(value) if item is None else item.label(value)


def _rows(
    city: City, collection: Collection, where: Mapping[str, str | int]
) -> tuple[list[Row], dict[str, str], bool]:
    with city.store.read() as reading:
        frame = reading.features(collection, where=where)
        names = division_names(reading)
    rows: list[Row] = [{"id": id, **row} for id, row in record_rows(frame, collection)]
    return rows, names, bool(frame["simulated"].any())


def boundary_list_document(found: BoundaryList) -> dict[str, object]:
    """A list, ready for JSON."""
    return {
        "register": found.register,
        "title": found.table.title,
        "on": found.on.isoformat(),
        "simulated": found.simulated,
        "totals": dict(found.totals),
        "notes": list(found.notes),
        "rows": [unfolded(row, Collection(found.register)) for row in found.table.rows],
    }


def boundary_list_workbook(found: BoundaryList) -> bytes:
    """XLSX of a list with its totals."""
    notes = [INTERNAL, *found.notes, *([SIMULATED] if found.simulated else [])]
    totals = [list(pair) for pair in found.totals.items()]
    tables = [
        (found.table.title, found.table.headers, found.table.cells),
        ("合计", ("项目", "数量"), totals),
    ]
    return register_workbook(tables, notes=notes, footer="　".join([found.table.title, INTERNAL]))
