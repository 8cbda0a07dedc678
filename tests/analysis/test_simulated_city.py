from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from civgeo.analysis.coverage import UnitLevel, floor_area_per_100_households
from civgeo.analysis.fictional_city import FICTIONAL_CITY, fictional_divisions
from civgeo.analysis.simulated_city import CityPlan, simulate_estates
from civgeo.analysis.simulated_facilities import simulate_facilities
from civgeo.domain.division import DivisionCode, class_label
from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind
from civgeo.domain.standard import TOPIC_FLOOR_AREA, Standard, StandardBook
from civgeo.geo.frames import check_divisions, check_estates, check_facilities

DIVISIONS = fictional_divisions()
COUNTIES = DIVISIONS[DIVISIONS["level"] == "county"]
TOWNS = DIVISIONS[DIVISIONS["level"] == "township"]
AIMED = {EstateClass.NEW: 30.0, EstateClass.EXISTING: 20.0, EstateClass.MIXED: 25.0}


def drawn(seed=1, estates=400, new_from=date(2019, 1, 1)):
    seats = COUNTIES.geometry.representative_point()
    plan = CityPlan(COUNTIES, TOWNS, seats, estates, 2025, new_from)
    rng = np.random.default_rng(seed)
    homes, communities = simulate_estates(plan, rng, lambda done, total: None)
    sites = simulate_facilities(homes, TOWNS["name"], AIMED, rng, last_year=2026)
    return homes, communities, sites


@pytest.fixture(scope="module")
def city():
    return drawn()


def test_fictional_city_is_valid_and_obviously_invented():
    check_divisions(DIVISIONS)
    outlines = DIVISIONS.geometry.dropna()
    assert len(outlines) == 7
    assert outlines.is_valid.all()
    assert DIVISIONS["simulated"].all()
    assert all(code.startswith("99") for code in DIVISIONS.index)


def test_counties_of_the_fictional_city_cover_it_and_do_not_overlap():
    whole, cells = DIVISIONS.geometry.loc[FICTIONAL_CITY], COUNTIES.geometry.to_numpy()
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(cells), whole)) < 1e-12
    assert shapely.area(cells).sum() == pytest.approx(shapely.area(whole), rel=1e-12)


def test_townships_of_the_fictional_city_have_codes_that_fit_their_names():
    for code, name in TOWNS["name"].items():
        assert class_label(DivisionCode.parse(code)) == ("街道" if name.endswith("街道") else "镇")
    assert TOWNS["parent"].isin(COUNTIES.index).all()
    assert DIVISIONS["name"].is_unique


def test_same_seed_draws_the_same_city_and_another_seed_another(city):
    again = drawn()
    for one, other in zip(city, again, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert not drawn(seed=2)[0].index.equals(city[0].index)


def test_simulated_frames_are_as_the_store_wants_them(city):
    homes, communities, sites = city
    check_estates(homes)
    check_divisions(communities)
    check_facilities(sites)


def test_everything_simulated_says_so(city):
    for frame in city:
        assert frame["simulated"].all()
        assert frame["source"].str.contains("模拟").all()
    assert city[1]["name"].str.contains("模拟").all()


def test_every_estate_lies_inside_its_county(city):
    homes = city[0]
    outlines = COUNTIES.geometry.reindex(homes["division"].str[:6])
    assert shapely.contains(outlines.to_numpy(), homes.geometry.to_numpy()).all()
    assert homes["division"].isin(TOWNS.index).all()
    assert set(homes["division"].str[:6]) == set(COUNTIES.index)


def test_estates_do_not_touch_each_other(city):
    homes = city[0].geometry
    tree = shapely.STRtree(homes.to_numpy())
    one, other = tree.query(homes.to_numpy(), predicate="intersects")
    assert (one == other).all()
    assert homes.is_valid.all()


def test_communities_are_numbered_outside_the_ranges_of_real_ones(city):
    homes, communities, _ = city
    assert (homes["community"].str[:9] == homes["division"]).all()
    assert homes["community"].str[9:].astype(int).between(901, 999).all()
    assert set(homes["community"]) == set(communities.index)
    assert communities.geometry.isna().all()
    households = homes.groupby("community")["households"].sum()
    assert households.median() == pytest.approx(1_900, rel=0.4)


def test_class_of_an_estate_follows_its_year_of_completion(city):
    homes = city[0]
    existing = homes["estate_class"] == "existing"
    assert (homes.loc[existing, "completed_year"] <= 2018).all()
    assert (homes.loc[~existing, "completed_year"] >= 2019).all()
    assert set(homes["estate_class"]) == {"new", "existing", "mixed"}
    mixed = homes[homes["estate_class"] == "mixed"]
    assert mixed["households_new"].between(0, mixed["households"]).all()


def test_without_a_rule_every_estate_is_existing():
    assert set(drawn(estates=100, new_from=None)[0]["estate_class"]) == {"existing"}


def test_people_fit_their_homes(city):
    homes = city[0]
    assert homes["households"].between(60, 2_600).all()
    assert (homes["elders"] < homes["households"]).all()
    assert homes.groupby("division")["name"].apply(lambda names: names.is_unique).all()
    assert set(homes["stage"]) == {"planned", "built", "accepted", "handed_over"}


BURIAL = (
    *(FacilityKind.COLUMBARIUM, FacilityKind.CEMETERY_URBAN),
    *(FacilityKind.CEMETERY_RURAL, FacilityKind.CEMETERY_COMMERCIAL),
)


def test_every_kind_of_facility_but_burial_places_is_there_with_its_floor_area_and_beds(city):
    sites = city[2]
    kinds = [kind for kind in FacilityKind if kind not in BURIAL]
    assert set(sites["kind"]) == {kind.value for kind in kinds}
    assert (sites["floor_area_m2"] > 0).all()
    assert (sites["nursing_beds"] <= sites["beds"]).all()
    beds = sites.groupby("kind")["beds"].sum()
    for kind in kinds:
        assert bool(beds[kind.value]) is kind.has_beds


def test_rooms_built_for_an_estate_stand_in_it(city):
    homes, _, sites = city
    built = sites[sites["estate"].notna()]
    around = homes.geometry.loc[built["estate"]].to_numpy()
    assert shapely.contains(around, built.geometry.to_numpy()).all()
    assert (homes["division"].loc[built["estate"]].to_numpy() == built["division"]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thirty_to_seventy_percent_of_the_estates_meet(seed):
    homes, _, sites = drawn(seed)
    found = floor_area_per_100_households(
        homes, sites, level=UnitLevel.ESTATE, book=thirty_and_twenty(), on=date(2026, 3, 1)
    )
    assert (found["status"] == "ok").all()
    assert 0.3 <= found["meets"].astype(float).mean() <= 0.7


def thirty_and_twenty():
    def standard(part, value):
        return Standard(
            id=part,
            topic=TOPIC_FLOOR_AREA,
            place="虚构市",
            adcode=FICTIONAL_CITY,
            regulation="示例",
            valid_from="2019-01-01",
            quantity="",
            operator=">=",
            value=value,
            unit="m2",
            applies_to="",
            evidence="-",
            estate_class=part,
        )

    return StandardBook((standard("new", 30), standard("existing", 20)), "test")
