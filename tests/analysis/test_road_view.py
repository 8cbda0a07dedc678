"""What roads see in bands of rows: the same as in one piece, and only where it matters."""

import numpy as np
import pytest
import shapely

from analysis.siting_ground import NORTH, WEST, ZONE, model
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.road_view import road_view
from civgeo.analysis.viewshed import viewshed

ROWS, COLUMNS, CELL_M = 400, 130, 20.0
REGION = shapely.box(WEST, NORTH - ROWS * CELL_M, WEST + COLUMNS * CELL_M, NORTH)
LIFT = {"observer_m": 1.5, "max_distance_m": 700.0}


def source() -> HeightSource:
    rng = np.random.default_rng(5)
    heights = rng.normal(0, 2, (ROWS, COLUMNS)).cumsum(axis=0).cumsum(axis=1) / 10
    heights[200:210, 30:60] = np.nan
    return HeightSource(GroundGrid.over(REGION, ZONE, CELL_M), model(heights, CELL_M))


def cells(plane: np.ndarray) -> np.ndarray:
    bits = np.unpackbits(plane.view(np.uint8), axis=1, bitorder="little", count=COLUMNS)
    return bits.astype(bool)


def observers() -> tuple[np.ndarray, np.ndarray]:
    along = np.linspace(0, ROWS * CELL_M, 60)
    return np.full(60, WEST + 900), NORTH - along


def test_bands_see_what_one_look_over_the_whole_ground_sees():
    ground, (x, y) = source(), observers()
    whole = viewshed(ground.grid, ground.whole(), x, y, **LIFT)
    done = []
    options = {"band_cells": 20_000, "progress": lambda *step: done.append(step)}
    found = road_view(ground, x, y, np.ones(ROWS, bool), **LIFT, **options)

    assert len(done) > 3
    assert done[-1] == (ROWS, ROWS)
    assert np.array_equal(cells(found.seen), whole.observers > 0)
    assert np.array_equal(cells(found.known), whole.known)
    assert 0.1 < cells(found.seen).mean() < 0.9


def test_rows_that_do_not_matter_are_left_out_and_far_observers_not_asked():
    ground, (x, y) = source(), observers()
    rows = np.zeros(ROWS, bool)
    rows[[3, 350]] = True
    found = road_view(ground, x, y, rows, **LIFT)
    whole = viewshed(ground.grid, ground.whole(), x, y, **LIFT)

    for row in (3, 350):
        assert np.array_equal(cells(found.seen)[row], whole.observers[row] > 0)
    nothing = road_view(ground, x, y + 1e6, rows, **LIFT)
    assert (nothing.observers, nothing.placed) == (0, 0)
    assert not nothing.seen.any()


def test_observers_on_ground_without_heights_are_counted():
    ground = source()
    x, y = ground.grid.middles([100, 205], [40, 40])
    found = road_view(ground, x, y, np.ones(ROWS, bool), **LIFT)

    assert (found.observers, found.placed) == (2, 1)


@pytest.mark.parametrize("high", [ROWS, 17])
def test_heights_of_rows_are_those_of_the_whole(high):
    ground = source()
    assert np.array_equal(ground.rows(5, high), ground.whole()[5:high], equal_nan=True)
