"""Every format that officers have, from the upload to the undo, over one specimen city."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from civgeo.domain.history import Edit
from civgeo.errors import ImportRejected
from civgeo.formats.confinement import Limits
from civgeo.services.city import City
from civgeo.services.import_batches import Batch, BatchState, ImportRequest
from civgeo.services.imports import confirm, examine, imports, look_up, undo
from civgeo.store.store import Store
from formats.dirty import workbook, write_layer, zipped
from services.import_city import (
    CENTRE,
    EDIT,
    TODAY,
    city_in,
    county,
    csv_file,
    records,
    said,
    staged,
)

NAMES = ("幸福里一号院", "柳树𨟠家园", "<b>=1+1</b>")
TABLE = {
    "小区名称": list(NAMES),
    "所属街道": ["中一街道"] * 3,
    "小区类别": ["新建小区", "既有", "新建"],
    "总户数": [120, 80, 60],
    "用房阶段": ["建成", "验收", "规划"],
}
Make = Callable[[Path, gpd.GeoDataFrame], Path]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats") / "store"
    city_in(folder).store.close()
    return folder


@pytest.fixture
def city(founded, tmp_path):
    shutil.copytree(founded, tmp_path / "库")
    with Store.open(tmp_path / "库") as store:
        yield City(store, TODAY)


def specimen(city: City) -> gpd.GeoDataFrame:
    """Three estates; the names hold a character of four bytes, a tag and a formula."""
    middle = county(city)
    places = [shapely.Point(middle.x + n * 1e-3, middle.y) for n in range(3)]
    return gpd.GeoDataFrame(TABLE, geometry=places, crs="EPSG:4490")


def geopackage(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    return write_layer(layer, folder / "小区.gpkg", "GPKG")


def geojson(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    return write_layer(layer.to_crs(4326), folder / "小区.geojson", "GeoJSON")


def flatgeobuf(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    return write_layer(layer, folder / "小区.fgb", "FlatGeobuf")


def geoparquet(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    layer.to_parquet(folder / "小区.parquet")
    return folder / "小区.parquet"


def kml(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    return write_layer(layer.to_crs(4326), folder / "小区.kml", "LIBKML")


def shapefile(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    """As a desktop in China writes it: GB18030, with neither .cpg nor .prj, zipped."""
    parts = folder / "shp"
    parts.mkdir()
    path = write_layer(layer, parts / "小区.shp", "ESRI Shapefile", encoding="GB18030")
    for ending in (".cpg", ".prj"):
        path.with_suffix(ending).unlink()
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = 0
    path.with_suffix(".dbf").write_bytes(dbf)
    return zipped(parts, folder / "小区.zip", gbk_names=True)


def _rows(layer: gpd.GeoDataFrame) -> list[dict[str, object]]:
    return (
        layer.drop(columns="geometry")
        .assign(经度=layer.geometry.x, 纬度=layer.geometry.y)
        .to_dict("records")
    )


def table(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    return csv_file(folder / "小区.csv", _rows(layer), "gb18030")


def excel(folder: Path, layer: gpd.GeoDataFrame) -> Path:
    """A title, a note, headers in two merged rows, full-width digits, a total."""
    rows = [list(row.values()) for row in _rows(layer)]
    rows[0][3] = "１２０户"
    upper = ["小区名称", "所属街道", "小区类别", "总户数", "用房阶段", "坐标", None]
    lower = [None] * 5 + ["经度", "纬度"]
    title, note = ["小区台账", *[None] * 6], ["填报单位：民政局", *[None] * 6]
    sheet = [title, note, upper, lower, *rows, ["合计", None, None, 260, None, None, None]]
    merged = ["A1:G1", "A2:G2", *(f"{column}3:{column}4" for column in "ABCDE"), "F3:G3"]
    return workbook(folder / "小区.xlsx", {"台账": (sheet, merged)})


FORMATS = [
    *((make, None) for make in (geopackage, geojson, flatgeobuf, geoparquet, kml)),
    *((make, "crs_unknown") for make in (shapefile, table, excel)),
]


def answered(city: City, path: Path, question: str | None) -> Batch:
    """The pre-checked batch, after the question for the coordinate system was answered."""
    batch = staged(city, path, crs=None)
    if question is None:
        return batch
    assert (batch.state, batch.precheck.code) == (BatchState.QUESTION, question)
    assert "EPSG:4490" in batch.precheck.message
    with pytest.raises(ImportRejected, match="坐标系"):
        confirm(city, batch.id, EDIT)
    return examine(city, batch.id, ImportRequest(crs="EPSG:4490"))


@pytest.mark.parametrize(("make", "question"), FORMATS, ids=[make.__name__ for make, _ in FORMATS])
def test_a_file_goes_from_upload_to_store_and_back_out(city, tmp_path, make: Make, question):
    layer = specimen(city)
    path = make(tmp_path, layer)
    before = records(city)
    batch = answered(city, path, question)
    assert batch.state is BatchState.READY, said(batch)
    assert (batch.precheck.counts.new, batch.precheck.rows) == (3, 3)
    assert records(city).empty
    done = confirm(city, batch.id, EDIT)
    assert (done.created, done.changed, done.already) == (3, 0, False)
    found = records(city).set_index("name").loc[list(NAMES)]
    assert found["households"].tolist() == TABLE["总户数"]
    assert found["estate_class"].tolist() == ["new", "existing", "new"]
    assert found["stage"].tolist() == ["built", "accepted", "planned"]
    assert set(found["division"]) == {CENTRE}
    assert shapely.distance(found.geometry.to_numpy(), layer.geometry.to_numpy()).max() < 1e-8
    assert staged(city, path, crs=None if question is None else "EPSG:4490").precheck.code == (
        "already_imported"
    )
    undone = undo(city, done.batch.id, Edit("李四", "更正"))
    assert (undone.taken_back, undone.put_back) == (3, 0)
    assert_geodataframe_equal(records(city), before)
    assert look_up(city, done.batch.id).state is BatchState.UNDONE
    assert [batch.undone for batch in imports(city)] == [True]
    with city.store.read() as reading:
        assert reading.verify_history() == ()


def test_the_encoding_of_a_shapefile_without_cpg_is_shown_and_can_be_set_otherwise(city, tmp_path):
    path = shapefile(tmp_path, specimen(city))
    shown = staged(city, path, crs=None).precheck
    assert (shown.encoding, shown.encoding_basis) == ("GB18030", "按内容判断，请核对预览")
    assert shown.preview == ("小区名称", "所属街道", "幸福里一号院", "柳树𨟠家园", "中一街道")
    with pytest.raises(ImportRejected, match=r"不能按 big5 读出。请指定编码"):
        staged(city, path, encoding="Big5")
    given = staged(city, path, encoding="GB18030")
    assert given.state is BatchState.READY, said(given)
    assert given.precheck.encoding_basis == "人工指定"


def test_a_file_is_read_within_the_limits_of_the_city(city, tmp_path):
    path = table(tmp_path, specimen(city))
    narrow = replace(city, reading=Limits(memory_bytes=100 * 1024**2))
    with pytest.raises(ImportRejected, match="内存"):
        staged(narrow, path)
    assert staged(city, path).state is BatchState.READY
