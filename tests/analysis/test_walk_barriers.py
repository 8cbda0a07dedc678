import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, Polygon, box

from analysis.street_grids import distances_to, grid, layer, node_at
from civgeo.analysis.barriers import cut_by_barriers
from civgeo.analysis.crossings import add_crossings
from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import walk_network
from civgeo.errors import CrsError

RIVER = LineString([(-50, 150), (550, 150)])


def test_a_river_cuts_every_street_across_it_and_the_table_says_which():
    network = grid(5, 4)

    rest, cut = cut_by_barriers(network, layer(RIVER, index=["汝河"]))

    assert (network.edges - rest.edges, rest.parts) == (5, 2)
    assert cut["barrier"].tolist() == ["汝河"] * 5
    assert cut.crs.to_epsg() == 4547
    assert cut.geometry.crosses(RIVER).all()
    assert np.isin(cut["edge"], np.arange(network.edges)).all()


def test_a_barrier_that_meets_no_street_leaves_the_network_as_it_is():
    network = grid(3, 3)

    rest, cut = cut_by_barriers(network, layer(LineString([(900, 0), (900, 9)])))

    assert rest is network
    assert len(cut) == 0


def test_an_edge_near_a_crossing_is_not_cut_and_one_farther_off_is():
    crossings = layer(LineString([(112, 140), (112, 160)]), Point(300, 134.9))

    rest, cut = cut_by_barriers(grid(5, 4), layer(RIVER), crossings)

    assert len(cut) == 4
    assert rest.parts == 1
    wider, cut = cut_by_barriers(grid(5, 4), layer(RIVER), crossings, tolerance_m=16.0)
    assert len(cut) == 3
    assert wider.edges == rest.edges + 1


def test_a_lake_cuts_what_enters_it_and_not_the_street_along_its_shore():
    lake = box(100, 100, 250, 180)

    _, cut = cut_by_barriers(grid(5, 4), layer(lake))

    entering = {tuple(np.sort(line.xy[0])) + tuple(np.sort(line.xy[1])) for line in cut.geometry}
    assert entering == {(200, 200, 100, 200)}


def test_a_dead_end_at_a_wall_stays_and_a_street_that_leads_on_through_it_does_not():
    lines = layer(
        LineString([(0, 0), (50, 0)]),
        LineString([(0, 10), (50, 10)]),
        LineString([(50, 10), (90, 10)]),
        LineString([(50, 10), (50, 30)]),
    )
    network = walk_network(node_streets(lines, 4547)[0], 4547)
    wall = LineString([(50, -20), (50, 15)])

    rest, cut = cut_by_barriers(network, layer(wall))

    assert len(cut) == 3
    assert rest.edges == 1
    assert rest.y.max() == 0


def test_the_end_of_a_fence_at_a_street_does_not_cut_it():
    rest, _ = cut_by_barriers(grid(2, 2), layer(LineString([(50, 0), (50, -40)])))

    assert rest.edges == 4


def test_bridges_and_tunnels_are_cut_by_nothing():
    lines = layer(LineString([(0, 0), (0, 300)]), LineString([(50, 0), (50, 300)]))
    edges, _ = node_streets(lines.assign(bridge=["yes", None]), 4547)

    rest, cut = cut_by_barriers(walk_network(edges, 4547), layer(RIVER))

    assert len(cut) == 1
    assert rest.level.tolist() == [1]


def test_an_edge_across_two_barriers_is_told_for_each():
    barriers = layer(RIVER, RIVER.buffer(3), index=[7, 9])

    rest, cut = cut_by_barriers(grid(2, 4), barriers)

    assert cut["barrier"].tolist() == [7, 9, 7, 9]
    assert grid(2, 4).edges - rest.edges == 2


def test_layers_in_another_system_are_refused():
    degrees = layer(RIVER).set_crs(4490, allow_override=True)

    with pytest.raises(CrsError, match="请先换算"):
        cut_by_barriers(grid(2, 2), degrees)
    with pytest.raises(CrsError, match="请先换算"):
        cut_by_barriers(grid(2, 2), layer(RIVER), degrees)
    with pytest.raises(CrsError, match="请先换算"):
        add_crossings(grid(2, 2), degrees)


