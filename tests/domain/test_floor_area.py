from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.floor_area import VerdictStatus, assess
from civgeo.domain.standard import TOPIC_FLOOR_AREA, Standard, StandardBook
from civgeo.formats.reference import standards

NEW, EXISTING = EstateClass.NEW, EstateClass.EXISTING
ON = date(2026, 3, 1)
BOOK = standards()


def verdict(parts, *areas, division="411702", book=BOOK, on=ON):
    numbers = [Decimal(area) for area in areas]
    return assess(parts, numbers, division=DivisionCode.parse(division), on=on, book=book)


def one_standard(value, operator=">=", **given):
    fields = {
        "place": "某市",
        "regulation": "示例",
        "valid_from": "2019-01-01",
        "quantity": "",
        "unit": "m2",
        "applies_to": "",
        "evidence": "-",
        "estate_class": "both",
    }
    standard = Standard(
        id="only",
        topic=TOPIC_FLOOR_AREA,
        adcode="411700",
        operator=operator,
        value=Decimal(value),
        **fields | given,
    )
    return StandardBook((standard,), "test")


def test_exactly_thirty_square_metres_for_a_hundred_new_households_meet():
    found = verdict([(NEW, 100)], "10.1", "10.2", "9.7")
    assert found.status is VerdictStatus.OK
    assert found.meets
    assert found.total_m2 == found.required_m2 == found.m2_per_100_households == 30
    assert (found.gap_m2, found.surplus_m2) == (0, 0)


def test_a_ten_thousandth_less_does_not_meet():
    found = verdict([(NEW, 100)], "29.9999")
    assert not found.meets
    assert found.gap_m2 == Fraction(1, 10_000)
    assert found.surplus_m2 == 0


def test_a_ten_thousandth_more_meets_with_a_surplus():
    found = verdict([(NEW, 100)], "30.0001")
    assert found.meets
    assert (found.gap_m2, found.surplus_m2) == (0, Fraction(1, 10_000))


@pytest.mark.parametrize(("area", "meets"), [("19.9999", False), ("20", True)])
def test_existing_estates_are_held_to_twenty(area, meets):
    assert verdict([(EXISTING, 100)], area).meets is meets


@pytest.mark.parametrize(("area", "meets"), [("39.9999", False), ("40", True), ("40.0001", True)])
def test_parts_of_a_mixed_estate_are_added_exactly(area, meets):
    found = verdict([(NEW, 100), (EXISTING, 50)], area)
    assert found.required_m2 == 40
    assert found.households == 150
    assert found.meets is meets
    assert set(found.standards) == {NEW, EXISTING}


def test_rate_that_does_not_end_is_kept_as_a_fraction():
    found = verdict([(NEW, 77)], "46")
    assert found.m2_per_100_households == Fraction(4600, 77)
    assert found.required_m2 == Fraction(231, 10)


@pytest.mark.parametrize(("operator", "meets"), [(">=", True), (">", False)])
def test_operator_of_the_standard_decides_at_the_number(operator, meets):
    assert verdict([(NEW, 100)], "30", book=one_standard(30, operator)).meets is meets


def test_strict_operator_of_a_part_without_homes_is_no_hurdle():
    both = StandardBook(
        (
            *one_standard(30, ">", estate_class="new").standards,
            *one_standard(20, estate_class="existing").standards,
        ),
        "test",
    )
    assert verdict([(NEW, 0), (EXISTING, 100)], "20", book=both).meets
    assert not verdict([(NEW, 100), (EXISTING, 100)], "50", book=both).meets


@pytest.mark.parametrize("parts", [[], [(NEW, 0)], [(NEW, 0), (EXISTING, 0)]])
def test_unit_without_households_is_undefined(parts):
    found = verdict(parts, "120")
    assert found.status is VerdictStatus.UNDEFINED
    assert "户数为 0" in found.reason
    assert found.meets is None
    assert found.m2_per_100_households is None
    assert found.total_m2 == 120


def test_unit_without_facilities_lacks_all_that_is_required():
    found = verdict([(NEW, 100)])
    assert found.meets is False
    assert found.m2_per_100_households == 0
    assert found.gap_m2 == found.required_m2 == 30


