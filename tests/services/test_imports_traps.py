"""Each trap of real data as a real file, and the message that an officer reads."""

import shutil
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from import_city import EDIT, TODAY, city_in, county, csv_file, divisions_of, estate, said, staged
from shapely import MultiPolygon, Polygon

from civgeo.errors import ImportRejected
from civgeo.geo.datum import bd09_from_cgcs2000, gcj02_from_cgcs2000
from civgeo.services.city import City
from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm
from civgeo.store.store import Store
from civgeo.store.tables import Collection

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from dirty import bow_tie, bureau_workbook, shapefile_folder, vrt, zipped


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traps") / "store"
    city_in(folder).store.close()
    return folder


@pytest.fixture
def city(founded, tmp_path):
    shutil.copytree(founded, tmp_path / "库")
    with Store.open(tmp_path / "库") as store:
        yield City(store, TODAY)


def outlines(city, move=None, **columns):
    """County outlines of the city as a file would hold them."""
    found = divisions_of(city).query("level == 'county'")
    shapes = found.geometry.to_numpy()
    if move is not None:
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    table = {"代码": found["code"].tolist(), "名称": found["name"].tolist()} | columns
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def layer(tmp_path, frame, name="区划.gpkg"):
    frame.to_file(tmp_path / name, driver="GPKG")
    return tmp_path / name


@pytest.mark.parametrize(
    ("move", "system"), [(gcj02_from_cgcs2000, "GCJ-02"), (bd09_from_cgcs2000, "BD-09")]
)
def test_a_layer_in_another_datum_is_refused_with_the_option_that_converts_it(
    city, tmp_path, move, system
):
    path = layer(tmp_path, outlines(city, move))
    refused = staged(city, path, "divisions", crs=None)
    assert (refused.state, refused.precheck.code) == (BatchState.REFUSED, "shifted")
    assert f"--crs {system}" in refused.precheck.message
    assert "米" in refused.precheck.message
    assert refused.precheck.guess == system
    with pytest.raises(ImportRejected):
        confirm(city, refused.id, EDIT)
    converted = staged(city, path, "divisions", crs=system)
    assert converted.precheck.code == "nothing_new", said(converted)
    assert f"已由 {system} 精确换算" in said(converted)


def test_points_in_another_datum_are_recognised_near_the_edges(city, tmp_path):
    rows = []
    home = divisions_of(city).loc["990102"].geometry
    ring = shapely.line_interpolate_point(
        home.buffer(-0.002).exterior, np.linspace(0, 1, 60, endpoint=False), normalized=True
    )
    lon, lat = gcj02_from_cgcs2000(shapely.get_x(ring), shapely.get_y(ring))
    for number, (x, y) in enumerate(zip(lon, lat, strict=True)):
        rows.append(estate(city, number, 经度=x, 纬度=y))
    refused = staged(city, csv_file(tmp_path / "高德.csv", rows))
    assert (refused.state, refused.precheck.code) == (BatchState.REFUSED, "shifted"), said(refused)
    assert "--crs GCJ-02" in refused.precheck.message
    again = staged(city, tmp_path / "高德.csv", crs="GCJ-02")
    assert again.state is BatchState.READY, said(again)


def test_a_layer_converted_once_too_often_is_refused(city, tmp_path):
    path = layer(tmp_path, outlines(city))
    batch = staged(city, path, "divisions", crs="GCJ-02")
    assert batch.state is BatchState.REFUSED
    assert "可能本来就是 CGCS2000" in batch.precheck.message


def test_a_layer_displaced_by_kilometres_is_refused(city, tmp_path):
    moved = outlines(city, lambda x, y: (x + 0.13, y + 0.01))
    batch = staged(city, layer(tmp_path, moved), "divisions", crs=None)
    assert (batch.state, batch.precheck.code) == (BatchState.REFUSED, "displaced")
    assert "12" in batch.precheck.message
    assert "公里" in batch.precheck.message or "米" in batch.precheck.message
    assert batch.precheck.east_m == pytest.approx(12_150, rel=0.02)


def test_swapped_axes_are_found(city, tmp_path):
    place = county(city)
    rows = [estate(city, n, 经度=place.y, 纬度=place.x) for n in range(3)]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows))
    assert (batch.state, batch.precheck.code) == (BatchState.REFUSED, "axes_swapped")
    assert "经度和纬度写反了" in batch.precheck.message


def test_a_point_outside_its_division_is_a_note_and_one_outside_the_city_an_error(city, tmp_path):
    other = county(city, "990103")
    far = divisions_of(city).loc["990100"].geometry.bounds[2] + 0.1
    rows = [estate(city, n) for n in range(30)]
    rows[4] |= {"经度": other.x, "纬度": other.y}
    path = csv_file(tmp_path / "a.csv", rows)
    batch = staged(city, path)
    assert batch.state is BatchState.READY, said(batch)
    note = batch.precheck.findings[0]
    assert (note.row, note.severity.value) == (6, "note")
    assert "落在临水区" in note.message
    rows[4]["经度"] = far
    batch = staged(city, csv_file(tmp_path / "b.csv", rows))
    assert batch.state is BatchState.REFUSED
    assert batch.precheck.findings[0].severity.value == "error"
    assert "在本市之外" in batch.precheck.findings[0].message


