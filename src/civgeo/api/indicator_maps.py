"""The map of one indicator: page and pictures."""

from datetime import date
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civgeo.domain.standard import parse_day
from civgeo.http.context import CityNow, desk_of
from civgeo.http.limiter import heavy_work
from civgeo.http.map_pages import map_answer, static_url
from civgeo.http.preconditions import entity_tag, unless_unchanged
from civgeo.http.query import require_known
from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.features import data_version
from civgeo.services.indicator_maps import indicator_chart, indicator_drawing

__all__ = ["router"]

router = APIRouter(tags=["规划指标"])

Asked = Annotated[
    str | None, Query(max_length=100, description="指标编号；默认第一个有分县区数值的")
]
Day = Annotated[str | None, Query(description="评价日 YYYY-MM-DD，默认今天")]


@router.get("/maps/indicators.png", summary="一个指标的地图（PNG）", response_class=Response)
def png(request: Request, city: CityNow, indicator: Asked = None, on: Day = None) -> Response:
    """Map of an indicator by county as a PNG picture."""
    return _picture(request, city, indicator, on, PictureFormat.PNG, "image/png")


@router.get("/maps/indicators.pdf", summary="一个指标的地图（PDF）", response_class=Response)
def pdf(request: Request, city: CityNow, indicator: Asked = None, on: Day = None) -> Response:
    """Map of an indicator by county as a PDF page."""
    return _picture(request, city, indicator, on, PictureFormat.PDF, "application/pdf")


@router.get("/maps/indicators", summary="一个指标的地图（网页）", response_class=Response)
def chart(request: Request, city: CityNow, indicator: Asked = None, on: Day = None) -> Response:
    """Map of an indicator by county as a page; it may stand in a frame."""
    require_known(request, ("indicator", "on"))
    number = desk_of(request).public_number
    with heavy_work():
        drawn = indicator_chart(city, indicator, on=_day(on), public_number=number)
        answer = map_answer(drawn.to_self_hosted(static_url(request)))
    return unless_unchanged(request, answer, entity_tag(bytes(answer.body)))


def _day(on: str | None) -> date | None:
    return None if on is None else parse_day(on)


def _picture(
    request: Request,
    city: City,
    indicator: str | None,
    on: str | None,
    form: PictureFormat,
    media_type: str,
) -> Response:
    require_known(request, ("indicator", "on"))
    number = desk_of(request).public_number
    with heavy_work():
        content = _drawn(city, data_version(city), indicator, _day(on), form, number)
    headers = {"Content-Disposition": f'inline; filename="indicators.{form}"'}
    answer = Response(content, media_type=media_type, headers=headers)
    return unless_unchanged(request, answer, entity_tag(content))


@lru_cache(maxsize=16)
def _drawn(
    city: City,
    _version: int,
    indicator: str | None,
    on: date | None,
    form: PictureFormat,
    number: str,
) -> bytes:
    return indicator_drawing(city, indicator, form, on=on, public_number=number)
