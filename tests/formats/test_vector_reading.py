import zipfile

import geopandas as gpd
import pytest
from dirty import (
    NAMES,
    POINTS,
    bow_tie,
    geojson,
    points_frame,
    shapefile_folder,
    write_layer,
    zipped,
)
from shapely.geometry import LineString, Point

from civgeo.errors import ImportRejected
from civgeo.formats.facts import Basis, ColumnKind, ReadRequest
from civgeo.formats.findings import Finding
from civgeo.formats.jail import read_file, with_error_column


def _read(path, tmp_path, **request):
    return read_file(path, tmp_path / "staging", ReadRequest(**request))


def _parquet(path):
    points_frame().to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("make", "crs", "basis"),
    [
        (lambda d: write_layer(points_frame(), d / "a.gpkg", "GPKG"), "EPSG:4490", Basis.DECLARED),
        (
            lambda d: write_layer(points_frame(), d / "a.fgb", "FlatGeobuf"),
            "EPSG:4490",
            Basis.DECLARED,
        ),
        (lambda d: _parquet(d / "a"), "EPSG:4490", Basis.DECLARED),
        (lambda d: shapefile_folder(d / "s"), "EPSG:4490", Basis.DECLARED),
        (
            lambda d: write_layer(points_frame(4326), d / "a.kml", "LIBKML"),
            "EPSG:4326",
            Basis.FORMAT,
        ),
        (
            lambda d: write_layer(points_frame(4326), d / "a.geojson", "GeoJSON"),
            "EPSG:4326",
            Basis.DECLARED,
        ),
    ],
)
def test_every_layer_format_gives_its_points_and_says_how_the_crs_is_known(
    tmp_path, make, crs, basis
):
    checked = _read(make(tmp_path), tmp_path)

    frame = checked.frame()
    assert (checked.facts.crs, checked.facts.crs_basis) == (crs, basis)
    assert frame.crs == crs
    assert set(frame.geometry) == set(POINTS)
    assert frame.index.tolist() == [1, 2]
    assert checked.facts.geometry_types == ("Point",)


def test_four_byte_characters_survive_every_format(tmp_path):
    makers = (
        lambda d: write_layer(points_frame(), d / "a.gpkg", "GPKG"),
        lambda d: write_layer(points_frame(), d / "a.fgb", "FlatGeobuf"),
        lambda d: write_layer(points_frame(4326), d / "a.geojson", "GeoJSON"),
        lambda d: _parquet(d / "a.parquet"),
    )
    for make in makers:
        frame = _read(make(tmp_path), tmp_path).frame()
        assert set(frame["名称"]) == set(NAMES)
    for encoding in ("GB18030", "UTF-8"):
        path = shapefile_folder(tmp_path / encoding, encoding=encoding, names=NAMES)
        assert _read(path, tmp_path).frame()["名称"].tolist() == NAMES


def test_a_shapefile_without_cpg_is_gb18030_by_its_content_with_a_preview(tmp_path):
    checked = _read(shapefile_folder(tmp_path / "s"), tmp_path)

    facts = checked.facts
    assert (facts.encoding, facts.encoding_basis) == ("GB18030", Basis.DETECTED)
    assert facts.preview == ("名称", "老街街道", "灈阳街道")
    assert checked.frame()["名称"].tolist() == ["老街街道", "灈阳街道"]


def test_a_cpg_that_the_content_contradicts_is_not_believed(tmp_path):
    path = shapefile_folder(tmp_path / "s")
    path.with_suffix(".cpg").write_text("UTF-8")

    facts = _read(path, tmp_path).facts

    assert facts.encoding_basis is Basis.DETECTED
    assert facts.notes == ("文件声明的编码 utf-8 与内容不符，已按 gb18030 读取",)


