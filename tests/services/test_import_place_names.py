"""Place names out of files of every kind that bureaus keep them in."""

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm, stage
from civgeo.store.tables import Collection
from name_tables import census_row, national_record, saved, workbook_of
from services.import_city import EDIT, city_in, county, csv_file, records, said, staged


@pytest.fixture
def city(tmp_path):
    made = city_in(tmp_path / "store")
    yield made
    made.store.close()


def street(city, number: int = 0, **changed: object) -> dict[str, object]:
    place = county(city)
    row = {"标准名称": f"示例{'甲乙丙丁戊'[number]}路", "类别名称": "街路巷"}
    row |= {"所在行政区": "中一街道", "经度": place.x + number * 1e-4, "纬度": place.y}
    return row | changed


def entered(city, batch) -> dict[str, object]:
    assert batch.state is BatchState.READY, said(batch)
    confirm(city, batch.id, EDIT)
    return records(city, "place_names").iloc[-1].to_dict()


def test_a_census_workbook_fills_the_register(city, tmp_path):
    file = workbook_of(tmp_path / "普查.xlsx", [census_row(county(city))], title="地名成果表")
    found = entered(city, staged(city, file, "place_names"))
    assert (found["name"], found["specific"], found["kind"]) == ("张庄", "张庄", "settlement")
    assert pd.isna(found["generic"])
    assert (found["type_code"], found["census_class"]) == ("22200", "居民点")
    assert (found["division"], found["place_code"]) == ("990102001", "99010210122200000188")
    assert (found["toned"], found["plain"]) == ("Zhāngzhuāng", "Zhangzhuang")
    assert (found["reading"], found["reading_source"]) == ("zhāng zhuāng", "dictionary")
    assert (found["status"], found["secrecy"], found["public"]) == ("standard", "public", True)
    assert (found["confirmed"], found["famous"], found["named_on"]) == (False, False, "1368-01-01")
    assert found["history_text"] == "明代建村。 清代扩建。"
    assert json.loads(found["other_names"]) == [
        {"kind": "alias", "name": "老张庄"},
        {"kind": "alias", "name": "张家庄"},
        {"kind": "former", "name": "卫东大队"},
    ]
    kept = json.loads(found["attributes"])
    assert (kept["登记人"], kept["图上名称"], kept["类别名称"]) == ("李四", "张庄", "农村居民点")
    assert kept["历史沿革"] == "明代建村。\n清代扩建。"
    assert "地名含义" not in kept


def test_the_report_names_what_was_assumed_and_what_is_kept_aside(city, tmp_path):
    file = workbook_of(tmp_path / "a.xlsx", [census_row(county(city), 罗马字母拼写="")])
    batch = staged(city, file, "place_names")
    assert "1 行没有专名、通名：按通名表拆分" in said(batch)
    assert "1 行没有罗马字母拼写：按拼写规则生成，读音待核定" in said(batch)
    assert "文件没有地名状态列：1 行按“标准地名”登记" in said(batch)
    assert "没有对应登记项目的列原样保存，导出时带回：图上名称" in said(batch)
    assert "1 行的所属政区按名称对应到代码" in said(batch)
    assert batch.precheck.unmatched == ()


def test_a_used_name_of_the_past_is_nonstandard_and_a_secret_one_not_public(city, tmp_path):
    rows = [census_row(county(city), 使用时间="历史", 密级="秘密")]
    batch = staged(city, workbook_of(tmp_path / "a.xlsx", rows), "place_names")
    assert "按“非标准地名”登记" in said(batch)
    found = entered(city, batch)
    assert (found["status"], found["secrecy"], found["public"]) == ("nonstandard", "secret", False)


