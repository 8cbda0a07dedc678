from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Proj
from pyproj.network import is_network_enabled
from shapely.geometry import Point, box

import shapes
from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.crs import (
    CrsName,
    city_zone,
    project,
    require_cgcs2000,
    require_crs,
    to_metric,
    transform_points,
    zone_of,
)
from civgeo.geo.datum import ground_distance_m


def frame(*geometries, crs="EPSG:4490"):
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(geometries), crs=crs))


def convert(x, y, source, target):
    return transform_points(x, y, CrsName.parse(source), CrsName.parse(target))


def just_below(edge):
    return Decimal(f"{edge}".removesuffix("5") + "4" + 40 * "9")


def test_network_grids_are_off():
    assert not is_network_enabled()


@pytest.mark.parametrize(
    ("lon", "number", "epsg", "prefixed"),
    [
        ("114.02", 38, 4547, 4526),
        ("112.53", 38, 4547, 4526),
        ("113.38", 38, 4547, 4526),
        ("113.62", 38, 4547, 4526),
        ("119.48", 40, 4549, 4528),
        ("73.5", 25, 4534, 4513),
        ("136.4999999", 45, 4554, 4533),
    ],
)
def test_zones_and_their_epsg_codes(lon, number, epsg, prefixed):
    zone = zone_of(Decimal(lon))
    assert (zone.number, zone.central_meridian) == (number, 3 * number)
    assert (zone.epsg, zone.epsg_prefixed) == (epsg, prefixed)


@pytest.mark.parametrize("number", range(25, 46))
def test_epsg_codes_of_every_zone_carry_its_meridian_and_number(number):
    zone = zone_of(3 * number)
    assert CRS.from_epsg(zone.epsg).name.endswith(f"CM {3 * number}E")
    assert CRS.from_epsg(zone.epsg_prefixed).name.endswith(f"zone {number}")


@pytest.mark.parametrize("number", range(25, 46))
def test_lower_edge_belongs_to_the_higher_zone(number):
    edge = Decimal(3 * number) - Decimal("1.5")
    assert zone_of(edge).number == number
    if number > 25:
        assert zone_of(just_below(edge)).number == number - 1


@pytest.mark.parametrize(
    "lon",
    ["73.4999999999", "136.5", "33", "-114", "0", "NaN", "Infinity", "1E+999999", "1E-999999"],
)
def test_longitude_outside_china_asks_whether_it_was_swapped(lon):
    with pytest.raises(CrsError, match="填反"):
        zone_of(Decimal(lon))


@given(st.decimals("73.5", "136.499999", places=6))
def test_a_zone_holds_every_longitude_within_a_degree_and_a_half(lon):
    zone = zone_of(lon)
    low = Decimal(zone.central_meridian) - Decimal("1.5")
    assert low <= lon < low + 3


def test_points_20_m_apart_at_nanyang_fall_into_two_zones_280_km_apart():
    west, east = shapes.WEST_OF_EDGE, shapes.EAST_OF_EDGE
    assert float(ground_distance_m(west.x, west.y, east.x, east.y)) == pytest.approx(20, abs=0.05)
    assert (zone_of(west.x).number, zone_of(east.x).number) == (37, 38)
    assert project(west.x, west.y, zone_of(west.x))[0] == pytest.approx(640_177, abs=1)
    assert project(east.x, east.y, zone_of(east.x))[0] == pytest.approx(359_823, abs=1)


def test_in_one_city_zone_points_20_m_apart_stay_20_m_apart():
    points = frame(shapes.WEST_OF_EDGE, shapes.EAST_OF_EDGE)
    metric = to_metric(points, city_zone(points))
    assert metric.geometry.iloc[0].distance(metric.geometry.iloc[1]) == pytest.approx(20, abs=0.1)


def test_projection_agrees_with_proj_given_its_parameters():
    zone = zone_of(Decimal("114.02"))
    own = Proj(proj="tmerc", lon_0=114, k=1, x_0=500_000, ellps="GRS80")
    easting, northing = project([114.02, 112.6], [32.98, 33.1], zone)
    assert np.allclose((easting, northing), own([114.02, 112.6], [32.98, 33.1]), atol=1e-6)


