"""Editions of the bureau's rules: kept, answered by as they did, and never half written."""

import csv
import subprocess
import sys
import threading

import pytest

from bureau_rules import EDIT, RESERVOIR, answer, bureau, own_file
from civgeo.domain.cemetery_rule_table import COLUMNS, row_of
from civgeo.errors import InvalidInput, NotFound, OwnFileBroken
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_rule_desk import (
    change_rule,
    enter_rules,
    go_back,
)
from civgeo.services.cemetery_rule_history import rule_history
from civgeo.services.cemetery_rule_saving import current_mark
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.own_check import review_own_files
from civgeo.store.own_files import kept_files, own_files
from civgeo.store.rule_editions import NO_FILE, RuleAction, RuleEditions


@pytest.fixture
def folder(tmp_path):
    return bureau(tmp_path)


def test_last_years_verdict_is_drawn_again_by_its_edition(folder):
    enter_rules(folder, [RESERVOIR], EDIT)
    before = answer(folder)
    change_rule(folder, "own_411700_1", {"value": "800"}, EDIT)
    after = answer(folder)
    assert before["meets"]["legal"] is not False
    assert after["meets"]["legal"] is False
    mark = before["edition"].partition("本局修订 ")[2].rstrip("）")
    assert answer(folder, before["edition"]) == answer(folder, mark) == before
    assert answer(folder, after["edition"]) == after
    assert answer(folder, cemetery_rules().edition) == answer(None)


def test_a_file_changed_by_hand_is_kept_once_a_verdict_cites_it(folder):
    enter_rules(folder, [RESERVOIR], EDIT)
    text = own_file(folder).read_text(encoding="utf-8-sig")
    own_file(folder).write_text(text.replace(",300,", ",350,"), encoding="gb18030")
    cited = answer(folder)
    newest = rule_history(folder)[0]
    assert newest.entry.action is RuleAction.FOUND
    assert [cell.after for cell in newest.changes[0].cells] == ["350"]
    own_file(folder).unlink()
    assert answer(folder) == answer(None)
    assert answer(folder, cited["edition"]) == cited


def test_the_packaged_rules_of_then_are_kept_for_a_later_civgeo(folder):
    """A store that an earlier civgeo cited its packaged rules in."""
    answer(folder)
    editions = RuleEditions(folder)
    rows = [row_of(rule) for rule in cemetery_rules().rules if rule.id != "henan_funeral_26_4"]
    old = folder / "old.csv"
    with old.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    with editions.turn():
        digest = editions.keep_packaged(old.read_bytes())
        first = editions.log()[0]
        editions.append(
            type(first)(
                "2025-01-01T00:00:00.000Z", RuleAction.PACKAGED, NO_FILE, NO_FILE, "2025.01", digest
            )
        )
    asked = {"distances_m": {"trunk_road": 900}, "on": "2026-03-29"}
    assert answer(folder, **asked)["meets"]["legal"] is False
    then = answer(folder, "2025.01", **asked)
    assert then["edition"] == "2025.01"
    assert "henan_funeral_26_4" not in {item["rule"]["id"] for item in then["findings"]}


def test_editions_that_were_not_kept_are_not_found(folder):
    for edition in ("2020.01", "deadbeef", "2026.11（本局修订 deadbeef）", "../../etc"):
        with pytest.raises(NotFound, match="没有保存过版本"):
            rules_in_force(folder, edition)
    with pytest.raises(NotFound, match="--store"):
        rules_in_force(None, "deadbeef")


def test_an_edition_that_was_tampered_with_is_refused(folder):
    mark = enter_rules(folder, [RESERVOIR], EDIT).mark
    change_rule(folder, "own_411700_1", {"value": "301"}, EDIT)
    place = RuleEditions(folder).edition(mark)
    place.write_bytes(place.read_bytes().replace(b"300", b"100"))
    with pytest.raises(OwnFileBroken, match="被改动过"):
        rules_in_force(folder, mark)


def test_editors_at_once_all_come_to_their_turn(folder):
    def act():
        for _ in range(5):
            enter_rules(folder, [RESERVOIR], EDIT)

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [f"own_411700_{number}" for number in range(1, 21)]
    assert [rules_in_force(folder).find(id) is not None for id in ids] == [True] * 20
    assert len([item for item in rule_history(folder) if item.entry.actor]) == 20


