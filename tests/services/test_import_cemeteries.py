"""Registers of cemeteries imported from layers and tables, and entered one by one."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from civgeo.errors import ImportRejected, NotFound, NotPermitted, RuleViolation
from civgeo.services.city import City
from civgeo.services.editing import correct, create
from civgeo.services.entry_checks import FieldFaults
from civgeo.services.exporting import ExportRequest, export
from civgeo.services.features import collection_schema
from civgeo.services.imports import confirm, undo
from civgeo.store.tables import Collection
from services.import_city import CENTRE, EDIT, city_in, county, csv_file, records, said, staged

PLACE = county("990102")
CEMETERY: dict[str, object] = {
    "公墓名称": "东山公益性公墓",
    "种类": "公墓",
    "级别": "县级",
    "公墓性质": "公益性",
    "区划代码": "990102",
    "占地面积（亩）": "102.5",
    "墓位总数": 12000,
    "已用墓位": 3150,
    "单穴面积": "0.5",
    "审批文号": "民〔2019〕18号",
    "批准日期": "2019-05-20",
    "批准面积（亩）": 100,
    "服务区划": "990102001 990102002",
    "经度": PLACE.x,
    "纬度": PLACE.y,
}
GRAVE: dict[str, object] = {
    "坟墓编号": "S-001",
    "区划代码": "990102",
    "村": "新村",
    "坟墓类型": "成片",
    "坟墓数量": 12,
    "葬式": "不详",
    "经度": PLACE.x,
    "纬度": PLACE.y,
}
PEOPLE: dict[str, object] = {"区划代码": CENTRE, "年份": 2025, "人口": 48200, "死亡率‰": "7.4"}


@pytest.fixture
def city(tmp_path: Path) -> City:
    return city_in(tmp_path / "store")


def entered(city: City, tmp_path: Path, register: str, *rows: dict[str, object]) -> None:
    batch = staged(city, csv_file(tmp_path / "in.csv", list(rows)), register)
    assert confirm(city, batch.id, EDIT).created == len(rows), said(batch)


def refused(city: City, tmp_path: Path, register: str, *rows: dict[str, object]) -> str:
    batch = staged(city, csv_file(tmp_path / "in.csv", list(rows)), register)
    with pytest.raises(ImportRejected):
        confirm(city, batch.id, EDIT)
    return said(batch)


def test_a_table_of_cemeteries_is_imported_under_the_headers_that_officers_use(
    city, tmp_path
) -> None:
    entered(city, tmp_path, "cemeteries", CEMETERY)
    found = records(city, "cemeteries").iloc[0]
    assert (found["kind"], found["level"], found["operation"]) == ("cemetery", "county", "public")
    assert (found["area_mu"], found["capacity"], found["used"]) == (102.5, 12000, 3150)
    assert (found["approval"], found["approved_on"]) == ("民〔2019〕18号", "2019-05-20")
    assert found["status"] == "operating"
    assert found.geometry.equals_exact(PLACE, 1e-9)


def test_the_outline_of_a_cemetery_is_kept(city, tmp_path) -> None:
    shape = PLACE.buffer(0.001, quad_segs=2)
    cells = {name: value for name, value in CEMETERY.items() if name not in ("经度", "纬度")}
    gpd.GeoDataFrame([cells], geometry=[shape], crs=4490).to_file(tmp_path / "in.geojson")
    batch = staged(city, tmp_path / "in.geojson", "cemeteries")
    assert confirm(city, batch.id, EDIT).created == 1, said(batch)
    assert records(city, "cemeteries").iloc[0].geometry.equals_exact(shape, 1e-9)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"已用墓位": 12001}, "已用墓位不应多于墓位总数"),
        ({"占地面积（亩）": 0}, "占地面积应大于 0"),
        ({"单穴面积": 0}, "单人墓穴面积应大于 0"),
        ({"批准面积（亩）": -5}, "批准面积"),
        ({"服务区划": "990102001、东街"}, "服务区划应为区划代码"),
        ({"状态": "规划"}, "规划中的公墓不应有已用墓位"),
        ({"种类": "陵园"}, "陵园"),
    ],
)
def test_a_cemetery_that_cannot_be_is_told_with_its_row_and_cell(
    city, tmp_path, changed, told
) -> None:
    sound = {**CEMETERY, "状态": "使用中"}
    text = refused(city, tmp_path, "cemeteries", sound, {**sound, "公墓名称": "乙"} | changed)
    assert told in text
    assert "\n3 " in text
    assert records(city, "cemeteries").empty


def test_graves_are_imported_and_their_new_place_is_found_by_its_name(city, tmp_path) -> None:
    entered(city, tmp_path, "cemeteries", CEMETERY)
    [cemetery] = records(city, "cemeteries").index
    moved = {"现状": "已迁移", "迁移日期": "2026-01-10", "迁入公墓": "东山公益性公墓"}
    other = {"现状": "原地", "迁移日期": "", "迁入公墓": ""}
    entered(city, tmp_path, "graves", GRAVE | moved, GRAVE | other | {"坟墓编号": "S-002"})
    found = records(city, "graves").set_index("number")
    assert found["relocated_to"].dropna().to_dict() == {"S-001": cemetery}
    assert found["status"].to_dict() == {"S-001": "moved", "S-002": "standing"}
    assert found["count"].tolist() == [12, 12]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"坟墓数量": 0}, "坟墓数量应不少于 1"),
        ({"坟墓类型": "单座"}, "“单座”的数量应为 1"),
        ({"迁移日期": "2026-01-10"}, "现状应为“已迁移”"),
        ({"迁入公墓": "西山公墓"}, "登记库中没有这处公墓"),
        ({"经度": "", "纬度": ""}, "新记录须有位置"),
        ({"坟墓数量": ""}, "新记录须有坟墓数量"),
    ],
)
def test_a_grave_that_cannot_be_is_told(city, tmp_path, changed, told) -> None:
    rows = [{**GRAVE, **dict.fromkeys(changed, ""), "坟墓编号": "S-002"} | changed]
    assert told in refused(city, tmp_path, "graves", *rows)


def test_graves_are_for_officers_only(city, tmp_path) -> None:
    entered(city, tmp_path, "graves", GRAVE)
    with pytest.raises(NotFound, match="没有数据集“graves”"):
        collection_schema("graves")
    with pytest.raises(NotPermitted, match="只供经办人员"):
        export(city, ExportRequest("graves", "csv", public=True))
    assert "S-001" in export(city, ExportRequest("graves", "csv")).content.decode("utf-8-sig")


def test_a_batch_of_graves_is_taken_back_unless_one_was_edited_since(city, tmp_path) -> None:
    first = staged(city, csv_file(tmp_path / "a.csv", [GRAVE]), "graves")
    confirm(city, first.id, EDIT)
    [grave] = records(city, "graves").index
    correct(city, Collection.GRAVES, grave, {"status": "screened"}, EDIT, 1)
    with pytest.raises(RuleViolation, match="S-001"):
        undo(city, first.id, EDIT)
    second = staged(city, csv_file(tmp_path / "b.csv", [GRAVE | {"坟墓编号": "S-002"}]), "graves")
    confirm(city, second.id, EDIT)
    assert undo(city, second.id, EDIT).taken_back == 1
    assert records(city, "graves")["number"].tolist() == ["S-001"]


def test_cemeteries_that_graves_moved_to_are_not_taken_back(city, tmp_path) -> None:
    batch = staged(city, csv_file(tmp_path / "a.csv", [CEMETERY]), "cemeteries")
    confirm(city, batch.id, EDIT)
    entered(city, tmp_path, "graves", GRAVE | {"迁入公墓": "东山公益性公墓"})
    with pytest.raises(RuleViolation, match="1 处散坟登记为迁入这批公墓：S-001"):
        undo(city, batch.id, EDIT)


def test_people_of_a_year_stand_beside_their_age_groups_and_each_is_known_again(
    city, tmp_path
) -> None:
    groups = [PEOPLE | {"起始年龄": age, "人口": 100} for age in (0, 60)]
    entered(city, tmp_path, "population", PEOPLE)
    entered(city, tmp_path, "population", *groups)
    assert "与登记库一致" in rejected(city, tmp_path, PEOPLE)
    assert "与登记库一致" in rejected(city, tmp_path, *groups)
    found = records(city, "population")
    assert sorted(found["age_from"].astype("Int64").fillna(-1)) == [-1, 0, 60]
    changed = csv_file(tmp_path / "b.csv", [PEOPLE | {"人口": 48300}])
    assert confirm(city, staged(city, changed, "population").id, EDIT).changed == 1


def rejected(city: City, tmp_path: Path, *rows: dict[str, object]) -> str:
    other_order = [dict(reversed(row.items())) for row in rows]
    batch = staged(city, csv_file(tmp_path / "in.csv", other_order), "population")
    with pytest.raises(ImportRejected) as caught:
        confirm(city, batch.id, EDIT)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"死亡率‰": 1001}, "死亡率是千分数"),
        ({"安葬比例": 50}, "安葬比例应在 0 至 1 之间"),
        ({"年份": 25}, "年份应为四位数的年份"),
        ({"起始年龄": 140}, "起始年龄应在 0 至 130 岁之间"),
    ],
)
def test_people_that_cannot_be_are_told(city, tmp_path, changed, told) -> None:
    assert told in refused(city, tmp_path, "population", PEOPLE | changed)


ENTRY: dict[str, object] = {
    "name": "东山公墓",
    "kind": "cemetery",
    "operation": "public",
    "division": "990102",
    "status": "operating",
    "capacity": 100,
    "used": 40,
    "geometry": None,
}


def test_a_cemetery_is_entered_and_corrected_by_an_officer(city) -> None:
    saved = create(city, Collection.CEMETERIES, ENTRY, EDIT)
    assert correct(city, Collection.CEMETERIES, saved.id, {"used": 41}, EDIT, 1).version == 2
    with pytest.raises(FieldFaults, match="已用墓位不应多于墓位总数"):
        correct(city, Collection.CEMETERIES, saved.id, {"capacity": 40}, EDIT, 2)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"used": 101}, "used"),
        ({"area_mu": 0}, "area_mu"),
        ({"serves": "东街"}, "serves"),
        ({"geometry": shapely.LineString([(PLACE.x, PLACE.y), (114.0, 33.0)])}, "geometry"),
        ({"graves_counted": 3, "graves_over_limit": 4}, "graves_over_limit"),
        ({"used": "四十"}, "used"),
    ],
)
def test_a_cemetery_that_cannot_be_is_not_entered(city, changed, fault) -> None:
    with pytest.raises(FieldFaults) as caught:
        create(city, Collection.CEMETERIES, ENTRY | changed, EDIT)
    assert set(caught.value.faults) == {fault}


def test_a_grave_that_moves_to_no_registered_cemetery_is_not_entered(city) -> None:
    grave = {"number": "S-1", "kind": "single", "count": 1, "division": "990102"}
    grave |= {"status": "moved", "relocated_to": "nowhere", "geometry": PLACE}
    with pytest.raises(FieldFaults, match="请先登记公墓"):
        create(city, Collection.GRAVES, grave, EDIT)
