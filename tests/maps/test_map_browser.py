"""The pages in a real browser, without a network."""

import map_specimens as city
import pytest

from civgeo.maps.coverage import coverage_map
from civgeo.maps.divisions import divisions_map
from civgeo.maps.facilities import KIND_GROUPS, facilities_map
from civgeo.maps.page import asset, content_security_policy
from civgeo.maps.theme import MapNote

pytestmark = pytest.mark.browser

ALL_COUNTIES = sorted(city.NAMES)


@pytest.fixture
def coverage_page(covered, outlines):
    return coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT).to_single_file()


def screen_point(opened, lat: float, lon: float) -> tuple[float, float]:
    """Position on the screen of a place on the map."""
    point = opened.page.evaluate(
        """([lat, lon]) => {
            const at = civgeo_map.latLngToContainerPoint([lat, lon]);
            const box = civgeo_map.getContainer().getBoundingClientRect();
            return [at.x + box.left, at.y + box.top];
        }""",
        [lat, lon],
    )
    return point[0], point[1]


def shown_labels(opened) -> list[str]:
    return opened.page.evaluate(
        """() => [...document.querySelectorAll(".civgeo-label")]
            .filter(label => label.style.visibility !== "hidden")
            .map(label => label.firstChild.textContent)"""
    )


def inked(opened) -> int:
    """How many different colours the map's canvas shows."""
    return opened.page.evaluate(
        """() => {
            const canvas = document.querySelector(".leaflet-overlay-pane canvas");
            const data = canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let i = 0; i < data.length; i += 16) {
                seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            }
            return seen.size;
        }"""
    )


def test_each_map_opens_without_a_request_and_draws_its_labels(
    open_offline, covered, outlines, places
):
    maps = (
        coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT),
        divisions_map(outlines, about=city.ABOUT),
        facilities_map(places, outlines, about=city.ABOUT),
    )
    for chart in maps:
        opened = open_offline(chart.to_single_file())
        assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
        assert opened.complaints == []
        assert set(ALL_COUNTIES) <= set(shown_labels(opened))
        assert inked(opened) > 5
        assert opened.page.title() == city.ABOUT.title


def test_the_vendored_font_draws_the_labels(open_offline, coverage_page):
    opened = open_offline(coverage_page)
    assert opened.page.evaluate(
        """() => document.fonts.ready.then(() => [...document.fonts]
            .map(font => [font.family.replaceAll('"', ""), font.status]))"""
    ) == [["Civgeo Sans SC", "loaded"]]


def test_a_click_on_a_county_explains_its_figure(open_offline, coverage_page, covered):
    opened = open_offline(coverage_page)
    at = opened.page.locator(".civgeo-label", has_text="松原县").bounding_box()
    opened.page.mouse.click(at["x"] + at["width"] / 2, at["y"] - 12)
    opened.page.wait_for_selector(".civgeo-story")
    told = opened.page.inner_text(".civgeo-story")
    unit = covered.loc["990105"]
    assert told.startswith("松原县")
    assert f"{unit['total_m2']:.2f} m²" in told
    assert f"{int(unit['households'])} 户" in told
    assert f"＝ {unit['m2_per_100_households']:.2f} m²/百户" in told
    new, old = int(unit["households_new"]), int(unit["households_existing"])
    assert (
        f"应有面积 ＝ 新建 {new} 户 × 30 ÷ 100 ＋ 已建成 {old} 户 × 20 ÷ 100"
        f" ＝ {unit['required_m2']:.2f} m²"
    ) in told
    for words in ("应有面积", "新建小区标准", "≥ 30 m²/百户", "虚构省养老服务条例", "依据程度"):
        assert words in told
    assert "模拟数据" in told


def test_hover_and_click_on_an_estate_tell_name_figure_and_why(
    open_offline, coverage_page, covered, homes
):
    opened = open_offline(coverage_page)
    estate = homes.index[40]
    place = homes.geometry.loc[estate]
    opened.page.evaluate(
        "([lat, lon]) => { civgeo_map.setView([lat, lon], 17, {animate: false}); }",
        [place.y, place.x],
    )
    x, y = screen_point(opened, place.y, place.x)
    opened.page.mouse.move(x + 1, y + 1)
    tip = opened.page.inner_text(".civgeo-tip")
    assert homes["name"].loc[estate] in tip
    assert f"{covered['m2_per_100_households'].loc[estate]:.2f} m²/百户" in tip
    opened.page.mouse.click(x + 1, y + 1)
    told = opened.page.inner_text(".civgeo-story")
    verdict = "达标" if covered["meets"].loc[estate] else "不达标"
    assert f"结论：{verdict}" in told
    assert "户数（分母）" in told
    assert "标准值" in told


