import geopandas as gpd
import pandas as pd
import pytest
from dirty import bureau_workbook
from shapely.geometry import Point

from civgeo.errors import InvalidInput
from civgeo.formats.facts import ReadRequest
from civgeo.formats.findings import Severity
from civgeo.formats.headers import ColumnMapping, Coordinates, parse, place, propose, synonyms
from civgeo.formats.jail import read_file
from civgeo.services.feature_schema import COLLECTIONS

FACILITIES = COLLECTIONS["facilities"].properties
OWN = tuple(item for item in FACILITIES if item.name not in ("source", "simulated", "version"))


def _property(collection, name):
    return COLLECTIONS[collection].property(name)


def _one(prop, *values):
    """Values of one column read as `prop`, and messages by row (from 2, as a spreadsheet has)."""
    frame = pd.DataFrame({"列": pd.Series(values, dtype=object)})
    frame.index = range(2, len(values) + 2)
    typed, findings = parse(frame, ColumnMapping({"列": prop.name}), [prop])
    return typed[prop.name].tolist(), {item.row: item for item in findings}


def test_chinese_and_english_headers_find_their_property():
    headers = [
        "机构名称",
        "KIND",
        "床 位 数（张）",
        "基本情况/建筑面积(平方米)",
        "经度",
        "纬度",
        "电话",
    ]

    mapping = propose(headers, OWN)

    assert mapping.columns == {
        "机构名称": "name",
        "KIND": "kind",
        "床 位 数（张）": "beds",
        "基本情况/建筑面积(平方米)": "floor_area_m2",
    }
    assert mapping.coordinates == Coordinates("经度", "纬度")
    assert mapping.unmatched == ("电话",)
    assert "division" in mapping.missing


def test_two_columns_for_one_property_are_contested_and_the_title_wins():
    mapping = propose(["名称", "设施名称", "备注"], OWN, required=("name",))

    assert mapping.columns == {"设施名称": "name"}
    assert (mapping.contested, mapping.unmatched) == (("名称",), ("备注",))
    assert mapping.missing == ()


def test_a_profile_applies_again_where_its_columns_are_there():
    mapping = propose(["机构名称", "床位", "坐标", "其他"], OWN)
    text = mapping.profile()

    again = ColumnMapping.from_profile(text, ["床位", "机构名称", "坐标", "新列"], OWN)

    assert again is not None
    assert again.columns == {"机构名称": "name", "床位": "beds"}
    assert again.coordinates == Coordinates(both="坐标")
    assert again.unmatched == ("新列",)
    assert ColumnMapping.from_profile(text, ["机构名称", "床位"], OWN) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"columns": {"a": "no_such"}}', '{"columns": 1}'])
def test_a_profile_that_is_none_is_refused(text):
    with pytest.raises(InvalidInput, match="列对应方案"):
        ColumnMapping.from_profile(text, ["a"], OWN)


def test_every_property_is_found_by_each_of_its_headers_alone():
    for collection in COLLECTIONS.values():
        for prop in collection.properties:
            for header in synonyms(prop):
                assert propose([header], [prop]).columns == {header: prop.name}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30㎡", 30.0),
        ("1,200.5 平方米", 1200.5),
        ("１，２００", 1200.0),
        (" 30　", 30.0),
        ("0.5万", 5000.0),
        ("1.2E+05", 120000.0),
        (30.0, 30.0),
        ("", None),
        ("—", None),
        ("暂无", None),
    ],
)
def test_an_area_is_read_however_it_is_written(text, value):
    (read,), findings = _one(_property("facilities", "floor_area_m2"), text)

    assert read == value or (value is None and pd.isna(read))
    assert findings == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("约30", "不是确定的数字"),
        ("30-40", "单位“-40”与建筑面积不符"),
        ("2亩", "单位“亩”与建筑面积不符：请填以m²计的数字"),
        ("85%", "建筑面积不应是百分数"),
        ("-3", "建筑面积不能是负数"),
        ("1,20", "逗号的位置不像千位分隔"),
        ("#REF!", "公式出错（#REF!）"),
        ("三十", "不是确定的数字"),
    ],
)
def test_a_doubtful_area_is_a_finding_with_row_column_and_value(text, says):
    (read,), findings = _one(_property("facilities", "floor_area_m2"), text)

    assert pd.isna(read)
    finding = findings[2]
    assert says in finding.message
    assert (finding.column, finding.value, finding.severity) == ("列", text, Severity.ERROR)


def test_counts_are_whole_numbers():
    values, findings = _one(_property("facilities", "beds"), "１２０张", "3.0", "2.5", 7)

    assert values[:2] == [120, 3]
    assert values[3] == 7
    assert findings[4].message == "床位数应为整数"


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("2020-05-01", "2020-05-01", ""),
        ("2020/5/1", "2020-05-01", ""),
        ("2020年5月1日", "2020-05-01", ""),
        ("２０２０．５．１", "2020-05-01", ""),
        ("20200501", "2020-05-01", ""),
        ("2020-05-01 08:30:00", "2020-05-01", ""),
        ("43952", "2020-05-01", "按 Excel 日期序号读作 2020-05-01"),
        ("2020年5月", "2020-05-01", "只有年月，按 2020-05-01 记"),
        ("2020年", "2020-01-01", "只有年份，按 2020-01-01 记"),
    ],
)
def test_a_date_is_read_however_it_is_written(text, value, note):
    (read,), findings = _one(_property("facilities", "opened"), text)

    assert read == value
    assert [item.message for item in findings.values()] == ([note] if note else [])
    assert all(item.severity is Severity.NOTE for item in findings.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [("2020-02-30", "没有这一天"), ("5/1/20", "请写成 2020-05-01"), ("去年", "请写成 2020-05-01")],
)
def test_a_date_that_cannot_be_told_is_a_finding(text, says):
    assert says in _one(_property("facilities", "opened"), text)[1][2].message


