"""Graves to cemeteries: equal to trying every answer, whole or divided, always the same."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.layout_flow import Transport
from civgeo.analysis.layout_problem import Effort, LayoutStatus
from civgeo.analysis.layout_solver import Deadline
from civgeo.analysis.relocation import relocate


def transport(distance, capacity, weight) -> Transport:
    """Ways of a table of distances, one row a place of graves; negative ones lead nowhere."""
    distance = np.array(distance, np.int64).reshape(len(weight), len(capacity))
    demand, place = np.nonzero(distance >= 0)
    return Transport(
        place.astype(np.int32),
        demand.astype(np.int32),
        distance[demand, place],
        np.array(capacity, np.int64),
        np.array(weight, np.int64),
    )


def found(distance, capacity, weight, *, divide, seconds=30.0):
    ways = transport(distance, capacity, weight)
    return ways, relocate(ways, Deadline(Effort(seconds)), divide=divide)


def every_whole_answer(distance, capacity, weight):
    """Most placed, then the least way, over all ways to send each place whole or leave it."""
    best = (0, 0)
    for chosen in product(range(-1, len(capacity)), repeat=len(weight)):
        left, placed, far = list(capacity), 0, 0
        for grave, place in enumerate(chosen):
            if place < 0:
                continue
            left[place] -= weight[grave]
            placed += weight[grave]
            far += weight[grave] * distance[grave][place]
            if distance[grave][place] < 0:
                left[place] = -1
        if min(left) >= 0:
            best = min(best, (-placed, far))
    return -best[0], best[1]


@st.composite
def cases(draw):
    graves, places = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    far = st.lists(st.integers(-1, 30), min_size=places, max_size=places)
    distance = draw(st.lists(far, min_size=graves, max_size=graves))
    capacity = draw(st.lists(st.integers(0, 8), min_size=places, max_size=places))
    weight = draw(st.lists(st.integers(1, 5), min_size=graves, max_size=graves))
    return distance, capacity, weight


@settings(max_examples=150, deadline=None)
@given(cases())
def test_places_that_go_whole_go_as_trying_every_answer_finds(case):
    distance, capacity, weight = case
    ways, answer = found(*case, divide=False)

    assert (answer.placed, answer.distance_dm) == every_whole_answer(distance, capacity, weight)
    assert answer.status is LayoutStatus.OPTIMAL
    assert set(answer.flow[answer.flow > 0]) <= set(weight)
    sums = np.bincount(ways.place, answer.flow, len(capacity))
    assert (sums <= capacity).all()


@settings(max_examples=100, deadline=None)
@given(cases())
def test_divided_graves_go_as_every_single_one_whole(case):
    distance, capacity, weight = case
    _, answer = found(*case, divide=True)
    single = np.repeat(np.array(distance), weight, axis=0)
    _, alone = found(single, capacity, [1] * len(single), divide=False)

    assert (answer.placed, answer.distance_dm) == (alone.placed, alone.distance_dm)


def test_a_place_too_large_for_any_room_stays_whole_and_is_divided_where_that_is_allowed():
    case = ([[10, 20]], [5, 4], [8])
    assert found(*case, divide=False)[1].placed == 0
    divided = found(*case, divide=True)[1]
    assert divided.flow.tolist() == [5, 3]
    assert divided.distance_dm == 110


def test_of_answers_as_good_the_first_in_order_is_given_each_time():
    case = ([[7, 7], [7, 7], [7, 7]], [2, 2], [1, 1, 1])
    flows = {tuple(found(*case, divide=divide)[1].flow) for divide in (True, False) for _ in "ab"}
    assert len(flows) == 1


def test_nobody_to_move_and_nowhere_to_go():
    for divide in (True, False):
        assert found([], [4], [], divide=divide)[1].placed == 0
        assert found([[-1]], [4], [2], divide=divide)[1].placed == 0
        assert found([[3]], [0], [2], divide=divide)[1].placed == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_district_of_places_that_must_go_whole_stays_within_its_bounds(seed):
    rng = np.random.default_rng(seed)
    weight = rng.choice([1, 1, 2, 3, 8, 20], 120)
    capacity = rng.integers(10, 90, 8)
    distance = rng.integers(100, 90_000, (120, 8))
    ways, answer = found(distance, capacity, weight, divide=False, seconds=5)

    assert (np.bincount(ways.place, answer.flow, 8) <= capacity).all()
    assert answer.bound_dm <= answer.distance_dm
    assert answer.placed <= answer.most <= min(weight.sum(), capacity.sum())
    assert answer.placed >= 0.95 * answer.most