def test_every_county_can_be_explained_from_the_keyboard(open_offline, coverage_page):
    opened = open_offline(coverage_page)
    opened.page.get_by_role("button", name="临江市", exact=True).press("Enter")
    assert opened.page.inner_text(".civgeo-story h2") == "临江市"


def test_hiding_a_county_takes_its_estates_off_the_map(open_offline, coverage_page):
    opened = open_offline(coverage_page)
    marks = """() => {
        let count = 0;
        civgeo_map.eachLayer(layer => { count += layer instanceof civgeo.Mark; });
        return count;
    }"""
    before = opened.page.evaluate(marks)
    box = opened.page.get_by_label("临江市")
    box.uncheck()
    after = opened.page.evaluate(marks)
    opened.page.get_by_role("button", name="全部隐藏").click()
    none = opened.page.evaluate(marks)
    assert before == 600
    assert 0 < after < before
    assert none == 0


def test_on_a_phone_a_story_fits_the_screen_and_can_be_closed(chromium, tmp_path, coverage_page):
    file = tmp_path / "map.html"
    file.write_text(coverage_page, encoding="utf-8")
    tab = chromium.new_page(viewport={"width": 390, "height": 780})
    tab.goto(file.as_uri())
    button = tab.get_by_role("button", name="临江市", exact=True)
    button.press("Enter")
    sheet = tab.get_by_role("dialog", name="临江市")
    for part in (sheet, tab.get_by_role("button", name="关闭")):
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 780
    assert sheet.evaluate("sheet => sheet.scrollHeight > sheet.clientHeight")
    last = sheet.locator(".civgeo-story > :last-child")
    last.scroll_into_view_if_needed()
    assert last.bounding_box()["y"] < 780
    tab.get_by_role("button", name="关闭").click()
    assert sheet.count() == 0
    assert button.evaluate("button => button === document.activeElement")
    button.press("Enter")
    tab.keyboard.press("Escape")
    assert sheet.count() == 0
    tab.close()


CLUSTERS = """() => {
    const seen = {discs: [], marks: []};
    for (let at = civgeo_map.getRenderer(L.polyline([]))._drawFirst; at; at = at.next) {
        const layer = at.layer;
        if (layer instanceof civgeo.Mark) { seen.marks.push(layer.options.civgeo[1]); }
        else if (layer.options.parts) { seen.discs.push(layer.options.parts); }
    }
    return seen;
}"""


def drawn_facilities(opened) -> tuple[list, list[str]]:
    """Discs and single marks in the order of drawing, once they are arranged."""
    opened.page.evaluate("() => new Promise(done => setTimeout(done, 120))")
    seen = opened.page.evaluate(CLUSTERS)
    return seen["discs"], seen["marks"]


def test_facilities_join_into_discs_from_afar_and_part_nearby(open_offline, places, outlines):
    opened = open_offline(facilities_map(places, outlines, about=city.ABOUT).to_single_file())
    discs, marks = drawn_facilities(opened)
    counted = sum(part[2] for parts in discs for part in parts)
    assert len(discs) > 5
    assert counted + len(marks) == len(places)
    assert counted > len(marks)
    opened.page.evaluate("() => { civgeo_map.setZoom(14, {animate: false}); }")
    discs, marks = drawn_facilities(opened)
    assert discs == []
    assert len(marks) == len(places)
    assert opened.complaints == []


def test_elder_care_is_drawn_above_every_other_kind(open_offline, places, outlines):
    opened = open_offline(facilities_map(places, outlines, about=city.ABOUT).to_single_file())
    opened.page.evaluate("() => { civgeo_map.setZoom(14, {animate: false}); }")
    _, marks = drawn_facilities(opened)
    assert marks[-1] == "#b8501c"
    assert "#b8501c" not in marks[: marks.index("#b8501c")]
    assert set(marks[marks.index("#b8501c") :]) == {"#b8501c"}


