"""Maps and the report of siting for the question of the address; the map of graves."""

from functools import lru_cache
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.cemetery_page_examples import SITING_TERMS
from civgeo.http.context import CityNow, desk_of
from civgeo.http.given import json_answer
from civgeo.http.limiter import heavy_work
from civgeo.http.map_pages import map_answer, static_url
from civgeo.http.negotiation import Format
from civgeo.http.preconditions import entity_tag, unless_unchanged
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.grave_maps import graves_chart
from civgeo.services.grave_question import grave_question
from civgeo.services.graves import city_graves
from civgeo.services.reach_report import ReportForm
from civgeo.services.siting_answer import SitingAnswer
from civgeo.services.siting_asked import (
    SITING_PARAMETERS,
    asked_siting,
    place_answer,
    siting_answer,
    siting_query,
    siting_state,
)
from civgeo.services.siting_maps import siting_chart, siting_drawing
from civgeo.services.siting_report import siting_report
from civgeo.services.siting_views import candidates_geojson, siting_spreadsheet

__all__ = ["router"]

router = APIRouter(tags=["公墓"])

_REPORTS = {
    ReportForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportForm.PDF: "application/pdf",
}
_PICTURES = {PictureFormat.PNG: "image/png", PictureFormat.PDF: "application/pdf"}


@router.get(
    "/maps/cemetery-siting/at",
    summary="一处的禁止情形：规定、图层与日期（供选址图查询）",
    openapi_extra=SITING_TERMS,
)
def place(
    request: Request,
    city: CityNow,
    lon: Annotated[float, Query(ge=-180, le=180, description="经度（度，CGCS2000）")],
    lat: Annotated[float, Query(ge=-90, le=90, description="纬度（度，CGCS2000）")],
) -> Response:
    """What marks the cell that a place lies in; the question as for the map."""
    answer = _answered(request, city, ("lon", "lat"))
    return json_answer(place_answer(answer, lon, lat))


@router.get(
    "/maps/cemetery-siting.png",
    summary="公墓选址图（PNG）",
    response_class=Response,
    openapi_extra=SITING_TERMS,
)
def png(request: Request, city: CityNow) -> Response:
    """Map of siting as a PNG picture."""
    return _picture(request, city, PictureFormat.PNG)


@router.get(
    "/maps/cemetery-siting.pdf",
    summary="公墓选址图（PDF）",
    response_class=Response,
    openapi_extra=SITING_TERMS,
)
def pdf(request: Request, city: CityNow) -> Response:
    """Map of siting as a PDF page."""
    return _picture(request, city, PictureFormat.PDF)


@router.get(
    "/maps/cemetery-siting.geojson",
    summary="公墓候选地（GeoJSON）",
    response_class=Response,
    openapi_extra=SITING_TERMS,
)
def data(request: Request, city: CityNow) -> Response:
    """Candidates with their figures and what the answer says."""
    content = candidates_geojson(_answered(request, city))
    return _download(content, Format.GEOJSON.media_type, "cemetery-siting.geojson")


@router.get(
    "/maps/cemetery-siting.xlsx",
    summary="公墓候选地、禁止情形与缺少的图层（Excel）",
    response_class=Response,
    openapi_extra=SITING_TERMS,
)
def sheet(request: Request, city: CityNow) -> Response:
    """Figures behind the map, as a spreadsheet."""
    content = siting_spreadsheet(_answered(request, city))
    return _download(content, Format.XLSX.media_type, "cemetery-siting.xlsx")


@router.get(
    "/maps/cemetery-siting",
    summary="公墓选址图（网页）",
    response_class=Response,
    openapi_extra=SITING_TERMS,
)
def chart(request: Request, city: CityNow) -> Response:
    """Map of siting as a page; a click asks this service what excludes the place."""
    query = _query(request, city)
    with heavy_work():
        number = desk_of(request).public_number
        text = _page(city, siting_state(city), query, number, static_url(request))
    answer = map_answer(text)
    return unless_unchanged(request, answer, entity_tag(bytes(answer.body)))


@router.get(
    "/cemeteries/report",
    summary="公墓选址报告（Word、PDF）：规定、图层、参数、禁止情形、候选地",
    response_class=Response,
    openapi_extra=SITING_TERMS,
)
def report(
    request: Request,
    city: CityNow,
    f: Annotated[ReportForm, Query(description="返回格式")] = ReportForm.DOCX,
) -> Response:
    """Report of siting: each rule with its version, each layer with its day, each parameter."""
    answer = _answered(request, city, ("f",))
    with heavy_work():
        content = siting_report(city, answer, f, public_number=desk_of(request).public_number)
    return _download(content, _REPORTS[f], f"cemetery-siting.{f}")


@router.get(
    "/cemeteries/graves/map",
    summary="散坟图（网页）：看得见与看不见的、道路、迁往的公墓；须带令牌",
    response_class=Response,
    dependencies=[MAY_WRITE],
)
def graves(
    request: Request,
    city: CityNow,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    on: Annotated[str | None, Query(description="哪一天的登记资料，默认今天")] = None,
    roads: Annotated[str | None, Query(description="从哪些道路看，逗号并列")] = None,
    max_m: Annotated[str | None, Query(description="最远看多远（米），默认 3000")] = None,
    corridor_m: Annotated[str | None, Query(description="道路两侧这么多米内的也列入")] = None,
    land: Annotated[bool, Query(description="禁止建造坟墓的土地上的也列入")] = False,
) -> Response:
    """Map of the graves of an area; kept nowhere on the way."""
    require_known(request, ("division", "on", "roads", "max_m", "corridor_m", "land"))
    named = [each.strip() for each in (roads or "").split(",") if each.strip()]
    given = {"division": division, "on": on, "roads": named, "max_m": max_m, "land": land}
    question = grave_question(given | {"corridor_m": corridor_m})
    with heavy_work():
        found = city_graves(city, question, at_once=True)
        chart = graves_chart(city, found, public_number=desk_of(request).public_number)
        answer = map_answer(chart.to_self_hosted(static_url(request)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _query(request: Request, city: City, more: tuple[str, ...] = ()) -> str:
    """The question of the address in its shortest form."""
    require_known(request, (*SITING_PARAMETERS, *more))
    return siting_query(asked_siting(city, dict(request.query_params)))


def _answered(request: Request, city: City, more: tuple[str, ...] = ()) -> SitingAnswer:
    require_known(request, (*SITING_PARAMETERS, *more))
    asked = asked_siting(city, dict(request.query_params))
    with heavy_work():
        return siting_answer(city, asked)


def _picture(request: Request, city: City, form: PictureFormat) -> Response:
    query = _query(request, city)
    with heavy_work():
        content = _drawn(city, siting_state(city), query, form, desk_of(request).public_number)
    headers = {"Content-Disposition": f'inline; filename="cemetery-siting.{form}"'}
    answer = Response(content, media_type=_PICTURES[form], headers=headers)
    return unless_unchanged(request, answer, entity_tag(content))


@lru_cache(maxsize=4)
def _page(city: City, _state: str, query: str, number: str, static: str) -> str:
    answer = siting_answer(city, asked_siting(city, dict(parse_qsl(query))))
    ask = f"cemetery-siting/at?{query}"
    return siting_chart(city, answer, ask=ask, public_number=number).to_self_hosted(static)


@lru_cache(maxsize=8)
def _drawn(city: City, _state: str, query: str, form: PictureFormat, number: str) -> bytes:
    answer = siting_answer(city, asked_siting(city, dict(parse_qsl(query))))
    return siting_drawing(city, answer, form, public_number=number)


def _download(content: bytes, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=disposition)
