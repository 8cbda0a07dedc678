import geopandas as gpd
import numpy as np
import pytest
import shapely
from division_layers import moved, moved_m
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.datum import (
    bd09_from_cgcs2000,
    cgcs2000_from_bd09,
    cgcs2000_from_gcj02,
    gcj02_from_cgcs2000,
    ground_distance_m,
)
from civgeo.geo.known_points import known_placement
from civgeo.geo.placement import Verdict, about_text

PLACES = np.random.default_rng(4).uniform((113.6, 32.4), (114.9, 33.5), (40, 2))
KNOWN = gpd.GeoDataFrame(geometry=shapely.points(PLACES), crs="EPSG:4490")


def nudged(metres: float) -> gpd.GeoDataFrame:
    """The places as another surveyor would have them, each some metres off."""
    noise = np.random.default_rng(9).normal(0, metres / 111_200, PLACES.shape)
    return KNOWN.set_geometry(shapely.points(PLACES + noise))


def test_places_that_agree_are_ok():
    found = known_placement(KNOWN, KNOWN)
    assert (found.verdict, found.east_m, found.north_m, found.matched) == (Verdict.OK, 0, 0, 40)
    assert known_placement(nudged(40), KNOWN).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("shift", "system"), [(gcj02_from_cgcs2000, "GCJ-02"), (bd09_from_cgcs2000, "BD-09")]
)
@pytest.mark.parametrize("noise", [0, 30, 150])
def test_a_shifted_layer_is_named_with_its_metres_and_direction(shift, system, noise):
    found = known_placement(moved(nudged(noise), shift), KNOWN)
    lon, lat = np.median(PLACES, axis=0)
    far = float(ground_distance_m(lon, lat, *shift(lon, lat)))
    assert (found.verdict, found.guess) == (Verdict.SHIFTED, system)
    assert found.distance_m == pytest.approx(far, abs=60)
    assert about_text(found.east_m, found.north_m) in found.reason
    assert f"--crs {system}" in found.reason


@pytest.mark.parametrize(
    ("back", "system"), [(cgcs2000_from_gcj02, "GCJ-02"), (cgcs2000_from_bd09, "BD-09")]
)
def test_a_layer_converted_once_too_often_is_told_as_that(back, system):
    found = known_placement(moved(KNOWN, back), KNOWN)
    assert (found.verdict, found.guess) == (Verdict.SHIFTED, None)
    assert f"多还原了一次 {system}" in found.reason


@settings(max_examples=25, deadline=None)
@given(st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_any_shift_is_measured_to_the_metre(east_m, north_m):
    found = known_placement(moved_m(KNOWN, east_m, north_m), KNOWN)
    assert (found.east_m, found.north_m) == pytest.approx((east_m, north_m), abs=1.0)
    far = np.hypot(east_m, north_m)
    if abs(far - 20) > 1.5:
        assert found.verdict is (Verdict.OK if far < 20 else Verdict.SHIFTED)


def test_a_few_features_that_moved_do_not_draw_the_shift():
    layer = moved(KNOWN, gcj02_from_cgcs2000)
    layer.loc[:7, "geometry"] = shapely.points(PLACES[:8] + 0.05)
    assert known_placement(layer, KNOWN).guess == "GCJ-02"


def test_kilometres_are_a_displacement():
    found = known_placement(moved_m(KNOWN, 12_000, -5_000), KNOWN)
    assert found.verdict is Verdict.DISPLACED
    assert "拒绝" in found.reason


def test_offsets_with_nothing_in_common_and_few_pairs_say_nothing():
    turned = KNOWN.set_geometry(shapely.points(PLACES[::-1]))
    assert known_placement(turned, KNOWN).verdict is Verdict.UNKNOWN
    few = known_placement(KNOWN[:4], KNOWN[:4])
    assert (few.verdict, few.matched) == (Verdict.UNKNOWN, 4)
    empty = KNOWN.set_geometry(gpd.GeoSeries([None] * 40, crs=4490))
    assert known_placement(empty, KNOWN).matched == 0


def test_areas_count_by_their_middles():
    areas = moved(KNOWN, gcj02_from_cgcs2000)
    areas = areas.set_geometry(
        areas.geometry.map(
            lambda at: shapely.box(at.x - 1e-3, at.y - 1e-3, at.x + 1e-3, at.y + 1e-3)
        )
    )
    assert known_placement(areas, KNOWN).guess == "GCJ-02"


def test_far_from_china_no_system_is_named():
    abroad = KNOWN.set_geometry(shapely.points(PLACES - (40, 0)))
    found = known_placement(moved_m(abroad, 500, -200), abroad)
    assert (found.verdict, found.guess) == (Verdict.SHIFTED, None)


def test_frames_that_do_not_go_together_are_refused():
    with pytest.raises(CrsError):
        known_placement(KNOWN.to_crs(4547), KNOWN)
    with pytest.raises(InvalidInput, match="一一对应"):
        known_placement(KNOWN[:9], KNOWN)


@pytest.mark.parametrize(
    ("vector", "wind"),
    [((100, 0), "东"), ((90, -30), "东偏南"), ((-50, -50), "西南"), ((-10, 300), "北")],
)
def test_about_how_far_and_which_of_sixteen_winds(vector, wind):
    assert about_text(*vector).endswith(f" 米，向{wind}")
