"""Imports over HTTP: upload, pre-check, table of errors, confirm, undo."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool

from civgeo.api.links import address
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow, desk_of
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.uploads import UPLOAD_BODY, received
from civgeo.http.writing import Body, edit_of, members, refuse_strange
from civgeo.services import imports
from civgeo.services.city import City
from civgeo.services.import_batches import Batch, ImportRequest, upload_place, with_columns
from civgeo.services.import_kinds import KINDS
from civgeo.services.import_outputs import ErrorTable, errors_table
from civgeo.services.import_report import batch_document, recorded_document
from civgeo.services.jobs import edit_arguments, submit

__all__ = ["router"]

router = APIRouter(prefix="/imports", tags=["导入"], dependencies=[MAY_WRITE])

BatchId = Annotated[str, InPath(description="批次编号")]
_REQUEST = ("crs", "encoding", "layer", "header_row", "profile", "map", "set")


@dataclass(frozen=True, slots=True)
class _Asked:
    """How the file is to be taken, out of the query."""

    crs: Annotated[str | None, Query(description="EPSG:编号、GCJ-02 或 BD-09")] = None
    encoding: Annotated[str | None, Query(description="文字编码，如 GB18030")] = None
    layer: Annotated[str | None, Query(description="图层、工作表或压缩包里的文件")] = None
    header_row: Annotated[int | None, Query(ge=1, description="表头在第几行")] = None
    profile: Annotated[str | None, Query(description="保存过的列对应")] = None
    map: Annotated[tuple[str, ...], Query(description="列=属性，可多次")] = ()
    set: Annotated[tuple[str, ...], Query(description="属性=值，可多次")] = ()

    def request(self) -> ImportRequest:
        """The same as the service takes it."""
        constants = {}
        for text in self.set:
            name, sign, value = text.partition("=")
            if not sign or not name:
                raise InvalidInput(f"“{text[:60]}”应写成 属性=值", code="bad_constant")
            constants[name] = value
        return ImportRequest(
            layer=self.layer,
            encoding=self.encoding,
            header_row=self.header_row,
            crs=self.crs,
            columns=with_columns({}, self.map),
            profile=self.profile,
            constants=constants,
        )


Asked = Annotated[_Asked, Depends()]
_WHO: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"edit": {"$ref": "#/components/schemas/Edit"}},
                },
                "example": {"edit": {"actor": "张三", "document": "驻民〔2026〕12号"}},
            }
        },
    }
}


@router.post("", status_code=201, summary="上传并预检", openapi_extra=UPLOAD_BODY)
async def upload(
    request: Request,
    city: CityNow,
    asked: Asked,
    kind: Annotated[str, Query(description="、".join(KINDS))],
    filename: Annotated[str | None, Query(max_length=200, description="文件名")] = None,
) -> Response:
    """Take a file in and pre-check it; large files are pre-checked by a worker (202)."""
    _require_known(request, "kind", "filename")
    wanted = asked.request()
    place = upload_place(desk_of(request).store)
    try:
        with place.open("wb") as target:
            name = await received(request, target)
        name = filename or name or "upload.dat"
        return await run_in_threadpool(_taken, request, city, place, kind, wanted, name)
    finally:
        place.unlink(missing_ok=True)


def _require_known(request: Request, *names: str) -> None:
    """As `require_known`, but for the two parameters that may come several times."""
    single = [key for key in request.query_params if key not in ("map", "set")]
    unknown = sorted(set(single) - {*names, *_REQUEST})
    if unknown:
        choices = "、".join((*names, *_REQUEST))
        text = f"没有参数 {'、'.join(unknown)}。可用的参数：{choices}"
        raise InvalidInput(text, code="unknown_parameter")


def _taken(
    request: Request, city: City, place: Path, kind: str, wanted: ImportRequest, name: str
) -> Response:
    if place.stat().st_size <= desk_of(request).limits.background_bytes:
        batch = imports.stage(city, place, kind, wanted, file_name=name)
        return _answer(request, batch, 201)
    batch = imports.receive(city, place, kind, wanted, file_name=name)
    id = submit(city, "import-check", {"batch": batch.id})
    return _queued(request, batch, id)


def _answer(request: Request, batch: Batch, status: int = 200, **more: object) -> Response:
    home = address(request, "imports", batch.id)
    content = orjson.dumps({**batch_document(batch), **more})
    headers = {"Location": home, "Cache-Control": "no-store"}
    return Response(content, status, headers, "application/json")


def _queued(request: Request, batch: Batch, job: str) -> Response:
    home = address(request, "jobs", job)
    content = orjson.dumps({"batch": batch.id, "job": job, "status": home})
    headers = {"Location": home, "Cache-Control": "no-store"}
    return Response(content, 202, headers, "application/json")


@router.get("", summary="导入过的批次")
def recorded(request: Request, city: CityNow) -> Response:
    """Batches in the history, the newest first."""
    require_known(request, ())
    found = [recorded_document(batch) for batch in imports.imports(city)]
    return Response(orjson.dumps({"imports": found}), media_type="application/json")


@router.get("/{batch_id}", summary="预检结果")
def look(request: Request, city: CityNow, batch_id: BatchId) -> Response:
    """What the pre-check found."""
    require_known(request, ())
    return _answer(request, imports.look_up(city, batch_id))


@router.post("/{batch_id}/check", summary="换一种读法再预检")
def check(request: Request, city: CityNow, batch_id: BatchId, asked: Asked) -> Response:
    """Pre-check the same file anew, with another layer, CRS or mapping."""
    _require_known(request)
    wanted = asked.request()
    batch = imports.look_up(city, batch_id)
    if batch.size > desk_of(request).limits.background_bytes:
        again = imports.reconsidered(city, batch_id, wanted)
        return _queued(request, again, submit(city, "import-check", {"batch": batch_id}))
    return _answer(request, imports.examine(city, batch_id, wanted))


@router.get("/{batch_id}/errors", summary="带检查结果列的原表")
def errors(request: Request, city: CityNow, batch_id: BatchId) -> Response:
    """The table as it came, with one more column that says what to mend."""
    require_known(request, ())
    return table_answer(errors_table(city, batch_id))


def table_answer(table: ErrorTable) -> Response:
    """The table as a download."""
    name = f"attachment; filename*=UTF-8''{quote(table.file_name)}"
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(table.content, 200, headers, table.media_type)


@router.post("/{batch_id}/confirm", summary="确认导入", openapi_extra=_WHO)
def confirm(request: Request, city: CityNow, batch_id: BatchId, body: Body) -> Response:
    """Write the batch: all of it or nothing; many rows are written by a worker (202)."""
    require_known(request, ())
    refuse_strange(body, ("edit",))
    edit = edit_of(members(body, "edit"))
    batch = imports.look_up(city, batch_id)
    most = desk_of(request).limits.background_rows
    if batch.precheck is not None and batch.precheck.rows > most:
        wanted = {"batch": batch_id, "edit": dict(edit_arguments(edit))}
        return _queued(request, batch, submit(city, "import-confirm", wanted))
    done = imports.confirm(city, batch_id, edit)
    counts = {"created": done.created, "changed": done.changed, "already": done.already}
    return _answer(request, done.batch, 200, **counts)


@router.post("/{batch_id}/undo", summary="撤销批次", openapi_extra=_WHO)
def undo(request: Request, city: CityNow, batch_id: BatchId, body: Body) -> Response:
    """Take a confirmed batch back; refused where records were edited since."""
    require_known(request, ())
    refuse_strange(body, ("edit",))
    done = imports.undo(city, batch_id, edit_of(members(body, "edit")))
    told = {"batch": batch_id, "taken_back": done.taken_back, "put_back": done.put_back}
    return Response(orjson.dumps(told), media_type="application/json")


@router.delete("/{batch_id}", status_code=204, summary="丢弃上传")
def discard(request: Request, city: CityNow, batch_id: BatchId) -> Response:
    """Throw an upload away; what was confirmed stays in the store."""
    require_known(request, ())
    imports.discard(city, batch_id)
    return Response(status_code=204)
