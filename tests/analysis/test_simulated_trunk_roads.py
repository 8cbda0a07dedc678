"""Main roads of a simulated city: classes of its country roads, and what is drawn besides."""

from collections import Counter
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from civgeo.analysis.simulated_towns import towns_of
from civgeo.analysis.simulated_trunk_roads import simulate_main_roads
from civgeo.domain.site_features import SiteFeature

EPSG = 4547
AREA = shapely.box(480_000, 3_570_000, 560_000, 3_630_000)
SEATS = {"990102": (490_000, 3_600_010), "990103": (520_000, 3_600_000)}
SEATS |= {"990121": (550_000, 3_600_000), "990122": (521_000, 3_622_000)}
VILLAGE = (505_000, 3_600_000)
NEXT = ((490_000, 505_000), (505_000, 520_000), (520_000, 550_000))


def town(x, y):
    return [shapely.box(x + d, y + e, x + d + 150, y + e + 150) for d in (0, 200) for e in (0, 200)]


def road(start, end):
    """A road of three lines, as a bridge in the middle makes it."""
    ends = np.linspace(start, end, 4)
    return [shapely.LineString(pair) for pair in pairwise(ends)]


@pytest.fixture(scope="module")
def drawn():
    estates = [home for at in (*SEATS.values(), VILLAGE) for home in town(*at)]
    homes = gpd.GeoSeries(estates, crs=EPSG)
    seats = gpd.GeoSeries.from_xy(*zip(*SEATS.values(), strict=True), index=list(SEATS), crs=EPSG)
    lines = [
        line for one, other in NEXT for line in road((one + 200, 3_600_200), (other, 3_600_100))
    ]
    lines += road((520_300, 3_600_300), (521_200, 3_622_000))
    lines += road((505_200, 3_600_350), (521_000, 3_622_200))
    country = np.array(lines, dtype=object)
    towns = towns_of(homes, seats)
    rng = np.random.default_rng(3)
    return country, simulate_main_roads(country, towns, homes.to_numpy(), AREA, rng)


def of_kind(roads, kind):
    return [road.shape for road in roads if road.kind is kind]


def test_every_country_road_has_one_class(drawn):
    country, roads = drawn
    classed = (SiteFeature.NATIONAL_ROAD, SiteFeature.PROVINCIAL_ROAD, SiteFeature.COUNTY_ROAD)
    parts = [part for kind in classed for shape in of_kind(roads, kind) for part in shape.geoms]
    assert Counter(part.wkb for part in parts) == Counter(line.wkb for line in country)


def test_national_roads_lead_from_end_to_end_and_the_way_round_is_a_county_road(drawn):
    country, roads = drawn
    national = shapely.union_all(of_kind(roads, SiteFeature.NATIONAL_ROAD))
    assert national.equals(shapely.union_all(country[:12]))
    [county] = of_kind(roads, SiteFeature.COUNTY_ROAD)
    assert len(county.geoms) == 3


def test_motorways_and_the_high_speed_railway_cross_the_city_clear_of_homes(drawn):
    _, roads = drawn
    homes = shapely.MultiPolygon([home for at in SEATS.values() for home in town(*at)])
    fast = [
        *of_kind(roads, SiteFeature.MOTORWAY),
        *of_kind(roads, SiteFeature.HIGHSPEED_RAILWAY),
    ]
    assert len(fast) == 3
    for line in fast:
        assert line.length > 50_000
        assert AREA.buffer(1e-6).contains(line)
        assert line.distance(homes) > 50
    assert len({road.name for road in roads}) == len(roads)
