"""Steps of works on markers: none is skipped, and nobody is missing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.marker_work import (
    MarkerWork,
    Presence,
    WorkStep,
    done_on,
    needed_parties,
    next_step,
    path,
    propose,
    take_step,
    withdraw,
)
from civgeo.domain.round_forms import WorkKind, WorkState
from civgeo.errors import InvalidInput, RuleViolation
from civgeo.formats.boundary_rules import marker_work_steps

RULES = marker_work_steps()
TODAY = date(2026, 3, 1)
SIDES = ("411702", "411721")


def proposed(kind: WorkKind, sides: tuple[str, ...] = SIDES) -> MarkerWork:
    return propose(kind, sides, sides[0], WorkStep(WorkState.PROPOSED, date(2026, 1, 1)))


def full(work: MarkerWork, on: date = date(2026, 2, 1)) -> WorkStep:
    """The next step with all that it asks."""
    rule = next_step(work, RULES)
    assert rule is not None
    return WorkStep(rule.step, on, "纪要1号", needed_parties(work, rule))


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (WorkKind.REPAIR, "done archived"),
        (WorkKind.RESET, "done archived"),
        (WorkKind.REMAKE, "done archived"),
        (WorkKind.MOVE, "agreed surveyed done archived filed"),
        (WorkKind.ADD, "agreed surveyed done archived filed"),
        (WorkKind.SCRAP, "agreed filed done archived"),
    ],
)
def test_each_kind_of_works_has_its_steps(kind: WorkKind, steps: str) -> None:
    assert [rule.step.value for rule in path(kind, RULES)] == steps.split()


def test_a_repair_needs_the_neighbour_present() -> None:
    work = proposed(WorkKind.REPAIR)
    alone = WorkStep(WorkState.DONE, date(2026, 2, 1), present=("411702",))
    with pytest.raises(RuleViolation, match=r"缺 411721.*第6条"):
        take_step(work, alone, RULES, TODAY)
    both = take_step(work, full(work), RULES, TODAY)
    assert both.state is WorkState.DONE


def test_at_a_tri_junction_both_neighbours_must_be_there() -> None:
    work = proposed(WorkKind.REMAKE, (*SIDES, "411722"))
    rule = next_step(work, RULES)
    assert rule is not None
    assert needed_parties(work, rule) == ("411721", "411722")


def test_moving_needs_every_side_at_the_survey_and_a_document_for_it() -> None:
    work = proposed(WorkKind.MOVE)
    agreed = take_step(work, full(work), RULES, TODAY)
    rule = next_step(agreed, RULES)
    assert rule is not None
    assert (rule.present, needed_parties(agreed, rule)) == (Presence.ALL, SIDES)
    bare = WorkStep(WorkState.SURVEYED, date(2026, 2, 2), "", SIDES)
    with pytest.raises(RuleViolation, match="须写明文件"):
        take_step(agreed, bare, RULES, TODAY)


@given(
    kind=st.sampled_from(list(WorkKind)),
    tried=st.lists(st.sampled_from(list(WorkState)), max_size=12),
)
def test_only_the_next_step_of_the_path_is_ever_taken(
    kind: WorkKind, tried: list[WorkState]
) -> None:
    work, refused = proposed(kind), set()
    for state in tried:
        try:
            work = take_step(work, WorkStep(state, date(2026, 2, 1), "文件", SIDES), RULES, TODAY)
        except RuleViolation as error:
            refused.add(error.code)
    assert refused <= {"step_not_open"}
    taken = [step.step for step in work.steps[1:]]
    assert taken == [rule.step for rule in path(kind, RULES)][: len(taken)]


def test_days_neither_lie_ahead_nor_go_back() -> None:
    work = proposed(WorkKind.REPAIR)
    with pytest.raises(RuleViolation, match="今天之后"):
        take_step(work, full(work, TODAY + timedelta(days=1)), RULES, TODAY)
    with pytest.raises(RuleViolation, match="早于上一步"):
        take_step(work, full(work, date(2025, 12, 31)), RULES, TODAY)
    assert take_step(work, full(work, TODAY), RULES, TODAY).steps[-1].on == TODAY


def test_works_are_withdrawn_only_before_the_work_on_the_ground() -> None:
    work = proposed(WorkKind.SCRAP)
    given_up = withdraw(work, WorkStep(WorkState.WITHDRAWN, TODAY), RULES, TODAY)
    assert next_step(given_up, RULES) is None
    with pytest.raises(RuleViolation, match="没有可办的步骤"):
        take_step(given_up, WorkStep(WorkState.AGREED, TODAY), RULES, TODAY)
    with pytest.raises(RuleViolation, match="不能撤回"):
        withdraw(given_up, WorkStep(WorkState.WITHDRAWN, TODAY), RULES, TODAY)
    repair = proposed(WorkKind.REPAIR)
    done = take_step(repair, full(repair), RULES, TODAY)
    with pytest.raises(RuleViolation, match="已经施工"):
        withdraw(done, WorkStep(WorkState.WITHDRAWN, TODAY), RULES, TODAY)


def test_the_marker_changes_from_the_day_of_the_work_on_the_ground() -> None:
    work = proposed(WorkKind.MOVE)
    for month in (1, 1, 2, 2, 3):
        work = take_step(work, full(work, date(2026, month, 1)), RULES, TODAY)
    assert (work.state, done_on(work)) == (WorkState.FILED, date(2026, 2, 1))


def test_strangers_cannot_stand_in_for_a_side() -> None:
    with pytest.raises(InvalidInput, match="不是毗邻方"):
        propose(WorkKind.MOVE, SIDES, "410000", WorkStep(WorkState.PROPOSED, TODAY))
    with pytest.raises(InvalidInput, match="两个或三个"):
        propose(WorkKind.MOVE, ("411702",), "411702", WorkStep(WorkState.PROPOSED, TODAY))
    work = proposed(WorkKind.REPAIR)
    stranger = WorkStep(WorkState.DONE, TODAY, present=("411721", "420000"))
    with pytest.raises(InvalidInput, match="420000"):
        take_step(work, stranger, RULES, TODAY)
