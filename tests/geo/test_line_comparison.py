import numpy as np
import pytest
import shapely
from boundary_specimens import STRAIGHT, WINDING, bent, route_between
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from civgeo.geo.boundary_line import ELLIPSOID, route_of
from civgeo.geo.ground import in_metres
from civgeo.geo.line_comparison import compare_lines
from civgeo.geo.line_findings import LineFault
from civgeo.geo.line_junctions import NamedRoute, ends_apart_m, tri_junctions

GRID = 1e-9
height = st.integers(-3, 3)


def compared(one, other, **options):
    return compare_lines(route_of(one), route_of(other), **options)


def overlaid(one, other):
    """Shared metres, area between and greatest distance, by shapely alone."""
    route = route_of(one)
    both = shapely.intersection(one, other, grid_size=GRID)
    shared = sum(
        ELLIPSOID.line_length(*shapely.get_coordinates(part).T)
        for part in shapely.get_parts(both)
        if part.geom_type == "LineString"
    )
    faces = shapely.polygonize([shapely.union_all([one, other], grid_size=GRID)])
    metric = in_metres(shapely.segmentize(shapely.get_parts(faces), 0.01), route.zone)
    drawn = in_metres(np.array([one, other], dtype=object), route.zone)
    lines = in_metres(shapely.segmentize(np.array([one, other], dtype=object), 0.01), route.zone)
    greatest = max(
        shapely.distance(shapely.points(shapely.get_coordinates(corners)), against).max()
        for corners, against in zip(drawn, lines[::-1], strict=True)
    )
    return shared, shapely.area(metric).sum(), greatest


def same(found, one, other):
    shared, area, greatest = overlaid(one, other)
    assert found.shared_m == pytest.approx(shared, abs=0.01)
    assert found.area_m2 == pytest.approx(area, rel=1e-3, abs=0.5)
    assert found.greatest_m == pytest.approx(greatest, rel=1e-3, abs=0.01)


def test_a_line_beside_itself_is_shared_whatever_its_direction():
    found = compared(WINDING, WINDING.reverse())
    assert found.stretches["kind"].tolist() == ["shared"]
    assert found.shared_m == pytest.approx(route_of(WINDING).length_m)
    assert (found.area_m2, found.greatest_m) == (0.0, 0.0)
    assert found.crossings.empty


def test_corners_in_the_middle_of_an_edge_do_not_part_the_lines():
    found = compared(STRAIGHT, LineString([(114.0, 33.0), (114.037, 33.0), (114.1, 33.0)]))
    assert found.stretches["kind"].tolist() == ["shared"]


def test_a_bend_is_one_stretch_with_its_place_distance_and_area():
    other = bent(WINDING, 100, 130, 0.0005)
    found = compared(WINDING, other)
    assert found.stretches["kind"].tolist() == ["shared", "apart", "shared"]
    (apart,) = found.apart.to_dict("records")
    assert apart["side"] == "left"
    assert apart["greatest_m"] == pytest.approx(55.4, abs=15)
    assert apart["mean_m"] < apart["greatest_m"]
    assert found.stretches["end_m"].iloc[-1] == pytest.approx(route_of(WINDING).length_m)
    same(found, WINDING, other)


def test_areas_are_claimed_by_both_or_by_nobody_after_the_owner_of_the_first_line():
    other = bent(WINDING, 100, 130, 0.0005)
    assert compared(WINDING, other, owner_side="left").apart["claim"].tolist() == ["overlap"]
    assert compared(WINDING, other, owner_side="right").apart["claim"].tolist() == ["gap"]
    assert compared(WINDING, other).apart["claim"].tolist() == [None]


def test_a_crossing_is_told_with_its_place():
    zigzag = LineString([(114.0, 33.0), (114.025, 33.001), (114.075, 32.999), (114.1, 33.0)])
    found = compared(STRAIGHT, zigzag)
    assert found.apart["side"].tolist() == ["left", "right"]
    assert found.crossings.geometry.x.tolist() == pytest.approx([114.05])
    same(found, STRAIGHT, zigzag)


