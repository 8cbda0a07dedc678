"""The rules on names over HTTP, against a register of three streets."""

import pytest

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
    "secrecy": "public",
    "public": True,
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules") / "s"
    names = name_records(
        "place_names",
        STREET | {"id": "a", "name": "光明路", "reading": "guāng míng lù"},
        STREET | {"id": "b", "name": "光明路", "reading": "guāng míng lù"},
        STREET
        | {
            "id": "c",
            "name": "望湖路",
            "reading": "wàng hú lù",
            "other_names": '[{"name": "湖滨土路", "kind": "former"}]',
        },
    )
    with Store.create(folder, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        writing.add(Collection.PLACE_NAMES, names)
    with serving(folder) as made:
        yield made


def test_a_name_is_romanised(client) -> None:
    body = {"name": "张庄村", "kind": "committee_seat"}
    answer = client.post("/place-names/romanize", json=body).json()
    assert (answer["toned"], answer["status"]) == ("Zhāngzhuāng Cūn", "ok")


def test_a_procedure_has_its_last_days(client) -> None:
    body = {
        "kind": "street",
        "action": "naming",
        "level": "county",
        "approved_by": "county_government",
        "approved_on": "2026-09-01",
        "today": "2026-09-20",
    }
    answer = client.post("/place-names/procedure", json=body).json()
    assert (answer["file_by"], answer["announce_by"]) == ("2026-09-16", "2026-09-16")
    assert [item["days"] for item in answer["late"]] == [4, 4]


def test_a_proposal_is_held_against_the_register(client) -> None:
    asked = {"kind": "street", "division": "990102", "builtup_area": "甲区城区"}
    found = client.post("/place-names/check", json=asked | {"name": "光鸣路"}).json()
    [homophone] = [item for item in found["findings"] if item["code"] == "homophone"]
    assert sorted(homophone["against"]) == ["a", "b"]
    assert found["blocked"] is True
    assert found["lists"]
    renamed = asked | {"name": "望湖路", "apart_from": "c"}
    codes = [i["code"] for i in client.post("/place-names/check", json=renamed).json()["findings"]]
    assert "duplicate" not in codes


def test_a_text_names_the_standard_one_beside_the_former(client) -> None:
    body = {"text": "位于湖滨土路与光明路交叉口。"}
    [found] = client.post("/place-names/text", json=body).json()["findings"]
    assert (found["found"], found["standard"]) == ("湖滨土路", ["望湖路"])


def test_the_audit_finds_both_of_two_equal_names(client) -> None:
    found = client.get("/place-names/audit").json()
    doubles = [row for row in found["findings"] if row["code"] == "duplicate"]
    assert sorted(row["id"] for row in doubles) == ["a", "b"]
    assert found["names"] == 3
    assert client.get("/place-names/audit", params={"f": "xlsx"}).content[:2] == b"PK"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("romanize", {"name": "张庄村"}, "missing_key"),
        ("romanize", {"name": "张庄村", "kind": "palace"}, "bad_value"),
        ("check", {"name": "光明路", "kind": "street", "division": "1"}, "bad_code"),
        (
            "check",
            {"name": "光明路", "kind": "street", "division": "990102", "x": 1},
            "unknown_key",
        ),
        ("check", {"name": [1], "kind": "street", "division": "990102"}, "bad_type"),
        ("procedure", {"kind": "street", "action": "burning"}, "bad_value"),
        ("text", {"text": 7}, "bad_type"),
    ],
)
def test_a_bad_question_is_a_clear_400(client, path, body, code) -> None:
    answer = client.post(f"/place-names/{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text
