"""Text fit for documents, and the lines that it is broken into."""

import unicodedata
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.reports.line_breaking import broken_into_lines
from civgeo.reports.plain_text import chinese_date, plain, plain_lines

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
MIXED = st.text("驻马店市，。（）《》：abc1 ǎ", max_size=40)


@given(ANY_TEXT)
def test_plain_text_can_stand_in_xml_and_on_one_line(text):
    found = plain(text)
    assert ET.fromstring(f"<t>{found.replace('&', '').replace('<', '')}</t>") is not None  # noqa: S314
    assert {unicodedata.category(char) for char in found} & {"Cc", "Cs"} == set()
    assert found == found.strip()
    assert "\n" not in found


@given(ANY_TEXT)
def test_making_text_plain_twice_is_the_same(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, ""),
        ("天中山大道", "天中山大道"),
        ("没有标准地名。\r\n名称", "没有标准地名。名称"),
        ("Zhù\nmǎ", "Zhù mǎ"),
        ("甲\u202e乙\ufeff", "甲乙"),
        ("ᠮᠣᠩ\u200dᠭ", "ᠮᠣᠩ\u200dᠭ"),
        ("\ue000", "\ue000"),
        ("  两  格  ", "两 格"),
    ],
)
def test_plain_text(text, found):
    assert plain(text) == found


def test_paragraphs_are_told_apart_and_empty_ones_left_out():
    assert plain_lines("甲\r\n\r\n 乙\u2028丙\n") == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 3, 2), "2026年3月2日"), (None, ""), (date(999, 12, 31), "999年12月31日")],
)
def test_dates_in_chinese(day, text):
    assert chinese_date(day) == text


@given(MIXED, st.integers(1, 12))
def test_no_line_is_wider_than_its_room_and_no_character_is_lost(text, width):
    lines = broken_into_lines(text, width, len)
    assert max(map(len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


CLUSTERS = st.lists(
    st.from_regex(r"[（《]?[驻马店市][，。）》：]{0,2}", fullmatch=True), max_size=20
)


@given(CLUSTERS, st.integers(4, 12))
def test_lines_neither_begin_with_closing_marks_nor_end_with_opening_ones(clusters, width):
    lines = broken_into_lines("".join(clusters), width, len)
    assert not any(line[0] in "，。）》：" for line in lines[1:])
    assert not any(line[-1] in "（《" for line in lines[:-1])


def test_words_of_letters_stay_whole_unless_they_are_wider_than_a_line():
    assert broken_into_lines("路名 Zhongshan Lu", 10, len) == ["路名", "Zhongshan", "Lu"]
    assert broken_into_lines("Zhongshan", 4, len) == ["Zhon", "gsha", "n"]


def test_first_line_has_less_room_when_it_is_indented():
    assert broken_into_lines("驻马店市驿城区", 4, len, first=2) == ["驻马", "店市驿城", "区"]


def test_no_text_is_one_empty_line():
    assert broken_into_lines("", 5, len) == [""]
