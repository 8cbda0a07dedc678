"""Indicators: a ratio of two counts, its figure, and whether it meets the target."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civgeo.domain.floor_area import VerdictStatus

__all__ = ["IndicatorVerdict", "Measure", "Operator", "evaluate"]


class Measure(StrEnum):
    """How a ratio is scaled."""

    PERCENT = "percent"
    PER_100_HOUSEHOLDS = "per_100_households"
    PER_1000 = "per_1000"
    PER_PERSON = "per_person"

    @property
    def factor(self) -> int:
        """What the ratio is multiplied with."""
        return {"percent": 100, "per_100_households": 100, "per_1000": 1000}.get(self.value, 1)

    @property
    def unit(self) -> str:
        """Unit of the figure, without that of the numerator."""
        units = {"percent": "%", "per_100_households": "per 100 households", "per_1000": "per 1000"}
        return units.get(self.value, "per person")


class Operator(StrEnum):
    """How a figure is compared with its target; plans use both for the same figure."""

    AT_LEAST = ">="
    MORE_THAN = ">"


@dataclass(frozen=True, slots=True)
class IndicatorVerdict:
    """Figure of one indicator: exact `value`, and `meets` (None without a target or a figure)."""

    status: VerdictStatus
    reason: str | None
    value: Fraction | None
    meets: bool | None


def evaluate(
    measure: Measure,
    numerator: Decimal,
    denominator: Decimal,
    *,
    target: Decimal | None = None,
    operator: Operator = Operator.AT_LEAST,
) -> IndicatorVerdict:
    """Figure ``factor * numerator / denominator`` and its comparison with `target`, exactly.

    Examples
    --------
    >>> evaluate(Measure.PERCENT, Decimal(46), Decimal(77), target=Decimal(60)).meets
    False
    """
    if denominator == 0:
        return IndicatorVerdict(VerdictStatus.UNDEFINED, "分母为 0，指标没有定义", None, None)
    value = measure.factor * Fraction(numerator) / Fraction(denominator)
    if target is None:
        return IndicatorVerdict(VerdictStatus.OK, None, value, None)
    goal = Fraction(target)
    meets = value > goal if operator is Operator.MORE_THAN else value >= goal
    return IndicatorVerdict(VerdictStatus.OK, None, value, meets)
