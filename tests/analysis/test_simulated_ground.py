"""The simulated landscape: cells, heights, and what the land is used as."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from simulated_country import AREA, EPSG, MIDDLES, RIVERS, WAYS, ground_of, land_of

from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.simulated_ground import GroundPlan, simulate_ground
from civgeo.analysis.simulated_land import LandClass, land_parcels
from civgeo.analysis.simulated_parcels import parcels
from civgeo.analysis.simulated_raster import (
    apart_from,
    cells_along,
    cells_inside,
    smooth_noise,
    step_up,
)

GRID = GroundGrid(EPSG, 400_000.0, 3_600_000.0, 50.0, 83, 121)
SEEDS = (1, 2, 3)
CLOSE_M2 = 0.01 * AREA.length
"""Corners of the outline lie on whole centimetres."""


def middles(grid):
    row, column = np.indices((grid.rows, grid.columns))
    return grid.middles(row, column)


def heights_at(ground, places):
    return ground.heights[ground.grid.cells_of(*places.T)]


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_inside_polygons_are_those_whose_middle_is(seed):
    rng = np.random.default_rng(seed)
    places = rng.uniform((400_500, 3_597_000), (405_500, 3_599_500), (6, 1, 2))
    turn = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    shapes = shapely.polygons(
        places + rng.uniform(200, 900, (6, 9, 1)) * np.column_stack([np.cos(turn), np.sin(turn)])
    )
    whole = shapely.union_all(shapes).difference(
        shapely.box(402_000, 3_598_000, 402_600, 3_599_000)
    )
    found = cells_inside(shapely.get_parts(np.array([whole])), GRID)
    assert found.any()
    assert (found == shapely.contains_xy(whole, *middles(GRID))).all()


def test_polygons_that_leave_the_grid_are_cut_off_at_its_edges():
    wide = np.array([shapely.box(0, 0, 9e6, 9e6)])
    assert cells_inside(wide, GRID).all()
    assert not cells_inside(np.array([shapely.box(0, 0, 5, 5)]), GRID).any()


def test_cells_along_a_line_are_all_that_it_stays_in_for_a_while():
    line = shapely.LineString([(400_020, 3_599_990), (404_000, 3_596_500)])
    found = cells_along(np.array([line]), GRID)
    x, y = middles(GRID)
    boxes = shapely.box(x - 25, y - 25, x + 25, y + 25)
    inside = shapely.length(shapely.intersection(boxes, line))
    assert not (found & (shapely.distance(boxes, line) > 1e-6)).any()
    assert found[inside > 20].all()


def test_distances_are_exact_at_every_eighth_cell_and_near_it_between():
    places = np.array([[401_000.0, 3_599_000.0], [405_100.0, 3_597_200.0]])
    exact = np.min([np.hypot(*(np.array(middles(GRID)) - at[:, None, None])) for at in places], 0)
    found = apart_from(places, GRID)
    assert found[::8, ::8] == pytest.approx(exact[::8, ::8], rel=1e-5)
    assert np.abs(found - exact).max() < 8 * 50 * np.sqrt(2) / 2
    assert np.isinf(apart_from(np.zeros((0, 2)), GRID)).all()


def test_noise_is_even_and_has_no_wave_that_is_longer():
    noise = smooth_noise(GRID, 800.0, 2.0, np.random.default_rng(1))
    assert noise.shape == (GRID.rows, GRID.columns)
    assert noise.mean() == pytest.approx(0, abs=0.05)
    assert noise.std() == pytest.approx(1, abs=0.1)
    over_1500_m = noise[:60, :120].reshape(2, 30, 4, 30).mean(axis=(1, 3))
    assert np.abs(over_1500_m).max() < 0.5
    assert (smooth_noise(GRID, 800.0, 2.0, np.random.default_rng(1)) == noise).all()


def test_step_rises_from_nothing_to_all():
    values = np.linspace(-1, 4, 101, dtype=np.float32)
    found = step_up(values, 1.0, 3.0)
    assert (found[values <= 1] == 0).all()
    assert (found[values >= 3] == 1).all()
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("seed", SEEDS)
class TestLandscape:
    def test_hills_stand_in_the_west_and_none_on_towns_and_rivers(self, seed):
        ground = ground_of(seed)
        third = ground.grid.columns // 3
        assert ground.heights[:, :third].mean() > 1.4 * ground.heights[:, -third:].mean()
        assert heights_at(ground, MIDDLES).max() < 130
        along = shapely.get_coordinates(shapely.segmentize(RIVERS, 300))
        assert ground.relief[ground.grid.cells_of(*along.T)].max() < 12

    def test_heights_are_sober_and_smooth(self, seed):
        heights = ground_of(seed).heights
        assert heights.dtype == np.float32
        assert 15 < heights.min() < heights.max() < 1_200
        assert heights == pytest.approx(np.round(heights, 1), abs=1e-4)
        down, across = np.gradient(heights, ground_of(seed).grid.cell_m)
        assert np.degrees(np.arctan(np.hypot(down, across))).max() < 60

    def test_water_of_a_reservoir_is_level_and_lies_apart_from_towns_and_ways(self, seed):
        ground = ground_of(seed)
        sizes = [int(cells.sum()) for cells in ground.reservoirs]
        assert sizes == sorted(sizes, reverse=True)
        for cells in ground.reservoirs:
            assert np.ptp(ground.heights[cells]) == 0
            at = np.column_stack(ground.grid.middles(*np.nonzero(cells)))
            assert shapely.contains_xy(AREA, *at.T).all()
            assert shapely.distance(shapely.MultiPoint(at), shapely.MultiPoint(MIDDLES)) > 800
            assert shapely.distance(shapely.MultiPoint(at), WAYS[0]) > 200

    def test_same_seed_draws_the_same_landscape(self, seed):
        plan = GroundPlan(EPSG, AREA, MIDDLES, RIVERS, WAYS)
        again = simulate_ground(plan, np.random.default_rng(seed))
        assert again.heights.tobytes() == ground_of(seed).heights.tobytes()
        assert ground_of(seed + 10).heights.tobytes() != again.heights.tobytes()


def test_a_landscape_with_few_estates_is_drawn_coarser_and_a_large_one_too():
    few = GroundPlan(EPSG, AREA, MIDDLES, RIVERS, WAYS)
    many = GroundPlan(EPSG, AREA, np.repeat(MIDDLES, 400, axis=0), RIVERS, WAYS)
    wide = GroundPlan(EPSG, AREA.buffer(120_000), many.towns, RIVERS, WAYS)
    sides = [simulate_ground(plan, np.random.default_rng(1)).grid for plan in (few, many, wide)]
    assert [grid.cell_m for grid in sides] == [200.0, 100.0, 175.0]
    assert all(grid.cells < 3_100_000 for grid in sides)


@pytest.mark.parametrize("seed", SEEDS)
class TestLandUse:
    def test_parcels_cover_the_city_without_gaps_and_overlaps(self, seed):
        shapes, _ = land_parcels(land_of(seed), np.zeros(0, dtype=object))
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
        assert shapely.area(shapes).sum() == pytest.approx(AREA.area, abs=CLOSE_M2)
        assert shapely.area(AREA.difference(shapely.union_all(shapes))) < CLOSE_M2

    def test_towns_rivers_and_reservoirs_have_classes_of_their_own(self, seed):
        land, ground = land_of(seed), ground_of(seed)
        assert set(land.at(MIDDLES)) == {LandClass.TOWN}
        for cells in ground.reservoirs:
            assert (land.classes[cells] == LandClass.RESERVOIR).all()
        inner = shapely.intersection(RIVERS, AREA)
        river = shapely.get_coordinates(shapely.segmentize(inner, 100))
        assert np.mean(land.at(river) == LandClass.RIVER) > 0.97

    def test_fields_lie_in_the_plain_and_woods_on_the_hills(self, seed):
        land, ground = land_of(seed), ground_of(seed)
        inside = cells_inside(np.array([AREA]), ground.grid)
        plain = inside & (ground.hills < 0.05)
        arable = land.classes <= LandClass.PERMANENT_DRY
        assert arable[plain].mean() > 0.9
        wood = inside & (land.classes == LandClass.WOOD)
        assert ground.relief[wood].mean() > 2 * ground.relief[inside & arable].mean()
        kept = inside & arable & (land.classes >= LandClass.PERMANENT_PADDY)
        assert 0.6 < kept.sum() / (inside & arable).sum() < 0.95

    def test_cemeteries_are_cut_out_as_they_are(self, seed):
        places = np.array([[515_000.0, 3_605_000.0], [490_500.0, 3_596_200.0]])
        cemeteries = shapely.buffer(shapely.points(places), 97.3, cap_style="square")
        shapes, classes = land_parcels(land_of(seed), cemeteries)
        assert shapely.coverage_is_valid(shapes)
        assert shapely.area(shapes).sum() == pytest.approx(AREA.area, abs=CLOSE_M2)
        buried = shapely.union_all(shapes[classes == LandClass.FUNERAL])
        assert shapely.area(buried.symmetric_difference(shapely.union_all(cemeteries))) < 1e-3


@given(arrays(np.int32, (9, 12), elements=st.integers(-1, 3)))
def test_any_raster_becomes_a_coverage(values):
    framed = np.pad(values, 5, mode="edge")
    wide = GroundGrid(EPSG, -500.0, 1_400.0, 100.0, *framed.shape)
    area = shapely.box(0, 0, 1_200, 900)
    shapes, found = parcels(framed, wide, area)
    assert shapely.coverage_is_valid(shapes)
    if (values >= 0).all():
        assert shapely.area(shapes).sum() == pytest.approx(area.area)
    assert set(found.tolist()) <= set(values.ravel().tolist())
