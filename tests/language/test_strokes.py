"""Strokes of characters and the order that they give."""

import unicodedata

import pytest

from civgeo.language.strokes import UNCOUNTED, stroke_key, strokes


@pytest.mark.parametrize(
    ("characters", "count"),
    [
        ("一", 1),
        ("人", 2),
        ("山", 3),
        ("王", 4),
        ("白", 5),
        ("吕", 6),
        ("驿", 8),
        ("骨", 9),
        ("嵖", 12),
    ],
)
def test_strokes_are_those_of_the_mainland(characters, count):
    assert {strokes(char) for char in characters} == {count}


def test_characters_of_the_later_blocks_are_counted():
    assert strokes("𰝟") == 17


@pytest.mark.parametrize("char", ["A", "1", "，", " ", "〓", "\ud800", ""])
def test_what_is_no_character_has_no_strokes(char):
    assert strokes(char) is None


def test_every_unified_ideograph_of_the_first_blocks_has_its_strokes():
    blocks = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]
    named = [chr(code) for code in blocks if unicodedata.name(chr(code), "").startswith("CJK")]
    assert len(named) > 27_000
    assert [char for char in named if strokes(char) is None] == []


def test_order_goes_character_by_character_and_strangers_come_last():
    names = ["驿城区", "上蔡县", "上街区", "A区", "平舆县", ""]
    assert sorted(names, key=stroke_key) == ["", "上街区", "上蔡县", "平舆县", "驿城区", "A区"]
    assert stroke_key("A")[0][0] == UNCOUNTED
