"""Every request body of the definition has an example, and it is one that may be sent."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.writable_city import EDIT
from civgeo.api.name_answers import NAME_ANSWERS
from civgeo.api.name_bodies import NAME_BODIES, VERSIONED
from json_schemas import faults

FILES = ("application/octet-stream", "multipart/form-data")
PROPOSAL = {"name": "揽月路", "kind": "street", "division": "990102", "builtup_area": "甲区城区"}
HOME = "/place-names/place_names-1"


@pytest.fixture(scope="module")
def document(officer: TestClient) -> dict:
    return officer.get("/api").json()


def bodies(document: dict) -> Iterator[tuple[str, dict]]:
    """Every content of JSON that a request may have."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind not in FILES:
                    yield f"{method} {path} {kind}", content


def examples(content: dict) -> list[object]:
    return [
        *([content["example"]] if "example" in content else []),
        *(item["value"] for item in content.get("examples", {}).values()),
    ]


def test_every_body_has_an_example_that_fits_its_schema(document: dict) -> None:
    named = document["components"]["schemas"]
    found = dict(bodies(document))
    assert len(found) > 40
    assert [place for place, content in found.items() if not examples(content)] == []
    wrong = [
        (place, fault)
        for place, content in found.items()
        for example in examples(content)
        for fault in faults(content["schema"], example, named)
    ]
    assert wrong == []


def test_everything_sent_about_place_names_is_described(document: dict) -> None:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if path.startswith("/place-names") and method != "get":
                assert "requestBody" in operation, f"{method} {path}"
                assert operation["security"] == [{"token": []}]
                names = [each["name"] for each in operation.get("parameters", [])]
                assert ("If-Match" in names) == ((method, path) in VERSIONED)


def test_no_example_is_of_an_address_that_is_gone(document: dict) -> None:
    for method, path in (*NAME_BODIES, *NAME_ANSWERS):
        assert method in document["paths"][path]


@pytest.mark.parametrize("key", [key for key in NAME_ANSWERS if key[0] == "get"])
def test_the_main_answers_have_an_example(document: dict, key: tuple[str, str]) -> None:
    method, path = key
    [content] = document["paths"][path][method]["responses"]["200"]["content"].values()
    assert content["example"]


@pytest.fixture(scope="module")
def case(officer: TestClient) -> dict:
    """A case with an overdue filing."""
    body = {"properties": PROPOSAL, "reason": "新建", "edit": EDIT}
    case = officer.post("/place-names/cases", json=body).json()
    home = f"/place-names/cases/{case['id']}"

    def send(method: str, way: str, **body: object) -> dict:
        sent = body | {"edit": EDIT | {"version": case["version"]}}
        answer = officer.request(method, f"{home}/{way}", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    case = send("POST", "check")
    case = send("PUT", "materials", materials=[item["code"] for item in case["materials"]])
    case = send("POST", "steps/submission", on="2026-08-20", number="1")
    approver = "county_government"
    return send("POST", "steps/approval", on="2026-09-01", number="2", approver=approver)


def shown(path: str, method: str = "get") -> dict:
    [content] = NAME_ANSWERS[method, path].values()
    return content["example"]


def test_the_examples_have_the_members_of_real_answers(officer: TestClient, case: dict) -> None:
    home = f"/place-names/cases/{case['id']}"
    real, told = officer.get(home).json(), shown("/place-names/cases/{case_id}")
    assert told.keys() == real.keys()
    for name in ("materials", "documents", "due", "late"):
        assert told[name][0].keys() == real[name][0].keys()
    listed = officer.get("/place-names/cases/overdue").json()
    assert shown("/place-names/cases/overdue")["overdue"][0].keys() == listed["overdue"][0].keys()

    told = shown("/place-names/{place_id}")
    real = officer.get(HOME).json()
    assert (told.keys(), told["properties"].keys()) == (real.keys(), real["properties"].keys())
    told, real = shown("/place-names/{place_id}/history"), officer.get(f"{HOME}/history").json()
    assert (told.keys(), told["versions"][0].keys()) == (real.keys(), real["versions"][0].keys())
    told, real = shown("/place-names/changes"), officer.get("/place-names/changes").json()
    assert told["changes"][0].keys() == real["changes"][0].keys()
    told, real = shown("/place-names/audit"), officer.get("/place-names/audit").json()
    assert told.keys() == real.keys()


@pytest.mark.parametrize("way", ["romanize", "check"])
def test_the_examples_of_the_rules_are_answers_to_their_questions(
    officer: TestClient, way: str
) -> None:
    path = f"/place-names/{way}"
    [content] = NAME_BODIES["post", path]["content"].values()
    asked = {**content["example"], "division": "990102"}
    answer = officer.post(path, json=asked)
    assert answer.status_code == 200, answer.text
    told = shown(path, "post")
    assert answer.json().keys() == told.keys()
    if way == "romanize":
        assert answer.json() == told