def test_a_year_comes_out_of_a_date_too():
    values, findings = _one(_property("estates", "completed_year"), "2005年", "2005-08-01", "98年")

    assert values[:2] == [2005, 2005]
    assert [item.message for item in findings.values()] == [
        "只取年份",
        "建成年份应为四位数的年份，如 2015",
    ]


def test_a_closed_list_takes_code_or_label_and_names_the_nearest():
    kind = _property("facilities", "kind")
    code, label = kind.choices[0]

    values, findings = _one(kind, code.upper(), f" {label} ", label[:-1] + "某")

    assert values[:2] == [code, code]
    assert "不在可选值之中" in findings[4].message


def test_yes_and_no_are_read_in_both_languages():
    values, findings = _one(_property("facilities", "simulated"), "是", "N", "√", "也许")

    assert values[:3] == [True, False, True]
    assert findings[5].message == "请填“是”或“否”"


def test_codes_keep_every_digit_or_are_refused():
    division = _property("facilities", "division")

    values, findings = _one(
        division, "４１１７０２００１", "411702001.0", "4.11702E+11", "411 702 001"
    )

    assert values[:2] == ["411702001", "411702001"]
    assert values[3] == "411 702 001"
    assert "科学计数，末尾几位丢失" in findings[4].message


def test_names_keep_their_characters_and_lose_the_blanks_around():
    values, _ = _one(_property("facilities", "name"), "　柳树𨟠镇（东）敬老院\u200b ")

    assert values == ["柳树𨟠镇（东）敬老院"]


def test_an_empty_required_cell_is_a_finding():
    assert _one(_property("facilities", "name"), None)[1][2].message == "设施名称必填，此格为空"


def test_parsing_keeps_index_order_and_geometry():
    points = gpd.GeoSeries([Point(2, 2), Point(1, 1)], index=[9, 4], crs=4490)
    frame = gpd.GeoDataFrame({"床位": ["2", "1"]}, index=points.index, geometry=points)

    typed, _ = parse(frame, propose(["床位"], OWN), OWN)

    assert typed.index.tolist() == [9, 4]
    assert isinstance(typed, gpd.GeoDataFrame)
    assert typed.crs == frame.crs
    assert typed["beds"].tolist() == [2, 1]


def test_coordinates_are_read_in_degrees_and_minutes_and_swapped_letters_are_told():
    frame = pd.DataFrame(
        {
            "经度": ["114.5", "东经114°30′00″", "33°N", "114度30分", ""],
            "纬度": [33.25, "33°15′0″N", "114", "", None],
        },
        index=[2, 3, 4, 5, 6],
    )

    points, findings = place(frame, Coordinates("经度", "纬度"))

    assert points.loc[2] == points.loc[3] == Point(114.5, 33.25)
    assert points.loc[[4, 5, 6]].isna().all()
    said = {(item.row, item.column): item.message for item in findings}
    assert said[(4, "经度")] == "经度和纬度填反了：请对调这两列"
    assert said[(5, "纬度")] == "经度和纬度只填了一个：请补全"
    assert not any(row == 6 for row, _ in said)


def test_coordinates_in_one_column_are_split():
    frame = pd.DataFrame({"坐标": ["114.5，33.25", "(114.5 33.25)", "114.5"]}, index=[2, 3, 4])

    points, findings = place(frame, Coordinates(both="坐标"))

    assert points.loc[2] == points.loc[3] == Point(114.5, 33.25)
    assert [(item.row, item.message) for item in findings] == [(4, "经度和纬度只填了一个：请补全")]


def test_a_bureau_workbook_goes_from_file_to_findings(tmp_path):
    headers = tuple(text for prop in OWN for text in synonyms(prop))
    path = bureau_workbook(tmp_path / "a.xlsx")
    checked = read_file(path, tmp_path / "staging", ReadRequest(expected_headers=headers))

    mapping = propose(checked.facts.headers, OWN)
    typed, findings = parse(checked.frame(), mapping, OWN)

    assert set(mapping.columns.values()) == {
        "name", "kind", "beds", "nursing_beds", "opened", "floor_area_m2",
    }  # fmt: skip
    assert typed.loc[5, ["beds", "nursing_beds", "opened", "floor_area_m2"]].tolist() == [
        120, 60, "2020-05-01", 1200.5,
    ]  # fmt: skip
    told = {(item.row, item.column) for item in findings if item.severity is Severity.ERROR}
    assert {(7, "设施类型"), (7, "床位/床位数")} <= told
