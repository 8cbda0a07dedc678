from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from division_layers import SOUTH, STEP, WEST, cell, layer, metric, spoilt, voronoi
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.crs import city_zone, zone_of
from civgeo.geo.ground import greatest_width_m, on_the_ground
from civgeo.geo.topology import NOISE_WIDTH_M, CoverageReport, FindingKind, check_coverage
from shapes import BOW_TIE, EMPTY, HOLE, MULTIPART, SQUARE

GAP, OVERLAP, INVALID = FindingKind.GAP, FindingKind.OVERLAP, FindingKind.INVALID
M = 1 / 111_000
"""A metre in degrees, about."""


def counts(report: CoverageReport) -> tuple[int, int, int, int]:
    found = (report.of(INVALID), report.of(GAP), report.of(OVERLAP), report.slivers)
    return tuple(len(rows) for rows in found)


def corner(column: float, row: float) -> tuple[float, float]:
    return WEST + STEP * column, SOUTH + STEP * row


def test_a_grid_that_fits_has_no_findings():
    report = check_coverage(layer(cell(0, 0), cell(1, 0), cell(0, 1), cell(1, 1)))
    assert counts(report) == (0, 0, 0, 0)
    assert {"kind", "sliver", "codes", "area_m2"} <= set(report.findings.columns)


def test_shared_boundary_is_measured_in_the_zone_and_listed_by_pair():
    frame = layer(cell(0, 0), cell(1, 0), cell(0, 1))
    report = check_coverage(frame)
    upright = metric(shapely.LineString([corner(1, 0), corner(1, 1)]), frame).length
    level = metric(shapely.LineString([corner(0, 1), corner(1, 1)]), frame).length
    assert report.shared["length_m"].tolist() == pytest.approx([upright, level], rel=1e-9)
    pairs = set(zip(report.shared["one"], report.shared["other"], strict=True))
    assert pairs == {("419901", "419902"), ("419901", "419903")}
    assert report.shared_m == pytest.approx(upright + level)


def test_a_boundary_is_shared_where_one_side_has_a_corner_that_the_other_lacks():
    edge = shapely.LineString([(114, 33), (114.3, 33.1)])
    at = edge.interpolate(0.37, normalized=True)
    long = shapely.Polygon([*edge.coords, (114.2, 33.3)])
    split = (at.x, at.y)
    west = shapely.Polygon([(114, 33), (114.2, 32.7), split])
    east = shapely.Polygon([split, (114.2, 32.7), (114.3, 33.1)])
    report = check_coverage(layer(long, west, east))
    assert counts(report) == (0, 0, 0, 0)
    assert len(report.shared) == 3
    assert report.junctions["codes"].tolist() == [("419901", "419902", "419903")]


def test_a_bow_tie_is_reported_at_its_crossing_and_not_repaired():
    frame = layer(BOW_TIE, SQUARE)
    before = frame.geometry.to_wkb().tolist()
    report = check_coverage(frame)
    fault = report.of(INVALID).iloc[0]
    assert (fault["lon"], fault["lat"]) == pytest.approx((114.71, 32.91))
    assert fault["codes"] == ("419901",)
    assert fault["note"] == "边线自相交"
    assert np.isnan(fault["width_m"])
    assert frame.geometry.to_wkb().tolist() == before


def test_every_broken_part_of_an_outline_is_named():
    other = shapely.affinity.translate(BOW_TIE, 0.1, 0.0)
    report = check_coverage(layer(shapely.MultiPolygon([BOW_TIE, other])))
    assert report.of(INVALID)["lon"].tolist() == pytest.approx([114.71, 114.81])


def test_parts_that_are_sound_alone_but_overlap_are_one_fault():
    overlapping = shapely.MultiPolygon([cell(0, 0), shapely.affinity.translate(cell(0, 0), 0.01)])
    report = check_coverage(layer(overlapping))
    assert counts(report)[0] == 1
    assert np.isfinite(report.of(INVALID)["lon"]).all()


def test_a_coordinate_that_is_no_number_is_a_fault_without_a_place():
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(114, 33), (114.1, float("nan")), (114.1, 33.1)])
    report = check_coverage(layer(broken, cell(0, 0)))
    fault = report.of(INVALID).iloc[0]
    assert fault["note"] == "坐标不是有限的数字"
    assert np.isnan(fault["lon"])
    assert fault.geometry is None


