"""Witness marks and grid north: places from azimuth and distance, and the convergence between.

A grid azimuth counts clockwise from the northing axis of the zone; a true bearing from the
meridian. The convergence is the grid azimuth's lack: true bearing = grid azimuth + convergence. It
is negative west of the central meridian and positive east of it (north of the equator).
"""

import math
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from pyproj import Proj

from civgeo.errors import CrsError
from civgeo.geo.crs import FIRST_ZONE, LAST_ZONE, Zone, project, zone_of
from civgeo.geo.datum import Floats

__all__ = ["convergence_deg", "true_bearing", "witness_mark", "witness_reading", "zone_numbered"]

FINEST_DEG = 6
"""Decimals of a convergence, 0.004 seconds of arc; forms record minutes."""

ZONE_DEG = 3


def witness_mark(
    northing_m: ArrayLike,
    easting_m: ArrayLike,
    azimuth_deg: ArrayLike,
    distance_m: ArrayLike,
) -> tuple[Floats, Floats]:
    """Northing and easting of a witness mark, metres, from its marker.

    Parameters
    ----------
    northing_m, easting_m
        The marker, in any one grid; with the zone number in front of the easting or without.
    azimuth_deg
        Grid azimuth from the marker, degrees clockwise from grid north.
    distance_m
        Distance on the grid. A taped distance differs by the scale of the zone, at most
        0.37 mm a metre at the edge of a 3-degree zone in China (1.2 mm over 3 m, 2 cm over 50 m).

    Examples
    --------
    >>> [float(value) for value in witness_mark(3000.0, 500.0, 90.0, 12.5)]
    [3000.0, 512.5]
    """
    azimuth = np.deg2rad(np.asarray(azimuth_deg, dtype=np.float64))
    distance = np.asarray(distance_m, dtype=np.float64)
    north = np.asarray(northing_m, dtype=np.float64) + distance * np.cos(azimuth)
    east = np.asarray(easting_m, dtype=np.float64) + distance * np.sin(azimuth)
    return np.asarray(north), np.asarray(east)


def witness_reading(
    northing_m: ArrayLike,
    easting_m: ArrayLike,
    mark_northing_m: ArrayLike,
    mark_easting_m: ArrayLike,
) -> tuple[Floats, Floats]:
    """Grid azimuth (degrees, 0 to 360) and distance (metres) from a marker to its witness mark.

    Parameters
    ----------
    northing_m, easting_m, mark_northing_m, mark_easting_m
        Marker and mark, in one grid. Where they are one place, the azimuth is 0.
    """
    north = np.asarray(mark_northing_m, dtype=np.float64) - np.asarray(northing_m)
    east = np.asarray(mark_easting_m, dtype=np.float64) - np.asarray(easting_m)
    azimuth = np.rad2deg(np.arctan2(east, north)) % 360.0
    # a tiny negative angle rounds up to the full circle
    return np.where(azimuth == 360.0, 0.0, azimuth), np.hypot(north, east)


def zone_numbered(number: int) -> Zone:
    """3-degree zone with this number.

    Raises
    ------
    CrsError
        Outside 25 to 45.

    Examples
    --------
    >>> zone_numbered(38).central_meridian
    114
    """
    if not FIRST_ZONE <= number <= LAST_ZONE:
        raise CrsError(f"没有第 {number} 带：3 度带为第 {FIRST_ZONE} 至 {LAST_ZONE} 带。")
    return zone_of(Decimal(number) * ZONE_DEG)


def convergence_deg(lon: ArrayLike, lat: ArrayLike, zone: Zone) -> Floats:
    """Angle from true north to grid north, degrees, positive clockwise.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490; scalars or arrays of one shape.
    zone
        The zone whose grid it is, within 10 degrees of the place.

    Raises
    ------
    CrsError
        For a place far from the zone.

    Examples
    --------
    >>> round(float(convergence_deg(113.38, 31.70, zone_numbered(38))), 3)
    -0.326
    """
    project(lon, lat, zone)
    factors = _grid(zone.epsg).get_factors(
        np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    )
    return np.asarray(factors.meridian_convergence)


@cache
def _grid(epsg: int) -> Proj:
    return Proj(f"EPSG:{epsg}")


def true_bearing(
    azimuth_deg: Fraction, lon: Decimal, lat: Decimal, zone: Zone | None = None
) -> tuple[Fraction, Decimal]:
    """True bearing of a grid azimuth, and the convergence that was added, in degrees.

    Parameters
    ----------
    azimuth_deg
        Grid azimuth, exact.
    lon, lat
        Where it was taken, EPSG:4490.
    zone
        Its grid; by default the zone of `lon`.

    Returns
    -------
    tuple
        Bearing from 0 up to 360, and the convergence rounded to six decimals, which is what was
        added.

    Raises
    ------
    CrsError
        Outside zones 25 to 45, and for a place far from the zone.
    """
    found = float(convergence_deg(float(lon), float(lat), zone or zone_of(lon)))
    if not math.isfinite(found):
        raise CrsError(f"在经度 {lon}、纬度 {lat} 处求不出子午线收敛角，请核对经纬度。")
    convergence = Decimal(repr(round(found, FINEST_DEG) + 0.0))
    return (azimuth_deg + Fraction(convergence)) % 360, convergence
