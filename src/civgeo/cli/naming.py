"""``civgeo names check``, ``text`` and ``audit``: names against the rules on naming."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.naming_check import Guide, NameCheck
    from civgeo.domain.naming_findings import Finding
    from civgeo.domain.naming_words import Links
    from civgeo.services.name_texts import TextFinding, TextName
    from civgeo.services.naming import Proposal
    from civgeo.services.naming_audit import Audit

__all__ = ["audit", "check_lines", "check_text"]

MOST_ROWS = 40
_AREAS = ("province", "prefecture", "county", "township", "builtup_area")
_PLACE_KEYS = frozenset({"name", "kind", *_AREAS, "famous", "reading"})
_KEYS = _PLACE_KEYS | {"person_link", "enterprise_link", "reason", "on", "existing"}
_EXISTING_KEYS = _PLACE_KEYS | {"id"}
_Lists = Annotated[
    Path | None, typer.Option("--lists", help=_("本局的名单与规定文件夹，同名文件代替随带的"))
]


def check_lines(
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    lists: _Lists = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with the findings of its name."""
    from civgeo.services.naming_lists import naming_guide

    guide = naming_guide(lists)
    wanting = (lambda answer: bool(answer["findings"])) if fail_on_findings else None
    run_lines(source, _KEYS, lambda fields: _answer(fields, guide), is_finding=wanting)


def _answer(fields: Fields, guide: "Guide") -> Answer:
    from civgeo.services.naming import check_proposal

    on = fields.day("on", today())
    proposal = _proposal(fields)
    items = fields.items("existing") if fields.has("existing") else []
    existing = [_existing(item, number) for number, item in enumerate(items)]
    found = check_proposal(proposal, existing, on=on, links=_links(fields), guide=guide)
    return {
        **_status(found, on),
        "name": proposal.name,
        "kind": proposal.kind.value,
        "on": on.isoformat(),
        "reading": " ".join(found.syllables) if found.syllables else None,
        "findings": [_finding(finding) for finding in found.findings],
        "blocked": found.blocked,
        "lists": {info.name: info.entries for info in found.consulted},
        "list_dates": {info.name: info.as_of or None for info in found.consulted},
        "notes": list(found.notes),
        "edition": guide.rules.edition,
    }


def _status(found: "NameCheck", on: date) -> dict[str, str]:
    if found.assessed:
        return {"status": "ok"}
    reason = f"手头没有 {on.isoformat()} 施行的全国地名命名规定"
    return {"status": "not_assessed", "reason": reason}


def _finding(finding: "Finding") -> dict[str, object]:
    return {
        "rule": {
            "regulation": finding.rule.regulation,
            "article": finding.rule.article or None,
            "item": finding.rule.item or None,
        },
        "code": finding.code.value,
        "severity": finding.severity.value,
        "against": list(finding.against),
        "message": finding.message,
    }


def _proposal(fields: Fields, ref: int = 0) -> "Proposal":
    from civgeo.domain.naming_place import Areas
    from civgeo.services.naming import Proposal

    areas = {key: fields.text(key) for key in _AREAS if fields.has(key)}
    return Proposal(
        fields.text("name"),
        fields.choice("kind", PlaceKind),
        Areas.of(**areas),
        _flag(fields, "famous") is True,
        fields.text("reading") if fields.has("reading") else None,
        ref,
    )


def _existing(item: object, number: int) -> "Proposal":
    """One name in use; an error says which."""
    if not isinstance(item, dict):
        raise InvalidInput(f"existing[{number}] 应为对象，收到 {item!r}", code="bad_type")
    try:
        proposal = _proposal(Fields(item, _EXISTING_KEYS), number)
    except InvalidInput as error:
        raise InvalidInput(f"existing[{number}]：{error.message}", code=error.code) from None
    if not proposal.name.strip():
        raise InvalidInput(f"existing[{number}]：名称是空的", code="bad_value")
    return proposal


def _links(fields: Fields) -> "Links":
    from civgeo.domain.naming_words import Links

    reason = fields.text("reason") if fields.has("reason") else ""
    return Links(_flag(fields, "person_link"), _flag(fields, "enterprise_link"), reason)


def _flag(fields: Fields, key: str) -> bool | None:
    value = fields.raw(key) if fields.has(key) else None
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false，收到 {value!r}", code="bad_type")
    return value


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

    within = None if division is None else DivisionCode.parse(division).digits
    if names is None and within is None and (store := _store_of(context)) is not None:
        known = _registered(store)
    else:
        known = text_names(read_register(names)) if names else listed_divisions(within)
    found = TextNames(known).findings(read_text(file))
    if session(context).as_json:
        typer.echo(json.dumps(_text_answer(found, len(known)), ensure_ascii=False, indent=2))
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
    lists: _Lists = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=_("另存为 Excel 表（.xlsx）"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有发现时退出码为 1"))
    ] = False,
) -> None:
    """Hold every name of a file, or of the store's register, against the rules."""
    from civgeo.services.naming_lists import naming_guide

    day = today() if on is None else parse_day(on)
    guide = naming_guide(lists)
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
    from civgeo.services.naming_audit import audit_workbook

    if session(context).as_json:
        typer.echo(json.dumps(_audit_answer(found), ensure_ascii=False, indent=2))
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
    shown = found.findings.head(MOST_ROWS)
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
