"""Saved answers of the national service, read in the jail; every record here is invented."""

import json

import pytest
from shapely import Point

from civgeo.errors import ImportRejected
from civgeo.formats.jail import read_file
from civgeo.formats.national_names import MAX_BYTES, NATIONAL_ID
from civgeo.formats.sniff import FileFormat, sniff
from name_tables import national_record, saved

PLACE = Point(114.05, 33.05)


def read(path, folder):
    checked = read_file(path, folder)
    return checked.facts, checked.frame()


def test_a_list_of_records_is_read_with_its_places(tmp_path):
    line = {"type": "LineString", "coordinates": [[114.0, 33.0], [114.1, 33.1]]}
    records = [national_record(PLACE), national_record(PLACE, 2, gdm=line)]
    path = saved(tmp_path / "a.json", {"total": 2, "records": records})
    assert sniff(path) is FileFormat.NATIONAL_NAMES
    facts, frame = read(path, tmp_path)
    assert (facts.format, facts.crs, facts.rows) == (FileFormat.NATIONAL_NAMES, "EPSG:4490", 2)
    assert frame["standard_name"].tolist() == ["新华村", "新华村"]
    assert frame.geom_type.tolist() == ["MultiPoint", "LineString"]
    assert frame[NATIONAL_ID].tolist() == ["synthetic-0001", "synthetic-0002"]
    assert "id" not in frame.columns
    assert facts.notes == ()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda record: record,
        lambda record: [record],
        lambda record: {"status": 200, "data": {"total": 1, "records": [record]}},
        lambda record: [{"records": [record]}, {"records": []}],
    ],
)
def test_details_pages_and_wrapped_answers_are_read_too(tmp_path, wrap):
    path = saved(tmp_path / "a.json", wrap(national_record(PLACE, place_meaning="新中国")))
    facts, frame = read(path, tmp_path)
    assert frame["place_meaning"].tolist() == ["新中国"]
    assert facts.layers[0].name == "records"


def test_records_may_have_different_keys_and_no_places(tmp_path):
    one = national_record(PLACE, gdm=None)
    two = national_record(PLACE, 2, gdm="", old_name="老新华", alias=["甲", "乙"], count=3)
    facts, frame = read(saved(tmp_path / "a.json", {"records": [one, two]}), tmp_path)
    assert facts.crs is None
    assert frame["old_name"].dropna().tolist() == ["老新华"]
    assert json.loads(frame["alias"].tolist()[1]) == ["甲", "乙"]
    assert frame["count"].dropna().tolist() == ["3"]


def test_a_place_that_is_no_geometry_is_told_and_the_rest_is_read(tmp_path):
    records = [national_record(PLACE, gdm="无"), national_record(PLACE, 2)]
    facts, frame = read(saved(tmp_path / "a.json", {"records": records}), tmp_path)
    assert [(item.row, item.column) for item in facts.findings] == [(1, "gdm")]
    assert frame.geometry.isna().tolist() == [True, False]


def test_an_answer_that_is_one_page_of_several_says_so(tmp_path):
    facts, _ = read(
        saved(tmp_path / "a.json", {"total": 9, "records": [national_record(PLACE)]}), tmp_path
    )
    assert facts.notes == ("服务报告共 9 条，文件只有 1 条：其余各页请另存后导入",)


def test_gb18030_is_read(tmp_path):
    path = tmp_path / "a.json"
    text = json.dumps({"records": [national_record(PLACE)]}, ensure_ascii=False)
    path.write_bytes(text.encode("gb18030"))
    _, frame = read(path, tmp_path)
    assert frame["standard_name"].tolist() == ["新华村"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"records": [{"standard_name": "新华', "broken_file"),
        ("[" * 3000 + '"standard_name"' + "]" * 3000, "nested_too_deep"),
        ('{"code": 500, "keys": ["standard_name"]}', "empty_layer"),
        ('{"name": "新华村"}', "unsupported_format"),
    ],
)
def test_what_holds_no_record_is_refused(tmp_path, text, code):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRejected) as refused:
        read_file(path, tmp_path)
    assert refused.value.code == code


def test_a_file_beyond_the_limit_is_refused(tmp_path):
    path = tmp_path / "a.json"
    filler = b'{"records": [{"standard_name": "' + b"x" * (MAX_BYTES + 1) + b'"}]}'
    path.write_bytes(filler)
    with pytest.raises(ImportRejected) as refused:
        read_file(path, tmp_path)
    assert refused.value.code == "file_too_large"


def test_a_geojson_with_a_property_of_that_name_stays_geojson(tmp_path):
    feature = {"type": "Feature", "geometry": None, "properties": {"standard_name": "新华村"}}
    path = saved(tmp_path / "a.json", {"type": "FeatureCollection", "features": [feature]})
    assert sniff(path) is FileFormat.GEOJSON
