"""Romanised names: the rules of 1984 example by example, readings, alternatives, hostile input."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.ordinals import DigitsPolicy
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.romanisation import ReadingSource
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.language.name_tables import generics
from civgeo.services.romanising import LONGEST_NAME, readings_of, romanise

RULES = {
    1: """太行山 mountain Tàiháng Shān|松花江 river Sōnghuā Jiāng|汾河 river Fén Hé|太湖 lake Tài Hú
        |舟山群岛 archipelago Zhōushān Qúndǎo|台湾海峡 strait Táiwān Hǎixiá
        |青藏高原 natural_other Qīngzàng Gāoyuán|密云水库 reservoir Mìyún Shuǐkù
        |大运河 canal Dà Yùnhé|永丰渠 canal Yǒngfēng Qú|西藏自治区 province Xīzàng Zìzhìqū
        |江苏省 province Jiāngsū Shěng|襄樊市 prefecture Xiāngfán Shì|通县 county Tōng Xiàn
        |西峰镇 township Xīfēng Zhèn|虹口区 county Hóngkǒu Qū|友谊乡 township Yǒuyì Xiāng
        |京津公路 highway Jīngjīn Gōnglù|南京路 street Nánjīng Lù|滨江道 street Bīnjiāng Dào
        |横街 street Héng Jiē|长安街 street Cháng'ān Jiē|大马路 street Dà Mǎlù
        |梧桐巷 street Wútóng Xiàng|门框胡同 street Ménkuàng Hútòng""",
    2: """西辽河 river Xīliáo Hé|潮白新河 river Cháobái Xīnhé|新通扬运河 canal Xīntōngyáng Yùnhé
        |北雁荡山 mountain Běiyàndàng Shān|老秃顶子山 mountain Lǎotūdǐngzǐ Shān
        |小金门岛 island Xiǎojīnmén Dǎo|景山后街 street Jǐngshān Hòujiē
        |造币左路 street Zàobì Zuǒlù|清波门直街 street Qīngbōmén Zhíjiē
        |后赵家楼胡同 street Hòuzhàojiālóu Hútòng
        |朝阳门内大街 street Cháoyángménnèi Dàjiē|南小街 street Nán Xiǎojiē
        |小南街 street Xiǎo Nánjiē|南横东街 street Nánhéng Dōngjiē
        |修文西小巷 street Xiūwén Xīxiǎoxiàng|东直门外南后街 street Dōngzhíménwài Nánhòujiē
        |广安门北滨河路 street Guǎng'ānmén Běibīnhé Lù""",
    3: """王村 settlement Wángcūn|江镇 settlement Jiāngzhèn|漷县 settlement Huǒxiàn
        |周口店 settlement Zhōukǒudiàn|文家市 settlement Wénjiāshì|油坊桥 settlement Yóufángqiáo
        |铁匠营 settlement Tiějiàngyíng|大虎山 settlement Dàhǔshān|太平沟 settlement Tàipínggōu
        |三岔河 settlement Sānchàhé|龙王集 settlement Lóngwángjí|龚家棚 settlement Gōngjiāpéng
        |众埠街 settlement Zhòngbùjiē|南王家荡 settlement Nánwángjiādàng""",
    4: """渤海湾 bay Bóhǎi Wān|黑龙江省 province Hēilóngjiāng Shěng
        |景德镇市 prefecture Jǐngdézhèn Shì|嵖岈山镇 township Cháyáshān Zhèn
        |解放路南小街 street Jiěfànglù Nánxiǎojiē
        |包头胡同东巷 street Bāotóu Hútòng Dōngxiàng""",
    5: """左权县 county Zuǒquán Xiàn|张之洞路 street Zhāngzhīdòng Lù
        |欧阳海水库 reservoir Ōuyánghǎi Shuǐkù""",
    6: """五指山 mountain Wǔzhǐ Shān|九龙江 river Jiǔlóng Jiāng|三门峡 gorge Sānmén Xiá
        |二道沟 river Èrdào Gōu|第二松花江 river Dì'èr Sōnghuā Jiāng|第六屯 settlement Dìliùtún
        |三眼井胡同 street Sānyǎnjǐng Hútòng|八角场东街 street Bājiǎochǎng Dōngjiē
        |三八路 street Sānbā Lù|五一广场 square Wǔyī Guǎngchǎng""",
    7: """1203高地 height 1203 Gāodì|1718峰 peak 1718 Fēng|二马路 street 2 Mǎlù
        |经五路 street Jīng 5 Lù|三环路 street 3 Huánlù|大川淀一巷 street Dàchuāndiàn 1 Xiàng
        |东四十二条 street Dōngsì 12 Tiáo|第九弄 street Dì-9 Lòng""",
    8: """十里堡 settlement Shílǐpù|大黄堡 settlement Dàhuángbǎo|吴堡 settlement Wúbǔ""",
    9: """李庄 settlement Lǐzhuāng|珠江 river Zhū Jiāng|吕梁市 prefecture Lǚliáng Shì
        |天宁寺西里一巷 street Tiānníngsì Xīlǐ 1 Xiàng""",
    11: """西安市 prefecture Xī'ān Shì|建瓯市 county Jiàn'ōu Shì|天峨县 county Tiān'é Xiàn""",
    12: """盆儿胡同 street Pénr Hútòng|陕西省 province Shǎnxī Shěng""",
}
EXAMPLES = [
    pytest.param(*example.strip().split(" ", 2), id=f"rule {rule}: {example.split()[0]}")
    for rule, examples in RULES.items()
    for example in examples.split("|")
]
NAMES = [parameter.values[:2] for parameter in EXAMPLES]


