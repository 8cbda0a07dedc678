"""Bars and curves of indicators: what stands where, and what is left out."""

from datetime import date
from fractions import Fraction

import pytest

from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.indicator import evaluate
from civgeo.formats.indicators import indicator_catalogue
from civgeo.http.indicator_rows import BAR_WIDTH, curve_of, indicator_row
from civgeo.services.indicator_results import IndicatorResult, Standing
from civgeo.services.indicators import YearPoint

NURSING = indicator_catalogue().definition("zhumadian_nursing_bed_share")
CEMETERIES = indicator_catalogue().definition("zhumadian_urban_cemeteries_2025")


def result(item, numerator, denominator=None):
    known = numerator is not None
    verdict = None
    if known:
        verdict = evaluate(
            item.measure, numerator, denominator, target=item.target, operator=item.operator
        )
    return IndicatorResult(
        definition=item,
        status=VerdictStatus.OK if known else VerdictStatus.NOT_ASSESSED,
        reason="" if known else "没有登记",
        basis="computed" if known else "",
        numerator=Fraction(numerator) if known else None,
        denominator=None if denominator is None else Fraction(denominator),
        verdict=verdict,
        missing=() if known else ("divisions（街道）",),
        notes=(),
        parts=(),
        failing=(),
        report=None,
        simulated=False,
    )


def test_a_row_shows_figure_count_target_and_gap():
    row = indicator_row(result(NURSING, 13082, 30291))
    assert (row.figure, row.unit, row.goal, row.gap) == ("43.19", "%", "≥ 55%", "11.81")
    assert row.counted == "13,082 / 30,291"
    assert row.result.standing is Standing.MISSED
    assert row.bar.length == pytest.approx(BAR_WIDTH * 0.43188, abs=0.01)
    assert row.bar.tick == pytest.approx(BAR_WIDTH * 0.55)


def test_a_count_is_a_whole_number_and_its_bar_leaves_room_for_the_target():
    row = indicator_row(result(CEMETERIES, 9))
    assert (row.figure, row.counted, row.gap) == ("9", "", "")
    assert row.bar.length == row.bar.tick == pytest.approx(BAR_WIDTH * 0.8)


def test_a_row_without_a_figure_names_the_layer_and_draws_no_bar():
    row = indicator_row(result(NURSING, None))
    assert (row.figure, row.bar, row.missing) == ("—", None, ("区划名录（街道）",))


def points(*values):
    return [
        YearPoint(2021 + n, date(2021 + n, 12, 31), result(NURSING, value, 100))
        if value is not None
        else YearPoint(2021 + n, date(2021 + n, 12, 31), result(NURSING, None))
        for n, value in enumerate(values)
    ]


def test_a_curve_holds_the_base_the_figures_and_the_target_and_nothing_between():
    curve = curve_of(NURSING, points(35, None, 41))
    assert [(dot.year, dot.text) for dot in curve.dots] == [(2021, "35"), (2023, "41")]
    assert (curve.base.year, curve.base.text) == (2020, "30")
    assert [year for _, year in curve.years] == [2020, 2021, 2022, 2023, 2024, 2025]
    assert curve.line.count(",") == 2
    assert curve.goal_y < curve.dots[-1].y < curve.dots[0].y < curve.base.y
    assert curve.goal_x == curve.years[-1][0]


def test_one_figure_alone_is_no_curve():
    only = indicator_catalogue().definition("zhumadian_regional_centre_townships")
    assert curve_of(only, [YearPoint(2025, date(2025, 12, 31), result(only, 1, 2))]) is None
    assert curve_of(NURSING, []) is None
