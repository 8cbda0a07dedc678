"""QGIS itself opens the project of a field package; where its Python is installed."""

import json
import os
import subprocess
from pathlib import Path

import pyogrio
import pytest

from field_specimens import specimen_package

SYSTEM_PYTHON = "/usr/bin/python3"
QGIS = {"QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "ignore"}
SCRIPT = """
import json, sys
from qgis.core import QgsApplication, QgsFeature, QgsProject, QgsVectorLayerUtils
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
opened = project.read(sys.argv[1])
layers = {node.layer().id(): node.layer() for node in project.layerTreeRoot().findLayers()}
told = {}
for id, layer in layers.items():
    names = [field.name() for field in layer.fields()]
    widgets = [layer.editorWidgetSetup(place) for place in range(len(names))]
    told[id] = {
        "valid": layer.isValid(), "title": layer.name(), "rows": layer.featureCount(),
        "aliases": {name: layer.attributeAlias(place) for place, name in enumerate(names)},
        "choices": {names[place]: [label for pair in widget.config()["map"] for label in pair]
                    for place, widget in enumerate(widgets) if widget.type() == "ValueMap"},
        "locked": [n for place, n in enumerate(names) if layer.editFormConfig().readOnly(place)],
    }
markers, photos = layers["civgeo_field_markers"], layers["civgeo_field_photos"]
first = next(markers.getFeatures())
markers.startEditing()
markers.changeAttributeValue(first.id(), markers.fields().indexOf("state"), "damaged")
saved = markers.commitChanges()
photos.startEditing()
row = QgsVectorLayerUtils.createFeature(photos)
row["marker"], row["slot"], row["file_name"] = first["id"], "near", "1.jpg"
photos.addFeature(row)
saved = photos.commitChanges() and saved
[relation] = project.relationManager().relations().values()
related = list(relation.getRelatedFeatures(first))
told["relation"] = [relation.isValid(), relation.name(), len(related)]
sys.stdout.write(json.dumps({"opened": opened, "saved": saved, "layers": told}) + "\\n")
"""


@pytest.fixture(scope="module")
def qgis() -> None:
    """Skips where the system's Python has no PyQGIS (package python3-qgis of Debian)."""
    asked = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("PyQGIS is not installed (apt-get install python3-qgis)")


def test_qgis_opens_the_project_shows_lists_and_photos_and_saves_answers(qgis, tmp_path):
    package = specimen_package()
    for name in ("field.gpkg", "field.qgs"):
        (tmp_path / name).write_bytes(package.files[name])
    command = [SYSTEM_PYTHON, "-c", SCRIPT, tmp_path / "field.qgs"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=os.environ | QGIS, check=True
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    assert (seen["opened"], seen["saved"]) == (True, True)
    relation = seen["layers"].pop("relation")
    assert relation == [True, "界桩照片", 1]
    assert {layer["title"]: layer["rows"] for layer in seen["layers"].values()} == {
        "界桩": 24,
        "界线段": 22,
        "界线（记录方、坐标系在此填写）": 1,
        "照片": 0,
    }
    for layer in seen["layers"].values():
        assert layer["valid"]
        assert all(layer["aliases"].values())
        assert {"fid", "id"} <= set(layer["locked"])
    markers = seen["layers"]["civgeo_field_markers"]
    assert markers["choices"]["state"] == ["完好", "字迹不清", "损坏", "移位", "丢失"]
    assert "state" not in markers["locked"]
    assert "number" in markers["locked"]
    kept = pyogrio.read_dataframe(tmp_path / "field.gpkg", layer="markers")
    assert kept["state"].dropna().tolist() == ["damaged"]
    [photo] = pyogrio.read_dataframe(tmp_path / "field.gpkg", layer="photos").to_dict("records")
    assert (photo["slot"], photo["file_name"], len(photo["id"])) == ("near", "1.jpg", 36)
