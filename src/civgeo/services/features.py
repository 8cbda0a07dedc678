"""Reading pages of the published collections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.coverage import UnitLevel
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS, CollectionSchema
from civgeo.services.planning import Coverage, floor_area_coverage
from civgeo.store.reading import Reading, Scalar
from civgeo.store.sqlite import Box
from civgeo.store.tables import Collection

__all__ = [
    "CollectionExtent",
    "FeaturePage",
    "Period",
    "Selection",
    "collection_extent",
    "collection_schema",
    "data_version",
    "feature",
    "feature_page",
    "todays_coverage",
]

_STORED = {collection.value: collection for collection in Collection}
_UNIT_LEVELS = (UnitLevel.COUNTY, UnitLevel.TOWNSHIP, UnitLevel.COMMUNITY, UnitLevel.ESTATE)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; None is open. An instant has both equal."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which features of a collection are asked for.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees; west greater than east crosses the antimeridian.
    during
        Period in which the feature holds; collections without time ignore it.
    where
        Properties and the values that they must equal.
    """

    bbox: Box | None = None
    during: Period | None = None
    where: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """One page of a collection.

    Parameters
    ----------
    frame
        Features, index id, EPSG:4490.
    matched
        How many features the selection has in all.
    after
        Place to go on from, None on the last page.
    """

    frame: gpd.GeoDataFrame
    matched: int
    after: int | None


@dataclass(frozen=True, slots=True)
class CollectionExtent:
    """Where and when a collection lies: degrees, and days with None for open."""

    bbox: Box | None
    days: tuple[date | None, date | None] | None


def collection_schema(collection: str) -> CollectionSchema:
    """Schema of `collection`.

    Raises
    ------
    NotFound
        When there is no such collection.
    """
    schema = COLLECTIONS.get(collection)
    if schema is None:
        known = "、".join(COLLECTIONS)
        raise NotFound(f"没有数据集“{collection[:80]}”。可用的数据集：{known}")
    return schema


def feature_page(
    city: City,
    collection: str,
    selection: Selection,
    *,
    limit: int,
    offset: int = 0,
    after: int | None = None,
) -> FeaturePage:
    """One page of a collection, in a stable order.

    Parameters
    ----------
    city
        The city.
    collection, selection
        What is asked for.
    limit
        At most so many features.
    offset
        Features to leave out at the beginning.
    after
        Only what follows this ``after`` of the page before.

    Raises
    ------
    InvalidInput
        For an unknown property, a value of another type, a bad bbox.
    NotFound
        When there is no such collection.
    """
    schema = collection_schema(collection)
    computed = collection not in _STORED
    if computed or (selection.during is not None and schema.valid_time is not None):
        frame = _selected(_whole(city, collection), schema, selection)
        return _page_of(frame, limit, offset, after)
    with city.store.read() as reading:
        return _stored_page(reading, _STORED[collection], selection, limit, offset, after)


def _stored_page(
    reading: Reading,
    collection: Collection,
    selection: Selection,
    limit: int,
    offset: int,
    after: int | None,
) -> FeaturePage:
    bbox, where = selection.bbox, selection.where
    matched = reading.count(collection, bbox=bbox, where=where)
    wanted = offset + limit + 1 if offset < matched else 0
    frame = reading.features(collection, bbox=bbox, where=where, limit=wanted, after=after)
    page = frame.iloc[offset : offset + limit]
    more = len(frame) > offset + limit
    return FeaturePage(page, matched, _last_place(reading, collection, page) if more else None)


def _last_place(reading: Reading, collection: Collection, page: gpd.GeoDataFrame) -> int | None:
    place: int | None = reading.features(collection, ids=[page.index[-1]]).attrs["last_fid"]
    return place


def _page_of(frame: gpd.GeoDataFrame, limit: int, offset: int, after: int | None) -> FeaturePage:
    """Page of a frame at hand, whose column ``place`` counts the rows of the whole collection."""
    rest = frame if after is None else frame[frame["place"] > after]
    page = rest.iloc[offset : offset + limit]
    more = len(rest) > offset + limit
    return FeaturePage(page, len(frame), int(page["place"].iloc[-1]) if more else None)


def feature(city: City, collection: str, id: str) -> gpd.GeoDataFrame:
    """Frame of the one feature with that id.

    Raises
    ------
    NotFound
        When there is no such collection or feature.
    """
    collection_schema(collection)
    if collection in _STORED:
        with city.store.read() as reading:
            return reading.feature(_STORED[collection], id)
    units = _whole(city, collection)
    if id not in units.index:
        raise NotFound(f"{collection} 中没有编号为“{id[:80]}”的记录")
    return units.loc[[id]]


