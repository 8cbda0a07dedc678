"""Readings of markers against where the register has them: how far, which way, or why not at all.

A reading is never moved silently: one that lies in another datum, has its axes swapped or is far
away is told, and gives no displacement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from civgeo.errors import CivgeoError
from civgeo.geo.axes import EAST, NORTH, SOUTH, WEST
from civgeo.geo.crs import CrsName, transform_points
from civgeo.geo.datum import CGCS2000
from civgeo.geo.known_points import AGREES_M
from civgeo.geo.placement import DISPLACED_M

__all__ = ["FAR_M", "Doubt", "ReadingPlace", "ground_offset", "reading_places"]

FAR_M = DISPLACED_M
"""From here a reading is of another place, or mistyped: 3 km, more than any known datum shifts."""

CLEARLY_OFF_M = 100.0
"""A shift of GCJ-02 or BD-09 is several hundred metres everywhere in China."""

_SYSTEMS = ("EPSG:4490", "GCJ-02", "BD-09")
Place = tuple[float, float]


class Doubt(StrEnum):
    """Why a reading gives no displacement."""

    INCOMPLETE = "incomplete"
    SWAPPED = "swapped"
    OUTSIDE = "outside"
    SHIFTED = "shifted"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """Where a reading lies.

    Parameters
    ----------
    place
        Longitude and latitude, EPSG:4490; None without a reading and where there is a doubt.
    distance_m, azimuth_deg
        From the registered place to it: geodesic metres, true azimuth in degrees; None without
        a registered place or where there is a doubt.
    doubt
        Why it gives no displacement.
    seen_m
        How far it would lie as it was written.
    guess, left_m
        System that explains it, or ``EPSG:4490`` for axes the other way round; how far it would
        lie then.
    """

    place: Place | None = None
    distance_m: float | None = None
    azimuth_deg: float | None = None
    doubt: Doubt | None = None
    seen_m: float | None = None
    guess: str | None = None
    left_m: float | None = None


def reading_places(
    readings: Sequence[tuple[float | None, float | None]],
    registered: Sequence[Place | None],
    datum: str,
) -> list[ReadingPlace]:
    """Where each reading lies against the register.

    Parameters
    ----------
    readings
        Longitude and latitude in degrees of `datum`, as recorded.
    registered
        Place of the same marker in the register, EPSG:4490; None where it has none.
    datum
        ``EPSG:4490``, ``EPSG:4326`` (equal to a metre), ``GCJ-02`` or ``BD-09``.

    Raises
    ------
    CrsError
        When `datum` is none of a system known here.
    """
    system = CrsName.parse(datum)
    return [
        _place(lon, lat, at, system) for (lon, lat), at in zip(readings, registered, strict=True)
    ]


def ground_offset(one: Place, other: Place) -> tuple[float, float]:
    """Geodesic metres and true azimuth (0 to 360 degrees) from `one` to `other`, EPSG:4490."""
    azimuth, _, metres = CGCS2000.inv(*one, *other)
    return float(metres), float(azimuth) % 360


def _place(lon: float | None, lat: float | None, at: Place | None, system: CrsName) -> ReadingPlace:
    if lon is None or lat is None:
        return ReadingPlace(doubt=None if lon is lat else Doubt.INCOMPLETE)
    if not _is_in_china(lon, lat) and _is_in_china(lat, lon):
        turned = _converted(lat, lon, system)
        left = None if at is None or turned is None else ground_offset(at, turned)[0]
        return ReadingPlace(doubt=Doubt.SWAPPED, guess="EPSG:4490", left_m=left)
    here = _converted(lon, lat, system) if _is_in_china(lon, lat) else None
    if here is None:
        return ReadingPlace(doubt=Doubt.OUTSIDE)
    return ReadingPlace(here) if at is None else _against(lon, lat, here, at, system)


def _against(lon: float, lat: float, here: Place, at: Place, system: CrsName) -> ReadingPlace:
    """A reading of a marker that the register has at `at`."""
    distance, azimuth = ground_offset(at, here)
    if distance > CLEARLY_OFF_M:
        found = _explained(lon, lat, at, system)
        if found is not None:
            return ReadingPlace(None, None, None, Doubt.SHIFTED, distance, *found)
    if distance > FAR_M:
        return ReadingPlace(None, None, None, Doubt.FAR, distance)
    return ReadingPlace(here, distance, azimuth)


def _is_in_china(lon: float, lat: float) -> bool:
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def _converted(lon: float, lat: float, system: CrsName) -> Place | None:
    try:
        east, north = transform_points(lon, lat, system, CrsName.parse("EPSG:4490"))
    except CivgeoError:
        return None
    return float(east), float(north)


def _explained(lon: float, lat: float, at: Place, system: CrsName) -> tuple[str, float] | None:
    """Another system that brings the reading to its marker, and what is left then."""
    own = "EPSG:4490" if system.epsg is not None else system.text
    left = {}
    for name in _SYSTEMS:
        there = None if name == own else _converted(lon, lat, CrsName.parse(name))
        if there is not None:
            left[name] = ground_offset(at, there)[0]
    best = min(left, key=left.__getitem__, default=None)
    return None if best is None or left[best] > AGREES_M else (best, left[best])
