"""The rules on names over HTTP: romanise, check, procedure, texts, the audit of the register."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.domain.fields import Fields
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.context import CityNow, desk_of
from civgeo.http.limiter import heavy_work
from civgeo.http.map_pages import map_answer, static_url
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.http.writing import Body
from civgeo.services.name_conflicts import (
    REGISTER_CHECK_KEYS,
    conflicts_chart,
    register_answer,
    register_check,
)
from civgeo.services.name_register import register_audit, register_texts
from civgeo.services.naming_audit import audit_lists, audit_workbook
from civgeo.services.own_material import own_guide, own_procedures
from civgeo.services.rule_answers import (
    PROCEDURE_KEYS,
    ROMANISATION_KEYS,
    lists_document,
    procedure_answer,
    romanisation_answer,
)

__all__ = ["router"]

router = APIRouter(prefix="/place-names", tags=["地名规则"], dependencies=[MAY_WRITE])

LONGEST_TEXT = 200_000
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
    return _json(procedure_answer(fields, own_procedures(city.store.file.parent), city.today))


@router.post("/check", summary="拟用地名与本库地名核对", response_class=Response)
def check(
    request: Request,
    city: CityNow,
    body: Body,
    f: Annotated[
        str | None, Query(pattern="^(json|html)$", description="json，或 html 为冲突地名的地图")
    ] = None,
) -> Response:
    """Findings of a name against the register and the lists, or a map of what conflicts."""
    require_known(request, ("f",))
    form = negotiate(request, (Format.JSON, Format.HTML))
    found = register_check(city, Fields(body, REGISTER_CHECK_KEYS))
    if form is Format.JSON:
        return _json(register_answer(found))
    with heavy_work():
        chart = conflicts_chart(city, [found], public_number=desk_of(request).public_number)
        text = chart.to_self_hosted(static_url(request))
    return map_answer(text)


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
    lists = lists_document([own_guide(city.store.file.parent).lists.variants_info])
    return _json({"findings": told, **lists})


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
        guide = own_guide(city.store.file.parent)
        found = register_audit(city, on=day, division=division, guide=guide)
        if f == "xlsx":
            with city.store.read() as reading:
                simulated = reading.register().simulated
            content = audit_workbook(found, guide, simulated=simulated)
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
            **lists_document(audit_lists(guide)),
        }
    )


def _json(body: object) -> Response:
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(content, media_type="application/json")
