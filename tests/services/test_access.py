"""Access over a store."""

import numpy as np
import pytest

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.facility import FacilityKind
from civgeo.errors import InvalidInput
from civgeo.services.access import DecayKind, Supply, access_document, city_access
from civgeo.services.reach import People
from walking_city import KIND, founded

KINDS = [kind for kind in FacilityKind if kind.value == KIND]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = founded(tmp_path_factory.mktemp("access") / "store")
    yield made
    made.store.close()


def test_the_beds_of_one_facility_are_shared_by_those_who_reach_it(city):
    found = city_access(city, KINDS, decay=DecayKind.NONE)
    # 20 beds, and only the 50 elders of the estate nearby
    assert found.estates.loc["near", "access"] == pytest.approx(400)
    assert (found.estates["access"].drop("near") == 0).all()
    people = found.estates["people"].to_numpy()
    assert (people * found.access.access).sum() == pytest.approx(20)
    assert found.gini == pytest.approx(1 - 50 / people.sum())


def test_the_document_tells_supply_curve_and_counties(city):
    document = access_document(city_access(city, KINDS))
    assert document["supply_reached"] == document["supply_total"] == 20
    assert document["unit"] == "张床位/千人"
    assert document["lorenz"][0] == {"people_share": 0, "access_share": 0}
    assert document["lorenz"][-1] == {"people_share": 1, "access_share": 1}
    counties = {unit["name"]: unit for unit in document["units"]}
    assert counties["甲区"]["people"] == 90
    assert counties["乙县"]["access"] == 0
    assert counties["乙县"]["share_without"] == 1


def test_units_and_area_bound_what_is_shown_not_who_competes(city):
    whole = city_access(city, KINDS)
    part = city_access(city, KINDS, division="990102", level=UnitLevel.TOWNSHIP)
    assert set(part.estates.index) < set(whole.estates.index)
    assert np.array_equal(part.access.access, whole.access.access)
    sites = city_access(city, KINDS, supply=Supply.SITES, people=People.HOUSEHOLDS)
    assert sites.estates.loc["near", "access"] == pytest.approx(10)


def test_what_cannot_be_answered_is_refused(city):
    with pytest.raises(InvalidInput, match="种类"):
        city_access(city, [])
    with pytest.raises(InvalidInput, match="统计范围"):
        city_access(city, KINDS, level=UnitLevel.REPORTING_AREA)


def test_nobody_within_reach_has_no_gini(city):
    cemetery = [kind for kind in FacilityKind if kind.value == "cemetery_rural"]
    document = access_document(city_access(city, cemetery))
    assert document["gini"] is None
    assert document["mean"] == 0
