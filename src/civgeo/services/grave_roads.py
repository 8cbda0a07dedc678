"""Roads that graves are looked for from: taken from the constraint layers, joined by name."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.domain.site_features import SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import NotFound
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, Zone, transform_points
from civgeo.geo.datum import Floats, ground_distance_m
from civgeo.geo.ground import in_metres
from civgeo.services.site_layers import SiteLayer

__all__ = ["NearestRoad", "Roads", "degrees_of", "nearest_road", "roads_of", "tells_roads"]

_LINES, _AREAS = (1, 2, 5), (3, 6)


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Roads of some kinds.

    Parameters
    ----------
    lines
        Metric zone; ``kind`` (of `SiteFeature`), ``name``, ``part`` of ``parts`` of that name.
    layers
        Layers that they are from.
    missing
        Kinds asked for that no layer tells of.
    ends
        Extent of the layers together, EPSG:4490; None where one of them is complete everywhere.
    areas
        Roads drawn as areas, whose edges were taken.
    """

    lines: gpd.GeoDataFrame
    layers: tuple[SiteLayerMeta, ...]
    missing: tuple[SiteFeature, ...]
    ends: shapely.Geometry | None
    areas: int


@dataclass(frozen=True, slots=True, eq=False)
class NearestRoad:
    """The nearest road of each place: its position among the lines, and metres on the ground."""

    road: npt.NDArray[np.int64]
    distance_m: Floats


def tells_roads(meta: SiteLayerMeta, kinds: Sequence[SiteFeature]) -> bool:
    """Whether a layer tells of roads of some kinds, or of narrower kinds."""
    return any(cover.lies_in(kind) for cover in meta.covers for kind in kinds)


def roads_of(layers: Sequence[SiteLayer], kinds: Sequence[SiteFeature], zone: Zone) -> Roads:
    """Roads of `kinds`, or of narrower kinds, in `layers`.

    Raises
    ------
    NotFound
        ``no_roads`` when no layer tells of any of them.
    """
    telling = [layer for layer in layers if tells_roads(layer.meta, kinds)]
    if not telling:
        wanted = "、".join(kind.label_zh for kind in kinds)
        text = f"缺图层：{wanted}。请先导入道路图层（civgeo cemeteries layer）"
        raise NotFound(text, code="no_roads")
    told = {cover for layer in telling for cover in layer.meta.covers}
    missing = tuple(kind for kind in kinds if not any(each.lies_in(kind) for each in told))
    named = pd.concat([_named(layer, kinds) for layer in telling], ignore_index=True)
    lines, areas = _joined(named, zone)
    ends = [layer.extent for layer in telling]
    whole = None if any(end is None for end in ends) else shapely.union_all(ends)
    return Roads(lines, tuple(layer.meta for layer in telling), missing, whole, areas)


def _named(layer: SiteLayer, kinds: Sequence[SiteFeature]) -> pd.DataFrame:
    """Road features of a layer: kind, name, shape."""
    frame, rows = layer.features, []
    words = (frame[column].tolist() for column in ("kind", "name", "label"))
    for value, name, label, shape in zip(*words, frame.geometry, strict=True):
        kind = SiteFeature(value) if value else None
        if kind is not None and any(kind.lies_in(each) for each in kinds):
            rows.append((kind, name or label or f"未命名{kind.label_zh}", shape))
    return pd.DataFrame(rows, columns=["kind", "name", "shape"], dtype=object)


def _joined(named: pd.DataFrame, zone: Zone) -> tuple[gpd.GeoDataFrame, int]:
    """Each name's lines joined end to end, in metres; how many were areas."""
    shapes = in_metres(named["shape"].to_numpy(dtype=object), zone)
    types = shapely.get_type_id(shapes)
    areas = np.isin(types, _AREAS)
    shapes[areas] = shapely.boundary(shapes[areas])
    drawn = (areas | np.isin(types, _LINES)) & ~shapely.is_empty(shapes)
    rows = []
    for name, group in named[drawn].groupby("name", sort=True):
        whole = shapely.line_merge(shapely.union_all(shapes[group.index.to_numpy()]))
        parts = shapely.get_parts(shapely.normalize(whole))
        kind = min(group["kind"], key=tuple(SiteFeature).index)
        rows += [(kind, name, at, len(parts), part) for at, part in enumerate(parts, start=1)]
    frame = pd.DataFrame(rows, columns=["kind", "name", "part", "parts", "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=zone.epsg), int(areas.sum())


def nearest_road(roads: Roads, places: Floats, zone: Zone) -> NearestRoad:
    """The nearest road of places (n, 2) in metres of `zone`; the first of several as near."""
    road = np.full(len(places), -1, np.int64)
    away = np.full(len(places), np.nan)
    if not len(roads.lines) or not len(places):
        return NearestRoad(road, away)
    lines, points = roads.lines.geometry.to_numpy(), shapely.points(places)
    place, line = shapely.STRtree(lines).query_nearest(points)
    order = np.lexsort((line, place))
    first = order[np.unique(place[order], return_index=True)[1]]
    road[place[first]] = line[first]
    foot = shapely.line_interpolate_point(
        lines[road], shapely.line_locate_point(lines[road], points)
    )
    feet = np.column_stack([shapely.get_x(foot), shapely.get_y(foot)])
    away = ground_distance_m(*degrees_of(places, zone), *degrees_of(feet, zone))
    return NearestRoad(road, away)


def degrees_of(places: Floats, zone: Zone) -> tuple[Floats, Floats]:
    """Longitude and latitude (EPSG:4490) of places (n, 2) in metres of `zone`."""
    metres, degrees = (CrsName.parse(f"EPSG:{epsg}") for epsg in (zone.epsg, CGCS2000_EPSG))
    return transform_points(places[:, 0], places[:, 1], metres, degrees)
