"""One street name from proposal to publication, then another name for it, over HTTP."""

from io import BytesIO
from pathlib import Path

import geopandas as gpd
import pytest
from docx import Document
from starlette.testclient import TestClient

from api.served_city import divisions
from api.writable_city import EDIT, serving
from civgeo.domain.registers import FORMS
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

CASES = "/place-names/cases"
LINE = {"type": "LineString", "coordinates": [[114.02, 33.02], [114.05, 33.02]]}
PROPOSAL = {
    "name": "光明路",
    "kind": "street",
    "division": "990102",
    "builtup_area": "甲区城区",
    "meaning": "寓意前途光明",
}


def standing() -> gpd.GeoDataFrame:
    """A street that is registered already: 广明 would be near it, 光鸣 sounds the same."""
    return name_records(
        "place_names",
        {
            "id": "old-street",
            "name": "光鸣路",
            "specific": "光鸣",
            "generic": "路",
            "kind": "street",
            "division": "990102",
            "builtup_area": "甲区城区",
            "status": "standard",
            "secrecy": "public",
            "public": True,
            "reading": "guāng míng lù",
        },
    )


@pytest.fixture
def client(tmp_path: Path, register):
    with Store.create(tmp_path / "s", register=register) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add(Collection.PLACE_NAMES, standing())
    with serving(tmp_path / "s") as made:
        yield made


@pytest.fixture
def register():
    from api.served_city import REGISTER

    return REGISTER


def ok(answer, status: int = 200) -> dict:
    assert answer.status_code == status, answer.text
    return answer.json()


def draft(client: TestClient, **changed: object) -> dict:
    body = {"properties": PROPOSAL | changed, "geometry": LINE, "reason": "新建道路", "edit": EDIT}
    return ok(client.post(CASES, json=body), 201)


def step(client: TestClient, case: dict, name: str, on: str, **more: object) -> dict:
    body = {"on": on, "number": f"甲民〔2026〕{name}", "edit": EDIT | {"version": case["version"]}}
    return ok(client.post(f"{CASES}/{case['id']}/steps/{name}", json=body | more))


def check(client: TestClient, case: dict, **more: object) -> dict:
    body = {"edit": EDIT | {"version": case["version"]}} | more
    return ok(client.post(f"{CASES}/{case['id']}/check", json=body))


def ticked(client: TestClient, case: dict) -> dict:
    codes = [item["code"] for item in case["materials"]]
    body = {"materials": codes, "edit": EDIT | {"version": case["version"]}}
    return ok(client.put(f"{CASES}/{case['id']}/materials", json=body))


def approved(client: TestClient, case: dict) -> dict:
    """A checked case brought to its approval of 1 September 2026."""
    case = ticked(client, case)
    case = step(client, case, "submission", "2026-08-20")
    return step(client, case, "approval", "2026-09-01", approver="county_government")


def published(client: TestClient, case: dict, announced: str = "2026-09-10") -> dict:
    case = step(client, case, "filing", "2026-09-16")
    case = step(client, case, "announcement", announced)
    return step(client, case, "publication", announced)


