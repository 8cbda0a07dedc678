"""Place names around a point."""

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np

from civgeo.errors import InvalidInput
from civgeo.geo.datum import ground_distance_m
from civgeo.services.city import City
from civgeo.services.name_search import ask
from civgeo.store.name_index_lookup import NameLookup, Scope
from civgeo.store.name_index_rows import IndexedName
from civgeo.store.sqlite import Box

__all__ = ["FARTHEST_M", "Near", "nearest"]

FARTHEST_M = 500_000.0
_FIRST_M = 250.0
_FEW = 500
_NORTHMOST = 60.0
"""No name of China lies as far north."""

_LEAST_M_PER_DEGREE = 110_500.0
"""A degree of latitude is 110,574 m at the equator, and longer elsewhere; the box must not be too
small."""


@dataclass(frozen=True, slots=True)
class Near:
    """A name, and how far its point lies from the one that was asked about.

    Parameters
    ----------
    name
        The name.
    metres
        Length of the geodesic on the CGCS2000 ellipsoid.
    """

    name: IndexedName
    metres: float


def nearest(
    city: City, lon: float, lat: float, scope: Scope, *, limit: int, within_m: float
) -> tuple[Near, ...]:
    """The nearest names, the nearest first; equally near ones by their rank.

    Parameters
    ----------
    city
        The city.
    lon, lat
        Degrees in EPSG:4490.
    scope
        Which entries count; those without a geometry never do.
    limit
        At most so many.
    within_m
        None farther away than that, `FARTHEST_M` at most.

    Raises
    ------
    InvalidInput
        For a point that is not on the earth, and a distance that is none or too far.
    StoreUnavailable
        When the store or its index cannot be read.
    """
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        text = f"位置 {lon}，{lat} 不成立：经度应在 ±180 之间，纬度应在 ±90 之间，经度在前"
        raise InvalidInput(text, code="bad_position")
    if not 0 < within_m <= FARTHEST_M:
        text = f"距离 {within_m} 不成立：应大于 0，不超过 {FARTHEST_M:,.0f} 米"
        raise InvalidInput(text, code="bad_value")

    def found(names: NameLookup) -> tuple[Near, ...]:
        few = _few(names, scope)
        if few is not None:
            return tuple(_by_distance(few, lon, lat, within_m)[:limit])
        radius = min(_FIRST_M, within_m)
        while True:
            around = list(names.around(_box(lon, lat, radius), scope))
            near = _by_distance(around, lon, lat, radius)
            if len(near) >= limit or radius >= within_m:
                return tuple(near[:limit])
            radius = min(2 * radius, within_m)

    return ask(city, found)


def _few(names: NameLookup, scope: Scope) -> list[IndexedName] | None:
    """All names of the scope where they are few; None where nothing narrows it, or not enough."""
    if not scope.condition:
        return None
    found = list(islice(names.that("", scope), _FEW))
    return found if len(found) < _FEW else None


def _by_distance(names: list[IndexedName], lon: float, lat: float, radius_m: float) -> list[Near]:
    placed = [name for name in names if name.lon is not None]
    if not placed:
        return []
    east, north = np.array([(name.lon, name.lat) for name in placed], dtype=float).T
    metres = ground_distance_m(np.full_like(east, lon), np.full_like(north, lat), east, north)
    near = [
        Near(name, away)
        for name, away in zip(placed, metres.tolist(), strict=True)
        if away <= radius_m
    ]
    return sorted(near, key=lambda each: (each.metres, each.name.rank))


def _box(lon: float, lat: float, radius_m: float) -> Box:
    """A box around all points of China within `radius_m`."""
    up = radius_m / _LEAST_M_PER_DEGREE
    narrowest = math.cos(math.radians(min(abs(lat) + up, _NORTHMOST)))
    across = up / narrowest
    return (lon - across, lat - up, lon + across, lat + up)
