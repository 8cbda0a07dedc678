"""What a road sees: rays cell by cell, laws that hold on any ground, gaps told."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.siting_ground import NORTH, WEST, ZONE, placed, series
from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.viewshed import EARTH_DIAMETER_M, REFRACTED, road_observers, viewshed
from civgeo.errors import CrsError, InvalidInput

CELL_M = 10.0


def grid_of(heights: np.ndarray) -> GroundGrid:
    return GroundGrid(ZONE, WEST, NORTH, CELL_M, *heights.shape)


def seen(heights: np.ndarray, cells, **more) -> np.ndarray:
    """How many observers in the given cells see each cell."""
    grid = grid_of(heights)
    asked = {"observer_m": 1.6, "max_distance_m": 1e5} | more
    row, column = np.array(cells).reshape(-1, 2).T
    return viewshed(grid, heights.astype(np.float32), *grid.middles(row, column), **asked).observers


def hills(seed: int, rows: int = 41, columns: int = 57, rough: float = 2.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    waves = rng.normal(0, 1, (rows, columns)).cumsum(axis=0).cumsum(axis=1) / 8
    return (waves + rng.normal(0, rough, (rows, columns))).astype(np.float32)


@settings(deadline=None)
@given(
    st.integers(0, 24), st.integers(0, 40), st.floats(0.01, 5), st.floats(0, 5), st.floats(1, 500)
)
def test_all_of_level_ground_within_reach_is_seen(row, column, lift, target, reach):
    heights = np.full((25, 41), 123.0)
    found = seen(
        heights, (row, column), observer_m=lift, target_m=target, max_distance_m=reach, curvature=0
    )

    at = np.hypot(*(np.indices(heights.shape) - np.array([row, column])[:, None, None])) * CELL_M
    assert np.array_equal(found == 1, at <= reach)


def test_level_ground_sinks_below_the_horizon_of_the_curved_earth():
    heights = np.zeros((3, 2_000))
    found = seen(heights, (1, 0), observer_m=1.6)

    horizon = np.sqrt(1.6 * EARTH_DIAMETER_M / REFRACTED)
    assert found[1].sum() * CELL_M == pytest.approx(horizon, abs=2 * CELL_M)
    raised = seen(heights, (1, 0), observer_m=1.6, target_m=50)
    assert raised[1].all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 3), st.floats(0, 30))
def test_a_higher_target_is_never_hidden_where_a_lower_one_is_seen(seed, low, more):
    heights = hills(seed)
    one, other = (seen(heights, (20, 28), target_m=each) for each in (low, low + more))

    assert (other >= one).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 3), st.floats(0.01, 30))
def test_a_higher_eye_loses_nothing_that_a_lower_one_sees(seed, low, more):
    heights = hills(seed)
    one, other = (seen(heights, (20, 28), observer_m=each) for each in (low, low + more))

    assert (other >= one).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 300))
def test_raising_all_ground_changes_nothing(seed, rise):
    heights = np.round(hills(seed) * 64) / 64
    lifted = heights + np.round(rise)

    assert np.array_equal(seen(heights, (20, 28)), seen(lifted, (20, 28)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(0, 56))
def test_turned_and_mirrored_ground_is_seen_turned_and_mirrored(seed, row, column):
    heights = hills(seed)
    found = seen(heights, (row, column))

    assert np.array_equal(seen(heights[::-1], (40 - row, column))[::-1], found)
    assert np.array_equal(seen(heights[:, ::-1], (row, 56 - column))[:, ::-1], found)
    assert np.array_equal(seen(heights.T, (column, row)).T, found)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_many_observers_see_what_each_of_them_sees(seed, threads):
    heights = hills(seed)
    rng = np.random.default_rng(seed)
    cells = np.column_stack([rng.integers(0, 41, 9), rng.integers(0, 57, 9)])
    reach = float(rng.uniform(20, 600))

    together = seen(heights, cells, threads=threads, max_distance_m=reach)

    alone = sum(seen(heights, cell, max_distance_m=reach).astype(int) for cell in cells)
    assert np.array_equal(together, alone)


def test_a_wall_hides_what_lies_behind_it_and_a_hill_looks_over_it():
    heights = np.zeros((61, 61))
    heights[:, 30] = 10.0
    below = seen(heights, (30, 10), curvature=0)

    assert below[:, :31].all()
    assert not below[:, 31:].any()
    heights[30, 10] = 30.0
    above = seen(heights, (30, 10), curvature=0)
    # eyes at 31.6 m, 200 m from a wall of 10 m: level ground is seen again 93 m behind it
    assert not above[30, 31:39].any()
    assert above[30, 40:].all()


def test_a_cell_without_a_height_hides_nothing_and_is_not_seen():
    heights = np.zeros((21, 21))
    heights[8:13, 12] = np.nan
    grid = grid_of(heights)
    x, y = grid.middles(np.array([10, 10, 500]), np.array([3, 12, 3]))
    found = viewshed(grid, heights, x, y, observer_m=2, max_distance_m=500, curvature=0)

    assert found.placed.tolist() == [True, False, False]
    assert np.array_equal(found.observers == 1, found.known)
    places = grid.middles(np.array([10, 10, -5]), np.array([20, 12, 3]))
    assert np.array_equal(found.at(*places), [1, np.nan, np.nan], equal_nan=True)


def test_observers_stand_at_even_steps_with_both_ends():
    roads = gpd.GeoSeries(
        {
            "G106": shapely.LineString(placed([(0, 0), (250, 0)])),
            "S219": shapely.MultiLineString(
                [placed([(0, 0), (0, 100)]), placed([(0, 200), (0, 210)])]
            ),
            "none": None,
        },
        crs=ZONE,
    )
    found = road_observers(roads, 100)

    assert found["road"].tolist() == ["G106"] * 4 + ["S219"] * 4
    assert found["along_m"].tolist() == pytest.approx([0, 250 / 3, 500 / 3, 250, 0, 100, 0, 10])
    assert found["x"].tolist()[3] == WEST + 250
    assert found["y"].tolist()[4:] == [NORTH, NORTH - 100, NORTH - 200, NORTH - 210]


def test_what_makes_no_sense_is_refused():
    heights = np.zeros((5, 5))
    grid = grid_of(heights)
    with pytest.raises(InvalidInput, match="最远距离"):
        viewshed(grid, heights, [], [], observer_m=1, max_distance_m=0)
    with pytest.raises(InvalidInput, match="不能小于 0"):
        viewshed(grid, heights, [], [], observer_m=-1, max_distance_m=10)
    with pytest.raises(InvalidInput, match="行列数不同"):
        viewshed(grid, heights[:4], [], [], observer_m=1, max_distance_m=10)
    many = np.zeros(65_536)
    with pytest.raises(InvalidInput, match="最多 65535 个"):
        viewshed(grid, heights, many, many, observer_m=1, max_distance_m=10)
    with pytest.raises(CrsError, match="以米为单位"):
        road_observers(gpd.GeoSeries([shapely.LineString([(114, 33), (115, 33)])], crs=4490), 100)
    with pytest.raises(InvalidInput, match="间距"):
        road_observers(series([]), 0)
    road = shapely.LineString([(WEST, NORTH), (WEST + 2_000, NORTH)])
    with pytest.raises(InvalidInput, match="将超过 1,000,000 个"):
        road_observers(series([road]), 0.001)
    with pytest.raises(InvalidInput, match="道路应是线"):
        road_observers(series([shapely.Point(WEST, NORTH)]), 10)
