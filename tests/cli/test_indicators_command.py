"""``civgeo indicators``: the catalogue without a store, and a report over one."""

import json

import openpyxl
import pytest

from civgeo.cli.main import app
from civgeo.services.demo import build_demo_city


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    from datetime import UTC, datetime

    folder = tmp_path_factory.mktemp("indicators") / "store"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    build_demo_city(folder, "990100", today=now, progress=lambda *_: None, estates=60).close()
    return folder


@pytest.fixture
def ask(capsys):
    def run(*arguments):
        code = 0
        try:
            app([str(part) for part in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        return code, capsys.readouterr().out

    return run


def test_targets_of_a_city_are_listed_without_a_store(ask):
    code, out = ask("--json", "indicators", "list", "--city", "421300", "--year", "2025")
    found = json.loads(out)["indicators"]
    assert code == 0
    assert len(found) == 8
    assert {item["adcode"] for item in found} == {"421300"}
    assert all(item["source"]["passage"] for item in found)


def test_the_whole_catalogue_is_a_table_with_its_doubts(ask):
    code, out = ask("indicators", "list")
    assert code == 0
    for word in ("zhumadian_nursing_bed_share", "> 55%", "目标待核实", "溧阳市"):
        assert word in out


def test_the_report_says_reached_missed_and_what_is_missing(ask, store):
    code, out = ask("--store", store, "indicators", "report")
    assert code == 0
    for word in ("已达到", "未达到", "待核实", "未评价", "模拟数据"):
        assert word in out


def test_the_report_is_json_and_a_workbook_too(ask, store, tmp_path):
    target = tmp_path / "指标.xlsx"
    code, out = ask("--store", store, "--json", "indicators", "report", "-o", target)
    answer = json.loads(out)
    assert code == 0
    assert (answer["city"], len(answer["indicators"])) == ("990100", 52)
    assert openpyxl.load_workbook(target).sheetnames[0] == "指标"


def test_targets_that_are_missed_are_findings(ask, store):
    assert ask("--store", store, "indicators", "report", "--fail-on-findings")[0] == 1
    code, _ = ask(
        "--store", store, "indicators", "report", "--fail-on-findings", "--city", "421300"
    )
    assert code == 0


def test_another_form_of_file_is_refused(ask, store, tmp_path):
    assert ask("--store", store, "indicators", "report", "-o", tmp_path / "x.csv")[0] == 2