def test_a_street_name_lives_from_a_blocked_proposal_to_a_late_announcement(client) -> None:
    case = draft(client)
    assert (case["state"], case["proposal"]["toned"]) == ("draft", "Guāngmíng Lù")

    case = check(client, case)
    assert (case["state"], case["blocked"]) == ("draft", True)
    [homophone] = [item for item in case["findings"] if item["code"] == "homophone"]
    assert homophone["against"] == ["old-street"]
    assert "光鸣路" in homophone["message"]
    refused = client.post(
        f"{CASES}/{case['id']}/steps/submission",
        json={"number": "1", "edit": EDIT | {"version": case["version"]}},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "step_not_open")

    body = {"properties": {"name": "晨光路"}, "edit": EDIT | {"version": case["version"]}}
    case = ok(client.patch(f"{CASES}/{case['id']}", json=body))
    assert case["proposal"]["toned"] == "Chénguāng Lù"
    case = check(client, case)
    assert (case["state"], case["blocked"]) == ("checked", False)
    assert case["check"]["lists"]

    lacking = client.post(
        f"{CASES}/{case['id']}/steps/submission",
        json={"number": "1", "edit": EDIT | {"version": case["version"]}},
    )
    assert lacking.json()["code"] == "material_missing"

    case = approved(client, case)
    terms = {item["step"]: item["due"] for item in case["due"]}
    assert terms == {"filing": "2026-09-16", "announcement": "2026-09-16"}
    overdue = ok(client.get(f"{CASES}/overdue"))["overdue"]
    assert {item["step"] for item in overdue} == {"filing", "announcement"}

    case = published(client, case, announced="2026-09-20")
    assert case["state"] == "published"
    [late] = case["late"]
    assert (late["step"], late["due"], late["days"]) == ("announcement", "2026-09-16", 4)

    entry = ok(client.get(f"/collections/place_names/items/{case['place']}"))
    assert entry["properties"]["name"] == "晨光路"
    assert entry["properties"]["toned"] == "Chénguāng Lù"
    assert entry["properties"]["valid_from"] == "2026-09-01"
    assert entry["geometry"] == LINE
    papers = {(item["number"], item["date"]) for item in entry["properties"]["documents"]}
    steps = {item["step"]: (item["number"], item["dated"]) for item in case["documents"]}
    assert papers == {steps["approval"], steps["announcement"]}


