"""Walks after each edit, and what they sum to."""

import numpy as np

from civgeo.analysis.field_edits import EditableField
from civgeo.analysis.scenario_reach import Replay, contributions, first_walks, unit_sums
from civgeo.analysis.snapping import StreetIndex
from street_towns import town


def start(seed):
    rng = np.random.default_rng(seed)
    index = StreetIndex(town(rng))
    places = [index.snap(*rng.uniform(0, 1_100, (2, count))) for count in (5, 60, 4)]
    return first_walks(EditableField(index.network, places[0]), places[1]), places[2]


def one(places, row):
    return places.take(np.array([row]))


def test_going_on_leaves_what_was_kept_as_it_is():
    walks, more = start(1)
    kept = walks.distance_dm.copy(), walks.field.field().label.copy()
    replay = Replay(walks)
    replay.close(replay.add(one(more, 0)))
    halfway = replay.walks()
    replay.move(0, one(more, 1))
    replay.add_people(one(more, 2))
    replay.leave()
    assert np.array_equal(walks.distance_dm, kept[0])
    assert np.array_equal(walks.field.field().label, kept[1])
    assert np.array_equal(halfway.field.field().label, kept[1])
    assert [len(halfway.steps), len(replay.walks().steps)] == [2, 5]


def test_what_each_edit_adds_sums_to_the_whole():
    walks, more = start(2)
    replay = Replay(walks)
    replay.close(1)
    for row in range(3):
        replay.add(one(more, row))
    replay.add_people(one(more, 3))
    after = replay.walks()
    people = np.random.default_rng(3).integers(0, 500, len(after.demand))
    for limit in (1_000, 3_000, 9_000):
        reached = people[after.distance_dm <= limit].sum()
        before = people[: len(walks.demand)][walks.distance_dm <= limit].sum()
        added = contributions(after.steps, people, limit)
        assert added.sum() == reached - before
        assert added[0] <= 0 <= added[1:].min()
    assert len(contributions((), people, 1)) == 0


def test_sums_of_units_and_of_places_in_none():
    unit = np.array([0, 1, 1, -1, 0])
    people = np.array([10, 20, 30, 40, 50])
    before, after = np.array([100, 500, 100, 900], np.int32), np.array([900, 500, 100, 100, 1])
    sums = unit_sums(unit, 2, people, before, after.astype(np.int32), 500)
    assert sums.people_before.tolist() == [10, 50, 40]
    assert sums.people_after.tolist() == [60, 50, 40]
    assert sums.reached_before.tolist() == [10, 50, 0]
    assert sums.reached_after.tolist() == [50, 50, 40]
    assert sums.gained.tolist() == [50, 0, 40]
    assert sums.lost.tolist() == [10, 0, 0]
