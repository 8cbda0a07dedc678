"""Names for the streets of a simulated network."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from civgeo.analysis.simulated_lines import STREET_CLASSES, Numbers, Shapes, StreetClass
from civgeo.geo.crs import city_zone

__all__ = ["StreetName", "lay_names"]

IN_TOWN_M = 3_500.0


@dataclass(frozen=True, slots=True)
class StreetName:
    """A name for a street, and the county that it lies in."""

    name: str
    county: str


def lay_names(
    names: Sequence[StreetName],
    streets: gpd.GeoDataFrame,
    counties: gpd.GeoDataFrame,
    seats: gpd.GeoSeries,
) -> tuple[Numbers, Numbers]:
    """Which street bears which name: in each county the widest and longest around its seat.

    Parameters
    ----------
    names
        Names, of one county each.
    streets
        As `simulate_network` gives them.
    counties, seats
        Outlines and points by county code, EPSG:4490.

    Returns
    -------
    tuple of int arrays
        Positions of the streets, and of their names. A name is left out where the county has
        fewer streets.
    """
    code = streets["class"].map({name: place for place, name in enumerate(STREET_CLASSES)})
    wide = (code <= StreetClass.RESIDENTIAL) & (code != StreetClass.UNCLASSIFIED)
    main = np.flatnonzero(wide & (streets["level"] == 0))
    zone = city_zone(gpd.GeoDataFrame(geometry=seats))
    lines: Shapes = streets.iloc[main].geometry.to_crs(epsg=zone.epsg).to_numpy()
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    areas: Shapes = counties.loc[seats.index].geometry.to_crs(epsg=zone.epsg).to_numpy()
    at: Shapes = seats.to_crs(epsg=zone.epsg).to_numpy()
    inside, county = shapely.STRtree(areas).query(middle, predicate="within")
    found: list[tuple[int, int]] = []
    for number, name in enumerate(seats.index):
        some = inside[county == number]
        far = shapely.distance(middle[some], at[number]) > IN_TOWN_M
        order = np.lexsort((-shapely.length(lines[some]), code.to_numpy()[main[some]], far))
        wanted = [place for place, item in enumerate(names) if item.county == name]
        found += zip(main[some[order]].tolist(), wanted, strict=False)
    pairs: Numbers = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
