import geopandas as gpd
import numpy as np
import pytest
from boundary_specimens import STRAIGHT, WINDING, markers_at, route_between
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from civgeo.domain.bearings import Direction16, direction16
from civgeo.domain.walk_description import compare_walks, read_walk, written_walk
from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import ELLIPSOID, route_of
from civgeo.geo.line_markers import marker_positions
from civgeo.geo.line_walk import walk_along

BENT = route_between((114.0, 33.0), (114.05, 33.0), (114.05, 32.95), (114.12, 32.95))
corner = st.tuples(st.integers(0, 60), st.integers(0, 60))
corners = st.lists(corner, min_size=2, max_size=10, unique=True)


def stations(route, *numbers):
    markers = markers_at(route, list(numbers))
    return marker_positions(markers, route).assign(label=markers["number"])


def labels(legs):
    return [(each.leg.start, each.leg.end) for each in legs]


def test_a_line_without_markers_is_walked_from_turn_to_turn():
    legs = walk_along(BENT)
    assert [each.leg.direction for each in legs] == [Direction16.E, Direction16.S, Direction16.E]
    assert labels(legs) == [
        ("界线起点", "拐点1"),
        ("拐点1", "拐点2"),
        ("拐点2", "界线终点"),
    ]
    assert legs[1].leg.distance_m == pytest.approx(
        ELLIPSOID.inv(114.05, 33.0, 114.05, 32.95)[2], abs=0.01
    )


def test_directions_are_true_ones_at_the_edge_of_a_zone():
    legs = walk_along(route_between((112.51, 33.0), (112.51, 32.9)))
    assert legs[0].bearing_deg == pytest.approx(180.0, abs=1e-9)


def test_markers_end_legs_and_twins_at_one_place_are_one_station():
    found = stations(BENT, "1617001Q", "1617002Q")
    twin = found.assign(label=["1617001A", "1617001B"], chainage_m=[3000.0, 3000.4])
    legs = walk_along(BENT, twin)
    assert ("1617001A、1617001B", "拐点1") in labels(legs)
    assert labels(walk_along(route_of(STRAIGHT), stations(route_of(STRAIGHT), "1", "2", "3"))) == [
        ("1", "2"),
        ("2", "3"),
    ]


def test_turns_below_the_tolerance_are_passed_over():
    wobble = route_between((114.0, 33.0), (114.05, 33.001), (114.1, 33.0))
    assert len(walk_along(wobble, turn_m=200.0)) == 1
    assert len(walk_along(route_between((114.0, 33.0), (114.05, 33.04), (114.1, 33.0)))) == 2


def test_a_leg_follows_the_feature_that_runs_beside_most_of_it():
    features = gpd.GeoDataFrame(
        {"name": ["汝河", "G107", None]},
        geometry=[
            LineString([(114.0, 33.0003), (114.05, 33.0003)]),
            LineString([(114.049, 33.0), (114.049, 32.99)]),
            LineString([(114.05, 32.95), (114.12, 32.95)]),
        ],
        crs=4490,
    )
    legs = walk_along(BENT, features=features)
    assert [each.leg.along for each in legs] == ["汝河", "界线", "界线"]
    assert legs[0].along_share == pytest.approx(1.0, abs=0.02)
    assert walk_along(BENT, features=features, feature_reach_m=20.0)[0].leg.along == "界线"
    assert [each.leg.along for each in walk_along(BENT, features=features[:0])] == ["界线"] * 3


@settings(deadline=None)
@given(corners, st.floats(0, 2000))
def test_the_legs_are_the_whole_line_and_each_points_along_its_direction(places, turn_m):
    route = route_of(LineString([(114 + x / 100, 33 + y / 100) for x, y in places]))
    legs = walk_along(route, turn_m=turn_m)
    assert sum(each.leg.distance_m for each in legs) == pytest.approx(route.length_m)
    assert [each.end_m for each in legs[:-1]] == [each.start_m for each in legs[1:]]
    for each in legs:
        azimuth = ELLIPSOID.inv(*each.start, *each.end)[0] % 360.0
        assert each.bearing_deg == pytest.approx(azimuth)
        assert each.leg.direction is direction16(each.bearing_deg)


def test_a_written_walk_is_read_back_and_does_not_differ():
    route = route_of(WINDING)
    numbers = [f"1617{serial:03d}Q号界桩" for serial in range(1, 13)]
    legs = [each.leg for each in walk_along(route, stations(route, *numbers))]
    filed, unread = read_walk(written_walk(legs))
    assert unread == []
    assert len(filed) == len(legs) > 12
    assert compare_walks(legs, filed) == []


def test_negative_tolerances_and_features_without_names_are_refused():
    with pytest.raises(InvalidInput):
        walk_along(BENT, turn_m=-1.0)
    with pytest.raises(InvalidInput):
        walk_along(BENT, turn_m=np.nan)
    with pytest.raises(InvalidInput):
        walk_along(BENT, features=gpd.GeoDataFrame(geometry=[STRAIGHT], crs=4490))
