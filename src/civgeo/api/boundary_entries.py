"""Entries and lists of the boundary office over HTTP. For officers only."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.boundary_examples import ENTRY, body
from civgeo.api.history import record_history
from civgeo.api.links import address
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.given import day_in, flag_in, json_answer, number_in, text_in
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.nested import nested_properties
from civgeo.http.preconditions import expected_version
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body, JsonObject, edit_of, members, refuse_strange, version_of
from civgeo.services import boundary_checks, boundary_entries, round_lists
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.store.tables import Collection

__all__ = ["router"]

router = APIRouter(prefix="/boundaries", tags=["界线登记"], dependencies=[MAY_WRITE])

Register = Annotated[
    str,
    Path(
        description="boundary_lines、boundary_points、boundary_markers、tri_junctions、"
        "boundary_archives"
    ),
]
EntryId = Annotated[str, Path(description="登记编号")]
ListName = Literal["boundary_disputes", "yearly_checks", "boundary_archives"]


@router.post(
    "/registers/{register}",
    status_code=201,
    summary="登记界线、界址点、界桩、三交点、档案",
    openapi_extra=body(ENTRY),
)
def enter(request: Request, city: CityNow, register: Register, body: Body) -> Response:
    """Enter one; what follows from it is worked out."""
    require_known(request, ())
    refuse_strange(body, ("properties", "geometry", "edit"))
    collection = boundary_entries.entry_collection(register)
    given = nested_properties(body, collection.value)
    saved = boundary_entries.enter(city, collection, given, edit_of(members(body, "edit")))
    answer = _shown(city, collection, saved.id)
    answer.status_code = 201
    place = address(request, "boundaries", "registers", collection.value, saved.id)
    answer.headers["Location"] = place
    return answer


@router.get("/registers/{register}/{entry_id}", summary="一条登记的全部内容（含不公开的）")
def entry(request: Request, city: CityNow, register: Register, entry_id: EntryId) -> Response:
    """One entry, public or not, closed or not."""
    require_known(request, ())
    return _shown(city, boundary_entries.entry_collection(register), entry_id)


@router.get("/registers/{register}/{entry_id}/history", summary="一条登记的各版与逐项差别")
def history(request: Request, city: CityNow, register: Register, entry_id: EntryId) -> Response:
    """Versions of an entry."""
    collection = boundary_entries.entry_collection(register)
    return record_history(request, city, collection, entry_id)


@router.post(
    "/registers/{register}/{entry_id}/corrections",
    summary="更正；已登记的界桩位置须办界桩变动，抄录有误的写 clerical",
)
def correct(
    request: Request, city: CityNow, register: Register, entry_id: EntryId, body: Body
) -> Response:
    """Correct an entry; a line's new course renews the places of its markers."""
    require_known(request, ())
    refuse_strange(body, ("properties", "geometry", "clerical", "edit"))
    collection = boundary_entries.entry_collection(register)
    edit = members(body, "edit")
    boundary_entries.correct_entry(
        city,
        collection,
        entry_id,
        nested_properties(body, collection.value),
        edit_of(edit),
        expected_version(request, version_of(edit)),
        clerical=_clerical(body, edit),
    )
    return _shown(city, collection, entry_id)


@router.post("/registers/{register}/{entry_id}/closings", summary="注销；界桩须办废弃")
def close(
    request: Request, city: CityNow, register: Register, entry_id: EntryId, body: Body
) -> Response:
    """End an entry from ``edit.valid_from`` on, by default today."""
    require_known(request, ())
    refuse_strange(body, ("clerical", "edit"))
    collection = boundary_entries.entry_collection(register)
    edit = members(body, "edit")
    boundary_entries.close_entry(
        city,
        collection,
        entry_id,
        edit_of(edit, default_day=city.today),
        expected_version(request, version_of(edit)),
        clerical=_clerical(body, edit),
    )
    return _shown(city, collection, entry_id)


@router.post("/registers/{register}/{entry_id}/restorations", summary="恢复已注销的，或以前的一版")
def restore(
    request: Request, city: CityNow, register: Register, entry_id: EntryId, body: Body
) -> Response:
    """Let an entry exist again, or an earlier version hold again."""
    require_known(request, ())
    refuse_strange(body, ("of_version", "clerical", "edit"))
    collection = boundary_entries.entry_collection(register)
    edit = members(body, "edit")
    boundary_entries.restore_entry(
        city,
        collection,
        entry_id,
        edit_of(edit),
        expected_version(request, version_of(edit)),
        of_version=number_in(body, "of_version"),
        clerical=_clerical(body, edit),
    )
    return _shown(city, collection, entry_id)


