"""Siting over HTTP: at once, as a job, one place; for the bearer of the token only."""

import io
import json

import openpyxl
import orjson
import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.domain.site_features import SiteFeature
from civgeo.services.city import City
from civgeo.services.jobs import book_of, result_of, run
from civgeo.services.siting import site
from civgeo.services.siting_question import siting_question
from civgeo.services.siting_views import siting_document
from civgeo.settings import Settings
from civgeo.store.store import Store
from siting_city import BEFORE, founded, laid, patch, path, spot

WORD = "令牌-for-siting"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}
ASKED = {"division": "411702", "level": "township", "on": "2026-03-29"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("siting") / "store"
    city = founded(made)
    laid(city, SiteFeature.TRUNK_ROAD, [path((0, 0.5), (1, 0.55))], name="G107")
    laid(city, SiteFeature.RESERVOIR, [patch(0.1, 0.1, 0.3, 0.3)])
    city.store.close()
    return made


@pytest.fixture(scope="module")
def client(folder):
    settings = Settings(store=folder, write_token=WORD)
    with TestClient(create_app(settings), base_url=BASE) as served:
        yield served


def asked(client, address="/cemeteries/site", **given):
    return client.post(address, json=ASKED | given, headers=BEARER)


def test_a_small_question_is_answered_at_once_with_rule_edition_and_layer_date(client, folder):
    answer = asked(client)
    assert answer.status_code == 200
    document = answer.json()
    with Store.open(folder) as store:
        same = siting_document(site(City(store, BEFORE), siting_question(ASKED)))
    assert document == json.loads(orjson.dumps(same))
    assert document["headline"].startswith("在已提供的 2 个图层中，没有发现禁止情形的土地共 ")
    mark = next(each for each in document["constraints"] if each["distance_m"] == 1_000)
    assert mark["rule"]["id"] == "henan_funeral_26_4"
    assert mark["layer_date"] == "2025-06-30"
    assert mark["cells"] * document["grid"]["cell_m2"] == mark["area_m2"]
    assert document["parameters"]["weights"]["road_m"] == "1"
    assert {gap["feature"] for gap in document["missing_layers"]} >= {"railway", "river"}


def test_candidates_come_as_geojson_and_as_a_workbook(client):
    drawn = asked(client, "/cemeteries/site?f=geojson").json()
    assert drawn["type"] == "FeatureCollection"
    assert drawn["features"][0]["properties"]["rank"] == 1
    assert drawn["about"]["edition"]
    sheet = asked(client, "/cemeteries/site?f=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    assert book.sheetnames == ["候选地", "禁止情形", "没有评价的"]


def test_a_large_question_becomes_a_job_with_the_same_answer(client, folder):
    queued = asked(client, cell_m="1.2", top=2)
    assert queued.status_code == 202
    id = queued.json()["job"]
    told = client.get(queued.headers["location"], headers=BEARER).json()
    assert (told["kind"], told["state"]) == ("siting", "queued")
    with Store.open(folder) as store:
        city = City(store, BEFORE)
        assert book_of(city).claim("here").id == id
        assert run(city, id)
        result = dict(result_of(city, id))
    assert result["grid"]["cell_m"] == 1.2
    assert len(result["candidates"]) <= 2
    small = asked(client).json()
    assert result["free_m2"] == pytest.approx(small["free_m2"], rel=0.01)


@pytest.mark.parametrize("view", [{"every_m": "1"}, {"view_m": "10000"}])
def test_looking_far_or_close_together_becomes_a_job_too(client, view):
    assert asked(client, **view).status_code == 202


def test_one_place_lists_what_excludes_it(client):
    place = spot(0.5, 0.525)
    told = asked(client, "/cemeteries/site/at", lon=str(place.x), lat=place.y).json()

    rules = [each["rule"]["id"] for each in told["constraints"] if each["kind"] == "excluded"]
    assert {"henan_funeral_26_4", "road_safety_11_trunk"} <= {*rules}
    assert told["excluded"] is True
    assert told["headline"].startswith(f"有 {len(rules)} 项规定或要求排除此处")
    place = spot(0.9, 0.1)
    free = asked(client, "/cemeteries/site/at", lon=place.x, lat=place.y).json()
    assert free["excluded"] is False
    assert free["headline"].startswith("在已提供的图层中，此处没有发现禁止情形；缺少图层：")


def test_the_new_regulation_changes_the_citation(client):
    place = spot(0.5, 0.525)
    before, after = (
        asked(client, "/cemeteries/site/at", lon=place.x, lat=place.y, on=day).json()
        for day in ("2026-03-29", "2026-03-30")
    )

    def cited(told):
        return {each["rule"]["id"] for each in told["constraints"]}

    assert "funeral_regulation_10_sides" in cited(before) - cited(after)
    assert [text["id"] for text in after["waiting_texts"]] == ["funeral_regulation_2026_text"]
    assert before["waiting_texts"] == []


def test_only_the_bearer_asks_and_bad_questions_are_told(client):
    for address in ("/cemeteries/site", "/cemeteries/site/at"):
        assert client.post(address, json=ASKED).status_code == 401
    for given, words in (
        ({"level": "village"}, "level"),
        ({"weights": {"area_m2": -1}}, "不能为负"),
        ({"cell_m": 0}, "cell_m"),
        ({"strange": 1}, "strange"),
    ):
        refused = asked(client, **given)
        assert refused.status_code == 400
        assert words in refused.json()["detail"]
    assert asked(client, division="411799").status_code == 404
    outside = asked(client, "/cemeteries/site/at", lon=110, lat=30)
    assert outside.status_code == 400
    assert "不在甲县内" in outside.json()["detail"]
    assert asked(client, "/cemeteries/site/at", lon=1000, lat=30).status_code == 400
    assert asked(client, "/cemeteries/site/at").status_code == 400
