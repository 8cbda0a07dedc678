"""Indicators: a ratio of two counts or a plain figure, and whether it meets the target."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civgeo.domain.floor_area import VerdictStatus

__all__ = ["IndicatorVerdict", "Measure", "Operator", "evaluate"]

Number = Decimal | Fraction | int


class Measure(StrEnum):
    """How a ratio is scaled; a count and an area have no denominator."""

    PERCENT = "percent"
    PER_100_HOUSEHOLDS = "per_100_households"
    PER_1000 = "per_1000"
    PER_PERSON = "per_person"
    PER_100 = "per_100"
    PER_10000 = "per_10000"
    COUNT = "count"
    AREA = "area"

    @property
    def factor(self) -> int:
        """What the ratio is multiplied with."""
        factors = {"percent": 100, "per_100_households": 100, "per_100": 100}
        return (factors | {"per_1000": 1_000, "per_10000": 10_000}).get(self.value, 1)

    @property
    def is_ratio(self) -> bool:
        """Whether it has a denominator."""
        return self not in (Measure.COUNT, Measure.AREA)

    @property
    def unit(self) -> str:
        """Unit of the figure, without that of the numerator; empty where there is no ratio."""
        units = {"percent": "%", "count": "", "area": ""}
        return units.get(self.value, self.value.replace("_", " "))


class Operator(StrEnum):
    """How a figure is compared with its target; plans use several for the same figure."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="

    def holds(self, value: Fraction, target: Fraction) -> bool:
        """Whether `value` meets `target`."""
        if self is Operator.AT_MOST:
            return value <= target
        return value > target if self is Operator.MORE_THAN else value >= target

    @property
    def sign(self) -> str:
        """The operator as it is printed."""
        return {">=": "≥", "<=": "≤"}.get(self.value, self.value)


@dataclass(frozen=True, slots=True)
class IndicatorVerdict:
    """Figure of one indicator.

    Parameters
    ----------
    status, reason
        How far the answer goes, and why no further.
    value
        Exact figure; None where undefined.
    meets
        None without a target or a figure.
    gap
        How far the figure is from the target, never negative; None as `meets`. A figure equal to
        a target that must be exceeded has the gap 0 and does not meet it.
    """

    status: VerdictStatus
    reason: str | None
    value: Fraction | None
    meets: bool | None
    gap: Fraction | None = None


def evaluate(
    measure: Measure,
    numerator: Number,
    denominator: Number | None = None,
    *,
    target: Decimal | None = None,
    operator: Operator = Operator.AT_LEAST,
) -> IndicatorVerdict:
    """Figure ``factor * numerator / denominator`` and its comparison with `target`, exactly.

    A count or an area is its numerator. A ratio without a denominator or with 0 is undefined.

    Examples
    --------
    >>> evaluate(Measure.PERCENT, Decimal(46), Decimal(77), target=Decimal(60)).meets
    False
    """
    if not measure.is_ratio:
        return _compared(Fraction(numerator), target, operator)
    if not denominator:
        return IndicatorVerdict(VerdictStatus.UNDEFINED, "分母为 0，指标没有定义", None, None)
    return _compared(measure.factor * Fraction(numerator) / Fraction(denominator), target, operator)


def _compared(value: Fraction, target: Decimal | None, operator: Operator) -> IndicatorVerdict:
    if target is None:
        return IndicatorVerdict(VerdictStatus.OK, None, value, None)
    goal = Fraction(target)
    lacking = value - goal if operator is Operator.AT_MOST else goal - value
    meets, gap = operator.holds(value, goal), max(lacking, Fraction())
    return IndicatorVerdict(VerdictStatus.OK, None, value, meets, gap)