def test_lines_that_never_meet_are_one_open_stretch():
    found = compared(STRAIGHT, shapely.affinity.translate(STRAIGHT, yoff=0.001))
    assert found.stretches["open"].tolist() == [True]
    assert found.greatest_m == pytest.approx(110.9, abs=0.1)
    assert found.area_m2 == pytest.approx(110.9 * route_of(STRAIGHT).length_m, rel=1e-3)


def test_a_line_that_goes_on_beyond_the_other_has_an_open_end():
    longer = LineString([(114.0, 33.0), (114.1, 33.0), (114.12, 33.0)])
    found = compared(STRAIGHT, longer)
    assert found.stretches["kind"].tolist() == ["shared", "apart"]
    assert found.stretches["open"].tolist() == [False, True]
    assert found.stretches["length_m"].iloc[1] == 0.0
    assert found.stretches["other_length_m"].iloc[1] == pytest.approx(1868.6, abs=1)
    assert found.greatest_m == pytest.approx(1868.6, abs=1)


def test_closed_lines_are_compared_wherever_they_start():
    ring = shapely.get_coordinates(shapely.Point(114, 33).buffer(0.1).exterior)
    other = ring.copy()
    other[3, 0] += 0.001
    turned = np.vstack([other[20:-1], other[:21]])
    found = compared(LineString(ring), LineString(turned))
    assert found.stretches["kind"].tolist().count("apart") == 1
    assert found.shared_m + found.apart["length_m"].sum() == pytest.approx(
        route_of(LineString(ring)).length_m
    )


heights = st.lists(height, min_size=3, max_size=12)


@settings(deadline=None)
@given(heights, st.data())
def test_the_answer_is_that_of_a_shapely_overlay(ours, data):
    theirs = data.draw(st.lists(height, min_size=len(ours), max_size=len(ours)))
    ours[0], ours[-1] = theirs[0], theirs[-1]
    one, other = (
        LineString([(114 + 0.01 * x, 33 + 0.001 * y) for x, y in enumerate(line)])
        for line in (ours, theirs)
    )
    same(compared(one, other), one, other)


@settings(deadline=None)
@given(heights, st.data())
def test_the_comparison_is_symmetric(ours, data):
    theirs = data.draw(heights)
    one, other = (
        route_of(LineString([(114 + 0.01 * x, 33 + 0.001 * y) for x, y in enumerate(line)]))
        for line in (ours, theirs)
    )
    there, back = compare_lines(one, other), compare_lines(other, one)
    assert there.shared_m == pytest.approx(back.shared_m, abs=1e-3)
    assert there.area_m2 == pytest.approx(back.area_m2, rel=1e-4, abs=1e-3)
    assert there.greatest_m == pytest.approx(back.greatest_m, rel=1e-4, abs=1e-6)
    assert len(there.crossings) == len(back.crossings)


def line(name, *places, sides=()):
    return NamedRoute(name, sides, route_between(*places))


def test_three_ends_at_one_point_are_a_tri_junction_and_one_beside_it_is_not_equal():
    lines = [
        line("周驻线", (114.0, 33.0), (114.3, 33.0), sides=("411600", "411700")),
        line("平驻线", (114.0, 33.0), (114.0, 33.4), sides=("410400", "411700")),
        line("平周线", (114.0, 33.0), (113.8, 32.7), sides=("410400", "411600")),
    ]
    (found,) = tri_junctions(lines).to_dict("records")
    assert found["equal"]
    assert found["sides"] == ("410400", "411600", "411700")
    moved = [*lines[:2], line("平周线", (114.0, 32.9999), (113.8, 32.7))]
    (found,) = tri_junctions(moved).to_dict("records")
    assert not found["equal"]
    assert found["greatest_m"] == pytest.approx(11.09, abs=0.01)
    assert tri_junctions(lines[:2]).empty
    assert tri_junctions([]).empty


def test_distances_between_ends_are_symmetric_and_geodesic():
    found = ends_apart_m([(114.0, 33.0), (114.0, 33.1), (114.2, 33.0)])
    assert (found == found.T).all()
    assert found[0, 1] == pytest.approx(ELLIPSOID.inv(114.0, 33.0, 114.0, 33.1)[2])


def test_every_fault_has_a_chinese_label():
    assert all(fault.label_zh for fault in LineFault)
