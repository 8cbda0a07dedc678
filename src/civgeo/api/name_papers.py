"""Papers over HTTP: application, filing report, announcement, calendar, gazetteer book."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.naming_cases import CaseId
from civgeo.http.context import BEIJING, CityNow, desk_of
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.reports.gazetteer_book import Arrangement
from civgeo.services import case_papers
from civgeo.services.case_papers import Paper
from civgeo.services.name_documents import FileFormat

__all__ = ["router"]

router = APIRouter(prefix="/place-names", tags=["地名文书"], dependencies=[MAY_WRITE])

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {FileFormat.DOCX: _WORD, FileFormat.XLSX: _SHEET, FileFormat.PDF: "application/pdf"}
_PAPERS = {Paper.APPLICATION: "申请表", Paper.FILING: "备案报告", Paper.ANNOUNCEMENT: "公告"}


@router.get("/cases/calendar.ics", summary="未办步骤的日历", response_class=Response)
def calendar(request: Request, city: CityNow) -> Response:
    """Open steps with a last day, for a calendar program."""
    require_known(request, ())
    content = case_papers.calendar(city, datetime.now(BEIJING))
    return _download(content, "text/calendar; charset=utf-8", "地名办理期限.ics")


@router.get("/cases/{case_id}/papers/{paper}.{form}", summary="案卷文书", response_class=Response)
def paper(
    request: Request,
    city: CityNow,
    case_id: CaseId,
    paper: Annotated[Paper, Path(description="application、filing、announcement")],
    form: Annotated[FileFormat, Path(description="docx 或 pdf")],
    office: Annotated[str, Query(max_length=100, description="申请单位或发文机关")],
    number: Annotated[str, Query(max_length=60, description="文号")] = "",
) -> Response:
    """A paper of one case as Word or PDF."""
    require_known(request, ("office", "number"))
    content = case_papers.case_paper(city, case_id, paper, form, office=office, number=number)
    return _download(content, _TYPES[form], f"{_PAPERS[paper]}.{form}")


@router.get("/book.{form}", summary="标准地名录", response_class=Response)
def book(
    request: Request,
    city: CityNow,
    form: Annotated[FileFormat, Path(description="docx、xlsx 或 pdf")],
    order: Annotated[Arrangement, Query(description="排列")] = Arrangement.DIVISION,
    division: Annotated[str | None, Query(description="只列这一区划")] = None,
    office: Annotated[str, Query(max_length=100, description="编制单位")] = "",
    public: Annotated[bool, Query(description="公开版：去掉未公开的，须有审图号")] = False,
) -> Response:
    """The gazetteer book of the names that exist today."""
    require_known(request, ("order", "division", "office", "public"))
    content = case_papers.gazetteer_book(
        city,
        form,
        order=order,
        division=division,
        office=office,
        for_public=public,
        map_number=desk_of(request).public_number,
    )
    return _download(content, _TYPES[form], f"标准地名录.{form}")


def _download(content: bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
