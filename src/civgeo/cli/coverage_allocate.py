"""``civgeo coverage allocate``: where the next facilities should be, over files."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, steps, table

if TYPE_CHECKING:
    from civgeo.services.layout_files import LayoutOfFiles

__all__ = ["allocate"]

MOST_FINDINGS = 20


def allocate(
    context: typer.Context,
    facilities: Annotated[Path, typer.Option(help=_("现有设施图层：保留，不计入新开数"))],
    candidates: Annotated[Path, typer.Option(help=_("候选点图层"))],
    demand: Annotated[Path, typer.Option(help=_("需求点图层：小区、社区等"))],
    model: Annotated[
        str,
        typer.Option(
            help=_(
                "lscp 最少点位全覆盖，mclp 最大覆盖，pmedian 总距离最短，"
                "capacitated 有容量的最大覆盖与分配"
            )
        ),
    ],
    streets: Annotated[
        Path | None, typer.Option(help=_("步行网：线图层或 .osm.pbf；不给则按直线距离"))
    ] = None,
    number: Annotated[int | None, typer.Option("-p", min=0, help=_("新开点位数，含必开的"))] = None,
    capacity: Annotated[
        str | None, typer.Option(help=_("设施和候选点的容量列：能服务的人数或户数"))
    ] = None,
    weight: Annotated[
        str | None, typer.Option(help=_("权重列：户数或老年人口；默认取常见列名"))
    ] = None,
    minutes: Annotated[
        str | None, typer.Option(help=_("步行分钟数；默认 15，pmedian 默认不限"))
    ] = None,
    speed: Annotated[str, typer.Option(help=_("步行速度（米/秒）：老年人 0.8 至 1.0"))] = "1.0",
    kind: Annotated[
        list[str] | None,
        typer.Option(help=_("现有设施只算这种，名称或代码，可多次：如 老年助餐点；默认全部")),
    ] = None,
    snap: Annotated[float, typer.Option(min=0, help=_("离路上限（米），更远的不算在网上"))] = 200.0,
    required: Annotated[
        str | None, typer.Option(help=_("必开的候选点：是否列的列名，或逗号分开的编号"))
    ] = None,
    forbidden: Annotated[
        str | None, typer.Option(help=_("禁用的候选点：是否列的列名，或逗号分开的编号"))
    ] = None,
    quota: Annotated[
        list[str] | None, typer.Option(help=_("县区配额，可多次：区划代码=下限..上限"))
    ] = None,
    county: Annotated[str | None, typer.Option(help=_("候选点的县区代码列，用于配额"))] = None,
    time_limit: Annotated[
        float, typer.Option(min=0.1, help=_("求解限时（秒）；到时给出当时最好的方案和界"))
    ] = 60.0,
    gap: Annotated[
        str, typer.Option(help=_("最优性差距达到此数即停，如 0.001；默认求到最优"))
    ] = "0",
    crs: Annotated[
        str | None, typer.Option(help=_("坐标系：EPSG:编号、GCJ-02 或 BD-09；以此为准"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("另存点位和分配结果为 .geojson"))
    ] = None,
    summary: Annotated[Path | None, typer.Option(help=_("另存汇总为 JSON"))] = None,
) -> None:
    """Compute, print, and save where asked."""
    from civgeo.analysis.layout_problem import Effort, LayoutModel
    from civgeo.services.layout_files import LayoutFiles, LayoutTerms, layout_of_files, quota_of
    from civgeo.services.layout_views import layout_geojson, layout_summary

    if model not in set(LayoutModel):
        raise typer.BadParameter(f"{model}: " + " ".join(LayoutModel))
    if output is not None and output.suffix.lower() not in (".geojson", ".json"):
        raise typer.BadParameter(f"{output}: {_('只能另存为 .geojson')}")
    terms = LayoutTerms(
        LayoutModel(model),
        number,
        dict(quota_of(text) for text in quota or ()),
        None if minutes is None else _number(minutes),
        _number(speed),
        snap,
    )
    files = LayoutFiles(
        *(facilities, candidates, demand, streets, weight),
        *(capacity, county, required, forbidden, crs),
        kinds=tuple(kind or ()),
    )
    with steps(quiet=session(context).verbosity < 0) as progress:
        effort = Effort(time_limit, float(_number(gap)), progress)
        found = layout_of_files(files, terms, effort=effort, progress=progress)
    text = json.dumps(layout_summary(found), ensure_ascii=False, indent=2)
    if session(context).as_json:
        typer.echo(text)
    else:
        _print(found)
    if summary is not None:
        summary.write_text(text, encoding="utf-8")
    if output is not None:
        output.write_bytes(layout_geojson(found))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text}: {_('应为数')}") from None
    if not number.is_finite() or number < 0:
        raise typer.BadParameter(f"{text}: {_('应为数')}")
    return number


def _print(found: "LayoutOfFiles") -> None:
    from civgeo.domain.quantity import fixed
    from civgeo.services.layout_views import layout_rows
    from civgeo.services.planning_files import counted_in

    unit = counted_in(found.demand, found.weight)
    answer, limit = found.answer, found.terms.limit_dm
    method = _("步行网") if found.on_streets else _("直线距离（不是步行距离）")
    within = _("不限距离") if limit is None else f"{limit / 10:g} m"
    columns = [
        *(_("编号"), _("名称"), _("类别"), f"{_('服务')} {unit}"),
        *(f"{_('独自增加')} {unit}", f"{_('少走')} {unit}·{_('米')}", _("容量")),
    ]
    title = f"{answer.model.label_zh} {within} {method}"
    if found.simulated:
        title += f" 【{_('模拟数据')}】"
    table(title, columns, layout_rows(found))
    say = [f"{_('结论')}：{answer.status.label_zh}", *answer.reasons]
    if answer.objective is not None:
        say.append(f"{_('目标值')} {fixed(answer.objective, 1)} {answer.unit}")
    if answer.bound is not None and answer.gap is not None:
        say.append(f"{_('界')} {fixed(answer.bound, 1)}，{_('差距')} {float(answer.gap):.4%}")
    say.append(f"{_('服务')} {unit} {fixed(answer.served, 0)} / {fixed(answer.people, 0)}")
    say += [each.message for each in answer.binding]
    if found.attribution:
        say.append(f"{_('道路')} {found.attribution}")
    for line in say:
        messages.print(line, markup=False)
    for each in found.findings[:MOST_FINDINGS]:
        where = f"{each.file} {_('第')} {each.row} {_('行')}: " if each.row else ""
        messages.print(f"{where}{each.message}", markup=False)
    if len(found.findings) > MOST_FINDINGS:
        messages.print(f"… {len(found.findings) - MOST_FINDINGS}", markup=False)
