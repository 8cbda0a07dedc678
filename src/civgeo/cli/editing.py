"""``civgeo estates`` and ``civgeo facilities``: enter, correct, close, restore, history."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
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
from civgeo.domain.clock import BEIJING

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved
    from civgeo.services.history import RecordHistory
    from civgeo.store.tables import Collection

__all__ = ["archives", "estates", "facilities", "protected", "reserved", "rural_naming"]
__all__ += ["show_history", "signs"]

_COLLECTION = "civgeo.collection"


def _create(
    context: typer.Context,
    actor: Actor,
    document: Document,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    document_date: DocumentDate = None,
    since: Since = None,
) -> None:
    from civgeo.services import editing

    edit = edit_of(actor, document, document_date, since)
    given = changes_of(_collection(context), values, point, outline)
    _save(context, lambda city, kept: editing.create(city, kept, given, edit))


def _correct(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    values: Values = None,
    point: Point = None,
    outline: Outline = None,
    document_date: DocumentDate = None,
    since: Since = None,
    version: Expected = None,
) -> None:
    from civgeo.services import editing

    edit = edit_of(actor, document, document_date, since)
    given = changes_of(_collection(context), values, point, outline)
    _save(context, lambda city, kept: editing.correct(city, kept, id, given, edit, version))


def _close(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    document_date: DocumentDate = None,
    since: Since = None,
    version: Expected = None,
) -> None:
    from civgeo.services import editing

    edit = edit_of(actor, document, document_date, since)
    _save(context, lambda city, kept: editing.close(city, kept, id, edit, version))


def _restore(
    context: typer.Context,
    id: Id,
    actor: Actor,
    document: Document,
    document_date: DocumentDate = None,
    since: Since = None,
    version: Expected = None,
    of_version: Earlier = None,
) -> None:
    from civgeo.services import editing

    edit = edit_of(actor, document, document_date, since)

    def act(city: "City", kept: "Collection") -> "Saved":
        return editing.restore(city, kept, id, edit, version, of_version=of_version)

    _save(context, act)


def _history(context: typer.Context, id: Id) -> None:
    show_history(context, _collection(context), id)


_COMMANDS: tuple[tuple[str, str, Callable[..., None]], ...] = (
    ("create", _("新增一条，编号自动给出"), _create),
    ("correct", _("更改一条；不给 --valid-from 视为更正，一并更正以往"), _correct),
    ("close", _("注销一条：自 --valid-from 起不再存在，历史照存"), _close),
    ("restore", _("恢复已注销的一条，或恢复到以前的一版"), _restore),
    ("history", _("列出各版：何人、依据、有效期与逐项差别"), _history),
)


def _group(collection: str) -> typer.Typer:
    """Commands over the records of `collection`."""

    def remember(context: typer.Context) -> None:
        context.meta[_COLLECTION] = collection

    group = typer.Typer(no_args_is_help=True, callback=remember)
    for name, told, command in _COMMANDS:
        group.command(name, help=told)(command)
    return group


def _collection(context: typer.Context) -> str:
    """Collection whose group was called."""
    return str(context.meta[_COLLECTION])


def _save(context: typer.Context, act: "Callable[[City, Collection], Saved]") -> None:
    from civgeo.services.city import City
    from civgeo.store.store import Store
    from civgeo.store.tables import Collection

    name = _collection(context)
    with Store.open(settings(context).store) as store:
        saved = act(City(store, today()), Collection(name))
    if session(context).as_json:
        told = {"collection": name, "id": saved.id, "version": saved.version}
        typer.echo(json.dumps(told))
    else:
        typer.echo(saved.id)
        messages.print(f"{_('已登记，版本')} {saved.version}", markup=False)


def show_history(context: typer.Context, name: str, id: str) -> None:
    """Print the versions of a record of collection `name`."""
    from civgeo.services.city import City
    from civgeo.services.history import history as history_of
    from civgeo.store.store import Store
    from civgeo.store.tables import Collection

    with Store.open(settings(context).store) as store:
        found = history_of(City(store, today()), Collection(name), id)
    if session(context).as_json:
        typer.echo(json.dumps(_told(found), ensure_ascii=False, default=str))
    else:
        _print(found)


def _told(found: "RecordHistory") -> dict[str, object]:
    return {
        "collection": found.collection,
        "id": found.id,
        "name": found.name,
        "version": found.version,
        "exists": found.exists,
        "versions": [
            {
                "version": version.version,
                "action": version.action.value,
                "recorded_at": version.recorded_at.isoformat(),
                "actor": version.actor,
                "document": version.document,
                "document_date": version.document_date,
                "periods": [
                    {
                        "valid_from": item.valid_from,
                        "valid_to": item.valid_to,
                        "properties": item.state,
                        "differences": {d.name: [d.before, d.after] for d in item.differences},
                    }
                    for item in version.assertions
                ],
            }
            for version in found.versions
        ],
    }


def _print(found: "RecordHistory") -> None:
    rows = [
        [
            str(version.version),
            _(version.action.label_zh),
            f"{item.valid_from or '…'} — {item.valid_to or '…'}",
            version.actor,
            f"{version.document} {version.document_date or ''}".strip(),
            f"{version.recorded_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
            "; ".join(
                f"{_(d.title)}: {_(d.before_zh) or '—'} → {_(d.after_zh) or '—'}"
                for d in item.differences
            ),
        ]
        for version in found.versions
        for item in version.assertions
    ]
    columns = [
        _("版本"),
        _("操作"),
        _("有效期"),
        _("经办人"),
        _("依据文件"),
        _("记录时间"),
        _("差别"),
    ]
    state = "" if found.exists else f" 【{_('今天不存在')}】"
    title = f"{found.name} {_('的历史')}{state}"
    table(title, columns, rows)


estates = _group("estates")
facilities = _group("facilities")
signs = _group("name_signs")
protected = _group("protected_names")
rural_naming = _group("rural_naming")
reserved = _group("reserved_names")
archives = _group("name_archives")


@estates.command("not-handed-over", help=_("列出养老用房尚未移交的小区，与各县区移交率"))
def not_handed_over(
    context: typer.Context,
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))] = None,
) -> None:
    """Print the list and the rates, or save them."""
    from civgeo.cli.handover import show_handover

    show_handover(context, division, output)
