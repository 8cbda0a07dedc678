"""The map of siting: layers, candidates, missing layers, words, hostile titles, pictures."""

import json
import re
from dataclasses import replace

import map_specimens as city
import pypdfium2
import pytest
import siting_specimens as county

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.site_features import SiteFeature
from civgeo.maps.page import content_security_policy
from civgeo.maps.siting import siting_map
from civgeo.maps.siting_sheet import siting_panels, siting_picture
from civgeo.maps.siting_view import (
    KIND_LOOKS,
    SITING_TITLE,
    ExclusionGroup,
    SitingView,
    hectares,
    styled,
)
from civgeo.maps.static import PictureFormat


@pytest.fixture(scope="module")
def shown(outlines) -> SitingView:
    return county.view(outlines)


@pytest.fixture(scope="module")
def content(shown) -> dict:
    page = siting_map(shown, about=city.ABOUT, ask="at?division=1").to_self_hosted()
    text = re.search(r'<script type="application/json" id="civgeo_siting">(.*?)</script>', page)
    return json.loads(text[1])


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = document[0].get_textpage().get_text_range()
    document.close()
    return re.sub(r"\s", "", words)


def test_every_exclusion_has_a_layer_of_its_own_with_area_rule_and_day(shown, content):
    everything, *groups, seen = content["shades"]
    assert seen["items"][0]["area"] == hectares(shown.area(shown.seen))
    assert not seen["items"][0]["shown"]
    assert [item["shown"] for item in everything["items"]] == [True] * len(shown.kinds)
    listed = {item["name"]: item for group in groups for item in group["items"]}
    assert set(listed) == {item.title for item in shown.exclusions}
    for item in shown.exclusions:
        layer = listed[item.title]
        assert layer["area"] == hectares(item.area_m2)
        assert layer["cited"] == list(item.cited)
        assert layer["png"]
        assert not layer["shown"]
    assert any(name.startswith("图层未覆盖，未评价：铁路") for name in listed)


def test_all_pictures_together_stay_within_the_limit_of_the_page(outlines, shown):
    sizes = []
    for limit in (400_000, 30_000):
        page = siting_map(shown, about=city.ABOUT, most_bytes=limit).to_self_hosted()
        sizes.append(sum(len(png) for png in re.findall(r'"png":"([^"]*)"', page)) * 3 / 4)
    assert sizes[0] <= 400_000
    assert sizes[1] <= 30_000 < sizes[0]


def test_no_two_exclusions_of_a_group_look_alike_and_gaps_look_like_gaps(shown):
    looks = [
        (item.group, item.colour, item.pattern)
        for item in shown.exclusions
        if item.kind is PlaneKind.EXCLUDED
    ]
    assert len(set(looks)) == len(looks)
    gap = next(item for item in shown.exclusions if item.kind is PlaneKind.MISSING)
    assert (gap.colour, gap.pattern) == KIND_LOOKS[PlaneKind.MISSING][1:]
    assert len({pattern for _, _, pattern in KIND_LOOKS.values()}) == len(KIND_LOOKS)


def test_ten_exclusions_of_one_group_differ(shown):
    one = next(item for item in shown.exclusions if item.kind is PlaneKind.EXCLUDED)
    assert len({(item.colour, item.pattern) for item in styled([one] * 10)}) == 10


@pytest.mark.parametrize(
    ("feature", "group"),
    [
        (SiteFeature.ARABLE, ExclusionGroup.LAND),
        (SiteFeature.RESERVOIR, ExclusionGroup.WATER),
        (SiteFeature.HERITAGE, ExclusionGroup.ZONE),
        (SiteFeature.RAILWAY, ExclusionGroup.ROAD),
        (SiteFeature.PLANNED_BUILTUP, ExclusionGroup.PEOPLE),
        (SiteFeature.KEY_HILL, ExclusionGroup.GROUND),
        (None, ExclusionGroup.OWN),
    ],
)
def test_features_stand_under_their_heading(feature, group):
    assert ExclusionGroup.of(feature) is group


