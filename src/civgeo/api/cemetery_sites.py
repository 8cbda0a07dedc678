"""Siting of cemeteries over HTTP: small questions at once, large ones as jobs, and one place."""

from collections.abc import Mapping
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered, body
from civgeo.api.cemetery_site_examples import PLACED, PLACING, SITED, SITING
from civgeo.domain.fields import Fields
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.exact_body import ExactBody
from civgeo.http.given import json_answer
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services.jobs import submit
from civgeo.services.siting import cells_of, site, site_at
from civgeo.services.siting_question import question_document, siting_question
from civgeo.services.siting_views import (
    candidates_geojson,
    siting_document,
    siting_spreadsheet,
    spot_document,
)

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries", tags=["公墓"], dependencies=[MAY_WRITE])

MOST_AT_ONCE = 20_000_000
"""Cells of a question that is answered at once."""

_FORMS = {
    "json": lambda answer: orjson.dumps(siting_document(answer)),
    "geojson": candidates_geojson,
    "xlsx": siting_spreadsheet,
}
_PLACE = ("lon", "lat")


@router.post(
    "/site",
    summary="公墓选址：候选地与每一条禁止情形的依据（2000 万格以内当场作答，更大的排队）",
    openapi_extra=body(SITING),
    responses={
        **answered(SITED, Format.GEOJSON.media_type, Format.XLSX.media_type),
        202: {"description": "已排队，进度与结果在 /jobs"},
        404: {"description": "没有这个区划、图层、高程模型或规定版次"},
    },
)
def sited(
    request: Request,
    city: CityNow,
    body: ExactBody,
    f: Annotated[
        Literal["json", "geojson", "xlsx"], Query(description="当场作答时的返回格式")
    ] = "json",
) -> Response:
    """Candidates and constraints, as ``civgeo cemeteries site`` gives them."""
    require_known(request, ("f",))
    question = siting_question(body)
    if cells_of(city, question) > MOST_AT_ONCE or not question.view.is_quick:
        return _queued(submit(city, "siting", {"question": question_document(question)}))
    with heavy_work():
        content = _FORMS[f](site(city, question))
    headers = {"Cache-Control": "no-store"}
    if f != "json":
        headers["Content-Disposition"] = f'attachment; filename="siting.{f}"'
    return Response(content, media_type=Format(f).media_type, headers=headers)


def _queued(id: str) -> Response:
    answer = json_answer({"job": id, "status": f"/jobs/{id}", "result": f"/jobs/{id}/result"})
    answer.status_code = 202
    answer.headers["Location"] = f"/jobs/{id}"
    return answer


@router.post(
    "/site/at",
    summary="公墓选址：一处地点，列出排除它的规定、版次、图层与图层日期",
    openapi_extra=body(PLACING),
    responses={
        **answered(PLACED),
        404: {"description": "没有这个区划、图层、高程模型或规定版次"},
    },
)
def placed(request: Request, city: CityNow, body: ExactBody) -> Response:
    """Everything that marks one cell, as ``civgeo cemeteries site --at`` gives it."""
    require_known(request, ())
    question = siting_question({key: body[key] for key in body if key not in _PLACE})
    lon, lat = _place(body)
    with heavy_work():
        return json_answer(spot_document(site_at(city, question, lon, lat)))


def _place(body: Mapping[str, object]) -> tuple[float, float]:
    fields = Fields({key: body[key] for key in _PLACE if key in body}, frozenset(_PLACE))
    lon, lat = (float(fields.number(key)) for key in _PLACE)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(f"经纬度超出范围：{lon:g}, {lat:g}", code="bad_value")
    return lon, lat
