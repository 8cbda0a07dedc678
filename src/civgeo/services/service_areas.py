"""Use case: outlines of walking circles of facilities, for the eye."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.analysis.service_area import service_areas, union_of_circles
from civgeo.analysis.walk_network import DM_A_METRE
from civgeo.analysis.walk_search import limit_dm
from civgeo.domain.facility import FacilityKind
from civgeo.errors import InvalidInput, NotFound
from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.services.city import City
from civgeo.services.walk_ground import Ground, Served, served_by, walk_ground

__all__ = ["MOST_FACILITIES", "ServiceAreas", "city_service_areas"]

MOST_FACILITIES = 200
MOST_RINGS = 6
MOST_GROUND_M2 = 700_000_000
"""Circles drawn one by one: squares of all radii together; 200 facilities with half an hour,
or with rings of 5, 10, 15 and 20 minutes, stay below it."""

SIMPLIFIED_M = 2.0
WHOLE_CELL_M, WHOLE_HALF_WIDTH_M = 25.0, 40.0
"""A whole city is drawn coarser than one facility: its outline has a million corners else."""

DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class ServiceAreas:
    """Outlines, and what they rest on.

    Parameters
    ----------
    areas
        EPSG:4490: facility (id, None for the union), name, minutes, speed_m_per_s, area_m2,
        finding.
    ground
        Streets and data.
    """

    areas: gpd.GeoDataFrame
    ground: Ground


def city_service_areas(
    city: City,
    kinds: Sequence[FacilityKind],
    *,
    minutes: Sequence[Decimal] = (Decimal(5), Decimal(10), Decimal(15)),
    speed: Decimal = Decimal(1),
    facilities: Sequence[str] | None = None,
) -> ServiceAreas:
    """Walking circles of the facilities named, or one outline of all facilities of `kinds`.

    Parameters
    ----------
    city, kinds
        The city, and kinds of facility.
    minutes, speed
        Rings, and metres a second.
    facilities
        Ids of facilities that get outlines of their own; None for the union of all.

    Raises
    ------
    InvalidInput
        For more than 200 facilities or six rings, or circles too wide for so many facilities.
    NotFound
        Without a walk network, or when a facility of that id and kind does not operate.
    """
    if not 0 < len(minutes) <= MOST_RINGS:
        raise InvalidInput(f"一次最多 {MOST_RINGS} 个时间圈", code="too_many_rings")
    limits = {limit_dm(each, speed): each for each in minutes}
    ground = walk_ground(city)
    served = served_by(city, ground, kinds)
    if facilities is None:
        found = _whole(ground, served, tuple(limits)).assign(facility=None, name="全部")
    else:
        rows = _rows(served.facilities, facilities)
        _require_drawable(len(rows), limits)
        found = service_areas(ground.network, served.places.take(rows), list(limits))
        chosen = served.facilities.iloc[rows]
        at = found["facility"].to_numpy()
        found["name"] = chosen["name"].to_numpy()[at]
        found["facility"] = chosen.index.to_numpy()[at]
    times = pd.Series([limits[limit] for limit in found["limit_dm"]], index=found.index)
    speeds = pd.Series([speed] * len(found), index=found.index)
    found = found.assign(minutes=times, speed_m_per_s=speeds)
    return ServiceAreas(_drawn(found), ground)


@lru_cache(maxsize=8)
def _whole(ground: Ground, served: Served, limits: tuple[int, ...]) -> gpd.GeoDataFrame:
    return union_of_circles(
        ground.network,
        served.field,
        served.places,
        limits,
        cell_m=WHOLE_CELL_M,
        half_width_m=WHOLE_HALF_WIDTH_M,
    )


def _drawn(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Outlines in degrees, without corners that no eye can tell."""
    plain = found.set_geometry(_simplified(found.geometry))
    degrees = plain.drop(columns="limit_dm").to_crs(epsg=CGCS2000_EPSG)
    rounded = shapely.transform(degrees.geometry.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    return degrees.set_geometry(gpd.GeoSeries(rounded, index=degrees.index, crs=degrees.crs))


def _simplified(outlines: gpd.GeoSeries) -> gpd.GeoSeries:
    """Outlines simplified part by part: as one shape each would take minutes."""
    parts, of = shapely.get_parts(outlines.to_numpy(), return_index=True)
    plain = shapely.simplify(parts, SIMPLIFIED_M)
    whole = np.full(len(outlines), None, dtype=object)
    drawn, position = np.unique(of, return_inverse=True)
    whole[drawn] = shapely.multipolygons(plain, indices=position)
    return gpd.GeoSeries(whole, index=outlines.index, crs=outlines.crs)


def _require_drawable(facilities: int, limits_dm: Iterable[int]) -> None:
    ground = facilities * sum(limit * limit for limit in limits_dm) / DM_A_METRE**2
    if ground > MOST_GROUND_M2:
        raise InvalidInput(
            f"{facilities} 处设施的步行圈太大：请减少设施、缩短时间或分次查看", code="too_large"
        )


def _rows(
    facilities: gpd.GeoDataFrame, ids: Sequence[str]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if len(ids) > MOST_FACILITIES:
        raise InvalidInput(
            f"一次最多 {MOST_FACILITIES} 处设施，收到 {len(ids)} 处", code="too_many"
        )
    rows = facilities.index.get_indexer(pd.Index(dict.fromkeys(ids)))
    if (rows < 0).any():
        missing = [id for id in dict.fromkeys(ids) if id not in facilities.index]
        raise NotFound(
            f"没有运营中的此类设施 {missing[0][:60]}，或它没有位置", code="facility_missing"
        )
    return rows
