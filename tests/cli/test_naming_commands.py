import json

import openpyxl
import pytest

QUESTION = {"name": "清风路", "kind": "street", "on": "2026-03-01"}
REGISTER = "地名,类别,区划代码,建成区,曾用名\n"
REGISTER += "建设路,街路巷,411702,主城区,\n建设路,街路巷,411702,主城区,\n"
REGISTER += "嵖岈山镇,township,411728100,,土山乡\n"


def ask(civgeo, *questions, options=()):
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in questions)
    done = civgeo("names", "check", *options, given=lines)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_findings_decide_the_exit_code_only_when_asked(civgeo):
    found = QUESTION | {"name": "曼哈顿路"}
    assert ask(civgeo, QUESTION, found)[0] == 0
    assert ask(civgeo, QUESTION, found, options=("--fail-on-findings",))[0] == 1
    assert ask(civgeo, QUESTION, options=("--fail-on-findings",))[0] == 0


def test_a_refused_line_errs_alone(civgeo):
    code, (first, second) = ask(civgeo, QUESTION | {"famous": "yes"}, QUESTION)
    assert (code, first["status"], first["code"]) == (3, "error", "bad_type")
    assert second["status"] == "ok"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("清风路", "bad_type"),
        ({"name": "清风路"}, "missing_key"),
        ({"name": " ", "kind": "street"}, "bad_value"),
        ({"name": "清风路", "kind": "street", "reason": ""}, "unknown_key"),
        ({"name": "清风路", "kind": "street", "county": "41"}, "bad_code"),
    ],
)
def test_a_bad_name_in_use_is_named_by_its_index(civgeo, item, code):
    good = {"name": "文明路", "kind": "street"}
    _, (answer,) = ask(civgeo, QUESTION | {"existing": [good, item]})
    assert answer["code"] == code
    assert "existing[1]" in answer["reason"]


def test_ids_of_names_in_use_may_be_given(civgeo):
    existing = [{"id": 7, "name": "清风路", "kind": "street"}]
    _, (answer,) = ask(civgeo, QUESTION | {"existing": existing})
    assert [(each["code"], each["against"]) for each in answer["findings"]] == [
        ("scope_unknown", [0])
    ]


def test_lists_of_the_bureau_are_used(civgeo, tmp_path):
    header = "term,category,refers_to,match,classes,evidence\n"
    (tmp_path / "persons.csv").write_text(header + "清风,modern,,whole,,S\n", encoding="utf-8")
    _, (answer,) = ask(civgeo, QUESTION, options=("--lists", str(tmp_path)))
    assert [each["code"] for each in answer["findings"]] == ["person_name"]
    assert answer["lists"]["persons"] == 1


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(REGISTER, encoding="gb18030")
    return path


def test_a_text_is_held_against_a_table_of_names(civgeo, register, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("查岈山镇与土山乡", encoding="gb18030")
    done = civgeo("names", "text", str(text), "--names", str(register), "--json")
    answer = json.loads(done.stdout)
    assert [(each["found"], each["standard"]) for each in answer["findings"]] == [
        ("查岈山镇", ["嵖岈山镇"]),
        ("土山乡", ["嵖岈山镇"]),
    ]
    shown = civgeo("names", "text", str(text), "--names", str(register), "--fail-on-findings")
    assert shown.returncode == 1
    assert "疑似误写" in shown.stdout


@pytest.mark.data_cn
def test_a_text_is_held_against_the_listed_divisions(civgeo, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("驻马店地区", encoding="utf-8")
    done = civgeo("names", "text", str(text), "--division", "4117", "--json")
    assert json.loads(done.stdout)["findings"][0]["standard"] == ["驻马店市"]


def test_an_audit_is_printed_and_saved(civgeo, register, tmp_path):
    target = tmp_path / "audit.xlsx"
    done = civgeo("names", "audit", str(register), "--on", "2026-03-01", "-o", str(target))
    assert done.returncode == 0
    assert "重名" in done.stdout
    assert openpyxl.load_workbook(target).sheetnames == ["汇总", "按县区", "逐条", "名单"]
    raw = civgeo("names", "audit", str(register), "--on", "2026-03-01", "--json").stdout
    answer = json.loads(raw)
    assert answer["names"] == 3
    assert {each["code"] for each in answer["findings"]} == {"duplicate", "famous_entity"}
    failing = civgeo("names", "audit", str(register), "--on", "2026-03-01", "--fail-on-findings")
    assert failing.returncode == 1


def test_an_audit_of_a_table_that_cannot_be_read_is_refused(civgeo, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("地名,类别\n建设路,马路\n", encoding="utf-8")
    done = civgeo("names", "audit", str(path))
    assert done.returncode == 3
    assert "马路" in done.stderr
