"""``civgeo cemeteries inspect``: registered burial places that break a rule, with the evidence."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.cemetery_rules import EarlierRules
from civgeo.cli.console import messages, session, steps, table
from civgeo.cli.opened import city_of

if TYPE_CHECKING:
    from civgeo.services.cemetery_inspection import InspectionAnswer

__all__ = ["inspect"]


def inspect(
    context: typer.Context,
    division: Annotated[str | None, typer.Option(help=_("只查这一区划的；默认全市"))] = None,
    on: Annotated[str | None, typer.Option(help=_("按哪一天的登记、规定和图层；默认今天"))] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help=_("选址图层的编号，可多次；默认在用的各图层"))
    ] = None,
    edition: EarlierRules = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("另存为 .xlsx 或 .json"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有不符合法规或规划之处时退出码为 1"))
    ] = False,
) -> None:
    """Print the list, the worst first, and save it where asked."""
    from civgeo.domain.standard import parse_day
    from civgeo.services.cemetery_inspection import InspectionQuestion, inspect_cemeteries

    if output is not None and output.suffix.lower() not in (".xlsx", ".json"):
        told = _("只能另存为 .xlsx 或 .json")
        raise typer.BadParameter(f"{output}: {told}")
    day = None if on is None else parse_day(on, "--on")
    question = InspectionQuestion(division or "", day, tuple(layer or ()), edition or "")
    own = session(context)
    with city_of(context) as city, steps(quiet=own.verbosity < 0 or own.as_json) as progress:
        found = inspect_cemeteries(city, question, progress=progress)
    if output is not None:
        _write(output, found)
        messages.print(f"{_('已保存')}: {output}", markup=False)
    _print(found, as_json=own.as_json)
    if fail_on_findings and found.broken:
        raise typer.Exit(1)


def _document(found: "InspectionAnswer") -> str:
    from civgeo.services.cemetery_inspection_views import inspection_document

    return json.dumps(inspection_document(found), ensure_ascii=False, indent=2)


def _write(output: Path, found: "InspectionAnswer") -> None:
    from civgeo.services.cemetery_inspection_views import inspection_workbook

    if output.suffix.lower() == ".json":
        output.write_text(_document(found), encoding="utf-8")
    else:
        output.write_bytes(inspection_workbook(found))


def _print(found: "InspectionAnswer", *, as_json: bool) -> None:
    from civgeo.services.cemetery_inspection_views import inspection_notes, verdict_text

    if as_json:
        typer.echo(_document(found))
        return
    rows = [
        [
            one.place.name,
            found.names.get(one.place.division.text, one.place.division.text),
            verdict_text(one.legal),
            verdict_text(one.plan),
            item.code.label_zh,
            item.force.label_zh if item.force else _("登记"),
            item.message,
        ]
        for one in found.places
        for item in one.findings
    ]
    columns = [_("名称"), _("所在区划"), _("法规"), _("规划"), _("事项"), _("效力"), _("说明")]
    title, mark = _("未经审批与超标设施"), _("模拟数据")
    table(f"{title}【{mark}】" if found.simulated else title, columns, rows)
    unclear = sum(len(one.open) for one in found.places)
    for note in inspection_notes(found):
        messages.print(note, markup=False, soft_wrap=True)
    if unclear:
        text = _("项未能判断，见 --json 或 -o 另存的文件")
        messages.print(f"{unclear} {text}", markup=False)
