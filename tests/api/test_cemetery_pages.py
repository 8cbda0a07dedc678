"""The page, maps and report of siting over HTTP."""

import io
import socket
import threading
import time
from urllib.parse import urlencode

import pytest
import uvicorn
from docx import Document
from pypdfium2 import PdfDocument
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.api.cemetery_page_examples import OVERVIEW
from civgeo.app import create_app
from civgeo.settings import Settings
from siting_answers import HOSTILE, LONG_NAME, sited
from siting_city import founded

ASKED = {
    "division": "411702",
    "level": "township",
    "min_area_mu": "30",
    "cell_m": "50",
    "on": "2026-03-29",
}
QUERY = urlencode(ASKED)
MAP = f"/maps/cemetery-siting?{QUERY}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    city = sited(tmp_path_factory.mktemp("served") / "库")
    city.store.close()
    return city.store.file.parent


@pytest.fixture(scope="module")
def client(folder):
    with TestClient(create_app(Settings(store=folder)), base_url=BASE) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(folder):
    """The same store, served to a browser."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(create_app(Settings(store=folder)), port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_the_page_answers_without_scripts_and_names_what_is_missing(client):
    text = client.get(f"/cemeteries?f=html&site=true&{QUERY}").text
    body = text[text.index("<main") : text.index("</main>")]
    assert "<script" not in body
    for expected in (
        *("没有发现禁止情形的土地共", "缺少图层：永久基本农田", "没有文物保护区图层"),
        *("henan_funeral_26_land", "2025-06-30", "仅此一项"),
        *("/cemeteries/report?division=411702&amp;level=township", "/maps/cemetery-siting?"),
        *('value="30"', "最小面积", "坡度上限", "权重与容量"),
    ):
        assert expected in text
    assert "适宜" not in text
    assert HOSTILE not in text
    assert LONG_NAME not in text
    assert "&lt;script&gt;" in text


def test_the_page_of_a_store_without_layers_says_how_to_import_them(tmp_path):
    city = founded(tmp_path / "空")
    city.store.close()
    settings = Settings(store=city.store.file.parent)
    with TestClient(create_app(settings), base_url=BASE) as opened:
        text = opened.get(f"/cemeteries?f=html&site=true&{QUERY}").text
        assert "还没有选址图层" in text
        assert "civgeo cemeteries layer" in text
        assert "还没有登记人口" in text
        assert 'class="map"' not in text
        place = opened.get(f"/maps/cemetery-siting/at?{QUERY}&lon=114.03&lat=33.0495").json()
        assert place["headline"] == "没有提供现行规定所涉及的图层，没有核对任何规定"


def test_the_summary_is_as_the_definition_shows_it(client):
    found = client.get("/cemeteries").json()
    assert set(found) == set(OVERVIEW)
    assert set(found["layers"][0]) == set(OVERVIEW["layers"][0])
    assert {each["id"] for each in found["targets"]} > {
        "zhumadian_urban_cemeteries_2025",
        "zhumadian_township_cemeteries_2025",
    }
    assert found["demand"] is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("division=411702&level=village", "level"),
        ("division=999999", "999999"),
        ("cell_m=0.01&division=411702", "格子"),
        ("cell_m=&top=x", "top"),
        ("weight_area_m2=-1", "area_m2"),
        ("colour=red", "colour"),
        ("top=9999999999999999999999", "top"),
        ("division=411702&every_m=0.001", "every_m"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(client, query, said):
    for path in ("/maps/cemetery-siting", "/maps/cemetery-siting.png", "/cemeteries/report"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code in (400, 404), path
        assert said in answer.text
        assert "Traceback" not in answer.text


def test_pictures_report_data_and_sheet_come_as_files(client):
    png = client.get(f"/maps/cemetery-siting.png?{QUERY}")
    assert png.content[:8] == b"\x89PNG\r\n\x1a\n"
    again = client.get(
        f"/maps/cemetery-siting.png?{QUERY}", headers={"If-None-Match": png.headers["etag"]}
    )
    assert again.status_code == 304
    pdf = PdfDocument(client.get(f"/maps/cemetery-siting.pdf?{QUERY}").content)
    assert len(pdf) == 1
    pdf.close()
    word = client.get(f"/cemeteries/report?{QUERY}")
    assert "甲县公墓选址分析" in Document(io.BytesIO(word.content)).paragraphs[0].text
    paper = client.get(f"/cemeteries/report?{QUERY}&f=pdf")
    assert paper.headers["content-type"] == "application/pdf"
    data = client.get(f"/maps/cemetery-siting.geojson?{QUERY}").json()
    assert data["about"]["headline"].startswith("在已提供的")
    assert data["features"][0]["properties"]["rank"] == 1
    assert client.get(f"/maps/cemetery-siting.xlsx?{QUERY}").content[:2] == b"PK"


def test_a_place_tells_its_exclusions_by_rule_edition_and_day(client):
    address = f"/maps/cemetery-siting/at?{QUERY}"
    found = client.get(f"{address}&lon=114.03&lat=33.0495").json()
    assert found["inside"]
    assert found["headline"] == "有禁止情形"
    assert any(
        "henan_funeral_26_4" in text and "2025-06-30" in text for text in found["exclusions"]
    )
    assert "文物保护区" in found["remarks"][0]
    outside = client.get(f"{address}&lon=115&lat=33").json()
    assert not outside["inside"]
    assert client.get(f"{address}&lon=x&lat=33").status_code == 400


def test_the_map_may_ask_this_server_only(client):
    policy = client.get(MAP).headers["content-security-policy"]
    assert "connect-src 'self'" in policy
    assert "sandbox allow-scripts" in policy
    assert "unsafe" not in policy


@pytest.mark.browser
def test_a_click_asks_this_server_alone_what_excludes_the_place(chromium, address):
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    asked, complaints = [], []
    context.on("request", lambda request: asked.append(request.url))
    tab = context.new_page()
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    tab.goto(f"{address}{MAP}")
    tab.wait_for_selector(".civgeo-rank")
    place = tab.evaluate(
        """() => {
            const at = civgeo_map.latLngToContainerPoint([33.0495, 114.03]);
            const box = civgeo_map.getContainer().getBoundingClientRect();
            return [at.x + box.left, at.y + box.top];
        }"""
    )
    tab.mouse.click(*place)
    tab.wait_for_selector(".civgeo-found")
    told = tab.inner_text(".leaflet-popup .civgeo-story")
    assert "有禁止情形" in told
    assert "henan_funeral_26_4" in told
    inputs = tab.locator(".civgeo-place input")
    inputs.nth(0).fill("114.9")
    inputs.nth(1).fill("33.9")
    inputs.nth(1).press("Enter")
    tab.wait_for_selector("text=不在所问的范围内")
    assert all(url.startswith((address, "data:")) for url in asked)
    assert complaints == []
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_fits_its_width_with_the_map_inside(chromium, address, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    tab.goto(f"{address}/cemeteries?f=html&site=true&{QUERY}")
    tab.locator("iframe.map").scroll_into_view_if_needed()
    tab.frame_locator("iframe.map").locator(".civgeo-rank").first.wait_for()
    size = tab.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert size[0] <= size[1]
    assert tab.locator("main h2").first.inner_text() == "选址"
    context.close()