@pytest.mark.parametrize(("name", "kind", "toned"), EXAMPLES)
def test_every_example_of_the_rules_is_spelled_as_printed(name, kind, toned):
    assert romanise(name, PlaceKind(kind)).toned == toned


@pytest.mark.parametrize(("name", "kind"), NAMES)
def test_without_its_kind_an_example_is_one_word_or_two_parts_and_loses_nothing(name, kind):
    for other in PlaceKind:
        found = romanise(name, other)
        parts = [found.specific, found.generic] if found.generic else [found.specific]
        assert "".join(part.hanzi for part in parts) == name
        assert " ".join(part.toned for part in parts) == found.toned
        assert found.generic or " " not in found.toned or not name.isalpha() or found.confirmed
        if other is not PlaceKind.SETTLEMENT and found.generic is None:
            assert not found.confirmed


@pytest.mark.parametrize(
    ("name", "kind", "toned"),
    [
        ("张庄村", "committee_seat", "Zhāngzhuāng Cūn"),
        ("王楼东村", "committee_seat", "Wánglóu Dōngcūn"),
        ("张庄村村民委员会", "committee_seat", "Zhāngzhuāngcūn Cūnmín Wěiyuánhuì"),
        ("人民东路", "street", "Rénmín Dōnglù"),
        ("江东路", "street", "Jiāngdōng Lù"),
        ("西南路", "street", "Xīnán Lù"),
        ("置地大道", "street", "Zhìdì Dàdào"),
        ("天中山大道", "street", "Tiānzhōngshān Dàdào"),
        ("中华路三巷", "street", "Zhōnghuálù 3 Xiàng"),
        ("东风东路二巷", "street", "Dōngfēng Dōnglù 2 Xiàng"),
        ("统一路", "street", "Tǒngyī Lù"),
        ("一二·九路", "street", "Yī'èrjiǔ Lù"),
        ("一二•九路", "street", "Yī'èrjiǔ Lù"),
        ("T形路", "street", "T Xíng Lù"),
        ("G2-3路", "street", "G2-3 Lù"),
        ("诺尔曼·白求恩路", "street", "Nuò'ěrmàn Báiqiú'ēn Lù"),
        ("１０７国道", "highway", "107 Guódào"),
        ("三〇五高地", "height", "305 Gāodì"),
        ("浦东新区", "county", "Pǔdōng Xīnqū"),
        ("高新区", "county", "Gāoxīn Qū"),
        ("井陉矿区", "county", "Jǐngxíng Kuàngqū"),
        ("矿区", "county", "Kuàng Qū"),
        ("万柏林区", "county", "Wànbǎilín Qū"),
        ("神农架林区", "county", "Shénnóngjià Línqū"),
        ("恩施土家族苗族自治州", "prefecture", "Ēnshī Tǔjiāzú Miáozú Zìzhìzhōu"),
        ("科尔沁右翼中旗", "county", "Kē'ěrqìn Yòuyì Zhōngqí"),
        ("新发朝鲜民族乡", "township", "Xīnfā Cháoxiǎn Mínzú Xiāng"),
        ("宿鸭湖水库", "reservoir", "Sùyāhú Shuǐkù"),
    ],
)
def test_names_of_our_day_follow_the_same_rules(name, kind, toned):
    assert romanise(name, PlaceKind(kind), division="4117").toned == toned


