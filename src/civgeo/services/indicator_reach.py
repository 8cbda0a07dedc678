"""The walk network's answers to indicators of reach on foot."""

from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import shapely

from civgeo.analysis.area_share import reached_area
from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.services.city import City
from civgeo.services.indicator_figures import Computed, Part, Reach, ReachQuestion, lacking
from civgeo.services.reach import People, reach_coverage
from civgeo.services.reporting_areas import reporting_areas
from civgeo.services.walk_ground import has_streets, served_by, walk_ground

__all__ = ["reach_of"]

AREA = "area"


def reach_of(city: City) -> Reach | None:
    """Who answers questions of reach in the store of `city`; None without a walk network."""
    return _answer if has_streets(city) else None


def _answer(question: ReachQuestion) -> Computed:
    terms = ReachTerms(Decimal(question.minutes))
    if question.measure == AREA:
        return _area(question, terms)
    found = reach_coverage(
        question.city,
        question.kinds,
        terms=terms,
        people=People(question.measure),
        level=UnitLevel.COUNTY,
        on=question.on,
    )
    parts = tuple(
        Part(
            str(code), str(row["name"]), Fraction(int(row["reached"])), Fraction(int(row["people"]))
        )
        for code, row in zip(found.units.index, found.units.to_dict("records"), strict=True)
    )
    uncounted = f"{len(found.uncounted)} 个小区没有位置或人数，未计入"
    return Computed(
        numerator=Fraction(found.reached),
        denominator=Fraction(found.total),
        notes=(
            f"步行 {terms.minutes} 分钟、{terms.speed_m_per_s} m/s，{_streets(question)}",
            f"0.8 m/s 时 {found.band.at_0_8}，1.2 m/s 时 {found.band.at_1_2}",
            *([uncounted] if found.uncounted else []),
        ),
        parts=parts,
    )


def _area(question: ReachQuestion, terms: ReachTerms) -> Computed:
    """Share of the ground of the reporting areas of the kind that the indicator names."""
    ground = walk_ground(question.city, question.on)
    with question.city.store.read() as reading:
        units = reporting_areas(reading, on=question.on).units
    regions = units[units["kind"] == question.area]
    if regions.empty:
        return lacking("没有划出相应的统计范围，不能计算面积占比", "reporting_areas")
    served = served_by(question.city, ground, question.kinds)
    metric = gpd.GeoSeries(regions.geometry).to_crs(epsg=ground.network.epsg)
    share = reached_area(
        ground.index,
        served.field,
        served.places,
        shapely.union_all(metric.to_numpy()),
        terms.limit_dm,
        snap_limit_m=terms.snap_limit_m,
    )
    return Computed(
        numerator=Fraction(share.reached_m2),
        denominator=Fraction(share.region_m2),
        notes=(
            f"按 {share.cell_m:g} m 方格计面积：{share.reached} ÷ {share.cells} 格",
            f"步行 {terms.minutes} 分钟、{terms.speed_m_per_s} m/s，{_streets(question)}",
        ),
    )


def _streets(question: ReachQuestion) -> str:
    meta = walk_ground(question.city, question.on).meta
    told = "（模拟）" if meta.simulated else ""
    return f"步行网版本 {meta.version}{told}"
