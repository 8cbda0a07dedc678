from datetime import date

import numpy as np
import pandas as pd
import pytest
from analysis_frames import TOWN, estates_frame, facilities_frame
from shapely import Point, Polygon

from civgeo.analysis.coverage import UnitLevel, floor_area_per_100_households
from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind
from civgeo.formats.reference import standards

BOOK = standards()
ON = date(2026, 3, 1)
NEW, EXISTING = EstateClass.NEW, EstateClass.EXISTING
LEVELS = list(UnitLevel)
DIGITS = {UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6}


def coverage(estates, facilities, level=UnitLevel.ESTATE, on=ON):
    """Measure of rows given as dictionaries; their communities are reporting areas too."""
    homes, sites = estates_frame(*estates), facilities_frame(*facilities)
    if level is UnitLevel.REPORTING_AREA:
        homes = homes.assign(reporting_area=homes["community"])
        sites = sites.assign(reporting_area=sites["community"])
    return floor_area_per_100_households(homes, sites, level=level, book=BOOK, on=on)


def one(households=100, *areas, **given):
    """Row of the result for one estate with facilities of these areas."""
    estate = {"id": "e", "households": households, **given}
    sites = [{"estate": "e", "floor_area_m2": m2} for m2 in areas]
    return coverage([estate], sites).loc["e"]


# Thresholds and what is counted.


def test_three_sites_that_sum_to_exactly_thirty_meet():
    row = one(100, 10.1, 10.2, 9.7)
    assert (row["total_m2"], row["required_m2"], row["gap_m2"]) == (30.0, 30.0, 0.0)
    assert row["m2_per_100_households"] == 30.0
    assert row["meets"] is True or row["meets"] == np.True_
    assert row["facilities"] == 3


@pytest.mark.parametrize(("m2", "meets"), [(29.9999, False), (30.0, True), (30.0001, True)])
def test_one_ten_thousandth_decides(m2, meets):
    row = one(100, m2)
    assert bool(row["meets"]) is meets
    assert row["gap_m2"] == (0.0001 if m2 < 30 else 0)
    assert row["surplus_m2"] == (0.0001 if m2 > 30 else 0)


@pytest.mark.parametrize(("m2", "meets"), [(39.9999, False), (40.0, True)])
def test_mixed_estate_needs_the_sum_of_its_parts(m2, meets):
    row = one(150, m2, estate_class="mixed", households_new=100)
    assert row["required_m2"] == 40.0
    assert (row["households_new"], row["households_existing"]) == (100, 50)
    assert bool(row["meets"]) is meets
    assert row["standard_new"].endswith("new")
    assert row["standard_existing"].endswith("existing")


def test_class_without_homes_in_the_unit_cites_no_standard():
    row = one(100, 30.0, estate_class="existing")
    assert pd.isna(row["standard_new"])
    assert row["required_m2"] == 20.0


def test_no_facility_is_a_gap_of_all_that_is_required():
    row = one(100)
    assert (row["total_m2"], row["gap_m2"], row["facilities"]) == (0.0, 30.0, 0)
    assert not row["meets"]


@pytest.mark.parametrize("status", ["planned", "suspended", "closed"])
def test_only_operating_facilities_are_counted(status):
    sites = [
        {"estate": "e", "floor_area_m2": 30.0, "status": status},
        {"estate": "e", "floor_area_m2": 7.0},
    ]
    row = coverage([{"id": "e", "households": 100}], sites).loc["e"]
    assert (row["total_m2"], row["facilities"]) == (7.0, 1)


@pytest.mark.parametrize("level", LEVELS)
def test_only_elder_care_rooms_of_estates_are_counted(level):
    estate = {"id": "e", "households": 100, "community": TOWN + "001"}
    kinds = list(FacilityKind)
    sites = [
        {"kind": kind.value, "estate": "e", "community": TOWN + "001", "floor_area_m2": 2.0**n}
        for n, kind in enumerate(kinds)
    ]
    found = coverage([estate], sites, level).iloc[0]
    counted = [n for n, kind in enumerate(kinds) if kind.counts_as_estate_elder_care]
    assert found["total_m2"] == sum(2.0**n for n in counted)
    assert found["facilities"] == len(counted) == 4


def test_community_service_facilities_are_no_elder_care_rooms():
    site = {"kind": "community_service_facility", "estate": "e", "floor_area_m2": 30.0}
    assert coverage([{"id": "e", "households": 100}], [site]).loc["e", "total_m2"] == 0.0


def test_facility_of_no_estate_counts_for_the_area_alone():
    estates, site = [{"id": "e", "households": 100}], {"floor_area_m2": 40.0}
    assert coverage(estates, [site]).loc["e", "total_m2"] == 0.0
    assert coverage(estates, [site], UnitLevel.TOWNSHIP).loc[TOWN, "total_m2"] == 40.0


def test_facility_of_an_estate_that_is_not_asked_about_is_left_out():
    site = {"estate": "elsewhere", "floor_area_m2": 40.0}
    assert list(coverage([{"id": "e", "households": 100}], [site]).index) == ["e"]


def test_facility_registered_for_a_county_alone_makes_no_township():
    site = {"division": "411702", "floor_area_m2": 40.0}
    estates = [{"id": "e", "households": 100}]
    assert list(coverage(estates, [site], UnitLevel.TOWNSHIP).index) == [TOWN]
    assert coverage(estates, [site], UnitLevel.COUNTY).loc["411702", "total_m2"] == 40.0


# What is not known.


