"""Reach, why and service areas over a store."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
import shapely

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.domain.facility import FacilityKind
from civgeo.domain.history import Edit
from civgeo.domain.reach_reason import ReachReason
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.reach import People, reach_coverage
from civgeo.services.reach_views import (
    reach_document,
    reach_spreadsheet,
    uncovered,
    uncovered_geojson,
)
from civgeo.services.service_areas import city_service_areas
from civgeo.services.why import Place, why_reached
from civgeo.store.tables import Collection
from planning_layers import lines, points
from specimen_names import name_records
from walking_city import HOSTILE, KIND, estates, facilities, founded

KINDS = [kind for kind in FacilityKind if kind.value == KIND]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = founded(tmp_path_factory.mktemp("walking") / "store")
    yield made
    made.store.close()


def test_each_reason_has_its_households_and_they_part_the_unreached(city):
    found = reach_coverage(city, KINDS)
    assert (found.total, found.reached, found.share) == (190, 100, Fraction(10, 19))
    assert found.reasons == {
        ReachReason.NO_FACILITY: 0,
        ReachReason.UNSNAPPED: 7,
        ReachReason.FULL: 0,
        ReachReason.BARRIER: 50,
        ReachReason.SLOW: 20,
        ReachReason.DISCONNECTED: 3,
        ReachReason.FAR: 10,
    }
    assert found.uncounted == ("unknown",)
    assert found.straight_reached == 157
    assert found.band.at_0_8 == 100
    assert found.band.at_1_2 == 120
    assert found.band.without_access == 100


def test_units_add_up_at_every_level(city):
    for level in (UnitLevel.ESTATE, UnitLevel.TOWNSHIP, UnitLevel.COUNTY, UnitLevel.CITY):
        found = reach_coverage(city, KINDS, level=level)
        assert found.units["people"].sum() == found.total
        assert found.units["reached"].sum() == found.reached
        parts = found.units[[reason.value for reason in ReachReason]].to_numpy().sum()
        assert parts == found.total - found.reached
    counties = reach_coverage(city, KINDS).units
    assert counties["name"].tolist() == ["甲区", "乙县"]
    assert counties["share"].tolist() == [Fraction(100, 180), Fraction(0)]


def test_elders_a_part_of_the_city_and_slower_walkers(city):
    elders = reach_coverage(city, KINDS, people=People.ELDERS, division="990102")
    assert (elders.total, elders.reached) == (90, 50)
    slower = reach_coverage(city, KINDS, terms=ReachTerms(speed_m_per_s=Decimal("0.2")))
    assert slower.reached == 0
    farther = reach_coverage(city, KINDS, terms=ReachTerms(minutes=Decimal(60)))
    assert farther.reached == 100 + 20 + 10


def test_within_beds_the_rest_of_an_estate_finds_no_room(city):
    found = reach_coverage(city, KINDS, people=People.ELDERS, within_beds=True)
    assert (found.total, found.reached) == (94, 20)
    assert found.reasons[ReachReason.FULL] == 30
    assert sum(found.reasons.values()) == 74
    assert found.estates.loc["near", ["reached", "reached_people"]].tolist() == [False, 20]
    assert found.band.at_0_8 == 50
    assert uncovered(found)["missed_people"].tolist() == [30, 25, 10, 5, 3, 1]


def test_reporting_areas_are_units_too(tmp_path):
    city = founded(tmp_path / "areas")
    row = {"id": "a1", "name": "开发区", "kind": "development_zone", "division": "990102"}
    around = points([(200, 0)]).geometry.iloc[0].buffer(0.002)
    with city.store.write() as writing:
        areas = name_records("reporting_areas", row | {"geometry": around})
        writing.add(Collection.REPORTING_AREAS, areas)
    units = reach_coverage(city, KINDS, level=UnitLevel.REPORTING_AREA).units
    assert units[["name", "people", "reached"]].to_numpy().tolist() == [["开发区", 150, 100]]
    city.store.close()


def test_the_uncovered_come_by_people_with_their_reasons(city):
    found = reach_coverage(city, KINDS)
    missed = uncovered(found)
    assert missed["people"].tolist() == [50, 20, 10, 7, 3]
    assert missed["barrier"].tolist() == [HOSTILE, None, None, None, None]
    book = openpyxl.load_workbook(BytesIO(reach_spreadsheet(found)))
    assert book.sheetnames == ["按县区", "未覆盖"]
    cells = [cell.value for row in book["未覆盖"].iter_rows() for cell in row]
    assert HOSTILE in cells
    assert any("模拟数据" in str(cell) for cell in cells)


def test_the_document_names_rule_versions_and_day(city):
    document = reach_document(reach_coverage(city, KINDS))
    assert document["numerator"] == 100
    assert document["denominator"] == 190
    assert document["percent"] == "52.6315789474"
    assert document["ratio"] == "100/190"
    assert document["on"] == "2026-03-01"
    assert document["limit_m"] == 900
    assert document["streets"]["source"] == "虚构道路"
    assert document["simulated"] is True
    assert sum(document["reasons"].values()) == 90
    assert document["overstated_by_straight_line"] == 57


def test_behind_the_river_the_why_names_it_and_the_crossing_that_would_mend_it(city):
    why = why_reached(city, Place(estate="behind"), KINDS)
    assert why.reason is ReachReason.BARRIER
    assert why.barrier == (HOSTILE, "river")
    assert why.nearest.id == "f1"
    assert why.crossing.length_m == pytest.approx(100, abs=0.1)
    assert why.crossing.walk_m <= 900
    assert why.route.geom_type == "LineString"
    assert "阻隔" in why.message


def test_a_reached_place_has_a_route_and_a_place_off_the_streets_has_none(city):
    why = why_reached(city, Place(estate="near"), KINDS)
    assert why.reached
    assert why.minutes == pytest.approx(200 / 60, abs=0.01)
    assert why.speeds == {Decimal("0.8"): True, Decimal("1.0"): True, Decimal("1.2"): True}
    off = why_reached(city, Place(estate="off"), KINDS)
    assert off.reason is ReachReason.UNSNAPPED
    assert off.route is None
    assert off.street_m == pytest.approx(600, abs=0.1)


def test_the_circle_of_all_holds_that_of_one_and_rings_are_nested(city):
    whole = city_service_areas(city, KINDS).areas.set_index("minutes")
    one = city_service_areas(city, KINDS, facilities=["f1"]).areas.set_index("minutes")
    assert one["facility"].tolist() == ["f1"] * 3
    rings = [one.geometry[minutes] for minutes in (5, 10, 15)]
    assert rings[2].area > rings[1].area > rings[0].area > 0
    assert shapely.area(shapely.difference(one.geometry[15], whole.geometry[15])) < 1e-9
    with pytest.raises(NotFound, match="f3"):
        city_service_areas(city, KINDS, facilities=["f3"])


def test_a_facility_that_opens_later_serves_nobody_before(tmp_path):
    made = founded(tmp_path / "later")
    with made.store.write() as writing:
        edit = Edit("测试员", "测试文件")
        writing.correct(Collection.FACILITIES, "f1", {"opened": "2026-02-01"}, edit, 1)
    assert reach_coverage(made, KINDS, on=date(2026, 2, 1)).reached == 100
    before = reach_coverage(made, KINDS, on=date(2026, 1, 31))
    assert (before.reached, before.reasons[ReachReason.NO_FACILITY]) == (0, 190)
    made.store.close()


def test_who_has_barriers_on_every_side_is_on_no_street_and_is_told_why(tmp_path):
    made = founded(tmp_path / "walled")
    wall = lines([[(-500, 20), (5_000, 20)]]).geometry.iloc[0]
    row = {"id": "w", "name": "长墙", "kind": "wall", "division": "990102", "geometry": wall}
    with made.store.write() as writing:
        writing.add(Collection.WALK_BARRIERS, name_records("walk_barriers", row))
        home = estates().iloc[[0]].rename(index={"near": "between"})
        home = home.set_geometry(points([(500, 30)]).geometry.to_numpy(), crs=home.crs)
        writing.add_estates(home)
    why = why_reached(made, Place(estate="between"), KINDS)
    assert why.reason is ReachReason.UNSNAPPED
    assert why.street_m is None
    assert "阻隔" in why.message
    found = reach_coverage(made, KINDS)
    assert found.estates.loc["between", "reason"] == "unsnapped"
    book = openpyxl.load_workbook(BytesIO(reach_spreadsheet(found)))
    rows = [row for row in book["未覆盖"].values if row[0] == home["name"].iloc[0]]
    assert rows
    assert json.loads(uncovered_geojson(found))["features"]
    made.store.close()


def test_a_facility_on_no_street_has_no_circle_and_the_others_have(tmp_path):
    made = founded(tmp_path / "off")
    with made.store.write() as writing:
        off = facilities().loc[["f1"]].rename(index={"f1": "f0"})
        off = off.set_geometry(points([(100, -600)]).geometry.to_numpy(), crs=off.crs)
        more = facilities().loc[["f1"]].rename(index={"f1": "f9"})
        writing.add_facilities(pd.concat([off, more]))
    areas = city_service_areas(made, KINDS, facilities=["f1", "f0", "f9"]).areas
    drawn = areas.set_index("facility")["geometry"].notna()
    assert drawn.groupby(level=0).all().to_dict() == {"f0": False, "f1": True, "f9": True}
    assert areas.loc[areas["facility"] == "f0", "finding"].notna().all()
    made.store.close()


def test_circles_too_wide_for_so_many_facilities_are_refused(city):
    with pytest.raises(InvalidInput, match="太大"):
        city_service_areas(city, KINDS, facilities=["f1"], minutes=[Decimal(950)])


def test_what_cannot_be_answered_is_refused(city, tmp_path):
    with pytest.raises(InvalidInput, match="种类"):
        reach_coverage(city, [])
    with pytest.raises(NotFound, match="小区"):
        why_reached(city, Place(estate="nowhere"), KINDS)
    for place in (Place(), Place("near", 114.0, 33.0), Place(lon=114.0)):
        with pytest.raises(InvalidInput, match="经度"):
            why_reached(city, place, KINDS)
    bare = founded(tmp_path / "bare", streets=False)
    with pytest.raises(NotFound, match="--as streets"):
        reach_coverage(bare, KINDS)
    bare.store.close()