def test_a_gb18030_csv_a_shapefile_and_a_geopackage_say_the_same(city, tmp_path):
    place = county(city)
    entered(
        city, staged(city, csv_file(tmp_path / "a.csv", [street(city)], "gb18030"), "place_names")
    )
    frame = gpd.GeoDataFrame(
        {"标准名称": ["示例乙路"], "类别": ["街路巷"], "行政区划": ["990102001"]},
        geometry=[shapely.LineString([place, (place.x + 0.01, place.y)])],
        crs="EPSG:4490",
    )
    (tmp_path / "shp").mkdir()
    frame.to_file(tmp_path / "shp" / "路.shp", encoding="GB18030")
    with zipfile.ZipFile(tmp_path / "路.zip", "w") as packed:
        for part in (tmp_path / "shp").iterdir():
            packed.write(part, part.name)
    entered(city, stage(city, tmp_path / "路.zip", "place_names"))
    frame["标准名称"] = ["示例丙路"]
    frame.to_file(tmp_path / "路.gpkg")
    entered(city, stage(city, tmp_path / "路.gpkg", "place_names"))
    found = records(city, "place_names")
    assert found["name"].tolist() == ["示例甲路", "示例乙路", "示例丙路"]
    assert found["toned"].tolist() == ["Shìlìjiǎ Lù", "Shìlìyǐ Lù", "Shìlìbǐng Lù"]
    assert set(found["division"]) == {"990102001"}
    assert found.geom_type.tolist() == ["Point", "LineString", "LineString"]


def test_answers_of_the_national_service_are_read(city, tmp_path):
    one = national_record(county(city), old_name="老新华", place_meaning="取新中国之意")
    two = national_record(county(city), 2, place_type="村民委员会", place_type_code="27610")
    answer = {"total": 5, "records": [one, two]}
    batch = stage(city, saved(tmp_path / "a.json", answer), "place_names")
    assert "服务报告共 5 条，文件只有 2 条" in said(batch)
    entered(city, batch)
    found = records(city, "place_names").reset_index()
    assert found["type_code"].tolist() == ["21610", "27610"]
    assert found["division"].tolist() == ["990102103"] * 2
    assert found["geometry"].geom_type.tolist() == ["Point"] * 2
    assert found["meaning"].tolist()[0] == "取新中国之意"
    assert json.loads(found["other_names"][0]) == [{"kind": "former", "name": "老新华"}]
    assert json.loads(found["attributes"][0])["dmfw_id"] == "synthetic-0001"


def test_importing_a_file_again_in_another_way_changes_nothing(city, tmp_path):
    file = workbook_of(tmp_path / "a.xlsx", [census_row(county(city))])
    entered(city, staged(city, file, "place_names"))
    again = staged(city, file, "place_names", header_row=1)
    assert again.state is BatchState.UNCHANGED, said(again)


