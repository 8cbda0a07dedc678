"""Columbaria, burial points and cemeteries on the demand of townships, against trying all."""

import json
from itertools import combinations

import geopandas as gpd
import pytest
import shapely

from civgeo.errors import InvalidInput, NotFound
from civgeo.services.funeral_proposal_views import (
    proposal_document,
    proposal_geojson,
    proposed,
    served_rows,
)
from civgeo.services.funeral_question import funeral_proposal
from civgeo.services.street_network import keep_streets
from funeral_city import COUNTY, cemetery, city_of, decimetres, spot, town_code

TOWNS = [(0, 0), (12, 0), (0, 9), (-7, 0), (0, -15), (8, 8)]
PEOPLE = {0: 50_000, 1: 20_000, 2: 30_000, 3: 10_000, 4: 25_000, 5: 15_000}
HERE = [spot(*town) for town in TOWNS]


@pytest.fixture
def made(tmp_path):
    cities = []

    def make(**given):
        city = city_of(tmp_path / str(len(cities)), TOWNS, **{"people": PEOPLE, **given})
        cities.append(city)
        return city

    yield make
    for city in cities:
        city.store.close()


def asked(city, **given):
    return proposed(city, funeral_proposal({"propose": "columbaria", "p": 2, **given}))


def answer(city, **given):
    return proposal_document(asked(city, **given))


def walked(chosen, fixed=()):
    there = [HERE[each] for each in chosen] + list(fixed)
    return sum(
        count * min(decimetres(HERE[town], place) for place in there)
        for town, count in PEOPLE.items()
    )


def test_the_shortest_total_distance_is_that_of_trying_every_choice(made):
    city = made()
    for number in (1, 2, 3):
        found = answer(city, p=number)
        least, chosen = min((walked(each), each) for each in combinations(range(6), number))
        assert float(found["objective"]) == least / 10
        assert found["objective"] == found["bound"]
        assert (found["status"], found["gap"]) == ("optimal", "0")
        assert [town["code"] for town in found["chosen"]] == [town_code(each) for each in chosen]
    farthest = max(found["served"], key=lambda each: each["distance_m"])
    assert found["farthest"]["code"] == farthest["code"]


def test_what_is_there_stays_whatever_its_level_unless_one_is_asked_for(made):
    there = cemetery(1, town_code(1), kind="columbarium", geometry=shapely.Point(spot(12, 0)))
    closed = cemetery(2, town_code(2), kind="columbarium", status="closed")
    private = cemetery(3, town_code(2), kind="columbarium", operation="commercial")
    city = made(cemeteries=[there, closed, private])
    found = answer(city, p=1)
    least, chosen = min((walked([each], [spot(12, 0)]), each) for each in range(6))
    assert float(found["objective"]) == least / 10
    assert found["chosen"][0]["code"] == town_code(chosen)
    assert {site["name"]: site["role"] for site in found["sites"]}["公墓1"] == "existing"
    county = answer(city, p=1, level="county")
    assert [site["role"] for site in county["sites"]] == ["chosen"]


def test_covering_counts_the_people_within_the_distance(made):
    found = answer(made(), p=1, model="mclp", max_km="9.5")
    within = {
        one: sum(
            count for town, count in PEOPLE.items() if decimetres(HERE[one], HERE[town]) <= 95_000
        )
        for one in range(6)
    }
    assert float(found["objective"]) == max(within.values())
    assert found["unit"] == "人"


def test_capacities_are_in_ashes_and_free_places_of_what_is_there_count(made):
    deaths = [
        {"id": f"d{town}", "division": town_code(town), "period": 2026, "population": count}
        | {"death_rate_per_mille": 7.0, "share": 0.5}
        for town, count in PEOPLE.items()
    ]
    there = cemetery(1, town_code(0), kind="columbarium", capacity=2_000, used=1_500)
    there["geometry"] = shapely.Point(spot(0, 0))
    unknown = cemetery(2, town_code(0), kind="columbarium", geometry=there["geometry"])
    city = made(population=deaths, cemeteries=[there, unknown])
    terms = {"model": "capacitated", "weight": "ashes", "years": 10, "p": 1}
    found = answer(city, **terms, capacity_of_new="3000")
    assert found["people"] == "5250"
    assert float(found["people_served"]) == 3_500
    assert found["unit"] == "份"
    assert {site["name"]: site["capacity"] for site in found["sites"]}["公墓1"] == "500"
    (left_out,) = (each for each in found["findings"] if each["code"] == "no_capacity")
    assert left_out["subjects"] == ["公墓2"]
    assert sum(each["people"] for each in found["served"]) == 3_500


