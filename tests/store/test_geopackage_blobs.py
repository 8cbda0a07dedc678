import struct

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from civgeo.store import geopackage

SHAPES = [
    Point(114.0, 33.0),
    box(113.0, 32.0, 114.0, 33.5),
    MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 7)]),
    box(0, 0, 9, 9).difference(box(1, 1, 2, 2)),
]


def test_geometries_come_back_as_they_were_and_null_stays_null():
    given = [*SHAPES, None, Polygon(), Point()]
    found = geopackage.decode(geopackage.encode(given))
    assert found[4] is None
    assert all(a.equals_exact(b, 0) for a, b in zip(given[:4], found[:4], strict=True))
    assert found[5].is_empty
    assert found[6].is_empty


def test_no_geometry_at_all_is_no_blob():
    assert geopackage.encode([]) == []
    assert geopackage.decode([]).shape == (0,)


def test_header_names_the_system_and_the_envelope_in_the_order_of_the_standard():
    blob = geopackage.encode([box(113.0, 32.0, 114.0, 33.5)])[0]
    assert struct.unpack_from("<2sBBi4d", blob) == (b"GP", 0, 3, 4490, 113.0, 114.0, 32.0, 33.5)


def test_heights_are_dropped():
    blob = geopackage.encode([Point(114.0, 33.0, 88.0)])[0]
    assert not geopackage.decode([blob])[0].has_z


@pytest.mark.parametrize("shape", SHAPES)
def test_edges_are_those_of_shapely_with_and_without_an_envelope(shape):
    bare = struct.pack("<2sBBi", b"GP", 0, 1, 4490) + shapely.to_wkb(shape)
    for blob in (geopackage.encode([shape])[0], bare):
        found = [
            geopackage.x_min(blob),
            geopackage.y_min(blob),
            geopackage.x_max(blob),
            geopackage.y_max(blob),
        ]
        assert found == list(shape.bounds)
        assert geopackage.is_empty(blob) is False


def test_edges_are_read_from_a_big_endian_header():
    envelope = struct.pack(">2sBBi4d", b"GP", 0, 2, 4490, 1.0, 2.0, 3.0, 4.0)
    blob = envelope + shapely.to_wkb(box(1, 3, 2, 4), byte_order=0)
    edges = (geopackage.x_min, geopackage.x_max, geopackage.y_min, geopackage.y_max)
    assert [edge(blob) for edge in edges] == [1.0, 2.0, 3.0, 4.0]


def test_null_and_empty_geometries_have_no_edges():
    unmarked = struct.pack("<2sBBi", b"GP", 0, 1, 4490) + shapely.to_wkb(Point())
    for blob in (None, geopackage.encode([Polygon()])[0], unmarked):
        assert geopackage.x_min(blob) is None
        assert geopackage.y_max(blob) is None
    assert geopackage.is_empty(None) is None
    assert geopackage.is_empty(unmarked) is True


@pytest.mark.parametrize("blob", [b"", b"GP", b"XX" + bytes(40), b"GP\0\x0f" + bytes(90)])
def test_bytes_that_are_no_geopackage_geometry_are_refused(blob):
    with pytest.raises(ValueError, match="no GeoPackage geometry"):
        geopackage.decode([blob])


def test_a_torn_geometry_is_refused():
    blob = geopackage.encode([box(0, 0, 1, 1)])[0]
    with pytest.raises(ValueError, match="cannot be read"):
        geopackage.decode([blob[:-5]])


def test_ten_thousand_geometries_keep_their_order():
    xs = np.linspace(100, 110, 10_000)
    found = geopackage.decode(geopackage.encode(shapely.points(xs, 33.0)))
    assert np.array_equal(shapely.get_x(found), xs)
