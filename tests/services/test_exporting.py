"""Exports: every format, what is left out for the public, and the way back in."""

import csv
import io
import json
import unicodedata

import geopandas as gpd
import pyogrio
import pytest
import shapely
from openpyxl import load_workbook

from civgeo.errors import InvalidInput, NotFound, NotPermitted
from civgeo.services.exporting import MEDIA_TYPES, ExportRequest, export
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm, stage
from civgeo.store.tables import Collection
from name_tables import census_row, national_record, saved, workbook_of
from services.import_city import EDIT, city_in, county, said, staged
from specimen_names import every_register, name_records

OWN = ("gpkg", "geojson", "csv", "xlsx")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Some records in every open register, all of them simulated."""
    made = city_in(tmp_path_factory.mktemp("exported") / "store", simulated=True)
    with made.store.write() as writing:
        for register, frame in every_register().items():
            writing.add(Collection(register), frame)
    yield made
    made.store.close()


@pytest.fixture
def office(tmp_path):
    """An office without simulated data, to import into."""
    made = city_in(tmp_path / "store")
    yield made
    made.store.close()


def made(city, collection="place_names", suffix="csv", **asked):
    return export(city, ExportRequest(collection, suffix, **asked))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


_COUNTS = {"divisions": 55, **{name: len(rows) for name, rows in every_register().items()}}


@pytest.mark.parametrize("collection", sorted(set(COLLECTIONS) - {"coverage_units"}))
def test_every_collection_goes_out_in_every_format(city, collection, tmp_path):
    count = _COUNTS.get(collection, 0)
    for suffix in OWN:
        file = made(city, collection, suffix)
        assert (file.count, file.media_type) == (count, MEDIA_TYPES[suffix])
        if suffix in ("gpkg", "geojson"):
            path = tmp_path / file.file_name
            path.write_bytes(file.content)
            frame = gpd.read_file(path)
            assert len(frame) == count
    sheet = load_workbook(io.BytesIO(made(city, collection, "xlsx").content)).worksheets[0]
    assert sheet.max_row == count + 1
    assert len(rows_of(made(city, collection).content)) == count


def test_units_of_coverage_go_out_too(fictional):
    rows = rows_of(made(fictional, "coverage_units", division="990102").content)
    assert rows
    assert {row["区划代码"][:6] for row in rows} == {"990102"}


def test_a_workbook_says_what_it_is_on_every_page(city):
    book = load_workbook(io.BytesIO(made(city, suffix="xlsx").content))
    assert book.sheetnames == ["标准地名", "说明"]
    said_there = [row[0] for row in book["说明"].values]
    assert "内部工作用" in said_there
    assert "模拟数据：由程序生成，不是真实数据，不得用于决策" in said_there
    assert "内部工作用" in book["标准地名"].oddFooter.center.text
    assert "模拟数据" in book["标准地名"].oddFooter.center.text
    headers = [cell.value for cell in book["标准地名"][1]]
    assert "是否模拟数据" in headers


def test_a_geopackage_carries_its_notes_and_its_coordinate_system(city, tmp_path):
    path = tmp_path / "a.gpkg"
    path.write_bytes(made(city, suffix="gpkg").content)
    info = pyogrio.read_info(path)
    assert (info["crs"], info["layer_name"]) == ("EPSG:4490", "place_names")
    assert "内部工作用" in info["layer_metadata"]["DESCRIPTION"]


def test_a_csv_has_a_byte_order_mark_and_no_formula(office):
    hostile = {"id": "a", "name": "示例路", "meaning": '=HYPERLINK("http://x")', "origin": "-1"}
    with office.store.write() as writing:
        writing.add(
            Collection.PLACE_NAMES, name_records("place_names", hostile | {"simulated": False})
        )
    content = made(office).content
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = rows_of(content)
    assert (row["地名含义"], row["地名来历"]) == ('\'=HYPERLINK("http://x")', "-1")
    book = load_workbook(io.BytesIO(made(office, suffix="xlsx").content))
    cells = [cell for cell in book.worksheets[0][2] if str(cell.value).startswith("=")]
    assert [cell.data_type for cell in cells] == ["s"]


def test_lines_and_areas_go_into_tables_as_text(office):
    line = shapely.LineString([(114.0, 33.0), (114.1, 33.1)])
    row = {"id": "a", "name": "示例路", "geometry": line, "simulated": False}
    with office.store.write() as writing:
        writing.add(Collection.PLACE_NAMES, name_records("place_names", row))
    (found,) = rows_of(made(office).content)
    assert shapely.from_wkt(found["图形"]).equals(line)
    assert (found["经度"], found["纬度"]) == ("", "")


@pytest.fixture(scope="module")
def secretive(tmp_path_factory):
    """Names of every standing, with a sign each."""
    made = city_in(tmp_path_factory.mktemp("secretive") / "store", simulated=True)
    rows = [
        {"id": "open", "name": "公开路", "public": True, "attributes": '{"登记人": "李四"}'},
        {"id": "closed", "name": "内部路", "public": False},
        {"id": "secret", "name": "秘密路", "public": False, "secrecy": "secret"},
    ]
    signs = [{"id": f"sign-{row['id']}", "name": row["name"], "place": row["id"]} for row in rows]
    with made.store.write() as writing:
        writing.add(Collection.PLACE_NAMES, name_records("place_names", *rows))
        writing.add(Collection.NAME_SIGNS, name_records("name_signs", *signs))
    yield made
    made.store.close()


def test_the_public_gets_what_is_public_with_the_approval_number(secretive):
    asked = {"public": True, "public_number": "豫S(2026)001号"}
    file = made(secretive, **asked)
    (row,) = rows_of(file.content)
    assert (row["标准名称"], row["普查表其他项目"]) == ("公开路", "")
    assert (file.count, file.left_out) == (1, 2)
    book = load_workbook(io.BytesIO(made(secretive, suffix="xlsx", **asked).content))
    said_there = [row[0] for row in book["说明"].values]
    assert "审图号：豫S(2026)001号" in said_there
    assert "内部工作用" not in said_there
    signs = rows_of(made(secretive, "name_signs", **asked).content)
    assert [row["标示名称"] for row in signs] == ["公开路"]


def test_without_the_approval_number_nothing_leaves_for_the_public(secretive):
    with pytest.raises(InvalidInput, match="审图号") as refused:
        made(secretive, public=True, public_number=" ")
    assert refused.value.code == "public_number_required"


def test_cases_never_leave_for_the_public(secretive):
    with pytest.raises(NotPermitted, match="只供经办人员"):
        made(secretive, "name_cases", public=True, public_number="豫S(2026)001号")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"suffix": "shp"}, "不能导出为“.shp”"),
        ({"suffix": "json"}, "不能导出为“.json”"),
        ({"suffix": "gpkg", "form": "census"}, "可用的后缀为 .csv、.xlsx"),
        ({"form": "national"}, "可用的后缀为 .json"),
        ({"form": "other"}, "form 只用于标准地名"),
        ({"collection": "name_signs", "form": "census"}, "form 只用于标准地名"),
        ({"division": "99010"}, "不合格式"),
    ],
)
def test_what_cannot_be_exported_is_said(city, asked, message):
    with pytest.raises(InvalidInput, match=message):
        made(city, **asked)


def test_an_unknown_collection_is_said(city):
    with pytest.raises(NotFound, match="没有数据集“streets”"):
        made(city, "streets")


def test_a_division_and_a_day_choose_the_records(office):
    from datetime import date

    from civgeo.domain.history import Edit

    rows = [
        {"id": "a", "name": "甲路", "division": "990102001", "simulated": False},
        {"id": "b", "name": "乙路", "division": "990121", "simulated": False},
    ]
    with office.store.write() as writing:
        writing.add(Collection.PLACE_NAMES, name_records("place_names", *rows))
    with office.store.write() as writing:
        edit = Edit("王民", "1号", valid_from=date(2026, 2, 1))
        writing.correct(Collection.PLACE_NAMES, "a", {"name": "丙路"}, edit, 1)
    now = rows_of(made(office, division="990102").content)
    then = rows_of(made(office, on=date(2026, 1, 1)).content)
    assert [row["标准名称"] for row in now] == ["丙路"]
    assert [row["标准名称"] for row in then] == ["甲路", "乙路"]


def plain(header: str) -> str:
    return unicodedata.normalize("NFKC", header).replace("(mp3)", "")


def test_the_census_form_comes_back_cell_by_cell(office, tmp_path):
    place = county(office)
    rows = [
        census_row(place),
        census_row(
            place,
            代码="99010200124999000009",
            标准名称="清凉寺渠",
            别名="",
            罗马字母拼写="Qingliangsi Qu",
            命名时间="",
            密级="内部使用",
            类别名称="渠道",
            **{"东经": f"{place.x:.8f}", "所在(跨)行政区": "中心区、东丘县东一镇"},
        ),
    ]
    batch = staged(office, workbook_of(tmp_path / "a.xlsx", rows), "place_names")
    assert batch.state is BatchState.READY, said(batch)
    confirm(office, batch.id, EDIT)
    for suffix in ("csv", "xlsx"):
        content = made(office, suffix=suffix, form="census").content
        if suffix == "csv":
            found = rows_of(content)
        else:
            header, *cells = load_workbook(io.BytesIO(content)).worksheets[0].values
            found = [dict(zip(header, row, strict=True)) for row in cells]
        for given, back in zip(rows, found, strict=True):
            told = {plain(header): cell or "" for header, cell in back.items()}
            for header, cell in given.items():
                assert told[plain(header)] == cell, header


def test_a_cell_that_the_register_no_longer_says_is_written_anew(office, tmp_path):
    batch = staged(
        office, workbook_of(tmp_path / "a.xlsx", [census_row(county(office))]), "place_names"
    )
    confirm(office, batch.id, EDIT)
    (id,) = made_ids(office)
    with office.store.write() as writing:
        changes = {"kind": "street", "named_on": "2026-01-01", "division": "990121100"}
        changes["other_names"] = '[{"kind": "alias", "name": "新庄"}]'
        changes["geometry"] = shapely.Point(114.5, 33.5)
        writing.correct(Collection.PLACE_NAMES, id, changes, EDIT, 1)
    (row,) = rows_of(made(office, form="census").content)
    assert (row["类别名称"], row["命名时间"], row["别名"]) == ("街路巷", "2026-01-01", "新庄")
    assert (row["东经"], row["曾用名"]) == ("114.5", "")
    assert row["所在（跨）行政区"] == "东丘县东一镇"
    assert row["登记人"] == "李四"


def made_ids(city) -> list[str]:
    with city.store.read() as reading:
        return reading.features(Collection.PLACE_NAMES).index.tolist()


def test_answers_of_the_national_service_come_back(office, tmp_path):
    place = county(office)
    records = [
        national_record(place, old_name="老新华", government_history="1958 年属红旗公社"),
        national_record(place, 2, place_type="村民委员会", place_type_code="27610"),
    ]
    answer = {"total": 2, "records": records}
    batch = stage(office, saved(tmp_path / "a.json", answer), "place_names")
    confirm(office, batch.id, EDIT)
    back = json.loads(made(office, suffix="json", form="national").content)
    assert back["total"] == 2
    for given, found in zip(records, back["records"], strict=True):
        shape = json.loads(given.pop("gdm"))
        assert found["gdm"] == shape
        assert {key: found[key] or "" for key in given} == given


@pytest.mark.parametrize("suffix", OWN)
def test_an_export_is_known_again_by_the_import(office, tmp_path, suffix):
    first = staged(
        office, workbook_of(tmp_path / "a.xlsx", [census_row(county(office))]), "place_names"
    )
    confirm(office, first.id, EDIT)
    path = tmp_path / f"out.{suffix}"
    path.write_bytes(made(office, suffix=suffix).content)
    again = staged(office, path, "place_names")
    assert again.state is BatchState.UNCHANGED, said(again)


@pytest.mark.parametrize(
    "register", ["name_signs", "protected_names", "rural_naming", "reserved_names", "name_archives"]
)
def test_exports_of_the_lists_are_known_again_too(city, tmp_path, register):
    path = tmp_path / "out.csv"
    path.write_bytes(made(city, register).content)
    again = staged(city, path, register)
    assert again.state is BatchState.UNCHANGED, said(again)
