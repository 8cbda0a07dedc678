"""Coordinate systems: EPSG:4490 between layers, one metric zone per city for measures.

Longitude or easting always comes first here, whatever order the authority prescribes: EPSG:4490
is latitude, longitude and EPSG:4526 and 4547 are northing, easting by definition (`authority_order`
says which). PROJ never fetches grids from the network.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

import geopandas as gpd
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.network import (  # type: ignore[attr-defined]  # public, but re-exported unmarked
    set_network_enabled,
)

from civgeo.errors import CrsError
from civgeo.geo.datum import (
    Floats,
    bd09_from_cgcs2000,
    cgcs2000_from_bd09,
    cgcs2000_from_gcj02,
    coordinate_arrays,
    gcj02_from_cgcs2000,
    position_text,
)
from civgeo.geo.systems import (
    AxisOrder,
    CrsName,
    authority_order,
    epsg_crs,
    require_datum,
    require_metric,
)

__all__ = [
    "CGCS2000_EPSG",
    "AxisOrder",
    "CrsName",
    "Zone",
    "authority_order",
    "city_zone",
    "project",
    "require_cgcs2000",
    "require_crs",
    "require_datum",
    "require_metric",
    "to_metric",
    "transform_points",
    "zone_of",
]

set_network_enabled(False)

CGCS2000_EPSG = 4490
CGCS2000 = CRS.from_epsg(CGCS2000_EPSG)
FIRST_ZONE, LAST_ZONE = 25, 45
WEST_EDGE, EAST_EDGE = Decimal("73.5"), Decimal("136.5")
WIDEST_CITY_DEG = 12.0
ZONE_MARGIN_DEG = 10.0
FROM_SHIFTED = {"GCJ-02": cgcs2000_from_gcj02, "BD-09": cgcs2000_from_bd09}
TO_SHIFTED = {"GCJ-02": gcj02_from_cgcs2000, "BD-09": bd09_from_cgcs2000}


@dataclass(frozen=True, slots=True)
class Zone:
    """A 3-degree Gauss-Kruger zone of CGCS2000.

    Parameters
    ----------
    number
        25 to 45.
    central_meridian
        Degrees east, three times the number.
    epsg
        EPSG code of the system whose eastings have no zone number in front (500 000 m on the
        central meridian).
    epsg_prefixed
        EPSG code of the system whose eastings begin with the zone number.
    """

    number: int
    central_meridian: int
    epsg: int
    epsg_prefixed: int

    @property
    def prefix_m(self) -> int:
        """Metres that the zone number adds to an easting (38 000 000 in zone 38)."""
        return self.number * 1_000_000


def zone_of(lon: Decimal | float) -> Zone:
    """3-degree zone of a longitude; a longitude on an edge belongs to the higher zone.

    The number is floor((lon + 1.5) / 3), computed exactly on the value that was given.

    Parameters
    ----------
    lon
        Degrees east, from 73.5 up to but not including 136.5.

    Raises
    ------
    CrsError
        Outside zones 25 to 45, and for a value that is not a number.

    Examples
    --------
    >>> zone_of(Decimal("112.5")).epsg, zone_of(Decimal("112.4999")).number
    (4547, 37)
    """
    value = Decimal(lon)
    if not value.is_finite() or not WEST_EDGE <= value < EAST_EDGE:
        raise CrsError(
            f"经度 {str(lon)[:40]} 不在 3 度带第 {FIRST_ZONE}—{LAST_ZONE} 带内"
            f"（东经 {WEST_EDGE} 至 {EAST_EDGE} 度）。经度和纬度是否填反了？请先填经度，后填纬度。"
        )
    number = (Fraction(value) + Fraction(3, 2)) // 3
    return Zone(
        number=number,
        central_meridian=3 * number,
        epsg=4534 + number - FIRST_ZONE,
        epsg_prefixed=4488 + number,
    )


def city_zone(frame: gpd.GeoDataFrame) -> Zone:
    """The one zone in which everything about a city is measured.

    It is the zone of the middle of the frame's whole extent, so that buffers and areas of one
    city never come from two projections, even where the city lies on an edge between zones. Take
    it from the city's divisions once, not from each layer: another extent may give another zone.

    Parameters
    ----------
    frame
        Any geometries in EPSG:4490; null and empty ones do not count. Of a frame of divisions
        (column role) only the city's own rows count, not the neighbours around it.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490, has no extent, or is wider than 12 degrees: scale then
        errs by more than half a percent at its edges, and it should be measured city by city.
    """
    require_cgcs2000(frame)
    city = frame[frame["role"] == "own"] if "role" in frame.columns else frame
    west, _, east, _ = (float(edge) for edge in city.total_bounds)
    if not np.isfinite([west, east]).all():
        raise CrsError("数据中没有图形，无法确定所在的 3 度带。请先导入政区范围。")
    if east - west > WIDEST_CITY_DEG:
        raise CrsError(
            f"数据东西跨度 {east - west:.1f} 度，超过 {WIDEST_CITY_DEG:.0f} 度，"
            "不能用一个 3 度带量算。请按市分开处理，并检查有无坐标错误的图形。"
        )
    return zone_of((west + east) / 2)


def to_metric(frame: gpd.GeoDataFrame, zone: Zone) -> gpd.GeoDataFrame:
    """The frame in metres of `zone`, easting first and without zone number; index and order stay.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490 or a coordinate cannot be projected.
    """
    require_cgcs2000(frame)
    projected = frame.to_crs(epsg=zone.epsg)
    bounds = projected.geometry.bounds.to_numpy()
    lost = np.flatnonzero(np.isinf(bounds).any(axis=1))
    if lost.size:
        raise CrsError(
            f"编号 {frame.index[lost[0]]} 的图形无法投影到第 {zone.number} 带，请核对其经纬度。"
        )
    return projected


def require_crs(frame: gpd.GeoDataFrame, *others: gpd.GeoDataFrame) -> CRS:
    """The one coordinate system of all geometry in one or more frames.

    Raises
    ------
    CrsError
        When a frame has no geometry column or no CRS, when the geometry columns of the frames
        differ in CRS, and when the datum is one that cannot be transformed.
    """
    found: list[CRS] = []
    for each in (frame, *others):
        columns = [name for name, dtype in each.dtypes.items() if str(dtype) == "geometry"]
        systems = [gpd.GeoSeries(each[name]).crs for name in columns]
        if not columns or any(crs is None for crs in systems):
            raise CrsError(
                "数据没有坐标系（CRS）。请用 --crs 写明，例如 --crs EPSG:4490；不会猜测。"
            )
        found.extend(CRS.from_user_input(crs) for crs in systems)
    for crs in found[1:]:
        if crs != found[0]:
            raise CrsError(
                f"数据混用两个坐标系：{found[0].name} 和 {crs.name}。请先换算为同一坐标系。"
            )
    require_datum(found[0])
    return found[0]


def require_cgcs2000(frame: gpd.GeoDataFrame) -> None:
    """Pass when `frame` is in EPSG:4490 longitude and latitude.

    Raises
    ------
    CrsError
        As for `require_crs`, and for any other system.
    """
    crs = require_crs(frame)
    if not CGCS2000.equals(crs, ignore_axis_order=True):
        raise CrsError(f"数据的坐标系是 {crs.name}，应为 CGCS2000 经纬度（EPSG:4490）。请先换算。")


def project(lon: ArrayLike, lat: ArrayLike, zone: Zone) -> tuple[Floats, Floats]:
    """Eastings and northings in metres, without zone number, of CGCS2000 positions.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490; scalars or arrays of one shape.
    zone
        The zone to project in, whichever zone the positions lie in.

    Returns
    -------
    tuple of ndarray
        Easting, northing (float64, the shape given); ``zone.prefix_m`` added to an easting gives
        the one in ``zone.epsg_prefixed``.

    Raises
    ------
    CrsError
        For a position that cannot be projected or lies more than 10 degrees from the zone.
    InvalidInput
        When shapes differ or a value is not a finite number.
    """
    east, north = coordinate_arrays(lon, lat)
    return _from_cgcs2000(east, north, zone.epsg)


def transform_points(
    x: ArrayLike, y: ArrayLike, source: CrsName, target: CrsName
) -> tuple[Floats, Floats]:
    """Points of `source` in `target`, longitude or easting first on both sides.

    Parameters
    ----------
    x, y
        Longitude or easting, latitude or northing; degrees or metres as `source` has them;
        scalars or arrays of one shape.
    source, target
        See `CrsName.parse`. WGS 84 and CGCS2000 count as equal.

    Raises
    ------
    CrsError
        When a point cannot be converted: outside the rectangle of GCJ-02, or outside what the
        projection can hold (swapped axes, an easting with or without zone number too many).
    InvalidInput
        When shapes differ or a value is not a finite number.
    """
    first, second = coordinate_arrays(x, y)
    if source.epsg is None:
        lon, lat = FROM_SHIFTED[source.text](first, second)
    else:
        lon, lat = _to_cgcs2000(first, second, source.epsg)
    if target.epsg is None:
        return TO_SHIFTED[target.text](lon, lat)
    return _from_cgcs2000(lon, lat, target.epsg)


def _to_cgcs2000(x: Floats, y: Floats, epsg: int) -> tuple[Floats, Floats]:
    lon, lat = _transformer(epsg, CGCS2000_EPSG).transform(x, y)
    return _on_the_map(np.asarray(lon), np.asarray(lat), (x, y), epsg)


def _from_cgcs2000(lon: Floats, lat: Floats, epsg: int) -> tuple[Floats, Floats]:
    _on_the_map(lon, lat, (lon, lat), epsg)
    x, y = (np.asarray(v) for v in _transformer(CGCS2000_EPSG, epsg).transform(lon, lat))
    _refuse(~(np.isfinite(x) & np.isfinite(y)), (lon, lat), epsg)
    return x, y


def _on_the_map(
    lon: Floats, lat: Floats, given: tuple[Floats, Floats], epsg: int
) -> tuple[Floats, Floats]:
    """The positions, when all are finite and not far from the meridians `epsg` is made for."""
    area = epsg_crs(epsg).area_of_use
    west, east = (area.west, area.east) if area and area.west < area.east else (-180.0, 180.0)
    if epsg_crs(epsg).is_geographic:
        west, east = -180.0, 180.0
    near = (lon >= west - ZONE_MARGIN_DEG) & (lon <= east + ZONE_MARGIN_DEG)
    _refuse(~(near & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)), given, epsg)
    return lon, lat


def _refuse(bad: NDArray[np.bool_], given: tuple[Floats, Floats], epsg: int) -> None:
    first = np.flatnonzero(np.asarray(bad).ravel())
    if first.size:
        raise CrsError(
            f"{position_text(*given, int(first[0]))}不能在 EPSG:{epsg} 中换算。请核对经度（东坐标）"
            "是否在前、纬度（北坐标）是否在后，以及东坐标前是否多写或漏写了带号。"
        )


@cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(epsg_crs(source), epsg_crs(target), always_xy=True)
