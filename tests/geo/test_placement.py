import numpy as np
import pandas as pd
import pytest
import shapely
from division_layers import cell, layer, moved, moved_m, voronoi
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.errors import CrsError
from civgeo.formats.outlines import OutlineSource, city_outlines
from civgeo.geo.axes import axes_swapped, suggested_systems, suggestion_text
from civgeo.geo.crs import city_zone
from civgeo.geo.datum import (
    bd09_from_cgcs2000,
    cgcs2000_from_gcj02,
    gcj02_from_cgcs2000,
    ground_distance_m,
)
from civgeo.geo.named_points import point_placement, points_outside_named_division
from civgeo.geo.placement import Placement, Verdict, matches, outline_placement, shift_text

KNOWN = voronoi(7, 24)


def swap(lon, lat):
    return lat, lon


def zoned(frame, known=KNOWN) -> Placement:
    return outline_placement(frame, known, zone=city_zone(known))


def test_a_layer_that_lies_right_is_ok():
    found = zoned(KNOWN)
    assert found.verdict is Verdict.OK
    assert (found.east_m, found.north_m) == pytest.approx((0, 0), abs=0.05)
    assert found.matched == len(KNOWN)


@pytest.mark.parametrize(
    ("shift", "system"), [(gcj02_from_cgcs2000, "GCJ-02"), (bd09_from_cgcs2000, "BD-09")]
)
def test_the_shifted_systems_are_recognised_with_their_metres(shift, system):
    found = zoned(moved(KNOWN, shift))
    assert found.verdict is Verdict.SHIFTED
    assert found.guess == system
    lon, lat = 114.4, 33.1
    expected = float(ground_distance_m(lon, lat, *shift(lon, lat)))
    assert found.distance_m == pytest.approx(expected, abs=40)
    assert f"--crs {system}" in found.reason


def test_a_layer_corrected_once_too_often_is_shifted_without_a_guess():
    found = zoned(moved(KNOWN, cgcs2000_from_gcj02))
    assert (found.verdict, found.guess) == (Verdict.SHIFTED, None)


@settings(max_examples=15, deadline=None)
@given(st.floats(-2500, 2500), st.floats(-2500, 2500))
def test_any_shift_is_measured_to_the_decimetre(east_m, north_m):
    found = zoned(moved_m(KNOWN, east_m, north_m))
    assert (found.east_m, found.north_m) == pytest.approx((east_m, north_m), abs=0.1)
    far = np.hypot(east_m, north_m)
    if far < 2990 and abs(far - 20) > 0.2:
        assert found.verdict is (Verdict.OK if far <= 20 else Verdict.SHIFTED)


@pytest.mark.parametrize(("east_m", "north_m"), [(12_000, -5_000), (-9_000, 10_500), (0, 3_100)])
def test_a_layer_kilometres_away_is_displaced_and_to_be_refused(east_m, north_m):
    found = zoned(moved_m(KNOWN, east_m, north_m))
    assert found.verdict is Verdict.DISPLACED
    assert (found.east_m, found.north_m) == pytest.approx((east_m, north_m), abs=0.1)
    assert found.guess is None
    assert "拒绝" in found.reason


def test_latitude_first_is_found_and_displaced():
    swapped = moved(KNOWN, swap)
    found = zoned(swapped)
    assert found.verdict is Verdict.DISPLACED
    assert "写反" in found.reason
    assert axes_swapped(swapped)
    assert not axes_swapped(KNOWN)


def test_another_drawing_of_the_same_outlines_is_ok_within_its_coarseness():
    coarse = KNOWN.set_geometry(KNOWN.geometry.simplify(0.004))
    drawn = moved(coarse, lambda lon, lat: (np.round(lon, 3), np.round(lat, 3)))
    assert zoned(drawn).verdict is Verdict.OK
    assert zoned(moved(drawn, gcj02_from_cgcs2000)).guess == "GCJ-02"


def test_a_few_changed_boundaries_do_not_draw_the_fit():
    changed = moved(KNOWN, gcj02_from_cgcs2000)
    for row in range(5):
        changed.loc[row, "geometry"] = changed.geometry.iloc[row].buffer(0.02)
    found = zoned(changed)
    assert found.guess == "GCJ-02"


def test_one_division_that_lies_elsewhere_is_named_as_a_stray():
    stray = KNOWN.copy()
    stray.loc[3, "geometry"] = shapely.affinity.translate(stray.geometry.iloc[3], 0.1, 0.0)
    found = zoned(stray)
    assert found.verdict is Verdict.OK
    assert found.strays == (KNOWN["code"].iloc[3],)


def test_nothing_that_matches_is_unknown():
    strange = KNOWN.assign(code="x" + KNOWN["code"], name="别" + KNOWN["name"])
    found = zoned(strange)
    assert (found.verdict, found.east_m, found.matched) == (Verdict.UNKNOWN, None, 0)


