"""Parcels: distances to the millimetre, the share that each rule takes, overlaps."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analysis.siting_ground import ZONE, layer, placed, series
from civgeo.analysis.parcel_siting import parcel_overlaps, parcel_verdicts
from civgeo.errors import CrsError, InvalidInput


def square(east: float, south: float, side: float = 100) -> shapely.Polygon:
    return shapely.box(*placed((east, south + side)), *placed((east + side, south)))


def parcels(*shapes) -> gpd.GeoDataFrame:
    names = [f"地块{n + 1}" for n in range(len(shapes))]
    return gpd.GeoDataFrame(geometry=list(shapes), index=names, crs=ZONE)


ROAD = shapely.LineString(placed([(-9_000, 0), (9_000, 0)]))


def test_a_parcel_at_the_limit_is_excluded_and_one_a_millimetre_beyond_is_not():
    some = parcels(square(0, 1_000), square(0, 1_000.001), square(0, 950))
    found = parcel_verdicts(some, [layer("road", [ROAD], 1_000, layer_date=date(2025, 1, 1))])

    assert found["is_excluded"].tolist() == [True, False, True]
    assert found["nearest_m"].tolist() == pytest.approx([1_000, 1_000.001, 950])
    assert found["excluded_share"].tolist() == pytest.approx([0, 0, 0.5])
    assert found["layer_date"].tolist() == [date(2025, 1, 1)] * 3
    kept = parcel_verdicts(some, [layer("road", [ROAD], 1_000, excludes_at_limit=False)])
    assert kept["is_excluded"].tolist() == [False, False, True]
    assert found["parcel"].tolist() == ["地块1", "地块2", "地块3"]


def test_a_parcel_that_only_shares_a_border_with_forbidden_land_does_not_lie_in_it():
    some = parcels(square(0, 0), square(-99, 0), square(-100, 0))
    land = [square(100, 0), square(0, 0, 0.5)]
    found = parcel_verdicts(some, [layer("arable", land, 0)])
    path = shapely.LineString(placed([(100, -500), (100, 500)]))

    assert found["is_excluded"].tolist() == [True, True, False]
    assert found["excluded_m2"].tolist() == pytest.approx([0.25, 0.25, 0])
    assert not parcel_verdicts(some[:1], [layer("arable", land[:1], 0)])["is_excluded"][0]
    assert parcel_verdicts(some[:1], [layer("road", [path], 0)])["is_excluded"][0]


def test_what_two_features_both_take_is_counted_once_and_a_circle_nearly_whole():
    points = [shapely.Point(placed((50, 50)))] * 2
    found = parcel_verdicts(parcels(square(0, 0)), [layer("graves", points, 40)])

    assert found["excluded_m2"][0] == pytest.approx(np.pi * 40**2, rel=2e-4)


def test_a_layer_without_features_excludes_nothing_and_its_end_is_told():
    extent = shapely.box(*placed((-5_000, 5_000)), *placed((60, -5_000)))
    found = parcel_verdicts(parcels(square(0, 0)), [layer("river", [], 10, extent=extent)])

    assert not found["is_excluded"][0]
    assert np.isinf(found["nearest_m"][0])
    assert found["missing_share"][0] == pytest.approx(0.5)
    assert parcel_verdicts(parcels(square(0, 0)), []).empty


def test_no_parcel_near_any_feature_is_no_error():
    far = parcels(square(5_000, 5_000), square(9_000, 9_000))
    found = parcel_verdicts(far, [layer("road", [ROAD], 10)])

    assert not found["is_excluded"].any()
    assert found["excluded_m2"].tolist() == [0, 0]
    assert found["nearest_m"].tolist() == pytest.approx([5_000, 9_000], rel=2e-6)


def test_a_rule_on_hills_is_held_against_the_part_of_a_parcel_that_lies_on_them():
    hill = series([square(50, 0, 1_000)])
    on_hills = layer("road", [ROAD], 60, only_within=hill)
    found = parcel_verdicts(parcels(square(0, 0), square(-500, 0)), [on_hills])

    assert found["is_excluded"].tolist() == [True, False]
    assert found["excluded_m2"].tolist() == pytest.approx([50 * 60, 0])
    assert found["excluded_share"].tolist() == pytest.approx([0.3, 0])
    assert found["nearest_m"].tolist() == [0, np.inf]
    assert found["position"].tolist() == [0, 0]


def test_parcels_that_overlap_are_told_and_neighbours_are_not():
    some = parcels(square(0, 0), square(100, 0), square(150, 0), square(900, 0))
    found = parcel_overlaps(some)

    assert found.to_numpy().tolist() == [["地块2", "地块3", 5_000.0]]


def test_parcels_that_cannot_be_judged_are_refused():
    bow = shapely.Polygon(placed([(0, 0), (100, 100), (100, 0), (0, 100)]))
    with pytest.raises(InvalidInput, match="地块“地块2”的图形不是有效的面"):
        parcel_verdicts(parcels(square(0, 0), bow), [])
    with pytest.raises(CrsError, match="以米为单位"):
        parcel_verdicts(parcels(square(0, 0)).to_crs(4490), [])
    with pytest.raises(CrsError, match="图层“road”"):
        parcel_verdicts(parcels(square(0, 0)).to_crs(4525), [layer("road", [ROAD], 1)])
