"""A county with layers of most kinds, a title that would be markup, and one answer over it."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from civgeo.domain.site_features import SiteFeature
from civgeo.services.city import City
from civgeo.services.site_layers import save_site_layer
from civgeo.services.siting import site
from civgeo.services.siting_answer import SitingAnswer
from civgeo.services.siting_question import siting_question
from siting_city import (
    BEFORE,
    EAST,
    LAYER_DAY,
    NORTH,
    SOUTH,
    WEST,
    founded,
    laid,
    land_use,
    patch,
    path,
    spot,
)

HOSTILE = "<script>alert(1)</script>机场净空"
LONG_NAME = f"{HOSTILE}铁路" * 60
QUESTION = {
    "division": "411702",
    "level": "township",
    "cell_m": "25",
    "min_area_mu": "30",
    "burial_share": "0.6",
    "path_m2": "1.2",
    "plot_m2": "0.8",
}


def sited(folder: Path) -> City:
    """Land use, a reservoir, a river, a road whose layer ends, a railway, homes, and own layers."""
    city = founded(folder)
    rng = np.random.default_rng(5)
    places = rng.uniform([WEST, SOUTH], [EAST, NORTH], (90, 2))
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(places)))
    whole = shapely.box(WEST - 0.05, SOUTH - 0.05, EAST + 0.1, NORTH + 0.05)
    drawn = rng.choice(4, len(parts), p=[0.25, 0.1, 0.45, 0.2])
    kinds = [("arable", "旱地"), ("forest", "乔木林地"), ("unused", "裸土地"), ("orchard", "果园")]
    land_use(city, [(*kinds[n], part & whole) for n, part in zip(drawn, parts, strict=True)])
    laid(city, SiteFeature.RESERVOIR, [spot(0.2, 0.75).buffer(0.003)], name="青龙水库")
    laid(city, SiteFeature.RIVER, [path((0.6, -0.1), (0.7, 0.4), (0.55, 1.1))], name="清水河")
    road, ends = path((-0.2, 0.1), (1.2, 0.25)), patch(-1, -1, 0.8, 2)
    laid(city, SiteFeature.NATIONAL_ROAD, [road], extent=ends, name="G999")
    laid(city, SiteFeature.RAILWAY, [path((-0.2, 0.95), (1.2, 1.0))], name=LONG_NAME)
    laid(city, SiteFeature.RESIDENTIAL, [patch(0.4, 0.5, 0.45, 0.56)])
    frame = gpd.GeoDataFrame({"kind": [""], "name": [""]}, geometry=[spot(0.1, 0.4)], crs=4490)
    given = {"title": HOSTILE, "covers": (), "layer_date": LAYER_DAY, "source": HOSTILE}
    save_site_layer(city, frame, None, own_distance_m=300.0, **given)
    return city


def answered(city: City, **given: object) -> SitingAnswer:
    return site(city, siting_question(QUESTION | {"on": BEFORE.isoformat()} | given))
