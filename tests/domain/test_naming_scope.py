import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_place import NOWHERE, Areas, Scope
from civgeo.errors import InvalidInput

AREAS = st.builds(
    Areas,
    province=st.sampled_from([None, "41", "33", "河南省"]),
    prefecture=st.sampled_from([None, "4117", "4101", "3302"]),
    county=st.sampled_from([None, "411702", "411721", "330203"]),
    township=st.sampled_from([None, "411702001"]),
    builtup_area=st.sampled_from([None, "主城区", "县城"]),
)


def test_a_code_fills_in_the_levels_above_it():
    assert Areas.of(county="411702") == Areas("41", "4117", "411702")
    assert Areas.of(township="411702001") == Areas("41", "4117", "411702", "411702001")


def test_padded_and_short_codes_are_one_area():
    one, other = Areas.of(prefecture="411700"), Areas.of(prefecture="4117")
    assert one == other
    assert one.same(other, Scope.PREFECTURE) is True


def test_a_county_under_its_province_has_no_prefecture():
    jiyuan = Areas.of(county="419001")
    assert jiyuan.prefecture is None
    assert jiyuan.same(Areas.of(county="419001"), Scope.COUNTY) is True


def test_a_prefecture_without_counties_stands_for_its_own():
    chashan, liaobu = Areas.of(township="441900103"), Areas.of(township="441900112")
    assert chashan.same(liaobu, Scope.COUNTY) is True
    assert Areas.of(county="441900").same(chashan, Scope.COUNTY) is True
    jiagedaqi = Areas.of(township="232700100")
    assert jiagedaqi.same(Areas.of(township="232700114"), Scope.COUNTY) is True
    assert jiagedaqi.same(Areas.of(township="232721100"), Scope.COUNTY) is False


def test_a_village_code_lies_in_its_township():
    areas = Areas.of_division(DivisionCode.parse("411702001001"), "主城区")
    assert (areas.county, areas.township, areas.builtup_area) == ("411702", "411702001", "主城区")


@pytest.mark.parametrize(
    ("given_areas", "code"),
    [
        ({"county": "4117"}, "bad_code"),
        ({"county": "41170"}, "bad_code"),
        ({"province": "33", "county": "411702"}, "bad_value"),
        ({"prefecture": "4101", "county": "411702"}, "bad_value"),
    ],
)
def test_codes_of_another_level_or_that_contradict_are_refused(given_areas, code):
    with pytest.raises(InvalidInput) as error:
        Areas.of(**given_areas)
    assert error.value.code == code


def test_blank_areas_are_unknown():
    assert Areas.of(province=" ", builtup_area="  ") == NOWHERE


def test_a_builtup_area_spans_districts_but_no_prefectures():
    yicheng = Areas.of(county="411702", builtup_area="主城区")
    assert yicheng.same(Areas.of(county="411721", builtup_area="主城区"), Scope.BUILTUP_AREA)
    zhengzhou = Areas.of(county="410102", builtup_area="主城区")
    assert yicheng.same(zhengzhou, Scope.BUILTUP_AREA) is False


def test_what_is_missing_is_unknown_unless_a_wider_area_tells():
    known, without = Areas.of(county="411702", builtup_area="主城区"), Areas.of(county="411702")
    assert known.same(without, Scope.BUILTUP_AREA) is None
    assert known.same(Areas.of(province="33"), Scope.BUILTUP_AREA) is False
    assert NOWHERE.same(NOWHERE, Scope.COUNTY) is None
    assert NOWHERE.same(NOWHERE, Scope.NATION) is True


def test_a_name_and_a_code_of_an_area_cannot_be_compared():
    assert Areas.of(county="驿城区").same(Areas.of(county="411702"), Scope.COUNTY) is None
    assert Areas.of(county="驿城区").same(Areas.of(county="驿城区"), Scope.COUNTY) is True


def test_built_up_areas_have_any_name():
    one, other = Areas(builtup_area="1"), Areas(builtup_area="主城区")
    assert one.same(other, Scope.BUILTUP_AREA) is False


@given(one=AREAS, other=AREAS, scope=st.sampled_from(Scope))
def test_being_in_one_area_is_mutual(one, other, scope):
    assert one.same(other, scope) is other.same(one, scope)
