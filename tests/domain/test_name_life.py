"""The life of a name: each step, each refusal, and what no path can reach."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from civgeo.domain.name_case import CaseState, FindingsSummary, NameCase
from civgeo.domain.name_clocks import due_steps, late_steps, next_step, overdue_steps
from civgeo.domain.name_demands import Deed, lacks, needs_filing
from civgeo.domain.name_life import advance, findings_recorded, materials_ticked, steps_open
from civgeo.domain.name_materials import filing_materials, name_materials
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Level, Step
from civgeo.errors import InvalidInput, RuleViolation
from civgeo.services.naming_procedures import naming_procedures

BOOK = naming_procedures()
TODAY = date(2024, 6, 30)
BASIC = frozenset({"plan", "reasons", "entity_description"})
STREET = NameCase("天中山大道", Action.NAMING, PlaceKind.STREET, level=Level.CITY)
CLEAN = FindingsSummary()


def done(step, day, **given):
    """A deed on that day of March 2024, with its document."""
    on = date(2024, 3, day)
    return Deed(step, on, **{"number": f"驻政〔2024〕{day}号", "dated": on, **given})


def after(case, *deeds):
    for deed in deeds:
        case = advance(case, deed, BOOK, TODAY)
    return case


def refused(case, deed, error=RuleViolation):
    with pytest.raises(error) as caught:
        advance(case, deed, BOOK, TODAY)
    return caught.value


READY = replace(STREET, findings=CLEAN, materials=BASIC)
CHECKED = after(READY, done(Step.CHECKING, 1))
SUBMITTED = after(CHECKED, done(Step.SUBMISSION, 2))
APPROVED = after(SUBMITTED, done(Step.APPROVAL, 3, approver=Body.MUNICIPAL_GOVERNMENT))
FILED = after(APPROVED, done(Step.FILING, 18))
ANNOUNCED = after(FILED, done(Step.ANNOUNCEMENT, 25))


def test_a_name_goes_from_draft_to_publication():
    consulting = after(CHECKED, done(Step.CONSULTING, 1))
    assert consulting.state is CaseState.CONSULTING
    assert after(consulting, done(Step.SUBMISSION, 2)).state is CaseState.SUBMITTED
    published = after(ANNOUNCED, done(Step.PUBLICATION, 26))
    assert published.state is CaseState.PUBLISHED
    assert (published.submitted_on, published.approved_on) == (date(2024, 3, 2), date(2024, 3, 3))
    assert (published.filed_on, published.announced_on) == (date(2024, 3, 18), date(2024, 3, 25))
    assert published.published_on == date(2024, 3, 26)
    assert [item.step for item in published.documents][1:4] == [
        Step.SUBMISSION,
        Step.APPROVAL,
        Step.FILING,
    ]
    assert steps_open(published, BOOK, TODAY) == ()
    assert next_step(published, BOOK, TODAY) is None


def test_late_announcement_is_recorded_and_flagged():
    (late,) = late_steps(ANNOUNCED, BOOK, TODAY)
    assert (late.step, late.due, late.days) == (Step.ANNOUNCEMENT, date(2024, 3, 18), 7)
    assert late.done == date(2024, 3, 25)
    assert overdue_steps([ANNOUNCED], BOOK, TODAY) == ()


OPEN = {
    CaseState.DRAFT: {Step.CHECKING},
    CaseState.CHECKED: {Step.CONSULTING, Step.SUBMISSION, Step.REVISION},
    CaseState.CONSULTING: {Step.SUBMISSION, Step.REVISION},
    CaseState.SUBMITTED: {Step.APPROVAL, Step.RETURN},
    CaseState.RETURNED: {Step.REVISION},
    CaseState.APPROVED: {Step.FILING, Step.ANNOUNCEMENT},
    CaseState.FILED: {Step.FILING, Step.ANNOUNCEMENT},
    CaseState.ANNOUNCED: {Step.FILING, Step.ANNOUNCEMENT, Step.PUBLICATION},
    CaseState.PUBLISHED: {Step.FILING, Step.ANNOUNCEMENT},
}


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("step", [step for step in Step if step is not Step.EXTENDED_COMPLETION])
def test_every_step_is_open_in_its_states_only(state, step):
    case = replace(READY, state=state)
    assert (step in steps_open(case, BOOK, TODAY)) == (step in OPEN[state])
    if step not in OPEN[state]:
        error = refused(case, done(step, 1, approver=Body.COUNTY_GOVERNMENT, reason="理由"))
        assert error.code == "step_not_open"
        assert case.state.label_zh in error.message


@pytest.mark.parametrize("step", [Step.FILING, Step.ANNOUNCEMENT])
def test_what_is_done_is_not_done_twice(step):
    assert refused(ANNOUNCED, done(step, 28)).code == "step_not_open"


@pytest.mark.parametrize(
    ("findings", "justification", "code"),
    [
        (None, "", "findings_missing"),
        (FindingsSummary(block=1), "有理由也不行", "findings_block"),
        (FindingsSummary(justify=1), " ", "justification_missing"),
    ],
)
def test_draft_is_not_checked_while_findings_forbid_it(findings, justification, code):
    case = replace(STREET, findings=findings, justification=justification)
    assert refused(case, done(Step.CHECKING, 1)).code == code


def test_findings_that_ask_for_a_reason_or_only_advise_let_the_draft_go_on():
    case = findings_recorded(STREET, FindingsSummary(justify=2, advise=3), "与人名没有特定联系")
    assert after(case, done(Step.CHECKING, 1)).state is CaseState.CHECKED


def test_findings_are_recorded_in_drafts_only():
    with pytest.raises(RuleViolation, match="草拟"):
        findings_recorded(CHECKED, CLEAN)


@pytest.mark.parametrize("missing", sorted(BASIC))
def test_application_without_its_materials_is_not_submitted(missing):
    case = replace(CHECKED, materials=BASIC - {missing})
    assert refused(case, done(Step.SUBMISSION, 2)).code == "material_missing"


def test_reports_are_demanded_of_divisions_and_left_to_the_case_elsewhere():
    street = {item.code: item.required for item in name_materials(STREET, BOOK, TODAY)}
    reports = {"comprehensive_assessment", "expert_report", "consultation_report"}
    assert {code for code, needed in street.items() if needed} == BASIC
    assert reports <= set(street)
    town = NameCase("嵖岈山镇", Action.NAMING, PlaceKind.TOWNSHIP)
    demanded = {item.code for item in name_materials(town, BOOK, TODAY) if item.required}
    assert demanded == BASIC | {"risk_assessment", "expert_report", "consultation_report"}
    retired = replace(town, action=Action.RETIRING)
    assert {"reasons", "risk_assessment"} <= {
        item.code for item in name_materials(retired, BOOK, TODAY) if item.required
    }


def test_filing_names_what_goes_along():
    codes = [item.code for item in filing_materials(APPROVED, BOOK, date(2024, 6, 1))]
    assert codes == []
    newer = replace(APPROVED, approved_on=date(2024, 5, 1))
    codes = [item.code for item in filing_materials(newer, BOOK, TODAY)]
    assert codes[:2] == ["filing_form", "filing_report"]


@pytest.mark.parametrize("action", [Action.RENAMING, Action.RETIRING])
def test_protected_name_is_not_submitted_without_protective_measures(action):
    case = replace(CHECKED, action=action, protected=True)
    error = refused(case, done(Step.SUBMISSION, 2))
    assert error.code == "protective_measures_missing"
    assert "第25条" in error.message
    allowed = materials_ticked(case, BASIC_OF[action] | {"protective_measures"}, BOOK, TODAY)
    assert after(allowed, done(Step.SUBMISSION, 2)).state is CaseState.SUBMITTED


BASIC_OF = {
    Action.RENAMING: BASIC,
    Action.RETIRING: frozenset({"reasons", "entity_description"}),
}


def test_naming_after_a_protected_name_needs_no_measures():
    case = replace(CHECKED, protected=True)
    assert lacks(case, done(Step.SUBMISSION, 2), BOOK, TODAY) == ()


def test_materials_are_ticked_from_the_list_and_before_submission():
    assert materials_ticked(STREET, BASIC, BOOK, TODAY).materials == BASIC
    with pytest.raises(InvalidInput, match="risk_assessment"):
        materials_ticked(STREET, frozenset({"risk_assessment"}), BOOK, TODAY)
    with pytest.raises(RuleViolation, match="已报批"):
        materials_ticked(SUBMITTED, BASIC, BOOK, TODAY)


@pytest.mark.parametrize(
    ("case", "step"),
    [
        (CHECKED, Step.SUBMISSION),
        (SUBMITTED, Step.APPROVAL),
        (APPROVED, Step.FILING),
        (FILED, Step.ANNOUNCEMENT),
    ],
)
@pytest.mark.parametrize("lack", [{"number": " "}, {"dated": None}])
def test_official_steps_need_a_document_with_number_and_date(case, step, lack):
    deed = done(step, 28, approver=Body.MUNICIPAL_GOVERNMENT, **lack)
    assert refused(case, deed).code == "document_missing"


def test_approval_names_its_body_and_return_its_reason():
    assert refused(SUBMITTED, done(Step.APPROVAL, 3)).code == "approver_missing"
    assert refused(SUBMITTED, done(Step.RETURN, 3)).code == "reason_missing"


def test_returned_case_keeps_its_reason_and_goes_back_to_draft():
    returned = after(SUBMITTED, done(Step.RETURN, 3, reason="与本市已有街名同音"))
    assert (returned.state, returned.return_reason) == (CaseState.RETURNED, "与本市已有街名同音")
    draft = after(returned, done(Step.REVISION, 4))
    assert (draft.state, draft.findings, draft.submitted_on) == (CaseState.DRAFT, None, None)
    assert draft.materials == BASIC
    assert refused(draft, done(Step.CHECKING, 4)).code == "findings_missing"


@pytest.mark.parametrize(
    ("case", "deed", "word"),
    [
        (READY, Deed(Step.CHECKING, TODAY + timedelta(days=1)), "晚于今天"),
        (SUBMITTED, done(Step.APPROVAL, 1, approver=Body.MUNICIPAL_GOVERNMENT), "早于前一步"),
        (APPROVED, done(Step.FILING, 2), "早于前一步"),
        (FILED, done(Step.ANNOUNCEMENT, 2), "早于前一步"),
        (ANNOUNCED, done(Step.PUBLICATION, 24), "早于前一步"),
    ],
)
def test_days_that_cannot_be_are_refused(case, deed, word):
    error = refused(case, deed, InvalidInput)
    assert (error.code, word in error.message) == ("bad_date", True)


def test_announcement_may_come_first_but_nothing_is_published_without_filing():
    announced = after(APPROVED, done(Step.ANNOUNCEMENT, 10))
    assert announced.state is CaseState.ANNOUNCED
    assert refused(announced, done(Step.PUBLICATION, 11)).code == "filing_missing"
    filed = after(announced, done(Step.FILING, 12))
    assert (filed.state, filed.filed_on) == (CaseState.ANNOUNCED, date(2024, 3, 12))
    assert after(filed, done(Step.PUBLICATION, 13)).state is CaseState.PUBLISHED


def test_what_the_state_council_approved_is_announced_without_filing():
    county = replace(
        SUBMITTED, kind=PlaceKind.COUNTY, materials=frozenset(), name="上蔡县", level=None
    )
    approved = after(county, done(Step.APPROVAL, 3, approver=Body.STATE_COUNCIL))
    assert not needs_filing(approved, BOOK, TODAY)
    assert Step.FILING not in steps_open(approved, BOOK, TODAY)
    announced = after(approved, done(Step.ANNOUNCEMENT, 10))
    assert after(announced, done(Step.PUBLICATION, 11)).state is CaseState.PUBLISHED


def test_division_keeps_its_clocks_beside_the_announcement():
    approval = done(Step.APPROVAL, 3, approver=Body.PROVINCIAL_GOVERNMENT)
    town = after(replace(SUBMITTED, kind=PlaceKind.TOWNSHIP), approval)
    due = {item.step: item.due for item in due_steps(town, BOOK, TODAY)}
    assert due == {
        Step.FILING: date(2024, 3, 18),
        Step.ANNOUNCEMENT: date(2024, 3, 18),
        Step.CODE_ISSUE: date(2024, 4, 3),
        Step.COMPLETION: date(2025, 3, 3),
    }
    later = after(town, done(Step.CODE_ISSUE, 20), done(Step.EXTENSION, 21))
    assert (later.state, later.extended) == (CaseState.APPROVED, True)
    assert refused(later, done(Step.EXTENSION, 22)).code == "step_not_open"
    due = {item.step: item.due for item in due_steps(later, BOOK, TODAY)}
    assert due[Step.COMPLETION] == date(2025, 9, 3)
    assert Step.CODE_ISSUE not in due


@pytest.mark.parametrize(
    ("case", "step", "who", "due"),
    [
        (STREET, Step.CHECKING, "经办人", None),
        (CHECKED, Step.SUBMISSION, "经办人", None),
        (SUBMITTED, Step.APPROVAL, "市级人民政府", None),
        (APPROVED, Step.FILING, "市级人民政府", date(2024, 3, 18)),
        (FILED, Step.ANNOUNCEMENT, "同级人民政府民政部门", date(2024, 3, 18)),
        (ANNOUNCED, Step.PUBLICATION, "民政部门（地名主管部门）", None),
    ],
)
def test_next_step_says_who_does_it_and_by_when(case, step, who, due):
    found = next_step(case, BOOK, date(2024, 3, 8))
    assert (found.step, found.who, found.due) == (step, who, due)
    assert found.days_left == (None if due is None else 10)


def test_sector_department_is_named_and_announces_after_filing():
    bridge = replace(SUBMITTED, kind=PlaceKind.BRIDGE, sector="交通运输")
    approved = after(bridge, done(Step.APPROVAL, 3, approver=Body.SECTOR_DEPARTMENT))
    filing, announcing = due_steps(approved, BOOK, TODAY)
    assert (filing.who, filing.to) == ("交通运输主管部门", "同级人民政府民政部门")
    assert (announcing.step, announcing.due) == (Step.ANNOUNCEMENT, None)
    filed = after(approved, done(Step.FILING, 10))
    assert next_step(filed, BOOK, TODAY).due == date(2024, 3, 25)


def test_overdue_list_holds_open_steps_only_and_the_longest_overdue_first():
    later = replace(APPROVED, name="练江河路", approved_on=date(2024, 4, 1))
    found = overdue_steps([later, FILED, STREET], BOOK, date(2024, 4, 17))
    assert [(item.case.name, item.step, item.days) for item in found] == [
        ("天中山大道", Step.ANNOUNCEMENT, 30),
        ("练江河路", Step.FILING, 1),
        ("练江河路", Step.ANNOUNCEMENT, 1),
    ]


class LifeOfAName(RuleBasedStateMachine):
    """Any deeds in any order, with any of what they demand there or not."""

    def __init__(self) -> None:
        super().__init__()
        self.case = STREET
        self.approvals = 0

    @initialize(
        kind=st.sampled_from([PlaceKind.STREET, PlaceKind.BUILDING, PlaceKind.TOWNSHIP]),
        action=st.sampled_from(Action),
        protected=st.booleans(),
    )
    def begin(self, kind, action, protected):
        self.case = NameCase("练江河路", action, kind, level=Level.CITY, protected=protected)

    @rule(block=st.integers(0, 1), justify=st.integers(0, 1), text=st.sampled_from(["", "理由"]))
    def check(self, block, justify, text):
        if self.case.state is CaseState.DRAFT:
            summary = FindingsSummary(block=block, justify=justify)
            self.case = findings_recorded(self.case, summary, text)

    @rule(everything=st.booleans())
    def tick(self, everything):
        if self.case.state in (CaseState.DRAFT, CaseState.CHECKED, CaseState.CONSULTING):
            codes = {item.code for item in name_materials(self.case, BOOK, TODAY)}
            wanted = frozenset(codes) if everything else BASIC & codes
            self.case = materials_ticked(self.case, wanted, BOOK, TODAY)

    @rule(
        step=st.sampled_from(Step),
        day=st.integers(1, 28),
        number=st.sampled_from(["", "驻政〔2024〕1号"]),
        approver=st.none() | st.sampled_from(Body),
        reason=st.sampled_from(["", "理由"]),
    )
    def act(self, step, day, number, approver, reason):
        on = date(2024, 3, day)
        deed = Deed(step, on, number=number, dated=on, approver=approver, reason=reason)
        before = self.case
        try:
            self.case = advance(before, deed, BOOK, TODAY)
        except (RuleViolation, InvalidInput):
            assert self.case == before
        else:
            assert step in steps_open(before, BOOK, TODAY)
            assert lacks(before, deed, BOOK, TODAY) == ()
            self.approvals += step is Step.APPROVAL

    @rule(data=st.data(), approver=st.sampled_from(Body))
    def go_on(self, data, approver):
        """Whatever is open, with all that a deed can bring: long lives are common so."""
        if self.case.state is CaseState.DRAFT:
            self.check(0, 1, "理由")
            self.tick(everything=True)
        open_steps = steps_open(self.case, BOOK, TODAY)
        if open_steps:
            step = data.draw(st.sampled_from(open_steps))
            self.act(step, 28, "驻政〔2024〕1号", approver, "理由")

    @invariant()
    def nothing_is_published_without_approval_filing_and_announcement(self):
        case = self.case
        if case.state is CaseState.PUBLISHED:
            assert case.approved_on is not None
            assert case.announced_on is not None
            assert case.filed_on is not None or not needs_filing(case, BOOK, TODAY)

    @invariant()
    def what_is_approved_was_checked_and_complete(self):
        case = self.case
        if case.approved_on is not None:
            assert self.approvals == 1
            assert case.findings is not None
            assert case.findings.block == 0
            assert all(item.ticked for item in name_materials(case, BOOK, TODAY) if item.required)

    @invariant()
    def a_step_is_open_until_the_name_is_published(self):
        if self.case.state is not CaseState.PUBLISHED:
            assert steps_open(self.case, BOOK, TODAY)
            assert next_step(self.case, BOOK, TODAY) is not None


LifeOfAName.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLifeOfAName = LifeOfAName.TestCase