def test_rates_and_shares_that_are_not_registered_may_be_given(made):
    terms = {"weight": "ashes", "years": 20, "death_rate_per_mille": "7", "share": "0.5", "p": 1}
    found = answer(made(), **terms)
    assert found["people"] == str(sum(PEOPLE.values()) * 7 * 20 // 2000)
    assert found["parameters"]["death_rate_per_mille"] == "7"


def test_a_year_that_is_registered_twice_is_not_counted(made):
    again = {"id": "again", "division": town_code(0), "period": 2025, "population": 1}
    found = answer(made(population=[again]), p=1, division=COUNTY)
    assert found["townships_without_people"] == ["0镇"]
    ages = [
        {
            "id": f"a{age}",
            "division": town_code(0),
            "period": 2026,
            "age_from": age,
            "population": 5,
        }
        for age in (0, 60)
    ]
    assert answer(made(population=ages), p=1)["people"] == str(sum(PEOPLE.values()) - 50_000 + 10)


def test_ways_along_streets_are_those_of_the_streets_and_are_labelled(made):
    city = made()
    corner, north = spot(12, 0), spot(0, 9)
    path = shapely.LineString([north, spot(0, 0), corner])
    streets = gpd.GeoDataFrame(geometry=[path], crs="EPSG:4490")
    keep_streets(city, streets, source="虚构道路", simulated=True)
    found = answer(city, propose="cemeteries", p=1, distance="street", snap_m="500")
    assert "不含高速公路，不计单行" in found["parameters"]["distance_zh"]
    assert [town["code"] for town in found["chosen"]] == [town_code(0)]
    served = {each["name"]: each["distance_m"] for each in found["served"]}
    assert served["1镇"] == pytest.approx(12_000, rel=0.01)
    assert found["off_streets"] == ["3镇", "4镇", "5镇"]
    assert set(found["unreached"]) == {"3镇", "4镇", "5镇"}


def test_without_streets_the_way_out_is_told(made):
    with pytest.raises(NotFound, match=r"--as streets.*直线距离"):
        asked(made(), distance="street")


def test_rows_and_features_say_who_is_served_by_what(made):
    found = asked(made(), propose="burial_points", p=2)
    rows = served_rows(found)
    assert len(rows) == 6
    features = json.loads(proposal_geojson(found))
    assert features["simulated"] is True
    roles = [each["properties"]["role"] for each in features["features"]]
    assert (roles.count("chosen"), roles.count("township")) == (2, 6)


def test_nobody_registered_is_refused(made):
    with pytest.raises(InvalidInput, match="人口"):
        asked(made(people={}))
    assert answer(made(people={}), weight="equal", p=6)["objective"] == "0"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"propose": "temple"}, "propose"),
        ({"p": 0}, "p 应为"),
        ({"p": 10**9}, "p 应为"),
        ({"p": "两"}, "数字"),
        ({"propose": "stations", "p": 4}, "1 至 3"),
        ({"propose": "stations", "model": "mclp"}, "服务站"),
        ({"model": "lscp"}, "model"),
        ({"model": "mclp"}, "max_km"),
        ({"max_km": "0"}, "大于 0"),
        ({"max_km": "-1"}, "max_km"),
        ({"max_km": "1e9999"}, "max_km"),
        ({"model": "capacitated"}, "capacity_of_new"),
        ({"capacity_of_new": 5}, "capacitated"),
        ({"model": "capacitated", "capacity_of_new": 5}, "ashes"),
        ({"weight": "gold"}, "weight"),
        ({"share": "0.5"}, "ashes"),
        ({"weight": "ashes", "share": "1.5"}, "share"),
        ({"years": "5"}, "years"),
        ({"death_rate_per_mille": "7"}, "deaths"),
        ({"weight": "deaths", "death_rate_per_mille": "1001"}, "death_rate"),
        ({"weight": "deaths", "years": "1.5"}, "整数"),
        ({"weight": "deaths", "years": "0"}, "years"),
        ({"distance": "flight"}, "distance"),
        ({"min_angle_deg": "181"}, "min_angle_deg"),
        ({"min_angle_deg": "NaN"}, "有限"),
        ({"snap_m": "1e6"}, "snap_m"),
        ({"seats": [1, 2]}, "对象"),
        ({"seats": {COUNTY: ["114", "33"]}, "centre": "people"}, "centre"),
        ({"seats": {COUNTY: [1]}}, "经度"),
        ({"seats": {COUNTY: ["33", "114"]}}, "填反"),
        ({"seats": {"41": ["114", "33"]}}, "县区代码"),
        ({"seats": {"<script>": ["114", "33"]}}, "区划代码"),
        ({"division": "9" * 50}, "区划代码"),
        ({"on": "2026-02-30"}, "on"),
        ({"level": "heaven"}, "level"),
        ({"seconds": "-1"}, "seconds"),
        ({"where": 1}, "where"),
    ],
)
def test_bad_questions_are_refused(given, words):
    with pytest.raises(InvalidInput, match=words):
        funeral_proposal({"propose": "columbaria", "p": 2, **given})
