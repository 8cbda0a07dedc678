"""Layout of funeral facilities over HTTP: who has which, and where the next should be."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered, body
from civgeo.api.cemetery_layout_examples import COVERED, PROPOSED, PROPOSING
from civgeo.domain.fields import Fields
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.exact_body import ExactBody
from civgeo.http.given import json_answer
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services.funeral_coverage import funeral_coverage
from civgeo.services.funeral_distances import DistanceKind
from civgeo.services.funeral_people import Weight
from civgeo.services.funeral_proposal_views import proposal_document, proposal_geojson, proposed
from civgeo.services.funeral_question import TERM_KEYS, Centre, funeral_proposal, funeral_terms
from civgeo.services.funeral_stations import station_layout
from civgeo.services.funeral_views import coverage_document, coverage_geojson

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries", tags=["公墓"])

LONGEST_AT_ONCE_S = 20
Form = Annotated[Literal["json", "geojson"], Query(description="返回格式")]


@router.get(
    "/layout",
    summary="殡葬设施布局：县区、乡镇有无，与规划要求比较；各县服务站的乡镇、方向与远近",
    responses=answered(COVERED),
)
def coverage(
    request: Request,
    city: CityNow,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    on: Annotated[str | None, Query(description="哪一天的登记，默认今天")] = None,
    distance: Annotated[DistanceKind, Query(description="直线或沿路网（步行网）")] = (
        DistanceKind.STRAIGHT
    ),
    weight: Annotated[Weight, Query(description="人数或死亡人数；equal 为每个乡镇计 1")] = (
        Weight.POPULATION
    ),
    centre: Annotated[Centre, Query(description="方向从县城看还是从人口重心看")] = Centre.SEAT,
    min_angle_deg: Annotated[str, Query(description="算作不同方向的最小夹角，规划没有规定")] = "90",
    f: Form = "json",
) -> Response:
    """Coverage with the lists of what is missing, as ``civgeo cemeteries layout`` gives it."""
    named = ("division", "on", "distance", "weight", "centre", "min_angle_deg", "f")
    require_known(request, named)
    given: dict[str, object] = {
        "division": division,
        "on": on,
        "distance": distance.value,
        "weight": weight.value,
        "centre": centre.value,
        "min_angle_deg": min_angle_deg,
    }
    terms = funeral_terms(Fields(given, TERM_KEYS))
    with heavy_work():
        found = funeral_coverage(city, on=terms.on, division=terms.division)
        if f == "geojson":
            return _geojson(coverage_geojson(found))
        return json_answer(coverage_document(found, station_layout(found.data, terms), terms))


@router.post(
    "/layout",
    summary="殡葬设施布局方案：服务站、骨灰堂、集中安葬点、公墓放在哪些乡镇（最多计算 20 秒）",
    openapi_extra=body(PROPOSING),
    responses={**answered(PROPOSED), 404: {"description": "要沿路网距离而没有道路"}},
    dependencies=[MAY_WRITE],
)
def proposal(request: Request, city: CityNow, body: ExactBody, f: Form = "json") -> Response:
    """A proposal with its bound, as ``civgeo cemeteries layout --propose`` gives it."""
    require_known(request, ("f",))
    asked = funeral_proposal(body)
    if asked.seconds > LONGEST_AT_ONCE_S:
        told = f"seconds 至多 {LONGEST_AT_ONCE_S}；更久的请用命令行 civgeo cemeteries layout"
        raise InvalidInput(told, code="too_long")
    with heavy_work():
        found = proposed(city, asked)
        if f == "geojson":
            return _geojson(proposal_geojson(found))
        return json_answer(proposal_document(found))


def _geojson(content: bytes) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(content, media_type=Format.GEOJSON.media_type, headers=headers)
