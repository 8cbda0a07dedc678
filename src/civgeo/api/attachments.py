"""Attachments over HTTP: officers add them; what public records name, anybody may read."""

import io
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from civgeo.api.links import address
from civgeo.api.naming_cases import CaseId
from civgeo.domain.attachment import MediaType, Paper
from civgeo.domain.history import Edit
from civgeo.domain.standard import parse_day
from civgeo.http.context import CityNow, desk_of
from civgeo.http.preconditions import expected_version, unless_unchanged
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE, is_officer
from civgeo.http.uploads import UPLOAD_BODY, Room, received
from civgeo.http.writing import edit_of, version_of
from civgeo.services.attachments import Attached, Upload, attach, attachment
from civgeo.services.city import City
from civgeo.store.tables import Collection

__all__ = ["router"]

router = APIRouter(prefix="/place-names", tags=["地名附件"])

_EDIT = ("actor", "document", "document_date", "valid_from")
_ASKED = ("title", "number", "date", "filename", "version", *_EDIT)
_POLICY = "sandbox; default-src 'none'"
_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": _POLICY}
_ATTACHED = {
    "id": "9f3c1c52-0d0b-4f0e-9a53-6d0d7f1b6a11",
    "version": 4,
    "attachment": {
        "sha256": "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
        "name": "驻政文〔2026〕8号批复.pdf",
        "media_type": "application/pdf",
        "size": 284_113,
    },
}
_CREATED: dict[int | str, dict[str, Any]] = {
    201: {"content": {"application/json": {"example": _ATTACHED}}}
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "附件，只供下载",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in MediaType
        },
    },
    304: {"description": "没有变化"},
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """How the file is listed and who attaches it, out of the query."""

    title: Annotated[str, Query(description="题名，如“甲区人民政府批复”；照片不写")] = ""
    number: Annotated[str, Query(description="文号")] = ""
    date: Annotated[str | None, Query(description="文件日期 YYYY-MM-DD")] = None
    filename: Annotated[str, Query(max_length=500, description="文件名；表单上传可省")] = ""
    actor: Annotated[str | None, Query(description="经办人")] = None
    document: Annotated[str | None, Query(description="依据文件")] = None
    document_date: Annotated[str | None, Query(description="依据文件的日期")] = None
    valid_from: Annotated[str | None, Query(description="自哪一天起；默认视为更正")] = None
    version: Annotated[str | None, Query(description="依据的版本；也可用 If-Match")] = None

    @property
    def paper(self) -> Paper:
        """How the record lists the file."""
        return Paper(self.title, self.number, parse_day(self.date, "date") if self.date else None)

    @property
    def edit(self) -> Edit:
        """Who attaches it, on the strength of what."""
        return edit_of({name: getattr(self, name) for name in _EDIT})


Asked = Annotated[_Asked, Depends()]


@router.post(
    "/{place_id}/attachments",
    status_code=201,
    summary="给条目附一份文件",
    openapi_extra=UPLOAD_BODY,
    responses=_CREATED,
    dependencies=[MAY_WRITE],
)
async def attach_to_entry(
    request: Request,
    city: CityNow,
    place_id: Annotated[str, Path(description="地名条目编号")],
    asked: Asked,
) -> Response:
    """Keep a file, and list it among the documents of an entry."""
    return await _attached(request, city, Collection.PLACE_NAMES, place_id, asked)


@router.post(
    "/cases/{case_id}/attachments",
    status_code=201,
    summary="给案卷附一份文件",
    openapi_extra=UPLOAD_BODY,
    responses=_CREATED,
    dependencies=[MAY_WRITE],
)
async def attach_to_case(
    request: Request, city: CityNow, case_id: CaseId, asked: Asked
) -> Response:
    """Keep a file, and list it among the attachments of a case."""
    return await _attached(request, city, Collection.NAME_CASES, case_id, asked)


@router.post(
    "/signs/{sign_id}/photo",
    status_code=201,
    summary="给地名标志附照片",
    openapi_extra=UPLOAD_BODY,
    responses=_CREATED,
    dependencies=[MAY_WRITE],
)
async def attach_photo(
    request: Request,
    city: CityNow,
    sign_id: Annotated[str, Path(description="地名标志编号")],
    asked: Asked,
) -> Response:
    """Keep a picture as the photo of a sign."""
    return await _attached(request, city, Collection.NAME_SIGNS, sign_id, asked)


async def _attached(
    request: Request, city: City, collection: Collection, id: str, asked: _Asked
) -> Response:
    require_known(request, _ASKED)
    paper, edit = asked.paper, asked.edit
    expected = expected_version(request, version_of({"version": asked.version}))
    largest = desk_of(request).limits.attachment_bytes
    target = io.BytesIO()
    name = await received(request, target, Room(largest, "请压缩，或分成几份后再传"))
    upload = Upload(asked.filename or name or "", target.getvalue())

    def act() -> Attached:
        return attach(city, collection, id, upload, paper, edit, expected, largest=largest)

    return _answer(request, await run_in_threadpool(act))


def _answer(request: Request, made: Attached) -> Response:
    told = asdict(made)
    body = {"id": told.pop("id"), "version": told.pop("version"), "attachment": told}
    home = address(request, "place-names", "attachments", made.sha256)
    headers = {"Location": home, "Cache-Control": "no-store"}
    return Response(orjson.dumps(body), 201, headers, "application/json")


@router.get("/attachments/{sha256}", summary="下载附件", response_class=Response, responses=_FILES)
def download(
    request: Request,
    city: CityNow,
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="附件的 SHA-256")],
) -> Response:
    """An attached file: what public records name is for all, the rest for who holds the token."""
    require_known(request, ())
    officer = is_officer(request)
    found = attachment(city, sha256, public_only=not officer)
    headers = {
        **_SAFE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        "Cache-Control": "private, no-store" if officer else "no-cache",
        "Vary": "Authorization",
    }
    answer = Response(found.content, 200, headers, found.media_type)
    return unless_unchanged(request, answer, f'"{sha256}"')
