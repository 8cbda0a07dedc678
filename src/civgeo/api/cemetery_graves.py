"""Scattered graves over HTTP, for officers only: small questions at once, long ones as jobs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered, body
from civgeo.http.context import CityNow
from civgeo.http.given import json_answer
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body
from civgeo.services.grave_question import GRAVE_KEYS, grave_question, grave_terms
from civgeo.services.graves import city_graves
from civgeo.services.graves_views import graves_geojson, graves_json, graves_spreadsheet
from civgeo.services.jobs import submit

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries", tags=["公墓"], dependencies=[MAY_WRITE])

_FORMS = {"json": graves_json, "geojson": graves_geojson, "xlsx": graves_spreadsheet}
_ASKED = {"division": "411702", "roads": ["trunk_road"], "max_m": "3000", "divide": False}
_ANSWER = {
    "headline": "登记散坟 8 处 14 座；可视分析：3000 米内看得见 3 处 8 座，看不见 3 处 4 座，"
    "不能判断 0 处 0 座；列入迁移清单 4 处 9 座；其中安排到公墓 9 座，未安排 0 座。",
    "method": "viewshed",
    "method_zh": "可视分析",
    "parameters": grave_terms(grave_question(_ASKED)),
    "simulated": True,
}


@router.get(
    "/graves",
    summary="散坟：道路上看得见哪些，迁到哪里（当场作答；计算量大的用 POST）",
    responses={
        **answered(_ANSWER, Format.GEOJSON.media_type, Format.XLSX.media_type),
        404: {"description": "没有登记散坟，或没有道路图层"},
    },
)
def graves(
    request: Request,
    city: CityNow,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    on: Annotated[str | None, Query(description="哪一天的登记资料，默认今天")] = None,
    roads: Annotated[
        str | None, Query(description="从哪些道路看，逗号并列；默认 trunk_road,railway")
    ] = None,
    observer_m: Annotated[str | None, Query(description="视高（米），默认 1.5")] = None,
    every_m: Annotated[str | None, Query(description="观察点间距（米），默认 100")] = None,
    max_m: Annotated[str | None, Query(description="最远看多远（米），默认 3000")] = None,
    target_m: Annotated[str | None, Query(description="墓碑高（米），默认 1")] = None,
    corridor_m: Annotated[
        str | None, Query(description="道路两侧这么多米内的也列入；没有高程模型时只按此")
    ] = None,
    elevation: Annotated[
        str | None, Query(description="高程模型编号，none 为不用；默认最近导入的")
    ] = None,
    layers: Annotated[str | None, Query(description="图层编号，逗号并列；默认在用的")] = None,
    land: Annotated[bool, Query(description="禁止建造坟墓的土地上的也列入")] = False,
    divide: Annotated[bool, Query(description="成片的可拆分到几处公墓")] = False,
    f: Annotated[Literal["json", "geojson", "xlsx"], Query(description="返回格式")] = "json",
) -> Response:
    """Graves, who moves where, and progress, as ``civgeo cemeteries graves`` gives them."""
    require_known(request, (*GRAVE_KEYS, "f"))
    given = {
        "division": division,
        "on": on,
        "roads": _listed(roads),
        "observer_m": observer_m,
        "every_m": every_m,
        "max_m": max_m,
        "target_m": target_m,
        "corridor_m": corridor_m,
        "elevation": elevation,
        "layers": _listed(layers),
        "land": land,
        "divide": divide,
    }
    question = grave_question(given)
    with heavy_work():
        content = _FORMS[f](city_graves(city, question, at_once=True))
    headers = {"Cache-Control": "no-store"}
    if f != "json":
        headers["Content-Disposition"] = f'attachment; filename="graves.{f}"'
    return Response(content, media_type=Format(f).media_type, headers=headers)


@router.post(
    "/graves",
    status_code=202,
    summary="散坟：作为任务排队计算，进度与结果在 /jobs",
    openapi_extra=body(_ASKED),
)
def queue(request: Request, city: CityNow, body: Body) -> Response:
    """Check the question and queue it; nothing else is written."""
    require_known(request, ())
    grave_question(body)
    id = submit(city, "graves", {"question": body})
    answer = json_answer({"job": id, "status": f"/jobs/{id}", "result": f"/jobs/{id}/result"})
    answer.status_code = 202
    answer.headers["Location"] = f"/jobs/{id}"
    return answer


def _listed(text: str | None) -> list[str]:
    return [each.strip() for each in (text or "").split(",") if each.strip()]
