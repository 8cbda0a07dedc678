"""The life of names in any order of edits, against a model: no edit is lost, none is half done.

``CIVGEO_MACHINE_EXAMPLES`` sets the number of runs (5 by default).
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from civgeo.domain.history import Edit, StaleVersion
from civgeo.domain.name_case import CaseState, NameCase
from civgeo.domain.name_demands import Deed
from civgeo.domain.name_life import advance, findings_recorded, materials_ticked, steps_open
from civgeo.domain.name_materials import name_materials
from civgeo.domain.procedure_rule import Action, Body, Step
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.services import editing
from civgeo.services.case_opening import open_naming, open_renaming, open_retiring
from civgeo.services.case_records import one_case
from civgeo.services.name_cases import check_case, redraft, take_step, tick_materials
from civgeo.services.naming_procedures import naming_procedures
from services.import_city import TODAY, city_in
from services.name_life_model import (
    DAYS,
    DIVISION,
    KIND,
    ModelCase,
    Place,
    PlaceState,
    syllables,
    text,
)
from services.name_life_places import CALLED, CHOICE, MEANING, PlaceLives

BOOK = naming_procedures()
EXAMPLES = int(os.environ.get("CIVGEO_MACHINE_EXAMPLES", "5"))
WAY = (Step.SUBMISSION, Step.APPROVAL, Step.FILING, Step.ANNOUNCEMENT, Step.PUBLICATION)
FAR = st.sampled_from([0, 2, 4, 5, 5])
OFFICE_DAYS = st.sampled_from(DAYS[1:])
BEFORE_SUBMISSION = (CaseState.DRAFT, CaseState.CHECKED, CaseState.CONSULTING)
UNDER_WAY = (CaseState.SUBMITTED, CaseState.APPROVED, CaseState.FILED, CaseState.ANNOUNCED)


class Lives(PlaceLives):
    """Cases are opened about the places, and published into the gazetteer."""

    @initialize(day=OFFICE_DAYS, later=OFFICE_DAYS, far=FAR, retire=st.booleans())
    def begin_with_two_cases(self, day, later, far, retire):
        """A name that is given, and another one that is changed or ends, or is about to."""
        self.enter("张庄村", "以姓得名", None)
        self.propose("安庄村", "以河得名", 5, day)
        self.propose_for_a_place(0, "先村", retire, far, later)

    # Cases.

    @rule(name=CALLED, meaning=MEANING, far=FAR, day=OFFICE_DAYS)
    def propose(self, name, meaning, far, day):
        edit = self.edit()
        given = {"name": name, "kind": KIND.value, "division": DIVISION, "meaning": meaning}
        saved = open_naming(self.city, given, edit, reason="新村")
        self.cases[saved.id] = ModelCase.opened(Action.NAMING, name, meaning, edit.document)
        self.go_on(len(self.cases) - 1, far, day)

    @rule(choice=CHOICE, name=CALLED, retire=st.booleans(), far=FAR, day=OFFICE_DAYS)
    def propose_for_a_place(self, choice, name, retire, far, day):
        id, place = self.place(choice)
        edit, was = self.edit(), place.state
        at = place.version

        def act():
            if retire:
                return open_retiring(self.city, id, edit, at, reason="已搬迁")
            return open_renaming(self.city, id, {"name": name}, edit, at, reason="重名")

        if not retire and name == was.name:
            assert self.refused(act, InvalidInput).code == "no_change"
            return
        if place.is_closed:
            self.refused(act, NotFound)
            return
        action = Action.RETIRING if retire else Action.RENAMING
        proposed = was.name if retire else name
        made = ModelCase.opened(action, proposed, was.meaning, edit.document, was.name)
        made.place, made.place_version = id, at
        self.cases[act().id] = made
        self.go_on(len(self.cases) - 1, far, day)

    def stepped(
        self,
        choice: int,
        act: Callable[[str, Edit, int], editing.Saved],
        expect: Callable[[NameCase], NameCase],
    ) -> None:
        """A step that brings the case to what `expect` says, or is refused with its words."""
        id, known = self.case(choice)
        edit, told = self.edit(), None
        try:
            after = expect(known.case)
        except (RuleViolation, InvalidInput) as expected:
            told = expected
        if told is not None:
            said = self.refused(lambda: act(id, edit, known.version), type(told))
            assert said.code == told.code
            assert told.message in said.message
            return
        saved = act(id, edit, known.version)
        known.documents += [edit.document] * (saved.version - known.version)
        assert after == known.case or known.documents[-1] == edit.document
        known.case = after

    @precondition(lambda self: self.cases)
    @rule(choice=CHOICE, justification=st.sampled_from(["", "沿用旧称"]))
    def check(self, choice, justification):
        found = None

        def act(id, edit, version):
            nonlocal found
            told = {"justification": justification}
            saved, found = check_case(self.city, id, edit, version, **told)
            return saved

        id, known = self.case(choice)
        if known.case.state is not CaseState.DRAFT:
            self.stepped(choice, act, lambda case: findings_recorded(case, case.findings))
            return
        edit = self.edit()
        saved = act(id, edit, known.version)
        known.documents += [edit.document] * (saved.version - known.version)
        with self.city.store.read() as reading:
            counts = one_case(reading, id).case.findings
        assert sum((counts.block, counts.justify, counts.advise)) == len(found.findings)
        assert bool(counts.block) == self.is_taken(known)
        after = findings_recorded(known.case, counts, justification)
        with suppress(RuleViolation):
            after = advance(after, Deed(Step.CHECKING, TODAY), BOOK, TODAY)
        known.case = after

    @precondition(lambda self: self.cases)
    @rule(choice=CHOICE, everything=st.booleans())
    def tick(self, choice, everything):
        listed = name_materials(self.case(choice)[1].case, BOOK, TODAY)
        codes = frozenset(item.code for item in listed if everything or item.required)
        self.stepped(
            choice,
            lambda id, edit, version: tick_materials(self.city, id, codes, edit, version),
            lambda case: materials_ticked(case, codes, BOOK, TODAY),
        )

    @precondition(lambda self: self.cases)
    @rule(choice=CHOICE, name=CALLED)
    def change_the_proposal(self, choice, name):
        if self.case(choice)[1].case.action is Action.RETIRING:
            return

        def expect(case: NameCase) -> NameCase:
            if case.state is not CaseState.DRAFT:
                case = advance(case, Deed(Step.REVISION, TODAY), BOOK, TODAY)
            return replace(case, name=name, findings=None, justification="")

        def act(id: str, edit: Edit, version: int) -> editing.Saved:
            return redraft(self.city, id, {"name": name}, edit, version)

        self.stepped(choice, act, expect)

    @precondition(lambda self: self.cases)
    @rule(
        choice=CHOICE,
        step=st.sampled_from(Step),
        day=OFFICE_DAYS,
        number=st.sampled_from(["", "民地〔1〕号"]),
        approver=st.sampled_from([None, Body.COUNTY_GOVERNMENT]),
        reason=st.sampled_from(["", "名实不符"]),
    )
    def take(self, choice, step, day, number, approver, reason):
        """Any step, open or not, with what it demands or without."""
        deed = Deed(step, day, number, day, approver=approver, reason=reason)
        self.step(choice, deed)

    @precondition(lambda self: self.cases)
    @rule(choice=CHOICE, far=FAR, day=OFFICE_DAYS)
    def go_on(self, choice, far, day):
        """`far` of the steps to publication, where nothing is in the way: long lives are common."""
        _, known = self.case(choice)
        if far:
            self.check(choice, "沿用旧称")
        if far and known.case.state in BEFORE_SUBMISSION:
            self.tick(choice, everything=True)
        for step in WAY[:far]:
            if step in steps_open(known.case, BOOK, TODAY):
                day = max(day, known.case.announced_on or day, known.case.approved_on or day)
                deed = Deed(step, day, f"民地〔{step}〕号", day, approver=Body.COUNTY_GOVERNMENT)
                self.step(choice, deed)

    def step(self, choice: int, deed: Deed) -> None:
        id, known = self.case(choice)

        def expect(case: NameCase) -> NameCase:
            after = advance(case, deed, BOOK, TODAY)
            if deed.step is Step.SUBMISSION and (self.is_taken(known) or self.is_asked_for(known)):
                raise RuleViolation("", code="name_taken")
            return after

        after = None
        if deed.step is Step.PUBLICATION:
            with suppress(RuleViolation, InvalidInput):
                after = expect(known.case)
        if after is not None:
            self.publish(id, known, deed, after)
            return
        self.stepped(
            choice,
            lambda id, edit, version: take_step(self.city, id, deed, edit, version),
            expect,
        )

    def is_taken(self, known: ModelCase) -> bool:
        """Whether another place is called so already, or by a name that sounds the same."""
        others = [place for id, place in self.places.items() if id != known.place]
        retiring = known.case.action is Action.RETIRING
        return not retiring and any(place.sounds_like(known.case.name) for place in others)

    def is_asked_for(self, known: ModelCase) -> bool:
        """Whether another case that is submitted gives a name that sounds the same."""
        others = [other.case for other in self.cases.values() if other is not known]
        return known.case.action is not Action.RETIRING and any(
            syllables(other.name) == syllables(known.case.name)
            for other in others
            if other.state in UNDER_WAY and other.action is not Action.RETIRING
        )

    def publish(self, id: str, known: ModelCase, deed: Deed, after: NameCase) -> None:
        """The entry changes with the case, or neither does."""
        edit, since = self.edit(), after.approved_on
        approval = next(paper for paper in after.documents if paper.step is Step.APPROVAL)

        def act():
            return take_step(self.city, id, deed, edit, known.version)

        if known.place is None:
            saved = act()
            with self.city.store.read() as reading:
                known.place = one_case(reading, id).place
            place = self.places[known.place] = Place()
            place.enter(PlaceState(after.name, known.meaning), since, approval.number)
        else:
            place = self.places[known.place]
            days = self.published(place, after, known.meaning)
            if place.version != known.place_version:
                told = self.refused(act, StaleVersion)
                self.both_versions(told, place, known.place_version)
                return
            if days == place.days or not any(days):
                self.refused(act, RuleViolation, NotFound)
                return
            saved = act()
            place.record(days, approval.number)
        known.documents += [edit.document] * (saved.version - known.version)
        known.case = after
        self.remember()

    @staticmethod
    def published(place: Place, after: NameCase, meaning: str) -> tuple:
        since = after.approved_on
        if after.action is Action.RETIRING:
            return place.changed(range(DAYS.index(since), len(DAYS)), lambda _: None)
        if not place.is_there(since):
            return place.days
        former = (*place.state.former, (after.former_name, text(since)))
        return place.amended(since, lambda _: PlaceState(after.name, meaning, former))

    @precondition(lambda self: any(case.version > 1 for case in self.cases.values()))
    @rule(choice=CHOICE, act=st.sampled_from(["审核", "材料", "步骤", "修改"]))
    def come_too_late_to_a_case(self, choice, act):
        id, known = next((id, case) for id, case in self.cases.items() if case.version > 1)
        seen, edit, deed = known.version - 1, self.edit(), Deed(Step.CONSULTING, TODAY)
        acts = {
            "审核": lambda: check_case(self.city, id, edit, seen),
            "材料": lambda: tick_materials(self.city, id, frozenset(), edit, seen),
            "步骤": lambda: take_step(self.city, id, deed, edit, seen),
            "修改": lambda: redraft(self.city, id, {"name": "卢庄村"}, edit, seen),
        }
        told = self.refused(acts[act], StaleVersion)
        assert (told.expected, told.current) == (seen, known.version)
        assert told.current_fields["state"] == known.case.state.value

    @invariant()
    def each_case_is_what_the_model_says(self):
        with self.city.store.read() as reading:
            for id, known in self.cases.items():
                assert one_case(reading, id).case == known.case


@pytest.fixture
def machine(tmp_path: Path) -> type[Lives]:
    city_in(tmp_path / "s").store.close()
    return type("Machine", (Lives,), {"founded": tmp_path / "s"})


def test_any_order_of_edits_and_cases_loses_nothing_and_replays_to_every_day(machine):
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    case = machine.TestCase
    case.settings = settings(
        max_examples=EXAMPLES, stateful_step_count=10, deadline=None, suppress_health_check=checks
    )
    case().runTest()


@pytest.mark.parametrize("retire", [False, True])
def test_case_about_a_place_that_was_closed_since_is_refused_with_both_versions(machine, retire):
    life = machine()
    life.enter("张庄村", "以姓得名", None)
    life.propose_for_a_place(0, "先村", retire, 4, DAYS[2])
    life.close_or_restore(0, DAYS[3], again=True)
    life.go_on(0, 5, DAYS[2])
    assert next(iter(life.cases.values())).case.state is CaseState.ANNOUNCED
    life.whatever_was_written_all_of_it_holds()
    life.teardown()
