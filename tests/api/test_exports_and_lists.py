"""/export and /lists over HTTP: formats, what stays inside, and what is refused."""

import csv
import io
from pathlib import Path

import geopandas as gpd
import pytest
from openpyxl import load_workbook
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from api.writable_city import BEARER
from civgeo.app import create_app
from civgeo.services.name_lists import VIEWS
from civgeo.settings import Settings
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The fictional city with a name that is not public, and with a map approval number."""
    folder = fill(tmp_path_factory.mktemp("served") / "store")
    with Store.open(folder) as store, store.write() as writing:
        hidden = {"id": "hidden", "name": "内部路", "public": False}
        writing.add(Collection.PLACE_NAMES, name_records("place_names", hidden))
        sign = {"id": "hidden-sign", "name": "内部路", "place": "hidden"}
        writing.add(Collection.NAME_SIGNS, name_records("name_signs", sign))
    settings = Settings(store=folder, write_token=SecretStr(BEARER), public_number="豫S(2026)001号")
    with TestClient(create_app(settings), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


def rows(answer) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "csv", "xlsx"])
def test_a_collection_is_one_file(served, tmp_path: Path, suffix):
    answer = served.get(f"/export/estates.{suffix}")
    assert answer.status_code == 200
    assert f"estates-990100.{suffix}" in answer.headers["content-disposition"]
    if suffix == "xlsx":
        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert sheet.max_row == 6
    elif suffix == "csv":
        assert len(rows(answer)) == 5
    else:
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(answer.content)
        assert len(gpd.read_file(path)) == 5


def test_what_is_not_public_needs_the_token(served):
    officer = {"Authorization": f"Bearer {BEARER}"}
    for path, header in (("place_names", "标准名称"), ("name_signs", "标示名称")):
        anybody = [row[header] for row in rows(served.get(f"/export/{path}.csv"))]
        own = [row[header] for row in rows(served.get(f"/export/{path}.csv", headers=officer))]
        assert {"内部路"} <= set(own) - set(anybody) <= {"内部路", "示例密路"}
        assert "示例密路" not in anybody
    public = served.get("/export/place_names.csv", params={"public": "true"}, headers=officer)
    assert "内部路" not in [row["标准名称"] for row in rows(public)]
    assert served.get("/export/name_cases.csv").status_code == 404
    assert served.get("/export/name_cases.csv", headers=officer).status_code == 200


def test_forms_of_others_and_a_day_are_asked_for_in_the_query(served):
    census = served.get("/export/place_names.xlsx", params={"form": "census"})
    header = next(load_workbook(io.BytesIO(census.content)).worksheets[0].values)
    assert header[:3] == ("代码", "标准名称", "别名")
    national = served.get("/export/place_names.json", params={"form": "national"}).json()
    assert national["total"] == 3
    earlier = {"datetime": "1999-01-01", "division": "9901"}
    assert served.get("/export/divisions.csv", params=earlier).status_code == 200


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("estates.shp", {}, 404),
        ("estates.json", {}, 400),
        ("estates.csv", {"form": "census"}, 400),
        ("place_names.csv", {"form": "other"}, 400),
        ("streets.csv", {}, 404),
        ("estates.csv", {"colour": "red"}, 400),
        ("estates.csv", {"division": "99"}, 200),
        ("estates.csv", {"division": "x"}, 400),
        ("estates.csv", {"datetime": "2020-01-01/.."}, 400),
        ("name_cases.csv", {"public": "true"}, 404),
    ],
)
def test_what_cannot_be_exported_is_refused(served, path, params, status):
    answer = served.get(f"/export/{path}", params=params)
    assert answer.status_code == status
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_token_gets_nothing(served):
    wrong = {"Authorization": "Bearer wrong"}
    assert served.get("/export/place_names.csv", headers=wrong).status_code == 401


def test_without_an_approval_number_nothing_is_for_the_public(client: TestClient):
    answer = client.get("/export/place_names.csv", params={"public": "true"})
    assert (answer.status_code, answer.json()["code"]) == (400, "public_number_required")


@pytest.mark.parametrize(
    ("register", "view"), [(register, view) for register, own in VIEWS.items() for view in own]
)
def test_every_list_is_answered_as_json_and_as_a_workbook(served, register, view):
    found = served.get(f"/lists/{register}", params={"view": view}).json()
    assert (found["register"], found["view"], found["simulated"]) == (register, view, True)
    sheet = served.get(f"/lists/{register}", params={"view": view, "f": "xlsx"})
    assert "说明" in load_workbook(io.BytesIO(sheet.content)).sheetnames


def test_a_list_is_chosen_by_properties_and_figures_by_parameters(served):
    found = served.get("/lists/name_signs", params={"state": "intact", "division": "990102"})
    assert {row["state"] for row in found.json()["rows"]} == {"intact"}
    asked = {"view": "overdue", "interval_days": "10"}
    assert served.get("/lists/name_signs", params=asked).json()["parameters"]["interval_days"] == 10
    rural = served.get("/lists/rural_naming", params={"target": "40"}).json()
    assert rural["summary"][-1]["target"] == "40"


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("place_names", {}, 404),
        ("name_signs", {"view": "map"}, 400),
        ("name_signs", {"colour": "red"}, 400),
        ("name_signs", {"state": "flying"}, 400),
        ("name_signs", {"interval_days": "0"}, 400),
        ("rural_naming", {"target": "many"}, 400),
        ("rural_naming", {"target": "400"}, 400),
        ("name_signs", {"division": "990199"}, 404),
    ],
)
def test_what_cannot_be_listed_is_refused(served, path, params, status):
    answer = served.get(f"/lists/{path}", params=params)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_the_definition_names_both(served):
    paths = served.get("/api").json()["paths"]
    assert "/lists/{register}" in paths
    assert any(path.startswith("/export/") for path in paths)
