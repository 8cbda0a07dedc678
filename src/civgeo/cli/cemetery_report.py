"""``civgeo cemeteries report``, ``map``, ``graves-map``: sitings and graves as paper and map."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, steps, today

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from civgeo.services.city import City
    from civgeo.services.siting_answer import SitingAnswer

__all__ = ["graves_map", "report", "siting_map"]

Division = Annotated[str, typer.Option(help=_("区划代码：在它的边界内选址"))]
Level = Annotated[str, typer.Option(help=_("公墓级别：township、county 或 city"))]
Run = Annotated[str, typer.Option(help=_("公益性 public 或经营性 commercial"))]
On = Annotated[str | None, typer.Option(help=_("哪一天的规定和图层；默认今天"))]
MinArea = Annotated[str | None, typer.Option(help=_("最小面积（亩）；默认取当地施行的规定或规划"))]
Cell = Annotated[str | None, typer.Option(help=_("格子边长（米）；默认 10，太大的区划自动放大"))]
Slope = Annotated[
    str | None, typer.Option(help=_("坡度上限（度）：规划人员的要求；默认不按坡度排除"))
]
Layers = Annotated[
    list[str] | None, typer.Option(help=_("只用这些图层，编号，可多次；默认每种取最新的"))
]
Weights = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=N", help=_("排序权重，可多次，如 area_m2=2；默认各 1")),
]
BurialShare = Annotated[
    str | None, typer.Option(help=_("墓区占总面积的比例，如 0.4；与下两项齐备才算容量"))
]
PathArea = Annotated[str | None, typer.Option(help=_("每穴分摊的墓间路（平方米）"))]
PlotArea = Annotated[str | None, typer.Option(help=_("每穴墓穴占地（平方米）"))]
Top = Annotated[int, typer.Option(help=_("列出前几片候选地"))]


def report(
    context: typer.Context,
    division: Division,
    level: Level,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("另存为 .docx 或 .pdf"))],
    operation: Run = "public",
    on: On = None,
    min_area: MinArea = None,
    cell: Cell = None,
    slope: Slope = None,
    layer: Layers = None,
    weight: Weights = None,
    burial_share: BurialShare = None,
    path: PathArea = None,
    plot: PlotArea = None,
    top: Top = 20,
) -> None:
    """Write the siting report."""
    from civgeo.services.reach_report import ReportForm
    from civgeo.services.siting_report import siting_report

    form = _ending(output, tuple(ReportForm))
    number = settings(context).public_number

    def content(city: "City", answer: "SitingAnswer") -> bytes:
        return siting_report(city, answer, ReportForm(form), public_number=number)

    given = {
        "division": division,
        "level": level,
        "operation": operation,
        "on": on,
        "min_area_mu": min_area,
        "cell_m": cell,
        "slope_deg": slope,
        "layers": layer,
        "weights": _weights(weight),
        "burial_share": burial_share,
        "path_m2": path,
        "plot_m2": plot,
        "top": top,
    }
    _written(context, given, output, content)


def siting_map(
    context: typer.Context,
    division: Division,
    level: Level,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("另存为 .html、.png 或 .pdf"))],
    operation: Run = "public",
    on: On = None,
    min_area: MinArea = None,
    cell: Cell = None,
    slope: Slope = None,
    layer: Layers = None,
    weight: Weights = None,
    burial_share: BurialShare = None,
    path: PathArea = None,
    plot: PlotArea = None,
    top: Top = 20,
) -> None:
    """Write the map of a siting."""
    from civgeo.maps.static import PictureFormat
    from civgeo.services.siting_maps import siting_chart, siting_drawing

    form = _ending(output, ("html", *PictureFormat))
    number = settings(context).public_number

    def content(city: "City", answer: "SitingAnswer") -> bytes:
        if form == "html":
            return siting_chart(city, answer, public_number=number).to_single_file().encode()
        return siting_drawing(city, answer, PictureFormat(form), public_number=number)

    given = {
        "division": division,
        "level": level,
        "operation": operation,
        "on": on,
        "min_area_mu": min_area,
        "cell_m": cell,
        "slope_deg": slope,
        "layers": layer,
        "weights": _weights(weight),
        "burial_share": burial_share,
        "path_m2": path,
        "plot_m2": plot,
        "top": top,
    }
    _written(context, given, output, content)


def graves_map(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("另存为 .html"))],
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    roads: Annotated[
        str | None, typer.Option(help=_("从哪些道路看，逗号分开；默认公路主干线与铁路"))
    ] = None,
    max_m: Annotated[
        str | None, typer.Option(help=_("最远看多远（米），默认 3000；没有法定数值"))
    ] = None,
    corridor_m: Annotated[
        str | None,
        typer.Option(help=_("道路两侧这么多米内的也列入；没有高程模型时只按此，默认同 --max-m")),
    ] = None,
    land: Annotated[
        bool, typer.Option("--land", help=_("规定禁止建造坟墓的土地上的也列入"))
    ] = False,
    on: Annotated[str | None, typer.Option(help=_("哪一天的登记资料；默认今天"))] = None,
) -> None:
    """Write the map of scattered graves, which is for officers."""
    from civgeo.services.city import City
    from civgeo.services.grave_maps import graves_chart
    from civgeo.services.grave_question import grave_question
    from civgeo.services.graves import city_graves
    from civgeo.store.store import Store

    _ending(output, ("html",))
    named = [each.strip() for each in (roads or "").split(",") if each.strip()]
    given = {"division": division, "roads": named, "max_m": max_m, "corridor_m": corridor_m}
    question = grave_question(given | {"land": land, "on": on})
    chosen = settings(context)
    with (
        Store.open(chosen.store) as store,
        steps(quiet=session(context).verbosity < 0) as progress,
    ):
        city = City(store, today())
        found = city_graves(city, question, progress=progress)
        page = graves_chart(city, found, public_number=chosen.public_number).to_single_file()
    output.write_bytes(page.encode())
    messages.print(f"{_('已保存')} {output}", markup=False)


def _ending(output: Path, known: tuple[str, ...]) -> str:
    form = output.suffix.lower().removeprefix(".")
    if form not in known:
        endings = " ".join(f".{each}" for each in known)
        raise typer.BadParameter(f"{output}: {_('只能另存为')} {endings}")
    return form


def _weights(given: list[str] | None) -> dict[str, str] | None:
    pairs = [text.partition("=") for text in given or ()]
    return {name.strip(): number.strip() for name, _equals, number in pairs} or None


def _written(
    context: typer.Context,
    given: "Mapping[str, object]",
    output: Path,
    content: "Callable[[City, SitingAnswer], bytes]",
) -> None:
    """Answer the question and write what is made of the answer."""
    from civgeo.services.city import City
    from civgeo.services.siting import site
    from civgeo.services.siting_question import siting_question
    from civgeo.store.store import Store

    question = siting_question(given)
    with (
        Store.open(settings(context).store) as store,
        steps(quiet=session(context).verbosity < 0) as progress,
    ):
        city = City(store, today())
        written = content(city, site(city, question, progress=progress))
    output.write_bytes(written)
    messages.print(f"{_('已保存')} {output}", markup=False)
