import hashlib
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from civgeo.assets import packaged_data
from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.standard import TOPIC_CLASS_FROM, TOPIC_FLOOR_AREA
from civgeo.formats.reference import county_lineage, edition, seats, standards

TODAY = date(2026, 11, 22)
ZHUMADIAN, SUIZHOU, LIYANG = (DivisionCode.parse(c) for c in ("411702", "421303", "320481"))
COMMUNITY_SERVICE = "community_service_area_per_100hh"


@pytest.mark.parametrize("folder", ["boundaries", "gazetteer"])
def test_sources_list_every_file_with_its_sha256(folder):
    text = packaged_data(f"{folder}/SOURCES.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\S+\.\w+) \|.*\| `([0-9a-f]{64})` \|$", text, re.MULTILINE))
    there = {
        name: hashlib.sha256(packaged_data(f"{folder}/{name}").read_bytes()).hexdigest()
        for name in listed
    }
    assert listed == there


@pytest.mark.parametrize("folder", ["boundaries", "gazetteer"])
def test_every_data_file_is_listed_in_sources(folder):
    sources = packaged_data(f"{folder}/SOURCES.md")
    text = sources.read_text(encoding="utf-8")
    names = {p.name for p in sources.parent.iterdir() if p.name != "SOURCES.md"}
    assert [name for name in names if f"| {name} |" not in text] == []


@pytest.mark.parametrize(
    ("stale", "followed_by"),
    [
        ("412824", ("411721",)),
        ("410381", ("410307",)),
        ("410322", ("410308",)),
        ("120225", ("120119",)),
        ("412800", ("411700",)),
        ("410306", ()),
    ],
)
def test_lineage_says_what_followed_a_stale_code(stale, followed_by):
    assert county_lineage().successors(stale) == followed_by


def test_lineage_gives_the_years_of_a_code():
    period = county_lineage().latest("412824")
    assert (period.name, period.first_year, period.last_year) == ("西平县", 1980, 1999)
    assert period.inferred


def test_lineage_ends_with_the_list_of_2024():
    assert county_lineage().last_listed_year == 2024
    assert county_lineage().at("411721", TODAY).name == "西平县"


def test_statistical_area_was_never_listed():
    assert county_lineage().periods("411771") == ()


def test_periods_of_one_code_never_overlap():
    lineage = county_lineage()
    for code in {period.code for period in lineage.entries}:
        periods = lineage.periods(code)
        assert all(a.last_year < b.first_year for a, b in pairwise(periods))


def test_every_successor_is_a_code_of_the_year_after():
    lineage = county_lineage()
    missing = [
        (period.code, code)
        for period in lineage.entries
        for code in period.successors
        if lineage.at(code, date(period.last_year + 1, 12, 31)) is None
    ]
    assert missing == []


def test_no_period_that_still_runs_has_a_successor():
    lineage = county_lineage()
    assert not [p for p in lineage.entries if p.last_year == 2024 and p.successors]


def test_standard_ids_are_unique():
    counts = Counter(standard.id for standard in standards().standards)
    assert [id_ for id_, count in counts.items() if count > 1] == []


def test_standards_carry_the_edition():
    assert standards().edition == edition() == "2026.11"


@pytest.mark.parametrize(
    ("division", "estate_class", "value"),
    [
        (ZHUMADIAN, EstateClass.NEW, Decimal(30)),
        (ZHUMADIAN, EstateClass.EXISTING, Decimal(20)),
        (SUIZHOU, EstateClass.NEW, Decimal(20)),
    ],
)
def test_floor_area_figure_of_the_place_is_chosen(division, estate_class, value):
    chosen = standards().choose(TOPIC_FLOOR_AREA, division, TODAY, estate_class)
    assert (chosen.value, chosen.operator) == (value, ">=")


