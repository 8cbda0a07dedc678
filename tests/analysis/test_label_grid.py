"""Points in polygons: the same answers as shapely's, borders and corners among them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.affinity import translate

from civgeo.analysis.label_grid import ALONE, LabelGrid
from civgeo.errors import InvalidInput


def by_shapely(polygons: gpd.GeoSeries, x: NDArray, y: NDArray) -> NDArray[np.int32]:
    """First polygon that each point intersects, -1 for none; every pair is asked."""
    shapes = polygons.to_numpy()[:, None]
    hits = shapely.intersects(shapes, shapely.points(x, y)[None, :])
    return np.where(hits.any(axis=0), hits.argmax(axis=0), -1).astype(np.int32)


def corners_and_middles(polygons: gpd.GeoSeries) -> NDArray[np.float64]:
    """Every vertex, and the middle of every edge as near as floats come."""
    rings = shapely.get_rings(shapely.get_parts(polygons.to_numpy()))
    found = [np.empty((0, 2))]
    for ring in rings:
        points = shapely.get_coordinates(ring)
        found += [points, (points[1:] + points[:-1]) / 2]
    return np.concatenate(found)


def star(middle: tuple[float, float], radii: list[float], share: float) -> shapely.Polygon:
    """A polygon around a middle, with a hole of the same form `share` as wide."""
    turn = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * np.array(radii)[:, None]
    holes = [ring * share + middle] if share else []
    return shapely.Polygon(ring + middle, holes)


_at = st.integers(0, 12)
_whole_boxes = st.builds(
    lambda x, y, width, height: shapely.box(x, y, x + width, y + height),
    *(_at, _at, st.integers(1, 6), st.integers(1, 6)),
)
_triangles = (
    st.lists(st.tuples(_at, _at), min_size=3, max_size=3, unique=True)
    .map(shapely.Polygon)
    .filter(lambda shape: shape.is_valid and shape.area > 0)
)
_stars = st.builds(
    star,
    st.tuples(st.floats(0, 12), st.floats(0, 12)),
    st.lists(st.floats(0.5, 4), min_size=3, max_size=24),
    st.sampled_from([0, 0.4, 0.9]),
).filter(lambda shape: shape.is_valid)
_pairs = st.tuples(_whole_boxes, _stars).map(
    lambda pair: shapely.MultiPolygon([pair[0], translate(pair[1], 40, 3)])
)
_shapes = st.lists(
    st.one_of(
        *(_whole_boxes, _triangles, _stars, _pairs),
        st.sampled_from([None, shapely.Polygon(), shapely.MultiPolygon()]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(
    _shapes,
    st.integers(0, 2**32 - 1),
    st.sampled_from([(1.0, 0.0, 0.0), (1e-3, 114.0, 33.0), (37.7, 38_500_000.0, 3_650_000.0)]),
)
def test_labels_are_the_first_polygons_that_shapely_finds(shapes, seed, placed):
    scale, east, north = placed
    polygons = gpd.GeoSeries(shapes).affine_transform([scale, 0, 0, scale, east, north])
    rng = np.random.default_rng(seed)
    lattice = np.stack(np.meshgrid(np.arange(-1, 20.0), np.arange(-1, 20.0)), -1).reshape(-1, 2)
    anywhere = rng.uniform((-2, -2), (58, 20), (400, 2))
    points = np.concatenate([lattice, anywhere]) * scale + (east, north)
    points = np.concatenate([points, corners_and_middles(polygons)])
    points = np.concatenate([points, np.nextafter(points, rng.uniform(-9e9, 9e9, points.shape))])
    x, y = points.T
    assert np.array_equal(LabelGrid(polygons).label(x, y), by_shapely(polygons, x, y))


def tiles(side: int, seed: int = 3) -> gpd.GeoSeries:
    """Four-cornered tiles that share their borders, without gaps."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), -1)
    corner[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, (side - 1, side - 1, 2))
    return gpd.GeoSeries(
        [
            shapely.Polygon(
                [corner[r, c], corner[r, c + 1], corner[r + 1, c + 1], corner[r + 1, c]]
            )
            for r in range(side)
            for c in range(side)
        ]
    )


