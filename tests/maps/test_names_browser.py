"""Search and labels of the map of names in a real browser, without a network."""

import map_specimens as city
import name_specimens as made
import pytest

from civgeo.maps.names import names_map

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(open_offline, outlines):
    return open_offline(names_map(made.few(), outlines, about=city.ABOUT).to_single_file())


def box(opened):
    return opened.page.get_by_role("combobox")


def hits(opened, query: str) -> list[str]:
    """Names that the list shows for what was typed."""
    box(opened).fill(query)
    return opened.page.locator("[role=option] strong").all_inner_texts()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("文化", ["文化路", "新文化街"]),
        ("wenhua", ["文化路", "文华路", "新文化街"]),
        ("Wén Huà", ["文化路", "文华路", "新文化街"]),
        ("wh", ["文化路", "文华路", "新文化街"]),
        ("whl", ["文化路", "文华路"]),
        ("wen化", ["文化路", "新文化街"]),
        ("化", ["文化路", "新文化街"]),
        ("ch", ["翠湖", "绿城107号路"]),
        ("lüch", ["绿城107号路"]),
        ("lvcheng107", ["绿城107号路"]),
        ("lucheng", ["绿城107号路"]),
        ("１０７", ["绿城107号路"]),
        ("aksu xiang", ["阿克苏巷"]),
        ("红旗", ["文化路"]),
        ("秘密", []),
        ("mimi", []),
        ("无图", []),
        (" · ", []),
        ("", []),
        (".*", []),
    ],
)
def test_names_are_found_by_characters_pinyin_initials_and_former_names(opened, query, found):
    assert hits(opened, query) == found
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def test_a_hit_tells_kind_place_status_and_the_former_name_it_was_found_by(opened):
    hits(opened, "红旗")
    told = opened.page.locator("[role=option]").inner_text().split("\n")
    assert told == ["文化路", "街路巷，青禾县", "曾用名：红旗路"]
    hits(opened, "新文化")
    assert "街路巷，非标准地名，青禾县" in opened.page.locator("[role=option]").inner_text()


def test_arrows_choose_enter_opens_the_story_there_and_escape_closes(opened):
    field = box(opened)
    hits(opened, "wh")
    selected = opened.page.locator("[aria-selected=true]")
    assert field.get_attribute("aria-expanded") == "true"
    assert selected.inner_text().startswith("文化路")
    field.press("ArrowDown")
    assert selected.inner_text().startswith("文华路")
    assert field.get_attribute("aria-activedescendant") == selected.get_attribute("id")
    field.press("ArrowUp")
    field.press("ArrowUp")
    assert selected.inner_text().startswith("新文化街")
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert opened.page.get_by_role("listbox").count() == 0
    field.press("ArrowDown")
    field.press("Enter")
    assert opened.page.inner_text(".civgeo-story h2") == "文化路"
    assert field.input_value() == "文化路"
    zoom, lat, lon = opened.page.evaluate(
        "() => [civgeo_map.getZoom(), civgeo_map.civgeo.points.civgeo_names4.rows[0]].flat()"
    )[:3]
    assert (zoom, lat, lon) == (16, 33.0, 113.512)
    assert opened.page.evaluate("() => civgeo_map.getBounds().contains([33.0, 113.512])")


def test_a_click_chooses_and_the_search_says_how_many_it_found(opened):
    hits(opened, "wh")
    assert opened.page.get_by_role("status").inner_text() == "找到 3 条"
    opened.page.locator("[role=option]", has_text="新文化街").click()
    assert opened.page.inner_text(".civgeo-story h2") == "新文化街"
    hits(opened, "没有的地名")
    assert opened.page.get_by_role("status").inner_text() == "没有找到这个地名"


def test_from_nearby_names_stand_beside_their_symbols_and_a_street_can_be_clicked(opened):
    assert opened.page.locator(".civgeo-name").count() == 0
    opened.page.evaluate("() => { civgeo_map.setView([33.0, 113.513], 16, {animate: false}); }")
    opened.page.evaluate("() => new Promise(done => setTimeout(done, 120))")
    assert opened.page.locator(".civgeo-name").all_inner_texts() == ["文化路", "文华路"]
    x, y = opened.page.evaluate(
        """() => {
            const at = civgeo_map.latLngToContainerPoint([33.0, 113.5138]);
            const box = civgeo_map.getContainer().getBoundingClientRect();
            return [at.x + box.left, at.y + box.top];
        }"""
    )
    opened.page.mouse.click(x, y)
    assert opened.page.inner_text(".civgeo-story h2") == "文化路"


def test_a_hidden_class_takes_its_names_along(opened):
    opened.page.evaluate("() => { civgeo_map.setView([33.0, 113.513], 16, {animate: false}); }")
    opened.page.get_by_label("街路巷").uncheck()
    opened.page.evaluate("() => new Promise(done => setTimeout(done, 120))")
    assert opened.page.locator(".civgeo-name").count() == 0


def test_hostile_names_stay_text_in_list_story_and_labels(open_offline, outlines):
    chart = names_map(made.hostile(), outlines, about=city.ABOUT)
    opened = open_offline(chart.to_single_file())
    for name in city.HOSTILE:
        assert name in hits(opened, name)
        opened.page.get_by_role("listbox").get_by_text(name, exact=True).first.click()
        assert opened.page.locator(".civgeo-story h2").last.inner_text() == name
        assert name in opened.page.locator(".civgeo-name").all_inner_texts()
    assert opened.page.locator("main img, main svg[onload]").count() == 0
    assert opened.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def test_on_a_phone_the_list_stays_on_the_map(chromium, tmp_path, outlines):
    file = tmp_path / "map.html"
    page = names_map(made.many(60), outlines, about=city.ABOUT).to_single_file()
    file.write_text(page, encoding="utf-8")
    tab = chromium.new_page(viewport={"width": 390, "height": 780})
    tab.goto(file.as_uri())
    tab.get_by_role("combobox").fill("js")
    assert tab.get_by_role("option").count() == 20
    assert tab.get_by_role("status").inner_text() == "找到 60 条，列出前 20 条"
    on, shown = tab.locator(".civgeo-map").bounding_box(), tab.get_by_role("listbox").bounding_box()
    assert shown["y"] + shown["height"] <= on["y"] + on["height"]
    assert shown["x"] + shown["width"] <= 390
    tab.get_by_role("combobox").press("Enter")
    assert tab.get_by_role("dialog", name="建设零路").count() == 1
    tab.close()


def test_ten_thousand_names_are_searched_in_full(open_offline, outlines):
    names = made.many(10_000)
    opened = open_offline(names_map(names, outlines, about=city.ABOUT).to_single_file())
    assert hits(opened, "jiansheyiersansilu") == ["建设一二三四路"]
    hits(opened, "js")
    assert opened.page.get_by_role("status").inner_text() == "找到 10000 条，列出前 20 条"
    assert opened.complaints == []
