"""Places seen from roads: as the whole viewshed says, with gaps told, by windows or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.siting_ground import NORTH, WEST, ZONE
from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.sight_from_roads import SightState, SightTerms, finest_cell_m, sightings
from civgeo.analysis.viewshed import viewshed
from civgeo.errors import InvalidInput

CELL_M = 10.0
TERMS = SightTerms(observer_m=1.5, target_m=1.0, max_distance_m=5_000)


def ground(heights: np.ndarray):
    """Heights of a grid that lies on the lattice of `heights`, NaN beyond."""

    def of(grid: GroundGrid) -> np.ndarray:
        found = np.full((grid.rows, grid.columns), np.nan, np.float32)
        top, left = round((NORTH - grid.north) / CELL_M), round((grid.west - WEST) / CELL_M)
        rows, columns = np.indices(found.shape)
        rows, columns = rows + top, columns + left
        inside = (rows >= 0) & (columns >= 0)
        inside &= (rows < heights.shape[0]) & (columns < heights.shape[1])
        found[inside] = heights[rows[inside], columns[inside]]
        return found

    return of


def middles(cells) -> np.ndarray:
    row, column = np.array(cells).reshape(-1, 2).T
    return np.column_stack([WEST + (column + 0.5) * CELL_M, NORTH - (row + 0.5) * CELL_M])


def look(heights, places, observers, terms=TERMS, **more):
    asked = {"epsg": ZONE, "cell_m": CELL_M} | more
    return sightings(middles(places), middles(observers), ground(heights), terms, **asked)


def ridge() -> np.ndarray:
    """Level ground with a wall of 30 m from north to south, open in its middle rows."""
    heights = np.full((61, 201), 50.0)
    heights[:, 100] = 80.0
    heights[28:33, 100] = 50.0
    return heights


def test_a_ridge_hides_what_lies_behind_it_but_not_before_it_nor_in_its_gap():
    found = look(ridge(), [(10, 150), (10, 60), (30, 150)], [(10, 20), (30, 20), (50, 20)])

    assert [state.value for state in found.state] == ["hidden", "seen", "seen"]
    assert found.observers.tolist() == [0, 3, 1]
    assert found.nearest.tolist() == [0, 0, 1]
    assert found.distance_m.tolist() == [1300, 400, 1300]


def test_places_out_of_reach_and_at_exactly_the_limit():
    level = np.zeros((5, 300))
    terms = SightTerms(1.5, 1.0, 1_000)
    found = look(level, [(2, 110), (2, 111)], [(2, 10)], terms)

    assert found.state == (SightState.SEEN, SightState.BEYOND)
    assert found.nearest.tolist() == [0, -1]
    assert np.isnan(found.distance_m[1])


def test_where_no_height_is_known_nothing_is_said_without_proof():
    heights = ridge()
    heights[8:13, 60:63] = np.nan
    heights[50, 20] = np.nan
    places = [(10, 61), (10, 80), (10, 150), (55, 30)]
    found = look(heights, places, [(10, 20), (50, 20)], SightTerms(1.5, 1.0, 1_500))

    assert [state.value for state in found.state] == [
        "place_unknown",  # it lies in the hole
        "between_unknown",  # only over the hole
        "observer_unknown",  # behind the ridge of one; the other stands on no known ground
        "seen",
    ]
    assert found.unplaced == 1
    over = look(heights, [(10, 150)], [(10, 20)])
    assert over.state == (SightState.HIDDEN,), "behind the ridge however low the hole is"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_each_place_is_seen_as_by_the_viewshed_of_the_whole_ground(seed, threads):
    rng = np.random.default_rng(seed)
    heights = np.round(rng.normal(0, 1, (50, 70)).cumsum(0).cumsum(1), 1).astype(np.float32)
    places, observers = (
        np.column_stack([rng.integers(0, 50, count), rng.integers(0, 70, count)])
        for count in (40, 12)
    )
    terms = SightTerms(1.5, float(rng.uniform(0, 5)), 2_000)
    found = look(heights, places, observers, terms, threads=threads)

    grid = GroundGrid(ZONE, WEST, NORTH, CELL_M, *heights.shape)
    whole = viewshed(
        grid,
        heights,
        *middles(observers).T,
        observer_m=1.5,
        target_m=terms.target_m,
        max_distance_m=2_000,
    )
    assert np.array_equal(found.observers, whole.at(*middles(places).T))
    assert [state.is_seen for state in found.state] == (found.observers > 0).tolist()


def test_windows_along_a_long_road_change_nothing_and_tell_how_far_they_are():
    rng = np.random.default_rng(7)
    heights = rng.normal(0, 3, (40, 3_000)).astype(np.float32)
    places = np.column_stack([rng.integers(0, 40, 200), rng.integers(0, 3_000, 200)])
    observers = np.column_stack([np.full(300, 20), np.arange(0, 3_000, 10)])
    told = []
    found = look(
        heights, places, observers, SightTerms(1.5, 1.0, 800), progress=lambda *s: told.append(s)
    )

    grid = GroundGrid(ZONE, WEST, NORTH, CELL_M, *heights.shape)
    asked = {"observer_m": 1.5, "target_m": 1.0, "max_distance_m": 800.0}
    whole = viewshed(grid, heights, *middles(observers).T, **asked)
    assert np.array_equal(found.observers, whole.at(*middles(places).T))
    assert told[-1] == ("可视分析", 300, 300)
    assert len(told) >= 3


def test_nothing_to_see_nobody_to_look_and_cells_too_small():
    level = np.zeros((5, 5))
    assert look(level, np.zeros((0, 2), int), [(1, 1)]).state == ()
    assert look(level, [(1, 1)], np.zeros((0, 2), int)).state == (SightState.BEYOND,)
    assert finest_cell_m(20_000) == 10
    with pytest.raises(InvalidInput, match="太小"):
        look(level, [(1, 1)], [(1, 1)], SightTerms(1.5, 1, 30_000))
