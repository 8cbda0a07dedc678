"""The inspection list of burial places over HTTP. For officers only."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered
from civgeo.api.cemetery_inspection_examples import INSPECTION
from civgeo.domain.standard import parse_day
from civgeo.http.context import CityNow
from civgeo.http.given import json_answer
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services.cemetery_inspection import InspectionQuestion, inspect_cemeteries
from civgeo.services.cemetery_inspection_views import inspection_document, inspection_workbook

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries", tags=["公墓"], dependencies=[MAY_WRITE])


@router.get(
    "/inspection",
    summary="未经审批与超标设施检查清单：依据与证据",
    responses=answered(INSPECTION, Format.XLSX.media_type),
)
def inspection(
    request: Request,
    city: CityNow,
    division: Annotated[str | None, Query(description="只查这一区划的；默认全市")] = None,
    on: Annotated[str | None, Query(description="按哪一天的登记、规定和图层；默认今天")] = None,
    layers: Annotated[str | None, Query(description="图层编号，逗号分隔；默认在用的")] = None,
    edition: Annotated[str | None, Query(description="规定的以前版本；默认现行的")] = None,
    f: Annotated[Literal["json", "xlsx"] | None, Query(description="返回格式")] = None,
) -> Response:
    """Burial places that break a rule, the worst first, and what could not be told."""
    require_known(request, ("division", "on", "layers", "edition", "f"))
    wanted = negotiate(request, (Format.JSON, Format.XLSX))
    digests = tuple(each.strip() for each in (layers or "").split(",") if each.strip())
    day = None if on is None else parse_day(on)
    question = InspectionQuestion(division or "", day, digests, edition or "")
    found = inspect_cemeteries(city, question)
    if wanted is Format.XLSX:
        headers = {
            "Content-Disposition": 'attachment; filename="cemetery-inspection.xlsx"',
            "Cache-Control": "no-store",
        }
        content = inspection_workbook(found)
        return Response(content, media_type=Format.XLSX.media_type, headers=headers)
    return json_answer(inspection_document(found))
