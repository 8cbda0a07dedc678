import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.datum import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    bd09_from_cgcs2000,
    bd09_from_gcj02,
    cgcs2000_from_bd09,
    cgcs2000_from_gcj02,
    gcj02_from_bd09,
    gcj02_from_cgcs2000,
    ground_distance_m,
)

CITIES = {
    "驻马店": (114.02, 32.98),
    "南阳": (112.53, 32.99),
    "随州": (113.38, 31.69),
    "郑州": (113.62, 34.75),
    "溧阳": (119.48, 31.42),
}
PAIRS = ((gcj02_from_cgcs2000, cgcs2000_from_gcj02), (bd09_from_cgcs2000, cgcs2000_from_bd09))


def grid():
    return np.meshgrid(np.linspace(WEST, EAST, 301), np.linspace(SOUTH, NORTH, 251))


@pytest.mark.parametrize(
    ("lon", "lat", "shifted"),
    [
        (121.5272106, 31.1774276, (121.531541859215, 31.17530398364597)),
        (113.912316, 22.543847, (113.9171764808363, 22.540796131694766)),
        (116.377817, 39.911954, (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_agrees_with_published_pairs(lon, lat, shifted):
    assert np.allclose(gcj02_from_cgcs2000(lon, lat), shifted, rtol=0, atol=1e-11)


def test_bd09_agrees_with_a_published_pair():
    found = bd09_from_gcj02(116.404, 39.915)
    assert np.allclose(found, (116.41036949371029, 39.92133699351021), rtol=0, atol=1e-11)


@pytest.mark.parametrize("city", CITIES)
def test_shift_at_the_five_cities_is_539_to_625_metres(city):
    lon, lat = CITIES[city]
    assert 539 <= float(ground_distance_m(lon, lat, *gcj02_from_cgcs2000(lon, lat))) <= 625


@pytest.mark.parametrize(("forward", "back"), PAIRS)
def test_round_trip_over_the_whole_rectangle_is_below_1e_8_degree_and_1_mm(forward, back):
    lon, lat = grid()
    again = back(*forward(lon, lat))
    assert max(np.abs(again[0] - lon).max(), np.abs(again[1] - lat).max()) < 1e-8
    assert ground_distance_m(lon, lat, *again).max() < 1e-3


@pytest.mark.parametrize(("forward", "back"), PAIRS)
def test_shifting_the_unshifted_point_meets_the_input_below_1e_8_degree(forward, back):
    lon, lat = np.meshgrid(np.linspace(73.6, 135.0, 301), np.linspace(3.9, 53.5, 251))
    again = forward(*back(lon, lat))
    assert max(np.abs(again[0] - lon).max(), np.abs(again[1] - lat).max()) < 1e-8


def test_gcj02_from_bd09_undoes_bd09_from_gcj02():
    lon, lat = grid()
    again = gcj02_from_bd09(*bd09_from_gcj02(lon, lat))
    assert ground_distance_m(lon, lat, *again).max() < 1e-3


@given(st.floats(104.999, 105.001), st.floats(20, 45))
def test_round_trip_holds_at_the_meridian_where_the_series_has_a_cusp(lon, lat):
    again = cgcs2000_from_gcj02(*gcj02_from_cgcs2000(lon, lat))
    assert float(ground_distance_m(lon, lat, *again)) < 1e-3


@pytest.mark.parametrize(
    ("lon", "lat"), [(72.0039, 30), (137.8348, 30), (100, 0.8292), (100, 55.8272)]
)
@pytest.mark.parametrize("convert", [gcj02_from_cgcs2000, bd09_from_cgcs2000])
def test_just_outside_the_rectangle_is_refused(lon, lat, convert):
    with pytest.raises(CrsError, match=str(lon)):
        convert(lon, lat)


@pytest.mark.parametrize("lon", [WEST, EAST])
@pytest.mark.parametrize("lat", [SOUTH, NORTH])
def test_corners_of_the_rectangle_convert_both_ways(lon, lat):
    again = cgcs2000_from_gcj02(*gcj02_from_cgcs2000(lon, lat))
    assert float(ground_distance_m(lon, lat, *again)) < 1e-3


@pytest.mark.parametrize("back", [cgcs2000_from_gcj02, gcj02_from_bd09, cgcs2000_from_bd09])
def test_the_way_back_refuses_points_outside_too(back):
    with pytest.raises(CrsError, match="适用范围"):
        back(2.35, 48.85)


def test_a_shifted_point_whose_source_lies_outside_is_refused():
    with pytest.raises(CrsError, match="适用范围"):
        cgcs2000_from_gcj02(71.99, 30.0)


def test_refusal_names_the_first_offending_point_and_its_index():
    with pytest.raises(CrsError, match=r"第 3 个点（下标 2，坐标 33\.0, 114\.0）"):
        gcj02_from_cgcs2000([114.0, 113.0, 33.0, 0.0], [33.0, 33.0, 114.0, 0.0])


def test_shape_is_kept():
    lon, lat = gcj02_from_cgcs2000([[114.0], [115.0]], [[33.0], [33.5]])
    assert lon.shape == lat.shape == (2, 1)
    assert gcj02_from_cgcs2000(114.0, 33.0)[0].shape == ()
    assert cgcs2000_from_bd09([], [])[0].shape == (0,)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_coordinate_that_is_not_finite_is_invalid(value):
    with pytest.raises(InvalidInput, match="第 2 个点"):
        gcj02_from_cgcs2000([114.0, value], [33.0, 33.0])


def test_arrays_of_two_lengths_are_invalid():
    with pytest.raises(InvalidInput, match="2 和 1"):
        gcj02_from_cgcs2000([114.0, 114.1], [33.0])
    with pytest.raises(InvalidInput, match="一一对应"):
        ground_distance_m([114.0, 114.1], [33.0, 33.0], [114.0], [33.0])


def test_ground_distance_of_one_degree_of_latitude_at_33_north_is_known():
    assert float(ground_distance_m(114, 32.5, 114, 33.5)) == pytest.approx(110_904.5, abs=1.0)
