import geopandas as gpd
import pytest
import shapely

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.boundary_line import route_of
from civgeo.geo.shared_lines import shared_lines


def layer(**shapes):
    return gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=4490)


WEST, EAST = shapely.box(114.0, 33.0, 114.1, 33.1), shapely.box(114.1, 33.0, 114.2, 33.2)
NORTH = shapely.box(114.0, 33.1, 114.1, 33.2)


def test_neighbours_share_one_line_each_and_three_meet_in_a_point():
    lines, points = shared_lines(layer(a=WEST, b=EAST, c=NORTH))
    assert list(zip(lines["one"], lines["other"], strict=True)) == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    ]
    assert shapely.equals(lines.geometry[0], shapely.LineString([(114.1, 33), (114.1, 33.1)]))
    assert points["codes"].tolist() == [("a", "b", "c")]
    assert points.geometry[0].distance(shapely.Point(114.1, 33.1)) < 1e-8


def test_stretches_that_are_apart_stay_one_line_of_several_parts():
    bay = shapely.difference(EAST, shapely.box(114.05, 33.04, 114.15, 33.06))
    lines, _ = shared_lines(layer(a=WEST, b=bay))
    [shape] = lines.geometry
    assert len(shapely.get_parts(shape)) == 2
    assert len(route_of(shape).gaps) == 1


def test_a_layer_without_a_usable_outline_is_refused():
    bow = shapely.Polygon([(114, 33), (114.1, 33.1), (114.1, 33), (114, 33.1)])
    with pytest.raises(InvalidInput, match="切不出界线"):
        shared_lines(layer(a=WEST, b=bow))
    with pytest.raises(CrsError):
        shared_lines(layer(a=WEST, b=EAST).to_crs(4547))
