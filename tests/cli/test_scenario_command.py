"""``civgeo coverage scenario`` from a first edit to the workbook."""

import json
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from scenario_city import fill, lon_lat

ADD = {"action": "add", "kind": "meal_point", "name": "新助餐点", **lon_lat(300, 300)}
BY = ["--actor", "张三", "--document", "驻民〔2026〕1号"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("town") / "store")


def run(folder, *words, code=0):
    command = [sys.executable, "-m", "civgeo", "--store", folder, "coverage", "scenario", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def test_a_scenario_is_saved_edited_answered_and_undone(folder, tmp_path):
    edits = tmp_path / "edits.json"
    edits.write_text(json.dumps([ADD]), encoding="utf-8")
    id = run(folder, "new", "比选一", *BY, "--edits", edits).stdout.strip()
    close = json.dumps({"action": "close", "facility": "f0"})
    grown = json.loads(run(folder, "add", id, close, *BY, "--version", "1", "--json").stdout)
    assert (grown["edits"], grown["version"]) == (2, 2)
    shown = json.loads(run(folder, "show", id, "--json").stdout)
    assert [edit["action"] for edit in shown["edits"]] == ["add", "close"]
    sheet = tmp_path / "比选.xlsx"
    said = run(folder, "answer", id, "--kind", "meal_point", "--json", "-o", sheet)
    assert json.loads(said.stdout)["reach"][0]["kind"] == "meal_point"
    assert "与现状比较" in load_workbook(sheet).sheetnames
    assert "老年助餐点" in run(folder, "answer", id).stdout
    assert "比选一" in run(folder, "list").stdout
    assert json.loads(run(folder, "undo", id, *BY, "--version", "2", "--json").stdout)["edits"] == 1
    assert "新助餐点" in run(folder, "show", id).stdout


def test_what_cannot_be_done_is_said(folder, tmp_path):
    assert "没有编号" in run(folder, "show", "none", code=3).stderr
    assert "JSON" in run(folder, "add", "none", "{", *BY, code=3).stderr
    assert "--level" in run(folder, "answer", "none", "--level", "street", code=2).stderr
    assert ".xlsx" in run(folder, "answer", "none", "-o", tmp_path / "x.pdf", code=2).stderr
