"""``civgeo cemeteries layout``: who has which funeral facility, and where the next should be."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, table
from civgeo.cli.opened import city_of, pairs

if TYPE_CHECKING:
    from civgeo.services.city import City
    from civgeo.services.funeral_coverage import AskResult
    from civgeo.services.funeral_proposal_views import Proposal

__all__ = ["layout"]

_SUFFIXES = (".geojson", ".json", ".csv")


def layout(
    context: typer.Context,
    propose: Annotated[
        str | None,
        typer.Option(
            help=_("提出方案：stations columbaria burial_points cemeteries；不给则列现状")
        ),
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--p", min=1, help=_("服务站：每县共几处（含已有的）；其他：新设几处")),
    ] = None,
    division: Annotated[str | None, typer.Option(help=_("区划代码；默认全市"))] = None,
    on: Annotated[str | None, typer.Option(help=_("哪一天的登记 YYYY-MM-DD；默认今天"))] = None,
    distance: Annotated[
        str, typer.Option(help=_("straight 直线距离；street 沿路网距离（步行网，不是车行网）"))
    ] = "straight",
    snap: Annotated[
        str | None, typer.Option(help=_("沿路网时离路上限（米），默认 2000，离路部分按直线计"))
    ] = None,
    weight: Annotated[
        str, typer.Option(help=_("权重：population deaths ashes，equal 为每个乡镇计 1"))
    ] = "population",
    years: Annotated[
        str | None, typer.Option(help=_("deaths、ashes 计几年的，从当年起，默认 1"))
    ] = None,
    rate: Annotated[str | None, typer.Option(help=_("没有登记死亡率的用这个，‰"))] = None,
    share: Annotated[str | None, typer.Option(help=_("没有登记安葬比例的，用这个，0 到 1"))] = None,
    centre: Annotated[
        str, typer.Option(help=_("方向从哪里看：seat 县城，people 人口重心"))
    ] = "seat",
    seat: Annotated[
        list[str] | None, typer.Option(help=_("县城位置，可多次：区划代码=经度,纬度"))
    ] = None,
    min_angle: Annotated[
        str | None, typer.Option(help=_("算作不同方向的最小夹角（度），默认 90；规划没有规定"))
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help=_("pmedian 总距离最短（默认），mclp 最大覆盖，capacitated 有容量")),
    ] = None,
    max_km: Annotated[str | None, typer.Option(help=_("最大服务距离（公里），mclp 必须给"))] = None,
    capacity_of_new: Annotated[
        str | None, typer.Option(help=_("每处新设施能安放的骨灰数，用于 capacitated"))
    ] = None,
    level: Annotated[
        str | None, typer.Option(help=_("现有的只算这一级：village township county city"))
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0.1, max=600, help=_("求解限时（秒）"))] = 60.0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("另存为 .geojson、.json 或 .csv"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有规划要求没有达到时退出码为 1"))
    ] = False,
) -> None:
    """Print the coverage, or a proposal."""
    if output is not None and output.suffix.lower() not in _SUFFIXES:
        told = _("只能另存为 .geojson、.json 或 .csv")
        raise typer.BadParameter(f"{output}: {told}")
    terms: dict[str, object] = {
        "division": division,
        "on": on,
        "distance": distance,
        "snap_m": snap,
        "weight": weight,
        "years": years,
        "death_rate_per_mille": rate,
        "share": share,
        "centre": centre,
        "seats": _seats(seat),
        "min_angle_deg": min_angle,
    }
    sited = {"model": model, "max_km": max_km, "capacity_of_new": capacity_of_new, "level": level}
    with city_of(context) as city:
        if propose is not None:
            _require_number(number)
            asked = {"propose": propose, "p": number, "seconds": str(time_limit), **sited}
            _propose(context, city, terms | asked, output)
        else:
            unused = [key for key, value in sited.items() if value is not None]
            if unused or number is not None:
                raise typer.BadParameter(_("--p、--model 等要与 --propose 同用"))
            missed = _cover(context, city, terms, output)
            if fail_on_findings and missed:
                raise typer.Exit(1)


def _require_number(number: int | None) -> None:
    if number is None:
        raise typer.BadParameter(_("--propose 要给 --p"))


def _seats(given: list[str] | None) -> dict[str, list[str]] | None:
    example = "411721=114.02,33.38"
    found = pairs(given, "--seat", example)
    return {code: text.split(",") for code, text in found.items()} or None


def _cover(
    context: typer.Context, city: "City", given: dict[str, object], output: Path | None
) -> bool:
    """Print and save the coverage; whether a target is missed."""
    from civgeo.domain.fields import Fields
    from civgeo.services.funeral_coverage import funeral_coverage
    from civgeo.services.funeral_question import TERM_KEYS, funeral_terms
    from civgeo.services.funeral_stations import station_layout
    from civgeo.services.funeral_tables import (
        COVERED,
        ask_rows,
        county_rows,
        station_rows,
        unit_rows,
    )
    from civgeo.services.funeral_views import coverage_document, coverage_geojson

    terms = funeral_terms(Fields(given, TERM_KEYS))
    found = funeral_coverage(city, on=terms.on, division=terms.division)
    stations = station_layout(found.data, terms)
    text = json.dumps(coverage_document(found, stations, terms), ensure_ascii=False, indent=2)
    if output is not None:
        _save(output, text, coverage_geojson(found), [COVERED, *unit_rows(found)])
    if session(context).as_json:
        typer.echo(text)
    else:
        title = _titled(_("殡葬设施布局"), simulated=found.data.register.simulated)
        columns = [_("要求"), _("性质"), _("目标"), _("现状"), _("结论"), _("没有的单元")]
        table(f"{title} {found.data.on}", columns, ask_rows(found))
        heads, rows = county_rows(found)
        table(_("县区有无"), [_("代码"), _("名称"), *heads], rows)
        columns = [_("县区"), _("服务站"), _("不同乡镇"), _("方位与夹角"), _("不同方向")]
        columns += [_("离站近的人占"), _("平均到站 m"), _("最远乡镇")]
        label = f"{terms.distance.label_zh}；{terms.weight.label_zh}"
        stationed = _("殡仪服务站")
        table(f"{stationed}（{label}）", columns, station_rows(stations))
        _notes(found.asks)
    return any(result.meets is False for result in found.asks)


def _notes(asks: "Sequence[AskResult]") -> None:
    from civgeo.services.funeral_views import MODEL_ZH

    if not asks:
        messages.print(_("随带的规划要求中没有本市的，只列有无"), markup=False)
    for result in asks:
        for line in filter(None, (result.reason, *result.notes)):
            messages.print(f"{result.ask.name}：{line}", markup=False, soft_wrap=True)
    messages.print(MODEL_ZH, markup=False, soft_wrap=True)


def _propose(
    context: typer.Context, city: "City", given: dict[str, object], output: Path | None
) -> None:
    from civgeo.services.funeral_proposal_views import (
        proposal_document,
        proposal_geojson,
        proposed,
        served_rows,
    )
    from civgeo.services.funeral_question import funeral_proposal

    found = proposed(city, funeral_proposal(given))
    text = json.dumps(proposal_document(found), ensure_ascii=False, indent=2)
    columns = [_("代码"), _("乡镇"), _("去处"), _("距离 m")]
    if output is not None:
        _save(output, text, proposal_geojson(found), [columns, *served_rows(found)])
    if session(context).as_json:
        typer.echo(text)
    else:
        _print(found)
        table(_("去处"), columns, served_rows(found))


def _print(found: "Proposal") -> None:
    from civgeo.services.funeral_station_proposal import StationProposal
    from civgeo.services.funeral_tables import proposal_lines, station_proposal_rows

    asked = found.asked
    title = _titled(asked.what.label_zh, simulated=found.data.register.simulated)
    label = f"{title} p={asked.p}（{asked.terms.distance.label_zh}；{asked.terms.weight.label_zh}）"
    if isinstance(found, StationProposal):
        columns = [_("县区"), _("已有"), _("拟设乡镇"), _("结论"), _("目标值＝界")]
        columns += [_("试过的选法"), _("不限方向时"), _("平均到站 m")]
        table(label, columns, station_proposal_rows(found))
    else:
        messages.print(label, markup=False, soft_wrap=True)
        for line in proposal_lines(found):
            messages.print(line, markup=False, soft_wrap=True)


def _titled(title: str, *, simulated: bool) -> str:
    return f"{title}【{_('模拟数据')}】" if simulated else title


def _save(output: Path, text: str, geojson: bytes, rows: Sequence[Sequence[str]]) -> None:
    from civgeo.formats.export_files import csv_content

    suffix = output.suffix.lower()
    if suffix == ".geojson":
        output.write_bytes(geojson)
    elif suffix == ".json":
        output.write_text(text, encoding="utf-8")
    else:
        output.write_bytes(csv_content(rows[0], rows[1:]))
    messages.print(f"{_('已保存')}: {output}", markup=False)
