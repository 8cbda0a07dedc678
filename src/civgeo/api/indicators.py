"""Indicators of the plans: all of a city, and one with its counties and years."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.links import page_address
from civgeo.domain.standard import EVIDENCE_ZH, parse_day
from civgeo.http.context import CityNow, Language, speak
from civgeo.http.indicator_rows import chapters_of, curve_of, indicator_row, part_rows
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.http.token import is_officer
from civgeo.services.city import City
from civgeo.services.indicator_answers import evaluation_answer, history_answer, result_answer
from civgeo.services.indicator_maps import outlined_counties
from civgeo.services.indicator_products import indicators_spreadsheet
from civgeo.services.indicator_reach import reach_of
from civgeo.services.indicator_results import IndicatorResult, Standing
from civgeo.services.indicators import (
    Evaluation,
    YearPoint,
    city_catalogue,
    evaluate_indicators,
    indicator_history,
    one_indicator,
)

__all__ = ["router"]

router = APIRouter(tags=["规划指标"])

LONGEST_TABLE = 200
_FORMS = (Format.JSON, Format.HTML, Format.XLSX)
Day = Annotated[str | None, Query(description="评价日 YYYY-MM-DD，默认今天")]


@router.get(
    "/indicators",
    summary="一个城市规划的全部指标：数值、目标、缺口、所缺图层",
    responses={200: {"content": {"text/html": {}, Format.XLSX.media_type: {}}}},
)
def indicators(
    request: Request,
    city: CityNow,
    on: Day = None,
    of: Annotated[
        str | None, Query(alias="city", description="哪个城市的指标，默认本库的城市")
    ] = None,
    year: Annotated[
        str | None, Query(pattern="^([0-9]{4})?$", description="只要这一年到期的目标；空为全部")
    ] = None,
    f: Annotated[Literal["json", "html", "xlsx"] | None, Query(description="返回格式")] = None,
    lang: Language = None,
) -> Response:
    """Every indicator of the plan on a day; another city's targets are listed without figures."""
    require_known(request, ("on", "city", "year", "f", "lang"))
    day = None if on is None else parse_day(on)
    form = negotiate(request, (Format.JSON, Format.HTML, Format.XLSX))
    due = int(year) if year else None
    officer = is_officer(request)
    with heavy_work():
        found = evaluate_indicators(
            city, of=of, on=day, year=due, reach=reach_of(city), officer=officer
        )
        if form is Format.XLSX:
            return _for(officer, _workbook(indicators_spreadsheet(found), "indicators"))
    if form is Format.HTML:
        return _for(officer, _table_page(request, city, found, due))
    return _for(officer, _json(evaluation_answer(found)))


@router.get(
    "/indicators/{id}",
    summary="一个指标：分县区的数值、未达到的单位、历年进度",
    responses={
        200: {
            "content": {
                "text/html": {},
                Format.XLSX.media_type: {},
                Format.GEOJSON.media_type: {},
            }
        }
    },
)
def indicator(
    request: Request,
    city: CityNow,
    id: Annotated[str, Path(description="指标编号", max_length=100)],
    on: Day = None,
    f: Annotated[
        Literal["json", "html", "xlsx", "geojson"] | None, Query(description="返回格式")
    ] = None,
    lang: Language = None,
) -> Response:
    """One indicator with its counties, the units that fail, and its years."""
    require_known(request, ("on", "f", "lang"))
    day = (None if on is None else parse_day(on)) or city.today
    outlines = request.query_params.get("f") == Format.GEOJSON.value
    form = Format.GEOJSON if outlines else negotiate(request, _FORMS)
    officer = is_officer(request)
    with heavy_work():
        result = one_indicator(city, id, on=day, reach=reach_of(city), officer=officer)
        if form is Format.GEOJSON:
            return _for(officer, _outlines(city, result, day))
        points = indicator_history(city, id, on=day, officer=officer)
        if form is Format.XLSX:
            found = _alone(city, result, day)
            return _for(officer, _workbook(indicators_spreadsheet(found, [(result, points)]), id))
    if form is Format.HTML:
        return _for(officer, _one_page(request, city, result, points, day))
    answer = {"on": day.isoformat()} | result_answer(result)
    return _for(officer, _json(answer | {"history": history_answer(points)}))


