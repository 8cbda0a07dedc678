"""Questions of siting as maps, pages and reports ask them: from an address, answered once."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlencode

import orjson

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.cemetery_rules import CemeteryLevel
from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.city import City
from civgeo.services.features import data_version
from civgeo.services.site_layers import default_layers
from civgeo.services.siting import cells_of, site
from civgeo.services.siting_answer import SitingAnswer, at
from civgeo.services.siting_question import (
    CELL_STEPS,
    SITING_KEYS,
    Criterion,
    SitingQuestion,
    question_document,
    siting_question,
)
from civgeo.services.siting_rules import rules_of_siting
from civgeo.store.elevations import elevations

__all__ = ["AT_ONCE_CELLS", "SITING_PARAMETERS", "asked_siting", "default_siting"]
__all__ += ["has_site_layers", "place_answer", "siting_answer", "siting_query", "siting_state"]

AT_ONCE_CELLS = 20_000_000
DRAWN_CELLS = 6_000_000
"""Cells of a map whose question leaves their size open."""

_WEIGHT = "weight_"
_WHOLE = ("top", "firm_top", "draws", "seed")
SITING_PARAMETERS = (
    *sorted(SITING_KEYS - {"weights"}),
    *(f"{_WEIGHT}{criterion.value}" for criterion in Criterion),
)
"""Parameters of an address: the keys of `siting_question`, with a weight for each criterion."""


def asked_siting(city: City, given: Mapping[str, str]) -> SitingQuestion:
    """Question of the parameters of an address; empty ones count as not given.

    Without a division it is of the whole city, without a level of a township's cemetery. Without
    a size of cells it is the smallest usual one of which a map has at most six million.

    Raises
    ------
    InvalidInput
        As `siting_question`, ``grid_too_large`` for more cells than are answered at once, and
        ``too_long`` for many more places of looking.
    NotFound
        When there is no such division.
    """
    values: dict[str, object] = {
        name: text.strip()
        for name, text in given.items()
        if name in SITING_KEYS and name != "weights" and text.strip()
    }
    values |= {name: _whole(name, str(values[name])) for name in _WHOLE if name in values}
    if "layers" in values:
        values["layers"] = [each.strip() for each in str(values["layers"]).split(",")]
    if "admit_unknown" in values:
        values["admit_unknown"] = str(values["admit_unknown"]).lower() in ("true", "1", "on")
    weights = {
        name.removeprefix(_WEIGHT): text.strip()
        for name, text in given.items()
        if name.startswith(_WEIGHT) and text.strip()
    }
    values |= {"weights": weights} if weights else {}
    register = _register_city(city)
    question = siting_question(
        {"division": register, "level": CemeteryLevel.TOWNSHIP.value} | values
    )
    if not question.view.is_quick:
        text = "网页上看得这样远、这样密要算很久；请加大 every_m 或减小 view_m，或用命令行计算"
        raise InvalidInput(text, code="too_long")
    return _sized(city, question)


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput(f"{name} 应为整数，收到“{text[:40]}”", code="bad_value")
    return int(text)


def _register_city(city: City) -> str:
    with city.store.read() as reading:
        return reading.register().city


def _sized(city: City, question: SitingQuestion) -> SitingQuestion:
    """The question with a size of cells that is answered at once."""
    if question.cell_m is not None:
        cells = cells_of(city, question)
        if cells > AT_ONCE_CELLS:
            text = (
                f"格子边长 {question.cell_m} 米有 {cells:,} 格，网页至多 {AT_ONCE_CELLS:,} 格；"
                "请加大格子或缩小区域，或用 civgeo cemeteries site 命令计算"
            )
            raise InvalidInput(text, code="grid_too_large")
        return question
    for step in CELL_STEPS:
        sized = replace(question, cell_m=step)
        if step == CELL_STEPS[-1] or _fits(city, sized):
            return sized
    return question


def _fits(city: City, question: SitingQuestion) -> bool:
    """Whether a map of the question is drawn without being asked for its cells."""
    try:
        return cells_of(city, question) <= DRAWN_CELLS
    except InvalidInput as error:
        if error.code != "grid_too_large":
            raise
        return False


def siting_query(question: SitingQuestion) -> str:
    """What differs from the defaults as a query string that `asked_siting` reads."""
    usual = question_document(SitingQuestion(question.division, question.level))
    asked = question_document(question)
    terms: dict[str, object] = {"division": question.division, "level": question.level.value}
    terms |= {
        name: value
        for name, value in asked.items()
        if name not in ("weights", "layers") and value != usual[name] and value is not None
    }
    if question.layers:
        terms["layers"] = ",".join(question.layers)
    if asked["weights"] != usual["weights"]:
        weights = {f"{_WEIGHT}{each}": weight for each, weight in question.weights.items()}
        terms |= weights
    return urlencode({name: _written(value) for name, value in terms.items()}, safe=",")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def has_site_layers(city: City) -> bool:
    """Whether there is a layer that a question would use unasked."""
    return bool(default_layers(city))


def default_siting(city: City) -> SitingQuestion | None:
    """Township cemeteries in the whole city; None without layers, or without a smallest area."""
    if not has_site_layers(city):
        return None
    question = asked_siting(city, {})
    scope = rules_in_force(city.store.file.parent).in_scope(
        DivisionCode.parse(question.division), city.today
    )
    rules = rules_of_siting(scope, (), level=question.level, operation=question.operation)
    return None if rules.smallest is None else question


def siting_state(city: City) -> str:
    """What an answer rests on beside its question: by it answers and drawings are kept."""
    folder = city.store.file.parent
    parts = [
        *(str(city.today), str(data_version(city)), rules_in_force(folder).edition),
        *(meta.digest for meta in default_layers(city)),
        *(meta.digest for meta in elevations(folder)),
    ]
    return " ".join(parts)


def siting_answer(city: City, question: SitingQuestion) -> SitingAnswer:
    """Answer as `site` gives it; the last two are kept."""
    asked = orjson.dumps(question_document(question)).decode()
    return _answer(city, siting_state(city), asked)


@lru_cache(maxsize=2)
def _answer(city: City, _state: str, asked: str) -> SitingAnswer:
    return site(city, siting_question(orjson.loads(asked)))


def place_answer(answer: SitingAnswer, lon: float, lat: float) -> dict[str, object]:
    """What marks the cell of a place, in the words of the map."""
    try:
        marking = at(answer, lon, lat)
    except InvalidInput as error:
        if error.code != "outside":
            raise
        return {"inside": False, "headline": "", "exclusions": [], "remarks": []}
    excluding = [each for each in marking if each.kind is PlaneKind.EXCLUDED]
    found = "有禁止情形" if excluding else "在已有图层中没有发现禁止情形"
    if not any(each.rule for each in answer.constraints):
        found = "没有提供现行规定所涉及的图层，没有核对任何规定"
    missing = "、".join(dict.fromkeys(each.feature.label_zh for each in answer.missing))
    remarks = [f"缺少的图层，没有评价：{missing}"] if missing else []
    if answer.waiting:
        remarks.append(f"另有 {len(answer.waiting)} 条条文待录入")
    return {
        "inside": True,
        "headline": found,
        "exclusions": [each.text for each in marking],
        "remarks": remarks,
    }