def test_shaanxi_is_written_with_two_a_only_without_tones():
    assert romanise("陕西省", PlaceKind.PROVINCE).plain == "Shaanxi Sheng"
    assert romanise("陕西北路", PlaceKind.STREET).plain == "Shaanxi Beilu"
    assert romanise("陕州区", PlaceKind.COUNTY).plain == "Shanzhou Qu"
    assert romanise("吕梁市", PlaceKind.PREFECTURE).plain == "Lüliang Shi"


def test_digits_follow_the_policy_and_the_other_form_stands_beside_them():
    street = PlaceKind.STREET
    assert romanise("二马路", street).alternatives == ("Èr Mǎlù",)
    assert romanise("三八路", street).alternatives == ("38 Lù",)
    assert romanise("三八路", street, digits=DigitsPolicy.ORDINAL).toned == "38 Lù"
    assert romanise("二马路", street, digits=DigitsPolicy.NUMBER).toned == "Èr Mǎlù"
    assert romanise("二马路", street, digits=DigitsPolicy.NUMBER).alternatives == ()
    assert "Dìjiǔ Lòng" in romanise("第九弄", street).alternatives
    assert "Dōngsìshí'èr Tiáo" in romanise("东四十二条", street).alternatives


def test_source_is_the_weakest_of_all_parts():
    assert romanise("浚县", PlaceKind.COUNTY).source is ReadingSource.OVERRIDE
    assert romanise("确山县", PlaceKind.COUNTY).source is ReadingSource.DICTIONARY
    given_ = romanise("浚县", PlaceKind.COUNTY, reading="xun4 xian4")
    assert (given_.source, given_.toned, given_.confirmed) == (
        ReadingSource.GIVEN,
        "Xùn Xiàn",
        True,
    )


def test_given_reading_that_is_not_ours_leaves_ours_beside_it():
    found = romanise("浚县", PlaceKind.COUNTY, reading="jun4 xian4")
    assert (found.toned, found.alternatives[0]) == ("Jùn Xiàn", "Xùn Xiàn")
    assert romanise("1203高地", PlaceKind.HEIGHT, reading="gāo dì").toned == "1203 Gāodì"
    with pytest.raises(InvalidInput) as refused:
        romanise("浚县", PlaceKind.COUNTY, reading="xun4")
    assert refused.value.code == "bad_reading"


def test_reading_of_the_bureau_settles_the_name():
    doubtful = romanise("重渠镇", PlaceKind.TOWNSHIP, division="411721109")
    assert not doubtful.confirmed
    assert doubtful.alternatives
    own = {"重渠": "chóng qú"}
    found = romanise("重渠镇", PlaceKind.TOWNSHIP, division="411721109", readings=own)
    assert (found.toned, found.source, found.confirmed) == (
        "Chóngqú Zhèn",
        ReadingSource.OVERRIDE,
        True,
    )


