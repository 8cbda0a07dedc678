"""Outlines of walking circles against unions of edge buffers."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from contourpy import FillType, contour_generator
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import substring

from civgeo.analysis.kernels.distance_raster import outlines
from civgeo.analysis.service_area import service_areas, union_of_circles
from civgeo.analysis.snapping import StreetIndex, joined
from civgeo.analysis.walk_network import UNREACHED, walk_network
from civgeo.analysis.walk_search import nearest_facility
from civgeo.errors import InvalidInput
from street_towns import edges_of, network_of, town

seeds = st.integers(0, 2**32 - 1)


def placed(network, rng, count):
    low = min(network.x.min(), network.y.min())
    high = max(network.x.max(), network.y.max())
    x, y = rng.uniform(low, high, (2, count))
    return StreetIndex(network).snap(x, y, 150.0)


def walked(network, places, limit):
    """Parts of streets within `limit` of any place, edge by edge."""
    distance = nearest_facility(network, places).distance_dm.astype(float)
    distance[distance == UNREACHED] = np.inf
    parts = []
    for edge in range(network.edges):
        corners = network.shape_xy[network.shape_start[edge] : network.shape_start[edge + 1]]
        line = shapely.LineString(corners)
        length, forward, backward = (
            array[edge] for array in (network.length_dm, network.forward_dm, network.backward_dm)
        )
        spans = [
            (0.0, (limit - distance[network.edge_start[edge]]) / backward),
            (1.0 - (limit - distance[network.edge_end[edge]]) / forward, 1.0),
        ]
        for k in np.flatnonzero(places.edge == edge):
            share, rest = places.offset_dm[k] / length, limit - int(places.access_dm[k])
            if rest >= 0:
                spans.append((share - rest / forward, share + rest / backward))
        for low, high in spans:
            low, high = max(low, 0.0), min(high, 1.0)
            if high >= low:
                parts.append(substring(line, low, high, normalized=True))
    return parts


def ground(network, places, limit, half_width=25.0):
    parts = walked(network, places, limit)
    return shapely.union_all(shapely.buffer(parts, half_width, quad_segs=32))


def overlap(first, second):
    return first.intersection(second).area / first.union(second).area


def assert_near(outline, oracle):
    """Within 1 % of the area and one square of the grid: a lone street of 60 m loses that much."""
    assert overlap(outline, oracle) >= 0.96
    assert abs(outline.area - oracle.area) <= 0.01 * oracle.area + 10.0**2


@pytest.mark.parametrize("slope", [False, True])
@settings(max_examples=12, deadline=None)
@given(seed=seeds, limit=st.integers(3_000, 9_000))
def test_outlines_are_the_union_of_edge_buffers(slope, seed, limit):
    rng = np.random.default_rng(seed)
    network = town(rng, side=9, missing=0.3, slope=slope)
    places = placed(network, rng, 2)
    for row in service_areas(network, places, [limit]).itertuples():
        one = places.take(np.array([row.facility]))
        if row.geometry is None:
            assert one.edge[0] < 0 or one.access_dm[0] > limit
            continue
        oracle = ground(network, one, limit)
        assert row.geometry.is_valid
        assert_near(row.geometry, oracle)


def test_towns_overlap_their_edge_buffers_by_99_percent():
    rng = np.random.default_rng(61)
    overlaps = []
    for _ in range(6):
        network = town(rng, side=14, missing=0.32, spacing=90.0)
        places = placed(network, rng, 3)
        for row in service_areas(network, places, [6_000, 9_000]).itertuples():
            if row.geometry is None:
                continue
            oracle = ground(network, places.take(np.array([row.facility])), row.limit_dm)
            overlaps.append(overlap(row.geometry, oracle))
    assert len(overlaps) > 20
    assert np.mean(overlaps) >= 0.99
    fine = service_areas(network, places, [9_000], cell_m=5.0)
    for row in fine.dropna(subset="geometry").itertuples():
        oracle = ground(network, places.take(np.array([row.facility])), 9_000)
        assert overlap(row.geometry, oracle) >= 0.997


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_a_longer_walk_holds_a_shorter_one(seed):
    rng = np.random.default_rng(seed)
    network = town(rng, side=9, missing=0.3, slope=True)
    areas = service_areas(network, placed(network, rng, 3), [9_000, 3_000, 6_000])
    assert areas["limit_dm"].tolist() == [9_000, 3_000, 6_000] * 3
    for _, rings in areas.dropna(subset="geometry").groupby("facility"):
        rings = rings.sort_values("limit_dm").geometry.to_list()
        for inner, outer in pairwise(rings):
            # a corner drawn sharp may leave a sliver of the shorter walk's blunt one
            assert inner.difference(outer).area <= 0.005 * inner.area


@settings(max_examples=12, deadline=None)
@given(seed=seeds, limit=st.integers(3_000, 7_000))
def test_the_union_of_circles_is_the_threshold_of_the_field_of_all(seed, limit):
    rng = np.random.default_rng(seed)
    network = town(rng, side=10, missing=0.3)
    places = placed(network, rng, 4)
    field = nearest_facility(network, places)
    union = union_of_circles(network, field, places, [limit]).geometry.iloc[0]
    alone = service_areas(network, places, [limit]).geometry.dropna().to_list()
    assert (union is None) == (not alone)
    if union is not None:
        assert union.is_valid
        assert overlap(union, shapely.union_all(alone)) >= 0.99
        oracle = ground(network, places, limit)
        assert_near(union, oracle)


def test_bends_are_followed_and_a_walk_may_end_inside_an_edge():
    corners = np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 300.0]])
    edges = edges_of([(0, 0), (300, 300)], [(0, 1)])
    bent = type(edges)(
        edges.node_x, edges.node_y, edges.start, edges.end,
        np.array([0, 3]), corners, edges.level,
    )  # fmt: skip
    network = walk_network(bent, 4547)
    place = StreetIndex(network).snap(np.array([100.0]), np.array([10.0]))
    area = service_areas(network, place, [2_600], cell_m=5.0)
    # 250 m along the street after 10 m to it: back to its end, on past the bend by 50 m
    line = shapely.LineString([(0, 0), (300, 0), (300, 50)])
    assert overlap(area.geometry.iloc[0], line.buffer(25)) >= 0.99
    assert area.crs.to_epsg() == 4547


def test_a_facility_off_the_network_has_no_outline_and_the_rest_has():
    network = network_of([(0, 0), (1000, 0)], [(0, 1)])
    index = StreetIndex(network)
    places = index.snap(np.array([500.0] * 3), np.array([0.0, 150.0, 900.0]))
    areas = service_areas(network, places, [1_000])
    assert areas.geometry.isna().tolist() == [False, True, True]
    assert areas["finding"].iloc[0] is None
    assert "150.0 m，已超过步行距离 100.0 m" in areas["finding"].iloc[1]
    assert "不在步行网上，最近的道路在 900.0 m 以外" in areas["finding"].iloc[2]
    assert areas["area_m2"].iloc[0] == pytest.approx(200 * 50 + np.pi * 625, rel=0.01)
    far = places.take(np.array([2]))
    union = union_of_circles(network, nearest_facility(network, far), far, [1_000])
    assert union.geometry.isna().all()
    assert "没有设施" in union["finding"].iloc[0]


def test_towns_far_apart_are_drawn_each_on_its_own_grid():
    ends = [(0, 0), (400, 0), (900_000, 900_000), (900_400, 900_000)]
    network = network_of(ends, [(0, 1), (2, 3)])
    index = StreetIndex(network)
    places = index.snap(np.array([200.0, 900_200.0]), np.array([0.0, 900_000.0]))
    union = union_of_circles(network, nearest_facility(network, places), places, [1_000, 500])
    assert [len(shape.geoms) for shape in union.geometry] == [2, 2]
    apart = service_areas(network, joined(places, places), [1_000])
    assert union["area_m2"].iloc[0] == pytest.approx(apart["area_m2"].iloc[:2].sum())


def test_without_streets_or_facilities_there_is_nothing_to_draw():
    empty = network_of([], [])
    place = StreetIndex(empty).snap(np.zeros(1), np.zeros(1))
    areas = service_areas(empty, place, [9_000])
    assert areas.geometry.isna().all()
    assert "不在步行网上；" in areas["finding"].iloc[0]
    none = place.take(np.zeros(0, np.int64))
    assert len(service_areas(empty, none, [9_000])) == 0


@settings(max_examples=40, deadline=None)
@given(seed=seeds, size=st.integers(4, 30))
def test_rings_enclose_what_contourpy_encloses(seed, size):
    rng = np.random.default_rng(seed)
    distance = np.full((size + 2, size + 2), 40.0)
    distance[1:-1, 1:-1] = rng.uniform(0, 40, (size, size))
    distance[np.abs(distance - 25) < 0.05] = 24.0
    points, _, start, polygon = outlines(distance**2, 25.0)
    drawn = contour_generator(z=distance, fill_type=FillType.OuterOffset)
    shells, offsets = drawn.filled(-1.0, 25.0)
    theirs = sorted(len(part) - 1 for part in offsets)
    assert sorted(np.bincount(polygon)[1:].tolist()) == theirs
    rings = [points[a:b] for a, b in pairwise(start)]
    made = []
    for number in range(1, polygon.max(initial=0) + 1):
        shell, *holes = [ring for ring, at in zip(rings, polygon, strict=True) if at == number]
        made.append(shapely.Polygon(shell, holes))
    assert shapely.is_valid(made).all()
    expected = [
        shapely.Polygon(part[offset[0] : offset[1]])
        for part, offset in zip(shells, offsets, strict=True)
    ]
    filled = [shapely.Polygon(shape.exterior) for shape in made]
    assert np.sort(shapely.area(filled)) == pytest.approx(np.sort(shapely.area(expected)), rel=1e-9)


@pytest.mark.parametrize(
    ("limits", "cell", "half"), [([], 10, 25), ([0], 10, 25), ([9_000], 0, 25), ([9_000], 30, 25)]
)
def test_limits_and_spacings_that_make_no_sense_are_refused(limits, cell, half):
    network = network_of([(0, 0), (1000, 0)], [(0, 1)])
    places = StreetIndex(network).snap(np.array([5.0]), np.array([0.0]))
    with pytest.raises(InvalidInput):
        service_areas(network, places, limits, cell_m=cell, half_width_m=half)


def test_a_grid_beyond_memory_is_refused_with_what_to_do():
    network = network_of([(0, 0), (300_000, 300_000)], [(0, 1)])
    places = StreetIndex(network).snap(np.array([5.0]), np.array([5.0]))
    with pytest.raises(InvalidInput, match="加大网格间距"):
        service_areas(network, places, [4_000_000], cell_m=10.0)
