"""Coordinates that are not what they are said to be: swapped axes, metres said to be degrees."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from civgeo.geo.crs import FIRST_ZONE, LAST_ZONE
from civgeo.geo.systems import epsg_crs

__all__ = ["CrsSuggestion", "axes_swapped", "grid_swapped", "suggested_systems", "suggestion_text"]

WEST, EAST, SOUTH, NORTH = 73.0, 136.5, 3.0, 54.5
LEAST_NORTHING_M, MOST_NORTHING_M = 300_000.0, 6_100_000.0
LEAST_EASTING_M, MOST_EASTING_M = 100_000.0, 900_000.0
PREFIX_M = 1_000_000.0
FIRST_WIDE_ZONE, LAST_WIDE_ZONE = 13, 23
MERCATOR_WEST, MERCATOR_EAST = 8_100_000.0, 15_200_000.0
MERCATOR_SOUTH, MERCATOR_NORTH = 330_000.0, 7_300_000.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CrsSuggestion:
    """A system that coordinates may be in; never applied without being asked for.

    Parameters
    ----------
    epsg
        EPSG code.
    name
        Name of the system.
    northing_first
        Whether the file gives the northing (or latitude) first.
    """

    epsg: int
    name: str
    northing_first: bool = False

    @property
    def crs(self) -> str:
        """What to write behind ``--crs``."""
        return f"EPSG:{self.epsg}"


def axes_swapped(frame: gpd.GeoDataFrame) -> bool:
    """Whether latitude stands first: every coordinate lies in China only when swapped.

    Parameters
    ----------
    frame
        Any geometries with coordinates in degrees; a frame without extent is not swapped.
    """
    west, south, east, north = _box(frame)
    return west >= SOUTH and east <= NORTH and south >= WEST and north <= EAST


def grid_swapped(northing_m: float, easting_m: float) -> bool:
    """Whether grid coordinates, metres, fit China only the other way round.

    Eastings are below 1,000 km, or have the number of a 3- or 6-degree zone in front. Coordinates
    of a local grid, which fit neither way, are not swapped.

    Examples
    --------
    >>> grid_swapped(502_055.7, 3_654_012.6), grid_swapped(3_654_012.6, 38_502_055.7)
    (True, False)
    """
    meant = LEAST_NORTHING_M <= easting_m <= MOST_NORTHING_M and _is_easting(northing_m)
    return meant and not _is_easting(easting_m)


def _is_easting(value_m: float) -> bool:
    zone, inside_m = divmod(value_m, PREFIX_M)
    return (zone == 0 or FIRST_WIDE_ZONE <= zone <= LAST_ZONE) and inside_m >= LEAST_EASTING_M


def suggested_systems(frame: gpd.GeoDataFrame, *, lon: float | None = None) -> list[CrsSuggestion]:
    """Systems that the coordinates look like, whatever the frame says of itself.

    Only CGCS2000 and Web Mercator are proposed. Beijing 1954 and Xian 1980 give numbers of the
    same size, so a suggestion has to be confirmed by whoever made the file.

    Parameters
    ----------
    frame
        Any geometries; its CRS does not matter.
    lon
        A longitude near the data, in degrees, where one is known: it chooses the zone of
        eastings without zone number, whose zone nothing else tells.

    Returns
    -------
    list of CrsSuggestion
        The likeliest first; empty when the numbers look like nothing known.
    """
    box = _box(frame)
    west, south, east, north = box
    turned = (south, west, north, east)
    found: list[CrsSuggestion] = []
    for each, swapped in ((box, False), (turned, True)):
        found += [_named(epsg, swapped) for epsg in _codes(each, lon)]
    return found


def suggestion_text(suggestions: list[CrsSuggestion]) -> str:
    """Suggestions as a sentence for an officer; empty for none."""
    if not suggestions:
        return ""
    named = "、".join(f"{each.crs}（{each.name}）" for each in suggestions[:4])
    if len(suggestions) > 4:
        named += f"等 {len(suggestions)} 种"
    order = "北坐标（纬度）在前；" if suggestions[0].northing_first else ""
    return f"坐标看起来像：{order}{named}。是否如此请向数据提供者核实，本软件不会自行套用。"


def _box(frame: gpd.GeoDataFrame) -> Box:
    west, south, east, north = (float(edge) for edge in frame.total_bounds)
    return west, south, east, north


def _named(epsg: int, swapped: bool) -> CrsSuggestion:
    return CrsSuggestion(epsg, epsg_crs(epsg).name, swapped)


def _codes(box: Box, lon: float | None) -> list[int]:
    west, south, east, north = box
    if west >= WEST and east <= EAST and south >= SOUTH and north <= NORTH:
        return [4490]
    codes = []
    if south >= LEAST_NORTHING_M and north <= MOST_NORTHING_M:
        codes = _gauss_kruger(west, east, lon)
    mercator = west >= MERCATOR_WEST and east <= MERCATOR_EAST
    if mercator and south >= MERCATOR_SOUTH and north <= MERCATOR_NORTH:
        codes.append(3857)
    return codes


def _gauss_kruger(west: float, east: float, lon: float | None) -> list[int]:
    """Codes of the zones that eastings from `west` to `east` fit, with or without zone number."""
    if west >= LEAST_EASTING_M and east <= MOST_EASTING_M:
        return _without_prefix(lon)
    zone = int(west // PREFIX_M)
    inside = west - zone * PREFIX_M >= LEAST_EASTING_M and east - zone * PREFIX_M <= MOST_EASTING_M
    if inside and FIRST_ZONE <= zone <= LAST_ZONE:
        return [4488 + zone]
    if inside and FIRST_WIDE_ZONE <= zone <= LAST_WIDE_ZONE:
        return [4478 + zone]
    return []


def _without_prefix(lon: float | None) -> list[int]:
    narrow, wide = range(FIRST_ZONE, LAST_ZONE + 1), range(FIRST_WIDE_ZONE, LAST_WIDE_ZONE + 1)
    if lon is not None and np.isfinite(lon):
        three, six = int((lon + 1.5) // 3), int(lon // 6) + 1
        narrow, wide = range(three, three + 1), range(six, six + 1)
    return [4534 + zone - FIRST_ZONE for zone in narrow] + [4489 + zone for zone in wide]