def _for(officer: bool, answer: Response) -> Response:
    """The answer; one with reported figures is kept nowhere."""
    if officer:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _json(answer: object) -> Response:
    content = orjson.dumps(answer)
    return Response(content, media_type=Format.JSON.media_type, headers={"Vary": "Accept"})


def _workbook(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.xlsx"}
    return Response(content, media_type=Format.XLSX.media_type, headers=headers)


def _alone(city: City, result: IndicatorResult, day: date) -> Evaluation:
    """An evaluation of this one indicator."""
    item = result.definition
    with city.store.read() as reading:
        register, version = reading.register(), reading.data_version()
    return Evaluation(
        city=item.adcode,
        place=item.place,
        on=day,
        edition=city_catalogue(city).edition,
        data_version=version,
        simulated=result.simulated,
        sources=register.sources,
        results=(result,),
    )


def _outlines(city: City, result: IndicatorResult, day: date) -> Response:
    counties = outlined_counties(city, result)
    units = {unit["code"]: unit for unit in _units(result)}
    shapes = counties.geometry.to_dict()
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": units[code],
            "geometry": None if shape is None else shape.__geo_interface__,
        }
        for code, shape in shapes.items()
    ]
    body = {
        "type": "FeatureCollection",
        "indicator": result.definition.id,
        "on": day.isoformat(),
        "simulated": result.simulated,
        "features": features,
    }
    headers = {"Vary": "Accept"}
    return Response(orjson.dumps(body), media_type=Format.GEOJSON.media_type, headers=headers)


def _units(result: IndicatorResult) -> list[dict[str, object]]:
    units = result_answer(result)["units"]
    return units if isinstance(units, list) else []


def _table_page(request: Request, city: City, found: Evaluation, year: int | None) -> Response:
    standings = [result.standing for result in found.results]
    catalogue = city_catalogue(city)
    with city.store.read() as reading:
        register = reading.register()
    return page(
        request,
        "indicators.html",
        lang=speak(request),
        simulated=register.simulated,
        register=register,
        found=found,
        is_own=found.city == register.city,
        year=year,
        years=sorted({item.year for item in catalogue.definitions if item.year}),
        cities={register.city: register.name, **catalogue.cities},
        chapters=chapters_of(found.results),
        counts={standing.value: standings.count(standing) for standing in Standing},
        sources="；".join(dict.fromkeys(found.sources.values())),
        sheet_url=page_address(request, Format.XLSX, dropped=["lang"]),
        data_url=page_address(request, Format.JSON, dropped=["lang"]),
    )


def _one_page(
    request: Request,
    city: City,
    result: IndicatorResult,
    points: tuple[YearPoint, ...],
    day: date,
) -> Response:
    with city.store.read() as reading:
        register, version = reading.register(), reading.data_version()
    counties = {part.part.code: part.part.name for part in result.parts}
    return page(
        request,
        "indicator.html",
        lang=speak(request),
        simulated=register.simulated,
        register=register,
        on=day.isoformat(),
        version_of_data=version,
        row=indicator_row(result),
        result=result,
        item=result.definition,
        parts=part_rows(result),
        counties=counties,
        failing=result.failing[:LONGEST_TABLE],
        left_out=max(0, len(result.failing) - LONGEST_TABLE),
        points=[(point, indicator_row(point.result)) for point in points],
        curve=curve_of(result.definition, points),
        evidence=EVIDENCE_ZH,
        sources="；".join(dict.fromkeys(register.sources.values())),
        edition=city_catalogue(city).edition,
        sheet_url=page_address(request, Format.XLSX, dropped=["lang"]),
        data_url=page_address(request, Format.JSON, dropped=["lang"]),
        outlines_url=page_address(request, Format.GEOJSON, dropped=["lang"]),
    )
