"""``civgeo names show|correct|revert|changes|history|book``: entries of the gazetteer."""

import json
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.editing import show_history
from civgeo.cli.entered import (
    Actor,
    Document,
    DocumentDate,
    Expected,
    Id,
    Outline,
    Point,
    Since,
    Values,
    changes_of,
    edit_of,
)
from civgeo.domain.clock import BEIJING

__all__ = ["book", "changes", "correct", "history", "revert", "show"]


def show(context: typer.Context, id: Id) -> None:
    """Print one entry with all that is recorded."""
    from civgeo.services.city import City
    from civgeo.services.name_entries import entry_document
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        typer.echo(entry_document(City(store, today()), id))


def correct(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    version: Expected = None,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    document_date: DocumentDate = None,
    since: Since = None,
) -> None:
    """Correct what is recorded of a place."""
    from civgeo.services.city import City
    from civgeo.services.name_entries import correct_entry
    from civgeo.store.store import Store

    edit = edit_of(actor, document, document_date, since)
    given = changes_of("place_names", values, point, outline)
    with Store.open(settings(context).store) as store:
        saved = correct_entry(City(store, today()), id, given, edit, version)
    _told(context, saved.id, saved.version)


def revert(
    context: typer.Context,
    id: Id,
    to_version: Annotated[int, typer.Argument(metavar="TO_VERSION", help=_("恢复到哪一版"))],
    actor: Actor,
    document: Document,
    version: Expected = None,
    document_date: DocumentDate = None,
) -> None:
    """Let an earlier version hold again, as a new one."""
    from civgeo.services import editing
    from civgeo.services.city import City
    from civgeo.store.store import Store
    from civgeo.store.tables import Collection

    edit = edit_of(actor, document, document_date, None)
    with Store.open(settings(context).store) as store:
        saved = editing.restore(
            City(store, today()),
            Collection.PLACE_NAMES,
            id,
            edit,
            version,
            of_version=to_version,
        )
    _told(context, saved.id, saved.version)


def _told(context: typer.Context, id: str, version: int) -> None:
    if session(context).as_json:
        typer.echo(json.dumps({"collection": "place_names", "id": id, "version": version}))
    else:
        typer.echo(id)
        messages.print(f"{_('已登记，版本')} {version}", markup=False)


def changes(
    context: typer.Context,
    since: Annotated[int, typer.Option(help=_("上次读到的序号"))] = 0,
    limit: Annotated[int, typer.Option(min=1, help=_("至多多少条"))] = 100,
) -> None:
    """Print what changed in the gazetteer."""
    from civgeo.services.city import City
    from civgeo.services.name_entries import name_changes
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        found = name_changes(City(store, today()), since, limit)
    if session(context).as_json:
        for item in found:
            told = {"sequence": item.sequence, "id": item.id, "version": item.version}
            told |= {"action": item.action.value, "name": item.name}
            typer.echo(json.dumps(told, ensure_ascii=False))
        return
    rows = [
        [
            str(item.sequence),
            f"{item.recorded_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
            _(item.action.label_zh),
            item.name or "—",
            str(item.version),
            item.id,
        ]
        for item in found
    ]
    columns = [_("序号"), _("记录时间"), _("操作"), _("名称"), _("版本"), _("编号")]
    table(_("地名变更"), columns, rows)


def history(context: typer.Context, id: Id) -> None:
    """Print the versions of an entry."""
    show_history(context, "place_names", id)


def book(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("存到哪里：.docx .xlsx .pdf"))],
    order: Annotated[str, typer.Option(help=_("排列：division class pinyin strokes"))] = "division",
    division: Annotated[str | None, typer.Option(help=_("只列这一区划"))] = None,
    office: Annotated[str, typer.Option(help=_("编制单位"))] = "",
    public: Annotated[bool, typer.Option("--public", help=_("公开版：须设审图号"))] = False,
) -> None:
    """Write the gazetteer book."""
    from civgeo.errors import InvalidInput
    from civgeo.reports.gazetteer_book import Arrangement
    from civgeo.services.case_papers import gazetteer_book
    from civgeo.services.city import City
    from civgeo.services.name_documents import FileFormat
    from civgeo.store.store import Store

    try:
        form = FileFormat(output.suffix.removeprefix("."))
    except ValueError:
        raise InvalidInput("地名录的后缀应为 .docx、.xlsx 或 .pdf", code="bad_value") from None
    found = settings(context)
    with Store.open(found.store) as store:
        content = gazetteer_book(
            City(store, today()),
            form,
            order=Arrangement.named(order, "--order"),
            division=division,
            office=office,
            for_public=public,
            map_number=found.public_number,
        )
    output.write_bytes(content)
    messages.print(f"{_('已写入')} {output}", markup=False)
