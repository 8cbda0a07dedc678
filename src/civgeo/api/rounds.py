"""Rounds of joint inspections over HTTP: plan, follow, what is late. For officers only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.boundary_examples import BOARD, PLAN, STEP, answered, body
from civgeo.api.links import address
from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.round_forms import RoundState
from civgeo.domain.round_plan import LeaderRule, SpecialCause
from civgeo.errors import InvalidInput
from civgeo.http.context import BEIJING, CityNow
from civgeo.http.given import day_in, json_answer, needed_text, number_in, text_in
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.nested import nested_properties
from civgeo.http.preconditions import expected_version
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body, JsonObject, edit_of, members, refuse_strange, version_of
from civgeo.services import round_views, rounds
from civgeo.services.city import City

__all__ = ["router"]

router = APIRouter(prefix="/rounds", tags=["界线联检"], dependencies=[MAY_WRITE])

RoundId = Annotated[str, Path(description="联检编号")]
_PLAN = ("round", "leader", "years", "first_year", "last_year", "level", "edit")


@router.get("", summary="联检计划与进度")
def list_rounds(
    request: Request,
    city: CityNow,
    number: Annotated[int | None, Query(alias="round", ge=0, description="第几轮")] = None,
    state: Annotated[str | None, Query(description="联检进度，如 planned、open")] = None,
) -> Response:
    """Inspections in the order in which they were planned."""
    require_known(request, ("round", "state"))
    reached = RoundState.named(state, "state") if state else None
    return json_answer({"rounds": round_views.round_documents(city, number=number, state=reached)})


@router.post("/plan", summary="编制一轮计划；已在计划中的界线不动", openapi_extra=body(PLAN))
def plan(request: Request, city: CityNow, body: Body) -> Response:
    """Plan a round for all lines; asked twice it changes nothing."""
    require_known(request, ())
    refuse_strange(body, _PLAN)
    number = number_in(body, "round")
    if number is None:
        raise InvalidInput("请求内容缺少 round（第几轮）", code="missing_key")
    level, leader = text_in(body, "level"), text_in(body, "leader")
    asked = rounds.PlanRequest(
        number,
        LeaderRule.named(leader, "leader") if leader else LeaderRule.SMALLER_CODE,
        _years(body),
        number_in(body, "first_year"),
        number_in(body, "last_year"),
        BoundaryLevel.named(level, "level") if level else None,
    )
    found = rounds.plan_round(city, asked, edit_of(members(body, "edit")))
    return json_answer(round_views.plan_document(found))


def _years(body: JsonObject) -> Mapping[str, int]:
    found = {}
    for code, year in members(body, "years").items():
        if not isinstance(year, int) or isinstance(year, bool):
            raise InvalidInput(f"years 中 {code[:40]} 的年份应为整数", code="bad_type")
        found[code] = year
    return found


@router.post("/special", status_code=201, summary="列入特别联检：灾害、河流改道、道路变化")
def special(request: Request, city: CityNow, body: Body) -> Response:
    """Enter a special inspection of a line."""
    require_known(request, ())
    refuse_strange(body, ("line", "cause", "due", "remark", "edit"))
    due = day_in(body, "due")
    if due is None:
        raise InvalidInput("请求内容缺少 due（期限，由市局定）", code="missing_key")
    saved = rounds.special_inspection(
        city,
        needed_text(body, "line"),
        SpecialCause.named(needed_text(body, "cause"), "cause"),
        due,
        edit_of(members(body, "edit")),
        remark=text_in(body, "remark"),
    )
    answer = _shown(city, saved.id)
    answer.status_code = 201
    answer.headers["Location"] = address(request, "rounds", saved.id)
    return answer


@router.get("/overdue", summary="逾期的联检、特别联检与勘定")
def overdue(request: Request, city: CityNow) -> Response:
    """What is past its last day; lines that were never inspected come last."""
    require_known(request, ())
    return json_answer({"today": city.today, "overdue": round_views.overdue_lines(city)})


@router.get(
    "/board",
    summary="五年计划表：界线与年份",
    responses=answered(BOARD, Format.XLSX.media_type, Format.GEOJSON.media_type),
)
def board(
    request: Request,
    city: CityNow,
    number: Annotated[
        int | None, Query(alias="round", ge=1, description="第几轮；默认已开始的最近一轮")
    ] = None,
    f: Annotated[Literal["json", "xlsx", "geojson"] | None, Query(description="返回格式")] = None,
) -> Response:
    """The board as page data, as a workbook, or with the lines for a map."""
    require_known(request, ("round", "f"))
    found = negotiate(request, (Format.JSON, Format.XLSX, Format.GEOJSON))
    shown = round_views.board(city, number)
    number = shown.chosen.number
    if found is Format.XLSX:
        name = f'attachment; filename="round-{number}.xlsx"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        content = round_views.board_sheet(city, number)
        return Response(content, media_type=Format.XLSX.media_type, headers=headers)
    if found is Format.GEOJSON:
        content = round_views.round_map_geojson(city, number)
        headers = {"Cache-Control": "no-store"}
        return Response(content, media_type=Format.GEOJSON.media_type, headers=headers)
    return json_answer(round_views.board_document(shown))


@router.get("/calendar.ics", summary="全部期限的日历", response_class=Response)
def calendar(request: Request, city: CityNow) -> Response:
    """All last days that still stand, for a calendar program."""
    require_known(request, ())
    content = round_views.calendar(city, datetime.now(BEIJING))
    headers = {
        "Content-Disposition": 'attachment; filename="rounds.ics"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/{round_id}", summary="一条界线的一轮联检")
def one(request: Request, city: CityNow, round_id: RoundId) -> Response:
    """One inspection with the days of its steps."""
    require_known(request, ())
    return _shown(city, round_id)


@router.patch("/{round_id}", summary="修改计划：年份、期限、牵头方、限差、备注")
def revise(request: Request, city: CityNow, round_id: RoundId, body: Body) -> Response:
    """Change what is planned; states change by steps."""
    require_known(request, ())
    refuse_strange(body, ("properties", "edit"))
    edit = members(body, "edit")
    rounds.revise(
        city,
        round_id,
        nested_properties(body, "inspection_rounds"),
        edit_of(edit),
        expected_version(request, version_of(edit)),
    )
    return _shown(city, round_id)


@router.post(
    "/{round_id}/steps/{state}",
    summary="记录进度：open 外业开始、comparing、reported、filed 备案",
    openapi_extra=body({"on": STEP["on"], "edit": STEP["edit"]}),
)
def advance(
    request: Request,
    city: CityNow,
    round_id: RoundId,
    state: Annotated[str, Path(description="open、comparing、reported、filed")],
    body: Body,
) -> Response:
    """Record the next state; filing renews the line's last inspection."""
    require_known(request, ())
    refuse_strange(body, ("on", "edit"))
    edit = members(body, "edit")
    rounds.advance(
        city,
        round_id,
        RoundState.named(state, "state"),
        day_in(body, "on") or city.today,
        edit_of(edit),
        expected_version(request, version_of(edit)),
    )
    return _shown(city, round_id)


def _shown(city: City, id: str) -> Response:
    found = round_views.one_round_document(city, id)
    return json_answer(found, int(str(found["version"])))