def test_findings_beside_an_invalid_outline_say_so():
    report = check_coverage(layer(BOW_TIE, shapely.box(114.70, 32.905, 114.72, 32.93)))
    assert report.of(OVERLAP)["note"].str.contains("无效图形").all()
    assert len(report.of(OVERLAP))


def test_a_gap_has_the_area_of_the_hole_and_names_all_around_it():
    ring = [cell(0, 0, 3), cell(0, 1), cell(2, 1), cell(0, 2, 3)]
    frame = layer(*ring)
    report = check_coverage(frame)
    assert counts(report) == (0, 1, 0, 0)
    gap = report.of(GAP).iloc[0]
    assert gap["area_m2"] == pytest.approx(metric(cell(1, 1), frame).area, rel=1e-5)
    assert set(gap["codes"]) == {"419901", "419902", "419903", "419904"}
    assert cell(1, 1).contains(shapely.Point(gap["lon"], gap["lat"]))
    assert gap.geometry.symmetric_difference(cell(1, 1)).area < 1e-10


def test_an_enclave_that_another_division_fills_is_no_gap():
    filling = shapely.Polygon(HOLE.interiors[0])
    assert counts(check_coverage(layer(HOLE, filling))) == (0, 0, 0, 0)


def test_a_hole_in_one_division_is_a_gap_that_may_be_an_enclave():
    gap = check_coverage(layer(HOLE)).of(GAP).iloc[0]
    assert gap["codes"] == ("419901",)
    assert "飞地" in gap["note"]


