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

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.editing import Saved
    from civgeo.services.history import RecordHistory
    from civgeo.store.tables import Collection

__all__ = ["estates", "facilities", "show_history"]


def _group(name: str) -> typer.Typer:
    """Commands over the collection `name`."""
    group = typer.Typer(no_args_is_help=True)

    @group.command("create", help=_("新增一条，编号自动给出"))
    def create(
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
        given = changes_of(name, values, point, outline)
        _save(context, name, lambda city, kept: editing.create(city, kept, given, edit))

    @group.command("correct", help=_("更改一条；不给 --valid-from 视为更正，一并更正以往"))
    def correct(
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
        given = changes_of(name, values, point, outline)
        _save(
            context, name, lambda city, kept: editing.correct(city, kept, id, given, edit, version)
        )

    @group.command("close", help=_("注销一条：自 --valid-from 起不再存在，历史照存"))
    def close(
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
        _save(context, name, lambda city, kept: editing.close(city, kept, id, edit, version))

    @group.command("restore", help=_("恢复已注销的一条，或恢复到以前的一版"))
    def restore(
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

        _save(context, name, act)

    @group.command("history", help=_("列出各版：何人、依据、有效期与逐项差别"))
    def history(context: typer.Context, id: Id) -> None:
        show_history(context, name, id)

    return group


def _save(context: typer.Context, name: str, act: "Callable[[City, Collection], Saved]") -> None:
    from civgeo.services.city import City
    from civgeo.store.store import Store
    from civgeo.store.tables import Collection

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
            f"{version.recorded_at:%Y-%m-%d %H:%M:%S}Z",
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


@estates.command("not-handed-over", help=_("列出养老用房尚未移交的小区，与各县区移交率"))
def not_handed_over(
    context: typer.Context,
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx"))] = None,
) -> None:
    """Print the list and the rates, or save them."""
    from civgeo.cli.handover import show_handover

    show_handover(context, division, output)
