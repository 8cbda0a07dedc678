"""Made layers of divisions for the geometry tests; all invented, longitude first, EPSG:4490."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

from civgeo.geo.crs import city_zone

WEST, SOUTH, STEP = 114.0, 32.9, 0.02


def layer(*shapes, codes=None, names=None) -> gpd.GeoDataFrame:
    codes = codes or [f"4199{number:02d}" for number in range(1, len(shapes) + 1)]
    names = names or [f"第{number}县" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"code": codes, "name": names}, geometry=list(shapes), crs=4490)


def cell(column: int, row: int, columns: int = 1, rows: int = 1) -> shapely.Polygon:
    """Rectangle of a grid of 0.02 degree with a corner at every grid point along its sides."""
    across = [column + n for n in range(columns + 1)]
    up = [row + n for n in range(rows + 1)]
    ring = [(x, row) for x in across] + [(column + columns, y) for y in up[1:]]
    ring += [(x, row + rows) for x in across[-2::-1]] + [(column, y) for y in up[-2:0:-1]]
    return shapely.Polygon([(WEST + STEP * x, SOUTH + STEP * y) for x, y in ring])


def spoilt(polygon: shapely.Polygon, place: int, east: float, north: float) -> shapely.Polygon:
    """`polygon` with one corner moved by so many degrees."""
    ring = shapely.get_coordinates(polygon)[:-1]
    ring[place % len(ring)] += (east, north)
    return shapely.Polygon(ring)


def metric(shape, frame: gpd.GeoDataFrame):
    """`shape` in metres of the frame's zone."""
    return gpd.GeoSeries([shape], crs=4490).to_crs(city_zone(frame).epsg).iloc[0]


def voronoi(seed: int, count: int) -> gpd.GeoDataFrame:
    """Cells that cover one rectangle, of random places."""
    rng = np.random.default_rng(seed)
    places = rng.uniform((114.0, 32.8), (114.8, 33.4), (count, 2))
    edges = shapely.box(114.0, 32.8, 114.8, 33.4)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places)))
    # one coverage on a grid of 1e-7 degree, so that neighbours share their corners exactly
    parts = shapely.set_precision(shapely.intersection(cells, edges), 1e-7)
    lines = shapely.union_all(shapely.boundary(parts), grid_size=1e-7)
    return layer(*shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))


def moved(frame: gpd.GeoDataFrame, shift: Callable) -> gpd.GeoDataFrame:
    """`frame` with every coordinate passed through `shift(lon, lat)`."""
    shapes = shapely.transform(
        frame.geometry.to_numpy(), lambda at: np.column_stack(shift(at[:, 0], at[:, 1]))
    )
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4490))


def moved_m(frame: gpd.GeoDataFrame, east_m: float, north_m: float) -> gpd.GeoDataFrame:
    """`frame` moved by so many metres of its zone."""
    metres = frame.to_crs(city_zone(frame).epsg)
    return metres.set_geometry(metres.translate(east_m, north_m)).to_crs(4490)
