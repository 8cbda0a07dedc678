"""The map of graves: what is seen of each, where it moves to, officers only."""

import json
import re

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.services.grave_maps import graves_chart
from civgeo.services.grave_question import grave_question
from civgeo.services.graves import city_graves
from civgeo.settings import Settings
from grave_city import founded, ridge

WORD = "令牌-for-the-map"
ADDRESS = "/cemeteries/graves/map"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = founded(tmp_path_factory.mktemp("graves-map") / "store", heights=ridge())
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def found(city):
    return city_graves(city, grave_question({}))


def layer(page: str, name: str) -> dict:
    text = re.search(rf'<script type="application/json" id="civgeo_{name}">(.*?)</script>', page)
    return json.loads(text[1])


def test_every_grave_stands_in_the_group_of_what_is_seen_of_it(city, found):
    page = graves_chart(city, found).to_single_file(embed_font=False)
    groups = {group["label"]: group["count"] for group in layer(page, "graves")["groups"]}
    moved = found.graves["status"].isin(["moved", "screened"])
    seen = found.graves["seen"][~moved]
    assert groups["看得见"] == int(seen.eq(True).sum()) > 0
    assert groups["看不见"] == int(seen.eq(False).sum())
    assert groups["不能判断"] == int(seen.isna().sum())
    assert groups["已迁移或已遮挡"] == int(moved.sum())
    assert sum(groups.values()) == len(layer(page, "graves")["points"])


def test_lines_lead_to_the_cemeteries_that_take_graves(city, found):
    page = graves_chart(city, found).to_single_file(embed_font=False)
    groups = {group["label"]: group["count"] for group in layer(page, "lines")["groups"]}
    assert groups["迁往的公墓（直线）"] == len(found.moves.rows) > 0
    taking = {row[4] for row in layer(page, "cemeteries")["points"]}
    assert taking == set(found.cemeteries["name"][found.cemeteries["assigned"] > 0])


def test_only_officers_see_the_map(city):
    settings = Settings(store=city.store.file.parent, write_token=SecretStr(WORD))
    with TestClient(create_app(settings), base_url=BASE) as client:
        for given in ({}, {"Authorization": "Bearer no"}):
            assert client.get(ADDRESS, headers=given).status_code == 401
        bearer = {"Authorization": f"Bearer {WORD}".encode()}
        answer = client.get(f"{ADDRESS}?max_m=2000", headers=bearer)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "散坟与迁移安排" in answer.text
        assert client.get(f"{ADDRESS}?colour=1", headers=bearer).status_code == 400


@pytest.mark.browser
def test_the_page_opens_without_a_network(chromium, city, found, tmp_path):
    file = tmp_path / "散坟.html"
    file.write_text(graves_chart(city, found).to_single_file(), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    context.set_offline(True)
    asked, complaints = [], []
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_selector(".civgeo-label")
    assert "看得见" in tab.locator(".civgeo-panel").inner_text()
    assert (len(asked), complaints) == (1, [])
    context.close()