def test_hidden_kinds_leave_the_counts_of_the_discs(open_offline, places, outlines):
    opened = open_offline(facilities_map(places, outlines, about=city.ABOUT).to_single_file())
    for section in opened.page.locator(".civgeo-section").all():
        if "养老机构" not in section.inner_text():
            for box in section.locator("input").all():
                box.uncheck()
    discs, marks = drawn_facilities(opened)
    assert {part[0] for parts in discs for part in parts} == {"养老服务"}
    shown = {kind.value for kind in KIND_GROUPS[0].glyphs}
    assert sum(part[2] for parts in discs for part in parts) + len(marks) == int(
        places["kind"].isin(shown).sum()
    )


def test_hostile_names_are_inert_wherever_they_are_shown(open_offline, outlines, places, homes):
    hostile = outlines.copy()
    own = hostile.index[(hostile["level"] == "county") & (hostile["role"] == "own")]
    hostile.loc[own, "name"] = list(city.HOSTILE)
    text = city.HOSTILE[0] + city.HOSTILE[1]
    about = MapNote(text, text, "2026-01-01", simulated=True, edition=city.HOSTILE[3])
    units = city.units(homes, places)
    maps = (
        coverage_map(units, hostile, city.STANDARDS, about=about),
        divisions_map(hostile, about=about),
        facilities_map(places, hostile, about=about),
    )
    for chart in maps:
        opened = open_offline(chart.to_single_file())
        for name in city.HOSTILE:
            opened.page.get_by_role("button", name=name, exact=True).click()
            assert opened.page.locator(".civgeo-story h2").last.inner_text() == name
        assert opened.page.inner_text("h1") == text
        assert opened.page.locator("img, main svg[onload]").count() == 0
        assert opened.complaints == []
        assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def test_hostile_estate_names_are_inert_on_hover_and_click(open_offline, outlines):
    homes = city.estates(outlines, count=14)
    units = city.units(homes, city.facilities(homes))
    chart = coverage_map(units, outlines, city.STANDARDS, about=city.ABOUT)
    opened = open_offline(chart.to_single_file())
    for number, name in enumerate(city.HOSTILE):
        place = homes.geometry.iloc[number]
        opened.page.evaluate(
            "([lat, lon]) => { civgeo_map.closePopup(); "
            "civgeo_map.setView([lat, lon], 18, {animate: false}); }",
            [place.y, place.x],
        )
        x, y = screen_point(opened, place.y, place.x)
        opened.page.mouse.move(x - 40, y)
        opened.page.mouse.move(x + 1, y + 1)
        opened.page.mouse.click(x + 1, y + 1)
        opened.page.wait_for_selector(".civgeo-story")
        assert opened.page.locator(".civgeo-story h2").last.inner_text() == name
    assert opened.page.locator(".leaflet-pane img").count() == 0
    assert opened.complaints == []


def test_a_self_hosted_page_works_from_its_own_server_alone(chromium, served, covered, outlines):
    folder, address = served
    page = coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    (folder / "map.html").write_text(page, encoding="utf-8")
    (folder / "static").mkdir()
    names = ("leaflet.js", "leaflet.css", "civgeo-map.js", "civgeo-map.css")
    for name in (*names, "civgeo-draw.js", "civgeo-cluster.js", "noto-sans-sc.woff2"):
        (folder / "static" / name).write_bytes(asset(name).read_bytes())
    context = chromium.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    tab = context.new_page()
    tab.goto(f"{address}/map.html")
    tab.wait_for_selector(".civgeo-label")
    tab.evaluate("() => document.fonts.ready.then(() => 1)")
    assert asked
    assert all(url.startswith(f"{address}/") for url in asked)
    assert tab.locator(".civgeo-label").count() == len(city.NAMES) + len(city.AROUND)
    assert "frame-ancestors" in content_security_policy(page)
    context.close()


def test_ten_thousand_estates_stay_fluent(open_offline, outlines):
    homes = city.estates(outlines, count=10_000)
    units = city.units(homes, city.facilities(homes))
    chart = coverage_map(units, outlines, city.STANDARDS, about=city.ABOUT)
    opened = open_offline(chart.to_single_file())
    redraw = opened.page.evaluate(
        """() => new Promise(done => {
            const start = performance.now();
            civgeo_map.once("moveend", () => requestAnimationFrame(
                () => done(performance.now() - start)));
            civgeo_map.panBy([120, 80], {animate: false});
        })"""
    )
    assert redraw < 2000
    assert opened.complaints == []