def test_outlines_of_another_shape_are_unknown():
    discs = KNOWN.set_geometry(shapely.buffer(shapely.centroid(KNOWN.geometry.to_numpy()), 0.2))
    found = zoned(discs)
    assert found.verdict is Verdict.UNKNOWN
    assert "形状对不上" in found.reason


def test_matches_go_by_code_and_then_by_a_name_that_is_unique():
    here = layer(
        *[cell(n, 0) for n in range(4)], codes=["1", "9", "8", "7"], names=list("甲乙丙丙")
    )
    there = layer(
        *[cell(n, 0) for n in range(4)], codes=["1", "2", "3", "4"], names=list("戊乙丙丙")
    )
    assert matches(here, there).tolist() == [[0, 0], [1, 1]]


def test_rows_without_outline_and_repeated_codes_do_not_match():
    here = layer(None, cell(1, 0), cell(2, 0), codes=["1", "2", "2"], names=list("甲乙丙"))
    there = layer(*[cell(n, 0) for n in range(3)], codes=["1", "2", "3"], names=list("甲丁戊"))
    assert len(matches(here, there)) == 0


def test_an_invalid_outline_does_not_stop_the_fit():
    broken = moved(KNOWN, gcj02_from_cgcs2000)
    ring = shapely.get_coordinates(broken.geometry.iloc[0])
    ring[[1, 2]] = ring[[2, 1]]
    broken.loc[0, "geometry"] = shapely.Polygon(ring)
    assert zoned(broken).guess == "GCJ-02"


def test_without_a_zone_each_division_is_measured_in_its_own():
    wide = pd.concat([KNOWN, _far_away()], ignore_index=True)
    found = outline_placement(moved(wide, gcj02_from_cgcs2000), wide)
    assert found.verdict is Verdict.SHIFTED
    assert outline_placement(wide, wide).verdict is Verdict.OK


def _far_away():
    far = moved(KNOWN, lambda lon, lat: (lon - 14.0, lat - 4.0))
    return far.assign(code="5" + far["code"].str[1:], name="远" + far["name"])


def test_frames_in_another_crs_are_refused():
    with pytest.raises(CrsError):
        outline_placement(KNOWN.to_crs(4547), KNOWN)


@pytest.mark.parametrize(
    ("vector", "wind"),
    [((100, 0), "东"), ((0, 100), "北"), ((-50, -50), "西南"), ((90, -30), "东")],
)
def test_a_shift_is_told_by_wind_and_metres(vector, wind):
    assert shift_text(*vector).startswith(f"向{wind} ")


def scattered(seed: int = 3, each: int = 60):
    """Points that name the division they lie in, spread over all of it."""
    rng = np.random.default_rng(seed)
    points, names = [], []
    for code, shape in zip(KNOWN["code"], KNOWN.geometry, strict=True):
        west, south, east, north = shape.bounds
        drawn = shapely.points(rng.uniform((west, south), (east, north), (800, 2)))
        inside = drawn[shapely.contains(shape, drawn)][:each]
        points += list(inside)
        names += [f"{code}001"] * len(inside)
    frame = layer(*points, codes=names, names=names)
    return frame.rename(columns={"code": "division"}).drop(columns="name")


POINTS = scattered()


def test_points_that_lie_right_are_ok_when_enough_of_them_can_tell():
    found = point_placement(POINTS, KNOWN)
    assert found.placement.verdict is Verdict.OK
    assert found.inside["as_is"] == found.compared == len(POINTS)
    assert points_outside_named_division(POINTS, KNOWN).empty


@pytest.mark.parametrize(
    ("shift", "system"), [(gcj02_from_cgcs2000, "GCJ-02"), (bd09_from_cgcs2000, "BD-09")]
)
def test_points_in_a_shifted_system_are_recognised(shift, system):
    shifted = moved(POINTS, shift)
    found = point_placement(shifted, KNOWN)
    assert found.placement.verdict is Verdict.SHIFTED
    assert found.placement.guess == system
    assert found.inside[system] == len(POINTS)
    lon, lat = np.median(shapely.get_coordinates(POINTS.geometry), axis=0)
    far = float(ground_distance_m(lon, lat, *shift(lon, lat)))
    assert found.placement.distance_m == pytest.approx(far, rel=0.02)
    assert "米，向东" in found.placement.reason


def test_points_with_latitude_first_are_recognised():
    found = point_placement(moved(POINTS, swap), KNOWN)
    assert found.placement.verdict is Verdict.DISPLACED
    assert found.inside == {"as_is": 0, "swapped": len(POINTS)}


def test_points_kilometres_away_are_displaced_about_as_far_as_they_are():
    found = point_placement(moved_m(POINTS, 12_000, -5_000), KNOWN).placement
    assert found.verdict is Verdict.DISPLACED
    assert (found.east_m, found.north_m) == pytest.approx((12_000, -5_000), abs=1_500)


def test_a_handful_of_points_deep_inside_cannot_tell():
    deep = layer(*shapely.centroid(KNOWN.geometry.to_numpy()[:5])).rename(
        columns={"code": "division"}
    )
    found = point_placement(deep, KNOWN)
    assert found.placement.verdict is Verdict.UNKNOWN
    assert "太少" in found.placement.reason


