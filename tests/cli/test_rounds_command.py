"""``civgeo rounds``, ``boundaries entry|work`` and ``divisions change`` over a real store."""

import json
from pathlib import Path

import pytest

from boundary_city import SIDES, empty, founded
from cli.conftest import Call

WHO = ("--actor", "张三", "--document", "甲民〔2026〕1号")
ROUND = ("5", "--first-year", "2023", "--last-year", "2027", *WHO)


@pytest.fixture
def store(clean: Path) -> Path:
    folder, *_ = founded(clean / "store", "2019-05-20")
    return folder


def told(civgeo: Call, store: Path, *arguments: str) -> object:
    done = civgeo("--store", str(store), "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_round_is_planned_followed_and_shown(civgeo: Call, store: Path, clean: Path) -> None:
    plan = told(civgeo, store, "rounds", "plan", *ROUND, "--year", "0221=2025")
    assert [item["year"] for item in plan["planned"]] == [2025]
    [first] = told(civgeo, store, "rounds", "list", "--round", "5")
    started = told(civgeo, store, "rounds", "start", first["id"], *WHO, "--version", "1")
    assert started["state"] == "open"
    step = ("rounds", "advance", first["id"], "filed", *WHO, "--version", "2")
    skipped = civgeo("--store", str(store), *step)
    assert skipped.returncode == 3
    assert "核对中" in skipped.stderr.replace("\n", "")
    revised = ("--set", "remark=改期", "--version", "2")
    assert told(civgeo, store, "rounds", "revise", first["id"], *WHO, *revised)["remark"] == "改期"
    sheet, drawn = clean / "board.xlsx", clean / "board.geojson"
    board = told(civgeo, store, "rounds", "board", "5", "-o", str(sheet))
    assert board["lines"][0]["state_zh"] == "外业中"
    later = ("6", *WHO, "--first-year", "2090", "--last-year", "2094", "--year", "0221=2090")
    told(civgeo, store, "rounds", "plan", *later)
    assert told(civgeo, store, "rounds", "board") == board
    told(civgeo, store, "rounds", "board", "5", "-o", str(drawn))
    assert sheet.read_bytes()[:2] == b"PK"
    assert len(json.loads(drawn.read_text("utf-8"))["features"]) == 1
    target = clean / "期限.ics"
    assert civgeo("--store", str(store), "rounds", "calendar", "-o", str(target)).returncode == 0
    assert "界线联检期限" in target.read_text("utf-8")


def test_what_is_overdue_is_listed_and_gives_the_exit_code(civgeo: Call, store: Path) -> None:
    special = ("rounds", "special", "甲乙线", "--cause", "disaster", "--due", "2099-01-01", *WHO)
    assert told(civgeo, store, *special)["cause"] == "自然灾害"
    late = told(civgeo, store, "rounds", "overdue")
    assert [item["line"] for item in late] == ["0221"]
    shown = civgeo("--store", str(store), "rounds", "overdue", "--fail-on-findings")
    assert (shown.returncode, "甲乙线" in shown.stdout) == (1, True)


def test_disputes_checks_and_archives_are_kept(civgeo: Call, store: Path, clean: Path) -> None:
    given = ("--set", "name=河滩", "--set", "line=0221", "--set", "began_on=2026-01-30")
    made = told(civgeo, store, "rounds", "disputes", "open", *WHO, *given)
    change = (made["id"], *WHO, "--set", "state=talking", "--version", "1")
    assert told(civgeo, store, "rounds", "disputes", "correct", *change)["version"] == 2
    assert told(civgeo, store, "rounds", "disputes", "list")["totals"]["未解决"] == 1
    assert told(civgeo, store, "rounds", "checks", "start", "2026", *WHO)["entered"] == 1
    [check] = told(civgeo, store, "rounds", "checks", "list", "--year", "2026")["rows"]
    answers = ("--item", "markers=否", "--note", "markers=倾斜", "--version", "1")
    told(civgeo, store, "rounds", "checks", "answer", check["id"], *WHO, *answers)
    sheet = clean / "checks.xlsx"
    listed = civgeo(
        "--store", str(store), "rounds", "checks", "list", "--year", "2026", "-o", str(sheet)
    )
    assert (listed.returncode, sheet.read_bytes()[:2]) == (0, b"PK")
    assert "倾斜" in listed.stdout.replace("\n", "")
    for register in ("checks", "disputes"):
        shown = civgeo("--store", str(store), "rounds", register, "list", "--line", "甲乙线")
        assert "版本" in shown.stdout
    assert told(civgeo, store, "rounds", "archives")["rows"] == []


def test_a_marker_is_entered_and_repaired(civgeo: Call, clean: Path) -> None:
    store = empty(clean / "store")
    line = ("--set", "code=0221", "--set", "name=甲乙线", "--set", f"sides={SIDES}")
    told(civgeo, store, "boundaries", "entry", "create", "boundary_lines", *WHO, *line)
    values = ("--set", "number=0221001Q", "--set", "line=0221", "--point", "114.1,33.05")
    entry = ("boundaries", "entry")
    made = told(civgeo, store, *entry, "create", "boundary_markers", *WHO, *values)
    change = ("boundary_markers", made["id"], *WHO, "--version", "1", "--point", "114.1,33.06")
    refused = civgeo("--store", str(store), *entry, "correct", *change)
    assert (refused.returncode, "界桩变动" in refused.stderr.replace("\n", "")) == (3, True)
    assert told(civgeo, store, *entry, "correct", *change, "--clerical")["version"] == 2
    work = ("boundaries", "work")
    opening = ("repair", "--cause", "撞坏", "--marker", made["id"], "--on", "2026-01-05", *WHO)
    opened = told(civgeo, store, *work, "open", *opening)
    step = (opened["id"], "done", *WHO, "--version", "1", "--on", "2026-01-06")
    assert civgeo("--store", str(store), *work, "step", *step).returncode == 3
    done = told(civgeo, store, *work, "step", *step, "--present", "990121")
    assert done["next"]["step"] == "archived"
    last = (opened["id"], "archived", *WHO, "--version", "2", "--paper", "登记表")
    told(civgeo, store, *work, "step", *last, "--on", "2026-01-07")
    shown = told(civgeo, store, *entry, "show", "boundary_markers", "0221001Q")
    assert shown["properties"]["state"] == "intact"
    assert told(civgeo, store, *work, "list")[0]["state"] == "archived"
    again = told(civgeo, store, *work, "open", *opening)
    gone = (again["id"], *WHO, "--reason", "重复", "--version", "1", "--on", "2026-01-08")
    assert told(civgeo, store, *work, "withdraw", *gone)["state"] == "withdrawn"
    assert told(civgeo, store, *work, "show", again["id"])["steps"][-1]["document"] == "重复"
    history = told(civgeo, store, *entry, "history", "boundary_markers", "0221001Q")
    assert (history["version"], history["name"]) == (3, "0221001Q")


def test_a_division_change_is_drafted_approved_and_finished(civgeo: Call, store: Path) -> None:
    change = ("divisions", "change")
    parts = ("--before", "990121", "--after", "乙县=990121", "--after", "新区")
    draft = told(civgeo, store, *change, "open", "split", "--name", "乙县拆分", *parts, *WHO)
    assert draft["effects"]["new_lines"][0]["between"] == ["乙县", "新区"]
    told(civgeo, store, *change, "effects", draft["id"], *WHO, "--version", "1")
    approval = ("--number", "豫政文3号", "--on", "2026-01-31", "--line", "0221", "--version", "2")
    shown = civgeo("--store", str(store), *change, "approve", draft["id"], *WHO, *approval)
    assert shown.returncode == 0, shown.stderr
    assert "2027-01-31" in shown.stderr.replace("\n", "")
    told(civgeo, store, *change, "finish", draft["id"], *WHO, "--version", "3")
    assert [item["state"] for item in told(civgeo, store, *change, "list")] == ["done"]
    assert told(civgeo, store, *change, "show", draft["id"])["approval"] == "豫政文3号"
    again = told(civgeo, store, *change, "open", "split", "--name", "再拆", *parts, *WHO)
    gone = told(civgeo, store, *change, "withdraw", again["id"], *WHO, "--version", "1")
    assert gone["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("rounds", "plan", *ROUND, "--year", "0221"), "CODE"),
        (("rounds", "plan", *ROUND, "--year", "0221=x"), "四位数字"),
        (("rounds", "board", "5", "-o", "board.pdf"), "后缀"),
        (("rounds", "checks", "answer", "x", *WHO, "--item", "markers=也许"), "是、否"),
        (("boundaries", "entry", "show", "estates", "x"), "没有界线登记表"),
    ],
)
def test_what_cannot_be_read_is_refused(
    civgeo: Call, store: Path, arguments: tuple[str, ...], text: str
) -> None:
    done = civgeo("--store", str(store), *arguments)
    assert done.returncode == 3
    assert text.replace("CODE", "界线代码=年份") in done.stderr.replace("\n", "")
