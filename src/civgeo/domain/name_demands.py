"""What each step in the life of a name demands before it may be recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from civgeo.domain.name_case import NameCase
from civgeo.domain.name_materials import missing_materials
from civgeo.domain.naming_procedure import procedure
from civgeo.domain.procedure_rule import Body, ProcedureBook, Step, Topic

__all__ = ["Deed", "Lack", "lacks", "needs_filing"]

_WITH_DOCUMENT = frozenset(
    {Step.SUBMISSION, Step.APPROVAL, Step.FILING, Step.ANNOUNCEMENT, Step.EXTENSION}
)
_NOTHING_ABOVE = frozenset({Body.STATE_COUNCIL, Body.NATIONAL_PEOPLES_CONGRESS})


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: a step, its day, and what belongs to it.

    Parameters
    ----------
    step, on
        The step and the day on which it was done.
    number, dated, title
        Number (文号), date and title of its document.
    approver
        For approval: the body that approved.
    reason
        For return: why.
    """

    step: Step
    on: date
    number: str = ""
    dated: date | None = None
    title: str = ""
    approver: Body | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a step demands and that is not there: a machine word and what to do."""

    code: str
    message: str


def lacks(case: NameCase, deed: Deed, book: ProcedureBook, today: date) -> tuple[Lack, ...]:
    """What `deed` demands and neither it nor the case holds; empty when it may be recorded."""
    found: list[Lack] = []
    if deed.step in _DEMANDS:
        found += _DEMANDS[deed.step](case, deed, book, today)
    if deed.step in _WITH_DOCUMENT and not (deed.number.strip() and deed.dated):
        text = f"缺少{deed.step.label_zh}文件的文号或日期，请补录"
        found.append(Lack("document_missing", text))
    return tuple(found)


def needs_filing(case: NameCase, book: ProcedureBook, today: date) -> bool:
    """Whether the approval must be filed: all but those of the State Council and above."""
    return (case.approver or procedure(case.question(today), book).approver) not in _NOTHING_ABOVE


def _for_checking(case: NameCase, *_: object) -> list[Lack]:
    findings = case.findings
    if findings is None:
        return [Lack("findings_missing", "名称尚未审核，请先检查名称")]
    if findings.block:
        text = f"名称检查有 {findings.block} 项禁止性问题，请修改名称后重新检查"
        return [Lack("findings_block", text)]
    if findings.justify and not case.justification.strip():
        text = f"名称检查有 {findings.justify} 项须说明理由，请写明书面理由"
        return [Lack("justification_missing", text)]
    return []


def _for_submission(case: NameCase, _deed: Deed, book: ProcedureBook, today: date) -> list[Lack]:
    return [
        Lack(
            "protective_measures_missing"
            if item.rule.topic is Topic.PROTECTION
            else "material_missing",
            f"缺少“{item.label_zh}”（{item.rule.citation}），请补齐后勾选",
        )
        for item in missing_materials(case, book, today)
    ]


def _for_approval(case: NameCase, deed: Deed, book: ProcedureBook, today: date) -> list[Lack]:
    if deed.approver:
        return []
    rules = book.decisive(Topic.APPROVER, case.circumstances(today))
    bodies = dict.fromkeys(Body(rule.answer) for rule in rules if rule.answer)
    known = "、".join(f"{body.value}（{body.label_zh}）" for body in bodies)
    return [Lack("approver_missing", f"请写明批准机关（approver）{f'：{known}' if known else ''}")]


def _for_return(_case: NameCase, deed: Deed, *_: object) -> list[Lack]:
    return [] if deed.reason.strip() else [Lack("reason_missing", "请写明退回的理由")]


def _for_publication(case: NameCase, _deed: Deed, book: ProcedureBook, today: date) -> list[Lack]:
    if case.filed_on or not needs_filing(case, book, today):
        return []
    return [Lack("filing_missing", "尚未备案，请先记录备案")]


_DEMANDS: Mapping[Step, Callable[[NameCase, Deed, ProcedureBook, date], list[Lack]]]
_DEMANDS = MappingProxyType(
    {
        Step.CHECKING: _for_checking,
        Step.SUBMISSION: _for_submission,
        Step.APPROVAL: _for_approval,
        Step.RETURN: _for_return,
        Step.PUBLICATION: _for_publication,
    }
)
