"""Reach and its reasons: one planted case a reason, thresholds at the number, laws."""

from decimal import Decimal
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.field_edits import EditableField
from civgeo.analysis.mending import mending_crossings, possible_crossings
from civgeo.analysis.reach import Points, ReachTerms, straight_reach, walking_reach
from civgeo.analysis.snapping import StreetIndex, joined
from civgeo.analysis.walk_network import UNREACHED
from civgeo.analysis.walk_route import walking_route
from civgeo.analysis.walk_search import distance_from_field, nearest_facility
from street_towns import network_of, town

RIVER = gpd.GeoSeries([shapely.LineString([(-500, 50), (5_000, 50)])], crs="EPSG:4547")


def reach_of(network, facilities, demand, terms=None, **more):
    terms = terms or ReachTerms()
    index = StreetIndex(network)
    fx, fy = np.asarray(facilities, float).reshape(-1, 2).T
    dx, dy = np.asarray(demand, float).reshape(-1, 2).T
    places, people = index.snap(fx, fy), index.snap(dx, dy, terms.snap_limit_m)
    field = nearest_facility(network, places)
    distance, owner = distance_from_field(network, field, places, people)
    return walking_reach(distance, owner, people, Points(fx, fy), terms, **more)


def two_banks(far_bridge=2_000):
    """South bank at y 0, north bank at y 100, one bridge far to the east."""
    nodes = [(0, 0), (300, 0), (far_bridge, 0), (0, 100), (300, 100), (far_bridge, 100)]
    return network_of(nodes, [(0, 1), (1, 2), (3, 4), (4, 5), (2, 5)], [0, 0, 0, 0, 1])


def test_a_walk_of_exactly_the_limit_is_reached_and_a_decimetre_more_is_not():
    street = network_of([(0, 0), (3_000, 0)], [(0, 1)])
    table = reach_of(street, [(0, 0)], [(900, 0), (900.1, 0)])
    assert table["reached"].tolist() == [True, False]
    assert table["minutes"].tolist() == pytest.approx([15, 15.0016667])
    assert table["beyond_m"].tolist() == pytest.approx([0, 0.1])


def test_no_facility_at_all():
    table = reach_of(two_banks(), [], [(10, 0)])
    assert table["reason"].tolist() == ["no_facility"]
    assert table["facility"].tolist() == [-1]
    assert np.isnan(table["distance_m"][0])


def test_a_place_off_the_streets_says_how_far():
    table = reach_of(two_banks(), [(0, 0)], [(150, -400)])
    assert table["reason"].tolist() == ["unsnapped"]
    assert table["street_m"].tolist() == [400]


def test_behind_a_river_the_barrier_is_named_with_the_crossing_that_would_mend_it():
    network = two_banks()
    table = reach_of(network, [(0, 0)], [(300, 100)], barriers=RIVER)
    assert table["reason"].tolist() == ["barrier"]
    assert table["barrier"].tolist() == [0]
    assert table["straight_m"].tolist() == [pytest.approx(316.2)]
    index = StreetIndex(network)
    field = nearest_facility(network, index.snap(np.zeros(1), np.zeros(1)))
    crossings = possible_crossings(network, RIVER)
    assert sorted(crossings["length_m"]) == [100, 100, 100]
    mended = mending_crossings(
        network, field, crossings, index.snap(np.array([300.0]), np.array([100.0])), [0], 9_000
    )
    assert mended["walk_m"].tolist() == [400]
    chosen = crossings.loc[mended["crossing"][0]]
    assert sorted(network.y[[int(chosen["start"]), int(chosen["end"])]]) == [0, 100]


def test_no_crossing_mends_a_place_that_stays_too_far():
    network = two_banks(far_bridge=3_000)
    index = StreetIndex(network)
    field = nearest_facility(network, index.snap(np.zeros(1), np.zeros(1)))
    place = index.snap(np.array([1_500.0]), np.array([100.0]))
    crossings = possible_crossings(network, RIVER)
    mended = mending_crossings(network, field, crossings, place, [0], 9_000)
    assert mended["crossing"].tolist() == [-1]


def test_a_long_way_round_without_a_known_barrier_is_still_called_one():
    table = reach_of(two_banks(), [(0, 0)], [(0, 100)])
    assert table["reason"].tolist() == ["barrier"]
    assert table["barrier"].tolist() == [-1]


