"""Access and how evenly it is spread, against sums written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.accessibility import (
    LUO_QI_WEIGHTS,
    access_by_unit,
    enhanced_two_step,
    gaussian_decay,
    gini,
    lorenz_curve,
    stepwise_decay,
)
from civgeo.analysis.walk_arcs import Arcs
from civgeo.errors import InvalidInput

ZONES = stepwise_decay(list(zip((3000, 6000, 9000), LUO_QI_WEIGHTS, strict=True)))
PLAIN = stepwise_decay([(9000, 1.0)])
seeds = st.integers(0, 2**32 - 1)


def pairs(*triples):
    columns = np.array(triples, dtype=np.int32).reshape(-1, 3).T
    return Arcs(*(column.copy() for column in columns))


def drawn(rng, facilities=6, places=20):
    near = rng.random((facilities, places)) < rng.uniform(0.05, 0.8)
    facility, demand = np.nonzero(near)
    walk = rng.integers(0, 9_001, len(facility))
    arcs = Arcs(*(part.astype(np.int32) for part in (facility, demand, walk)))
    supply = rng.integers(0, 200, facilities).astype(float)
    people = rng.integers(0, 900, places).astype(float)
    return arcs, supply, people


@settings(max_examples=60, deadline=None)
@given(seed=seeds, decay=st.sampled_from([ZONES, PLAIN, gaussian_decay(9000)]))
def test_people_times_access_is_the_supply_that_anybody_reaches(seed, decay):
    arcs, supply, people = drawn(np.random.default_rng(seed))
    result = enhanced_two_step(arcs, supply, people, decay)
    weight = decay(arcs.distance_dm)
    reached = np.unique(arcs.facility[(weight > 0) & (people[arcs.demand] > 0)])
    assert result.reached_supply == pytest.approx(supply[reached].sum())
    assert (result.access * people).sum() == pytest.approx(supply[reached].sum(), rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, decay=st.sampled_from([ZONES, PLAIN, gaussian_decay(9000)]))
def test_access_equals_the_two_steps_written_out(seed, decay):
    arcs, supply, people = drawn(np.random.default_rng(seed))
    weight = decay(arcs.distance_dm)
    expected = np.zeros(len(people))
    for facility in range(len(supply)):
        mine = np.flatnonzero(arcs.facility == facility)
        crowd = sum(people[arcs.demand[k]] * weight[k] for k in mine)
        for k in mine:
            expected[arcs.demand[k]] += supply[facility] / crowd * weight[k] if crowd else 0
    result = enhanced_two_step(arcs, supply, people, decay)
    assert result.access == pytest.approx(expected, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, size=st.integers(1, 40))
def test_gini_equals_the_mean_difference_of_all_pairs_of_people(seed, size):
    rng = np.random.default_rng(seed)
    access = rng.choice([0.0, 0.1, 0.5, 2.0], size) * rng.random(size)
    people = rng.integers(0, 50, size).astype(float)
    total = (access * people).sum()
    if total == 0:
        with pytest.raises(InvalidInput, match="无法计算"):
            gini(access, people)
        return
    apart = (people[:, None] * people * np.abs(access[:, None] - access)).sum()
    assert gini(access, people) == pytest.approx(apart / (2 * people.sum() * total), abs=1e-12)


def test_everybody_alike_has_a_gini_of_nothing_and_one_with_all_has_nearly_one():
    assert gini(np.full(5, 0.3), np.arange(5.0)) == pytest.approx(0, abs=1e-15)
    assert gini(np.array([0.0, 1.0]), np.array([99.0, 1.0])) == pytest.approx(0.99)
    heads, held = lorenz_curve(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
    assert heads.tolist() == [0, 0.5, 1]
    assert held.tolist() == [0, 0.25, 1]


def test_a_walk_of_just_a_zone_s_limit_is_in_the_zone():
    assert ZONES(np.array([0, 3000, 3001, 6000, 9000, 9001])).tolist() == [
        1.0, 1.0, 0.68, 0.68, 0.22, 0.0,
    ]  # fmt: skip
    gaussian = gaussian_decay(9000)(np.array([0, 9000, 12_000]))
    assert gaussian == pytest.approx([1, 0, 0], abs=1e-15)


def test_two_places_compete_for_the_beds_of_one_facility():
    arcs = pairs((0, 0, 100), (0, 1, 100), (1, 1, 100))
    result = enhanced_two_step(arcs, np.array([30.0, 10.0]), np.array([100.0, 200.0]), PLAIN)
    assert result.ratio.tolist() == [0.1, 0.05]
    assert result.access == pytest.approx([0.1, 0.15])


def test_bad_supply_and_demand_are_told_and_the_rest_is_computed():
    arcs = pairs((0, 0, 10), (1, 0, 10), (2, 1, 10), (3, 2, 10))
    supply = np.array([10.0, np.nan, -5.0, 0.0, 7.0])
    demand = np.array([100.0, np.nan, -1.0])
    result = enhanced_two_step(arcs, supply, demand, PLAIN)
    assert result.access == pytest.approx([0.1, 0, 0])
    assert {doubt.code: doubt.rows.tolist() for doubt in result.doubts} == {
        "no_supply": [3],
        "bad_supply": [1, 2],
        "unreached_supply": [4],
        "bad_demand": [1, 2],
    }
    assert result.reached_supply == 10


def test_without_pairs_nobody_has_access():
    result = enhanced_two_step(pairs(), np.array([5.0]), np.array([3.0, 4.0]), ZONES)
    assert result.access.tolist() == [0, 0]
    assert [doubt.code for doubt in result.doubts] == ["unreached_supply"]
    empty = enhanced_two_step(pairs(), np.zeros(0), np.zeros(0), ZONES)
    assert len(empty.access) == len(empty.doubts) == 0


def test_units_have_the_mean_over_their_people_and_the_shares_left_behind():
    access = np.array([0.0, 0.1, 0.4, 0.4, 0.9])
    people = np.array([10.0, 30.0, 10.0, 50.0, 0.0])
    units = access_by_unit(access, people, ["b", "a", "a", None, "c"])
    assert units.index.tolist() == ["a", "b", "c"]
    assert units["people"].tolist() == [40, 10, 0]
    assert units["access"].tolist()[:2] == pytest.approx([0.175, 0])
    assert units["share_without"].tolist()[:2] == [0, 1]
    # the mean over all 100 people is 0.27: below half of it is below 0.135
    assert units["share_below_half"].tolist()[:2] == [0.75, 1]
    assert units.loc["c", ["access", "share_without", "share_below_half"]].isna().all()


@pytest.mark.parametrize(
    "zones", [[], [(0, 1.0)], [(5, 1.0), (5, 0.5)], [(5, 0.5), (9, 0.6)], [(5, 1.5)]]
)
def test_zones_that_make_no_sense_are_refused(zones):
    with pytest.raises(InvalidInput):
        stepwise_decay(zones)


def test_what_cannot_be_weighed_is_refused():
    with pytest.raises(InvalidInput, match="大于 0"):
        gaussian_decay(0)
    with pytest.raises(InvalidInput, match="不存在的需求点"):
        enhanced_two_step(pairs((0, 3, 10)), np.ones(1), np.ones(2), PLAIN)
    with pytest.raises(InvalidInput, match="负数"):
        gini(np.array([-1.0]), np.ones(1))