def test_a_hairline_of_floating_point_does_not_open_a_gap_to_the_outside():
    def box(x, y):
        west, south = WEST + STEP * x, SOUTH + STEP * y
        return shapely.box(west, south, west + STEP, south + STEP)

    ring = [box(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    whole = shapely.union_all(np.array(ring))
    assert len(shapely.get_parts(whole)) > 1 or not whole.interiors  # the hairline is there
    assert counts(check_coverage(layer(*ring))) == (0, 1, 0, 0)


def test_gaps_that_touch_at_a_point_are_two():
    around = [cell(0, 0, 4), cell(0, 3, 4), cell(0, 1, 1, 2), cell(3, 1, 1, 2)]
    report = check_coverage(layer(*around, cell(1, 1), cell(2, 2)))
    assert counts(report) == (0, 2, 0, 0)


def test_layers_laid_over_each_other_overlap_and_leave_no_gap():
    tiles = [cell(x, y) for x in range(3) for y in range(3)]
    report = check_coverage(layer(*tiles, cell(0, 0, 3, 3)))
    assert counts(report) == (0, 0, 9, 0)


def test_an_island_inside_a_gap_is_not_part_of_the_gap():
    island = shapely.box(114.14, 32.94, 114.15, 32.95)
    frame = layer(HOLE, island)
    gap = check_coverage(frame).of(GAP).iloc[0]
    hole = shapely.Polygon(HOLE.interiors[0])
    assert gap["area_m2"] == pytest.approx(metric(hole.difference(island), frame).area, rel=1e-5)


def test_a_bay_that_opens_to_the_outside_is_no_gap():
    bay = [cell(0, 0, 3), cell(0, 1), cell(2, 1)]
    assert counts(check_coverage(layer(*bay))) == (0, 0, 0, 0)


def test_parts_far_apart_leave_no_gap_between_them():
    assert counts(check_coverage(layer(MULTIPART, SQUARE))) == (0, 0, 0, 0)


def test_an_overlap_is_listed_with_its_pair_and_its_area():
    frame = layer(cell(0, 0, 2), cell(1, 0, 2))
    overlap = check_coverage(frame).of(OVERLAP).iloc[0]
    assert overlap["codes"] == ("419901", "419902")
    assert overlap["names"] == ("第1县", "第2县")
    assert overlap["area_m2"] == pytest.approx(metric(cell(1, 0), frame).area, rel=1e-5)


def test_what_three_divisions_claim_is_counted_by_each_pair():
    report = check_coverage(layer(cell(0, 0), cell(0, 0), cell(0, 0)))
    assert len(report.of(OVERLAP)) == 3


def test_divisions_that_touch_at_a_point_share_nothing():
    report = check_coverage(layer(cell(0, 0), cell(1, 1)))
    assert counts(report) == (0, 0, 0, 0)
    assert report.shared.empty
    assert report.junctions.empty


def test_three_and_four_divisions_meet_in_one_junction_each():
    three = check_coverage(layer(cell(0, 0, 2), cell(0, 1), cell(1, 1))).junctions
    four = check_coverage(layer(cell(0, 0), cell(1, 0), cell(0, 1), cell(1, 1))).junctions
    assert three["codes"].tolist() == [("419901", "419902", "419903")]
    assert four["codes"].tolist() == [("419901", "419902", "419903", "419904")]
    assert (four["lon"].iloc[0], four["lat"].iloc[0]) == pytest.approx(corner(1, 1))


def test_a_corner_on_the_middle_of_a_straight_edge_makes_a_junction():
    straight = shapely.box(*corner(0, 0), *corner(2, 1))
    found = check_coverage(layer(straight, cell(0, 1), cell(1, 1))).junctions
    assert len(found) == 1
    assert (found["lon"].iloc[0], found["lat"].iloc[0]) == pytest.approx(corner(1, 1))


def test_rows_of_one_code_are_one_division_at_a_junction():
    frame = layer(cell(0, 0, 2), cell(0, 1), cell(1, 1), codes=["419901", "419902", "419902"])
    report = check_coverage(frame)
    assert report.junctions.empty
    assert len(report.shared) == 1


@pytest.mark.parametrize("kind", [GAP, OVERLAP])
@pytest.mark.parametrize(("width_m", "sliver"), [(4.8, True), (5.2, False)])
def test_a_sliver_is_told_by_its_width_whatever_its_area(kind, width_m, sliver):
    width = width_m * M * (-1 if kind is OVERLAP else 1)
    long = shapely.box(WEST, 33.0, WEST + 0.2, 33.1)
    frame = layer(
        shapely.box(WEST, 32.9, WEST + 0.2, 33.0 - width),
        long,
        shapely.box(WEST - 0.1, 32.9, WEST, 33.1),
        shapely.box(WEST + 0.2, 32.9, WEST + 0.3, 33.1),
    )
    report = check_coverage(frame)
    found = report.of(kind, sliver=sliver)
    assert len(found) == 1
    assert len(report.of(kind, sliver=not sliver)) == 0
    assert found["width_m"].iloc[0] == pytest.approx(width_m, rel=0.012)
    assert found["area_m2"].iloc[0] > 80_000


def test_a_small_hole_is_a_true_gap_when_it_is_wide():
    hole = shapely.box(WEST + 0.01, SOUTH + 0.01, WEST + 0.01 + 8 * M, SOUTH + 0.01 + 8 * M)
    report = check_coverage(layer(cell(0, 0).difference(hole)))
    assert counts(report) == (0, 1, 0, 0)
    assert report.of(GAP)["area_m2"].iloc[0] < 100


def test_a_hairline_with_a_wide_bulge_is_as_wide_as_the_bulge():
    bulge = shapely.union_all([shapely.box(0, 0, 5000, 1), shapely.box(100, 0, 130, 30)])
    assert greatest_width_m(np.array([bulge]))[0] == pytest.approx(30.0, rel=0.04)


def test_areas_on_the_ground_agree_with_the_ellipsoid():
    frame = layer(HOLE)
    gap = check_coverage(frame).of(GAP).iloc[0]
    hole = shapely.segmentize(shapely.Polygon(HOLE.interiors[0]), 0.001)
    ellipsoid = abs(Geod(ellps="GRS80").geometry_area_perimeter(hole)[0])
    assert gap["area_m2"] == pytest.approx(ellipsoid, rel=1e-4)
    wide = shapely.box(113.7, 32.7, 114.3, 33.3)
    projected = metric(shapely.segmentize(wide, 0.001), frame).area
    found = shapely.area(on_the_ground(np.array([wide, hole]), city_zone(frame)))
    assert found == pytest.approx([projected, metric(hole, frame).area], rel=1e-6)


def test_the_width_of_a_strip_and_of_a_disc_is_known():
    strip, disc = shapely.box(0, 0, 5000, 2), shapely.Point(0, 0).buffer(50, quad_segs=64)
    turned = shapely.affinity.rotate(strip, 37)
    found = greatest_width_m(np.array([strip, turned, disc, EMPTY]))
    assert found == pytest.approx([2, 2, 100, 0], rel=0.01)


def test_what_counts_as_a_sliver_can_be_chosen():
    frame = layer(HOLE)
    assert counts(check_coverage(frame, sliver_width_m=10_000)) == (0, 0, 0, 1)
    with pytest.raises(InvalidInput, match="不小于 0"):
        check_coverage(frame, sliver_width_m=-1)


def test_a_hair_below_a_millimetre_is_not_reported():
    hair = 0.0004 * M
    lower = shapely.box(WEST, 32.9, WEST + 0.1, 33.0 + hair)
    frame = layer(lower, shapely.box(WEST, 33.0, WEST + 0.1, 33.1))
    assert counts(check_coverage(frame)) == (0, 0, 0, 0)


def test_null_and_empty_outlines_take_no_part():
    report = check_coverage(layer(None, EMPTY, cell(0, 0), cell(1, 0)))
    assert counts(report) == (0, 0, 0, 0)
    assert len(report.shared) == 1


def test_heights_are_ignored():
    high = shapely.force_3d(cell(1, 0), 50.0)
    assert len(check_coverage(layer(cell(0, 0), high)).shared) == 1


def test_a_line_among_the_outlines_is_refused_by_name():
    frame = layer(cell(0, 0), shapely.LineString([(114, 33), (114.1, 33)]))
    with pytest.raises(InvalidInput, match=r"第2县.*LineString"):
        check_coverage(frame)


def test_columns_and_crs_are_required():
    with pytest.raises(InvalidInput, match="name"):
        check_coverage(layer(cell(0, 0)).drop(columns="name"))
    with pytest.raises(CrsError):
        check_coverage(layer(cell(0, 0)).to_crs(4326))


def test_a_given_zone_decides_the_metres():
    frame = layer(HOLE)
    own = check_coverage(frame).of(GAP)["area_m2"].iloc[0]
    other = check_coverage(frame, zone=zone_of(117)).of(GAP)["area_m2"].iloc[0]
    scale = metric(HOLE, frame).area / HOLE.area
    hole = shapely.Polygon(HOLE.interiors[0])
    assert own == pytest.approx(hole.area * scale, rel=1e-3)
    assert other > own


def test_a_layer_wider_than_any_zone_is_measured_place_by_place():
    far = shapely.affinity.translate(HOLE, -21.0, 0.0)
    report = check_coverage(layer(HOLE, far))
    areas = report.of(GAP)["area_m2"].tolist()
    assert len(areas) == 2
    assert areas[0] == pytest.approx(areas[1], rel=1e-9)


def test_progress_is_told_in_four_steps():
    told = []
    check_coverage(layer(cell(0, 0)), progress=lambda *step: told.append(step[1:]))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 40))
