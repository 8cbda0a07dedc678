"""Readings: our table first, within its scope, then words and characters of the dictionary."""

import pytest

from civgeo.domain.romanisation import ReadingSource
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import table_rows
from civgeo.language.readings import (
    NameReading,
    ReadingTable,
    bureau_readings,
    given_characters,
    read_name,
)


def syllables(name, division=None, **options):
    found = read_name(name, specific_end=len(name), division=division, **options)
    return " ".join(one.syllable for one in found)


def reading(text, scope, spoken, *, confirmed=True):
    return NameReading(text, scope, tuple(spoken.split()), confirmed=confirmed)


def test_longest_entry_wins_then_the_most_local():
    table = ReadingTable(
        [
            reading("单", "", "dān"),
            reading("单", "3717", "shàn"),
            reading("单", "371722", "chán"),
            reading("单楼", "", "shàn lóu"),
        ]
    )
    assert [one.syllable for one in table.at("单楼", 0, None)] == ["shàn", "lóu"]
    assert table.at("单", 0, "410000")[0].syllable == "dān"
    assert table.at("单", 0, "371700")[0].syllable == "shàn"
    assert table.at("单", 0, "371722001")[0].syllable == "chán"


def test_scoped_entry_holds_inside_its_division_only():
    assert syllables("六合", "320116") == "lù hé"
    assert syllables("六合", "320116001") == "lù hé"
    assert syllables("六合", "4117") == "liù hé"


def test_whole_name_without_a_division_takes_the_reading_that_its_entries_share():
    table = ReadingTable([reading("重阳", "41", "chóng yáng"), reading("重阳", "44", "chóng yáng")])
    assert table.at("重阳", 0, None)[0].syllable == "chóng"
    assert table.at("重阳路", 0, None) is None
    table = ReadingTable([reading("天台", "33", "tiān tāi"), reading("天台", "36", "tiān tái")])
    assert table.at("天台", 0, None) is None


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("浚县", "xùn xiàn"),
        ("曾都", "zēng dū"),
        ("长子", "zhǎng zǐ"),
        ("长垣", "cháng yuán"),
        ("番禺", "pān yú"),
        ("蔚县", "yù xiàn"),
        ("荥阳", "xíng yáng"),
        ("荥经", "yíng jīng"),
        ("洪洞", "hóng tóng"),
        ("嵖岈山", "chá yá shān"),
        ("蒙古营", "měng gǔ yíng"),
    ],
)
def test_known_names_are_read_as_they_are_spoken(name, spoken):
    assert syllables(name) == spoken


def test_attested_reading_is_an_override_with_the_usual_one_beside_it():
    first = read_name("浚县", specific_end=1)[0]
    assert (first.syllable, first.source, first.confirmed) == ("xùn", ReadingSource.OVERRIDE, True)
    assert first.others == ("jùn",)


def test_reading_inferred_from_the_county_is_not_confirmed():
    first = read_name("浚州", specific_end=2, division="410621")[0]
    assert (first.syllable, first.confirmed) == ("xùn", False)
    assert read_name("甘浚", specific_end=2, division="620702105")[1].syllable == "jùn"


@pytest.mark.parametrize(
    ("name", "division", "spoken"),
    [
        ("冠宜路", "371525", "guān yí lù"),
        ("冠军路", "371525", "guàn jūn lù"),
        ("疏浚路", "410621", "shū jùn lù"),
        ("单位路", "371722", "dān wèi lù"),
        ("铺路石路", None, "pù lù shí lù"),
        ("应庄", "140622", "yìng zhuāng"),
    ],
)
def test_inferred_reading_gives_way_to_words_and_an_attested_one_does_not(name, division, spoken):
    assert syllables(name, division) == spoken


@pytest.mark.parametrize("tail", ["", "路", "社区", "小区", "大道"])
def test_word_inside_a_name_goes_before_the_usual_reading_of_its_characters(tail):
    for word, spoken in (("朝晖", "zhāo huī"), ("朝霞", "zhāo xiá"), ("朝曦", "zhāo xī")):
        assert syllables(f"{word}{tail}").startswith(spoken)
        assert syllables(f"新{word}{tail}", "4117").startswith(f"xīn {spoken}")
    assert syllables(f"朝天{tail}").startswith("cháo tiān")


def test_surname_at_the_head_of_a_village_has_its_own_reading():
    first = read_name("任店", specific_end=2, division="411725")[0]
    assert (first.syllable, first.confirmed, first.others) == ("rén", False, ("rèn",))
    assert read_name("任务", specific_end=2)[0].syllable == "rèn"


def test_written_er_colours_the_syllable_before_it_unless_a_word_says_otherwise():
    assert syllables("盆儿") == "pén r"
    assert syllables("儿童") == "ér tóng"
    assert syllables("女儿河") == "nǚ ér hé"
    assert syllables("台儿庄") == "tái ér zhuāng"


def test_sandhi_and_neutral_tones_of_the_dictionary_are_undone():
    assert syllables("一不") == "yī bù"
    assert syllables("葫芦") == "hú lú"


def test_character_without_a_reading_is_named():
    with pytest.raises(InvalidInput, match="U\\+3075F") as refused:
        read_name("𰝟渡", specific_end=2)
    assert refused.value.code == "no_reading"
    assert [one.syllable for one in given_characters("𰝟渡", "xian3 du4")] == ["xiǎn", "dù"]


def test_bureau_goes_before_our_table():
    own = bureau_readings({"六合": "liu4 he2"})
    assert syllables("六合", "320116", own=own) == "liù hé"
    with pytest.raises(InvalidInput, match="2 个汉字"):
        bureau_readings({"六合": "liu4"})


def test_given_reading_without_any_tone_is_not_confirmed():
    assert not any(one.confirmed for one in given_characters("张庄", "zhang zhuang"))
    assert all(one.confirmed for one in given_characters("营子", "yíng zi"))


def test_every_packaged_reading_has_a_source_and_an_evidence_mark():
    for row in table_rows("readings.csv"):
        assert row["source"], row
        assert row["evidence"] in set("SECM-"), row
        assert len(row["reading"].split()) == len(row["name"]), row
        assert row["scope"] == "" or row["scope"].isdigit(), row


def test_settled_rows_stand_unchanged_in_the_table():
    rows = {tuple(row.values()) for row in table_rows("readings.csv")}
    assert {tuple(row.values()) for row in table_rows("readings_settled.csv")} <= rows