def test_a_shared_border_belongs_to_the_earlier_polygon():
    polygons = tiles(8)
    x, y = corners_and_middles(polygons).T
    found = LabelGrid(polygons).label(x, y)
    assert np.array_equal(found, by_shapely(polygons, x, y))
    back = LabelGrid(polygons[::-1]).label(x, y)
    expected = by_shapely(polygons[::-1], x, y)
    assert np.array_equal(back, expected)
    assert not np.array_equal(found, len(polygons) - 1 - back)


def test_many_points_are_labelled_as_few_are():
    polygons = tiles(12)
    x, y = np.random.default_rng(1).uniform(-0.5, 12.5, (2, ALONE + 7))
    grid = LabelGrid(polygons)
    found = grid.label(x, y)
    thousands = [grid.label(x[n : n + 1000], y[n : n + 1000]) for n in range(0, len(x), 1000)]
    assert np.array_equal(found, np.concatenate(thousands))
    assert np.array_equal(found[:3000], by_shapely(polygons, x[:3000], y[:3000]))
    assert (found == -1).any()


def test_of_overlapping_polygons_the_first_has_the_point():
    polygons = gpd.GeoSeries([shapely.box(2, 2, 3, 3), shapely.box(0, 0, 10, 10), None])
    x, y = np.array([2.5, 2.0, 5.0, 10.0, 11.0]), np.array([2.5, 3.0, 5.0, 10.0, 5.0])
    assert LabelGrid(polygons).label(x, y).tolist() == [0, 0, 1, 1, -1]
    assert LabelGrid(polygons[::-1]).label(x, y).tolist() == [1, 1, 1, 1, -1]


def test_a_point_without_a_place_lies_nowhere():
    grid = LabelGrid(gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))
    lost = np.array([np.nan, 0.5, np.inf, -np.inf, 1e300])
    assert grid.label(lost, np.array([0.5, np.nan, 0.5, 0.5, -1e300])).tolist() == [-1] * 5
    assert grid.label(np.empty(0), np.empty(0)).tolist() == []


def test_points_that_may_not_be_written_to_are_read():
    x = np.array([0.5, 2.0])
    x.flags.writeable = False
    found = LabelGrid(gpd.GeoSeries([shapely.box(0, 0, 1, 1)])).label(x, x)
    assert (found.dtype, found.tolist()) == (np.int32, [0, -1])


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Polygon(), None]])
def test_without_an_outline_every_point_lies_outside(shapes):
    grid = LabelGrid(gpd.GeoSeries(shapes))
    assert grid.label(np.array([0.0, 1.0]), np.array([0.0, 1.0])).tolist() == [-1, -1]


def test_what_is_no_polygon_is_refused_by_its_name():
    series = gpd.GeoSeries({"a": shapely.box(0, 0, 1, 1), "b": shapely.Point(0, 0)})
    with pytest.raises(InvalidInput, match="编号“b”的图形不是面") as caught:
        LabelGrid(series)
    assert caught.value.code == "bad_geometry"


def test_coordinates_that_are_not_finite_are_refused():
    endless = shapely.from_wkt("POLYGON ((0 0, 1 0, inf 1, 0 0))")
    with pytest.raises(InvalidInput, match="不是有限的数字"):
        LabelGrid(gpd.GeoSeries([endless]))


@pytest.mark.parametrize("thin", [1e-12, 0.0])
def test_outlines_as_thin_as_rounding_are_found(thin):
    flat = shapely.Polygon([(114, 33), (115, 33), (115, 33 + thin), (114, 33 + thin)])
    polygons = gpd.GeoSeries([flat, shapely.box(114.2, 32.9, 114.4, 33.1)])
    x = np.array([114.0, 114.5, 114.3, 114.3, 116.0])
    y = np.array([33.0, 33.0, 33.0, 33.05, 33.0])
    assert LabelGrid(polygons).label(x, y).tolist() == by_shapely(polygons, x, y).tolist()


def test_long_outlines_that_overlap_do_not_fill_the_memory():
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 0.05, (3_000, 2))
    high = rng.uniform(0.95, 1, (3_000, 2))
    polygons = gpd.GeoSeries(shapely.box(*low.T, *high.T))
    x, y = rng.uniform(0, 1, (2, 500))
    grid = LabelGrid(polygons)
    assert np.array_equal(grid.label(x, y), by_shapely(polygons, x, y))
