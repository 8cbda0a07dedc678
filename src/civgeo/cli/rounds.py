"""``civgeo rounds``: plan a round, see what is due, follow each inspection to its filing."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import field_package, round_lists, round_results
from civgeo.cli.console import messages, session
from civgeo.cli.entered import (
    Actor,
    Document,
    DocumentDate,
    Expected,
    Id,
    Values,
    changes_of,
    edit_of,
)
from civgeo.cli.opened import On, city_of, day_or_today, pairs, tell, tell_rows
from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.round_forms import RoundState
from civgeo.domain.round_plan import LeaderRule, SpecialCause
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
group.add_typer(round_lists.checks, name="checks", help=_("平安边界年度检查"))
group.add_typer(round_lists.disputes, name="disputes", help=_("边界争议"))
group.command("archives", help=_("乡级界线档案的移交：已移交、未移交、逾期"))(round_lists.archives)
group.command("package", help=_("外业数据包：一条界线的记录表、略图、手机网页、导航与地理数据"))(
    field_package.package
)
round_results.register(group)

Number = Annotated[int, typer.Argument(metavar="ROUND", help=_("第几轮"))]
_LATE = {
    "name": _("界线"),
    "line": _("代码"),
    "sides_zh": _("毗邻各方"),
    "reason_zh": _("事由"),
    "due": _("期限"),
    "days": _("逾期天数"),
    "basis": _("依据"),
}
_ROUND = {
    "id": _("编号"),
    "line_name": _("界线"),
    "round": _("轮次"),
    "kind_zh": _("种类"),
    "year": _("年份"),
    "due": _("期限"),
    "leader_zh": _("牵头方"),
    "state_zh": _("进度"),
    "overdue_days": _("逾期天数"),
    "version": _("版本"),
}


@group.command("plan", help=_("编制一轮联检计划：各条界线排到各年；已在计划中的不动"))
def plan(
    context: typer.Context,
    number: Number,
    actor: Actor,
    document: Document,
    leader: Annotated[LeaderRule, typer.Option(help=_("谁牵头"))] = LeaderRule.SMALLER_CODE,
    year: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=YEAR", help=_("指定界线的年份，可多次")),
    ] = None,
    first_year: Annotated[int | None, typer.Option(help=_("首年；手头没有这一轮时给出"))] = None,
    last_year: Annotated[int | None, typer.Option(help=_("末年"))] = None,
    level: Annotated[BoundaryLevel | None, typer.Option(help=_("只编这一级界线"))] = None,
    document_date: DocumentDate = None,
) -> None:
    """Plan a round for all lines."""
    from civgeo.services.round_views import plan_document
    from civgeo.services.rounds import PlanRequest, plan_round

    edit = edit_of(actor, document, document_date, None)
    given = pairs(year, "--year", "界线代码=年份，如 0221=2025")
    wrong = [text for text in given.values() if not (text.isascii() and text.isdigit())]
    if wrong:
        raise InvalidInput(f"--year 的年份应为四位数字，收到 {wrong[0][:20]}")
    years = {code: int(text) for code, text in given.items()}
    request = PlanRequest(number, leader, years, first_year, last_year, level)
    with city_of(context) as city:
        found = plan_document(plan_round(city, request, edit))
    if session(context).as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    rows, out = _listed(found["planned"]), _listed(found["left_out"])
    columns = {"year": _("年份"), "name": _("界线"), "leader": _("牵头方"), "reason": _("理由")}
    told = f"{_('第')} {number} {_('轮联检计划')}"
    tell_rows(context, told, columns, rows, _("没有新列入的界线。"))
    for item in out:
        messages.print(f"{_('未列入')} {item['name']}：{item['reason']}", markup=False)
    messages.print(f"{_('原已列入')} {len(_listed(found['kept']))}", markup=False)


def _listed(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []


@group.command("special", help=_("列入一次特别联检：灾害、河流改道、道路变化"))
def special(
    context: typer.Context,
    line: Annotated[str, typer.Argument(metavar="LINE", help=_("界线的代码或名称"))],
    cause: Annotated[SpecialCause, typer.Option(help=_("事由"))],
    due: Annotated[str, typer.Option(help=_("期限 YYYY-MM-DD，由市局定"))],
    actor: Actor,
    document: Document,
    remark: Annotated[str, typer.Option(help=_("备注"))] = "",
    document_date: DocumentDate = None,
) -> None:
    """Enter a special inspection."""
    from civgeo.services.rounds import special_inspection

    edit, day = edit_of(actor, document, document_date, None), day_or_today(due, "--due")
    with city_of(context) as city:
        saved = special_inspection(city, line, cause, day, edit, remark=remark)
        _tell_round(context, city, saved)


@group.command("list", help=_("列出联检计划与进度"))
def list_rounds(
    context: typer.Context,
    number: Annotated[int | None, typer.Option("--round", help=_("第几轮"))] = None,
    state: Annotated[RoundState | None, typer.Option(help=_("联检进度"))] = None,
) -> None:
    """Print the inspections."""
    from civgeo.services.round_views import round_documents

    with city_of(context) as city:
        rows = round_documents(city, number=number, state=state)
    nothing = _("没有联检计划。编制：civgeo rounds plan")
    tell_rows(context, _("联检计划"), _ROUND, rows, nothing)


@group.command("start", help=_("联检外业开始"))
def start(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    on: On = None,
    document_date: DocumentDate = None,
) -> None:
    """Record that field work began."""
    _advance(context, id, RoundState.OPEN, on, (actor, document, document_date), version)


@group.command("advance", help=_("记录进度：open comparing reported filed，逐步办理"))
def advance(
    context: typer.Context,
    id: Id,
    state: Annotated[RoundState, typer.Argument(metavar="STATE", help=_("到了哪一步"))],
    actor: Actor,
    document: Document,
    version: Expected = None,
    on: On = None,
    document_date: DocumentDate = None,
) -> None:
    """Record the next state."""
    _advance(context, id, state, on, (actor, document, document_date), version)


def _advance(
    context: typer.Context,
    id: str,
    state: RoundState,
    on: str | None,
    who: tuple[str, str, str | None],
    version: int | None,
) -> None:
    from civgeo.services import rounds

    actor, document, document_date = who
    edit, day = edit_of(actor, document, document_date, None), day_or_today(on, "--on")
    with city_of(context) as city:
        saved = rounds.advance(city, id, state, day, edit, version)
        _tell_round(context, city, saved)


@group.command("revise", help=_("修改计划：year due leader tolerance_m remark"))
def revise(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    values: Values = None,
    document_date: DocumentDate = None,
) -> None:
    """Change what is planned."""
    from civgeo.services import rounds

    edit = edit_of(actor, document, document_date, None)
    given = changes_of("inspection_rounds", values, None, None)
    with city_of(context) as city:
        _tell_round(context, city, rounds.revise(city, id, given, edit, version))


def _tell_round(context: typer.Context, city: "City", saved: "Saved") -> None:
    from civgeo.services.round_views import one_round_document

    found = one_round_document(city, saved.id)
    tell(context, found, f"{found['name']} {found['state_zh']}，{_('版本')} {saved.version}")


@group.command("overdue", help=_("逾期的联检、特别联检与勘定，逾期最久的在前；没有记录的在后"))
def overdue(
    context: typer.Context,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有逾期时退出码为 1"))
    ] = False,
) -> None:
    """Print what is overdue."""
    from civgeo.services.round_views import overdue_lines

    with city_of(context) as city:
        rows = overdue_lines(city)
    tell_rows(context, _("逾期清单"), _LATE, rows, _("没有逾期。"))
    if rows and fail_on_findings:
        raise typer.Exit(1)


@group.command("board", help=_("五年计划表：界线与年份；-o 另存为 .xlsx 或 .geojson"))
def board(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="[ROUND]", help=_("第几轮；默认已开始的最近一轮"))
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("存到哪里"))] = None,
) -> None:
    """Print or save the board of a round."""
    from civgeo.services import round_views

    if output is not None and output.suffix not in (".xlsx", ".geojson"):
        raise InvalidInput(f"-o {output.name}：后缀应为 .xlsx 或 .geojson")
    with city_of(context) as city:
        board = round_views.board(city, number)
        found, number = round_views.board_document(board), board.chosen.number
        if output is not None and output.suffix == ".xlsx":
            output.write_bytes(round_views.board_sheet(city, number))
        elif output is not None:
            output.write_bytes(round_views.round_map_geojson(city, number))
    if output is not None:
        messages.print(f"{_('已保存')} {output}", markup=False)
    if session(context).as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    lines = _listed(found["lines"])
    years = {str(item["year"]): str(item["year"]) for item in _listed(found["years"])}
    rows = [{**row, str(row["year"]): row["state_zh"]} for row in lines]
    columns = {"name": _("界线"), "sides_zh": _("毗邻各方"), **years, "days": _("逾期天数")}
    tell_rows(context, _("五年计划表"), columns, rows, _("没有登记界线。"))


@group.command("calendar", help=_("全部期限另存为日历 .ics"))
def calendar(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("存到哪里"))],
) -> None:
    """Save the calendar of all last days."""
    from civgeo.domain.clock import BEIJING
    from civgeo.services import round_views

    with city_of(context) as city:
        output.write_bytes(round_views.calendar(city, datetime.now(BEIJING)))
    messages.print(f"{_('已保存')} {output}", markup=False)
