"""Disputes, yearly checks and the hand-over of archives over a real store."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from boundary_city import EDIT, founded, opened
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.services.boundary_checks import (
    answer_check,
    correct_dispute,
    enter_dispute,
    start_checks,
)
from civgeo.services.boundary_entries import enter
from civgeo.services.city import City
from civgeo.services.round_lists import (
    boundary_list,
    boundary_list_document,
    boundary_list_workbook,
)
from civgeo.store.tables import Collection

DISPUTE = {"name": "河滩地段", "line": "0221", "began_on": "2026-01-30"}
DISPUTE |= {"claims": '[{"side":"990102","text":"以河心为界"}]'}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    folder, *_ = founded(tmp_path / "store")
    with opened(folder) as made:
        yield made


def archive(number: str, **changed: object) -> dict:
    values = {"number": number, "name": "联检档案", "kind": "report", "line": "0221", "year": 2025}
    return {**values, "level": "township", **changed}


def test_a_dispute_takes_its_sides_from_the_line_and_is_settled_with_an_outcome(city) -> None:
    id = enter_dispute(city, DISPUTE, EDIT).id
    found = boundary_list(city, "boundary_disputes")
    assert found.totals == {"争议": 1, "未解决": 1}
    told = boundary_list_document(found)["rows"][0]
    assert (told["sides"], told["days"], told["claims_told"]) == (
        ["990102", "990121"],
        30,
        "甲区：以河心为界",
    )
    with pytest.raises(RuleViolation, match="处理结果"):
        correct_dispute(city, id, {"state": "settled"}, EDIT, 1)
    outcome = {"state": "settled", "settled_on": "2026-02-10", "outcome": "按附图执行"}
    correct_dispute(city, id, outcome, EDIT, 1)
    again = boundary_list(city, "boundary_disputes", line=" 甲乙线 ")
    assert boundary_list(city, "boundary_disputes", line="0221").table == again.table
    with pytest.raises(NotFound, match="甲丙线"):
        boundary_list(city, "boundary_disputes", line="甲丙线")
    assert (again.totals["未解决"], again.table.rows[0]["days"]) == (0, 11)
    with pytest.raises(NotFound):
        enter_dispute(city, {**DISPUTE, "line": "7777"}, EDIT)


def test_a_dispute_takes_its_line_by_name_and_its_state_days_and_outcome_agree(city) -> None:
    with pytest.raises(RuleViolation, match="未解决"):
        enter_dispute(city, {**DISPUTE, "outcome": "按附图执行"}, EDIT)
    id = enter_dispute(city, {**DISPUTE, "line": "甲乙线"}, EDIT).id
    assert boundary_list(city, "boundary_disputes").table.rows[0]["line"] == "0221"
    outcome = {"state": "settled", "settled_on": "2026-03-02", "outcome": "按附图执行"}
    with pytest.raises(RuleViolation, match="今天之后"):
        correct_dispute(city, id, outcome, EDIT, 1)
    with pytest.raises(RuleViolation, match="早于发生日期"):
        correct_dispute(city, id, {**outcome, "settled_on": "2026-01-29"}, EDIT, 1)
    correct_dispute(city, id, {**outcome, "settled_on": "2026-03-01"}, EDIT, 1)
    with pytest.raises(RuleViolation, match="一并清空"):
        correct_dispute(city, id, {"state": "talking"}, EDIT, 2)
    again = {"state": "talking", "settled_on": None, "outcome": None}
    assert correct_dispute(city, id, again, EDIT, 2).version == 3


def test_yearly_checks_are_made_once_for_each_line(city) -> None:
    assert start_checks(city, 2026, EDIT) == (1, 0)
    assert start_checks(city, 2026, EDIT) == (0, 1)
    found = boundary_list(city, "yearly_checks", year=2026)
    assert (found.table.rows[0]["open"], found.totals["未查完"]) == (8, 1)
    assert "待市局修改" in found.notes[0]
    with pytest.raises(InvalidInput, match="年度"):
        start_checks(city, 2027, EDIT)


def test_answers_are_kept_item_by_item_and_the_bureau_adds_its_own(city) -> None:
    start_checks(city, 2026, EDIT)
    id = str(boundary_list(city, "yearly_checks").table.rows[0]["id"])
    day = date(2026, 2, 1)
    first = [{"id": "markers", "ok": False, "note": "1号桩倾斜"}, {"id": "terrain", "ok": True}]
    answer_check(city, id, first, EDIT, 1, checked_on=day, checked_by="李四")
    own = [{"id": "own", "title": "联络会议已召开", "ok": True}]
    answer_check(city, id, own, EDIT, 2, checked_on=day)
    found = boundary_list(city, "yearly_checks").table.rows[0]
    assert (found["good"], found["bad"], found["open"]) == (2, 1, 6)
    assert found["problems"] == "界桩及方位物完好，管理方落实到人（1号桩倾斜）"
    with pytest.raises(InvalidInput, match="缺少名称"):
        answer_check(city, id, [{"id": "strange", "ok": True}], EDIT, 3, checked_on=day)
    with pytest.raises(InvalidInput, match="true、false"):
        answer_check(city, id, [{"id": "maps", "ok": "好"}], EDIT, 3, checked_on=day)
    with pytest.raises(RuleViolation, match="今天之后"):
        answer_check(city, id, [], EDIT, 3, checked_on=date(2026, 3, 2))


def test_archives_of_township_lines_are_listed_by_how_their_hand_over_stands(city) -> None:
    archives = Collection.BOUNDARY_ARCHIVES
    enter(city, archives, archive("1", hand_over_by="2026-02-28"), EDIT)
    enter(city, archives, archive("2", hand_over_by="2026-03-01"), EDIT)
    enter(city, archives, archive("3", handed_over_on="2026-01-05", received_by="档案馆"), EDIT)
    enter(city, archives, archive("4"), EDIT)
    enter(city, archives, archive("5", level="county"), EDIT)
    found = boundary_list(city, "boundary_archives")
    assert found.totals == {
        "案卷": 4,
        "已移交": 1,
        "未移交": 1,
        "逾期未移交": 1,
        "没有移交期限": 1,
    }
    assert (found.table.rows[0]["number"], found.table.rows[0]["days"]) == ("1", 1)
    book = openpyxl.load_workbook(io.BytesIO(boundary_list_workbook(found)))
    assert book.sheetnames == ["乡级界线档案移交", "合计", "说明"]
    with pytest.raises(NotFound, match="没有登记表"):
        boundary_list(city, "estates")
