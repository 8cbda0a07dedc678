"""Answers of the rules on names, the same for lines of JSON and for requests."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from civgeo.domain.division import DivisionCode
from civgeo.domain.fields import Fields
from civgeo.domain.naming_lists import ListInfo
from civgeo.domain.naming_procedure import Procedure, Question, body_label, procedure
from civgeo.domain.ordinals import DigitsPolicy
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Level, ProcedureBook, ProcedureRule
from civgeo.errors import InvalidInput
from civgeo.services.romanising import romanise

__all__ = [
    "PROCEDURE_KEYS",
    "ROMANISATION_KEYS",
    "lists_document",
    "procedure_answer",
    "romanisation_answer",
]

LONGEST_SECTOR = 40
ROMANISATION_KEYS = frozenset({"name", "kind", "reading", "digits", "division"})
PROCEDURE_KEYS = frozenset(
    {
        *("kind", "level", "action", "famous", "sector", "division", "approved_by"),
        *("approved_on", "filed_on", "announced_on", "today"),
    }
)


def romanisation_answer(fields: Fields) -> dict[str, object]:
    """Spelling, parts, source of the reading and alternatives of a name.

    Raises
    ------
    InvalidInput
        As `romanise`.
    """
    found = romanise(
        fields.text("name"),
        fields.choice("kind", PlaceKind),
        reading=fields.text("reading") if fields.has("reading") else None,
        digits=fields.choice("digits", DigitsPolicy) if fields.has("digits") else DigitsPolicy.AUTO,
        division=fields.text("division") if fields.has("division") else None,
    )
    return {
        "status": "ok",
        "toned": found.toned,
        "plain": found.plain,
        "specific": asdict(found.specific),
        "generic": None if found.generic is None else asdict(found.generic),
        "source": found.source.value,
        "confirmed": found.confirmed,
        "alternatives": list(found.alternatives),
    }


def procedure_answer(fields: Fields, book: ProcedureBook, today: date) -> dict[str, object]:
    """Who approves, whom to consult, where to file, who announces, by when, and what is late.

    Raises
    ------
    InvalidInput
        When a value of the question is not allowed.
    """
    question, sector = _question(fields, today), _sector(fields)
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


def lists_document(infos: Iterable[ListInfo]) -> dict[str, object]:
    """Lists that an answer rests on: sizes, days, and what the bureau changed in them."""
    listed = list(infos)
    answer: dict[str, object] = {
        "lists": {info.name: info.entries for info in listed},
        "list_dates": {info.name: info.as_of or None for info in listed},
    }
    own = {info.name: asdict(info.own) for info in listed if info.own is not None}
    return answer | ({"own_lists": own} if own else {})


def _question(fields: Fields, today: date) -> Question:
    division = DivisionCode.parse(fields.text("division")) if fields.has("division") else None
    return Question(
        kind=fields.choice("kind", PlaceKind),
        action=fields.choice("action", Action),
        today=fields.day("today", today),
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


def _bodies(found: Procedure, approver: Body | None, sector: str) -> dict[str, object]:
    def named(body: Body | None) -> dict[str, str] | None:
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


def _rule(rule: ProcedureRule) -> dict[str, object]:
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
