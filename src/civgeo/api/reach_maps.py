"""Maps of reach on foot for the question of the address: page, pictures, data, report."""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from civgeo.analysis.coverage import UnitLevel
from civgeo.http.context import CityNow, desk_of
from civgeo.http.limiter import heavy_work
from civgeo.http.map_pages import map_answer, static_url
from civgeo.http.negotiation import Format
from civgeo.http.preconditions import entity_tag, unless_unchanged
from civgeo.http.query import require_known
from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.reach import People
from civgeo.services.reach_maps import (
    ReachQuestion,
    reach_answer,
    reach_chart,
    reach_counties,
    reach_drawing,
)
from civgeo.services.reach_question import ASKED, question_asked
from civgeo.services.reach_report import ReportForm, reach_report
from civgeo.services.reach_views import reach_spreadsheet, uncovered_geojson
from civgeo.services.walk_ground import walk_ground

__all__ = ["Asked", "router"]

router = APIRouter(tags=["步行可达"])


_REPORTS = {
    ReportForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportForm.PDF: "application/pdf",
}


def _asked(
    kind: Annotated[
        list[str] | None,
        Query(description="设施种类，可重复或用逗号并列；默认计入小区养老用房的各类"),
    ] = None,
    minutes: Annotated[str, Query(description="步行分钟数")] = "15",
    speed: Annotated[str, Query(description="步行速度（米/秒）")] = "1.0",
    people: Annotated[People, Query(description="计户数还是老年人口")] = People.HOUSEHOLDS,
    level: Annotated[UnitLevel, Query(description="汇总单位")] = UnitLevel.COUNTY,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    target: Annotated[
        str | None, Query(description="目标百分比：图例在此分级；默认没有目标")
    ] = None,
) -> ReachQuestion:
    return question_asked(kind or [], minutes, speed, people, level, division, target)


Asked = Annotated[ReachQuestion, Depends(_asked)]


@router.get("/maps/reach.png", summary="步行可达图（PNG）", response_class=Response)
def png(request: Request, city: CityNow, asked: Asked) -> Response:
    """Map of reach as a PNG picture."""
    return _picture(request, city, asked, PictureFormat.PNG, counties=False)


@router.get("/maps/reach.pdf", summary="步行可达图（PDF）", response_class=Response)
def pdf(request: Request, city: CityNow, asked: Asked) -> Response:
    """Map of reach as a PDF page."""
    return _picture(request, city, asked, PictureFormat.PDF, counties=False)


@router.get("/maps/reach-counties.png", summary="步行可达分县区图（PNG）", response_class=Response)
def counties_png(request: Request, city: CityNow, asked: Asked) -> Response:
    """Counties side by side as a PNG picture."""
    return _picture(request, city, asked, PictureFormat.PNG, counties=True)


@router.get("/maps/reach-counties.pdf", summary="步行可达分县区图（PDF）", response_class=Response)
def counties_pdf(request: Request, city: CityNow, asked: Asked) -> Response:
    """Counties side by side as a PDF page."""
    return _picture(request, city, asked, PictureFormat.PDF, counties=True)


@router.get("/maps/reach.geojson", summary="未覆盖的小区（GeoJSON）", response_class=Response)
def data(request: Request, city: CityNow, asked: Asked) -> Response:
    """Estates that are not reached, those with most people first."""
    require_known(request, ASKED)
    with heavy_work():
        content = uncovered_geojson(reach_answer(city, asked))
    return _download(content, Format.GEOJSON.media_type, "reach.geojson")


@router.get(
    "/maps/reach.xlsx", summary="步行可达汇总与未覆盖清单（Excel）", response_class=Response
)
def sheet(request: Request, city: CityNow, asked: Asked) -> Response:
    """Figures behind the map, as a spreadsheet."""
    require_known(request, ASKED)
    with heavy_work():
        content = reach_spreadsheet(reach_answer(city, asked))
    return _download(content, Format.XLSX.media_type, "reach.xlsx")


@router.get(
    "/coverage/report",
    summary="规划分析报告（Word、PDF）：步行可达",
    response_class=Response,
    responses={404: {"description": "还没有步行网"}},
)
def report(
    request: Request,
    city: CityNow,
    asked: Asked,
    f: Annotated[ReportForm, Query(description="返回格式")] = ReportForm.DOCX,
) -> Response:
    """Report of reach: question, method, figures, reasons, maps, the uncovered, indicators."""
    require_known(request, (*ASKED, "f"))
    with heavy_work():
        content = reach_report(city, asked, f, public_number=desk_of(request).public_number)
    return _download(content, _REPORTS[f], f"report.{f}")


@router.get("/maps/reach", summary="步行可达图（网页）", response_class=Response)
def chart(request: Request, city: CityNow, asked: Asked) -> Response:
    """Map of reach as a page; a click asks this service for the walk of the estate."""
    require_known(request, ASKED)
    number = desk_of(request).public_number
    with heavy_work():
        text = _page(city, _state(city), asked, number, static_url(request))
    answer = map_answer(text)
    return unless_unchanged(request, answer, entity_tag(bytes(answer.body)))


def _picture(
    request: Request, city: City, asked: ReachQuestion, form: PictureFormat, *, counties: bool
) -> Response:
    require_known(request, ASKED)
    number = desk_of(request).public_number
    with heavy_work():
        content = _drawn(city, _state(city), asked, form, number, counties=counties)
    name = f"reach{'-counties' if counties else ''}.{form}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    media = {PictureFormat.PNG: "image/png", PictureFormat.PDF: "application/pdf"}[form]
    answer = Response(content, media_type=media, headers=headers)
    return unless_unchanged(request, answer, entity_tag(content))


def _state(city: City) -> tuple[int, str]:
    """Versions of data and streets, by which drawings are kept."""
    ground = walk_ground(city)
    return ground.data_version, ground.meta.version


@lru_cache(maxsize=4)
def _page(
    city: City, _state: tuple[int, str], asked: ReachQuestion, number: str, static: str
) -> str:
    return reach_chart(city, asked, public_number=number).to_self_hosted(static)


@lru_cache(maxsize=8)
def _drawn(
    city: City,
    _state: tuple[int, str],
    asked: ReachQuestion,
    form: PictureFormat,
    number: str,
    *,
    counties: bool,
) -> bytes:
    draw = reach_counties if counties else reach_drawing
    return draw(city, asked, form, public_number=number)


def _download(content: bytes, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=disposition)
