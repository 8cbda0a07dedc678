"""The bureau's own material over HTTP, and the map of names in conflict."""

import io
import json
import re

import pytest
from docx import Document
from shapely import Point

from api.served_city import REGISTER, divisions
from api.writable_city import serving
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

STREET = {
    "kind": "street",
    "division": "990102",
    "builtup_area": "甲区城区",
    "status": "standard",
    "name": "光明路",
    "reading": "guāng míng lù",
    "geometry": Point(114.05, 33.05),
}
ASKED = {"kind": "street", "division": "990102", "builtup_area": "甲区城区"}
LIST = "词语,来源,录入日期\n清风,局务会,2026-02-01\n"
EDIT = {"actor": "张三", "document": "甲民〔2026〕1号"}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "s"
    with Store.create(place, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add(Collection.PLACE_NAMES, name_records("place_names", STREET | {"id": "a"}))
    return place


@pytest.fixture
def client(folder):
    with serving(folder) as made:
        yield made


def save_own(folder, name, content):
    path = folder / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def check(client, name, **more):
    return client.post("/place-names/check", json=ASKED | {"name": name} | more)


def test_an_own_list_counts_once_it_is_saved(client, folder):
    assert check(client, "清风路").json()["findings"] == []
    save_own(folder, "lists/persons.csv", LIST)
    answer = check(client, "清风路").json()
    assert [item["code"] for item in answer["findings"]] == ["person_name"]
    assert answer["own_lists"]["persons"]["as_of"] == "2026-02-01"
    assert client.get("/place-names/audit").json()["own_lists"] == answer["own_lists"]


def test_a_broken_list_is_told_with_its_place_and_mended_without_a_restart(client, folder):
    save_own(folder, "lists/persons.csv", "词语,来源,录入日期\n清风,x,昨天\n")
    for answer in (check(client, "清风路"), client.get("/place-names/audit")):
        assert (answer.status_code, answer.json()["code"]) == (503, "own_file_broken")
        assert "own/lists/persons.csv 第 2 行“录入日期”" in answer.json()["detail"]
        assert str(folder) not in answer.text
    save_own(folder, "lists/persons.csv", LIST)
    assert check(client, "清风路").status_code == 200


def test_a_broken_rule_of_procedure_opens_no_case(client, folder):
    save_own(folder, "rules/naming_procedures.csv", "id\nx\n")
    question = {"kind": "street", "action": "naming"}
    assert client.post("/place-names/procedure", json=question).status_code == 503
    case = {"properties": ASKED | {"name": "清风路"}, "reason": "新建道路", "edit": EDIT}
    refused = client.post("/place-names/cases", json=case)
    assert (refused.status_code, refused.json()["code"]) == (503, "own_file_broken")
    (folder / "own/rules/naming_procedures.csv").unlink()
    assert client.get("/place-names/cases").json() == {"cases": []}


def test_papers_of_a_case_are_written_by_the_bureaus_template(client, folder):
    case = {"properties": ASKED | {"name": "清风路"}, "reason": "新建道路", "edit": EDIT}
    opened = client.post("/place-names/cases", json=case)
    assert opened.status_code == 201, opened.text
    address = f"/place-names/cases/{opened.json()['id']}/papers/application.docx"
    made = Document()
    made.add_paragraph("本局版式：{{ place.name }}")
    written = io.BytesIO()
    made.save(written)
    save_own(folder, "templates/application.docx", written.getvalue())
    paper = client.get(address, params={"office": "甲局"})
    assert "本局版式：清风路" in [
        item.text for item in Document(io.BytesIO(paper.content)).paragraphs
    ]
    save_own(folder, "templates/application.docx", b"no zip")
    refused = client.get(address, params={"office": "甲局"})
    assert (refused.status_code, refused.json()["code"]) == (503, "own_file_broken")
    assert "own/templates/application.docx" in refused.json()["detail"]
    assert str(folder) not in refused.text


def test_the_answer_holds_what_conflicts_as_features(client):
    answer = check(client, "光鸣路", lon=114.06, lat=33.05).json()
    [feature] = answer["conflicts"]["features"]
    assert (feature["id"], feature["geometry"]["type"]) == ("a", "Point")
    assert feature["properties"]["code"] == "homophone"
    assert feature["properties"]["distance_m"] == pytest.approx(933, abs=5)


@pytest.mark.parametrize("asked", [{"params": {"f": "html"}}, {"headers": {"Accept": "text/html"}}])
def test_the_map_of_conflicts_asks_for_files_of_this_service_only(client, asked):
    body = ASKED | {"name": "光鸣路", "lon": 114.06, "lat": 33.05}
    answer = client.post("/place-names/check", json=body, **asked)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "/static/civgeo-links.js" in answer.text
    assert re.findall(r"(?:src|href)=\"(?!/static/|#)", answer.text) == []
    assert client.get("/static/civgeo-links.js").status_code == 200


@pytest.mark.parametrize(
    ("more", "params", "code"),
    [
        ({"lon": 114.06}, {}, "missing_key"),
        ({"lon": 33.05, "lat": 114.06}, {}, "crs_error"),
        ({"lon": True, "lat": 33}, {}, "bad_number"),
        ({}, {"f": "pdf"}, "bad_parameter"),
    ],
)
def test_a_question_that_cannot_be_read_is_a_clear_400(client, more, params, code):
    body = ASKED | {"name": "光鸣路"} | more
    answer = client.post("/place-names/check", json=body, params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, code), json.dumps(answer.json())
