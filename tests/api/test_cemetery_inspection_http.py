"""The inspection list over HTTP: for officers only, as JSON and as a workbook."""

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from civgeo.api.cemetery_inspection_examples import INSPECTION
from civgeo.app import create_app
from civgeo.domain.history import Edit
from civgeo.settings import Settings
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

WORD = "令牌-for-inspection"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = fill(tmp_path_factory.mktemp("inspection") / "store")
    place = {"id": "00000000-0000-4000-8000-000000000001", "name": "东山公墓"}
    place |= {"kind": "cemetery", "operation": "public", "status": "operating"}
    place |= {"division": "411702", "area_mu": 102.5, "approved_mu": 100.0}
    with Store.open(folder) as store, store.write() as writing:
        frame = name_records("cemeteries", place | {"approval": "民〔2019〕18号"})
        writing.add(Collection.CEMETERIES, frame, Edit("王民", "民政〔2026〕1号"))
    with TestClient(create_app(Settings(store=folder, write_token=WORD)), base_url=BASE) as made:
        yield made


def test_only_officers_see_the_list(client):
    assert client.get("/cemeteries/inspection").status_code == 401

    found = client.get("/cemeteries/inspection?on=2026-03-01", headers=BEARER).json()

    assert set(found) == set(INSPECTION)
    place = next(each for each in found["cemeteries"] if each["name"] == "东山公墓")
    (example,) = INSPECTION["cemeteries"]
    assert set(place) == set(example)
    assert place["findings"][0] == example["findings"][0]


def test_the_list_comes_as_a_workbook(client):
    answer = client.get("/cemeteries/inspection?f=xlsx", headers=BEARER)

    assert answer.content[:2] == b"PK"
    assert "cemetery-inspection.xlsx" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("on=yesterday", 400),
        ("division=x", 400),
        ("layers=abc", 404),
        ("edition=abc", 404),
        ("f=csv", 400),
        ("place=1", 400),
    ],
)
def test_what_cannot_be_meant_is_a_problem(client, query, status):
    assert client.get(f"/cemeteries/inspection?{query}", headers=BEARER).status_code == status
