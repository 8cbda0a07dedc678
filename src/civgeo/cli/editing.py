"""``civgeo estates`` and ``civgeo facilities``: enter, correct, close, restore, history."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.history import Edit
    from civgeo.services.city import City
    from civgeo.services.editing import Saved
    from civgeo.services.history import RecordHistory
    from civgeo.store.editing import ChangedValue
    from civgeo.store.tables import Collection

__all__ = ["estates", "facilities"]

LARGEST_FILE = 5_000_000

Id = Annotated[str, typer.Argument(metavar="ID", help=_("编号"))]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help=_("属性（英文名或中文名）与值，可多次；值为空表示没有")
    ),
]
Point = Annotated[
    str | None, typer.Option(metavar="LON,LAT", help=_("点位：经度,纬度（CGCS2000）"))
]
Outline = Annotated[
    Path | None, typer.Option("--geometry", metavar="FILE", help=_("图形：GeoJSON 文件"))
]
Actor = Annotated[str, typer.Option(help=_("经办人"))]
Document = Annotated[str, typer.Option(help=_("依据文件"))]
DocumentDate = Annotated[str | None, typer.Option(help=_("文件日期 YYYY-MM-DD"))]
Since = Annotated[str | None, typer.Option("--valid-from", help=_("自哪一天起有效 YYYY-MM-DD"))]
Expected = Annotated[int | None, typer.Option("--version", help=_("依据的版本（见 history）"))]
Earlier = Annotated[int | None, typer.Option(help=_("恢复到哪一版；默认撤销注销"))]


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

        edit = _edit(actor, document, document_date, since)
        given = _changes(name, values, point, outline)
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

        edit = _edit(actor, document, document_date, since)
        given = _changes(name, values, point, outline)
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

        edit = _edit(actor, document, document_date, since)
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

        edit = _edit(actor, document, document_date, since)

        def act(city: "City", kept: "Collection") -> "Saved":
            return editing.restore(city, kept, id, edit, version, of_version=of_version)

        _save(context, name, act)

    @group.command("history", help=_("列出各版：何人、依据、有效期与逐项差别"))
    def history(context: typer.Context, id: Id) -> None:
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


def _edit(actor: str, document: str, document_date: str | None, since: str | None) -> "Edit":
    from civgeo.domain.history import Edit

    return Edit(
        actor=actor,
        document=document,
        document_date=_day(document_date, "--document-date"),
        valid_from=_day(since, "--valid-from"),
    )


def _day(text: str | None, option: str) -> date | None:
    from civgeo.domain.standard import parse_day

    return None if text is None else parse_day(text, option)


def _changes(
    name: str, values: list[str] | None, point: str | None, outline: Path | None
) -> "dict[str, ChangedValue]":
    from civgeo.services.feature_schema import COLLECTIONS

    schema = COLLECTIONS[name]
    titles = {item.title: item.name for item in schema.entered}
    found: dict[str, ChangedValue] = {}
    for pair in values or ():
        key, mark, text = pair.partition("=")
        if not mark:
            raise InvalidInput(f"--set {pair[:60]} 应写成 属性=值，如 households=120")
        key = titles.get(key.strip(), key.strip())
        item = schema.property(key)
        found[key] = text or None
        if item is not None and item.type.value in ("integer", "number", "boolean") and text:
            found[key] = _parsed(text)
    shape = _shape(point, outline)
    return found if shape is None else {**found, "geometry": shape}


def _parsed(text: str) -> "ChangedValue":
    """Number or flag that `text` writes; the text itself where it writes none."""
    flags = {"true": True, "false": False, "是": True, "否": False}
    if text.lower() in flags:
        return flags[text.lower()]
    try:
        number = float(text)
    except ValueError:
        return text
    return int(text) if text.isascii() and text.lstrip("+-").isdigit() else number


def _shape(point: str | None, outline: Path | None) -> "ChangedValue":
    from civgeo.services import geojson

    if point is not None and outline is not None:
        raise InvalidInput("--point 与 --geometry 只能给一个")
    if point is not None:
        try:
            lon, lat = (float(part) for part in point.replace("，", ",").split(","))
        except ValueError:
            raise InvalidInput(f"--point {point[:40]} 应为 经度,纬度，如 114.02,33.01") from None
        return geojson.point(lon, lat)
    return None if outline is None else geojson.geometry_in(_content(outline))


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InvalidInput(f"{file} 超过 {LARGEST_FILE:,} 字节；大批数据请用 civgeo import")
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"读不了 {file}：{error.strerror}") from None


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