@pytest.mark.parametrize(
    ("division", "estate_class"),
    [
        (SUIZHOU, EstateClass.EXISTING),
        (LIYANG, EstateClass.NEW),
        (LIYANG, EstateClass.EXISTING),
    ],
)
def test_places_without_an_enabled_figure_have_none(division, estate_class):
    assert standards().choose(TOPIC_FLOOR_AREA, division, TODAY, estate_class) is None


def test_citys_own_figure_goes_before_its_provinces():
    chosen = standards().choose(TOPIC_FLOOR_AREA, ZHUMADIAN, TODAY, EstateClass.NEW)
    assert chosen.id == "elder_area_per_100hh-411700-2023-01-12-new"


def test_figure_that_repeats_another_is_never_cited():
    shandong = DivisionCode.parse("370102")
    chosen = standards().choose(TOPIC_FLOOR_AREA, shandong, TODAY, EstateClass.NEW)
    assert chosen.regulation == "山东省养老服务条例"
    repeating = [s for s in standards().standards if s.repeats]
    assert [(s.regulation, s.repeats) for s in repeating] == [("山东省老年教育条例", chosen.id)]


def test_community_service_area_is_a_topic_of_its_own():
    found = {s.adcode: s for s in standards().about(COMMUNITY_SERVICE)}
    assert sorted(found) == ["320481", "411700"]
    assert all(s.value == 30 and s.evidence == "S" for s in found.values())
    assert standards().choose(COMMUNITY_SERVICE, ZHUMADIAN, TODAY).adcode == "411700"


def test_zhumadian_counts_estates_as_new_from_the_provinces_day():
    record = standards().new_estates_from(ZHUMADIAN, TODAY)
    assert (record.adcode, record.valid_from, record.evidence) == ("410000", "2019-01-01", "C")


def test_city_with_an_older_figure_than_its_province_has_its_own_day():
    qingdao, weifang = DivisionCode.parse("370202"), DivisionCode.parse("370702")
    assert standards().new_estates_from(qingdao, TODAY).valid_from == "2015-05-01"
    assert standards().new_estates_from(weifang, TODAY).valid_from == "2020-05-01"
    assert standards().new_estates_from(LIYANG, TODAY) is None


def test_every_floor_area_record_names_its_class_and_basis():
    records = standards().about(TOPIC_FLOOR_AREA)
    assert len(records) == 32
    assert {s.estate_class for s in records} == {"new", "existing", "both"}
    assert {s.area_basis for s in records} == {"gross", "net", "unspecified"}
    net = [s.adcode for s in records if s.area_basis == "net"]
    assert net == ["330600"]


def test_operators_are_comparisons_or_empty():
    book = standards().standards
    assert {s.operator for s in book} <= {">=", ">", "<=", "<", "=", "range", ""}
    forbidden = next(s for s in book if s.topic == "cemetery_distance" and s.adcode == "411700")
    assert forbidden.value == 500
    assert "operator as collected: forbidden_within" in forbidden.note


def test_drafts_stay_switched_off():
    drafts = [s for s in standards().standards if "DRAFT only" in s.note]
    assert drafts
    assert not any(s.enabled for s in drafts)


def test_days_of_class_change_are_computed_records():
    records = standards().about(TOPIC_CLASS_FROM)
    assert len(records) == 10
    assert all(s.evidence == "C" and s.value is None and s.valid_from for s in records)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("411702", 114.02, 32.98),
        ("411721", 114.02, 33.38),
        ("411728", 114.00, 33.15),
        ("320481", 119.48, 31.43),
    ],
)
def test_known_seats_lie_where_the_town_is(code, lon, lat):
    seat = seats().geometry.loc[code]
    assert (seat.x, seat.y) == pytest.approx((lon, lat), abs=0.015)


def test_seats_are_one_a_district_in_cgcs2000():
    frame = seats()
    assert frame.crs.to_epsg() == 4490
    assert frame.index.is_unique
    assert len(frame) == 2063
    assert sum(code.startswith("4117") for code in frame.index) == 10
