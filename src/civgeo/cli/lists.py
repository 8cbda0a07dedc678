"""``civgeo signs``, ``protected``, ``rural-naming``, ``reserved``, ``archives``: their lists."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.editing import archives, protected, reserved, rural_naming, signs
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.name_list import ListRequest, ListTable, NameList

__all__ = ["archives", "protected", "reserved", "rural_naming", "signs"]

MOST_ROWS = 40
PATROL_DAYS = 365

Division = Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))]
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY=VALUE", help=_("属性（英文名或中文名）等于某值，可多次")),
]
Output = Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))]
Interval = Annotated[int, typer.Option("--interval-days", help=_("距上次巡检多少天为逾期"))]


@signs.command("list", help=_("列出地名标志与各县区概况"))
def list_signs(
    context: typer.Context,
    division: Division = None,
    where: Where = None,
    broken: Annotated[bool, typer.Option("--broken", help=_("只列状况不是“完好”的"))] = False,
    interval_days: Interval = PATROL_DAYS,
    output: Output = None,
) -> None:
    """All signs, or those that are not intact."""
    view = "broken" if broken else "list"
    _show(context, _asked("name_signs", view, division, where, interval_days), output)


@signs.command("overdue", help=_("列出逾期未巡检的地名标志，逾期最久的在前"))
def overdue_signs(
    context: typer.Context,
    division: Division = None,
    where: Where = None,
    interval_days: Interval = PATROL_DAYS,
    output: Output = None,
) -> None:
    """Signs overdue for patrol."""
    _show(context, _asked("name_signs", "overdue", division, where, interval_days), output)


@signs.command("progress", help=_("各轮巡检的进度，以及最近一轮各县区的进度"))
def patrol_progress(
    context: typer.Context, division: Division = None, output: Output = None
) -> None:
    """Patrol rounds."""
    _show(context, _asked("name_signs", "progress", division), output)


@protected.command("list", help=_("列出地名保护名录与各县区概况"))
def list_protected(
    context: typer.Context,
    division: Division = None,
    where: Where = None,
    without_measures: Annotated[
        bool, typer.Option("--without-measures", help=_("只列还没有保护措施的"))
    ] = False,
    output: Output = None,
) -> None:
    """Protected names, or those without measures."""
    view = "unprotected" if without_measures else "list"
    _show(context, _asked("protected_names", view, division, where), output)


@rural_naming.command("list", help=_("列出乡村著名行动的进度记录"))
def list_rural_naming(
    context: typer.Context, division: Division = None, where: Where = None, output: Output = None
) -> None:
    """Counts of all days."""
    _show(context, _asked("rural_naming", "list", division, where), output)


@rural_naming.command("progress", help=_("各乡镇最近进度，各县区达到基本目标的占比与目标"))
def rural_progress(
    context: typer.Context,
    division: Division = None,
    target: Annotated[
        str | None, typer.Option(help=_("目标百分数，如 40；默认取库中本地的目标"))
    ] = None,
    output: Output = None,
) -> None:
    """Townships and shares by county."""
    from dataclasses import replace

    asked = _asked("rural_naming", "progress", division)
    _show(context, replace(asked, target=_percent(target)), output)


@reserved.command("list", help=_("按规划区域列出储备地名"))
def list_reserved(
    context: typer.Context,
    division: Division = None,
    where: Where = None,
    expired: Annotated[bool, typer.Option("--expired", help=_("只列已过储备期限的"))] = False,
    output: Output = None,
) -> None:
    """Reserved names, or those whose term is over."""
    view = "expired" if expired else "list"
    _show(context, _asked("reserved_names", view, division, where), output)


@archives.command("list", help=_("按年度列出地名档案"))
def list_archives(
    context: typer.Context, division: Division = None, where: Where = None, output: Output = None
) -> None:
    """Archive records."""
    _show(context, _asked("name_archives", "list", division, where), output)


def _asked(
    register: str,
    view: str,
    division: str | None,
    where: list[str] | None = None,
    interval_days: int = PATROL_DAYS,
) -> "ListRequest":
    from civgeo.services.name_list import ListRequest

    pairs = {}
    for text in where or ():
        key, mark, value = text.partition("=")
        if not mark or not key.strip():
            raise InvalidInput(f"--where {text[:60]} 应写成 属性=值，如 状况=损坏")
        pairs[key.strip()] = value.strip()
    return ListRequest(register, view, division, pairs, interval_days)


def _percent(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text.rstrip("%％"))
    except InvalidOperation:
        raise InvalidInput(f"--target {text} 应为百分数，如 40") from None


def _show(context: typer.Context, request: "ListRequest", output: Path | None) -> None:
    from civgeo.services.city import City
    from civgeo.services.name_lists import list_document, list_workbook, name_list
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        found = name_list(City(store, today()), request)
    if output is not None:
        output.write_bytes(list_workbook(found))
        messages.print(f"{_('已保存')} {output}", markup=False)
    if session(context).as_json:
        typer.echo(json.dumps(list_document(found), ensure_ascii=False, default=str))
    else:
        _print(found)


def _print(found: "NameList") -> None:
    mark = f" 【{_('模拟数据')}】" if found.simulated else ""
    _table(found.summary, mark)
    _table(found.main, mark)
    for note in found.notes:
        messages.print(note, markup=False)


def _table(shown: "ListTable", mark: str) -> None:
    rows = [["" if cell is None else str(cell) for cell in row] for row in shown.cells[:MOST_ROWS]]
    table(f"{_(shown.title)}{mark}", [_(header) for header in shown.headers], rows)
    if len(shown.rows) > MOST_ROWS:
        rest = _("其余未列，全部见 --json 或 -o")
        messages.print(f"{len(shown.rows) - MOST_ROWS} {rest}", markup=False)
