"""Rules on cemeteries over HTTP and as pages: entered with the token, asked for by edition."""

import re
import shutil
import threading

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE, HOSTILE, fill
from bureau_rules import CLAUSE, RESERVOIR, TEXT
from civgeo.api.cemetery_examples import ENTERED, ENTERING
from civgeo.app import create_app
from civgeo.settings import Settings

WORD = "令牌-for-rules"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}
EDIT = {"actor": "张三", "document": "驻民〔2026〕8号"}
RULES = "/cemeteries/rules"
DESK = "/ui/cemetery-rules"
PLACE = {
    "name": "青山公墓",
    "kind": "cemetery",
    "operation": "public",
    "division": "990102001",
    "status": "operating",
    "area_mu": 80.0,
    "source": "虚构",
    "simulated": True,
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("rules") / "store")


@pytest.fixture
def folder(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "store")


@pytest.fixture
def client(folder):
    with TestClient(create_app(Settings(store=folder, write_token=WORD)), base_url=BASE) as client:
        yield client


def enter(client, **changed):
    body = {"rules": [RESERVOIR | changed], "edit": EDIT}
    return client.post(RULES, json=body, headers=BEARER)


def legal(client, **given):
    asked = {"division": "411702", "on": "2026-04-01", "distances_m": {"reservoir": 200}, **given}
    found = client.post("/cemeteries/check", json=asked, headers=BEARER)
    assert found.status_code == 200, found.text
    return found.json()


