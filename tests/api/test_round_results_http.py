"""Results of rounds over HTTP: upload, comparison, products; for the bearer of the token only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from api.writable_city import EDIT, serving
from field_specimens import LINE_CODE, SIDES, boundary_city, round_row
from services.field_result_files import marker_item, result_file

ROUND = f"/rounds/{round_row()['id']}"
RESULTS = "/rounds/results"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    boundary_city(tmp_path / "store").store.close()
    return tmp_path / "store"


@pytest.fixture
def officer(folder: Path) -> Iterator[TestClient]:
    with serving(folder) as client:
        yield client


def content(tmp_path: Path, *items: dict, **head: object) -> bytes:
    return result_file(tmp_path, items, **head).path.read_bytes()


def test_results_are_uploaded_compared_and_archived(officer, tmp_path) -> None:
    ours = content(tmp_path, marker_item(0), marker_item(1, state="missing", longitude=None))
    asked = {"filename": "甲方.json", "actor": "李四", "document": "联检记录"}
    made = officer.post(RESULTS, params=asked, content=ours)
    assert (made.status_code, made.json()["created"]) == (201, 2), made.text
    again = officer.post(RESULTS, params=asked, content=ours)
    assert (again.status_code, again.json()["batch"]) == (200, None)
    theirs = content(tmp_path, marker_item(0, state="damaged"), side=SIDES[1])
    made = officer.post(RESULTS, files={"file": ("乙方.json", theirs)})
    assert made.json()["files"][0]["name"] == "乙方.json"

    found = officer.get(f"{ROUND}/comparison").json()
    assert [item["differs"] for item in found["disagreements"]] == ["state", "one_sided"]
    same = officer.get(f"/rounds/{LINE_CODE}/comparison", params={"f": "geojson"})
    assert len(same.json()["features"]) == 2
    kinds = {
        "report.docx": b"PK",
        "report.pdf": b"%PDF",
        "markers.xlsx": b"PK",
        "markers.pdf": b"%PDF",
        "archive.zip": b"PK",
        "comparison?f=xlsx": b"PK",
    }
    for path, magic in kinds.items():
        answer = officer.get(f"{ROUND}/{path}")
        assert answer.status_code == 200, path
        assert answer.content.startswith(magic)

    assert [r["kind"] for r in officer.get(f"{ROUND}/repairs").json()["repairs"]] == [
        "repair",
        "remake",
    ]
    works = officer.post(f"{ROUND}/repairs", json={"edit": EDIT})
    assert (works.status_code, len(works.json()["works"])) == (201, 2)

    batch = made.json()["batch"]
    undone = officer.post(f"/imports/{batch}/undo", json={"edit": EDIT})
    assert undone.json()["taken_back"] == 1


def test_only_the_bearer_of_the_token_may_ask(officer, tmp_path) -> None:
    anybody = TestClient(officer.app, base_url=BASE, raise_server_exceptions=False)
    for path in ("comparison", "report.pdf", "markers.pdf", "archive.zip", "repairs"):
        assert anybody.get(f"{ROUND}/{path}").status_code == 401
    assert anybody.post(RESULTS, content=content(tmp_path, marker_item(0))).status_code == 401
    assert officer.get(f"{ROUND}/comparison").status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{" * 2000, "nested_too_deep"),
        (b'{"format": "civgeo-results/1", "a": NaN}', "bad_number"),
        (b"<html>", "unsupported_format"),
        (b'{"format": "civgeo-results/1"}', "head_missing"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(officer, body, code) -> None:
    answer = officer.post(RESULTS, content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code


def test_a_file_that_is_too_large_is_413_and_a_dry_run_writes_nothing(officer, tmp_path) -> None:
    assert officer.post(RESULTS, content=b"x" * (21 * 1024**2)).status_code == 413
    dry = officer.post(RESULTS, params={"dry_run": True}, content=content(tmp_path, marker_item(0)))
    assert (dry.status_code, dry.json()["created"]) == (200, 1)
    assert officer.get(f"{ROUND}/report.pdf").status_code == 404
    assert officer.get("/rounds/nothing/comparison").status_code == 404