def test_a_crossing_joins_the_two_banks_at_the_middle_of_streets():
    cut, _ = cut_by_barriers(grid(5, 4), layer(RIVER))
    bridge = LineString([(130, 104), (130, 150), (130, 197)])

    outcome = add_crossings(cut, layer(bridge, index=["人行桥"]))

    joined = outcome.network
    assert (outcome.added, outcome.untied) == (("人行桥",), ())
    assert (joined.parts, joined.nodes, joined.edges) == (1, cut.nodes + 2, cut.edges + 3)
    south, north = node_at(joined, 100, 100), node_at(joined, 100, 200)
    # 30 m along each bank, 93 m of the bridge, 4 m and 3 m to its ends
    assert distances_to(joined, north)[south] == 300 + 1000 + 300
    assert joined.level.max() == 1


def test_a_crossing_at_a_junction_adds_no_node_and_two_may_share_a_street():
    network = grid(3, 3)
    crossings = layer(
        LineString([(0.2, 0), (200, 200.3)]),
        LineString([(30, 0), (30, 100)]),
        LineString([(70, 0), (70, 100)]),
    )

    joined = add_crossings(network, crossings).network

    assert joined.nodes == network.nodes + 4
    assert joined.edges == network.edges + 4 + 3
    assert joined.length_dm.sum() == pytest.approx(network.length_dm.sum() + 2828 + 2000, abs=10)


def test_a_crossing_too_far_from_a_street_or_no_line_is_a_finding_and_not_dragged():
    network = grid(2, 2)
    crossings = layer(
        LineString([(50, 0), (50, -80)]),
        MultiLineString([[(0, 0), (1, 1)]]),
        LineString([(50, 0), (50, -10)]),
        index=["远桥", "多段", "断桥"],
    )

    outcome = add_crossings(network, crossings)

    assert outcome.network is network
    told = [untied.message for untied in outcome.untied]
    assert "远桥 有一端离最近的道路 80 米，超过 50 米" in told[0]
    assert "多段 不是一条线" in told[1]
    assert "断桥 的两端接在同一处" in told[2]


def test_what_walking_the_pieces_of_a_split_street_counts_adds_up_to_the_whole():
    edges, _ = node_streets(
        layer(LineString([(0, 0), (100, 0)]), LineString([(0, 40), (100, 40)])), 4547
    )
    ways = np.array([1003, 1001], dtype=np.int32), np.array([997, 1007], dtype=np.int32)
    network = walk_network(edges, 4547, forward_dm=ways[0], backward_dm=ways[1])
    crossings = layer(*(LineString([(x, 0), (x, 40)]) for x in (13.3, 41.7, 77.7)))

    joined = add_crossings(network, crossings).network

    along = joined.level == 0
    assert sorted(joined.forward_dm[along].tolist()) != sorted(joined.backward_dm[along].tolist())
    assert joined.forward_dm[along].sum() == 2004
    assert joined.backward_dm[along].sum() == 2004


barriers = st.lists(
    st.lists(
        st.tuples(st.floats(-50, 450, width=32), st.floats(-50, 450, width=32)),
        min_size=2,
        max_size=4,
        unique=True,
    ),
    min_size=1,
    max_size=4,
)


@given(barriers, st.integers(0, 15))
def test_a_barrier_never_shortens_and_a_crossing_never_lengthens(paths, place):
    network = grid(4, 4)
    shapes = [LineString(path) for path in paths]
    shapes += [Polygon(path) for path in paths if len(path) > 2]
    sound = [shape for shape in shapes if shape.is_valid]

    rest, cut = cut_by_barriers(network, layer(*sound))

    x, y = network.x[place], network.y[place]
    if not ((rest.x == x) & (rest.y == y)).any():
        return
    before = distances_to(network, place)
    after = distances_to(rest, node_at(rest, x, y))
    own = [node_at(network, *at) for at in zip(rest.x, rest.y, strict=True)]
    assert (after >= before[own]).all()
    crossings = layer(*(shape for shape in sound if shape.geom_type == "LineString"))
    joined = add_crossings(rest, crossings).network
    again = distances_to(joined, node_at(joined, x, y))
    own = [node_at(joined, *at) for at in zip(rest.x, rest.y, strict=True)]
    assert (again[own] <= after).all()
    assert len(cut) >= network.edges - rest.edges
