"""Every row of the catalogue of indicators, held against what the five plans ask for."""

import csv
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from civgeo.assets import packaged_data
from civgeo.domain.indicator import Measure, Operator
from civgeo.domain.indicator_catalogue import (
    COLUMNS,
    LAYERS_ZH,
    Counting,
    CoverageMeaning,
)
from civgeo.formats.funeral_layout import funeral_asks
from civgeo.formats.indicators import indicator_catalogue
from civgeo.services.indicator_units import UNIT_WORDS

CATALOGUE = indicator_catalogue()
SOURCES = Path(__file__).parents[2] / "data" / "gazetteer" / "SOURCES.md"
TARGETS = """
1 zhumadian_nursing_bed_share >= 55 2025
1 zhumadian_nursing_bed_share_exceeded > 55 2025
2 zhumadian_comprehensive_home_townships >= 60 2025
3 zhumadian_regional_centre_townships >= 60 2025
4 zhumadian_community_service_area >= 30 2025
4 liyang_community_service_area >= 30 2019
5 zhumadian_new_estate_area >= 30 -
5 zhumadian_new_estates_meeting >= 100 -
6 zhumadian_existing_estate_area >= 20 -
7 zhumadian_streets_with_care_2022 >= 100 2022
7 zhumadian_communities_with_care_2022 >= 100 2022
8 zhumadian_street_centre_2022 >= 100 2022
8 zhumadian_street_beds_2022 >= 100 2022
8 zhumadian_street_two_centres_2025 >= 100 2025
9 zhumadian_community_place_2022 >= 100 2022
10 zhumadian_urban_service_facility_2025 >= 100 2025
10 zhumadian_urban_day_care_2025 >= 100 2025
11 zhumadian_county_demonstration_yearly >= 100 -
12 zhumadian_county_disabled_institution_2022 >= 100 2022
12 suizhou_county_disabled_institution_2025 >= 100 2025
13 zhumadian_destitute_central_support_2025 >= 100 2025
14 zhumadian_smart_platforms_2022 >= 10 2022
14 zhumadian_smart_institutions_2022 >= 100 2022
15 zhumadian_aid_circle_area >= 50 2025
15 zhumadian_aid_sites >= 10 2025
15 zhumadian_aid_hall >= 1 2025
16 zhumadian_aid_fitting_2025 >= 95 2025
17 zhumadian_volunteer_points_2025 >= 80 2025
18 zhumadian_social_work_2025 >= 100 2025
18 zhumadian_social_work_counties_2022 >= 50 2022
18 zhumadian_social_work_urban_2022 >= 100 2022
19 zhumadian_minors_station_2025 >= 50 2025
19 zhumadian_minors_station_or_worker_2025 >= 100 2025
20 zhumadian_standard_communities_2025 >= 90 2025
21 zhumadian_social_org_venues >= 80 2025
22 zhumadian_county_burial_2025 >= 100 2025
23 zhumadian_urban_cemeteries_2025 >= 9 2025
23 zhumadian_township_cemeteries_2025 >= 123 2025
24 zhumadian_cemetery_area_township >= 50 -
24 zhumadian_cemetery_area_county >= 100 -
24 zhumadian_cemetery_area_city >= 200 -
25 zhumadian_plot_area_single <= 0.5 -
25 zhumadian_plot_area_joint <= 0.8 -
26 zhumadian_eco_burial_public_2025 >= 100 2025
26 zhumadian_eco_burial_commercial_2025 >= 30 2025
26 zhumadian_commercial_unsold_share >= 30 -
27 zhumadian_funeral_homes >= 100 -
27 zhumadian_funeral_stations >= - -
28 zhumadian_lottery_townships >= 100 -
29 suizhou_meal_communities_2025 >= 60 2025
30 suizhou_quarter_hour_circle >= - 2025
30 zhumadian_quarter_hour_circle >= - 2025
31 suizhou_mental_rehabilitation_counties_2025 >= 100 2025
31 suizhou_mental_rehabilitation_service_2025 >= 60 2025
32 nanyang_rural_naming_townships_2025 >= 40 2025
33 nanyang_regional_centres_2025 >= 46 2025
33 nanyang_village_points_2025 >= 114 2025
33 nanyang_county_institutions_graded_2025 >= 6 2025
34 suizhou_complexes_2025 >= 3 2025
34 suizhou_mutual_aid_upgraded_2025 >= 7 2025
35 zhengzhou_care_beds_2023 >= 60000 2023
35 zhengzhou_family_beds_2023 >= 2000 2023
36 zhengzhou_village_facilities_2023 >= 100 2023
36 zhengzhou_social_work_2023 >= 100 2023
36 zhengzhou_minors_stations_2023 >= 100 2023
37 liyang_day_care_2019 >= 1 2019
37 liyang_meal_points_2019 >= 10 2019
37 liyang_community_centres_2019 >= 5 2019
38 zhumadian_boundary_rounds >= 100 2025
38 suizhou_boundary_yuee_2025 >= 100 2025
39 liyang_scattered_graves_2019 >= - 2019
40 zhumadian_social_workers_per_100_beds >= 1 2025
40 zhumadian_social_workers_per_1000_elders >= 1 2025
40 zhumadian_community_workers_per_10000 >= 18 2025
"""
CITIES = {
    "411700": ("zhumadian", "驻马店市", 52),
    "411300": ("nanyang", "南阳市", 4),
    "421300": ("suizhou", "随州市", 8),
    "410100": ("zhengzhou", "郑州市", 5),
    "320481": ("liyang", "溧阳市", 5),
}
EACH = pytest.mark.parametrize("item", CATALOGUE.definitions, ids=lambda item: item.id)


