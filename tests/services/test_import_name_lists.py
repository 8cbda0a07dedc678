"""Signs, protected names, rural naming, reserved names and archives out of bureaus' tables."""

import pytest

from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm, undo
from civgeo.store.tables import Collection
from services.import_city import EDIT, city_in, county, csv_file, records, said, staged


@pytest.fixture
def city(tmp_path):
    made = city_in(tmp_path / "store")
    yield made
    made.store.close()


SIGN = {"标示名称": "清源路", "标志种类": "街牌", "乡镇街道": "中一街道", "状况": "破损"}
PROTECTED = {"地名": "灈阳", "保护类别": "千年古镇", "县区": "中心区", "列入日期": "2024年1月1日"}
RURAL = {
    "县区": "东丘县",
    "乡镇": "东一镇",
    "命名道路": "4条",
    "达标": "已达标",
    "统计日期": "2025-12-31",
}
RESERVED = {"储备名称": "清泉路", "类别": "街路巷", "规划区域": "东部新区", "县区": "中心区"}
ARCHIVE = {
    "档号": "2025-DM-001",
    "题名": "清源路命名",
    "县区": "中心区",
    "年度": "2025",
    "保管期限": "30年",
    "页数": "12页",
}
TABLES = {
    "name_signs": (SIGN, {"sign_kind": "street", "state": "broken", "division": "990102001"}),
    "protected_names": (PROTECTED, {"listed_on": "2024-01-01", "division": "990102"}),
    "rural_naming": (RURAL, {"roads_named": 4, "goal_reached": True, "division": "990121100"}),
    "reserved_names": (RESERVED, {"kind": "street", "state": "reserved", "division": "990102"}),
    "name_archives": (ARCHIVE, {"retention": "thirty_years", "pages": 12, "year": 2025}),
}


@pytest.mark.parametrize("register", sorted(TABLES))
def test_a_table_in_the_bureaus_own_words_is_entered_once(city, tmp_path, register):
    row, expected = TABLES[register]
    place = county(city)
    if register == "name_signs":
        row = row | {"经度": place.x, "纬度": place.y}
    file = csv_file(tmp_path / "a.csv", [row], "gb18030")
    batch = staged(city, file, register)
    assert batch.state is BatchState.READY, said(batch)
    confirm(city, batch.id, EDIT)
    found = records(city, register)
    assert {name: found[name].iloc[0] for name in expected} == expected
    again = staged(city, csv_file(tmp_path / "b.csv", [row]), register)
    assert again.state is BatchState.UNCHANGED, said(again)


def test_signs_without_words_for_their_place_stand_where_their_coordinates_say(city, tmp_path):
    place = county(city)
    rows = [SIGN | {"经度": place.x + east, "纬度": place.y} for east in (0.0, 0.001)]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows), "name_signs")
    confirm(city, batch.id, EDIT)
    texts = records(city, "name_signs")["position"].tolist()
    assert texts[0] == f"东经 {place.x:.6f}，北纬 {place.y:.6f}"
    assert len(set(texts)) == 2


def test_a_count_of_another_day_is_another_record(city, tmp_path):
    rows = [RURAL, RURAL | {"统计日期": "2026-01-31", "达标": "未达标"}]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows), "rural_naming")
    confirm(city, batch.id, EDIT)
    assert records(city, "rural_naming")["goal_reached"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("register", "changed", "message"),
    [
        ("name_signs", {"状况": ""}, "新记录须有状况"),
        ("name_signs", {"标志种类": "灯箱"}, "不在可选值之中"),
        ("name_signs", {"上次巡检": "2026-01-02", "下次巡检": "2026-01-01"}, "下次巡检应晚于上次"),
        ("protected_names", {"措施制定日期": "2026-01-01"}, "没有保护措施：请补写措施"),
        ("rural_naming", {"乡镇": "东丘县"}, "请写到乡级"),
        ("rural_naming", {"乡镇": "没有镇"}, "本市没有名为“没有镇”"),
        ("rural_naming", {"统计日期": ""}, "新记录须有统计日期"),
        ("reserved_names", {"储备日期": "2026-01-02", "储备期限": "2026-01-01"}, "储备期限应晚于"),
        ("name_archives", {"年度": "1850"}, "年度应在 1900 至 2100 年之间"),
        ("name_archives", {"保管期限": "永远"}, "不在可选值之中"),
        ("name_archives", {"题名": "长" * 201}, "题名不超过 200 个字"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told(city, tmp_path, register, changed, message):
    place = county(city)
    row = TABLES[register][0] | changed
    row |= {"经度": place.x, "纬度": place.y} if register == "name_signs" else {}
    batch = staged(city, csv_file(tmp_path / "a.csv", [row]), register)
    assert batch.state is BatchState.REFUSED
    assert message in said(batch)


def test_a_table_without_a_column_that_names_the_record_is_asked_about(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "a.csv", [{"甲": "1", "题名": "乙"}]), "name_archives")
    assert (batch.state, batch.precheck.code) == (BatchState.QUESTION, "columns_unknown")
    assert "认不出“档号”列" in batch.precheck.message


def test_the_batch_of_a_protected_name_stays_when_its_import_is_undone(city, tmp_path):
    file = csv_file(tmp_path / "a.csv", [PROTECTED | {"批次": "第一批"}])
    batch = staged(city, file, "protected_names")
    confirm(city, batch.id, EDIT)
    undo(city, batch.id, EDIT)
    with city.store.read() as reading:
        gone = reading.features(Collection.PROTECTED_NAMES, include_closed=True)
        assert gone["batch"].tolist() == ["第一批"]
        assert reading.verify_history() == ()
