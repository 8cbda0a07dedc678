"""``civgeo rounds import|compare|report|archive|repairs``: what comes back from the field."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table
from civgeo.cli.entered import Actor, Document, DocumentDate, edit_of
from civgeo.cli.opened import city_of, tell_rows
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.services.inspection_import import Imported

__all__ = ["register"]

MOST_FINDINGS = 60

Asked = Annotated[str, typer.Argument(metavar="LINE", help=_("界线代码或名称，或联检编号"))]
Round = Annotated[int | None, typer.Option("--round", min=0, help=_("第几轮；默认最近一轮"))]
Output = Annotated[Path | None, typer.Option("-o", "--output", help=_("存到哪里"))]
_FINDINGS = {
    "place": _("位置"),
    "subject": _("对象"),
    "fault_zh": _("类别"),
    "message": _("说明"),
}
_REPAIRS = {
    "number": _("界桩编号"),
    "state_zh": _("状况"),
    "kind_zh": _("拟办事项"),
    "responsible_zh": _("负责方"),
    "cause": _("依据"),
    "work": _("已立件"),
}


def register(group: typer.Typer) -> None:
    """Add the commands to a group."""
    group.command("import", help=_("导入外业结果：JSON、Excel、GeoPackage；只增加记录"))(bring_in)
    group.command("compare", help=_("核对各方记录：统计、不一致之处、需办事项"))(compare)
    group.command("report", help=_("联检报告（.docx、.pdf）；--table 为界桩成果表（.xlsx、.pdf）"))(
        report
    )
    group.command("archive", help=_("联检档案：报告、成果表、记录、原件、清单与历史封印"))(archived)
    group.command("repairs", help=_("需办事项与负责方；--propose 提出界桩变动"))(repairs)


def bring_in(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=_("结果文件"))],
    actor: Actor,
    document: Document,
    line: Annotated[str | None, typer.Option(help=_("界线代码；文件没有写明时给"))] = None,
    number: Annotated[int | None, typer.Option("--round", min=0, help=_("轮次，同上"))] = None,
    side: Annotated[str | None, typer.Option(help=_("记录方区划代码，同上"))] = None,
    inspector: Annotated[str | None, typer.Option(help=_("检查人"))] = None,
    datum: Annotated[str | None, typer.Option(help=_("实测坐标系；以此为准"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只核对，不写入"))] = False,
    fail: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有需核对的内容时退出码为 1"))
    ] = False,
    document_date: DocumentDate = None,
) -> None:
    """Append what files from the field hold; all files or none."""
    from civgeo.services.inspection_import import FieldUpload, Said, import_results

    edit = edit_of(actor, document, document_date, None)
    uploads = [FieldUpload(file, file.name) for file in files]
    allowed = settings(context).marker_tolerance_m
    said = Said(line, number, side, inspector, datum)
    with city_of(context) as city:
        found = import_results(city, uploads, edit, said, tolerance_m=allowed, dry_run=dry_run)
    _tell(context, found, dry_run=dry_run)
    if fail and any(report.findings for report in found.files):
        raise typer.Exit(1)


def _tell(context: typer.Context, found: "Imported", *, dry_run: bool) -> None:
    from civgeo.services.inspection_import import finding_document, imported_document

    if session(context).as_json:
        typer.echo(json.dumps(imported_document(found), ensure_ascii=False))
        return
    for report in found.files:
        rows = [finding_document(item) for item in report.findings]
        cells = [[row[key] for key in _FINDINGS] for row in rows[:MOST_FINDINGS]]
        if cells:
            table(report.name, list(_FINDINGS.values()), cells)
        if len(rows) > MOST_FINDINGS:
            messages.print(f"{len(rows) - MOST_FINDINGS} {_('处未列，加 --json 看全部')}")
        verb = "可新增" if dry_run else "新增"
        text = (
            f"{report.name}：{report.line_name}第 {report.round} 轮，记录方 {report.side}；{verb}"
            f" {report.created}，已有 {report.repeated}，未填 {report.empty}；"
            f"需核对 {len(report.findings)}；原件 {report.sha256[:12]}…"
        )
        messages.print(text, markup=False, soft_wrap=True)
    if found.batch:
        messages.print(f"{_('撤销')}: civgeo import --undo {found.batch}", markup=False)
    elif not dry_run:
        messages.print(_("没有新记录，库未改动"), markup=False)


def compare(
    context: typer.Context,
    asked: Asked,
    number: Round = None,
    output: Output = None,
    fail: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有不一致时退出码为 1"))
    ] = False,
) -> None:
    """Compare the sides' records; -o writes .xlsx, .geojson, .json or .txt."""
    from civgeo.services import round_result_files as made
    from civgeo.services.round_keys import round_key
    from civgeo.services.round_results import round_results

    with city_of(context) as city:
        key = round_key(city, asked, number)
        found = round_results(city, key, tolerance_m=settings(context).marker_tolerance_m)
    document = json.dumps(made.results_document(found), ensure_ascii=False)
    if output is not None:
        writers: dict[str, Callable[[], bytes]] = {
            ".xlsx": lambda: made.results_workbook(found),
            ".geojson": lambda: made.disagreements_geojson(found),
            ".json": document.encode,
            ".txt": lambda: made.results_text(found).encode(),
        }
        _write(output, writers[_ending(output, tuple(writers))]())
    elif session(context).as_json:
        typer.echo(document)
    else:
        typer.echo(made.results_text(found))
    if fail and found.disagreements:
        raise typer.Exit(1)


