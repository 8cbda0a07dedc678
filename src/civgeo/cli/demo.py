"""``civgeo demo``: a first coverage map of a real city, on simulated estates and facilities."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import Session, messages, session, steps, table, today
from civgeo.cli.serve import serve_store
from civgeo.domain.clock import BEIJING
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.formats.outlines import OutlineSource
    from civgeo.services.city import City

__all__ = ["demo", "outline_source"]

FOLDER = Path("civgeo-demo")


def demo(
    context: typer.Context,
    city: Annotated[str, typer.Option(help=_("地级市或县级市代码；990100 为虚构市"))] = "411700",
    directory: Annotated[Path, typer.Option("--dir", help=_("存放演示库与地图的文件夹"))] = FOLDER,
    source: Annotated[
        str, typer.Option("--outlines", help=_("轮廓来源：tianditu 或 amap"))
    ] = "tianditu",
    port: Annotated[int, typer.Option(min=0, max=65535, help=_("端口；0 为自动选择"))] = 8000,
    open_browser: Annotated[bool, typer.Option("--open", help=_("打开浏览器"))] = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help=_("生成后启动服务"))] = True,
) -> None:
    """Build the demonstration city where it is missing, say what is there, and serve it."""
    from civgeo.services.city import City
    from civgeo.services.demo import build_demo_city, complete_demo_city
    from civgeo.services.demo_results import demo_results_missing, write_demo_results
    from civgeo.services.mapping import missing_maps, write_maps
    from civgeo.store.store import FILE_NAME, Store

    quiet = session(context).verbosity < 0
    with steps(quiet=quiet) as progress:
        if not (directory / FILE_NAME).exists():
            build_demo_city(
                directory,
                city,
                today=datetime.now(BEIJING),
                progress=progress,
                source=outline_source(source),
            ).close()
        elif not quiet:
            messages.print(_("已有演示库，不作改动"))
        with Store.open(directory) as store:
            there = City(store, today())
            _require_city(there, city)
            complete_demo_city(there, directory, progress=progress)
            if missing_maps(there, directory / "maps"):
                write_maps(there, directory / "maps", progress=progress)
            if demo_results_missing(there, directory):
                write_demo_results(there, directory)
            _say_what_is_there(there, directory, session(context))
    if serve:
        serve_store(directory, "127.0.0.1", port, open_browser=open_browser)


def outline_source(name: str) -> "OutlineSource":
    """Outline source that the option names."""
    from civgeo.formats.outlines import OutlineSource

    if name not in set(OutlineSource):
        raise typer.BadParameter(f"--outlines {name}: " + " ".join(OutlineSource))
    return OutlineSource(name)


def _require_city(city: "City", asked: str) -> None:
    """Refuse to pass another city's store off as the one that was asked for."""
    from civgeo.domain.division import DivisionCode
    from civgeo.services.demo import inventory

    register, code = inventory(city).register, DivisionCode.parse(asked)
    if code != DivisionCode.parse(register.city):
        text = f"该文件夹里是{register.name}（{register.city}），不是 {code.text}"
        raise InvalidInput(f"{text}；请换文件夹：--dir ./{code.text}", code="other_city")
    if not register.simulated:
        text = f"该文件夹里是{register.name}的正式库，不是演示库"
        raise InvalidInput(f"{text}；请换文件夹：--dir ./civgeo-demo", code="production_store")


def _say_what_is_there(city: "City", directory: Path, called: Session) -> None:
    from civgeo.services.demo import inventory, lines_by_level
    from civgeo.services.site_layers import site_layers

    found = inventory(city)
    register = found.register
    made = register.created_at.astimezone(BEIJING)
    if called.as_json:
        answer = {
            "city": register.city,
            "name": register.name,
            "simulated": register.simulated,
            "created_at": made.isoformat(timespec="seconds"),
            "edition": register.edition,
            "counties": found.counties,
            **found.counts,
            "lines_by_level": lines_by_level(city),
            "site_layers": len(site_layers(city)),
            "directory": str(directory),
            "maps": str(directory / "maps"),
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    elif called.verbosity >= 0:
        rows = [
            [_("县区"), str(found.counties)],
            [_("区划"), str(found.counts["divisions"])],
            [_("小区（模拟）"), str(found.counts["estates"])],
            [_("设施（模拟）"), str(found.counts["facilities"])],
            [_("地名（真实与模拟）"), str(found.counts["place_names"])],
            [_("公墓与骨灰堂（模拟）"), str(found.counts["cemeteries"])],
            [_("散坟（模拟）"), str(found.counts["graves"])],
            [_("选址图层（模拟）"), str(len(site_layers(city)))],
            *_of_the_boundaries(city),
            [_("生成时间"), made.strftime("%Y-%m-%d %H:%M")],
            [_("文件夹"), str(directory)],
            [_("地图与表格"), str(directory / "maps")],
        ]
        title = f"{register.name} {register.city} 【{_('模拟数据')}】"
        table(title, [_("内容"), _("数量")], rows)


def _of_the_boundaries(city: "City") -> list[list[str]]:
    """Rows about lines, markers and the round that is under way."""
    from civgeo.domain.boundary_forms import BoundaryLevel
    from civgeo.services.demo import inventory, lines_by_level
    from civgeo.services.round_views import overdue_lines

    counts, levels = inventory(city).counts, lines_by_level(city)
    told = "，".join(f"{BoundaryLevel(level).label_zh} {n}" for level, n in levels.items() if n)
    late = {str(item["line"]) for item in overdue_lines(city)}
    return [
        [_("界线（由轮廓切出）"), f"{counts['boundary_lines']}" + (f"（{told}）" if told else "")],
        [_("三交点"), str(counts["tri_junctions"])],
        [_("界桩（模拟）"), str(counts["boundary_markers"])],
        [_("联检逾期的界线（模拟）"), str(len(late))],
    ]
