"""Kinds of civil-affairs facility, as the indicators of the plans name them."""

from enum import StrEnum

__all__ = ["FacilityKind", "FacilityStatus"]


class FacilityKind(StrEnum):
    """Kind of facility, with the Chinese label of the plans.

    The members follow the indicators of the five city plans: elder care, destitute support,
    rehabilitation, communities, social work, minors, volunteers, lottery, rescue, funerals.
    """

    label_zh: str

    def __new__(cls, value: str, label_zh: str) -> "FacilityKind":
        """Member with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_zh = label_zh
        return member

    ELDER_CARE_HOME = "elder_care_home", "养老机构"
    STREET_ELDER_CARE_CENTRE = "street_elder_care_centre", "街道综合养老服务中心"
    REGIONAL_ELDER_CARE_CENTRE = "regional_elder_care_centre", "区域养老服务中心"
    COUNTY_ELDER_CARE_DEMONSTRATION_CENTRE = (
        "county_elder_care_demonstration_centre",
        "县级养老服务示范中心",
    )
    ELDER_CARE_COMPLEX = "elder_care_complex", "养老服务综合体"
    COMMUNITY_ELDER_CARE_PLACE = "community_elder_care_place", "社区养老服务场所"
    COMMUNITY_DAY_CARE = "community_day_care", "社区日间照料中心"
    VILLAGE_MUTUAL_AID_HOME = "village_mutual_aid_home", "农村互助养老服务设施"
    MEAL_POINT = "meal_point", "老年助餐点"
    FAMILY_BEDS = "family_beds", "家庭养老床位"
    DESTITUTE_SUPPORT_INSTITUTION = "destitute_support_institution", "特困人员供养服务机构"
    DISABLED_DESTITUTE_INSTITUTION = "disabled_destitute_institution", "失能特困人员供养机构"
    REHABILITATION_AID_POINT = "rehabilitation_aid_point", "康复辅具租赁点"
    MENTAL_REHABILITATION_POINT = "mental_rehabilitation_point", "精神障碍社区康复服务点"
    COMMUNITY_SERVICE_FACILITY = "community_service_facility", "社区综合服务设施"
    VILLAGE_SERVICE_FACILITY = "village_service_facility", "村级综合服务设施"
    SOCIAL_WORK_STATION = "social_work_station", "乡镇（街道）社工站"
    MINORS_PROTECTION_STATION = "minors_protection_station", "未成年人保护工作站"
    VOLUNTEER_POINT = "volunteer_point", "志愿服务站点"
    SOCIAL_ORGANISATION_VENUE = "social_organisation_venue", "社会组织活动场所"
    LOTTERY_POINT = "lottery_point", "福利彩票销售站点"
    RESCUE_STATION = "rescue_station", "救助管理站"
    FUNERAL_HOME = "funeral_home", "殡仪馆"
    FUNERAL_SERVICE_STATION = "funeral_service_station", "殡仪服务站"
    COLUMBARIUM = "columbarium", "骨灰堂"
    CEMETERY_URBAN = "cemetery_urban", "城市公益性公墓"
    CEMETERY_RURAL = "cemetery_rural", "农村公益性公墓"
    CEMETERY_COMMERCIAL = "cemetery_commercial", "经营性公墓"

    @property
    def counts_as_estate_elder_care(self) -> bool:
        """Whether its floor area counts as the elder-care rooms built for housing estates.

        Institutions (homes, regional and county centres) serve other indicators, and the
        community service facilities of the other "30 m2" are a record of their own: neither is
        added here.
        """
        return self in _ESTATE_ELDER_CARE

    @property
    def has_beds(self) -> bool:
        """Whether beds are part of what the kind is registered for."""
        return self in _WITH_BEDS


_ESTATE_ELDER_CARE = frozenset(
    {
        FacilityKind.STREET_ELDER_CARE_CENTRE,
        FacilityKind.COMMUNITY_ELDER_CARE_PLACE,
        FacilityKind.COMMUNITY_DAY_CARE,
        FacilityKind.MEAL_POINT,
    }
)
_WITH_BEDS = frozenset(
    {
        FacilityKind.ELDER_CARE_HOME,
        FacilityKind.STREET_ELDER_CARE_CENTRE,
        FacilityKind.REGIONAL_ELDER_CARE_CENTRE,
        FacilityKind.COUNTY_ELDER_CARE_DEMONSTRATION_CENTRE,
        FacilityKind.ELDER_CARE_COMPLEX,
        FacilityKind.COMMUNITY_DAY_CARE,
        FacilityKind.VILLAGE_MUTUAL_AID_HOME,
        FacilityKind.FAMILY_BEDS,
        FacilityKind.DESTITUTE_SUPPORT_INSTITUTION,
        FacilityKind.DISABLED_DESTITUTE_INSTITUTION,
    }
)


class FacilityStatus(StrEnum):
    """Whether a facility serves today; only ``operating`` counts as present."""

    PLANNED = "planned"
    OPERATING = "operating"
    SUSPENDED = "suspended"
    CLOSED = "closed"

    @property
    def label_zh(self) -> str:
        """Status in Chinese."""
        labels = {"planned": "规划", "operating": "运营", "suspended": "暂停", "closed": "已关闭"}
        return labels[self.value]
