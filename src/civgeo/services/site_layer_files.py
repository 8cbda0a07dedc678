"""Constraint layers from outside files: read in the jail, checked, mended, placed, and kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import geopandas as gpd
import numpy as np
import shapely

from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import ImportRejected, InvalidInput
from civgeo.formats import jail
from civgeo.formats.facts import ReadRequest
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.ground import Shapes
from civgeo.geo.mending import Mended, mended
from civgeo.services.city import City
from civgeo.services.import_places import Surroundings
from civgeo.services.known_names import shifted_names
from civgeo.services.layer_files import column_of, shapes_of, texts_of
from civgeo.services.site_layer_kinds import KindedFeatures, kinded
from civgeo.services.site_layer_places import (
    extent_of_file,
    outside_notes,
    shifted_outline,
    silent_counties,
    union_of,
)
from civgeo.services.site_layers import save_site_layer
from civgeo.store.tables import Collection

__all__ = ["HULL", "WHOLE", "import_site_layer"]

WHOLE: Literal["whole"] = "whole"
"""In place of an extent: the layer is complete over the whole city, as its maker says."""

HULL: Literal["hull"] = "hull"
"""In place of an extent: the convex hull of the features."""

AREAL = 2
"""Dimension of areas."""

SIMULATED_HEADERS = ("simulated", "是否模拟数据", "模拟数据")
_YES = ("1", "true", "t", "yes", "y", "是")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Terms:
    """How a file is to be taken."""

    kind: SiteFeature | None
    kind_column: str | None
    extent: Path | str | None
    crs: str | None
    encoding: str | None
    layer: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A layer as it was read."""

    features: gpd.GeoDataFrame
    extent: shapely.Geometry | None
    covers: tuple[SiteFeature, ...]
    crs: str
    simulated: bool
    notes: tuple[str, ...]


def import_site_layer(
    city: City,
    path: Path,
    *,
    kind: SiteFeature | None,
    kind_column: str | None,
    title: str,
    layer_date: date,
    source: str,
    extent: Path | str | None = None,
    own_distance_m: float | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    layer: str | None = None,
    dry_run: bool = False,
    progress: Progress = lambda label, done, total: None,
) -> SiteLayerMeta:
    """Check a constraint layer and keep it beside the store.

    Curves count as the fine chords that GDAL draws along them. Shapes that are not valid are
    mended, what they cover stays covered; the notes say how many, and their area before and after.

    Parameters
    ----------
    city
        The city.
    path
        A layer in any format that an import reads.
    kind, kind_column
        What all features are, or the column of their land classes; neither for a layer of the
        bureau's own.
    title, layer_date, source
        What it is called, the day whose state it shows, who made it.
    extent
        Where it ends: a file of areas, `WHOLE`, or `HULL`. By default a land-use layer ends where
        its features do, and any other tells of the counties in which it has features.
    own_distance_m
        Distance kept from a layer of the bureau's own.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    encoding, layer
        Of the file, where it does not say or has several.
    dry_run
        Whether only to check it.
    progress
        Called with a step, how much of it is done, and how much there is.

    Returns
    -------
    SiteLayerMeta
        The layer with what was found; as it was kept first where it is there already.

    Raises
    ------
    NotFound, ImportRejected
        When there is no such file, it is hostile, damaged, holds no shapes or no land class that
        is known, lies outside the city, is shifted, or is simulated while the store is not.
    InvalidInput
        When a text is missing, the day lies in the future, or an option does not fit.
    CrsError
        When nobody says what coordinate system it is in, it does not fit, has latitude first, or
        is of a datum that cannot be converted.
    StoreUnavailable
        When it cannot be kept.
    """
    if layer_date > city.today:
        text = f"图层日期 {layer_date} 晚于今天 {city.today}，请核对"
        raise InvalidInput(text, code="bad_date")
    progress("读取图层", 0, 1)
    terms = _Terms(kind, kind_column, extent, crs, encoding, layer)
    with TemporaryDirectory(prefix=".civgeo-layer-", dir=city.store.file.parent) as workshop:
        raw, notes = _read(city, path, Path(workshop), terms)
    progress("读取图层", 1, 1)
    found = _checked(city, raw, terms)
    progress("核对图形", 1, 1)
    meta = save_site_layer(
        *(city, found.features, found.extent),
        title=title,
        covers=found.covers,
        layer_date=layer_date,
        source=source,
        crs=found.crs,
        own_distance_m=own_distance_m,
        simulated=found.simulated,
        notes=(*notes, *found.notes),
        dry_run=dry_run,
    )
    progress("保存图层", 1, 1)
    return meta