def test_a_rule_is_entered_changed_struck_and_brought_back(client):
    before = legal(client)
    made = enter(client)
    assert made.status_code == 201
    (rule,) = made.json()["rules"]
    one = f"{RULES}/{rule['id']}"
    assert client.get(one).json()["rule"]["state"] == "own"
    tag = {"If-Match": made.headers["etag"]}
    changed = client.put(one, json={"rule": {"value": 150}, "edit": EDIT}, headers=BEARER | tag)
    assert changed.json()["rules"][0]["value"] == "150"
    stale = client.put(one, json={"rule": {"value": 160}, "edit": EDIT}, headers=BEARER | tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_edit")
    mark = changed.json()["own_edition"]
    gone = client.delete(one, params={**EDIT, "own_edition": mark}, headers=BEARER)
    assert gone.json()["touched"] == [rule["id"]]
    assert client.get(one).status_code == 404
    body = {"edit": EDIT, "own_edition": gone.json()["own_edition"]}
    assert client.post(f"{one}/restore", json=body, headers=BEARER).status_code == 200
    assert client.get(one).json()["rule"]["value"] == "150"
    assert legal(client, rules_edition=before["edition"]) == before
    listed = client.get(RULES, params={"rules_edition": made.json()["edition"]}).json()["rules"]
    assert [item["value"] for item in listed if item["id"] == rule["id"]] == ["300"]


def test_the_examples_of_the_definition_are_real(client):
    made = client.post(RULES, json=ENTERING, headers=BEARER)
    assert made.status_code == 201
    assert set(made.json()) == set(ENTERED)
    assert made.json()["touched"] == ENTERED["touched"]


def test_editions_are_listed_downloaded_and_gone_back_to(client):
    first = enter(client).json()
    second = enter(client).json()
    told = client.get(f"{RULES}/editions").json()
    assert told["own_edition"] == second["own_edition"]
    assert [edit["action"] for edit in told["edits"]] == ["enter", "enter", "packaged"]
    file = client.get(f"{RULES}/editions/{first['own_edition'][:8]}")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.content.decode("utf-8-sig").count("own_411700") == 1
    assert client.get(f"{RULES}/editions/deadbeef").status_code == 404
    assert client.get(f"{RULES}/editions/%2e%2e%2fx").status_code in (400, 404)
    body = {"to": first["own_edition"][:8], "edit": EDIT}
    assert client.post(f"{RULES}/undo", json=body, headers=BEARER).status_code == 428
    tag = {"If-Match": f'W/"{second["own_edition"][:16]}"'}
    back = client.post(f"{RULES}/undo", json=body, headers=BEARER | tag)
    assert back.json()["own_edition"] == first["own_edition"]


def test_only_the_bearer_edits_and_bad_rows_are_told_by_row_and_column(client):
    body = {"rules": [RESERVOIR], "edit": EDIT}
    assert client.post(RULES, json=body).status_code == 401
    assert client.put(f"{RULES}/land_law_37", json={"rule": {}}).status_code == 401
    assert client.delete(f"{RULES}/land_law_37").status_code == 401
    assert client.post(f"{RULES}/undo", json={}).status_code == 401
    refused = enter(client, evidence="", note="=1+1")
    assert refused.status_code == 422
    told = {(item["row"], item["column"]) for item in refused.json()["findings"]}
    assert told == {(1, "evidence"), (1, "note")}
    assert enter(client, colour="red").json()["code"] == "unknown_key"
    assert enter(client, value=[1]).json()["code"] == "bad_type"
    for rules in ({}, "x", [1], None):
        wrong = client.post(RULES, json={"rules": rules, "edit": EDIT}, headers=BEARER)
        assert wrong.status_code == 400


def test_a_text_is_tried_and_entered_and_its_topics_wait_no_more(client):
    body = {"rules": [CLAUSE], "text": TEXT, "edit": EDIT, "dry_run": True}
    tried = client.post(RULES, json=body, headers=BEARER)
    assert (tried.status_code, tried.json()["dry_run"]) == (200, True)
    assert legal(client)["meets"]["legal"] is not False
    done = client.post(RULES, json=body | {"dry_run": False}, headers=BEARER).json()
    assert "plot_size" in {item["topic"] for item in done["waiting"]}
    assert legal(client)["meets"]["legal"] is False


def waiting(client):
    (text,) = client.get(f"{RULES}?missing=true&division=990100&on=2026-04-01").json()["rules"]
    told = {item["topic"]: item["cemeteries"] for item in text["registered"]["topics"]}
    return told | {"all": text["registered"]["cemeteries"]}


def test_what_waits_for_a_text_is_counted_in_the_registers(client):
    before = waiting(client)
    for status in ("operating", "closed"):
        feature = {"type": "Feature", "geometry": None, "properties": PLACE | {"status": status}}
        made = client.post("/collections/cemeteries/items", json=feature, headers=BEARER)
        assert made.status_code == 201, made.text
    after = waiting(client)
    more = {topic for topic in after if after[topic] == before[topic] + 1}
    assert more == {"min_area", "ecological_share", "green_cover", "all"}
    assert {topic for topic in after if after[topic] == before[topic]} == after.keys() - more
    page = client.get(f"{RULES}?missing=true&f=html").text
    assert "面积核对" in page
    assert "其他地方的条文" in page


def test_a_browser_gets_the_rules_of_the_city_of_today_with_their_evidence(client):
    page = client.get(RULES, headers={"accept": "text/html"}).text
    assert 'value="990100"' in page
    assert "《土地管理法》第37条" in page
    assert "驻马店" not in page
    assert "已核法规全文" in page
    assert "耕地" in page
    assert "<script" not in page
    plots = client.get(f"{RULES}?f=html&division=&on=&topic=plot_size&force=plan").text
    assert "zhumadian_plan_plot_ash_single" in plots
    assert "土地管理法" not in plots
    assert client.get(f"{RULES}?f=html&lang=en").text.count('lang="en"') == 1


def token_fields(page):
    (edition,) = set(re.findall(r'name="edition" value="([^"]*)"', page))
    return {"token": WORD, "edition": edition, **EDIT}


def test_an_officer_enters_a_rule_by_the_form_and_a_wrong_one_comes_back_filled_in(client):
    fields = token_fields(client.get(DESK).text) | {"id": "", "text": ""}
    row = RESERVOIR | {"note": HOSTILE, "evidence": ""}
    wrong = client.post(f"{DESK}?do=save", data=fields | row)
    assert wrong.status_code == 422
    assert "“证据”：不能为空" in wrong.text
    assert HOSTILE not in wrong.text
    assert 'value="300"' in wrong.text
    tried = client.post(f"{DESK}?do=try", data=fields | RESERVOIR)
    assert "检查通过，还没有保存" in tried.text
    assert tried.headers["cache-control"] == "no-store"
    saved = client.post(f"{DESK}?do=save", data=fields | RESERVOIR)
    assert "own_411700_1" in saved.text
    assert WORD not in saved.text
    again = client.post(f"{DESK}?do=save", data=fields | RESERVOIR)
    assert (again.status_code, "已被他人改动" in again.text) == (412, True)


def test_a_post_without_the_token_does_nothing(client):
    fields = RESERVOIR | {"edition": "none", **EDIT}
    assert client.post(f"{DESK}?do=save", data=fields | {"token": "x"}).status_code == 401
    assert client.post(f"{DESK}/editions", data=fields).status_code == 401
    assert client.get(RULES).json()["own_edition"] == "none"


def test_a_packaged_rule_is_changed_struck_and_restored_by_the_form(client):
    page = client.get(f"{DESK}?id=henan_funeral_26_4").text
    assert re.search(r'value="trunk_road" checked', page)
    cells = {"topic": "distance", "subjects": ["trunk_road", "railway"], "value": "1500"}
    kept = dict(re.findall(r'name="(\w+)" value="([^"]+)" maxlength="500"', page))
    fields = token_fields(page) | {"id": "henan_funeral_26_4"}
    choices = {"operator": ">=", "force": "legal", "evidence": "S"}
    saved = client.post(f"{DESK}?do=save", data=kept | choices | cells | fields)
    assert "已保存" in saved.text, saved.text
    rule = client.get(f"{RULES}/henan_funeral_26_4").json()["rule"]
    assert (rule["value"], rule["state"], rule["subjects"]) == (
        "1500",
        "replaced",
        ["trunk_road", "railway"],
    )
    (cell,) = client.get(f"{RULES}/editions").json()["edits"][0]["changes"][0]["cells"]
    assert cell["column"] == "value"
    for word, state in (("off", "off"), ("restore", "replaced"), ("restore", "packaged")):
        fields |= token_fields(client.get(f"{DESK}?id=henan_funeral_26_4").text)
        assert client.post(f"{DESK}?do={word}", data=fields).status_code == 200
        assert client.get(f"{RULES}/henan_funeral_26_4").json()["rule"]["state"] == state


def test_a_table_of_clauses_is_uploaded_and_its_findings_name_rows(client):
    page = client.get(f"{DESK}?text={TEXT}").text
    blank = client.get(f"{DESK}/clauses.csv?text={TEXT}").content.decode("utf-8-sig")
    head = blank.splitlines()[0]
    fields = token_fields(page) | {"text": TEXT, "whole": "1"}
    for content, status, told in (
        (f"{head}\n20,距离,水库,距水库,>=,五百,S,\n", 422, "第 2 行“数值”"),
        (f"{head}\n20,距离,水库,距水库,>=,500,S,\n", 200, "已保存"),
    ):
        file = {"file": ("条文.csv", content.encode("gb18030"))}
        found = client.post(f"{DESK}?do=save", data=fields, files=file)
        assert (found.status_code, told in found.text) == (status, True)
    assert legal(client)["meets"]["legal"] is False
    large = {"file": ("条文.csv", b"x" * 3_000_000)}
    assert client.post(f"{DESK}?do=save", data=fields, files=large).status_code == 413


def test_going_back_by_the_page_of_editions_works_with_a_broken_file(client, folder):
    first = enter(client).json()
    place = folder / "own" / "rules" / "cemetery_rules.csv"
    place.write_text("id,topic\n", encoding="utf-8")
    assert client.get(RULES).status_code == 503
    fields = token_fields(client.get(f"{DESK}/editions").text) | {"to": first["own_edition"]}
    assert "已回到以前的版本" in client.post(f"{DESK}/editions", data=fields).text
    assert client.get(RULES).json()["own_edition"] == first["own_edition"]


def test_without_a_token_in_the_settings_the_desk_says_how_to_open_it(folder):
    with TestClient(create_app(Settings(store=folder)), base_url=BASE) as client:
        assert "网页录入没有开放" in client.get(DESK).text
        assert client.post(f"{DESK}?do=save", data=RESERVOIR).status_code == 403
        assert client.post(RULES, json={"rules": [RESERVOIR]}).status_code == 403


def test_readers_never_see_half_an_edit(client):
    marks, done = set(), threading.Event()

    def read():
        while not done.is_set():
            found = client.get(RULES)
            assert found.status_code == 200, found.text
            own = [rule for rule in found.json()["rules"] if rule["id"].startswith("own_")]
            marks.add((found.json()["edition"], len(own)))

    reader = threading.Thread(target=read)
    reader.start()
    counts = {enter(client).json()["edition"]: number for number in range(1, 9)}
    done.set()
    reader.join()
    assert all(counts.get(edition, 0) == count for edition, count in marks)
