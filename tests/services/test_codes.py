from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.domain.division import CodeSystem
from civgeo.formats.reference import county_lineage
from civgeo.services.codes import explain_code

ON = date(2026, 3, 1)

pytestmark = pytest.mark.data_cn


def explain(text, on=ON, system=CodeSystem.MCA):
    return explain_code(text, system=system, on=on)


def test_county_in_use_is_listed_with_its_name_and_period():
    found = explain("411702")
    listing = found.listing
    assert found.well_formed
    assert found.parts == {"province": "41", "prefecture": "4117", "county": "411702"}
    assert (found.class_zh, found.problems) == ("市辖区", ())
    assert (listing.exists, listing.name) == (True, "驿城区")
    assert (listing.valid_from, listing.valid_to) == ("2000", None)
    assert listing.listed_as_of == "2025-12-31"


def test_abolished_county_names_its_inferred_successor():
    found = explain("410381")
    assert found.listing.exists is False
    assert found.listing.valid_to == "2020"
    (successor,) = found.listing.successors
    assert (successor.code, successor.name, successor.inferred) == ("410307", "偃师区", True)
    assert "推断" in found.problems[0]


@pytest.mark.parametrize(
    ("on", "exists", "as_of"),
    [
        ("2020-12-31", True, "2020-12-31"),
        ("2021-01-01", False, "2021-12-31"),
        ("2024-06-01", False, "2024-12-31"),
        ("2025-12-30", False, "2024-12-31"),
        ("2025-12-31", False, "2025-12-31"),
    ],
)
def test_day_decides_which_list_answers(on, exists, as_of):
    listing = explain("410381", date.fromisoformat(on)).listing
    assert (listing.exists, listing.listed_as_of) == (exists, as_of)


def test_day_before_the_first_listing_says_since_when_the_code_is_used():
    found = explain("411702", date(1999, 6, 1))
    assert found.listing.exists is False
    assert (found.listing.valid_from, found.listing.valid_to) == ("2000", None)
    assert found.listing.successors == ()
    assert "自 2000 年起" in found.problems[0]


def test_day_before_every_list_is_answered_with_nothing():
    listing = explain("411702", date(1975, 1, 1)).listing
    assert listing.exists is None
    assert listing.listed_as_of is None
    assert "1980" in listing.reason


def test_taiwan_province_is_listed_though_the_newest_list_holds_no_code_for_it():
    found = explain("710000")
    assert (found.listing.exists, found.listing.name) == (True, "台湾省")
    assert found.listing.valid_to is None
    assert found.problems == ()


def test_code_never_used_is_said_to_be_in_no_list():
    found = explain("411799")
    assert (found.well_formed, found.listing.exists, found.listing.name) == (True, False, None)
    assert "各年代码表中都没有" in found.problems[0]


@pytest.mark.parametrize("system", list(CodeSystem))
def test_statistical_area_is_told_from_a_division_in_both_systems(system):
    found = explain("410171", system=system)
    assert found.class_zh == "统计用区域"
    assert "没有界线" in found.problems[0]
    assert found.listing.exists is (False if system is CodeSystem.MCA else None)


def test_townships_of_the_two_systems_are_never_mixed():
    assert explain("411702001").listing.name == "人民街街道"
    listing = explain("411702001", system=CodeSystem.NBS).listing
    assert (listing.exists, listing.name) == (None, None)
    assert "不能互查" in listing.reason


def test_township_of_an_earlier_day_cannot_be_checked():
    listing = explain("411702001", date(2020, 3, 1)).listing
    assert listing.exists is None
    assert "2020-03-01" in listing.reason


def test_township_that_the_list_does_not_hold_is_a_finding():
    found = explain("411702098")
    assert found.listing.exists is False
    assert "请核对来源" in found.problems[0]


def test_village_is_explained_by_its_township():
    found = explain("411702001201")
    assert found.parts["village"] == "201"
    assert found.class_zh == "村民委员会"
    assert found.listing.exists is None
    assert "在民政部代码表中" in found.listing.reason
    assert "不在民政部代码表中" in explain("411702098201").listing.reason


def test_place_code_is_taken_apart():
    found = explain("53042710222200000188")
    assert found.parts == {
        "county": "530427",
        "township": "102",
        "type": "22200",
        "sequence": "000188",
    }
    assert (found.well_formed, found.class_zh) == (True, "农村居民点")
    assert found.listing.exists is None
    assert "国家地名信息库" in found.listing.reason


def test_place_code_of_21_digits_is_read_but_not_well_formed():
    found = explain("530427102222000000188")
    assert not found.well_formed
    assert found.parts["sequence"] == "000188"
    assert "21 位" in found.problems[0]


def test_place_code_of_an_abolished_county_names_what_followed():
    found = explain("32048210222200000188")
    assert [successor.code for successor in found.listing.successors] == ["320413"]
    assert any("不在用" in problem for problem in found.problems)


def test_place_type_that_is_not_at_hand_is_unverified_not_wrong():
    found = explain("53042710223514000001")
    assert found.well_formed
    assert found.class_zh == "交通运输设施"
    assert any("未核实" in problem for problem in found.problems)


@pytest.mark.parametrize("text", ["", "41170", "４１１７００", "41 17", "410001", "abc", "x" * 20])
def test_malformed_code_is_explained_in_words_and_never_raises(text):
    found = explain(text)
    assert not found.well_formed
    assert found.parts == {}
    assert found.listing.exists is None
    assert found.problems[0]


@settings(deadline=None)
@given(st.text(max_size=25), st.sampled_from(CodeSystem), st.dates())
def test_any_text_on_any_day_has_an_explanation(text, system, on):
    assert explain(text, on, system) is not None


@settings(deadline=None)
@given(
    st.sampled_from([entry for entry in county_lineage().entries if entry.last_year < 2024]),
    st.dates(date(1980, 1, 1), ON),
)
def test_listed_codes_exist_exactly_in_their_years(entry, on):
    listing = explain(entry.code, on).listing
    periods = county_lineage().periods(entry.code)
    assert listing.exists is any(
        period.first_year <= min(on.year, 2024) <= period.last_year for period in periods
    )
