"""Cemeteries over HTTP: sites against the rules, what a place needs, and the rules themselves."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civgeo.api.boundary_examples import answered, body
from civgeo.api.cemetery_examples import CHECKED, CHECKING, DEMANDED, DEMANDING, RULES
from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.domain.division import DivisionCode
from civgeo.domain.fields import Fields
from civgeo.domain.standard import parse_day
from civgeo.http.context import CityNow
from civgeo.http.exact_body import ExactBody
from civgeo.http.given import json_answer
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services.cemetery_answers import check_answer, listed_rules, rules_answer
from civgeo.services.cemetery_demand import DEMAND_KEYS, demand_answer
from civgeo.services.cemetery_questions import CHECK_KEYS
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.city import City

__all__ = ["router"]

router = APIRouter(prefix="/cemeteries", tags=["公墓"])


@router.post(
    "/check",
    summary="公墓是否符合法规与规划：选址、面积、墓穴",
    openapi_extra=body(CHECKING),
    responses=answered(CHECKED),
    dependencies=[MAY_WRITE],
)
def check(request: Request, city: CityNow, body: ExactBody) -> Response:
    """Verdict on a cemetery, as ``civgeo cemeteries check`` gives it."""
    require_known(request, ())
    return json_answer(check_answer(Fields(body, CHECK_KEYS), _book(city), city.today))


@router.post(
    "/demand",
    summary="安葬需求：骨灰数、墓穴、格位、用地、可用年限",
    openapi_extra=body(DEMANDING),
    responses=answered(DEMANDED),
    dependencies=[MAY_WRITE],
)
def demand(request: Request, city: CityNow, body: ExactBody) -> Response:
    """What a place needs for its dead, as ``civgeo cemeteries demand`` gives it."""
    require_known(request, ())
    return json_answer(demand_answer(Fields(body, DEMAND_KEYS), _book(city)))


@router.get("/rules", summary="公墓的规定，与待录入的条文", responses=answered(RULES))
def rules(
    request: Request,
    city: CityNow,
    on: Annotated[str | None, Query(description="只列这一天施行的，默认全部")] = None,
    division: Annotated[str | None, Query(description="只列适用于这一区划的")] = None,
    missing: Annotated[bool, Query(description="只列条文待市局录入的，和等它的结论")] = False,
) -> Response:
    """Rules with their source, period, force and evidence."""
    require_known(request, ("on", "division", "missing"))
    book = _book(city)
    found = listed_rules(
        book,
        division=None if division is None else DivisionCode.parse(division),
        on=None if on is None else parse_day(on),
        missing=missing,
    )
    return json_answer(rules_answer(book, found))


def _book(city: City) -> CemeteryRuleBook:
    return rules_in_force(city.store.file.parent)
