"""The registers of cemeteries over HTTP: entered, changed, undone; graves are not for everybody."""

import pytest
from starlette.testclient import TestClient

from api.writable_city import EDIT
from civgeo.api.cemetery_demand_examples import DEMAND_TABLE

CEMETERIES, POPULATION = "/collections/cemeteries/items", "/collections/population/items"


def feature(properties: dict[str, object], geometry: object = None) -> dict[str, object]:
    edit = EDIT | {"valid_from": "2020-01-01"}
    return {"type": "Feature", "geometry": geometry, "properties": properties, "edit": edit}


def cemetery(**changed: object) -> dict[str, object]:
    properties = {
        "name": "东山公益性公墓",
        "kind": "cemetery",
        "level": "county",
        "operation": "public",
        "division": "990102",
        "status": "operating",
        "area_mu": 102.5,
        "capacity": 12000,
        "used": 3150,
        "simulated": True,
    }
    place = {"type": "Point", "coordinates": [114.05, 33.05]}
    return feature(properties | changed, place)


def test_the_whole_life_of_a_cemetery(officer: TestClient) -> None:
    answer = officer.post(CEMETERIES, json=cemetery())
    assert answer.status_code == 201, answer.text
    item = answer.headers["location"]
    found = officer.get(item)
    shown = {key: found.json()["properties"][key] for key in ("name", "level", "area_mu", "used")}
    assert shown == {"name": "东山公益性公墓", "level": "county", "area_mu": 102.5, "used": 3150}
    change = {"properties": {"used": 3160}, "edit": EDIT | {"valid_from": "2024-07-01"}}
    answer = officer.patch(item, json=change, headers={"If-Match": found.headers["etag"]})
    assert answer.json()["properties"]["used"] == 3160
    past = officer.get(item, params={"datetime": "2023-01-01"}).json()
    assert past["properties"]["used"] == 3150
    end = {"valid_from": "2026-01-01", "actor": "李四", "document": "停用公告", "version": "2"}
    assert officer.delete(item, params=end).status_code == 204
    assert officer.get(item).status_code == 404
    record = f"/cemeteries/{item.rpartition('/')[2]}"
    version = {"If-Match": '"3"'}
    again = officer.post(f"{record}/restorations", json={"edit": EDIT}, headers=version)
    assert again.status_code == 200, again.text
    told = officer.get(f"{record}/history").json()
    actions = [version["action"] for version in told["versions"]]
    assert actions == ["create", "correct", "close", "restore"]
    assert officer.get(item).json()["properties"]["used"] == 3160


def test_a_cemetery_with_more_used_than_there_are_plots_is_refused(officer: TestClient) -> None:
    answer = officer.post(CEMETERIES, json=cemetery(name="西山公墓", used=12001))
    assert answer.status_code in (400, 422)
    assert "已用墓位不应多于墓位总数" in answer.text


def test_people_are_entered_without_a_place(officer: TestClient) -> None:
    people = {"division": "990102", "period": 2025, "population": 48200, "simulated": True}
    answer = officer.post(POPULATION, json=feature(people | {"death_rate_per_mille": 7.4}))
    assert answer.status_code == 201, answer.text
    record = answer.headers["location"].rpartition("/")[2]
    for page in (f"/population/{record}/history", f"{POPULATION}/{record}", POPULATION):
        shown = officer.get(page, params={"f": "html"})
        assert shown.status_code == 200
        assert "人口" in shown.text
    answer = officer.post(POPULATION, json=feature(people | {"death_rate_per_mille": 1400}))
    assert "死亡率是千分数" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/collections/graves",
        "/collections/graves/items",
        "/collections/graves/items/any",
        "/collections/graves/queryables",
        "/graves/any/history",
    ],
)
def test_scattered_graves_are_no_collection_of_the_service(officer: TestClient, path: str) -> None:
    assert officer.get(path).status_code == 404
    assert "graves" not in officer.get("/collections").text


def test_demand_by_the_registers_has_the_members_of_its_example(officer: TestClient) -> None:
    town = {"division": "990121100", "period": 2025, "population": 10_000, "simulated": True}
    sent = officer.post(POPULATION, json=feature(town | {"death_rate_per_mille": 7}))
    assert sent.status_code == 201, sent.text
    asked = {"share": "0.5", "years": "1", "from_year": "2026", "division": "990121100"}
    found = officer.get("/cemeteries/demand-table", params=asked).json()
    assert found.keys() == DEMAND_TABLE.keys()
    [row] = found["townships"]
    [example] = DEMAND_TABLE["townships"]
    assert example.keys() - row.keys() == {"shortfall"}
    assert (row["ashes"], row["plots"], row["years_left_text"]) == ("35", 35, "—")
    assert found["simulated"]
    whole = officer.get("/cemeteries/demand-table", params={"share": "0.5"}).json()
    assert whole["city"]["division"] == "990100"


def test_demand_by_the_registers_is_a_workbook_too(officer: TestClient) -> None:
    asked = {"share": "0.5", "f": "xlsx"}
    answer = officer.get("/cemeteries/demand-table", params=asked)
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"share": "2"},
        {"share": "1", "years": "0"},
        {"share": "1", "people": "9"},
        {"share": "1", "division": "420100"},
        {"share": "1", "from_year": "26"},
        {"share": "1", "path_m2": "1"},
        {"share": "1", "death_rate_per_mille": "1200"},
    ],
)
def test_bad_questions_of_demand_are_refused(officer: TestClient, asked: dict[str, str]) -> None:
    assert officer.get("/cemeteries/demand-table", params=asked).status_code == 400
