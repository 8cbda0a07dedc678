"""Drafts of division changes over a real store: effects, and nothing written before approval."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

from boundary_city import EDIT, LINES, MARKERS, founded, line, marker, opened, row
from civgeo.domain.division_change import ChangeDraft, NewDivision
from civgeo.domain.history import StaleVersion
from civgeo.domain.round_forms import ChangeKind
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.services.boundary_entries import enter
from civgeo.services.city import City
from civgeo.services.division_changes import (
    Approval,
    approve_change,
    change_document,
    change_file,
    changes,
    effects_told,
    finish_change,
    open_change,
    renew_effects,
    withdraw_change,
)
from civgeo.services.editing import create
from civgeo.services.name_entries import completed
from civgeo.store.tables import Collection

WHOLE = NewDivision("甲市辖区", "990102")
MERGER = ChangeDraft(ChangeKind.MERGE, ("990102", "990121"), (WHOLE,))
SPLIT = ChangeDraft(
    ChangeKind.SPLIT, ("990121",), (NewDivision("乙县", "990121"), NewDivision("新区"))
)
PLACES = (("乙县大道", "990121"), ("西镇", "990121100"), ("光明路", "990102"))


@pytest.fixture
def founding(tmp_path: Path) -> Iterator[tuple[City, str, str]]:
    folder, own, placed = founded(tmp_path / "store")
    with opened(folder) as city:
        for name, division in PLACES:
            values = completed({"name": name, "kind": "street", "division": division})
            create(city, Collection.PLACE_NAMES, {**values, "simulated": True}, EDIT)
        yield city, own, placed


def test_a_merger_shows_codes_names_lines_and_markers_and_what_ends(founding) -> None:
    city, _, placed = founding
    id = open_change(city, "甲乙合并", MERGER, EDIT, reason="优化布局").id
    effects = change_file(city, id).effects
    assert [item["after"] for item in effects["successors"]] == [
        [{"name": "甲市辖区", "code": "990102"}]
    ] * 2
    [touched] = effects["lines"]
    assert (touched["why"], touched["effect"]) == ("sides", "双方并为一方，界线废止")
    assert effects["markers"]["listed"][0]["id"] == placed
    assert (effects["names"]["inside"], effects["names"]["bearing"]) == (3, 1)
    assert effects["records"] == {}
    assert effects["new_lines"] == []
    assert [item["months"] for item in effects["clocks"]] == [1, 12, 18]


def test_a_split_begins_a_line_to_demarcate_and_says_what_it_cannot_know(founding) -> None:
    city, *_ = founding
    id = open_change(city, "乙县拆分", SPLIT, EDIT).id
    effects = change_file(city, id).effects
    assert effects["new_lines"] == [
        {"between": ["乙县", "新区"], "codes": ["990121"], "line": None, "demarcate_by": None}
    ]
    assert effects["code_notes"] == ["新区的新代码尚未编定：由民政部门确定后补填"]
    assert any("是否相邻" in text for text in effects["unknown"])
    assert any("勘定变更的界线" in item["title"] for item in effects["clocks"])


def test_lines_and_markers_near_the_outline_are_found_without_their_sides(founding) -> None:
    city, *_ = founding
    near = shapely.LineString([(114.15, 33.05), (114.15, 33.2)])
    far = shapely.LineString([(115.0, 33.0), (115.0, 33.1)])
    for code, shape in (("0301", near), ("0302", far)):
        given = line(code=code, name=code, sides="980101,980102", geometry=shape)
        enter(city, LINES, {**given, "division": "990121"}, EDIT)
    enter(city, MARKERS, marker("0301001Q", 33.1, line="0301"), EDIT)
    id = open_change(city, "乙县拆分", SPLIT, EDIT).id
    effects = change_file(city, id).effects
    assert {(item["code"], item["why"]) for item in effects["lines"]} == {
        ("0221", "sides"),
        ("0301", "geometry"),
    }
    assert (effects["markers"]["by_sides"], effects["markers"]["by_geometry"]) == (1, 1)


def test_a_township_without_an_outline_is_said_to_be_unknown(founding) -> None:
    city, *_ = founding
    draft = ChangeDraft(ChangeKind.TO_TOWN, ("990121100",), (NewDivision("西街道", "990121001"),))
    effects = change_file(city, open_change(city, "西镇改设", draft, EDIT).id).effects
    assert any("没有轮廓" in text for text in effects["unknown"])
    assert effects["code_notes"] == ["西街道的代码 990121001 属“街道”区段，与镇不符"]
    assert effects["names"]["inside"] == 1


def test_nothing_is_written_before_the_approval_and_only_the_named_lines_then(founding) -> None:
    city, own, _ = founding
    id = open_change(city, "乙县拆分", SPLIT, EDIT).id
    assert row(city, LINES, own)["version"] == 1
    approval = Approval(date(2026, 1, 31), "豫政文〔2026〕3号", ("0221",))
    bad = replace(approval, lines=("7777",))
    with pytest.raises(NotFound):
        approve_change(city, id, bad, EDIT, 1)
    assert change_file(city, id).state == "draft"
    with pytest.raises(StaleVersion):
        approve_change(city, id, approval, EDIT, 2)
    approve_change(city, id, approval, EDIT, 1)
    found = row(city, LINES, own)
    assert (found["status"], found["changed_on"], found["demarcate_by"]) == (
        "to_demarcate",
        "2026-01-31",
        "2027-01-31",
    )
    file = change_file(city, id)
    assert (file.state, file.effects["new_lines"][0]["demarcate_by"]) == ("approved", "2027-01-31")
    assert file.effects["clocks"][0]["due"] == "2026-02-28"
    finish_change(city, id, EDIT, 2)
    with pytest.raises(RuleViolation, match="不能办"):
        withdraw_change(city, id, EDIT, 3)


def test_effects_are_worked_out_again_and_told_in_lines(founding) -> None:
    city, *_ = founding
    id = open_change(city, "甲乙合并", MERGER, EDIT).id
    enter(city, MARKERS, marker("0221002Q", 33.06), EDIT)
    renew_effects(city, id, EDIT, 1)
    file = change_file(city, id)
    assert file.effects["markers"]["by_sides"] == 2
    told = effects_told(file)
    assert "界线 甲乙线（0221）：双方并为一方，界线废止" in told
    assert any(text.startswith("完成变更：批准后 12 个月") for text in told)
    withdraw_change(city, id, EDIT, 2)
    assert [change_document(item)["state_zh"] for item in changes(city)] == ["已撤回"]


def test_a_draft_must_make_sense_and_an_approval_have_a_number(founding) -> None:
    city, *_ = founding
    with pytest.raises(InvalidInput, match="至少 2 个"):
        open_change(city, "合并", ChangeDraft(ChangeKind.MERGE, ("990102",), (WHOLE,)), EDIT)
    with pytest.raises(InvalidInput, match="变更名称"):
        open_change(city, " ", MERGER, EDIT)
    id = open_change(city, "甲乙合并", MERGER, EDIT).id
    with pytest.raises(InvalidInput, match="批准文号"):
        approve_change(city, id, Approval(date(2026, 1, 1), " "), EDIT, 1)
    with pytest.raises(RuleViolation, match="今天之后"):
        approve_change(city, id, Approval(date(2026, 3, 2), "1号"), EDIT, 1)
    with pytest.raises(NotFound):
        change_file(city, "nowhere")
