import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from civgeo.geo.crs import zone_of
from civgeo.geo.mending import mended

ZONE = zone_of(114.0)
places = st.tuples(st.floats(114.0, 114.01), st.floats(33.0, 33.01))
rings = st.lists(places, min_size=3, max_size=9).map(
    lambda corners: shapely.polygons([*corners, corners[0]])
)


def array(*shapes):
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


@given(st.lists(rings, min_size=1, max_size=5))
def test_what_is_mended_is_valid_and_what_is_valid_stays_as_it_is(shapes):
    given_shapes = array(*shapes)

    found = mended(given_shapes, ZONE)

    assert shapely.is_valid(found.shapes[~shapely.is_missing(found.shapes)]).all()
    broken = set(np.flatnonzero(~shapely.is_valid(given_shapes)).tolist())
    assert set(found.rows.tolist()) == broken
    for number, shape in enumerate(shapes):
        if number not in broken:
            assert shapely.equals_exact(found.shapes[number], shape)


@given(rings, rings)
def test_what_either_part_covers_stays_covered(one, other):
    both = shapely.multipolygons([one, other])

    found = mended(array(both), ZONE).shapes[0]

    for part in mended(array(one, other), ZONE).shapes:
        if part is not None and shapely.is_valid(one) and shapely.is_valid(other):
            assert shapely.area(shapely.difference(part, found)) < 1e-12


def test_areas_are_told_before_and_after():
    bow = shapely.from_wkt("POLYGON((114 33,114.01 33.01,114.01 33,114 33.01,114 33))")
    twice = shapely.MultiPolygon([shapely.box(114, 33, 114.02, 33.02)] * 2)

    found = mended(array(bow, twice), ZONE)

    assert found.before_m2[0] == pytest.approx(0, abs=1)
    assert found.after_m2[0] == pytest.approx(518_190, rel=1e-4)
    assert found.before_m2[1] == pytest.approx(2 * found.after_m2[1])


def test_shapes_of_which_nothing_is_left_become_null():
    flat = shapely.from_wkt("POLYGON((114 33,114.01 33,114 33))")
    dot = shapely.LineString([(114, 33), (114, 33)])
    nowhere = shapely.Point(float("nan"), 33)

    found = mended(array(flat, dot, nowhere, shapely.Polygon(), None), ZONE)

    assert [*found.shapes] == [None] * 5
    assert found.rows.tolist() == [0, 1]
    assert found.after_m2.tolist() == [0, 0]
