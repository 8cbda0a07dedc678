"""Siting over a store: the words, what marks a place, gaps of knowledge, dates, bad input."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
import shapely

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.site_features import SiteFeature
from civgeo.errors import CivgeoError, InvalidInput, NotFound
from civgeo.services.siting import cells_of, site, site_at
from civgeo.services.siting_answer import at
from civgeo.services.siting_question import question_document, siting_question
from civgeo.store.tables import Collection
from services.indicator_city import records
from siting_city import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    ZONE,
    founded,
    laid,
    land_use,
    metric,
    patch,
    path,
    raised,
    spot,
)

F = SiteFeature
ASKED = {"division": "411702", "level": "township", "on": "2026-03-29"}
WHOLE = patch(-1, -1, 2, 2)


def asked(city, **given):
    return site(city, siting_question(ASKED | given))


@pytest.fixture
def city(tmp_path):
    made = founded(tmp_path / "store")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A county with layers of several kinds, one of which ends in it."""
    folder = tmp_path_factory.mktemp("siting")
    made = founded(folder / "store")
    laid(made, F.TRUNK_ROAD, [path((0, 0.5), (1, 0.55))], name="G107", extent=WHOLE)
    laid(made, F.TOWNSHIP_ROAD, [path((0.2, 0), (0.2, 1))], name="Y001")
    laid(made, F.RESERVOIR, [patch(0.1, 0.1, 0.3, 0.3)], extent=WHOLE)
    laid(made, F.HILL, [patch(0.6, 0.6, 0.9, 0.9)], extent=WHOLE)
    patches = [
        ("arable", "水田", patch(0, 0, 0.5, 0.2)),
        ("grassland", "其他草地", patch(0.5, 0, 1, 0.9)),
        ("", "怪地", patch(0, 0.9, 0.3, 1)),
    ]
    land_use(made, patches, extent=patch(-0.1, -0.1, 1.2, 0.95))
    laid(made, None, [spot(0.9, 0.1)], own_distance_m=300.0)
    rows, columns = np.indices((80, 90))
    raised(made, folder / "dem.tif", 100 + 30 * np.sin(rows / 7) * np.cos(columns / 9))
    yield made
    made.store.close()


def test_without_any_layer_nothing_was_examined_and_there_are_no_candidates(city):
    answer = asked(city)

    assert answer.headline.startswith(
        "没有提供现行规定所涉及的图层，没有核对任何规定，不给出候选地"
    )
    assert "缺少图层：耕地、" in answer.headline
    assert len(answer.candidates) == answer.candidates_found == 0
    assert answer.free_m2 == 0
    assert {"rank", "capacity", "text"} <= set(answer.candidates.columns)
    laid(city, None, [spot(0.5, 0.5)], own_distance_m=100.0)
    assert asked(city).headline.startswith("没有提供现行规定所涉及的图层")


def test_a_missing_layer_changes_the_words_of_the_result(city):
    laid(city, F.RESERVOIR, [patch(0.1, 0.1, 0.3, 0.3)])
    before = asked(city)
    laid(city, F.RIVER, [path((0, 0.9), (1, 0.9))])
    after = asked(city)

    assert before.headline.startswith("在已提供的 1 个图层中，没有发现禁止情形的土地共 ")
    assert after.headline.startswith("在已提供的 2 个图层中，没有发现禁止情形的土地共 ")
    assert "、河流、" in before.headline.partition("缺少图层：")[2]
    assert "、河流、" not in after.headline.partition("缺少图层：")[2]
    assert {gap.feature for gap in before.missing} - {gap.feature for gap in after.missing} == {
        F.RIVER
    }
    every = [before.headline, *before.notes, *(gap.text for gap in before.missing)]
    every += [each.text for each in before.constraints] + [*before.candidates["text"]]
    assert not any("适宜" in words for words in every)


def test_all_rules_that_exclude_a_place_are_listed_and_the_strictest_reaches_farthest(county):
    answer = asked(county)
    on_road, beside = spot(0.5, 0.525), spot(0.5, 0.42)

    rules = [each.rule.id for each in at(answer, on_road.x, on_road.y) if each.rule]
    roads = {"henan_funeral_26_4", "funeral_regulation_10_sides", "road_safety_11_trunk"}
    assert roads <= {*rules}
    rules = [each.rule.id for each in at(answer, beside.x, beside.y) if each.rule]
    assert "road_safety_11_trunk" not in rules
    assert "henan_funeral_26_4" in rules
    first = at(answer, beside.x, beside.y)[0]
    assert first.layer.layer_date == date(2025, 6, 30)
    assert answer.edition in first.text
    assert "2025-06-30" in first.text


