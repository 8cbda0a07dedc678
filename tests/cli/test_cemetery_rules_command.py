"""``civgeo cemeteries rule``: rules entered, undone, and verdicts by an earlier edition."""

import json

import pytest

from bureau_rules import TEXT

WHO = ("--actor", "张三", "--document", "驻民〔2026〕8号")
NEAR = {"division": "411702", "on": "2026-04-01", "distances_m": {"reservoir": 400}}
CLAUSES = "条款,事项,对象,内容,比较,数值,证据\n20,距离,水库,距水库,>=,500,S\n"


@pytest.fixture
def rule(civgeo, clean):
    folder = clean / "store"
    folder.mkdir()
    (folder / "civgeo.gpkg").touch()

    def call(*arguments, given="", json_too=True):
        first = ("--json",) if json_too else ()
        return civgeo(*first, "--store", str(folder), "cemeteries", *arguments, given=given)

    return call


def legal(rule, *options, **changed):
    done = rule("check", *options, given=json.dumps(NEAR | changed))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    return answer["meets"]["legal"], answer["edition"]


def test_a_text_is_checked_then_entered_and_the_verdict_before_can_be_drawn_again(rule, clean):
    (clean / "条文.csv").write_text(CLAUSES, encoding="utf-8")
    before = legal(rule)
    entering = ("rule", "enter", "条文.csv", "--text", TEXT, "--whole", *WHO)
    assert json.loads(rule(*entering, "--dry-run").stdout)["dry_run"] is True
    assert legal(rule) == before
    assert json.loads(rule(*entering).stdout)["waiting"] == []
    after = legal(rule)
    assert (before[0], after[0]) == (None, False)
    assert legal(rule, "--edition", before[1]) == before
    assert legal(rule, rules_edition=before[1]) == before
    assert legal(rule, "--edition", after[1]) == after
    listed = json.loads(rule("rules", "--edition", before[1], "--on", "2026-04-01").stdout)
    assert TEXT in {item["id"] for item in listed["rules"]}


def test_findings_are_a_table_and_exit_code_3(rule, clean):
    (clean / "条文.csv").write_text(CLAUSES.replace(",S", ","), encoding="utf-8")
    done = rule("rule", "enter", "条文.csv", "--text", TEXT, *WHO, json_too=False)
    assert done.returncode == 3
    assert "不能为空" in done.stdout
    told = json.loads(rule("rule", "enter", "条文.csv", "--text", TEXT, *WHO).stdout)
    assert [(item["row"], item["column"]) for item in told["findings"]] == [(2, "evidence")]
    assert rule("rule", "enter", *WHO).returncode == 3
    assert rule("rule", "enter", "none.csv", *WHO).returncode == 3


def test_rules_are_changed_struck_restored_and_undone(rule):
    id = "henan_funeral_26_4"
    changed = rule("rule", "change", id, "--set", "数值=1500", *WHO)
    first = json.loads(changed.stdout)["own_edition"]
    stale = rule("rule", "off", id, *WHO, "--edition", "deadbeef")
    assert stale.returncode == 3
    assert "已被他人改动" in stale.stderr
    struck = json.loads(rule("rule", "off", id, *WHO, "--edition", first[:8]).stdout)
    assert struck["rules"][0]["enabled"] is False
    assert rule("rule", "restore", id, *WHO).returncode == 0
    assert rule("rule", "undo", "none", *WHO).returncode == 0
    assert rule("rule", "undo", first[:8], *WHO, json_too=False).stdout.startswith("2026.")
    told = json.loads(rule("rule", "history").stdout)
    assert told["own_edition"] == first
    actions = [edit["action"] for edit in told["edits"]]
    assert actions == ["undo", "undo", "restore", "off", "change", "packaged"]
    assert "回到以前的版本" in rule("rule", "history", json_too=False).stdout


def test_an_edition_that_was_not_kept_is_an_error(rule):
    done = rule("check", "--edition", "2020.01", given=json.dumps(NEAR))
    assert done.returncode == 3
    assert "没有保存过版本" in done.stderr
    line = rule("check", given=json.dumps(NEAR | {"rules_edition": "2020.01"}))
    assert json.loads(line.stdout)["code"] == "edition_missing"
