"""Reading pages of the published collections."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
from civgeo.services.feature_schema import COLLECTIONS, OPEN_COLLECTIONS, CollectionSchema
from civgeo.services.periods import Period, existing_during, with_existence
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
class Selection:
    """Which features of a collection are asked for.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees; west greater than east crosses the antimeridian.
    during
        An instant: the features that existed on that day, as they were. A period: as
        `existing_during` gives them. None: those that exist today. Collections without time
        ignore it.
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
    """Schema of an open collection.

    Raises
    ------
    NotFound
        When there is no such collection, or it is not open.
    """
    schema = OPEN_COLLECTIONS.get(collection)
    if schema is None:
        known = "、".join(OPEN_COLLECTIONS)
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
    if collection not in _STORED:
        frame = _selected(_coverage_units(city, data_version(city)), schema, selection)
        return _page_of(frame, limit, offset, after)
    stored, during = _STORED[collection], selection.during
    with city.store.read() as reading:
        if during is not None and during.day is None:
            frame = existing_during(reading, stored, during, city.today, open_only=True)
            frame = frame.assign(place=np.arange(len(frame)))
            return _page_of(_selected(frame, schema, selection), limit, offset, after)
        page = _stored_page(reading, stored, selection, limit, offset, after)
        shown = with_existence(reading, stored, page.frame, during.day if during else None)
        return replace(page, frame=shown)


def _stored_page(
    reading: Reading,
    collection: Collection,
    selection: Selection,
    limit: int,
    offset: int,
    after: int | None,
) -> FeaturePage:
    day = None if selection.during is None else selection.during.day
    bbox, where = selection.bbox, selection.where
    matched = reading.count(collection, bbox=bbox, where=where, valid_on=day, open_only=True)
    wanted = offset + limit + 1 if offset < matched else 0
    frame = reading.features(
        collection,
        bbox=bbox,
        where=where,
        limit=wanted,
        after=after,
        valid_on=day,
        open_only=True,
    )
    page = frame.iloc[offset : offset + limit]
    if len(frame) <= offset + limit:
        return FeaturePage(page, matched, None)
    last = reading.features(collection, ids=[page.index[-1]], valid_on=day)
    return FeaturePage(page, matched, last.attrs["last_fid"])


def _page_of(frame: gpd.GeoDataFrame, limit: int, offset: int, after: int | None) -> FeaturePage:
    """Page of a frame at hand, whose column ``place`` counts the rows of the whole collection."""
    rest = frame if after is None else frame[frame["place"] > after]
    page = rest.iloc[offset : offset + limit]
    more = len(rest) > offset + limit
    return FeaturePage(page, len(frame), int(page["place"].iloc[-1]) if more else None)


def feature(city: City, collection: str, id: str, on: date | None = None) -> gpd.GeoDataFrame:
    """Frame of the one feature with that id, as it is today, or as it was on the day `on`.

    Raises
    ------
    NotFound
        When there is no such collection or feature, or it does not exist on that day; the code
        is then ``closed``.
    """
    collection_schema(collection)
    if collection not in _STORED:
        units = _coverage_units(city, data_version(city))
        if id not in units.index:
            raise NotFound(f"{collection} 中没有编号为“{id[:80]}”的记录")
        return units.loc[[id]]
    stored = _STORED[collection]
    with city.store.read() as reading:
        frame = reading.features(stored, ids=[id], valid_on=on, open_only=True)
        if frame.empty:
            raise _not_there(reading, stored, id, on)
        return with_existence(reading, stored, frame, on)


def _not_there(reading: Reading, collection: Collection, id: str, on: date | None) -> NotFound:
    known = reading.features(collection, ids=[id], include_closed=True, open_only=True)
    title = COLLECTIONS[collection.value].title
    if known.empty:
        return NotFound(f"{title}（{collection}）中没有编号为“{id[:80]}”的记录")
    end = known["valid_to"].iloc[0]
    named = "name" if "name" in known else "number"
    when = f"已于 {end} 注销" if on is None and isinstance(end, str) else "当日不存在"
    text = f"{title}“{known[named].iloc[0]}”{when}；各版内容见历史 /{collection}/{id}/history"
    return NotFound(text, code="closed")


def collection_extent(city: City, collection: str) -> CollectionExtent:
    """Where and when the features of a collection lie.

    Collections whose first days are mostly unknown (all but divisions) have no time here.

    Raises
    ------
    NotFound
        When there is no such collection.
    """
    collection_schema(collection)
    return _computed_extent(city, collection, data_version(city))


@lru_cache(maxsize=2 * len(COLLECTIONS))
def _computed_extent(city: City, collection: str, version: int) -> CollectionExtent:
    if collection in _STORED and collection != Collection.DIVISIONS:
        with city.store.read() as reading:
            return CollectionExtent(reading.extent(_STORED[collection], open_only=True), None)
    if collection in _STORED:
        with city.store.read() as reading:
            frame = reading.features(_STORED[collection], include_closed=True)
    else:
        frame = _coverage_units(city, version)
    bounds = frame.total_bounds.tolist()
    bbox = None if np.isnan(bounds[0]) else (bounds[0], bounds[1], bounds[2], bounds[3])
    names = COLLECTIONS[collection].valid_time
    if names is None or frame[list(names)].isna().all(axis=None):
        return CollectionExtent(bbox, None)
    first, last = frame[names[0]], frame[names[1]]
    start = None if first.isna().any() else date.fromisoformat(first.min())
    end = None if last.isna().any() else date.fromisoformat(last.max())
    return CollectionExtent(bbox, (start, end))


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
    found = frame[keep]
    return found if selection.bbox is None else found[_meets_box(found, selection.bbox)]


def _meets_box(frame: gpd.GeoDataFrame, bbox: Box) -> npt.NDArray[np.bool_]:
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    area = shapely.union_all([shapely.box(w, south, e, north) for w, e in spans])
    shapely.prepare(area)
    found: npt.NDArray[np.bool_] = shapely.intersects(area, frame.geometry.to_numpy())
    return found
