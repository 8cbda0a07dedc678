"""Rounds of joint inspections over a real store: planned, advanced, filed, late."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import orjson
import pytest

from api.served_city import REGISTER, divisions
from boundary_city import EDIT, LINES, founded, line, opened, row
from civgeo.domain.history import StaleVersion
from civgeo.domain.round_forms import RoundState
from civgeo.domain.round_plan import LeaderRule, SpecialCause
from civgeo.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from civgeo.services.boundary_entries import correct_entry, enter
from civgeo.services.city import City
from civgeo.services.round_records import round_file
from civgeo.services.round_records import rounds as rounds_list
from civgeo.services.round_views import (
    board,
    board_sheet,
    calendar,
    overdue_lines,
    plan_document,
    round_documents,
    round_map,
    round_map_geojson,
)
from civgeo.services.rounds import (
    PlanRequest,
    advance,
    plan_round,
    revise,
    special_inspection,
)
from civgeo.store.store import Store

FIFTH = PlanRequest(5, first_year=2023, last_year=2027)


@pytest.fixture
def founding(tmp_path: Path) -> Iterator[tuple[City, str]]:
    folder, own, _ = founded(tmp_path / "store")
    with opened(folder) as city:
        enter(city, LINES, line(code="9801", name="外线", sides="980100,990100", level=None), EDIT)
        yield city, own


def planned(city: City) -> str:
    plan_round(city, FIFTH, EDIT)
    return next(file.id for file in rounds_list(city) if file.facts.line == "0221")


def through(city: City, id: str, *states: str) -> None:
    for version, state in enumerate(states, start=1):
        day = date(2026, 1, 10 + version)
        advance(city, id, RoundState(state), day, EDIT, version)


def test_a_plan_takes_every_line_and_asked_again_changes_nothing(founding) -> None:
    city, _ = founding
    found = plan_document(plan_round(city, FIFTH, EDIT))
    assert [(item["name"], item["year"]) for item in found["planned"]] == [
        ("甲乙线", 2026),
        ("外线", 2027),
    ]
    again = plan_round(city, FIFTH, EDIT)
    assert (again.planned, again.kept) == ((), ("0221", "9801"))
    assert len(round_documents(city, number=5)) == 2


def test_only_new_lines_are_added_to_a_plan(founding) -> None:
    city, _ = founding
    plan_round(city, FIFTH, EDIT)
    enter(city, LINES, line(code="0333", name="新线"), EDIT)
    asked = PlanRequest(5, LeaderRule.ALTERNATING, {"0333": 2027}, 2023, 2027)
    added = plan_round(city, asked, EDIT)
    assert [(item.line.code, item.year, item.leader) for item in added.planned] == [
        ("0333", 2027, "990102")
    ]


def test_a_round_that_is_not_known_must_be_given_with_its_years(founding) -> None:
    city, _ = founding
    with pytest.raises(NotFound, match="首年与末年"):
        plan_round(city, PlanRequest(5), EDIT)
    with pytest.raises(InvalidInput, match="一起"):
        plan_round(city, PlanRequest(5, first_year=2023), EDIT)
    with pytest.raises(InvalidInput, match="没有登记"):
        plan_round(
            city, PlanRequest(5, years={"7777": 2025}, first_year=2023, last_year=2027), EDIT
        )


def test_an_inspection_goes_state_by_state_and_filing_renews_the_line(founding) -> None:
    city, own = founding
    id = planned(city)
    with pytest.raises(RuleViolation, match="下一步是“外业中”"):
        advance(city, id, RoundState.FILED, date(2026, 1, 1), EDIT, 1)
    through(city, id, "open", "comparing", "reported")
    assert row(city, LINES, own)["last_inspected"] == "2021-05-20"
    with pytest.raises(RuleViolation, match="早于上一步"):
        advance(city, id, RoundState.FILED, date(2026, 1, 1), EDIT, 4)
    with pytest.raises(RuleViolation, match="今天之后"):
        advance(city, id, RoundState.FILED, date(2026, 3, 2), EDIT, 4)
    with pytest.raises(StaleVersion):
        advance(city, id, RoundState.FILED, date(2026, 2, 1), EDIT, 3)
    advance(city, id, RoundState.FILED, date(2026, 2, 1), EDIT, 4)
    found = row(city, LINES, own)
    assert (found["last_inspected"], found["next_due"]) == ("2026-01-12", "2031-01-12")
    assert round_file(city, id).days == {
        "started_on": date(2026, 1, 11),
        "finished_on": date(2026, 1, 12),
        "reported_on": date(2026, 1, 13),
        "filed_on": date(2026, 2, 1),
    }
    with pytest.raises(RuleViolation, match="已备案"):
        revise(city, id, {"year": 2027}, EDIT, 5)


def test_what_is_planned_may_be_revised_but_not_its_state(founding) -> None:
    city, _ = founding
    id = planned(city)
    revise(city, id, {"year": 2027, "due": "2027-06-30", "leader": "990121"}, EDIT, 1)
    assert round_file(city, id).facts.due == date(2027, 6, 30)
    with pytest.raises(NotPermitted, match="按步骤"):
        revise(city, id, {"state": "filed"}, EDIT, 2)
    with pytest.raises(InvalidInput, match="参加方"):
        revise(city, id, {"leader": "410000"}, EDIT, 2)


def test_a_year_outside_the_round_and_a_tolerance_of_nothing_are_refused(tmp_path: Path) -> None:
    folder, register = tmp_path / "store", replace(REGISTER, city="410000")
    with Store.create(folder, register=register) as store, store.write() as writing:
        writing.add_divisions(divisions())
    with opened(folder) as city:
        enter(city, LINES, line(), EDIT)
        id = planned(city)
        for year in (2022, 2028):
            with pytest.raises(InvalidInput, match="2023 至 2027 年"):
                revise(city, id, {"year": year}, EDIT, 1)
        for metres in (0, 0.0, -1.5):
            with pytest.raises(InvalidInput, match="大于 0 米"):
                revise(city, id, {"tolerance_m": metres}, EDIT, 1)
        revise(city, id, {"year": 2027, "tolerance_m": 0.5}, EDIT, 1)
        revise(city, id, {"tolerance_m": None}, EDIT, 2)
        assert round_file(city, id).tolerance_m is None


def test_a_special_inspection_has_a_cause_and_a_last_day(founding) -> None:
    city, own = founding
    saved = special_inspection(city, "0221", SpecialCause.RIVER, date(2026, 4, 1), EDIT)
    found = round_file(city, saved.id)
    assert (found.facts.kind.value, found.cause) == ("special", "河流改道")
    through(city, saved.id, "open", "comparing", "reported", "filed")
    assert row(city, LINES, own)["last_inspected"] == "2021-05-20"
    with pytest.raises(InvalidInput, match="已过"):
        special_inspection(city, "0221", SpecialCause.RIVER, date(2026, 2, 1), EDIT)
    named = special_inspection(city, "甲乙线", SpecialCause.ROAD, date(2026, 4, 1), EDIT)
    assert round_file(city, named.id).facts.line == "0221"
    with pytest.raises(NotFound, match="没有代码、名称或编号"):
        special_inspection(city, "7777", SpecialCause.RIVER, date(2026, 4, 1), EDIT)


def test_late_lines_are_listed_by_their_days_and_reasons(founding) -> None:
    city, own = founding
    planned(city)
    late = City(city.store, date(2027, 1, 1))
    found = [(item["line"], item["reason"], item["days"]) for item in overdue_lines(late)]
    assert found == [
        ("0221", "interval", 226),
        ("0221", "planned", 1),
        ("9801", "never", None),
    ]
    assert [item["reason"] for item in overdue_lines(city)] == ["never"]
    changed = {"status": "to_demarcate", "demarcate_by": "2026-02-01"}
    correct_entry(city, LINES, own, changed, EDIT, 1)
    assert overdue_lines(city)[0]["reason_zh"] == "变更界线勘定期限"


def test_the_board_counts_each_year_and_shows_lines_outside_the_plan(founding) -> None:
    city, _ = founding
    id = planned(city)
    enter(city, LINES, line(code="0333", name="新线"), EDIT)
    advance(city, id, RoundState.OPEN, date(2026, 2, 1), EDIT, 1)
    found = board(city, 5)
    assert [row["name"] for row in found.lines] == ["外线", "甲乙线", "新线"]
    assert [(row["state"], row["year"]) for row in found.lines] == [
        ("planned", 2027),
        ("open", 2026),
        (None, None),
    ]
    assert [(item["year"], item["planned"]) for item in found.totals] == [(2026, 1), (2027, 1)]
    with pytest.raises(NotFound):
        board(city, 9)


def test_the_workbook_has_a_column_a_year_and_the_overdue_list(founding) -> None:
    city, _ = founding
    planned(city)
    book = openpyxl.load_workbook(io.BytesIO(board_sheet(city, 5)))
    first = book.worksheets[0]
    assert [cell.value for cell in first[1]][6:] == [
        "2026",
        "2027",
        "完成期限",
        "逾期天数",
        "勘定状态",
    ]
    assert first["H2"].value == "已计划"
    assert book.sheetnames == ["第5轮联检计划", "各年合计", "逾期清单", "说明"]
    assert "模拟数据" in str([cell.value for cell in book["说明"]["A"]])


def test_the_calendar_holds_every_last_day(founding) -> None:
    city, _ = founding
    planned(city)
    text = calendar(city, datetime(2026, 3, 1, tzinfo=UTC)).decode()
    assert text.count("BEGIN:VEVENT") == 3
    assert "界线联检期限" in text
    assert "DTSTART;VALUE=DATE:20260520" in text


def test_map_data_holds_the_lines_that_are_drawn(founding) -> None:
    city, _ = founding
    planned(city)
    enter(city, LINES, line(code="0333", name="新线", geometry=None), EDIT)
    frame = round_map(city, 5)
    assert frame["state_zh"].tolist() == ["已计划", "已计划"]
    assert not frame["public"].any()
    members = orjson.loads(round_map_geojson(city, 5))["features"]
    assert members[0]["properties"]["days"] is None
