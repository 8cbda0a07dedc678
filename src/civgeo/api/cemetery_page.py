"""The page of cemeteries: what there is, what is asked of the land, and the answer; no scripts."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered
from civgeo.api.cemetery_page_examples import OVERVIEW, SITING_TERMS
from civgeo.api.links import page_address
from civgeo.domain.cemetery_rules import CemeteryLevel, Operation
from civgeo.http.cemetery_rows import demand_rows, layer_rows, siting_rows
from civgeo.http.context import CityNow, Language, speak
from civgeo.http.given import json_answer
from civgeo.http.indicator_rows import indicator_row
from civgeo.http.limiter import heavy_work
from civgeo.http.negotiation import Format, negotiate
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.services.cemetery_overview import CemeteryOverview, cemetery_overview, overview_answer
from civgeo.services.city import City
from civgeo.services.siting_asked import (
    SITING_PARAMETERS,
    asked_siting,
    siting_answer,
    siting_query,
)
from civgeo.services.siting_question import Criterion
from civgeo.services.siting_terms import siting_terms

__all__ = ["router"]

router = APIRouter(tags=["公墓"])
_KNOWN = (*SITING_PARAMETERS, "site", "share", "years", "f", "lang")


@router.get(
    "/cemeteries",
    summary="公墓：目标、需求、图层、选址（网页），与同样内容的摘要（JSON）",
    responses=answered(OVERVIEW, Format.HTML.media_type),
    openapi_extra=SITING_TERMS,
)
def cemeteries(
    request: Request,
    city: CityNow,
    site: Annotated[bool, Query(description="网页上是否回答选址问题")] = False,
    share: Annotated[str, Query(description="安葬比例，0 到 1；给了才计算需求")] = "",
    years: Annotated[int, Query(ge=1, le=200, description="需求的年数")] = 20,
    f: Annotated[Literal["json", "html"] | None, Query(description="返回格式")] = None,
    lang: Language = None,
) -> Response:
    """What there is for the dead and for those who plan; in a browser with a form for siting."""
    del f, lang
    require_known(request, _KNOWN)
    with heavy_work():
        found = cemetery_overview(city, share=share, years=years)
    if negotiate(request, (Format.JSON, Format.HTML)) is Format.JSON:
        return json_answer(overview_answer(found))
    return _page(request, city, found, share=share, years=years, site=site)


def _page(
    request: Request, city: City, found: CemeteryOverview, *, share: str, years: int, site: bool
) -> Response:
    simulated = found.simulated
    answered_here: dict[str, Any] = {"answer": None, "query": ""}
    if site and found.layers:
        answered_here = _answered(request, city)
        simulated = simulated or answered_here["answer"].simulated
    return page(
        request,
        "cemeteries.html",
        lang=speak(request),
        simulated=simulated,
        found=found,
        targets=[indicator_row(result) for result in found.targets],
        demand=None if found.demand is None else demand_rows(found.demand),
        layers=layer_rows(found.layers),
        levels=list(CemeteryLevel),
        operations=list(Operation),
        criteria=list(Criterion),
        given=dict.fromkeys(SITING_PARAMETERS, "") | dict(request.query_params),
        share=share,
        years=years,
        data_url=page_address(request, Format.JSON, dropped=["lang", "site"]),
        **answered_here,
    )


def _answered(request: Request, city: City) -> dict[str, Any]:
    asked = asked_siting(city, dict(request.query_params))
    with heavy_work():
        answer = siting_answer(city, asked)
    return {
        "answer": answer,
        "rows": siting_rows(answer),
        "terms": siting_terms(answer),
        "query": siting_query(asked),
    }