def test_a_character_cut_at_the_end_of_a_field_is_a_finding_and_the_rest_survives(tmp_path):
    path = shapefile_folder(tmp_path / "s", names=["老街街道", "灈阳街"])
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    whole = "老街街道".encode("gb18030")
    at = dbf.index(whole)
    width = dbf[32 + 16]
    street = "街".encode("gb18030")
    filled = b"a" * (1 - width % 2) + street * ((width - 1) // 2) + street[:1]
    dbf[at : at + width] = filled
    path.with_suffix(".dbf").write_bytes(dbf)

    checked = _read(path, tmp_path)

    assert checked.frame()["名称"].iloc[1] == "灈阳街"
    assert [item.row for item in checked.facts.findings] == [1]


def test_a_shapefile_without_prj_has_no_crs_to_be_asked_for(tmp_path):
    checked = _read(shapefile_folder(tmp_path / "s", prj=False), tmp_path)

    assert (checked.facts.crs, checked.facts.crs_basis) == (None, Basis.UNKNOWN)
    assert checked.frame().crs is None


def test_a_shapefile_alone_names_what_is_missing(tmp_path):
    path = shapefile_folder(tmp_path / "s")
    path.with_suffix(".dbf").unlink()

    with pytest.raises(ImportRejected, match=r"缺少 \.dbf 文件.*打成 zip"):
        _read(path, tmp_path)


def test_a_zipped_shapefile_with_names_in_gb18030_is_read(tmp_path):
    shapefile_folder(tmp_path / "s")
    path = zipped(tmp_path / "s", tmp_path / "a.zip", gbk_names=True)

    checked = _read(path, tmp_path)

    assert checked.facts.notes == ("读取了压缩文件里的 设施.shp",)
    assert checked.facts.crs == "EPSG:4490"
    assert len(checked.frame()) == 2


def test_a_kmz_is_read(tmp_path):
    kml = write_layer(points_frame(4326), tmp_path / "a.kml", "LIBKML")
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as container:
        container.write(kml, "doc.kml")

    assert _read(tmp_path / "a.kmz", tmp_path).facts.rows == 2


def test_a_bow_tie_is_a_finding_with_its_place_and_is_not_repaired(tmp_path):
    shapes = [Point(114, 33).buffer(0.01), bow_tie(), None]
    frame = gpd.GeoDataFrame({"n": ["a", "b", "c"]}, geometry=shapes, crs=4490)

    checked = _read(write_layer(frame, tmp_path / "a.gpkg", "GPKG"), tmp_path)

    facts = checked.facts
    assert [(item.row, item.column) for item in facts.findings] == [(2, "")]
    assert facts.findings[0].message == (
        "图形自相交，位于 114.05，33.05：请在制图软件中改正，系统不会自行修补界线"
    )
    assert checked.frame().geometry.loc[2].equals_exact(bow_tie(), 0)
    assert "1 个要素没有图形" in facts.notes


def test_heights_are_dropped_and_types_are_told(tmp_path):
    frame = gpd.GeoDataFrame(
        {"n": [1, None], "flag": [True, False]},
        geometry=[Point(114, 33, 50), LineString([(179, 1), (-179, 1)])],
        crs=4326,
    )

    checked = _read(write_layer(frame, tmp_path / "a.gpkg", "GPKG"), tmp_path)

    facts = checked.facts
    assert facts.geometry_types == ("LineString", "Point")
    assert facts.notes == ("1 个要素带有高程或量测值，只保留平面坐标",)
    assert [column.kind for column in facts.columns][1] is ColumnKind.BOOLEAN
    assert not checked.frame().geometry.has_z.any()


def test_several_layers_are_asked_for(tmp_path):
    path = write_layer(points_frame(), tmp_path / "a.gpkg", "GPKG", layer="小区")
    write_layer(points_frame(), path, "GPKG", layer="设施")

    asked = _read(path, tmp_path).facts
    read = _read(path, tmp_path, layer="设施").facts

    assert asked.must_choose
    assert [(layer.name, layer.rows) for layer in asked.layers] == [("小区", 2), ("设施", 2)]
    assert (read.layer, read.rows) == ("设施", 2)


def test_geojson_in_gb18030_is_read(tmp_path):
    path = geojson(tmp_path / "a.geojson")
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))

    checked = _read(path, tmp_path)

    assert checked.facts.encoding == "GB18030"
    assert (checked.facts.crs, checked.facts.crs_basis) == ("EPSG:4326", Basis.FORMAT)
    assert checked.frame()["name"].tolist() == [NAMES[0]]


def test_the_findings_of_a_layer_come_as_a_list(tmp_path):
    path = geojson(tmp_path / "a.geojson")
    findings = [Finding(1, "name", "=1+1", "名称不能是公式")]

    text = with_error_column(path, _read(path, tmp_path), findings).decode("utf-8-sig")

    assert text.splitlines() == ["要素序号,字段,值,类别,说明", "1,name,'=1+1,错误,名称不能是公式"]
