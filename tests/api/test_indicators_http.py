"""Indicators over HTTP: lists, one with its counties, tables, outlines, maps, bad questions."""

import io

import openpyxl
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.assets import packaged_data
from civgeo.settings import Settings
from civgeo.store.tables import Collection
from services.indicator_city import city_with, records

CENTRE = "zhumadian_regional_centre_townships"
DAY_CARE = "zhumadian_urban_day_care_2025"
RURAL = "nanyang_rural_naming_townships_2025"


def test_the_list_gives_every_target_with_its_figure_or_what_is_missing(client):
    answer = client.get("/indicators").json()
    assert (answer["city"], answer["place"], answer["simulated"]) == ("990100", "示例市", True)
    assert len(answer["indicators"]) == 52
    assert sum(answer["counts"].values()) == 52
    for item in answer["indicators"]:
        assert (item["value"] is None) or item["basis"] == "computed"
        if item["status"] == "not_assessed":
            assert item["missing"]
            assert item["reason"]


def test_a_figure_is_exact_and_names_its_layers(client):
    answer = client.get("/indicators/zhumadian_streets_with_care_2022").json()
    assert (answer["numerator"], answer["denominator"], answer["value"]) == ("1", "1", "100")
    assert (answer["operator"], answer["target"], answer["meets"]) == (">=", "100", True)
    assert [layer["missing"] for layer in answer["layers"]] == [False, False]
    assert [unit["code"] for unit in answer["units"]] == ["990102", "990121"]
    assert answer["history"][-1]["value"] == "100"


def test_another_citys_targets_are_shown_without_figures(client):
    answer = client.get("/indicators", params={"city": "421300", "year": "2025"}).json()
    assert answer["place"] == "随州市"
    assert len(answer["indicators"]) == 8
    assert {item["value"] for item in answer["indicators"]} == {None}


def test_the_page_shows_targets_sources_and_what_is_missing(client):
    page = client.get("/indicators?f=html&year=").text
    for word in (
        "规划指标",
        "养老机构护理型床位占比",
        "≥ 55%",
        "&gt; 55%",
        "目标待核实",
        "缺：步行网",
    ):
        assert word in page
    assert "style=" not in page
    assert "http" not in page.replace("http://127.0.0.1", "")


def test_the_page_of_one_indicator_explains_it(client):
    page = client.get(f"/indicators/{DAY_CARE}?f=html").text
    assert "城市社区日间照料中心覆盖率" in page
    assert "口径与依据" in page
    there = client.get("/indicators/zhumadian_streets_with_care_2022?f=html").text
    assert "/maps/indicators?indicator=zhumadian_streets_with_care_2022" in there
    assert "<polyline" in there
    assert "甲区" in there


def test_pages_speak_english(client):
    page = client.get("/indicators?f=html&lang=en").text
    assert "Plan indicators" in page
    assert "Not assessed" in page


