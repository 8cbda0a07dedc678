"""The life of a name on the command line, over a real store."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.served_city import fill

ACTOR = ["--actor", "张三", "--document", "甲民〔2026〕1号"]
PROPOSAL = ["--set", "name=揽月路", "--set", "kind=street", "--set", "division=990102"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "store")


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "civgeo", "--store", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr.replace("\n", "")


def case(folder: Path, *arguments: str) -> dict:
    return json.loads(run(folder, "--json", "names", "case", *arguments))


def test_a_name_is_proposed_approved_published_and_corrected(folder: Path) -> None:
    opened = case(folder, "open", *ACTOR, *PROPOSAL, "--set", "builtup_area=甲区城区")
    id = opened["id"]
    checked = case(folder, "check", id, *ACTOR, "--version", "1")
    assert checked["state"] == "checked"
    codes = [item["code"] for item in checked["materials"]]
    case(folder, "materials", id, *codes, *ACTOR, "--version", "2")
    steps = [
        ("submission", "2026-08-01"),
        ("approval", "2026-08-10"),
        ("filing", "2026-08-20"),
        ("announcement", "2026-08-20"),
        ("publication", "2026-08-21"),
    ]
    for version, (step, on) in enumerate(steps, start=3):
        more = ["--approver", "county_government"] if step == "approval" else []
        dated = ["--on", on, "--number", step, "--version", str(version)]
        done = case(folder, "step", id, step, *ACTOR, *dated, *more)
    assert (done["state"], done["late"]) == ("published", [])

    place = done["place"]
    shown = json.loads(run(folder, "names", "show", place))
    assert shown["properties"]["toned"] == "Lǎnyuè Lù"
    told = ["--version", "1", "--set", "meaning=揽月之意"]
    run(folder, "names", "correct", place, *ACTOR, *told)
    refused = run(folder, "names", "correct", place, *ACTOR, *told, code=3)
    assert "第 2 版" in refused
    run(folder, "names", "revert", place, "1", *ACTOR, "--version", "2")
    assert json.loads(run(folder, "names", "show", place))["properties"]["meaning"] is None
    assert "揽月之意" in run(folder, "names", "history", place)
    lines = run(folder, "--json", "names", "changes").splitlines()
    assert [json.loads(line)["version"] for line in lines if place in line] == [1, 2, 3]


def test_an_overdue_filing_is_listed_and_saved_as_a_calendar(folder: Path, tmp_path: Path) -> None:
    assert "没有案卷" in run_messages(folder, "names", "case", "list")
    id = case(folder, "open", *ACTOR, *PROPOSAL, "--set", "builtup_area=甲区城区")["id"]
    checked = case(folder, "check", id, *ACTOR, "--version", "1")
    codes = [item["code"] for item in checked["materials"]]
    case(folder, "materials", id, *codes, *ACTOR, "--version", "2")
    common = ["--number", "1", *ACTOR]
    case(folder, "step", id, "submission", "--on", "2026-08-01", "--version", "3", *common)
    approval = ["--on", "2026-08-02", "--version", "4", "--approver", "county_government"]
    case(folder, "step", id, "approval", *approval, *common)
    target = tmp_path / "期限.ics"
    listed = case(folder, "overdue", "--calendar", str(target))
    assert {item["step"] for item in listed} == {"filing", "announcement"}
    assert target.read_text(encoding="utf-8").count("BEGIN:VEVENT") == 2
    paper = tmp_path / "备案报告.pdf"
    run(folder, "names", "case", "paper", id, "filing", "-o", str(paper), "--office", "甲区民政局")
    assert paper.read_bytes().startswith(b"%PDF-")


def run_messages(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "civgeo", "--store", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr
