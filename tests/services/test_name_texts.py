from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.services.name_texts import TextName, TextNames

TOWNSHIP, COUNTY = PlaceKind.TOWNSHIP, PlaceKind.COUNTY
FORMER, ALIAS, SHORT = OtherNameKind.FORMER, OtherNameKind.ALIAS, OtherNameKind.SHORT
CITY = [
    TextName("驻马店市", PlaceKind.PREFECTURE, (("驻马店地区", FORMER), ("天中", SHORT))),
    TextName("驿城区", COUNTY),
    TextName("上蔡县", COUNTY, (("蔡国故地", ALIAS),)),
    TextName("嵖岈山镇", TOWNSHIP, (("土山乡", FORMER),)),
    TextName("嵖岈山", PlaceKind.MOUNTAIN),
    TextName("灈阳街道", TOWNSHIP),
    TextName("李庄村", PlaceKind.COMMITTEE_SEAT),
    TextName("金坛区", COUNTY, (("金坛市", FORMER), ("金坛县", FORMER))),
    TextName("中山路", PlaceKind.STREET, (("南大街", FORMER),)),
    TextName("南大街村", PlaceKind.COMMITTEE_SEAT),
]
NAMES = TextNames(CITY)


def told(text, names=NAMES):
    return [(each.found, each.standard, each.reason.value) for each in names.findings(text)]


def test_standard_names_are_no_findings():
    assert told("驻马店市驿城区、上蔡县和嵖岈山镇，天中大地。嵖岈山在李庄村旁。") == []


@pytest.mark.parametrize(
    ("text", "found", "standard", "reason"),
    [
        ("原属驻马店地区管辖", "驻马店地区", "驻马店市", "former"),
        ("乘车到土山乡", "土山乡", "嵖岈山镇", "former"),
        ("蔡国故地的人", "蔡国故地", "上蔡县", "alias"),
        ("驻馬店市", "驻馬店市", "驻马店市", "variant"),
        ("查岈山镇政府", "查岈山镇", "嵖岈山镇", "misprint"),
        ("登查岈山远望", "查岈山", "嵖岈山", "misprint"),
        ("瞿阳街道办事处", "瞿阳街道", "灈阳街道", "misprint"),
        ("驿城县人民", "驿城县", "驿城区", "wrong_generic"),
        ("金坛县与", "金坛县", "金坛区", "former"),
    ],
)
def test_the_standard_name_stands_beside_what_is_written(text, found, standard, reason):
    assert told(text) == [(found, (standard,), reason)]


def test_positions_count_characters_lines_and_columns():
    text = "第一行\n在查岈山镇\r\n土山乡"
    first, second = NAMES.findings(text)
    assert text[first.start : first.end] == first.found == "查岈山镇"
    assert (first.line, first.column) == (2, 2)
    assert text[second.start : second.end] == "土山乡"
    assert (second.line, second.column) == (3, 1)


def test_four_byte_characters_do_not_shift_positions():
    text = "𨟠𨟠查岈山镇"
    (found,) = NAMES.findings(text)
    assert text[found.start : found.end] == "查岈山镇"


def test_a_name_inside_a_longer_standard_name_is_none():
    assert told("南大街村") == []
    assert told("沿南大街走") == [("南大街", ("中山路",), "former")]


def test_a_former_name_that_is_cited_as_such_is_left_alone():
    assert told("原金坛市") == []
    assert told("旧称土山乡") == []
    assert told("金坛市") == [("金坛市", ("金坛区",), "former")]


def test_a_standard_name_may_have_a_character_that_is_no_standard_one():
    names = TextNames([TextName("濛阳街道", TOWNSHIP)])
    assert told("濛阳街道", names) == []
    assert told("蒙阳街道", names) == [("蒙阳街道", ("濛阳街道",), "variant")]
    both = TextNames([TextName("濛阳街道", TOWNSHIP), TextName("蒙阳街道", TOWNSHIP)])
    assert told("濛阳街道和蒙阳街道", both) == []


def test_a_short_former_name_inside_a_word_is_left_alone():
    names = TextNames([TextName("通州区", COUNTY, (("通县", FORMER),))])
    assert told("修建交通县道", names) == []
    assert told("北京市通县，通县在", names) == [("通县", ("通州区",), "former")] * 2


def test_a_former_name_that_another_place_bears_now_is_standard():
    names = TextNames([*CITY, TextName("土山乡", TOWNSHIP)])
    assert told("土山乡", names) == []


def test_common_characters_of_short_names_are_not_guessed_at():
    assert told("二里庄村和里庄村") == []


def test_the_candidate_of_equal_tone_comes_first():
    names = TextNames([TextName("曲阳街道", TOWNSHIP), TextName("灈阳街道", TOWNSHIP)])
    assert told("瞿阳街道", names) == [("瞿阳街道", ("灈阳街道", "曲阳街道"), "misprint")]


def test_guesses_are_told_from_what_the_register_says():
    certain = {each.reason.value: each.certain for each in NAMES.findings("土山乡，查岈山镇")}
    assert certain == {"former": True, "misprint": False}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "<b>=1+1</b>", "\ud800", "\U0001f600" * 9, "山" * 500]
)
def test_any_text_is_answered(text):
    assert told(text) == []


WORDS = st.sampled_from(
    [name.name for name in CITY]
    + ["土山乡", "查岈山镇", "驻馬店市", "原", "在", "，", "\n", "山", "市"]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=12).map("".join))
def test_findings_stand_in_order_apart_and_where_they_say(text):
    found = NAMES.findings(text)
    assert all(text[each.start : each.end] == each.found for each in found)
    assert all(each.found not in NAMES for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