def test_part_without_a_standard_leaves_the_unit_not_assessed_but_cites_the_other():
    found = verdict([(NEW, 100), (EXISTING, 10)], "500", division="421300")
    assert found.status is VerdictStatus.NOT_ASSESSED
    assert found.meets is None
    assert (found.required_m2, found.gap_m2, found.surplus_m2) == (None, None, None)
    assert found.m2_per_100_households == Fraction(50_000, 110)
    assert [(part, s.value) for part, s in found.standards.items()] == [(NEW, 20)]
    assert "湖北省的规定尚未查到数值" in found.reason


@pytest.mark.parametrize("part", [NEW, EXISTING])
def test_liyang_is_not_assessed_and_the_draft_is_named(part):
    found = verdict([(part, 100)], "1000", division="320481")
    assert found.status is VerdictStatus.NOT_ASSESSED
    assert found.meets is None
    assert "江苏省" in found.reason
    assert "草案" in found.reason


def test_law_without_a_number_is_named_in_the_reason():
    found = verdict([(NEW, 100)], "1000", division="330100")
    assert found.status is VerdictStatus.NOT_ASSESSED
    assert "浙江省" in found.reason
    assert "没有数值" in found.reason


def test_place_without_any_record_asks_the_bureau_to_enter_one():
    assert "请市局录入" in verdict([(NEW, 1)], division="650100").reason


def test_day_before_the_first_law_is_not_assessed():
    found = verdict([(NEW, 100)], "30", on=date(2018, 12, 31))
    assert found.status is VerdictStatus.NOT_ASSESSED
    assert "2018-12-31" in found.reason


def test_standard_without_a_date_gives_an_unverified_verdict():
    found = verdict([(NEW, 100)], "20", division="440106")
    assert found.status is VerdictStatus.UNVERIFIED
    assert found.meets
    assert "施行日期" in found.reason


def test_single_site_rule_is_reported_and_does_not_change_the_verdict():
    found = verdict([(NEW, 100)], "10", "349.9999", "350", division="340102")
    assert found.meets
    (site,) = found.single_site
    assert site.standard.value == 350
    assert site.below == (Decimal(10), Decimal("349.9999"))
    assert not site.meets


def test_single_site_at_its_minimum_meets():
    (site,) = verdict([(NEW, 1000)], "350", division="340102").single_site
    assert site.meets


def test_single_site_rule_for_new_homes_is_silent_without_new_homes():
    assert verdict([(EXISTING, 100)], "10", division="340102").single_site == ()
    assert verdict([(NEW, 0), (EXISTING, 100)], "10", division="340102").single_site == ()
    assert verdict([(NEW, 100)], "10").single_site == ()


parts = st.lists(st.tuples(st.sampled_from([NEW, EXISTING]), st.integers(0, 5_000)), max_size=5)
areas = st.lists(st.decimals(min_value=0, max_value=5_000, places=4, allow_nan=False), max_size=5)


@given(parts, areas)
def test_gap_and_surplus_balance_the_requirement(parts, areas):
    found = verdict(parts, *areas)
    assert found.total_m2 + found.gap_m2 - found.surplus_m2 == found.required_m2
    assert found.gap_m2 == 0 or found.surplus_m2 == 0
    assert found.meets is (None if found.households == 0 else found.gap_m2 == 0)


@given(parts, areas, st.decimals(min_value=0, max_value=5_000, places=4))
def test_adding_a_facility_never_lowers_the_verdict(parts, areas, more):
    before, after = verdict(parts, *areas), verdict(parts, *areas, more)
    assert after.gap_m2 <= before.gap_m2
    assert not before.meets or after.meets
    if before.households:
        assert after.m2_per_100_households >= before.m2_per_100_households


@given(st.integers(1, 100_000))
def test_area_equal_to_the_requirement_always_meets_and_one_step_less_never(households):
    needed = Decimal(households) * 30 / 100
    assert verdict([(NEW, households)], needed).meets
    assert not verdict([(NEW, households)], needed - Decimal("0.0001")).meets
