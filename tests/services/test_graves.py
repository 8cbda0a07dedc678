"""Scattered graves over a store: who is seen, who is listed, where they go, what is not known."""

import io
from datetime import date

import geopandas as gpd
import numpy as np
import openpyxl
import orjson
import pytest
import shapely

from civgeo.domain.site_features import SiteFeature
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.grave_question import grave_question, grave_terms
from civgeo.services.graves import city_graves
from civgeo.services.graves_views import graves_document, graves_geojson, graves_spreadsheet
from civgeo.services.jobs import book_of, run, submit
from civgeo.services.site_layers import save_site_layer
from grave_city import GRAVES, cemetery, founded, grave, placed, ridge, roads


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = founded(tmp_path_factory.mktemp("graves") / "store", heights=ridge())
    yield made
    made.store.close()


@pytest.fixture
def other(tmp_path):
    """Founds cities of a test's own, and closes their stores."""
    made = []

    def found(**given):
        folder = tmp_path / f"city{len(made)}"
        folder.mkdir()
        made.append(founded(folder / "store", **given))
        return made[-1]

    yield found
    for each in made:
        each.store.close()


def asked(city, **given):
    return graves_document(city_graves(city, grave_question(given)))


def rows(answer, *names):
    return {row["id"]: tuple(row[name] for name in names) for row in answer["graves"]}


def test_a_ridge_hides_graves_and_its_gap_shows_them(city):
    answer = asked(city)

    assert rows(answer, "seen", "reason") == {
        "a-near": (True, ""),
        "b-behind": (False, "被地形遮挡"),
        "c-gap": (True, ""),
        "d-far": (False, "最远距离内没有道路"),
        "e-west": (True, ""),
        "f-moved": (None, ""),
        "g-screened": (None, ""),
        "h-listed": (False, "被地形遮挡"),
    }
    near = next(row for row in answer["graves"] if row["id"] == "a-near")
    assert (near["road"], near["observer_road"], near["list_road"]) == ("G106",) * 3
    assert near["road_m"] == pytest.approx(600, abs=0.5)
    assert near["observer_m"] == pytest.approx(600, abs=0.5)
    assert near["observer_along_m"] == pytest.approx(3_800, abs=1)
    assert 0 < near["observers"] < answer["observers"]
    assert answer["method"] == "viewshed"
    assert "缺图层：铁路" in answer["headline"]


def test_the_list_says_why_and_progress_counts_graves_by_road_and_township(city):
    answer = asked(city, corridor_m="900")

    listed = {id: basis for id, (go, basis) in rows(answer, "to_move", "basis").items() if go}
    assert listed == {
        "a-near": "看得见、距离带内",
        "c-gap": "看得见",
        "e-west": "看得见、距离带内",
        "h-listed": "列入迁移",
    }
    assert answer["by_road"][0] == {
        "list_road": "G106",
        "places": 7,
        "graves": 13,
        "to_move": 9,
        "moved": 1,
        "screened": 1,
        "undecided": 0,
    }
    townships = {row["township_name"]: row["to_move"] for row in answer["by_township"]}
    assert townships == {"东街道": 5, "（乡镇不明）": 4}
    assert any("按距离带，不是可视分析" in note for note in answer["notes"])


def test_graves_go_whole_to_the_nearest_room_and_unused_cemeteries_are_named(city):
    answer = asked(city)

    went = {(row["grave"], row["cemetery"], row["graves"]) for row in answer["moves"]}
    # k1 is nearer to both clusters and has room for one of them
    assert went == {
        ("a-near", "k2", 3),
        ("c-gap", "k2", 1),
        ("e-west", "k1", 4),
        ("h-listed", "k1", 1),
    }
    assert answer["moves_status"] == "optimal"
    assert answer["distance_zh"] == "直线距离，不是行车距离"
    notes = "".join(answer["notes"])
    assert "无数公墓，没有登记墓位总数或已用墓位" in notes
    assert "状态为“在建”" in notes
    divided = asked(city, divide=True)
    assert divided["distance_sum_m"] < answer["distance_sum_m"]
    assert [row["graves"] for row in divided["moves"] if row["grave"] == "a-near"] == [1, 2]


def test_a_grave_is_listed_by_the_road_that_sees_it_not_by_a_nearer_one_behind_a_ridge(other):
    made = other(heights=ridge(), with_roads=False)
    roads(
        made,
        G106=shapely.LineString([(0, -2_000), (0, 2_000)]),
        G4=shapely.LineString([(1_150, -2_000), (1_150, 2_000)]),
    )
    answer = asked(made)

    found = rows(answer, "road", "observer_road", "list_road", "observer_m")
    assert found["a-near"] == ("G4", "G106", "G106", pytest.approx(600, abs=5))
    assert found["b-behind"] == ("G4", "G4", "G4", pytest.approx(850, abs=5))
    assert rows(answer, "seen")["b-behind"] == (True,)


