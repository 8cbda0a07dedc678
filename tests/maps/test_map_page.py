import json
import re
from dataclasses import replace

import folium
import folium.plugins
import geopandas as gpd
import map_specimens as city
import pytest
import shapely

from civgeo.errors import CrsError, InvalidInput, RuleViolation
from civgeo.maps.civmap import CivMap
from civgeo.maps.coverage import coverage_map
from civgeo.maps.divisions import divisions_map
from civgeo.maps.facilities import facilities_map
from civgeo.maps.legend import Legend
from civgeo.maps.page import asset, content_security_policy
from civgeo.maps.theme import MapNote

BOUNDS = (112.0, 32.0, 114.0, 34.0)


def empty_map(about: MapNote = city.ABOUT) -> CivMap:
    return CivMap(about, Legend(()), bounds=BOUNDS)


@pytest.fixture
def three_maps(covered, outlines, places):
    return [
        coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT),
        divisions_map(outlines, about=city.ABOUT),
        facilities_map(places, outlines, about=city.ABOUT),
    ]


def test_a_single_file_names_no_address_to_request(three_maps):
    for chart in three_maps:
        page = chart.to_single_file()
        markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
        assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!data:)[^"']""", markup)
        assert not re.findall(r"url\((?![\"']?data:)", markup)
        assert "://" not in re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)


def test_a_self_hosted_page_asks_only_for_files_that_the_package_holds(three_maps):
    for chart in three_maps:
        page = chart.to_self_hosted("/assets/")
        names = re.findall(r"""(?:src|href)=["']/assets/([^"']+)""", page)
        names += re.findall(r'url\("/assets/([^"]+)"', page)
        assert {"leaflet.js", "leaflet.css", "civgeo-map.js", "noto-sans-sc.woff2"} <= set(names)
        assert all(asset(name).is_file() for name in names)
        assert "http" not in re.sub(r"<meta http-equiv[^>]+>", "", page)


def test_the_same_map_gives_the_same_page(covered, outlines):
    one, other = (
        coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT) for _ in range(2)
    )
    assert one.to_single_file() == other.to_single_file() == one.to_single_file()


def test_without_the_font_a_single_file_is_smaller():
    chart = empty_map()
    with_font = chart.to_single_file()
    without = chart.to_single_file(embed_font=False)
    assert "data:font/woff" in with_font
    assert "data:font/woff" not in without
    assert len(without) < 202_000


