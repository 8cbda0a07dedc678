"""``civgeo cemeteries site``: where in a division a cemetery may lie, a place, or parcels."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, steps, table
from civgeo.cli.opened import city_of, pairs

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.siting_answer import SitingAnswer
    from civgeo.services.siting_parcels import ParcelAnswer
    from civgeo.services.siting_question import SitingQuestion

__all__ = ["site"]

_ENDINGS = (".json", ".geojson", ".xlsx")
_Writer = Callable[[], bytes]


def site(
    context: typer.Context,
    division: Annotated[str, typer.Option(help=_("区划代码：在它的边界内选址"))],
    level: Annotated[str, typer.Option(help=_("公墓级别：township、county 或 city"))],
    operation: Annotated[str, typer.Option(help=_("公益性 public 或经营性 commercial"))] = "public",
    on: Annotated[str | None, typer.Option(help=_("哪一天的规定和图层；默认今天"))] = None,
    at: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help=_("只问这一处：列出排除它的规定和图层"))
    ] = None,
    parcels: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("逐块核对这些地块，代替连片的候选地"))
    ] = None,
    min_area: Annotated[
        str | None, typer.Option(help=_("最小面积（亩）；默认取当地施行的规定或规划"))
    ] = None,
    cell: Annotated[
        str | None, typer.Option(help=_("格子边长（米）；默认 10，太大的区划自动放大"))
    ] = None,
    slope: Annotated[
        str | None, typer.Option(help=_("坡度上限（度）：规划人员的要求；默认不按坡度排除"))
    ] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help=_("只用这些图层，编号，可多次；默认每种取最新的"))
    ] = None,
    elevation: Annotated[
        str | None, typer.Option(help=_("高程模型的编号，none 为不用；默认最新的"))
    ] = None,
    rules_edition: Annotated[
        str | None, typer.Option(help=_("按从前的规定版次重算；默认现行的"))
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=N", help=_("排序权重，可多次，如 area_m2=2；默认各 1")),
    ] = None,
    admit_unknown: Annotated[
        bool, typer.Option("--admit-unknown", help=_("图层没有覆盖到的地方也可划入候选地"))
    ] = False,
    burial_share: Annotated[
        str | None, typer.Option(help=_("墓区占总面积的比例，如 0.4；与下两项齐备才算容量"))
    ] = None,
    path: Annotated[str | None, typer.Option(help=_("每穴分摊的墓间路（平方米）"))] = None,
    plot: Annotated[str | None, typer.Option(help=_("每穴墓穴占地（平方米）"))] = None,
    observer: Annotated[str, typer.Option(help=_("公路上的视高（米）"))] = "1.5",
    every: Annotated[str, typer.Option(help=_("公路上观察点的最大间距（米）"))] = "200",
    view: Annotated[str, typer.Option(help=_("看到多远（米），至多 10000"))] = "3000",
    top: Annotated[int, typer.Option(help=_("列出前几片候选地"))] = 20,
    firm_top: Annotated[int, typer.Option(help=_("权重浮动时，计入前几名的次数"))] = 5,
    spread: Annotated[str, typer.Option(help=_("权重浮动的幅度，0 至 1"))] = "0.5",
    draws: Annotated[int, typer.Option(help=_("权重随机浮动的次数"))] = 1000,
    seed: Annotated[int, typer.Option(help=_("随机数种子"))] = 1,
    crs: Annotated[
        str | None, typer.Option(help=_("地块文件的坐标系，如 EPSG:4547；先于文件所写的"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("另存为 .geojson、.xlsx 或 .json"))
    ] = None,
) -> None:
    """Answer for the division, one place or some parcels; print, and save where asked."""
    from civgeo.services.siting_question import siting_question

    if output is not None and output.suffix.lower() not in _ENDINGS:
        raise typer.BadParameter(f"{output}: {_('只能另存为')} {' '.join(_ENDINGS)}")
    if at is not None and parcels is not None:
        raise typer.BadParameter(_("--at 与 --parcels 只写一项"))
    weights = pairs(weight, "--weight", "--weight area_m2=2")
    given = {
        "division": division,
        "level": level,
        "operation": operation,
        "on": on,
        "min_area_mu": min_area,
        "cell_m": cell,
        "slope_deg": slope,
        "layers": layer,
        "elevation": elevation,
        "rules_edition": rules_edition,
        "weights": weights or None,
        "admit_unknown": admit_unknown,
        "burial_share": burial_share,
        "path_m2": path,
        "plot_m2": plot,
        "observer_m": observer,
        "every_m": every,
        "view_m": view,
        "top": top,
        "firm_top": firm_top,
        "spread": spread,
        "draws": draws,
        "seed": seed,
    }
    question = siting_question(given)
    with city_of(context) as city:
        if at is not None:
            _spot(context, city, question, at, output)
        elif parcels is not None:
            _parcels(context, city, question, (parcels, crs), output)
        else:
            _candidates(context, city, question, output)


def _spot(
    context: typer.Context, city: "City", question: "SitingQuestion", at: str, output: Path | None
) -> None:
    from civgeo.services.siting import site_at
    from civgeo.services.siting_views import kind_label, spot_document

    found = site_at(city, question, *_place(at))
    told = _document(spot_document(found))
    _save(output, {".json": lambda: told.encode()})
    if session(context).as_json:
        typer.echo(told)
        return
    rows = [
        [
            kind_label(each.kind.value),
            each.text,
            "" if each.rule is None else each.rule.id,
            "" if each.layer is None else f"{each.layer.title} {each.layer.layer_date}",
        ]
        for each in found.constraints
    ]
    table(at, [_("标记"), _("内容"), _("规则编号"), _("图层")], rows)
    messages.print(found.headline, markup=False, soft_wrap=True)


def _place(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise typer.BadParameter(f"--at {text[:40]}: {_('应写成 经度,纬度')}") from None
    return lon, lat


def _candidates(
    context: typer.Context, city: "City", question: "SitingQuestion", output: Path | None
) -> None:
    from civgeo.services.siting import site as sited
    from civgeo.services.siting_views import candidates_geojson, siting_document, siting_spreadsheet

    with steps(quiet=session(context).verbosity < 0) as progress:
        answer = sited(city, question, progress=progress)
    told = _document(siting_document(answer))
    forms: dict[str, _Writer] = {
        ".json": lambda: told.encode(),
        ".geojson": lambda: candidates_geojson(answer),
        ".xlsx": lambda: siting_spreadsheet(answer),
    }
    _save(output, forms)
    if session(context).as_json:
        typer.echo(told)
    else:
        _print_candidates(answer)


def _parcels(
    context: typer.Context,
    city: "City",
    question: "SitingQuestion",
    given: tuple[Path, str | None],
    output: Path | None,
) -> None:
    from civgeo.services.siting_parcel_views import (
        parcels_document,
        parcels_geojson,
        parcels_spreadsheet,
    )
    from civgeo.services.siting_parcels import read_parcels, site_parcels

    file, crs = given
    with steps(quiet=session(context).verbosity < 0) as progress:
        answer = site_parcels(city, question, read_parcels(file, crs=crs), progress=progress)
    told = _document(parcels_document(answer))
    forms: dict[str, _Writer] = {
        ".json": lambda: told.encode(),
        ".geojson": lambda: parcels_geojson(answer),
        ".xlsx": lambda: parcels_spreadsheet(answer),
    }
    _save(output, forms)
    if session(context).as_json:
        typer.echo(told)
    else:
        _print_parcels(answer)


def _document(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


def _save(output: Path | None, forms: Mapping[str, _Writer]) -> None:
    if output is None:
        return
    writer = forms.get(output.suffix.lower())
    if writer is None:
        raise typer.BadParameter(f"{output}: {_('只能另存为')} {' '.join(forms)}")
    output.write_bytes(writer())


def _print_candidates(answer: "SitingAnswer") -> None:
    columns = [_("名次"), _("面积（亩）"), _("中心"), _("所在乡镇"), _("仍在前列"), _("说明")]
    rows = [
        [
            str(row["rank"]),
            f"{row['area_mu']:,.1f}",
            f"{row['centroid_lon']:.5f},{row['centroid_lat']:.5f}",
            row["township"] or "",
            f"{row['top_share']:.0%}",
            str(row["text"]),
        ]
        for row in answer.candidates.to_dict("records")
    ]
    title = f"{answer.region_name} {_('候选地')} {len(rows)}/{answer.candidates_found}"
    table(title, columns, rows)
    _say([answer.headline, *answer.notes, *(gap.text for gap in answer.missing)])


def _print_parcels(answer: "ParcelAnswer") -> None:
    rows = [
        [str(id), str(row["name"]), str(row["text"])]
        for id, row in zip(answer.parcels.index, answer.parcels.to_dict("records"), strict=True)
    ]
    table(_("地块"), [_("编号"), _("名称"), _("说明")], rows)
    _say([answer.headline, *answer.notes, *(gap.text for gap in answer.missing)])


def _say(lines: list[str]) -> None:
    for line in lines:
        messages.print(line, markup=False, soft_wrap=True)
