import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import StreetEdges, walk_network
from civgeo.errors import CrsError

ZONE = 4547


def streets(*lines, crs=ZONE, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(lines), crs=crs)


def network(*lines, **columns):
    return walk_network(node_streets(streets(*lines, **columns), ZONE)[0], ZONE)


EAST = LineString([(0, 0), (100, 0), (200, 0)])
NORTH = LineString([(100, -100), (100, 0), (100, 100)])


def test_streets_meet_at_a_vertex_that_both_have():
    found = network(EAST, NORTH)

    assert (found.nodes, found.edges, found.parts) == (5, 4, 1)
    assert found.length_dm.tolist() == [1000] * 4


def test_lines_that_only_cross_stay_apart():
    found = network(EAST, LineString([(50, -100), (50, 100)]))

    assert (found.nodes, found.edges, found.parts) == (4, 2, 2)


def test_a_vertex_that_one_line_alone_has_is_a_shape_point_and_its_length_counts():
    bent = LineString([(0, 0), (30, 40), (60, 0)])

    found = network(bent)

    assert (found.nodes, found.edges) == (2, 1)
    assert found.length_dm.tolist() == [1000]
    assert len(found.shape_xy) == 3


@pytest.mark.parametrize(
    "columns",
    [
        {"level": [0, 1]},
        {"level": [0, -1]},
        {"bridge": [None, "yes"]},
        {"bridge": ["no", "viaduct"]},
        {"tunnel": ["F", "T"]},
        {"level": ["0", "2"], "bridge": ["", "是"]},
    ],
)
def test_a_bridge_or_tunnel_does_not_join_the_street_across_it(columns):
    edges, report = node_streets(streets(EAST, NORTH, **columns), ZONE)

    found = walk_network(edges, ZONE)
    assert (found.nodes, found.edges, found.parts) == (4, 2, 2)
    assert (report.off_ground, report.held_apart) == (1, 1)
    assert sorted((found.level != 0).tolist()) == [False, True]


def test_two_bridges_of_one_level_join_where_they_share_a_vertex():
    found = network(EAST, NORTH, level=[1, 1])

    assert (found.nodes, found.edges, found.parts) == (5, 4, 1)


def test_a_bridge_joins_the_streets_at_its_ends_whatever_their_level():
    ramp = LineString([(200, 0), (300, 0)])

    found = network(EAST, NORTH, ramp, level=[1, 0, 0])

    assert found.parts == 2
    assert found.edges == 3
    assert set(found.component[found.x >= 200]) == set(found.component[found.x == 0])


def test_stairs_that_end_on_a_footbridge_join_it_and_the_street_below_does_not():
    bridge = LineString([(0, 0), (50, 0), (100, 0), (150, 0)])
    below = LineString([(50, -90), (50, 0), (50, 90)])
    stairs = LineString([(100, 0), (100, 30)])

    found = network(bridge, below, stairs, level=[1, 0, 0])

    assert found.parts == 2
    assert np.bincount(found.component).tolist() == [4, 2]


def test_coordinates_are_one_at_a_ten_millionth_of_a_degree_and_not_at_two():
    west = LineString([(114, 33), (114.01, 33)])
    near = LineString([(114.01 + 4e-8, 33 - 4e-8), (114.02, 33)])
    far = LineString([(114.01 + 3e-7, 33), (114.02, 33.01)])

    joined = node_streets(streets(west, near, crs=4490), ZONE)[0]
    apart = node_streets(streets(west, far, crs=4326), ZONE)[0]

    assert walk_network(joined, ZONE).parts == 1
    assert walk_network(apart, ZONE).parts == 2


def test_what_is_no_usable_line_is_left_out_and_counted():
    lines = [
        EAST,
        None,
        LineString(),
        Point(1, 1),
        LineString([(5, 5), (5, 5)]),
        LineString([(0, 0), (np.inf, 1), (2, 2)]),
        MultiLineString([[(0, 0), (0, 50)], [(7, 7), (7, 7.001)]]),
        shapely.GeometryCollection([LineString([(0, 50), (0, 90)]), Point(3, 3)]),
    ]

    edges, report = node_streets(streets(*lines), ZONE)

    assert report.lines == 8
    assert report.parts == 3
    assert (report.missing, report.not_lines, report.not_finite) == (2, 2, 1)
    assert report.no_length == 2
    assert report.dropped == 7
    assert len(edges.start) == 3


def test_a_street_drawn_twice_counts_once_and_two_ways_between_the_same_ends_stay():
    around = LineString([(0, 0), (100, 90), (200, 0)])
    again = LineString([(200, 0), (100, 0), (0, 0)])

    edges, report = node_streets(streets(EAST, again, around), ZONE)

    assert report.duplicates == 2
    assert len(edges.start) == 3


def test_a_ring_is_an_edge_from_its_first_vertex_to_itself():
    ring = LineString([(0, 0), (10, 0), (10, 10), (0, 0)])

    found = network(ring)

    assert (found.nodes, found.edges) == (1, 1)
    assert found.edge_start.tolist() == found.edge_end.tolist()


def test_an_empty_layer_gives_no_edges():
    edges, report = node_streets(streets(), ZONE)

    assert isinstance(edges, StreetEdges)
    assert (report.lines, report.parts, len(edges.start)) == (0, 0, 0)
    assert walk_network(edges, ZONE).nodes == 0


def test_streets_without_a_coordinate_system_are_refused():
    with pytest.raises(CrsError, match="没有坐标系"):
        node_streets(streets(EAST, crs=None), ZONE)


grids = st.lists(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=7),
    min_size=1,
    max_size=8,
)


def _by_hand(paths):
    """Edges by walking each line: ends and vertices met twice are junctions."""
    met = {}
    paths = [[p for i, p in enumerate(path) if not i or p != path[i - 1]] for path in paths]
    paths = [path for path in paths if len(path) > 1]
    for path in paths:
        for place in path:
            met[place] = met.get(place, 0) + 1
    ends = {place for path in paths for place in (path[0], path[-1])}
    edges = set()
    for path in paths:
        piece = [path[0]]
        for place in path[1:]:
            piece.append(place)
            if place in ends or met[place] > 1:
                told = tuple(piece)
                edges.add(min(told, told[::-1]))
                piece = [place]
    return edges


@given(grids)
def test_edges_are_those_that_walking_each_line_gives(paths):
    lines = [LineString([(x * 10.0, y * 10.0) for x, y in path]) for path in paths]

    edges, _ = node_streets(streets(*lines), ZONE)

    whole = np.rint(edges.shape_xy / 10).astype(int)
    bounds = zip(edges.shape_start[:-1], edges.shape_start[1:], strict=True)
    found = {tuple(map(tuple, whole[a:b].tolist())) for a, b in bounds}
    expected = _by_hand(paths)
    # a piece that goes out and back the same way is one however it is turned
    assert {min(edge, edge[::-1]) for edge in found} == expected
