"""Sight against gdal_viewshed, and against rays walked one by one."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numba import njit
from scipy import ndimage

from analysis.siting_ground import NORTH, WEST, ZONE, written
from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.viewshed import EARTH_DIAMETER_M, viewshed

CELL_M, CELLS, REACH_M, EYES_M = 10.0, 901, 2_500.0, 1.6
CURVATURE = 0.85714
UNSEEN, SEEN, BEYOND = 0, 1, 2


def hilly(seed: int) -> np.ndarray:
    """Hills of several sizes, rough on top."""
    rng = np.random.default_rng(seed)
    heights = np.full((CELLS, CELLS), 300.0)
    for size, rise in ((150, 90), (50, 30), (15, 8), (4, 1.5)):
        waves = ndimage.gaussian_filter(rng.normal(size=heights.shape), size, mode="wrap")
        heights += rise * waves / waves.std()
    return heights.astype(np.float32)


def with_road(heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ground with a bed of three cells cut along a winding road; cells on the road."""
    column = np.arange(60, CELLS - 60)
    row = np.round(CELLS / 2 + 90 * np.sin(column / 130)).astype(int)
    bed = ndimage.gaussian_filter1d(heights[row, column], 5)
    made = heights.copy()
    for across in (-1, 0, 1):
        made[row + across, column] = bed
    stops = np.arange(40, len(column), 97)
    # a stop is level: the road as wide as three cells, and as long
    for stop in stops:
        r, c = row[stop], column[stop]
        made[r - 1 : r + 2, c - 1 : c + 2] = made[r, c]
    return made, np.column_stack([row[stops], column[stops]])


def by_gdal(folder: Path, dem: Path, cell, target_m: float) -> np.ndarray:
    """What GDAL says of all cells from one of them."""
    out = folder / "out.tif"
    x, y = WEST + (cell[1] + 0.5) * CELL_M, NORTH - (cell[0] + 0.5) * CELL_M
    said = {"-ox": x, "-oy": y, "-oz": EYES_M, "-tz": target_m, "-md": REACH_M, "-cc": CURVATURE}
    said |= {"-vv": SEEN, "-iv": UNSEEN, "-ov": BEYOND}
    options = [str(each) for pair in said.items() for each in pair]
    subprocess.run(["gdal_viewshed", "-q", *options, dem, out], check=True)
    whole = np.full((CELLS, CELLS), BEYOND)
    with rasterio.open(out) as file:
        row = round((NORTH - file.bounds.top) / CELL_M)
        column = round((file.bounds.left - WEST) / CELL_M)
        whole[row : row + file.height, column : column + file.width] = file.read(1)
    return whole


def ours(heights: np.ndarray, cells: np.ndarray, target_m: float) -> np.ndarray:
    grid = GroundGrid(ZONE, WEST, NORTH, CELL_M, *heights.shape)
    lift = {"observer_m": EYES_M, "target_m": target_m, "curvature": CURVATURE}
    places = grid.middles(cells[:, 0], cells[:, 1])
    return viewshed(grid, heights, *places, max_distance_m=REACH_M, **lift).observers


def test_a_road_is_seen_from_as_gdal_viewshed_says(tmp_path):
    agreeing, seen, seen_by_any, gdal_by_any = [], [], [], []
    for seed in (1, 2):
        heights, cells = with_road(hilly(seed))
        dem = written(tmp_path / f"dem{seed}.tif", heights, CELL_M)
        theirs = [by_gdal(tmp_path, dem, cell, 0.0) for cell in cells]
        for cell, their in zip(cells, theirs, strict=True):
            mine = ours(heights, cell[None], 0.0)
            within = their != BEYOND
            assert not mine[~within].any()
            seen.append(float(mine[within].mean()))
            agreeing.append(float((mine[within] == their[within]).mean()))
        seen_by_any.append(ours(heights, cells, 0.0) > 0)
        gdal_by_any.append(np.any([their == SEEN for their in theirs], axis=0))
    together = np.mean(np.array(seen_by_any) == np.array(gdal_by_any))
    print(f"agreement {min(agreeing):.4%} to {max(agreeing):.4%}, any {together:.4%}")  # noqa: T201
    assert 0.05 < np.mean(seen) < 0.9
    assert min(agreeing) >= 0.984
    assert np.mean(agreeing) >= 0.995
    assert together >= 0.984


@njit
def _between(heights, y, x):
    """Height of a place on a line between two cells."""
    top, left = int(y + 1e-9), int(x + 1e-9)
    down, across = max(y - top, 0.0), max(x - left, 0.0)
    below = heights[min(top + 1, heights.shape[0] - 1), left]
    beside = heights[top, min(left + 1, heights.shape[1] - 1)]
    return heights[top, left] * (1 - down - across) + below * down + beside * across


@njit
def _walked(heights, row, column, target, bend, reach):
    """Seen cells by walking along the ray to each, heights taken between neighbours."""
    seen = np.full(heights.shape, BEYOND)
    eye = heights[row, column] + EYES_M
    for r in range(heights.shape[0]):
        for c in range(heights.shape[1]):
            down, across = r - row, c - column
            square = down * down + across * across
            steps = max(abs(down), abs(across))
            if square > reach * reach:
                continue
            seen[r, c] = SEEN
            for k in range(1, steps):
                ground = _between(heights, row + down * k / steps, column + across * k / steps)
                sight = (ground - bend * square * (k / steps) ** 2 - eye) / k
                if sight > (heights[r, c] + target - bend * square - eye) / steps:
                    seen[r, c] = UNSEEN
                    break
    return seen


@pytest.mark.parametrize("target_m", [0.0, 1.5])
def test_sight_is_that_of_rays_walked_one_by_one_on_any_hill(target_m):
    heights = hilly(5)
    bend = CURVATURE * CELL_M**2 / EARTH_DIAMETER_M
    for cell in ((300, 300), (450, 620), (640, 410), (30, 870)):
        walked = _walked(heights, *cell, target_m, bend, REACH_M / CELL_M)
        mine = ours(heights, np.array([cell]), target_m)
        within = walked != BEYOND
        assert (mine[within] == walked[within]).mean() >= 0.99
