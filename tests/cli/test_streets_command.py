import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely import LineString

from osm_specimens import helsinki
from services.import_city import city_in, county


@pytest.fixture
def store(tmp_path):
    city = city_in(tmp_path / "库")
    middle = county(city)
    city.store.close()
    steps = np.arange(4) * 2e-3
    east = [LineString([(middle.x + x, middle.y + y) for x in steps]) for y in steps]
    north = [LineString([(middle.x + x, middle.y + y) for y in steps]) for x in steps]
    loose = [LineString([(middle.x - 0.02, middle.y), (middle.x - 0.01, middle.y)])]
    gpd.GeoDataFrame(geometry=[*east, *north, *loose], crs=4490).to_file(tmp_path / "道路.gpkg")
    affine = Affine(1e-3, 0, middle.x - 0.05, 0, -1e-3, middle.y + 0.05)
    size = {"height": 100, "width": 100, "count": 1, "dtype": "float32"}
    with rasterio.open(
        tmp_path / "高程.tif", "w", driver="GTiff", crs="EPSG:4326", transform=affine, **size
    ) as file:
        file.write(np.linspace(40, 90, 10_000, dtype=np.float32).reshape(1, 100, 100))
    return tmp_path


def test_streets_are_imported_shown_and_changed_back(civgeo, store):
    own = ("--store", str(store / "库"))
    dry = civgeo(*own, "import", str(store / "道路.gpkg"), "--as", "streets", "--dry-run")
    assert (dry.returncode, "没有写入" in dry.stderr) == (0, True)
    none = civgeo(*own, "coverage", "network")
    assert "还没有步行网" in none.stderr

    done = civgeo(*own, "--json", "import", str(store / "道路.gpkg"), "--as", "streets")

    report = json.loads(done.stdout)
    assert (report["written"], report["meta"]["edges"], report["meta"]["parts"]) == (True, 25, 2)
    model = civgeo(*own, "--json", "import", str(store / "高程.tif"), "--as", "dem")
    kept = json.loads(model.stdout)
    assert (kept["crs"], kept["lowest_m"], kept["highest_m"]) == ("EPSG:4326", 40, 90)
    sloped = civgeo(*own, "import", str(store / "道路.gpkg"), "--as", "streets")
    assert "坡度" in sloped.stdout
    assert kept["digest"] in sloped.stdout
    listed = json.loads(civgeo(*own, "--json", "coverage", "network").stdout)
    assert len(listed["networks"]) == 2
    assert listed["current"] != report["meta"]["version"]
    shown = civgeo(*own, "coverage", "network", "--use", report["meta"]["version"], "--renew")
    assert shown.returncode == 0
    assert f"EPSG:{report['meta']['epsg']}" in shown.stdout
    assert "按平地计" in shown.stdout


def test_a_table_of_the_elevation_model_says_its_cells_and_range(civgeo, store):
    shown = civgeo(
        "--store", str(store / "库"), "import", str(store / "高程.tif"), "--as", "dem", "--dry-run"
    )

    assert "40.0 — 90.0" in shown.stdout
    assert "没有写入" in shown.stderr


def test_streets_of_another_city_end_with_the_code_of_a_refusal(civgeo, store):
    done = civgeo("--store", str(store / "库"), "import", str(helsinki()), "--as", "streets")

    assert done.returncode == 3
    assert "全部在本市之外" in done.stderr
