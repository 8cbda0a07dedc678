from pathlib import Path

import pytest

from civgeo.domain.facility import FacilityKind, FacilityStatus

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


@pytest.mark.parametrize("kind", list(FacilityKind))
def test_every_kind_of_facility_has_a_chinese_label(kind):
    assert kind.label_zh
    assert all("\u4e00" <= char <= "\u9fff" or char in "（）" for char in kind.label_zh)
    assert kind.value == kind.name.lower()
    assert FacilityKind(kind.value) is kind


def test_labels_tell_the_kinds_apart():
    assert len({kind.label_zh for kind in FacilityKind}) == len(FacilityKind)


def test_every_kind_stands_in_the_glossary_with_its_label():
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    missing = [
        kind.value
        for kind in FacilityKind
        if not any(kind.value in line and kind.label_zh in line for line in lines)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "name",
    [
        "elder_care_home",
        "street_elder_care_centre",
        "regional_elder_care_centre",
        "community_day_care",
        "village_mutual_aid_home",
        "meal_point",
        "family_beds",
        "destitute_support_institution",
        "rehabilitation_aid_point",
        "community_service_facility",
        "social_work_station",
        "minors_protection_station",
        "volunteer_point",
        "lottery_point",
        "rescue_station",
        "columbarium",
        "funeral_home",
        "funeral_service_station",
        "cemetery_urban",
        "cemetery_rural",
        "cemetery_commercial",
    ],
)
def test_kinds_that_the_indicators_name_are_members(name):
    assert FacilityKind(name).value == name


def test_four_kinds_count_as_elder_care_rooms_of_estates():
    counted = {kind.value for kind in FacilityKind if kind.counts_as_estate_elder_care}
    assert counted == {
        "street_elder_care_centre",
        "community_elder_care_place",
        "community_day_care",
        "meal_point",
    }


def test_community_service_facility_of_the_other_thirty_is_never_counted():
    assert not FacilityKind.COMMUNITY_SERVICE_FACILITY.counts_as_estate_elder_care
    assert not FacilityKind.VILLAGE_SERVICE_FACILITY.counts_as_estate_elder_care


def test_homes_have_beds_and_cemeteries_have_none():
    assert FacilityKind.ELDER_CARE_HOME.has_beds
    assert FacilityKind.FAMILY_BEDS.has_beds
    assert not FacilityKind.CEMETERY_URBAN.has_beds
    assert not FacilityKind.MEAL_POINT.has_beds


def test_every_status_has_a_chinese_label():
    assert [status.label_zh for status in FacilityStatus] == ["规划", "运营", "暂停", "已关闭"]
