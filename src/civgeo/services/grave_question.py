"""A question of scattered graves, as commands, requests and jobs ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from civgeo.domain.division import DivisionCode
from civgeo.domain.fields import Fields
from civgeo.domain.quantity import decimal_text
from civgeo.domain.site_features import SiteFeature
from civgeo.errors import InvalidInput

__all__ = ["GRAVE_KEYS", "ROAD_KINDS", "USUAL_ROADS", "GraveQuestion", "grave_question"]
__all__ += ["grave_terms"]

GRAVE_KEYS = frozenset(
    {
        *("division", "on", "roads", "observer_m", "every_m", "max_m", "target_m", "corridor_m"),
        *("elevation", "layers", "land", "divide"),
    }
)
ROAD_KINDS = (
    SiteFeature.TRUNK_ROAD,
    SiteFeature.MOTORWAY,
    SiteFeature.NATIONAL_ROAD,
    SiteFeature.PROVINCIAL_ROAD,
    SiteFeature.COUNTY_ROAD,
    SiteFeature.TOWNSHIP_ROAD,
    SiteFeature.RAILWAY,
    SiteFeature.HIGHSPEED_RAILWAY,
)
"""Kinds of layer features that count as a road to look from."""

USUAL_ROADS = (SiteFeature.TRUNK_ROAD, SiteFeature.RAILWAY)
"""Trunk roads (motorways and national roads among them) and railways."""

FARTHEST_M, FINEST_STEP_M, MOST_LAYERS = 20_000, 5, 64


@dataclass(frozen=True, slots=True)
class GraveQuestion:
    """Which graves are to move; every number here is the planner's, none is in a regulation.

    Parameters
    ----------
    division
        Digits of the area whose graves are asked about; empty for the whole city.
    on
        Day of the registers, and newest day of the layers; None for today.
    roads
        Kinds of road to look from, each with its narrower kinds.
    observer_m, target_m
        Height of the eyes above the road and of the headstone above the ground, metres.
    every_m
        Longest step between observers along a road, metres.
    max_m
        How far a grave is looked for, metres; also the corridor where there are no heights.
    corridor_m
        Graves so near to a road are listed too, seen or not, metres; None for no corridor.
    elevation
        Digest of the elevation model, ``none`` for none; None for the newest.
    layers
        Digests of layers; empty for those in use.
    land
        Whether graves on land where rules forbid graves are listed too.
    divide
        Whether a place of several graves may be divided between cemeteries.
    """

    division: str = ""
    on: date | None = None
    roads: tuple[SiteFeature, ...] = USUAL_ROADS
    observer_m: Decimal = Decimal("1.5")
    every_m: Decimal = Decimal(100)
    max_m: Decimal = Decimal(3000)
    target_m: Decimal = Decimal(1)
    corridor_m: Decimal | None = None
    elevation: str | None = None
    layers: tuple[str, ...] = ()
    land: bool = False
    divide: bool = False


def grave_question(given: Mapping[str, object]) -> GraveQuestion:
    """Question of a JSON object with the keys `GRAVE_KEYS`.

    Raises
    ------
    InvalidInput
        Naming the key that is unknown or wrong.
    """
    fields, usual = Fields(given, GRAVE_KEYS), GraveQuestion()
    division = fields.text("division") if fields.has("division") else ""
    return GraveQuestion(
        division=DivisionCode.parse(division).digits if division else "",
        on=fields.day("on", date.min) if fields.has("on") else None,
        roads=_roads(fields),
        observer_m=_height(fields, "observer_m", usual.observer_m),
        every_m=_length(fields, "every_m", FINEST_STEP_M) or usual.every_m,
        max_m=_length(fields, "max_m", 1) or usual.max_m,
        target_m=_height(fields, "target_m", usual.target_m),
        corridor_m=_length(fields, "corridor_m", 1),
        elevation=fields.text("elevation") if fields.has("elevation") else None,
        layers=_texts(fields, "layers"),
        land=_flag(fields, "land"),
        divide=_flag(fields, "divide"),
    )


def grave_terms(question: GraveQuestion) -> dict[str, object]:
    """The question as JSON, with every default written out; `grave_question` reads it again."""
    corridor = question.corridor_m
    return {
        "division": question.division or None,
        "on": None if question.on is None else question.on.isoformat(),
        "roads": [kind.value for kind in question.roads],
        "observer_m": decimal_text(question.observer_m),
        "every_m": decimal_text(question.every_m),
        "max_m": decimal_text(question.max_m),
        "target_m": decimal_text(question.target_m),
        "corridor_m": None if corridor is None else decimal_text(corridor),
        "elevation": question.elevation,
        "layers": list(question.layers),
        "land": question.land,
        "divide": question.divide,
    }


def _length(fields: Fields, key: str, least: int) -> Decimal | None:
    value = fields.number(key) if fields.has(key) else None
    if value is not None and not least <= value <= FARTHEST_M:
        text = f"{key} 应在 {least} 至 {FARTHEST_M} 米之间：{value}"
        raise InvalidInput(text, code="bad_value")
    return value


def _height(fields: Fields, key: str, usual: Decimal) -> Decimal:
    value = fields.amount(key) if fields.has(key) else usual
    if value > 100:
        raise InvalidInput(f"{key} 是离地高度（米），应不超过 100：{value}", code="bad_height")
    return value


def _roads(fields: Fields) -> tuple[SiteFeature, ...]:
    names = _texts(fields, "roads")
    known = {name: kind for kind in ROAD_KINDS for name in (kind.value, kind.label_zh)}
    for name in names:
        if name not in known:
            shown = "、".join(f"{kind.value}（{kind.label_zh}）" for kind in ROAD_KINDS)
            text = f"roads 没有“{name[:40]}”这种道路；可用：{shown}"
            raise InvalidInput(text, code="bad_value")
    return tuple(dict.fromkeys(known[name] for name in names)) or USUAL_ROADS


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    given = fields.items(key) if fields.has(key) else []
    if len(given) > MOST_LAYERS or not all(isinstance(each, str) for each in given):
        raise InvalidInput(f"{key} 应为至多 {MOST_LAYERS} 项文字的列表", code="bad_value")
    return tuple(dict.fromkeys(str(each) for each in given))


def _flag(fields: Fields, key: str) -> bool:
    value = fields.raw(key) if fields.has(key) else False
    if not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false", code="bad_type")
    return value
