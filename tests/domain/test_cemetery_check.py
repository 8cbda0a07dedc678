"""Verdicts on cemeteries: thresholds at the number and beside it, days, places, strictest rules."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.cemetery_check import check_cemetery
from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU, AskedLand, Plot, Site
from civgeo.domain.cemetery_rules import CemeteryLevel, Operation, PlotKind, Remains, Share
from civgeo.domain.division import DivisionCode
from civgeo.domain.site_features import DISTANCE_FEATURES, SiteFeature
from civgeo.formats.cemetery_rules import cemetery_rules, land_feature

OLD, NEW = date(2026, 3, 29), date(2026, 3, 30)
PLACES = ("411702", "4117", "410102", "370102", "110101", "320481", "340102", "421303", "440106")
STANDING = {False: 0, None: 1, True: 2}


def judged(division="411702", on=OLD, **given):
    return check_cemetery(Site(DivisionCode.parse(division), on, **given), cemetery_rules())


def at(metres, feature=SiteFeature.TRUNK_ROAD, division="411702", on=OLD, **given):
    return judged(division, on, distances_m={feature: Decimal(metres)}, **given)


def on_land(word, division="411702", on=OLD, **given):
    return judged(division, on, land=AskedLand(word, land_feature(word)), **given)


def plot(m2, kind=PlotKind.SINGLE, remains=Remains.ASH):
    return Plot(kind, remains, Decimal(m2))


def rule_ids(verdict):
    return {item.rule.id for item in verdict.findings}


@pytest.mark.parametrize(("metres", "kept"), [("999.99", False), ("1000", True), ("1000.01", True)])
@pytest.mark.parametrize("feature", [SiteFeature.TRUNK_ROAD, SiteFeature.RAILWAY])
def test_a_kilometre_from_roads_and_railways_of_henan_is_enough_and_a_centimetre_less_is_not(
    metres, kept, feature
):
    assert at(metres, feature).legal is kept


@pytest.mark.parametrize(("metres", "kept"), [("1999.99", False), ("2000", True)])
def test_shandong_keeps_parks_two_kilometres_away(metres, kept):
    assert at(metres, SiteFeature.PARK, "370102").legal is kept


@pytest.mark.parametrize(("metres", "kept"), [("499.99", False), ("500", True)])
def test_shandong_keeps_roads_five_hundred_metres_away_though_its_older_rule_has_no_metres(
    metres, kept
):
    verdict = at(metres, division="370102")
    assert verdict.legal is kept
    assert {"shandong_funeral_14_sides", "shandong_cemetery_5_4"} <= rule_ids(verdict)


@pytest.mark.parametrize(
    ("level", "limit"),
    [(CemeteryLevel.TOWNSHIP, 50), (CemeteryLevel.COUNTY, 100), (CemeteryLevel.CITY, 200)],
)
def test_the_plan_of_zhumadian_sets_areas_by_level_and_a_hundredth_of_a_mu_decides(level, limit):
    assert judged(level=level, area_mu=Fraction(limit)).plan is True
    assert judged(level=level, area_mu=Fraction(limit) - Fraction(1, 100)).plan is False
    assert judged(level=level, area_mu=Fraction(limit)).legal is None


@pytest.mark.parametrize(("m2", "kept"), [("33333.33", True), ("33330", True), ("33329.99", False)])
def test_square_metres_are_compared_at_a_hundredth_of_a_mu(m2, kept):
    area = Fraction(m2) / SQUARE_METRES_PER_MU
    assert judged(level=CemeteryLevel.TOWNSHIP, area_mu=area).plan is kept


def test_the_figures_of_zhumadian_hold_nowhere_else():
    for division in ("411302", "410102", "421303", "320481"):
        verdict = judged(division, level=CemeteryLevel.CITY, area_mu=Fraction(1))
        assert (verdict.plan, verdict.findings, verdict.without_rule) == (None, (), ("area",))


@pytest.mark.parametrize(
    ("m2", "kind", "legal", "plan"),
    [
        ("0.5", PlotKind.SINGLE, True, True),
        ("0.51", PlotKind.SINGLE, True, False),
        ("0.8", PlotKind.JOINT, True, True),
        ("0.81", PlotKind.JOINT, True, False),
        ("1", PlotKind.JOINT, True, False),
        ("1.01", PlotKind.JOINT, False, False),
    ],
)
def test_plots_for_ashes_are_held_against_law_and_plan_each_by_itself(m2, kind, legal, plan):
    verdict = judged(plots=(plot(m2, kind),))
    assert (verdict.legal, verdict.plan) == (legal, plan)


@pytest.mark.parametrize(
    ("m2", "kind", "kept"),
    [
        ("4", PlotKind.SINGLE, True),
        ("4.01", PlotKind.SINGLE, False),
        ("6", PlotKind.JOINT, True),
        ("6.01", PlotKind.JOINT, False),
    ],
)
def test_plots_for_bodies_have_limits_of_their_own(m2, kind, kept):
    verdict = judged(plots=(plot(m2, kind, Remains.BODY),))
    assert (verdict.legal, verdict.plan) == (kept, None)


def test_plots_beyond_the_limit_are_named_by_their_place_in_the_list():
    verdict = judged(plots=(plot("0.5"), plot("1.2"), plot("9", PlotKind.JOINT), plot("1.01")))
    found = {item.subject: item.plots for item in verdict.findings if item.rule.force == "legal"}
    assert found == {"ash_single": (1, 3), "ash_joint": (2,)}


def test_the_citation_changes_on_the_thirtieth_of_march_and_the_missing_text_is_named():
    before, after = at(5000), at(5000, on=NEW)
    assert "funeral_regulation_10_sides" in rule_ids(before)
    assert not any("funeral_regulation_10" in id for id in rule_ids(after))
    assert (before.legal, after.legal) == (True, None)
    (missing,) = [item for item in after.findings if item.code == "text_missing"]
    assert (missing.rule.regulation, missing.meets) == ("殡葬管理条例", None)
    assert after.status == "not_assessed"
    assert "2026-03-30" in after.reason


def test_a_text_that_is_missing_does_not_hide_what_another_law_forbids():
    verdict = at("999.99", on=NEW)
    assert (verdict.legal, verdict.status) == (False, "ok")


def test_farmland_is_forbidden_by_the_land_law_after_the_old_regulation_too():
    assert on_land("耕地", on=NEW).legal is False
    assert on_land("0103", on=NEW).legal is False
    assert on_land("其他草地").legal is True


def test_water_zones_are_forbidden_everywhere_from_the_day_of_the_environment_code():
    inside = {SiteFeature.WATER_SOURCE_2: Decimal(0)}
    assert judged("440106", date(2026, 8, 14), distances_m=inside).legal is None
    assert judged("440106", date(2026, 8, 15), distances_m=inside).legal is False


def test_a_water_zone_of_unknown_grade_is_not_decided_where_only_grades_are_forbidden():
    verdict = at(0, SiteFeature.WATER_SOURCE, "440106", date(2026, 8, 15))
    assert verdict.legal is None
    assert any("一级保护区不明" in item.message for item in verdict.findings)


def test_an_unknown_land_class_is_not_taken_for_a_permitted_one():
    verdict = on_land("月面")
    assert (verdict.legal, verdict.status) == (None, "not_assessed")
    assert "月面" in verdict.reason


def test_arable_land_may_or_may_not_be_permanent_farmland():
    (finding,) = [
        item for item in on_land("arable").findings if item.rule.id == "henan_farmland_17"
    ]
    assert finding.meets is None
    assert on_land("永久基本农田").legal is False


def test_near_a_reservoir_is_not_decided_where_no_law_says_how_near():
    assert at(5000, SiteFeature.RESERVOIR).legal is None
    assert at(0, SiteFeature.RESERVOIR).legal is False
    assert at(2000, SiteFeature.RESERVOIR, "370102").legal is True


def test_below_the_building_control_zone_a_road_is_too_near_in_every_province():
    assert at("14.99", division="440106").legal is False
    assert at("15", division="440106").legal is None
    assert at("29.99", SiteFeature.MOTORWAY, "440106").legal is False


def test_a_trunk_road_within_thirty_metres_may_be_a_motorway():
    found = {item.rule.id: item.meets for item in at("20", division="440106").findings}
    assert found["road_safety_11_motorway"] is None
    assert "road_safety_11_national" not in found


def test_hills_of_zhumadian_have_rules_of_their_own():
    assert on_land("重点保护名录山体").legal is False
    hill = on_land("hill", distances_m={SiteFeature.RAILWAY: Decimal("499.99")})
    assert "zhumadian_hills_15_5" in rule_ids(hill)
    assert on_land("hill").legal is None
    assert "zhumadian_hills_15_5" not in rule_ids(at(400))


def test_provinces_without_a_rule_at_hand_are_not_assessed():
    verdict = judged("440106", plots=(plot("0.5"),))
    assert (verdict.legal, verdict.status) == (None, "not_assessed")
    assert "广东省" in verdict.reason


def test_a_rule_without_a_first_day_leaves_the_verdict_unverified():
    verdict = at("2000", SiteFeature.PARK, "370102")
    assert (verdict.legal, verdict.status) == (True, "unverified")


def test_one_of_two_green_measures_is_enough_and_one_alone_may_not_decide():
    both = {Share.GREEN_COVER: Decimal("74.99"), Share.GREEN_LAND: Decimal(40)}
    rural = {"level": CemeteryLevel.TOWNSHIP}
    assert judged("340102", shares=both, **rural).legal is True
    cover = {Share.GREEN_COVER: Decimal("74.99")}
    assert judged("340102", shares=cover, **rural).legal is None
    neither = cover | {Share.GREEN_LAND: Decimal("39.99")}
    assert judged("340102", shares=neither, **rural).legal is False


def test_shares_of_commercial_and_public_cemeteries_are_told_apart():
    shares = {Share.PUBLIC_SHARE_OF_UNSOLD: Decimal(30), Share.ECOLOGICAL_AREA: Decimal("29.99")}
    assert judged(operation=Operation.COMMERCIAL, shares=shares).plan is False
    assert set(judged(shares=shares).without_rule) == set(shares)
    assert judged(shares={Share.ECOLOGICAL_BURIALS: Decimal("99.99")}).plan is False
    assert judged(shares={Share.ECOLOGICAL_BURIALS: Decimal(100)}).plan is True


def test_a_rule_for_a_level_waits_until_the_level_is_known():
    verdict = judged(area_mu=Fraction(120))
    assert verdict.plan is None
    assert "级别" in verdict.reason


def test_what_rules_speak_of_and_the_question_does_not_is_named():
    verdict = at(1000)
    assert {"land_class", "railway", "reservoir", "hill"} <= set(verdict.not_given)
    assert "trunk_road" not in verdict.not_given
    assert judged(plots=(plot("0.5"),)).not_given == ()


def test_areas_that_a_text_names_are_listed_and_not_judged():
    verdict = at(1000, division="410302")
    assert "龙门景区" in {rule.quantity for rule in verdict.named_areas}


def test_nothing_that_can_be_checked_gives_no_verdict():
    verdict = judged()
    assert (verdict.status, verdict.legal, verdict.plan) == ("not_assessed", None, None)


features = st.sampled_from(DISTANCE_FEATURES)
metres = st.decimals(0, 6000, places=2)


@given(
    division=st.sampled_from(PLACES),
    on=st.sampled_from([date(2019, 1, 1), OLD, NEW, date(2026, 9, 1)]),
    distances=st.dictionaries(features, metres, min_size=1, max_size=4),
    farther=metres,
    land=st.sampled_from([None, "耕地", "hill", "其他草地", "月面"]),
)
def test_a_larger_distance_never_turns_kept_into_broken(division, on, distances, farther, land):
    moved = {feature: value + farther for feature, value in distances.items()}
    known = {} if land is None else {"land": AskedLand(land, land_feature(land))}
    near, far = (judged(division, on, distances_m=each, **known) for each in (distances, moved))
    assert STANDING[far.legal] >= STANDING[near.legal]


@given(
    division=st.sampled_from(PLACES),
    sizes=st.lists(st.decimals(0, 10, places=2), min_size=1, max_size=4),
    kind=st.sampled_from(PlotKind),
    remains=st.sampled_from(Remains),
)
def test_smaller_plots_never_turn_kept_into_broken(division, sizes, kind, remains):
    large, small = (
        judged(division, plots=tuple(plot(m2 / part, kind, remains) for m2 in sizes))
        for part in (1, 2)
    )
    assert STANDING[small.legal] >= STANDING[large.legal]
    assert STANDING[small.plan] >= STANDING[large.plan]


@given(
    level=st.sampled_from(CemeteryLevel),
    area=st.fractions(0, 300, max_denominator=1000),
    more=st.fractions(0, 300, max_denominator=1000),
)
def test_more_land_never_turns_kept_into_broken(level, area, more):
    small, large = (judged(level=level, area_mu=each) for each in (area, area + more))
    assert STANDING[large.plan] >= STANDING[small.plan]
