import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.division import (
    CodeSystem,
    DivisionCode,
    DivisionLevel,
    class_label,
    range_problems,
)
from civgeo.errors import InvalidInput
from civgeo.formats.reference import county_lineage


def code(text):
    return DivisionCode.parse(text)


@pytest.mark.parametrize(
    ("text", "digits", "level"),
    [
        ("41", "41", DivisionLevel.PROVINCE),
        ("410000", "41", DivisionLevel.PROVINCE),
        ("410000000000", "41", DivisionLevel.PROVINCE),
        ("4117", "4117", DivisionLevel.PREFECTURE),
        ("411700", "4117", DivisionLevel.PREFECTURE),
        ("411700000", "4117", DivisionLevel.PREFECTURE),
        ("411702", "411702", DivisionLevel.COUNTY),
        ("411702000000", "411702", DivisionLevel.COUNTY),
        ("320481", "320481", DivisionLevel.COUNTY),
        ("411702001", "411702001", DivisionLevel.TOWNSHIP),
        ("411702001000", "411702001", DivisionLevel.TOWNSHIP),
        ("411702001201", "411702001201", DivisionLevel.COMMUNITY),
        ("419001", "419001", DivisionLevel.COUNTY),
        ("419001001", "419001001", DivisionLevel.TOWNSHIP),
        ("441900003", "441900003", DivisionLevel.TOWNSHIP),
        ("441900003001", "441900003001", DivisionLevel.COMMUNITY),
        ("710001", "710001", DivisionLevel.COUNTY),
        ("810001", "810001", DivisionLevel.COUNTY),
        ("710000", "71", DivisionLevel.PROVINCE),
    ],
)
def test_code_is_held_by_its_significant_digits(text, digits, level):
    assert code(text).digits == digits
    assert code(text).level is level


def test_padded_and_short_spellings_are_the_same_code():
    assert code("4117") == code("411700") == code("411700000000")
    assert len({code("41"), code("4100"), code("410000")}) == 1


@pytest.mark.parametrize(
    ("text", "usual"),
    [("41", "410000"), ("4117", "411700"), ("411702", "411702"), ("411702001000", "411702001")],
)
def test_code_is_usually_written_with_six_digits_at_least(text, usual):
    assert code(text).text == usual


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "411",
        "41170",
        "4117020",
        "41170200",
        "4117020010",
        "4117020012011",
        " 411700",
        "411700 ",
        "411700\n",
        "41 17 00",
        "41-1700",
        "411702-001",
        "+11700",
        "4.1170",
        "4e1700",
        "0x1700",
        "４１１７００",
        "٤١١٧٠٠",
        "411²00",
        "abcdef",
        "4117\x0000",
        "'; DROP TABLE divisions; --",
        "\ud800" * 6,
        "4" * 100_000,
    ],
)
def test_anything_but_ascii_digits_of_a_known_length_is_refused(text):
    with pytest.raises(InvalidInput) as refused:
        code(text)
    assert refused.value.code == "bad_code"
    assert len(refused.value.message) < 300


@pytest.mark.parametrize("value", [None, 411700, 41.17, True, b"411700", ["411700"], {}])
def test_code_that_is_no_string_is_refused(value):
    with pytest.raises(InvalidInput, match="字符串"):
        code(value)


@pytest.mark.parametrize("text", ["00", "000000", "001700", "000000000000"])
def test_province_zero_does_not_exist(text):
    with pytest.raises(InvalidInput, match="00"):
        code(text)


@pytest.mark.parametrize(
    "text", ["410001", "410001000", "410001001", "411700000001", "411702000001", "410000001"]
)
def test_zeros_above_a_part_that_is_not_zero_are_refused(text):
    with pytest.raises(InvalidInput, match="中间一级"):
        code(text)


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("41", []),
        ("411700", ["41"]),
        ("411702", ["41", "4117"]),
        ("411702001201", ["41", "4117", "411702", "411702001"]),
        ("419001", ["41"]),
        ("419001001", ["41", "419001"]),
        ("441900003", ["44", "4419"]),
        ("710001", ["71"]),
    ],
)
def test_parents_leave_out_parts_that_stand_for_nothing(text, above):
    assert [parent.digits for parent in code(text).parents] == above


