"""Constraint layers over HTTP: for officers, with their features by box."""

from datetime import date

import geopandas as gpd
import pytest
import shapely
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from civgeo.api.cemetery_layer_examples import LAYER
from civgeo.app import create_app
from civgeo.domain.site_features import SiteFeature
from civgeo.services.city import City
from civgeo.services.site_layers import save_site_layer
from civgeo.settings import Settings
from civgeo.store.store import Store

WORD = "令牌-for-layers"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}


@pytest.fixture(scope="module")
def layer(tmp_path_factory):
    folder = fill(tmp_path_factory.mktemp("layers") / "store")
    shapes = [shapely.box(114 + x, 33, 114.01 + x, 33.01) for x in (0, 0.1, 0.2)]
    frame = gpd.GeoDataFrame(
        {"kind": "reservoir", "name": list("甲乙丙")}, geometry=shapes, crs=4490
    )
    with Store.open(folder) as store:
        city = City(store, date(2026, 3, 1))
        meta = save_site_layer(
            city,
            frame,
            None,
            title="水库",
            covers=[SiteFeature.RESERVOIR],
            layer_date=date(2025, 12, 31),
            source="市水利局",
        )
    with TestClient(create_app(Settings(store=folder, write_token=WORD)), base_url=BASE) as client:
        yield client, meta


def test_officers_read_layers_and_others_do_not(layer):
    client, meta = layer

    for path in ("", f"/{meta.digest}", f"/{meta.digest}/features"):
        assert client.get(f"/cemeteries/layers{path}").status_code == 401
    listed = client.get("/cemeteries/layers", headers=BEARER).json()["layers"]

    assert [each["digest"] for each in listed] == [meta.digest]
    assert client.get(f"/cemeteries/layers/{meta.digest[:5]}", headers=BEARER).json() == listed[0]
    assert set(listed[0]) == set(LAYER)
    assert listed[0]["state"] == "used"


def test_features_come_by_box_and_page(layer):
    client, meta = layer

    def names(**query):
        path = f"/cemeteries/layers/{meta.digest}/features"
        answer = client.get(path, params=query, headers=BEARER)
        assert answer.headers["content-type"] == "application/geo+json"
        found = answer.json()
        return found["numberMatched"], [each["properties"]["name"] for each in found["features"]]

    assert names() == (3, ["甲", "乙", "丙"])
    assert names(bbox="114.05,32,114.15,34") == (1, ["乙"])
    assert names(limit=1, offset=1) == (3, ["乙"])
    assert names(bbox="100,30,101,31") == (0, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ffffffffffffffff", 404),
        ("/..%2f..", 404),
        ("/x/features", 404),
        ("?x=1", 400),
        ("/{digest}/features?limit=0", 400),
        ("/{digest}/features?bbox=1,2,3", 400),
    ],
)
def test_what_is_not_there_or_not_meant_is_a_problem(layer, path, status):
    client, meta = layer

    answer = client.get(f"/cemeteries/layers{path.format(digest=meta.digest)}", headers=BEARER)

    assert answer.status_code == status
