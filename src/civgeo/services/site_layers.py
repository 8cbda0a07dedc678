"""Constraint layers of a city: kept beside the store, and the ones that a question is asked of."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from civgeo.domain.history import moment_text
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.errors import ImportRejected, InvalidInput, NotFound
from civgeo.geo.crs import require_cgcs2000
from civgeo.services.city import City
from civgeo.store.site_layers import (
    LAYER_COLUMNS,
    hidden_layers,
    layer_digest,
    layer_extent,
    layer_metas,
    load_layer,
    save_layer,
    set_hidden,
)

__all__ = [
    "SiteLayer",
    "chosen_layers",
    "default_layers",
    "found_layer",
    "hide_layer",
    "save_site_layer",
    "site_layer",
    "site_layers",
]

LONGEST = 200
COVERED = 0.99
"""A layer of which newer ones cover this share of its extent is not in use."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteLayer:
    """A constraint layer.

    Parameters
    ----------
    meta
        What is known of it.
    features
        EPSG:4490; ``kind`` (value of a `SiteFeature`, empty for a layer of the bureau's own or an
        unknown land class), ``label`` (word of the land class, or the name, as in the file),
        ``name``, shapes.
    extent
        Where the layer ends, EPSG:4490; None where it counts as complete everywhere.
    """

    meta: SiteLayerMeta
    features: gpd.GeoDataFrame
    extent: shapely.Geometry | None


def save_site_layer(
    city: City,
    features: gpd.GeoDataFrame,
    extent: shapely.Geometry | None,
    *,
    title: str,
    covers: Sequence[SiteFeature],
    layer_date: date,
    source: str,
    crs: str = "EPSG:4490",
    own_distance_m: float | None = None,
    simulated: bool = False,
    notes: Sequence[str] = (),
    dry_run: bool = False,
) -> SiteLayerMeta:
    """Keep a layer beside the store; the same layer once more changes nothing.

    Parameters
    ----------
    city
        The city.
    features, extent
        As in `SiteLayer`; missing columns of words count as empty, shapes are valid.
    title, covers, layer_date, source, crs, own_distance_m, simulated, notes
        As in `SiteLayerMeta`; a layer without `covers` is the bureau's own, and its distance is 0
        where none is given.
    dry_run
        Whether only to say what it would be kept as.

    Returns
    -------
    SiteLayerMeta
        The layer as it is kept, with the digest that names it.

    Raises
    ------
    InvalidInput
        When a text is missing, the distance does not fit, or there is no feature.
    ImportRejected
        When the layer is simulated and the store is not.
    CrsError
        When the features are not in EPSG:4490.
    StoreUnavailable
        When it cannot be kept.
    """
    require_cgcs2000(features)
    if features.empty:
        raise InvalidInput("图层里没有可用的要素", code="empty_layer")
    _refuse_simulated(city, simulated=simulated)
    meta = SiteLayerMeta(
        digest="",
        title=_needed(title, "图层名称（title）"),
        covers=tuple(feature for feature in SiteFeature if feature in covers),
        layer_date=layer_date,
        source=_needed(source, "数据来源（source）"),
        saved_at=moment_text(datetime.now(UTC)),
        features=len(features),
        crs=crs,
        has_extent=extent is not None,
        own_distance_m=_own_distance(covers, own_distance_m),
        simulated=simulated,
        notes=tuple(notes),
    )
    frame = _plain(features)
    named = replace(meta, digest=layer_digest(meta, frame, extent))
    return named if dry_run else save_layer(_directory(city), named, frame, extent)


def _refuse_simulated(city: City, *, simulated: bool) -> None:
    with city.store.read() as reading:
        if simulated and not reading.register().simulated:
            text = "正式登记库不接收模拟数据：图层是模拟的。请换成真实图层，或导入演示库"
            raise ImportRejected(text, code="simulated")


def _needed(text: str, what: str) -> str:
    plain = text.strip()
    if not plain or len(plain) > LONGEST:
        raise InvalidInput(f"须写明{what}，不超过 {LONGEST} 个字", code="missing_value")
    return plain


def _own_distance(covers: Sequence[SiteFeature], given: float | None) -> float | None:
    if not covers:
        given = 0.0 if given is None else given
        if not (math.isfinite(given) and given >= 0):
            raise InvalidInput(f"自有图层的距离应为不小于 0 的米数，收到 {given}", code="bad_value")
    elif given is not None:
        text = "只有本局自有图层才能写自定距离；法规涉及的图层按规定的距离判断"
        raise InvalidInput(text, code="bad_value")
    return given


