from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from boundary_specimens import STRAIGHT, WINDING, route_between
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point

from civgeo.errors import InvalidInput
from civgeo.geo.boundary_line import ELLIPSOID, route_of
from civgeo.geo.line_markers import marker_positions

places = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(
    lambda place: (113.0 + place[0] / 100, 32.0 + place[1] / 100)
)
lines = st.lists(places, min_size=2, max_size=12, unique=True)


def test_a_line_starts_in_the_west_or_where_it_runs_more_north_to_south_in_the_north():
    assert route_between((114.2, 33.0), (114.0, 33.05)).start == (114.0, 33.05)
    assert route_between((114.0, 32.5), (114.1, 33.0)).start == (114.1, 33.0)
    assert route_between((114.1, 33.0), (114.0, 32.5)).start == (114.1, 33.0)


def test_length_is_the_geodesic_one_and_the_error_of_the_plane_is_told():
    route = route_of(WINDING)
    lon, lat = shapely.get_coordinates(WINDING).T
    assert route.length_m == pytest.approx(ELLIPSOID.line_length(lon, lat), abs=0.01)
    assert route.grid_length_m == pytest.approx(route.length_m * (1 + route.scale_error))
    assert 0 < route.scale_error < 4e-4


def test_a_line_across_an_edge_of_zones_is_as_long_as_its_halves():
    whole = route_between((112.3, 33.0), (112.5, 33.0), (112.7, 33.0))
    west, east = (
        route_between((112.3, 33.0), (112.5, 33.0)),
        route_between((112.5, 33), (112.7, 33)),
    )
    assert {west.zone.number, east.zone.number} == {37, 38}
    assert whole.length_m == pytest.approx(west.length_m + east.length_m, abs=1e-6)


@settings(deadline=None)
@given(lines, st.lists(st.integers(1, 10), max_size=4), st.randoms())
def test_a_cut_line_is_put_together_however_its_parts_come(corners, cuts, random):
    whole = LineString(corners)
    if not whole.is_simple:
        return
    at = sorted({0, *[cut for cut in cuts if cut < len(corners) - 1], len(corners) - 1})
    parts = [corners[one : other + 1] for one, other in pairwise(at)]
    parts = [part[::-1] if random.random() < 0.5 else part for part in parts]
    random.shuffle(parts)
    route, wanted = route_of(MultiLineString(parts)), route_of(whole)
    assert route.gaps == ()
    assert route.length_m == pytest.approx(wanted.length_m, abs=1e-6)
    assert {route.start, route.end} == {wanted.start, wanted.end}


@settings(deadline=None)
@given(lines)
def test_chainage_rises_along_the_route_and_leads_back_to_its_places(corners):
    route = route_of(LineString(corners))
    assert (np.diff(route.chainage_m) > 0).all()
    assert route.chainage_m[0] == 0
    found = route.at(route.chainage_m)
    assert found == pytest.approx(route.places)


@settings(deadline=None)
@given(lines, st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_chainage_of_points_on_a_simple_line_rises_along_the_route(corners, shares):
    if not LineString(corners).is_simple:
        return
    route = route_of(LineString(corners))
    metres = np.sort(np.array(shares)) * route.length_m
    points = gpd.GeoDataFrame(geometry=shapely.points(route.at(metres)), crs=4490)
    found = marker_positions(points, route)
    assert found["chainage_m"].to_numpy() == pytest.approx(metres, abs=0.01)
    assert (found["offset_m"] < 0.01).all()


def test_an_interruption_is_crossed_straight_counted_and_named():
    parts = MultiLineString([[(114.0, 33.0), (114.1, 33.0)], [(114.1002, 33.0), (114.2, 33.0)]])
    route = route_of(parts)
    (gap,) = route.gaps
    assert (gap.start, gap.end) == ((114.1, 33.0), (114.1002, 33.0))
    assert gap.length_m == pytest.approx(18.69, abs=0.01)
    assert route.length_m == pytest.approx(
        route_between((114.0, 33), (114.2, 33)).length_m, abs=0.1
    )
    assert route_of(parts, join_m=20.0).gaps == ()


def test_a_closed_line_starts_in_the_north_and_runs_clockwise():
    ring = Point(114, 33).buffer(0.1).exterior
    for shape in (ring, ring.reverse()):
        route = route_of(LineString(shape.coords))
        assert route.closed
        assert route.start == route.end == pytest.approx((114.0, 33.1))
        assert route.places[1, 0] > 114.0


def test_corners_are_added_on_long_edges_and_left_out_of_the_drawing():
    route = route_of(STRAIGHT)
    assert len(route.places) > 2
    assert route.line.equals(STRAIGHT)
    assert route.between(0.0, route.length_m / 2).length == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (LineString(), "bad_geometry"),
        (Point(114, 33), "bad_geometry"),
        (LineString([(114, 33), (114, 33)]), "bad_geometry"),
        (
            MultiLineString([[(114, 33), (115, 33)], [(114.5, 33), (114.5, 34)]]),
            "branched_line",
        ),
    ],
)
def test_what_is_no_single_line_is_refused(shape, code):
    with pytest.raises(InvalidInput) as refused:
        route_of(shape)
    assert refused.value.code == code
