"""The rules desk: rules entered, changed, struck and brought back; what would harm is refused."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau_rules import CLAUSE, EDIT, RESERVOIR, TEXT, answer, bureau, own_file
from civgeo.domain.cemetery_rule_entry import entry_problems
from civgeo.domain.cemetery_rule_table import row_of, rule_of
from civgeo.domain.cemetery_rules import Topic
from civgeo.errors import InvalidInput, NotFound, OwnFileBroken, StaleEdit, StoreUnavailable
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_answers import listed_rules
from civgeo.services.cemetery_rule_desk import (
    change_rule,
    enter_rules,
    restore_rule,
    switch_off,
)
from civgeo.services.cemetery_rule_history import rule_history
from civgeo.services.cemetery_rule_rows import RulesRefused, rows_of_file
from civgeo.services.cemetery_rule_saving import current_mark
from civgeo.services.cemetery_rules import rules_in_force


@pytest.fixture
def folder(tmp_path):
    return bureau(tmp_path)


def test_a_rule_of_the_packaged_table_is_its_own_row():
    for rule in cemetery_rules().rules:
        assert rule_of(row_of(rule)) == rule


def test_a_rule_that_is_entered_is_in_force_and_logged(folder):
    saved = enter_rules(folder, [RESERVOIR], EDIT)
    assert saved.rules == ("own_411700_1",)
    rule = rules_in_force(folder).find("own_411700_1")
    assert (rule.unit, rule.enabled) == ("m", True)
    assert saved.mark == current_mark(folder)
    assert rules_in_force(folder).edition == saved.book.edition
    newest = rule_history(folder)[0]
    assert (newest.entry.actor, newest.entry.document) == ("张三", "驻民〔2026〕8号")
    assert newest.entry.document_date == "2026-04-01"
    assert [(change.id, change.what) for change in newest.changes] == [("own_411700_1", "added")]
    assert enter_rules(folder, [RESERVOIR], EDIT).rules == ("own_411700_2",)


def test_entering_the_text_of_2026_turns_null_into_a_verdict_that_names_the_rule(folder):
    assert answer(folder)["meets"]["legal"] is None
    saved = enter_rules(folder, [CLAUSE], EDIT, text=TEXT, whole=True)
    assert saved.rules == ("funeral_regulation_2026_1", TEXT)
    assert saved.waiting == ()
    found = answer(folder)
    assert found["meets"]["legal"] is False
    named = {item["rule"]["id"]: item for item in found["findings"] if item["meets"] is False}
    finding = named["funeral_regulation_2026_1"]
    assert finding["rule"]["article"] == "20"
    assert "《殡葬管理条例》第20条" in finding["message"]
    assert answer(folder, distances_m={"reservoir": 500})["meets"]["legal"] is True
    assert TEXT not in {rule.id for rule in listed_rules(rules_in_force(folder), missing=True)}


def test_the_citation_changes_on_2026_03_30(folder):
    enter_rules(folder, [CLAUSE], EDIT, text=TEXT, whole=True)
    cited = {}
    for day in ("2026-03-29", "2026-03-30"):
        found = answer(folder, on=day)["findings"]
        cited[day] = {
            item["rule"]["id"] for item in found if item["rule"]["regulation"] == "殡葬管理条例"
        }
    assert cited["2026-03-29"] == {"funeral_regulation_10_near"}
    assert cited["2026-03-30"] == {"funeral_regulation_2026_1"}


def test_topics_that_the_rows_do_not_cover_still_wait_for_the_text(folder):
    saved = enter_rules(folder, [CLAUSE], EDIT, text=TEXT)
    assert Topic.DISTANCE not in saved.waiting
    assert Topic.PLOT_SIZE in saved.waiting
    rest = rules_in_force(folder).find(TEXT)
    assert rest.enabled
    assert rest.subjects == tuple(topic.value for topic in saved.waiting)
    plots = {"plots": [{"kind": "single", "m2": "0.6"}], "distances_m": {}}
    assert answer(folder, **plots)["meets"]["legal"] is None
    size = {
        **CLAUSE,
        "topic": "plot_size",
        "subjects": "ash_single",
        "operator": "<=",
        "value": "0.5",
    }
    enter_rules(folder, [size], EDIT, text=TEXT, whole=True)
    assert answer(folder, **plots)["meets"]["legal"] is False
    with pytest.raises(NotFound, match="没有待录入的条文"):
        enter_rules(folder, [size], EDIT, text=TEXT)


def test_a_text_can_be_entered_from_a_table_and_findings_name_rows(folder, tmp_path):
    table = tmp_path / "条文.csv"
    table.write_text(
        "条款,事项,对象,内容,比较,数值,证据\n"
        "20,距离,水库,距水库,>=,500,S\n"
        "21,墓穴面积,ash_single,单人墓穴,>=,0.5,S\n"
        "22,距离,月面,距月面,>=,1,\n",
        encoding="gb18030",
    )
    with pytest.raises(RulesRefused) as refused:
        enter_rules(folder, rows_of_file(table), EDIT, text=TEXT, trial=True, first=2)
    assert [(item.row, item.column) for item in refused.value.findings] == [
        (3, "operator"),
        (4, "subjects"),
        (4, "evidence"),
    ]
    assert not own_file(folder).exists()
    table.write_text(table.read_text(encoding="gb18030").partition("21,")[0], encoding="utf-8-sig")
    tried = enter_rules(folder, rows_of_file(table), EDIT, text=TEXT, trial=True)
    assert tried.trial
    assert not own_file(folder).exists()
    done = enter_rules(folder, rows_of_file(table), EDIT, text=TEXT)
    assert (done.book.edition, done.mark) == (tried.book.edition, tried.mark)


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ({"note": '=HYPERLINK("http://x","y")'}, "note"),
        ({"regulation": "@SUM(A1)"}, "regulation"),
        ({"quantity": "＝1+1"}, "quantity"),
        ({"article": "+1"}, "article"),
        ({"note": "一\n二"}, "note"),
        ({"note": "一\x00"}, "note"),
        ({"note": "‮txt"}, "note"),
        ({"note": "长" * 1_000_000}, "note"),
        ({"id": "a/b"}, "id"),
        ({"id": "henan_funeral_26_4"}, "id"),
        ({"evidence": "-"}, "evidence"),
        ({"evidence": ""}, "evidence"),
        ({"regulation": ""}, "regulation"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_to": "2026-03-31"}, "valid_to"),
        ({"quantity": ""}, "quantity"),
        ({"value": "三百"}, "value"),
        ({"value": "-1"}, "value"),
        ({"unit": "km"}, "unit"),
        ({"adcode": "999"}, "adcode"),
        ({"topic": "plot_size"}, "operator"),
    ],
)
def test_rows_that_would_harm_the_file_or_lack_their_source_are_refused(folder, cell, column):
    with pytest.raises(RulesRefused) as refused:
        enter_rules(folder, [RESERVOIR | cell], EDIT)
    assert column in {item.column for item in refused.value.findings}
    assert len(str(refused.value)) < 500
    assert not own_file(folder).exists()


def test_two_editors_cannot_lose_an_edit(folder):
    seen = current_mark(folder)
    enter_rules(folder, [RESERVOIR], EDIT, expected=seen)
    with pytest.raises(StaleEdit, match="已被他人改动"):
        enter_rules(folder, [RESERVOIR], EDIT, expected=seen)
    for strange in ("", "1", "none", "x" * 64):
        with pytest.raises(StaleEdit):
            switch_off(folder, "own_411700_1", EDIT, expected=strange)
    now = current_mark(folder)
    change_rule(folder, "own_411700_1", {"value": "301"}, EDIT, expected=now[:8])


def test_a_packaged_rule_is_replaced_struck_and_brought_back(folder):
    id, asked = "henan_funeral_26_4", {"distances_m": {"trunk_road": 1200}, "on": "2026-03-29"}
    assert answer(folder, **asked)["meets"]["legal"] is True
    change_rule(folder, id, {"value": "1500"}, EDIT)
    assert answer(folder, **asked)["meets"]["legal"] is False
    cells = rule_history(folder)[0].changes[0].cells
    assert [(cell.column, cell.before, cell.after) for cell in cells] == [("value", "1000", "1500")]
    switch_off(folder, id, EDIT)
    assert rules_in_force(folder).find(id).enabled is False
    with pytest.raises(NotFound, match="无可停用"):
        switch_off(folder, id, EDIT)
    restore_rule(folder, id, EDIT)
    assert str(rules_in_force(folder).find(id).value) == "1500"
    restore_rule(folder, id, EDIT)
    assert rules_in_force(folder) == cemetery_rules()
    with pytest.raises(NotFound, match="无可恢复"):
        restore_rule(folder, "land_law_37", EDIT)


def test_a_rule_of_the_bureau_alone_goes_and_comes_back(folder):
    enter_rules(folder, [RESERVOIR], EDIT)
    switch_off(folder, "own_411700_1", EDIT)
    assert rules_in_force(folder).find("own_411700_1") is None
    restore_rule(folder, "own_411700_1", EDIT)
    assert rules_in_force(folder).find("own_411700_1").article == "3"


def test_a_row_that_another_broken_row_stands_beside_is_not_entered(folder):
    enter_rules(folder, [RESERVOIR], EDIT)
    text = own_file(folder).read_text(encoding="utf-8-sig")
    own_file(folder).write_text(text.replace(",300,", ",三百,"), encoding="utf-8-sig")
    with pytest.raises(OwnFileBroken, match="第 2 行"):
        enter_rules(folder, [RESERVOIR], EDIT)
    change_rule(folder, "own_411700_1", {"value": "300"}, EDIT)
    assert rules_in_force(folder).find("own_411700_1") is not None


def test_a_change_that_changes_nothing_or_nothing_known_is_refused(folder):
    with pytest.raises(InvalidInput, match="没有任何改动"):
        change_rule(folder, "henan_funeral_26_4", {"value": "1000"}, EDIT)
    with pytest.raises(NotFound, match="没有规定"):
        change_rule(folder, "none_such", {"value": "1"}, EDIT)
    with pytest.raises(InvalidInput, match="没有要录入的规定"):
        enter_rules(folder, [], EDIT)


def test_a_folder_without_a_store_takes_no_rules(tmp_path):
    with pytest.raises(StoreUnavailable):
        enter_rules(tmp_path, [RESERVOIR], EDIT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"\xff\x00\xff", b"topic,operator\n\x80\x81\xff,x\n", b"", b"a,b\n1,2\n", b"topic\n\x00\n"],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(tmp_path, content):
    place = tmp_path / "条文.csv"
    place.write_bytes(content)
    with pytest.raises(RulesRefused, match="没有保存：第 1 行"):
        rows_of_file(place)


WORDS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(note=WORDS, quantity=WORDS, article=WORDS)
@settings(max_examples=60, deadline=None)
def test_words_that_are_taken_come_back_as_they_were_and_stay_in_their_cells(
    note, quantity, article
):
    row = RESERVOIR | {"note": note, "quantity": quantity, "article": article, "id": "x"}
    with TemporaryDirectory() as place:
        folder = bureau(Path(place))
        if entry_problems(row):
            with pytest.raises(RulesRefused):
                enter_rules(folder, [row], EDIT)
            return
        enter_rules(folder, [row, RESERVOIR], EDIT)
        rule = rules_in_force(folder).find("x")
        assert (rule.note, rule.quantity, rule.article) == (
            note.strip(),
            quantity.strip(),
            article.strip(),
        )
        lines = own_file(folder).read_text(encoding="utf-8-sig").splitlines()
        cells = [cell for line in csv.reader(lines) for cell in line]
        assert not any(cell[:1] in ("=", "+", "@") for cell in cells)
