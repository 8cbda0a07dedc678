"""Map of place names: what its page and its picture hold."""

import json
import re
from io import BytesIO

import map_specimens as city
import name_specimens as made
import numpy as np
import pypdfium2
import pytest
import shapely
from PIL import Image

from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.errors import CrsError, InvalidInput
from civgeo.maps.civmap import CivMap
from civgeo.maps.name_looks import class_style, kind_style, kinds_of
from civgeo.maps.name_search import other_names_of, sounds_of
from civgeo.maps.name_sheet import names_picture
from civgeo.maps.names import NamesView, names_map
from civgeo.maps.shapes import lines_of, points_in
from civgeo.maps.static import PictureFormat


@pytest.fixture(scope="module")
def page(outlines) -> str:
    return names_map(made.few(), outlines, about=city.ABOUT).to_self_hosted()


def data_of(page: str, name: str):
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    return json.loads(found[1])


def streets(page: str) -> dict[str, dict[str, object]]:
    """What the story of each street tells, by its name."""
    layer = data_of(page, "civgeo_names4")
    columns = [column[0] for column in layer["facts"]["columns"]]
    return {
        point[4]: dict(zip(columns, point[8], strict=True)) | {"tip": point[5]}
        for point in layer["points"]
    }


def test_names_that_are_not_public_are_nowhere_in_the_page(page):
    assert "文化路" in page
    assert "秘密路" not in page
    assert "机要路" not in page
    assert NamesView.of(made.few()).left_out == 1
    total = data_of(page, "civgeo_legend")[0]["note"]
    assert "图上地名共 6 条" in total
    assert "另有 1 条没有位置" in total


def test_a_story_tells_spelling_kind_place_status_other_names_and_source(page):
    told = streets(page)["文化路"]
    assert told == {
        "罗马字母拼写": "Wénhuà Lù",
        "类别": "街路巷",
        "所在": "青禾县",
        "状态": "标准地名",
        "其他名称": "红旗路（曾用名）",
        "资料来源": "虚构",
        "tip": "街路巷",
    }
    assert streets(page)["绿城107号路"]["所在"] == "云溪区 云东镇"


def test_an_unconfirmed_spelling_and_a_name_that_is_no_standard_say_so(page):
    told = streets(page)
    assert told["文华路"]["罗马字母拼写"] == "Wénhuá Lù（拼写待核定）"
    assert told["新文化街"]["tip"] == "街路巷，非标准地名"
    assert told["新文化街"]["罗马字母拼写"] is None


def test_each_class_is_a_layer_with_a_count_for_each_kind(page):
    lake, street = data_of(page, "civgeo_names0"), data_of(page, "civgeo_names4")
    assert (lake["title"], street["title"]) == ("自然地理实体", "街路巷")
    assert lake["groups"] == [{"label": "湖泊", "count": 1, "style": 0}]
    assert street["groups"] == [{"label": "街路巷", "count": 5, "style": 0}]
    assert street["counted"] == "条地名"


def test_a_street_is_a_line_with_its_symbol_half_way_and_a_lake_an_outline(page):
    street = data_of(page, "civgeo_names4")["points"][0]
    assert street[:2] == [33.0, 113.512]
    assert street[14] == [[0, -2000, 0, 0, 0, 2000]]
    assert street[13] == []
    lake = data_of(page, "civgeo_names0")["points"][0]
    assert len(lake[13][0]) == 8
    assert lake[14] == []


def test_the_search_holds_the_sounds_of_every_name_that_is_drawn(page):
    data = data_of(page, "civgeo_search")
    assert [layer["id"] for layer in data["layers"]] == ["civgeo_names0", "civgeo_names4"]
    names = data["layers"][1]["names"]
    assert names[:4] == [
        ["wen hua lu", ["红旗路", "曾用名"]],
        "wen hua lu",
        "xin wen hua jie",
        "lv cheng 1 0 7 hao lu",
    ]
    assert names[4] == ["", ["Aksu Xiang", ""]]


