"""Constraint layers of a small city, as files that an office would hand over."""

from datetime import date

import geopandas as gpd
import numpy as np
import shapely

from civgeo.domain.site_features import SiteFeature
from civgeo.services.site_layer_files import import_site_layer

DAY = date(2025, 12, 31)
GIVEN = {"title": "图层", "layer_date": DAY, "source": "市自然资源局"}


def layer_file(path, frame, **options):
    frame.to_file(path, driver="GPKG", **options)
    return path


def counties_of(divisions):
    return divisions[divisions["level"] == "county"]


def reservoirs(divisions, count=None):
    """A pond of about 200 m in the middle of each of the first `count` counties, with a name."""
    shapes = shapely.point_on_surface(counties_of(divisions).geometry.to_numpy()[:count])
    names = [f"第{number + 1}水库" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"名称": names}, geometry=shapely.buffer(shapes, 0.001), crs=4490)


def survey(outline, classes=("0103", "0301", "1104"), cells=12):
    """A land-use survey of `outline`: squares cut at its edge, classes in turn."""
    west, south, east, north = shapely.bounds(outline)
    x, y = np.linspace(west, east, cells + 1), np.linspace(south, north, cells + 1)
    squares = [
        shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for j in range(cells) for i in range(cells)
    ]
    pieces = shapely.intersection(np.array(squares, dtype=object), outline)
    pieces = pieces[shapely.area(pieces) > 0]
    codes = [classes[number % len(classes)] for number in range(len(pieces))]
    return gpd.GeoDataFrame({"DLBM": codes}, geometry=pieces, crs=4490)


def imported(city, path, kind=SiteFeature.RESERVOIR, kind_column=None, **given):
    return import_site_layer(city, path, kind=kind, kind_column=kind_column, **{**GIVEN, **given})