def _clerical(body: JsonObject, edit: JsonObject) -> bool:
    """Whether the edit is clerical; then it must name its document."""
    clerical = flag_in(body, "clerical")
    if clerical and not text_in(edit, "document").strip():
        text = "文字更正（clerical）必须在 edit.document 写明依据文件"
        raise InvalidInput(text, code="missing_key")
    return clerical


def _shown(city: City, collection: Collection, id: str) -> Response:
    content, version = boundary_entries.entry_content(city, collection, id)
    return json_answer(content, version)


@router.get(
    "/lists/{register}",
    summary="边界争议、年度检查、乡级档案移交的清单",
    responses={200: {"content": {Format.XLSX.media_type: {}}}},
)
def listed(
    request: Request,
    city: CityNow,
    register: Annotated[ListName, Path(description="登记表")],
    line: Annotated[str | None, Query(description="界线代码或名称")] = None,
    year: Annotated[int | None, Query(ge=2000, description="年度（年度检查）")] = None,
    f: Annotated[Literal["json", "xlsx"] | None, Query(description="返回格式")] = None,
) -> Response:
    """One list with its totals."""
    require_known(request, ("line", "year", "f"))
    found = round_lists.boundary_list(city, register, line=line, year=year)
    if negotiate(request, (Format.JSON, Format.XLSX)) is Format.XLSX:
        name = f'attachment; filename="{register}.xlsx"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        content = round_lists.boundary_list_workbook(found)
        return Response(content, media_type=Format.XLSX.media_type, headers=headers)
    return json_answer(round_lists.boundary_list_document(found))


@router.post("/disputes", status_code=201, summary="登记一处边界争议")
def enter_dispute(request: Request, city: CityNow, body: Body) -> Response:
    """Enter a dispute."""
    require_known(request, ())
    refuse_strange(body, ("properties", "edit"))
    given = nested_properties(body, "boundary_disputes")
    saved = boundary_checks.enter_dispute(city, given, edit_of(members(body, "edit")))
    return _saved(saved, 201)


@router.patch("/disputes/{entry_id}", summary="更新争议的进度与结果")
def correct_dispute(request: Request, city: CityNow, entry_id: EntryId, body: Body) -> Response:
    """Change a dispute."""
    require_known(request, ())
    refuse_strange(body, ("properties", "edit"))
    edit = members(body, "edit")
    given = nested_properties(body, "boundary_disputes")
    seen = expected_version(request, version_of(edit))
    return _saved(boundary_checks.correct_dispute(city, entry_id, given, edit_of(edit), seen))


@router.post("/yearly-checks", summary="为每条界线建立一个年度的平安边界检查表")
def start_checks(request: Request, city: CityNow, body: Body) -> Response:
    """Enter the checks of a year; asked twice it changes nothing."""
    require_known(request, ())
    refuse_strange(body, ("year", "edit"))
    year = number_in(body, "year") or city.today.year
    made, kept = boundary_checks.start_checks(city, year, edit_of(members(body, "edit")))
    return json_answer({"year": year, "entered": made, "kept": kept})


@router.patch("/yearly-checks/{entry_id}", summary="填写一条界线的年度检查")
def answer_check(request: Request, city: CityNow, entry_id: EntryId, body: Body) -> Response:
    """Record the answers of a check."""
    require_known(request, ())
    refuse_strange(body, ("items", "checked_on", "checked_by", "remark", "edit"))
    items = body.get("items", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidInput("items 应为检查项目的列表", code="bad_type")
    edit = members(body, "edit")
    saved = boundary_checks.answer_check(
        city,
        entry_id,
        items,
        edit_of(edit),
        expected_version(request, version_of(edit)),
        checked_on=day_in(body, "checked_on") or city.today,
        checked_by=text_in(body, "checked_by"),
        remark=text_in(body, "remark"),
    )
    return _saved(saved)


def _saved(saved: Saved, status: int = 200) -> Response:
    answer = json_answer({"id": saved.id, "version": saved.version}, saved.version)
    answer.status_code = status
    return answer
