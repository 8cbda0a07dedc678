"""Rules against layers: metres read into “附近”, hills, approvals, what no layer tells."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pytest

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.cemetery_rules import CemeteryLevel, Comparison, Force, Operation, Topic
from civgeo.domain.division import DivisionCode
from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.siting_ground import GroundLayer
from civgeo.services.siting_rules import UNKNOWN, rules_of_siting
from civgeo.services.siting_words import claim_text, gap_text
from siting_city import AFTER, BEFORE

F = SiteFeature


def layer(
    *kinds: SiteFeature, shows: tuple[str, ...] = (), own: float | None = None
) -> GroundLayer:
    meta = SiteLayerMeta(
        *("d" * 16, "、".join(kind.label_zh for kind in kinds) or "自有", kinds, date(2025, 6, 30)),
        *("虚构", "2025-07-01T00:00:00Z", 1, "EPSG:4490", False, own),
    )
    words = gpd.GeoDataFrame({"kind": [*shows], "label": "", "name": ""})
    return GroundLayer(meta, frozenset(kinds), words, np.empty(len(shows), dtype=object))


def asked(layers, division="4117", on=BEFORE, book=None, **more):
    scope = (book or cemetery_rules()).in_scope(DivisionCode.parse(division), on)
    about = {"level": CemeteryLevel.TOWNSHIP, "operation": Operation.PUBLIC} | more
    return rules_of_siting(scope, layers, **about)


def of(found, rule):
    return [claim for claim in found.claims if claim.rule is not None and claim.rule.id == rule]


def test_both_sides_of_a_road_are_a_kilometre_in_henan_and_the_place_at_the_limit_keeps_it():
    found = asked([layer(F.TRUNK_ROAD)])

    (own,) = of(found, "henan_funeral_26_4")
    (nation,) = of(found, "funeral_regulation_10_sides")
    assert (own.distance_m, own.at_limit, own.reads_as) == (1_000, False, None)
    assert (nation.distance_m, nation.at_limit) == (1_000, False)
    assert nation.reads_as.id == "henan_funeral_26_4"
    assert "比照《河南省殡葬管理办法》第26(4)条" in claim_text(nation, nation.mark, "v")
    (corridor,) = of(found, "road_safety_11_trunk")
    assert (corridor.distance_m, corridor.mark) == (15, PlaneKind.EXCLUDED)


def test_more_than_excludes_the_place_at_the_limit_and_no_less_than_nothing_is_no_rule():
    book = cemetery_rules()
    strict = replace(book.find("henan_funeral_26_4"), operator=Comparison.MORE_THAN)
    idle = replace(book.find("road_safety_11_trunk"), value=Decimal(0))
    found = asked([layer(F.TRUNK_ROAD)], book=book.with_own([strict, idle], "own"))

    assert of(found, "henan_funeral_26_4")[0].at_limit
    assert of(found, "funeral_regulation_10_sides")[0].at_limit
    assert of(found, "road_safety_11_trunk") == []


def test_near_without_metres_excludes_the_inside_alone_and_says_so():
    (claim,) = of(asked([layer(F.RESERVOIR)]), "funeral_regulation_10_near")

    assert (claim.distance_m, claim.at_limit, claim.reads_as) == (0, True, None)
    assert claim.without_metres
    assert "没有米数，只排除其内，以外没有评价" in claim_text(claim, claim.mark, "v")


def test_each_kind_of_road_gets_the_metres_that_the_law_gives_for_it():
    book = cemetery_rules()
    only = replace(
        book.find("henan_funeral_26_4"), id="own", subjects=("motorway",), value=Decimal(300)
    )
    scope = [book.find("funeral_regulation_10_sides"), only]
    found = rules_of_siting(
        *(scope, [layer(F.MOTORWAY), layer(F.NATIONAL_ROAD)]),
        level=CemeteryLevel.TOWNSHIP,
        operation=Operation.PUBLIC,
    )
    metres = {
        claim.layer.meta.title: (claim.distance_m, claim.reads_as)
        for claim in of(found, "funeral_regulation_10_sides")
    }
    assert metres == {"高速公路": (300, only), "国道": (0, None)}


def test_the_target_of_a_plan_is_not_read_into_the_law():
    book = cemetery_rules()
    plan = replace(book.find("henan_funeral_26_4"), force=Force.PLAN)
    found = asked([layer(F.TRUNK_ROAD)], book=book.with_own([plan], "own"))

    assert of(found, "funeral_regulation_10_sides")[0].without_metres


def test_what_needs_approval_is_marked_and_not_excluded():
    found = asked([layer(F.HILL), layer(F.KEY_HILL)])

    marks = {(claim.layer.meta.title, claim.mark) for claim in of(found, "zhumadian_hills_18")}
    assert marks == {
        ("山体", PlaneKind.APPROVAL),
        ("重点保护名录山体", PlaneKind.APPROVAL),
    }
    (key,) = of(found, "zhumadian_hills_17_2")
    assert (key.mark, key.layer.meta.title) == (PlaneKind.EXCLUDED, "重点保护名录山体")


def test_a_rule_on_hills_holds_on_hills_and_waits_for_their_layer():
    with_hills = asked([layer(F.TRUNK_ROAD), layer(F.HILL)])
    (claim,) = of(with_hills, "zhumadian_hills_15_5")
    assert (claim.distance_m, claim.only_on) == (500, (F.HILL,))

    without = asked([layer(F.TRUNK_ROAD)])
    assert of(without, "zhumadian_hills_15_5") == []
    gap = next(gap for gap in without.gaps if gap.feature is F.HILL)
    assert "zhumadian_hills_15_5" in {rule.id for rule in gap.rules}


def test_a_layer_of_a_wider_kind_leaves_the_narrower_one_to_be_looked_into():
    found = asked([layer(F.TRUNK_ROAD)], "3204")

    (claim,) = of(found, "road_safety_11_motorway")
    assert (claim.mark, claim.distance_m) == (PlaneKind.UNCLEAR, 30)
    gap = next(gap for gap in found.gaps if gap.feature is F.MOTORWAY)
    assert "没有分出高速公路" in gap_text(gap)
    assert gap.is_corridor
    told = asked([layer(F.TRUNK_ROAD), layer(F.MOTORWAY)], "3204")
    assert {claim.mark for claim in of(told, "road_safety_11_motorway")} == {PlaneKind.EXCLUDED}


def test_there_is_no_doubt_about_ground_that_another_rule_excludes_for_certain():
    found = asked([layer(F.TRUNK_ROAD)])

    assert of(found, "road_safety_11_motorway") == []
    assert F.MOTORWAY in {gap.feature for gap in found.gaps}


def test_a_layer_of_a_part_excludes_and_the_rest_is_told_as_missing():
    found = asked([layer(F.WATER_SOURCE_2)])

    assert of(found, "henan_funeral_26_zones")[0].mark is PlaneKind.EXCLUDED
    gap = next(gap for gap in found.gaps if gap.feature is F.WATER_SOURCE)
    assert gap_text(gap).startswith("水源保护区只有“饮用水水源二级保护区”，其余水源保护区没有图层")


def test_land_use_tells_arable_land_and_permanent_farmland_only_where_it_shows_it():
    survey = layer(*(LAND_COVERS - {F.PERMANENT_FARMLAND}), shows=("arable", ""))
    found = asked([survey])

    kinds = {(claim.kinds, claim.mark) for claim in of(found, "land_law_37")}
    assert kinds == {
        (frozenset({"arable"}), PlaneKind.EXCLUDED),
        (frozenset({UNKNOWN}), PlaneKind.UNCLEAR),
    }
    (farmland,) = of(found, "henan_farmland_17")
    assert (farmland.kinds, farmland.mark) == (frozenset({UNKNOWN}), PlaneKind.UNCLEAR)
    assert F.PERMANENT_FARMLAND in {gap.feature for gap in found.gaps}


def test_a_layer_of_the_bureaus_own_excludes_by_its_distance_and_is_no_law():
    (claim,) = asked([layer(own=300.0, shows=("",))]).claims

    assert (claim.rule, claim.distance_m, claim.mark) == (None, 300, PlaneKind.EXCLUDED)
    assert "规划人员的要求，不是法规" in claim_text(claim, claim.mark, "v")


@pytest.mark.parametrize(("on", "cited"), [(BEFORE, True), (AFTER, False)])
def test_the_regulation_is_cited_to_its_last_day_and_its_new_text_waited_for_after(on, cited):
    found = asked([layer(F.SCENIC), layer(F.TRUNK_ROAD)], on=on)

    rules = {claim.rule.id for claim in found.claims}
    assert ("funeral_regulation_10_zones" in rules) is cited
    assert ("funeral_regulation_10_sides" in rules) is cited
    waiting = {rule.id for rule in found.waiting}
    assert ("funeral_regulation_2026_text" in waiting) is not cited
    assert "henan_funeral_26_4" in rules


def test_rules_of_the_division_alone_count_and_the_largest_smallest_area():
    here, elsewhere = asked([layer(F.KEY_HILL)]), asked([layer(F.KEY_HILL)], "4113")

    assert of(here, "zhumadian_hills_17_2")
    assert not of(elsewhere, "zhumadian_hills_17_2")
    assert here.smallest.id == "zhumadian_plan_area_township"
    assert elsewhere.smallest is None
    city = asked([], level=CemeteryLevel.CITY)
    assert city.smallest.limit == 200
    assert asked([], operation=Operation.COMMERCIAL).smallest is None


def test_areas_that_a_text_names_are_to_be_looked_up_and_never_drawn():
    found = asked([layer(F.SCENIC)], "410300")

    named = [rule for rule in found.to_look_up if rule.id == "area_410300_26_11"]
    assert named
    assert all(gap.feature is not F.NAMED_AREA for gap in found.gaps)
    assert all(rule.topic is not Topic.TEXT_MISSING for rule in found.to_look_up)
