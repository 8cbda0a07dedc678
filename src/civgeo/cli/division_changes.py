"""``civgeo divisions change``: a change of divisions as a draft that shows its effects."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session
from civgeo.cli.entered import Actor, Document, DocumentDate, Expected, Id, edit_of
from civgeo.cli.opened import On, city_of, day_or_today, tell_rows
from civgeo.domain.round_forms import ChangeKind

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved

__all__ = ["changes"]

changes = typer.Typer(no_args_is_help=True)


@changes.command("open", help=_("草拟区划变更并列出涉及事项：merge split to_town to_subdistrict …"))
def open_change(
    context: typer.Context,
    kind: Annotated[ChangeKind, typer.Argument(metavar="KIND", help=_("变更种类"))],
    name: Annotated[str, typer.Option(help=_("变更名称，如 甲乡与乙镇合并"))],
    before: Annotated[
        list[str], typer.Option("--before", metavar="CODE", help=_("变更前的区划代码，可多次"))
    ],
    after: Annotated[
        list[str],
        typer.Option(
            "--after", metavar="NAME[=CODE]", help=_("变更后的区划：名称，或 名称=代码，可多次")
        ),
    ],
    actor: Actor,
    document: Document,
    reason: Annotated[str, typer.Option(help=_("理由"))] = "",
    document_date: DocumentDate = None,
) -> None:
    """Draft a change."""
    from civgeo.domain.division_change import ChangeDraft, NewDivision
    from civgeo.services import division_changes

    parts = [text.partition("=") for text in after]
    following = tuple(NewDivision(title.strip(), code.strip() or None) for title, _m, code in parts)
    draft = ChangeDraft(kind, tuple(before), following)
    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: division_changes.open_change(c, name, draft, edit, reason=reason))


@changes.command("effects", help=_("按今天的登记重算涉及事项"))
def effects(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    document_date: DocumentDate = None,
) -> None:
    """Work the effects out again."""
    from civgeo.services import division_changes

    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: division_changes.renew_effects(c, id, edit, version))


@changes.command("approve", help=_("记录批准；--line 指定须重新勘定的界线"))
def approve(
    context: typer.Context,
    id: Id,
    number: Annotated[str, typer.Option(help=_("批准文号"))],
    actor: Actor,
    document: Document,
    version: Expected = None,
    on: On = None,
    line: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="CODE", help=_("须重新勘定的界线代码，可多次")),
    ] = None,
    document_date: DocumentDate = None,
) -> None:
    """Record the approval."""
    from civgeo.services import division_changes

    approval = division_changes.Approval(day_or_today(on, "--on"), number, tuple(line or ()))
    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: division_changes.approve_change(c, id, approval, edit, version))


@changes.command("finish", help=_("记录变更已完成"))
def finish(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    document_date: DocumentDate = None,
) -> None:
    """Record that a change is carried out."""
    from civgeo.services import division_changes

    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: division_changes.finish_change(c, id, edit, version))


@changes.command("withdraw", help=_("撤回草案"))
def withdraw(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    document_date: DocumentDate = None,
) -> None:
    """Give a draft up."""
    from civgeo.services import division_changes

    edit = edit_of(actor, document, document_date, None)
    _act(context, lambda c: division_changes.withdraw_change(c, id, edit, version))


@changes.command("list", help=_("列出区划变更"))
def list_changes(context: typer.Context) -> None:
    """Print the changes."""
    from civgeo.services import division_changes

    with city_of(context) as city:
        found = [division_changes.change_document(item) for item in division_changes.changes(city)]
    columns = {"id": _("编号"), "name": _("变更名称"), "kind_zh": _("变更种类")}
    columns |= {"state_zh": _("进度"), "approved_on": _("批准日期"), "version": _("版本")}
    tell_rows(context, _("区划变更"), columns, found, _("没有区划变更。"))


@changes.command("show", help=_("一件区划变更与其涉及事项（JSON）"))
def show(context: typer.Context, id: Id) -> None:
    """Print one change."""
    from civgeo.services import division_changes

    with city_of(context) as city:
        found = division_changes.change_document(division_changes.change_file(city, id))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _act(context: typer.Context, act: "Callable[[City], Saved]") -> None:
    """Do `act`, then say what the change touches."""
    from civgeo.services import division_changes

    with city_of(context) as city:
        saved = act(city)
        file = division_changes.change_file(city, saved.id)
    found = division_changes.change_document(file)
    if session(context).as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    typer.echo(saved.id)
    told = f"{found['name']} {found['state_zh']}，{_('版本')} {saved.version}"
    for line in (told, *division_changes.effects_told(file)):
        messages.print(line, markup=False, soft_wrap=True)