def test_a_place_asked_alone_gets_what_the_whole_answer_says_of_its_cell(county):
    terms = {"slope_deg": "8", "cell_m": "20"}
    question = siting_question(ASKED | terms)
    answer = site(county, question)
    rng = np.random.default_rng(3)
    seen = set()
    for east, north in rng.uniform(0.01, 0.99, (60, 2)):
        place = spot(east, north)
        alone = site_at(county, question, place.x, place.y)
        said = at(answer, place.x, place.y)
        assert [each.text for each in alone.constraints] == [each.text for each in said]
        seen |= {each.kind for each in said}
    assert seen >= {PlaneKind.EXCLUDED, PlaneKind.APPROVAL, PlaneKind.UNCLEAR, PlaneKind.MISSING}


def test_a_place_outside_is_told_so(county):
    answer = asked(county)
    for ask in (
        lambda: at(answer, EAST + 0.01, NORTH),
        lambda: site_at(county, answer.question, EAST + 0.01, NORTH),
    ):
        with pytest.raises(InvalidInput, match="不在甲县内"):
            ask()


def test_a_layer_that_ends_in_the_county_is_told_and_its_land_kept_out_unless_admitted(county):
    strict, admitted = asked(county), asked(county, admit_unknown=True)

    (note,) = [note for note in strict.notes if "没有覆盖到" in note]
    assert "地类图斑" in note
    assert "没有计入候选地" in note
    for answer in (strict, admitted):
        told = answer.headline.partition("图层没有覆盖到、没有评价的：")[2]
        assert "耕地（" in told
        assert "公顷）；条文待录入" in told
    assert strict.free_m2 < admitted.free_m2
    assert strict.candidates["unknown_share"].max() == 0
    assert admitted.candidates["unknown_share"].max() > 0
    whole = [note for note in strict.notes if note.startswith("没有写明范围")]
    assert whole == ["没有写明范围、按全域完整对待的图层：自有图层、乡道"] or "乡道" in whole[0]


def test_where_the_layer_of_hills_ends_a_rule_on_hills_is_unknown_near_the_road_alone(city):
    laid(city, F.TRUNK_ROAD, [path((0, 0.5), (1, 0.5))], extent=WHOLE)
    laid(city, F.HILL, [patch(0.1, 0.4, 0.3, 0.6)], extent=patch(-0.1, -0.1, 0.5, 1.1))
    answer = asked(city)

    def said(east, north):
        place = spot(east, north)
        found = at(answer, place.x, place.y)
        return {each.kind for each in found if each.rule.id == "zhumadian_hills_15_5"}

    assert said(0.2, 0.52) == {PlaneKind.EXCLUDED}
    assert said(0.4, 0.52) == set()
    assert said(0.8, 0.52) == {PlaneKind.MISSING}
    assert said(0.8, 0.9) == set()


def test_candidates_tell_land_road_township_sight_and_capacity(county):
    terms = {"burial_share": "0.4", "path_m2": "1.2", "plot_m2": "0.8"}
    answer = asked(county, **terms)
    table = answer.candidates

    assert answer.min_area_mu == 50
    assert answer.min_area_rule.id == "zhumadian_plan_area_township"
    assert (table["area_mu"] >= 50).all()
    assert table.index.tolist() == list(range(1, len(table) + 1))
    assert table["rank"].is_monotonic_increasing
    row = table.iloc[0]
    assert set(table["township"]) <= {"东镇", "西镇"}
    assert "其他草地" in set(table["land_class"])
    assert 0 < table["road_m"].min() < 10
    assert set(table["road_name"]) <= {"G107", "Y001"}
    assert table["visible_share"].between(0, 1).all()
    assert row["capacity"] == int(Decimal(float(row["area_m2"])) * Decimal("0.4") / 2)
    assert table.crs.to_epsg() == 4490
    assert (table["approval_share"] > 0).any()
    inside = shapely.box(WEST, SOUTH, EAST, NORTH).buffer(0.001)
    assert table.geometry.within(inside).all()
    assert asked(county, top=1).candidates_found == len(table)


def test_without_outlines_of_townships_the_answer_says_why_none_is_named(tmp_path):
    made = founded(tmp_path / "store", outlined=False)
    laid(made, F.RESERVOIR, [patch(0.5, 0, 1, 1)])
    answer = asked(made)
    made.store.close()
    assert answer.candidates["township"].isna().all()
    assert "登记库没有乡镇的轮廓，候选地所在乡镇没有给出" in answer.notes


