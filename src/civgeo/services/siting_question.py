"""A question of siting over the store: where a cemetery may lie, as requests and jobs ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from civgeo.domain.cemetery_rules import CemeteryLevel, Operation
from civgeo.domain.division import DivisionCode
from civgeo.domain.fields import Fields
from civgeo.domain.labelled import Labelled
from civgeo.domain.quantity import decimal_text
from civgeo.errors import InvalidInput

__all__ = ["CAPACITY_KEYS", "CELL_STEPS", "SITING_KEYS", "Criterion", "SitingQuestion", "View"]
__all__ += ["question_document", "siting_question"]

CELL_STEPS = tuple(Decimal(step) for step in (10, 20, 25, 50, 100))
"""Sides of a cell in metres; by default the smallest that keeps the grid below 100 M cells."""

MOST_TOP = 500
FARTHEST_VIEW_M = 10_000
MOST_DRAWS = 100_000
MOST_LAYERS = 64
CAPACITY_KEYS = ("burial_share", "path_m2", "plot_m2")
_VIEW_KEYS = ("observer_m", "every_m", "view_m")
SITING_KEYS = frozenset(
    {
        *("division", "on", "level", "operation", "min_area_mu", "cell_m", "slope_deg", "layers"),
        *(
            "elevation",
            "rules_edition",
            "weights",
            "admit_unknown",
            "top",
            "firm_top",
            "spread",
            "draws",
            "seed",
        ),
        *(*CAPACITY_KEYS, *_VIEW_KEYS),
    }
)


class Criterion(Labelled):
    """What candidates are compared by; the name is that of their column."""

    AREA = "area_m2", "面积"
    COMPACTNESS = "compactness", "紧凑度"
    SLOPE = "mean_slope_deg", "平均坡度"
    ROAD = "road_m", "到最近道路的距离"
    TOWNS = "towns_m", "到所服务乡镇的平均距离"
    VISIBLE = "visible_share", "公路主干线可见的比例"
    APPROVAL = "approval_share", "须经批准的土地比例"

    @property
    def more_is_better(self) -> bool:
        """Whether the largest value is the best one; of the others the smallest is."""
        return self in (Criterion.AREA, Criterion.COMPACTNESS)


def _even_weights() -> Mapping[Criterion, Decimal]:
    chosen = [each for each in Criterion if each is not Criterion.APPROVAL]
    return MappingProxyType(dict.fromkeys(chosen, Decimal(1)))


@dataclass(frozen=True, slots=True)
class View:
    """How trunk roads are looked from.

    Parameters
    ----------
    observer_m
        Height of the eyes above the road, metres.
    every_m
        Longest step between places of looking, metres.
    max_distance_m
        How far anything is seen, metres.
    """

    observer_m: Decimal = Decimal("1.5")
    every_m: Decimal = Decimal(200)
    max_distance_m: Decimal = Decimal(3000)

    @property
    def is_quick(self) -> bool:
        """Whether looking takes at most ten times as long as by default."""
        usual = View()
        work = self.max_distance_m**2 * usual.every_m
        return work <= 10 * usual.max_distance_m**2 * self.every_m


@dataclass(frozen=True, slots=True)
class SitingQuestion:
    """Where a cemetery may lie; every figure without a source is the planner's.

    Parameters
    ----------
    division
        Digits of the division whose land is asked about.
    level, operation
        Whom the cemetery serves; who runs it.
    on
        Day of the rules and the newest one of layers; None for today.
    min_area_mu
        Smallest area in mu; None for the largest minimum in force for the level.
    cell_m
        Side of a cell, metres; None for the first of `CELL_STEPS` that fits.
    slope_deg
        Steepest ground, degrees; None for no limit: no rule at hand gives one.
    layers
        Digests of layers; empty for the newest of each kind.
    elevation
        Digest of the elevation model, ``none`` for none; None for the newest.
    rules_edition
        Edition of the rules, so that an earlier answer can be had again; None for the present one.
    weights
        By criterion, not below zero; even ones by default, which no rule gives either.
    admit_unknown
        Whether cells that a layer or the heights do not tell of may belong to candidates.
    burial_share, path_m2, plot_m2
        Share of the area that is for burial, path of a plot and largest plot in m2; the capacity
        is computed only with all three.
    top, firm_top
        How many candidates are listed; how many of them count as chosen when weights are drawn.
    spread, draws, seed
        Weights are drawn between ``1 - spread`` and ``1 + spread`` of the given ones, so often,
        by a generator of that seed.
    view
        How trunk roads are looked from.
    """

    division: str
    level: CemeteryLevel
    operation: Operation = Operation.PUBLIC
    on: date | None = None
    min_area_mu: Decimal | None = None
    cell_m: Decimal | None = None
    slope_deg: Decimal | None = None
    layers: tuple[str, ...] = ()
    elevation: str | None = None
    rules_edition: str | None = None
    weights: Mapping[Criterion, Decimal] = field(default_factory=_even_weights)
    admit_unknown: bool = False
    burial_share: Decimal | None = None
    path_m2: Decimal | None = None
    plot_m2: Decimal | None = None
    top: int = 20
    firm_top: int = 5
    spread: Decimal = Decimal("0.5")
    draws: int = 1_000
    seed: int = 1
    view: View = field(default_factory=View)


def siting_question(given: Mapping[str, object]) -> SitingQuestion:
    """Question of a JSON object with the keys `SITING_KEYS`.

    Raises
    ------
    InvalidInput
        Naming the key that is missing, unknown or wrong.
    """
    fields = Fields(given, SITING_KEYS)
    capacity = {key: _positive(fields, key) for key in CAPACITY_KEYS}
    lacking = [key for key, value in capacity.items() if value is None]
    if lacking and len(lacking) < len(capacity):
        text = f"计算容量须同时给出 {'、'.join(CAPACITY_KEYS)}，缺 {'、'.join(lacking)}"
        raise InvalidInput(text, code="missing_key")
    share = capacity["burial_share"]
    if share is not None and share > 1:
        raise InvalidInput(f"burial_share 应大于 0、不超过 1：{share}", code="bad_value")
    spread = _within(fields, "spread", 0, 1)
    return SitingQuestion(
        division=DivisionCode.parse(fields.text("division")).digits,
        level=fields.choice("level", CemeteryLevel),
        operation=(
            fields.choice("operation", Operation) if fields.has("operation") else Operation.PUBLIC
        ),
        on=fields.day("on", date.min) if fields.has("on") else None,
        min_area_mu=_positive(fields, "min_area_mu"),
        cell_m=_positive(fields, "cell_m"),
        slope_deg=_within(fields, "slope_deg", 0, 90),
        layers=_layers(fields),
        elevation=_text(fields, "elevation"),
        rules_edition=_text(fields, "rules_edition"),
        weights=_weights(fields),
        admit_unknown=_flag(fields, "admit_unknown"),
        **capacity,
        top=_count(fields, "top", 20, MOST_TOP),
        firm_top=_count(fields, "firm_top", 5, MOST_TOP),
        spread=Decimal("0.5") if spread is None else spread,
        draws=_count(fields, "draws", 1_000, MOST_DRAWS),
        seed=fields.count("seed") if fields.has("seed") else 1,
        view=_view(fields),
    )


def _text(fields: Fields, key: str) -> str | None:
    return fields.text(key) if fields.has(key) else None


def _positive(fields: Fields, key: str) -> Decimal | None:
    value = fields.number(key) if fields.has(key) else None
    if value is not None and value <= 0:
        raise InvalidInput(f"{key} 应大于 0：{value}", code="not_positive")
    return value


def _within(fields: Fields, key: str, low: int, high: int) -> Decimal | None:
    value = fields.number(key) if fields.has(key) else None
    if value is not None and not low <= value <= high:
        raise InvalidInput(f"{key} 应在 {low} 至 {high} 之间：{value}", code="bad_value")
    return value


def _count(fields: Fields, key: str, default: int, most: int) -> int:
    value = fields.count(key) if fields.has(key) else default
    if not 0 < value <= most:
        raise InvalidInput(f"{key} 应为 1 至 {most} 的整数：{value}", code="bad_value")
    return value


def _flag(fields: Fields, key: str) -> bool:
    value = fields.raw(key) if fields.has(key) else False
    if not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false", code="bad_type")
    return value


def _layers(fields: Fields) -> tuple[str, ...]:
    given = fields.items("layers") if fields.has("layers") else []
    if len(given) > MOST_LAYERS or not all(isinstance(each, str) for each in given):
        raise InvalidInput(f"layers 应为至多 {MOST_LAYERS} 个图层编号", code="bad_value")
    return tuple(dict.fromkeys(str(each) for each in given))


def _weights(fields: Fields) -> Mapping[Criterion, Decimal]:
    if not fields.has("weights"):
        return _even_weights()
    given = fields.raw("weights")
    known = "、".join(f"{each.value}（{each.label_zh}）" for each in Criterion)
    if not isinstance(given, dict) or set(given) - set(Criterion):
        raise InvalidInput(f"weights 应为对象，可用的指标：{known}", code="unknown_column")
    named = Fields(given, frozenset(Criterion))
    weights = {each: named.amount(each.value) for each in Criterion if named.has(each.value)}
    if not any(weights.values()):
        raise InvalidInput("weights 至少有一个大于 0", code="bad_weights")
    return MappingProxyType(weights)


def _view(fields: Fields) -> View:
    usual = View()
    observer = fields.amount("observer_m") if fields.has("observer_m") else usual.observer_m
    far = _positive(fields, "view_m") or usual.max_distance_m
    if far > FARTHEST_VIEW_M:
        raise InvalidInput(f"view_m 应不超过 {FARTHEST_VIEW_M} 米：{far}", code="bad_value")
    return View(observer, _positive(fields, "every_m") or usual.every_m, far)


def question_document(question: SitingQuestion) -> dict[str, object]:
    """The question as JSON, with every default written out; `siting_question` reads it again."""

    def text(value: Decimal | None) -> str | None:
        return None if value is None else decimal_text(value)

    return {
        "division": question.division,
        "on": None if question.on is None else question.on.isoformat(),
        "level": question.level.value,
        "operation": question.operation.value,
        "min_area_mu": text(question.min_area_mu),
        "cell_m": text(question.cell_m),
        "slope_deg": text(question.slope_deg),
        "layers": list(question.layers),
        "elevation": question.elevation,
        "rules_edition": question.rules_edition,
        "weights": {each.value: text(weight) for each, weight in question.weights.items()},
        "admit_unknown": question.admit_unknown,
        **{key: text(getattr(question, key)) for key in CAPACITY_KEYS},
        "top": question.top,
        "firm_top": question.firm_top,
        "spread": text(question.spread),
        "draws": question.draws,
        "seed": question.seed,
        "observer_m": text(question.view.observer_m),
        "every_m": text(question.view.every_m),
        "view_m": text(question.view.max_distance_m),
    }