KILLED = """
import os, sys
from pathlib import Path
from civgeo.store.rule_editions import EditionEntry, RuleAction, RuleEditions

editions = RuleEditions(Path(sys.argv[1]))
with editions.turn():
    before, content = editions.log()[-1], editions.content().replace(b",300,", b",999,")
    after = editions.keep_edition(content)
    editions.append(EditionEntry("2026-04-01T00:00:00.000Z", RuleAction.CHANGE, before.after, after,
        before.packaged, before.packaged_digest, actor="Li Si"))
    editions.draft(content)
    os._exit(9)
"""


def test_an_editor_killed_before_the_new_file_has_its_name_leaves_the_old_one(folder):
    before = enter_rules(folder, [RESERVOIR], EDIT)
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert done.returncode == 9
    assert (own_file(folder).parent / ".cemetery_rules.csv.new").is_file()
    assert current_mark(folder) == before.mark
    assert rules_in_force(folder).edition == before.book.edition
    assert review_own_files(folder).faults == ()
    after = change_rule(folder, "own_411700_1", {"value": "310"}, EDIT)
    told = [(item.entry.action, item.entry.actor) for item in rule_history(folder)[:3]]
    assert told == [
        (RuleAction.CHANGE, "张三"),
        (RuleAction.FOUND, ""),
        (RuleAction.CHANGE, "Li Si"),
    ]
    assert rules_in_force(folder) == after.book


def test_a_line_of_the_log_that_was_torn_is_left_out_and_written_over(folder):
    enter_rules(folder, [RESERVOIR], EDIT)
    log = RuleEditions(folder).folder / "cemetery_rules.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"recorded_at": "2026')
    assert rule_history(folder)[0].entry.action is RuleAction.ENTER
    change_rule(folder, "own_411700_1", {"value": "301"}, EDIT)
    assert log.read_bytes().startswith(whole)
    assert rule_history(folder)[0].entry.action is RuleAction.CHANGE
    log.write_bytes(b"{}\n" + whole)
    with pytest.raises(OwnFileBroken, match="读不出来"):
        rule_history(folder)


def test_going_back_is_an_edit_and_mends_a_broken_file(folder):
    first = enter_rules(folder, [RESERVOIR], EDIT)
    own_file(folder).write_text("id,topic\n1,2\n", encoding="utf-8")
    with pytest.raises(OwnFileBroken):
        rules_in_force(folder)
    with pytest.raises(OwnFileBroken, match="rule undo"):
        change_rule(folder, "own_411700_1", {"value": "301"}, EDIT)
    back = go_back(folder, first.mark[:8], EDIT)
    assert back.mark == first.mark
    assert rules_in_force(folder).edition == first.book.edition
    actions = [item.entry.action for item in rule_history(folder)]
    assert actions[:2] == [RuleAction.UNDO, RuleAction.FOUND]
    with pytest.raises(InvalidInput, match="就是这个版本"):
        go_back(folder, first.mark, EDIT)
    go_back(folder, NO_FILE, EDIT)
    assert rules_in_force(folder) == cemetery_rules()


def test_editions_do_not_count_among_the_own_files_and_are_backed_up(folder):
    for value in range(300, 303):
        enter_rules(folder, [RESERVOIR | {"value": str(value)}], EDIT)
    assert [file.name for file in own_files(folder)] == ["rules/cemetery_rules.csv"]
    assert len(kept_files(folder)) == 5
    assert review_own_files(folder).faults == ()


def test_a_verdict_is_given_where_the_edition_cannot_be_kept(folder, caplog):
    (folder / "own" / "rules").mkdir(parents=True)
    (folder / "own" / "rules" / "history").touch()
    assert answer(folder)["edition"] == cemetery_rules().edition
    assert "没有保存" in caplog.text


def test_a_link_in_the_place_of_the_file_is_refused(folder, tmp_path):
    enter_rules(folder, [RESERVOIR], EDIT)
    outside = tmp_path / "outside.csv"
    own_file(folder).rename(outside)
    own_file(folder).symlink_to(outside)
    with pytest.raises(OwnFileBroken, match="链接"):
        enter_rules(folder, [RESERVOIR], EDIT)
