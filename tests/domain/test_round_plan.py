"""Five-year plans, last days and lateness of joint inspections."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.boundary_forms import BoundaryLevel, LineStatus
from civgeo.domain.round_due import DueReason, RoundFacts, dues, overdue
from civgeo.domain.round_forms import RoundKind, RoundState
from civgeo.domain.round_plan import LeaderRule, LineFacts, five_year_plan, leader_of, next_state
from civgeo.domain.round_terms import InspectionRound, round_of, term_end
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.formats.boundary_rules import boundary_terms, inspection_rounds

TERMS = boundary_terms()
FIFTH = round_of(inspection_rounds(), 5, "411702")
LINE = LineFacts("0221", "驿西线", BoundaryLevel.COUNTY, ("411702", "411721"))


def line(code: str, **changed: object) -> LineFacts:
    return replace(LINE, code=code, **changed)  # type: ignore[arg-type]


def test_the_fifth_round_of_henan_is_known_with_its_document() -> None:
    assert (FIFTH.first_year, FIFTH.last_year, FIFTH.document) == (2023, 2027, "豫民文〔2023〕36号")
    assert FIFTH.evidence == "E"
    with pytest.raises(NotFound, match="第 9 轮"):
        round_of(inspection_rounds(), 9, "411702")
    with pytest.raises(NotFound):
        round_of(inspection_rounds(), 5, "421303")


def test_the_terms_carry_regulation_and_article() -> None:
    assert (TERMS.inspection_interval.months, TERMS.inspection_interval.citation) == (
        60,
        "行政区域界线管理条例 国务院令第353号 第12条",
    )
    assert (TERMS.change_completion.months, TERMS.change_extension.months) == (12, 6)
    assert TERMS.demarcation_limit.months == 12


def test_a_line_comes_when_five_years_are_over_within_the_round() -> None:
    lines = [
        line("a", last_inspected=date(2019, 5, 1)),
        line("b", last_inspected=date(2010, 5, 1)),
        line("c", last_inspected=date(2022, 12, 31)),
        line("d", last_inspected=date(2024, 3, 1)),
        line("e", status=LineStatus.TO_DEMARCATE),
        line("f", status=LineStatus.ENDED),
    ]
    planned, left_out = five_year_plan(lines, FIFTH, TERMS)
    assert {item.line.code: item.year for item in planned} == {"a": 2024, "b": 2023, "c": 2027}
    assert planned[0].due == date(2023, 12, 31)
    assert {item.line.code: item.reason[:4] for item in left_out} == {
        "d": "本轮已于",
        "e": "界线待勘",
        "f": "界线已废",
    }


def test_lines_without_a_record_are_spread_from_the_first_open_year() -> None:
    lines = [line(f"{number:02d}") for number in range(7)]
    planned, _ = five_year_plan(lines, FIFTH, TERMS, first_year=2026)
    years = [item.year for item in planned]
    assert (years.count(2026), years.count(2027)) == (4, 3)
    late, _ = five_year_plan(lines, FIFTH, TERMS, first_year=2030)
    assert {item.year for item in late} == {2027}


def test_a_year_of_the_bureau_goes_first_and_must_lie_in_the_round() -> None:
    planned, _ = five_year_plan([LINE], FIFTH, TERMS, years={"0221": 2025})
    assert (planned[0].year, planned[0].reason) == (2025, "市局指定年份")
    with pytest.raises(InvalidInput, match="不在第 5 轮"):
        five_year_plan([LINE], FIFTH, TERMS, years={"0221": 2028})


@given(st.lists(st.integers(2005, 2030) | st.none(), max_size=30))
def test_every_line_is_planned_or_left_out_and_never_twice(years: list[int | None]) -> None:
    lines = [
        line(f"{number:03d}", last_inspected=None if year is None else date(year, 7, 1))
        for number, year in enumerate(years)
    ]
    planned, left_out = five_year_plan(lines, FIFTH, TERMS)
    codes = [item.line.code for item in (*planned, *left_out)]
    assert sorted(codes) == [item.code for item in lines]
    assert all(item.year in FIFTH.years and item.leader in item.line.sides for item in planned)


@pytest.mark.parametrize(
    ("number", "rule", "leader"),
    [
        (5, LeaderRule.SMALLER_CODE, "411702"),
        (4, LeaderRule.SMALLER_CODE, "411702"),
        (5, LeaderRule.ALTERNATING, "411702"),
        (4, LeaderRule.ALTERNATING, "411721"),
    ],
)
def test_the_leader_is_the_smaller_code_or_alternates(
    number: int, rule: LeaderRule, leader: str
) -> None:
    assert leader_of(("411721", "411702"), number, rule) == leader


@pytest.mark.parametrize(("today", "days"), [(date(2026, 5, 20), 0), (date(2026, 5, 21), 1)])
def test_the_last_day_itself_is_in_time(today: date, days: int) -> None:
    inspected = line("a", last_inspected=date(2021, 5, 20))
    found = dues(inspected, (), TERMS, today)
    assert (found[0].due, found[0].days) == (date(2026, 5, 20), days)
    assert len(overdue(found)) == (1 if days else 0)


def test_a_line_never_inspected_is_told_without_a_day() -> None:
    (found,) = dues(LINE, (), TERMS, date(2026, 1, 1))
    assert (found.reason, found.due, found.days) == (DueReason.NEVER, None, None)
    assert overdue([found]) == ()


def test_a_recorded_day_counts_only_when_it_is_earlier() -> None:
    inspected = line("a", last_inspected=date(2021, 5, 20), next_due=date(2025, 5, 20))
    assert dues(inspected, (), TERMS, date(2026, 1, 1))[0].reason is DueReason.RECORDED
    later = replace(inspected, next_due=date(2028, 5, 20))
    assert dues(later, (), TERMS, date(2026, 1, 1))[0].due == date(2026, 5, 20)


def test_a_changed_line_is_to_be_demarcated_in_a_year() -> None:
    changed = line(
        "a",
        status=LineStatus.TO_DEMARCATE,
        demarcate_by=term_end(date(2025, 1, 31), TERMS.demarcation_limit),
    )
    (found,) = dues(changed, (), TERMS, date(2026, 2, 1))
    assert (found.reason, found.due, found.days) == (DueReason.DEMARCATION, date(2026, 1, 31), 1)
    assert dues(replace(changed, status=LineStatus.ENDED), (), TERMS, date(2026, 2, 1)) == ()


def test_plans_and_special_inspections_count_until_they_are_filed() -> None:
    plan = RoundFacts("0221", 5, RoundKind.REGULAR, RoundState.OPEN, 2025, date(2025, 12, 31))
    special = replace(plan, kind=RoundKind.SPECIAL, due=date(2025, 6, 30))
    filed = replace(plan, state=RoundState.FILED)
    elsewhere = replace(plan, line="other")
    inspected = replace(LINE, last_inspected=date(2024, 1, 1))
    found = overdue(dues(inspected, (plan, special, filed, elsewhere), TERMS, date(2026, 1, 1)))
    assert [item.reason for item in found] == [DueReason.SPECIAL, DueReason.PLANNED]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_five_years_end_on_the_same_day_or_the_last_of_february(start: date) -> None:
    end = term_end(start, TERMS.inspection_interval)
    assert end.year == start.year + 5
    assert (end.month, end.day) == (start.month, start.day) or (
        start.month == 2 and start.day == 29 and end.day == 28
    )
    assert end - start >= timedelta(days=1825)


def test_states_follow_one_another() -> None:
    assert next_state(RoundState.PLANNED, RoundState.OPEN) is RoundState.OPEN
    with pytest.raises(RuleViolation, match="下一步是“核对中”"):
        next_state(RoundState.OPEN, RoundState.FILED)
    with pytest.raises(RuleViolation, match="没有下一步"):
        next_state(RoundState.FILED, RoundState.OPEN)


def test_a_round_has_years() -> None:
    with pytest.raises(InvalidInput, match="轮次或年份"):
        InspectionRound(5, 2027, 2023)