def test_name_of_another_language_has_its_standard_form_and_the_han_reading_beside_it():
    found = romanise("呼和浩特市", PlaceKind.PREFECTURE)
    assert (found.toned, found.plain) == ("Hohhot Shì", "Hohhot Shi")
    assert found.alternatives == ("Hūhéhàotè Shì",)
    assert romanise("乌鲁木齐市", PlaceKind.PREFECTURE).plain == "Ürümqi Shi"
    assert romanise("拉萨市", PlaceKind.PREFECTURE).plain == "Lhasa Shi"
    assert romanise("内蒙古自治区", PlaceKind.PROVINCE).plain == "Nei Mongol Zizhiqu"
    assert romanise("乌鲁木齐路", PlaceKind.STREET).plain == "Wulumuqi Lu"


def test_unknown_generic_gives_one_word_that_is_not_confirmed():
    found = romanise("人民路", PlaceKind.PARK)
    assert (found.toned, found.generic, found.confirmed) == ("Rénmínlù", None, False)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "中" * (LONGEST_NAME + 1),
        "路\x00",
        "中山\n路",
        "<script>alert(1)</script>路",
        "=HYPERLINK(1)路",
        "中山路😀",
        "A1",
        "中山 路",
        "中山路（东段）",
        "·中山路",
        "中山-路",
        "\ud800路",
        "·",
    ],
)
def test_what_is_no_place_name_is_refused_in_words(name):
    with pytest.raises(InvalidInput) as refused:
        romanise(name, PlaceKind.STREET)
    assert refused.value.code == "bad_name"
    assert 0 < len(refused.value.message) < 300


def test_rare_characters_of_four_bytes_are_read():
    assert romanise("柳树𨟠镇", PlaceKind.TOWNSHIP).toned == "Liǔshùquān Zhèn"
    assert romanise("虎𬇙镇", PlaceKind.TOWNSHIP).specific.hanzi == "虎𬇙"


def test_readings_for_homophone_checks_are_those_of_the_spelling():
    assert readings_of("二马路", PlaceKind.STREET) == ("èr", "mǎ", "lù")
    for name, kind in NAMES:
        assert readings_of(name, PlaceKind(kind)) == romanise(name, PlaceKind(kind)).syllables


HAN = st.text(
    st.sampled_from("驻马店西平上蔡泌阳长乐堡曾重行二三十第儿东小南路街镇山河陕一〇"),
    min_size=1,
    max_size=9,
)


@given(HAN, st.sampled_from(list(PlaceKind)), st.sampled_from(list(DigitsPolicy)))
def test_any_name_is_spelled_the_same_twice_from_its_own_readings(name, kind, digits):
    first = romanise(name, kind, digits=digits)
    assert romanise(name, kind, digits=digits) == first
    again = romanise(name, kind, digits=digits, reading=" ".join(first.syllables))
    assert (again.toned, again.plain) == (first.toned, first.plain)
    assert again.syllables == first.syllables


@given(HAN, st.sampled_from(list(PlaceKind)))
def test_joined_syllables_equal_the_readings_and_plain_is_toned_without_marks(name, kind):
    found = romanise(name, kind, digits=DigitsPolicy.NUMBER)
    letters = found.toned.replace(" ", "").replace("'", "").lower()
    assert letters == "".join(found.syllables)
    assert len(found.syllables) == len(name)
    if "陕西" not in name:
        assert found.plain == without_tones(found.toned)
    assert unicodedata.is_normalized("NFC", found.toned)
    assert found.toned not in found.alternatives
    assert len(set(found.alternatives)) == len(found.alternatives)


def test_every_generic_can_be_the_end_of_a_name_of_its_kind():
    for kind in PlaceKind:
        for hanzi, generic in generics().of(kind).items():
            found = romanise("嵖岈" + hanzi, kind)
            if kind is not PlaceKind.SETTLEMENT:
                assert found.generic is not None
                assert found.generic.hanzi.endswith(hanzi[-1])
                assert found.syllables[-len(hanzi) :] == generic.syllables
