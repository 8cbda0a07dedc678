"""Whether a constraint layer lies where it should, and how far it reaches."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.errors import ImportRejected
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.crs import FROM_SHIFTED
from civgeo.geo.ground import Shapes
from civgeo.geo.mending import mended
from civgeo.geo.placement import outline_placement
from civgeo.services.import_places import Surroundings
from civgeo.services.known_names import judged
from civgeo.services.layer_files import read_layer, shapes_of

__all__ = [
    "extent_of_file",
    "outlined_as",
    "outside_notes",
    "shifted_outline",
    "silent_counties",
    "union_of",
]

ALIKE = 0.85
"""An extent that has this share in common with a division's outline is meant to be that outline."""

SAME_AREA = 1e-6
CHUNK = 2_000


def union_of(shapes: Shapes) -> shapely.Geometry:
    """Union of valid polygons; fast where neighbours share their corners, as in a survey."""
    areal = shapes[shapely.get_dimensions(shapes) == 2]
    try:
        found = shapely.coverage_union_all(areal)
    except shapely.GEOSException:
        return shapely.union_all(areal)
    whole = float(shapely.area(areal).sum())
    if shapely.is_valid(found) and abs(float(shapely.area(found)) - whole) <= SAME_AREA * whole:
        return found
    return shapely.union_all(areal)


def extent_of_file(path: Path, crs: str | None) -> shapely.Geometry:
    """Extent that a file of areas draws, EPSG:4490.

    Parameters
    ----------
    path
        In any format that an import reads.
    crs
        System of the layer: taken for a shifted one, which no file can state, and for a file that
        states none.

    Raises
    ------
    NotFound, ImportRejected, InvalidInput, CrsError
        As for the layer itself; ImportRejected too when it holds no area.
    """
    raw = shapes_of(path, read_layer(path, None))
    shifted = crs in FROM_SHIFTED
    frame, _ = in_cgcs2000(raw, crs if shifted or raw.crs is None else None)
    good = mended(frame.geometry.to_numpy(), None).shapes
    areal = good[shapely.get_dimensions(good) == 2]
    if not len(areal):
        text = f"图层范围文件 {path.name} 里没有面图形"
        raise ImportRejected(text, code="no_extent")
    return union_of(areal)


def outside_notes(shapes: Shapes, around: Surroundings) -> list[str]:
    """A note on shapes that lie outside the city; all of them there is a refusal.

    Raises
    ------
    ImportRejected
        ``layer_outside_city``.
    """
    if around.whole.empty:
        return ["登记库中没有本市轮廓，没有核对图层的位置"]
    city = around.whole.geometry.iloc[0]
    shapely.prepare(city)
    away = ~shapely.intersects(city, shapes)
    if away.all():
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
        text = f"图层全部在本市之外（东经 {west:.3f}—{east:.3f}，北纬 {south:.3f}—{north:.3f}）"
        raise ImportRejected(f"{text}：请核对文件和坐标系", code="layer_outside_city")
    if not away.any():
        return []
    return [f"{int(away.sum())} 个要素（{float(away.mean()):.1%}）在本市之外，照样保留"]


def shifted_outline(extent: shapely.Geometry, around: Surroundings, asked: str | None) -> list[str]:
    """A note on an extent that lies a little off the outline of the division that it fills.

    Raises
    ------
    ImportRejected
        As `shifted_names`.
    """
    known = outlined_as(extent, around)
    if known is None:
        return []
    layer = known.set_geometry(gpd.GeoSeries([extent], index=known.index, crs=4490))
    return judged(outline_placement(layer, known, zone=around.zone), asked)


def outlined_as(extent: shapely.Geometry, around: Surroundings) -> gpd.GeoDataFrame | None:
    """The division of the city that `extent` fills, one row; None where it fills none."""
    columns = ["code", "name", "geometry"]
    whole = around.whole.assign(name="")[columns]
    drawn = around.own[around.own.geometry.notna()][columns]
    known = gpd.GeoDataFrame(pd.concat([whole, drawn], ignore_index=True), crs=4490)
    if known.empty:
        return None
    outlines = mended(known.geometry.to_numpy(), around.zone).shapes
    sizes, size = shapely.area(outlines), float(shapely.area(extent))
    near = np.flatnonzero((sizes > ALIKE * size) & (sizes < size / ALIKE))
    common = shapely.area(shapely.intersection(outlines[near], extent))
    alike = common / (sizes[near] + size - common)
    if not len(alike) or alike.max() < ALIKE:
        return None
    return known.iloc[[near[int(alike.argmax())]]]


def silent_counties(
    shapes: Shapes, around: Surroundings
) -> tuple[Sequence[str], shapely.Geometry | None]:
    """Counties of the city without any of `shapes`, by name, and the outline of the others.

    The outline is None where every county has some, or no outline of a county is known.
    """
    counties = around.own[(around.own["level"] == "county") & around.own.geometry.notna()]
    outlines = counties.geometry.to_numpy()
    told = np.array([_any_in(outline, shapes) for outline in outlines], dtype=bool)
    if told.all() or not told.any():
        return (), None
    return tuple(counties["name"][~told]), shapely.union_all(outlines[told])


def _any_in(outline: shapely.Geometry, shapes: Shapes) -> bool:
    shapely.prepare(outline)
    parts = range(0, len(shapes), CHUNK)
    return any(shapely.intersects(outline, shapes[at : at + CHUNK]).any() for at in parts)
