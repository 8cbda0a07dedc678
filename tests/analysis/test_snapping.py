"""Places on streets: barriers between a point and its street, areas that one stands in."""

from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.walk_search import limit_dm
from civgeo.errors import InvalidInput
from street_towns import network_of, town

BANKS = network_of([(0, 0), (1_000, 0), (0, 100), (1_000, 100)], [(0, 1), (2, 3)])
RIVER = shapely.LineString([(-500, 80), (1_500, 80)])


def snapped(barriers, x=500.0, y=70.0, limit_m=200.0):
    index = StreetIndex(BANKS).beside(np.array(barriers, dtype=object))
    return index.snap(np.array([x]), np.array([y]), limit_m)


def test_a_street_across_the_river_is_not_the_nearest():
    across, here = snapped([]), snapped([RIVER])
    assert (across.edge[0], across.access_dm[0]) == (1, 300)
    assert (here.edge[0], here.access_dm[0], here.nearest_m[0]) == (0, 700, 70.0)


def test_who_has_no_street_on_this_side_is_on_none():
    place = snapped([RIVER], limit_m=50.0)
    assert not place.is_on_network[0]
    assert np.isinf(place.nearest_m[0])


def test_the_index_without_barriers_stays_as_it_was():
    index = StreetIndex(BANKS)
    index.beside(np.array([RIVER], dtype=object))
    assert index.snap(np.array([500.0]), np.array([70.0])).edge[0] == 1


@pytest.mark.parametrize(
    "wall", [shapely.box(450, 40, 550, 90), shapely.box(450, 40, 550, 90).exterior]
)
def test_who_stands_inside_a_walled_area_leaves_it_straight(wall):
    assert snapped([wall]).access_dm[0] == 300


def test_a_street_that_runs_along_the_barrier_is_reached_from_its_side():
    along = shapely.LineString([(-500, 100), (1_500, 100)])
    assert snapped([along]).edge[0] == 1


@given(st.integers(0, 2**32 - 1))
def test_no_straight_way_crosses_a_barrier_and_none_gets_shorter(seed):
    rng = np.random.default_rng(seed)
    network = town(rng, side=5)
    x, y = rng.uniform(0, 400, (2, 30))
    barriers = np.array([shapely.LineString(rng.uniform(0, 400, (3, 2))) for _ in range(3)])
    free, held = (
        index.snap(x, y) for index in (StreetIndex(network), StreetIndex(network).beside(barriers))
    )
    assert (held.nearest_m >= free.nearest_m).all()
    lines = shapely.linestrings(
        network.shape_xy, indices=np.repeat(np.arange(network.edges), np.diff(network.shape_start))
    )
    points = shapely.points(x, y)
    every = shapely.shortest_line(points[:, None], lines[None, :])
    walkable = ~shapely.crosses(every[:, :, None], barriers).any(axis=2)
    nearest = np.where(walkable, shapely.length(every), np.inf).min(axis=1)
    within = nearest <= 200
    assert (held.is_on_network == within).all()
    assert np.allclose(held.nearest_m[within], nearest[within])


@pytest.mark.parametrize("number", ["1e-99999999", "1e99999999", "1." + "0" * 40])
def test_a_walk_of_absurdly_many_digits_is_refused_at_once(number):
    with pytest.raises(InvalidInput):
        limit_dm(Decimal(number), 1)
