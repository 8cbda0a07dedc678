"""Handover of estates' elder-care rooms: what is not handed over, and the rate by county."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.api.links import page_address
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.http.context import CityNow, Language, speak
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.services.city import City
from civgeo.services.handover import (
    STAGES,
    CountyHandover,
    Handover,
    Pending,
    handover,
    handover_spreadsheet,
)

__all__ = ["router"]

router = APIRouter(tags=["养老用房达标"])

LONGEST_TABLE = 200
FORMULA = "numerator ÷ denominator"


@router.get(
    "/coverage/handover",
    summary="小区养老服务用房的移交：未移交清单与各县区移交率",
    responses={200: {"content": {"text/html": {}, Format.XLSX.media_type: {}}}},
)
def handed_over(
    request: Request,
    city: CityNow,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    f: Annotated[Literal["json", "html", "xlsx"] | None, Query(description="返回格式")] = None,
    lang: Language = None,
) -> Response:
    """Estates whose rooms are not handed over, and the rate of each county."""
    require_known(request, ("division", "f", "lang"))
    match negotiate(request, (Format.JSON, Format.HTML, Format.XLSX)):
        case Format.XLSX:
            content = handover_spreadsheet(city, division=division)
            headers = {"Content-Disposition": 'attachment; filename="handover.xlsx"'}
            return Response(content, media_type=Format.XLSX.media_type, headers=headers)
        case Format.HTML:
            return _page(request, city, handover(city, division=division))
        case _:
            told = orjson.dumps(_told(handover(city, division=division)))
            return Response(told, media_type=Format.JSON.media_type, headers={"Vary": "Accept"})


def _told(found: Handover) -> dict[str, object]:
    return {
        "division": found.division,
        "on": found.on,
        "simulated": found.register.simulated,
        "sources": found.register.sources,
        "formula": FORMULA,
        "whole": _rate(found.whole),
        "counties": [_rate(county) for county in found.counties],
        "not_handed_over": [_pending(row) for row in found.pending],
    }


def _rate(row: CountyHandover) -> dict[str, object]:
    return {
        "code": row.code,
        "name": row.name,
        "numerator": row.handed_over,
        "denominator": row.known,
        "rate": None if row.rate is None else decimal_text(row.rate),
        "status": "undefined" if row.rate is None else "ok",
        "unknown": row.unknown,
        "stages": {stage.value: row.stages[place] for place, stage in enumerate(STAGES)},
    }


def _pending(row: Pending) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "county": row.county,
        "county_name": row.county_name,
        "division": row.division,
        "estate_class": row.estate_class.value,
        "stage": None if row.stage is None else row.stage.value,
        "completed_year": row.completed_year,
        "months_since_completion_at_least": row.months,
        "households": row.households,
    }


def _page(request: Request, city: City, found: Handover) -> Response:
    whole = found if found.division == found.register.city else handover(city)
    return page(
        request,
        "handover.html",
        lang=speak(request),
        found=found,
        choices=whole.counties,
        stages=STAGES,
        pending=found.pending[:LONGEST_TABLE],
        left_out=max(0, len(found.pending) - LONGEST_TABLE),
        percent=_percent,
        sources="；".join(dict.fromkeys(found.register.sources.values())),
        sheet_url=page_address(request, Format.XLSX, dropped=["lang"]),
        data_url=page_address(request, Format.JSON, dropped=["lang"]),
        simulated=found.register.simulated,
    )


def _percent(row: CountyHandover) -> str:
    return "—" if row.rate is None else f"{fixed(100 * row.rate, 1)}%"
