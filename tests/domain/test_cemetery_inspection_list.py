from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.cemetery_findings import AskedLand
from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel, BurialPlaceStatus
from civgeo.domain.cemetery_inspection_list import inspect_place
from civgeo.domain.cemetery_inspection_terms import (
    BurialPlace,
    Ground,
    InspectionCode,
    LandShare,
)
from civgeo.domain.cemetery_rules import Force, Operation
from civgeo.domain.division import DivisionCode
from civgeo.domain.site_features import DISTANCE_FEATURES, LAND_COVERS, SiteFeature
from civgeo.formats.cemetery_inspection import inspection_bases
from civgeo.formats.cemetery_rules import cemetery_rules

ON = date(2026, 3, 1)
PLACE = BurialPlace(
    "一",
    "东山公墓",
    BurialPlaceKind.CEMETERY,
    Operation.PUBLIC,
    DivisionCode("411702"),
    BurialPlaceStatus.OPERATING,
    level=BurialPlaceLevel.COUNTY,
    area_mu=Decimal(100),
    approval="民〔2019〕18号",
    approved_mu=Decimal(100),
    capacity=10,
    used=10,
    plot_single_m2=Decimal("0.5"),
    plot_joint_m2=Decimal("0.8"),
    graves_over_limit=0,
    graves_counted=10,
)


def inspected(place=PLACE, ground=None, on=ON):
    return inspect_place(place, ground, cemetery_rules(), inspection_bases(), on)


def far(**changed):
    """Ground that keeps every distance, on grassland."""
    grass = LandShare(AskedLand("草地", SiteFeature.GRASSLAND), Decimal(100), Decimal(66_666))
    distances = dict.fromkeys(DISTANCE_FEATURES, Decimal(50_000))
    words = [*(feature.value for feature in DISTANCE_FEATURES), "land_class"]
    known = Ground(distances, {}, (grass,), dict.fromkeys(words, "d" * 16))
    return replace(known, **changed)


def test_where_everything_is_known_and_kept_both_forces_are_met():
    jinan = inspected(replace(PLACE, division=DivisionCode("370102")), far())
    zhumadian = inspected(ground=far())

    assert (jinan.legal, jinan.findings, jinan.open) == (True, (), ())
    assert jinan.gravity == (0, 0, 0)
    assert (zhumadian.legal, zhumadian.plan, zhumadian.findings) == (None, True, ())
    assert all("没有米数" in item.message for item in zhumadian.open)


@pytest.mark.parametrize(
    ("change", "code", "force"),
    [
        ({"approval": None}, InspectionCode.NO_APPROVAL, Force.LEGAL),
        ({"approved_mu": Decimal("99.99")}, InspectionCode.OVER_APPROVED, None),
        ({"used": 11}, InspectionCode.OVER_CAPACITY, None),
        ({"area_mu": Decimal("99.99")}, InspectionCode.MIN_AREA, Force.PLAN),
        ({"plot_single_m2": Decimal("0.51")}, InspectionCode.PLOT_SIZE, Force.PLAN),
        ({"graves_over_limit": 1}, InspectionCode.GRAVES_OVER_LIMIT, Force.LEGAL),
    ],
)
def test_each_breach_alone_is_the_only_finding(change, code, force):
    found = inspected(replace(PLACE, **change), far())

    assert [(item.code, item.force) for item in found.findings] == [(code, force)]
    assert (found.legal is False) == (force is Force.LEGAL)
    assert (found.plan is False) == (force is Force.PLAN)
    assert sum(found.gravity) == 1


def test_at_the_limit_is_kept():
    limit = far(distances_m=far().distances_m | {SiteFeature.TRUNK_ROAD: Decimal(1000)})
    short = far(distances_m=far().distances_m | {SiteFeature.TRUNK_ROAD: Decimal("999.99")})

    assert inspected(ground=limit).findings == ()
    (finding, *_) = inspected(ground=short).findings
    assert (finding.rule_id, finding.actual) == ("henan_funeral_26_4", "999.99")
    assert finding.layer == "d" * 16


def test_a_place_that_stands_is_not_told_to_choose_another_site():
    inside = far(distances_m=far().distances_m | {SiteFeature.SCENIC: Decimal(0)})

    (finding, *_) = inspected(ground=inside).findings

    assert finding.code is InspectionCode.FORBIDDEN_LAND
    assert finding.message.endswith("规定不得建造")


def test_bands_are_for_limits_of_law_only():
    found = inspected(replace(PLACE, plot_single_m2=Decimal("1.4")), far())

    told = {item.force: "一档" in item.message for item in found.findings}

    assert told == {Force.LEGAL: True, Force.PLAN: False}


def test_a_hill_brings_in_the_rules_that_hold_on_hills_only():
    near = far().distances_m | {SiteFeature.MOTORWAY: Decimal(400)}
    hills = near | {SiteFeature.HILL: Decimal(0)}

    plain, on_hill = (inspected(ground=far(distances_m=each)) for each in (near, hills))

    more = {item.rule_id for item in on_hill.findings} - {item.rule_id for item in plain.findings}
    assert more == {"zhumadian_hills_15_5"}
    assert plain.gravity == (1, 0, 0)
    assert len(plain.findings) == 3


def test_what_is_not_known_leaves_the_law_open_and_is_named():
    silent = far(distances_m={}, layers={"land_class": "d" * 16})

    found = inspected(ground=silent)

    assert (found.legal, found.findings) == (None, ())
    assert any("水库" in item.message and "公路主干线" in item.message for item in found.open)


def test_a_survey_of_a_part_is_told():
    part = replace(far().lands[0], percent=Decimal("60.5"))

    found = inspected(ground=far(lands=(part,)))

    assert "地类图层只覆盖其 60.5%，其余没有核对地类" in [item.message for item in found.open]


shares = st.lists(
    st.tuples(st.sampled_from(sorted(LAND_COVERS)), st.integers(1, 100)), min_size=1, max_size=4
)
distances = st.dictionaries(
    st.sampled_from(DISTANCE_FEATURES), st.integers(0, 3000).map(Decimal), max_size=6
)


@given(shares, distances)
def test_more_distance_never_makes_a_place_worse(lands, near):
    known = tuple(
        LandShare(AskedLand(feature.label_zh, feature), Decimal(percent), None)
        for feature, percent in lands
    )
    before = inspected(ground=far(lands=known, distances_m=far().distances_m | near))
    wider = {feature: metres + 1 for feature, metres in near.items() if metres}
    after = inspected(ground=far(lands=known, distances_m=far().distances_m | near | wider))

    broken = {(item.rule_id, item.subject) for item in before.findings}
    assert {(item.rule_id, item.subject) for item in after.findings} <= broken
    assert (before.legal is False) == any(i.force is Force.LEGAL for i in before.findings)


@given(distances, st.integers(0, 3000).map(Decimal))
def test_a_layer_that_ends_hides_no_breach(near, reach):
    everywhere = far(distances_m=far().distances_m | near)
    ended = replace(everywhere, reach_m=dict.fromkeys(DISTANCE_FEATURES, reach))

    one, other = inspected(ground=everywhere), inspected(ground=ended)

    assert one.findings == other.findings
    assert other.legal in (one.legal, None)
    assert len(other.open) >= len(one.open)
