"""The structure of the project file, also where QGIS is not at hand to open it."""

from xml.etree import ElementTree as ET

from civgeo.store.qgis_project import LayerLook, qgis_project, write_qgis_project
from civgeo.store.tables import LAYERS, Collection

LOOKS = {
    Collection.DIVISIONS: LayerLook("行政区划", "220,220,220,120", {"name": "名称"}, {}),
    Collection.ESTATES: LayerLook(
        "小区 <&>", "200,160,90,200", {"stage": "交付阶段"}, {"stage": {"built": "已建成"}}
    ),
    Collection.FACILITIES: LayerLook("设施", "30,90,160,255", {}, {}),
}


def test_the_project_names_every_layer_of_the_store_by_a_relative_path(store):
    target = write_qgis_project(store.file, "驻马店市", LOOKS)
    assert target == store.file.with_suffix(".qgs")
    root = ET.parse(target).getroot()  # noqa: S314 our own file
    assert (root.tag, root.findtext("title")) == ("qgis", "驻马店市")
    layers = root.findall("projectlayers/maplayer")
    names = ["facilities", "estates", "estates", "divisions"]
    assert [layer.findtext("id").split("_")[1] for layer in layers] == names
    for layer in layers:
        path, name, *kind = layer.findtext("datasource").split("|")
        assert (target.parent / path).resolve() == store.file.resolve()
        assert name == f"layername={layer.findtext('id').split('_')[1]}"
        assert kind == ([f"geometrytype={layer.get('wkbType')}"] if "estates" in name else [])
        assert layer.findtext("srs/spatialrefsys/authid") == "EPSG:4490"
    tree = [node.get("id") for node in root.findall("layer-tree-group/layer-tree-layer")]
    assert tree == [layer.findtext("id") for layer in layers]


def test_columns_have_chinese_aliases_and_closed_lists_have_their_values():
    root = ET.fromstring(qgis_project("civgeo.gpkg", "x", LOOKS))  # noqa: S314 our own file
    estates = root.find("projectlayers/maplayer[id='civgeo_estates_polygon']")
    assert estates.findtext("layername") == "小区 <&>（面）"
    fields = [field.get("name") for field in estates.findall("fieldConfiguration/field")]
    assert fields == [c.name for c in LAYERS[Collection.ESTATES].table.c if c.name != "geometry"]
    aliases = {a.get("field"): a.get("name") for a in estates.findall("aliases/alias")}
    assert aliases["stage"] == "交付阶段"
    widget = estates.find("fieldConfiguration/field[@name='stage']/editWidget")
    assert widget.get("type") == "ValueMap"
    [pair] = widget.findall("config/Option/Option/Option/Option")
    assert (pair.get("name"), pair.get("value")) == ("已建成", "built")
    locked = [f.get("name") for f in estates.findall("editable/field[@editable='0']")]
    assert locked == ["fid", "version"]
