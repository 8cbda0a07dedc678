"""``civgeo cemeteries graves``: scattered graves in sight of roads, and where they should go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, steps, table
from civgeo.cli.opened import city_of

if TYPE_CHECKING:
    from civgeo.services.graves import GraveAnswer

__all__ = ["graves"]

_FORMS = (".xlsx", ".geojson", ".json")


def graves(
    context: typer.Context,
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    roads: Annotated[
        str | None,
        typer.Option(
            help=_(
                "从哪些道路看，逗号分开：trunk_road motorway national_road provincial_road"
                " county_road township_road railway highspeed_railway；默认公路主干线与铁路"
            )
        ),
    ] = None,
    observer_m: Annotated[
        str | None, typer.Option(help=_("视高（米），默认 1.5；没有法定数值"))
    ] = None,
    every_m: Annotated[
        str | None, typer.Option(help=_("沿路观察点间距（米），默认 100；没有法定数值"))
    ] = None,
    max_m: Annotated[
        str | None, typer.Option(help=_("最远看多远（米），默认 3000；没有法定数值"))
    ] = None,
    target_m: Annotated[
        str | None, typer.Option(help=_("墓碑高（米），默认 1；没有法定数值"))
    ] = None,
    corridor_m: Annotated[
        str | None,
        typer.Option(help=_("道路两侧这么多米内的也列入；没有高程模型时只按此，默认同 --max-m")),
    ] = None,
    elevation: Annotated[
        str | None, typer.Option(help=_("高程模型的编号，none 为不用；默认最近导入的"))
    ] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help=_("选址图层的编号，可多次；默认在用的各图层"))
    ] = None,
    land: Annotated[
        bool, typer.Option("--land", help=_("规定禁止建造坟墓的土地上的也列入"))
    ] = False,
    divide: Annotated[
        bool, typer.Option("--divide", help=_("成片的散坟可拆分到几处公墓；默认整处安置"))
    ] = False,
    on: Annotated[str | None, typer.Option(help=_("哪一天的登记资料；默认今天"))] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx、.geojson 或 .json"))
    ] = None,
) -> None:
    """Compute, print, and save where asked."""
    from civgeo.services.grave_question import grave_question
    from civgeo.services.graves import city_graves

    if output is not None and output.suffix.lower() not in _FORMS:
        refused = _("只能另存为 .xlsx、.geojson 或 .json")
        raise typer.BadParameter(f"{output}: {refused}")
    given = {
        "division": division,
        "roads": [each.strip() for each in (roads or "").split(",") if each.strip()],
        "observer_m": observer_m,
        "every_m": every_m,
        "max_m": max_m,
        "target_m": target_m,
        "corridor_m": corridor_m,
        "elevation": elevation,
        "layers": layer or [],
        "land": land,
        "divide": divide,
        "on": on,
    }
    question = grave_question(given)
    with city_of(context) as city, steps(quiet=session(context).verbosity < 0) as progress:
        found = city_graves(city, question, progress=progress)
    if output is not None:
        _write(output, found)
        messages.print(_("已保存"), str(output), markup=False)
    _print(found, as_json=session(context).as_json)


def _write(output: Path, found: "GraveAnswer") -> None:
    from civgeo.services.graves_views import graves_geojson, graves_json, graves_spreadsheet

    forms = {".xlsx": graves_spreadsheet, ".geojson": graves_geojson, ".json": graves_json}
    output.write_bytes(forms[output.suffix.lower()](found))


def _print(found: "GraveAnswer", *, as_json: bool) -> None:
    from civgeo.services.graves_views import graves_json
    from civgeo.services.graves_words import headline, notes

    if as_json:
        typer.echo(graves_json(found).decode())
        return
    counts = ["places", "graves", "to_move", "moved", "screened", "undecided"]
    titles = [_("处"), _("座"), _("列入迁移"), _("已迁移"), _("已遮挡"), _("不能判断")]
    subject, simulated = _("散坟迁移"), _("模拟数据")
    mark = f" 【{simulated}】" if found.simulated else ""
    for title, rows, names in (
        (_("按道路"), found.by_road, {"list_road": _("道路")}),
        (_("按乡镇"), found.by_township, {"township": _("代码"), "township_name": _("名称")}),
    ):
        cells = rows[[*names, *counts]].astype(str).to_numpy().tolist()
        table(f"{subject} {title}{mark}", [*names.values(), *titles], cells)
    for line in (headline(found), *notes(found), *(each.message for each in found.findings)):
        messages.print(line, markup=False)
