"""Reporting areas and reported figures of a demonstration city, all of them simulated."""

from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.domain.division import DivisionCode
from civgeo.domain.indicator import Measure, Operator
from civgeo.domain.indicator_catalogue import Counting, IndicatorDefinition
from civgeo.domain.planning_forms import ReportingAreaKind
from civgeo.formats.indicators import indicator_catalogue
from civgeo.geo.crs import CGCS2000_EPSG, city_zone
from civgeo.services.demo_frames import Row, simulated_frame
from civgeo.store.tables import Collection

__all__ = ["planning_registers"]

FIRST_YEAR, LAST_YEAR = 2020, 2025
URBAN_M, CLOSED_M = 450.0, 300.0
ZONE_HALF_M = (1_700.0, 1_200.0)
SIMPLE_M = 20.0
_DOCUMENT = "模拟上报表（不是真实数据）"


def planning_registers(
    city: str,
    counties: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    seats: gpd.GeoSeries,
    rng: np.random.Generator,
    today: date,
) -> dict[Collection, gpd.GeoDataFrame]:
    """The main urban area, a development zone, and figures that the bureau reported.

    Parameters
    ----------
    city
        Code of the city.
    counties
        Own counties, index code, EPSG:4490.
    estates
        Simulated estates.
    seats
        Index county code; points in EPSG:4490.
    rng
        Seeded generator.
    today
        Day of making; years after it have no figures.
    """
    areas = _areas(counties, estates, seats, today)
    reports = list(_reports(city, rng, today))
    return {
        Collection.REPORTING_AREAS: simulated_frame(Collection.REPORTING_AREAS, areas, rng),
        Collection.INDICATOR_REPORTS: simulated_frame(Collection.INDICATOR_REPORTS, reports, rng),
    }


def _areas(
    counties: gpd.GeoDataFrame, estates: gpd.GeoDataFrame, seats: gpd.GeoSeries, today: date
) -> list[Row]:
    """Around the seat of the first county: what is built up there, and a zone at its edge."""
    county = str(counties.index[0])
    zone = city_zone(counties)
    outline = counties.geometry.to_crs(epsg=zone.epsg).loc[county]
    seat = seats.to_crs(epsg=zone.epsg).loc[county]
    urban = _built_up(estates.geometry.to_crs(epsg=zone.epsg).to_numpy(), seat)
    _, south, east, north = urban.bounds
    middle = np.array([east, (south + north) / 2])
    shapes = {
        ReportingAreaKind.MAIN_URBAN_AREA: ("主城区", urban),
        ReportingAreaKind.DEVELOPMENT_ZONE: (
            "经济开发区",
            shapely.box(*(middle - ZONE_HALF_M), *(middle + ZONE_HALF_M)),
        ),
    }
    drawn = gpd.GeoSeries(
        [shape.intersection(outline) for _, shape in shapes.values()], crs=zone.epsg
    )
    name = str(counties.loc[county, "name"])
    return [
        {
            "name": f"{name}{word}（模拟）",
            "kind": kind.value,
            "division": county,
            "drawn_on": today.isoformat(),
            "note": "模拟勾绘，不是任何规划或批复的范围",
            "geometry": shape,
        }
        for (kind, (word, _)), shape in zip(
            shapes.items(), drawn.to_crs(epsg=CGCS2000_EPSG), strict=True
        )
    ]


def _built_up(estates: npt.NDArray[np.object_], seat: BaseGeometry) -> BaseGeometry:
    """What estates round `seat` and the ground between them make up."""
    wide = shapely.union_all(shapely.buffer(estates, URBAN_M, quad_segs=2))
    closed = shapely.get_parts(wide.buffer(-CLOSED_M, quad_segs=2))
    nearest = closed[int(shapely.distance(closed, seat).argmin())]
    return shapely.Polygon(nearest.exterior).simplify(SIMPLE_M)


def _reports(city: str, rng: np.random.Generator, today: date) -> Iterator[Row]:
    """A figure a year for each indicator of the city that nothing but reports can tell."""
    code = DivisionCode.parse(city).text
    for definition in indicator_catalogue().definitions:
        if definition.adcode == code and definition.counting is Counting.REPORTED:
            years = range(FIRST_YEAR, min(LAST_YEAR, today.year - 1) + 1)
            figures = _figures(definition, len(years), rng)
            for year, (above, below) in zip(years, figures, strict=True):
                yield {
                    "indicator": definition.id,
                    "division": code,
                    "reported_on": min(date(year + 1, 1, 20), today).isoformat(),
                    "period": year,
                    "numerator": above,
                    "denominator": below,
                    "document": _DOCUMENT,
                }


def _figures(
    definition: IndicatorDefinition, years: int, rng: np.random.Generator
) -> list[tuple[float, float | None]]:
    """Figures that grow, or fall where less is asked for, and come near to the target."""
    target = float(definition.target or 10)
    share = np.linspace(rng.uniform(0.35, 0.7), rng.uniform(0.9, 1.08), years)
    if definition.operator is Operator.AT_MOST:
        share = 2 - share
    if not definition.measure.is_ratio:
        digits = 0 if definition.measure is Measure.COUNT else 2
        return [(round(target * part, digits), None) for part in share]
    scale = definition.measure.factor
    below = float(rng.integers(400, 9_000))
    most = below if definition.measure is Measure.PERCENT else np.inf
    return [(float(min(most, round(below * target * part / scale))), below) for part in share]
