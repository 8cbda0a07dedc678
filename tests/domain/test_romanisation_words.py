"""Word division, numerals and spelling over small tables of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.generics import Generic, GenericTable, NameWords
from civgeo.domain.ordinals import DigitsPolicy, numeral_before, numeral_value
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.romanisation import CharacterReading, ReadingSource, romanised
from civgeo.domain.spelling import spelled_word, without_tones
from civgeo.domain.word_division import divide

STREET, MOUNTAIN, BAY = PlaceKind.STREET, PlaceKind.MOUNTAIN, PlaceKind.BAY
GENERICS = GenericTable(
    [
        Generic("路", (("lù",),), frozenset({STREET})),
        Generic("街", (("jiē",),), frozenset({STREET})),
        Generic("马路", (("mǎ", "lù"),), frozenset({STREET})),
        Generic("湾", (("wān",),), frozenset({BAY})),
        Generic("海湾", (("hǎi", "wān"),), frozenset({BAY})),
        Generic("山", (("shān",),), frozenset({MOUNTAIN})),
        Generic(
            "村民委员会",
            (("cūn", "mín"), ("wěi", "yuán", "huì")),
            frozenset({PlaceKind.COMMITTEE_SEAT}),
        ),
    ]
)
WORDS = NameWords(
    modifiers={
        (STREET, "路"): frozenset("东南西北"),
        (STREET, "街"): frozenset("东南西北小"),
    },
    directions=frozenset({"西南"}),
    endings_in_number=frozenset({"东四", "五一"}),
    uncut=frozenset({"渤海"}),
    gates=frozenset("门"),
)


def words(name, kind, digits=DigitsPolicy.AUTO):
    divided = divide(name, kind, GENERICS, WORDS, digits=digits)
    return [
        word.digits or name[word.start : word.end] for word in (*divided.specific, *divided.generic)
    ]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("南京路", STREET, "南京 路"),
        ("南京东路", STREET, "南京 东路"),
        ("江东路", STREET, "江东 路"),
        ("东路", STREET, "东 路"),
        ("南小街", STREET, "南 小街"),
        ("小南街", STREET, "小 南街"),
        ("西南路", STREET, "西南 路"),
        ("解放路南小街", STREET, "解放路 南小街"),
        ("广安门北滨河路", STREET, "广安门 北滨河 路"),
        ("路", STREET, "路"),
        ("大虎山", MOUNTAIN, "大虎 山"),
        ("大虎山", PlaceKind.SETTLEMENT, "大虎山"),
        ("大虎山", STREET, "大虎山"),
        ("渤海湾", BAY, "渤海 湾"),
        ("亚龙海湾", BAY, "亚龙 海湾"),
        ("张庄村民委员会", PlaceKind.COMMITTEE_SEAT, "张庄 村民 委员会"),
        ("二马路", STREET, "2 马路"),
        ("东四十二街", STREET, "东四 12 街"),
        ("五一路", STREET, "五一 路"),
        ("南京路", PlaceKind.OTHER, "南京 路"),
        ("A区路", STREET, "A 区 路"),
    ],
)
def test_words_of_a_name_depend_on_its_kind(name, kind, expected):
    assert " ".join(words(name, kind)) == expected


@given(
    st.text("南京东路小街二十马海湾山门第A1", min_size=1, max_size=8),
    st.sampled_from(list(PlaceKind)),
)
def test_words_follow_each_other_and_cover_the_whole_name(name, kind):
    divided = divide(name, kind, GENERICS, WORDS)
    place = 0
    for word in (*divided.specific, *divided.generic):
        assert word.start == place
        place = word.end
    assert place == len(name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("四十二", 42),
        ("二十", 20),
        ("一百", 100),
        ("一百零五", 105),
        ("三八", None),
        ("五一", None),
        ("一二九", None),
        ("九一八", None),
        ("十十", None),
        ("百", None),
        ("零", None),
        ("", None),
    ],
)
def test_only_valid_numbers_have_a_value(text, value):
    assert numeral_value(text) == value


@pytest.mark.parametrize(
    ("name", "kind", "policy", "digits"),
    [
        ("二路", STREET, DigitsPolicy.AUTO, "2"),
        ("经五路", STREET, DigitsPolicy.AUTO, "5"),
        ("第九路", STREET, DigitsPolicy.AUTO, "9"),
        ("三八路", STREET, DigitsPolicy.AUTO, None),
        ("三八路", STREET, DigitsPolicy.ORDINAL, "38"),
        ("五一路", STREET, DigitsPolicy.ORDINAL, "51"),
        ("红十路", STREET, DigitsPolicy.AUTO, None),
        ("红十路", STREET, DigitsPolicy.ORDINAL, "10"),
        ("二路", STREET, DigitsPolicy.NUMBER, None),
        ("二山", MOUNTAIN, DigitsPolicy.AUTO, None),
        ("三〇五山", PlaceKind.HEIGHT, DigitsPolicy.AUTO, "305"),
        ("中路", STREET, DigitsPolicy.ORDINAL, None),
    ],
)
def test_numeral_before_the_generic_becomes_digits_by_policy_and_kind(name, kind, policy, digits):
    found = numeral_before(
        name, len(name) - 1, kind, policy=policy, endings_in_number=WORDS.endings_in_number
    )
    assert (found and found.digits) == digits


def test_apostrophe_stands_before_an_inner_a_e_or_o_only():
    assert spelled_word(["xī", "ān"]) == "Xī'ān"
    assert spelled_word(["dì", "èr"]) == "Dì'èr"
    assert spelled_word(["jiàn", "ōu"]) == "Jiàn'ōu"
    assert spelled_word(["ān", "yáng"]) == "Ānyáng"
    assert spelled_word(["pén", "r"]) == "Pénr"


def test_umlaut_stays_without_tones():
    assert without_tones("Lǚliáng Ǖǘ") == "Lüliang Üü"


def spoken(*syllables, source=ReadingSource.DICTIONARY):
    return [CharacterReading(one, source, confirmed=True) for one in syllables]


def test_romanised_name_shows_its_weakest_source_and_each_alternative_once():
    divided = divide("长安路", STREET, GENERICS, WORDS)
    readings = [
        CharacterReading("cháng", ReadingSource.OVERRIDE, False, ("zhǎng",)),
        *spoken("ān"),
        *spoken("lù", source=ReadingSource.GIVEN),
    ]
    found = romanised("长安路", divided, readings, others=[divided, divided])
    assert (found.toned, found.plain) == ("Cháng'ān Lù", "Chang'an Lu")
    assert (found.source, found.confirmed) == (ReadingSource.DICTIONARY, False)
    assert found.alternatives == ("Zhǎng'ān Lù",)


def test_alternatives_are_bounded_whatever_the_name():
    name = "长" * 30 + "路"
    divided = divide(name, STREET, GENERICS, WORDS)
    doubtful = CharacterReading("cháng", ReadingSource.DICTIONARY, False, ("zhǎng",))
    found = romanised(name, divided, [doubtful] * 30 + spoken("lù"))
    assert 1 < len(found.alternatives) <= 8
