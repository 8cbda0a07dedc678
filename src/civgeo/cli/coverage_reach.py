"""``civgeo coverage reach``: who reaches a facility on foot, over files."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, steps, table
from civgeo.domain.reach_reason import ReachReason

if TYPE_CHECKING:
    from civgeo.services.reach_files import ReachOfFiles

__all__ = ["reach"]

MOST_FINDINGS = 20


def reach(
    context: typer.Context,
    facilities: Annotated[Path, typer.Option(help=_("设施图层：点或面，或有经度、纬度列的表"))],
    demand: Annotated[Path, typer.Option(help=_("需求点图层：小区、社区等"))],
    streets: Annotated[
        Path | None, typer.Option(help=_("步行网：线图层或 .osm.pbf；不给则按直线距离"))
    ] = None,
    barriers: Annotated[
        Path | None, typer.Option(help=_("阻隔图层：河流、铁路等线或面，用来说明绕行的原因"))
    ] = None,
    minutes: Annotated[str, typer.Option(help=_("步行分钟数"))] = "15",
    speed: Annotated[str, typer.Option(help=_("步行速度（米/秒）：老年人 0.8 至 1.0"))] = "1.0",
    weight: Annotated[
        str | None, typer.Option(help=_("权重列：户数或老年人口；默认取常见列名"))
    ] = None,
    capacity: Annotated[
        str | None, typer.Option(help=_("设施的容量列（如床位）：满了以后走得到也算未覆盖"))
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help=_("只算这种设施，名称或代码，可多次：如 老年助餐点；默认全部")),
    ] = None,
    snap: Annotated[float, typer.Option(min=0, help=_("离路上限（米），更远的不算在网上"))] = 200.0,
    crs: Annotated[
        str | None, typer.Option(help=_("坐标系：EPSG:编号、GCJ-02 或 BD-09；以此为准"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("另存逐点结果为 .geojson"))
    ] = None,
    summary: Annotated[Path | None, typer.Option(help=_("另存汇总为 JSON"))] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有未覆盖的需求时退出码为 1"))
    ] = False,
) -> None:
    """Compute, print, and save where asked."""
    from civgeo.analysis.reach import ReachTerms
    from civgeo.services.reach_files import (
        ReachFiles,
        reach_geojson,
        reach_of_files,
        reach_summary,
    )

    if output is not None and output.suffix.lower() not in (".geojson", ".json"):
        raise typer.BadParameter(f"{output}: {_('只能另存为 .geojson')}")
    terms = ReachTerms(_number(minutes), _number(speed), snap_limit_m=snap)
    files = ReachFiles(
        facilities, demand, streets, barriers, weight, crs, capacity, tuple(kind or ())
    )
    with steps(quiet=session(context).verbosity < 0) as progress:
        found = reach_of_files(files, terms, progress=progress)
    answer = reach_summary(found)
    text = json.dumps(answer, ensure_ascii=False, indent=2)
    if session(context).as_json:
        typer.echo(text)
    else:
        _print(found, answer)
    if summary is not None:
        summary.write_text(text, encoding="utf-8")
    if output is not None:
        output.write_bytes(reach_geojson(found))
    if fail_on_findings and answer["points"] != answer["points_reached"]:
        raise typer.Exit(1)


def _weight(column: str | None) -> str:
    names = {"households": _("户数"), "elders": _("老年人口数")}
    return _("点数") if column is None else names.get(column, column)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text}: {_('应为数')}") from None


def _print(found: "ReachOfFiles", answer: dict[str, object]) -> None:
    reasons = answer["reasons"]
    assert isinstance(reasons, dict)  # noqa: S101 it is made so
    method = _("步行网") if found.method == "network" else _("直线距离（不是步行距离）")
    rows = [[_("已覆盖"), str(answer["demand_reached"])]]
    rows += [
        [f"{_('未覆盖')}：{reason.label_zh}", str(reasons[reason.value])]
        for reason in ReachReason
        if reasons[reason.value]
    ]
    rows.append([_("合计"), str(answer["demand_total"])])
    terms = found.terms
    title = (
        f"{terms.minutes} {_('分钟')} {terms.speed_m_per_s} m/s {terms.limit_dm / 10:g} m {method}"
    )
    if found.simulated:
        title += f" 【{_('模拟数据')}】"
    table(title, [_("需求"), _weight(found.weight)], rows)
    if answer["share"] is not None:
        messages.print(f"{_('覆盖率')} {answer['ratio']} = {answer['share']:.2%}", markup=False)
    kinds = "、".join(found.kinds) or _("全部")
    messages.print(f"{_('设施')} {kinds} {found.facilities} {_('处')}", markup=False)
    if found.attribution:
        messages.print(f"{_('道路')} {found.attribution}", markup=False)
    for each in found.findings[:MOST_FINDINGS]:
        where = f"{each.file} {_('第')} {each.row} {_('行')}" if each.row else each.file
        messages.print(f"{where}: {each.message}", markup=False)
    if len(found.findings) > MOST_FINDINGS:
        messages.print(f"… {len(found.findings) - MOST_FINDINGS}", markup=False)
