"""The officers' page for imports: upload, pre-check, errors by row, confirm, undo.

Works without JavaScript. Every step posts the write token in the form, so that no page of another
site can post in an officer's name; there is no session yet. What a batch holds is shown only in
answer to a post with the token, and never kept by the browser.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from civgeo.assets.translation import translate as _
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow, Language, desk_of, is_simulated, speak
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.http.token import require_token
from civgeo.http.uploads import refuse_length
from civgeo.http.writing import edit_of
from civgeo.services import imports, jobs
from civgeo.services.city import City
from civgeo.services.import_batches import Batch, ImportRequest, upload_place
from civgeo.services.import_kinds import KINDS
from civgeo.services.import_outputs import errors_table
from civgeo.services.import_report import ACTIONS_ZH, facts_rows, finding_rows, recorded_document

__all__ = ["router"]

router = APIRouter(include_in_schema=False, prefix="/ui/imports")

MOST_FINDINGS = 200
_NO_STORE = {"Cache-Control": "no-store"}


@router.get("")
def front(request: Request, city: CityNow, lang: Language = None) -> Response:
    """Upload form, and the batches in the history."""
    require_known(request, ("lang",))
    return _front(request, city)


def _front(request: Request, city: City, told: str = "") -> Response:
    found = [recorded_document(batch) for batch in imports.imports(city)]
    return page(
        request,
        "imports.html",
        lang=speak(request),
        simulated=is_simulated(city),
        kinds=[(name, kind.title) for name, kind in KINDS.items()],
        recorded=found,
        titles={name: kind.title for name, kind in KINDS.items()},
        told=told,
        open=bool(desk_of(request).write_token),
    )


@router.post("")
async def upload(request: Request, city: CityNow) -> Response:
    """Take a file in, and show the pre-check."""
    refuse_length(request)
    if not desk_of(request).write_token:
        require_token(request, "")
    place = upload_place(desk_of(request).store)
    try:
        async with request.form(max_files=1, max_fields=20) as form:
            require_token(request, _text(form, "token"))
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise InvalidInput(_("请先选择要导入的文件"), code="no_file")
            with place.open("wb") as target:
                while chunk := await file.read(1 << 20):
                    target.write(chunk)
            wanted, kind, name = _request(form), _text(form, "kind"), file.filename
            token = _text(form, "token")
        return await run_in_threadpool(_taken, request, city, place, kind, wanted, name, token)
    finally:
        place.unlink(missing_ok=True)


def _taken(
    request: Request,
    city: City,
    place: Path,
    kind: str,
    wanted: ImportRequest,
    name: str,
    token: str,
) -> Response:
    if place.stat().st_size <= desk_of(request).limits.background_bytes:
        return _batch_page(
            request, city, imports.stage(city, place, kind, wanted, file_name=name), token
        )
    batch = imports.receive(city, place, kind, wanted, file_name=name)
    job = jobs.submit(city, "import-check", {"batch": batch.id})
    return _batch_page(request, city, batch, token, job=job)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _request(form: FormData) -> ImportRequest:
    columns = {
        key.removeprefix("column:"): value
        for key, value in form.multi_items()
        if key.startswith("column:") and isinstance(value, str) and value != "-"
    }
    constant = _text(form, "constant_name")
    row = _text(form, "header_row")
    if row and not (row.isascii() and row.isdigit() and int(row) > 0):
        raise InvalidInput(_("表头行号应为正整数"), code="bad_value")
    return ImportRequest(
        layer=_text(form, "layer") or None,
        encoding=_text(form, "encoding") or None,
        header_row=int(row) if row else None,
        crs=_text(form, "crs") or None,
        columns=columns,
        constants={constant: _text(form, "constant_value")} if constant else {},
    )


@router.post("/{batch_id}")
async def again(request: Request, city: CityNow, batch_id: str) -> Response:
    """Show a batch as it stands, or pre-check it with another request."""
    form = await _form(request)
    token = _text(form, "token")
    if _text(form, "look"):
        batch = await run_in_threadpool(imports.look_up, city, batch_id)
    else:
        wanted = _request(form)
        batch = await run_in_threadpool(imports.examine, city, batch_id, wanted)
    return await run_in_threadpool(_batch_page, request, city, batch, token, job=_text(form, "job"))


async def _form(request: Request) -> FormData:
    """Fields of a form without files, when it holds the token."""
    refuse_length(request)
    async with request.form(max_files=0, max_fields=500) as form:
        require_token(request, _text(form, "token"))
        return form


def _batch_page(
    request: Request, city: City, batch: Batch, token: str, *, told: str = "", job: str = ""
) -> Response:
    found = batch.precheck
    findings = found.findings if found else ()
    kind = KINDS[batch.kind]
    answer = page(
        request,
        "import_batch.html",
        lang=speak(request),
        simulated=is_simulated(city),
        batch=batch,
        found=found,
        facts=facts_rows(batch),
        findings=finding_rows(findings[:MOST_FINDINGS]),
        left_out=max(0, len(findings) - MOST_FINDINGS),
        actions=ACTIONS_ZH,
        properties=[(item.name, item.title) for item in kind.properties],
        headers=_headers(batch),
        token=token,
        told=told,
        job=jobs.book_of(city).get(job) if job else None,
    )
    answer.headers.update(_NO_STORE)
    return answer


def _headers(batch: Batch) -> Mapping[str, str]:
    """Headers of the file with the property that each stands for, empty for none."""
    found = batch.precheck
    if found is None:
        return {}
    return {**found.mapping, **dict.fromkeys(found.unmatched, "")}


@router.post("/{batch_id}/confirm")
async def confirm(request: Request, city: CityNow, batch_id: str) -> Response:
    """Write the batch."""
    form = await _form(request)
    token, edit = _text(form, "token"), edit_of(_edit(form))

    def work() -> Response:
        batch = imports.look_up(city, batch_id)
        most = desk_of(request).limits.background_rows
        if batch.precheck is not None and batch.precheck.rows > most:
            arguments = {"batch": batch_id, "edit": dict(jobs.edit_arguments(edit))}
            job = jobs.submit(city, "import-confirm", arguments)
            return _batch_page(request, city, batch, token, job=job)
        done = imports.confirm(city, batch_id, edit)
        told = f"已导入：新增 {done.created} 条，更改 {done.changed} 条。"
        return _batch_page(request, city, done.batch, token, told=told)

    return await run_in_threadpool(work)


def _edit(form: FormData) -> dict[str, object]:
    names = ("actor", "document", "document_date", "valid_from")
    return {name: text for name in names if (text := _text(form, name))}


@router.post("/{batch_id}/undo")
async def undo(request: Request, city: CityNow, batch_id: str) -> Response:
    """Take a batch back."""
    form = await _form(request)
    edit = edit_of(_edit(form))
    done = await run_in_threadpool(imports.undo, city, batch_id, edit)
    told = f"已撤销批次 {batch_id}：收回 {done.taken_back} 条，恢复原样 {done.put_back} 条。"
    return await run_in_threadpool(_front, request, city, told)


@router.post("/{batch_id}/errors")
async def errors(request: Request, city: CityNow, batch_id: str) -> Response:
    """The table as it came with one more column, to be saved."""
    await _form(request)
    table = await run_in_threadpool(errors_table, city, batch_id)
    name = f"attachment; filename*=UTF-8''{quote(table.file_name)}"
    headers = {"Content-Disposition": name, **_NO_STORE}
    return Response(table.content, 200, headers, table.media_type)


@router.post("/{batch_id}/discard")
async def discard(request: Request, city: CityNow, batch_id: str) -> Response:
    """Throw an upload away."""
    await _form(request)
    await run_in_threadpool(imports.discard, city, batch_id)
    return await run_in_threadpool(_front, request, city, _("上传已丢弃。"))