def test_a_renaming_from_a_stale_version_is_412_and_loses_nothing(client) -> None:
    case = check(client, draft(client, name="晨光路"))
    case = published(client, approved(client, case))
    place = case["place"]
    home = f"/place-names/{place}"
    corrected = {"properties": {"meaning": "晨光初照"}, "edit": EDIT | {"version": 1}}
    assert ok(client.post(f"{home}/corrections", json=corrected))["properties"]["version"] == 2

    renaming = {"properties": {"name": "旭日路"}, "reason": "名实不符", "edit": EDIT}
    stale = client.post(f"{home}/renamings", json=renaming, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    told = stale.json()
    assert (told["expected"]["version"], told["current"]["version"]) == (1, 2)
    assert [item["property"] for item in told["differences"]] == ["meaning"]
    assert ok(client.get(CASES))["cases"] == [ok(client.get(f"{CASES}/{case['id']}"))]
    assert client.post(f"{home}/renamings", json=renaming).status_code == 428

    answer = client.post(f"{home}/renamings", json=renaming, headers={"If-Match": '"2"'})
    case = check(client, ok(answer, 201))
    assert case["former_name"] == "晨光路"
    case = published(client, approved(client, case))
    now = ok(client.get(f"/collections/place_names/items/{place}"))["properties"]
    assert (now["name"], now["toned"], now["meaning"]) == ("旭日路", "Xùrì Lù", "晨光初照")
    [former] = now["other_names"]
    assert (former["name"], former["kind"]) == ("晨光路", "former")
    before = {"datetime": "2026-08-31"}
    gone = client.get(f"/collections/place_names/items/{place}", params=before)
    assert gone.status_code == 404

    history = ok(client.get(f"{home}/history"))
    assert [version["version"] for version in history["versions"]] == [1, 2, 3]
    changes = ok(client.get("/place-names/changes"))["changes"]
    assert [item["name"] for item in changes] == ["光鸣路", "晨光路", "晨光路", "旭日路"]


def test_a_case_opened_before_another_change_is_stale_when_it_is_published(client) -> None:
    renaming = {"properties": {"name": "和平路"}, "reason": "群众要求", "edit": EDIT}
    answer = client.post(
        "/place-names/old-street/renamings", json=renaming, headers={"If-Match": '"1"'}
    )
    case = approved(client, check(client, ok(answer, 201)))
    case = step(client, case, "filing", "2026-09-10")
    case = step(client, case, "announcement", "2026-09-10")
    corrected = {"properties": {"meaning": "另有更正"}, "edit": EDIT | {"version": 1}}
    ok(client.post("/place-names/old-street/corrections", json=corrected))
    refused = client.post(
        f"{CASES}/{case['id']}/steps/publication",
        json={"on": "2026-09-10", "edit": EDIT | {"version": case["version"]}},
    )
    assert refused.status_code == 412
    kept = ok(client.get(f"{CASES}/{case['id']}"))
    assert (kept["state"], kept["version"]) == ("announced", case["version"])
    entry = ok(client.get("/collections/place_names/items/old-street"))["properties"]
    assert (entry["name"], entry["meaning"]) == ("光鸣路", "另有更正")

    seen = step(client, case, "publication", "2026-09-10", entry_version=2)
    assert seen["state"] == "published"
    entry = ok(client.get("/collections/place_names/items/old-street"))["properties"]
    assert (entry["name"], entry["toned"], entry["meaning"]) == ("和平路", "Hépíng Lù", "另有更正")
    assert [former["name"] for former in entry["other_names"]] == ["光鸣路"]
    for day, then in (("2026-08-01", "光鸣路"), ("2026-09-01", None)):
        found = ok(client.get("/search", params={"q": "和平路", "on": day, "f": "json"}))
        [hit] = found["hits"]
        assert (hit["name"], hit.get("name_then")) == ("和平路", then)


def test_papers_name_the_governments_and_bear_the_number_and_day_on_record(client) -> None:
    case = approved(client, check(client, draft(client, name="晨光路")))
    case = published(client, case, announced="2026-09-12")
    said = {}
    for paper in ("filing", "announcement"):
        url = f"{CASES}/{case['id']}/papers/{paper}.docx"
        answer = client.get(url, params={"office": "甲区民政局"})
        lines = [line.text for line in Document(BytesIO(answer.content)).paragraphs]
        said[paper] = "\n".join(lines)
    assert "示例市人民政府：" in said["filing"]
    assert "甲民〔2026〕filing" in said["filing"]
    assert "2026年9月16日" in said["filing"]
    assert "甲区人民政府于2026年9月1日批准命名晨光路" in said["announcement"]
    assert "甲民〔2026〕announcement" in said["announcement"]
    assert "2026年9月12日" in said["announcement"]


def test_the_history_of_a_case_says_who_took_each_step_on_what(client) -> None:
    case = approved(client, check(client, draft(client, name="晨光路")))
    told = ok(client.get(f"{CASES}/{case['id']}/history"))
    assert [version["version"] for version in told["versions"]] == [1, 2, 3, 4, 5]
    assert {version["actor"] for version in told["versions"]} == {EDIT["actor"]}
    states = [period["properties"]["state"] for v in told["versions"] for period in v["periods"]]
    assert states == ["draft", "checked", "checked", "submitted", "approved"]


def test_a_second_case_for_a_name_under_way_is_not_submitted(client) -> None:
    first = approved(client, check(client, draft(client, name="晨光路")))
    second = ticked(client, check(client, draft(client, name="辰光路")))
    refused = client.post(
        f"{CASES}/{second['id']}/steps/submission",
        json={"on": "2026-08-20", "number": "1", "edit": EDIT | {"version": second["version"]}},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "name_taken")
    assert "晨光路" in refused.json()["detail"]
    assert published(client, first)["state"] == "published"


@pytest.mark.parametrize("division", ["990102", "990102001"])
def test_a_listed_name_asks_for_protective_measures_though_its_row_names_no_entry(
    client, division
) -> None:
    listed = {
        "name": "光鸣路",
        "category": "近现代重要地名",
        "level": "县级",
        "division": division,
        "listed_on": "2024-05-01",
    }
    ok(client.post("/collections/protected_names/items", json={"properties": listed}), 201)
    renaming = {"properties": {"name": "和平路"}, "reason": "群众要求", "edit": EDIT}
    answer = client.post(
        "/place-names/old-street/renamings", json=renaming, headers={"If-Match": '"1"'}
    )
    case = ok(answer, 201)
    assert case["protected"] is True
    assert "protective_measures" in {item["code"] for item in case["materials"]}


def test_a_retired_name_is_closed_and_stays_readable(client) -> None:
    body = {"reason": "道路已不存在", "edit": EDIT}
    home = "/place-names/old-street/retirings"
    assert client.post(home, json={"edit": EDIT | {"version": 1}}).status_code == 400
    case = ok(client.post(home, json=body, headers={"If-Match": '"1"'}), 201)
    case = published(client, approved(client, check(client, case)))
    assert client.get("/collections/place_names/items/old-street").status_code == 404
    then = client.get(
        "/collections/place_names/items/old-street", params={"datetime": "2026-08-31"}
    )
    assert ok(then)["properties"]["name"] == "光鸣路"


def test_cases_are_for_officers_only(client) -> None:
    case = draft(client)
    client.headers.pop("Authorization")
    for path in (CASES, f"{CASES}/{case['id']}", f"{CASES}/overdue", "/place-names/changes"):
        assert client.get(path).status_code == 401, path
    assert client.get("/collections/name_cases/items").status_code == 404
    assert client.post(CASES, json={"properties": PROPOSAL}).status_code == 401


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "missing_key"),
        ({"name": "路" * 200}, "bad_name"),
        ({"name": "<img src=x onerror=alert(1)>"}, "bad_name"),
        ({"name": "=1+1路"}, "bad_name"),
        ({"name": "光\u0000明路"}, "bad_name"),
        ({"kind": "palace"}, "bad_value"),
        ({"division": "12"}, "bad_fields"),
        ({"other_names": {"deep": [1]}, "nonsense": 1}, "bad_fields"),
    ],
)
def test_a_bad_proposal_is_a_clear_refusal_and_nothing_is_kept(client, changed, code) -> None:
    answer = client.post(CASES, json={"properties": PROPOSAL | changed, "edit": EDIT})
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text
    assert ok(client.get(CASES))["cases"] == []