def collection_extent(city: City, collection: str) -> CollectionExtent:
    """Where and when the features of a collection lie.

    Raises
    ------
    NotFound
        When there is no such collection.
    """
    schema = collection_schema(collection)
    if schema.valid_time is not None or collection not in _STORED:
        return _computed_extent(city, collection, data_version(city))
    with city.store.read() as reading:
        return CollectionExtent(reading.extent(_STORED[collection]), None)


@lru_cache(maxsize=8)
def _computed_extent(city: City, collection: str, _version: int) -> CollectionExtent:
    frame = _whole(city, collection)
    bounds = frame.total_bounds.tolist()
    bbox = None if np.isnan(bounds[0]) else (bounds[0], bounds[1], bounds[2], bounds[3])
    names = COLLECTIONS[collection].valid_time
    if names is None or frame[list(names)].isna().all(axis=None):
        return CollectionExtent(bbox, None)
    first, last = frame[names[0]], frame[names[1]]
    start = None if first.isna().any() else date.fromisoformat(first.min())
    end = None if last.isna().any() else date.fromisoformat(last.max())
    return CollectionExtent(bbox, (start, end))


def _whole(city: City, collection: str) -> gpd.GeoDataFrame:
    """Every feature of a collection, with its place in it."""
    if collection not in _STORED:
        return _coverage_units(city, data_version(city))
    with city.store.read() as reading:
        frame = reading.features(_STORED[collection])
    return frame.assign(place=np.arange(len(frame)))


def data_version(city: City) -> int:
    """Number that grows with every change of the city's store."""
    with city.store.read() as reading:
        return reading.data_version()


def todays_coverage(city: City, level: UnitLevel) -> Coverage:
    """Coverage of the whole city at `level` on its today; kept until the store changes."""
    return _coverage(city, level, data_version(city))


@lru_cache(maxsize=2 * len(UnitLevel))
def _coverage(city: City, level: UnitLevel, _version: int) -> Coverage:
    return floor_area_coverage(city, level=level)


@lru_cache(maxsize=2)
def _coverage_units(city: City, version: int) -> gpd.GeoDataFrame:
    """Coverage units of all levels on the city's today; kept until the store or the day changes."""
    results = [_coverage(city, level, version) for level in _UNIT_LEVELS]
    frames = [result.units.set_axis(_unit_ids(result.units)) for result in results]
    names = [item.name for item in COLLECTIONS["coverage_units"].properties]
    kept = [frame[[name for name in names if name in frame] + ["geometry"]] for frame in frames]
    units = pd.concat([frame for frame in kept if len(frame)] or kept[:1])
    units["on"] = city.today.isoformat()
    units["edition"] = results[0].register.edition
    units["place"] = np.arange(len(units))
    for name in ("estates_assessed", "estates_meeting"):
        units[name] = units[name].astype("Int64")
    return gpd.GeoDataFrame(units, geometry="geometry", crs="EPSG:4490")


def _unit_ids(units: gpd.GeoDataFrame) -> pd.Index:
    ids = units["level"].astype(str) + "-" + units.index.astype(str)
    return pd.Index(ids, name="id")


def _selected(
    frame: gpd.GeoDataFrame, schema: CollectionSchema, selection: Selection
) -> gpd.GeoDataFrame:
    keep = np.ones(len(frame), dtype=bool)
    for name, value in selection.where.items():
        if schema.property(name) is None:
            raise InvalidInput(f"{schema.id} 没有属性 {name[:40]!r}", code="unknown_property")
        keep &= (frame[name] == value).fillna(value=False).to_numpy(dtype=bool)
    if selection.during is not None and schema.valid_time is not None:
        keep &= _holds(frame, schema.valid_time, selection.during)
    found = frame[keep]
    return found if selection.bbox is None else found[_meets_box(found, selection.bbox)]


def _holds(
    frame: gpd.GeoDataFrame, names: tuple[str, str], during: Period
) -> npt.NDArray[np.bool_]:
    """Which features hold on some day of the period; the day in ``valid_to`` is out already."""
    keep = np.ones(len(frame), dtype=bool)
    first, end = frame[names[0]], frame[names[1]]
    if during.last is not None:
        keep &= (first.isna() | (first <= during.last.isoformat())).to_numpy(dtype=bool)
    if during.first is not None:
        keep &= (end.isna() | (end > during.first.isoformat())).to_numpy(dtype=bool)
    return keep


def _meets_box(frame: gpd.GeoDataFrame, bbox: Box) -> npt.NDArray[np.bool_]:
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    area = shapely.union_all([shapely.box(w, south, e, north) for w, e in spans])
    shapely.prepare(area)
    found: npt.NDArray[np.bool_] = shapely.intersects(area, frame.geometry.to_numpy())
    return found
