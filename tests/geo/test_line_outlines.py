import geopandas as gpd
import pytest
from boundary_specimens import route_between
from shapely.geometry import LineString, Polygon, box

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.line_marker_findings import LineSides
from civgeo.geo.line_outlines import outline_departures, sides_of_route

ROUTE = route_between((114.0, 33.0), (114.1, 33.0))
NORTH, SOUTH = box(114.0, 33.0, 114.1, 33.1), box(114.0, 32.9, 114.1, 33.0)
DIVISIONS = gpd.GeoDataFrame({"code": ["411600", "411700"]}, geometry=[NORTH, SOUTH], crs=4490)
BITE = [(114.04, 33.0), (114.05, 33.001), (114.06, 33.0)]
BITTEN = Polygon([(114.0, 33.0), *BITE, (114.1, 33.0), (114.1, 33.1), (114.0, 33.1)])


def departures(divisions, **options):
    return outline_departures(ROUTE, divisions, line="周驻线", **options)


def test_what_lies_left_and_right_of_a_line_is_told_by_the_outlines():
    assert sides_of_route(ROUTE, DIVISIONS) == LineSides("411600", "411700")
    assert sides_of_route(ROUTE, DIVISIONS, among=("411600", "411700")) is not None
    assert sides_of_route(ROUTE, DIVISIONS, among=("411600", "411800")) is None
    assert sides_of_route(ROUTE, DIVISIONS[:1]) is None


def test_outlines_that_follow_the_line_depart_nowhere():
    assert departures(DIVISIONS, sides=("411600", "411700")) == []
    assert departures(DIVISIONS) == []


def test_a_bite_out_of_one_outline_is_a_stretch_with_place_and_distance():
    bitten = DIVISIONS.assign(geometry=[BITTEN, SOUTH])
    (finding,) = departures(bitten, sides=("411600", "411700"))
    assert finding.refs == ("411600",)
    assert finding.greatest_m == pytest.approx(110.9, rel=0.02)
    assert finding.length_m == pytest.approx(1869, abs=400)
    assert finding.shape.intersects(LineString([(114.05, 32.9), (114.05, 33.1)]))
    assert departures(bitten) == []
    assert departures(bitten, sides=("411600",), tolerance_m=120.0) == []


def test_a_side_without_an_outline_near_the_line_is_told():
    (finding,) = departures(DIVISIONS, sides=("419999",))
    assert finding.shape is None
    assert "419999" in finding.message


def test_outlines_without_system_or_codes_are_refused():
    with pytest.raises(CrsError):
        departures(DIVISIONS.set_crs(None, allow_override=True))
    with pytest.raises(InvalidInput):
        departures(DIVISIONS.drop(columns="code"))
    with pytest.raises(InvalidInput):
        departures(DIVISIONS, tolerance_m=-1.0)
