"""Scenarios over HTTP: answers, saved lists of edits, who may read and write them."""

import io

import orjson
import pytest
from openpyxl import load_workbook

from api.writable_city import BEARER, serving
from scenario_city import fill, lon_lat

EDIT = {"actor": "张三", "document": "驻民〔2026〕1号"}
HOSTILE = "<script>alert(1)</script>'; DROP TABLE estates --"
ADD = {"action": "add", "kind": "meal_point", "name": HOSTILE, **lon_lat(300, 300)}
CLOSE = {"action": "close", "facility": "f0"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with serving(fill(tmp_path_factory.mktemp("town") / "store")) as client:
        yield client


@pytest.fixture
def visitor(client):
    """The same client without the token."""
    token = client.headers.pop("Authorization")
    yield client
    client.headers["Authorization"] = token


def saved(client, **given):
    body = {"name": "方案", "edits": [ADD], "edit": EDIT, **given}
    answer = client.post("/scenarios", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def asked(client, edits, **given):
    return client.post("/scenarios/answer", json={"edits": edits, **given})


def test_edits_are_answered_without_a_token_and_nothing_is_saved(visitor):
    answer = asked(visitor, [ADD, CLOSE], level="township", minutes=10, people="elders")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    (part,) = found["reach"]
    assert (found["minutes"], found["people"], found["limit_m"]) == ("10", "elders", 600.0)
    assert sum(part["contributions"]) == part["reached_after"] - part["reached_before"]
    assert sum(unit["gained"] for unit in part["units"]) == part["gained"]
    assert {place["id"] for place in part["lost_places"]} >= set()
    assert visitor.get("/scenarios").json() == {"scenarios": []}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing_key"),
        ({"edits": "x"}, "missing_key"),
        ({"edits": [{"action": "close", "facility": f"f{n}"} for n in range(1_001)]}, "bad_edits"),
        ({"edits": [{**ADD, "kind": "casino"}]}, "bad_edits"),
        ({"edits": [{**ADD, "lon": "NaN"}]}, "bad_edits"),
        ({"edits": [CLOSE, CLOSE]}, "bad_edits"),
        ({"edits": [], "kinds": ["casino"]}, "bad_kind"),
        ({"edits": [], "kinds": "meal_point"}, "bad_type"),
        ({"edits": [], "minutes": -1}, "bad_number"),
        ({"edits": [], "speed": "1e999999999"}, "bad_number"),
        ({"edits": [], "people": "cats"}, "bad_value"),
        ({"edits": [], "level": "estate"}, "bad_level"),
        ({"edits": [], "on": "2026-02-30"}, "bad_date"),
        ({"edits": [], "more": 1}, "unknown_key"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(client, body, code):
    answer = client.post("/scenarios/answer", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_numbers_that_are_none_are_no_json(client):
    answer = client.post(
        "/scenarios/answer",
        content=b'{"edits": [{"action": "add", "lon": NaN}]}',
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")


def test_a_thousand_edits_are_answered(client):
    edits = [{**ADD, **lon_lat(n, 2 * n % 1_500)} for n in range(1_000)]
    (part,) = asked(client, edits).json()["reach"]
    assert len(part["contributions"]) == 1_000
    assert part["lost"] == 0


def test_a_scenario_lives_from_its_saving_to_its_closing(client):
    found = saved(client, name=HOSTILE, purpose="比选")
    home = f"/scenarios/{found['id']}"
    shown = client.get(home)
    assert shown.json() == found
    assert found["name"] == HOSTILE
    assert found["created_by"] == "张三"
    renamed = {"name": "新名", "edits": [ADD, CLOSE], "edit": EDIT}
    assert client.put(home, json=renamed).status_code == 428
    assert client.put(home, json=renamed, headers={"If-Match": '"9"'}).status_code == 412
    changed = client.put(home, json=renamed, headers={"If-Match": shown.headers["etag"]})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert [edit["action"] for edit in changed.json()["edits"]] == ["add", "close"]
    assert client.delete(home).status_code == 428
    assert client.delete(home, params={"version": 2, "actor": "张三"}).status_code == 204
    assert client.get(home).status_code == 404
    assert client.get(f"{home}/answer").status_code == 404


def test_an_edit_is_appended_and_undone_with_its_answer(client):
    found = saved(client)
    home, first = f"/scenarios/{found['id']}", asked(client, [ADD]).json()
    body = {"add": CLOSE, "edit": {**EDIT, "version": 1}}
    grown = client.post(f"{home}/edits", json=body).json()
    assert grown["scenario"]["version"] == 2
    assert grown["digest"] == asked(client, [ADD, CLOSE]).json()["digest"]
    stale = client.post(f"{home}/edits", json=body)
    assert stale.status_code == 412
    twice = client.post(f"{home}/edits", json={"add": CLOSE, "edit": {"version": 2}})
    assert (twice.status_code, twice.json()["code"]) == (400, "bad_edits")
    assert "第 3 项改动" in twice.json()["detail"]
    back = client.delete(f"{home}/edits/last", params={"version": 2}).json()
    assert (back["scenario"]["version"], back["digest"]) == (3, first["digest"])
    client.delete(f"{home}/edits/last", params={"version": 3})
    empty = client.delete(f"{home}/edits/last", params={"version": 4})
    assert (empty.status_code, empty.json()["code"]) == (422, "no_edits")


def test_an_answer_comes_as_page_data_workbook_and_map(client):
    home = f"/scenarios/{saved(client, edits=[ADD, CLOSE])['id']}/answer"
    found = client.get(home, params={"kinds": "meal_point", "level": "city"}).json()
    assert found["scenario"]["data_changed"] is False
    sheet = client.get(home, params={"f": "xlsx"})
    book = load_workbook(io.BytesIO(sheet.content))
    assert book.sheetnames[:3] == ["与现状比较", "新增与失去的小区", "改动"]
    assert len(list(book["改动"].rows)) == 3
    collection = orjson.loads(client.get(home, params={"f": "geojson"}).content)
    roles = [feature["properties"]["role"] for feature in collection["features"]]
    assert roles.count("add") == 1
    part = found["reach"][0]
    assert roles.count("gained") + roles.count("lost") == (
        part["places_gained"] + part["places_lost"]
    )


def test_scenarios_are_compared_by_the_same_kinds(client):
    other = {**ADD, "kind": "community_day_care"}
    first, second = saved(client), saved(client, name="另一个", edits=[other])
    ids = f"{first['id']},{second['id']}"
    rows = client.get("/scenarios/compare", params={"ids": ids}).json()["scenarios"]
    assert [(row["name"], row["kind"]) for row in rows] == [
        ("方案", "meal_point"),
        ("方案", "community_day_care"),
        ("另一个", "meal_point"),
        ("另一个", "community_day_care"),
    ]
    assert rows[0]["lost"] == 0
    assert client.get("/scenarios/compare", params={"ids": ""}).status_code == 400


def test_data_that_changed_since_is_told(client):
    home = f"/scenarios/{saved(client)['id']}/answer"
    before = client.get(home).json()
    change = {"properties": {"households": 4_321}, "edit": {**EDIT, "version": 1}}
    assert client.patch("/collections/estates/items/e7", json=change).status_code == 200
    after = client.get(home).json()
    assert (before["scenario"]["data_changed"], after["scenario"]["data_changed"]) == (False, True)
    assert before["digest"] != after["digest"]
    assert client.get(home).json()["digest"] == after["digest"]


def test_what_is_not_shared_is_for_officers_only(client):
    hidden, shared = saved(client, name="内部"), saved(client, name="共享", shared=True)
    everything = client.get("/scenarios").json()["scenarios"]
    del client.headers["Authorization"]
    try:
        listed = client.get("/scenarios").json()["scenarios"]
        assert [one["name"] for one in listed] == ["共享"]
        assert client.get(f"/scenarios/{shared['id']}/answer").status_code == 200
        for path in (f"/scenarios/{hidden['id']}", f"/scenarios/{hidden['id']}/answer"):
            assert client.get(path).status_code == 404
        compared = client.get("/scenarios/compare", params={"ids": hidden["id"]})
        assert compared.status_code == 404
        wrong = {"Authorization": "Bearer wrong"}
        assert client.get("/scenarios", headers=wrong).status_code == 401
        body = {"name": "方案", "edit": EDIT}
        assert client.post("/scenarios", json=body).status_code == 401
        assert client.delete(f"/scenarios/{shared['id']}").status_code == 401
        assert client.delete(f"/scenarios/{shared['id']}/edits/last").status_code == 401
    finally:
        client.headers["Authorization"] = f"Bearer {BEARER}"
    assert len(everything) > len(listed)


@pytest.mark.parametrize(
    "changed",
    [{"name": " "}, {"base_on": "2999-01-01"}, {"division": "x"}, {"name": "长" * 5_000}],
)
def test_a_scenario_that_cannot_be_kept_is_refused(client, changed):
    body = {"name": "方案", "edits": [], "edit": EDIT, **changed}
    assert client.post("/scenarios", json=body).status_code in (400, 422)
