"""Exclusions: rules kept to the metre, all that marks a cell listed, gaps of knowledge named."""

import subprocess
from datetime import date

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.siting_ground import NORTH, WEST, ZONE, layer, model, placed, series, written
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.siting import ConstraintLayer, PlaneKind, SlopeLimit, exclusions
from civgeo.errors import CrsError, InvalidInput

REGION = shapely.box(WEST, NORTH - 1_000, WEST + 1_300, NORTH)
ROAD = shapely.LineString(placed([(-500, 505), (2_000, 505)]))


def middles(grid):
    return shapely.points(*grid.middles(*np.indices((grid.rows, grid.columns))))


_metre = st.integers(-200, 1_200)
_places = st.lists(st.tuples(_metre, _metre), min_size=1, max_size=6, unique=True)
_points = _places.map(lambda places: shapely.MultiPoint(placed(places)))
_lines = _places.filter(lambda places: len(places) > 1).map(
    lambda places: shapely.LineString(placed(places))
)
_areas = (
    _places.filter(lambda places: len(places) > 2)
    .map(lambda places: shapely.Polygon(placed(places)))
    .filter(lambda shape: shape.is_valid and shape.area > 0)
)
_boxes = st.tuples(_metre, _metre, st.integers(1, 400), st.integers(1, 400)).map(
    lambda box: shapely.box(*placed((box[0], box[1] + box[3])), *placed((box[0] + box[2], box[1])))
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(_points, _lines, _areas, _boxes), max_size=5),
    st.sampled_from([0, 5, 10, 37.5, 120, 1_000]),
)
def test_a_cell_is_excluded_just_when_its_middle_lies_within_the_distance(shapes, distance):
    marks = exclusions(REGION, ZONE, [layer("any", shapes, distance)], cell_m=10)

    near = shapely.distance(shapely.GeometryCollection(shapes), middles(marks.grid))
    wrong = marks.mask(0) != (near <= distance)
    # a corner a rounding error beyond the limit may be on either side
    assert not (wrong & (np.abs(near - distance) > 1e-7)).any()
    assert np.isfinite(near[wrong]).all()


def test_a_middle_at_the_limit_is_excluded_unless_the_rule_lets_it_keep_the_distance():
    marks = exclusions(REGION, ZONE, [layer("road", [ROAD], 100)], cell_m=10)

    excluded = np.flatnonzero(marks.mask(0)[:, 0])
    assert (excluded[0], excluded[-1], len(excluded)) == (40, 60, 21)
    kept = layer("road", [ROAD], 100, excludes_at_limit=False)
    nearer = exclusions(REGION, ZONE, [kept], cell_m=10)
    assert len(np.flatnonzero(nearer.mask(0)[:, 0])) == 19
    assert nearer.planes[0].distance_m == 100


def test_every_rule_that_excludes_a_place_is_listed():
    given_layers = [
        layer("road", [ROAD], 100, layer_date=date(2024, 5, 1)),
        layer("reservoir", [shapely.Point(placed((200, 500)))], 50),
        layer("forest", [], 0),
    ]
    marks = exclusions(REGION, ZONE, given_layers, cell_m=10)

    both = marks.at(*placed((205, 495)))
    assert [plane.rule for plane in both] == ["rule of road", "rule of reservoir"]
    assert (both[0].layer_date, both[0].distance_m) == (date(2024, 5, 1), 100)
    assert marks.at(*placed((205, 205))) == ()
    assert marks.at(*placed((-5, 205))) is None


def test_shares_and_what_one_rule_alone_excludes_add_up():
    half = shapely.box(WEST, NORTH - 1_000, WEST + 650, NORTH)
    north = shapely.box(WEST, NORTH - 500, WEST + 1_300, NORTH)
    marks = exclusions(
        REGION, ZONE, [layer("west", [half], 0), layer("north", [north], 0)], cell_m=10
    )

    table = marks.summary()
    assert table["share"].tolist() == [0.5, 0.5]
    assert table["alone_m2"].tolist() == [325_000, 325_000]
    assert marks.unpacked(marks.free()).sum() * 100 == 325_000