def test_a_second_file_adds_to_other_names_and_attributes_and_takes_nothing_away(city, tmp_path):
    place = county(city)
    first = workbook_of(tmp_path / "a.xlsx", [census_row(place)])
    entered(city, staged(city, first, "place_names"))
    rows = [{"代码": "99010210122200000188", "标准名称": "张庄", "别名": "张家店", "备注": "待核"}]
    rows[0] |= {"类别代码": "22200", "所在行政区": "中心区"}
    second = staged(city, csv_file(tmp_path / "b.csv", rows), "place_names")
    assert second.precheck.counts.changed == 1, said(second)
    found = entered(city, second)
    names = [entry["name"] for entry in json.loads(found["other_names"])]
    assert names == ["老张庄", "张家庄", "卫东大队", "张家店"]
    kept = json.loads(found["attributes"])
    assert (kept["备注"], kept["登记人"]) == ("待核", "李四")
    assert (found["division"], found["version"]) == ("990102001", 2)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"类别名称": "太空站"}, "不在可选值之中"),
        ({"类别名称": ""}, "新记录须有地名类别"),
        ({"所在行政区": "没有街道"}, "本市没有名为“没有街道”"),
        ({"标准名称": "示例<b>路"}, "不能用于地名"),
        ({"标准名称": "示例" * 60}, "最多 100 字"),
        ({"地名代码": "990102"}, "应为 20 位半角数字"),
        ({"类别代码": "二二"}, "类别代码应为至多 5 位数字"),
        ({"密级": "内部", "是否公开": "是"}, "密级不是“公开”的地名不能登记为公开"),
        ({"其他名称": "张家店"}, "应为本系统导出的 JSON 文字"),
        ({"其他名称": '["张家店"]'}, "应为本系统导出的 JSON 文字"),
        ({"其他名称": '[{"name": 1, "kind": "alias"}]'}, "应为本系统导出的 JSON 文字"),
        ({"普查表其他项目": "[]"}, "应为本系统导出的 JSON 文字"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told(city, tmp_path, changed, message):
    batch = staged(city, csv_file(tmp_path / "a.csv", [street(city, **changed)]), "place_names")
    assert batch.state is BatchState.REFUSED
    assert message in said(batch)


def test_a_renaming_is_no_import(city, tmp_path):
    code = "99010200123000000007"
    file = csv_file(tmp_path / "a.csv", [street(city, 地名代码=code)])
    entered(city, staged(city, file, "place_names"))
    file = csv_file(tmp_path / "b.csv", [street(city, 地名代码=code, 标准名称="东风路")])
    batch = staged(city, file, "place_names")
    assert "与登记的“示例甲路”不同：更名请办理案卷" in said(batch)


def test_one_name_with_two_place_codes_is_two_records_and_one_code_twice_is_none(city, tmp_path):
    codes = ["99010210321610000001", "99010210327610000002"]
    rows = [street(city, 标准名称="新华村", 类别名称="行政村", 地名代码=code) for code in codes]
    entered(city, staged(city, csv_file(tmp_path / "a.csv", rows), "place_names"))
    assert len(records(city, "place_names")) == 2
    batch = staged(city, csv_file(tmp_path / "b.csv", rows[:1] * 2), "place_names")
    assert "与第 2 行是同一条记录" in said(batch)


def test_a_river_lies_in_the_first_division_and_spans_the_others(city, tmp_path):
    row = street(city, 标准名称="清河", 类别名称="河流", 所在行政区="中心区、东丘县东一镇、东二镇")
    found = entered(city, staged(city, csv_file(tmp_path / "a.csv", [row]), "place_names"))
    assert found["division"] == "990102"
    assert json.loads(found["spans"]) == ["990121100", "990121101"]


def test_an_unknown_class_code_is_taken_and_told(city, tmp_path):
    rows = [
        street(city, 类别代码="24999", 类别名称=""),
        street(city, 1, 类别代码="91", 类别名称=""),
    ]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows), "place_names")
    assert (
        "类别代码 24999 不在手头的类别表中，按“水利、电力、通信设施”归类（1 行），未核实"
        in said(batch)
    )
    assert "类别代码 91 不在手头的类别表中，归为“其他”（1 行），未核实" in said(batch)
    entered(city, batch)
    assert records(city, "place_names")["kind"].tolist() == ["facility_other", "other"]


def test_a_column_that_is_left_out_on_request_is_not_kept(city, tmp_path):
    file = csv_file(tmp_path / "a.csv", [street(city, 内部批注="勿外传", 编号二="7")])
    batch = staged(city, file, "place_names", columns={"内部批注": ""})
    found = entered(city, batch)
    assert json.loads(found["attributes"]) == {"编号二": "7", "所在行政区": "中一街道"}


def test_a_batch_of_place_names_is_taken_back(city, tmp_path):
    from civgeo.services.imports import undo

    file = csv_file(tmp_path / "a.csv", [street(city), street(city, 1)])
    batch = staged(city, file, "place_names")
    confirm(city, batch.id, EDIT)
    undone = undo(city, batch.id, EDIT)
    assert (undone.taken_back, len(records(city, "place_names"))) == (2, 0)
    with city.store.read() as reading:
        assert reading.verify_history() == ()
        assert reading.count(Collection.PLACE_NAMES, include_closed=True) == 2
