"""Which coordinate systems are read, and what each one may be used for.

Only CGCS2000 and WGS 84 are read; the two agree within centimetres and are taken as equal.
Beijing 1954 and Xian 1980 are refused: their transformation parameters are state secrets and none
are shipped, so such data has to come in already transformed by whoever holds them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCrs

from civgeo.errors import CrsError

__all__ = [
    "SHIFTED",
    "AxisOrder",
    "CrsName",
    "authority_order",
    "epsg_crs",
    "require_datum",
    "require_metric",
]

SECRET_DATUM = re.compile(r"beijing|xi'?an", re.IGNORECASE)
KNOWN_DATUM = re.compile(r"China[ _]2000|(D_WGS_1984|World Geodetic System 1984\b).*")
SHIFTED = ("GCJ-02", "BD-09")


class AxisOrder(StrEnum):
    """Order of the two axes as an authority defines it."""

    LAT_LON = "lat,lon"
    LON_LAT = "lon,lat"
    NORTHING_EASTING = "northing,easting"
    EASTING_NORTHING = "easting,northing"


ORDER_BY_AXES: dict[tuple[bool, tuple[str, ...]], AxisOrder] = {
    (True, ("north", "east")): AxisOrder.LAT_LON,
    (True, ("east", "north")): AxisOrder.LON_LAT,
    (False, ("north", "east")): AxisOrder.NORTHING_EASTING,
    (False, ("east", "north")): AxisOrder.EASTING_NORTHING,
}


@dataclass(frozen=True, slots=True)
class CrsName:
    """Name of a coordinate system that points can be converted from and to.

    Parameters
    ----------
    text
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``, in capitals; use `parse`.
    epsg
        The number n; None for the two shifted systems.
    """

    text: str
    epsg: int | None

    @classmethod
    def parse(cls, text: str) -> "CrsName":
        """Coordinate system called `text`, capitals or not.

        Raises
        ------
        CrsError
            For any other spelling, an EPSG code that does not exist, a system that is not
            two-dimensional with axes east and north, and a datum other than CGCS2000 and WGS 84.

        Examples
        --------
        >>> CrsName.parse("epsg:4547").epsg, CrsName.parse("gcj-02").text
        (4547, 'GCJ-02')
        """
        name = text.upper()
        if name in SHIFTED:
            return cls(name, None)
        match = re.fullmatch(r"EPSG:([1-9][0-9]{0,6})", name)
        if match is None:
            raise CrsError(
                f"不认识坐标系“{text[:40]}”。可用：EPSG:编号（如 EPSG:4490）、GCJ-02、BD-09。"
            )
        epsg = int(match.group(1))
        require_datum(epsg_crs(epsg))
        authority_order(epsg)
        return cls(name, epsg)

    @property
    def is_geographic(self) -> bool:
        """Whether its coordinates are degrees of longitude and latitude."""
        return self.epsg is None or bool(epsg_crs(self.epsg).is_geographic)


@cache
def epsg_crs(epsg: int) -> CRS:
    """System with EPSG code `epsg`.

    Raises
    ------
    CrsError
        When EPSG has no such code.
    """
    try:
        crs = CRS.from_epsg(epsg)
    except UnknownCrs:
        crs = None
    if crs is None or crs.to_authority() != ("EPSG", str(epsg)):
        raise CrsError(f"没有编号为 EPSG:{epsg} 的坐标系，请核对编号。")
    return crs


def require_datum(crs: CRS) -> None:
    """Pass when the datum of `crs` is CGCS2000 or WGS 84.

    Raises
    ------
    CrsError
        For Beijing 1954 and Xian 1980, whose parameters are state secrets, and for any other
        datum, which no transformation without grids or secrets leads from.
    """
    geodetic = crs.geodetic_crs
    datum = geodetic.datum.name if geodetic is not None and geodetic.datum else ""
    if SECRET_DATUM.search(datum):
        raise CrsError(
            f"{crs.name} 属 1954 年北京坐标系或 1980 西安坐标系。其转换参数属国家秘密，"
            "本软件不含这些参数。请由有权单位换算为 CGCS2000 后再导入，并注明原坐标系。"
        )
    if not KNOWN_DATUM.fullmatch(datum):
        raise CrsError(
            f"{crs.name} 的大地基准“{datum}”不受支持，只接受 CGCS2000 和 WGS 84。请先换算。"
        )


def require_metric(crs: CRS) -> None:
    """Pass when lengths and areas may be measured in `crs`.

    Raises
    ------
    CrsError
        For degrees, for units other than the metre, and for Mercator maps of the world
        (EPSG:3857, 3395 and their kin): at latitude 33 a length there is 19.2 % too long.
    """
    if not crs.is_projected:
        raise CrsError(f"{crs.name} 的单位是度，不能量算距离和面积。请先投影到 3 度带。")
    operation = crs.coordinate_operation
    method = operation.method_name if operation is not None else ""
    if "Mercator" in method and "Transverse" not in method:
        raise CrsError(
            f"{crs.name} 是墨卡托投影，北纬 33 度处长度放大约 19%，不能量算。请先投影到 3 度带。"
        )
    if any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info[:2]):
        raise CrsError(f"{crs.name} 的单位不是米，不能量算。请先投影到 3 度带。")


def authority_order(epsg: int) -> AxisOrder:
    """Axis order that the authority defines for EPSG code `epsg`, as OGC URIs use it.

    Raises
    ------
    CrsError
        When the code does not exist, or the system is not two-dimensional with axes that point
        north and east.

    Examples
    --------
    >>> authority_order(4490).value, authority_order(4547).value, authority_order(3857).value
    ('lat,lon', 'northing,easting', 'easting,northing')
    """
    crs = epsg_crs(epsg)
    order = ORDER_BY_AXES.get((crs.is_geographic, tuple(axis.direction for axis in crs.axis_info)))
    if order is None or not (crs.is_geographic or crs.is_projected):
        raise CrsError(f"EPSG:{epsg}（{crs.name}）不是以东、北为轴的二维坐标系，不受支持。")
    return order
