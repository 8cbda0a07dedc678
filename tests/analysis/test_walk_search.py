"""Searches against scipy, and against brute force over the split network."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.walk_arcs import reachable_demand
from civgeo.analysis.walk_network import UNREACHED
from civgeo.analysis.walk_search import (
    distance_from_field,
    limit_dm,
    nearest_facility,
    walk_sheds,
)
from civgeo.errors import InvalidInput
from street_towns import network_of, town
from walk_oracle import split_distances

seeds = st.integers(0, 2**32 - 1)


def placed(network, rng, count, spread=1.05):
    high = max(network.x.max(), network.y.max()) * spread
    index = StreetIndex(network)
    return index.snap(rng.uniform(0, high, count), rng.uniform(0, high, count), 150.0)


@pytest.mark.parametrize("slope", [False, True])
@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_distances_and_owners_equal_a_search_on_the_split_network(slope, seed):
    rng = np.random.default_rng(seed)
    network = town(rng, side=7, missing=0.35, slope=slope)
    facilities, demand = placed(network, rng, 6, 1.4), placed(network, rng, 30, 1.4)
    field = nearest_facility(network, facilities)
    distance, owner = distance_from_field(network, field, facilities, demand)
    walks = split_distances(network, facilities, demand)
    assert np.array_equal(distance, walks.min(axis=1))
    reached = distance < UNREACHED
    assert np.array_equal(owner[reached], walks.argmin(axis=1)[reached])
    assert (owner[~reached] == -1).all()


@settings(max_examples=15, deadline=None)
@given(seed=seeds, limit=st.integers(1, 9_000))
def test_walking_circles_equal_a_search_of_each_origin(seed, limit):
    rng = np.random.default_rng(seed)
    network = town(rng, side=8, missing=0.3, slope=True)
    origins = placed(network, rng, 9, 1.3)
    circles = walk_sheds(network, origins, limit, threads=2)
    for k in range(len(origins)):
        alone = nearest_facility(network, origins.take(np.array([k]))).distance_dm
        inside = np.flatnonzero(alone <= limit)
        row = slice(circles.start[k], circles.start[k + 1])
        assert np.array_equal(np.sort(circles.node[row]), inside)
        assert np.array_equal(circles.distance_dm[row], alone[circles.node[row]])


@settings(max_examples=20, deadline=None)
@given(seed=seeds, limit=st.integers(1, 9_000), slope=st.booleans())
def test_pairs_of_facility_and_demand_equal_a_search_on_the_split_network(seed, limit, slope):
    rng = np.random.default_rng(seed)
    network = town(rng, side=6, missing=0.3, slope=slope)
    facilities, demand = placed(network, rng, 7, 1.4), placed(network, rng, 25, 1.4)
    arcs = reachable_demand(network, facilities, demand, limit)
    walks = split_distances(network, facilities, demand).T
    facility, place = np.nonzero(walks <= limit)
    assert np.array_equal(arcs.facility, facility)
    assert np.array_equal(arcs.demand, place)
    assert np.array_equal(arcs.distance_dm, walks[facility, place])


def test_pairs_come_in_one_order_however_many_facilities_there_are():
    rng = np.random.default_rng(9)
    network = town(rng)
    facilities, demand = placed(network, rng, 200), placed(network, rng, 30)
    arcs = reachable_demand(network, facilities, demand, 3_000)
    assert (np.diff(arcs.facility.astype(np.int64) * 30 + arcs.demand) > 0).all()
    for k in (0, 63, 64, 199):
        alone = reachable_demand(network, facilities.take(np.array([k])), demand, 3_000)
        here = arcs.facility == k
        assert np.array_equal(arcs.demand[here], alone.demand)
        assert np.array_equal(arcs.distance_dm[here], alone.distance_dm)


def test_too_many_pairs_and_a_late_hour_end_the_search():
    rng = np.random.default_rng(9)
    network = town(rng)
    facilities, demand = placed(network, rng, 200), placed(network, rng, 30)
    with pytest.raises(InvalidInput, match="超过 100 对"):
        reachable_demand(network, facilities, demand, 90_000, most_pairs=100)
    with pytest.raises(InvalidInput, match="限定时间"):
        reachable_demand(network, facilities, demand, 90_000, stopped=lambda: True)


def test_a_limit_leaves_every_distance_below_it_as_it_is():
    rng = np.random.default_rng(4)
    network = town(rng)
    facilities = placed(network, rng, 5)
    whole, near = nearest_facility(network, facilities), nearest_facility(network, facilities, 3000)
    inside = whole.distance_dm <= 3000
    assert np.array_equal(near.label[inside], whole.label[inside])
    assert (near.distance_dm[~inside] == UNREACHED).all()


def test_equally_near_facilities_go_to_the_first():
    network = network_of([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2)])
    index = StreetIndex(network)
    facilities = index.snap(np.array([200.0, 0.0, 0.0]), np.zeros(3))
    demand = index.snap(np.array([100.0, 0.0]), np.zeros(2))
    field = nearest_facility(network, facilities)
    distance, owner = distance_from_field(network, field, facilities, demand)
    assert distance.tolist() == [1000, 0]
    assert owner.tolist() == [0, 1]


def test_a_walk_of_exactly_the_limit_is_within_it():
    assert limit_dm(15, 1) == 9000
    assert limit_dm(15, Decimal("0.8")) == 7200
    assert limit_dm(Decimal("7.5"), Decimal("1.2")) == 5400
    with pytest.raises(InvalidInput, match="大于 0"):
        limit_dm(0, 1)
    with pytest.raises(InvalidInput, match="大于 0"):
        limit_dm(15, Decimal("NaN"))


def test_a_place_beyond_the_snap_limit_is_not_dragged_to_a_street():
    network = network_of([(0, 0), (1000, 0)], [(0, 1)])
    snapped = StreetIndex(network).snap(np.array([500.0, 500.0]), np.array([200.0, 200.1]), 200.0)
    assert snapped.edge.tolist() == [0, -1]
    assert snapped.access_dm.tolist() == [2000, 0]
    assert snapped.nearest_m.tolist() == [200.0, pytest.approx(200.1)]


def test_nobody_starts_from_a_bridge():
    nodes = [(0, 0), (100, 0), (0, 50), (100, 50)]
    network = network_of(nodes, [(0, 1), (2, 3)], level=[1, 0])
    snapped = StreetIndex(network).snap(np.array([50.0]), np.array([1.0]))
    assert network.level[snapped.edge[0]] == 0


def test_without_streets_or_facilities_nobody_is_reached():
    empty = network_of([], [])
    demand = StreetIndex(empty).snap(np.array([1.0]), np.array([1.0]))
    assert demand.edge.tolist() == [-1]
    assert np.isinf(demand.nearest_m).all()
    field = nearest_facility(empty, demand)
    assert len(field.label) == 0
    network = network_of([(0, 0), (1, 0)], [(0, 1)])
    none = StreetIndex(network).snap(np.zeros(0), np.zeros(0))
    assert (nearest_facility(network, none).owner == -1).all()
    assert walk_sheds(network, none, 100).start.tolist() == [0]