def test_codes_of_the_statistics_bureau_are_told_by_their_names(city, tmp_path):
    towns = divisions_of(city).query("level == 'township'")
    rows = [
        {"代码": code, "名称": name}
        for code, name in zip(towns["code"], [*towns["name"][1:], "别名镇"], strict=True)
    ]
    path = csv_file(tmp_path / "统计.csv", rows)
    batch = staged(city, path, "divisions", crs=None)
    assert batch.state is BatchState.REFUSED
    assert "很可能是国家统计局的代码" in batch.precheck.message
    own = staged(city, path, "divisions", crs=None, constants={"system": "NBS"})
    assert own.state is BatchState.READY, said(own)
    confirm(city, own.id, EDIT)
    assert "NBS-990102001" in divisions_of(city).index
    assert divisions_of(city).loc["990102001", "name"] == "中一街道"
    rows = [{"代码": "990102777", "名称": "统计镇", "编码体系": "NBS"}]
    own = staged(city, csv_file(tmp_path / "n.csv", rows), "divisions", crs=None)
    confirm(city, own.id, EDIT)
    misused = staged(city, csv_file(tmp_path / "e.csv", [estate(city, 所属街道="990102777")]))
    assert "990102777 是国家统计局的代码（统计镇），与民政部代码不是一套" in said(misused)
    assert len(misused.precheck.findings) == 1


def test_a_stale_code_says_what_followed(city, tmp_path):
    rows = [{"代码": "410306", "名称": "吉利区"}, {"代码": "410381", "名称": "偃师市"}]
    batch = staged(city, csv_file(tmp_path / "d.csv", rows), "divisions", crs=None)
    assert batch.state is BatchState.REFUSED
    assert "410306（吉利区）已于 2021 年停用" in said(batch)
    assert "偃师区" in said(batch)


def test_a_statistical_area_is_no_division(city, tmp_path):
    rows = [{"代码": "990171", "名称": "开发区"}]
    batch = staged(city, csv_file(tmp_path / "d.csv", rows), "divisions", crs=None)
    assert "统计用码" in said(batch)
    assert batch.state is BatchState.REFUSED


def test_a_misprint_is_shown_beside_the_nearest_name(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "a.csv", [estate(city, 所属街道="中一街到")]))
    assert "最接近的是“中一街道”（990102001）" in said(batch)
    rows = [{"代码": "990102909", "名称": "中四真"}, {"代码": "990102910", "名称": "新华镇"}]
    batch = staged(city, csv_file(tmp_path / "d.csv", rows), "divisions", crs=None)
    assert "与登记的“中四镇”只差一个字" in said(batch)
    assert "新华镇" not in said(batch)


def test_one_village_under_two_names_is_a_note(city, tmp_path):
    rows = [{"代码": "990102001901", "名称": "新华社区"}]
    confirm(
        city,
        staged(city, csv_file(tmp_path / "a.csv", rows), "divisions", crs=None).id,
        EDIT,
    )
    rows = [{"代码": "990102001902", "名称": "新华居委会"}]
    batch = staged(city, csv_file(tmp_path / "b.csv", rows), "divisions", crs=None)
    assert "与登记的“新华社区”像是同一村（社区）的两种写法" in said(batch)
    assert batch.state is BatchState.READY


def test_a_shapefile_without_prj_is_asked_about_and_its_encoding_shown(city, tmp_path):
    shapefile_folder(tmp_path / "shp", prj=False)
    path = zipped(tmp_path / "shp", tmp_path / "设施.zip")
    batch = staged(city, path, "facilities", crs=None)
    assert batch.state is BatchState.QUESTION
    assert batch.precheck.encoding == "GB18030"
    assert "老街街道" in batch.precheck.preview


def test_a_workbook_of_a_bureau_is_read_below_its_title(city, tmp_path):
    batch = staged(
        city,
        bureau_workbook(tmp_path / "台账.xlsx"),
        "facilities",
        crs=None,
        constants={"division": "990102"},
    )
    text = said(batch)
    assert batch.precheck.mapping["设施名称"] == "name"
    assert "不存在的类型" in text
    assert "约30" in text
    assert batch.state is BatchState.REFUSED


def test_a_bow_tie_is_refused_with_its_place(city, tmp_path):
    frame = outlines(city)
    frame.loc[2, "geometry"] = MultiPolygon([bow_tie()])
    batch = staged(city, layer(tmp_path, frame), "divisions", crs=None)
    assert batch.state is BatchState.REFUSED
    assert "图形自相交" in said(batch)
    assert "系统不会自行修补界线" in said(batch)