def test_what_needs_approval_excludes_nothing_and_takes_nothing_from_what_stands_alone():
    half = shapely.box(WEST, NORTH - 1_000, WEST + 650, NORTH)
    whole = layer("hill", [REGION], 0, mark=PlaneKind.APPROVAL)
    marks = exclusions(REGION, ZONE, [layer("west", [half], 0), whole], cell_m=10)

    assert [plane.kind for plane in marks.planes] == [PlaneKind.EXCLUDED, PlaneKind.APPROVAL]
    assert marks.summary()["alone_m2"].tolist() == [650_000, 650_000]
    free = marks.free(frozenset({PlaneKind.APPROVAL}))
    assert marks.unpacked(free).sum() * 100 == 650_000
    assert marks.numbers_at(*placed((100, 100))) == (0, 1)
    assert marks.numbers_at(*placed((900, 100))) == (1,)


def test_a_rule_on_hills_marks_no_cell_beside_them_and_misses_nothing_there():
    hill = series([shapely.box(*placed((200, 800)), *placed((500, 300)))])
    extent = shapely.box(WEST - 5_000, NORTH - 6_000, WEST + 400, NORTH + 5_000)
    on_hill = layer("road", [ROAD], 100, only_within=hill, extent=extent)
    marks = exclusions(REGION, ZONE, [on_hill], cell_m=10)

    rows, columns = np.nonzero(marks.mask(0))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (40, 60, 20, 49)
    missing = marks.mask(1)
    assert missing[30:80, 30:50].all()
    assert missing.sum() == 50 * 20
    elsewhere = layer("road", [ROAD], 100, only_within=hill.to_crs(4490))
    with pytest.raises(CrsError, match="EPSG:4526"):
        exclusions(REGION, ZONE, [elsewhere], cell_m=10)


def test_heights_mark_nothing_where_no_slope_is_asked():
    source = HeightSource(GroundGrid.over(REGION, ZONE, 10), model(np.zeros((1, 1)), 10))
    marks = exclusions(REGION, ZONE, [], cell_m=10, heights=source)

    assert marks.planes == ()
    assert marks.numbers_at(*placed((5, 5))) == ()


def test_a_layer_that_ends_in_the_region_is_missing_beyond_and_a_distance_before_its_end():
    extent = shapely.box(WEST - 5_000, NORTH - 6_000, WEST + 600, NORTH + 5_000)
    marks = exclusions(REGION, ZONE, [layer("river", [], 200, extent=extent)], cell_m=10)

    assert [plane.kind for plane in marks.planes] == [PlaneKind.EXCLUDED, PlaneKind.MISSING]
    missing = marks.mask(1)
    assert missing[:, 40:].all()
    assert not missing[:, :40].any()
    assert marks.at(*placed((1_000, 500)))[0].layer == "river"


def test_a_layer_that_reaches_far_enough_is_nowhere_missing():
    extent = shapely.buffer(REGION, 201, join_style="mitre")
    marks = exclusions(REGION, ZONE, [layer("river", [], 200, extent=extent)], cell_m=10)

    assert [plane.kind for plane in marks.planes] == [PlaneKind.EXCLUDED]


def test_slopes_are_those_of_gdaldem_and_a_hole_is_not_assessed_with_the_cells_around(tmp_path):
    rng = np.random.default_rng(4)
    heights = 300 + 4 * rng.normal(0, 1, (100, 130)).cumsum(axis=0).cumsum(axis=1) / 20
    heights = heights.astype(np.float32)
    heights[30:34, 60:70] = np.nan
    source = HeightSource(GroundGrid.over(REGION, ZONE, 10), model(heights, 10))
    limits = [SlopeLimit("gentle", 5), SlopeLimit("steep", 12)]
    marks = exclusions(REGION, ZONE, [], cell_m=10, slopes=limits, heights=source)

    written(tmp_path / "dem.tif", heights, 10)
    slope = tmp_path / "slope.tif"
    subprocess.run(["gdaldem", "slope", "-q", tmp_path / "dem.tif", slope], check=True)
    with rasterio.open(slope) as file:
        theirs, unknown = file.read(1), file.read_masks(1) == 0
    assert np.array_equal(marks.mask(2), unknown | np.isnan(theirs))
    assert marks.mask(2)[29:35, 59:71].all()
    for number, limit in enumerate(limits):
        assert (0.02 if number else 0.2) < marks.mask(number).mean() < 0.95
        wrong = marks.mask(number) != ((theirs > limit.degrees) & ~unknown)
        assert not (wrong & (np.abs(theirs - limit.degrees) > 1e-3)).any()


