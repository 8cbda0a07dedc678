"""Layout of funeral facilities over HTTP: open coverage, proposals for the bearer."""

import json
from collections.abc import Mapping

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.api.cemetery_layout_examples import COVERED, PROPOSED, PROPOSING
from civgeo.app import create_app
from civgeo.settings import Settings
from funeral_city import cemetery, city_of, station, town_code

WORD = "令牌-for-funerals"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}
OF_THE_DAY = ("on", "lon", "lat", "basis")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("funerals")
    city_of(
        folder,
        [(12, 0), (0, 9), (-7, 0)],
        people={0: 20_000, 1: 30_000, 2: 10_000},
        facilities=[station(1, (12, 0), 0)],
        cemeteries=[cemetery(1, town_code(1))],
    ).store.close()
    settings = Settings(store=folder / "store", write_token=WORD)
    with TestClient(create_app(settings), base_url=BASE) as served:
        yield served


def is_part(example, answer):
    """Whether an answer says all that the example says; the day may differ."""
    if isinstance(example, Mapping):
        return set(example) == set(answer) and all(
            key in OF_THE_DAY or is_part(value, answer[key]) for key, value in example.items()
        )
    if isinstance(example, list):
        return all(any(is_part(each, other) for other in answer) for each in example)
    return example == answer


def test_the_examples_of_the_definition_are_real(client):
    covered = client.get("/cemeteries/layout?on=2026-03-01").json()
    rows = {
        table: [
            {key: row[key] for key in COVERED[table]["rows"][0]} for row in covered[table]["rows"]
        ]
        for table in ("counties", "townships")
    }
    for table, kept in rows.items():
        covered[table]["rows"] = kept
    assert is_part(COVERED, covered)
    found = client.post("/cemeteries/layout", json=PROPOSING, headers=BEARER).json()
    assert is_part(PROPOSED, found)


def test_coverage_is_open_and_a_proposal_is_not(client):
    assert client.get("/cemeteries/layout").status_code == 200
    assert client.post("/cemeteries/layout", json=PROPOSING).status_code == 401


def test_both_answers_are_also_features(client):
    covered = client.get("/cemeteries/layout?f=geojson")
    found = client.post("/cemeteries/layout?f=geojson", json=PROPOSING, headers=BEARER)
    for answer in (covered, found):
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.json()["features"]
    roles = {each["properties"]["role"] for each in found.json()["features"]}
    assert roles == {"chosen", "existing", "township"}


@pytest.mark.parametrize(
    "query",
    [
        "division=4117x",
        "division=411799",
        "on=2026-02-30",
        "min_angle_deg=181",
        "min_angle_deg=NaN",
        "distance=flight",
        "weight=gold",
        "centre=moon",
        "f=png",
        "where=1",
        "weight=ashes&share=2",
    ],
)
def test_bad_addresses_are_refused(client, query):
    answer = client.get(f"/cemeteries/layout?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "changed",
    [
        {"p": 99},
        {"p": True},
        {"p": [2]},
        {"propose": "<img src=x onerror=alert(1)>"},
        {"propose": None},
        {"seconds": 100},
        {"seats": "西平"},
        {"seats": {"411721": [None, 1]}},
        {"division": {"a": 1}},
        {"unknown": 1},
        {"weight": "ashes"},
    ],
)
def test_bad_proposals_are_refused(client, changed):
    answer = client.post("/cemeteries/layout", json=PROPOSING | changed, headers=BEARER)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_streets_that_are_not_there_are_told(client):
    asked = PROPOSING | {"distance": "street"}
    answer = client.post("/cemeteries/layout", json=asked, headers=BEARER)
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_streets"
    assert client.get("/cemeteries/layout?distance=street").status_code == 404


def test_numbers_are_read_as_they_are_written(client):
    raw = json.dumps(PROPOSING).replace('"90"', "90.0000000000000000001").encode()
    headers = BEARER | {"content-type": "application/json"}
    answer = client.post("/cemeteries/layout", content=raw, headers=headers).json()
    assert answer["parameters"]["min_angle_deg"] == "90.0000000000000000001"
