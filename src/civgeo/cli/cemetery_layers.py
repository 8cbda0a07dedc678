"""``civgeo cemeteries layer|layers``: constraint layers of siting."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, reading_limits, session, settings, steps, table, today

if TYPE_CHECKING:
    from civgeo.domain.site_layer import SiteLayerMeta
    from civgeo.services.city import City

__all__ = ["layer", "layers"]


def layer(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=_("矢量图层：GeoPackage、Shapefile（zip）等"))
    ],
    date: Annotated[str, typer.Option(help=_("图层反映哪一天的状况，年-月-日"))],
    source: Annotated[str, typer.Option(help=_("数据来源：谁做的，或哪次调查"))],
    kind: Annotated[
        str | None, typer.Option(help=_("全部要素是什么，如 reservoir 或 水库"))
    ] = None,
    kind_column: Annotated[str | None, typer.Option(help=_("地类所在的列，如 DLBM、DLMC"))] = None,
    own_distance: Annotated[
        float | None, typer.Option(help=_("本局自有图层：要与它保持的距离，米（0 为只避开其内）"))
    ] = None,
    title: Annotated[str | None, typer.Option(help=_("图层名称；默认为文件名"))] = None,
    extent: Annotated[
        str | None,
        typer.Option(help=_("图层到哪里为止：面文件，whole（全域完整）或 hull（要素外包）")),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help=_("坐标系，如 EPSG:4547、GCJ-02；先于文件所写的"))
    ] = None,
    layer_name: Annotated[
        str | None, typer.Option("--layer", help=_("文件有几个图层时用哪一个"))
    ] = None,
    encoding: Annotated[str | None, typer.Option(help=_("文字编码，如 GBK"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只预检，不写入"))] = False,
) -> None:
    """Keep a constraint layer beside the store, and say what it is."""
    from civgeo.domain.standard import parse_day
    from civgeo.services.site_layer_files import HULL, WHOLE, import_site_layer
    from civgeo.services.site_layer_kinds import layer_kind

    if sum(given is not None for given in (kind, kind_column, own_distance)) != 1:
        raise typer.BadParameter(_("--kind、--kind-column、--own-distance 写且只写一项"))
    own = session(context)
    with _city(context) as city, steps(quiet=own.verbosity < 0 or own.as_json) as progress:
        meta = import_site_layer(
            *(city, file),
            kind=None if kind is None else layer_kind(kind),
            kind_column=kind_column,
            title=title or file.stem,
            layer_date=parse_day(date, "--date"),
            source=source,
            extent=Path(extent) if extent not in (None, WHOLE, HULL) else extent,
            own_distance_m=own_distance,
            crs=crs,
            encoding=encoding,
            layer=layer_name,
            dry_run=dry_run,
            progress=progress,
        )
    _tell(context, meta, written=not dry_run)


def layers(
    context: typer.Context,
    hide: Annotated[
        str | None, typer.Option("--hide", metavar="DIGEST", help=_("今后不自动使用这一图层"))
    ] = None,
    show: Annotated[
        str | None, typer.Option("--show", metavar="DIGEST", help=_("恢复使用已隐藏的图层"))
    ] = None,
) -> None:
    """List the constraint layers, and which of them are used unasked."""
    from civgeo.services.site_layer_views import layer_document, layer_states
    from civgeo.services.site_layers import hide_layer

    with _city(context) as city:
        for digest, hidden in ((hide, True), (show, False)):
            if digest is not None:
                hide_layer(city, digest, hidden=hidden)
        found = layer_states(city)
    if session(context).as_json:
        told = [layer_document(meta, state) for meta, state in found.items()]
        typer.echo(json.dumps({"layers": told}, ensure_ascii=False, indent=2))
        return
    if not found:
        text = _("还没有图层：请用 civgeo cemeteries layer 文件 导入")
        messages.print(text, markup=False, soft_wrap=True)
        return
    columns = [
        _("编号"),
        _("名称"),
        _("种类"),
        _("日期"),
        _("来源"),
        _("要素"),
        _("范围"),
        _("状态"),
    ]
    table(_("选址图层"), columns, [_listed(meta, state.label_zh) for meta, state in found.items()])


@contextmanager
def _city(context: typer.Context) -> "Iterator[City]":
    from civgeo.services.city import City
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        yield City(store, today(), reading_limits(context))


def _listed(meta: "SiteLayerMeta", state: str) -> list[str]:
    from civgeo.services.site_layer_views import covers_text

    title = f"{meta.title}【{_('模拟数据')}】" if meta.simulated else meta.title
    reach = _("有边界") if meta.has_extent else _("全域")
    what = (meta.digest, title, covers_text(meta), str(meta.layer_date), meta.source)
    return [*what, f"{meta.features:,}", "—" if meta.is_own else reach, state]


def _tell(context: typer.Context, meta: "SiteLayerMeta", *, written: bool) -> None:
    from civgeo.services.site_layer_views import covers_text, layer_document

    if session(context).as_json:
        typer.echo(json.dumps(layer_document(meta) | {"written": written}, ensure_ascii=False))
        return
    own = "" if meta.own_distance_m is None else f"{meta.own_distance_m:g}"
    rows = [
        [_("编号"), meta.digest],
        [_("名称"), meta.title],
        [_("种类"), covers_text(meta)],
        [_("日期"), str(meta.layer_date)],
        [_("来源"), meta.source],
        [_("要素"), f"{meta.features:,}"],
        [_("坐标系"), meta.crs],
        [_("自定距离 m"), own],
        [_("模拟数据"), _("是") if meta.simulated else ""],
        *([_("说明"), note] for note in meta.notes),
    ]
    table(_("选址图层"), [_("项目"), _("内容")], [row for row in rows if row[1]])
    if written:
        messages.print(_("图层已保存"), style="bold green", markup=False)
    else:
        messages.print(_("预检通过，没有写入"), markup=False)
