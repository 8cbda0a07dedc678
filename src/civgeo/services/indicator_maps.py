"""Use cases of the map of one indicator, and its outlines as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd

from civgeo.domain.indicator import Measure
from civgeo.errors import NotFound
from civgeo.maps.civmap import CivMap
from civgeo.maps.indicator_sheet import indicator_picture
from civgeo.maps.indicators import CountyFigure, IndicatorFigure, indicator_map
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote, State
from civgeo.services.city import City
from civgeo.services.indicator_products import goal_zh
from civgeo.services.indicator_reach import reach_of
from civgeo.services.indicator_results import IndicatorResult, Standing
from civgeo.services.indicators import evaluate_indicators, one_indicator
from civgeo.services.map_origin import Drawn
from civgeo.store.tables import Collection

__all__ = ["drawable", "indicator_chart", "indicator_drawing", "outlined_counties"]


@dataclass(frozen=True, slots=True)
class _Content:
    figure: IndicatorFigure
    divisions: gpd.GeoDataFrame
    about: MapNote


def drawable(results: Sequence[IndicatorResult]) -> list[IndicatorResult]:
    """Indicators that have figures of counties to draw."""
    return [result for result in results if any(part.verdict.value for part in result.parts)]


def indicator_chart(
    city: City, id: str | None, *, on: date | None = None, public_number: str = ""
) -> CivMap:
    """Map of an indicator by county, to be rendered as a page; the first drawable one by default.

    Raises
    ------
    NotFound
        When there is no such indicator, or it has no figures of counties.
    """
    shown = _content(city, id, on, public_number)
    return indicator_map(shown.figure, shown.divisions, about=shown.about)


def indicator_drawing(
    city: City,
    id: str | None,
    form: PictureFormat,
    *,
    on: date | None = None,
    public_number: str = "",
) -> bytes:
    """The same as a picture; raises as `indicator_chart`."""
    shown = _content(city, id, on, public_number)
    return indicator_picture(shown.figure, shown.divisions, about=shown.about, form=form)


def outlined_counties(city: City, result: IndicatorResult) -> gpd.GeoDataFrame:
    """Counties with the figures of `result` and their outlines, EPSG:4490; index the code."""
    with city.store.read() as reading:
        own = reading.features(Collection.DIVISIONS, where={"role": "own", "level": "county"})
    shapes = own.set_index("code").geometry
    codes = [part.part.code for part in result.parts if part.part.code in shapes.index]
    return gpd.GeoDataFrame(geometry=shapes.reindex(codes), crs=own.crs)


def _content(city: City, id: str | None, on: date | None, public_number: str) -> _Content:
    result = _chosen(city, id, on)
    if not result.parts:
        reason = f"：{result.reason}" if result.reason else ""
        raise NotFound(f"指标“{result.definition.name}”没有分县区的数值，画不出图{reason}")
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS)
        facilities = reading.features(Collection.FACILITIES)
    drawn = Drawn(register, divisions, (facilities,), city.today)
    about = MapNote(
        title=f"{register.name}{result.definition.name}",
        source=drawn.source,
        date=drawn.date,
        simulated=drawn.simulated,
        public_number=public_number or None,
        on=on or city.today,
    )
    return _Content(_figure(result), divisions, about)


def _chosen(city: City, id: str | None, on: date | None) -> IndicatorResult:
    if id is not None:
        return one_indicator(city, id, on=on, reach=reach_of(city))
    found = drawable(evaluate_indicators(city, on=on, reach=reach_of(city)).results)
    if not found:
        raise NotFound("没有可以分县区画出的指标；请先导入设施与区划，或运行 civgeo demo")
    return found[0]


def _figure(result: IndicatorResult) -> IndicatorFigure:
    item = result.definition
    doubtful = result.standing is Standing.UNVERIFIED
    target = item.target if item.measure.is_ratio else None
    return IndicatorFigure(
        name=item.name,
        unit=item.unit,
        goal=goal_zh(item),
        source=item.citation,
        numerator=item.numerator,
        denominator=item.denominator,
        target=target,
        is_share=item.measure is Measure.PERCENT,
        counties=tuple(
            CountyFigure(
                code=part.part.code,
                value=part.verdict.value,
                numerator=part.part.numerator,
                denominator=part.part.denominator,
                state=_state(part.verdict.meets, doubtful=doubtful)
                if part.verdict.value is not None
                else State.UNDEFINED,
            )
            for part in result.parts
        ),
        reason=f"待核实：{result.reason}" if doubtful else "",
    )


def _state(meets: bool | None, *, doubtful: bool) -> State:
    if doubtful:
        return State.UNVERIFIED
    return {True: State.MEETS, False: State.BELOW, None: State.NOT_ASSESSED}[meets]
