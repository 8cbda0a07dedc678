"""Works on markers and changes of divisions over HTTP, step by step. For officers only."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.boundary_examples import APPROVAL, CHANGE, STEP, WORK, body
from civgeo.api.links import address
from civgeo.domain.division_change import ChangeDraft, NewDivision
from civgeo.domain.marker_work import WorkStep
from civgeo.domain.round_forms import ChangeKind, WorkKind, WorkState
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.given import day_in, json_answer, needed_text, text_in, texts_in
from civgeo.http.nested import nested_properties
from civgeo.http.preconditions import expected_version
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body, JsonObject, edit_of, members, refuse_strange, version_of
from civgeo.services import division_changes, marker_works
from civgeo.services.city import City

__all__ = ["router"]

router = APIRouter(prefix="/boundaries", tags=["界桩变动与区划变更"], dependencies=[MAY_WRITE])

WorkId = Annotated[str, Path(description="界桩变动编号")]
ChangeId = Annotated[str, Path(description="区划变更编号")]
_WORK = ("kind", "cause", "marker", "properties", "geometry", "responsible", "on", "due", "edit")
_CHANGE = ("kind", "name", "before", "after", "reason", "edit")
_EDIT_ONLY = ("edit",)


@router.get("/works", summary="界桩变动与下一步")
def works(
    request: Request,
    city: CityNow,
    state: Annotated[str | None, Query(description="办理状态，如 proposed、done")] = None,
    line: Annotated[str | None, Query(description="界线代码")] = None,
) -> Response:
    """Works in the order in which they were opened."""
    require_known(request, ("state", "line"))
    reached = WorkState.named(state, "state") if state else None
    return json_answer({"works": marker_works.work_documents(city, state=reached, line=line)})


@router.post(
    "/works", status_code=201, summary="提出修复、移动、增设、废弃等", openapi_extra=body(WORK)
)
def open_work(request: Request, city: CityNow, body: Body) -> Response:
    """Open works on a marker; the register stays as it is."""
    require_known(request, ())
    refuse_strange(body, _WORK)
    proposal = marker_works.Proposal(
        WorkKind.named(needed_text(body, "kind"), "kind"),
        needed_text(body, "cause"),
        text_in(body, "marker") or None,
        nested_properties(body, "boundary_markers"),
        text_in(body, "responsible") or None,
        day_in(body, "on"),
        day_in(body, "due"),
    )
    saved = marker_works.open_work(city, proposal, edit_of(members(body, "edit")))
    answer = _work(city, saved.id)
    return _created(answer, address(request, "boundaries", "works", saved.id))


@router.get("/works/{work_id}", summary="一件界桩变动：已办步骤、下一步、须到场各方与依据")
def work(request: Request, city: CityNow, work_id: WorkId) -> Response:
    """One case of works."""
    require_known(request, ())
    return _work(city, work_id)


@router.post(
    "/works/{work_id}/steps/{step}",
    summary="记录一步，不能跳过；最后一步改写界桩登记",
    openapi_extra=body(STEP),
)
def take_step(
    request: Request,
    city: CityNow,
    work_id: WorkId,
    step: Annotated[str, Path(description="agreed、surveyed、done、archived、filed、withdrawn")],
    body: Body,
) -> Response:
    """Record a step; ``withdrawn`` gives the works up before the work on the ground."""
    require_known(request, ())
    refuse_strange(body, ("on", "document", "present", "by", "edit"))
    edit = members(body, "edit")
    who = edit_of(edit)
    state = WorkState.named(step, "step")
    taken = WorkStep(
        state,
        day_in(body, "on") or city.today,
        text_in(body, "document"),
        texts_in(body, "present"),
        text_in(body, "by") or who.actor,
    )
    use_case = marker_works.step_work
    if state is WorkState.WITHDRAWN:
        use_case = marker_works.withdraw_work
    use_case(city, work_id, taken, who, expected_version(request, version_of(edit)))
    return _work(city, work_id)


@router.get("/division-changes", summary="区划变更")
def changes(request: Request, city: CityNow) -> Response:
    """Changes in the order in which they were drafted."""
    require_known(request, ())
    found = division_changes.changes(city)
    return json_answer({"changes": [division_changes.change_document(item) for item in found]})


@router.post(
    "/division-changes",
    status_code=201,
    summary="草拟区划变更，列出涉及事项",
    openapi_extra=body(CHANGE),
)
def open_change(request: Request, city: CityNow, body: Body) -> Response:
    """Draft a change; nothing else is written."""
    require_known(request, ())
    refuse_strange(body, _CHANGE)
    draft = ChangeDraft(
        ChangeKind.named(needed_text(body, "kind"), "kind"),
        texts_in(body, "before"),
        tuple(_division(item) for item in _objects(body, "after")),
    )
    saved = division_changes.open_change(
        city,
        needed_text(body, "name"),
        draft,
        edit_of(members(body, "edit")),
        reason=text_in(body, "reason"),
    )
    answer = _change(city, saved.id)
    return _created(answer, address(request, "boundaries", "division-changes", saved.id))


def _objects(body: JsonObject, name: str) -> list[Mapping[str, object]]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InvalidInput(f"{name} 应为对象的列表，每个有 name 与 code", code="bad_type")
    return value


def _division(item: Mapping[str, object]) -> NewDivision:
    refuse_strange(item, ("name", "code"), "after")
    return NewDivision(text_in(item, "name"), text_in(item, "code") or None)


@router.get("/division-changes/{change_id}", summary="一件区划变更与其涉及事项")
def change(request: Request, city: CityNow, change_id: ChangeId) -> Response:
    """One change with its effects."""
    require_known(request, ())
    return _change(city, change_id)


@router.post("/division-changes/{change_id}/effects", summary="按今天的登记重算涉及事项")
def effects(request: Request, city: CityNow, change_id: ChangeId, body: Body) -> Response:
    """Work the effects out again."""
    edit = _edit_alone(request, body)
    seen = expected_version(request, version_of(edit))
    division_changes.renew_effects(city, change_id, edit_of(edit), seen)
    return _change(city, change_id)


@router.post(
    "/division-changes/{change_id}/approval",
    summary="记录批准，指定须重新勘定的界线",
    openapi_extra=body(APPROVAL),
)
def approve(request: Request, city: CityNow, change_id: ChangeId, body: Body) -> Response:
    """Record the approval; the lines that are named become lines to demarcate."""
    require_known(request, ())
    refuse_strange(body, ("on", "number", "lines", "edit"))
    edit = members(body, "edit")
    approval = division_changes.Approval(
        day_in(body, "on") or city.today, needed_text(body, "number"), texts_in(body, "lines")
    )
    seen = expected_version(request, version_of(edit))
    division_changes.approve_change(city, change_id, approval, edit_of(edit), seen)
    return _change(city, change_id)


@router.post("/division-changes/{change_id}/completion", summary="记录变更已完成")
def finish(request: Request, city: CityNow, change_id: ChangeId, body: Body) -> Response:
    """Record that a change is carried out."""
    edit = _edit_alone(request, body)
    seen = expected_version(request, version_of(edit))
    division_changes.finish_change(city, change_id, edit_of(edit), seen)
    return _change(city, change_id)


@router.post("/division-changes/{change_id}/withdrawal", summary="撤回草案")
def withdraw(request: Request, city: CityNow, change_id: ChangeId, body: Body) -> Response:
    """Give a draft up."""
    edit = _edit_alone(request, body)
    seen = expected_version(request, version_of(edit))
    division_changes.withdraw_change(city, change_id, edit_of(edit), seen)
    return _change(city, change_id)


def _edit_alone(request: Request, body: JsonObject) -> JsonObject:
    require_known(request, ())
    refuse_strange(body, _EDIT_ONLY)
    return members(body, "edit")


def _created(answer: Response, place: str) -> Response:
    answer.status_code = 201
    answer.headers["Location"] = place
    return answer


def _work(city: City, id: str) -> Response:
    found = marker_works.one_work_document(city, id)
    return json_answer(found, int(str(found["version"])))


def _change(city: City, id: str) -> Response:
    file = division_changes.change_file(city, id)
    return json_answer(division_changes.change_document(file), file.version)
