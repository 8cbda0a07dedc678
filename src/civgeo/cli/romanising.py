"""``civgeo names romanize``: names into Hanyu Pinyin, line by line or a whole column."""

import json
from pathlib import Path
from typing import Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.place_kind import PlaceKind

__all__ = ["romanize_lines"]

_KEYS = frozenset({"name", "kind", "reading", "digits", "division"})
_REFUSED = 3


def romanize_lines(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    excel: Annotated[
        Path | None, typer.Option("--excel", help=_("拼写 Excel 或 CSV 表中的一列"))
    ] = None,
    column: Annotated[str, typer.Option("--column", help=_("名称所在的列"))] = "名称",
    kind_column: Annotated[
        str | None, typer.Option("--kind-column", help=_("类别所在的列"))
    ] = None,
    kind: Annotated[
        PlaceKind | None, typer.Option("--kind", help=_("全表的类别，或类别列空着时的类别"))
    ] = None,
    reading_column: Annotated[
        str | None, typer.Option("--reading-column", help=_("已有读音所在的列"))
    ] = None,
    division_column: Annotated[
        str | None, typer.Option("--division-column", help=_("区划代码所在的列"))
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help=_("工作表"))] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=_("拼写结果的 XLSX 文件"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有读音未确认时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with the romanised name, or spell a column of a table into a workbook."""
    if excel is None:
        doubtful = (lambda answer: not answer["confirmed"]) if fail_on_findings else None
        run_lines(source, _KEYS, _answer, is_finding=doubtful)
        return
    if output is None:
        raise typer.BadParameter(_("请用 -o 写明结果文件"))
    from civgeo.formats.facts import ReadRequest
    from civgeo.services.romanised_tables import ColumnsOfNames, romanise_file

    columns = ColumnsOfNames(column, kind_column, kind, reading_column, division_column)
    done = romanise_file(excel, columns, ReadRequest(layer=sheet))
    output.write_bytes(done.content)
    figures = {"names": done.names, "doubtful": done.doubtful, "refused": done.refused}
    if session(context).as_json:
        typer.echo(json.dumps({"status": "ok", "output": str(output), **figures}))
    elif session(context).verbosity >= 0:
        told = f"{done.names} 个名称，{done.doubtful} 个待核实，其中 {done.refused} 个没有拼写"
        messages.print(f"{told}：{output}", markup=False)
    if done.refused:
        raise typer.Exit(_REFUSED)
    if done.doubtful and fail_on_findings:
        raise typer.Exit(1)


def _answer(fields: Fields) -> Answer:
    from civgeo.services.rule_answers import romanisation_answer

    return romanisation_answer(fields)
