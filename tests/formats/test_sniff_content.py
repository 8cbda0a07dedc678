import pytest
from dirty import (
    geojson,
    points_frame,
    shapefile_folder,
    sparse,
    vrt,
    workbook,
    write_layer,
    zipped,
)

from civgeo.errors import ImportRejected
from civgeo.formats.sniff import FileFormat, sniff


def _text(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda d: write_layer(points_frame(), d / "a.gpkg", "GPKG"), FileFormat.GEOPACKAGE),
        (lambda d: write_layer(points_frame(), d / "a.fgb", "FlatGeobuf"), FileFormat.FLATGEOBUF),
        (lambda d: geojson(d / "a.json"), FileFormat.GEOJSON),
        (lambda d: shapefile_folder(d / "s"), FileFormat.SHAPEFILE),
        (lambda d: (shapefile_folder(d / "s"), zipped(d / "s", d / "s.zip"))[1], FileFormat.ZIP),
        (lambda d: workbook(d / "a.xlsx", {"表": ([["a", "b"]], [])}), FileFormat.XLSX),
        (lambda d: _text(d / "a.csv", "名称,床位\n甲,1\n", "gb18030"), FileFormat.CSV),
        (lambda d: _text(d / "a.csv", "名称\t床位\n甲\t1\n", "utf-16"), FileFormat.CSV),
        (
            lambda d: _text(d / "a", "<?xml version='1.0'?><!-- x --><kml xmlns='k'/>"),
            FileFormat.KML,
        ),
    ],
)
def test_a_file_is_known_by_its_content_under_any_name(tmp_path, make, kind):
    disguised = make(tmp_path)
    path = disguised.rename(tmp_path / "照片.jpg")

    assert sniff(path) is kind


@pytest.mark.parametrize(
    ("make", "seems"),
    [
        (lambda d: vrt(d / "a.geojson", "/etc/hostname"), "OGR VRT"),
        (lambda d: _text(d / "a.csv", "<VRTDataset></VRTDataset>"), "VRT"),
        (lambda d: _text(d / "a.kml", "<!DOCTYPE html><html>"), "网页"),
        (lambda d: _text(d / "a", "<gml:FeatureCollection xmlns:gml='g'/>"), "GML"),
        (lambda d: _text(d / "a.geojson", '{"type":"Topology","objects":{}}'), "TopoJSON"),
        (lambda d: _text(d / "a.geojson", '{"name": 1}'), "不是 GeoJSON"),
        (lambda d: sparse(d / "a.gpkg", 4096), "不是 GeoPackage"),
        (lambda d: _text(d / "a.xls", "\xd0\xcf\x11\xe0", "latin-1"), ".xls"),
        (lambda d: _text(d / "a.csv", "/vsicurl/http://127.0.0.1/x.geojson"), "不是表格"),
        (lambda d: _text(d / "a.csv", ""), "空文件"),
        (lambda d: _text(d / "a.csv", "%PDF-1.7"), "PDF"),
    ],
)
def test_anything_else_is_refused_with_what_it_seems_to_be(tmp_path, make, seems):
    with pytest.raises(ImportRejected, match="看起来是") as refusal:
        sniff(make(tmp_path))

    assert seems in refusal.value.message
    assert "可导入的格式：GeoPackage" in refusal.value.message


def test_a_kml_that_declares_entities_is_refused(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>')

    with pytest.raises(ImportRejected, match="实体声明"):
        sniff(path)
