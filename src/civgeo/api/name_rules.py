"""The rules on names over HTTP: romanise, check, procedure, texts, the audit of the register."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.domain.fields import Fields
from civgeo.domain.naming_words import Links
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow
from civgeo.http.limiter import heavy_work
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body, JsonObject
from civgeo.services.case_document import check_document
from civgeo.services.name_check import check_in_register
from civgeo.services.name_register import register_audit, register_texts
from civgeo.services.naming_audit import audit_workbook
from civgeo.services.naming_lists import naming_guide
from civgeo.services.naming_procedures import naming_procedures
from civgeo.services.rule_answers import (
    PROCEDURE_KEYS,
    ROMANISATION_KEYS,
    procedure_answer,
    romanisation_answer,
)
from civgeo.store.editing import ChangedValue

__all__ = ["router"]

router = APIRouter(prefix="/place-names", tags=["地名规则"], dependencies=[MAY_WRITE])

LONGEST_TEXT = 200_000
_PLACE = ("name", "kind", "division", "builtup_area", "famous", "reading")
_CHECK = frozenset((*_PLACE, "person_link", "enterprise_link", "reason", "on", "apart_from"))
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("/romanize", summary="拼写一个地名")
def romanize(request: Request, body: Body) -> Response:
    """Romanised form of a name, as ``civgeo names romanize`` gives it."""
    require_known(request, ())
    return _json(romanisation_answer(Fields(body, ROMANISATION_KEYS)))


@router.post("/procedure", summary="批准、备案、公告的程序与期限")
def procedure(request: Request, city: CityNow, body: Body) -> Response:
    """Procedure of a name, as ``civgeo names procedure`` gives it."""
    require_known(request, ())
    fields = Fields(body, PROCEDURE_KEYS)
    return _json(procedure_answer(fields, naming_procedures(), city.today))


@router.post("/check", summary="拟用地名与本库地名核对")
def check(request: Request, city: CityNow, body: Body) -> Response:
    """Findings of a name against the register and the lists."""
    require_known(request, ())
    fields = Fields(body, _CHECK)
    for key in ("name", "kind", "division"):
        fields.text(key)
    values: dict[str, ChangedValue] = {key: _value(body, key) for key in _PLACE}
    reason = fields.text("reason") if fields.has("reason") else ""
    links = Links(_flag(body, "person_link"), _flag(body, "enterprise_link"), reason)
    found = check_in_register(
        city,
        values,
        on=fields.day("on", city.today),
        apart_from=fields.text("apart_from") if fields.has("apart_from") else None,
        links=links,
    )
    return _json({"status": "ok" if found.assessed else "not_assessed", **check_document(found)})


@router.post("/text", summary="查出文稿中的不规范地名")
def text(request: Request, city: CityNow, body: Body) -> Response:
    """Names in a text that are not standard, with the standard ones beside."""
    require_known(request, ())
    given = Fields(body, frozenset({"text"})).text("text")
    if len(given) > LONGEST_TEXT:
        raise InvalidInput(f"文稿不超过 {LONGEST_TEXT:,} 个字", code="bad_value")
    with heavy_work():
        found = register_texts(city).findings(given)
    told = [
        {
            "start": each.start,
            "end": each.end,
            "line": each.line,
            "column": each.column,
            "found": each.found,
            "standard": list(each.standard),
            "reason": each.reason.value,
            "reason_zh": each.reason.label_zh,
            "certain": each.certain,
        }
        for each in found
    ]
    return _json({"findings": told})


@router.get("/audit", summary="全库地名核查", response_class=Response)
def audit(
    request: Request,
    city: CityNow,
    on: Annotated[str | None, Query(description="按哪一天的规定；默认今天")] = None,
    division: Annotated[str | None, Query(description="只查这一区划")] = None,
    f: Annotated[str, Query(pattern="^(json|xlsx)$", description="json 或 xlsx")] = "json",
) -> Response:
    """Every name of the register against the rules."""
    require_known(request, ("on", "division", "f"))
    day = None if on is None else parse_day(on, "on")
    with heavy_work():
        found = register_audit(city, on=day, division=division)
        if f == "xlsx":
            with city.store.read() as reading:
                simulated = reading.register().simulated
            content = audit_workbook(found, naming_guide(), simulated=simulated)
            disposition = {"Content-Disposition": 'attachment; filename="names-audit.xlsx"'}
            return Response(content, media_type=_SHEET, headers=disposition)
    rows = found.findings.astype(object).where(found.findings.notna(), None).to_dict("records")
    return _json(
        {
            "on": found.on,
            "edition": found.edition,
            "names": found.names,
            "unread": found.unread,
            "counts": found.counts("code", "severity").to_dict("records"),
            "findings": rows,
            "notes": list(found.notes),
        }
    )


def _value(body: JsonObject, key: str) -> ChangedValue:
    value = body.get(key)
    if value is None or isinstance(value, str | bool):
        return value
    raise InvalidInput(f"{key} 应为文字，收到 {str(value)[:40]!r}", code="bad_type")


def _flag(body: JsonObject, key: str) -> bool | None:
    value = body.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise InvalidInput(f"{key} 应为 true 或 false", code="bad_type")


def _json(body: object) -> Response:
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(content, media_type="application/json")
