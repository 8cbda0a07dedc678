"""Rounds of joint inspections over HTTP: planned, advanced, listed, guarded."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from api.writable_city import EDIT, serving
from boundary_city import founded
from civgeo.app import create_app
from civgeo.settings import Settings

PLAN = {"round": 5, "first_year": 2023, "last_year": 2027, "edit": EDIT}


@pytest.fixture
def client(tmp_path: Path):
    folder, *_ = founded(tmp_path / "s", "2019-05-20")
    with serving(folder) as made:
        yield made


def ok(answer, status: int = 200) -> dict:
    assert answer.status_code == status, answer.text
    return answer.json()


def seen(version: int) -> dict:
    return EDIT | {"version": version}


def planned(client: TestClient) -> dict:
    ok(client.post("/rounds/plan", json=PLAN))
    return ok(client.get("/rounds?round=5"))["rounds"][0]


def test_a_round_is_planned_started_and_filed(client) -> None:
    first = planned(client)
    assert ok(client.post("/rounds/plan", json=PLAN))["kept"] == ["0221"]
    address = f"/rounds/{first['id']}"
    for version, state in enumerate(("open", "comparing", "reported", "filed"), start=1):
        body = {"on": f"2026-02-{version:02d}", "edit": seen(version)}
        done = ok(client.post(f"{address}/steps/{state}", json=body))
        assert (done["state"], done["version"]) == (state, version + 1)
    assert ok(client.get(address))["filed_on"] == "2026-02-04"
    assert ok(client.get("/rounds?state=filed"))["rounds"][0]["id"] == first["id"]


def test_a_skipped_state_is_422_a_stale_one_412_and_none_428(client) -> None:
    id = planned(client)["id"]
    skipped = client.post(f"/rounds/{id}/steps/filed", json={"edit": seen(1)})
    assert (skipped.status_code, skipped.json()["code"]) == (422, "step_not_open")
    body = {"on": "2026-02-01", "edit": EDIT}
    assert client.post(f"/rounds/{id}/steps/open", json=body).status_code == 428
    stale = client.post(f"/rounds/{id}/steps/open", json=body, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)
    tag = client.get(f"/rounds/{id}").headers["ETag"]
    started = client.post(f"/rounds/{id}/steps/open", json=body, headers={"If-Match": tag})
    assert ok(started)["state_zh"] == "外业中"


def test_a_plan_is_revised_but_not_its_state(client) -> None:
    id = planned(client)["id"]
    body = {"properties": {"due": "2026-10-31", "tolerance_m": 1.0}, "edit": seen(1)}
    assert ok(client.patch(f"/rounds/{id}", json=body))["due"] == "2026-10-31"
    refused = client.patch(
        f"/rounds/{id}", json={"properties": {"state": "filed"}, "edit": seen(2)}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "other_use_case")


def test_a_special_inspection_is_entered_with_its_place(client) -> None:
    body = {"line": "0221", "cause": "road", "due": "2099-01-01", "edit": EDIT}
    made = client.post("/rounds/special", json=body)
    assert ok(made, 201)["cause"] == "道路变化"
    assert made.headers["Location"].endswith(f"/rounds/{made.json()['id']}")
    refused = client.post("/rounds/special", json=body | {"cause": "war"})
    assert refused.status_code == 400


def test_board_overdue_and_calendar_are_given_in_each_form(client) -> None:
    planned(client)
    board = ok(client.get("/rounds/board?round=5"))
    assert (board["lines"][0]["name"], board["years"][0]["planned"]) == ("甲乙线", 1)
    drawn = ok(client.get("/rounds/board?round=5&f=geojson"))
    assert drawn["features"][0]["geometry"]["type"] == "LineString"
    sheet = client.get("/rounds/board?round=5&f=xlsx")
    assert sheet.content[:2] == b"PK"
    late = ok(client.get("/rounds/overdue"))["overdue"]
    assert late[0]["basis"] == "行政区域界线管理条例 国务院令第353号 第12条"
    assert "BEGIN:VEVENT" in client.get("/rounds/calendar.ics").text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_key"),
        ({"round": "5"}, "bad_type"),
        ({"round": 5, "years": {"0221": "2025"}}, "bad_type"),
        ({"round": 5, "leader": "both"}, "bad_value"),
        ({"round": 5, "strange": 1}, "unknown_key"),
        ({"round": 5, "years": {"0221": 2030}, "first_year": 2023, "last_year": 2027}, "bad_year"),
    ],
)
def test_a_plan_that_cannot_be_read_is_400(client, body: dict, code: str) -> None:
    answer = client.post("/rounds/plan", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_an_unknown_round_is_404_and_an_unknown_parameter_400(client) -> None:
    assert client.post("/rounds/plan", json={"round": 8, "edit": EDIT}).status_code == 404
    assert client.get("/rounds/board?round=8").status_code == 404
    assert client.get("/rounds/overdue?x=1").status_code == 400


ROUTES = ["/rounds", "/rounds/board?round=5", "/boundaries/works", "/boundaries/division-changes"]


@pytest.mark.parametrize("address", [*ROUTES, "/boundaries/lists/yearly_checks"])
def test_without_the_token_nothing_is_read(tmp_path: Path, address: str) -> None:
    folder, *_ = founded(tmp_path / "s")
    with serving(folder) as client:
        del client.headers["Authorization"]
        assert client.get(address).status_code == 401
    app = create_app(Settings(store=folder))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as closed:
        assert closed.get(address).json()["code"] == "writing_closed"


def test_the_definition_shows_examples_of_the_requests(client) -> None:
    paths = ok(client.get("/api"))["paths"]
    plan = paths["/rounds/plan"]["post"]["requestBody"]["content"]["application/json"]
    assert plan["example"]["round"] == 5
    work = paths["/boundaries/works"]["post"]["requestBody"]["content"]["application/json"]
    assert work["example"]["kind"] == "move"