def _ending(output: Path, known: tuple[str, ...]) -> str:
    ending = output.suffix.lower()
    if ending not in known:
        raise InvalidInput(
            f"{output.name} 的后缀应为 {'、'.join(known)}", code="unsupported_format"
        )
    return ending


def _write(output: Path, content: bytes) -> None:
    output.write_bytes(content)
    messages.print(f"{_('已写入')} {output}", markup=False)


def report(
    context: typer.Context,
    asked: Asked,
    output: Annotated[Path, typer.Option("-o", "--output", help=_("存到哪里，种类看后缀"))],
    number: Round = None,
    as_table: Annotated[
        bool, typer.Option("--table", help=_("界桩成果表（.xlsx、.pdf），不是报告"))
    ] = False,
) -> None:
    """Write the inspection report, or the marker table."""
    from civgeo.services import round_products as made
    from civgeo.services.round_keys import round_key

    known = (".xlsx", ".pdf") if as_table else (".docx", ".pdf")
    ending = _ending(output, known)[1:]
    allowed = settings(context).marker_tolerance_m
    with city_of(context) as city:
        key = round_key(city, asked, number)
        if as_table:
            form = made.TableForm(ending)
            _name, content = made.marker_table(city, key, form, tolerance_m=allowed)
        else:
            kind = made.PaperForm(ending)
            _name, content = made.inspection_report(city, key, kind, tolerance_m=allowed)
    _write(output, content)


def archived(
    context: typer.Context, asked: Asked, number: Round = None, output: Output = None
) -> None:
    """Write the archive; by default under its own name in this folder."""
    from civgeo.services.round_archive import archive
    from civgeo.services.round_keys import round_key

    with city_of(context) as city:
        key = round_key(city, asked, number)
        allowed = settings(context).marker_tolerance_m
        name, content = archive(city, key, tolerance_m=allowed)
    target = Path(name) if output is None else output
    if output is None and target.exists():
        raise InvalidInput(f"{target} 已存在：请用 --output 另写文件名", code="bad_value")
    _write(target, content)


def repairs(
    context: typer.Context,
    asked: Asked,
    number: Round = None,
    propose: Annotated[bool, typer.Option("--propose", help=_("为没有立件的提出界桩变动"))] = False,
    actor: Annotated[str, typer.Option(help=_("经办人；提出时须给"))] = "",
    document: Annotated[str, typer.Option(help=_("依据文件；提出时须给"))] = "",
) -> None:
    """List works that markers need, and open them; the register stays as it is."""
    from civgeo.services.round_keys import round_key
    from civgeo.services.round_result_files import repair_document
    from civgeo.services.round_results import propose_repairs, round_results

    allowed = settings(context).marker_tolerance_m
    if propose and not (actor.strip() and document.strip()):
        raise InvalidInput("提出界桩变动须写明 --actor 与 --document", code="missing_key")
    with city_of(context) as city:
        key = round_key(city, asked, number)
        if propose:
            edit = edit_of(actor, document, None, None)
            made = propose_repairs(city, key, edit, tolerance_m=allowed)
            messages.print(f"{_('已提出界桩变动')}: {len(made)}", markup=False)
        found = round_results(city, key, tolerance_m=allowed)
    rows = [repair_document(item, found) for item in found.repairs]
    tell_rows(context, _("需办事项"), _REPAIRS, rows, _("没有需办事项"))
