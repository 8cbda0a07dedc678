"""Roads to look from: kinds and names of layers, joined end to end, with what no layer tells."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from civgeo.domain.site_features import SiteFeature as Kind
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import NotFound
from civgeo.geo.crs import zone_of
from civgeo.services.grave_roads import nearest_road, roads_of
from civgeo.services.site_layers import SiteLayer
from grave_city import EAST, NORTH, placed

ZONE = zone_of(114.05)
PLACES = np.array([[EAST + 100.0, NORTH], [EAST, NORTH + 5_000.0]])


def layer(covers, *features, extent=None) -> SiteLayer:
    """Features are kind, name, label, shape in metres from the middle."""
    kinds, names, labels, shapes = zip(*features, strict=True)
    frame = gpd.GeoDataFrame(
        {"kind": kinds, "name": names, "label": labels},
        geometry=[placed(each) for each in shapes],
        crs=4490,
    )
    meta = SiteLayerMeta(
        digest="0" * 16,
        title="道路",
        covers=covers,
        layer_date=date(2026, 1, 1),
        source="虚构",
        saved_at="2026-01-01T00:00:00Z",
        features=len(frame),
        crs="EPSG:4490",
        has_extent=extent is not None,
    )
    return SiteLayer(meta, frame, extent)


def line(*places) -> shapely.LineString:
    return shapely.LineString(places)


def test_pieces_of_a_name_are_one_road_and_narrower_kinds_count():
    pieces = layer(
        (Kind.TRUNK_ROAD,),
        ("motorway", "G4", "", line((0, 0), (0, 1_000))),
        ("motorway", "G4", "", line((0, 2_000), (0, 1_000))),
        ("national_road", "", "国道107", line((500, 0), (500, 900))),
        ("trunk_road", "", "", shapely.box(900, 0, 920, 500)),
        ("township_road", "乡道", "", line((5, 0), (5, 100))),
    )
    twice = layer((Kind.MOTORWAY,), ("motorway", "G4", "", line((0, 0), (0, 1_000))))
    found = roads_of([pieces, twice], [Kind.TRUNK_ROAD, Kind.RAILWAY], ZONE)

    assert found.lines["name"].tolist() == ["G4", "国道107", "未命名公路主干线"]
    assert found.lines.length.round().tolist() == [2_000, 900, 1_040]
    assert found.missing == (Kind.RAILWAY,)
    assert (found.areas, found.ends) == (1, None)
    assert len(found.layers) == 2
    near = nearest_road(found, PLACES, ZONE)
    assert near.road.tolist() == [0, 0]
    assert near.distance_m.tolist() == pytest.approx([100, 3_000], abs=0.5)


def test_branches_of_a_name_stay_parts_and_layers_end_together():
    ends = [shapely.box(114, 33, 114.05, 33.1), shapely.box(114.05, 33, 114.1, 33.1)]
    shapes = line((-900, 0), (-10, 0)), line((10, 0), (900, 0))
    halves = [
        layer((Kind.TRUNK_ROAD,), ("trunk_road", "G106", "", shape), extent=end)
        for shape, end in zip(shapes, ends, strict=True)
    ]
    found = roads_of(halves, [Kind.TRUNK_ROAD], ZONE)

    assert found.lines[["part", "parts"]].to_numpy().tolist() == [[1, 2], [2, 2]]
    assert found.ends.area == pytest.approx(0.01)


def test_a_layer_without_such_roads_tells_that_there_are_none():
    bare = layer((Kind.TRUNK_ROAD,), ("trunk_road", "G106", "", line((0, 0), (0, 9))))
    found = roads_of([bare], [Kind.MOTORWAY, Kind.TRUNK_ROAD], ZONE)
    assert found.missing == (Kind.MOTORWAY,)
    with pytest.raises(NotFound, match="缺图层：铁路"):
        roads_of([bare], [Kind.RAILWAY], ZONE)
    empty = roads_of(
        [layer((Kind.RAILWAY,), ("", "x", "", line((0, 0), (0, 9))))], [Kind.RAILWAY], ZONE
    )
    near = nearest_road(empty, PLACES, ZONE)
    assert near.road.tolist() == [-1, -1]
    assert np.isnan(near.distance_m).all()
