"""Results of rounds over HTTP: files from the field, comparison, report, archive. Officers only."""

from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from civgeo.api.round_result_examples import COMPARISON, IMPORTED, REPAIRS, answered, files_of
from civgeo.http.context import CityNow, desk_of
from civgeo.http.given import json_answer
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.uploads import UPLOAD_BODY, Room, received
from civgeo.http.writing import Body, edit_of, members, refuse_strange
from civgeo.services.city import City
from civgeo.services.import_batches import upload_place
from civgeo.services.inspection_import import (
    MOST_RESULT_BYTES,
    FieldUpload,
    Said,
    import_results,
    imported_document,
)
from civgeo.services.round_archive import archive
from civgeo.services.round_keys import RoundKey, round_key
from civgeo.services.round_products import PaperForm, TableForm, inspection_report, marker_table
from civgeo.services.round_result_files import (
    disagreements_geojson,
    repair_document,
    results_document,
    results_workbook,
)
from civgeo.services.round_results import propose_repairs, round_results

__all__ = ["router"]

router = APIRouter(prefix="/rounds", tags=["联检成果"], dependencies=[MAY_WRITE])

RoundId = Annotated[str, Path(description="联检编号，或界线代码（取已开始的最近一轮）")]
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES = {"docx": _WORD, "pdf": "application/pdf", "xlsx": Format.XLSX.media_type}
_SAID = ("filename", "line", "round", "side", "inspector", "datum", "dry_run", "actor", "document")


@router.post(
    "/results",
    status_code=201,
    summary="导入外业结果：手机网页的 JSON、Excel 记录表、GeoPackage",
    openapi_extra=UPLOAD_BODY,
    responses={**answered(201, IMPORTED), 200: {"description": "没有新记录，或只核对不写入"}},
)
async def upload(
    request: Request,
    city: CityNow,
    filename: Annotated[str | None, Query(max_length=200, description="文件名")] = None,
    line: Annotated[str | None, Query(max_length=40, description="界线代码，文件没写时给")] = None,
    number: Annotated[int | None, Query(alias="round", ge=0, le=999, description="轮次")] = None,
    side: Annotated[str | None, Query(max_length=12, description="记录方区划代码")] = None,
    inspector: Annotated[str | None, Query(max_length=200, description="检查人")] = None,
    datum: Annotated[str | None, Query(max_length=40, description="实测坐标系；以此为准")] = None,
    dry_run: Annotated[bool, Query(description="只核对，不写入")] = False,
    actor: Annotated[str | None, Query(description="经办人")] = None,
    document: Annotated[str | None, Query(description="依据文件")] = None,
) -> Response:
    """Append the records of a file; the same file twice is once."""
    require_known(request, _SAID)
    said = Said(line, number, side, inspector, datum)
    given = {"actor": actor, "document": document}
    edit = edit_of({name: text for name, text in given.items() if text is not None})
    place = upload_place(desk_of(request).store)
    try:
        with place.open("wb") as target:
            room = Room(MOST_RESULT_BYTES, "照片请另行留存，文件里只写文件名")
            name = await received(request, target, room)
        upload = FieldUpload(place, filename or name or "results")

        def act() -> Response:
            allowed = desk_of(request).marker_tolerance_m
            found = import_results(city, [upload], edit, said, tolerance_m=allowed, dry_run=dry_run)
            answer = json_answer(imported_document(found))
            answer.status_code = 201 if found.batch else 200
            return answer

        return await run_in_threadpool(act)
    finally:
        place.unlink(missing_ok=True)


@router.get(
    "/{round_id}/comparison",
    summary="各方记录的核对：统计、逐桩逐段、不一致之处、需办事项",
    responses=answered(200, COMPARISON, Format.XLSX.media_type, Format.GEOJSON.media_type),
)
def comparison(
    request: Request,
    city: CityNow,
    round_id: RoundId,
    f: Annotated[Literal["json", "xlsx", "geojson"] | None, Query(description="返回格式")] = None,
) -> Response:
    """Both sides' records compared item by item; GeoJSON holds the disagreements."""
    require_known(request, ("f",))
    chosen = negotiate(request, (Format.JSON, Format.XLSX, Format.GEOJSON))
    key = round_key(city, round_id)
    found = round_results(city, key, tolerance_m=desk_of(request).marker_tolerance_m)
    if chosen is Format.XLSX:
        return _download(results_workbook(found), Format.XLSX.media_type, "核对结果.xlsx")
    if chosen is Format.GEOJSON:
        content = disagreements_geojson(found)
        return _download(content, Format.GEOJSON.media_type, "不一致.geojson")
    return json_answer(results_document(found))


@router.get(
    "/{round_id}/report.{form}", summary="联检报告", responses=files_of(_WORD, "application/pdf")
)
def report(
    request: Request,
    city: CityNow,
    round_id: RoundId,
    form: Annotated[PaperForm, Path(description="docx 或 pdf")],
) -> Response:
    """The inspection report of the round."""
    return _made(request, city, round_id, form.value, lambda key, allowed: inspection_report(
        city, key, form, tolerance_m=allowed
    ))  # fmt: skip


@router.get(
    "/{round_id}/markers.{form}",
    summary="界桩成果表",
    responses=files_of(Format.XLSX.media_type, "application/pdf"),
)
def markers(
    request: Request,
    city: CityNow,
    round_id: RoundId,
    form: Annotated[TableForm, Path(description="xlsx 或 pdf")],
) -> Response:
    """The marker table of the round."""
    return _made(request, city, round_id, form.value, lambda key, allowed: marker_table(
        city, key, form, tolerance_m=allowed
    ))  # fmt: skip


@router.get(
    "/{round_id}/archive.zip",
    summary="联检档案：报告、成果表、记录、原件、清单与历史封印",
    responses=files_of("application/zip"),
)
def archived(request: Request, city: CityNow, round_id: RoundId) -> Response:
    """Everything of the round, with a manifest and the proof of its history."""
    return _made(request, city, round_id, "zip", lambda key, allowed: archive(
        city, key, tolerance_m=allowed
    ))  # fmt: skip


_Maker = Callable[[RoundKey, float], tuple[str, bytes]]


def _made(request: Request, city: City, asked: str, form: str, make: _Maker) -> Response:
    require_known(request, ())
    name, content = make(round_key(city, asked), desk_of(request).marker_tolerance_m)
    return _download(content, _TYPES.get(form, "application/zip"), name)


def _download(content: bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


@router.get("/{round_id}/repairs", summary="需办事项与负责方", responses=answered(200, REPAIRS))
def repairs(request: Request, city: CityNow, round_id: RoundId) -> Response:
    """Works that markers need by what was recorded, and who keeps them."""
    require_known(request, ())
    key = round_key(city, round_id)
    found = round_results(city, key, tolerance_m=desk_of(request).marker_tolerance_m)
    return json_answer({"repairs": [repair_document(item, found) for item in found.repairs]})


@router.post("/{round_id}/repairs", status_code=201, summary="为需办事项提出界桩变动")
def propose(request: Request, city: CityNow, round_id: RoundId, body: Body) -> Response:
    """Open works for each marker that needs them and has none open; the register stays."""
    require_known(request, ())
    refuse_strange(body, ("edit",))
    edit = edit_of(members(body, "edit"))
    key = round_key(city, round_id)
    made = propose_repairs(city, key, edit, tolerance_m=desk_of(request).marker_tolerance_m)
    answer = json_answer({"works": list(made)})
    answer.status_code = 201 if made else 200
    return answer
