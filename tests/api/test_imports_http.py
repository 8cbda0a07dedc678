"""Imports over HTTP and on the officers' page: who may, what comes back, and no outside page."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from civgeo.app import create_app
from civgeo.services.jobs import run
from civgeo.settings import Settings
from civgeo.store.jobs import JobBook, this_process

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from dirty import vrt

TOKEN = "correct-horse"  # noqa: S105 of this test only
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HEADER = "小区名称,所属街道,小区类别,总户数,用房阶段,经度,纬度\n"
GOOD = HEADER + "新苑一,东街道,新建,80,建成,114.05,33.05\n新苑二,东街道,新建,90,建成,114.06,33.05\n"
BAD = GOOD.replace(",90,", ",约90,")
EDIT = {"edit": {"actor": "王民", "document": "民政〔2026〕1号"}}
WAY = "/imports?kind=estates&filename=小区.csv&crs=EPSG:4490"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "store")


@pytest.fixture
def limits() -> dict[str, int]:
    """Settings that a test gives by its parameters."""
    return {}


@pytest.fixture
def client(folder: Path, limits: dict[str, int]) -> Iterator[TestClient]:
    app = create_app(Settings(store=folder, write_token=TOKEN, **limits))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as made:
        yield made


def send(client: TestClient, text: str, way: str = WAY):
    return client.post(way, content=text.encode(), headers=BEARER)


def test_upload_precheck_confirm_undo(client):
    made = send(client, GOOD)
    assert made.status_code == 201, made.text
    batch = made.json()
    assert batch["state"] == "ready", batch
    assert batch["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    home = f"/imports/{batch['batch']}"
    assert made.headers["location"].endswith(home)
    assert client.get(home, headers=BEARER).json() == batch
    done = client.post(f"{home}/confirm", json=EDIT, headers=BEARER)
    assert (done.status_code, done.json()["created"]) == (200, 2)
    again = client.post(f"{home}/confirm", json=EDIT, headers=BEARER).json()
    assert (again["already"], again["created"]) == (True, 2)
    assert send(client, GOOD).json()["code"] == "already_imported"
    found = client.get("/collections/estates/items?name=新苑一").json()
    assert found["numberMatched"] == 1
    recorded = client.get("/imports", headers=BEARER).json()["imports"]
    assert [item["actor"] for item in recorded] == ["王民"]
    undone = client.post(f"{home}/undo", json=EDIT, headers=BEARER)
    assert undone.json() == {"batch": batch["batch"], "taken_back": 2, "put_back": 0}
    assert client.get("/collections/estates/items?name=新苑一").json()["numberMatched"] == 0


def test_errors_come_back_as_the_same_table(client):
    batch = send(client, BAD).json()
    assert batch["state"] == "refused"
    assert batch["findings"][0] | {"message": ""} == {
        "row": 3,
        "column": "总户数",
        "value": "约90",
        "severity": "error",
        "message": "",
    }
    table = client.get(f"/imports/{batch['batch']}/errors", headers=BEARER)
    assert "%E6%A3%80%E6%9F%A5%E7%BB%93%E6%9E%9C.csv" in table.headers["content-disposition"]
    assert "【总户数】" in table.text.splitlines()[2]
    refused = client.post(f"/imports/{batch['batch']}/confirm", json=EDIT, headers=BEARER)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get("/collections/estates/items").json()["numberMatched"] == 5


def test_a_file_is_prechecked_anew_with_another_request(client):
    batch = send(client, GOOD, "/imports?kind=estates").json()
    assert (batch["state"], batch["code"]) == ("question", "crs_unknown")
    again = client.post(f"/imports/{batch['batch']}/check?crs=EPSG:4490", headers=BEARER)
    assert again.json()["state"] == "ready"
    mapped = client.post(
        f"/imports/{batch['batch']}/check?crs=EPSG:4490&map=总户数=elders&set=households=5",
        headers=BEARER,
    ).json()
    assert mapped["mapping"]["总户数"] == "elders"


def test_a_form_brings_the_file_too(client):
    files = {"file": ("小区.csv", GOOD.encode("gb18030"), "text/csv")}
    made = client.post("/imports?kind=estates&crs=EPSG:4490", files=files, headers=BEARER)
    assert made.status_code == 201, made.text
    assert made.json()["file"]["name"] == "小区.csv"
    assert made.json()["reading"]["encoding"] == "GB18030"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", WAY),
        ("GET", "/imports"),
        ("GET", "/imports/x"),
        ("GET", "/imports/x/errors"),
        ("POST", "/imports/x/check"),
        ("POST", "/imports/x/confirm"),
        ("POST", "/imports/x/undo"),
        ("DELETE", "/imports/x"),
        ("GET", "/jobs/x"),
        ("GET", "/jobs/x/result"),
        ("DELETE", "/jobs/x"),
    ],
)
def test_nobody_without_the_token_may(client, folder, method, path):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = client.request(method, path, content=GOOD.encode(), headers=headers)
        assert answer.status_code == 401, (path, answer.text)
    assert not (folder / "staging").exists() or not list((folder / "staging").iterdir())
    # the same requests get past the guard with it
    allowed = client.request(method, path, content=GOOD.encode(), headers=BEARER)
    assert allowed.status_code != 401


def test_without_a_token_in_the_settings_nobody_may_at_all(folder):
    app = create_app(Settings(store=folder))
    with TestClient(app, base_url=BASE) as closed:
        answer = closed.post(WAY, content=GOOD.encode(), headers={"Authorization": "Bearer "})
        assert (answer.status_code, answer.json()["code"]) == (403, "writing_closed")
        assert "没有开放" in closed.get("/ui/imports").text
        assert closed.post("/ui/imports", files={"file": ("a", b"x")}).status_code == 403


def test_hostile_uploads_are_refused_with_a_reason_and_leave_nothing(client, folder, tmp_path):
    hostile = vrt(tmp_path / "x", "/etc/passwd").read_text()
    answer = send(client, hostile, "/imports?kind=facilities&filename=x.geojson")
    assert (answer.status_code, answer.json()["code"]) == (422, "unsupported_format")
    deep = '{"type":"FeatureCollection","features":[' + "[" * 5000 + "]" * 5000 + "]}"
    answer = send(client, deep, "/imports?kind=facilities&filename=x.geojson")
    assert 400 <= answer.status_code < 500, answer.text
    assert send(client, "", WAY).json()["code"] == "no_file"
    assert send(client, GOOD, "/imports?kind=markers").status_code == 400
    assert send(client, GOOD, f"{WAY}&verzeichnis=1").json()["code"] == "unknown_parameter"
    names = send(client, GOOD, "/imports?kind=estates&filename=../../../x.csv").json()
    assert names["file"]["name"] == "x.csv"
    kept = [item.name for item in (folder / "staging").iterdir()]
    assert kept == [names["batch"]]


@pytest.mark.parametrize("limits", [{"max_upload_mb": 1}])
def test_an_upload_that_is_too_long_is_cut_off(client):
    assert send(client, "x" * 1024**2).status_code == 422
    answer = send(client, "x" * (1024**2 + 1))
    assert answer.status_code == 413
    assert "超过 1 MB" in answer.text
    form = client.post(
        "/imports?kind=estates",
        headers=BEARER | {"Content-Length": "99999999999", "Content-Type": "multipart/form-data"},
        content=b"",
    )
    assert form.status_code == 413


def test_a_batch_that_is_thrown_away_is_gone(client):
    batch = send(client, GOOD).json()["batch"]
    assert client.delete(f"/imports/{batch}", headers=BEARER).status_code == 204
    assert client.get(f"/imports/{batch}", headers=BEARER).status_code == 404


@pytest.mark.parametrize("limits", [{"background_mb": 0, "background_rows": 1}])
def test_large_files_are_left_to_a_worker(client, folder):
    queued = send(client, GOOD)
    assert queued.status_code == 202
    told = queued.json()
    job = f"/jobs/{told['job']}"
    assert client.get(job, headers=BEARER).json()["state"] == "queued"
    assert client.get(f"{job}/result", headers=BEARER).status_code == 404
    work(client, folder)
    assert client.get(job, headers=BEARER).json()["state"] == "done"
    assert client.get(f"{job}/result", headers=BEARER).json()["state"] == "ready"
    home = f"/imports/{told['batch']}"
    confirmed = client.post(f"{home}/confirm", json=EDIT, headers=BEARER)
    assert confirmed.status_code == 202
    work(client, folder)
    result = client.get(f"/jobs/{confirmed.json()['job']}/result", headers=BEARER).json()
    assert (result["state"], result["created"]) == ("confirmed", 2)
    second = send(client, BAD).json()["job"]
    cancelled = client.delete(f"/jobs/{second}", headers=BEARER)
    assert cancelled.json()["state"] == "cancelled"


def work(client: TestClient, folder: Path) -> None:
    claimed = JobBook(folder).claim(this_process())
    assert claimed is not None
    assert run(client.app.state.desk.city(), claimed.id)


def post(client: TestClient, path: str, **fields: str):
    return client.post(path, data={"token": TOKEN, **fields}, headers={"Accept": "text/html"})


def test_the_page_leads_through_an_import_without_scripts(client):
    front = client.get("/ui/imports").text
    assert "<script" not in front
    assert 'type="password"' in front
    files = {"file": ("小区.csv", BAD.encode(), "text/csv")}
    fields = {"token": TOKEN, "kind": "estates"}
    asked = client.post("/ui/imports", data=fields, files=files)
    assert asked.status_code == 200, asked.text
    assert "不会猜测" in asked.text
    assert asked.headers["cache-control"] == "no-store"
    id = re.search(r"<code>(\d{8}-\d{6}-[0-9a-f]{8})</code>", asked.text).group(1)
    refused = post(client, f"/ui/imports/{id}", crs="EPSG:4490")
    assert "约90" in refused.text
    assert "下载带检查结果列的原表" in refused.text
    table = post(client, f"/ui/imports/{id}/errors")
    assert "【总户数】" in table.text
    files = {"file": ("小区.csv", GOOD.encode(), "text/csv")}
    ready = client.post("/ui/imports", data=fields | {"crs": "EPSG:4490"}, files=files)
    id = re.search(r"<code>(\d{8}-\d{6}-[0-9a-f]{8})</code>", ready.text).group(1)
    assert "确认导入" in ready.text
    told = {"actor": "王民", "document": "1号"}
    done = post(client, f"/ui/imports/{id}/confirm", **told)
    assert "已导入：新增 2 条" in done.text, done.text
    assert id in client.get("/ui/imports").text
    undone = post(client, f"/ui/imports/{id}/undo", **told)
    assert "收回 2 条" in undone.text
    assert "已撤销" in client.get("/ui/imports").text
    assert client.get("/ui/imports?lang=en").status_code == 200


def test_a_form_of_another_site_without_the_token_does_nothing(client, folder):
    files = {"file": ("小区.csv", GOOD.encode(), "text/csv")}
    for fields in ({"kind": "estates"}, {"kind": "estates", "token": "guess"}):
        assert client.post("/ui/imports", data=fields, files=files).status_code == 401
    for step in ("", "/confirm", "/undo", "/errors", "/discard"):
        answer = client.post(f"/ui/imports/20260101-000000-00000000{step}", data={"token": "x"})
        assert answer.status_code == 401
    assert not list((folder / "staging").iterdir())


def test_names_from_a_file_are_escaped_on_the_page(client):
    evil = GOOD.replace("新苑一", "<img src=x onerror=alert(1)>").replace("总户数", "总户数<b>")
    files = {"file": ("<b>.csv", evil.encode(), "text/csv")}
    fields = {"token": TOKEN, "kind": "estates", "crs": "EPSG:4490"}
    shown = client.post("/ui/imports", data=fields, files=files).text
    assert "<img" not in shown
    assert "<b>" not in shown
    assert "&lt;img" in shown
