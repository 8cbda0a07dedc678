"""Coverage of elder-care floor area: figures, page, spreadsheet."""

from datetime import date
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from civgeo.analysis.coverage import UnitLevel
from civgeo.api.links import page_address
from civgeo.domain.division import DivisionCode
from civgeo.domain.quantity import decimal_text
from civgeo.domain.standard import EVIDENCE_ZH, Standard, parse_day
from civgeo.http.context import CityNow, Language, speak
from civgeo.http.coverage_rows import CoverageRow, coverage_rows
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.services.city import City
from civgeo.services.features import todays_coverage
from civgeo.services.planning import (
    Coverage,
    coverage_spreadsheet,
    exact_figures,
    floor_area_coverage,
)

__all__ = ["router"]

router = APIRouter(tags=["养老用房达标"])

LONGEST_TABLE = 200
FORMULA = "100 × numerator ÷ denominator"


@router.get(
    "/coverage/floor-area",
    summary="每百户养老服务用房面积与现行标准的比较",
    responses={200: {"content": {"text/html": {}, Format.XLSX.media_type: {}}}},
)
def floor_area(
    request: Request,
    city: CityNow,
    division: Annotated[str | None, Query(description="区划代码，默认全市")] = None,
    level: Annotated[UnitLevel, Query(description="评价单元的级别")] = UnitLevel.COUNTY,
    on: Annotated[str | None, Query(description="评价日 YYYY-MM-DD，默认今天")] = None,
    f: Annotated[Literal["json", "html", "xlsx"] | None, Query(description="返回格式")] = None,
    lang: Language = None,
) -> Response:
    """Floor area per 100 households of every unit of a level, with the standards that decide."""
    require_known(request, ("division", "level", "on", "f", "lang"))
    day = None if on is None else parse_day(on)
    match negotiate(request, (Format.JSON, Format.HTML, Format.XLSX)):
        case Format.XLSX:
            with heavy_work():
                return _sheet(city, division, day)
        case Format.HTML:
            return _page(request, city, division, level, day)
        case _:
            found = floor_area_coverage(city, level=level, division=division, on=day)
            return Response(
                orjson.dumps(_answer(found, division)),
                media_type=Format.JSON.media_type,
                headers={"Vary": "Accept"},
            )


def _answer(found: Coverage, division: str | None) -> dict[str, object]:
    return {
        "division": DivisionCode.parse(division or found.register.city).text,
        "level": found.level.value,
        "on": found.on.isoformat(),
        "edition": found.register.edition,
        "simulated": found.register.simulated,
        "sources": found.register.sources,
        "formula": FORMULA,
        "standards": [_cited(standard) for standard in found.standards.values()],
        "units": [
            figures | {"numerator": figures["total_m2"], "denominator": str(figures["households"])}
            for figures in exact_figures(found)
        ],
        "double_registrations": len(found.doubles),
        "findings": [
            {"code": item.fault.value, "areas": list(item.areas), "text": item.text}
            for item in found.findings
        ],
    }


def _cited(standard: Standard) -> dict[str, object]:
    return {
        "id": standard.id,
        "estate_class": standard.estate_class,
        "min": None if standard.value is None else decimal_text(standard.value),
        "operator": standard.operator,
        "unit": standard.unit,
        "area_basis": standard.area_basis,
        "place": standard.place,
        "source": standard.source,
        "document_no": standard.document_no,
        "valid_from": standard.valid_from or None,
        "valid_to": standard.valid_to or None,
        "evidence": standard.evidence,
        "evidence_zh": EVIDENCE_ZH.get(standard.evidence, standard.evidence),
    }


def _sheet(city: City, division: str | None, day: date | None) -> Response:
    content = coverage_spreadsheet(city, division=division, on=day)
    name = f"coverage-{DivisionCode.parse(division).text if division else 'city'}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=Format.XLSX.media_type, headers=headers)


def _page(
    request: Request, city: City, division: str | None, level: UnitLevel, day: date | None
) -> Response:
    """Page with the counties, the units of another level below them, standards and map."""
    choices = coverage_rows(todays_coverage(city, UnitLevel.COUNTY))
    counties = floor_area_coverage(city, level=UnitLevel.COUNTY, division=division, on=day)
    chosen = (
        counties
        if level is UnitLevel.COUNTY
        else floor_area_coverage(city, level=level, division=division, on=day)
    )
    units = [] if level is UnitLevel.COUNTY else _worst_first(coverage_rows(chosen), level)
    standards = {**counties.standards, **chosen.standards}
    speak_as = speak(request)
    return page(
        request,
        "coverage.html",
        lang=speak_as,
        simulated=chosen.register.simulated,
        register=chosen.register,
        area=chosen.area,
        on=chosen.on.isoformat(),
        division=DivisionCode.parse(division).text if division else "",
        level=level,
        levels=list(UnitLevel),
        choices=choices,
        counties=coverage_rows(counties),
        units=units[:LONGEST_TABLE],
        left_out=max(0, len(units) - LONGEST_TABLE),
        doubles=len(chosen.doubles),
        findings=chosen.findings,
        standards=list(standards.values()),
        evidence=EVIDENCE_ZH,
        sources="；".join(dict.fromkeys(chosen.register.sources.values())),
        sheet_url=page_address(request, Format.XLSX, dropped=["level", "lang"]),
        data_url=page_address(request, Format.JSON, dropped=["lang"]),
    )


def _worst_first(rows: list[CoverageRow], level: UnitLevel) -> list[CoverageRow]:
    if level is not UnitLevel.ESTATE:
        return rows
    return sorted(rows, key=lambda row: row.missing_m2, reverse=True)