def test_without_heights_a_corridor_is_used_and_called_by_its_name(other):
    bare = other()
    answer = asked(bare, corridor_m=700)

    assert answer["method_zh"] == "按距离带，不是可视分析"
    assert answer["headline"].startswith("登记散坟 8 处 14 座；按距离带，不是可视分析")
    assert set(rows(answer, "seen").values()) == {(None,)}
    assert {id for id, (go,) in rows(answer, "to_move").items() if go} == {"a-near", "h-listed"}
    wide = asked(bare)
    assert sum(go for (go,) in rows(wide, "to_move").values()) == 5
    assert asked(bare, elevation="none") | {"data_version": 0} == {
        **wide,
        "parameters": wide["parameters"] | {"elevation": "none"},
        "data_version": 0,
    }


def test_where_a_model_does_not_reach_nothing_is_said_and_that_is_counted(other):
    heights = ridge()
    heights[:, 225:] = np.nan
    heights[350, 222] = np.nan
    answer = asked(other(heights=heights))

    unknown = {
        id: reason
        for id, (seen, reason) in rows(answer, "seen", "reason").items()
        if seen is None and reason
    }
    assert unknown == dict.fromkeys(
        ["a-near", "b-behind", "c-gap", "h-listed"], "所在处没有高程，不能判断"
    )
    assert answer["sums"]["not_known"] == {"places": 4, "graves": 7}
    assert answer["not_known_reasons"] == {"所在处没有高程，不能判断": 4}
    assert answer["sums"]["undecided"]["places"] == 3, "one is registered to move all the same"
    assert "不能判断 4 处 7 座" in answer["headline"]


def test_a_model_in_degrees_says_the_same_as_one_in_metres(city, other):
    turned = other(heights=ridge(), in_degrees=True)
    assert rows(asked(turned), "seen") == rows(asked(city), "seen")


def test_beyond_the_end_of_the_road_layer_unseen_graves_are_not_decided(other):
    made = other(heights=ridge(), with_roads=False)
    west = shapely.box(113.9, 32.9, 114.06, 33.2)
    roads(made, extent=west)
    answer = asked(made)

    assert rows(answer, "seen", "reason")["b-behind"] == (None, "道路图层不到这里，不能判断")
    assert rows(answer, "seen")["a-near"] == (True,)
    assert answer["sums"]["undecided"]["places"] == 2


def test_odd_records_are_told_and_the_rest_is_computed(other):
    odd = (
        *GRAVES,
        grave("x-same", 600, 0),
        grave("y-none", 610, 0, count=0),
        grave("z-abroad", 50_000, 0),
        grave("zz-nowhere", 0, 0, geometry=None),
    )
    crowded = (cemetery("k9", 0, 0, capacity=5, used=7),)
    answer = asked(other(graves=odd, cemeteries=crowded, heights=ridge()))

    found = {each["code"]: each["ids"] for each in answer["findings"]}
    assert found == {
        "same_place": ("a-near", "x-same"),
        "no_count": ("y-none",),
        "no_place": ("zz-nowhere",),
        "outside_city": ("z-abroad",),
        "moved_nowhere": ("f-moved",),
        "over_capacity": ("k9",),
    }
    assert rows(answer, "seen", "undecided", "to_move")["z-abroad"] == (None, True, False)
    assert answer["moves"] == []
    reasons = {each["reason"] for each in answer["unplaced"]}
    assert reasons == {"没有可用的公墓：须使用中、有空位，并登记了墓位总数、已用墓位和位置"}


def test_with_no_grave_in_the_city_nobody_is_seen_nor_moved(other):
    abroad = (grave("z-abroad", 50_000, 0, status="registered_to_move"),)
    found = city_graves(other(graves=abroad, cemeteries=(), heights=ridge()), grave_question({}))
    answer = graves_document(found)

    assert answer["sums"]["seen"]["places"] == 0
    assert answer["sums"]["not_known"]["places"] == 1
    assert answer["sums"]["to_move"]["places"] == 1, "an officer has listed it"
    assert answer["moves"] == answer["cemeteries"] == []
    assert "未安排 1 座" in answer["headline"]
    book = openpyxl.load_workbook(io.BytesIO(graves_spreadsheet(found)))
    assert [row[-1].value for row in book["未安排公墓"].iter_rows()][-2:] == [
        "原因",
        "位置不在本市范围内，请核对坐标",
    ]
    assert orjson.loads(graves_geojson(found))["features"] == []