def test_the_words_never_call_land_suitable_and_always_name_what_is_missing(shown, content):
    page = siting_map(shown, about=city.ABOUT).to_single_file(embed_font=False)
    assert "适宜" not in page
    assert "适合" not in page
    assert "适宜" not in SITING_TITLE
    assert content["missing"] == list(shown.told.missing)
    assert content["headline"] == shown.told.headline


def test_a_page_holds_no_markup_from_titles_names_or_rules(shown):
    page = siting_map(shown, about=city.ABOUT).to_single_file(embed_font=False)
    for hostile in city.HOSTILE:
        if "<" in hostile:
            assert hostile not in page


def test_the_area_of_a_kind_counts_each_cell_once(shown):
    mask = sum(
        shown.marks.mask(item.number)
        for item in shown.exclusions
        if item.kind is PlaneKind.EXCLUDED
    )
    assert shown.area_of(PlaneKind.EXCLUDED) == (mask > 0).sum() * county.CELL_M**2


def test_the_picture_holds_counts_ranks_missing_layers_scale_and_north(shown):
    words = words_of(siting_picture(shown, about=city.ABOUT, form=PictureFormat.PDF))
    for expected in (
        *("缺少的图层", "文物保护区", "模拟数据", "北", "km", city.NAMES[0]),
        *("候选地（数字为名次）", "图层未覆盖", f"版本{shown.told.edition}"),
        hectares(shown.area_of(PlaneKind.EXCLUDED)).replace(" ", ""),
    ):
        assert expected in words
    png = siting_picture(shown, about=city.ABOUT, form=PictureFormat.PNG)
    assert png == siting_picture(shown, about=city.ABOUT, form=PictureFormat.PNG)


def test_every_exclusion_has_a_panel_with_its_rule(shown):
    sheets = siting_panels(shown, about=city.ABOUT, form=PictureFormat.PDF)
    words = "".join(map(words_of, sheets))
    assert len(sheets) == 1
    for item in shown.exclusions:
        assert item.cited[0].split("　")[1] in words
        assert hectares(item.area_m2).replace(" ", "") in words


def test_the_policy_of_the_page_allows_its_own_server_only(shown):
    policy = content_security_policy(siting_map(shown, about=city.ABOUT).to_self_hosted())
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    alone = siting_map(shown, about=city.ABOUT).to_single_file(embed_font=False)
    assert "connect-src 'none'" in content_security_policy(alone)


@pytest.mark.browser
def test_layers_toggle_and_cards_tell_without_a_network(open_offline, shown):
    chart = siting_map(shown, about=city.ABOUT, ask="at?division=1")
    opened = open_offline(chart.to_single_file())
    page = opened.page
    shades = page.locator(".civgeo-shade")
    assert shades.count() == len(shown.kinds)
    inputs = page.locator(".civgeo-layer input")
    assert inputs.count() == len(shown.kinds) + len(shown.exclusions) + 1
    inputs.nth(len(shown.kinds)).focus()
    page.keyboard.press("Space")
    assert shades.count() == len(shown.kinds) + 1
    page.keyboard.press("Space")
    assert shades.count() == len(shown.kinds)

    page.locator("button[aria-label='候选地 1']").press("Enter")
    card = page.locator(".leaflet-popup").inner_text()
    first = shown.candidates[0]
    for expected in ("候选地 1", first.text, *(text for _, text in first.facts)):
        assert expected in card
    page.locator(".civgeo-lacking summary").click()
    panel = page.locator(".civgeo-panel").inner_text()
    assert all(text in panel for text in (*shown.told.missing, *shown.told.waiting))
    assert page.locator("text=查询一处的禁止情形").count() == 0
    assert (opened.requests[1:], opened.complaints) == ([], [])


@pytest.mark.browser
def test_titles_of_two_thousand_characters_stay_inside_their_column(open_offline, outlines):
    shown = county.view(outlines, cell_m=400.0)
    long = [replace(item, name=county.LONG[:2_000]) for item in shown.exclusions]
    shown = replace(shown, exclusions=tuple(long))
    page = open_offline(siting_map(shown, about=city.ABOUT).to_single_file()).page
    width = page.locator(".civgeo-panel").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert width[0] <= width[1]
