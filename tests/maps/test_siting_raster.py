"""Pictures of marks lie where the ground has them, and lose no thin corridor."""

import io

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.siting import ConstraintLayer, exclusions
from civgeo.geo.crs import CrsName, transform_points
from civgeo.maps.siting_raster import LEVELS, SitingRaster, block_shares, png_of_levels

ZONE = 4526
WEST, NORTH = 38_560_000.0, 3_650_000.0
DEGREES, METRES = CrsName.parse("EPSG:4490"), CrsName.parse(f"EPSG:{ZONE}")
EARTH_M = 6_378_137.0


def marked(shapes, *, side: float = 3_000, cell_m: float = 10):
    region = shapely.box(WEST, NORTH - side, WEST + side, NORTH)
    layer = ConstraintLayer("any", gpd.GeoSeries(shapes, crs=ZONE), 0, "rule")
    return exclusions(region, ZONE, [layer], cell_m=cell_m)


def opacities(png: bytes) -> np.ndarray:
    return np.round(matplotlib.image.imread(io.BytesIO(png))[..., 3] * 255).astype(int)


def pixel_at(shade, lon: float, lat: float) -> int:
    """Opacity that a web map shows at a place: even steps of Web Mercator between the bounds."""
    west, south, east, north = shade.bounds
    seen = opacities(shade.png)
    rows, columns = seen.shape

    def height(degrees: float) -> float:
        return float(np.arctanh(np.sin(np.radians(degrees))))

    column = (lon - west) / (east - west) * columns
    row = (height(north) - height(lat)) / (height(north) - height(south)) * rows
    if not (0 <= row < rows and 0 <= column < columns):
        return 0
    return int(seen[int(row), int(column)])


def test_a_border_lies_where_the_ground_has_it_to_a_cell():
    box = shapely.box(WEST + 1_000, NORTH - 2_000, WEST + 1_800, NORTH - 700)
    marks = marked([box])
    shade = SitingRaster(marks.grid).shade(marks, marks.bits[0])

    for x, y, inside in (
        (WEST + 1_000, NORTH - 1_300, 1),
        (WEST + 1_800, NORTH - 1_300, -1),
        (WEST + 1_400, NORTH - 700, 0),
    ):
        for step in (-12.0, 12.0):
            moved = (x + inside * step, y) if inside else (x, y - step)
            lon, lat = (float(each) for each in transform_points(*moved, METRES, DEGREES))
            assert pixel_at(shade, lon, lat) == (255 if step > 0 else 0), (x, y, step)


def test_a_shade_is_cropped_to_what_it_shows_and_nothing_is_no_picture():
    marks = marked([shapely.box(WEST + 1_000, NORTH - 1_100, WEST + 1_100, NORTH - 1_000)])
    raster = SitingRaster(marks.grid)
    assert max(opacities(raster.shade(marks, marks.bits[0]).png).shape) < 14
    assert raster.shade(marks, np.zeros_like(marks.bits[0])) is None


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)), min_size=1, max_size=8),
    st.sampled_from([900_000, 9_000, 2_500, 400]),
)
def test_no_mark_vanishes_however_coarse_the_picture(places, pixels):
    boxes = [shapely.box(WEST + x, NORTH - y - 12, WEST + x + 12, NORTH - y) for x, y in places]
    marks = marked(boxes)
    raster = SitingRaster(marks.grid, pixels)
    shade = raster.shade(marks, marks.bits[0])
    row, column = np.nonzero(marks.mask(0))
    if not len(row):
        assert shade is None
        return
    assert opacities(shade.png).any()
    # each block with a marked cell is met by a pixel: as many levels as blocks, at least
    blocks = len({(r // raster.block, c // raster.block) for r, c in zip(row, column, strict=True)})
    assert (opacities(shade.png) > 0).sum() >= blocks


def test_the_level_is_the_share_of_a_block_that_is_marked():
    half = shapely.box(WEST, NORTH - 3_000, WEST + 1_500, NORTH)
    marks = marked([half])
    shares = block_shares(marks, marks.bits[0], 10)
    assert shares.shape == (30, 30)
    # the middle of a cell decides: 150 columns of 300 are marked
    assert shares[0].tolist() == [1.0] * 15 + [0.0] * 15
    coarse = SitingRaster(marks.grid, 900)
    seen = set(np.unique(opacities(coarse.shade(marks, marks.bits[0]).png)))
    assert seen <= set(LEVELS)


def test_the_last_blocks_are_of_the_cells_that_they_have():
    everything = shapely.box(WEST - 10, NORTH - 4_000, WEST + 4_000, NORTH + 10)
    marks = marked([everything], side=1_030)
    assert block_shares(marks, marks.bits[0], 10).min() == 1.0


@pytest.mark.parametrize("width", [1, 3, 4, 5, 9])
def test_the_png_holds_the_levels_that_were_given(width):
    levels = np.random.default_rng(2).integers(0, 4, (7, width)).astype(np.uint8)
    assert (opacities(png_of_levels(levels)) == np.array(LEVELS)[levels]).all()
