"""The best townships for stations, against trying every choice in plain numbers."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.analysis.station_choice import UNREACHED, Cost, best_stations, cost_of
from civgeo.errors import InvalidInput

WAY = st.one_of(st.just(UNREACHED), st.integers(0, 500))


@st.composite
def problems(draw):
    count, demand = draw(st.integers(1, 6)), draw(st.integers(1, 6))

    def rows(values, high, wide):
        line = st.lists(values, min_size=wide, max_size=wide)
        return np.array(draw(st.lists(line, min_size=high, max_size=high)))

    return {
        "distance_dm": rows(WAY, count, demand).astype(np.int64),
        "weights": rows(st.integers(0, 9), 1, demand)[0].astype(np.int64),
        "fixed_dm": rows(WAY, 1, demand)[0].astype(np.int64),
        "number": draw(st.integers(1, count)),
        "alone": rows(st.booleans(), 1, count)[0],
        "together": (lambda free: free & free.T)(rows(st.booleans(), count, count)),
    }


def by_hand(problem, chosen):
    unreached = distance = 0
    for demand, people in enumerate(problem["weights"].tolist()):
        ways = [int(problem["distance_dm"][each, demand]) for each in chosen]
        ways = [way for way in (*ways, int(problem["fixed_dm"][demand])) if way != UNREACHED]
        if ways:
            distance += people * min(ways)
        else:
            unreached += people
    return Cost(unreached, distance)


@given(problems())
def test_the_best_choice_is_that_of_plain_numbers(problem):
    found = best_stations(**problem)
    every = list(combinations(range(len(problem["alone"])), problem["number"]))
    kept = [
        chosen
        for chosen in every
        if all(problem["alone"][each] for each in chosen)
        and all(problem["together"][two] for two in combinations(chosen, 2))
    ]
    assert (found.tried, found.allowed) == (len(every), len(kept))
    assert (found.free_cost, found.free) == min((by_hand(problem, each), each) for each in every)
    wanted = min(((by_hand(problem, each), each) for each in kept), default=(None, None))
    assert (found.cost, found.chosen) == wanted


def test_nobody_left_behind_goes_before_every_distance():
    ways = np.array([[0, UNREACHED], [9_000_000, 9_000_000]])
    weights, none = np.array([1, 1]), np.array([UNREACHED, UNREACHED])
    free = np.ones((2, 2), dtype=bool)
    found = best_stations(ways, weights, none, 1, free[0], free)
    assert found.chosen == (1,)
    assert cost_of(none, weights) == Cost(2, 0)


def test_more_than_there_are_and_more_than_can_be_tried_are_refused():
    def asked(count, number):
        ways = np.zeros((count, 1), dtype=np.int64)
        free = np.ones((count, count), dtype=bool)
        return best_stations(ways, ways[0] + 1, ways[0], number, free[0], free)

    with pytest.raises(InvalidInput, match="只有 2 个"):
        asked(2, 3)
    with pytest.raises(InvalidInput, match="组合超过"):
        asked(200, 3)
