"""Indicators as a workbook, and their words as they are printed."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from civgeo.domain.indicator_catalogue import LAYERS_ZH, IndicatorDefinition
from civgeo.domain.quantity import decimal_text
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.reports.indicators import indicators_workbook
from civgeo.services.indicator_results import IndicatorResult, PartVerdict
from civgeo.services.indicators import Evaluation, YearPoint

__all__ = ["BASIS_ZH", "goal_zh", "indicators_spreadsheet", "layer_zh", "standing_of_part"]

BASIS_ZH = {"computed": "登记库算出", "reported": "上报数", "": ""}
Row = dict[str, object]


def indicators_spreadsheet(
    found: Evaluation, years: Sequence[tuple[IndicatorResult, Sequence[YearPoint]]] = ()
) -> bytes:
    """XLSX of an evaluation: figures with sources, counties, units that fail, and years.

    Parameters
    ----------
    found
        The evaluation.
    years
        Progress of indicators, for a sheet of its own; none by default.
    """
    return indicators_workbook(
        found.place,
        found.on,
        edition=found.edition,
        sources=found.sources,
        simulated=found.simulated,
        indicators=[_main(result) for result in found.results],
        counties=[row for result in found.results for row in _counties(result)],
        failing=[row for result in found.results for row in _failing(result)],
        years=[row for result, points in years for row in _years(result, points)],
    )


def goal_zh(item: IndicatorDefinition) -> str:
    """Target with its operator and unit, as it is printed; a dash for none."""
    if item.target is None:
        return "—"
    unit = item.unit if item.unit == "%" else f" {item.unit}"
    return f"{item.operator.sign} {decimal_text(item.target)}{unit}"


def layer_zh(layer: str) -> str:
    """Chinese name of a layer, with what is in brackets behind it."""
    name, bracket, rest = layer.partition("（")
    return LAYERS_ZH.get(name, name) + bracket + rest


def standing_of_part(part: PartVerdict) -> str:
    """Standing of a county in words; empty where it is not compared."""
    return {True: "已达到", False: "未达到", None: ""}[part.verdict.meets]


def _main(result: IndicatorResult) -> Row:
    item = result.definition
    gap = None if result.verdict is None else result.verdict.gap
    binding = {True: "约束性", False: "预期性", None: ""}[item.binding]
    return {
        "chapter": item.chapter.label_zh,
        "name": item.name,
        "standing": result.standing.label_zh,
        "value": _number(result.value),
        "unit": item.unit,
        "numerator": _number(result.numerator),
        "denominator": _number(result.denominator),
        "goal": goal_zh(item),
        "year": item.year,
        "gap": _number(gap),
        "basis": BASIS_ZH[result.basis],
        "reason": result.reason,
        "missing": "、".join(layer_zh(layer) for layer in result.missing),
        "notes": "；".join(result.notes),
        "confirm": item.confirm,
        "binding": binding,
        "coverage": item.coverage.label_zh,
        "definition": item.definition,
        "report": _reported(result),
        "source": f"{item.place} {item.citation}",
        "passage": item.passage,
        "evidence": EVIDENCE_ZH[item.evidence],
        "id": item.id,
    }


def _reported(result: IndicatorResult) -> str:
    report = result.report
    if report is None:
        return ""
    below = "" if report.denominator is None else f" / {decimal_text(report.denominator)}"
    document = f"（{report.document}）" if report.document else ""
    return f"{report.period} 年 {decimal_text(report.numerator)}{below}{document}"


def _counties(result: IndicatorResult) -> Iterable[Row]:
    for part in result.parts:
        yield {
            "name": result.definition.name,
            "county": part.part.name,
            "code": part.part.code,
            "value": _number(part.verdict.value),
            "numerator": _number(part.part.numerator),
            "denominator": _number(part.part.denominator),
            "goal": goal_zh(result.definition) if result.definition.measure.is_ratio else "",
            "standing": standing_of_part(part),
        }


def _failing(result: IndicatorResult) -> Iterable[Row]:
    counties = {part.part.code: part.part.name for part in result.parts}
    for item in result.failing:
        yield {
            "name": result.definition.name,
            "county": counties.get(item.county, ""),
            "unit": item.name,
            "code": item.code,
            "remark": item.remark,
        }


def _years(result: IndicatorResult, points: Sequence[YearPoint]) -> Iterable[Row]:
    for point in points:
        yield {
            "name": result.definition.name,
            "year": point.year,
            "on": point.on.isoformat(),
            "value": _number(point.result.value),
            "numerator": _number(point.result.numerator),
            "denominator": _number(point.result.denominator),
            "standing": point.result.standing.label_zh,
            "basis": BASIS_ZH[point.result.basis],
        }


def _number(value: Fraction | None) -> float | int | None:
    """For a cell of a spreadsheet, which knows no fractions; verdicts never come from it."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
