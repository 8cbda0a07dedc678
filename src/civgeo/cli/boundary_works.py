"""``civgeo boundaries work``: repair, reset, remake, move, add or scrap a marker, step by step."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.entered import (
    Actor,
    Document,
    DocumentDate,
    Expected,
    Id,
    Point,
    Values,
    changes_of,
    edit_of,
)
from civgeo.cli.opened import On, city_of, day_or_today, tell, tell_rows
from civgeo.domain.round_forms import WorkKind, WorkState

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved

__all__ = ["works"]

works = typer.Typer(no_args_is_help=True)

_COLUMNS = {
    "id": _("编号"),
    "number": _("界桩"),
    "line": _("界线"),
    "kind_zh": _("事项"),
    "state_zh": _("状态"),
    "told": _("下一步"),
    "overdue_days": _("逾期天数"),
    "version": _("版本"),
}


@works.command("open", help=_("提出界桩变动：repair reset remake move add scrap"))
def open_work(
    context: typer.Context,
    kind: Annotated[WorkKind, typer.Argument(metavar="KIND", help=_("办什么"))],
    cause: Annotated[str, typer.Option(help=_("事由"))],
    actor: Actor,
    document: Document,
    marker: Annotated[
        str | None, typer.Option("--marker", metavar="ID", help=_("界桩编号或登记编号；增设时不给"))
    ] = None,
    values: Values = None,
    point: Point = None,
    responsible: Annotated[
        str | None, typer.Option(help=_("负责方区划代码；默认界桩的管理方"))
    ] = None,
    on: On = None,
    due: Annotated[str | None, typer.Option(help=_("期限 YYYY-MM-DD"))] = None,
    document_date: DocumentDate = None,
) -> None:
    """Open works on a marker."""
    from civgeo.services.entry_ids import entry_id
    from civgeo.services.marker_works import Proposal
    from civgeo.services.marker_works import open_work as opened
    from civgeo.store.tables import Collection

    edit = edit_of(actor, document, document_date, None)
    with city_of(context) as city:
        proposal = Proposal(
            kind,
            cause,
            None if marker is None else entry_id(city, Collection.BOUNDARY_MARKERS, marker),
            changes_of("boundary_markers", values, point, None),
            responsible,
            day_or_today(on, "--on"),
            None if due is None else day_or_today(due, "--due"),
        )
        _tell(context, city, opened(city, proposal, edit))


@works.command("step", help=_("记录一步：agreed surveyed done archived filed，不能跳过"))
def step_work(
    context: typer.Context,
    id: Id,
    state: Annotated[WorkState, typer.Argument(metavar="STEP", help=_("办了哪一步"))],
    actor: Actor,
    document: Document,
    version: Expected = None,
    on: On = None,
    present: Annotated[
        list[str] | None,
        typer.Option("--present", metavar="CODE", help=_("到场一方的区划代码，可多次")),
    ] = None,
    paper: Annotated[str, typer.Option("--paper", help=_("这一步的文件：名称或文号"))] = "",
    document_date: DocumentDate = None,
) -> None:
    """Record a step of the works."""
    from civgeo.domain.marker_work import WorkStep
    from civgeo.services import marker_works

    day = day_or_today(on, "--on")
    taken = WorkStep(state, day, paper, tuple(present or ()), actor)
    edit = edit_of(actor, document, document_date, None)
    with city_of(context) as city:
        _tell(context, city, marker_works.step_work(city, id, taken, edit, version))


@works.command("withdraw", help=_("施工之前撤回"))
def withdraw_work(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    reason: Annotated[str, typer.Option(help=_("撤回的理由"))],
    version: Expected = None,
    on: On = None,
    document_date: DocumentDate = None,
) -> None:
    """Give works up."""
    from civgeo.domain.marker_work import WorkStep
    from civgeo.services import marker_works

    day = day_or_today(on, "--on")
    taken = WorkStep(WorkState.WITHDRAWN, day, reason, (), actor)
    edit = edit_of(actor, document, document_date, None)
    with city_of(context) as city:
        _tell(context, city, marker_works.withdraw_work(city, id, taken, edit, version))


@works.command("list", help=_("列出界桩变动与下一步须到场各方"))
def list_works(
    context: typer.Context,
    state: Annotated[WorkState | None, typer.Option(help=_("办理状态"))] = None,
    line: Annotated[str | None, typer.Option(help=_("界线代码"))] = None,
) -> None:
    """Print the works."""
    from civgeo.services.marker_works import work_documents

    with city_of(context) as city:
        found = work_documents(city, state=state, line=line)
    rows = [{**item, "told": _next(item)} for item in found]
    tell_rows(context, _("界桩变动"), _COLUMNS, rows, _("没有界桩变动。"))


@works.command("show", help=_("一件界桩变动：已办步骤、下一步、须到场各方与依据（JSON）"))
def show(context: typer.Context, id: Id) -> None:
    """Print one case of works."""
    from civgeo.services.marker_works import one_work_document

    with city_of(context) as city:
        found = one_work_document(city, id)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _next(found: dict[str, object]) -> str:
    following = found["next"]
    if not isinstance(following, dict):
        return "—"
    parties = f"（{following['present_zh']}）" if following["present_zh"] else ""
    return f"{following['label_zh']}{parties}"


def _tell(context: typer.Context, city: "City", saved: "Saved") -> None:
    from civgeo.services.marker_works import one_work_document

    found = one_work_document(city, saved.id)
    told = f"{found['number']} {found['kind_zh']} {found['state_zh']}，{_('版本')} {saved.version}"
    tell(context, found, f"{told}；{_('下一步')} {_next(found)}")
