"""``civgeo names romanize`` over a table, and its exit codes."""

import json

import openpyxl
import pytest
from typer.testing import CliRunner

from civgeo.cli.main import app


def run(*arguments, given=None):
    return CliRunner().invoke(app, ["names", "romanize", *map(str, arguments)], input=given)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("编号,地名,类别\n1,王庄,自然村镇\n2,重渠镇,乡级行政区\n", encoding="utf-8")
    return path


def test_column_of_a_table_becomes_a_workbook_with_a_doubtful_list(table, tmp_path):
    target = tmp_path / "out.xlsx"
    done = run("--excel", table, "--column", "地名", "--kind-column", "类别", "-o", target)
    assert done.exit_code == 0, done.output
    assert openpyxl.load_workbook(target).sheetnames == ["汉语拼音", "待核实"]


def test_doubtful_names_are_findings_and_refused_ones_are_exit_code_three(table, tmp_path):
    target = tmp_path / "out.xlsx"
    options = ("--excel", table, "--column", "地名", "-o", target)
    assert run(*options, "--kind-column", "类别", "--fail-on-findings").exit_code == 1
    table.write_text("地名,备注\n=1+1,甲\n王庄,乙\n", encoding="utf-8")
    assert run(*options, "--kind", "settlement").exit_code == 3


def test_figures_come_as_json(table, tmp_path):
    target = tmp_path / "out.xlsx"
    options = ["--excel", str(table), "--column", "地名", "--kind", "settlement", "-o", str(target)]
    done = CliRunner().invoke(app, ["--json", "names", "romanize", *options])
    assert json.loads(done.stdout) == {
        "status": "ok",
        "output": str(target),
        "names": 2,
        "doubtful": 1,
        "refused": 0,
    }


def test_result_file_is_asked_for(table):
    assert run("--excel", table, "--kind", "street").exit_code == 2