@pytest.mark.parametrize("line", TARGETS.split("\n")[1:-1], ids=lambda line: line.split()[1])
def test_every_target_is_the_one_that_the_plan_writes(line):
    row, id, operator, target, year = line.split()
    item = CATALOGUE.definition(id)
    assert item.row == int(row)
    assert item.operator is Operator(operator)
    assert item.target == (None if target == "-" else Decimal(target))
    assert item.year == (None if year == "-" else int(year))


def test_the_forty_rows_are_all_there_and_nothing_else():
    listed = [line.split()[1] for line in TARGETS.split("\n")[1:-1]]
    assert [item.id for item in CATALOGUE.definitions] == listed
    assert {item.row for item in CATALOGUE.definitions} == set(range(1, 41))


@pytest.mark.parametrize(("code", "city"), CITIES.items())
def test_every_city_has_its_own_targets_and_no_other(code, city):
    prefix, place, count = city
    found = CATALOGUE.of_city(code)
    assert len(found) == count
    assert {item.place for item in found} == {place}
    assert all(item.id.startswith(f"{prefix}_") for item in found)
    assert CATALOGUE.cities[code] == place


def test_columns_of_the_table_are_those_of_the_definition():
    text = packaged_data("gazetteer/indicators.csv").read_text(encoding="utf-8")
    assert tuple(next(csv.reader([text.splitlines()[0]]))) == COLUMNS


@EACH
def test_every_definition_says_what_it_counts_and_where_it_is_written(item):
    assert item.passage
    assert item.document
    assert item.definition
    assert bool(item.denominator) is item.measure.is_ratio
    assert item.evidence in ("S", "E")
    assert item.layers
    assert set(item.layers) <= set(LAYERS_ZH)


@EACH
def test_every_computed_definition_has_what_its_rule_needs(item):
    if "layout" in item.parameters:
        ask = {ask.id: ask for ask in funeral_asks()}[item.parameters["layout"]]
        assert ask.indicator == item.id
        return
    match item.counting:
        case Counting.UNITS_WITH:
            assert item.parameters["unit"] in UNIT_WORDS
            assert item.kinds
        case Counting.BED_SHARE | Counting.FACILITIES | Counting.BEDS:
            assert item.kinds
        case Counting.PAIRED:
            assert len(item.kinds) == 2
        case Counting.ESTATE_RATE | Counting.ESTATES_MEETING:
            assert item.parameters["class"] in ("new", "existing")
        case Counting.REACH:
            assert item.number("minutes", 0) == 15
            assert item.parameters["measure"] in ("elders", "area")
        case _:
            assert not item.kinds or item.counting is Counting.FLOOR_PER_HOUSEHOLDS


@EACH
def test_a_target_that_does_not_stand_in_its_passage_has_to_be_confirmed(item):
    """Words such as 全覆盖 and 每个 say 100 %; all other targets are figures of the passage."""
    if item.target is None or item.to_be_confirmed:
        return
    in_words = ("全覆盖", "所有", "每个", "各县(区)每年", "各乡镇", "完成周驻线", "重点完成")
    figures = {"60000": "6万"}
    text = str(item.target)
    written = figures.get(text, text)
    assert written in item.passage or any(word in item.passage for word in in_words), item.id


def test_damaged_passages_are_marked_and_never_guessed():
    doubtful = {item.id for item in CATALOGUE.definitions if item.to_be_confirmed}
    assert doubtful == {
        "zhumadian_comprehensive_home_townships",
        "zhumadian_community_service_area",
        "zhumadian_aid_circle_area",
        "zhumadian_aid_sites",
        "zhumadian_aid_hall",
        "zhumadian_aid_fitting_2025",
        "zhumadian_volunteer_points_2025",
        "zhumadian_social_work_2025",
        "zhumadian_minors_station_2025",
        "zhumadian_funeral_stations",
    }
    stations = CATALOGUE.definition("zhumadian_funeral_stations")
    assert stations.target is None
    assert "1~2" in stations.confirm


def test_the_three_meanings_of_coverage_are_kept_apart():
    meaning = {item.id: item.coverage for item in CATALOGUE.definitions}
    assert meaning["zhumadian_regional_centre_townships"] is CoverageMeaning.COUNT
    assert meaning["zhumadian_new_estate_area"] is CoverageMeaning.FLOOR_AREA
    assert meaning["zhumadian_aid_circle_area"] is CoverageMeaning.REACH
    for item in CATALOGUE.definitions:
        if item.counting in (Counting.ESTATE_RATE, Counting.FLOOR_PER_HOUSEHOLDS):
            assert item.coverage is CoverageMeaning.FLOOR_AREA
            assert item.measure is Measure.PER_100_HOUSEHOLDS
        if item.counting is Counting.REACH:
            assert item.coverage is CoverageMeaning.REACH


def test_the_two_thirties_never_share_a_kind_of_facility():
    elder_care = CATALOGUE.definition("zhumadian_new_estate_area")
    for id in ("zhumadian_community_service_area", "liyang_community_service_area"):
        kinds = CATALOGUE.definition(id).kinds
        assert [kind.counts_as_estate_elder_care for kind in kinds] == [False]
    assert elder_care.counting is Counting.ESTATE_RATE


def test_only_the_plan_itself_calls_a_target_binding():
    binding = {item.id for item in CATALOGUE.definitions if item.binding}
    assert binding == {"zhumadian_nursing_bed_share", "zhumadian_county_burial_2025"}


def test_the_checksum_of_the_table_stands_in_its_list_of_sources():
    content = packaged_data("gazetteer/indicators.csv").read_bytes()
    assert sha256(content).hexdigest() in SOURCES.read_text(encoding="utf-8")
