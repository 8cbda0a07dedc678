"""Parcels instead of cells: how far each lies from what the rules protect, exactly."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.ground_grid import Floats
from civgeo.analysis.siting import ConstraintLayer, features_in_zone, require_distances, zone_shapes
from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.ground import distances_m
from civgeo.geo.index import near_pairs

__all__ = ["parcel_overlaps", "parcel_verdicts"]

_QUARTER_STEPS = 64
"""Corners to a quarter of a circle: the circle's area is short by 0.01 %."""

_DRAWN_TWICE = 1e-5
"""Share of a parcel by which two drawings of one border may overlap."""

_AREAS = (3, 6)

_Shapes = npt.NDArray[np.object_]


def parcel_verdicts(parcels: gpd.GeoDataFrame, layers: Sequence[ConstraintLayer]) -> pd.DataFrame:
    """What each rule says of each parcel.

    Parameters
    ----------
    parcels
        Valid polygons in the metric zone.
    layers
        As `civgeo.analysis.siting.exclusions` takes them; of a rule that holds on some land only,
        distances are those of the part of a parcel that lies on it.

    Returns
    -------
    DataFrame
        A row a parcel and layer: ``parcel`` (index in `parcels`), ``position`` (of the layer in
        `layers`), ``layer``, ``rule``,
        ``layer_date``, ``distance_m``, ``nearest_m`` (to the nearest feature along the ellipsoid;
        inf without one),
        ``is_excluded`` (some place of the parcel lies within the rule's reach; of a rule on the
        inside of areas more than a hundred-thousandth of it, for neighbours share a border),
        ``excluded_m2``, ``excluded_share``, ``missing_share`` (outside the layer's extent, or so
        near its end that the rule's distance reaches beyond).

    Raises
    ------
    CrsError
        When parcels and layers are not in one zone.
    InvalidInput
        For a parcel that is no valid polygon, and a distance that is none.
    """
    crs = parcels.crs
    zone = crs.to_epsg() if crs is not None and crs.is_projected else None
    if zone is None:
        raise CrsError("地块没有以米为单位的坐标系，请先换算", code="crs_mixed")
    require_distances(layers)
    shapes = _sound(parcels)
    rows = [
        _verdicts(parcels.index, shapes, layer, zone).assign(position=position)
        for position, layer in enumerate(layers)
    ]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()


def _sound(parcels: gpd.GeoDataFrame) -> _Shapes:
    shapes: _Shapes = parcels.geometry.to_numpy()
    wrong = ~(np.isin(shapely.get_type_id(shapes), _AREAS) & shapely.is_valid(shapes))
    wrong |= shapely.is_empty(shapes)
    if wrong.any():
        name = parcels.index[int(np.flatnonzero(wrong)[0])]
        text = f"地块“{name}”的图形不是有效的面，请先改正"
        raise InvalidInput(text, code="bad_geometry")
    return shapes


def _verdicts(names: pd.Index, shapes: _Shapes, layer: ConstraintLayer, epsg: int) -> pd.DataFrame:
    features = features_in_zone(layer, epsg)
    features = features[~(shapely.is_missing(features) | shapely.is_empty(features))]
    area = shapely.area(shapes)
    held = shapes
    if layer.only_within is not None:
        land = shapely.union_all(zone_shapes(layer.only_within, layer.kind, epsg))
        held = shapely.intersection(shapes, land)
    excluded = _excluded_m2(held, features, layer.distance_m)
    nearest = _nearest_m(held, features, epsg)
    reached = nearest <= layer.reach_m
    if layer.distance_m == 0:
        reached &= (excluded > _DRAWN_TWICE * area) | _met(held, features)
    return pd.DataFrame(
        {
            "parcel": names,
            "layer": layer.kind,
            "rule": layer.rule,
            "layer_date": pd.Series([layer.layer_date] * len(shapes), dtype=object),
            "distance_m": layer.distance_m,
            "nearest_m": nearest,
            "is_excluded": reached,
            "excluded_m2": excluded,
            "excluded_share": excluded / area,
            "missing_share": _missing_m2(held, layer) / area,
        }
    )


def _nearest_m(shapes: _Shapes, features: _Shapes, epsg: int) -> Floats:
    found: Floats = np.full(len(shapes), np.inf)
    there = np.flatnonzero(~shapely.is_empty(shapes))
    if len(features) and len(there):
        one, feature = shapely.STRtree(features).query_nearest(shapes[there], all_matches=False)
        found[there[one]] = distances_m(shapes[there[one]], features[feature], epsg)
    return found


def _met(shapes: _Shapes, features: _Shapes) -> npt.NDArray[np.bool_]:
    """Whether each shape meets a feature that is no area."""
    others = features[~np.isin(shapely.get_type_id(features), _AREAS)]
    found = np.zeros(len(shapes), np.bool_)
    found[shapely.STRtree(others).query(shapes, "intersects")[0]] = True
    return found


def _excluded_m2(shapes: _Shapes, features: _Shapes, distance_m: float) -> Floats:
    """Area of each shape within the distance of features."""
    found: Floats = np.zeros(len(shapes))
    shape, feature = shapely.STRtree(features).query(shapes, "dwithin", distance=distance_m)
    if not len(shape):
        return found
    order = np.argsort(shape, kind="stable")
    own, first = np.unique(shape[order], return_index=True)
    for each, near in zip(own, np.split(feature[order], first[1:]), strict=True):
        zones = shapely.buffer(features[near], distance_m, quad_segs=_QUARTER_STEPS)
        parts = shapely.intersection(zones, shapes[each])
        found[each] = shapely.area(shapely.union_all(parts))
    return found


def _missing_m2(shapes: _Shapes, layer: ConstraintLayer) -> Floats:
    missing: Floats = np.zeros(len(shapes))
    if layer.extent is not None:
        inner = shapely.buffer(layer.extent, -layer.distance_m, quad_segs=_QUARTER_STEPS)
        shapely.prepare(inner)
        beyond = ~shapely.covers(inner, shapes)
        missing[beyond] = shapely.area(shapely.difference(shapes[beyond], inner))
    return missing


def parcel_overlaps(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pairs of parcels that cover the same ground, of which a verdict would count it twice.

    Returns
    -------
    DataFrame
        ``one``, ``other`` (index in `parcels`) and ``overlap_m2``, above zero.
    """
    shapes = _sound(parcels)
    one, other = near_pairs(shapes)
    area = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    names = parcels.index.to_numpy()
    table = pd.DataFrame({"one": names[one], "other": names[other], "overlap_m2": area})
    return table[table["overlap_m2"] > 0].reset_index(drop=True)
