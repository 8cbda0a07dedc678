from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.indicator import Measure, Operator, evaluate


def meets(measure, numerator, denominator, target, operator=Operator.AT_LEAST):
    return evaluate(
        measure,
        Decimal(numerator),
        Decimal(denominator),
        target=Decimal(target),
        operator=operator,
    ).meets


def test_46_of_77_is_below_sixty_percent_though_it_rounds_to_it():
    found = evaluate(Measure.PERCENT, Decimal(46), Decimal(77), target=Decimal(60))
    assert found.value == Fraction(4600, 77)
    assert found.meets is False


def test_1650_of_3000_is_exactly_55_percent():
    assert 1650 / 3000 * 100 != 55
    assert meets(Measure.PERCENT, 1650, 3000, 55)
    assert not meets(Measure.PERCENT, 1650, 3000, 55, Operator.MORE_THAN)
    assert meets(Measure.PERCENT, 1651, 3000, 55, Operator.MORE_THAN)


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator", "value"),
    [
        (Measure.PERCENT, 9, 10, 90),
        (Measure.PER_100_HOUSEHOLDS, "45.5", 130, 35),
        (Measure.PER_1000, 4_400, 100_000, 44),
        (Measure.PER_PERSON, "200000", "1000000", Fraction(1, 5)),
    ],
)
def test_each_measure_scales_the_ratio_in_its_own_way(measure, numerator, denominator, value):
    assert evaluate(measure, Decimal(numerator), Decimal(denominator)).value == value


def test_ratio_of_nothing_is_undefined():
    found = evaluate(Measure.PERCENT, Decimal(3), Decimal("0.0"), target=Decimal(1))
    assert found.status is VerdictStatus.UNDEFINED
    assert (found.value, found.meets) == (None, None)
    assert "分母" in found.reason


def test_figure_without_a_target_has_no_verdict():
    found = evaluate(Measure.PERCENT, Decimal(1), Decimal(3))
    assert found.status is VerdictStatus.OK
    assert (found.value, found.meets) == (Fraction(100, 3), None)


def test_share_may_exceed_the_whole():
    assert evaluate(Measure.PERCENT, Decimal(5), Decimal(4)).value == 125


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_figure_meets_itself_and_never_exceeds_itself(numerator, denominator):
    target = Decimal(numerator) / 2**6
    found = evaluate(Measure.PER_PERSON, target * denominator, Decimal(denominator), target=target)
    assert found.value == Fraction(target)
    assert found.meets
    assert not meets(
        Measure.PER_PERSON, target * denominator, denominator, target, Operator.MORE_THAN
    )


def test_units_name_what_the_figure_counts():
    assert {measure.value: measure.unit for measure in Measure} == {
        "percent": "%",
        "per_100_households": "per 100 households",
        "per_1000": "per 1000",
        "per_person": "per person",
        "per_100": "per 100",
        "per_10000": "per 10000",
        "count": "",
        "area": "",
    }


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (Operator.AT_LEAST, False, True, True),
        (Operator.MORE_THAN, False, False, True),
        (Operator.AT_MOST, True, True, False),
    ],
)
def test_each_operator_decides_at_the_number_itself(operator, below, at, above):
    figures = [Decimal("54.99999"), Decimal(55), Decimal("55.00001")]
    target = Decimal(55)
    found = [evaluate(Measure.AREA, x, target=target, operator=operator).meets for x in figures]
    assert found == [below, at, above]


@pytest.mark.parametrize("measure", [Measure.COUNT, Measure.AREA])
def test_a_count_is_its_numerator_and_needs_no_denominator(measure):
    found = evaluate(measure, 9, target=Decimal(9))
    assert (found.status, found.value, found.meets) == (VerdictStatus.OK, 9, True)


@pytest.mark.parametrize(
    ("operator", "value", "gap"),
    [
        (Operator.AT_LEAST, "48.5", Fraction(13, 2)),
        (Operator.AT_LEAST, 60, 0),
        (Operator.MORE_THAN, 55, 0),
        (Operator.AT_MOST, "55.5", Fraction(1, 2)),
        (Operator.AT_MOST, 54, 0),
    ],
)
def test_the_gap_is_what_lacks_to_the_target_and_never_negative(operator, value, gap):
    found = evaluate(Measure.AREA, Decimal(value), target=Decimal(55), operator=operator)
    assert found.gap == gap


def test_a_ratio_without_a_denominator_is_undefined():
    assert evaluate(Measure.PERCENT, 3).status is VerdictStatus.UNDEFINED


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**4))
def test_scaling_both_counts_changes_neither_figure_nor_verdict(numerator, denominator, scale):
    one = evaluate(Measure.PERCENT, numerator, denominator, target=Decimal(55))
    other = evaluate(Measure.PERCENT, numerator * scale, denominator * scale, target=Decimal(55))
    assert one == other
