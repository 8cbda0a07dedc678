"""Candidate areas: scipy's components, outlines that hold their cells, how firm an order is."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from analysis.siting_ground import NORTH, WEST, ZONE, layer, model, placed
from civgeo.analysis.candidate_areas import M2_A_MU, candidate_areas, free_areas, ranked
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.siting import Exclusions, Plane, PlaneKind, SlopeLimit, exclusions
from civgeo.errors import InvalidInput


def marked(excluded: np.ndarray, cell_m: float = 10.0) -> Exclusions:
    """Exclusions by one rule, given cell by cell."""
    rows, columns = excluded.shape
    wide = np.ones((rows, -(-columns // 64) * 64), np.uint8)
    wide[:, :columns] = excluded
    plane = np.packbits(wide, axis=1, bitorder="little").view(np.uint64)
    outside = np.zeros_like(plane)
    spare = columns % 64
    if spare:
        outside[:, -1] = np.uint64(2**64 - 2**spare)
    grid = GroundGrid(ZONE, WEST, NORTH, cell_m, rows, columns)
    return Exclusions(grid, (Plane(PlaneKind.EXCLUDED, "any", "rule"),), plane[None], outside)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 200), st.floats(0.3, 0.95), st.integers(0, 2**32 - 1))
def test_cells_of_another_plane_are_counted_candidate_by_candidate(rows, columns, share, seed):
    rng = np.random.default_rng(seed)
    free, other = rng.random((rows, columns)) < share, rng.random((rows, columns)) < 0.4
    areas = free_areas(marked(~free), 300.0)

    grid = marked(~free).grid
    there = shapely.points(*grid.middles(*np.indices((rows, columns))))
    expected = [int(other[shapely.contains(shape, there)].sum()) for shape in areas.frame.geometry]
    assert areas.cells(marked(other).bits[0]).tolist() == expected
    held = shapely.contains(shapely.union_all(areas.frame.geometry.to_numpy()), there)
    assert np.array_equal(areas.rows, held.any(axis=1))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 90),
    st.integers(1, 200),
    st.floats(0.2, 0.95),
    st.integers(1, 30),
    st.integers(0, 2**32 - 1),
)
def test_areas_are_the_components_of_scipy_and_outlines_hold_just_their_cells(
    rows, columns, share, least, seed
):
    free = np.random.default_rng(seed).random((rows, columns)) < share
    label, count = ndimage.label(free)
    cells = np.bincount(label.ravel(), minlength=count + 1)[1:]

    found = candidate_areas(marked(~free), least * 100.0)

    assert sorted(found["area_m2"]) == sorted(cells[cells >= least] * 100.0)
    assert found["area_m2"].is_monotonic_decreasing
    outlines = found.geometry.to_numpy()
    assert shapely.is_valid(outlines).all()
    assert np.array_equal(shapely.area(outlines), found["area_m2"])
    assert found["compactness"].between(0, 1).all()
    x, y = WEST + np.arange(columns) * 10 + 5, NORTH - np.arange(rows) * 10 - 5
    held = np.zeros_like(free)
    for outline in outlines:
        held |= shapely.contains_xy(outline, *np.meshgrid(x, y))
    assert np.array_equal(held, np.isin(label, 1 + np.flatnonzero(cells >= least)))


def test_millions_of_cells_give_the_components_of_scipy():
    noise = np.random.default_rng(7).normal(size=(2_000, 2_100))
    free = ndimage.gaussian_filter(noise, 6) > 0.01
    label, count = ndimage.label(free)
    cells = np.bincount(label.ravel())[1:]
    least = 50 * M2_A_MU

    found = candidate_areas(marked(~free), least)

    assert len(found) > 100
    assert count > len(found)
    expected = np.sort(cells[cells * 100 >= least] * 100.0)[::-1]
    assert found["area_m2"].tolist() == expected.tolist()
    assert (found["area_mu"] == found["area_m2"] / M2_A_MU).all()


def test_fifty_mu_to_the_last_cell_are_enough():
    free = np.zeros((3, 40), bool)
    free[0, :15] = True
    free[2, :14] = True

    found = candidate_areas(marked(~free, 200 / 3**0.5), 300 * M2_A_MU)

    assert found["area_mu"].tolist() == [pytest.approx(300)]


def test_a_disc_is_more_compact_than_a_square_and_a_square_than_a_strip():
    ground = np.zeros((300, 700), bool)
    row, column = np.indices(ground.shape)
    ground |= (row - 100) ** 2 + (column - 100) ** 2 < 90**2
    ground[10:160, 300:450] = True
    ground[290:295, 10:690] = True

    found = candidate_areas(marked(~ground), 100)

    by_area = found["compactness"].tolist()
    assert by_area[0] == pytest.approx(0.90, abs=0.01)
    assert by_area[1] == pytest.approx(np.pi / 4, abs=0.01)
    assert by_area[2] < 0.03
    assert found["centroid_x"][0] == pytest.approx(WEST + 1_005)


def test_the_mean_slope_is_that_of_the_ground_and_unknown_cells_may_be_admitted():
    region = shapely.box(WEST, NORTH - 1_000, WEST + 1_000, NORTH)
    heights = np.broadcast_to(np.arange(120) * 10 * np.tan(np.radians(7.0)), (120, 120)).copy()
    heights[40:80, 40:80] = np.nan
    grown = model(heights, 10)
    object.__setattr__(grown, "affine", (10, 0, WEST - 100, 0, -10, NORTH + 100))
    source = HeightSource(GroundGrid.over(region, ZONE, 10), grown)
    road = layer("road", [shapely.LineString(placed([(800, -50), (800, 1_050)]))], 20)
    marks = exclusions(region, ZONE, [road], cell_m=10, slopes=[SlopeLimit("s", 8)], heights=source)

    strict = candidate_areas(marks, 1_000)
    admitted = candidate_areas(marks, 1_000, admit=frozenset({PlaneKind.UNASSESSED}))

    assert strict["mean_slope_deg"].tolist() == pytest.approx([7.0, 7.0], abs=1e-3)
    assert (strict["slope_known_share"] == 1).all()
    assert admitted["area_m2"][0] - strict["area_m2"][0] == 42 * 42 * 100
    assert admitted["admitted_share"][0] == pytest.approx(42 * 42 * 100 / admitted["area_m2"][0])
    assert admitted["slope_known_share"][0] == 1 - admitted["admitted_share"][0]


def test_nothing_free_gives_no_area():
    found = candidate_areas(marked(np.ones((5, 70), bool)), 1)

    assert len(found) == 0
    with pytest.raises(InvalidInput, match="最小面积"):
        candidate_areas(marked(np.ones((1, 1), bool)), 0)


AREAS = pd.DataFrame(
    {"name": list("abcd"), "mu": [200.0, 100.0, 60.0, 50.0], "far_m": [9e3, 1e3, 5e3, np.nan]}
)


def test_the_order_follows_the_weights_and_less_may_be_better():
    rng = np.random.default_rng(1)
    large = ranked(AREAS, {"mu": 1.0}, rng, top=1)
    near = ranked(AREAS, {"mu": 0.1, "far_m": -1.0}, rng, top=1)

    assert large["name"].tolist() == list("abcd")
    assert large["top_share"].tolist() == [1, 0, 0, 0]
    assert near["name"].tolist() == list("bcad")
    assert near["rank"].tolist() == [1, 2, 3, 4]
    assert near["score"].iloc[-1] == 0


def test_a_close_order_is_less_firm_than_a_clear_one():
    close = pd.DataFrame({"one": [1.0, 0.0, 0.45], "other": [0.0, 1.0, 0.45]})
    found = ranked(close, {"one": 1.01, "other": 1.0}, np.random.default_rng(2), top=1)

    assert found["top_share"].sum() == pytest.approx(1)
    assert 0.4 < found["top_share"][0] < 0.6
    assert found["top_share"][2] == 0
    again = ranked(close, {"one": 1.01, "other": 1.0}, np.random.default_rng(2), top=1)
    pd.testing.assert_frame_equal(found, again)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(0.1, 10))
def test_scores_do_not_depend_on_the_unit_of_a_column(values, unit):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"value": np.round(values, 3)})
    one = ranked(frame, {"value": 1.0}, rng, draws=5)
    other = ranked(frame * unit, {"value": 3.0}, rng, draws=5)

    assert one["score"].tolist() == pytest.approx(other["score"].tolist())


def test_more_areas_or_draws_than_anyone_can_wait_for_are_refused():
    scattered = np.indices((700, 700)).sum(axis=0) % 2 == 0
    with pytest.raises(InvalidInput, match="连成的候选地有 245,000 片") as refused:
        candidate_areas(marked(scattered), 100.0)
    assert refused.value.code == "too_scattered"

    many = pd.DataFrame({"area_m2": np.arange(3_000.0)})
    with pytest.raises(InvalidInput, match="3,000 片候选地不能排 100,000 次") as refused:
        ranked(many, {"area_m2": 1.0}, np.random.default_rng(1), draws=100_000)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("weights", "more", "said"),
    [
        ({"view": 1.0}, {}, "没有这些指标：view"),
        ({"mu": 0.0}, {}, "权重"),
        ({"mu": 1.0}, {"top": 0}, "前几名"),
        ({"mu": 1.0}, {"spread": 1.5}, "浮动"),
    ],
)
def test_an_order_without_sense_is_refused(weights, more, said):
    with pytest.raises(InvalidInput, match=said):
        ranked(AREAS, weights, np.random.default_rng(0), **more)
