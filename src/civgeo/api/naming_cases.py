"""Naming cases over HTTP: propose, check, decide, file, announce, publish. For officers only."""

from collections.abc import Mapping
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from civgeo.api.history import record_history
from civgeo.api.links import address
from civgeo.domain.name_case import CaseState
from civgeo.domain.naming_words import Links
from civgeo.domain.procedure_rule import Level
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.nested import nested_properties
from civgeo.http.preconditions import expected_version, version_tag
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body, JsonObject, edit_of, members, refuse_strange, version_of
from civgeo.services import case_opening, name_cases
from civgeo.services.case_document import case_document, check_document, deed, overdue_document
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.store.tables import Collection

__all__ = ["router"]

router = APIRouter(prefix="/place-names", tags=["地名办理"], dependencies=[MAY_WRITE])

CaseId = Annotated[str, Path(description="案卷编号")]
PlaceId = Annotated[str, Path(description="地名条目编号")]
_OPENING = ("properties", "geometry", "reason", "level", "sector", "edit")
_DEED = ("on", "number", "dated", "title", "approver", "reason")


@router.post("/cases", status_code=201, summary="拟一个新地名（草拟案卷）")
def open_naming(request: Request, city: CityNow, body: Body) -> Response:
    """Open the case of a new name."""
    require_known(request, ())
    refuse_strange(body, _OPENING)
    saved = case_opening.open_naming(
        city,
        nested_properties(body, "place_names"),
        edit_of(members(body, "edit")),
        reason=_text(body, "reason"),
        level=_level(body),
        sector=_text(body, "sector"),
    )
    return _answer(request, city, saved, created=True)


@router.post("/{place_id}/renamings", status_code=201, summary="拟更名（草拟案卷）")
def open_renaming(request: Request, city: CityNow, place_id: PlaceId, body: Body) -> Response:
    """Open the case of another name; ``If-Match`` says which version of the entry was seen."""
    require_known(request, ())
    refuse_strange(body, _OPENING)
    edit = members(body, "edit")
    saved = case_opening.open_renaming(
        city,
        place_id,
        nested_properties(body, "place_names"),
        edit_of(edit),
        expected_version(request, version_of(edit)),
        reason=_text(body, "reason"),
        level=_level(body),
    )
    return _answer(request, city, saved, created=True)


@router.post("/{place_id}/retirings", status_code=201, summary="拟注销（草拟案卷）")
def open_retiring(request: Request, city: CityNow, place_id: PlaceId, body: Body) -> Response:
    """Open the case of a name that ends."""
    require_known(request, ())
    refuse_strange(body, ("reason", "level", "edit"))
    edit = members(body, "edit")
    saved = case_opening.open_retiring(
        city,
        place_id,
        edit_of(edit),
        expected_version(request, version_of(edit)),
        reason=_text(body, "reason"),
        level=_level(body),
    )
    return _answer(request, city, saved, created=True)


@router.get("/cases", summary="案卷清单")
def cases(
    request: Request,
    city: CityNow,
    state: Annotated[str | None, Query(description="办理状态，如 draft、approved")] = None,
    division: Annotated[str | None, Query(description="所在区划代码")] = None,
) -> Response:
    """Cases in the order in which they were opened."""
    require_known(request, ("state", "division"))
    found = name_cases.cases(
        city, state=CaseState.named(state, "state") if state else None, division=division
    )
    return _json({"cases": [case_document(file, city.today) for file in found]})


@router.get("/cases/overdue", summary="逾期未办的步骤")
def overdue(request: Request, city: CityNow) -> Response:
    """Filings and announcements whose last day is past."""
    require_known(request, ())
    found = overdue_document(city, name_cases.cases(city))
    return _json({"today": city.today, "overdue": found})


@router.get("/cases/{case_id}", summary="一个案卷")
def case(request: Request, city: CityNow, case_id: CaseId) -> Response:
    """One case with its open steps, materials, terms and lateness."""
    require_known(request, ())
    return _shown(city, case_id)


@router.get("/cases/{case_id}/history", summary="案卷办理经过：每一步何人、何时、依据什么")
def history(request: Request, city: CityNow, case_id: CaseId) -> Response:
    """Versions of a case, who recorded them, and what differs."""
    return record_history(request, city, Collection.NAME_CASES, case_id)


