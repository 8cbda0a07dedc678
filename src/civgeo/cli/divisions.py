"""``civgeo divisions``: checks of outlines in a file, without a store."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli import division_changes
from civgeo.cli.console import messages, session, settings, steps, table, today
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.divisions import LayerCheck

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True)
group.add_typer(division_changes.changes, name="change", help=_("区划变更的草案与涉及事项"))
MOST_ROWS = 40
FORMS = (".html", ".png", ".pdf", ".geojson", ".json")

Layer = Annotated[
    Path, typer.Argument(help=_("政区图层：GeoPackage、GeoJSON、Shapefile、KML 等，或其 zip"))
]
Summary = Annotated[Path | None, typer.Option(help=_("另存结果为 JSON"))]
City = Annotated[
    str | None, typer.Option(help=_("市代码：用其投影带，与其轮廓对照；默认按图层自定"))
]
Crs = Annotated[str | None, typer.Option(help=_("坐标系：EPSG:编号、GCJ-02 或 BD-09；以此为准"))]
LayerName = Annotated[str | None, typer.Option(help=_("图层名；文件有多个图层时要写明"))]
SliverWidth = Annotated[
    float, typer.Option(min=0, help=_("细缝宽度（米）：最宽处不足此数的记为细缝"))
]
OutGeojson = Annotated[Path | None, typer.Option("--out-geojson", help=_("另存发现为 GeoJSON"))]
MapFile = Annotated[Path | None, typer.Option("--map", help=_("另存发现的地图为单个 HTML 文件"))]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        help=_("另存，可多次；后缀定格式：.html .png .pdf 地图，.geojson 发现，.json 结果"),
    ),
]
FailOnFindings = Annotated[bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))]


@group.callback()
def about() -> None:
    """Keep ``check`` a subcommand."""


@group.command("check", help=_("检查政区图层：无效图形、空隙、重叠、细缝、三交点，以及整体位置"))
def check(
    context: typer.Context,
    file: Layer,
    summary: Summary = None,
    city: City = None,
    crs: Crs = None,
    layer: LayerName = None,
    sliver_width: SliverWidth = 5.0,
    out_geojson: OutGeojson = None,
    map_file: MapFile = None,
    outputs: Outputs = None,
    fail_on_findings: FailOnFindings = False,
) -> None:
    """Check the file, print what was found, and save it where asked."""
    from civgeo.services.division_findings import has_findings
    from civgeo.services.division_findings import summary as summary_of
    from civgeo.services.divisions import check_division_file

    asked = [(file, _form(file)) for file in outputs or ()]
    named = ((summary, ".json"), (out_geojson, ".geojson"), (map_file, ".html"))
    asked += [(file, form) for file, form in named if file is not None]
    with steps(quiet=session(context).verbosity < 0) as progress:
        found = check_division_file(
            file,
            city=city,
            crs=crs,
            layer=layer,
            sliver_width_m=sliver_width,
            progress=progress,
        )
    if session(context).as_json:
        typer.echo(json.dumps(summary_of(found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    for target, form in asked:
        _save(context, target, _content(context, found, form))
    if fail_on_findings and has_findings(found):
        raise typer.Exit(1)


def _form(file: Path) -> str:
    form = file.suffix.lower()
    if form not in FORMS:
        raise InvalidInput(f"-o {file.name}：不认识后缀“{file.suffix}”，可用 {'、'.join(FORMS)}")
    return form


def _content(context: typer.Context, found: "LayerCheck", form: str) -> bytes:
    """What was found, as a file with the suffix `form`."""
    from civgeo.maps.static import PictureFormat
    from civgeo.services.division_findings import (
        findings_geojson,
        findings_map,
        findings_picture,
        summary,
    )

    on, number = today().isoformat(), settings(context).public_number
    match form:
        case ".json":
            return json.dumps(summary(found), ensure_ascii=False, indent=2).encode()
        case ".geojson":
            return findings_geojson(found)
        case ".html":
            return findings_map(found, on=on, public_number=number).to_single_file().encode()
    picture = PictureFormat(form.removeprefix("."))
    return findings_picture(found, picture, on=on, public_number=number)


def _save(context: typer.Context, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    if session(context).verbosity >= 0:
        messages.print(f"{_('已保存')} {file}", markup=False)


def _print(found: "LayerCheck") -> None:
    from civgeo.services.division_findings import NOT_COVERED, figures, finding_rows

    table(
        f"{found.source} {_('拓扑检查')}",
        [_("项目"), _("数量"), _("面积 m²"), _("说明")],
        figures(found),
    )
    rows = finding_rows(found)
    if rows:
        labels = ["类别", "政区", "面积 m²", "最宽 m", "经度", "纬度", "说明"]
        table(_("逐处列出"), [_(label) for label in labels], rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        rest = _("其余未列，全部见 --json、--summary 或 --out-geojson")
        messages.print(f"{len(rows) - MOST_ROWS} {rest}", markup=False)
    for reason in (*found.left_out, *NOT_COVERED):
        messages.print(f"{_('未检查')}: {reason}", markup=False)
