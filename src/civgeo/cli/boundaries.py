"""``civgeo boundaries``: marker numbers, directions, witness marks, walks and checks of lines."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import boundary_entries, boundary_works
from civgeo.cli.console import messages, session, steps, table
from civgeo.cli.jsonl import run_lines
from civgeo.errors import InvalidInput
from civgeo.services.boundary_answers import (
    DIRECTION_KEYS,
    MARKER_KEYS,
    WITNESS_KEYS,
    direction_answer,
    marker_answer,
    witness_answer,
)

if TYPE_CHECKING:
    from civgeo.services.boundary_check import LinesCheck
    from civgeo.services.boundary_walk import LineWalk

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
group.add_typer(boundary_entries.entries, name="entry", help=_("界线、界桩等的登记与更正"))
group.add_typer(boundary_works.works, name="work", help=_("界桩的修复、移动、增设、废弃，逐步办理"))
MOST_ROWS = 40
FORMS = (".geojson", ".json")

Source = Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))]
FailOnFindings = Annotated[bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))]
Lines = Annotated[
    Path, typer.Argument(help=_("界线图层：GeoPackage、GeoJSON、Shapefile、KML 等，或其 zip"))
]
Markers = Annotated[
    Path | None, typer.Option(help=_("界桩图层，或有经度、纬度列的表；须有界桩编号列"))
]
Crs = Annotated[str | None, typer.Option(help=_("坐标系：EPSG:编号、GCJ-02 或 BD-09；以此为准"))]
LayerName = Annotated[str | None, typer.Option(help=_("图层名；文件有多个图层时要写明"))]
Summary = Annotated[Path | None, typer.Option(help=_("另存结果为 JSON"))]
OutGeojson = Annotated[Path | None, typer.Option("--out-geojson", help=_("另存发现为 GeoJSON"))]
Outputs = Annotated[
    list[Path] | None,
    typer.Option("-o", "--output", help=_("另存，可多次；.geojson 为发现，.json 为结果")),
]


@group.command("marker", help=_("逐行解释界桩编号：界线号、序号、字母、设置、所在一侧"))
def marker_lines(source: Source = "-", fail_on_findings: FailOnFindings = False) -> None:
    """Answer each line with the explanation of its number."""
    doubtful = (lambda answer: bool(answer["problems"])) if fail_on_findings else None
    run_lines(source, MARKER_KEYS, marker_answer, is_finding=doubtful)


@group.command("direction", help=_("逐行给出十六方位；坐标方位角先改正子午线收敛角"))
def direction_lines(source: Source = "-") -> None:
    """Answer each line with its direction from true north."""
    run_lines(source, DIRECTION_KEYS, direction_answer)


@group.command("witness", help=_("逐行由坐标方位角与距离推算方位物坐标"))
def witness_lines(source: Source = "-") -> None:
    """Answer each line with the place of its witness mark."""
    run_lines(source, WITNESS_KEYS, witness_answer)


@group.command("describe", help=_("生成界线走向说明，并与存档的逐段比较"))
def describe(
    context: typer.Context,
    file: Lines,
    markers: Markers = None,
    features: Annotated[
        Path | None, typer.Option(help=_("河流、山脊、道路图层；须有名称列"))
    ] = None,
    filed: Annotated[
        Path | None, typer.Option(help=_("存档的走向说明，文本文件；图层中只能有一条界线"))
    ] = None,
    crs: Crs = None,
    layer: LayerName = None,
    tolerance: Annotated[
        float, typer.Option(min=0, help=_("概括容差（米）：偏离弦线不足此数的弯曲不单独成段"))
    ] = 300.0,
    summary: Summary = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("与存档不同时退出码为 1"))
    ] = False,
) -> None:
    """Print the walk of each line and what differs from the one on file."""
    from civgeo.services.boundary_walk import describe_line_file, walk_record

    walks = describe_line_file(
        file,
        markers=markers,
        features=features,
        filed=filed,
        crs=crs,
        layer=layer,
        turn_m=tolerance,
    )
    records = json.dumps([walk_record(walk) for walk in walks], ensure_ascii=False, indent=2)
    if session(context).as_json:
        typer.echo(records)
    else:
        for walk in walks:
            _print_walk(walk)
    if summary is not None:
        _save(context, summary, records.encode())
    if fail_on_findings and any(walk.differences for walk in walks):
        raise typer.Exit(1)


def _print_walk(walk: "LineWalk") -> None:
    typer.echo(f"{walk.line.name}（{walk.line.route.length_m / 1000:.3f} 千米）")
    typer.echo(walk.text)
    if walk.differences:
        rows = [[each.kind.label_zh, each.message] for each in walk.differences]
        table(_("与存档不同之处"), [_("类别"), _("说明")], rows)
    for sentence in walk.unread:
        messages.print(f"{_('存档中未能识别的句子')}: {sentence}", markup=False)


@group.command("check", help=_("检查界线：断开、界桩、相邻一方的界线、三交点、政区轮廓"))
def check(
    context: typer.Context,
    file: Lines,
    markers: Markers = None,
    other: Annotated[
        Path | None, typer.Option(help=_("相邻一方的界线图层，按界线名称比对"))
    ] = None,
    divisions: Annotated[Path | None, typer.Option(help=_("政区轮廓图层；须有代码列"))] = None,
    crs: Crs = None,
    layer: LayerName = None,
    off_line: Annotated[float, typer.Option(min=0, help=_("单立界桩离线限差（米）"))] = 10.0,
    twin_reach: Annotated[
        float, typer.Option(min=0, help=_("同号双立、三立界桩离线限差（米）"))
    ] = 1000.0,
    apart: Annotated[float, typer.Option(min=0, help=_("两方界线不一致的限差（米）"))] = 0.001,
    junction: Annotated[float, typer.Option(min=0, help=_("三交点端点限差（米）"))] = 1.0,
    outline: Annotated[float, typer.Option(min=0, help=_("政区轮廓离线限差（米）"))] = 10.0,
    summary: Summary = None,
    out_geojson: OutGeojson = None,
    outputs: Outputs = None,
    fail_on_findings: FailOnFindings = False,
) -> None:
    """Check the file, print what was found, and save it where asked."""
    from civgeo.services.boundary_check import Limits, check_line_files
    from civgeo.services.boundary_findings import line_summary

    asked = [(target, _form(target)) for target in outputs or ()]
    named = ((summary, ".json"), (out_geojson, ".geojson"))
    asked += [(target, form) for target, form in named if target is not None]
    limits = Limits(off_line, twin_reach, apart, junction, outline)
    with steps(quiet=session(context).verbosity < 0) as progress:
        found = check_line_files(
            file,
            markers=markers,
            other=other,
            divisions=divisions,
            crs=crs,
            layer=layer,
            limits=limits,
            progress=progress,
        )
    if session(context).as_json:
        typer.echo(json.dumps(line_summary(found), ensure_ascii=False, indent=2))
    else:
        _print_check(found)
    for target, form in asked:
        _save(context, target, _content(found, form))
    if fail_on_findings and len(found.findings):
        raise typer.Exit(1)


def _form(file: Path) -> str:
    form = file.suffix.lower()
    if form not in FORMS:
        raise InvalidInput(f"-o {file.name}：不认识后缀“{file.suffix}”，可用 {'、'.join(FORMS)}")
    return form


def _content(found: "LinesCheck", form: str) -> bytes:
    from civgeo.services.boundary_findings import line_findings_geojson, line_summary

    if form == ".geojson":
        return line_findings_geojson(found)
    return json.dumps(line_summary(found), ensure_ascii=False, indent=2).encode()


def _save(context: typer.Context, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    if session(context).verbosity >= 0:
        messages.print(f"{_('已保存')} {file}", markup=False)


def _print_check(found: "LinesCheck") -> None:
    from civgeo.services.boundary_findings import findings_text, line_figures, line_finding_rows

    table(
        f"{found.source} {_('界线检查')}",
        [
            _("界线"),
            _("长度 km"),
            _("界桩"),
            _("投影长度误差 ppm"),
            _("两侧"),
            _("与另一份"),
        ],
        line_figures(found),
    )
    rows = line_finding_rows(found)
    if rows:
        labels = [_("类别"), _("界线"), _("说明"), _("经度"), _("纬度")]
        table(_("逐处列出"), labels, rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        rest = _("其余未列，全部见 --json、--summary 或 --out-geojson")
        messages.print(f"{len(rows) - MOST_ROWS} {rest}", markup=False)
    for line in findings_text(found):
        messages.print(line, markup=False)