def test_townships_count_by_their_people_where_all_are_registered(city):
    laid(city, F.RESERVOIR, [patch(0.5, 0, 1, 1)])
    evenly = asked(city, level="county").candidates.iloc[0]
    people = {"411702100": 1, "411702101": 10**9}
    rows = [
        {"id": f"p{code}", "division": code, "period": 2025, "population": count}
        for code, count in people.items()
    ]
    with city.store.write() as writing:
        for collection, frame in records(Collection.POPULATION, rows).items():
            writing.add(collection, frame.assign(simulated=False))
    answer = asked(city, level="county")
    row = answer.candidates.iloc[0]

    west = metric([patch(0, 0, 0.5, 1).representative_point()])[0]
    middle = metric([shapely.Point(row["centroid_lon"], row["centroid_lat"])])[0]
    assert row["towns_m"] == pytest.approx(shapely.distance(west, middle), rel=1e-3)
    assert row["towns_m"] < evenly["towns_m"] / 2
    assert not any("每个乡镇计 1" in note for note in answer.notes)


def test_weights_decide_the_order_and_the_seed_its_firmness(county):
    by_size = asked(county, weights={"area_m2": "1"}).candidates
    by_road = asked(county, weights={"road_m": "1"}).candidates

    assert by_size["area_m2"].is_monotonic_decreasing
    assert by_road["road_m"].is_monotonic_increasing
    one, same = (asked(county, draws=50, firm_top=1).candidates for _ in range(2))
    assert one["top_share"].tolist() == same["top_share"].tolist()
    assert asked(county, spread="0", firm_top=1).candidates["top_share"].isin([0, 1]).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weights": {"area_m2": 0, "road_m": 0}}, "至少有一个大于 0"),
        ({"weights": {"area_m2": -1}}, "不能为负"),
        ({"weights": {"area_m2": "NaN"}}, "有限"),
        ({"weights": {"beauty": 1}}, "可用的指标"),
        ({"cell_m": 0}, "cell_m"),
        ({"cell_m": "-10"}, "cell_m"),
        ({"slope_deg": 91}, "slope_deg"),
        ({"min_area_mu": 0}, "min_area_mu"),
        ({"spread": 2}, "spread"),
        ({"draws": 0}, "draws"),
        ({"top": 0}, "top"),
        ({"view_m": 20_000}, "view_m"),
        ({"burial_share": "0.4"}, "同时给出"),
        ({"burial_share": "1.4", "path_m2": 1, "plot_m2": 1}, "burial_share"),
        ({"layers": "all"}, "layers"),
        ({"admit_unknown": "yes"}, "true"),
        ({"level": "village"}, "level"),
        ({"where": 1}, "where"),
    ],
)
def test_bad_questions_are_refused(given, words):
    with pytest.raises(InvalidInput, match=words):
        siting_question(ASKED | given)


def test_a_question_is_read_again_from_its_document():
    question = siting_question(ASKED | {"slope_deg": "12.5", "weights": {"road_m": 2}, "seed": 7})

    assert siting_question(question_document(question)) == question
    usual = siting_question(ASKED)
    assert siting_question(question_document(usual)) == usual


def test_what_the_store_lacks_is_told(county, tmp_path):
    with pytest.raises(NotFound, match="没有区划"):
        asked(county, division="411799")
    with pytest.raises(InvalidInput, match="没有县级公墓最小面积的规定"):
        asked(county, level="county", operation="commercial")
    with pytest.raises(NotFound, match="图层"):
        asked(county, layers=["0123456789abcdef"])
    with pytest.raises(NotFound):
        asked(county, rules_edition="1999.01")
    with pytest.raises(CivgeoError, match="格"):
        asked(county, cell_m="0.01")
    bare = founded(tmp_path / "bare")
    laid(bare, F.RIVER, [path((0, 0), (1, 1))])
    with pytest.raises(InvalidInput, match="需要高程模型"):
        asked(bare, slope_deg="15")
    with pytest.raises(InvalidInput, match="没有到最近道路的距离的数据，不能排序"):
        asked(bare, weights={"road_m": 1})
    bare.store.close()


def test_the_citation_changes_with_the_new_regulation(county):
    before, after = (asked(county, on=f"2026-03-{day}") for day in (29, 30))

    def cited(answer):
        return {each.rule.id for each in answer.constraints if each.rule}

    gone = cited(before) - cited(after)
    assert {"funeral_regulation_10_sides", "funeral_regulation_10_near"} <= gone
    assert cited(after) < cited(before)
    assert "条文待录入：无" in before.headline
    assert "条文待录入：《殡葬管理条例》（2026 年修订）" in after.headline