def test_lines_are_no_divisions(city, tmp_path):
    frame = outlines(city)
    frame["geometry"] = frame.boundary
    batch = staged(city, layer(tmp_path, frame), "divisions", crs=None)
    assert "图形应为面" in said(batch)


def test_simulated_rows_are_refused_by_a_production_store(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "a.csv", [estate(city, 是否模拟数据="是")]))
    assert batch.state is BatchState.REFUSED
    assert "正式登记库不接收模拟数据" in said(batch)


def test_simulated_rows_go_into_a_store_for_them(tmp_path):
    city = city_in(tmp_path / "demo", simulated=True)
    rows = [estate(city, 1, 是否模拟数据="是"), estate(city, 2, 是否模拟数据="")]
    confirm(city, staged(city, csv_file(tmp_path / "a.csv", rows)).id, EDIT)
    with city.store.read() as reading:
        assert sorted(reading.features(Collection.ESTATES)["simulated"]) == [False, True]
    city.store.close()


def test_two_rows_of_one_record_are_refused(city, tmp_path):
    rows = [estate(city, 1), estate(city, 2), estate(city, 1, 总户数=3)]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows))
    assert "与第 2 行是同一条记录" in said(batch)
    assert batch.precheck.counts.refused == 1


def test_an_id_that_nobody_gave_is_refused(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "a.csv", [estate(city, 小区编号="001")]))
    assert "登记库中没有这个编号" in said(batch)


def test_figures_that_cannot_be_together_are_refused(city, tmp_path):
    rows = [
        estate(city, 1, 其中新建户数="5"),
        estate(city, 2, 小区类别="新旧混合", 其中新建户数="500"),
        estate(city, 3, 小区类别="新旧混合", 其中新建户数=""),
        estate(city, 4, 建成年份="1850", 其中新建户数=""),
        estate(city, 5, 所属街道="", 其中新建户数=""),
    ]
    text = said(staged(city, csv_file(tmp_path / "a.csv", rows)))
    for expected in (
        "2 其中新建户数 5 只有“新旧混合”的小区才填其中新建户数",
        "3 其中新建户数 500 其中新建户数不应多于户数",
        "4 其中新建户数  “新旧混合”的小区须写明其中新建户数",
        "5 建成年份 1850",
        "6 所属街道  新记录须有乡镇街道代码",
    ):
        assert expected in text


def test_a_recipe_that_reads_other_files_is_refused_and_leaves_nothing(city, tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("secret", encoding="utf-8")
    with pytest.raises(ImportRejected, match="VRT"):
        staged(city, vrt(tmp_path / "a.geojson", canary), "facilities")
    assert list((city.store.file.parent / "staging").iterdir()) == []


def test_a_file_with_several_layers_asks_which(city, tmp_path):
    path = layer(tmp_path, outlines(city))
    outlines(city).to_file(path, driver="GPKG", layer="另一层")
    batch = staged(city, path, "divisions", crs=None)
    assert (batch.state, batch.precheck.code) == (BatchState.QUESTION, "choose_layer")
    assert batch.precheck.layers == ("区划", "另一层")
    chosen = staged(city, path, "divisions", crs=None, layer="另一层")
    assert chosen.precheck.code == "nothing_new", said(chosen)


def test_text_that_looks_like_a_formula_or_a_tag_stays_text(city, tmp_path):
    names = ["=1+1", "<img src=x onerror=alert(1)>", "柳树𨟠小区"]
    rows = [estate(city, n, 小区名称=name) for n, name in enumerate(names)]
    confirm(city, staged(city, csv_file(tmp_path / "a.csv", rows)).id, EDIT)
    with city.store.read() as reading:
        assert sorted(reading.features(Collection.ESTATES)["name"]) == sorted(names)


def test_a_changed_outline_is_one_change(city, tmp_path):
    frame = outlines(city)
    parts = list(frame.loc[0, "geometry"].geoms)
    ring = list(parts[0].exterior.coords)
    ring[1] = (ring[1][0] + 1e-4, ring[1][1])
    frame.loc[0, "geometry"] = MultiPolygon([Polygon(ring), *parts[1:]])
    batch = staged(city, layer(tmp_path, frame), "divisions", crs=None)
    assert batch.state is BatchState.READY, said(batch)
    assert (batch.precheck.counts.changed, batch.precheck.counts.unchanged) == (1, 5)
    assert "整体偏移" in batch.precheck.placement


def test_dates_of_divisions_are_not_changed_by_an_import(city, tmp_path):
    rows = [{"代码": "990102", "名称": "中心区", "撤销日期": "2020-01-01"}]
    batch = staged(city, csv_file(tmp_path / "a.csv", rows), "divisions", crs=None)
    assert "不随导入修改" in said(batch)
