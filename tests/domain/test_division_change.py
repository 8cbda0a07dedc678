"""Drafts of division changes: successors, lines that end or begin, clocks."""

from datetime import date

import pytest

from civgeo.domain.division_change import (
    ChangeDraft,
    NewDivision,
    checked_draft,
    clocks,
    code_notes,
    ended_pairs,
    names_told,
    new_pairs,
    successors,
)
from civgeo.domain.round_forms import ChangeKind
from civgeo.errors import InvalidInput
from civgeo.formats.boundary_rules import boundary_terms

A, B, C = NewDivision("甲镇", "411721101"), NewDivision("乙街道", "411721002"), NewDivision("丙镇")
TERMS = boundary_terms()


def test_a_merger_ends_the_line_between_its_divisions() -> None:
    draft = checked_draft(ChangeDraft(ChangeKind.MERGE, ("411721201", "411721101"), (A,)))
    assert successors(draft) == {"411721201": (A,), "411721101": (A,)}
    assert ended_pairs(draft) == (("411721101", "411721201"),)
    assert new_pairs(draft) == ()


def test_a_split_begins_a_line_between_its_parts() -> None:
    draft = checked_draft(ChangeDraft(ChangeKind.SPLIT, ("411721101",), (A, B)))
    assert (new_pairs(draft), ended_pairs(draft)) == (((A, B),), ())
    assert successors(draft)["411721101"] == (A, B)


def test_an_adjustment_moves_the_line_and_keeps_the_codes() -> None:
    other = NewDivision("丁镇", "411721102")
    draft = ChangeDraft(ChangeKind.ADJUST, ("411721101", "411721102"), (A, other))
    assert new_pairs(draft) == ((A, other),)
    assert successors(draft) == {"411721101": (A,), "411721102": (other,)}


def test_what_follows_is_not_told_when_several_become_several() -> None:
    draft = ChangeDraft(ChangeKind.TO_TOWN, ("411721201", "411721101"), (A, C))
    assert successors(draft) == {"411721201": (), "411721101": (A,)}


def test_a_code_outside_its_range_and_a_missing_one_are_told() -> None:
    draft = ChangeDraft(ChangeKind.TO_SUBDISTRICT, ("411721201",), (A, C))
    assert code_notes(draft) == [
        "甲镇的代码 411721101 属“镇”区段，与街道不符",
        "丙镇的新代码尚未编定：由民政部门确定后补填",
    ]
    fitting = ChangeDraft(ChangeKind.TO_SUBDISTRICT, ("411721201",), (B,))
    assert code_notes(fitting) == []
    assert names_told((A, C)) == "甲镇（411721101）、丙镇（代码待定）"


@pytest.mark.parametrize(
    "draft",
    [
        ChangeDraft(ChangeKind.MERGE, ("411721101",), (A,)),
        ChangeDraft(ChangeKind.SPLIT, ("411721101",), (A,)),
        ChangeDraft(ChangeKind.RENAME, ("411721101",), (NewDivision(" "),)),
        ChangeDraft(ChangeKind.RENAME, ("411721",), (A,)),
        ChangeDraft(ChangeKind.MERGE, ("411721101", "411721101"), (A,)),
        ChangeDraft(ChangeKind.RENAME, ("41172",), (A,)),
    ],
)
def test_a_draft_that_is_no_change_is_refused(draft: ChangeDraft) -> None:
    with pytest.raises(InvalidInput):
        checked_draft(draft)


def test_the_clocks_run_from_the_approval() -> None:
    waiting = clocks(None, TERMS, date(2026, 3, 1), demarcates=False)
    assert [(item.months, item.due, item.days) for item in waiting] == [
        (1, None, None),
        (12, None, None),
        (18, None, None),
    ]
    running = clocks(date(2025, 2, 28), TERMS, date(2026, 3, 1), demarcates=True)
    assert [(item.months, item.due, item.days) for item in running] == [
        (1, date(2025, 3, 28), 338),
        (12, date(2026, 2, 28), 1),
        (12, date(2026, 2, 28), 1),
        (18, date(2026, 8, 28), -180),
    ]
    assert running[1].basis == "行政区划管理条例 国务院令第704号 第15条"