def test_a_name_with_a_four_byte_character_is_kept_as_it_is(client) -> None:
    case = draft(client, name="𨟠塘路")
    assert case["proposal"]["name"] == "𨟠塘路"


def test_every_register_has_a_form() -> None:
    assert {form.id for form in FORMS} <= {item.value for item in Collection}


def test_papers_of_a_case_come_as_word_and_pdf_once_it_is_approved(client) -> None:
    case = check(client, draft(client, name="晨光路"))
    home = f"{CASES}/{case['id']}/papers"
    office = {"office": "甲区民政局"}
    early = client.get(f"{home}/filing.docx", params=office)
    assert (early.status_code, early.json()["code"]) == (400, "missing_key")
    assert client.get(f"{home}/application.docx", params=office).content[:2] == b"PK"
    assert client.get(f"{home}/application.pdf", params=office).content[:5] == b"%PDF-"
    approved(client, case)
    for paper in ("filing", "announcement"):
        assert client.get(f"{home}/{paper}.pdf", params=office).content[:5] == b"%PDF-"
    ics = client.get(f"{CASES}/calendar.ics").text
    assert ics.count("BEGIN:VEVENT") == 2
    assert "晨光路" in ics


@pytest.mark.parametrize("order", ["division", "class", "pinyin", "strokes"])
def test_the_gazetteer_book_comes_in_every_order_and_form(client, order) -> None:
    for form, start in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF-")):
        answer = client.get(f"/place-names/book.{form}", params={"order": order})
        assert answer.content.startswith(start), answer.text
    public = client.get("/place-names/book.pdf", params={"public": "true"})
    assert (public.status_code, public.json()["code"]) == (422, "map_number_missing")
