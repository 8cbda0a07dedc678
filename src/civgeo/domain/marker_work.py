"""Works on a marker, step by step: which steps, in which order, and who must be there.

行政区域界线管理条例 (国务院令第 353 号) article 6: a damaged marker is repaired by the side that
keeps it with the neighbour present; moving or adding one for construction needs agreement of the
sides, a joint survey, the archive completed and a filing with the body that approved the line.
What was moved without that is void.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from civgeo.domain.labelled import Labelled
from civgeo.domain.round_forms import WorkKind, WorkState
from civgeo.errors import InvalidInput, RuleViolation

__all__ = [
    "MOVING",
    "MarkerWork",
    "Presence",
    "StepRule",
    "WorkStep",
    "done_on",
    "missing_parties",
    "needed_parties",
    "next_step",
    "path",
    "propose",
    "take_step",
    "withdraw",
]

MOVING = frozenset({WorkKind.MOVE, WorkKind.ADD})
"""Works that give a marker a position."""


class Presence(Labelled):
    """Who must be present at, or party to, a step."""

    NONE = "none", "不要求"
    OTHERS = "others", "毗邻方在场"
    ALL = "all", "各方到场"


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step that works of a kind must take.

    Parameters
    ----------
    kind, step
        Of which works; the state that the step leads to.
    present
        Who must be there.
    document
        Whether the step rests on a document that must be named.
    basis, evidence, note
        Regulation and article; how well attested; what it asks, in Chinese.
    """

    kind: WorkKind
    step: WorkState
    present: Presence
    document: bool
    basis: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class WorkStep:
    """A step that was taken: the state it led to, when, on which document, with whom, by whom."""

    step: WorkState
    on: date
    document: str = ""
    present: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class MarkerWork:
    """Works on one marker.

    Parameters
    ----------
    kind
        What is done.
    sides
        Division codes of all sides of the line at the marker.
    responsible
        The side that does it.
    steps
        Steps taken, the proposal first.
    """

    kind: WorkKind
    sides: tuple[str, ...]
    responsible: str
    steps: tuple[WorkStep, ...]

    @property
    def state(self) -> WorkState:
        """State that the last step led to."""
        return self.steps[-1].step


def path(kind: WorkKind, rules: Sequence[StepRule]) -> tuple[StepRule, ...]:
    """Steps after the proposal that works of a kind take, in their order."""
    return tuple(rule for rule in rules if rule.kind is kind)


def propose(kind: WorkKind, sides: Sequence[str], responsible: str, first: WorkStep) -> MarkerWork:
    """Works that are proposed.

    Raises
    ------
    InvalidInput
        ``bad_value`` when there are not two or three sides, or the responsible side is none of
        them.
    """
    if len(set(sides)) not in (2, 3) or len(set(sides)) != len(sides):
        text = f"毗邻各方应为两个或三个不同的区划代码，收到 {len(sides)} 个"
        raise InvalidInput(text, code="bad_value")
    if responsible not in sides:
        told = "、".join(sides)
        text = f"负责方 {responsible[:20]} 不是毗邻方（{told}）之一，请核对"
        raise InvalidInput(text, code="bad_value")
    return MarkerWork(kind, tuple(sides), responsible, (first,))


def next_step(work: MarkerWork, rules: Sequence[StepRule]) -> StepRule | None:
    """The one step that may come next; None when all are taken, or the works were withdrawn."""
    steps = path(work.kind, rules)
    taken = len(work.steps) - 1
    if work.state is WorkState.WITHDRAWN or taken >= len(steps):
        return None
    return steps[taken]


def needed_parties(work: MarkerWork, rule: StepRule) -> tuple[str, ...]:
    """Division codes of those who must be present at a step."""
    if rule.present is Presence.NONE:
        return ()
    if rule.present is Presence.ALL:
        return work.sides
    return tuple(side for side in work.sides if side != work.responsible)