@pytest.mark.parametrize(
    "layer",
    [
        folium.TileLayer("OpenStreetMap"),
        folium.TileLayer("//tiles.example.org/{z}/{x}/{y}.png", attr="x"),
        folium.plugins.MarkerCluster(),
        folium.plugins.HeatMap([[33.0, 113.0, 1.0]]),
        folium.raster_layers.ImageOverlay("https://example.org/a.png", [[32, 112], [33, 113]]),
        folium.Element('<img src="//example.org/a.png">'),
        folium.Element('<style>@import "https://example.org/a.css";</style>'),
        folium.Element('<p style="background:url(http://example.org/a.png)"></p>'),
        folium.Element('<script>fetch("https:\\/\\/example.org/a")</script>'),
        folium.Element('<iframe src="data:text/html,x"></iframe>'),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_both_renderings_refuse_a_layer_that_would_leave_the_server(layer):
    chart = empty_map()
    parent = chart.get_root().html if type(layer) is folium.Element else chart
    layer.add_to(parent)
    for render in (chart.to_single_file, chart.to_self_hosted):
        with pytest.raises(InvalidInput, match=r"openstreetmap|example|cdn|text/html") as caught:
            render()
        assert caught.value.code == "outside_address"


def test_a_single_file_refuses_even_files_of_the_own_server():
    chart = empty_map()
    chart.get_root().html.add_child(folium.Element('<img src="/own.png">'))
    assert '<img src="/own.png">' in chart.to_self_hosted()
    with pytest.raises(InvalidInput, match=r"/own\.png"):
        chart.to_single_file()


def test_a_static_address_on_another_server_is_refused():
    for address in ("https://cdn.example.org", "//cdn.example.org/x", "static"):
        with pytest.raises(InvalidInput, match="static_url"):
            empty_map().to_self_hosted(address)


def test_a_layer_that_needs_jquery_is_refused():
    chart = empty_map()
    folium.Marker([33.0, 113.0], popup="名称").add_to(chart)
    with pytest.raises(InvalidInput, match="jQuery"):
        chart.to_single_file()


def test_plain_folium_layers_without_addresses_are_welcome():
    chart = empty_map()
    folium.PolyLine([[33.0, 113.0], [33.1, 113.1]]).add_to(chart)
    assert "L.polyline" in chart.to_single_file()


def test_links_for_all_later_maps_cannot_be_added():
    before = list(CivMap.default_js), list(folium.Map.default_js)
    with pytest.raises(RuleViolation):
        empty_map().add_js_link("x", "https://example.org/x.js")
    with pytest.raises(RuleViolation):
        empty_map().add_css_link("x", "https://example.org/x.css")
    assert (list(CivMap.default_js), list(folium.Map.default_js)) == before


def test_hostile_names_stand_in_no_page_as_markup(three_maps):
    for chart in three_maps:
        page = chart.to_single_file(embed_font=False)
        for name in city.HOSTILE[:1] + city.HOSTILE[3:4] + city.HOSTILE[6:]:
            assert name not in page
        names = json.dumps(page)
        assert names.count("<img") == 0


def test_a_hostile_title_and_source_are_text():
    for name in city.HOSTILE:
        about = MapNote(name, name, name, simulated=False, edition=name, public_number=name)
        head = empty_map(about).to_self_hosted()
        assert not set("<`$\\") & set(name) or name not in head


def test_the_policy_allows_inline_code_by_hash_only(three_maps):
    for chart in three_maps:
        for page in (chart.to_single_file(), chart.to_self_hosted()):
            policy = content_security_policy(page)
            assert policy.startswith("default-src 'none'; script-src ")
            assert "unsafe" not in policy
            assert "connect-src 'none'" in policy
            assert policy.removesuffix("; frame-ancestors 'self'") in page


@pytest.mark.parametrize(
    ("about", "shown", "hidden"),
    [
        (city.ABOUT, ["模拟数据", "示意，不作为划界依据", "内部工作用图"], ["审图号"]),
        (
            MapNote("图", "来源", "2026-01-01", simulated=False, public_number="豫S(2026)1号"),
            ["审图号：豫S(2026)1号", "示意，不作为划界依据", "资料来源：来源"],
            ['class="civgeo-badge"', "内部工作用图"],
        ),
    ],
)
def test_each_page_says_what_it_is(about, shown, hidden):
    page = empty_map(about).to_self_hosted()
    assert all(words in page for words in shown)
    assert not any(words in page for words in hidden)


def test_the_stories_name_figures_standard_evidence_and_edition(covered, outlines):
    page = coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    cards = data_of(page, "civgeo_counties")["facts"]["cards"]
    assert [card["title"] for card in cards] == ["新建小区标准", "已建成小区标准"]
    told = dict(map(tuple, cards[0]["rows"]))
    assert told["标准值"] == "≥ 30 m²/百户"
    assert told["适用地区"] == "虚构省"
    assert told["出处"] == "《虚构省养老服务条例》"
    assert told["依据程度"] == "E（见摘录或二手材料）"
    assert told["施行"] == "2022-10-01 起"
    assert (told["评价日"], told["标准版本"]) == ("2026-01-01", "2026-01")


def test_estates_are_grouped_by_county_and_all_are_there(covered, outlines, homes):
    page = coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    estates = data_of(page, "civgeo_estates")
    assert [group["label"] for group in estates["groups"]] == city.NAMES
    assert len(estates["points"]) == len(homes)
    assert sum(group["count"] for group in estates["groups"]) == len(homes)


def test_what_is_not_assessed_gets_no_colour_of_a_class(covered, outlines):
    open_question = covered.copy()
    open_question["status"] = "not_assessed"
    open_question["meets"] = None
    page = coverage_map(open_question, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    areas = [area for area in data_of(page, "civgeo_counties")["areas"] if area["sublabel"]]
    assert {(area["colour"], area["pattern"]) for area in areas} == {("#d9dde1", "dots")}
    estates = data_of(page, "civgeo_estates")
    used = {tuple(estates["styles"][point[3]]) for point in estates["points"]}
    assert used == {("ring", "#d9dde1", "")}


def test_an_estate_without_a_place_is_counted_in_the_legend(covered, outlines):
    lost = covered.copy()
    lost.loc[lost.index[lost["level"] == "estate"][:2], "geometry"] = None
    page = coverage_map(lost, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    assert "另有 2 个小区没有位置" in json.dumps(data_of(page, "civgeo_legend"), ensure_ascii=False)


def test_a_frame_in_another_system_is_refused(covered, outlines):
    with pytest.raises(CrsError):
        coverage_map(covered, outlines.to_crs(3857), city.STANDARDS, about=city.ABOUT)


def test_a_city_without_outlines_is_refused(outlines):
    with pytest.raises(InvalidInput, match="县级"):
        divisions_map(outlines[outlines["role"] == "context"], about=city.ABOUT)


def test_estates_that_no_class_holds_are_counted_under_their_state(covered, outlines, homes):
    open_question = covered.assign(status="not_assessed", meets=None)
    open_question[["standard_new", "standard_existing"]] = None
    page = coverage_map(open_question, outlines, (), about=city.ABOUT).to_self_hosted()
    rows = data_of(page, "civgeo_legend")[0]["rows"]
    assert [(row["label"], row["count"]) for row in rows] == [("未评价", len(homes))]


def test_the_counts_of_the_classes_add_up_to_all_estates(covered, outlines, homes):
    page = coverage_map(covered, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    rows = data_of(page, "civgeo_legend")[0]["rows"]
    assert sum(row.get("count") or 0 for row in rows) == len(homes)
    assert rows[-1]["label"] == "无户数，无法计算"


def test_an_estate_tells_where_it_lies_its_year_stage_and_facilities(covered, outlines, homes):
    estate = homes.index[40]
    sites = gpd.GeoDataFrame(
        {
            "estate": [estate] * 10,
            "name": [f"第{n}处" for n in range(10)],
            "kind": "meal_point",
            "floor_area_m2": [12.5, None, *[10.0] * 8],
            "doubtful": [False, False, True, *[False] * 7],
        },
        geometry=[homes.geometry.loc[estate]] * 10,
        crs="EPSG:4490",
    )
    units = covered.join(homes[["completed_year", "stage"]])
    chart = coverage_map(units, outlines, city.STANDARDS, about=city.ABOUT, sites=sites)
    layer = data_of(chart.to_self_hosted(), "civgeo_estates")
    columns = [column[0] for column in layer["facts"]["columns"]]
    point = layer["points"][40]
    told = dict(zip(columns, point[8], strict=True))
    county = outlines["name"].loc[homes["division"].loc[estate][:6]]
    assert told["所在"].startswith(f"{county} {county[0]}")
    assert (told["建成年份"], told["用房阶段"]) == (2015, "建成")
    assert len(point[11]) == 8
    assert point[12] == 2
    assert point[11][0][2:] == ["12.50 m²", ""]
    assert point[11][1][2:] == ["面积未登记", ""]
    assert point[11][2][2:] == ["10.00 m²", "疑似重复登记，未计入"]


def test_an_outline_of_an_estate_can_be_read_back_from_its_steps(covered, outlines, homes):
    drawn = covered.copy()
    estate = homes.index[40]
    shape = homes.geometry.loc[estate].buffer(0.002, quad_segs=1)
    drawn.loc[estate, "geometry"] = shape
    page = coverage_map(drawn, outlines, city.STANDARDS, about=city.ABOUT).to_self_hosted()
    point = data_of(page, "civgeo_estates")["points"][40]
    lat, lon, (steps,) = point[0], point[1], point[13]
    corners = [(lon + x / 1e6, lat + y / 1e6) for y, x in zip(*[iter(steps)] * 2, strict=True)]
    assert shapely.Polygon(corners).symmetric_difference(shape).area < 1e-8
    assert data_of(page, "civgeo_estates")["points"][41][13] == []


def test_a_standard_shows_its_document_number_and_note(covered, outlines):
    noted = [replace(item, note="按本市口径") for item in city.STANDARDS]
    page = coverage_map(covered, outlines, noted, about=city.ABOUT).to_self_hosted()
    told = dict(map(tuple, data_of(page, "civgeo_counties")["facts"]["cards"][0]["rows"]))
    assert (told["文号"], told["备注"]) == ("第1号公告", "按本市口径")


def data_of(page: str, name: str):
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    return json.loads(found[1])
