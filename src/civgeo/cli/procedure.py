"""``civgeo names procedure``: who approves, where to file, who announces, and by when."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import settings, today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.procedure_rule import ProcedureBook

__all__ = ["procedure_lines"]


def procedure_lines(
    context: typer.Context,
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    rules: Annotated[
        Path | None,
        typer.Option(help=_("本局补充的程序规则（CSV），先于随带的规则；不用库旁的 own")),
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有逾期或不合规定之处时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with its procedure."""
    from civgeo.services.naming_procedures import naming_procedures
    from civgeo.services.own_material import own_procedures
    from civgeo.services.rule_answers import PROCEDURE_KEYS

    folder = settings(context).store
    book = naming_procedures(_text_of(rules)) if rules else own_procedures(folder)
    wanting = (
        (lambda answer: bool(answer["late"] or answer["problems"])) if (fail_on_findings) else None
    )
    run_lines(source, PROCEDURE_KEYS, lambda fields: _answer(fields, book), is_finding=wanting)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path} 不是 UTF-8 文本，请另存为 UTF-8 的 CSV", code="bad_file"
        ) from error


def _answer(fields: Fields, book: "ProcedureBook") -> Answer:
    from civgeo.services.rule_answers import procedure_answer

    return procedure_answer(fields, book, today())
