"""``civgeo names text`` and ``audit``: names in use against the rules on naming."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.name_check import Lists, guide_in_force
from civgeo.domain.standard import parse_day

if TYPE_CHECKING:
    from civgeo.domain.naming_check import Guide
    from civgeo.services.name_texts import TextFinding, TextName
    from civgeo.services.naming_audit import Audit

__all__ = ["audit", "check_text"]

MOST_ROWS = 40


def check_text(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=_("文本文件，UTF-8 或 GB18030"), exists=True)],
    names: Annotated[
        Path | None,
        typer.Option(
            help=_(
                "标准地名表（CSV 或 JSON 行，可有曾用名、别名列）；"
                "默认登记库，没有库时为民政部区划名录"
            )
        ),
    ] = None,
    division: Annotated[str | None, typer.Option(help=_("只用此区划内的名录，如 4117"))] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))
    ] = False,
) -> None:
    """Print the names of a text that are not standard."""
    from civgeo.domain.division import DivisionCode
    from civgeo.services.name_texts import TextNames
    from civgeo.services.naming_files import listed_divisions, read_register, read_text, text_names
    from civgeo.services.rule_answers import lists_document

    within = None if division is None else DivisionCode.parse(division).digits
    if names is None and within is None and (store := _store_of(context)) is not None:
        known = _registered(store)
    else:
        known = text_names(read_register(names)) if names else listed_divisions(within)
    lists = guide_in_force(context, None).lists
    found = TextNames(known, lists).findings(read_text(file))
    if session(context).as_json:
        answer = _text_answer(found, len(known)) | lists_document([lists.variants_info])
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        rows = [
            [
                f"{each.line}:{each.column}",
                each.found,
                "、".join(each.standard),
                each.reason.label_zh,
            ]
            for each in found
        ]
        title = f"{file.name} {_('不规范地名')} {len(found)}"
        table(title, [_("行:列"), _("文中"), _("标准地名"), _("原因")], rows)
        messages.print(f"{_('比对的标准地名')} {len(known)}")
    if fail_on_findings and found:
        raise typer.Exit(1)


def _store_of(context: typer.Context) -> Path | None:
    """Folder of the store in force, None when there is none."""
    from civgeo.store.store import FILE_NAME

    folder = settings(context).store
    return folder if (folder / FILE_NAME).is_file() else None


def _registered(folder: Path) -> "list[TextName]":
    from civgeo.services.city import City
    from civgeo.services.name_register import register_text_names
    from civgeo.store.store import Store

    with Store.open(folder) as store:
        return register_text_names(City(store, today()))


def _text_answer(found: "list[TextFinding]", names: int) -> dict[str, object]:
    return {
        "names": names,
        "findings": [
            {
                "start": each.start,
                "end": each.end,
                "line": each.line,
                "column": each.column,
                "found": each.found,
                "standard": list(each.standard),
                "reason": each.reason.value,
                "certain": each.certain,
            }
            for each in found
        ],
    }


def audit(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            help=_("地名表：CSV 或 JSON 行，至少有地名、类别两列；不给则核查登记库"), exists=True
        ),
    ] = None,
    on: Annotated[str | None, typer.Option(help=_("按哪一天的规定，默认今天"))] = None,
    lists: Lists = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=_("另存为 Excel 表（.xlsx）"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))
    ] = False,
) -> None:
    """Hold every name of a file, or of the store's register, against the rules."""
    day = today() if on is None else parse_day(on)
    guide = guide_in_force(context, lists)
    simulated = False
    if file is None:
        found, simulated = _register_audit(context, day, guide)
    else:
        from civgeo.services.naming_audit import audit_names
        from civgeo.services.naming_files import read_register

        found = audit_names(read_register(file), on=day, guide=guide)
    show_audit(context, found, guide, output, simulated=simulated)
    if fail_on_findings and len(found.findings):
        raise typer.Exit(1)


def _register_audit(context: typer.Context, day: date, guide: "Guide") -> "tuple[Audit, bool]":
    """The audit of the store's register, and whether the store may hold simulated names."""
    from civgeo.services.city import City
    from civgeo.services.name_register import register_audit
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        with store.read() as reading:
            simulated = reading.register().simulated
        return register_audit(City(store, today()), on=day, guide=guide), simulated


def show_audit(
    context: typer.Context,
    found: "Audit",
    guide: "Guide",
    output: Path | None,
    *,
    simulated: bool = False,
) -> None:
    """Print an audit, of a file or of a store's register, and save it where asked.

    Parameters
    ----------
    found
        The audit.
    guide
        Rules and lists that it went by.
    output
        Workbook to write, or None.
    simulated
        Whether the workbook must say that it holds simulated data.
    """
    from civgeo.services.naming_audit import audit_lists, audit_workbook
    from civgeo.services.rule_answers import lists_document

    if session(context).as_json:
        answer = _audit_answer(found) | lists_document(audit_lists(guide))
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print_audit(found)
    if output is not None:
        output.write_bytes(audit_workbook(found, guide, simulated=simulated))
        messages.print(f"{_('已保存')} {output}", markup=False)


def _audit_answer(found: "Audit") -> dict[str, object]:
    return {
        "on": found.on.isoformat(),
        "edition": found.edition,
        "names": found.names,
        "unread": found.unread,
        "counts": found.counts("code", "severity").to_dict("records"),
        "findings": [_plain(row) for row in found.findings.to_dict("records")],
        "notes": list(found.notes),
    }


def _plain(row: Mapping[object, object]) -> dict[str, object]:
    """A row of findings as JSON knows it."""
    return {str(key): None if value != value else value for key, value in row.items()}


def _print_audit(found: "Audit") -> None:
    from civgeo.domain.naming_findings import FindingCode

    labels = {code.value: code.label_zh for code in FindingCode}
    counts = found.counts("code", "severity")
    rows = [
        [labels[code], str(findings), str(entries)]
        for code, findings, entries in zip(
            counts["code"], counts["findings"], counts["entries"], strict=True
        )
    ]
    title = f"{_('地名核查')} {found.on.isoformat()} {found.names}"
    table(title, [_("问题"), _("发现数"), _("涉及条目")], rows)
    shown = found.told.head(MOST_ROWS)
    columns = [shown[name].tolist() for name in ("name", "county", "message")]
    details = [
        [str(name), str(county or ""), str(text)]
        for name, county, text in zip(*columns, strict=True)
    ]
    if details:
        table(_("逐条列出"), [_("地名"), _("县区"), _("说明")], details)
    if len(found.findings) > MOST_ROWS:
        rest = _("其余未列，全部见 --json 或 --output")
        messages.print(f"{len(found.findings) - MOST_ROWS} {rest}", markup=False)
    for note in found.notes:
        messages.print(note, markup=False)