def test_points_whose_division_is_not_known_are_unknown():
    found = point_placement(POINTS.assign(division="999999001"), KNOWN)
    assert (found.placement.verdict, found.compared) == (Verdict.UNKNOWN, 0)


def test_a_point_outside_is_listed_with_its_distance_and_where_it_lies():
    known = layer(cell(0, 0), cell(1, 0))
    east = shapely.Point(114.03, 32.91)
    nowhere = shapely.Point(114.01, 32.95)
    inside = shapely.Point(114.01, 32.91)
    points = layer(east, nowhere, inside, None, codes=["419901001"] * 4)
    points = points.rename(columns={"code": "division"}).set_axis(list("abcd"))
    found = points_outside_named_division(points, known)
    assert found.index.tolist() == ["a", "b"]
    assert found["lies_in"].tolist() == ["419902", None]
    assert found["compared"].tolist() == ["419901", "419901"]
    expected = [
        float(ground_distance_m(114.03, 32.91, 114.02, 32.91)),
        float(ground_distance_m(114.01, 32.95, 114.01, 32.92)),
    ]
    assert found["distance_m"].tolist() == pytest.approx(expected, rel=1e-3)


def test_a_point_on_the_boundary_is_not_outside():
    points = layer(shapely.Point(114.02, 32.91), codes=["419901"])
    points = points.rename(columns={"code": "division"})
    assert points_outside_named_division(points, layer(cell(0, 0), cell(1, 0))).empty


def test_a_point_is_compared_with_the_smallest_outline_that_its_code_names():
    known = layer(cell(0, 0, 2), cell(0, 0), codes=["419900", "419901"])
    points = layer(shapely.Point(114.03, 32.91), codes=["419901001"])
    points = points.rename(columns={"code": "division"})
    found = points_outside_named_division(points, known).iloc[0]
    assert (found["compared"], found["lies_in"]) == ("419901", "419900")


def test_areas_count_by_a_point_inside_them():
    estate = layer(shapely.box(114.001, 32.901, 114.005, 32.905), codes=["419902"])
    found = points_outside_named_division(
        estate.rename(columns={"code": "division"}), layer(cell(0, 0), cell(1, 0))
    )
    assert found["lies_in"].tolist() == ["419901"]


@pytest.mark.parametrize(
    ("epsg", "expected"),
    [(4526, [4526]), (4547, 4547), (4498, [4498]), (4509, 4509), (3857, [3857]), (4490, [4490])],
)
def test_metres_said_to_be_degrees_are_recognised(epsg, expected):
    mistaken = KNOWN.to_crs(epsg).set_crs(4490, allow_override=True)
    codes = [each.epsg for each in suggested_systems(mistaken)]
    if isinstance(expected, list):
        assert codes == expected
    else:
        assert expected in codes
        near = [each.epsg for each in suggested_systems(mistaken, lon=114.4)]
        assert expected in near
        assert len(near) == 2


def test_northing_first_is_recognised_and_said():
    turned = KNOWN.to_crs(4526)
    turned = turned.set_geometry(
        turned.geometry.map(lambda shape: shapely.transform(shape, lambda at: at[:, ::-1]))
    )
    found = suggested_systems(turned)
    assert [(each.crs, each.northing_first) for each in found] == [("EPSG:4526", True)]
    assert "北坐标（纬度）在前" in suggestion_text(found)


def test_numbers_that_look_like_nothing_give_no_suggestion():
    assert suggested_systems(layer(shapely.box(0, 0, 1, 1))) == []
    assert suggestion_text([]) == ""
    assert suggested_systems(layer()) == []
    assert not axes_swapped(layer())


def test_many_suggestions_are_shortened():
    without_number = KNOWN.to_crs(4547)
    text = suggestion_text(suggested_systems(without_number))
    assert "等 32 种" in text
    assert "不会自行套用" in text


@pytest.mark.data_cn
@pytest.mark.parametrize("city", ["411700", "411300", "421300", "410100", "320481"])
def test_real_outlines_of_two_publishers_agree_and_shifts_are_seen_across_them(city):
    known = city_outlines(city)
    other = city_outlines(city, OutlineSource.AMAP)
    other = other[(other["role"] == "own") & (other["level"] == "county")]
    zone = city_zone(known)
    assert outline_placement(other, known, zone=zone).verdict is Verdict.OK
    for shift, system, far in (
        (gcj02_from_cgcs2000, "GCJ-02", (450, 640)),
        (bd09_from_cgcs2000, "BD-09", (1100, 1350)),
    ):
        found = outline_placement(moved(other, shift), known, zone=zone)
        assert (found.verdict, found.guess) == (Verdict.SHIFTED, system)
        assert far[0] < found.distance_m < far[1]
    away = outline_placement(moved_m(other, 12_000, -5_000), known, zone=zone)
    assert away.verdict is Verdict.DISPLACED
    assert away.distance_m == pytest.approx(13_000, abs=120)
