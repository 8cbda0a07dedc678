"""Estates and facilities over HTTP: create, change, close, restore, and who may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.writable_city import BEARER, EDIT, ESTATES, estate
from civgeo.store.store import Store


def created(officer: TestClient, **changed: object) -> str:
    answer = officer.post(ESTATES, json=estate(**changed))
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def today(officer: TestClient) -> date:
    return officer.app.state.desk.city().today  # type: ignore[attr-defined]


def history(officer: TestClient, item: str) -> dict:
    return officer.get(f"/estates/{item.rpartition('/')[2]}/history").json()


def test_the_whole_life_of_an_estate(officer: TestClient, officer_folder: Path) -> None:
    item = created(officer)
    found = officer.get(item)
    assert found.headers["etag"].startswith('"1-')
    assert found.json()["properties"]["valid_from"] == "2020-01-01"
    assert found.json()["properties"]["source"] == EDIT["document"]

    change = {"properties": {"households": 150}, "edit": EDIT | {"valid_from": "2024-07-01"}}
    answer = officer.patch(item, json=change, headers={"If-Match": found.headers["etag"]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"].startswith('"2-')
    assert answer.json()["properties"]["households"] == 150

    missing = officer.patch(item, json=change)
    assert (missing.status_code, missing.json()["code"]) == (428, "version_required")
    stale = officer.patch(item, json=change, headers={"If-Match": found.headers["etag"]})
    assert stale.status_code == 412
    body = stale.json()
    assert (body["expected"]["version"], body["current"]["version"]) == (1, 2)
    assert body["expected"]["properties"]["households"] == 120
    assert body["current"]["properties"]["households"] == 150
    assert body["differences"] == [
        {"property": "households", "title": "户数", "expected": 120, "current": 150}
    ]

    end = {"valid_from": "2026-01-01", "actor": "李四", "document": "拆迁公告", "version": "2"}
    assert officer.delete(item, params=end).status_code == 204
    gone = officer.get(item)
    assert (gone.status_code, gone.json()["code"]) == (404, "closed")
    assert "2026-01-01" in gone.json()["detail"]
    assert item not in officer.get(ESTATES).text

    past = {
        "2019-12-31": None,
        "2020-01-01": 120,
        "2024-06-30": 120,
        "2024-07-01": 150,
        "2025-12-31": 150,
        "2026-01-01": None,
    }
    for day, households in past.items():
        then = officer.get(item, params={"datetime": day})
        assert then.status_code == (404 if households is None else 200), day
        listed = officer.get(ESTATES, params={"datetime": day, "name": "新苑"}).json()["features"]
        assert [f["properties"]["households"] for f in listed] == [households][: len(listed)], day
        assert len(listed) == (households is not None), day

    told = history(officer, item)
    assert (told["version"], told["exists"]) == (3, False)
    assert [version["action"] for version in told["versions"]] == ["create", "correct", "close"]
    assert [version["actor"] for version in told["versions"]] == ["张三", "张三", "李四"]
    assert told["versions"][1]["periods"][0]["differences"] == [
        {"property": "households", "title": "户数", "before": 120, "after": 150}
    ]

    restoring = f"/estates/{item.rpartition('/')[2]}/restorations"
    assert officer.post(restoring, json={"edit": EDIT}).status_code == 428
    again = officer.post(restoring, json={"edit": EDIT}, headers={"If-Match": '"3"'})
    assert again.status_code == 200, again.text
    assert officer.get(item).json()["properties"]["valid_to"] is None
    twice = officer.post(restoring, json={"edit": EDIT | {"version": 4}})
    assert (twice.status_code, twice.json()["code"]) == (422, "not_closed")
    earlier = {"edit": EDIT | {"version": 4}, "of_version": 1}
    assert officer.post(restoring, json=earlier).json()["properties"]["households"] == 120
    assert officer.get(item).headers["etag"].startswith('"5-')
    with Store.open(officer_folder) as store, store.read() as reading:
        assert reading.verify_history() == ()


def test_a_period_shows_what_existed_in_it_once(officer: TestClient) -> None:
    item = created(officer, name="短命苑")
    officer.delete(item, params={"version": "1", "valid_from": "2021-01-01"})
    for period, count in {
        "2019-01-01/2019-12-31": 0,
        "2020-06-01/2022-01-01": 1,
        "2020-06-01/2020-07-01": 1,
        "2021-01-01/..": 0,
        "../2020-01-01": 1,
        "../..": 1,
    }.items():
        found = officer.get(ESTATES, params={"datetime": period}).json()["features"]
        names = [feature["properties"]["name"] for feature in found]
        assert names.count("短命苑") == count, period
        assert len(names) == len({feature["id"] for feature in found})


def test_a_feature_may_be_sent_back_as_it_was_read(officer: TestClient) -> None:
    item = created(officer, elders=9)
    read = officer.get(item)
    same = officer.put(item, json=read.json(), headers={"If-Match": read.headers["etag"]})
    assert (same.status_code, same.headers["etag"]) == (200, read.headers["etag"])
    body = read.json()
    del body["properties"]["elders"]
    by_property = officer.put(item, json=body)
    assert by_property.status_code == 200
    assert by_property.json()["properties"]["elders"] is None
    assert by_property.json()["properties"]["version"] == 2
    assert by_property.json()["geometry"] == read.json()["geometry"]
    [entry] = history(officer, item)["versions"][1:]
    assert [change["property"] for change in entry["periods"][0]["differences"]] == ["elders"]


def test_a_closing_may_be_dated_today_by_default(officer: TestClient) -> None:
    item = created(officer)
    assert officer.delete(item, headers={"If-Match": '"1"'}).status_code == 204
    [closing] = history(officer, item)["versions"][1:]
    assert closing["document"] == "接口提交，未注明依据文件"
    assert closing["periods"][0]["valid_from"] == today(officer).isoformat()


def test_a_weakened_tag_still_names_the_version(officer: TestClient) -> None:
    item = created(officer)
    tag = officer.get(item).headers["etag"]
    answer = officer.patch(
        item, json={"properties": {"elders": 1}}, headers={"If-Match": f"W/{tag}"}
    )
    assert answer.status_code == 200


def test_what_only_the_register_records_cannot_be_set(officer: TestClient) -> None:
    answer = officer.patch(
        f"{ESTATES}/e1",
        json={"properties": {"valid_to": "2020-01-01"}},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 400
    assert "登记库" in answer.json()["errors"]["valid_to"]


def test_a_day_ahead_is_refused_and_so_is_a_period_without_days(officer: TestClient) -> None:
    ahead = (today(officer) + timedelta(days=1)).isoformat()
    answer = officer.post(ESTATES, json=estate() | {"edit": EDIT | {"valid_from": ahead}})
    assert (answer.status_code, answer.json()["code"]) == (422, "future")
    none = {"valid_from": "2020-01-01", "valid_to": "2020-01-01"}
    answer = officer.post(ESTATES, json=estate() | {"edit": EDIT | none})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_period")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_never_was_cannot_be_changed(officer: TestClient, method: str) -> None:
    body = None if method == "DELETE" else estate()
    answer = officer.request(method, f"{ESTATES}/nothing", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 404
    assert officer.get("/estates/nothing/history").status_code == 404


@pytest.mark.parametrize(
    ("collection", "words"),
    [("divisions", "civgeo import"), ("coverage_units", "/collections/estates/items")],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_collections_of_another_use_case_name_it(
    officer: TestClient, collection: str, words: str, method: str
) -> None:
    url = f"/collections/{collection}/items" + ("" if method == "POST" else "/990102")
    answer = officer.request(method, url, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "other_use_case")
    assert words in answer.json()["detail"]


WRITES = [("POST", ESTATES), ("PUT", f"{ESTATES}/e1"), ("PATCH", f"{ESTATES}/e1")]
WRITES += [("DELETE", f"{ESTATES}/e1"), ("POST", "/estates/e1/restorations")]


@pytest.mark.parametrize(("method", "url"), WRITES)
def test_without_a_token_in_the_settings_nobody_may_write(
    client: TestClient, method: str, url: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        answer = client.request(method, url, json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "writing_closed")
        assert "CIVGEO_WRITE_TOKEN" in answer.json()["detail"]


@pytest.mark.parametrize(("method", "url"), WRITES)
@pytest.mark.parametrize(
    "given",
    ["", "Bearer", f"Bearer {BEARER}x", f"Basic {BEARER}", BEARER, "Bearer é", f"bearer{BEARER}"],
)
def test_a_wrong_token_is_refused_and_changes_nothing(
    officer: TestClient, method: str, url: str, given: str
) -> None:
    headers = {"Authorization": given.encode("latin-1"), "If-Match": '"1"'}
    answer = officer.request(method, url, json=estate(), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert BEARER not in answer.text
    assert officer.get(f"{ESTATES}/e1").headers["etag"].startswith('"1-')


def test_writing_is_claimed_only_where_it_is_open(officer: TestClient, client: TestClient) -> None:
    def classes(of: TestClient) -> str:
        return of.get("/conformance").text

    assert "ogcapi-features-4" in classes(officer)
    assert "ogcapi-features-4" not in classes(client)


def test_other_sites_may_not_write(officer: TestClient) -> None:
    asked = {"Origin": "http://example.org", "Access-Control-Request-Method": "POST"}
    answer = officer.options(ESTATES, headers=asked)
    assert "POST" not in answer.headers.get("access-control-allow-methods", "")


def test_the_definition_describes_what_may_be_sent(officer: TestClient) -> None:
    body = officer.get("/api").json()
    assert set(body["paths"]["/collections/estates/items"]) == {"get", "post"}
    assert set(body["paths"]["/collections/divisions/items"]) == {"get"}
    item = body["paths"]["/collections/facilities/items/{feature_id}"]
    assert set(item) == {"get", "put", "patch", "delete"}
    assert "If-Match" in {parameter["name"] for parameter in item["patch"]["parameters"]}
    assert {"401", "403", "412", "428"} <= set(item["patch"]["responses"])
    entry = body["components"]["schemas"]["estates.entry"]["properties"]["properties"]
    assert set(entry["required"]) == {"name", "division", "estate_class", "stage"}


def test_of_two_officers_on_one_row_one_wins_and_the_other_is_told(officer: TestClient) -> None:
    item = created(officer, elders=0)
    rounds = 6

    def add(_: int) -> list[int]:
        seen = []
        for _ in range(rounds):
            while True:
                read = officer.get(item)
                change = {"properties": {"elders": read.json()["properties"]["elders"] + 1}}
                tag = {"If-Match": read.headers["etag"]}
                answer = officer.patch(item, json=change, headers=tag)
                assert answer.status_code in (200, 412), answer.text
                seen.append(answer.status_code)
                if answer.status_code == 200:
                    break
        return seen

    with ThreadPoolExecutor(2) as pool:
        seen = [status for found in pool.map(add, range(2)) for status in found]
    found = officer.get(item).json()["properties"]
    assert (found["elders"], found["version"]) == (2 * rounds, 2 * rounds + 1)
    assert seen.count(200) == 2 * rounds
    assert len(history(officer, item)["versions"]) == 2 * rounds + 1


def test_a_facility_lives_as_an_estate_does(officer: TestClient) -> None:
    home = "/collections/facilities/items"
    properties = {"name": "新站", "kind": "meal_point", "division": "990102001", "estate": "e1"}
    properties |= {"status": "operating", "beds": 4, "nursing_beds": 9, "floor_area_m2": 20.12345}
    body = {"geometry": {"type": "Point", "coordinates": [114.01, 33.01]}, "properties": properties}
    answer = officer.post(home, json=body)
    assert set(answer.json()["errors"]) == {"floor_area_m2", "nursing_beds"}
    body["properties"] = properties | {"nursing_beds": 2, "floor_area_m2": 20.5}
    strange = officer.post(home, json=body | {"properties": body["properties"] | {"estate": "?"}})
    assert list(strange.json()["errors"]) == ["estate"]
    made = officer.post(home, json=body)
    assert made.status_code == 201, made.text
    item = made.headers["location"]
    changed = officer.patch(item, json={"properties": {"beds": 8}, "edit": {"version": 1}})
    assert changed.json()["properties"]["beds"] == 8
    assert officer.delete(item, params={"version": 2}).status_code == 204
    told = officer.get(f"/facilities/{item.rpartition('/')[2]}/history").json()
    assert [version["action"] for version in told["versions"]] == ["create", "correct", "close"]
