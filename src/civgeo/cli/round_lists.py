"""``civgeo rounds checks|disputes|archives``: yearly checks, disputes, hand-over of archives."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
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
from civgeo.cli.opened import On, city_of, day_or_today, pairs, tell_rows
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved

__all__ = ["archives", "checks", "disputes"]

checks = typer.Typer(no_args_is_help=True)
disputes = typer.Typer(no_args_is_help=True)

Output = Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))]
Line = Annotated[str | None, typer.Option(help=_("界线代码或名称；默认全部"))]
Year = Annotated[int | None, typer.Option(help=_("年度；默认今年"))]
_ANSWERS = {"是": True, "否": False, "true": True, "false": False, "": None}


@checks.command("start", help=_("为每条界线建立一个年度的检查表；已有的不动"))
def start_checks(
    context: typer.Context,
    year: Annotated[int, typer.Argument(metavar="YEAR", help=_("年度"))],
    actor: Actor,
    document: Document,
    document_date: DocumentDate = None,
) -> None:
    """Enter the checks of a year."""
    from civgeo.services import boundary_checks

    edit = edit_of(actor, document, document_date, None)
    with city_of(context) as city:
        made, kept = boundary_checks.start_checks(city, year, edit)
    if session(context).as_json:
        typer.echo(json.dumps({"year": year, "entered": made, "kept": kept}))
    else:
        told = f"{_('新建检查表')} {made}，{_('原有')} {kept}"
        messages.print(told, markup=False)


@checks.command("answer", help=_("填写检查表：--item markers=是 --item disputes=否"))
def answer_check(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    item: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="ITEM=是|否", help=_("项目与结果，可多次；值为空表示未查")),
    ] = None,
    note: Annotated[
        list[str] | None,
        typer.Option("--note", metavar="ITEM=TEXT", help=_("项目的说明，可多次")),
    ] = None,
    on: On = None,
    by: Annotated[str, typer.Option("--by", help=_("检查人"))] = "",
    remark: Annotated[str, typer.Option(help=_("备注"))] = "",
    document_date: DocumentDate = None,
) -> None:
    """Answer a check."""
    from civgeo.services import boundary_checks

    edit, day = edit_of(actor, document, document_date, None), day_or_today(on, "--on")
    answers: dict[str, dict[str, object]] = {}
    for key, text in pairs(item, "--item", "项目=是，如 markers=是").items():
        if text.lower() not in _ANSWERS:
            raise InvalidInput(f"--item {key}={text[:20]}：结果应为 是、否 或空")
        answers.setdefault(key, {"id": key})["ok"] = _ANSWERS[text.lower()]
    for key, text in pairs(note, "--note", "项目=说明").items():
        answers.setdefault(key, {"id": key})["note"] = text
    _saved(
        context,
        lambda city: boundary_checks.answer_check(
            city,
            id,
            list(answers.values()),
            edit,
            version,
            checked_on=day,
            checked_by=by,
            remark=remark,
        ),
    )


@checks.command("list", help=_("列出年度检查，有问题的在前"))
def list_checks(
    context: typer.Context, year: Year = None, line: Line = None, output: Output = None
) -> None:
    """Print the checks of a year."""
    _show(context, "yearly_checks", line, year, output)


@disputes.command("open", help=_("登记一处争议：--set name=… --set line=… --set began_on=…"))
def open_dispute(
    context: typer.Context,
    actor: Actor,
    document: Document,
    values: Values = None,
    document_date: DocumentDate = None,
) -> None:
    """Enter a dispute."""
    from civgeo.services import boundary_checks

    edit = edit_of(actor, document, document_date, None)
    given = changes_of("boundary_disputes", values, None, None)
    _saved(context, lambda city: boundary_checks.enter_dispute(city, given, edit))


@disputes.command("correct", help=_("更新进度与结果：--set state=settled --set settled_on=…"))
def correct_dispute(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    values: Values = None,
    document_date: DocumentDate = None,
) -> None:
    """Change a dispute."""
    from civgeo.services import boundary_checks

    edit = edit_of(actor, document, document_date, None)
    given = changes_of("boundary_disputes", values, None, None)
    _saved(context, lambda city: boundary_checks.correct_dispute(city, id, given, edit, version))


@disputes.command("list", help=_("列出争议，未解决的在前"))
def list_disputes(context: typer.Context, line: Line = None, output: Output = None) -> None:
    """Print the disputes."""
    _show(context, "boundary_disputes", line, None, output)


def archives(context: typer.Context, line: Line = None, output: Output = None) -> None:
    """Print the hand-over of township archives."""
    _show(context, "boundary_archives", line, None, output)


def _show(
    context: typer.Context, register: str, line: str | None, year: int | None, output: Path | None
) -> None:
    from civgeo.services import round_lists

    with city_of(context) as city:
        found = round_lists.boundary_list(city, register, line=line, year=year)
    if output is not None:
        output.write_bytes(round_lists.boundary_list_workbook(found))
        messages.print(f"{_('已保存')} {output}", markup=False)
    if session(context).as_json:
        document = round_lists.boundary_list_document(found)
        typer.echo(json.dumps(document, ensure_ascii=False, default=str))
        return
    columns = {key: _(title) for key, title in found.table.columns.items()}
    columns["version"] = _("版本")
    tell_rows(context, _(found.table.title), columns, list(found.table.rows), _("没有记录。"))
    totals = "，".join(f"{name} {count}" for name, count in found.totals.items())
    messages.print("；".join([totals, *found.notes]), markup=False)


def _saved(context: typer.Context, act: "Callable[[City], Saved]") -> None:
    with city_of(context) as city:
        saved = act(city)
    if session(context).as_json:
        typer.echo(json.dumps({"id": saved.id, "version": saved.version}))
    else:
        typer.echo(saved.id)
        messages.print(f"{_('已登记，版本')} {saved.version}", markup=False)
