"""One indicator on one day: its figure, how far it can be trusted, and how it compares."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.indicator import IndicatorVerdict, evaluate
from civgeo.domain.indicator_catalogue import IndicatorDefinition
from civgeo.domain.labelled import Labelled
from civgeo.services.indicator_data import DayData
from civgeo.services.indicator_figures import Computed, Failing, Part
from civgeo.services.indicator_reports import Report

__all__ = ["IndicatorResult", "PartVerdict", "Standing", "result_of"]


class Standing(Labelled):
    """How a figure stands to its target, as tables show it."""

    REACHED = "reached", "已达到"
    MISSED = "missed", "未达到"
    UNVERIFIED = "unverified", "待核实"
    NO_TARGET = "no_target", "没有目标值"
    UNDEFINED = "undefined", "无法计算"
    NOT_ASSESSED = "not_assessed", "未评价"


_STANDINGS = {True: Standing.REACHED, False: Standing.MISSED, None: Standing.NO_TARGET}


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """The figure of one county and how it compares; `meets` is None for counts."""

    part: Part
    verdict: IndicatorVerdict


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator on one day.

    Parameters
    ----------
    definition
        What is measured, with its target and source.
    status, reason
        ``ok``, ``undefined``, ``not_assessed``, ``unverified``; why it is not ok.
    basis
        ``computed`` from the registers, or ``reported`` by an office; empty without a figure.
    numerator, denominator, verdict
        Exact; None without a figure.
    missing
        Layers that are not at hand.
    notes
        What a reader has to know about the count.
    parts, failing
        By county; units that lack what is asked for.
    report
        What an office reported, beside a computed figure and never mixed with it.
    simulated
        Whether the register may hold simulated data.
    """

    definition: IndicatorDefinition
    status: VerdictStatus
    reason: str
    basis: str
    numerator: Fraction | None
    denominator: Fraction | None
    verdict: IndicatorVerdict | None
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    parts: tuple[PartVerdict, ...]
    failing: tuple[Failing, ...]
    report: Report | None
    simulated: bool

    @property
    def standing(self) -> Standing:
        """How the figure stands to the target, in one word."""
        if self.status is not VerdictStatus.OK:
            return Standing(self.status.value)
        return _STANDINGS[self.meets]

    @property
    def meets(self) -> bool | None:
        """Whether the figure meets the target; None where the figure itself has to be verified."""
        return None if self.verdict is None else self.verdict.meets

    @property
    def value(self) -> Fraction | None:
        """Exact figure."""
        return None if self.verdict is None else self.verdict.value


def result_of(
    definition: IndicatorDefinition,
    data: DayData,
    count: Computed,
    report: Report | None,
    basis: str,
) -> IndicatorResult:
    """Result of `definition` from what was counted, or reported, on the day of `data`.

    A figure that the registers cannot tell for certain is given without a verdict.

    Parameters
    ----------
    definition, data, count
        The indicator, the day, the outcome of its rule.
    report
        What the city's office reported; None for nothing.
    basis
        ``computed`` or ``reported``: what `count` was taken from.
    """
    certain = count.status is VerdictStatus.OK and not (basis == "computed" and definition.caveat)
    target = definition.target if certain else None
    verdict = _verdict(definition, count.numerator, count.denominator, target)
    status, reason = _standing(definition, count, verdict, is_report=basis == "reported")
    of_counties = target if definition.measure.is_ratio else None
    return IndicatorResult(
        definition=definition,
        status=status,
        reason=reason,
        basis=basis if verdict is not None else "",
        numerator=count.numerator,
        denominator=count.denominator,
        verdict=verdict,
        missing=count.missing,
        notes=(*count.notes, *_about_the_day(definition, data)),
        parts=tuple(_part(definition, part, of_counties) for part in count.parts),
        failing=count.failing,
        report=report,
        simulated=data.register.simulated and verdict is not None,
    )


def _about_the_day(definition: IndicatorDefinition, data: DayData) -> list[str]:
    """What a reader has to know about the day of the figure."""
    told = []
    if not definition.in_force(data.on):
        told.append(f"评价日不在规划期内（自 {definition.valid_from or '—'} 起）")
    if definition.kinds and data.undated and data.on != data.city.today:
        told.append(f"登记库中有 {data.undated} 处设施没有启用日期，按当时在册计")
    return told


def _verdict(
    definition: IndicatorDefinition,
    numerator: Fraction | None,
    denominator: Fraction | None,
    target: Decimal | None,
) -> IndicatorVerdict | None:
    if numerator is None:
        return None
    return evaluate(
        definition.measure,
        numerator,
        denominator,
        target=target,
        operator=definition.operator,
    )


def _part(definition: IndicatorDefinition, part: Part, target: Decimal | None) -> PartVerdict:
    """Figure of a county; the count of a whole city sets no target for one county."""
    found = _verdict(definition, part.numerator, part.denominator, target)
    return PartVerdict(part, found or IndicatorVerdict(VerdictStatus.UNDEFINED, None, None, None))


def _standing(
    definition: IndicatorDefinition,
    count: Computed,
    verdict: IndicatorVerdict | None,
    *,
    is_report: bool,
) -> tuple[VerdictStatus, str]:
    if verdict is None:
        return count.status, count.reason
    if verdict.status is not VerdictStatus.OK:
        return verdict.status, "；".join(filter(None, (verdict.reason, count.reason)))
    doubts = [count.reason, "" if is_report else definition.caveat, definition.confirm]
    told = "；".join(doubt for doubt in doubts if doubt)
    return (VerdictStatus.UNVERIFIED, told) if told else (VerdictStatus.OK, "")