def test_prefixed_easting_differs_by_the_zone_number():
    zone = zone_of(114)
    easting, northing = project(114.02, 32.98, zone)
    prefixed = convert(114.02, 32.98, "EPSG:4490", f"EPSG:{zone.epsg_prefixed}")
    assert prefixed[0] - easting == pytest.approx(zone.prefix_m, abs=1e-6)
    assert prefixed[1] == pytest.approx(float(northing), abs=1e-6)


def test_projection_keeps_the_shape_of_the_arrays():
    assert project([[114.0], [114.1]], [[33.0], [33.1]], zone_of(114))[0].shape == (2, 1)
    assert project([], [], zone_of(114))[0].shape == (0,)


def test_web_mercator_stretches_19_2_percent_at_latitude_33():
    x, y = convert([114.0, 114.001], [33.0, 33.0], "EPSG:4490", "EPSG:3857")
    true_m = float(ground_distance_m(114.0, 33.0, 114.001, 33.0))
    assert (x[1] - x[0]) / true_m == pytest.approx(1.192, abs=0.001)
    assert y[0] == y[1]


@pytest.mark.parametrize("epsg", [4490, 4326, 4526, 4547, 3857, 32650])
def test_longitude_or_easting_comes_first_whatever_the_authority_says(epsg):
    x, y = convert([114.0, 114.1], [33.0, 33.0], "EPSG:4490", f"EPSG:{epsg}")
    assert x[1] - x[0] > 30 * abs(y[1] - y[0])


@pytest.mark.parametrize("epsg", [4490, 4326])
def test_cgcs2000_and_wgs84_are_taken_as_equal(epsg):
    assert convert(114.021, 32.981, "EPSG:4490", f"EPSG:{epsg}") == (114.021, 32.981)


@pytest.mark.parametrize("name", ["EPSG:4526", "EPSG:4547", "EPSG:3857", "GCJ-02", "BD-09"])
def test_converting_there_and_back_is_below_1_mm(name):
    lon, lat = np.array([112.6, 114.02, 115.3]), np.array([31.7, 32.98, 34.7])
    again = convert(*convert(lon, lat, "EPSG:4490", name), name, "EPSG:4490")
    assert ground_distance_m(lon, lat, *again).max() < 1e-3


def test_a_shifted_layer_can_go_straight_to_metres():
    direct = convert(114.02, 32.98, "BD-09", "EPSG:4547")
    steps = convert(*convert(114.02, 32.98, "BD-09", "EPSG:4490"), "EPSG:4490", "EPSG:4547")
    assert np.allclose(direct, steps, atol=1e-6)


@pytest.mark.parametrize(
    ("x", "y", "source"),
    [
        (33.0, 114.0, "EPSG:4490"),
        (33.0, 40.0, "EPSG:4490"),
        (3_650_000.0, 500_000.0, "EPSG:4547"),
        (38_500_000.0, 3_650_000.0, "EPSG:4547"),
        (500_000.0, 3_650_000.0, "EPSG:4526"),
    ],
)
def test_swapped_axes_and_wrong_zone_numbers_are_refused(x, y, source):
    target = "EPSG:4547" if source == "EPSG:4490" else "EPSG:4490"
    with pytest.raises(CrsError, match="带号"):
        convert(x, y, source, target)


def test_refusal_names_the_first_point_that_failed():
    with pytest.raises(CrsError, match="第 2 个点（下标 1"):
        project([114.0, 33.0, 32.0], [33.0, 40.0, 40.0], zone_of(114))


def test_outside_gcj02_is_refused_from_projected_coordinates_too():
    with pytest.raises(CrsError, match="适用范围"):
        convert(0.0, 6_600_000.0, "EPSG:3857", "GCJ-02")


def test_a_coordinate_that_is_not_a_number_is_invalid():
    with pytest.raises(InvalidInput, match="不是有限的数字"):
        convert(float("nan"), 33.0, "EPSG:4490", "EPSG:4547")


