"""Reach on foot: who reaches a kind of facility, why a place does not, outlines of circles."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.api.reach_page import reach_page
from civgeo.domain.facility import FacilityKind
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.services.access import (
    DecayKind,
    Supply,
    access_document,
    access_geojson,
    city_access,
)
from civgeo.services.reach import People, reach_coverage
from civgeo.services.reach_views import (
    areas_geojson,
    reach_document,
    reach_spreadsheet,
    uncovered_geojson,
    why_document,
)
from civgeo.services.service_areas import city_service_areas
from civgeo.services.why import Place, why_reached

__all__ = ["router"]

router = APIRouter(tags=["步行可达"])

MOST_KINDS = 10

Kinds = Annotated[
    str, Query(description="设施种类，可用逗号并列多个：任何一种都算", examples=["meal_point"])
]
Minutes = Annotated[str, Query(description="步行分钟数，默认 15")]
Speed = Annotated[str, Query(description="步行速度（米/秒），默认 1.0；体弱老年人 0.8")]


@router.get(
    "/coverage/reach",
    summary="步行可达：多少户（老年人）走得到，按单位、按原因",
    responses={
        200: {
            "content": {"text/html": {}, Format.GEOJSON.media_type: {}, Format.XLSX.media_type: {}}
        },
        404: {"description": "还没有步行网"},
    },
)
def reach(
    request: Request,
    city: CityNow,
    kind: Kinds = "",
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Annotated[People, Query(description="计户数还是老年人口")] = People.HOUSEHOLDS,
    level: Annotated[UnitLevel, Query(description="汇总单位")] = UnitLevel.COUNTY,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    on: Annotated[str | None, Query(description="评价日 YYYY-MM-DD，默认今天")] = None,
    within_beds: Annotated[
        bool, Query(description="每处设施服务的人数不超过床位数；满了的算未覆盖")
    ] = False,
    f: Annotated[
        Literal["json", "html", "geojson", "xlsx"] | None, Query(description="返回格式")
    ] = None,
) -> Response:
    """Figures with numerator and denominator; GeoJSON and spreadsheet list the uncovered."""
    del f
    if _asks_for_page(request):
        with heavy_work():
            return reach_page(request, city, _day(on))
    known = ("kind", "minutes", "speed", "people", "level", "division", "on", "within_beds", "f")
    require_known(request, known)
    asked = request.query_params.get("f")
    with heavy_work():
        found = reach_coverage(
            city,
            _kinds(kind),
            terms=_terms(minutes, speed),
            people=people,
            level=level,
            division=division,
            on=_day(on),
            within_beds=within_beds,
        )
        if asked == "geojson":
            return Response(uncovered_geojson(found), media_type=Format.GEOJSON.media_type)
        if negotiate(request, (Format.JSON, Format.XLSX)) is Format.XLSX:
            name = {"Content-Disposition": 'attachment; filename="reach.xlsx"'}
            content = reach_spreadsheet(found)
            return Response(content, media_type=Format.XLSX.media_type, headers=name)
    return _json(reach_document(found))


@router.get(
    "/coverage/why",
    summary="一个小区或一个地点为什么走得到、走不到：路线、阻隔、可补救的跨越设施",
    responses={404: {"description": "还没有步行网，或没有这个小区"}},
)
def why(
    request: Request,
    city: CityNow,
    kind: Kinds,
    estate: Annotated[str | None, Query(description="小区编号")] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, description="经度")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="纬度")] = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
) -> Response:
    """One place, with the walk to its nearest facility."""
    require_known(request, ("kind", "estate", "lon", "lat", "minutes", "speed"))
    terms = _terms(minutes, speed)
    with heavy_work():
        return _json(why_document(why_reached(city, Place(estate, lon, lat), _kinds(kind), terms)))


@router.get(
    "/coverage/access",
    summary="可达性：每千人能走到的床位（设施由走得到的人分享），分布是否均衡",
    responses={
        200: {"content": {Format.GEOJSON.media_type: {}}},
        404: {"description": "还没有步行网"},
    },
)
def access(
    request: Request,
    city: CityNow,
    kind: Kinds,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Annotated[People, Query(description="由谁分享")] = People.ELDERS,
    supply: Annotated[Supply, Query(description="分享什么：床位、面积或处数")] = Supply.BEDS,
    decay: Annotated[DecayKind, Query(description="距离衰减")] = DecayKind.STEPS,
    level: Annotated[UnitLevel, Query(description="汇总单位")] = UnitLevel.COUNTY,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    f: Annotated[Literal["json", "geojson"] | None, Query(description="返回格式")] = None,
) -> Response:
    """Supply a thousand people by the enhanced two-step method, with Gini and Lorenz curve."""
    known = ("kind", "minutes", "speed", "people", "supply", "decay", "level", "division", "f")
    require_known(request, known)
    with heavy_work():
        found = city_access(
            city,
            _kinds(kind),
            terms=_terms(minutes, speed),
            people=people,
            supply=supply,
            decay=decay,
            level=level,
            division=division,
        )
        if f == "geojson":
            return Response(access_geojson(found), media_type=Format.GEOJSON.media_type)
    return _json(access_document(found))


@router.get(
    "/service-areas",
    summary="步行圈的轮廓（仅供查看，人数另在路网上清点）",
    responses={
        200: {"content": {Format.GEOJSON.media_type: {}}},
        404: {"description": "还没有步行网，或没有这处设施"},
    },
)
def areas(
    request: Request,
    city: CityNow,
    kind: Kinds,
    facility: Annotated[
        str | None, Query(description="设施编号，可用逗号并列；不给则为全部设施合成的一个范围")
    ] = None,
    minutes: Annotated[str, Query(description="时间圈，逗号并列")] = "5,10,15",
    speed: Speed = "1.0",
) -> Response:
    """Outlines as GeoJSON, the longest walk first."""
    require_known(request, ("kind", "facility", "minutes", "speed"))
    rings = [_number(part, "minutes") for part in minutes.split(",")]
    chosen = None if facility is None else [part for part in facility.split(",") if part]
    with heavy_work():
        found = city_service_areas(
            city,
            _kinds(kind),
            minutes=rings,
            speed=_number(speed, "speed"),
            facilities=chosen,
        )
        return Response(areas_geojson(found), media_type=Format.GEOJSON.media_type)


def _asks_for_page(request: Request) -> bool:
    offered = (Format.JSON, Format.HTML, Format.XLSX, Format.GEOJSON)
    return negotiate(request, offered) is Format.HTML


def _json(document: dict[str, object]) -> Response:
    return Response(orjson.dumps(document), media_type=Format.JSON.media_type)


def _kinds(text: str) -> list[FacilityKind]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not 0 < len(names) <= MOST_KINDS:
        raise InvalidInput(f"参数 kind 应为 1 至 {MOST_KINDS} 种设施", code="bad_kind")
    known = {kind.value: kind for kind in FacilityKind}
    unknown = [name for name in names if name not in known]
    if unknown:
        choices = "、".join(f"{kind.value}（{kind.label_zh}）" for kind in FacilityKind)
        told = f"没有设施种类“{unknown[0][:40]}”；可用：{choices}"
        raise InvalidInput(told, code="bad_kind")
    return [known[name] for name in names]


def _terms(minutes: str, speed: str) -> ReachTerms:
    return ReachTerms(_number(minutes, "minutes"), _number(speed, "speed"))


def _number(text: str, name: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise InvalidInput(f"参数 {name} 的“{text[:40]}”不是数", code="bad_number") from None
    if not number.is_finite() or not 0 < number <= 1000:
        raise InvalidInput(f"参数 {name} 应大于 0、不超过 1000：{text[:40]}", code="bad_number")
    return number


def _day(text: str | None) -> date | None:
    return None if text is None else parse_day(text)
