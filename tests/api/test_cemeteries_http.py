"""Cemeteries over HTTP: the answers of the command line, exact numbers, the bureau's own rules."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from civgeo.api.cemetery_examples import CHECKED, CHECKING, DEMANDED, DEMANDING, RULES
from civgeo.app import create_app
from civgeo.domain.cemetery_rule_table import COLUMNS
from civgeo.settings import Settings

WORD = "令牌-for-cemeteries"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}
CONTRACT = Path(__file__).parents[1] / "contract"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = fill(tmp_path_factory.mktemp("cemeteries") / "store")
    with TestClient(create_app(Settings(store=folder, write_token=WORD)), base_url=BASE) as client:
        yield client, folder


@pytest.fixture
def client(served):
    return served[0]


def contract(name):
    """Questions of the contract's file with their answers, both without their ids."""
    pairs = []
    for kind in ("questions", "answers"):
        text = (CONTRACT / f"cemeteries_{name}.{kind}.jsonl").read_text(encoding="utf-8")
        pairs.append([line for line in text.splitlines() if line.strip()])
    for question, answer in zip(*pairs, strict=True):
        given, wanted = json.loads(question), json.loads(answer)
        given.pop("id", None)
        wanted.pop("id", None)
        yield given, wanted


@pytest.mark.parametrize("name", ["check", "demand"])
def test_answers_are_those_of_the_command_line(client, name):
    for question, wanted in contract(name):
        found = client.post(f"/cemeteries/{name}", json=question, headers=BEARER)
        if wanted["status"] == "error":
            assert found.status_code == 400
            assert found.json()["code"] == wanted["code"]
        elif wanted["status"] != "unverified":
            assert found.json() == wanted


def test_the_examples_of_the_definition_are_real(client):
    found = client.post("/cemeteries/check", json=CHECKING, headers=BEARER).json()
    assert found["meets"] == CHECKED["meets"]
    assert CHECKED["findings"][0] in found["findings"]
    assert set(CHECKED["not_given"]) <= set(found["not_given"])
    assert set(found) == set(CHECKED)
    assert client.post("/cemeteries/demand", json=DEMANDING, headers=BEARER).json() == DEMANDED
    assert RULES["rules"][0] in client.get("/cemeteries/rules").json()["rules"]


def test_numbers_are_read_exactly_and_not_as_doubles(client):
    raw = b'{"division": "411702", "on": "2026-03-29", "plots": [{"kind": "single", "m2": %s}]}'
    verdicts = []
    for number in (b"1.00000000000000000", b"1.00000000000000001"):
        headers = BEARER | {"content-type": "application/json"}
        answer = client.post("/cemeteries/check", content=raw % number, headers=headers)
        verdicts.append(answer.json()["meets"]["legal"])
    assert verdicts == [True, False]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b"[" * 50_000, 400),
        (b'{"division": "4117", "area_mu": NaN}', 400),
        (b'{"division": "4117", "area_mu": 1e99999999999999999999}', 400),
        (b'{"division": "4117", "division": "4113"}', 400),
        (b'{"division": "4117", "area_mu": true}', 400),
        (b'"' + b"x" * 1_000_001 + b'"', 413),
    ],
)
def test_what_cannot_be_read_is_a_problem_document(client, content, status):
    headers = BEARER | {"content-type": "application/json"}
    answer = client.post("/cemeteries/check", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_only_the_bearer_asks_and_only_json_is_read(client):
    assert client.post("/cemeteries/check", json=CHECKING).status_code == 401
    assert client.post("/cemeteries/demand", json=DEMANDING).status_code == 401
    headers = BEARER | {"content-type": "text/plain"}
    assert client.post("/cemeteries/check", content=b"{}", headers=headers).status_code == 415


def test_missing_texts_are_listed_with_the_verdicts_that_wait(client):
    found = client.get("/cemeteries/rules?missing=true&division=411702&on=2026-04-01").json()
    (text,) = found["rules"]
    assert text["regulation"] == "殡葬管理条例"
    assert {"topic": "distance", "label_zh": "距离"} in text["waiting"]
    assert (
        client.get("/cemeteries/rules?missing=true&division=411702&on=2026-03-29").json()["rules"]
        == []
    )


def test_rules_are_listed_by_day_and_place_and_bad_questions_refused(client):
    every = client.get("/cemeteries/rules").json()["rules"]
    here = client.get("/cemeteries/rules?division=4117&on=2026-03-29").json()["rules"]
    assert 0 < len(here) < len(every)
    assert {rule["place"] for rule in here} == {"全国", "河南省", "驻马店市"}
    assert not all(rule["enabled"] for rule in every)
    for query in ("division=41170", "on=2026-02-30", "missing=perhaps", "place=4117"):
        assert client.get(f"/cemeteries/rules?{query}").status_code == 400


def test_rules_of_the_bureau_are_in_force_at_once(served):
    client, folder = served
    row = dict.fromkeys(COLUMNS, "") | {
        "id": "henan_funeral_26_4",
        "topic": "distance",
        "subjects": "trunk_road",
        "place": "河南省",
        "adcode": "410000",
        "regulation": "河南省殡葬管理办法",
        "quantity": "两侧",
        "operator": ">=",
        "value": "1500",
        "unit": "m",
        "force": "legal",
        "evidence": "S",
    }
    place = folder / "own" / "rules" / "cemetery_rules.csv"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    question = {"division": "411702", "on": "2026-03-29", "distances_m": {"trunk_road": 1200}}
    try:
        found = client.post("/cemeteries/check", json=question, headers=BEARER).json()
        place.write_text("id,topic\n1,2\n", encoding="utf-8")
        broken = client.post("/cemeteries/check", json=question, headers=BEARER)
    finally:
        place.unlink()
    assert found["meets"]["legal"] is False
    assert "本局修订" in found["edition"]
    assert broken.json()["code"] == "own_file_broken"
