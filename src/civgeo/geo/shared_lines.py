"""Common boundaries of neighbours cut from their outlines, and the points where three meet."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.errors import InvalidInput
from civgeo.geo.crs import require_cgcs2000
from civgeo.geo.edges import cuts, degrees, edges_of, shared_segments
from civgeo.geo.junctions import junctions

__all__ = ["shared_lines"]

DECIMALS = 9
"""Of a degree: the grid on which edges are matched."""


def shared_lines(divisions: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Line that each pair of neighbouring divisions shares, and where three or more meet.

    Parameters
    ----------
    divisions
        EPSG:4490, ``code`` (each once) and valid polygons of one level.

    Returns
    -------
    tuple of GeoDataFrame
        ``one``, ``other`` (codes, ascending), geometry LINESTRING or MULTILINESTRING, merged end
        to end; and ``codes`` (tuple), geometry POINT, from west to east. Both EPSG:4490.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When an outline is missing or not valid.
    """
    require_cgcs2000(divisions)
    shapes, codes = divisions.geometry.to_numpy(), divisions["code"].to_numpy(dtype=object)
    if not shapely.is_valid(shapes).all():
        bad = "、".join(codes[~shapely.is_valid(shapes)][:5])
        raise InvalidInput(f"{bad} 没有图形或图形无效，切不出界线", code="bad_geometry")
    edges = edges_of(shapes)
    found = cuts(edges, edges.loose)
    shared = shared_segments(edges, found)
    places = np.round(degrees(found.units), DECIMALS)
    pieces = shapely.linestrings(np.stack([places[shared.start], places[shared.end]], axis=1))
    pairs = np.sort(np.column_stack([codes[shared.left], codes[shared.right]]).astype(str), axis=1)
    rows = pd.DataFrame({"one": pairs[:, 0], "other": pairs[:, 1], "piece": pieces})
    rows = rows[rows["one"] != rows["other"]]
    merged = rows.groupby(["one", "other"])["piece"].agg(_merged).reset_index()
    lines = gpd.GeoDataFrame(merged[["one", "other"]], geometry=list(merged["piece"]), crs=4490)
    met = junctions(edges, found, codes)
    points = shapely.points(np.round(met[["lon", "lat"]].to_numpy(), DECIMALS))
    return lines, gpd.GeoDataFrame(met[["codes"]], geometry=points, crs=4490)


def _merged(pieces: pd.Series) -> shapely.Geometry:
    return shapely.line_merge(shapely.union_all(pieces.to_numpy()))