def missing_parties(work: MarkerWork, rule: StepRule, present: Sequence[str]) -> tuple[str, ...]:
    """Division codes of those who must be present and are not."""
    return tuple(side for side in needed_parties(work, rule) if side not in present)


def take_step(
    work: MarkerWork, step: WorkStep, rules: Sequence[StepRule], today: date
) -> MarkerWork:
    """The works after a step.

    Parameters
    ----------
    work, step
        The works, and what was done.
    rules
        Steps of all kinds of works.
    today
        Day of recording.

    Raises
    ------
    RuleViolation
        ``step_not_open`` when another step comes first, or none is left; ``party_missing``
        without those who must be present; ``document_missing`` without its document;
        ``future`` for a day ahead, ``before_last_step`` for one before the last step.
    InvalidInput
        When somebody present is no side of the line.
    """
    rule = next_step(work, rules)
    if rule is None:
        text = f"{work.kind.label_zh}已{_ended(work)}，没有可办的步骤"
        raise RuleViolation(text, code="step_not_open")
    if rule.step is not step.step:
        text = (
            f"{work.kind.label_zh}的下一步是“{rule.step.label_zh}”，不能先办"
            f"“{step.step.label_zh}”；步骤不能跳过（{rule.basis}）"
        )
        raise RuleViolation(text, code="step_not_open")
    strange = [side for side in step.present if side not in work.sides]
    if strange:
        text = f"到场方 {'、'.join(strange)} 不是毗邻方（{'、'.join(work.sides)}）之一"
        raise InvalidInput(text, code="bad_value")
    _require_order(work, step, today)
    absent = missing_parties(work, rule, step.present)
    if absent:
        text = (
            f"“{rule.step.label_zh}”须{rule.present.label_zh}：缺 {'、'.join(absent)}"
            f"（{rule.basis}）。请在 present 中写明到场各方"
        )
        raise RuleViolation(text, code="party_missing")
    if rule.document and not step.document.strip():
        text = f"“{rule.step.label_zh}”须写明文件（{rule.note}；{rule.basis}）"
        raise RuleViolation(text, code="document_missing")
    return replace(work, steps=(*work.steps, step))


def withdraw(
    work: MarkerWork, step: WorkStep, rules: Sequence[StepRule], today: date
) -> MarkerWork:
    """The works, given up; nothing was written to the register.

    Raises
    ------
    RuleViolation
        ``step_not_open`` when they are finished or given up already, or when the marker was
        handled on the ground: then the remaining steps must be taken; days as in `take_step`.
    """
    if next_step(work, rules) is None:
        text = f"{work.kind.label_zh}已{_ended(work)}，不能撤回"
        raise RuleViolation(text, code="step_not_open")
    if any(taken.step is WorkState.DONE for taken in work.steps):
        text = f"{work.kind.label_zh}已经施工，不能撤回：请办完其余步骤，或另提恢复原位"
        raise RuleViolation(text, code="step_not_open")
    _require_order(work, step, today)
    return replace(work, steps=(*work.steps, replace(step, step=WorkState.WITHDRAWN)))


def done_on(work: MarkerWork) -> date:
    """Day from which the marker is as the works left it: that of the work on the ground."""
    done = [step.on for step in work.steps if step.step is WorkState.DONE]
    return done[-1] if done else work.steps[-1].on


def _ended(work: MarkerWork) -> str:
    return "撤回" if work.state is WorkState.WITHDRAWN else "办完"


def _require_order(work: MarkerWork, step: WorkStep, today: date) -> None:
    if step.on > today:
        raise RuleViolation(f"日期 {step.on} 在今天之后：请到期再登记", code="future")
    before = work.steps[-1]
    if step.on < before.on:
        text = f"日期 {step.on} 早于上一步“{before.step.label_zh}”的 {before.on}，请核对"
        raise RuleViolation(text, code="before_last_step")
