"""Names folded, cut into bigrams and keyed; queries taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.language.bigrams import bigrams, fold, is_han
from civgeo.language.search_keys import readings_beside, sounds_typed, toned_key, toneless_key
from civgeo.language.typed_names import TypedPinyin, letters_of, typed

ANY_TEXT = st.text(max_size=12) | st.text("张庄𪨶１０aＡù'·\u0301⼭豈", max_size=12)


def run(letters: str, *tones: tuple[int, str], breaks: tuple[int, ...] = ()) -> TypedPinyin:
    return TypedPinyin(letters, tones, frozenset(breaks))


@given(ANY_TEXT)
def test_folding_twice_is_the_same_as_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT, ANY_TEXT)
def test_what_is_part_of_a_name_has_its_bigrams(before: str, text: str) -> None:
    part = fold(text)
    assert set(bigrams(part)) <= set(bigrams(fold(before) + part))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("嵖岈山", "嵖岈山"),
        ("駐馬店鎮", "驻马店镇"),
        ("１０７国道", "107国道"),
        ("K１１ 广场", "k11广场"),
        ("阿克苏·库车", "阿克苏库车"),
        ("\u2f2d城", "山城"),
        ("\uf90a山", "金山"),
        ("𪨶\U000e0100山", "𪨶山"),
        (" \t\n，。<>\x00", ""),
        ("ᠪᠠ", "ᠪᠠ"),
    ],
)
def test_names_are_compared_without_width_case_signs_and_selectors(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_characters_of_four_bytes_are_one_character_each() -> None:
    assert bigrams("𪨶𫠊山") == ["𪨶𫠊", "𫠊山"]
    assert all(map(is_han, "𪨶𫠊山〇"))
    assert not any(map(is_han, "a1·ᠪ々"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("驻马店", ("驻", "马", "店")),
        ("zhumadian", (run("zhumadian"),)),
        ("Zhù Mǎ", (run("zhuma", (2, "4"), (4, "3"), breaks=(3,)),)),
        ("zhu4ma3", (run("zhuma", (2, "4"), (4, "3"), breaks=(3, 5)),)),
        ("xi'an", (run("xian", breaks=(2,)),)),
        ("lü", (run("lv"),)),
        ("lǘ", (run("lv", (1, "2")),)),
        ("lu:", (run("lv"),)),
        ("jü", (run("ju"),)),
        ("驻ma店", ("驻", run("ma"), "店")),
        ("107guo", ("1", "0", "7", run("guo"))),
        ("k11", (run("k"), "1", "1")),
        ("jing 5 lu", (run("jing", breaks=(4,)), "5", run("lu"))),
        ("ɡuɑn\u030c", (run("guan", (3, "3")),)),
        ("𪨶z", ("𪨶", run("z"))),
        ("，", ()),
    ],
)
def test_a_query_is_taken_apart_into_characters_and_runs_of_letters(
    text: str, parts: tuple[str | TypedPinyin, ...]
) -> None:
    assert typed(text) == parts


def test_a_reading_stands_beside_each_character() -> None:
    assert readings_beside("张庄村", ["zhāng", "zhuāng", "cūn"]) == ("zhang1", "zhuang1", "cun1")
    assert readings_beside("盆儿胡同", ["pén", "r", "hú", "tong4"])[1] == "r5"
    assert readings_beside("1号", ["yī", "hào"]) == ("1", "hao4")


def test_a_reading_that_does_not_fit_is_not_known() -> None:
    assert readings_beside("张庄", ["zhāng"]) == ("", "")
    assert readings_beside("张𪨶", ["zhāng", "?"]) == ("zhang1", "")


def test_keys_keep_the_borders_of_syllables_and_are_empty_for_unknown_readings() -> None:
    assert toned_key(["xi1", "an1"]) == "xi1 an1"
    assert toneless_key(["lv3", "liang2"]) == "lv liang"
    assert toned_key(["zhang1", ""]) == toneless_key(["zhang1", ""]) == ""


def test_u_may_be_typed_for_the_letter_that_keyboards_lack() -> None:
    assert sounds_typed("lv") == ("lv", "lu")
    assert sounds_typed("lu") == ("lu",)
    assert letters_of("Ürümqi Shi") == "urumqishi"
