"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, to CGCS2000 and back.

The forward shift is the published series on the Krasovsky ellipsoid. It has no closed inverse, so
the ways back are iterated until the forward shift of the answer meets the input within 1e-10
degree (about 0.01 mm); a fixed point of this shift gains two to three digits a step.

All functions take longitude before latitude, in degrees, scalars or arrays of any one shape, and
return two float64 arrays of that shape.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from civgeo.errors import CrsError, InvalidInput

__all__ = [
    "bd09_from_cgcs2000",
    "bd09_from_gcj02",
    "cgcs2000_from_bd09",
    "cgcs2000_from_gcj02",
    "coordinate_arrays",
    "gcj02_from_bd09",
    "gcj02_from_cgcs2000",
    "ground_distance_m",
    "position_text",
]

Floats = NDArray[np.float64]
Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]

KRASOVSKY_A_M = 6378245.0
KRASOVSKY_EE = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
SHIFTED_MARGIN_DEG = 0.05
ROUNDING_DEG = 1e-8
CONVERGED_DEG = 1e-10
MOST_STEPS = 30
BD_ANGLE = np.pi * 3000.0 / 180.0
CGCS2000 = Geod(a=6378137.0, rf=298.257222101)


def gcj02_from_cgcs2000(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 positions of CGCS2000 (EPSG:4490) positions.

    Raises
    ------
    CrsError
        For a point outside 72.004-137.8347 E, 0.8293-55.8271 N, where GCJ-02 is not defined.
        Such a point is never handed back unchanged.
    InvalidInput
        When the two arrays differ in shape or hold a value that is not a finite number.
    """
    east, north = coordinate_arrays(lon, lat)
    _require_defined(east, north, margin=0.0)
    return _gcj02(east, north)


def cgcs2000_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """CGCS2000 (EPSG:4490) positions of GCJ-02 positions, to better than 1 mm.

    Raises
    ------
    CrsError
        When the CGCS2000 position lies outside the rectangle where GCJ-02 is defined.
    InvalidInput
        As for `gcj02_from_cgcs2000`.
    """
    east, north = coordinate_arrays(lon, lat)
    _require_defined(east, north, margin=SHIFTED_MARGIN_DEG)
    found = _inverse(_gcj02, east, north)
    _require_defined(*found, margin=ROUNDING_DEG)
    return found


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 positions of GCJ-02 positions.

    Raises
    ------
    CrsError
        More than 0.05 degree outside the rectangle of GCJ-02; shifted points that close to its
        edge may belong to a point inside.
    InvalidInput
        As for `gcj02_from_cgcs2000`.
    """
    east, north = coordinate_arrays(lon, lat)
    _require_defined(east, north, margin=SHIFTED_MARGIN_DEG)
    return _bd09(east, north)


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 positions of BD-09 positions, to better than 1 mm.

    Raises
    ------
    CrsError, InvalidInput
        As for `bd09_from_gcj02`.
    """
    east, north = coordinate_arrays(lon, lat)
    _require_defined(east, north, margin=SHIFTED_MARGIN_DEG)
    return _inverse(_bd09, east, north)


def bd09_from_cgcs2000(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 positions of CGCS2000 positions; raises as `gcj02_from_cgcs2000` does."""
    return bd09_from_gcj02(*gcj02_from_cgcs2000(lon, lat))


def cgcs2000_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """CGCS2000 positions of BD-09 positions; raises as `cgcs2000_from_gcj02` does."""
    return cgcs2000_from_gcj02(*gcj02_from_bd09(lon, lat))


def ground_distance_m(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Geodesic distance in metres between pairs of positions, on the CGCS2000 ellipsoid.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        Degrees; one shape throughout.

    Raises
    ------
    InvalidInput
        When shapes differ or a value is not a finite number.

    Examples
    --------
    >>> float(ground_distance_m(114.0, 33.0, 114.0, 33.0))
    0.0
    """
    from_lon, from_lat = coordinate_arrays(lon1, lat1)
    to_lon, to_lat = coordinate_arrays(lon2, lat2)
    if from_lon.shape != to_lon.shape:
        raise InvalidInput(f"起点有 {from_lon.size} 个、终点有 {to_lon.size} 个，应一一对应。")
    _, _, metres = CGCS2000.inv(from_lon.ravel(), from_lat.ravel(), to_lon.ravel(), to_lat.ravel())
    return np.asarray(metres, dtype=np.float64).reshape(from_lon.shape)


def coordinate_arrays(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """The two coordinates as float64 arrays of one shape, every value finite.

    Raises
    ------
    InvalidInput
        When the shapes differ, or naming the first value that is not a finite number.
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape:
        raise InvalidInput(f"两列坐标个数不同：{first.size} 和 {second.size}，应一一对应。")
    bad = np.flatnonzero(~(np.isfinite(first) & np.isfinite(second)).ravel())
    if bad.size:
        where = position_text(first, second, int(bad[0]))
        raise InvalidInput(f"{where}不是有限的数字，请补全或删去后再试。", code="bad_number")
    return first, second


def position_text(x: Floats, y: Floats, index: int) -> str:
    """How a message names one point of two coordinate arrays: its number, index and values."""
    return f"第 {index + 1} 个点（下标 {index}，坐标 {x.flat[index]}, {y.flat[index]}）"


def _require_defined(lon: Floats, lat: Floats, *, margin: float) -> None:
    inside = (lon >= WEST - margin) & (lon <= EAST + margin)
    inside &= (lat >= SOUTH - margin) & (lat <= NORTH + margin)
    outside = np.flatnonzero(~np.asarray(inside).ravel())
    if outside.size:
        raise CrsError(
            f"{position_text(lon, lat, int(outside[0]))}在 GCJ-02、BD-09 适用范围"
            f"（东经 {WEST}—{EAST}、北纬 {SOUTH}—{NORTH}）之外，不能换算。"
            "请核对经度是否在前、纬度是否在后。"
        )


def _inverse(shift: Shift, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Positions that `shift` moves to (lon, lat)."""
    x, y = lon, lat
    for _ in range(MOST_STEPS):
        moved_x, moved_y = shift(x, y)
        miss_x, miss_y = lon - moved_x, lat - moved_y
        x, y = np.asarray(x + miss_x), np.asarray(y + miss_y)
        if max(np.abs(miss_x).max(initial=0.0), np.abs(miss_y).max(initial=0.0)) < CONVERGED_DEG:
            return x, y
    raise CrsError("GCJ-02、BD-09 反算没有收敛，请核对坐标。")


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root, both = np.sqrt(np.abs(x)), 0.1 * x * y
    ripple = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + both + 0.2 * root + ripple
    north += _waves(y, (20.0, 40.0), (160.0, 320.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + both + 0.1 * root + ripple
    east += _waves(x, (20.0, 40.0), (150.0, 300.0))
    radians = np.radians(lat)
    magic = 1.0 - KRASOVSKY_EE * np.sin(radians) ** 2
    meridian_m = KRASOVSKY_A_M * (1.0 - KRASOVSKY_EE) / (magic * np.sqrt(magic))
    parallel_m = KRASOVSKY_A_M / np.sqrt(magic) * np.cos(radians)
    return (
        np.asarray(lon + np.degrees(east / parallel_m)),
        np.asarray(lat + np.degrees(north / meridian_m)),
    )


def _waves(angle: Floats, short: tuple[float, float], long: tuple[float, float]) -> Floats:
    near = short[0] * np.sin(np.pi * angle) + short[1] * np.sin(np.pi * angle / 3.0)
    far = long[0] * np.sin(np.pi * angle / 12.0) + long[1] * np.sin(np.pi * angle / 30.0)
    return np.asarray((near + far) * 2.0 / 3.0)


def _bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    return (
        np.asarray(radius * np.cos(angle) + 0.0065),
        np.asarray(radius * np.sin(angle) + 0.006),
    )
