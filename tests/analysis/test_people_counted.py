"""People counted on real and on simulated streets, against scipy and one by one."""

from datetime import date

import numpy as np
import pytest
import shapely

from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.analysis.simulated_city import CityPlan, simulate_estates
from civgeo.analysis.simulated_network import NetworkPlan, simulate_network
from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import walk_network
from civgeo.analysis.walk_search import distance_from_field, nearest_facility
from civgeo.formats.facts import ReadRequest
from civgeo.formats.jail import read_file
from osm_specimens import helsinki
from walk_oracle import split_distances

LIMIT_DM = 4_000
UTM, GAUSS = 32635, 4547


def real(folder):
    streets = read_file(helsinki(), folder, ReadRequest(layer="streets")).frame()
    return walk_network(node_streets(streets, UTM)[0], UTM)


def simulated(_folder):
    divisions = fictional_divisions()
    counties = divisions[divisions["level"] == "county"]
    towns = divisions[divisions["level"] == "township"]
    seats = counties.geometry.representative_point()
    plan = CityPlan(counties, towns, seats, 60, 2025, date(2019, 1, 1))
    estates, _ = simulate_estates(plan, np.random.default_rng(3), lambda done, total: None)
    made = simulate_network(
        NetworkPlan(counties, seats, estates.geometry), np.random.default_rng(1)
    )
    return walk_network(node_streets(made.streets, GAUSS)[0], GAUSS)


@pytest.fixture(scope="module", params=[real, simulated], ids=["helsinki", "simulated"])
def places(request, tmp_path_factory):
    """A network, 25 facilities and 400 places of people on and off its streets."""
    network = request.param(tmp_path_factory.mktemp("streets"))
    rng = np.random.default_rng(7)
    index = StreetIndex(network)
    spots = rng.choice(network.nodes, 425)
    x, y = (values[spots] + rng.normal(0, 60, 425) for values in (network.x, network.y))
    snapped = index.snap(x, y, 100.0)
    return network, snapped.take(np.arange(25)), snapped.take(np.arange(25, 425))


def test_walks_and_owners_are_those_of_scipy(places):
    network, facilities, demand = places
    field = nearest_facility(network, facilities)
    distance, owner = distance_from_field(network, field, facilities, demand)
    walks = split_distances(network, facilities, demand)
    assert np.array_equal(distance, walks.min(axis=1))
    reached = owner >= 0
    assert reached.any()
    assert not reached.all()
    assert np.array_equal(owner[reached], walks.argmin(axis=1)[reached])


def test_people_within_the_limit_are_those_counted_one_by_one(places):
    network, facilities, demand = places
    people = np.random.default_rng(9).integers(0, 500, len(demand))
    field = nearest_facility(network, facilities)
    distance, _owner = distance_from_field(network, field, facilities, demand)
    walks = split_distances(network, facilities, demand)
    one_by_one = sum(
        int(people[place])
        for place in range(len(demand))
        if any(walks[place, facility] <= LIMIT_DM for facility in range(len(facilities)))
    )
    assert int(people[distance <= LIMIT_DM].sum()) == one_by_one
    assert 0 < one_by_one < people.sum()


def test_hulls_round_the_nodes_reached_count_others_than_those_who_walk_there(places):
    network, facilities, demand = places
    wrong = 0
    for number in range(len(facilities)):
        one = facilities.take(np.array([number]))
        field = nearest_facility(network, one)
        inside = field.distance_dm <= LIMIT_DM
        nodes = np.column_stack([network.x, network.y])[inside]
        by_hull = shapely.intersects_xy(
            shapely.convex_hull(shapely.multipoints(nodes)), demand.x, demand.y
        )
        walked = distance_from_field(network, field, one, demand)[0] <= LIMIT_DM
        wrong += int((by_hull != walked).sum())
    assert wrong > 0