@pytest.mark.parametrize(
    ("upper", "lower", "covered"),
    [
        ("410000", "411702", True),
        ("411700", "411702001", True),
        ("411702", "411702", True),
        ("411702", "411700", False),
        ("411702", "411703001", False),
        ("420000", "411702", False),
        ("410000", "419001", True),
        ("441900", "441900003", True),
    ],
)
def test_division_covers_itself_and_what_lies_below_it(upper, lower, covered):
    assert code(upper).covers(code(lower)) is covered


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("41", "省级行政区"),
        ("411700", "地级市"),
        ("410100", "地级市"),
        ("320200", "地级市"),
        ("110100", "直辖市所辖市辖区、县汇总码"),
        ("500200", "直辖市所辖市辖区、县汇总码"),
        ("222400", "地区、自治州或盟"),
        ("419000", "省直辖县级行政区汇总码"),
        ("411702", "市辖区"),
        ("110101", "市辖区"),
        ("411721", "县"),
        ("310151", "市辖区"),
        ("500170", "市辖区"),
        ("411750", "县"),
        ("410171", "统计用区域"),
        ("410180", "统计用区域"),
        ("320481", "县级市"),
        ("222401", "县级市"),
        ("654002", "县级市"),
        ("419001", "县级市"),
        ("469021", "县"),
        ("411702001", "街道"),
        ("411702099", "街道"),
        ("411702100", "镇"),
        ("411702199", "镇"),
        ("411702200", "乡"),
        ("411702399", "乡"),
        ("411702400", "类似乡级单位"),
        ("411702600", "未定义区段"),
        ("411702001001", "居民委员会"),
        ("411702001199", "居民委员会"),
        ("411702001200", "村民委员会"),
        ("411702001399", "村民委员会"),
        ("411702001901", "未定义区段"),
    ],
)
def test_range_of_the_last_part_tells_the_kind(text, label):
    assert class_label(code(text)) == label


def test_ordinary_codes_have_no_range_problems():
    assert range_problems(code("411702001201")) == []
    assert range_problems(code("411700")) == []


@pytest.mark.parametrize("text", ["410171", "410180", "410173001"])
def test_statistical_areas_are_told_from_divisions(text):
    problems = range_problems(code(text))
    assert any("统计用码" in problem and "没有界线" in problem for problem in problems)


@pytest.mark.parametrize("text", ["410170", "410181"])
def test_statistical_areas_end_at_their_borders(text):
    assert range_problems(code(text)) == []


def test_community_outside_the_ranges_is_pointed_out():
    assert "411702001901" in range_problems(code("411702001901"))[0]


def test_code_systems_and_levels_have_chinese_labels():
    assert [system.label_zh for system in CodeSystem] == ["民政部", "国家统计局"]
    labels = [level.label_zh for level in DivisionLevel]
    assert labels == ["省级", "地级", "县级", "乡级", "村（社区）"]


part2 = st.integers(1, 99).map("{:02d}".format)
part3 = st.integers(1, 999).map("{:03d}".format)
full_codes = st.builds(
    lambda parts, count: "".join(parts[:count]),
    st.tuples(part2, part2, part2, part3, part3),
    st.integers(1, 5),
)


@given(full_codes)
def test_codes_survive_writing_and_reading(digits):
    parsed = code(digits)
    assert parsed.digits == digits
    assert code(parsed.text) == parsed
    assert code(digits.ljust(12, "0")) == parsed
    assert all(parent.covers(parsed) for parent in parsed.parents)
    assert isinstance(class_label(parsed), str)
    assert isinstance(range_problems(parsed), list)


@given(st.text(max_size=14))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        parsed = code(text)
    except InvalidInput:
        return
    assert text.startswith(parsed.digits)
    assert set(text[len(parsed.digits) :]) <= {"0"}


@given(st.text(alphabet="01479", min_size=2, max_size=12))
def test_digits_that_are_read_keep_their_value(text):
    try:
        parsed = code(text)
    except InvalidInput:
        return
    assert code(parsed.digits) == parsed
    assert parsed.covers(code(text))
    assert len(parsed.digits) in (2, 4, 6, 9, 12)


def test_kind_by_range_agrees_with_the_names_of_all_listed_counties():
    lineage = county_lineage()
    listed = [
        period
        for period in lineage.entries
        if period.last_year == lineage.last_listed_year and period.level is DivisionLevel.COUNTY
    ]
    differing = {
        period.name: class_label(code(period.code))
        for period in listed
        if class_label(code(period.code)) != kind_by_name(period.name)
    }
    assert len(listed) > 2_800
    assert differing == {}


def kind_by_name(name):
    if name.endswith("市"):
        return "县级市"
    return "市辖区" if name.endswith("区") and name != "神农架林区" else "县"
