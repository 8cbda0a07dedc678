from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.bearings import Direction16, angle_text, back_azimuth, direction16, parse_angle
from civgeo.errors import InvalidInput

LABELS = [
    *("北", "北偏东北", "东北", "东偏东北", "东", "东偏东南", "东南", "南偏东南"),
    *("南", "南偏西南", "西南", "西偏西南", "西", "西偏西北", "西北", "北偏西北"),
]
degrees = st.fractions(0, 360, max_denominator=3600)


def test_the_sixteen_directions_stand_clockwise_from_north():
    assert [each.label_zh for each in Direction16] == LABELS
    assert [direction16(Fraction(45 * n, 2)).label_zh for n in range(16)] == LABELS


@pytest.mark.parametrize("number", range(16))
def test_a_sector_begins_at_its_lower_edge_and_ends_before_its_upper(number):
    lower = (Fraction(45 * number, 2) - Fraction(45, 4)) % 360
    assert direction16(lower).label_zh == LABELS[number]
    assert direction16((lower - Fraction(1, 10**30)) % 360).label_zh == LABELS[number - 1]


def test_north_runs_from_348_45_up_to_11_15():
    for text in ("348°45′", "0°00′", "11°14′59″", "360"):
        assert direction16(parse_angle(text)) is Direction16.N
    assert direction16(parse_angle("348°44′59″")) is Direction16.NNW
    assert direction16(parse_angle("11°15′")) is Direction16.NNE


@settings(deadline=None)
@given(degrees)
def test_every_bearing_lies_in_exactly_one_sector_around_its_middle(bearing):
    middle = Fraction(45 * list(Direction16).index(direction16(bearing)), 2)
    away = (bearing - middle + 180) % 360 - 180
    assert -Fraction(45, 4) <= away < Fraction(45, 4)


@settings(deadline=None)
@given(degrees)
def test_forward_and_back_azimuth_differ_by_180_degrees(azimuth):
    back = back_azimuth(azimuth)
    assert abs(back - azimuth % 360) == 180
    assert back_azimuth(back) == azimuth % 360


@pytest.mark.parametrize(
    "text",
    ["57°10′", "57-10", "57°10'", "５７°１０′", "57度10分", "57°10′0″", "57 ° 10 ′", "57º10´"],
)
def test_degrees_and_minutes_are_read_however_forms_write_them(text):
    assert parse_angle(text) == Fraction(343, 6)


def test_decimal_degrees_and_seconds_are_read_exactly():
    assert parse_angle("57.1667") == Fraction(571667, 10000)
    assert parse_angle("57°10′30″") == parse_angle("57-10-30") == Fraction(2287, 40)
    assert parse_angle("57°10.5′") == Fraction(2287, 40)


@pytest.mark.parametrize(
    "text",
    ["57°60′", "57-75", "57°10′60″", "", "-5", "57-", "57°-10", "北", "361", "1e2", "٣٣", "9" * 99],
)
def test_what_is_no_azimuth_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_angle(text)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_text_is_an_azimuth_or_refused(text):
    try:
        found = parse_angle(text)
    except InvalidInput:
        return
    assert 0 <= found < 360


@settings(deadline=None)
@given(st.integers(0, 359), st.integers(0, 59), st.integers(0, 59))
def test_degrees_minutes_and_seconds_are_printed_as_they_are_read(degree, minute, second):
    text = f"{degree}°{minute:02d}′{second:02d}″"
    assert angle_text(parse_angle(text), seconds=True) == text
    assert angle_text(parse_angle(f"{degree}-{minute}")) == f"{degree}°{minute:02d}′"


def test_minutes_round_up_into_the_next_degree_and_the_circle_begins_anew():
    assert angle_text(Fraction(57) + Fraction(119, 120)) == "58°00′"
    assert angle_text(Fraction(360) - Fraction(1, 240)) == "0°00′"
