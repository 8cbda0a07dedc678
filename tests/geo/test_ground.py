import numpy as np
import pytest
import shapely

from civgeo.geo.crs import zone_of
from civgeo.geo.ground import areas_m2, in_metres

WEST, SOUTH, SIDE = 115.2, 33.0, 0.002


def square(west=WEST):
    return shapely.box(west, SOUTH, west + SIDE, SOUTH + SIDE)


def shapes(*given):
    return np.array(given, dtype=object)


def scale_of(west):
    """How much wider an area is in the zone of 114 degrees than on the ellipsoid."""
    metric = in_metres(shapes(square(west)), zone_of(114.0))
    return float(shapely.area(metric)[0] / areas_m2(shapes(square(west)))[0])


def test_an_area_on_the_ellipsoid_is_that_of_a_zone_at_its_middle_and_less_at_its_edge():
    assert scale_of(114.0 - SIDE / 2) == pytest.approx(1, abs=1e-7)
    assert scale_of(WEST) == pytest.approx(1.000_309, abs=1e-5)


def test_holes_and_parts_count_whichever_way_their_rings_run():
    inner = shapely.buffer(shapely.centroid(square()), SIDE / 8)
    holed = shapely.difference(square(), inner)
    parts = shapely.MultiPolygon([holed, square(WEST + 2 * SIDE)])
    whole, hole, left, both = areas_m2(shapes(square(), inner, holed, parts))
    assert left == pytest.approx(whole - hole, abs=1e-6)
    assert both == pytest.approx(left + whole, abs=1e-6)
    assert areas_m2(shapes(shapely.reverse(holed)))[0] == pytest.approx(left, abs=1e-6)


def test_points_lines_and_no_shapes_have_no_area():
    line = shapely.LineString([(WEST, SOUTH), (WEST + SIDE, SOUTH)])
    assert areas_m2(shapes(shapely.Point(WEST, SOUTH), line)).tolist() == [0.0, 0.0]
    assert areas_m2(shapes()).tolist() == []