def test_the_workbook_holds_figures_sources_and_counties(client):
    answer = client.get("/indicators?f=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[0] == "指标"
    assert {"县区", "未达到的单位"} <= set(book.sheetnames)
    cells = [str(cell.value) for row in book["指标"].iter_rows() for cell in row]
    assert "模拟数据" in cells[0]
    assert "养老机构护理型床位占比" in cells
    one = client.get("/indicators/zhumadian_streets_with_care_2022?f=xlsx")
    assert "历年" in openpyxl.load_workbook(io.BytesIO(one.content)).sheetnames


def test_counties_come_with_their_outlines(client):
    answer = client.get("/indicators/zhumadian_streets_with_care_2022?f=geojson")
    assert answer.headers["content-type"].startswith("application/geo+json")
    features = answer.json()["features"]
    assert [feature["id"] for feature in features] == ["990102", "990121"]
    assert features[0]["geometry"]["type"] == "MultiPolygon"
    assert features[0]["properties"]["value"] == "100"


def test_the_map_stands_in_a_frame_and_draws_the_target(client):
    answer = client.get("/maps/indicators?indicator=zhumadian_streets_with_care_2022")
    assert answer.status_code == 200
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    assert "街道养老服务设施覆盖率" in answer.text
    assert client.get("/maps/indicators").status_code == 200


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_map_is_a_picture_too(client, suffix, start):
    answer = client.get(f"/maps/indicators.{suffix}?indicator=zhumadian_streets_with_care_2022")
    assert answer.content.startswith(start)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/indicators/nothing", 404),
        ("/indicators/%3Cscript%3E?f=html", 404),
        ("/maps/indicators?indicator=nothing", 404),
        ("/maps/indicators?indicator=zhumadian_aid_hall", 404),
        ("/maps/indicators.png?indicator=zhumadian_aid_hall", 404),
        ("/indicators?on=yesterday", 400),
        ("/indicators?city=nowhere", 400),
        ("/indicators?year=25", 400),
        ("/indicators?f=csv", 400),
        ("/indicators?colour=red", 400),
        (f"/indicators/{CENTRE}?city=411700", 400),
        ("/maps/indicators?on=2026-02-30", 400),
    ],
)
def test_a_bad_question_is_refused(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_a_past_day_is_answered_and_named(client):
    answer = client.get("/indicators?on=2019-12-31").json()
    assert answer["on"] == "2019-12-31"
    day_care = next(item for item in answer["indicators"] if item["id"] == DAY_CARE)
    assert day_care["status"] in ("not_assessed", "unverified", "ok")


def test_an_empty_store_still_shows_the_targets(empty_client):
    answer = empty_client.get("/indicators").json()
    assert {item["value"] for item in answer["indicators"]} == {None}
    assert empty_client.get("/indicators?f=html").status_code == 200
    assert empty_client.get("/maps/indicators").status_code == 404


def test_an_indicator_of_another_city_can_be_looked_up(client):
    answer = client.get(f"/indicators/{RURAL}").json()
    assert (answer["target"], answer["place"], answer["status"]) == ("40", "南阳市", "not_assessed")


def test_reported_figures_are_shown_to_the_bearer_of_the_token_alone(tmp_path):
    row = {
        "id": "r1",
        "indicator": "zhumadian_community_workers_per_10000",
        "division": "411700",
        "reported_on": "2025-12-20",
        "period": 2025,
        "numerator": 18.0,
        "denominator": 10_000.0,
        "document": "驻民〔2025〕1号",
    }
    city_with(tmp_path, [], records=records(Collection.INDICATOR_REPORTS, [row])).store.close()
    settings = Settings(store=tmp_path / "store", write_token=SecretStr("令牌-for-reports"))
    bearer = {"Authorization": "Bearer 令牌-for-reports".encode()}
    address = f"/indicators/{row['indicator']}"
    with TestClient(create_app(settings), base_url=BASE) as served:
        for form in ("json", "html"):
            for place in (address, "/indicators"):
                page = served.get(place, params={"f": form})
                assert "驻民" not in page.text
                assert "只供工作人员查看" in page.text
            page = served.get(address, params={"f": form}, headers=bearer)
            assert "驻民〔2025〕1号" in page.text
            assert page.headers["cache-control"] == "private, no-store"
        assert served.get(address, headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_workbook_of_an_indicator_with_a_chinese_id_has_a_name(tmp_path):
    city_with(tmp_path, []).store.close()
    header, *rows = packaged_data("gazetteer/indicators.csv").read_text("utf-8").splitlines()
    [row] = [row for row in rows if row.startswith(f"{CENTRE},")]
    own = tmp_path / "store" / "own" / "rules"
    own.mkdir(parents=True)
    table = f"{header}\n{row.replace(CENTRE, '本局指标')}\n"
    (own / "indicators.csv").write_text(table, "utf-8")
    with TestClient(create_app(Settings(store=tmp_path / "store")), base_url=BASE) as served:
        book = served.get("/indicators/本局指标?f=xlsx")
    assert book.status_code == 200
    assert book.headers["content-disposition"].endswith(".xlsx")