def test_city_zone_is_that_of_the_middle_of_the_extent():
    assert city_zone(frame(shapes.SQUARE, shapes.HOLE)).number == 38
    assert city_zone(frame(box(110.97, 32.3, 113.82, 33.8))).number == 37
    assert city_zone(frame(shapes.SPANS_TWO_ZONES)).number == 38


def test_null_and_empty_shapes_do_not_move_the_city_zone():
    assert city_zone(frame(shapes.SQUARE, None, shapes.EMPTY)).number == 38


def test_neighbours_do_not_move_the_city_zone():
    divisions = frame(shapes.SQUARE, box(105.0, 32.0, 106.0, 33.0))
    divisions["role"] = ["own", "context"]
    assert city_zone(divisions).number == 38


@pytest.mark.parametrize("shapes_given", [(), (None,), (shapes.EMPTY,)])
def test_a_city_without_extent_has_no_zone(shapes_given):
    with pytest.raises(CrsError, match="没有图形"):
        city_zone(frame(*shapes_given))


def test_a_whole_country_has_no_single_zone():
    with pytest.raises(CrsError, match="跨度"):
        city_zone(frame(Point(80, 40), Point(130, 45)))


def test_to_metric_keeps_index_order_and_columns():
    given_frame = gpd.GeoDataFrame(
        {"name": ["b", "a", "c"]},
        geometry=[shapes.SQUARE, None, shapes.EMPTY],
        index=["b", "a", "c"],
        crs="EPSG:4490",
    )
    metric = to_metric(given_frame, zone_of(114))
    assert list(metric.index) == ["b", "a", "c"]
    assert list(metric["name"]) == ["b", "a", "c"]
    assert metric.crs.to_epsg() == 4547
    assert metric.geometry.iloc[0].centroid.x == pytest.approx(500_935, abs=2)
    assert metric.geometry.iloc[1] is None
    assert metric.geometry.iloc[2].is_empty


@pytest.mark.parametrize("name", ["hole", "multipart", "sliver", "spans two zones"])
def test_metric_areas_agree_with_geodesic_areas_within_a_thousandth(name):
    shape = shapes.ALL_AREAS[name]
    area_m2 = to_metric(frame(shape), zone_of(114)).area.iloc[0]
    geodesic, _ = CRS.from_epsg(4490).get_geod().geometry_area_perimeter(shape)
    assert area_m2 == pytest.approx(abs(geodesic), rel=2e-3 if shape.bounds[0] < 113 else 1e-3)


def test_to_metric_refuses_a_shape_that_cannot_be_projected():
    with pytest.raises(CrsError, match="编号 1 "):
        to_metric(frame(shapes.SQUARE, Point(33.0, 114.0)), zone_of(114))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4547", "EPSG:3857"])
def test_only_cgcs2000_degrees_go_between_layers(crs):
    with pytest.raises(CrsError, match="4490"):
        require_cgcs2000(frame(shapes.SQUARE, crs=crs))


def test_a_frame_without_crs_is_refused():
    with pytest.raises(CrsError, match="没有坐标系"):
        require_crs(frame(shapes.SQUARE, crs=None))
    with pytest.raises(CrsError, match="没有坐标系"):
        require_crs(gpd.GeoDataFrame({"name": ["a"]}))


def test_two_crs_in_two_frames_are_refused():
    one, other = frame(shapes.SQUARE), frame(shapes.SQUARE, crs="EPSG:4547")
    with pytest.raises(CrsError, match="两个坐标系"):
        require_crs(one, other)
    assert require_crs(one, one).to_epsg() == 4490


def test_two_crs_in_two_columns_of_one_frame_are_refused():
    mixed = frame(shapes.SQUARE)
    mixed["centre"] = gpd.GeoSeries([Point(500_000, 3_650_000)], crs="EPSG:4547")
    with pytest.raises(CrsError, match="两个坐标系"):
        require_crs(mixed)


def test_a_frame_of_a_secret_datum_is_refused():
    with pytest.raises(CrsError, match="国家秘密"):
        require_crs(frame(shapes.SQUARE, crs="EPSG:4610"))


def test_a_plain_table_column_does_not_count_as_geometry():
    table = frame(shapes.SQUARE)
    table["households"] = pd.Series([100])
    assert require_crs(table).to_epsg() == 4490
