"""The page of reach on foot: works without scripts; only the map inside it needs them."""

from datetime import date
from fractions import Fraction
from typing import Any

from fastapi import Request, Response

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.facility import FacilityKind
from civgeo.errors import InvalidInput
from civgeo.http.context import speak
from civgeo.http.reach_rows import missed_rows, reach_cards, reason_rows, unit_rows
from civgeo.http.templates import page
from civgeo.services.city import City
from civgeo.services.reach import People
from civgeo.services.reach_maps import ReachQuestion, area_names, reach_answer
from civgeo.services.reach_question import ASKED, question_asked
from civgeo.services.reach_views import uncovered
from civgeo.services.walk_ground import has_streets
from civgeo.services.walk_registers import STALE

__all__ = ["reach_page"]

LONGEST_LIST = 50
LONGEST_TABLE = 200
_LEVELS = [level for level in UnitLevel if level is not UnitLevel.REPORTING_AREA]


def reach_page(request: Request, city: City, on: date | None) -> Response:
    """Page of reach for the question of the address; what to do where there are no streets yet."""
    _require_known(request)
    asked = _question(request)
    with city.store.read() as reading:
        register = reading.register()
    names = area_names(city)
    common: dict[str, Any] = {
        "register": register,
        "asked": asked,
        "kinds": list(FacilityKind),
        "people": list(People),
        "levels": _LEVELS,
        "counties": {code: name for code, name in names.items() if len(code) == 6},
        "lang": speak(request),
    }
    if not has_streets(city):
        return page(request, "reach.html", simulated=register.simulated, found=None, **common)
    found = reach_answer(city, asked, on)
    missed = uncovered(found)
    listed = missed.head(LONGEST_LIST)
    places = [
        " ".join(names[code[:n]] for n in (6, 9) if code and code[:n] in names)
        for code in (str(value or "") for value in listed["division"])
    ]
    units = unit_rows(found, None if asked.target is None else Fraction(asked.target))
    return page(
        request,
        "reach.html",
        simulated=found.ground.simulated,
        found=found,
        stale=STALE,
        cards=reach_cards(found),
        reasons=reason_rows(found),
        units=units[:LONGEST_TABLE],
        more_units=max(0, len(units) - LONGEST_TABLE),
        missed=missed_rows(found, places, LONGEST_LIST),
        missed_in_all=len(missed),
        query=asked.full_query,
        terms=asked.query,
        **common,
    )


def _require_known(request: Request) -> None:
    unknown = sorted(set(request.query_params) - {*ASKED, "on", "f", "lang"})
    if unknown:
        raise InvalidInput(f"没有参数 {unknown[0][:40]}", code="unknown_parameter")


def _question(request: Request) -> ReachQuestion:
    given = request.query_params
    return question_asked(
        given.getlist("kind"),
        given.get("minutes", "15"),
        given.get("speed", "1.0"),
        People(given.get("people", People.HOUSEHOLDS)),
        UnitLevel(given.get("level", UnitLevel.COUNTY)),
        given.get("division"),
        given.get("target"),
    )
