"""Importing: what goes in, what does not, and how it is taken back."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from import_city import (
    CENTRE,
    DEGREES,
    EDIT,
    TODAY,
    city_in,
    county,
    csv_file,
    divisions_of,
    estate,
    records,
    said,
    staged,
)

from civgeo.domain.history import Edit
from civgeo.errors import ImportRejected, InvalidInput, NotFound, RuleViolation
from civgeo.services.city import City
from civgeo.services.demo import build_demo_city
from civgeo.services.import_batches import BatchState, ImportRequest, clear_old
from civgeo.services.import_outputs import errors_table, keep_profile
from civgeo.services.imports import (
    confirm,
    discard,
    examine,
    imports,
    look_up,
    stage,
    undo,
)
from civgeo.store.store import Store
from civgeo.store.tables import Collection


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("import") / "store"
    city_in(folder).store.close()
    return folder


@pytest.fixture
def city(founded, tmp_path):

    shutil.copytree(founded, tmp_path / "库")
    with Store.open(tmp_path / "库") as store:
        yield City(store, TODAY)


def brought_in(city, path, kind="estates", **request):
    batch = staged(city, path, kind, **request)
    assert batch.state is BatchState.READY, said(batch)
    return confirm(city, batch.id, EDIT)


def test_a_table_with_chinese_headers_goes_in_whole(city, tmp_path):
    rows = [estate(city, number, 总户数="１２0户") for number in range(5)]
    done = brought_in(city, csv_file(tmp_path / "小区.csv", rows, "gb18030"))
    assert (done.created, done.changed, done.already) == (5, 0, False)
    found = records(city)
    assert found["households"].tolist() == [120] * 5
    assert set(found["division"]) == {CENTRE}
    assert found["estate_class"].tolist() == ["new"] * 5
    assert found["source"].tolist() == ["导入文件 小区.csv"] * 5
    with city.store.read() as reading:
        entry = reading.history(Collection.ESTATES, str(found.index[0]))[0]
        assert reading.verify_history() == ()
    assert (entry.actor, entry.document) == (EDIT.actor, EDIT.document)
    assert entry.batch.startswith(done.batch.id)


def test_importing_a_file_twice_is_importing_it_once(city, tmp_path):
    path = csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(3)])
    brought_in(city, path)
    before = records(city)
    again = staged(city, path)
    assert (again.state, again.precheck.code) == (BatchState.UNCHANGED, "already_imported")
    assert "王民" in again.precheck.message
    with pytest.raises(ImportRejected, match="不能导入"):
        confirm(city, staged(city, path, header_row=1).id, EDIT)
    assert_geodataframe_equal(records(city), before)


def test_confirming_a_batch_twice_writes_once(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "a.csv", [estate(city)]))
    first, second = confirm(city, batch.id, EDIT), confirm(city, batch.id, EDIT)
    assert (first.already, second.already, second.created) == (False, True, 1)
    assert len(imports(city)) == 1


def test_rows_that_say_what_is_there_make_no_new_version(city, tmp_path):
    rows = [estate(city, n) for n in range(3)]
    brought_in(city, csv_file(tmp_path / "a.csv", rows))
    rows[1]["总户数"] = "500"
    batch = staged(city, csv_file(tmp_path / "b.csv", rows))
    assert (batch.precheck.counts.changed, batch.precheck.counts.unchanged) == (1, 2)
    confirm(city, batch.id, EDIT)
    assert sorted(records(city)["version"]) == [1, 1, 2]


def test_a_table_without_coordinates_is_matched_by_name_and_division(city, tmp_path):
    brought_in(city, csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(3)]))
    rows = [{"名称": " 幸福里１号院", "乡镇街道": "中心区中一街道", "老年人口": 44, "户数": ""}]
    done = brought_in(city, csv_file(tmp_path / "b.csv", rows), crs=None)
    assert (done.created, done.changed) == (0, 1)
    changed = records(city).query("elders == 44")
    assert changed["name"].tolist() == ["幸福里1号院"]
    assert changed["households"].tolist() == [120]


def test_a_new_record_without_a_place_is_refused(city, tmp_path):
    rows = [{"名称": "没有位置", "乡镇街道": "中一街道", "类别": "新建", "用房阶段": "建成"}]
    batch = staged(city, csv_file(tmp_path / "b.csv", rows), crs=None)
    assert batch.state is BatchState.REFUSED
    assert "新记录须有位置" in said(batch)


def test_a_failing_row_999_of_1000_writes_nothing(city, tmp_path):
    rows = [estate(city, n) for n in range(1000)]
    rows[998]["总户数"] = "约300"
    batch = staged(city, csv_file(tmp_path / "a.csv", rows))
    assert batch.precheck.counts.refused == 1
    finding = batch.precheck.findings[0]
    assert (finding.row, finding.column, finding.value) == (1000, "总户数", "约300")
    with pytest.raises(ImportRejected, match="1 行有错误"):
        confirm(city, batch.id, EDIT)
    assert records(city).empty
    assert imports(city) == ()


def test_undo_gives_back_the_state_before_and_keeps_the_history(city, tmp_path):
    brought_in(city, csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(4)]))
    before = records(city)
    rows = [estate(city, n, 总户数="999", 经度=county(city).x + 0.002) for n in range(2, 7)]
    done = brought_in(city, csv_file(tmp_path / "b.csv", rows))
    assert (done.created, done.changed) == (3, 2)
    assert len(records(city)) == 7
    undone = undo(city, done.batch.id, Edit("李", "更正"))
    assert (undone.taken_back, undone.put_back) == (3, 2)
    after = records(city)
    assert_geodataframe_equal(after.drop(columns="version"), before.drop(columns="version"))
    with city.store.read() as reading:
        assert reading.verify_history() == ()
        changed = after.index[after["version"] == 3]
        assert [e.version for e in reading.history(Collection.ESTATES, changed[0])] == [1, 2, 3]
        long_ago = reading.features(Collection.ESTATES, valid_on=date(1, 1, 1))
    assert len(long_ago) == 4
    assert look_up(city, done.batch.id).state is BatchState.UNDONE
    with pytest.raises(RuleViolation, match="已经撤销"):
        undo(city, done.batch.id, EDIT)


def test_what_was_undone_can_be_imported_again(city, tmp_path):
    path = csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(3)])
    undo(city, brought_in(city, path).batch.id, EDIT)
    assert records(city).empty
    assert brought_in(city, path).created == 3
    assert len(records(city)) == 3


def test_divisions_that_were_taken_back_come_again_under_their_codes(city, tmp_path):
    rows = [{"代码": "990102901", "名称": "新设街道"}, {"代码": "990102902", "名称": "新设镇"}]
    path = csv_file(tmp_path / "d.csv", rows)
    undo(city, brought_in(city, path, "divisions", crs=None).batch.id, EDIT)
    done = brought_in(city, path, "divisions", crs=None)
    assert done.created == 2
    found = divisions_of(city).loc["990102901"]
    assert (found["level"], found["parent"], found["role"]) == ("township", "990102", "own")
    undo(city, done.batch.id, EDIT)
    assert "990102901" not in divisions_of(city).index
    with city.store.read() as reading:
        assert reading.verify_history() == ()


def test_undo_is_refused_when_a_later_edit_touched_a_record(city, tmp_path):
    done = brought_in(city, csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(3)]))
    id = str(records(city).index[0])
    city.store.correct(Collection.ESTATES, id, {"name": "改过名"}, EDIT, 1)
    with pytest.raises(RuleViolation, match=f"1 条记录在导入后又被修改过：改过名（{id}）"):
        undo(city, done.batch.id, EDIT)
    assert len(records(city)) == 3


def test_batches_undone_in_reverse_order_leave_nothing(city, tmp_path):
    first = brought_in(city, csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(3)]))
    changed = [estate(city, n, 总户数=7) for n in range(3)]
    second = brought_in(city, csv_file(tmp_path / "b.csv", changed))
    undo(city, second.batch.id, EDIT)
    assert records(city)["households"].tolist() == [120] * 3
    undo(city, first.batch.id, EDIT)
    assert records(city).empty


def test_estates_with_facilities_of_another_batch_are_not_undone(city, tmp_path):
    done = brought_in(city, csv_file(tmp_path / "a.csv", [estate(city)]))
    place = county(city)
    rows = [
        {
            "设施名称": "第一站",
            "设施类型": "社区日间照料中心",
            "所属街道": "中一街道",
            "所属小区": "幸福里0号院",
            "建筑面积（㎡）": "1,200.5㎡",
            "经度": place.x,
            "纬度": place.y,
        }
    ]
    facilities = brought_in(city, csv_file(tmp_path / "f.csv", rows), "facilities")
    found = records(city, "facilities").iloc[0]
    assert found["estate"] == records(city).index[0]
    assert (found["floor_area_m2"], found["status"]) == (1200.5, "operating")
    assert "按“运营”登记" in said(facilities.batch)
    with pytest.raises(RuleViolation, match="1 处设施登记在这批小区中：第一站"):
        undo(city, done.batch.id, EDIT)
    undo(city, facilities.batch.id, EDIT)
    undo(city, done.batch.id, EDIT)
    assert records(city).empty


def test_what_changed_since_the_precheck_is_taken_into_account(city, tmp_path):
    path = csv_file(tmp_path / "a.csv", [estate(city, n) for n in range(2)])
    waiting = staged(city, path)
    other = [estate(city, n, 总户数=5) for n in range(2)]
    brought_in(city, csv_file(tmp_path / "b.csv", other))
    done = confirm(city, waiting.id, EDIT)
    assert (done.created, done.changed) == (0, 2)
    assert records(city)["households"].tolist() == [120, 120]


def test_a_precheck_writes_nothing(city, tmp_path):
    with city.store.read() as reading:
        before = reading.data_version()
    staged(city, csv_file(tmp_path / "a.csv", [estate(city)]))
    with city.store.read() as reading:
        assert reading.data_version() == before


def test_a_mapping_is_kept_for_the_next_file(city, tmp_path):
    row = {"甲": "某小区", "乙": "中一街道", "丙": "新建", "丁": "建成"}
    path = csv_file(tmp_path / "a.csv", [row | {"X": county(city).x, "Y": county(city).y}])
    batch = staged(city, path)
    assert batch.precheck.code == "columns_unknown"
    assert "甲、乙、丙、丁" in batch.precheck.message
    columns = {"甲": "小区名称", "乙": "division", "丙": "estate_class", "丁": "stage"}
    batch = examine(city, batch.id, ImportRequest(crs="EPSG:4490", columns=columns))
    assert batch.state is BatchState.READY, said(batch)
    keep_profile(city, batch.id, "县里的表")
    keep_profile(city, batch.id)
    assert staged(city, path, profile="县里的表").state is BatchState.READY
    assert staged(city, path).state is BatchState.READY
    with pytest.raises(InvalidInput, match="没有属性"):
        _raise(staged(city, path, columns={"甲": "没有的"}))


def _raise(batch):
    raise InvalidInput(batch.precheck.message)


def test_constants_fill_what_the_file_leaves_empty(city, tmp_path):
    row = estate(city)
    del row["所属街道"], row["用房阶段"]
    path = csv_file(tmp_path / "a.csv", [row])
    brought_in(city, path, constants={"division": CENTRE, "用房阶段": "验收"})
    assert records(city)["stage"].tolist() == ["accepted"]


def test_the_class_of_an_estate_follows_from_its_year_when_a_rule_says_so(tmp_path):

    now = datetime(2026, 3, 1, tzinfo=UTC)
    store = build_demo_city(
        tmp_path / "demo", "990100", today=now, progress=lambda *_: None, estates=20
    )
    city = City(store, date(2026, 3, 1))
    rows = [estate(city, 1, 小区类别=""), estate(city, 2, 小区类别="", 建成年份="2001年")]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows))
    assert batch.state is BatchState.READY, said(batch)
    assert "2 个新小区没有写类别，按建成年份推定" in said(batch)
    confirm(city, batch.id, EDIT)
    found = records(city).query("source == '导入文件 a.csv'")
    assert sorted(found["estate_class"]) == ["existing", "new"]
    store.close()


def test_the_error_table_is_the_same_table_with_one_more_column(city, tmp_path):
    rows = [estate(city, n) for n in range(3)]
    rows[2]["小区类别"] = "新盖"
    batch = staged(city, csv_file(tmp_path / "小区.csv", rows, "gb18030"))
    table = errors_table(city, batch.id)
    assert table.file_name == "小区-检查结果.csv"
    text = table.content.decode("gb18030").splitlines()
    assert text[0].endswith("导入检查结果")
    assert "【小区类别】不在可选值之中" in text[3]
    assert text[1].endswith(",")


@pytest.mark.parametrize(
    ("driver", "ending"), [("GPKG", "gpkg"), ("GeoJSON", "geojson"), ("FlatGeobuf", "fgb")]
)
def test_layers_of_every_format_go_in(city, tmp_path, driver, ending):
    place = county(city)
    columns = {"小区名称": ["甲", "乙"], "区划代码": [CENTRE] * 2, "类别": ["新建"] * 2}
    frame = gpd.GeoDataFrame(
        columns | {"用房阶段": ["建成"] * 2},
        geometry=[place.buffer(0.001), place.buffer(0.002)],
        crs="EPSG:4326" if driver == "GeoJSON" else "EPSG:4490",
    )
    path = tmp_path / f"layer.{ending}"
    frame.to_file(path, driver=driver)
    done = brought_in(city, path, crs=None)
    assert done.created == 2
    assert records(city).set_index("name").geometry["甲"].equals_exact(frame.geometry[0], 1e-6)


def test_projected_coordinates_are_converted(city, tmp_path):
    place = gpd.GeoSeries([county(city)], crs=4490).to_crs(4547)[0]
    row = estate(city, 经度=place.x, 纬度=place.y)
    path = csv_file(tmp_path / "a.csv", [row])
    refused = staged(city, path, crs=None)
    assert (refused.state, refused.precheck.code) == (BatchState.QUESTION, "crs_unknown")
    assert "EPSG:4547" in refused.precheck.message
    brought_in(city, path, crs="EPSG:4547")
    assert records(city).geometry.iloc[0].equals_exact(county(city), 1e-9)


def test_a_batch_can_be_thrown_away_and_old_ones_are(city, tmp_path):

    path = csv_file(tmp_path / "a.csv", [estate(city)])
    first, second = staged(city, path), staged(city, path)
    discard(city, first.id)
    with pytest.raises(NotFound, match="24 小时"):
        look_up(city, first.id)
    clear_old(city.store, datetime.now(UTC) + timedelta(hours=25))
    with pytest.raises(NotFound):
        look_up(city, second.id)
    for id in ("../../etc", "20260101-000000-00000000", ""):
        with pytest.raises(NotFound):
            look_up(city, id)


def test_the_same_rows_in_a_workbook_and_a_table_are_the_same_records(city, tmp_path):
    rows = [estate(city, n) for n in range(3)]
    brought_in(city, csv_file(tmp_path / "a.csv", rows))
    pd.DataFrame(rows).to_excel(tmp_path / "a.xlsx", index=False)
    batch = staged(city, tmp_path / "a.xlsx")
    assert (batch.state, batch.precheck.code) == (BatchState.UNCHANGED, "nothing_new")


def test_the_batch_file_is_json_that_can_be_read_back(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "a.csv", [estate(city)]))
    assert look_up(city, batch.id) == batch
    json.loads((batch.folder / "batch.json").read_text("utf-8"))


def test_unknown_kinds_and_missing_files_are_refused(city, tmp_path):
    with pytest.raises(InvalidInput, match="可导入：divisions"):
        stage(city, csv_file(tmp_path / "a.csv", [estate(city)]), "markers", DEGREES)
    with pytest.raises(NotFound, match="没有文件"):
        stage(city, Path("nowhere.csv"), "estates")


@pytest.mark.parametrize("seed", range(2))
def test_any_sequence_of_imports_undone_backwards_gives_every_state_again(city, tmp_path, seed):
    rng = np.random.default_rng(seed)
    states, done = [], []
    for number in range(3):
        states.append(records(city))
        chosen = rng.choice(8, size=rng.integers(1, 6), replace=False)
        rows = [estate(city, int(n), 总户数=int(rng.integers(1, 5))) for n in chosen]
        batch = staged(city, csv_file(tmp_path / f"{number}.csv", rows))
        if batch.state is BatchState.READY:
            done.append((number, confirm(city, batch.id, EDIT).batch.id))
            again = staged(city, tmp_path / f"{number}.csv")
            assert again.precheck.code == "already_imported"
    for number, id in reversed(done):
        undo(city, id, EDIT)
        now, then = records(city), states[number]
        assert_geodataframe_equal(now.drop(columns="version"), then.drop(columns="version"))
    with city.store.read() as reading:
        assert reading.verify_history() == ()
