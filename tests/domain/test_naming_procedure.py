"""Approver, filing, announcement and terms by kind, level and action."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_procedure import Question, body_label, due_day, procedure
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Level, ProcedureRule, Step, Topic, Unit
from civgeo.errors import InvalidInput
from civgeo.services.naming_procedures import naming_procedures

BOOK = naming_procedures()
APPROVED, TODAY = date(2024, 3, 1), date(2024, 3, 2)
FAR = date(2024, 12, 31)
SEA = {PlaceKind.ISLAND, PlaceKind.ARCHIPELAGO, PlaceKind.STRAIT, PlaceKind.BAY}
FACILITIES = [kind for kind in PlaceKind if kind.place_class is PlaceClass.FACILITY]
LAND = [kind for kind in PlaceKind if kind.place_class is PlaceClass.NATURAL and kind not in SEA]
GOVERNMENT = {
    Level.PROVINCE: (Body.PROVINCIAL_GOVERNMENT, Body.STATE_COUNCIL),
    Level.CITY: (Body.MUNICIPAL_GOVERNMENT, Body.PROVINCIAL_GOVERNMENT),
    Level.COUNTY: (Body.COUNTY_GOVERNMENT, Body.MUNICIPAL_GOVERNMENT),
    Level.TOWNSHIP: (Body.COUNTY_GOVERNMENT, Body.MUNICIPAL_GOVERNMENT),
}


def ask(kind, action=Action.NAMING, *, book=BOOK, **given_facts):
    facts = {"approved_on": APPROVED, "today": TODAY, **given_facts}
    return procedure(Question(kind, action, **facts), book)


@pytest.mark.parametrize("action", [Action.NAMING, Action.RENAMING])
@pytest.mark.parametrize("level", Level)
def test_streets_are_approved_by_the_government_of_their_level_and_filed_one_level_up(
    level, action
):
    found = ask(PlaceKind.STREET, action, level=level)
    assert (found.status, found.approver, found.file_to) == ("ok", *GOVERNMENT[level])
    assert (found.consult, found.announcer) == ((), Body.CIVIL_AFFAIRS_SAME)
    assert found.file_by == found.announce_by == date(2024, 3, 16)


def test_street_without_a_level_has_no_approver_but_its_terms_are_known():
    found = ask(PlaceKind.STREET)
    assert (found.status, found.approver, found.file_to) == ("not_assessed", None, None)
    assert "level" in found.reason
    assert found.file_by == found.announce_by == date(2024, 3, 16)


def test_street_without_a_level_is_answered_by_who_approved():
    found = ask(PlaceKind.STREET, approved_by=Body.MUNICIPAL_GOVERNMENT)
    assert (found.status, found.approver) == ("ok", Body.MUNICIPAL_GOVERNMENT)
    assert found.file_to is Body.PROVINCIAL_GOVERNMENT


@pytest.mark.parametrize("kind", [PlaceKind.RESIDENTIAL_AREA, PlaceKind.BUILDING])
@pytest.mark.parametrize("level", [None, *Level])
def test_estates_and_buildings_are_approved_by_housing_after_consulting_the_office(kind, level):
    found = ask(kind, level=level, filed_on=date(2024, 3, 10))
    assert (found.status, found.approver) == ("ok", Body.HOUSING_DEPARTMENT)
    assert found.consult == (Body.CIVIL_AFFAIRS,)
    assert found.file_to is found.announcer is Body.CIVIL_AFFAIRS_SAME
    assert (found.file_by, found.announce_by) == (date(2024, 3, 16), date(2024, 3, 25))


@pytest.mark.parametrize("kind", FACILITIES)
@pytest.mark.parametrize(
    ("level", "consulted"),
    [
        (None, Body.COUNTY_GOVERNMENT),
        (Level.PROVINCE, Body.PROVINCIAL_GOVERNMENT),
        (Level.CITY, Body.MUNICIPAL_GOVERNMENT),
        (Level.COUNTY, Body.COUNTY_GOVERNMENT),
        (Level.TOWNSHIP, Body.COUNTY_GOVERNMENT),
    ],
)
def test_facilities_are_approved_by_their_sector_after_consulting_local_government(
    kind, level, consulted
):
    found = ask(kind, level=level)
    assert (found.status, found.approver) == ("ok", Body.SECTOR_DEPARTMENT)
    assert found.consult == (consulted,)
    assert found.file_to is Body.CIVIL_AFFAIRS_SAME
    assert found.announce_by is None


@pytest.mark.parametrize("kind", [*LAND, *sorted(SEA)])
def test_famous_natural_entities_go_to_the_state_council_and_are_filed_nowhere(kind):
    found = ask(kind, famous=True)
    assert (found.status, found.approver) == ("ok", Body.STATE_COUNCIL)
    assert (found.file_to, found.file_by) == (None, None)
    assert (found.announcer, found.announce_by) == (Body.CIVIL_AFFAIRS_SAME, date(2024, 3, 16))
    assert body_label(found.announcer, found.approver) == "民政部（国务院地名主管部门）"


@pytest.mark.parametrize("kind", sorted(SEA))
def test_islands_and_the_sea_go_to_the_ministry_of_natural_resources(kind):
    found = ask(kind, filed_on=date(2024, 3, 16))
    assert (found.approver, found.file_to) == (
        Body.NATURAL_RESOURCES_MINISTRY,
        Body.STATE_COUNCIL,
    )
    assert found.announce_by == date(2024, 3, 31)


@pytest.mark.parametrize(
    "kind",
    [*LAND, PlaceKind.COMMITTEE_SEAT, PlaceKind.SETTLEMENT, PlaceKind.PARK, PlaceKind.OTHER],
)
@pytest.mark.parametrize("level", [None, *Level])
def test_what_the_province_or_the_state_decides_elsewhere_is_not_assessed(kind, level):
    found = ask(kind, level=level)
    assert (found.status, found.approver, found.file_to) == ("not_assessed", None, None)
    assert (found.announcer, found.file_by, found.announce_by) == (None, None, None)
    assert "第12条" in found.reason


def test_where_the_approver_is_not_assessed_filing_follows_from_who_did_approve():
    found = ask(PlaceKind.COMMITTEE_SEAT, approved_by=Body.CIVIL_AFFAIRS)
    assert (found.status, found.approver) == ("not_assessed", Body.CIVIL_AFFAIRS)
    assert (found.file_to, found.file_by) == (Body.CIVIL_AFFAIRS_HIGHER, date(2024, 3, 16))
    assert found.announce_by == date(2024, 3, 16)


DIVISIONS = {
    PlaceKind.PROVINCE: (Body.NATIONAL_PEOPLES_CONGRESS, None, None),
    PlaceKind.PREFECTURE: (Body.STATE_COUNCIL, None, Body.CIVIL_AFFAIRS_SAME),
    PlaceKind.COUNTY: (Body.STATE_COUNCIL, None, Body.CIVIL_AFFAIRS_SAME),
    PlaceKind.TOWNSHIP: (
        Body.PROVINCIAL_GOVERNMENT,
        Body.STATE_COUNCIL,
        Body.CIVIL_AFFAIRS_SAME,
    ),
}


@pytest.mark.parametrize("kind", DIVISIONS)
@pytest.mark.parametrize("level", [None, *Level])
def test_divisions_follow_their_own_regulation(kind, level):
    found = ask(kind, Action.RENAMING, level=level)
    assert (found.status, found.approver, found.file_to, found.announcer) == (
        "ok",
        *DIVISIONS[kind],
    )
    assert found.basis[0].regulation == "行政区划管理条例"


def test_division_change_has_a_month_for_the_code_and_twelve_and_six_to_be_completed():
    found = ask(PlaceKind.TOWNSHIP, approved_on=date(2024, 1, 31))
    assert [(clock.step, clock.due) for clock in found.clocks] == [
        (Step.CODE_ISSUE, date(2024, 2, 29)),
        (Step.COMPLETION, date(2025, 1, 31)),
        (Step.EXTENDED_COMPLETION, date(2025, 7, 31)),
    ]
    assert ask(PlaceKind.STREET, level=Level.CITY).clocks == ()


@pytest.mark.parametrize("kind", [PlaceKind.STREET, PlaceKind.BRIDGE, PlaceKind.TOWNSHIP])
def test_retiring_rests_on_practice_and_says_so(kind):
    found = ask(kind, Action.RETIRING, level=Level.CITY)
    named = ask(kind, Action.NAMING, level=Level.CITY)
    assert found.status == "unverified"
    assert "注销" in found.reason
    assert (found.approver, found.file_to) == (named.approver, named.file_to)
    assert found.basis[0].evidence == "M"


def test_first_day_is_not_counted_and_holidays_do_not_shift_the_last():
    national_day = ask(PlaceKind.STREET, level=Level.CITY, approved_on=date(2024, 9, 16))
    assert national_day.file_by == date(2024, 10, 1)


@pytest.mark.parametrize(("filed", "days"), [(16, None), (17, 1), (31, 15)])
def test_filing_on_day_fifteen_is_in_time_and_on_day_sixteen_late(filed, days):
    found = ask(
        PlaceKind.STREET,
        level=Level.COUNTY,
        filed_on=date(2024, 3, filed),
        announced_on=date(2024, 3, 16),
        today=FAR,
    )
    assert [(item.step, item.days) for item in found.late] == (
        [] if days is None else [(Step.FILING, days)]
    )


@pytest.mark.parametrize(("today", "late"), [(date(2024, 3, 16), 0), (date(2024, 3, 17), 2)])
def test_open_steps_are_late_from_the_day_after_their_last(today, late):
    found = ask(PlaceKind.STREET, level=Level.COUNTY, today=today)
    assert len(found.late) == late
    assert {item.done for item in found.late} <= {None}


def test_late_steps_name_their_day_whether_done_or_open():
    found = ask(
        PlaceKind.BUILDING, filed_on=date(2024, 3, 20), announced_on=None, today=date(2024, 4, 9)
    )
    filing, announcing = found.late
    assert (filing.due, filing.days, filing.done) == (date(2024, 3, 16), 4, date(2024, 3, 20))
    assert (announcing.due, announcing.days, announcing.done) == (date(2024, 4, 4), 5, None)


def test_nothing_is_due_before_approval():
    found = ask(PlaceKind.STREET, level=Level.CITY, approved_on=None, today=FAR)
    assert (found.status, found.file_by, found.announce_by, found.late) == ("ok", None, None, ())


def test_approval_by_another_body_is_told_and_its_own_filing_computed():
    found = ask(PlaceKind.STREET, level=Level.CITY, approved_by=Body.HOUSING_DEPARTMENT)
    assert found.approver is Body.MUNICIPAL_GOVERNMENT
    assert found.file_to is Body.CIVIL_AFFAIRS_SAME
    assert "市级人民政府" in found.problems[0]


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"filed_on": date(2024, 2, 29)}, "早于批准日期"),
        ({"announced_on": date(2024, 2, 29)}, "早于批准日期"),
        ({"approved_on": None, "filed_on": TODAY}, "没有批准日期"),
    ],
)
def test_days_that_contradict_each_other_are_told(facts, word):
    assert word in ask(PlaceKind.STREET, level=Level.CITY, **facts).problems[0]


def test_announcement_before_filing_is_told_where_its_term_runs_from_filing():
    facts = {"announced_on": date(2024, 3, 5), "filed_on": date(2024, 3, 6)}
    assert ask(PlaceKind.BUILDING, **facts).problems == ("公告应在备案之后，期限自备案之日起算",)
    assert ask(PlaceKind.STREET, level=Level.CITY, **facts).problems == ()


def test_before_the_regulation_nothing_is_assessed():
    last_day = ask(PlaceKind.STREET, level=Level.CITY, approved_on=date(2022, 4, 30))
    assert (last_day.status, last_day.file_by) == ("not_assessed", None)
    assert "2022-04-30" in last_day.reason
    first_day = ask(PlaceKind.STREET, level=Level.CITY, approved_on=date(2022, 5, 1))
    assert (first_day.status, first_day.file_by) == ("ok", date(2022, 5, 16))


HENAN = ProcedureRule(
    id="henan-settlement",
    topic=Topic.APPROVER,
    place="河南省",
    adcode="410000",
    regulation="河南省地名管理办法",
    kinds=frozenset({PlaceKind.SETTLEMENT}),
    actions=frozenset({Action.NAMING, Action.RENAMING}),
    answer="county_government",
    evidence="S",
)


def test_the_province_own_rule_answers_there_and_nowhere_else():
    book = BOOK.with_own([HENAN])
    here = ask(PlaceKind.SETTLEMENT, book=book, division=DivisionCode.parse("411722"))
    assert (here.status, here.approver) == ("ok", Body.COUNTY_GOVERNMENT)
    assert here.file_to is Body.MUNICIPAL_GOVERNMENT
    for division in (None, DivisionCode.parse("420100")):
        assert ask(PlaceKind.SETTLEMENT, book=book, division=division).status == "not_assessed"


def test_rule_that_is_switched_off_or_over_is_not_applied():
    here = {"division": DivisionCode.parse("411722")}
    for rule in (replace(HENAN, enabled=False), replace(HENAN, valid_to=date(2024, 2, 29))):
        book = BOOK.with_own([rule])
        assert ask(PlaceKind.SETTLEMENT, book=book, **here).status == "not_assessed"
    book = BOOK.with_own([replace(HENAN, valid_to=APPROVED)])
    assert ask(PlaceKind.SETTLEMENT, book=book, **here).status == "ok"


@given(
    kind=st.sampled_from(PlaceKind),
    action=st.sampled_from(Action),
    level=st.none() | st.sampled_from(Level),
    famous=st.booleans(),
    approved=st.dates(date(2022, 5, 1), date(2100, 1, 1)),
)
def test_terms_are_fifteen_days_and_one_status_has_its_reason(
    kind, action, level, famous, approved
):
    found = ask(kind, action, level=level, famous=famous, approved_on=approved, today=approved)
    assert {found.file_by, found.announce_by} <= {None, approved + timedelta(days=15)}
    assert bool(found.reason) == (found.status != "ok")
    assert (found.approver is None) == (found.status == "not_assessed")
    assert found.late == ()


@pytest.mark.parametrize("unit", Unit)
def test_term_beyond_the_calendar_is_refused(unit):
    with pytest.raises(InvalidInput, match="9999-12-25"):
        due_day(date(9999, 12, 25), 15, unit)


@given(st.dates(date(1950, 1, 1), date(2200, 1, 1)), st.integers(1, 60))
def test_months_end_on_the_same_day_or_the_last_of_the_month(start, months):
    due = due_day(start, months, Unit.MONTHS)
    assert (due.year * 12 + due.month) - (start.year * 12 + start.month) == months
    assert due.day == start.day or (
        due.day < start.day and (due + timedelta(days=1)).month != due.month
    )
