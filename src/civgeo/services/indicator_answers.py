"""Indicators as scripts read them: exact decimals as text, sources and gaps beside each figure."""

from collections import Counter
from fractions import Fraction

from civgeo.domain.indicator_catalogue import LAYERS_ZH, IndicatorDefinition
from civgeo.domain.quantity import decimal_text, fixed, has_finite_decimal
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.services.indicator_figures import Failing
from civgeo.services.indicator_reports import Report
from civgeo.services.indicator_results import IndicatorResult, PartVerdict, Standing
from civgeo.services.indicators import Evaluation, YearPoint

__all__ = ["definition_answer", "evaluation_answer", "history_answer", "result_answer"]

LISTED = 20


def evaluation_answer(found: Evaluation) -> dict[str, object]:
    """All indicators of a plan; of units that lack what is asked for the first 20 of each."""
    counts = Counter(result.standing for result in found.results)
    return {
        "city": found.city,
        "place": found.place,
        "on": found.on.isoformat(),
        "edition": found.edition,
        "data_version": found.data_version,
        "simulated": found.simulated,
        "sources": dict(found.sources),
        "counts": {standing.value: counts[standing] for standing in Standing},
        "indicators": [result_answer(result, listed=LISTED) for result in found.results],
    }


def result_answer(result: IndicatorResult, *, listed: int | None = None) -> dict[str, object]:
    """One indicator with its figure; at most `listed` of the units that fail, all by default."""
    verdict = result.verdict
    gap = None if verdict is None else verdict.gap
    answer = definition_answer(result.definition) | {
        "status": result.status.value,
        "reason": result.reason or None,
        "standing": result.standing.value,
        "standing_zh": result.standing.label_zh,
        "basis": result.basis or None,
        "numerator": _text(result.numerator),
        "denominator": _text(result.denominator),
        "value": _text(result.value),
        "display": None if result.value is None else fixed(result.value),
        "meets": result.meets,
        "gap": _text(gap),
        "layers": [
            {"layer": name, "label_zh": LAYERS_ZH.get(name, name), "missing": name in lacks}
            for lacks in [{layer.partition("（")[0] for layer in result.missing}]
            for name in result.definition.layers
        ],
        "missing": list(result.missing),
        "notes": list(result.notes),
        "simulated": result.simulated,
        "units": [_part(part) for part in result.parts],
        "failing": [_failing(item) for item in result.failing[:listed]],
        "failing_total": len(result.failing),
        "report": None if result.report is None else _report(result.report, result.definition),
    }
    return answer | _ratio(result.value, result.numerator, result.denominator)


def definition_answer(item: IndicatorDefinition) -> dict[str, object]:
    """What the catalogue says of one indicator."""
    return {
        "id": item.id,
        "row": item.row,
        "chapter": item.chapter.value,
        "chapter_zh": item.chapter.label_zh,
        "name": item.name,
        "definition": item.definition,
        "numerator_of": item.numerator,
        "denominator_of": item.denominator or None,
        "measure": item.measure.value,
        "unit": item.unit,
        "operator": item.operator.value,
        "target": None if item.target is None else decimal_text(item.target),
        "year": item.year,
        "base": None if item.base is None else decimal_text(item.base),
        "base_year": item.base_year,
        "valid_from": item.valid_from and item.valid_from.isoformat(),
        "valid_to": item.valid_to and item.valid_to.isoformat(),
        "level": item.level.value,
        "place": item.place,
        "adcode": item.adcode,
        "binding": item.binding,
        "coverage_meaning": item.coverage.value,
        "counting": item.counting.value,
        "to_be_confirmed": item.to_be_confirmed,
        "confirm_reason": item.confirm or None,
        "source": {
            "document": item.document,
            "day": item.document_day or None,
            "article": item.article or None,
            "passage": item.passage or None,
            "evidence": item.evidence,
            "evidence_zh": EVIDENCE_ZH[item.evidence],
        },
    }


def history_answer(points: tuple[YearPoint, ...]) -> list[dict[str, object]]:
    """Figures by year."""
    return [
        {
            "year": point.year,
            "on": point.on.isoformat(),
            "status": point.result.status.value,
            "reason": point.result.reason or None,
            "basis": point.result.basis or None,
            "numerator": _text(point.result.numerator),
            "denominator": _text(point.result.denominator),
            "value": _text(point.result.value),
            "meets": point.result.meets,
        }
        for point in points
    ]


def _part(item: PartVerdict) -> dict[str, object]:
    part, verdict = item.part, item.verdict
    return {
        "code": part.code,
        "name": part.name,
        "status": verdict.status.value,
        "numerator": _text(part.numerator),
        "denominator": _text(part.denominator),
        "value": _text(verdict.value),
        "display": None if verdict.value is None else fixed(verdict.value),
        "meets": verdict.meets,
        "gap": _text(verdict.gap),
    } | _ratio(verdict.value, part.numerator, part.denominator)


def _failing(item: Failing) -> dict[str, object]:
    return {
        "code": item.code,
        "name": item.name,
        "county": item.county or None,
        "remark": item.remark or None,
    }


def _report(item: Report, definition: IndicatorDefinition) -> dict[str, object]:
    return {
        "period": item.period,
        "reported_on": item.reported_on or None,
        "numerator": _text(item.numerator),
        "denominator": _text(item.denominator),
        "unit": definition.unit,
        "document": item.document or None,
    }


def _ratio(
    value: Fraction | None, numerator: Fraction | None, denominator: Fraction | None
) -> dict[str, object]:
    if value is None or denominator is None or has_finite_decimal(value):
        return {}
    return {"ratio": f"{_text(numerator)}/{_text(denominator)}"}


def _text(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)
