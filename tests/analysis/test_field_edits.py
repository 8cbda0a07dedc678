"""Fields that follow edits, against a search from the beginning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.field_edits import Crossing, EditableField
from civgeo.analysis.snapping import StreetIndex, joined
from civgeo.analysis.walk_network import walk_network
from civgeo.analysis.walk_search import distance_from_field, nearest_facility
from civgeo.errors import InvalidInput
from street_towns import edges_of, network_of, town

seeds = st.integers(0, 2**32 - 1)


def somewhere(index, rng, count, high=1_300.0):
    return index.snap(rng.uniform(-100, high, count), rng.uniform(-100, high, count), 150.0)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, slope=st.booleans())
def test_after_any_edits_the_field_equals_a_new_search(seed, slope):
    rng = np.random.default_rng(seed)
    network = town(rng, side=9, missing=0.3, slope=slope)
    index = StreetIndex(network)
    places = somewhere(index, rng, 5)
    places = joined(places, places.take(np.array([0, 1])))
    edited = EditableField(network, places)
    is_open = [True] * len(places)
    for _ in range(25):
        match rng.integers(0, 4):
            case 0:
                place = somewhere(index, rng, 1)
                assert edited.add(place) == len(places)
                places, is_open = joined(places, place), [*is_open, True]
            case 1:
                at = int(rng.integers(len(places)))
                edited.close(at)
                is_open[at] = False
            case 2:
                at = int(rng.integers(len(places)))
                edited.reopen(at)
                is_open[at] = True
            case _:
                at = int(rng.integers(len(places)))
                place = somewhere(index, rng, 1)
                edited.move(at, place)
                rows = np.arange(len(places))
                rows[at] = len(places)
                places = joined(places, place).take(rows)
        there = np.flatnonzero(is_open)
        fresh = nearest_facility(network, places.take(there))
        owner = np.append(there, -1)[fresh.owner]
        now = edited.field()
        assert np.array_equal(now.distance_dm, fresh.distance_dm)
        assert np.array_equal(now.owner, owner)
    demand = somewhere(index, rng, 40)
    distance, facility = edited.demand(demand)
    expected, number = distance_from_field(network, fresh, places.take(there), demand)
    assert np.array_equal(distance, expected)
    assert np.array_equal(facility, np.append(there, -1)[number])


def test_closing_and_opening_again_restores_every_distance_and_owner():
    rng = np.random.default_rng(8)
    network = town(rng, side=20)
    places = somewhere(StreetIndex(network), rng, 30, 2_000.0)
    edited = EditableField(network, places)
    before = edited.field().label.copy()
    for at in rng.permutation(len(places)):
        edited.close(int(at))
    assert (edited.field().owner == -1).all()
    for at in rng.permutation(len(places)):
        edited.reopen(int(at))
    assert np.array_equal(edited.field().label, before)


def test_the_field_that_was_given_is_not_changed():
    rng = np.random.default_rng(9)
    network = town(rng)
    places = somewhere(StreetIndex(network), rng, 4)
    base = nearest_facility(network, places)
    kept = base.label.copy()
    EditableField(network, places, base).close(0)
    assert np.array_equal(base.label, kept)


@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_crossings_serve_as_if_they_were_streets(seed):
    rng = np.random.default_rng(seed)
    side, nodes, pairs = 5, [], []
    for bank in range(3):
        for k in range(side):
            nodes.append((k * 100.0, bank * 150.0))
            if k:
                pairs.append((len(nodes) - 2, len(nodes) - 1))
    links = [(int(rng.integers(side)), int(rng.integers(side)), bank) for bank in (0, 1, 1)]
    ways = [(b * side + i, (b + 1) * side + j) for i, j, b in links]
    network, whole = network_of(nodes, pairs), walk_network(edges_of(nodes, pairs + ways), 4547)
    index, index_whole = StreetIndex(network), StreetIndex(whole)
    x, y = rng.uniform(0, 400, 34), rng.integers(0, 3, 34) * 150.0
    edited = EditableField(network, index.snap(x[:3], y[:3]))
    for a, b in ways:
        ends = np.array([nodes[a], nodes[b]])
        length = round(float(np.hypot(*(ends[0] - ends[1]))) * 10)
        edited.add_crossing(Crossing(index.snap(ends[:, 0].copy(), ends[:, 1].copy()), length))
    places = index_whole.snap(x[:3], y[:3])
    field = nearest_facility(whole, places)
    expected = distance_from_field(whole, field, places, index_whole.snap(x[3:], y[3:]))
    assert np.array_equal(edited.demand(index.snap(x[3:], y[3:]))[0], expected[0])
    assert np.array_equal(edited.demand(index.snap(x[3:], y[3:]))[1], expected[1])


def test_what_cannot_be_edited_is_refused():
    network = network_of([(0, 0), (100, 0)], [(0, 1)])
    index = StreetIndex(network)
    edited = EditableField(network, index.snap(np.zeros(1), np.zeros(1)))
    with pytest.raises(InvalidInput, match="序号"):
        edited.close(1)
    with pytest.raises(InvalidInput, match="一处"):
        edited.add(index.snap(np.zeros(2), np.zeros(2)))
    with pytest.raises(InvalidInput, match="两端"):
        edited.add_crossing(Crossing(index.snap(np.array([0.0, 9e5]), np.zeros(2)), 10))
