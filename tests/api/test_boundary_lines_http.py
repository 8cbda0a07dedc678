"""One boundary line over HTTP: what everybody sees, and what the token opens."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.services.demo import build_demo_city
from civgeo.settings import Settings

TOKEN = "t" * 40
OFFICER = {"Authorization": f"Bearer {TOKEN}"}
PUBLIC, HIDDEN = "0223", "2324"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lines") / "store"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    build_demo_city(folder, "990100", today=now, progress=lambda *step: None, estates=60).close()
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(store=folder, write_token=TOKEN)), BASE) as client:
        yield client


def test_a_public_line_is_shown_to_everybody_without_the_progress(client: TestClient) -> None:
    found = client.get(f"/boundaries/{PUBLIC}").json()
    assert found["properties"]["code"] == PUBLIC
    assert found["geometry"]["type"] == "LineString"
    assert found["standing"]["progress"] is None
    told = client.get(f"/boundaries/{PUBLIC}", headers=OFFICER).json()
    assert told["standing"]["progress"].startswith("第 5 轮")


@pytest.mark.parametrize("path", ["", "/markers", "/description", "/sheets.pdf"])
def test_a_line_that_is_not_public_is_missing_without_the_token(
    client: TestClient, path: str
) -> None:
    answer = client.get(f"/boundaries/{HIDDEN}{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_line"
    assert client.get(f"/boundaries/{HIDDEN}{path}", headers=OFFICER).status_code == 200


@pytest.mark.parametrize("path", [f"{PUBLIC}/check", f"{PUBLIC}/package", "map"])
def test_checks_packages_and_the_map_of_rounds_are_for_officers(
    client: TestClient, path: str
) -> None:
    assert client.get(f"/boundaries/{path}").status_code == 401


def test_markers_come_in_route_order_and_hidden_ones_to_officers_only(client: TestClient) -> None:
    shown, full = (
        client.get("/boundaries/0203/markers", headers=headers).json()["markers"]
        for headers in ({}, OFFICER)
    )
    assert len(full) == len(shown) + 2
    assert all(row["public"] for row in shown)
    along = [row["chainage_km"] for row in full]
    assert along == sorted(along)
    assert [row["order"] for row in full] == list(range(1, len(full) + 1))
    assert len(full[0]["witnesses"]) == 3


def test_description_is_that_on_file(client: TestClient) -> None:
    found = client.get(f"/boundaries/{PUBLIC}/description").json()
    assert found["text"].startswith("自")
    assert found["differences"] == []


def test_check_finds_the_marker_that_stands_off_its_line(client: TestClient) -> None:
    codes = [
        item["properties"]["code"]
        for item in client.get("/collections/boundary_lines/items?limit=100").json()["features"]
    ]
    counts: dict[str, int] = {}
    for code in [*codes, HIDDEN]:
        found = client.get(f"/boundaries/{code}/check", headers=OFFICER).json()
        for fault, told in found["findings"].items():
            counts[fault] = counts.get(fault, 0) + told["count"]
    assert {fault: n for fault, n in counts.items() if n} == {"off_line": 1, "number": 2}


def test_sheets_and_package_are_files(client: TestClient) -> None:
    sheets = client.get(f"/boundaries/{PUBLIC}/sheets.pdf")
    assert sheets.content.startswith(b"%PDF")
    assert client.get(f"/boundaries/{PUBLIC}/sheets.pdf?x=1").status_code == 400
    package = client.get(f"/boundaries/{PUBLIC}/package", headers=OFFICER)
    names = zipfile.ZipFile(io.BytesIO(package.content)).namelist()
    assert any(name.endswith("phone.html") for name in names)
    assert package.headers["vary"] == "Authorization"


def test_a_package_of_a_filed_round_is_refused_unless_asked_for_anyway(client: TestClient) -> None:
    path = f"/boundaries/{PUBLIC}/package?round=4"
    refused = client.get(path, headers=OFFICER)
    assert (refused.status_code, refused.json()["code"]) == (422, "round_filed")
    assert "不能导入" in refused.text
    made = client.get(f"{path}&anyway=true", headers=OFFICER)
    assert (made.status_code, made.content[:2]) == (200, b"PK")


def test_the_map_of_the_bureau_shows_more_than_the_public_one(client: TestClient) -> None:
    public = client.get("/maps/boundaries").text
    internal = client.get("/boundaries/map", headers=OFFICER).text
    assert "争议" not in public
    assert "西北线" not in public
    for words in ("争议地段", "双方记录不一致", "西北线", "联检中"):
        assert words in internal
    for form, start in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        answer = client.get(f"/boundaries/map?f={form}", headers=OFFICER)
        assert answer.content.startswith(start)
    data = client.get("/maps/boundaries.geojson").json()["features"]
    assert {item["properties"]["public"] for item in data} == {True}


@pytest.mark.parametrize(
    ("rule", "question", "answer"),
    [
        ("marker", {"number": "0221001Q"}, ("setting", "单立")),
        ("direction", {"true_bearing_deg": "11.25"}, ("direction16", "北偏东北")),
        (
            "witness",
            {"northing": "1000", "easting": "500", "grid_azimuth": "90", "distance_m": "10"},
            ("easting", 510.0),
        ),
    ],
)
def test_rules_answer_as_on_the_command_line(
    client: TestClient, rule: str, question: dict, answer: tuple
) -> None:
    assert client.post(f"/boundaries/{rule}", json=question).status_code == 401
    found = client.post(f"/boundaries/{rule}", json=question, headers=OFFICER)
    key, value = answer
    assert found.json()[key] == value
    wrong = client.post(f"/boundaries/{rule}", json={"strange": 1}, headers=OFFICER)
    assert wrong.status_code == 400
