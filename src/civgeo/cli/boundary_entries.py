"""``civgeo boundaries entry``: lines, points, markers, tri-junctions and archives."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session
from civgeo.cli.editing import show_history
from civgeo.cli.entered import (
    Actor,
    Document,
    DocumentDate,
    Earlier,
    Expected,
    Id,
    Outline,
    Point,
    Since,
    Values,
    changes_of,
    edit_of,
)
from civgeo.cli.opened import city_of

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved
    from civgeo.store.tables import Collection

__all__ = ["entries"]

entries = typer.Typer(no_args_is_help=True)

Register = Annotated[
    str,
    typer.Argument(
        metavar="REGISTER",
        help=_(
            "boundary_lines、boundary_points、boundary_markers、tri_junctions、boundary_archives"
        ),
    ),
]
Clerical = Annotated[
    bool, typer.Option("--clerical", help=_("文字更正：登记时抄录有误，界桩本身没有动"))
]


@entries.command("create", help=_("登记一条；长度、序号、里程等自动算出，默认内部、不公开"))
def create(
    context: typer.Context,
    register: Register,
    actor: Actor,
    document: Document,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    document_date: DocumentDate = None,
    since: Since = None,
) -> None:
    """Enter one."""
    from civgeo.services.boundary_entries import enter

    edit = edit_of(actor, document, document_date, since)
    collection = _collection(register)
    given = changes_of(register, values, point, outline)
    _save(context, register, lambda city: enter(city, collection, given, edit))


@entries.command("correct", help=_("更正一条；已登记的界桩位置须办界桩变动，或 --clerical"))
def correct(
    context: typer.Context,
    register: Register,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    document_date: DocumentDate = None,
    since: Since = None,
    clerical: Clerical = False,
) -> None:
    """Correct one."""
    from civgeo.services.boundary_entries import correct_entry
    from civgeo.services.entry_ids import entry_id

    edit = edit_of(actor, document, document_date, since)
    collection = _collection(register)
    given = changes_of(register, values, point, outline)
    _save(
        context,
        register,
        lambda c: correct_entry(
            c, collection, entry_id(c, collection, id), given, edit, version, clerical=clerical
        ),
    )


@entries.command("close", help=_("注销一条；界桩须办废弃，或 --clerical"))
def close(
    context: typer.Context,
    register: Register,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    document_date: DocumentDate = None,
    since: Since = None,
    clerical: Clerical = False,
) -> None:
    """End one."""
    from civgeo.services.boundary_entries import close_entry
    from civgeo.services.entry_ids import entry_id

    edit = edit_of(actor, document, document_date, since)
    collection = _collection(register)
    _save(
        context,
        register,
        lambda c: close_entry(
            c, collection, entry_id(c, collection, id), edit, version, clerical=clerical
        ),
    )


@entries.command("restore", help=_("恢复已注销的一条，或恢复到以前的一版"))
def restore(
    context: typer.Context,
    register: Register,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    of_version: Earlier = None,
    document_date: DocumentDate = None,
    since: Since = None,
    clerical: Clerical = False,
) -> None:
    """Let one exist again."""
    from civgeo.services.boundary_entries import restore_entry

    edit = edit_of(actor, document, document_date, since)
    collection = _collection(register)

    def act(city: "City") -> "Saved":
        return restore_entry(
            city, collection, id, edit, version, of_version=of_version, clerical=clerical
        )

    _save(context, register, act)


@entries.command("show", help=_("一条的全部内容（GeoJSON）"))
def show(context: typer.Context, register: Register, id: Id) -> None:
    """Print one."""
    from civgeo.services.boundary_entries import entry_document
    from civgeo.services.entry_ids import entry_id

    collection = _collection(register)
    with city_of(context) as city:
        typer.echo(entry_document(city, collection, entry_id(city, collection, id)))


@entries.command("history", help=_("列出各版：何人、依据、有效期与逐项差别"))
def history(context: typer.Context, register: Register, id: Id) -> None:
    """Print the versions of one."""
    from civgeo.services.entry_ids import entry_id

    collection = _collection(register)
    with city_of(context) as city:
        found = entry_id(city, collection, id)
    show_history(context, collection.value, found)


def _collection(register: str) -> "Collection":
    from civgeo.services.boundary_entries import entry_collection

    return entry_collection(register)


def _save(context: typer.Context, register: str, act: "Callable[[City], Saved]") -> None:
    with city_of(context) as city:
        saved = act(city)
    if session(context).as_json:
        told = {"collection": register, "id": saved.id, "version": saved.version}
        typer.echo(json.dumps(told))
    else:
        typer.echo(saved.id)
        messages.print(f"{_('已登记，版本')} {saved.version}", markup=False)
