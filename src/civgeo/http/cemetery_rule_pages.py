"""Pages of the rules on cemeteries: the rules of a place and day, and the texts to be entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response

from civgeo.domain.cemetery_rules import (
    CemeteryRule,
    CemeteryRuleBook,
    Force,
    PlotClass,
    Share,
    Topic,
)
from civgeo.domain.division import DivisionCode
from civgeo.domain.quantity import decimal_text
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.http.context import desk_of, is_simulated, speak
from civgeo.http.templates import page
from civgeo.services.cemetery_rule_states import RuleState, state_of
from civgeo.services.cemetery_waiting import WaitingText
from civgeo.services.city import City

__all__ = ["EVIDENCE_MARKS", "RuleRow", "RulesAsked", "rules_page", "texts_page"]

EVIDENCE_MARKS: Mapping[str, str] = MappingProxyType(
    {"S": "●", "E": "◐", "C": "◇", "M": "○", "-": "－"}
)
"""Shapes of the evidence, so that it is never told by colour alone."""


_LABELS: Mapping[str, str] = MappingProxyType(
    {item.value: item.label_zh for kind in (SiteFeature, PlotClass, Share, Topic) for item in kind}
)
"""What rules are about, in Chinese."""


@dataclass(frozen=True, slots=True)
class RulesAsked:
    """Which rules a page or list shows; None for any."""

    on: date | None
    division: DivisionCode | None
    missing: bool
    topic: Topic | None
    force: Force | None
    edition: str | None

    def by_default(self, city: City) -> "RulesAsked":
        """What a page shows that is asked for nothing: the city's rules of today."""
        with city.store.read() as reading:
            code = reading.register().city
        return replace(self, on=city.today, division=DivisionCode.parse(code))


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as a table shows it."""

    rule: CemeteryRule
    state: RuleState
    mark: str
    evidence: str
    threshold: str
    subjects: tuple[str, ...]

    @classmethod
    def of(cls, rule: CemeteryRule) -> "RuleRow":
        """Row of a rule."""
        return cls(
            rule,
            state_of(rule),
            EVIDENCE_MARKS[rule.evidence],
            EVIDENCE_ZH[rule.evidence],
            _threshold(rule),
            tuple(_LABELS[word] for word in rule.subjects),
        )


def rules_page(
    request: Request,
    city: City,
    book: CemeteryRuleBook,
    asked: RulesAsked,
    found: Sequence[CemeteryRule],
    data_url: str,
) -> Response:
    """The rules that were asked for, by topic."""
    rows = [RuleRow.of(rule) for rule in found]
    states = [row.state for row in rows]
    grouped = [(topic, [row for row in rows if row.rule.topic is topic]) for topic in Topic]
    return page(
        request,
        "cemetery_rules.html",
        **_common(request, city, book, asked, data_url),
        groups=[(topic, group) for topic, group in grouped if group],
        topics=list(Topic),
        forces=list(Force),
        counts={state: states.count(state) for state in RuleState},
        total=len(rows),
        evidence=[(mark, EVIDENCE_ZH[word]) for word, mark in EVIDENCE_MARKS.items()],
    )


def texts_page(
    request: Request,
    city: City,
    book: CemeteryRuleBook,
    asked: RulesAsked,
    texts: Sequence[WaitingText],
    data_url: str,
) -> Response:
    """The texts that the bureau must still enter, and what waits for each."""
    return page(
        request,
        "cemetery_texts.html",
        **_common(request, city, book, asked, data_url),
        here_texts=[text for text in texts if text.is_here],
        elsewhere=[text for text in texts if not text.is_here],
    )


def _common(
    request: Request, city: City, book: CemeteryRuleBook, asked: RulesAsked, data_url: str
) -> dict[str, Any]:
    with city.store.read() as reading:
        register = reading.register()
    return {
        "lang": speak(request),
        "simulated": is_simulated(city),
        "register": register,
        "book": book,
        "asked": asked,
        "is_earlier": asked.edition is not None,
        "packaged": cemetery_rules().edition,
        "open": bool(desk_of(request).write_token),
        "data_url": data_url,
    }


def _threshold(rule: CemeteryRule) -> str:
    if rule.value is None:
        return ""
    sign = {">=": "≥", "<=": "≤"}.get(rule.operator.value, rule.operator.value)
    return f"{sign} {decimal_text(rule.value)}"