def _plain(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The columns that are kept, missing words as empty ones."""
    empty = pd.Series("", index=features.index, dtype=object)
    words = {name: features.get(name, empty).astype(object) for name in LAYER_COLUMNS}
    texts = {name: column.where(column.notna(), "").map(str) for name, column in words.items()}
    shapes = features.geometry.to_numpy()
    return gpd.GeoDataFrame(texts, geometry=shapes, crs=4490).reset_index(drop=True)


def _directory(city: City) -> Path:
    return city.store.file.parent


def site_layers(city: City) -> tuple[SiteLayerMeta, ...]:
    """All layers that are kept, the newest state first.

    Raises
    ------
    StoreUnavailable
        When the description of one is damaged.
    """
    return layer_metas(_directory(city))


def site_layer(city: City, digest: str) -> SiteLayer:
    """A layer by its digest, or the beginning of it.

    Raises
    ------
    NotFound
        When there is none, or several begin so.
    StoreUnavailable
        When its files are damaged.
    """
    return SiteLayer(*load_layer(_directory(city), found_layer(city, digest).digest))


def found_layer(city: City, asked: str) -> SiteLayerMeta:
    """What the layer of a digest, or of its beginning, is; raises as `site_layer`."""
    kept = site_layers(city)
    found = [meta for meta in kept if asked and meta.digest.startswith(asked)]
    if len(found) != 1:
        there = "、".join(f"{meta.digest} {meta.title}" for meta in kept[:20]) or "（没有）"
        text = f"没有图层 {asked[:40]!r}，或有几个以此开头。已有的：{there}"
        raise NotFound(f"{text}。用 civgeo cemeteries layer 导入", code="layer_missing")
    return found[0]


def hide_layer(city: City, digest: str, *, hidden: bool = True) -> SiteLayerMeta:
    """Take a layer out of those that are used unasked, or bring it back; it stays as it is.

    Raises
    ------
    NotFound, StoreUnavailable
        As `site_layer`, and when the disk cannot be written.
    """
    found = found_layer(city, digest)
    set_hidden(_directory(city), found.digest, hidden=hidden)
    return found


def chosen_layers(
    city: City, asked: Sequence[str] = (), on: date | None = None
) -> tuple[SiteLayer, ...]:
    """Layers of a question, the newest state first: those asked for, or the newest of every kind.

    Parameters
    ----------
    city
        The city.
    asked
        Digests, or their beginnings; hidden and later layers too. None for those of
        `default_layers`.
    on
        Day of the question; by default today.

    Raises
    ------
    NotFound, StoreUnavailable
        As `site_layer`.
    """
    digests = [meta.digest for meta in default_layers(city, on)]
    if asked:
        wanted = {found_layer(city, each).digest for each in asked}
        digests = [meta.digest for meta in site_layers(city) if meta.digest in wanted]
    return tuple(SiteLayer(*load_layer(_directory(city), digest)) for digest in digests)


def default_layers(city: City, on: date | None = None) -> tuple[SiteLayerMeta, ...]:
    """Layers that are used unasked, the newest state first.

    Of layers that tell of the same kinds, and of the bureau's own of one title, it is the newest
    of `on` or before, with older ones where the newer ones do not reach: a land-use survey may
    come county by county.
    """
    hidden, day = hidden_layers(_directory(city)), on or city.today
    standing = [
        meta for meta in site_layers(city) if meta.digest not in hidden and meta.layer_date <= day
    ]
    used = set()
    for _, same in groupby(sorted(standing, key=_subject), key=_subject):
        used |= {meta.digest for meta in _reaching(city, same)}
    return tuple(meta for meta in standing if meta.digest in used)


def _subject(meta: SiteLayerMeta) -> tuple[str, ...]:
    return (meta.title,) if meta.is_own else ("", *meta.covers)


def _reaching(city: City, newest_first: Iterable[SiteLayerMeta]) -> Iterator[SiteLayerMeta]:
    """Layers that reach where no newer one does."""
    told: shapely.Geometry = shapely.Polygon()
    for meta in newest_first:
        extent = layer_extent(_directory(city), meta)
        if extent is None:
            yield meta
            return
        left = shapely.area(shapely.difference(extent, told))
        if left > (1 - COVERED) * shapely.area(extent):
            yield meta
            told = shapely.union(told, extent)
