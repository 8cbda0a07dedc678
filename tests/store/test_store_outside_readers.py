"""Other programs on a closed store: always in a process of their own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shapely import MultiPolygon, box

from civgeo.store.store import Store
from civgeo.store.tables import Collection

SYSTEM_PYTHON = "/usr/bin/python3"
VALIDATOR = "osgeo_utils.samples.validate_gpkg"
NAME = "<img src=x onerror=alert(1)> `${1}` =1+1 \U00020bb7小区"


@pytest.fixture
def closed(store: Store, divisions, estates, facilities) -> Path:
    with store.write() as writing:
        writing.add_divisions(
            divisions(
                {"id": "411702", "code": "411702", "valid_from": "2000-12-31"},
                {"id": "411702001", "code": "411702001", "level": "township", "geometry": None},
            )
        )
        holes = MultiPolygon([box(114, 33, 115, 34).difference(box(114.2, 33.2, 114.3, 33.3))])
        writing.add_estates(estates({"id": "e1", "name": NAME, "geometry": holes}, {"id": "e2"}))
        writing.add_facilities(facilities({"id": "f", "estate": "e1", "opened": "2021-05-01"}))
    store.close()
    return store.file


def test_a_closed_store_is_one_file(closed):
    assert [path.name for path in closed.parent.iterdir()] == ["civgeo.gpkg"]


def test_a_store_that_was_only_read_is_one_file_after_closing(closed):
    with Store.open(closed.parent) as opened, opened.read() as reading:
        reading.register()
    assert [path.name for path in closed.parent.iterdir()] == ["civgeo.gpkg"]


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="GDAL's own Python is not installed")
def test_gdal_s_validator_accepts_the_store(closed):
    found = subprocess.run(
        [SYSTEM_PYTHON, "-m", VALIDATOR, "-k", "--extra", closed],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_gdal_reads_every_layer_with_its_types_and_system(closed):
    script = (
        "import json, sys, pyogrio\n"
        "out = {}\n"
        "for layer, _ in pyogrio.list_layers(sys.argv[1]):\n"
        "    info = pyogrio.read_info(sys.argv[1], layer=layer)\n"
        "    out[layer] = [info['features'], info['crs'], info['geometry_type']]\n"
        "box = (114.5, 33.5, 116, 35)\n"
        "frame = pyogrio.read_dataframe(sys.argv[1], layer='estates', bbox=box)\n"
        "out['names'] = frame['name'].tolist()\n"
        "out['area'] = frame.geometry.area.sum()\n"
        "print(json.dumps(out))\n"
    )
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, closed],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = json.loads(found.stdout)
    assert told["divisions"] == [2, "EPSG:4490", "MultiPolygon"]
    assert told["estates"] == [2, "EPSG:4490", "Unknown"]
    assert told["facilities"] == [1, "EPSG:4490", "Point"]
    assert told["register"][0] == 1
    assert told["names"] == [NAME]
    assert told["area"] == pytest.approx(0.99)


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="GDAL's own Python is not installed")
def test_an_edit_by_gdal_keeps_the_store_valid_and_readable(closed):
    script = (
        "import sys; from osgeo import ogr; ogr.UseExceptions()\n"
        "data = ogr.Open(sys.argv[1], 1); layer = data.GetLayerByName('estates')\n"
        "feature = layer.GetFeature(2)\n"
        "feature.SetGeometry(ogr.CreateGeometryFromWkt('POINT (116 35)'))\n"
        "feature.SetField('name', '新名'); layer.SetFeature(feature)\n"
    )
    subprocess.run([SYSTEM_PYTHON, "-c", script, closed], check=True, timeout=60)
    moved = (115.9, 34.9, 116.1, 35.1)
    with Store.open(closed.parent) as opened, opened.read() as reading:
        assert reading.features(Collection.ESTATES, bbox=moved).empty
        assert reading.feature(Collection.ESTATES, "e2")["name"].item() == "阳光小区"
        [edit] = reading.outside_edits()
        assert (edit.id, edit.changed) == ("e2", ("name", "geometry"))
    subprocess.run([SYSTEM_PYTHON, "-m", VALIDATOR, "-k", closed], check=True, timeout=60)
