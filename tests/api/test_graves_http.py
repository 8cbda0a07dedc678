"""Scattered graves over HTTP: officers only, at once or as a job, in every form."""

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.settings import Settings
from grave_city import founded, ridge

WORD = "令牌-for-graves"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graves-http") / "store"
    founded(folder, heights=ridge()).store.close()
    settings = Settings(store=folder, write_token=SecretStr(WORD))
    with TestClient(create_app(settings), base_url=BASE) as served:
        yield served


def test_an_officer_gets_the_list_and_the_public_nothing(client):
    answer = client.get("/cemeteries/graves", headers=BEARER)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["sums"]["to_move"] == {"places": 4, "graves": 9}
    for refused in (
        client.get("/cemeteries/graves"),
        client.post("/cemeteries/graves", json={}),
        client.get("/cemeteries/graves", headers={"Authorization": "Bearer no"}),
    ):
        assert refused.status_code == 401
        assert "a-near" not in refused.text


def test_the_register_of_graves_stays_closed(client):
    assert client.get("/collections/graves/items").status_code in (401, 403, 404)
    assert "a-near" not in client.get("/collections/graves/items").text
    assert "graves" not in {each["id"] for each in client.get("/collections").json()["collections"]}


def test_other_forms_and_parameters(client):
    asked = {"max_m": "1000", "roads": "trunk_road", "divide": "true"}
    drawn = client.get("/cemeteries/graves", params=asked | {"f": "geojson"}, headers=BEARER)
    assert drawn.json()["about"]["parameters"]["max_m"] == "1000"
    sheet = client.get("/cemeteries/graves", params={"f": "xlsx"}, headers=BEARER)
    assert sheet.content.startswith(b"PK")
    assert "graves.xlsx" in sheet.headers["content-disposition"]
    for bad in ({"max_m": "0"}, {"roads": "lane"}, {"f": "csv"}, {"where": "1"}):
        refused = client.get("/cemeteries/graves", params=bad, headers=BEARER)
        assert refused.status_code == 400
        assert refused.json()["detail"]
    nobody = client.get("/cemeteries/graves", params={"division": "990121"}, headers=BEARER)
    assert nobody.status_code == 404


def test_a_long_question_becomes_a_job(client):
    long = {"max_m": "20000", "every_m": "5"}
    refused = client.get("/cemeteries/graves", params=long, headers=BEARER)
    assert refused.status_code == 400
    assert "POST" in refused.json()["detail"]
    queued = client.post("/cemeteries/graves", json=long, headers=BEARER)
    assert queued.status_code == 202
    told = client.get(queued.headers["location"], headers=BEARER).json()
    assert (told["kind"], told["state"]) == ("graves", "queued")
    assert client.get(queued.headers["location"]).status_code == 401
    assert client.delete(queued.headers["location"], headers=BEARER).status_code == 200
    assert client.post("/cemeteries/graves", json={"x": 1}, headers=BEARER).status_code == 400
