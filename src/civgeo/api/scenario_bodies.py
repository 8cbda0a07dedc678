"""What requests about scenarios hold: the question, and a scenario itself."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.domain.facility import FacilityKind
from civgeo.domain.scenario_edits import parsed_edits
from civgeo.errors import InvalidInput
from civgeo.http.given import day_in, flag_in, needed_text, text_in
from civgeo.http.writing import JsonObject, refuse_strange
from civgeo.services.reach import People
from civgeo.services.scenario_answer import ScenarioQuestion
from civgeo.services.scenarios import ScenarioEntry

__all__ = ["ENTRY", "QUESTION", "entry_in", "question_in", "question_of"]

QUESTION = ("kinds", "minutes", "speed", "people", "level")
ENTRY = ("name", "purpose", "division", "base_on", "shared", "note", "edits")
MOST = 1_000

Choice = TypeVar("Choice", People, UnitLevel)


def question_of(
    kinds: str | None,
    minutes: str = "15",
    speed: str = "1.0",
    people: People = People.HOUSEHOLDS,
    level: UnitLevel = UnitLevel.COUNTY,
) -> ScenarioQuestion:
    """Question that a query describes; kinds are separated by commas.

    Raises
    ------
    InvalidInput
        For an unknown kind, or a number that is none or not above zero.
    """
    listed = [part.strip() for part in kinds.split(",") if part.strip()] if kinds else []
    terms = ReachTerms(_number("minutes", minutes), _number("speed", speed))
    return ScenarioQuestion(_kinds(listed), terms, people, level)


def question_in(body: JsonObject) -> ScenarioQuestion:
    """Question in a request's body; raises as `question_of`."""
    kinds = body.get("kinds") or []
    if not isinstance(kinds, list):
        raise InvalidInput("kinds 应为设施种类的列表", code="bad_type")
    values = {name: body[name] for name in QUESTION[1:] if body.get(name) is not None}
    return question_of(
        ",".join(str(kind) for kind in kinds),
        str(values.get("minutes", "15")),
        str(values.get("speed", "1.0")),
        _choice(People, "people", values.get("people", People.HOUSEHOLDS)),
        _choice(UnitLevel, "level", values.get("level", UnitLevel.COUNTY)),
    )


def entry_in(body: JsonObject) -> ScenarioEntry:
    """Scenario in a request's body; raises InvalidInput for what cannot be read."""
    refuse_strange(body, (*ENTRY, "edit"))
    edits = body.get("edits", [])
    if not isinstance(edits, list):
        raise InvalidInput("edits 应为改动的列表", code="bad_type")
    return ScenarioEntry(
        name=needed_text(body, "name"),
        edits=parsed_edits(edits),
        purpose=text_in(body, "purpose"),
        note=text_in(body, "note"),
        division=text_in(body, "division"),
        base_on=day_in(body, "base_on"),
        shared=flag_in(body, "shared"),
    )


def _kinds(texts: Iterable[str]) -> tuple[FacilityKind, ...]:
    known = {kind.value: kind for kind in FacilityKind}
    for text in texts:
        if text not in known:
            raise InvalidInput(f"没有设施种类“{text[:40]}”", code="bad_kind")
    return tuple(dict.fromkeys(known[text] for text in texts))


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise InvalidInput(f"{name} 的“{text[:40]}”不是数", code="bad_number") from None
    if not number.is_finite() or not 0 < number <= MOST:
        raise InvalidInput(f"{name} 应大于 0、不超过 {MOST}：{text[:40]}", code="bad_number")
    return number


def _choice(choices: type[Choice], name: str, value: object) -> Choice:
    for choice in choices:
        if choice == value:
            return choice
    known = "、".join(choice.value for choice in choices)
    raise InvalidInput(f"{name} 应为 {known} 之一，收到“{str(value)[:40]}”", code="bad_value")
