"""Pages, maps and reports of reach over HTTP, and the walk that a click draws."""

import html
import io
import re
from collections.abc import Iterator
from datetime import date
from threading import Thread

import pypdfium2
import pytest
import uvicorn
from docx import Document
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.domain.history import Edit
from civgeo.domain.scenario_edits import parsed_edits
from civgeo.services.scenarios import ScenarioEntry, new_scenario
from civgeo.settings import Settings
from civgeo.store.tables import Collection
from walking_city import HOSTILE, KIND, founded


@pytest.fixture(scope="module")
def walking_app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reach-pages") / "store"
    founded(folder).store.close()
    return create_app(Settings(store=folder))


@pytest.fixture(scope="module")
def client(walking_app):
    with TestClient(walking_app, base_url=BASE) as served:
        yield served


@pytest.fixture
def address(tmp_path) -> Iterator[str]:
    """Local address of the service over the walking city."""
    founded(tmp_path / "store").store.close()
    config = uvicorn.Config(
        create_app(Settings(store=tmp_path / "store")), port=0, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_the_page_tells_share_reasons_units_and_the_unreached_without_scripts(client):
    page = client.get(f"/coverage/reach?f=html&kind={KIND}&target=80").text
    shown = re.sub(r"<[^>]+>", " ", page)
    for words in ("52.63%", "100 ÷ 190", "82.63%", "低于目标", "55.56%", "每个小区只有一个原因"):
        assert words in shown
    listed = [page.index(f">{name}苑</th>") for name in ("behind", "slow", "far", "off", "island")]
    assert listed == sorted(listed)
    assert "<script" not in page
    assert "style=" not in page
    assert html.escape(HOSTILE, quote=False) in page
    assert HOSTILE not in page


def test_every_address_of_the_page_answers(client):
    page = client.get(f"/coverage/reach?f=html&kind={KIND}&target=80").text
    for found in set(re.findall(r'(?:src|href)="(/[^"]*)"', page)):
        assert client.get(html.unescape(found)).status_code == 200, found


def test_the_form_sends_several_kinds_and_keeps_what_was_asked(client):
    page = client.get(f"/coverage/reach?f=html&kind={KIND}&kind=meal_point&people=elders&speed=0.8")
    assert page.text.count("checked") == 2
    assert '<option value="elders" selected>' in page.text
    assert '<option value="0.8" selected>' in page.text
    assert client.get("/coverage/reach?f=html").text.count("checked") == 4


def test_the_page_speaks_english(client):
    page = client.get(f"/coverage/reach?f=html&kind={KIND}&lang=en").text
    for words in ("Reach on foot", "Why people are not reached", "Nearest facility on foot"):
        assert words in page


def test_without_streets_the_page_says_what_to_do(tmp_path):
    founded(tmp_path / "store", streets=False).store.close()
    with TestClient(create_app(Settings(store=tmp_path / "store")), base_url=BASE) as served:
        page = served.get("/coverage/reach?f=html")
        assert page.status_code == 200
        assert "--as streets" in page.text
        assert served.get("/maps/reach").status_code == 404
        assert served.get("/coverage/report").json()["code"] == "no_streets"


def test_the_map_comes_as_page_pictures_data_and_sheet(client):
    query = f"kind={KIND}&target=80"
    answer = client.get(f"/maps/reach?{query}")
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    assert HOSTILE not in answer.text
    for address in re.findall(r'(?:src|href)="([^"#][^"]*)"', answer.text):
        assert client.get(address).status_code == 200
    for path, start in (
        ("reach.png", b"\x89PNG"),
        ("reach.pdf", b"%PDF"),
        ("reach-counties.png", b"\x89PNG"),
        ("reach-counties.pdf", b"%PDF"),
        ("reach.xlsx", b"PK"),
    ):
        assert client.get(f"/maps/{path}?{query}").content.startswith(start)
    missed = client.get(f"/maps/reach.geojson?{query}").json()
    assert [one["properties"]["people"] for one in missed["features"]] == [50, 20, 10, 7, 3]


def test_a_report_holds_the_figures_as_word_and_as_pdf(client):
    word = client.get(f"/coverage/report?f=docx&kind={KIND}&target=80")
    document = Document(io.BytesIO(word.content))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    words = "".join(paragraph.text for paragraph in document.paragraphs)
    assert {"甲区", "55.56%", "behind苑", "直线在圈内，步行绕行在圈外"} <= cells
    assert len(document.inline_shapes) == 2
    pdf = pypdfium2.PdfDocument(client.get(f"/coverage/report?f=pdf&kind={KIND}").content)
    paper = re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in pdf))
    pdf.close()
    for expected in ("可达率52.63%", "不由轮廓推算", "各自成项，互不相加", "模拟数据"):
        assert expected in paper
    for expected in ("可达率 52.63%", "不由轮廓推算", "各自成项，互不相加"):
        assert expected in words
    headers = "".join(part.text for part in document.sections[0].header.paragraphs)
    assert "模拟数据" in headers


