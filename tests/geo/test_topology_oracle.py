"""The checks against a plain reading of their definitions, pair by pair and point by point."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from division_layers import cell, layer, moved, voronoi
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.errors import InvalidInput
from civgeo.geo.crs import city_zone
from civgeo.geo.edges import cuts, edges_of
from civgeo.geo.ground import in_metres
from civgeo.geo.topology import CoverageReport, FindingKind, check_coverage

GRID_DEG = 1e-9


def plain_shared(frame: gpd.GeoDataFrame) -> dict[tuple[str, str], float]:
    """Lines of the intersection of every pair of polygons, on the grid."""
    zone = city_zone(frame)
    found: dict[tuple[str, str], float] = {}
    rows = list(zip(frame["code"], frame.geometry, strict=True))
    for (one, shape), (other, beside) in combinations(rows, 2):
        both = shapely.get_parts(shapely.intersection(shape, beside, grid_size=GRID_DEG))
        lines = both[shapely.get_type_id(both) == 1]
        if len(lines) and one != other:
            key = (min(one, other), max(one, other))
            length = shapely.length(in_metres(np.asarray(lines), zone)).sum()
            found[key] = found.get(key, 0.0) + float(length)
    return found


def plain_junctions(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Corners and crossings of all outlines with three codes or more within the grid."""
    edges = shapely.boundary(frame.geometry.to_numpy())
    crossed = [shapely.intersection(one, other) for one, other in combinations(edges, 2)]
    places = np.concatenate([shapely.get_coordinates(each) for each in (*edges, *crossed)])
    points = shapely.points(np.unique(places, axis=0))
    at, which = shapely.STRtree(edges).query(points, predicate="dwithin", distance=GRID_DEG)
    found = pd.DataFrame({"at": at, "codes": frame["code"].to_numpy()[which]}).drop_duplicates()
    sets = found.sort_values(["at", "codes"]).groupby("at")["codes"].agg(tuple)
    sets = sets[sets.map(len) >= 3]
    return gpd.GeoDataFrame({"codes": sets.to_numpy()}, geometry=points[sets.index], crs=4490)


def same_junctions(told: gpd.GeoDataFrame, plain: gpd.GeoDataFrame) -> None:
    """Each is told, with its codes; none is told twice."""
    near = shapely.STRtree(told.geometry.to_numpy()).query(
        plain.geometry.to_numpy(), predicate="dwithin", distance=4 * GRID_DEG
    )
    assert set(near[0]) == set(range(len(plain)))
    assert set(near[1]) == set(range(len(told)))
    assert len(np.unique(near[0])) == near.shape[1]
    for place, junction in near.T:
        assert set(plain["codes"].iloc[place]) <= set(told["codes"].iloc[junction])
    whole = plain.assign(at=near[1][np.argsort(near[0])]).groupby("at")["codes"]
    for junction, codes in whole:
        assert set(told["codes"].iloc[junction]) == set().union(*codes)


def plain_overlaps(frame: gpd.GeoDataFrame) -> float:
    zone = city_zone(frame)
    pairs = combinations(frame.geometry, 2)
    dense = [shapely.segmentize(shapely.intersection(*pair), 1e-3) for pair in pairs]
    return float(shapely.area(in_metres(np.asarray(dense, dtype=object), zone)).sum())


def told_shared(report: CoverageReport) -> dict[tuple[str, str], float]:
    return {(one, other): length for one, other, length in report.shared.itertuples(index=False)}


def agrees(frame: gpd.GeoDataFrame) -> None:
    report = check_coverage(frame, sliver_width_m=0)
    shared = plain_shared(frame)
    assert told_shared(report) == pytest.approx(shared, rel=1e-5, abs=1e-3)
    same_junctions(report.junctions, plain_junctions(frame))
    overlaps = report.of(FindingKind.OVERLAP)["area_m2"].sum()
    assert overlaps == pytest.approx(plain_overlaps(frame), rel=1e-5, abs=1.0)


def over(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    other = other.assign(code="9" + other["code"])
    return gpd.GeoDataFrame(pd.concat([one, other], ignore_index=True), crs=4490)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 12))
def test_a_coverage_agrees_with_its_definition(seed, count):
    agrees(voronoi(seed, count))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 8), st.integers(3, 8))
def test_two_coverages_laid_over_each_other_agree_with_their_definition(seed, one, other):
    agrees(over(voronoi(seed, one), voronoi(seed + 1, other)))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 8))
def test_a_coverage_laid_over_its_own_copy_agrees_with_its_definition(seed, count):
    frame = voronoi(seed, count)
    agrees(over(frame, frame))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 8), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_a_coverage_that_lost_a_part_and_moved_agrees_with_its_definition(seed, count, east, north):
    frame = voronoi(seed, count)
    part = moved(frame.iloc[:2], lambda lon, lat: (lon + east, lat + north))
    agrees(gpd.GeoDataFrame(pd.concat([frame.iloc[2:], part], ignore_index=True), crs=4490))


def test_boundaries_that_run_along_each_other_inside_an_overlap_are_shared_and_meet():
    lower, upper = cell(0, 0, 4, 2), cell(0, 2, 4, 2)
    frame = layer(lower, upper, cell(1, 1, 1, 1), cell(1, 2, 1, 1), cell(2, 1, 1, 2))
    agrees(frame)


def test_corners_that_round_to_neighbouring_grid_points_are_still_one_boundary():
    away = 0.4e-9
    one = shapely.box(114.0, 33.0, 114.1 + away / 2, 33.1)
    other = shapely.box(114.1 - away / 2, 33.0, 114.2, 33.1)
    report = check_coverage(layer(one, other))
    assert report.findings.empty
    assert len(report.shared) == 1


def test_only_what_is_not_matched_corner_by_corner_is_asked_of_geometry():
    frame = voronoi(3, 40)
    edges = edges_of(frame.geometry.to_numpy())
    found = cuts(edges, edges.loose)
    outer = shapely.union_all(frame.geometry.to_numpy()).exterior
    assert edges.loose.sum() == shapely.get_num_points(outer) - 1
    assert not found.cut.any()


def test_more_work_than_the_limit_is_refused():
    frame = over(voronoi(1, 30), voronoi(2, 30))
    assert len(check_coverage(frame, most=100_000).findings)
    with pytest.raises(InvalidInput) as refusal:
        check_coverage(frame, most=10)
    assert refusal.value.code == "too_many_pairs"
    same = layer(*[shapely.Point(114, 33).buffer(0.1, quad_segs=16)] * 12)
    assert len(check_coverage(same, most=66).of(FindingKind.OVERLAP)) == 66
    with pytest.raises(InvalidInput):
        check_coverage(same, most=50)
