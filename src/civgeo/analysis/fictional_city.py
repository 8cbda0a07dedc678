"""A wholly fictional city, for tests and for examples that may be passed on.

Its codes begin with 99, which no province has, and its outlines are cells drawn by a seeded
generator; any likeness to a real place is chance.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.geo.crs import CGCS2000_EPSG

__all__ = ["FICTIONAL_CITY", "FICTIONAL_NAME", "fictional_divisions"]

FICTIONAL_CITY = "990100"
FICTIONAL_NAME = "虚构市"
_COUNTIES = ("中心区", "临水区", "东丘县", "南坪县", "西岭县", "北原县")
_TOWNS = "一二三四五六七八九"
_CENTRE = (114.0, 33.0)
_RADIUS_DEG = 0.45
_SOURCE = "虚构示例"


def fictional_divisions(seed: int = 7) -> gpd.GeoDataFrame:
    """Divisions of the fictional city: itself, six counties with outlines, and their townships.

    Returns
    -------
    GeoDataFrame
        Rows of the divisions table (index code), EPSG:4490; townships have no outline.
    """
    rng = np.random.default_rng(seed)
    cells = _cells(rng)
    rows = [_row("9901", FICTIONAL_CITY, FICTIONAL_NAME, "prefecture", shapely.union_all(cells))]
    for number, (name, cell) in enumerate(zip(_COUNTIES, cells, strict=True)):
        code = f"9901{(2 if number < 2 else 19) + number:02d}"
        rows.append(_row(FICTIONAL_CITY, code, name, "county", cell))
        streets = 3 if number < 2 else 0
        for town in range(8):
            tail, word = (town + 1, "街道") if town < streets else (100 + town, "镇")
            rows.append(
                _row(code, f"{code}{tail:03d}", f"{name[0]}{_TOWNS[town]}{word}", "township", None)
            )
    return (
        gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=CGCS2000_EPSG)
        .set_index("code", drop=False)
        .rename_axis("id")
    )


def _cells(rng: np.random.Generator) -> list[shapely.Geometry]:
    """Six cells of a rough disc: each holds what lies nearest to its centre."""
    turn = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    wave = 1 + 0.08 * np.sin(3 * turn + rng.uniform(0, 6)) + 0.04 * np.sin(11 * turn)
    ring = np.column_stack([1.15 * np.cos(turn), np.sin(turn)]) * (_RADIUS_DEG * wave)[:, None]
    outline = shapely.Polygon(ring + _CENTRE)
    angles = np.linspace(0, 2 * np.pi, len(_COUNTIES) - 1, endpoint=False) + 0.4
    reach = _RADIUS_DEG * rng.uniform(0.55, 0.75, len(angles))
    centres = np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None] + _CENTRE
    points = shapely.MultiPoint(np.vstack([_CENTRE, centres]))
    cells = shapely.voronoi_polygons(points, extend_to=outline, ordered=True)
    return [shapely.intersection(cell, outline) for cell in cells.geoms]


def _row(
    parent: str, code: str, name: str, level: str, shape: shapely.Geometry | None
) -> dict[str, object]:
    outline = None if shape is None else shapely.multipolygons([shape])
    return {
        "code": code,
        "name": name,
        "level": level,
        "system": "MCA",
        "parent": None if level == "prefecture" else parent,
        "role": "own",
        "valid_from": None,
        "valid_to": None,
        "source": _SOURCE,
        "source_date": None,
        "simulated": True,
        "version": 1,
        "geometry": outline,
    }
