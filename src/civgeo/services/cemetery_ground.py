"""What constraint layers tell of the ground of burial places: distances, classes of land, reach."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from civgeo.domain.cemetery_findings import AskedLand
from civgeo.domain.cemetery_inspection_terms import Ground, LandShare
from civgeo.domain.site_features import SiteFeature
from civgeo.geo.crs import Zone
from civgeo.geo.datum import Floats
from civgeo.geo.ground import DENSE_DEG, Shapes, distances_m, in_metres, on_the_ground
from civgeo.services.site_layers import SiteLayer

__all__ = ["grounds_of"]

LAND = "land_class"
CENTIMETRE, PERCENT, SQUARE_METRE = Decimal("0.01"), Decimal("0.1"), Decimal(1)
AREA = 2
"""Dimension of an area."""

DRAWN_TWICE = 1e-5
"""Share of a place by which two drawings of one border may overlap."""


@dataclass(slots=True)
class _Told:
    """What is known of one place so far."""

    distances: dict[SiteFeature, float] = field(default_factory=dict)
    extents: dict[SiteFeature, list[shapely.Geometry | None]] = field(default_factory=dict)
    lands: dict[tuple[str, str], float] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)


def grounds_of(
    places: gpd.GeoDataFrame, layers: Iterable[SiteLayer], zone: Zone
) -> Sequence[Ground]:
    """What `layers` tell of each of `places`, in their order.

    Distances run between the nearest points of the two shapes, along the ellipsoid; 0 is inside, so
    areas that share no more than a border are a centimetre apart. Shares of land are areas on the
    ground. A layer that ends somewhere is not asked about places beyond its end,
    unless it shows a feature there that is near.

    Parameters
    ----------
    places
        EPSG:4490; points and areas, valid.
    layers
        Constraint layers; those of the bureau's own are passed over.
    zone
        Zone in which the nearest feature is looked for.

    Raises
    ------
    CrsError
        When a coordinate cannot be projected.
    """
    shapes = places.geometry.to_numpy()
    metric = _metric(shapes, zone)
    told = [_Told() for _ in shapes]
    for layer in layers:
        kinds = {feature.value: feature for feature in layer.meta.covers}
        for word, feature in kinds.items():
            rows = (layer.features["kind"] == word).to_numpy()
            if rows.any() and not feature.is_land_cover:
                near = _nearest(metric, layer.features.geometry.to_numpy()[rows], zone)
                _note_distances(told, feature, near, layer)
        if any(feature.is_land_cover for feature in kinds.values()):
            _note_lands(told, shapes, layer, zone)
    return [_ground(one, shape, zone) for one, shape in zip(told, shapes, strict=True)]


def _metric(shapes: Shapes, zone: Zone) -> Shapes:
    """Shapes in metres, with corners so near that edges stay where they are in degrees."""
    return in_metres(np.asarray(shapely.segmentize(shapes, DENSE_DEG), dtype=object), zone)


def _nearest(metric: Shapes, features: Shapes, zone: Zone) -> Floats:
    """Distance on the ground from each place to the nearest of `features`, metres."""
    there = _metric(features, zone)
    found = shapely.STRtree(there).query_nearest(metric, all_matches=False)
    nearest = np.empty(len(metric), dtype=object)
    nearest[found[0]] = there[found[1]]
    apart = distances_m(metric, nearest, zone.epsg)
    return np.where(_inside(metric, there), 0.0, np.maximum(apart, float(CENTIMETRE)))


def _inside(places: Shapes, features: Shapes) -> NDArray[np.bool_]:
    """Whether each place meets a feature; of two areas, whether they share ground."""
    place, feature = shapely.STRtree(features).query(places, "intersects")
    one, other = places[place], features[feature]
    areal = (shapely.get_dimensions(one) == AREA) & (shapely.get_dimensions(other) == AREA)
    common = shapely.area(shapely.intersection(one[areal], other[areal]))
    areal[areal] = common <= DRAWN_TWICE * shapely.area(one[areal])
    found = np.zeros(len(places), np.bool_)
    found[place[~areal]] = True
    return found


def _note_distances(
    told: Sequence[_Told], feature: SiteFeature, near: Floats, layer: SiteLayer
) -> None:
    for one, distance in zip(told, near.tolist(), strict=True):
        one.extents.setdefault(feature, []).append(layer.extent)
        if distance < one.distances.get(feature, np.inf):
            one.distances[feature] = distance
            one.layers[feature.value] = layer.meta.digest


def _note_lands(told: Sequence[_Told], shapes: Shapes, layer: SiteLayer, zone: Zone) -> None:
    """Areas of the classes of one layer; where two layers tell of a class, the larger counts."""
    found = shapely.STRtree(layer.features.geometry.to_numpy()).query(shapes, "intersects")
    here: dict[tuple[int, str, str], float] = {}
    for place, row in found.T.tolist():
        feature = layer.features.iloc[row]
        word = "" if feature["kind"] else str(feature["label"])
        key = (place, str(feature["kind"]), word)
        here[key] = here.get(key, 0.0) + _share(shapes[place], feature.geometry, zone)
    for (place, kind, word), share in here.items():
        one = told[place]
        if share > one.lands.get((kind, word), 0.0):
            one.lands[kind, word] = share
            one.layers.setdefault(LAND, layer.meta.digest)


def _share(place: shapely.Geometry, land: shapely.Geometry, zone: Zone) -> float:
    """Area that is both, m2; 1 for a point that lies in the land."""
    if shapely.get_dimensions(place) < 2:
        return 1.0
    common = shapely.intersection(place, land)
    if not shapely.area(common):
        return 0.0
    return float(shapely.area(on_the_ground(np.asarray([common], dtype=object), zone))[0])


def _ground(told: _Told, place: shapely.Geometry, zone: Zone) -> Ground:
    reach = {
        feature: _reach(place, [extent for extent in extents if extent is not None], zone)
        for feature, extents in told.extents.items()
        if None not in extents
    }
    return Ground(
        distances_m=_distances(told.distances),
        reach_m=reach,
        lands=_lands(told.lands, place, zone),
        layers=told.layers,
    )


def _distances(found: Mapping[SiteFeature, float]) -> dict[SiteFeature, Decimal]:
    return {feature: Decimal(distance).quantize(CENTIMETRE) for feature, distance in found.items()}


def _reach(place: shapely.Geometry, extents: Sequence[shapely.Geometry], zone: Zone) -> Decimal:
    """How far around the place the layers tell of it; -1 where they do not tell of all of it."""
    whole = shapely.union_all(extents)
    if not shapely.covers(whole, place):
        return Decimal(-1)
    pair = _metric(np.asarray([place, shapely.boundary(whole)], dtype=object), zone)
    return Decimal(float(shapely.distance(pair[0], pair[1]))).quantize(CENTIMETRE)


def _lands(
    found: Mapping[tuple[str, str], float], place: shapely.Geometry, zone: Zone
) -> tuple[LandShare, ...]:
    areal = shapely.get_dimensions(place) == 2
    pieces = np.asarray([place], dtype=object)
    whole = float(shapely.area(on_the_ground(pieces, zone))[0]) if areal else 1.0
    return tuple(
        LandShare(
            _land(kind, word),
            Decimal(100 * share / whole).quantize(PERCENT),
            Decimal(share).quantize(SQUARE_METRE) if areal else None,
        )
        for (kind, word), share in sorted(found.items(), key=lambda item: -item[1])
    )


def _land(kind: str, word: str) -> AskedLand:
    feature = SiteFeature(kind) if kind else None
    return AskedLand(feature.label_zh if feature else word or "未写地类", feature)
