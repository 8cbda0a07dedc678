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
    units = [measure.unit for measure in Measure]
    assert units == ["%", "per 100 households", "per 1000", "per person"]
