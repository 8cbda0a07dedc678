"""A scenario beside the present: page with two maps and the delta table, and the picture alone."""

from base64 import b64encode
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.scenario_bodies import question_of
from civgeo.http.context import CityNow, Language, desk_of, speak
from civgeo.http.limiter import heavy_work
from civgeo.http.query import require_known
from civgeo.http.templates import page
from civgeo.http.token import is_officer
from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.reach import People
from civgeo.services.reach_question import percent_asked
from civgeo.services.scenario_maps import ScenarioShown, scenario_drawing, scenario_shown
from civgeo.services.scenarios import one_scenario

__all__ = ["router"]

router = APIRouter(tags=["情景方案"])

Id = Annotated[str, Query(alias="id", max_length=100, description="方案编号")]
Kinds = Annotated[str | None, Query(description="设施种类；默认改动涉及的第一种")]
Minutes = Annotated[str, Query(description="步行分钟数")]
Speed = Annotated[str, Query(description="步行速度（米/秒）")]
Who = Annotated[People, Query(description="计户数还是老年人口")]
Target = Annotated[str | None, Query(description="目标百分比；默认没有目标")]
_KNOWN = ("id", "kinds", "minutes", "speed", "people", "target")
_PRIVATE = {"Cache-Control": "no-store"}


@router.get("/maps/scenario.png", summary="方案与现状对照图（PNG）", response_class=Response)
def png(
    request: Request,
    city: CityNow,
    scenario_id: Id,
    kinds: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = People.HOUSEHOLDS,
    target: Target = None,
) -> Response:
    """Present and scenario as a PNG picture."""
    require_known(request, _KNOWN)
    with heavy_work():
        shown = _shown(request, city, scenario_id, kinds, minutes, speed, people)
        content = _drawn(request, city, shown, PictureFormat.PNG, percent_asked(target))
    return Response(content, media_type="image/png", headers=_PRIVATE)


@router.get("/maps/scenario.pdf", summary="方案与现状对照图（PDF）", response_class=Response)
def pdf(
    request: Request,
    city: CityNow,
    scenario_id: Id,
    kinds: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = People.HOUSEHOLDS,
    target: Target = None,
) -> Response:
    """Present and scenario as a PDF page."""
    require_known(request, _KNOWN)
    with heavy_work():
        shown = _shown(request, city, scenario_id, kinds, minutes, speed, people)
        content = _drawn(request, city, shown, PictureFormat.PDF, percent_asked(target))
    return Response(content, media_type="application/pdf", headers=_PRIVATE)


@router.get("/maps/scenario", summary="方案与现状对照（网页）", response_class=Response)
def chart(
    request: Request,
    city: CityNow,
    scenario_id: Id,
    kinds: Kinds = None,
    minutes: Minutes = "15",
    speed: Speed = "1.0",
    people: Who = People.HOUSEHOLDS,
    target: Target = None,
    lang: Language = None,
) -> Response:
    """Two maps in the same classes and the delta table; the picture travels in the page."""
    require_known(request, (*_KNOWN, "lang"))
    with heavy_work():
        shown = _shown(request, city, scenario_id, kinds, minutes, speed, people)
        picture = _drawn(request, city, shown, PictureFormat.PNG, percent_asked(target))
    query = request.url.query
    answer = page(
        request,
        "scenario_map.html",
        lang=speak(request),
        simulated=shown.answer.planning.ground.simulated,
        shown=shown,
        picture=b64encode(picture).decode(),
        query=query,
    )
    answer.headers.update(_PRIVATE)
    return answer


def _shown(
    request: Request,
    city: City,
    id: str,
    kinds: str | None,
    minutes: str,
    speed: str,
    people: People,
) -> ScenarioShown:
    saved = one_scenario(city, id, officer=is_officer(request))
    return scenario_shown(city, saved, question_of(kinds, minutes, speed, people))


def _drawn(
    request: Request,
    city: City,
    shown: ScenarioShown,
    form: PictureFormat,
    target: Decimal | None,
) -> bytes:
    number = desk_of(request).public_number
    return scenario_drawing(city, shown, form, target=target, public_number=number)
