"""Answers on cemeteries, as the command line and HTTP give them: verdicts, and the rules."""

from collections.abc import Iterator, Mapping
from datetime import date

from civgeo.domain.cemetery_check import check_cemetery
from civgeo.domain.cemetery_findings import Finding
from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook, Force, Topic
from civgeo.domain.division import DivisionCode
from civgeo.domain.fields import Fields
from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.quantity import decimal_text
from civgeo.services.cemetery_questions import site_of
from civgeo.services.codes import explain_code

__all__ = ["check_answer", "listed_rules", "rule_record", "rules_answer"]


def check_answer(
    fields: Fields, book: CemeteryRuleBook, today: date, *, only_listed: bool = False
) -> dict[str, object]:
    """Verdict on a cemetery by law and by plan, with a finding for each rule.

    Parameters
    ----------
    fields
        The question, with the keys `CHECK_KEYS`.
    book
        Edition of the rules.
    today
        Day of the question where it names none.
    only_listed
        Whether a division that the lists at hand do not know makes the answer unverified.

    Raises
    ------
    InvalidInput
        When a value of the question is not allowed.
    """
    site = site_of(fields, today)
    verdict = check_cemetery(site, book)
    status, reason = verdict.status, verdict.reason
    if status is VerdictStatus.OK and only_listed:
        reason = _why_not_in_use(site.division, site.on)
        status = VerdictStatus.UNVERIFIED if reason else status
    answer: dict[str, object] = {"status": status.value}
    if reason:
        answer["reason"] = reason
    return answer | {
        "division": fields.text("division"),
        "on": site.on.isoformat(),
        "edition": book.edition,
        "meets": {"legal": verdict.legal, "plan": verdict.plan},
        "findings": [_finding(item) for item in verdict.findings],
        "not_given": list(verdict.not_given),
        "named_areas": [_named(rule) for rule in verdict.named_areas],
        "without_rule": list(verdict.without_rule),
    }


def listed_rules(
    book: CemeteryRuleBook,
    *,
    division: DivisionCode | None = None,
    on: date | None = None,
    missing: bool = False,
    topic: Topic | None = None,
    force: Force | None = None,
) -> tuple[CemeteryRule, ...]:
    """Rules of `book`, the switched-off ones as well unless a day is asked about.

    Parameters
    ----------
    book
        Edition of the rules.
    division
        Only those that hold there.
    on
        Only those in force on that day.
    missing
        Only texts that the bureau must still enter.
    topic, force
        Only those of that topic, of that force.
    """
    return tuple(
        rule
        for rule in book.rules
        if (division is None or rule.covers(division))
        and (on is None or (rule.enabled and rule.in_force(on)))
        and (not missing or (rule.enabled and rule.topic is Topic.TEXT_MISSING))
        and topic in (None, rule.topic)
        and force in (None, rule.force)
    )


def rules_answer(
    book: CemeteryRuleBook,
    rules: tuple[CemeteryRule, ...],
    registered: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Rules as records; a missing text with the verdicts that wait for it.

    `registered` says of missing texts, by id, what of the registers waits for them.
    """
    waits = registered or {}
    records = [
        rule_record(rule) | ({"registered": waits[rule.id]} if rule.id in waits else {})
        for rule in rules
    ]
    return {"edition": book.edition, "rules": records}


def _why_not_in_use(division: DivisionCode, on: date) -> str | None:
    """Why no such division is in use on that day by the lists at hand; None when one is."""
    found = explain_code(division.text[:6], on=on)
    return "；".join(found.problems) if found.listing.exists is False else None


def _finding(item: Finding) -> dict[str, object]:
    rule = item.rule
    answer: dict[str, object] = {
        "rule": _cited(rule),
        "code": item.code.value,
        "force": rule.force.value,
        "subject": item.subject or None,
        "meets": item.meets,
        "operator": rule.operator.value,
        "required": item.required,
        "actual": item.actual,
        "unit": rule.unit or None,
        "place": rule.place,
        "valid_from": rule.valid_from or None,
        "valid_to": rule.valid_to or None,
        "evidence": rule.evidence,
        "message": item.message,
    }
    return answer | ({"plots": list(item.plots)} if item.plots else {})


def _cited(rule: CemeteryRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "regulation": rule.regulation,
        "document_no": rule.document_no or None,
        "article": rule.article or None,
    }


def _named(rule: CemeteryRule) -> dict[str, object]:
    return {"rule": _cited(rule), "area": rule.quantity, "place": rule.place}


def rule_record(rule: CemeteryRule) -> dict[str, object]:
    """A rule as a document; a missing text with the topics that wait for it."""
    record: dict[str, object] = {
        **_cited(rule),
        "topic": rule.topic.value,
        "topic_zh": rule.topic.label_zh,
        "subjects": list(rule.subjects),
        "levels": sorted(rule.levels),
        "operation": rule.operation.value if rule.operation else None,
        "only_on": list(rule.only_on),
        "place": rule.place,
        "adcode": rule.adcode,
        "valid_from": rule.valid_from or None,
        "valid_to": rule.valid_to or None,
        "quantity": rule.quantity,
        "operator": rule.operator.value,
        "value": None if rule.value is None else decimal_text(rule.value),
        "unit": rule.unit or None,
        "applies_to": rule.applies_to,
        "force": rule.force.value,
        "evidence": rule.evidence,
        "note": rule.note,
        "enabled": rule.enabled,
    }
    return record | ({"waiting": list(_waiting(rule))} if rule.topic is Topic.TEXT_MISSING else {})


def _waiting(rule: CemeteryRule) -> Iterator[dict[str, str]]:
    for word in rule.subjects:
        yield {"topic": word, "label_zh": Topic(word).label_zh}