def test_a_random_coverage_has_no_gap_and_no_overlap(seed, count):
    frame = voronoi(seed, count)
    report = check_coverage(frame)
    assert counts(report) == (0, 0, 0, 0)
    shapes = frame.geometry.tolist()
    expected = {
        (one, other)
        for one, other in combinations(range(len(shapes)), 2)
        if shapes[one].intersection(shapes[other]).length > 0
    }
    order = frame["code"].tolist()
    pairs = zip(report.shared["one"], report.shared["other"], strict=True)
    assert {(order.index(one), order.index(other)) for one, other in pairs} == expected
    corners = pd.DataFrame(
        [(x, y, n) for n, shape in enumerate(shapes) for x, y in set(shape.exterior.coords)]
    )
    assert len(report.junctions) == (corners.groupby([0, 1])[2].nunique() >= 3).sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 200), st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_pulling_one_corner_makes_gaps_and_overlaps_of_the_exact_area(seed, place, east, north):
    frame = voronoi(seed, 14)
    pulled = frame.copy()
    shape = spoilt(frame.geometry.iloc[0], place, east, north)
    if not shape.is_valid or shape.is_empty:
        return
    pulled.loc[0, "geometry"] = shape
    report = check_coverage(pulled, sliver_width_m=0)
    others = pulled.geometry.iloc[1:]
    for kind, area in (
        (OVERLAP, sum(_area(shape.intersection(each), frame) for each in others)),
        (GAP, _hole_area(pulled, frame)),
    ):
        thinnest = 1.0 + NOISE_WIDTH_M * 111_000 * shape.length
        assert report.of(kind)["area_m2"].sum() == pytest.approx(area, rel=1e-5, abs=thinnest)


def _hole_area(pulled: gpd.GeoDataFrame, frame: gpd.GeoDataFrame) -> float:
    lines = shapely.union_all(shapely.boundary(pulled.geometry.to_numpy()))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    bare = [face for face in faces if not pulled.intersects(face.representative_point()).any()]
    return sum(_area(face, frame) for face in bare)


def _area(shape: shapely.Geometry, frame: gpd.GeoDataFrame) -> float:
    """Area in the frame's zone, with edges as straight as they are in degrees."""
    return metric(shapely.segmentize(shape, 0.001), frame).area
