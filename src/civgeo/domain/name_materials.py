"""Materials that an application for a name must hold, as a list to tick.

地名管理条例 (国务院令第 753 号) article 11; for listed names protective measures too (article 25).
"""

from dataclasses import dataclass
from datetime import date

from civgeo.domain.name_case import NameCase
from civgeo.domain.procedure_rule import ProcedureBook, ProcedureRule, Topic

__all__ = ["Material", "filing_materials", "missing_materials", "name_materials"]


@dataclass(frozen=True, slots=True)
class Material:
    """One line of the list.

    Parameters
    ----------
    code, label_zh
        Machine word and name.
    required
        Whether the case may not go on without it; otherwise it is handed in as the case asks.
    ticked
        Whether it is there.
    rule
        The rule that asks for it.
    """

    code: str
    label_zh: str
    required: bool
    ticked: bool
    rule: ProcedureRule


def name_materials(case: NameCase, book: ProcedureBook, today: date) -> tuple[Material, ...]:
    """The list to tick for `case`: what its kind and action demand, and what may be added."""
    at_hand = case.circumstances(today)
    rules = book.about(Topic.MATERIAL, at_hand)
    if case.protected:
        rules += book.about(Topic.PROTECTION, at_hand)
    return _listed(rules, case.materials)


def missing_materials(case: NameCase, book: ProcedureBook, today: date) -> tuple[Material, ...]:
    """Materials that the case may not be submitted without and that are not there."""
    listed = name_materials(case, book, today)
    return tuple(item for item in listed if item.required and not item.ticked)


def filing_materials(case: NameCase, book: ProcedureBook, today: date) -> tuple[Material, ...]:
    """What goes along with the filing report (地名管理条例实施办法 article 6)."""
    return _listed(book.about(Topic.FILING_MATERIAL, case.circumstances(today)), case.materials)


def _listed(rules: tuple[ProcedureRule, ...], ticked: frozenset[str]) -> tuple[Material, ...]:
    """One line a code; where several rules ask for the same, the strictest counts."""
    found: dict[str, ProcedureRule] = {}
    for rule in rules:
        known = found.get(rule.answer)
        if known is None or rule.required > known.required:
            found[rule.answer] = rule
    return tuple(
        Material(code, rule.label_zh, rule.required, code in ticked, rule)
        for code, rule in found.items()
    )