def test_divisions_are_found_from_afar_and_all_else_from_nearby(outlines):
    names = made.few()
    names.loc["lake", "kind"] = "county"
    page = names_map(names, outlines, about=city.ABOUT).to_self_hosted()
    layers = data_of(page, "civgeo_search")["layers"]
    assert {layer["id"]: layer["zoom"] for layer in layers} == {
        "civgeo_names1": 12,
        "civgeo_names4": 16,
    }


def test_every_kind_has_a_character_of_its_own_and_every_class_a_colour():
    styles = [kind_style(kind) for kind in PlaceKind]
    assert len({style.glyph for style in styles}) == len(PlaceKind)
    assert len({class_style(one).colour for one in PlaceClass}) == len(PlaceClass)
    assert sum(len(kinds_of(one)) for one in PlaceClass) == len(PlaceKind)
    for kind in PlaceKind:
        assert kind_style(kind).colour == class_style(kind.place_class).colour


def test_a_reading_that_does_not_fit_gives_no_sounds():
    assert sounds_of("文化路", "wén huà") == ""
    assert sounds_of("文化路", None) == ""
    assert sounds_of("文化·路", "wén huà lù") == "wen hua lu"
    assert other_names_of(None) == other_names_of("[]") == []
    assert other_names_of('[{"kind": "alias", "name": ""}, "x"]') == []
    assert other_names_of('[{"name": "老街"}]')[0].kind_zh == "其他名称"


def test_the_place_of_a_line_is_half_way_along_it_also_through_a_gap():
    line = shapely.LineString([(0, 0), (3, 0), (3, 1)])
    parts = shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 0), (8, 0)]])
    assert points_in([line, parts, None])[:2].tolist() == [[2.0, 0.0], [6.0, 0.0]]
    assert np.isnan(points_in([None])).all()
    assert lines_of(parts) == [[[0, 0], [0, 1]], [[0, 5], [0, 8]]]


def test_hostile_names_stand_in_the_page_as_no_markup(outlines):
    page = names_map(made.hostile(), outlines, about=city.ABOUT).to_single_file(embed_font=False)
    for name in city.HOSTILE[:1] + city.HOSTILE[3:4] + city.HOSTILE[6:]:
        assert name not in page


def test_other_maps_do_not_carry_the_search(page):
    assert "civgeo-search.js" in page
    assert "civgeo-search.js" not in str(CivMap.default_js)


def test_a_map_without_a_public_name_has_no_search(outlines):
    none = made.few().iloc[5:7]
    page = names_map(none, outlines, about=city.ABOUT).to_self_hosted()
    assert "图上地名共 0 条" in data_of(page, "civgeo_legend")[0]["note"]
    assert "civgeo.search(" not in page
    assert names_picture(none, outlines, about=city.ABOUT, form=PictureFormat.PNG)


def test_the_picture_names_classes_with_counts_and_counties(outlines):
    pdf = names_picture(made.few(), outlines, about=city.ABOUT, form=PictureFormat.PDF)
    document = pypdfium2.PdfDocument(pdf)
    words = re.sub(r"\s", "", document[0].get_textpage().get_text_range())
    document.close()
    for expected in ("自然地理实体1", "街路巷5", "图上地名共6条", *city.NAMES, "模拟数据"):
        assert expected in words
    image = Image.open(
        BytesIO(names_picture(made.few(), outlines, about=city.ABOUT, form=PictureFormat.PNG))
    )
    assert image.size == (2338, 1654)


def test_the_same_picture_gives_the_same_bytes_and_wants_outlines_in_its_system(outlines):
    def draw(divisions):
        return names_picture(made.few(), divisions, about=city.ABOUT, form=PictureFormat.PDF)

    assert draw(outlines) == draw(outlines)
    with pytest.raises(CrsError):
        draw(outlines.to_crs(3857))
    with pytest.raises(InvalidInput, match="县级"):
        names_map(made.few(), outlines[outlines["role"] == "context"], about=city.ABOUT)