@pytest.mark.parametrize(
    "path",
    [
        "/coverage/reach?f=html&kind=nothing",
        "/coverage/reach?f=html&minutes=x",
        "/coverage/reach?f=html&target=101",
        "/coverage/reach?f=html&people=cats",
        "/coverage/reach?f=html&colour=red",
        "/maps/reach?kind=%3Cscript%3E",
        "/maps/reach.png?speed=0",
        "/maps/reach-counties.pdf?target=-1",
        "/coverage/report?f=odt",
    ],
)
def test_a_bad_question_is_refused(client, path):
    answer = client.get(path)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.browser
def test_a_click_tells_why_and_draws_the_walk_from_this_server_alone(chromium, address):
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    asked, complaints = [], []
    context.on("request", lambda request: asked.append(request.url))
    tab = context.new_page()
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    tab.goto(f"{address}/maps/reach?kind={KIND}")
    tab.wait_for_selector(".civgeo-label")
    place = tab.evaluate(
        """() => {
            const row = civgeo_map.civgeo.points.civgeo_estates.rows
                .find(row => row[4] === "behind苑");
            civgeo_map.setView([row[0], row[1]], 16, {animate: false});
            const at = civgeo_map.latLngToContainerPoint([row[0], row[1]]);
            const box = civgeo_map.getContainer().getBoundingClientRect();
            return [at.x + box.left, at.y + box.top];
        }"""
    )
    tab.mouse.click(place[0] + 1, place[1] + 1)
    tab.wait_for_selector(".civgeo-why p.civgeo-note")
    told = tab.inner_text(".civgeo-story")
    assert f"被{HOSTILE}阻隔" in told
    assert "若建一处" in told
    assert "0.8 m/s 不可达，1 m/s 不可达，1.2 m/s 不可达" in told
    drawn = """() => {
        let count = 0;
        civgeo_map.eachLayer(layer => { count += layer.options.className === "civgeo-walk"; });
        return count;
    }"""
    assert tab.evaluate(drawn) == 2
    tab.get_by_label("社区日间照料中心").nth(1).check()
    tab.wait_for_function("() => civgeo_map.civgeo.said.hidden")
    tab.get_by_role("button", name="Close popup").click()
    assert tab.evaluate(drawn) == 0
    assert any("/coverage/why?" in url for url in asked)
    assert all(url.startswith(f"{address}/") for url in asked)
    assert complaints == []
    context.close()


def with_scenarios(folder):
    """Ids of a shared scenario and of one for officers only, in a store of the walking city."""
    city = founded(folder)
    add = {"action": "add", "kind": KIND, "name": "新站", "lon": 0.0, "lat": 0.0}
    with city.store.read() as reading:
        place = reading.features(Collection.ESTATES).geometry.loc["far"]
    edits = parsed_edits([add | {"lon": place.x, "lat": place.y}])
    edit = Edit(actor="张三", document="豫民〔2026〕1号", document_date=date(2026, 1, 1))
    ids = [
        new_scenario(city, ScenarioEntry(HOSTILE, edits, shared=shared), edit).id
        for shared in (True, False)
    ]
    city.store.close()
    return ids


def test_a_scenario_stands_beside_the_present_for_those_who_may_see_it(tmp_path):
    shared, hidden = with_scenarios(tmp_path / "store")
    token = "-".join(["secret", "of", "the", "bureau"])
    app = create_app(Settings(store=tmp_path / "store", write_token=SecretStr(token)))
    with TestClient(app, base_url=BASE) as served:
        page = served.get(f"/maps/scenario?id={shared}&target=80")
        assert page.status_code == 200
        assert HOSTILE not in page.text
        assert html.escape(HOSTILE, quote=False) in page.text
        assert "data:image/png;base64," in page.text
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
        assert "甲区 100 / 180 130 / 180 ＋30" in shown
        pdf = pypdfium2.PdfDocument(served.get(f"/maps/scenario.pdf?id={shared}&target=80").content)
        words = re.sub(r"\s", "", pdf[0].get_textpage().get_text_range())
        pdf.close()
        for expected in ("现状全市52.6%", "方案全市68.4%", "80目标", "两图分级相同", "北"):
            assert expected in words
        assert served.get(f"/maps/scenario?id={hidden}").status_code == 404
        assert served.get("/maps/scenario?id=nothing").status_code == 404
        assert served.get("/maps/scenario").status_code == 400
        officer = {"Authorization": f"Bearer {token}"}
        private = served.get(f"/maps/scenario.png?id={hidden}", headers=officer)
        assert private.content.startswith(b"\x89PNG")
        assert private.headers["cache-control"] == "no-store"
