from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.quantity import decimal_text, exact, fixed, has_finite_decimal, whole
from civgeo.errors import InvalidInput

decimals = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
)


def test_decimal_text_is_read_without_loss():
    areas = [exact(text) for text in ("10.1", "10.2", "9.7")]
    assert sum(areas) == 30
    assert sum([10.1, 10.2, 9.7]) != 30


@pytest.mark.parametrize("value", [0, 30, "30", "30.0", " 30 ", "3e1", Decimal(30), -4, "0.5"])
def test_integers_decimals_and_decimal_strings_are_numbers(value):
    assert exact(value) == Decimal(str(value).strip())


@pytest.mark.parametrize(
    "value",
    [True, False, 1.5, None, [], {}, "", "三十", "30m2", "0x1e", "1,000", "1_000", "３０", "٣٠"],
)
def test_what_is_no_plain_number_is_refused(value):
    with pytest.raises(InvalidInput, match="面积") as refused:
        exact(value, "面积")
    assert refused.value.code == "bad_number"


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-inf"])
def test_numbers_that_are_not_finite_are_refused(text):
    with pytest.raises(InvalidInput, match="有限"):
        exact(text)


def test_range_ends_below_ten_to_the_nineteenth():
    assert exact("9999999999999999999") == 9_999_999_999_999_999_999
    with pytest.raises(InvalidInput, match="超出"):
        exact("1e19")


@pytest.mark.parametrize("text", ["1e400000", "1e-400000", "0." + "1" * 31, "1" * 31, "0e400000"])
def test_numbers_too_long_or_too_large_to_write_out_are_refused_at_once(text):
    with pytest.raises(InvalidInput, match="超出"):
        exact(text)


def test_message_about_a_bad_number_is_short():
    with pytest.raises(InvalidInput) as refused:
        exact("Infinity" + " " * 100_000)
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(("value", "count"), [(0, 0), ("100", 100), (Decimal("1E+2"), 100)])
def test_whole_numbers_are_counts(value, count):
    assert whole(value) == count
    assert isinstance(whole(value), int)


@pytest.mark.parametrize(
    ("value", "code"), [(-1, "negative"), ("1.5", "not_whole"), ("-0.5", "negative")]
)
def test_counts_are_neither_negative_nor_broken(value, code):
    with pytest.raises(InvalidInput) as refused:
        whole(value, "households")
    assert refused.value.code == code
    assert "households" in refused.value.message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(30), "30"),
        (Decimal("30.000"), "30"),
        (Decimal("1E+2"), "100"),
        (0, "0"),
        (Fraction(-1, 8), "-0.125"),
        (Decimal("0.10"), "0.1"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(4600, 77), "59.7402597403"),
        (Fraction(1, 7_000_000), "0.000000142857142857"),
        (Fraction(10**18), "1" + "0" * 18),
    ],
)
def test_decimals_have_no_trailing_zeros_and_twelve_digits_when_they_do_not_end(value, text):
    assert decimal_text(value) == text


def test_long_but_finite_decimals_are_written_whole():
    assert decimal_text(Fraction(1, 2**20)) == "0.00000095367431640625"


@pytest.mark.parametrize(
    ("value", "ends"), [(Fraction(1, 40), True), (Fraction(1, 3), False), (Fraction(7, 7), True)]
)
def test_fraction_ends_when_only_twos_and_fives_divide_it(value, ends):
    assert has_finite_decimal(value) is ends


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(4600, 77), "59.74"),
        (Decimal("0.005"), "0.01"),
        (Decimal("0.0049999999"), "0.00"),
        (Decimal("2.675"), "2.68"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("-0.001"), "0.00"),
        (Decimal("29.9999"), "30.00"),
        (55, "55.00"),
    ],
)
def test_figure_for_the_eye_is_rounded_half_up(value, text):
    assert fixed(value) == text


def test_figure_for_the_eye_takes_other_numbers_of_decimals():
    assert fixed(Decimal("2.5"), 0) == "3"
    assert fixed(Fraction(1, 3), 4) == "0.3333"


@given(decimals)
def test_finite_decimals_survive_writing_and_reading(number):
    text = decimal_text(number)
    assert exact(text) == number
    assert "." not in text or not text.endswith(("0", "."))


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_rounded_figure_is_never_farther_than_half_a_step(numerator, denominator):
    value = Fraction(numerator, denominator)
    assert abs(Fraction(fixed(value)) - value) <= Fraction(1, 200)
    tail = abs(Fraction(decimal_text(value)) - value)
    assert tail <= abs(value) * Fraction(5, 10**12)
