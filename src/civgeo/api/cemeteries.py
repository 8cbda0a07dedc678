"""Cemeteries over HTTP: sites against the rules, and what a place needs for its dead."""

from fastapi import APIRouter, Request, Response

from civgeo.api.boundary_examples import answered, body
from civgeo.api.cemetery_examples import CHECKED, CHECKING, DEMANDED, DEMANDING
from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.domain.fields import Fields
from civgeo.http.context import CityNow
from civgeo.http.exact_body import ExactBody
from civgeo.http.given import json_answer
from civgeo.http.query import require_known
from civgeo.http.token import MAY_WRITE
from civgeo.services.cemetery_answers import check_answer
from civgeo.services.cemetery_demand import DEMAND_KEYS, demand_answer
from civgeo.services.cemetery_questions import CHECK_KEYS
from civgeo.services.cemetery_rules import asked_rules, rules_in_force
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
    fields = Fields(body, CHECK_KEYS)
    return json_answer(check_answer(fields, _book(city, fields), city.today))


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
    fields = Fields(body, DEMAND_KEYS)
    return json_answer(demand_answer(fields, _book(city, fields)))


def _book(city: City, fields: Fields) -> CemeteryRuleBook:
    directory = city.store.file.parent
    return asked_rules(fields, directory) or rules_in_force(directory)