def test_another_city_has_other_rules(tmp_path, county):
    nanyang = founded(tmp_path / "nanyang", "4113")
    for feature, shape in (
        (F.HILL, patch(0.6, 0.6, 0.9, 0.9)),
        (F.TRUNK_ROAD, path((0, 0), (1, 1))),
    ):
        laid(nanyang, feature, [shape])
    answer = asked(nanyang, division="411302", min_area_mu="10")

    rules = {each.rule.id for each in answer.constraints}
    assert "henan_funeral_26_4" in rules
    assert not any(rule.startswith("zhumadian") for rule in rules)
    assert answer.min_area_rule is None
    assert any(
        each.rule.id.startswith("zhumadian") for each in asked(county).constraints if each.rule
    )
    nanyang.store.close()


def test_a_later_layer_is_not_used_before_its_day_and_a_newer_one_goes_before(city):
    laid(city, F.RIVER, [path((0, 0.1), (1, 0.1))], day=date(2024, 1, 1))
    newer = laid(city, F.RIVER, [path((0, 0.2), (1, 0.2))], day=date(2026, 3, 30))

    assert asked(city).layers[0].layer_date == date(2024, 1, 1)
    assert [meta.digest for meta in asked(city, on="2026-03-30").layers] == [newer.digest]
    chosen = asked(city, layers=[newer.digest[:8]])
    assert [meta.digest for meta in chosen.layers] == [newer.digest]


def test_two_surveys_of_parts_are_one_layer_and_the_newer_counts_where_both_reach(city):
    west, east = patch(-0.1, -0.1, 0.5, 1.1), patch(-0.1, -0.1, 1.1, 1.1)
    old = [("arable", "旱地", patch(0, 0, 1, 1))]
    land_use(city, old, extent=east, day=date(2020, 1, 1))
    land_use(city, [("grassland", "草地", patch(0, 0, 0.5, 1))], extent=west)
    answer = asked(city, min_area_mu="1")

    excluded = [each for each in answer.constraints if each.kind is PlaneKind.EXCLUDED]
    shares = [each.share for each in excluded if each.area_m2]
    assert shares == pytest.approx([0.5] * len(shares), abs=0.01)
    assert shares
    assert not [each for each in answer.constraints if each.kind is PlaneKind.MISSING]
    assert answer.candidates["land_class"].tolist() == ["草地"]


def test_a_model_in_degrees_gives_the_slopes_of_one_in_metres(tmp_path):
    shares = []
    for crs in (4490, ZONE.epsg):
        city = founded(tmp_path / str(crs))
        laid(city, F.RIVER, [path((0, 0), (1, 1))])
        rows = np.arange(200)
        heights = np.tile(60 * np.sin(rows / 8)[:, None], (1, 200))
        raised(city, tmp_path / f"{crs}.tif", heights, crs=crs)
        answer = asked(city, slope_deg="8")
        (steep,) = [each for each in answer.constraints if "坡度大于 8 度" in each.text]
        shares.append(steep.share)
        city.store.close()
    assert 0.2 < shares[0] < 0.8
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_holes_in_the_heights_are_not_assessed_and_told(city, tmp_path):
    laid(city, F.RIVER, [path((0, 0), (1, 1))])
    heights = np.zeros((100, 100))
    heights[40:60, 40:60] = np.nan
    raised(city, tmp_path / "dem.tif", heights)
    answer = asked(city, slope_deg="10")

    (unknown,) = [each for each in answer.constraints if each.kind is PlaneKind.UNASSESSED]
    assert unknown.share > 0.03
    assert any("没有高程、坡度没有评价的土地" in note for note in answer.notes)
    assert answer.free_m2 == pytest.approx(answer.region_m2 - unknown.area_m2, rel=0.01)
    without = asked(city)
    assert without.free_m2 == pytest.approx(without.region_m2, rel=0.001)
    assert without.candidates["slope_known_share"].iloc[0] < 1


def test_a_city_takes_all_its_counties_and_a_step_that_fits(county):
    question = siting_question(ASKED | {"division": "4117", "level": "city"})
    assert cells_of(county, question) > 2 * 10**5
    answer = site(county, question)
    assert answer.region_name == "示例市"
    assert answer.min_area_mu == 200
    assert answer.marks.grid.cell_m == 10