def test_a_part_without_a_facility_is_disconnected():
    nodes = [(0, 0), (300, 0), (5_000, 0), (5_300, 0)]
    table = reach_of(network_of(nodes, [(0, 1), (2, 3)]), [(0, 0)], [(5_100, 0)])
    assert table["reason"].tolist() == ["disconnected"]


def test_an_adult_would_be_in_time():
    street = network_of([(0, 0), (3_000, 0)], [(0, 1)])
    slow = ReachTerms(speed_m_per_s=Decimal("0.8"))
    table = reach_of(street, [(0, 0)], [(720, 0), (800, 0), (1_080, 0), (1_081, 0)], slow)
    assert table["reason"].tolist() == [None, "slow", "slow", "far"]


def test_those_in_reach_of_full_facilities():
    street = network_of([(0, 0), (3_000, 0)], [(0, 1)])
    served = np.array([True, False, False])
    table = reach_of(street, [(0, 0)], [(100, 0), (200, 0), (2_900, 0)], served=served)
    assert table["reason"].tolist() == [None, "full", "far"]


def test_straight_circles_know_distance_only():
    terms = ReachTerms(speed_m_per_s=Decimal("0.8"))
    demand, one = Points(np.array([720.0, 720.1, 1_081.0]), np.zeros(3)), np.zeros(1)
    table = straight_reach(demand, Points(one, one), terms)
    assert table["reason"].tolist() == [None, "slow", "far"]
    none = straight_reach(demand, Points(np.zeros(0), np.zeros(0)), terms)
    assert set(none["reason"]) == {"no_facility"}


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_reasons_part_the_unreached_and_more_facilities_or_speed_never_reach_fewer(seed):
    rng = np.random.default_rng(seed)
    network = town(rng, side=14, missing=0.4)
    demand = rng.uniform(-300, 1_700, (60, 2))
    facilities = rng.uniform(0, 1_400, (3, 2))
    barriers = gpd.GeoSeries([shapely.LineString([(0, 0), (1_400, 1_400)])])
    reached = []
    for speed, count in (("0.4", 2), ("0.4", 3), ("0.5", 3), ("1.2", 3)):
        terms = ReachTerms(speed_m_per_s=Decimal(speed))
        table = reach_of(network, facilities[:count], demand, terms, barriers=barriers)
        assert (table["reason"].isna() == table["reached"]).all()
        named = table["barrier"] >= 0
        assert set(table.loc[named, "reason"]) <= {"barrier"}
        reached.append(table["reached"].to_numpy())
    for fewer, more in pairwise(reached):
        assert not (fewer & ~more).any()


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_a_walking_route_is_as_long_as_its_walk(seed):
    rng = np.random.default_rng(seed)
    network = town(rng, side=8, missing=0.3)
    index = StreetIndex(network)
    facilities = index.snap(rng.uniform(0, 700, 4), rng.uniform(0, 700, 4))
    field = nearest_facility(network, facilities)
    people = index.snap(rng.uniform(0, 700, 20), rng.uniform(0, 700, 20))
    distance, owner = distance_from_field(network, field, facilities, people)
    for k in range(20):
        line = walking_route(network, field, facilities, people.take(np.array([k])))
        if distance[k] == UNREACHED:
            assert line is None
            continue
        # every edge and both ways to it are rounded to a decimetre of their own
        assert line.length == pytest.approx(distance[k] / 10, abs=0.05 * (len(line.coords) + 2))
        end = line.coords[-1]
        assert end == (facilities.x[owner[k]], facilities.y[owner[k]])


def test_adding_a_facility_never_lowers_reach_and_removing_it_restores_it():
    rng = np.random.default_rng(3)
    network = town(rng, side=20)
    index = StreetIndex(network)
    places = index.snap(rng.uniform(0, 1_900, 4), rng.uniform(0, 1_900, 4))
    people = index.snap(rng.uniform(0, 1_900, 300), rng.uniform(0, 1_900, 300))
    edited = EditableField(network, places)
    before = edited.demand(people)
    for _ in range(20):
        place = index.snap(rng.uniform(0, 1_900, 1), rng.uniform(0, 1_900, 1))
        added = edited.add(place)
        assert (edited.demand(people)[0] <= before[0]).all()
        both = joined(places, place)
        distance, _owner = distance_from_field(
            network, nearest_facility(network, both), both, people
        )
        assert np.array_equal(edited.demand(people)[0], distance)
        edited.close(added)
        assert all(map(np.array_equal, edited.demand(people), before))