def test_a_coarser_turned_model_gives_the_slope_of_its_plane():
    heights = np.fromfunction(lambda column, row: 0.3 * 30 * row, (80, 80), dtype=np.float32)
    turned = model(heights, 30)
    # rows run east, columns south
    object.__setattr__(turned, "affine", (0.0, 30.0, WEST - 200, -30.0, 0.0, NORTH + 200))
    source = HeightSource(GroundGrid.over(REGION, ZONE, 10), turned, lambda x, y: (x, y))

    limits = [SlopeLimit("below", 16.69), SlopeLimit("above", 16.71)]
    marks = exclusions(REGION, ZONE, [], cell_m=10, slopes=limits, heights=source)
    assert np.degrees(np.arctan(0.3)) == pytest.approx(16.699, abs=1e-3)
    assert marks.mask(0).all()
    assert not marks.mask(1).any()
    assert not marks.mask(2).any()


@pytest.mark.parametrize("threads", [1, 3])
def test_the_answer_does_not_depend_on_the_threads(threads):
    rng = np.random.default_rng(0)
    shapes = shapely.points(placed(rng.uniform(0, 1_300, (30, 2))))
    some = [layer("graves", shapes, 77), layer("road", [ROAD], 33)]
    one, other = (exclusions(REGION, ZONE, some, cell_m=3, threads=each) for each in (2, threads))

    assert np.array_equal(one.bits, other.bits)
    assert np.array_equal(one.outside, other.outside)


def test_marks_that_lie_in_a_file_are_those_in_memory():
    rng = np.random.default_rng(1)
    some = [
        layer(str(n), shapely.points(placed(rng.uniform(0, 1_300, (9, 2)))), 60) for n in range(5)
    ]
    one, other = (exclusions(REGION, ZONE, some, cell_m=0.4, in_memory=size) for size in (10**9, 0))

    assert one.grid.cells > 8_000_000
    assert (one.room.is_mapped, other.room.is_mapped) == (False, True)
    assert np.array_equal(one.bits, other.bits)
    assert one.summary().equals(other.summary())
    assert np.array_equal(one.free(), other.free())
    kinds = frozenset({PlaneKind.EXCLUDED})
    assert np.array_equal(one.together(kinds), other.together(kinds))


def test_what_makes_no_sense_is_refused():
    source = HeightSource(GroundGrid.over(REGION, ZONE, 20), model(np.zeros((50, 65)), 20))
    bare = ConstraintLayer("road", series([ROAD]).set_crs(None, allow_override=True), 1, "r")
    degrees = ConstraintLayer("road", series([ROAD]).to_crs(4490), 1, "r")
    with pytest.raises(CrsError, match="图层“road”没有坐标系"):
        exclusions(REGION, ZONE, [bare], cell_m=10)
    with pytest.raises(CrsError, match="EPSG:4526"):
        exclusions(REGION, ZONE, [degrees], cell_m=10)
    with pytest.raises(InvalidInput, match="距离"):
        exclusions(REGION, ZONE, [layer("road", [ROAD], -1)], cell_m=10)
    with pytest.raises(InvalidInput, match="需要高程模型"):
        exclusions(REGION, ZONE, [], cell_m=10, slopes=[SlopeLimit("s", 15)])
    with pytest.raises(InvalidInput, match="重新准备"):
        exclusions(REGION, ZONE, [], cell_m=10, heights=source)
    with pytest.raises(InvalidInput, match="最多 64 种"):
        exclusions(REGION, ZONE, [layer(str(n), [], 0) for n in range(65)], cell_m=10)
    with pytest.raises(InvalidInput, match="格子边长"):
        exclusions(REGION, ZONE, [], cell_m=0)
    with pytest.raises(InvalidInput, match="加大格子"):
        exclusions(REGION, ZONE, [], cell_m=0.05)
    with pytest.raises(InvalidInput, match="有限的数字"):
        exclusions(
            REGION, ZONE, [layer("x", [shapely.LineString([(0, 0), (np.inf, 0)])], 0)], cell_m=10
        )
