"""What edits change, against a search from the beginning."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.served_city import REGISTER
from civgeo.analysis.coverage import UnitLevel, floor_area_per_100_households
from civgeo.analysis.reach import Points, ReachTerms, walking_reach
from civgeo.analysis.snapping import joined
from civgeo.analysis.walk_search import distance_from_field, nearest_facility
from civgeo.domain.facility import FacilityKind
from civgeo.domain.history import Edit
from civgeo.domain.quantity import fixed
from civgeo.domain.scenario_edits import parsed_edits
from civgeo.errors import InvalidInput, NotFound
from civgeo.services import editing
from civgeo.services.city import City
from civgeo.services.reach import People, reach_coverage
from civgeo.services.scenario_answer import ScenarioQuestion, answer_scenario
from civgeo.services.scenario_floor_area import (
    Tally,
    county_figure,
    known_facilities,
    tallies,
)
from civgeo.services.scenario_ground import planning_ground
from civgeo.services.scenario_views import answer_document, percent, unit_rows
from civgeo.services.scenarios import ScenarioEntry, new_scenario
from civgeo.services.walk_ground import served_by
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from scenario_city import KINDS, RIVER, SPACING, fill, lon_lat

MEAL = FacilityKind.MEAL_POINT
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with Store.open(fill(tmp_path_factory.mktemp("town") / "store")) as store:
        with store.read() as reading:
            today = reading.today
        yield City(store, today)


def answered(city, edits, **asked):
    return answer_scenario(city, parsed_edits(edits), ScenarioQuestion(**asked))


def new(x, y, kind="meal_point", **more):
    return {"action": "add", "kind": kind, "name": "新设施", **lon_lat(x, y), **more}


def estate(x, y, households=100):
    homes = {"households": households, "elders": 30, "estate_class": "new"}
    return {"action": "add_estate", "name": "新小区", **lon_lat(x, y), **homes}


def random_edits(rng, planning, count):
    """Edits of facilities and estates anywhere in the town, some far from any street."""
    left = [id for id, site in planning.facilities.items() if site.is_operating]
    edits = []
    for _ in range(count):
        x, y = rng.uniform(-300, 1_800, 2)
        match rng.integers(0, 5):
            case 0:
                edits.append(new(x, y, str(rng.choice(KINDS)), floor_area_m2=80.25))
            case 1 if left:
                id = str(rng.choice(left))
                edits.append({"action": "move", "facility": id, **lon_lat(x, y)})
            case 2 if left:
                edits.append(
                    {"action": "close", "facility": left.pop(int(rng.integers(len(left))))}
                )
            case 3 if left:
                id = str(rng.choice(left))
                edits.append({"action": "resize", "facility": id, "floor_area_m2": 99.5})
            case _:
                edits.append(estate(x, y))
    return edits


def from_scratch(city, planning, kind, edits):
    """Walks and facilities of all places by one search after all edits."""
    ground = planning.ground
    facilities = served_by(city, ground, (kind,)).facilities
    shapes = zip(facilities.index, facilities.geometry, strict=True)
    at = {id: (point.x, point.y) for id, point in shapes}
    demand = ground.people
    for number, edit in enumerate(parsed_edits(edits), 1):
        match edit.action:
            case "add" if edit.kind is kind:
                at[f"edit-{number}"] = edit.lon, edit.lat
            case "move" if edit.facility in at:
                at[edit.facility] = edit.lon, edit.lat
            case "close":
                at.pop(edit.facility, None)
            case "add_estate":
                demand = joined(demand, planning.place(edit.lon, edit.lat))
    lon, lat = np.array([*at.values()]).reshape(-1, 2).T
    x, y = planning.metres(lon, lat)
    places = ground.index.snap(x, y)
    field = nearest_facility(ground.network, places)
    distance, owner = distance_from_field(ground.network, field, places, demand)
    ids = [*at, None]
    table = walking_reach(distance, owner, demand, Points(x, y), ReachTerms())
    return distance, [ids[number] for number in owner], table["reached"].to_numpy(bool)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, count=st.integers(0, 12))
def test_an_answer_equals_a_search_from_the_beginning(city, seed, count):
    planning = planning_ground(city)
    edits = random_edits(np.random.default_rng(seed), planning, count)
    found = answered(city, edits, kinds=(MEAL,))
    (part,) = found.reach
    distance, owner, reached = from_scratch(city, planning, MEAL, edits)
    walks = part.after.walks
    assert np.array_equal(walks.distance_dm, distance)
    assert [part.after.ids[at] if at >= 0 else None for at in walks.owner] == owner
    sums = part.sums
    assert sums.reached_after.sum() == found.people[reached].sum()
    assert sums.people_after.sum() == found.people.sum()
    change = sums.reached_after - sums.reached_before
    assert np.array_equal(change, sums.gained - sums.lost)
    assert sum(part.contributions) == change.sum()
    assert len(part.contributions) == len(edits)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_edits_one_by_one_give_what_the_whole_list_gives(city, seed):
    planning = planning_ground(city)
    edits = random_edits(np.random.default_rng(seed), planning, 8)
    grown = [answer_document(answered(city, edits[:count])) for count in range(1, 9)]
    with Store.open(city.store.file.parent) as another:
        fresh = City(another, city.today)
        again = [answer_document(answered(fresh, edits[:count])) for count in (8, 3, 5)]
    assert again == [grown[7], grown[2], grown[4]]


@settings(max_examples=25, deadline=None)
@given(seed=seeds, minutes=st.integers(3, 20))
def test_adding_a_facility_never_lowers_reach(city, seed, minutes):
    x, y = np.random.default_rng(seed).uniform(-200, 1_700, 2)
    found = answered(city, [new(x, y)], terms=ReachTerms(minutes))
    (part,) = found.reach
    assert (part.sums.lost == 0).all()
    assert part.contributions[0] >= 0
    assert (part.after.walks.distance_dm <= part.before.walks.distance_dm).all()


def test_closing_and_standing_at_the_same_place_again_restores_everything(city):
    planning = planning_ground(city)
    facilities = served_by(city, planning.ground, (MEAL,)).facilities
    id, place = facilities.index[1], facilities.geometry.iloc[1]
    there = {"lon": place.x, "lat": place.y}
    away = {"action": "move", "facility": id, **lon_lat(1_490, 1_490)}
    (part,) = answered(city, [away, {"action": "move", "facility": id, **there}]).reach
    assert np.array_equal(part.after.walks.distance_dm, part.before.walks.distance_dm)
    assert np.array_equal(part.after.walks.owner, part.before.walks.owner)
    assert sum(part.contributions) == 0
    again = {"action": "add", "kind": "meal_point", "name": "再开", **there}
    (part,) = answered(city, [{"action": "close", "facility": id}, again]).reach
    assert np.array_equal(part.after.walks.distance_dm, part.before.walks.distance_dm)
    assert not part.gained
    assert not part.lost


def test_the_present_is_what_reach_says(city):
    whole = reach_coverage(city, [MEAL], people=People.ELDERS)
    found = answered(city, [], kinds=(MEAL,), people=People.ELDERS)
    (part,) = answer_document(found)["reach"]
    assert (part["reached_before"], part["people_before"]) == (whole.reached, whole.total)
    units = {unit["code"]: unit["reached_before"] for unit in part["units"]}
    assert units == whole.units["reached"].to_dict()


def test_a_bridge_gains_those_whom_the_river_keeps_away(city):
    y = RIVER * SPACING
    line = [[*lon_lat(1_100, y).values()], [*lon_lat(1_100, y + SPACING).values()]]
    bridge = {"action": "add_crossing", "name": "新桥", "line": line, "cost_yuan": 2e6}
    short = ReachTerms(8)
    closer = answered(city, [bridge], kinds=(MEAL,), terms=short)
    (part,) = closer.reach
    assert (part.after.walks.distance_dm <= part.before.walks.distance_dm).all()
    assert (part.after.walks.distance_dm < part.before.walks.distance_dm).any()
    assert (part.sums.lost == 0).all()
    assert closer.holdings.cost_yuan == 2e6
    assert closer.holdings.findings == []


def test_new_people_are_demand_that_was_not_there_before(city):
    found = answered(city, [estate(200, 200, 321)], kinds=(MEAL,), level=UnitLevel.TOWNSHIP)
    (part,) = found.reach
    document = answer_document(found)
    total = document["reach"][0]
    assert total["people_after"] - total["people_before"] == 321
    assert total["gained"] in (0, 321)
    assert document["new_estates"][0]["id"] == "edit-1"
    assert {row["code"] for row in unit_rows(found, part)} == {"990102001", "990121100", "990102"}


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_counties_are_judged_as_the_measure_judges_them(city, seed):
    rng = np.random.default_rng(seed)
    planning = planning_ground(city)
    with city.store.read() as reading:
        estates = reading.features(Collection.ESTATES)
        facilities = reading.features(Collection.FACILITIES)
    facilities["floor_area_m2"] *= rng.uniform(0, 300)
    if rng.random() < 0.5:
        facilities.loc[rng.choice(facilities.index), "floor_area_m2"] = np.nan
    if rng.random() < 0.3:
        estates.loc[rng.choice(estates.index), "households"] = None
    facilities["floor_area_m2"] = facilities["floor_area_m2"].round(4)
    doubtful = [str(id) for id in rng.choice(facilities.index, int(rng.integers(0, 2)))]
    measured = floor_area_per_100_households(
        estates,
        facilities,
        level=UnitLevel.COUNTY,
        book=planning.book,
        on=city.today,
        doubtful=doubtful,
    )
    for county, row in measured.iterrows():
        figure = county_figure(
            tally_of(county, estates, facilities, doubtful), county, city.today, planning.book
        )
        assert figure.status.value == row["status"]
        assert figure.households == row["households"]
        for name in ("total_m2", "m2_per_100_households", "required_m2", "gap_m2"):
            exact = getattr(figure, name)
            assert (exact is None) == np.isnan(row[name])
            assert exact is None or float(exact) == pytest.approx(row[name], rel=1e-12)
        assert figure.meets is (None if row["meets"] is pd.NA else bool(row["meets"]))


def tally_of(county, estates, facilities, doubtful):
    sites = known_facilities(facilities, estates, estates.iloc[:0])
    marked = {id: replace(site, is_doubtful=id in doubtful) for id, site in sites.items()}
    nowhere = pd.DataFrame({"level": [], "code": []})
    return tallies(estates, marked, nowhere).get(county, Tally())


def test_floor_area_and_households_change_the_figure_of_their_county(city):
    site = new(200, 200, "community_day_care", floor_area_m2=500)
    found = answered(city, [site, estate(1_200, 300, 800)])
    first, second = answer_document(found)["floor_area"]
    assert (first["code"], second["code"]) == ("990102", "990121")
    assert float(first["after"]["total_m2"]) - float(first["before"]["total_m2"]) == 500
    assert second["after"]["households"] - second["before"]["households"] == 800
    assert second["after"]["total_m2"] == second["before"]["total_m2"]
    (stock,) = answer_document(found)["facilities"]
    assert stock["after"]["facilities"] - stock["before"]["facilities"] == 1


def test_what_cannot_be_carried_out_is_told_and_the_rest_counts(city):
    last = max(planning_ground(city).facilities, key=lambda id: int(id[1:]))
    edits = [
        {"action": "close", "facility": "' OR 1=1 --"},
        {"action": "close", "facility": last},
        new(300, 300),
        new(-900, -900, name="<script>alert(1)</script>"),
        {"action": "add_crossing", "name": "桥", "line": [[114.0, 33.0], [113.0, 30.0]]},
        estate(400, 400, 0),
        new(500, 500, opens="2999-01-01"),
        {**new(300, 300), "lon": 80.0, "lat": 45.0},
    ]
    found = answered(city, edits, kinds=(MEAL,))
    told = [(item.edit, item.fault.value) for item in found.holdings.findings]
    assert told == [
        (1, "unknown_facility"),
        (2, "not_operating"),
        (3, "no_floor_area"),
        (4, "off_network"),
        (4, "no_floor_area"),
        (5, "crossing_off_network"),
        (5, "crossing_off_network"),
        (6, "no_people"),
        (7, "not_open_yet"),
        (8, "outside_city"),
        (8, "off_network"),
        (8, "no_floor_area"),
    ]
    off = next(item for item in found.holdings.findings if item.edit == 4)
    assert off.distance_m > 1_000
    alone = answered(city, [edits[2]], kinds=(MEAL,))
    assert found.reach[0].sums.gained.sum() == alone.reach[0].sums.gained.sum()
    assert found.reach[0].contributions[2] == alone.reach[0].contributions[0]


def test_without_a_kind_the_rest_is_answered(city):
    found = answered(city, [estate(200, 200)])
    assert found.reach == ()
    assert [item.fault.value for item in found.holdings.findings] == ["no_kind"]
    assert len(found.floor_area) == 1


def test_an_answer_says_what_it_rests_on_and_its_digest_tells_answers_apart(city):
    one, same, other = (answer_document(answered(city, [new(x, 300)])) for x in (300, 300, 301))
    assert one == same
    assert one["digest"] != other["digest"]
    assert {"on", "data_version", "streets_version", "limit_m", "not_assessed"} <= set(one)
    assert one["simulated"] is True


def test_another_writer_is_seen_and_a_saved_scenario_is_none(tmp_path):
    with Store.open(fill(tmp_path / "store")) as store:
        with store.read() as reading:
            city = City(store, reading.today)
        before = planning_ground(city)
        edit = Edit(actor="张三", document="试", valid_from=date(2020, 1, 1))
        new_scenario(city, ScenarioEntry("方案"), edit)
        assert planning_ground(city) is before
        editing.correct(city, Collection.ESTATES, "e1", {"households": 9_999}, edit, 1)
        after = planning_ground(city)
        assert after.ground.data_version > before.ground.data_version
        assert after.people[People.HOUSEHOLDS].max() == 9_999


@pytest.mark.parametrize("level", [UnitLevel.ESTATE, UnitLevel.REPORTING_AREA])
def test_levels_without_sums_are_refused(city, level):
    with pytest.raises(InvalidInput, match="level"):
        answered(city, [], level=level)


def test_more_kinds_than_a_page_holds_are_refused(city):
    with pytest.raises(InvalidInput, match="最多 10 种"):
        answered(city, [], kinds=tuple(FacilityKind))


def test_more_crossings_than_can_be_answered_in_time_are_refused(city):
    line = [[*lon_lat(100, 100).values()], [*lon_lat(200, 200).values()]]
    bridges = [{"action": "add_crossing", "name": "桥", "line": line}] * 21
    with pytest.raises(InvalidInput, match="最多 20 处"):
        answered(city, bridges, kinds=(MEAL,))
    assert len(answered(city, bridges[:20], kinds=(MEAL,)).edits) == 20


def test_without_streets_the_way_to_them_is_told(tmp_path):
    with (
        Store.create(tmp_path / "bare", register=REGISTER) as store,
        pytest.raises(NotFound, match="civgeo import"),
    ):
        answered(City(store, date(2026, 3, 1)), [])


@given(part=st.integers(0, 10**7), rest=st.integers(0, 10**7))
def test_percentages_are_rounded_as_everywhere(part, rest):
    whole = part + rest
    assert percent(part, whole) == (fixed(Fraction(100 * part, whole)) if whole else None)
