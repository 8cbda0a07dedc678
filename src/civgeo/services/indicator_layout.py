"""Indicators that the layout of funeral facilities answers, so that both give one figure."""

from fractions import Fraction

from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.funeral_layout import Coverage, Standing, UnitStanding
from civgeo.domain.indicator_catalogue import IndicatorDefinition
from civgeo.formats.funeral_layout import funeral_asks
from civgeo.services.funeral_coverage import AskResult, ask_result
from civgeo.services.indicator_data import DayData
from civgeo.services.indicator_figures import Computed, Failing, lacking, parts_by_county

__all__ = ["of_layout"]

_ONE = Fraction(1)
_NAMED = 3


def of_layout(definition: IndicatorDefinition, data: DayData) -> Computed:
    """Figure of an indicator whose parameter ``layout`` names a row of funeral_layout.csv.

    Parameters
    ----------
    definition, data
        The indicator, and the registers of the day.
    """
    id = definition.parameters["layout"]
    ask = next((ask for ask in funeral_asks() if ask.id == id), None)
    if ask is None:
        return lacking(f"殡葬设施布局的要求中没有“{id}”，请改指标目录的 parameters", "standards")
    found = ask_result(ask, data)
    if found.status is VerdictStatus.NOT_ASSESSED:
        return lacking(found.reason, "facilities", "cemeteries")
    if found.coverage is None:
        return _counted(definition, found, data)
    return _covered(found, found.coverage, data)


def _counted(definition: IndicatorDefinition, found: AskResult, data: DayData) -> Computed:
    ones = ((site.division, _ONE, None) for site in found.counted)
    return Computed(
        numerator=Fraction(found.numerator or 0),
        status=found.status,
        reason="" if found.reason == definition.caveat else found.reason,
        notes=found.notes,
        parts=parts_by_county(data, ones),
    )


def _covered(found: AskResult, coverage: Coverage, data: DayData) -> Computed:
    pairs = list(zip(found.units, coverage.units, strict=True))
    return Computed(
        numerator=Fraction(found.numerator or 0),
        denominator=Fraction(len(pairs)),
        status=found.status,
        reason=found.reason,
        notes=found.notes,
        parts=parts_by_county(
            data,
            ((unit.county, Fraction(row.standing is Standing.HAS), _ONE) for unit, row in pairs),
        ),
        failing=tuple(
            Failing(unit.code, unit.name, unit.county, _remark(row))
            for unit, row in pairs
            if row.standing is not Standing.HAS
        ),
    )


def _remark(row: UnitStanding) -> str:
    names = "、".join(site.name for site in row.sites[:_NAMED])
    more = " 等" if len(row.sites) > _NAMED else ""
    coming = f"，另有规划或在建 {len(row.coming)} 处" if row.coming else ""
    return row.standing.label_zh + (f"（{names}{more}）" if names else "") + coming
