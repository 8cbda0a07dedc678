"""``civgeo cemeteries layout``: tables, files, exit codes."""

import csv
import json

import pytest

from funeral_city import cemetery, city_of, station, town_code


@pytest.fixture
def asked(civgeo, clean):
    city_of(
        clean,
        [(12, 0), (0, 9), (-7, 0)],
        people={0: 20_000, 1: 30_000, 2: 10_000},
        facilities=[station(1, (12, 0), 0)],
        cemeteries=[cemetery(1, town_code(1))],
    ).store.close()

    def ask(*words, before=()):
        return civgeo("--store", str(clean / "store"), *before, "cemeteries", "layout", *words)

    return ask


def test_the_coverage_is_told_with_its_targets_and_the_damaged_figure(asked, clean):
    done = asked("-o", "layout.csv")
    assert done.returncode == 0
    for words in ("约束性", "1/4 = 25.00%", "疑为 1~2 个", "模拟数据", "没有达到"):
        assert words in done.stdout
    assert "不是规划的规定" in done.stderr
    text = (clean / "layout.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["有无"] for row in rows} == {"有", "没有", "情况不明"}
    assert asked("--fail-on-findings").returncode == 1
    assert asked("-o", "layout.png").returncode == 2


def test_json_is_the_document_and_geojson_a_file(asked, clean):
    told = json.loads(asked("-o", "layout.geojson", before=("--json",)).stdout)
    assert told["stations"]["counties"][1]["reading"] == "within"
    saved = json.loads((clean / "layout.geojson").read_text(encoding="utf-8"))
    assert [each["properties"]["name"] for each in saved["features"]] == ["设施1"]


def test_a_proposal_tells_its_proof_and_who_goes_where(asked, clean):
    done = asked("--propose", "stations", "--p", "2", "-o", "plan.json")
    assert done.returncode == 0
    assert "已证明最优" in done.stdout
    plan = json.loads((clean / "plan.json").read_text(encoding="utf-8"))
    (county,) = plan["counties"]
    assert county["objective"] == county["bound"]
    sited = asked("--propose", "columbaria", "--p", "1", "--seat", "411721=114.0,33.4")
    assert "差距 0.0000%" in sited.stderr
    assert "1镇" in sited.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--propose", "stations"),
        ("--p", "2"),
        ("--model", "mclp"),
        ("--propose", "columbaria", "--p", "0"),
    ],
)
def test_options_that_do_not_fit_are_wrong_use(asked, words):
    assert asked(*words).returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--propose", "temples", "--p", "1"),
        ("--propose", "columbaria", "--p", "1", "--model", "mclp"),
        ("--propose", "stations", "--p", "1", "--distance", "street"),
        ("--division", "411799"),
        ("--on", "昨天"),
        ("--seat", "411721=33.4"),
        ("--seat", "411721"),
        ("--weight", "gold"),
    ],
)
def test_questions_that_cannot_be_answered_are_refused_with_a_reason(asked, words):
    done = asked(*words)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
