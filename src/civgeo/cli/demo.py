"""``civgeo demo``: a first coverage map of a real city, on simulated estates and facilities."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, steps, table, today
from civgeo.cli.serve import serve_store
from civgeo.domain.clock import BEIJING

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
    port: Annotated[int, typer.Option(help=_("端口；0 为自动选择"))] = 8000,
    open_browser: Annotated[bool, typer.Option("--open", help=_("打开浏览器"))] = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help=_("生成后启动服务"))] = True,
) -> None:
    """Build the demonstration city where it is missing, say what is there, and serve it."""
    from civgeo.services.city import City
    from civgeo.services.demo import build_demo_city
    from civgeo.services.mapping import write_maps
    from civgeo.store.store import FILE_NAME, Store

    if (directory / FILE_NAME).exists():
        with Store.open(directory) as store:
            _say_what_is_there(City(store, today()), directory, asked=city)
    else:
        with steps(quiet=session(context).verbosity < 0) as progress:
            now = datetime.now(BEIJING)
            with build_demo_city(
                directory, city, today=now, progress=progress, source=outline_source(source)
            ) as store:
                write_maps(City(store, today()), directory / "maps", progress=progress)
        with Store.open(directory) as store:
            _say_what_is_there(City(store, today()), directory, asked=city)
    if serve:
        serve_store(directory, "127.0.0.1", port, open_browser=open_browser)


def outline_source(name: str) -> "OutlineSource":
    """Outline source that the option names."""
    from civgeo.formats.outlines import OutlineSource

    if name not in set(OutlineSource):
        raise typer.BadParameter(f"--outlines {name}: " + " ".join(OutlineSource))
    return OutlineSource(name)


def _say_what_is_there(city: "City", directory: Path, *, asked: str) -> None:
    from civgeo.domain.division import DivisionCode
    from civgeo.services.demo import inventory

    found = inventory(city)
    register = found.register
    rows = [
        [_("县区"), str(found.counties)],
        [_("区划"), str(found.counts["divisions"])],
        [_("小区（模拟）"), str(found.counts["estates"])],
        [_("设施（模拟）"), str(found.counts["facilities"])],
        [_("生成时间"), register.created_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")],
        [_("文件夹"), str(directory)],
        [_("地图与表格"), str(directory / "maps")],
    ]
    table(f"{register.name} {register.city} 【{_('模拟数据')}】", [_("内容"), _("数量")], rows)
    if DivisionCode.parse(asked).text != register.city:
        text = _("该文件夹里已是另一座城市；要生成新的，请用 --dir 指定另一个文件夹")
        messages.print(f"{text}: {asked}", style="yellow", markup=False)
