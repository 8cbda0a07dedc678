"""Service stations of a county: townships, directions and nearness, and the best choice of them."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from civgeo.domain.fields import Fields
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.funeral_proposal_views import proposal_document, proposed
from civgeo.services.funeral_question import TERM_KEYS, funeral_proposal, funeral_terms
from civgeo.services.funeral_stations import station_layout
from civgeo.services.indicator_data import day_data
from civgeo.services.street_network import keep_streets
from funeral_city import COUNTY, DISTRICT, SEAT, city_of, decimetres, spot, station, town_code

CROSS = [(0, 0), (12, 0), (0, 9), (-7, 0), (0, -15), (8, 8)]
PEOPLE = {0: 50_000, 1: 20_000, 2: 30_000, 3: 10_000, 4: 25_000, 5: 15_000}


@pytest.fixture
def made(tmp_path):
    cities = []

    def make(towns=CROSS, people=PEOPLE, **given):
        city = city_of(tmp_path / str(len(cities)), towns, people=people, **given)
        cities.append(city)
        return city

    yield make
    for city in cities:
        city.store.close()


def measured(city, **given):
    terms = funeral_terms(Fields(given, TERM_KEYS))
    found = station_layout(day_data(city, city.today), terms)
    return next(each for each in found if each.ground.unit.code == COUNTY)


def asked(city, **given):
    document = proposal_document(
        proposed(city, funeral_proposal({"propose": "stations", "p": 2, **given}))
    )
    return next(each for each in document["counties"] if each["code"] == COUNTY)


def best(towns, people, number, least_deg):
    """Best choice by trying all, from coordinates alone."""
    places = [spot(*town) for town in towns]
    middle = SEAT
    bearing = [Geod(ellps="GRS80").inv(*middle, *place)[0] % 360 for place in places]

    def apart(one, other):
        angle = abs(bearing[one] - bearing[other]) % 360
        sectors = {int((bearing[each] + 22.5) // 45) % 8 for each in (one, other)}
        return min(angle, 360 - angle) >= least_deg and len(sectors) == 2

    def cost(chosen):
        return sum(
            count * min(decimetres(places[town], places[each]) for each in chosen)
            for town, count in people.items()
        )

    allowed = [
        (cost(chosen), chosen)
        for chosen in combinations(range(len(towns)), number)
        if all(apart(*two) for two in combinations(chosen, 2))
    ]
    return min(allowed, default=None)


@pytest.mark.parametrize("seed", range(5))
def test_the_proposal_is_what_trying_every_choice_finds(made, seed):
    rng = np.random.default_rng(seed)
    towns = [tuple(place) for place in rng.uniform(-25, 25, (7, 2)).round(2).tolist()]
    people = {town: int(count) for town, count in enumerate(rng.integers(1_000, 60_000, 7))}
    city = made(towns, people)
    for number in (1, 2, 3):
        county = asked(city, p=number, min_angle_deg="60")
        wanted = best(towns, people, number, 60)
        if wanted is None:
            assert county["status"] == "infeasible"
            continue
        chosen = [town["code"] for town in county["chosen"]]
        assert chosen == [town_code(each) for each in wanted[1]]
        assert county["objective"] == county["bound"]
        assert float(county["objective"]) == wanted[0] / 10
        assert (county["status"], county["gap"]) == ("optimal", "0")


def test_directions_and_townships_of_two_stations_are_measured(made):
    city = made(facilities=[station(1, (12, 0), 1), station(2, (0, 9), 2)])
    found = measured(city)
    assert [each.direction.label_zh for each in found.stations] == ["东", "北"]
    (pair,) = found.pairs
    assert pair.angle_deg == pytest.approx(90, abs=0.2)
    assert found.townships_differ is True
    assert measured(city, min_angle_deg="80").directions_differ is True
    assert measured(city, min_angle_deg="95").directions_differ is False
    assert found.spread.farthest.unit.name == "4镇"
    assert found.spread.people == 150_000


def test_neighbours_in_one_sector_are_one_direction_however_small_the_angle_asked(made):
    city = made(facilities=[station(1, (12, 1), 1), station(2, (20, -1), 1)])
    found = measured(city, min_angle_deg="0")
    assert found.directions_differ is False
    assert found.townships_differ is False


def test_a_station_whose_township_is_not_registered_leaves_the_question_open(made):
    found = measured(made(facilities=[station(1, (12, 0), 1), station(2, (-9, 0), None)]))
    assert found.townships_differ is None
    assert found.directions_differ is True


def test_people_nearer_to_a_station_than_to_the_seat_are_counted_exactly(made):
    found = measured(made(facilities=[station(1, (12, 0), 1)]))
    # of the cross, 12 km and 8/8 km east are nearer to the station than to the seat
    assert found.spread.nearer == 20_000 + 15_000
    assert 0 < found.spread.mean_m < 20_000
    assert found.townships_differ is None


def test_a_county_without_a_seat_has_no_directions_until_the_middle_is_chosen(made):
    towns, people = CROSS[:3], {0: 1, 1: 1, 2: 1}
    city = made(towns, people, county="411799")

    def county(**given):
        question = funeral_proposal({"propose": "stations", "p": 2, **given})
        return proposal_document(proposed(city, question))["counties"][0]

    refused = county()
    assert refused["status"] == "unknown"
    assert "centre=people" in refused["reason"]
    assert county(p=1)["status"] == "optimal"
    middle = county(centre="people")["middle"]
    assert middle["basis"].startswith("按人口")
    assert middle["lon"] == pytest.approx(SEAT[0] + 12 / 93 / 3, abs=1e-6)
    given = {"seats": {"411799": [str(each) for each in spot(3, 3)]}}
    assert county(**given)["middle"]["basis"] == "县城（给定）"


def test_one_township_cannot_have_two_stations(made):
    county = asked(made([(3, 4)], {0: 9_000}))
    assert county["status"] == "infeasible"
    assert "1 个乡镇" in county["reason"]
    assert asked(made([(3, 4)], {0: 9_000}), p=1)["chosen"][0]["code"] == town_code(0)


def test_all_in_one_direction_is_infeasible_with_the_widest_angle(made):
    county = asked(made([(5, 0), (10, 1), (15, -1)], {0: 1, 1: 2, 2: 3}))
    assert county["status"] == "infeasible"
    assert "至多 9.5°" in county["reason"]
    assert county["choices_tried"] == 3
    assert county["choices_allowed"] == 0
    assert county["chosen"] == []
    assert len(county["without_rules"]["chosen"]) == 2


def test_existing_stations_stay_and_bound_the_new_ones(made):
    city = made(facilities=[station(1, (12, 0), 1)])
    county = asked(city, min_angle_deg="60")
    assert county["existing"] == ["设施1"]
    (chosen,) = county["chosen"]
    alone = {
        town: sum(
            count
            * min(
                decimetres(spot(*CROSS[each]), place) for place in (spot(*CROSS[town]), spot(12, 0))
            )
            for each, count in PEOPLE.items()
        )
        for town in (2, 3, 4)
    }
    assert chosen["code"] == town_code(min(alone, key=alone.get))
    assert float(county["objective"]) == min(alone.values()) / 10
    assert float(county["after"]["mean_m"]) < float(county["before"]["mean_m"])
    enough = asked(city, p=1)
    assert enough["chosen"] == []
    assert "已有 1 处" in enough["reason"]
    assert len(enough["served"]) == 6


def test_ties_go_to_the_smallest_codes(made):
    county = asked(made([(5, 0), (-5, 0), (0, 5), (0, -5)], dict.fromkeys(range(4), 100)), p=1)
    twice = asked(made([(5, 0), (-5, 0), (0, 5), (0, -5)], dict.fromkeys(range(4), 100)), p=1)
    assert county["chosen"] == twice["chosen"]
    same = asked(made([(5, 0), (5, 0)], {0: 7, 1: 7}), p=1)
    assert same["chosen"][0]["code"] == town_code(0)


def test_townships_without_people_or_place_are_named_and_do_not_count(made):
    county = asked(made([*CROSS[:3], None], {0: 100, 1: 100, 3: 100}))
    assert county["townships_without_place"] == ["3镇"]
    assert county["townships_without_people"] == ["2镇"]
    assert county["people"] == "200"


def test_without_any_people_the_question_is_refused_unless_all_count_alike(made):
    city = made(people={})
    with pytest.raises(InvalidInput, match="--as population"):
        asked(city)
    county = asked(city, weight="equal")
    assert county["unit"] == "乡镇·米"
    with pytest.raises(InvalidInput, match="死亡率"):
        asked(made(), weight="deaths")


def test_a_seat_of_a_strange_county_is_refused(made):
    with pytest.raises(InvalidInput, match="不是本市"):
        asked(made(), seats={"410102": ["113.6", "34.7"]})


def test_nobody_is_nearer_than_a_middle_that_lies_on_no_street(made):
    city = made(facilities=[station(1, (12, 0), 1)])
    path = shapely.LineString([spot(11, 0), spot(13, 0)])
    streets = gpd.GeoDataFrame(geometry=[path], crs="EPSG:4490")
    keep_streets(city, streets, source="虚构道路", simulated=True)
    found = measured(city, distance="street")
    assert found.spread.nearer is None
    assert found.spread.unreached == 130_000
    assert any("县城" in name for name in found.off_streets)


def test_streets_are_asked_for_in_vain_without_any(made):
    with pytest.raises(NotFound, match="直线距离"):
        asked(made(), distance="street")


def test_districts_are_left_out_unless_they_are_asked_for(made):
    city = made(
        population=[{"id": "d", "division": f"{DISTRICT}001", "period": 2025, "population": 5}]
    )
    document = proposal_document(proposed(city, funeral_proposal({"propose": "stations", "p": 1})))
    assert [each["code"] for each in document["counties"]] == [COUNTY]
    with pytest.raises(InvalidInput, match="位置"):
        proposed(city, funeral_proposal({"propose": "stations", "p": 1, "division": DISTRICT}))
