"""Constraint layers as documents, and as rows of a list."""

from collections.abc import Mapping

import numpy as np
import orjson
import shapely

from civgeo.domain.labelled import Labelled
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.services.city import City
from civgeo.services.site_layers import default_layers, found_layer, site_layer, site_layers
from civgeo.store.site_layers import hidden_layers

__all__ = ["LARGEST_PAGE", "LayerState", "covers_text", "layer_document", "layer_documents"]
__all__ += ["layer_features", "layer_states", "one_layer_document"]

LARGEST_PAGE = 10_000
Box = tuple[float, float, float, float]


class LayerState(Labelled):
    """Whether a layer is taken unasked."""

    USED = "used", "使用中"
    OLDER = "older", "已有更新的"
    HIDDEN = "hidden", "已隐藏"
    LATER = "later", "日期未到"


def layer_states(city: City) -> Mapping[SiteLayerMeta, LayerState]:
    """State of every layer today, the newest layer first.

    Raises
    ------
    StoreUnavailable
        When the description of one is damaged.
    """
    hidden, used = hidden_layers(city.store.file.parent), set(default_layers(city))
    return {
        meta: _state(meta, city, hidden=meta.digest in hidden, used=meta in used)
        for meta in site_layers(city)
    }


def _state(meta: SiteLayerMeta, city: City, *, hidden: bool, used: bool) -> LayerState:
    if hidden:
        return LayerState.HIDDEN
    if meta.layer_date > city.today:
        return LayerState.LATER
    return LayerState.USED if used else LayerState.OLDER


def layer_document(meta: SiteLayerMeta, state: LayerState | None = None) -> dict[str, object]:
    """A layer as JSON: what is known of it, without its shapes."""
    found: dict[str, object] = {
        "digest": meta.digest,
        "title": meta.title,
        "covers": [feature.value for feature in meta.covers],
        "covers_zh": covers_text(meta),
        "layer_date": meta.layer_date.isoformat(),
        "source": meta.source,
        "saved_at": meta.saved_at,
        "features": meta.features,
        "crs": meta.crs,
        "has_extent": meta.has_extent,
        "own_distance_m": meta.own_distance_m,
        "simulated": meta.simulated,
        "notes": list(meta.notes),
    }
    return found if state is None else found | {"state": state.value, "state_zh": state.label_zh}


def covers_text(meta: SiteLayerMeta) -> str:
    """What a layer tells of, in Chinese."""
    if meta.is_own:
        return "自有图层"
    return "地类" if meta.is_land_use else "、".join(feature.label_zh for feature in meta.covers)


def layer_documents(city: City) -> list[dict[str, object]]:
    """All layers, the newest first; raises as `layer_states`."""
    return [layer_document(meta, state) for meta, state in layer_states(city).items()]


def one_layer_document(city: City, digest: str) -> dict[str, object]:
    """The layer of a digest, or of its beginning.

    Raises
    ------
    NotFound, StoreUnavailable
        As `civgeo.services.site_layers.site_layer`.
    """
    meta = found_layer(city, digest)
    return layer_document(meta, layer_states(city)[meta])


def layer_features(
    city: City, digest: str, *, box: Box | None = None, limit: int = 1_000, skip: int = 0
) -> dict[str, object]:
    """Features of a layer as GeoJSON, in their order.

    Parameters
    ----------
    city
        The city.
    digest
        Digest of the layer, or its beginning.
    box
        Only features that touch it: west, south, east, north in degrees.
    limit, skip
        So many at most, after the first so many.

    Raises
    ------
    NotFound, StoreUnavailable
        As `site_layer`.
    """
    layer = site_layer(city, digest)
    shapes = layer.features.geometry.to_numpy()
    touched = np.ones(len(shapes), dtype=bool)
    if box is not None:
        touched = shapely.intersects(shapely.box(*box), shapes)
    rows = np.flatnonzero(touched)[skip : skip + min(limit, LARGEST_PAGE)]
    texts = shapely.to_geojson(shapely.orient_polygons(shapes[rows], exterior_cw=False))
    words = layer.features[["kind", "label", "name"]].iloc[rows].to_dict("records")
    return {
        "type": "FeatureCollection",
        "layer": layer_document(layer.meta),
        "numberMatched": int(touched.sum()),
        "numberReturned": len(rows),
        "features": [
            {
                "type": "Feature",
                "id": int(row),
                "geometry": orjson.Fragment(text),
                "properties": properties,
            }
            for row, text, properties in zip(rows, texts, words, strict=True)
        ],
    }
