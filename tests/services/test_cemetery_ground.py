from datetime import date
from decimal import Decimal

import geopandas as gpd
import pytest
import shapely

from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.geo.crs import city_zone
from civgeo.geo.datum import ground_distance_m
from civgeo.services.cemetery_ground import grounds_of
from civgeo.services.site_layers import SiteLayer

PLACE = shapely.box(114.0, 33.0, 114.01, 33.01)
EAST = shapely.box(114.02, 33.0, 114.03, 33.01)


def layer(kinds, shapes, covers, extent=None, digest="a" * 16):
    words = [kinds] * len(shapes) if isinstance(kinds, str) else kinds
    frame = gpd.GeoDataFrame({"kind": words, "label": words}, geometry=shapes, crs=4490)
    meta = SiteLayerMeta(
        *(digest, "图层", tuple(covers), date(2025, 1, 1), "市局", ""),
        *(len(shapes), "EPSG:4490", extent is not None),
    )
    return SiteLayer(meta, frame, extent)


def ground(layers, place=PLACE):
    places = gpd.GeoDataFrame(geometry=[place], crs=4490)
    (found,) = grounds_of(places, layers, city_zone(places))
    return found


RIVER = [SiteFeature.RIVER]


def test_the_distance_is_the_geodesic_between_the_nearest_points():
    found = ground([layer("river", [EAST, shapely.box(115, 33, 115.1, 33.1)], RIVER)])

    straight = float(ground_distance_m(114.01, 33.005, 114.02, 33.005))
    assert float(found.distances_m[SiteFeature.RIVER]) == pytest.approx(straight, abs=0.06)
    assert found.reach_m == {}
    assert found.layers == {"river": "a" * 16}


def test_inside_is_zero_and_a_point_has_distances_too():
    assert ground([layer("river", [PLACE.boundary], RIVER)]).distances_m[SiteFeature.RIVER] == 0
    point = ground([layer("river", [EAST], RIVER)], shapely.Point(114.0, 33.0))
    assert float(point.distances_m[SiteFeature.RIVER]) == pytest.approx(1_869, abs=2)


def test_a_neighbour_that_shares_a_border_does_not_lie_inside():
    beside, over = (shapely.box(west, 33.0, 114.02, 33.01) for west in (114.01, 114.0099))
    scenic = [SiteFeature.SCENIC]

    touching = ground([layer("scenic", [beside], scenic)])
    assert touching.distances_m[SiteFeature.SCENIC] == Decimal("0.01")
    lapping = ground([layer("scenic", [beside, over], scenic)])
    assert lapping.distances_m[SiteFeature.SCENIC] == 0


def test_of_two_layers_of_one_kind_the_nearer_feature_counts_with_its_layer():
    far = layer("river", [shapely.box(114.5, 33, 114.6, 33.1)], RIVER)
    near = layer("river", [EAST], RIVER, digest="b" * 16)

    for layers in ([far, near], [near, far]):
        assert ground(layers).layers["river"] == "b" * 16


def test_the_reach_is_that_of_all_layers_of_the_kind_together():
    west, east = shapely.box(113.9, 32.9, 114.005, 33.1), shapely.box(114.005, 32.9, 114.11, 33.1)
    first = layer("river", [EAST], RIVER, west)
    second = layer("river", [EAST], RIVER, east)
    open_end = layer("river", [EAST], RIVER)

    assert ground([first]).reach_m[SiteFeature.RIVER] == -1
    both = float(ground([first, second]).reach_m[SiteFeature.RIVER])
    assert both == pytest.approx(float(ground_distance_m(114.01, 33.0, 114.11, 33.0)), rel=1e-3)
    assert ground([first, open_end]).reach_m == {}


def test_parcels_of_one_class_count_together_and_two_surveys_do_not_count_twice():
    halves = [shapely.box(114.0, 33.0, 114.003, 33.01), shapely.box(114.003, 33.0, 114.006, 33.01)]
    rest = shapely.box(114.006, 33.0, 114.01, 33.01)
    survey = layer(["arable", "arable", ""], [*halves, rest], LAND_COVERS, PLACE)
    own = layer("arable", halves, [SiteFeature.ARABLE], PLACE, "b" * 16)

    found = ground([survey, own]).lands

    assert [(share.land.feature, share.percent) for share in found] == [
        (SiteFeature.ARABLE, Decimal("60.0")),
        (None, Decimal("40.0")),
    ]
    assert float(found[0].m2) == pytest.approx(0.6 * 933_300 * 1.11, rel=0.01)


def test_a_point_has_the_class_of_the_land_that_it_lies_in():
    found = ground([layer("forest", [PLACE], LAND_COVERS)], shapely.Point(114.005, 33.005)).lands

    assert [(share.land.feature, share.percent, share.m2) for share in found] == [
        (SiteFeature.FOREST, Decimal("100.0"), None)
    ]


def test_land_that_only_touches_has_no_share_and_own_layers_tell_nothing():
    beside = layer("arable", [shapely.box(114.01, 33.0, 114.02, 33.01)], LAND_COVERS)

    found = ground([beside, layer("", [PLACE], ())])

    assert found.lands == ()
    assert found.distances_m == {}
