"""Indicators of other registers: rural naming, reported figures, inspected lines."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from indicator_city import TODAY, TOWNSHIPS, city_with, facility, records

from civgeo.formats.indicators import indicator_catalogue
from civgeo.services.indicator_data import day_data
from civgeo.services.indicator_results import Standing
from civgeo.services.indicator_rules import computed
from civgeo.services.indicators import evaluate_indicators, indicator_history, one_indicator
from civgeo.store.tables import Collection

CENTRE = "zhumadian_regional_centre_townships"
CODES = list(TOWNSHIPS)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[object]:
    cities = []

    def make(facilities, **given):
        city = city_with(tmp_path / str(len(cities)), facilities, **given)
        cities.append(city)
        return city

    yield make
    for city in cities:
        city.store.close()


def naming(number, division, reached, day="2025-12-01"):
    return {
        "id": f"n{number}",
        "name": division,
        "division": division,
        "roads_named": 1,
        "signs_set": 1,
        "points_mapped": 1,
        "names_protected": 0,
        "goal_reached": reached,
        "counted_on": day,
    }


def test_the_latest_count_of_each_township_decides_for_rural_naming(made):
    rows = [
        naming(1, CODES[0], reached=False, day="2025-01-01"),
        naming(2, CODES[0], reached=True),
        naming(3, CODES[1], reached=True),
        naming(4, CODES[2], reached=False),
    ]
    city = made([], records=records(Collection.RURAL_NAMING, rows))
    item = indicator_catalogue().definition("nanyang_rural_naming_townships_2025")
    count = computed(item, day_data(city, TODAY))
    assert (count.numerator, count.denominator) == (2, 5)
    assert count.notes == ("2 个乡镇（街道）没有进度记录，按未达到计",)
    early = computed(item, day_data(city, date(2025, 6, 1)))
    assert early.numerator == 0


def report(number, indicator, division="411700", **given):
    row = {
        "id": f"r{number}",
        "indicator": indicator,
        "division": division,
        "reported_on": "2025-12-20",
        "period": 2025,
        "numerator": 18.0,
        "denominator": 10_000.0,
        "document": "驻民〔2025〕1号",
        "note": None,
    }
    return row | given


WORKERS = "zhumadian_community_workers_per_10000"


def test_a_reported_figure_is_marked_with_its_document(made):
    rows = [report(1, WORKERS), report(2, WORKERS, "411721", numerator=5.0, denominator=5000.0)]
    city = made([], records=records(Collection.INDICATOR_REPORTS, rows))
    result = one_indicator(city, WORKERS, officer=True)
    assert (result.basis, result.value, result.meets) == ("reported", 18, True)
    assert result.report.document == "驻民〔2025〕1号"
    assert [(p.part.name, p.verdict.value) for p in result.parts] == [("西平县", 10)]
    assert [point.year for point in indicator_history(city, WORKERS, officer=True)] == [2025]


def test_a_report_never_mixes_with_what_the_register_gives(made):
    rows = [report(1, CENTRE, numerator=5.0, denominator=5.0)]
    city = made(
        [facility(1, "regional_elder_care_centre", CODES[0])],
        records=records(Collection.INDICATOR_REPORTS, rows),
    )
    result = one_indicator(city, CENTRE, officer=True)
    assert (result.basis, result.value) == ("computed", 20)
    assert (result.report.numerator, result.report.denominator) == (5, 5)


def test_a_reported_figure_is_for_officers_alone(made):
    city = made([], records=records(Collection.INDICATOR_REPORTS, [report(1, WORKERS)]))
    result = one_indicator(city, WORKERS)
    assert (result.standing, result.value, result.report) == (Standing.NOT_ASSESSED, None, None)
    assert "只供工作人员查看" in result.reason
    assert indicator_history(city, WORKERS) == ()
    found = {item.definition.id: item for item in evaluate_indicators(city).results}
    assert found[WORKERS].report is None
    known = evaluate_indicators(city, officer=True).results
    assert {item.definition.id: item for item in known}[WORKERS].report.numerator == 18


def test_years_end_today_whatever_day_is_asked_for(made):
    city = made([facility(1, "regional_elder_care_centre", CODES[0])])
    points = indicator_history(city, CENTRE, on=date(9999, 12, 31))
    assert points == indicator_history(city, CENTRE)
    assert points[-1].on == TODAY


def test_a_report_of_a_later_year_is_not_known_yet(made):
    rows = [report(1, WORKERS, period=2027), report(2, WORKERS, reported_on="2026-03-02")]
    city = made([], records=records(Collection.INDICATOR_REPORTS, rows))
    assert one_indicator(city, WORKERS, officer=True).standing is Standing.NOT_ASSESSED


def line(number, level, *, public=True):
    return {
        "id": f"l{number}",
        "code": f"{number:04d}",
        "name": f"{number}号线",
        "level": level,
        "division": "411700",
        "sides": "[]",
        "status": "demarcated",
        "length_m": 1000.0,
        "secrecy": "public" if public else "internal",
        "public": public,
    }


def inspected(number, line, turn, reported_on, kind="regular"):
    return {
        "id": f"i{number}",
        "name": f"第 {turn} 轮",
        "line": line,
        "line_name": line,
        "level": "county",
        "round": turn,
        "kind": kind,
        "year": 2021,
        "due": "2021-12-31",
        "division": "411700",
        "sides": "[]",
        "state": "filed" if reported_on else "open",
        "reported_on": reported_on,
    }


def test_lines_count_when_the_fourth_round_or_a_later_one_is_reported(made):
    levels = ["prefecture", "county", "county", "county", "province"]
    lines = [line(n, level, public=n != 2) for n, level in enumerate(levels)]
    rounds = [
        inspected(1, "0000", 4, "2020-05-01"),
        inspected(2, "0001", 5, "2025-05-01"),
        inspected(3, "0002", 3, "2015-05-01"),
        inspected(4, "0003", 4, None),
        inspected(5, "0003", 4, "2025-05-01", kind="special"),
    ]
    held = records(Collection.BOUNDARY_LINES, lines)
    held |= records(Collection.INSPECTION_ROUNDS, rounds)
    city = made([], records=held)
    result = one_indicator(city, "zhumadian_boundary_rounds")
    assert (result.numerator, result.denominator) == (2, 4)
    assert [(item.code, item.name) for item in result.failing] == [
        ("", "未公开的界线"),
        ("0003", "3号线"),
    ]
    early = one_indicator(city, "zhumadian_boundary_rounds", on=date(2025, 4, 30))
    assert early.numerator == 1
