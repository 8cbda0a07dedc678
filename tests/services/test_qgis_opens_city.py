"""QGIS itself opens the project beside a store; where its Python is installed."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from shapely import MultiPolygon, Point, box

from civgeo.domain.history import Edit
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.store.store import Store
from civgeo.store.tables import LAYERS, Collection
from services.conftest import built

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("qgis_opens.py")
ESTATES = Collection.ESTATES
QGIS = {"QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="module")
def qgis() -> None:
    """Skips where the system's Python has no PyQGIS (package python3-qgis of Debian)."""
    asked = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip("PyQGIS is not installed (apt-get install python3-qgis)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city with one estate that is a point and one of two parts."""
    parts = [box(114, 33, 114.01, 33.01), box(114.1, 33, 114.11, 33.01)]
    with built(tmp_path / "虚构 市 #1", "990100", estates=60) as store:
        with store.read() as reading:
            found = reading.features(ESTATES)
        for id, shape in zip(found.index, (Point(114, 33), MultiPolygon(parts)), strict=False):
            version = int(found.at[id, "version"])
            store.correct(ESTATES, id, {"geometry": shape}, Edit("张三", "测绘"), version)
    return tmp_path / "虚构 市 #1"


def test_qgis_opens_the_project_with_its_names_lists_and_styles_and_can_edit(
    qgis, folder, tmp_path
):
    command = [SYSTEM_PYTHON, SCRIPT, folder / "civgeo.qgs", tmp_path / "map.png"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=os.environ | QGIS, check=True
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    assert (seen["opened"], seen["title"], seen["crs"]) == (True, "虚构市", "EPSG:4490")
    assert [layer["title"] for layer in seen["layers"]] == [
        "民政设施",
        "住宅小区（点）",
        "住宅小区（面）",
        "行政区划",
    ]
    counts = {}
    for layer in seen["layers"]:
        assert layer["valid"]
        assert layer["crs"] == "EPSG:4490"
        collection = layer["id"].split("_")[1]
        counts[collection] = counts.get(collection, 0) + layer["rows"]
        columns = {c.name for c in LAYERS[Collection(collection)].table.columns} - {"geometry"}
        assert set(layer["aliases"]) == columns
        assert all(layer["aliases"].values())
        choices = {p.name: p.choices for p in COLLECTIONS[collection].properties if p.choices}
        assert set(layer["choices"]) == set(choices)
        for name, pairs in layer["choices"].items():
            own = {value: label for pair in pairs for label, value in pair.items()}
            assert own == dict(choices[name])
        assert layer["locked"] == ["fid", "version"]
    kinds = {layer["id"]: layer["kind"] for layer in seen["layers"]}
    assert kinds == {
        "civgeo_facilities_point": "Point",
        "civgeo_estates_point": "Point",
        "civgeo_estates_polygon": "Polygon",
        "civgeo_divisions_multipolygon": "MultiPolygon",
    }
    assert len({tuple(layer["colour"]) for layer in seen["layers"]}) == 3
    assert seen["colours"] > 10
    assert seen["renamed"]["saved"], seen["renamed"]["told"]
    with Store.open(folder) as store, store.read() as reading:
        assert counts == {
            name: len(reading.features(Collection(name), include_closed=True)) for name in counts
        }
        [edit] = reading.outside_edits()
        assert (edit.id, edit.changed) == (seen["renamed"]["id"], ("name",))
        assert reading.verify_history() == ()
