import json

import pytest

from services.import_city import city_in, divisions_of
from site_layer_files import layer_file, reservoirs, survey


@pytest.fixture
def store(tmp_path):
    city = city_in(tmp_path / "库")
    divisions = divisions_of(city)
    city.store.close()
    layer_file(tmp_path / "水库.gpkg", reservoirs(divisions))
    county = divisions[divisions["level"] == "county"].geometry.iloc[0]
    layer_file(tmp_path / "地类.gpkg", survey(county))
    return tmp_path


GIVEN = ("--date", "2025-12-31", "--source", "市水利局")


def test_layers_are_imported_listed_hidden_and_brought_back(civgeo, store):
    own = ("--store", str(store / "库"), "cemeteries")
    none = civgeo(*own, "layers")
    assert (none.returncode, "还没有图层" in none.stderr) == (0, True)
    ponds = (*own, "layer", str(store / "水库.gpkg"), "--kind", "水库", *GIVEN)
    dry = civgeo(*ponds, "--dry-run")
    assert (dry.returncode, "没有写入" in dry.stderr) == (0, True)
    assert "还没有图层" in civgeo(*own, "layers").stderr

    done = civgeo(*ponds)
    land = ("layer", str(store / "地类.gpkg"), "--kind-column", "DLBM", "--title", "变更调查")
    classes = civgeo("--json", *own, *land, *GIVEN)

    assert done.returncode == 0
    assert "按全域完整处理" in done.stdout
    meta = json.loads(classes.stdout)
    assert (meta["title"], meta["covers_zh"], meta["written"]) == ("变更调查", "地类", True)
    assert meta["has_extent"]
    listed = json.loads(civgeo("--json", *own, "layers").stdout)["layers"]
    assert {each["state"] for each in listed} == {"used"}
    shown = civgeo(*own, "layers", "--hide", meta["digest"][:6]).stdout
    assert "已隐藏" in shown
    assert "变更调查" in shown
    assert "已隐藏" not in civgeo(*own, "layers", "--show", meta["digest"]).stdout


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "写且只写一项"),
        (("--kind", "水库", "--own-distance", "5"), 2, "写且只写一项"),
        (("--kind", "月面"), 3, "reservoir（水库）"),
        (("--kind", "水库", "--date", "2025/12/31"), 3, "--date"),
        (("--kind-column", "没有"), 3, "现有：名称"),
    ],
)
def test_what_cannot_be_meant_is_refused(civgeo, store, options, code, said):
    own = ("--store", str(store / "库"), "cemeteries", "layer", str(store / "水库.gpkg"))

    found = civgeo(*own, *GIVEN, *options)

    assert found.returncode == code
    assert said in found.stderr