def _read(
    city: City, path: Path, staging: Path, terms: _Terms
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Rows of the file as the jail hands them back, and its notes."""
    if not path.is_file():
        jail.read_file(path, staging)
    request = ReadRequest(layer=terms.layer, encoding=terms.encoding)
    checked = jail.read_file(path, staging, request, limits=jail.limits_for(path, city.reading))
    frame = shapes_of(path, checked.frame())
    shapes = np.array(frame.geometry.to_numpy(), dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    given = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    return frame.set_geometry(given), checked.facts.notes


def _checked(city: City, raw: gpd.GeoDataFrame, terms: _Terms) -> _Found:
    around = _surroundings(city)
    what = kinded(raw, terms.kind, terms.kind_column)
    moved, system = in_cgcs2000(what.frame, terms.crs, lon=around.lon)
    good = mended(moved.geometry.to_numpy(), around.zone)
    features = moved.set_geometry(gpd.GeoSeries(good.shapes, index=moved.index, crs=4490))
    features = features[features.geometry.notna()]
    if features.empty:
        raise ImportRejected("图层里没有可用的图形", code="empty_layer")
    notes = [*what.notes, *_mending_notes(good, len(moved) - len(features))]
    notes += outside_notes(features.geometry.to_numpy(), around)
    extent, told = _extent(features.geometry.to_numpy(), what, terms, around)
    notes += told
    with city.store.read() as reading:
        notes += shifted_names(reading, features, terms.crs)
    return _Found(features, extent, what.covers, system, _is_simulated(raw), tuple(notes))


def _surroundings(city: City) -> Surroundings:
    with city.store.read() as reading:
        return Surroundings(reading.register().city, reading.features(Collection.DIVISIONS))


def _mending_notes(good: Mended, dropped: int) -> Sequence[str]:
    notes = []
    if len(good.rows):
        before, after = float(good.before_m2.sum()), float(good.after_m2.sum())
        text = f"{len(good.rows)} 个图形自相交或不成面，已修补"
        notes.append(f"{text}：这些图形的面积由 {before:,.1f} 变为 {after:,.1f} 平方米")
    if dropped:
        notes.append(f"{dropped} 个要素没有图形、坐标无效或修补后不成形，已略去")
    return notes


def _extent(
    shapes: Shapes, what: KindedFeatures, terms: _Terms, around: Surroundings
) -> tuple[shapely.Geometry | None, list[str]]:
    """Where the layer ends, and how that is known."""
    if terms.extent == WHOLE:
        return None, ["按导入时的说明，图层在全域完整"]
    if terms.extent == HULL:
        return _hull(shapes), ["图层范围取要素的外包凸多边形"]
    if terms.extent is not None:
        file = Path(terms.extent)
        extent = extent_of_file(file, terms.crs)
        placed = shifted_outline(extent, around, terms.crs)
        return extent, [f"图层范围取自 {file.name}", *placed]
    if not what.covers:
        return None, []
    if set(what.covers) >= LAND_COVERS:
        extent = _survey(shapes)
        text = "未给出图层范围：地类图层以各图斑的并集为范围，空处按没有资料处理"
        return extent, [text, *shifted_outline(extent, around, terms.crs)]
    silent, told_of = silent_counties(shapes, around)
    if told_of is None:
        return None, ["未给出图层范围，按全域完整处理"]
    names = "、".join(silent)
    text = f"未给出图层范围：图层在{names}没有要素，那里按没有资料处理"
    return told_of, [f"{text}；确实没有的，请用 --extent whole 重新导入"]


def _hull(shapes: Shapes) -> shapely.Geometry:
    hull = shapely.convex_hull(shapely.GeometryCollection([*shapes]))
    if shapely.get_dimensions(hull) < AREAL:
        raise InvalidInput("要素的外包凸多边形没有面积，不能作图层范围", code="no_extent")
    return hull


def _survey(shapes: Shapes) -> shapely.Geometry:
    if not (shapely.get_dimensions(shapes) == AREAL).any():
        raise ImportRejected("地类图层里没有面图形，不能按地类导入", code="no_areas")
    return union_of(shapes)


def _is_simulated(raw: gpd.GeoDataFrame) -> bool:
    column = column_of(raw, SIMULATED_HEADERS)
    return column is not None and bool(texts_of(raw[column]).str.lower().isin(_YES).any())
