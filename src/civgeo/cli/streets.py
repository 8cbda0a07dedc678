"""``civgeo import FILE --as streets|dem`` and ``civgeo coverage network``: the walk network."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import (
    Session,
    messages,
    reading_limits,
    session,
    settings,
    steps,
    table,
    today,
)

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.street_files import StreetRequest
    from civgeo.services.street_network import StreetsReport
    from civgeo.store.elevations import ElevationMeta
    from civgeo.store.networks import NetworkMeta

__all__ = ["DEM", "STREETS", "import_dem", "import_streets", "network"]

STREETS, DEM = "streets", "dem"


def import_streets(
    own: Session, city: "City", file: Path, request: "StreetRequest", *, dry_run: bool
) -> None:
    """Make a walk network of a file of streets, and say what came of it."""
    from civgeo.services import street_network as service

    with steps(quiet=own.verbosity < 0 or own.as_json) as progress:
        report = service.import_streets(city, file, request, dry_run=dry_run, progress=progress)
    _tell(own, report)


def import_dem(own: Session, city: "City", file: Path, crs: str | None, *, dry_run: bool) -> None:
    """Keep an elevation model, and say what it is."""
    from civgeo.services.elevation import import_elevation

    with steps(quiet=own.verbosity < 0 or own.as_json) as progress:
        meta = import_elevation(city, file, crs=crs, dry_run=dry_run, progress=progress)
    if own.as_json:
        typer.echo(json.dumps(asdict(meta) | {"written": not dry_run}, ensure_ascii=False))
        return
    table(_("高程模型"), [_("项目"), _("内容")], _elevation_rows(meta))
    _say_whether(written=not dry_run)


def network(
    context: typer.Context,
    use: Annotated[
        str | None, typer.Option("--use", metavar="VERSION", help=_("改用另一个保存的版本"))
    ] = None,
    renew: Annotated[
        bool, typer.Option("--renew", help=_("按现在登记的阻隔和跨越设施重新断开与连接"))
    ] = False,
) -> None:
    """Show the walk network in use and the versions that are kept."""
    from civgeo.services import street_network as service
    from civgeo.services.city import City
    from civgeo.services.walk_registers import STALE
    from civgeo.store.networks import current_version
    from civgeo.store.store import Store

    own = session(context)
    with Store.open(settings(context).store) as store:
        city = City(store, today(), reading_limits(context))
        if use is not None:
            service.use_network(city, use)
        if renew:
            with steps(quiet=own.verbosity < 0 or own.as_json) as progress:
                service.renew_network(city, progress=progress)
        saved = service.saved_networks(city)
        current = current_version(store.file.parent)
        stale = current is not None and service.is_stale(city)
    if own.as_json:
        told = {"current": current, "stale": stale, "networks": [asdict(meta) for meta in saved]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    if not saved:
        text = _("还没有步行网：请先导入道路，civgeo import 文件 --as streets")
        messages.print(text, markup=False)
        return
    used = next((meta for meta in saved if meta.version == current), None)
    if used is not None:
        table(_("使用中的步行网"), [_("项目"), _("内容")], _network_rows(used))
    if stale:
        messages.print(STALE, markup=False, style="yellow")
    columns = [_("版本"), _("使用中"), _("制作时间"), _("来源"), _("节点"), _("路段"), _("长度 km")]
    table(_("保存的步行网"), columns, [_listed(meta, current) for meta in saved])


def _listed(meta: "NetworkMeta", current: str | None) -> list[str]:
    mark = "✓" if meta.version == current else ""
    if meta.version != current and meta.streets == meta.version:
        mark = _("（未断开阻隔）") if "cut_edges" not in meta.parameters else ""
    figures = (f"{meta.nodes:,}", f"{meta.edges:,}", f"{meta.length_km:,.1f}")
    return [meta.version, mark, meta.made_at[:16], _source(meta), *figures]


def _source(meta: "NetworkMeta") -> str:
    return f"{meta.source}【{_('模拟数据')}】" if meta.simulated else meta.source


def _network_rows(meta: "NetworkMeta") -> list[list[str]]:
    parameters = meta.parameters
    rows = [
        [_("版本"), meta.version],
        [_("来源"), _source(meta)],
        [_("署名"), meta.attribution],
        [_("制作时间"), meta.made_at[:16]],
        [_("坐标系"), f"EPSG:{meta.epsg}"],
        [_("节点"), f"{meta.nodes:,}"],
        [_("路段"), f"{meta.edges:,}"],
        [_("长度 km"), f"{meta.length_km:,.1f}"],
        [_("不相连的部分"), f"{meta.parts:,}"],
        [_("不与最大部分相连的长度"), f"{meta.loose_share:.2%}"],
        [_("高程模型"), parameters.get("dem") or _("没有，按平地计")],
        [_("被阻隔断开的路段"), str(parameters.get("cut_edges", 0))],
        [_("加入的跨越设施"), str(parameters.get("crossings", 0))],
    ]
    rows += [[_("说明"), note] for note in (*meta.notes, *meta.findings)]
    return [row for row in rows if row[1]]


def _elevation_rows(meta: "ElevationMeta") -> list[list[str]]:
    east, north = meta.cell_m
    rows = [
        [_("编号"), meta.digest],
        [_("来源"), meta.source],
        [_("坐标系"), meta.crs],
        [_("大小"), f"{meta.columns:,} × {meta.rows:,}"],
        [_("格子边长 m"), f"{east:g} × {north:g}"],
        [_("高程范围 m"), f"{meta.lowest_m:.1f} — {meta.highest_m:.1f}"],
        [_("没有高程的格子"), f"{meta.unknown_share:.2%}"],
    ]
    return rows + [[_("说明"), note] for note in meta.notes]


def _tell(own: Session, report: "StreetsReport") -> None:
    if own.as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    table(_("步行网"), [_("项目"), _("内容")], _network_rows(report.meta))
    _say_whether(written=report.written)


def _say_whether(*, written: bool) -> None:
    if written:
        messages.print(_("已保存并启用"), style="bold green", markup=False)
    else:
        messages.print(_("预检通过，没有写入"), markup=False)
