"""The middle of Helsinki as OpenStreetMap has it: the whole way from the file to a search."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from civgeo.analysis.barriers import cut_by_barriers
from civgeo.analysis.snapping import StreetIndex
from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import UNREACHED, walk_network
from civgeo.analysis.walk_search import nearest_facility
from civgeo.formats.facts import ReadRequest
from civgeo.formats.jail import read_file
from osm_specimens import helsinki

UTM = 32635


def layer(folder, name):
    return read_file(helsinki(), folder, ReadRequest(layer=name)).frame()


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    return layer(tmp_path_factory.mktemp("streets"), "streets")


@pytest.fixture(scope="module")
def network(streets):
    return walk_network(node_streets(streets, UTM)[0], UTM)


def test_the_streets_hang_together_and_bridges_do_not_cross_what_lies_below(streets, network):
    _, report = node_streets(streets, UTM)

    assert report.dropped == 0
    assert report.off_ground > 200
    assert 0 < report.held_apart < 20
    assert np.bincount(network.component)[0] > 0.95 * network.nodes
    assert network.length_dm.sum() / 10_000 == pytest.approx(99.6, abs=1)


def test_edges_keep_the_length_of_their_ways(streets, network):
    metres = streets.to_crs(epsg=UTM).geometry.length.sum()
    _, report = node_streets(streets, UTM)

    # streets drawn twice count once
    assert report.duplicates > 0
    assert 0.97 * metres < network.length_dm.sum() / 10 <= metres + network.edges * 0.05


def test_distances_to_the_nearest_of_fifty_places_are_those_of_scipy(network):
    rng = np.random.default_rng(20260301)
    ends = np.unique(network.edge_start[network.level == 0])
    nodes = rng.choice(ends, 50, replace=False)
    index = StreetIndex(network)
    facilities = index.snap(network.x[nodes], network.y[nodes])
    assert (facilities.access_dm == 0).all()

    found = nearest_facility(network, facilities)

    row = np.repeat(np.arange(network.nodes), np.diff(network.row_start))
    order = np.lexsort((network.toward_dm, network.neighbour, row))
    pairs = np.column_stack([row, network.neighbour])[order]
    first = np.concatenate([[True], (np.diff(pairs, axis=0) != 0).any(axis=1)])
    arcs = (network.toward_dm[order][first], tuple(pairs[first].T))
    table = csr_array(arcs, shape=(network.nodes, network.nodes))
    expected = dijkstra(table, indices=nodes, min_only=True)
    reached = np.isfinite(expected)
    assert np.array_equal(found.distance_dm[reached], expected[reached])
    assert (found.distance_dm[~reached] == UNREACHED).all()


def test_railways_of_the_same_file_cut_streets_on_the_ground_and_no_bridge(network, tmp_path):
    barriers = layer(tmp_path, "barriers").to_crs(epsg=UTM)
    railways = barriers[barriers["kind"] == "railway"]

    rest, cut = cut_by_barriers(network, railways)

    assert len(railways) > 100
    assert (network.level[cut["edge"]] == 0).all()
    assert rest.edges == network.edges - cut["edge"].nunique()
    assert (rest.level != 0).sum() == (network.level != 0).sum()
