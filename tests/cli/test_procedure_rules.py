"""``civgeo names procedure`` with the bureau's own rules, and its exit codes."""

import csv
import json
import subprocess
import sys

import pytest

from civgeo.services.naming_procedures import COLUMNS

SEAT = {
    "kind": "committee_seat",
    "action": "naming",
    "division": "411722",
    "approved_on": "2026-03-02",
    "today": "2026-03-10",
}
OWN = {
    "id": "henan-committee-seat",
    "topic": "approver",
    "place": "河南省",
    "adcode": "410000",
    "regulation": "河南省地名管理办法",
    "kinds": "committee_seat settlement",
    "actions": "naming renaming",
    "answer": "county_government",
    "evidence": "E",
}


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(OWN)
    return path


def ask(question, *options):
    done = subprocess.run(
        [sys.executable, "-m", "civgeo", "names", "procedure", *map(str, options)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_rule_of_the_bureau_answers_what_the_nation_leaves_open(rules):
    code, out, _ = ask(SEAT, "--rules", rules)
    answer = json.loads(out)
    assert (code, answer["status"]) == (0, "ok")
    assert answer["approver"] == {"body": "county_government", "label_zh": "县级人民政府"}
    assert answer["basis"][0]["place"] == "河南省"
    assert json.loads(ask(SEAT)[1])["status"] == "not_assessed"


def test_table_that_cannot_be_read_is_refused_in_words(rules, tmp_path):
    rules.write_text(rules.read_text(encoding="utf-8-sig").replace("county_government", "县政府"))
    code, out, err = ask(SEAT, "--rules", rules)
    assert (code, out) == (3, "")
    assert "第 2 行" in err
    rules.write_bytes("编号,事项".encode("gb18030"))
    assert ask(SEAT, "--rules", rules)[0] == 3
    assert ask(SEAT, "--rules", tmp_path / "none.csv")[0] == 3


@pytest.mark.parametrize(("today", "code"), [("2026-03-17", 0), ("2026-03-18", 1)])
def test_late_steps_are_findings(today, code):
    street = SEAT | {"kind": "street", "level": "city", "today": today}
    assert ask(street, "--fail-on-findings")[0] == code
    assert ask(street)[0] == 0
