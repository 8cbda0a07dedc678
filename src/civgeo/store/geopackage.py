"""Geometry in the GeoPackage binary format, many at once, and the envelope of one.

A GeoPackage geometry is a short header (magic, flags, coordinate system, envelope) before ISO WKB.
"""

import struct
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["SRS_ID", "decode", "encode", "is_empty", "x_max", "x_min", "y_max", "y_min"]

SRS_ID = 4490
"""Coordinate system of every layer of the store: CGCS2000, EPSG:4490."""

_MAGIC = b"GP"
_LITTLE_ENDIAN = 0b00000001
_ENVELOPE_XY = 0b00000010
_EMPTY = 0b00010000
_HEADER_BYTES = {0: 8, 1: 40, 2: 56, 3: 56, 4: 72}
_PREFIX = struct.Struct("<2sBBi")
_PREFIX_WITH_ENVELOPE = struct.Struct("<2sBBi4d")
_POINT_TYPE_ID = 0
_POINT = struct.Struct("<BI2d")
_POINT_BYTES = 8 + _POINT.size


def encode(
    geometries: Sequence[shapely.Geometry | None] | NDArray[np.object_],
) -> list[bytes | None]:
    """GeoPackage blobs of shapely geometries, in EPSG:4490 and two dimensions.

    Parameters
    ----------
    geometries
        Geometries, longitude before latitude in degrees; None gives None. Z and M are dropped: the
        layers are declared without them.

    Returns
    -------
    list of bytes or None
        One blob each, little endian; with an envelope except for points and empty geometries.
    """
    array = np.asarray(geometries, dtype=object)
    wkb = shapely.to_wkb(array, byte_order=1, output_dimension=2, flavor="iso")
    points = shapely.get_type_id(array) == _POINT_TYPE_ID
    empty = shapely.is_empty(array)
    rows = zip(wkb, shapely.bounds(array).tolist(), points.tolist(), empty.tolist(), strict=True)
    return [
        None if body is None else _header(bounds, point=point, empty=nothing) + body
        for body, bounds, point, nothing in rows
    ]


def _header(bounds: list[float], *, point: bool, empty: bool) -> bytes:
    if empty:
        return _PREFIX.pack(_MAGIC, 0, _LITTLE_ENDIAN | _EMPTY, SRS_ID)
    if point:
        return _PREFIX.pack(_MAGIC, 0, _LITTLE_ENDIAN, SRS_ID)
    minx, miny, maxx, maxy = bounds
    flags = _LITTLE_ENDIAN | _ENVELOPE_XY
    return _PREFIX_WITH_ENVELOPE.pack(_MAGIC, 0, flags, SRS_ID, minx, maxx, miny, maxy)


def decode(blobs: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Shapely geometries of GeoPackage blobs; None stays None.

    Raises
    ------
    ValueError
        When a blob is no GeoPackage geometry.
    """
    wkb = np.empty(len(blobs), dtype=object)
    wkb[:] = [None if blob is None else _wkb(blob) for blob in blobs]
    try:
        geometries: NDArray[np.object_] = shapely.from_wkb(wkb)
    except shapely.GEOSException as error:
        raise ValueError(f"geometry cannot be read: {error}") from error
    return geometries


def _wkb(blob: bytes) -> bytes:
    length = _HEADER_BYTES.get(blob[3] >> 1 & 7) if len(blob) > 8 and blob[:2] == _MAGIC else None
    if length is None:
        raise ValueError(f"no GeoPackage geometry: {blob[:8]!r}")
    return blob[length:]


def is_empty(blob: bytes | None) -> bool | None:
    """Whether the geometry has no coordinates (``ST_IsEmpty``); None for a null geometry."""
    if blob is None:
        return None
    body = _wkb(blob)
    if blob[3] & _EMPTY:
        return True
    if (point := _plain_point(blob)) is not None:
        return point[0] != point[0]
    return False if _envelope_kind(blob) else bool(shapely.is_empty(shapely.from_wkb(body)))


def x_min(blob: bytes | None) -> float | None:
    """Least longitude in degrees (``ST_MinX``); None for a null or empty geometry."""
    return _edge(blob, 0)


def x_max(blob: bytes | None) -> float | None:
    """Greatest longitude in degrees (``ST_MaxX``); None for a null or empty geometry."""
    return _edge(blob, 1)


def y_min(blob: bytes | None) -> float | None:
    """Least latitude in degrees (``ST_MinY``); None for a null or empty geometry."""
    return _edge(blob, 2)


def y_max(blob: bytes | None) -> float | None:
    """Greatest latitude in degrees (``ST_MaxY``); None for a null or empty geometry."""
    return _edge(blob, 3)


def _envelope_kind(blob: bytes) -> int:
    return blob[3] >> 1 & 7


def _edge(blob: bytes | None, edge: int) -> float | None:
    """One side of the envelope, in the header's order: west, east, south, north."""
    if blob is None or blob[3] & _EMPTY:
        return None
    if _envelope_kind(blob):
        order = "<d" if blob[3] & _LITTLE_ENDIAN else ">d"
        return float(struct.unpack_from(order, blob, 8 + 8 * edge)[0])
    if (point := _plain_point(blob)) is not None:
        return None if point[0] != point[0] else point[edge // 2]
    bounds = shapely.from_wkb(_wkb(blob)).bounds
    if not bounds or np.isnan(bounds[0]):
        return None
    return float(bounds[(0, 2, 1, 3)[edge]])


def _plain_point(blob: bytes) -> tuple[float, float] | None:
    """Longitude and latitude (NaN when empty) of a point as `encode` writes it, else None.

    The R*Tree asks four edges of every row that is written, and most rows are points.
    """
    if len(blob) != _POINT_BYTES or blob[:2] != _MAGIC or _envelope_kind(blob):
        return None
    order, kind, x, y = _POINT.unpack_from(blob, 8)
    return (x, y) if (order, kind) == (1, 1) else None
