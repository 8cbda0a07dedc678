import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.place_code import PLACE_TYPES, PlaceCode
from civgeo.errors import InvalidInput

SAMPLE = "53042710222200000188"


def test_twenty_digits_are_county_township_type_and_sequence():
    assert PlaceCode.parse(SAMPLE) == PlaceCode("530427", "102", "22200", "000188")


def test_second_sample_seen_in_national_data_is_read():
    parsed = PlaceCode.parse("23088110023514000001")
    assert (parsed.county, parsed.township, parsed.type_code) == ("230881", "100", "23514")
    assert parsed.type_zh is None
    assert parsed.major_zh == "交通运输设施"


def test_code_of_21_digits_has_a_type_padded_to_six():
    assert PlaceCode.parse("530427102222000000188") == PlaceCode.parse(SAMPLE)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "20 位"),
        (SAMPLE[:-1], "20 位"),
        (SAMPLE + "00", "20 位"),
        (" " + SAMPLE[1:], "20 位"),
        (SAMPLE.replace("5", "５"), "20 位"),
        ("530427 102 22200 000188", "20 位"),
        ("530427102222001000188", "21 位"),
        ("00" + SAMPLE[2:], "00"),
        ("410001" + SAMPLE[6:], "中间一级"),
    ],
)
def test_malformed_place_code_is_refused_in_words(text, complaint):
    with pytest.raises(InvalidInput, match=complaint) as refused:
        PlaceCode.parse(text)
    assert refused.value.code == "bad_code"


def test_known_types_have_a_name_and_a_major_class():
    for type_code, name in PLACE_TYPES.items():
        parsed = PlaceCode("411702", "001", type_code, "000001")
        assert parsed.type_zh == name
        assert parsed.major_zh is not None


def test_the_same_community_has_two_types_in_national_data():
    assert PLACE_TYPES["21620"] == "社区"
    assert PLACE_TYPES["27620"] == "社区居民委员会"


def test_type_outside_every_major_class_is_left_without_a_name():
    parsed = PlaceCode("411702", "001", "99999", "000001")
    assert (parsed.type_zh, parsed.major_zh) == (None, None)


@given(
    st.integers(110101, 659099).filter(lambda n: n % 100 and n // 100 % 100).map(str),
    st.integers(0, 999).map("{:03d}".format),
    st.integers(10000, 29999).map(str),
    st.integers(0, 999_999).map("{:06d}".format),
)
def test_place_codes_survive_writing_and_reading(county, township, kind, sequence):
    parsed = PlaceCode.parse(county + township + kind + sequence)
    assert parsed == PlaceCode(county, township, kind, sequence)
    assert PlaceCode.parse(county + township + kind + "0" + sequence) == parsed


@given(st.text(max_size=24))
def test_any_text_is_read_or_refused(text):
    try:
        parsed = PlaceCode.parse(text)
    except InvalidInput:
        return
    joined = parsed.county + parsed.township + parsed.type_code
    assert text.startswith(joined)
    assert text.endswith(parsed.sequence)
