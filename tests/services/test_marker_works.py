"""Works on markers over a real store: the register follows only the last step."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

from boundary_city import EDIT, MARKERS, SIDES, founded, opened, row
from civgeo.domain.history import Action, StaleVersion
from civgeo.domain.marker_work import WorkStep
from civgeo.domain.round_forms import WorkKind, WorkState
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.formats.boundary_rules import marker_work_steps
from civgeo.services.boundary_entries import close_entry, correct_entry
from civgeo.services.city import City
from civgeo.services.marker_works import (
    Proposal,
    open_work,
    step_work,
    withdraw_work,
    work_file,
    works,
)
from civgeo.services.work_records import work_document

NEW = shapely.Point(114.1, 33.07)
BOTH = ("990102", "990121")
STARTED = date(2026, 1, 5)


@pytest.fixture
def founding(tmp_path: Path) -> Iterator[tuple[City, str]]:
    folder, _, placed = founded(tmp_path / "store")
    with opened(folder) as city:
        yield city, placed


def through(city: City, id: str, *steps: str) -> None:
    """Take `steps` with all that they ask, a day each."""
    for version, step in enumerate(steps, start=1):
        on = date(2026, 1, 10 + version)
        taken = WorkStep(WorkState(step), on, f"纪要{version}号", BOTH)
        step_work(city, id, taken, EDIT, version)


def moving(placed: str) -> Proposal:
    given = {"geometry": NEW, "position": "路东侧"}
    return Proposal(WorkKind.MOVE, "修路", placed, given, on=STARTED)


def test_a_moved_marker_is_registered_with_the_last_step_and_not_before(founding) -> None:
    city, placed = founding
    id = open_work(city, moving(placed), EDIT).id
    through(city, id, "agreed", "surveyed", "done", "archived")
    assert row(city, MARKERS, placed)["version"] == 1
    step_work(city, id, WorkStep(WorkState.FILED, date(2026, 2, 1), "备案9号"), EDIT, 5)
    found = row(city, MARKERS, placed)
    assert (found["version"], found["position"], found["state"]) == (2, "路东侧", "intact")
    assert found["geometry"].equals(NEW)
    assert found["chainage_m"] == pytest.approx(11_091 * 0.3, abs=2)
    with city.store.read() as reading:
        last = reading.history(MARKERS, placed)[-1]
    assert (last.action, last.document, last.valid_from) == (
        Action.CORRECT,
        "备案9号",
        date(2026, 1, 13),
    )
    with pytest.raises(RuleViolation, match="已办完"):
        step_work(city, id, WorkStep(WorkState.FILED, date(2026, 2, 1), "备案"), EDIT, 6)


def test_a_step_is_refused_out_of_order_without_the_neighbour_and_on_a_stale_version(
    founding,
) -> None:
    city, placed = founding
    id = open_work(city, moving(placed), EDIT).id
    surveyed = WorkStep(WorkState.SURVEYED, STARTED, "测绘", BOTH)
    with pytest.raises(RuleViolation, match="步骤不能跳过"):
        step_work(city, id, surveyed, EDIT, 1)
    alone = WorkStep(WorkState.AGREED, STARTED, "纪要", ("990102",))
    with pytest.raises(RuleViolation, match="缺 990121"):
        step_work(city, id, alone, EDIT, 1)
    with pytest.raises(StaleVersion):
        step_work(city, id, WorkStep(WorkState.AGREED, STARTED, "纪要", BOTH), EDIT, 3)
    assert work_file(city, id).version == 1


def test_a_new_marker_is_registered_with_number_sides_and_chainage(founding) -> None:
    city, _ = founding
    given = {"number": "0221002A", "line": "0221", "geometry": NEW, "material": "石"}
    id = open_work(city, Proposal(WorkKind.ADD, "新修道路", None, given, on=STARTED), EDIT).id
    assert len(works(city)) == 1
    with pytest.raises(RuleViolation, match="尚未办完"):
        open_work(city, Proposal(WorkKind.ADD, "再提", None, given, on=STARTED), EDIT)
    through(city, id, "agreed", "surveyed", "done", "archived", "filed")
    file = work_file(city, id)
    found = row(city, MARKERS, str(file.marker))
    assert (found["number"], found["setting"], found["sides"]) == (
        "0221002A",
        "同号双立",
        SIDES,
    )
    assert (found["material"], found["set_on"], found["state"]) == ("石", "2026-01-13", "intact")
    assert found["chainage_m"] == pytest.approx(11_091 * 0.3, abs=2)


def test_a_repair_keeps_the_place_and_makes_the_marker_intact(founding) -> None:
    city, placed = founding
    correct_entry(city, MARKERS, placed, {"state": "damaged"}, EDIT, 1)
    with pytest.raises(InvalidInput, match="不改变位置"):
        open_work(city, Proposal(WorkKind.REPAIR, "撞坏", placed, {"geometry": NEW}), EDIT)
    id = open_work(city, Proposal(WorkKind.REPAIR, "撞坏", placed, on=STARTED), EDIT).id
    through(city, id, "done", "archived")
    assert row(city, MARKERS, placed)["state"] == "intact"
    with city.store.read() as reading:
        assert reading.features(MARKERS, valid_on=date(2026, 1, 9))["state"].item() == "damaged"


def test_a_scrapped_marker_ends_on_the_day_of_the_work(founding) -> None:
    city, placed = founding
    id = open_work(city, Proposal(WorkKind.SCRAP, "界线变更", placed, on=STARTED), EDIT).id
    through(city, id, "agreed", "filed", "done", "archived")
    assert row(city, MARKERS, placed) == {}
    with city.store.read() as reading:
        frame = reading.features(MARKERS, include_closed=True)
    assert frame["valid_to"].item() == "2026-01-13"


def test_a_marker_that_was_moved_by_another_program_meanwhile_is_not_overwritten(
    founding,
) -> None:
    city, placed = founding
    id = open_work(city, moving(placed), EDIT).id
    through(city, id, "agreed", "surveyed", "done", "archived")
    elsewhere = {"geometry": shapely.Point(114.1, 33.02)}
    with city.store.write() as writing:
        writing.correct(MARKERS, placed, elsewhere, EDIT, 1)
    filed = WorkStep(WorkState.FILED, date(2026, 2, 1), "备案9号")
    with pytest.raises(RuleViolation, match="改过"):
        step_work(city, id, filed, EDIT, 5)
    assert (work_file(city, id).version, row(city, MARKERS, placed)["version"]) == (5, 2)


def test_works_are_withdrawn_and_then_opened_again(founding) -> None:
    city, placed = founding
    id = open_work(city, moving(placed), EDIT).id
    reason = WorkStep(WorkState.WITHDRAWN, date(2026, 1, 20), "不再修路")
    withdraw_work(city, id, reason, EDIT, 1)
    assert work_file(city, id).work.state is WorkState.WITHDRAWN
    again = open_work(city, moving(placed), EDIT).id
    assert [file.id for file in works(city, state=WorkState.PROPOSED)] == [again]
    assert len(works(city, line="0221")) == 2
    with pytest.raises(NotFound, match="界桩变动"):
        work_file(city, "nowhere")


@pytest.mark.parametrize(
    ("proposal", "told"),
    [
        (Proposal(WorkKind.MOVE, "修路", "x", {}), "新位置"),
        (Proposal(WorkKind.MOVE, " ", "x", {"geometry": NEW}), "事由"),
        (Proposal(WorkKind.REPAIR, "撞坏"), "marker"),
        (Proposal(WorkKind.ADD, "修路", "x", {"geometry": NEW}), "不写 marker"),
    ],
)
def test_a_proposal_that_lacks_something_is_refused(founding, proposal, told: str) -> None:
    city, _ = founding
    with pytest.raises(InvalidInput, match=told):
        open_work(city, proposal, EDIT)


def test_the_document_says_what_comes_next_who_must_come_and_why(founding) -> None:
    city, placed = founding
    due = date(2026, 2, 1)
    proposal = Proposal(WorkKind.REPAIR, "撞坏", placed, on=STARTED, due=due)
    file = work_file(city, open_work(city, proposal, EDIT).id)
    names = {"990121": "乙县"}
    told = work_document(file, marker_work_steps(), names, city.today)
    assert told["next"] == {
        "step": "done",
        "label_zh": "已施工",
        "present": ["990121"],
        "present_zh": "乙县",
        "document": False,
        "told": "由负责管理的一方修复，毗邻方在场",
        "basis": "行政区域界线管理条例（国务院令第353号） 第6条",
        "evidence": "S",
    }
    assert (told["path"], told["overdue_days"]) == (["done", "archived"], 28)


def test_a_marker_is_not_moved_or_ended_under_open_works_which_then_finish(founding) -> None:
    city, placed = founding
    id = open_work(city, moving(placed), EDIT).id
    through(city, id, "agreed", "surveyed", "done")
    elsewhere = {"geometry": shapely.Point(114.1, 33.041)}
    ending = replace(EDIT, valid_from=date(2026, 2, 1))
    for attempt in (
        lambda: correct_entry(city, MARKERS, placed, elsewhere, EDIT, 1, clerical=True),
        lambda: close_entry(city, MARKERS, placed, ending, 1, clerical=True),
    ):
        with pytest.raises(RuleViolation) as told:
            attempt()
        assert told.value.code == "work_open"
    correct_entry(city, MARKERS, placed, {"remark": "路东"}, EDIT, 1)
    step_work(city, id, WorkStep(WorkState.ARCHIVED, date(2026, 2, 1), "档案8号"), EDIT, 4)
    step_work(city, id, WorkStep(WorkState.FILED, date(2026, 2, 1), "备案9号"), EDIT, 5)
    assert row(city, MARKERS, placed)["geometry"].equals(NEW)
