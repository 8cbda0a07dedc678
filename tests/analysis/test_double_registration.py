import geopandas as gpd
import numpy as np
import pytest
from analysis_frames import facilities_frame
from pyproj import Transformer
from shapely import Point

from civgeo.analysis.double_registration import double_registrations

METRIC = "EPSG:4547"
COLUMNS = ["kept", "left_out", "name", "other_name", "distance_m"]


def at(east_m, north_m=0.0):
    """Point so many metres east and north of one in zone 38."""
    back = Transformer.from_crs(METRIC, 4490, always_xy=True)
    return Point(back.transform(500_000 + east_m, 3_650_000 + north_m))


def pairs(*rows):
    return double_registrations(facilities_frame(*rows), METRIC)


def site(id, name, m2=100.0, place=None, **given):
    return {"id": id, "name": name, "floor_area_m2": m2, "geometry": place or at(0), **given}


def test_community_and_its_committee_are_one_and_the_smaller_area_is_kept():
    found = pairs(
        site("large", "幸福社区日间照料中心", 200.0),
        site("small", "幸福居委会日间照料中心", 120.0, at(30, 40)),
    )
    assert list(found.columns) == COLUMNS
    (row,) = found.to_dict("records")
    assert (row["kept"], row["left_out"]) == ("small", "large")
    assert (row["name"], row["other_name"]) == ("幸福居委会日间照料中心", "幸福社区日间照料中心")
    assert row["distance_m"] == pytest.approx(50, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("张庄村日间照料中心", "张庄村委会日间照料中心"),
        ("张庄行政村日间照料中心", "张庄村民委员会日间照料中心"),
        ("幸福社区居民委员会照料中心", "幸福社区照料中心"),
        ("幸福 社区照料中心", "幸福社区照料中心"),
        ("幸福社区照料中心（１号）", "幸福社区照料中心(1号)"),
    ],
)
def test_words_for_committee_community_and_village_do_not_tell_names_apart(name, other):
    assert len(pairs(site("a", name), site("b", other))) == 1


@pytest.mark.parametrize(("metres", "count"), [(499.9, 1), (500.1, 0), (5_000, 0)])
def test_facilities_more_than_500_metres_apart_are_two(metres, count):
    found = pairs(site("a", "幸福社区照料"), site("b", "幸福居委会照料", place=at(metres)))
    assert len(found) == count


@pytest.mark.parametrize(
    "other",
    [
        {"division": "411702002"},
        {"kind": "meal_point"},
        {"name": "和平居委会照料"},
    ],
)
def test_another_township_kind_or_name_is_another_facility(other):
    assert pairs(site("a", "幸福社区照料"), site("b", "幸福居委会照料") | other).empty


def test_facility_without_a_place_is_paired_and_the_distance_left_open():
    rows = [site("a", "幸福社区照料"), site("b", "幸福居委会照料", 50.0)]
    frame = facilities_frame(*rows)
    frame.geometry = gpd.GeoSeries([Point(114, 33), None], index=frame.index, crs=4490)
    found = double_registrations(frame, METRIC)
    assert list(found["kept"]) == ["b"]
    assert np.isnan(found["distance_m"]).all()


def test_unknown_floor_area_is_never_the_one_that_is_kept():
    found = pairs(site("a", "幸福社区照料", None), site("b", "幸福居委会照料", 300.0))
    assert list(found["kept"]) == ["b"]


def test_three_entries_leave_one():
    found = pairs(
        site("a", "幸福社区照料", 30.0),
        site("b", "幸福居委会照料", 10.0),
        site("c", "幸福照料", 20.0),
    )
    assert set(found["left_out"]) == {"a", "c"}
    assert set(found["kept"]) == {"b"}


def test_entries_far_from_the_kept_one_are_still_compared_with_each_other():
    found = pairs(
        site("far", "幸福社区照料", 10.0, at(9_000)),
        site("b", "幸福居委会照料", 20.0),
        site("c", "幸福照料", 30.0),
    )
    assert list(zip(found["kept"], found["left_out"], strict=True)) == [("b", "c")]


def test_no_facilities_give_no_pairs_but_the_columns():
    found = pairs()
    assert found.empty
    assert list(found.columns) == COLUMNS
