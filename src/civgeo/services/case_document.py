"""A naming case as a document: what is done, how far it is, what it lacks and what is late."""

from collections.abc import Iterable, Mapping
from datetime import date

import orjson
import shapely

from civgeo.domain.name_clocks import DueStep, LateStep, due_steps, late_steps
from civgeo.domain.name_demands import Deed
from civgeo.domain.name_life import steps_open
from civgeo.domain.name_materials import name_materials
from civgeo.domain.naming_check import NameCheck
from civgeo.domain.naming_procedure import procedure
from civgeo.domain.procedure_rule import Body, Step
from civgeo.domain.standard import parse_day
from civgeo.services.case_records import CaseFile, findings_json
from civgeo.services.city import City
from civgeo.services.naming_procedures import naming_procedures
from civgeo.services.own_material import own_procedures
from civgeo.services.rule_answers import lists_document

__all__ = ["case_document", "check_document", "deed", "overdue_document"]

_DAYS = ("submitted_on", "approved_on", "filed_on", "announced_on", "published_on")


def deed(step: str, given: Mapping[str, str | None], today: date) -> Deed:
    """What was done, from texts.

    Parameters
    ----------
    step
        A `Step` by its machine word.
    given
        on (by default `today`), number, dated (by default the day of the step), title, approver,
        reason.
    today
        The day of recording.

    Raises
    ------
    InvalidInput
        For an unknown step or body, or a day that cannot be read.
    """
    on = parse_day(given.get("on") or today.isoformat(), "on")
    number, approver = given.get("number") or "", given.get("approver")
    dated = given.get("dated")
    return Deed(
        step=Step.named(step, "step"),
        on=on,
        number=number,
        dated=parse_day(dated, "dated") if dated else (on if number else None),
        title=given.get("title") or "",
        approver=Body.named(approver, "approver") if approver else None,
        reason=given.get("reason") or "",
    )


def case_document(file: CaseFile, today: date) -> dict[str, object]:
    """The case with its open steps, materials, terms and lateness, ready for JSON."""
    case, rules = file.case, file.rules or naming_procedures()
    return {
        "id": file.id,
        "version": file.version,
        "action": case.action.value,
        "action_zh": case.action.label_zh,
        "state": case.state.value,
        "state_zh": case.state.label_zh,
        "name": case.name,
        "former_name": case.former_name or None,
        "kind": case.kind.value,
        "kind_zh": case.kind.label_zh,
        "division": None if case.division is None else case.division.text,
        "place": file.place,
        "proposal": {name: _plain(value) for name, value in file.proposal.items()},
        "geometry": _geometry(file.geometry),
        "reason": file.reason or None,
        "findings": list(file.findings),
        "blocked": bool(case.findings and case.findings.block),
        "justification": case.justification or None,
        "return_reason": case.return_reason or None,
        "approver": None if case.approver is None else case.approver.value,
        "protected": case.protected,
        "materials": [
            {
                "code": item.code,
                "label_zh": item.label_zh,
                "required": item.required,
                "ticked": item.ticked,
                "rule": item.rule.citation,
            }
            for item in name_materials(case, rules, today)
        ],
        **{name: _iso(getattr(case, name)) for name in _DAYS},
        "documents": [
            {
                "step": item.step.value,
                "number": item.number,
                "dated": item.dated.isoformat(),
                "title": item.title,
            }
            for item in case.documents
        ],
        "attachments": list(file.attachments),
        "steps_open": [
            {"step": step.value, "label_zh": step.label_zh}
            for step in steps_open(case, rules, today)
        ],
        "due": [_due(item) for item in due_steps(case, rules, today)],
        "late": [_late(item) for item in late_steps(case, rules, today)],
        "problems": list(procedure(case.question(today), rules).problems),
        "rules_edition": rules.edition,
        "simulated": file.simulated,
    }


def overdue_document(city: City, files: Iterable[CaseFile]) -> list[dict[str, object]]:
    """Steps of all `files` that are overdue on the city's today, the longest overdue first."""
    rules = own_procedures(city.store.file.parent)
    late = [
        (item, file)
        for file in files
        for item in late_steps(file.case, rules, city.today)
        if item.done is None
    ]
    return [
        {
            "id": file.id,
            "name": file.case.name,
            "state_zh": file.case.state.label_zh,
            **_late(item),
        }
        for item, file in sorted(late, key=lambda pair: pair[0].due)
    ]


def check_document(found: NameCheck) -> dict[str, object]:
    """What a check found, as the public contract gives it."""
    return {
        "findings": list(findings_json(found.findings)),
        "blocked": found.blocked,
        "notes": list(found.notes),
        **lists_document(found.consulted),
    }


def _due(item: DueStep) -> dict[str, object]:
    return {
        "step": item.step.value,
        "label_zh": item.step.label_zh,
        "who": item.who,
        "due": _iso(item.due),
        "days_left": item.days_left,
        "to": item.to or None,
    }


def _late(item: LateStep) -> dict[str, object]:
    return {
        "step": item.step.value,
        "label_zh": item.step.label_zh,
        "who": item.who,
        "due": item.due.isoformat(),
        "days": item.days,
        "done": _iso(item.done),
    }


def _plain(value: object) -> object:
    """A property as JSON; texts that hold JSON as what they hold."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return orjson.loads(value)
    return value


def _geometry(shape: shapely.Geometry | None) -> object:
    return None if shape is None else orjson.loads(shapely.to_geojson(shape))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
