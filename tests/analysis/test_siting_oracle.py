"""Millions of cells against the difference of polygons: rules of every form, slope, unknown."""

import numpy as np
import pytest
import shapely

from analysis.siting_ground import NORTH, WEST, ZONE, blob, layer, model, placed, series, winding
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.label_grid import LabelGrid
from civgeo.analysis.siting import PlaneKind, SlopeLimit, exclusions

CELL_M, CELLS = 10.0, 2_050
SIDE_M = CELL_M * CELLS
STEEPEST = 12.0
GENTLE_M = 9_000.0
"""How far from the middle a bowl is gentler than `STEEPEST`."""


def bowl() -> tuple[np.ndarray, shapely.Polygon]:
    """Ground whose slope grows evenly from its middle, with a hole; where it is gentle."""
    rise = np.tan(np.radians(STEEPEST)) / GENTLE_M / 2
    off = (np.arange(CELLS) + 0.5) * CELL_M - SIDE_M / 2
    heights = rise * (off[:, None] ** 2 + off[None, :] ** 2)
    heights[500:620, 900:1_400] = np.nan
    middle = shapely.Point(WEST + SIDE_M / 2, NORTH - SIDE_M / 2)
    return heights, middle.buffer(GENTLE_M, quad_segs=400)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_free_cells_are_the_difference_of_the_polygons_but_for_a_cell_at_the_border(seed):
    rng = np.random.default_rng(seed)
    region = shapely.box(WEST, NORTH - SIDE_M, WEST + SIDE_M, NORTH)
    hills = [blob(rng, SIDE_M, 2_500) for _ in range(3)]
    layers = [
        layer("arable_land", [blob(rng, SIDE_M, 500) for _ in range(60)], 0),
        layer("reservoir", [blob(rng, SIDE_M, 400) for _ in range(4)], 1_000),
        layer("trunk_road", [winding(rng, SIDE_M, 200) for _ in range(3)], 1_000),
        layer("river", [winding(rng, SIDE_M, 300) for _ in range(5)], 300),
        layer("heritage", shapely.points(placed(rng.uniform(0, SIDE_M, (20, 2)))), 500),
        layer(
            "flood",
            [],
            0,
            extent=shapely.box(WEST - 1, NORTH - 2 * SIDE_M, WEST + 17_333, NORTH + 1),
        ),
        layer(
            "railway",
            [shapely.MultiLineString([winding(rng, SIDE_M, 50) for _ in range(2)])],
            250,
            excludes_at_limit=False,
            extent=shapely.box(WEST - SIDE_M, NORTH - 18_111, WEST + 2 * SIDE_M, NORTH + SIDE_M),
        ),
        layer(
            "graves",
            [shapely.MultiPoint(placed(rng.uniform(0, SIDE_M, (30, 2))))],
            700,
            only_within=series(hills),
        ),
        layer("hill", hills, 0, mark=PlaneKind.APPROVAL),
        layer("water_source", [blob(rng, SIDE_M, 900)], 0, mark=PlaneKind.UNCLEAR),
    ]
    heights, gentle = bowl()
    source = HeightSource(GroundGrid.over(region, ZONE, CELL_M), model(heights, CELL_M))
    limits = [SlopeLimit("slope", STEEPEST)]
    marks = exclusions(region, ZONE, layers, cell_m=CELL_M, slopes=limits, heights=source)

    hole = shapely.box(WEST + 8_990, NORTH - 6_210, WEST + 14_010, NORTH - 4_990)
    buffers = [
        shapely.buffer(each.features.to_numpy(), each.distance_m, quad_segs=64) for each in layers
    ]
    on_hills = shapely.intersection(buffers[7], shapely.union_all(hills))
    forbidden = shapely.union_all(np.concatenate([*buffers[:7], on_hills, [hole]]))
    known = layers[5].extent & layers[6].extent.buffer(-250, join_style="mitre")
    free = region.intersection(gentle).intersection(known).difference(forbidden)
    assert marks.grid.cells >= 4_000_000
    assert {plane.kind for plane in marks.planes} == set(PlaneKind)
    x, y = marks.grid.middles(*np.indices((CELLS, CELLS)).reshape(2, -1))
    expected = LabelGrid(series([free])).label(x, y) == 0
    admitted = frozenset({PlaneKind.APPROVAL, PlaneKind.UNCLEAR})
    found = marks.unpacked(marks.free(admitted)).ravel()
    assert 0.05 < expected.mean() < 0.9
    differing = np.flatnonzero(found != expected)
    off = shapely.distance(free.boundary, shapely.points(x[differing], y[differing]))
    assert (off <= CELL_M).all()
    # heights end at the border of the grid: no slope there
    at_rim = np.isin(differing // CELLS, (0, CELLS - 1)) | np.isin(
        differing % CELLS, (0, CELLS - 1)
    )
    assert (~at_rim).sum() < 1e-4 * len(found)
