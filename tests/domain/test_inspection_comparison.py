"""Comparing the sides' records: symmetric, at the tolerance, and silent where they agree."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_results import ResultFault, WitnessCheck
from civgeo.domain.inspection_comparison import (
    Differs,
    Inspection,
    Share,
    agreed_state,
    compare_sides,
    contradictions,
    latest,
    needed_work,
)
from civgeo.domain.round_forms import InspectionSubject, MarkerAction, WorkKind

SIDES = ("990122", "990123")
DAY = date(2026, 5, 20)


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.dist(one, other)


def seen(side: str = SIDES[0], **given_: object) -> Inspection:
    record = Inspection(
        f"r-{side}", InspectionSubject.MARKER, "m1", "2223001Q", side, DAY, state=MarkerState.INTACT
    )
    return replace(record, **given_)  # type: ignore[arg-type]


def differences(*records: Inspection, tolerance: float = 1.0) -> list[Differs]:
    return [item.differs for item in compare_sides(records, SIDES, tolerance, apart)]


def test_sides_that_recorded_the_same_have_no_disagreement() -> None:
    assert differences(seen(), seen(SIDES[1], inspected_on=date(2026, 5, 22))) == []


def test_a_thing_that_one_side_recorded_is_told() -> None:
    [found] = compare_sides([seen()], SIDES, 1.0, apart)
    assert (found.differs, found.values[SIDES[1]]) == (Differs.ONE_SIDED, "")


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"state": MarkerState.DAMAGED}, Differs.STATE),
        ({"state": None}, Differs.STATE),
        ({"actions": (MarkerAction.CLEARED,)}, Differs.ACTION),
    ],
)
def test_each_difference_of_two_records_is_told(given_, expected) -> None:
    assert differences(seen(), seen(SIDES[1], **given_)) == [expected]


@pytest.mark.parametrize(("metres", "count"), [(0.99, 0), (1.0, 0), (1.01, 1)])
def test_readings_exactly_the_tolerance_apart_agree(metres: float, count: int) -> None:
    here, there = seen(place=(0.0, 0.0)), seen(SIDES[1], place=(metres, 0.0))
    assert len(differences(here, there)) == count


def test_a_witness_mark_found_by_one_side_only_is_told_by_its_number() -> None:
    lost = (WitnessCheck("杨树", found=True), WitnessCheck("石碑", found=False))
    there = (WitnessCheck("杨树", found=True), WitnessCheck("石碑", found=True))
    [found] = compare_sides(
        [seen(witnesses=lost), seen(SIDES[1], witnesses=there)], SIDES, 1.0, apart
    )
    assert (found.differs, found.item) == (Differs.WITNESS, "2 号（石碑）")
    assert differences(seen(witnesses=lost), seen(SIDES[1])) == []


def test_answers_about_a_segment_are_compared_where_both_answered() -> None:
    yes, no = (("dispute", True), ("one_sided_signs", None)), (("dispute", False),)
    one = seen(subject=InspectionSubject.SEGMENT, answers=yes, state=None)
    other = seen(SIDES[1], subject=InspectionSubject.SEGMENT, answers=no, state=None)
    [found] = compare_sides([one, other], SIDES, 1.0, apart)
    assert (found.differs, found.item) == (Differs.ANSWER, "边界争议")


def test_the_last_day_counts_and_on_one_day_the_last_entered() -> None:
    first, corrected = seen(recorded=1), seen(recorded=2, state=MarkerState.MOVED, id="r2")
    later = seen(inspected_on=date(2026, 5, 21), recorded=0, state=MarkerState.MISSING, id="r3")
    key = (InspectionSubject.MARKER, "m1", SIDES[0])
    assert latest([corrected, first])[key].id == "r2"
    assert latest([corrected, later, first])[key].id == "r3"


records = st.builds(
    lambda side, key, state, action, x, found, day, order: Inspection(
        f"{side}{key}{day}{order}",
        InspectionSubject.MARKER,
        key,
        key,
        side,
        date(2026, 5, day),
        state=state,
        actions=(MarkerAction.CLEARED,) if action else (),
        place=None if x is None else (x, 0.0),
        witnesses=(WitnessCheck("", found),),
        recorded=order,
    ),
    st.sampled_from(SIDES),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([*MarkerState, None]),
    st.booleans(),
    st.none() | st.floats(0, 5),
    st.sampled_from([True, False, None]),
    st.integers(1, 3),
    st.integers(0, 99),
)
lists = st.lists(records, max_size=12, unique_by=lambda record: record.id)


@settings(max_examples=60)
@given(lists, st.randoms(use_true_random=False))
def test_comparing_is_symmetric(found: list[Inspection], random) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    one = compare_sides(found, SIDES, 1.0, apart)
    assert one == compare_sides(shuffled, SIDES[::-1], 1.0, apart)


@settings(max_examples=40)
@given(lists)
def test_both_sides_with_the_same_records_never_disagree(found: list[Inspection]) -> None:
    own = [replace(record, side=SIDES[0], id=f"0{record.id}") for record in found]
    other = [replace(record, side=SIDES[1], id=f"1{record.id}") for record in own]
    assert compare_sides([*own, *other], SIDES, 0.0, apart) == ()


@settings(max_examples=40)
@given(lists, st.floats(0, 5))
def test_a_wider_tolerance_never_adds_a_disagreement(found, tolerance: float) -> None:
    strict = compare_sides(found, SIDES, tolerance, apart)
    assert len(compare_sides(found, SIDES, tolerance + 1, apart)) <= len(strict)


def faults(record: Inspection) -> list[ResultFault]:
    return [fault for fault, _ in contradictions(record, 1.0)]


def test_a_displacement_counts_from_above_the_tolerance() -> None:
    assert faults(seen(displacement_m=1.0, towards="北")) == []
    expected = [ResultFault.DISPLACED, ResultFault.STATE_CONTRADICTS]
    assert faults(seen(displacement_m=1.001, towards="北")) == expected


def test_a_state_that_the_reading_contradicts_is_told() -> None:
    moved = seen(state=MarkerState.MOVED, displacement_m=0.2, towards="北")
    gone = seen(state=MarkerState.MISSING, displacement_m=0.2, towards="北")
    assert ResultFault.STATE_CONTRADICTS in faults(moved)
    assert ResultFault.STATE_CONTRADICTS in faults(gone)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (MarkerState.DAMAGED, WorkKind.REPAIR),
        (MarkerState.ILLEGIBLE, WorkKind.REPAIR),
        (MarkerState.MOVED, WorkKind.RESET),
        (MarkerState.MISSING, WorkKind.REMAKE),
    ],
)
def test_the_gravest_state_decides_the_works(state: MarkerState, kind: WorkKind) -> None:
    assert needed_work([seen(), seen(SIDES[1], state=state)]) == (kind, state)


def test_what_was_mended_on_the_spot_needs_no_works() -> None:
    painted = seen(state=MarkerState.ILLEGIBLE, actions=(MarkerAction.REPAINTED,))
    assert needed_work([painted]) is None
    assert needed_work([seen(state=MarkerState.MISSING, actions=(MarkerAction.REPAIRED,))])


def test_records_agree_on_a_state_where_those_that_give_one_agree() -> None:
    assert agreed_state([seen(), seen(SIDES[1], state=None)]) is MarkerState.INTACT
    assert agreed_state([seen(), seen(SIDES[1], state=MarkerState.MOVED)]) is None


def test_a_share_is_rounded_half_up_and_nothing_of_nothing_is_a_dash() -> None:
    assert Share("", 1, 32).percent == "3.13"
    assert Share("", 0, 0).percent == "—"
