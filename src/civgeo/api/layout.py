"""Where the next facilities should be: small questions at once, long ones as jobs."""

import orjson
from fastapi import APIRouter, Request, Response

from civgeo.api.boundary_examples import body
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.limiter import heavy_work
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body
from civgeo.services.city_layout import city_layout, layout_document
from civgeo.services.jobs import submit
from civgeo.services.layout_question import layout_question

__all__ = ["router"]

router = APIRouter(tags=["布局"], dependencies=[MAY_WRITE])

LONGEST_AT_ONCE_S = 20
_QUESTION = {
    "model": "mclp",
    "kinds": ["community_day_care"],
    "p": 5,
    "minutes": 15,
    "speed_m_per_s": "0.8",
    "people": "elders",
    "division": "411702",
    "quotas": {"411702": [1, 5]},
}


@router.post(
    "/coverage/allocate",
    summary="布局：下一处设施放在哪里（直接作答，最多计算 20 秒）",
    responses={404: {"description": "还没有步行网"}},
    openapi_extra=body(_QUESTION),
)
def allocate(request: Request, city: CityNow, body: Body) -> Response:
    """Answer at once; what is not proven in time comes with its bound."""
    require_known(request, ())
    question = layout_question({"seconds": LONGEST_AT_ONCE_S, **body})
    if question.seconds > LONGEST_AT_ONCE_S:
        raise InvalidInput(
            f"直接作答最多 {LONGEST_AT_ONCE_S} 秒；更久的请提交到 /layout", code="too_long"
        )
    with heavy_work():
        document = layout_document(city_layout(city, question))
    return Response(orjson.dumps(document), media_type="application/json")


@router.post(
    "/layout",
    status_code=202,
    summary="布局：作为任务排队计算，进度与结果在 /jobs",
    openapi_extra=body(_QUESTION),
)
def layout(request: Request, city: CityNow, body: Body) -> Response:
    """Check the question and queue it."""
    require_known(request, ())
    layout_question(body)
    id = submit(city, "layout", {"question": body})
    told = {"job": id, "status": f"/jobs/{id}", "result": f"/jobs/{id}/result"}
    headers = {"Location": f"/jobs/{id}", "Cache-Control": "no-store"}
    return Response(
        orjson.dumps(told), status_code=202, headers=headers, media_type="application/json"
    )
