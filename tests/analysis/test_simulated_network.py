from datetime import date

import numpy as np
import pytest
import shapely

from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.analysis.simulated_city import CityPlan, simulate_estates
from civgeo.analysis.simulated_lines import STREET_CLASSES
from civgeo.analysis.simulated_network import NetworkPlan, simulate_network
from civgeo.analysis.simulated_streets import StreetName, lay_names
from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import walk_network

ESTATES = 240
EPSG = 4547


@pytest.fixture(scope="module")
def plan():
    divisions = fictional_divisions()
    counties = divisions[divisions["level"] == "county"]
    towns = divisions[divisions["level"] == "township"]
    seats = counties.geometry.representative_point()
    city = CityPlan(counties, towns, seats, ESTATES, 2025, date(2019, 1, 1))
    estates, _ = simulate_estates(city, np.random.default_rng(3), lambda done, total: None)
    return NetworkPlan(counties, seats, estates.geometry)


@pytest.fixture(scope="module")
def simulated(plan):
    return simulate_network(plan, np.random.default_rng(11))


@pytest.fixture(scope="module")
def walked(simulated):
    edges, report = node_streets(simulated.streets, EPSG)
    return walk_network(edges, EPSG), report


def test_same_seed_gives_the_same_bytes(plan, simulated):
    again = simulate_network(plan, np.random.default_rng(11))
    for one, other in (
        (simulated.streets, again.streets),
        (simulated.barriers, again.barriers),
        (simulated.crossings, again.crossings),
    ):
        assert one.to_wkb().equals(other.to_wkb())


def test_another_seed_gives_other_streets(plan, simulated):
    other = simulate_network(plan, np.random.default_rng(12))
    assert not simulated.streets.to_wkb().equals(other.streets.to_wkb())


def test_every_street_lies_inside_the_counties(plan, simulated):
    city = plan.counties.union_all()
    shapely.prepare(city)
    assert shapely.contains(city, simulated.streets.geometry.to_numpy()).all()


def test_every_row_says_that_it_is_simulated(simulated):
    for frame in (simulated.streets, simulated.barriers, simulated.crossings):
        assert len(frame)
        assert frame["simulated"].all()
        assert frame["source"].str.contains("模拟").all()
        assert frame.crs.to_epsg() == 4490


def test_all_classes_and_kinds_occur(simulated):
    assert set(simulated.streets["class"]) == set(STREET_CLASSES)
    assert set(simulated.barriers["kind"]) == {"river", "railway", "wall", "other"}
    assert set(simulated.crossings["status"]) == {"existing", "planned"}


def test_streets_meet_no_barrier_on_the_ground(simulated):
    streets = simulated.streets
    tree = shapely.STRtree(streets.geometry.to_numpy())
    met = tree.query(simulated.barriers.geometry.to_numpy(), predicate="intersects")[1]
    assert len(met)
    assert (streets["level"].to_numpy()[met] != 0).all()


def test_bridges_cross_rivers_and_underpasses_railways(simulated):
    off = simulated.streets[simulated.streets["level"] != 0]
    assert (off["bridge"] == (off["level"] > 0)).all()
    assert (off["tunnel"] == (off["level"] < 0)).all()
    barriers = simulated.barriers.set_index("kind").geometry
    over = off[off["bridge"]].intersects(barriers.loc[["river"]].union_all())
    under = off[off["tunnel"]].intersects(barriers.loc[["railway"]].union_all())
    assert len(over) >= 6
    assert len(under) >= 6
    assert over.all()
    assert under.all()


def test_bridges_share_no_corner_with_the_paths_below(simulated, walked):
    _, report = walked
    assert report.held_apart == 0
    streets = simulated.streets
    bridges = streets[streets["bridge"]].geometry.to_numpy()
    paths = streets[streets["class"] == "path"].geometry.to_numpy()
    bridge, path = shapely.STRtree(paths).query(bridges, predicate="crosses")
    assert len(bridge)
    corners = {tuple(xy) for xy in shapely.get_coordinates(bridges[bridge])}
    assert corners.isdisjoint(tuple(xy) for xy in shapely.get_coordinates(paths[path]))


def test_largest_part_holds_nine_nodes_of_ten_and_is_not_the_only_one(walked):
    network, _ = walked
    assert network.parts > 1
    assert np.mean(network.component == 0) >= 0.9


def test_no_line_is_lost_when_the_network_is_made(walked):
    _, report = walked
    assert report.dropped == 0
    assert report.lines == report.parts


@pytest.mark.parametrize("nodes", [3_000, 12_000, 40_000])
def test_number_of_nodes_scales(plan, nodes):
    scaled = NetworkPlan(plan.counties, plan.seats, plan.estates, nodes)
    drawn = simulate_network(scaled, np.random.default_rng(5))
    edges, _ = node_streets(drawn.streets, EPSG)
    assert 0.8 <= walk_network(edges, EPSG).nodes / nodes <= 1.3


def test_some_estates_are_off_the_network_and_some_on_a_loose_part(plan, walked):
    network, _ = walked
    places = plan.estates.representative_point().to_crs(epsg=EPSG)
    snapped = StreetIndex(network).snap(places.x.to_numpy(), places.y.to_numpy(), 200.0)
    on = snapped.edge >= 0
    assert 0 < np.mean(~on) < 0.1
    loose = network.component[network.edge_start[snapped.edge[on]]] != 0
    assert 0 < np.mean(loose) < 0.1


def test_crossings_lead_over_one_barrier_from_street_to_street(simulated):
    barriers = simulated.barriers.geometry.to_numpy()
    crossings = simulated.crossings.geometry.to_numpy()
    met = shapely.STRtree(barriers).query(crossings, predicate="crosses")[0]
    assert met.tolist() == list(range(len(crossings)))
    corners = {tuple(xy) for xy in shapely.get_coordinates(simulated.streets.geometry.to_numpy())}
    assert corners.issuperset(tuple(xy) for xy in shapely.get_coordinates(crossings))
    existing = simulated.crossings[simulated.crossings["status"] == "existing"]
    assert existing["name"].is_unique


def test_city_of_one_town_has_streets_too(plan):
    county = plan.counties.iloc[:1]
    inside = plan.estates.within(county.geometry.iloc[0])
    seat = plan.seats.loc[county.index]
    near = plan.estates[inside].to_crs(epsg=EPSG)
    near = near[near.distance(seat.to_crs(epsg=EPSG).iloc[0]) < 1_500].to_crs(epsg=4490)
    alone = simulate_network(NetworkPlan(county, seat, near, 800), np.random.default_rng(1))
    assert len(alone.streets) > 100


def test_names_lie_on_the_widest_streets_of_their_county(plan, simulated):
    names = [StreetName(f"{word}路", code) for code in plan.seats.index for word in "甲乙丙丁"]
    placed, called = lay_names(names, simulated.streets, plan.counties, plan.seats)
    assert sorted(called.tolist()) == list(range(len(names)))
    assert len(set(placed.tolist())) == len(names)
    chosen = simulated.streets.iloc[placed]
    outlines = plan.counties.geometry.loc[[names[number].county for number in called]]
    assert shapely.intersects(chosen.geometry.to_numpy(), outlines.to_numpy()).all()
    assert (chosen["class"].isin(["primary", "secondary"])).mean() > 0.9