@router.patch("/cases/{case_id}", summary="修改草拟内容")
def redraft(request: Request, city: CityNow, case_id: CaseId, body: Body) -> Response:
    """Change the proposal; a checked or returned case becomes a draft again."""
    require_known(request, ())
    refuse_strange(body, ("properties", "geometry", "reason", "edit"))
    edit = members(body, "edit")
    name_cases.redraft(
        city,
        case_id,
        nested_properties(body, "place_names"),
        edit_of(edit),
        expected_version(request, version_of(edit)),
        reason=_text(body, "reason") if "reason" in body else None,
    )
    return _shown(city, case_id)


@router.post("/cases/{case_id}/check", summary="按命名规则审核")
def check(request: Request, city: CityNow, case_id: CaseId, body: Body) -> Response:
    """Check the proposed name; it goes on only when nothing forbids it."""
    require_known(request, ())
    refuse_strange(body, ("justification", "person_link", "enterprise_link", "reason", "edit"))
    edit = members(body, "edit")
    links = Links(_flag(body, "person_link"), _flag(body, "enterprise_link"), _text(body, "reason"))
    _, found = name_cases.check_case(
        city,
        case_id,
        edit_of(edit),
        expected_version(request, version_of(edit)),
        justification=_text(body, "justification"),
        links=links,
    )
    return _shown(city, case_id, {"check": check_document(found)})


@router.put("/cases/{case_id}/materials", summary="勾选申请材料")
def materials(request: Request, city: CityNow, case_id: CaseId, body: Body) -> Response:
    """Tick exactly the materials that are there."""
    require_known(request, ())
    refuse_strange(body, ("materials", "edit"))
    ticked = body.get("materials")
    if not isinstance(ticked, list) or not all(isinstance(item, str) for item in ticked):
        raise InvalidInput("materials 应为材料代码的列表", code="bad_type")
    edit = members(body, "edit")
    name_cases.tick_materials(
        city,
        case_id,
        frozenset(ticked),
        edit_of(edit),
        expected_version(request, version_of(edit)),
    )
    return _shown(city, case_id)


@router.post("/cases/{case_id}/steps/{step}", summary="记录一步：报批、批准、备案、公告、发布等")
def take_step(
    request: Request,
    city: CityNow,
    case_id: CaseId,
    step: Annotated[str, Path(description="submission、approval、filing、announcement 等")],
    body: Body,
) -> Response:
    """Record a step that was taken; publication changes the gazetteer."""
    require_known(request, ())
    refuse_strange(body, (*_DEED, "entry_version", "edit"))
    given = {name: _text(body, name) or None for name in _DEED}
    edit = members(body, "edit")
    name_cases.take_step(
        city,
        case_id,
        deed(step, given, city.today),
        edit_of(edit),
        expected_version(request, version_of(edit)),
        entry_version=_whole(body, "entry_version"),
    )
    return _shown(city, case_id)


def _answer(request: Request, city: City, saved: Saved, *, created: bool) -> Response:
    answer = _shown(city, saved.id)
    if created:
        answer.status_code = 201
        answer.headers["Location"] = address(request, "place-names", "cases", saved.id)
    return answer


def _shown(city: City, id: str, more: Mapping[str, object] | None = None) -> Response:
    file = name_cases.case_file(city, id)
    answer = _json({**case_document(file, city.today), **(more or {})})
    answer.headers["ETag"] = version_tag(file.version, bytes(answer.body))
    return answer


def _json(body: object) -> Response:
    return Response(
        orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 4_000:
        raise InvalidInput(f"{name} 应为不超过 4000 个字的文字", code="bad_type")
    return value


def _flag(body: JsonObject, name: str) -> bool | None:
    value = body.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise InvalidInput(f"{name} 应为 true 或 false", code="bad_type")


def _whole(body: JsonObject, name: str) -> int | None:
    value = body.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidInput(f"{name} 应为整数", code="bad_type")


def _level(body: JsonObject) -> Level | None:
    text = _text(body, "level")
    return Level.named(text, "level") if text else None
