"""Simulated streets of a demonstration city: straight lines of a grid around each county seat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.geo.crs import CGCS2000_EPSG, city_zone

__all__ = ["StreetName", "simulate_streets"]

SPACING_M = 420.0
LENGTH_M = 2_600.0
AS_LONG = (0.55, 1.0)


@dataclass(frozen=True, slots=True)
class StreetName:
    """A name for a street, and the county that it lies in."""

    name: str
    county: str


def simulate_streets(
    names: Sequence[StreetName], seats: gpd.GeoSeries, rng: np.random.Generator
) -> gpd.GeoSeries:
    """Lines for named streets, half of them going east, half going north.

    Parameters
    ----------
    names
        Streets; those of one county are laid side by side around its seat.
    seats
        Index county code; points in EPSG:4490.
    rng
        Seeded generator.

    Returns
    -------
    GeoSeries
        One LineString (EPSG:4490) for each name, in its order.
    """
    zone = city_zone(gpd.GeoDataFrame(geometry=seats))
    centres = seats.to_crs(epsg=zone.epsg)
    slots = {county: _slots() for county in {item.county for item in names}}
    lines = [_line(centres.loc[item.county], *next(slots[item.county]), rng) for item in names]
    series = gpd.GeoSeries(lines, crs=f"EPSG:{zone.epsg}")
    return series.to_crs(epsg=CGCS2000_EPSG)


def _slots() -> Iterator[tuple[bool, int]]:
    """Places of the grid from the middle outwards: whether it goes east, and how far off."""
    step = 0
    while True:
        offset = (step // 4 + 1) * (1 if step % 4 < 2 else -1)
        yield step % 2 == 0, offset
        step += 1


def _line(
    centre: BaseGeometry, east: bool, offset: int, rng: np.random.Generator
) -> shapely.LineString:
    half = LENGTH_M / 2 * rng.uniform(*AS_LONG)
    away = (offset - 0.5 * np.sign(offset)) * SPACING_M + rng.normal(0, 12)
    along = np.array([-half, half]) + rng.uniform(-200, 200)
    across = np.full(2, away)
    xs, ys = (along, across) if east else (across, along)
    middle = shapely.get_coordinates(centre)[0]
    return shapely.LineString(np.column_stack([middle[0] + xs, middle[1] + ys]))
