import geopandas as gpd
import numpy as np
import pytest
from boundary_specimens import STRAIGHT, WINDING, markers_at, route_between
from shapely.geometry import LineString, Point

from civgeo.errors import CrsError, InvalidInput
from civgeo.formats.marker_suffixes import marker_suffixes
from civgeo.geo.boundary_line import ELLIPSOID, route_of
from civgeo.geo.line_findings import LineFault, findings_frame
from civgeo.geo.line_marker_findings import LineSides, marker_findings
from civgeo.geo.line_markers import marker_positions

ROUTE = route_of(STRAIGHT)


def at(*places, **columns):
    points = [None if place is None else Point(place) for place in places]
    return gpd.GeoDataFrame(columns, geometry=points, crs=4490)


def found(markers, route=ROUTE, **options):
    positions = marker_positions(markers, route)
    return marker_findings(markers, positions, line="甲乙线", suffixes=marker_suffixes(), **options)


def test_chainage_offset_and_side_of_markers_beside_a_straight_line():
    positions = marker_positions(at((114.02, 33.001), (114.05, 32.9995), (114.01, 33.0)), ROUTE)
    metres = [ELLIPSOID.inv(114.0, 33.0, lon, 33.0)[2] for lon in (114.02, 114.05, 114.01)]
    assert positions["chainage_m"].tolist() == pytest.approx(metres, abs=0.02)
    assert positions["offset_m"].tolist() == pytest.approx([110.9, 55.45, 0.0], abs=0.1)
    assert positions["side"].tolist() == ["left", "right", "on"]
    assert positions["order"].tolist() == [2, 3, 1]


def test_markers_beyond_an_end_belong_to_the_end():
    positions = marker_positions(at((113.99, 33.0), (114.2, 33.0)), ROUTE)
    assert positions["chainage_m"].tolist() == pytest.approx([0.0, ROUTE.length_m])


def test_a_marker_without_a_place_keeps_its_row_and_has_no_order():
    positions = marker_positions(at(None, (114.02, 33.0)), ROUTE)
    assert positions["order"].tolist() == [0, 1]
    assert np.isnan(positions["chainage_m"].iloc[0])
    assert positions["side"].iloc[0] is None


def test_no_markers_have_no_positions():
    assert marker_positions(at(), ROUTE).empty


def test_offsets_agree_with_a_search_along_the_line_by_brute_force():
    route = route_of(WINDING)
    rng = np.random.default_rng(5)
    places = route.at(rng.uniform(0, route.length_m, 20)) + rng.normal(0, 0.002, (20, 2))
    positions = marker_positions(at(*places.tolist()), route)
    fine = route.at(np.linspace(0, route.length_m, 45_000))
    for (lon, lat), offset in zip(places.tolist(), positions["offset_m"], strict=True):
        many = np.full(len(fine), lon), np.full(len(fine), lat)
        wanted = ELLIPSOID.inv(*many, fine[:, 0], fine[:, 1])[2].min()
        assert offset == pytest.approx(wanted, abs=0.2)


def test_at_a_sharp_corner_the_side_is_that_of_the_whole_corner():
    corner = route_between((114.0, 33.0), (114.05, 33.02), (114.1, 33.0))
    positions = marker_positions(at((114.05, 33.03), (114.05, 33.015)), corner)
    assert positions["side"].tolist() == ["left", "right"]


def test_a_single_marker_off_the_line_is_reported_at_its_distance():
    (finding,) = found(at((114.02, 33.001), number=["1617001Q"]))
    assert (finding.fault, finding.refs) == (LineFault.OFF_LINE, ("1617001Q",))
    assert finding.greatest_m == pytest.approx(110.9, abs=0.1)
    assert found(at((114.02, 33.001), number=["1617001A"])) == []
    assert found(at((114.02, 33.001), number=["1617001Q"]), off_line_m=111.0) == []


def test_a_double_on_the_wrong_side_is_reported_where_the_sides_are_known():
    sides = LineSides(left="411600", right="411700")
    right = at((114.02, 33.001), (114.02, 32.999), number=["1617001A", "1617001B"])
    assert found(right, sides=sides) == []
    wrong = at((114.02, 33.001), (114.02, 32.999), number=["1617001B", "1617001A"])
    assert [each.fault for each in found(wrong, sides=sides)] == [LineFault.WRONG_SIDE] * 2
    assert found(wrong) == []


def test_doubles_on_one_side_are_reported_without_knowing_the_sides():
    both = at((114.02, 33.001), (114.02, 33.0012), number=["1617001A", "1617001B"])
    assert [each.fault for each in found(both)] == [LineFault.SAME_SIDE]


def test_the_fewest_markers_that_break_the_order_are_named():
    numbers = ["1617001Q", "1617002Q", "1617009Q", "1617003Q", "1617004Q"]
    (finding,) = found(markers_at(ROUTE, numbers))
    assert (finding.fault, finding.refs) == (LineFault.OUT_OF_ORDER, ("1617009Q",))


def test_numbering_from_the_other_end_is_one_finding():
    numbers = [f"161700{serial}Q" for serial in (5, 4, 3, 2, 1)]
    assert [each.fault for each in found(markers_at(ROUTE, numbers))] == [LineFault.REVERSED]


def test_findings_become_rows_with_a_place():
    rows = findings_frame(found(at((114.02, 33.001), number=["1617001Q"])))
    assert rows["kind"].tolist() == ["off_line"]
    assert rows["lon"].tolist() == [114.02]
    assert findings_frame([]).empty


def test_markers_that_are_no_points_or_have_no_system_are_refused():
    with pytest.raises(InvalidInput):
        marker_positions(gpd.GeoDataFrame(geometry=[LineString(STRAIGHT)], crs=4490), ROUTE)
    with pytest.raises(CrsError):
        marker_positions(gpd.GeoDataFrame(geometry=[Point(114, 33)]), ROUTE)
    with pytest.raises(InvalidInput):
        found(at((114.02, 33.0)))


def test_at_the_first_corner_of_a_closed_line_the_side_is_that_of_the_whole_corner():
    spike = LineString([(114.0, 33.1), (114.01, 33.0), (113.99, 33.0), (114.0, 33.1)])
    above = [(113.9999, 33.1003), (114.0001, 33.1003), (114.0, 33.101)]
    frame = gpd.GeoDataFrame(geometry=[Point(each) for each in above], crs=4490)
    assert marker_positions(frame, route_of(spike))["side"].tolist() == ["left"] * 3