def test_a_cemetery_takes_from_the_divisions_it_serves_and_too_large_places_stay_whole(other):
    burial = (
        cemetery("k1", 0, 2_000, serves="990121", capacity=500),
        cemetery("k2", 0, -3_500, serves="990102001000", capacity=97),
    )
    answer = asked(other(cemeteries=burial, heights=ridge()))

    assert {(row["grave"], row["cemetery"]) for row in answer["moves"]} == {("a-near", "k2")}
    assert {row["grave"]: row["reason"] for row in answer["unplaced"]} == {
        "c-gap": "可接收的公墓空位已用完",
        "e-west": "没有公墓的服务范围包括本地",
        "h-listed": "可接收的公墓空位已用完",
    }
    large = (grave("big", 500, 0, count=30), grave("some", 500, 50, count=4))
    tight = asked(other(graves=large, heights=ridge()[:, :]), divide=False)
    assert [row["cemetery"] for row in tight["moves"]] == ["k2", "k1"]


def test_graves_where_rules_forbid_them_are_listed_when_asked_with_rule_and_layer(other):
    made = other(heights=ridge())
    field = placed(shapely.box(1_900, -50, 2_100, 50))
    frame = gpd.GeoDataFrame({"kind": ["permanent_farmland"]}, geometry=[field], crs=4490)
    save_site_layer(
        *(made, frame, None),
        title="耕地",
        covers=(SiteFeature.ARABLE,),
        layer_date=date(2025, 10, 1),
        source="虚构",
    )
    plain, answer, later = (
        asked(made, **given) for given in ({}, {"land": True}, {"land": True, "on": "2026-03-30"})
    )

    assert rows(plain, "to_move", "land")["b-behind"] == (False, "")
    listed, basis, land = rows(answer, "to_move", "basis", "land")["b-behind"]
    assert listed
    assert basis == "禁止建造坟墓的土地"
    assert "（funeral_regulation_10_land，" in land
    assert "图层“耕地”2025-10-01" in land
    assert rows(answer, "land")["a-near"] == ("",)
    assert "缺图层：林地、城市公园" in answer["headline"]
    assert [layer["title"] for layer in answer["layers"]] == ["公路主干线", "耕地"]
    assert "条文待录入：《殡葬管理条例》" in later["headline"]
    assert "funeral_regulation_10_land" not in rows(later, "land")["b-behind"][0]


def test_workbook_and_geojson_hold_the_list_and_how_it_was_found(city):
    found = city_graves(city, grave_question({}))
    book = openpyxl.load_workbook(io.BytesIO(graves_spreadsheet(found)))
    assert book.sheetnames == [
        *("迁移清单（按道路）", "迁移清单（按乡镇）", "未安排公墓", "不能判断"),
        *("进度（按道路）", "进度（按乡镇）", "公墓空位"),
    ]
    lines = [row[0].value for row in book["迁移清单（按道路）"].iter_rows()]
    assert lines[0].startswith("模拟数据")
    text = "".join(str(line) for line in lines)
    for said in ("视高 1.5 m", "没有法定数值", "高程模型 dem.tif", "公路主干线", "直线距离"):
        assert said in text
    unused = [row[-1].value for row in book["公墓空位"].iter_rows() if row[-1].value]
    assert f"没有使用的公墓 {len(unused) - 1} 处，原因见工作簿的“公墓空位”" in text
    assert "没有使用的公墓：" not in text
    features = orjson.loads(graves_geojson(found))["features"]
    assert [each["geometry"]["type"] for each in features].count("LineString") == 4


def test_a_job_gives_the_same_answer_and_long_questions_are_not_for_a_request(city):
    id = submit(city, "graves", {"question": {"max_m": 2_500}})
    book_of(city).claim("here")
    assert run(city, id)
    assert dict(book_of(city).get(id).result) == orjson.loads(
        orjson.dumps(asked(city, max_m=2_500))
    )
    with pytest.raises(InvalidInput, match="POST"):
        city_graves(city, grave_question({"max_m": 20_000, "every_m": 5}), at_once=True)


def test_questions_that_make_no_sense_are_refused(city, other):
    for given, words in (
        ({"roads": ["lane"]}, "lane"),
        ({"max_m": 0}, "max_m"),
        ({"max_m": 50_000}, "20000"),
        ({"every_m": "0.5"}, "every_m"),
        ({"observer_m": -1}, "observer_m"),
        ({"observer_m": 500}, "100"),
        ({"land": "yes"}, "land"),
        ({"layers": "x"}, "layers"),
        ({"where": 1}, "where"),
    ):
        with pytest.raises(InvalidInput, match=words):
            grave_question(given)
    with pytest.raises(NotFound, match="没有登记散坟"):
        asked(city, division="990121")
    with pytest.raises(NotFound, match="缺图层：公路主干线、铁路"):
        asked(other(heights=ridge(), with_roads=False))
    with pytest.raises(NotFound, match="缺图层：铁路"):
        asked(city, roads=["railway"])
    question = grave_question({"roads": ["国道"], "max_m": "800.5", "land": True})
    assert grave_question(grave_terms(question)) == question