def test_unknown_households_are_not_assessed_and_the_area_still_shown():
    row = one(None, 30.0)
    assert row["status"] == "not_assessed"
    assert "户数未登记" in row["reason"]
    assert row["total_m2"] == 30.0
    assert pd.isna(row["meets"])
    assert np.isnan([row["required_m2"], row["m2_per_100_households"], row["gap_m2"]]).all()


def test_one_estate_of_unknown_size_leaves_its_township_not_assessed():
    rows = [{"households": 100}, {"households": None}]
    found = coverage(rows, [{"floor_area_m2": 900.0}], UnitLevel.TOWNSHIP).loc[TOWN]
    assert (found["status"], found["estates"], found["estates_assessed"]) == ("not_assessed", 2, 1)
    assert "1 个小区" in found["reason"]


def test_zero_households_are_undefined():
    row = one(0, 30.0)
    assert row["status"] == "undefined"
    assert pd.isna(row["meets"])
    assert np.isnan(row["m2_per_100_households"])


def test_unknown_area_that_could_decide_is_unverified():
    row = one(100, 10.0, None)
    assert row["status"] == "unverified"
    assert "1 处设施的面积未登记" in row["reason"]
    assert (row["total_m2"], row["facilities"]) == (10.0, 2)


def test_unknown_area_changes_nothing_where_the_known_ones_suffice():
    row = one(100, 30.0, None)
    assert row["status"] == "ok"
    assert row["meets"]


def test_place_without_a_standard_is_not_assessed():
    row = one(100, 500.0, division="320481001")
    assert row["status"] == "not_assessed"
    assert "320481" in row["reason"]
    assert pd.isna(row["meets"])
    assert pd.isna(row["standard_new"])


def test_undated_standard_is_applied_but_unverified():
    row = one(100, 20.0, division="440106001")
    assert row["status"] == "unverified"
    assert row["meets"]


def test_township_with_a_facility_but_no_estate_is_undefined():
    site = {"division": "411702005", "floor_area_m2": 30.0}
    found = coverage([{"households": 100}], [site], UnitLevel.TOWNSHIP)
    assert found.loc["411702005", "status"] == "undefined"
    assert found.loc["411702005", "estates"] == 0
    assert found.loc["411702005", "total_m2"] == 30.0


def test_estate_outside_every_community_is_in_no_community_but_in_its_township():
    rows = [
        {"id": "in", "households": 100, "community": TOWN + "001"},
        {"id": "out", "households": 50},
    ]
    assert list(coverage(rows, [], UnitLevel.COMMUNITY)["households"]) == [100]
    assert list(coverage(rows, [], UnitLevel.TOWNSHIP)["households"]) == [150]


def test_single_sites_below_the_minimum_are_counted_and_change_no_verdict():
    row = one(100, 10.0, 349.9999, 350.0, division="340102001")
    assert row["sites_below_minimum"] == 2
    assert row["meets"]
    assert one(100, 10.0)["sites_below_minimum"] == 0


@pytest.mark.parametrize("level", LEVELS)
def test_empty_frames_give_an_empty_result_with_every_column(level):
    empty = coverage([], [], level)
    full = coverage([{"households": 1, "community": TOWN + "001"}], [], level)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert empty.crs == full.crs
    assert str(empty["meets"].dtype) == "boolean"


@pytest.mark.parametrize("level", LEVELS)
def test_facilities_without_any_estate_are_shown_with_their_areas(level):
    site = {"community": TOWN + "001", "estate": "e", "floor_area_m2": 12.5}
    found = coverage([], [site], level)
    assert list(found["total_m2"]) == ([] if level is UnitLevel.ESTATE else [12.5])


# Form of the result.


def test_estates_keep_index_order_and_geometry():
    square = Polygon([(114, 33), (114.01, 33), (114.01, 33.01)])
    rows = [
        {"id": "z", "households": 3, "geometry": square},
        {"id": "a", "households": 2},
        {"id": "m", "households": 1, "geometry": Point(114.5, 33)},
    ]
    found = coverage(rows, [{"estate": "m", "floor_area_m2": 1.0}])
    assert list(found.index) == ["z", "a", "m"]
    assert list(found["households"]) == [3, 2, 1]
    assert found.geometry.loc["z"].equals(square)
    assert found.crs.to_epsg() == 4490


def test_inputs_are_left_as_they_were():
    estates = estates_frame({"id": "e", "households": 100})
    facilities = facilities_frame({"estate": "e", "floor_area_m2": 3.0})
    before = estates.copy(), facilities.copy()
    floor_area_per_100_households(estates, facilities, level=UnitLevel.COUNTY, book=BOOK, on=ON)
    pd.testing.assert_frame_equal(estates, before[0])
    pd.testing.assert_frame_equal(facilities, before[1])


def test_areas_say_how_many_of_their_estates_meet_by_themselves():
    rows = [{"id": name, "households": 100} for name in "abc"] + [{"id": "d", "households": 0}]
    sites = [{"estate": "a", "floor_area_m2": 100.0}, {"estate": "b", "floor_area_m2": 10.0}]
    found = coverage(rows, sites, UnitLevel.CITY).iloc[0]
    assert (found["estates"], found["estates_assessed"], found["estates_meeting"]) == (4, 3, 1)
    assert found["meets"]


@pytest.mark.parametrize("level", LEVELS)
def test_unit_is_simulated_when_any_of_its_estates_is(level):
    rows = [
        {"id": "a", "households": 1, "simulated": False, "community": TOWN + "001"},
        {"id": "b", "households": 1, "simulated": True, "community": TOWN + "001"},
    ]
    found = coverage(rows, [], level)
    assert list(found["simulated"]) == ([False, True] if level is UnitLevel.ESTATE else [True])


# Every level agrees with the verdict of the domain, unit by unit.
