"""Reach, why and service areas over HTTP."""

import json

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.settings import Settings
from walking_city import HOSTILE, KIND, founded


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walking") / "store"
    founded(folder).store.close()
    with TestClient(create_app(Settings(store=folder)), base_url=BASE) as served:
        yield served


def test_reach_as_json_geojson_and_spreadsheet(client):
    answer = client.get(f"/coverage/reach?kind={KIND}").json()
    assert (answer["numerator"], answer["denominator"]) == (100, 190)
    assert [unit["name"] for unit in answer["units"]] == ["甲区", "乙县"]
    missed = client.get(f"/coverage/reach?kind={KIND}&f=geojson")
    assert missed.headers["content-type"] == "application/geo+json"
    assert [one["properties"]["people"] for one in missed.json()["features"]] == [50, 20, 10, 7, 3]
    sheet = client.get(f"/coverage/reach?kind={KIND}&f=xlsx")
    assert sheet.content[:2] == b"PK"


def test_more_kinds_and_elders(client):
    both = client.get(f"/coverage/reach?kind={KIND},meal_point&people=elders").json()
    assert both["kinds"] == [KIND, "meal_point"]
    assert both["numerator"] == 50 + 10 + 5


def test_why_of_an_estate_and_of_a_point(client):
    answer = client.get(f"/coverage/why?kind={KIND}&estate=behind").json()
    assert answer["reason"] == "barrier"
    assert answer["barrier"] == {"name": HOSTILE, "kind": "river"}
    assert answer["crossing"]["line"]["type"] == "LineString"
    assert answer["route"]["type"] == "LineString"
    lon, lat = answer["route"]["coordinates"][-1]
    there = client.get(f"/coverage/why?kind={KIND}&lon={lon}&lat={lat}").json()
    assert there["reached"] is True
    assert there["nearest"]["distance_m"] == pytest.approx(0, abs=0.2)


def test_service_areas_are_for_the_eye(client):
    answer = client.get(f"/service-areas?kind={KIND}&facility=f1&minutes=5,15").json()
    assert [one["properties"]["minutes"] for one in answer["features"]] == [15, 5]
    assert "仅供查看" in answer["about"]["note"]
    assert json.dumps(answer)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("/coverage/reach", "missing_parameter"),
        ("/coverage/reach?kind=school", "bad_kind"),
        (f"/coverage/reach?kind={KIND}&minutes=0", "bad_number"),
        (f"/coverage/reach?kind={KIND}&minutes=NaN", "bad_number"),
        (f"/coverage/reach?kind={KIND}&speed=-1", "bad_number"),
        (f"/coverage/reach?kind={KIND}&where=1", "unknown_parameter"),
        (f"/coverage/why?kind={KIND}", "no_place"),
        (f"/service-areas?kind={KIND}&minutes=1,2,3,4,5,6,7", "too_many_rings"),
    ],
)
def test_bad_questions_are_told(client, query, code):
    answer = client.get(query)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert code in (answer.json()["code"], "missing_parameter")


def test_unknown_places_are_not_found(client):
    assert client.get(f"/coverage/why?kind={KIND}&estate=none").status_code == 404
    assert client.get(f"/service-areas?kind={KIND}&facility=f3").status_code == 404
