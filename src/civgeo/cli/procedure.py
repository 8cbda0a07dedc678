"""``civgeo names procedure``: who approves, where to file, who announces, and by when."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import today
from civgeo.cli.jsonl import Answer, Fields, run_lines
from civgeo.errors import InvalidInput

if TYPE_CHECKING:
    from civgeo.domain.naming_procedure import Procedure, Question
    from civgeo.domain.procedure_rule import Body, ProcedureBook, ProcedureRule

__all__ = ["procedure_lines"]

LONGEST_SECTOR = 40
_KEYS = frozenset(
    {
        *("kind", "level", "action", "famous", "sector", "division", "approved_by"),
        *("approved_on", "filed_on", "announced_on", "today"),
    }
)


def procedure_lines(
    source: Annotated[str, typer.Option("--input", help=_("JSON 行文件，- 为标准输入"))] = "-",
    rules: Annotated[
        Path | None, typer.Option(help=_("本局补充的程序规则（CSV），先于随带的规则"))
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help=_("有逾期或不合规定之处时退出码为 1"))
    ] = False,
) -> None:
    """Answer each line with its procedure."""
    from civgeo.services.naming_procedures import naming_procedures

    book = naming_procedures(_text_of(rules) if rules else "")
    wanting = (
        (lambda answer: bool(answer["late"] or answer["problems"])) if (fail_on_findings) else None
    )
    run_lines(source, _KEYS, lambda fields: _answer(fields, book), is_finding=wanting)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path} 不是 UTF-8 文本，请另存为 UTF-8 的 CSV", code="bad_file"
        ) from error


def _answer(fields: Fields, book: "ProcedureBook") -> Answer:
    from civgeo.domain.naming_procedure import procedure

    question, sector = _question(fields), _sector(fields)
    found = procedure(question, book)
    answer: dict[str, object] = {"status": found.status}
    if found.reason:
        answer["reason"] = found.reason
    return answer | {
        "kind": question.kind.value,
        "level": question.level.value if question.level else None,
        "action": question.action.value,
        "today": question.today.isoformat(),
        **_bodies(found, question.approved_by or found.approver, sector),
        "clocks": [{"step": item.step.value, "due": _iso(item.due)} for item in found.clocks],
        "late": [
            {
                "step": item.step.value,
                "due": _iso(item.due),
                "days": item.days,
                "done": _iso(item.done),
            }
            for item in found.late
        ],
        "problems": list(found.problems),
        "basis": [_rule(rule) for rule in found.basis],
        "edition": book.edition,
    }


def _question(fields: Fields) -> "Question":
    from civgeo.domain.division import DivisionCode
    from civgeo.domain.naming_procedure import Question
    from civgeo.domain.place_kind import PlaceKind
    from civgeo.domain.procedure_rule import Action, Body, Level

    division = DivisionCode.parse(fields.text("division")) if fields.has("division") else None
    return Question(
        kind=fields.choice("kind", PlaceKind),
        action=fields.choice("action", Action),
        today=fields.day("today", today()),
        level=fields.choice("level", Level) if fields.has("level") else None,
        famous=_flag(fields, "famous"),
        division=division,
        approved_by=fields.choice("approved_by", Body) if fields.has("approved_by") else None,
        approved_on=_day(fields, "approved_on"),
        filed_on=_day(fields, "filed_on"),
        announced_on=_day(fields, "announced_on"),
    )


def _flag(fields: Fields, key: str) -> bool:
    value = fields.raw(key) if fields.has(key) else False
    if not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false，收到 {value!r}", code="bad_type")
    return value


def _day(fields: Fields, key: str) -> date | None:
    return fields.day(key, date.min) if fields.has(key) else None


def _sector(fields: Fields) -> str:
    sector = fields.text("sector").strip() if fields.has("sector") else ""
    if len(sector) > LONGEST_SECTOR:
        raise InvalidInput(f"sector 至多 {LONGEST_SECTOR} 字", code="bad_value")
    return sector


def _bodies(found: "Procedure", approver: "Body | None", sector: str) -> dict[str, object]:
    from civgeo.domain.naming_procedure import body_label

    def named(body: "Body | None") -> dict[str, str] | None:
        if body is None:
            return None
        return {"body": body.value, "label_zh": body_label(body, approver, sector)}

    return {
        "approver": named(found.approver),
        "consult": [named(body) for body in found.consult],
        "filer": named(approver if found.file_to else None),
        "file_to": named(found.file_to),
        "file_by": _iso(found.file_by),
        "announcer": named(found.announcer),
        "announce_by": _iso(found.announce_by),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _rule(rule: "ProcedureRule") -> dict[str, object]:
    return {
        "id": rule.id,
        "regulation": rule.regulation,
        "article": rule.article,
        "item": rule.item,
        "place": rule.place,
        "valid_from": _iso(rule.valid_from),
        "valid_to": _iso(rule.valid_to),
        "evidence": rule.evidence,
        "note": rule.note,
    }
