import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.marker_number import MarkerSetting, explain_marker_number
from civgeo.domain.marker_series import SeriesFault, series_findings
from civgeo.errors import InvalidInput
from civgeo.formats.marker_suffixes import marker_suffixes

SUFFIXES = marker_suffixes()


def explain(text, *sides):
    return explain_marker_number(text, SUFFIXES, sides)


def faults(*numbers):
    return [each.fault for each in series_findings(numbers, SUFFIXES)]


def test_the_sample_of_the_exam_paper_has_line_and_sequence_but_lacks_its_letter():
    found = explain("1253165")
    assert (found.line, found.serial, found.suffix, found.setting) == ("1253", 165, None, None)
    assert found.well_formed
    assert not found.verified
    assert "缺少末位类型字母" in found.reason


@pytest.mark.parametrize(
    ("letter", "setting"),
    [
        *[(letter, MarkerSetting.TRIPLE) for letter in "CDE"],
        *[(letter, MarkerSetting.DOUBLE) for letter in "AB"],
        ("Q", MarkerSetting.SINGLE),
    ],
)
def test_each_letter_of_the_standard_tells_how_the_marker_is_set(letter, setting):
    found = explain(f"1253165{letter}")
    assert (found.setting, found.verified, found.evidence) == (setting, True, "E")


def test_three_codes_and_a_letter_are_explained_as_far_as_is_sure():
    found = explain("238184I", "350781", "350723", "350784")
    assert found.areas == ("23", "81", "84")
    assert (found.setting, found.suffix, found.serial) == (MarkerSetting.JUNCTION, "I", None)
    assert found.well_formed
    assert not found.verified
    assert found.problems == ()
    assert "规则未见条文" in found.reason


def test_three_codes_that_are_not_those_of_the_sides_are_a_problem():
    assert "350725" in explain("238184I", "350725", "350781", "350784").problems[0]


def test_a_meeting_of_three_counties_has_both_sides_of_a_county_line_among_its_codes():
    assert explain("238184I", "350723", "350781").problems == ()
    assert "350782" in explain("238184I", "350723", "350782").problems[0]


def test_the_sides_of_a_city_line_say_nothing_of_the_counties_that_meet_on_it():
    assert explain("238184I", "3507", "3505").problems == ()


def test_a_stands_on_the_side_of_the_smaller_code_however_the_sides_are_given():
    assert explain("1617003A", "4117", "4116").side == "4116"
    assert explain("1617003B", "411600", "411700").side == "411700"
    assert explain("1617003A").side == "16"
    assert explain("1617003Q", "4117", "4116").side is None


def test_sides_of_two_provinces_whose_orders_disagree_leave_the_side_open():
    found = explain("2225001A", "411525", "421122")
    assert found.side is None
    assert "两种比法" in found.notes[-1]


def test_a_letter_that_is_not_known_is_unverified_and_kept():
    found = explain("1253165x")
    assert (found.engraved, found.suffix, found.well_formed) == ("1253165x", "X", True)
    assert not found.verified
    assert found.problems == ()


def test_full_width_and_separated_numbers_are_read_and_kept_as_engraved():
    found = explain("１２５３ － １６５ ｂ")
    assert (found.line, found.serial, found.suffix) == ("1253", 165, "B")
    assert found.engraved == "１２５３ － １６５ ｂ"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "空的"),
        ("1253Q", "缺 3 位序号"),
        ("l253165A", "看成了字母"),
        ("1253000Q", "从 001 起"),
        ("12531657", "末位应为字母"),
        ("驻马店1号", "不能识别的字符"),
        ("1" * 5000, "太长"),
        ("１" * 41, "太长"),
    ],
)
def test_what_is_no_number_is_named_for_what_it_is(text, told):
    found = explain(text)
    assert not found.well_formed
    assert told in found.problems[0]


def test_a_line_number_that_is_not_the_sides_codes_is_not_verified():
    found = explain("4143017Q", "41", "42")
    assert found.well_formed
    assert not found.verified
    assert "应为 4142" in found.problems[0]
    assert "凭记忆" in explain("4241017Q").problems[0]


@pytest.mark.parametrize(
    "sides", [["41"], ["41", "41"], ["41", "4117"], ["41", "xx"], ["411702001", "411702002"]]
)
def test_sides_that_cannot_be_sides_of_a_line_are_refused(sides):
    with pytest.raises(InvalidInput):
        explain("4142017Q", *sides)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_explained_or_its_problem_named(text):
    found = explain(text)
    assert found.engraved == text
    assert found.verified <= found.well_formed
    assert found.verified or found.reason


@settings(deadline=None)
@given(st.from_regex(r"[0-9A-Za-z０-９]{6,9}", fullmatch=True))
def test_anything_near_a_number_is_explained_or_its_problem_named(text):
    found = explain(text, "41", "42")
    assert found.well_formed or found.problems
    assert found.line is None or len(found.line) == 4


def test_a_missing_twin_is_named():
    found = series_findings(["1617001A", "1617002C", "1617002E"], SUFFIXES)
    assert [each.missing for each in found] == [("1617001B",), ("1617002D",)]


def test_duplicates_are_found_whatever_they_are_written_in():
    found = series_findings(["1617001Q", "１６１７００１ｑ"], SUFFIXES)
    assert [(each.fault, each.rows) for each in found] == [(SeriesFault.DUPLICATE, (0, 1))]


def test_gaps_and_a_late_beginning_list_what_is_missing():
    found = series_findings(["1617005Q", "1617003Q"], SUFFIXES)
    assert [each.fault for each in found] == [SeriesFault.NOT_FROM_001, SeriesFault.GAP]
    assert found[0].missing == ("1617001", "1617002")
    assert found[1].missing == ("1617004",)


def test_a_complete_series_has_no_findings():
    assert faults("1617001Q", "1617002A", "1617002B", "1617003C", "1617003D", "1617003E") == []


def test_strangers_in_a_series_are_named_and_the_rest_is_still_judged():
    assert faults("1617001Q", "1617002Q", "1618003Q", "无字") == [
        SeriesFault.UNREADABLE,
        SeriesFault.OTHER_LINE,
    ]
    assert faults("1617001A", "1617001Q") == [SeriesFault.MIXED_SETTING]
    assert faults() == []


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=30, unique=True), st.randoms())
def test_gaps_and_serials_together_make_up_the_whole_sequence(serials, random):
    numbers = [f"1617{serial:03d}Q" for serial in serials]
    random.shuffle(numbers)
    missing = [text for each in series_findings(numbers, SUFFIXES) for text in each.missing]
    found = {int(text[4:7]) for text in [*numbers, *missing]}
    assert found == set(range(1, max(serials) + 1))
    assert len(missing) == max(serials) - len(serials)
