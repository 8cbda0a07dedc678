"""Questions and full answers of the public contract, asked of the real command."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMMANDS = {
    "boundaries_direction": ("boundaries", "direction"),
    "boundaries_marker": ("boundaries", "marker"),
    "boundaries_witness": ("boundaries", "witness"),
    "cemeteries_check": ("cemeteries", "check"),
    "cemeteries_demand": ("cemeteries", "demand"),
    "coverage_floor_area": ("coverage", "floor-area"),
    "crs_convert": ("crs", "convert"),
    "crs_zone": ("crs", "zone"),
    "indicators_evaluate": ("indicators", "evaluate"),
    "names_check": ("names", "check"),
    "names_code": ("names", "code"),
    "names_procedure": ("names", "procedure"),
    "names_romanize": ("names", "romanize"),
}
CHINA = timezone(timedelta(hours=8))
SHARE = {"measure": "percent", "numerator": 1, "denominator": 2}
HALF = {
    "status": "ok",
    "value": "50",
    "display": "50.00",
    "unit": "%",
    "meets": None,
    "target": None,
    "operator": ">=",
}


def ask(command, *options, given=None):
    """Exit code and raw standard output of one call of ``civgeo``."""
    environment = {key: value for key, value in os.environ.items() if "CIVGEO" not in key}
    done = subprocess.run(
        [sys.executable, "-m", "civgeo", *command, *options],
        input=given,
        capture_output=True,
        env=environment | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout


def answers(raw):
    """Answer objects of raw output, one a line, the last line ended as well."""
    text = raw.decode("utf-8")
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def evaluate(*lines):
    """Exit code and answers of ``indicators evaluate`` to raw lines."""
    code, raw = ask(("indicators", "evaluate"), "--input", "-", given=b"\n".join(lines))
    return code, answers(raw)


def line(**values):
    return json.dumps(values, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.data_cn) if name == "names_code" else name
        for name in COMMANDS
    ],
)
def test_every_question_has_its_full_answer(name):
    questions = HERE / f"{name}.questions.jsonl"
    expected = (HERE / f"{name}.answers.jsonl").read_bytes()
    code, raw = ask(COMMANDS[name], "--input", str(questions))
    for found, wanted in zip(answers(raw), answers(expected), strict=True):
        assert found == wanted
    assert code == 3


@pytest.mark.parametrize("name", COMMANDS)
def test_contract_file_holds_real_questions_and_errors_of_every_command(name):
    wanted = answers((HERE / f"{name}.answers.jsonl").read_bytes())
    assert sum(answer["status"] == "ok" for answer in wanted) >= 3
    assert {"unknown_key", "missing_key", "crs_error"} & {answer.get("code") for answer in wanted}
    assert all(answer["reason"] for answer in wanted if answer["status"] != "ok")


def test_answers_are_unescaped_utf8_in_the_order_of_the_questions():
    questions = HERE / "crs_zone.questions.jsonl"
    _, raw = ask(COMMANDS["crs_zone"], "--input", str(questions))
    assert "驻马店".encode() in raw
    assert b"\\u" not in raw
    asked = [item.get("id") for item in answers(questions.read_bytes())]
    assert [answer.get("id") for answer in answers(raw)] == asked


def test_all_answered_is_exit_code_zero_and_one_refused_line_is_three():
    assert evaluate(line(**SHARE), line(**SHARE)) == (0, [HALF, HALF])
    code, found = evaluate(line(**SHARE), b"{}", line(**SHARE))
    assert code == 3
    assert [answer["status"] for answer in found] == ["ok", "error", "ok"]


def test_no_questions_are_no_answers():
    assert evaluate(b"") == (0, [])


def test_not_assessed_and_undefined_are_answers_not_errors():
    code, found = evaluate(line(measure="percent", numerator=1, denominator=0))
    assert (code, found[0]["status"]) == (0, "undefined")


def test_byte_order_mark_crlf_and_blank_lines_are_taken_in_stride():
    raw = b"\xef\xbb\xbf" + line(id=1, **SHARE) + b"\r\n\r\n   \n\t\r\n" + line(id=2, **SHARE)
    assert evaluate(raw) == (0, [{"id": 1} | HALF, {"id": 2} | HALF])


IDS = [
    b'"a"',
    b"7",
    b"1.25",
    b"-3",
    b'"\xe9\xa9\xbb\xe9\xa9\xac\xe5\xba\x97"',
    b"null",
    b"true",
    b"12345678901234567890123",
    b'"\\ud800"',
]


def test_id_is_echoed_as_it_came():
    lines = [b'{"id": %s, "measure": "percent", "numerator": 1}' % raw for raw in IDS]
    code, found = evaluate(*lines)
    assert code == 3
    assert [answer["id"] for answer in found] == [json.loads(raw) for raw in IDS]
    assert {answer["code"] for answer in found} == {"missing_key"}


def test_id_beyond_every_float_comes_back_as_its_text():
    _, found = evaluate(b'{"id": 1e400000, "measure": "percent", "numerator": 1, "denominator": 2}')
    assert found == [{"id": "1E+400000"} | HALF]


def test_id_that_is_a_list_or_an_object_is_refused():
    _, found = evaluate(b'{"id": [1]}', b'{"id": {"a": 1}}')
    assert [answer["code"] for answer in found] == ["bad_type", "bad_type"]


REFUSED = {
    b"{": "bad_json",
    b"{}{}": "bad_json",
    b"[1, 2]": "bad_json",
    b'"text"': "bad_json",
    b"null": "bad_json",
    b"{'measure': 1}": "bad_json",
    b"\xff\xfe{}": "bad_json",
    '{"measure": "百分比"}'.encode("gb18030"): "bad_json",
    b"[" * 200_000: "bad_json",
    b'{"a":' * 100_000: "bad_json",
    b'{"measure": "percent", "numerator": NaN, "denominator": 1}': "bad_number",
    b'{"measure": "percent", "numerator": -Infinity, "denominator": 1}': "bad_number",
    b'{"measure": "percent", "numerator": "nan", "denominator": 1}': "bad_number",
    b'{"measure": "percent", "numerator": 1e400000, "denominator": 1}': "bad_number",
    b'{"measure": "percent", "numerator": 1e99999999999999999999}': "bad_number",
    b'{"measure": "percent", "numerator": ' + b"9" * 10_000 + b"}": "bad_number",
    b'{"measure": "percent", "numerator": true, "denominator": 1}': "bad_number",
    b'{"measure": "percent", "numerator": [1], "denominator": 1}': "bad_number",
    b'{"measure": "percent", "numerator": -1, "denominator": 1}': "negative",
    b'{"measure": "percent", "measure": "percent"}': "duplicate_key",
    b'{"measure": "\\ud800", "numerator": 1, "denominator": 1}': "bad_value",
    b'{"\\ud800": 1}': "unknown_key",
    b'{"measure": ["percent"], "numerator": 1, "denominator": 1}': "bad_type",
    b'{"measure": null, "numerator": 1, "denominator": 1}': "missing_key",
    b'{"Measure": "percent"}': "unknown_key",
}


@pytest.fixture(scope="module")
def refusals():
    """Answers to every line of `REFUSED`, each followed by a good line, asked in one call."""
    code, found = evaluate(*[raw for bad in REFUSED for raw in (bad, line(**SHARE))])
    assert code == 3
    assert found[1::2] == [HALF] * len(REFUSED)
    return dict(zip(REFUSED, found[::2], strict=True))


@pytest.mark.parametrize("raw", REFUSED, ids=lambda raw: repr(raw[:60]))
def test_line_that_cannot_be_answered_errs_alone(refusals, raw):
    answer = refusals[raw]
    assert answer["status"] == "error"
    assert answer["code"] == REFUSED[raw]
    assert 0 < len(answer["reason"]) < 500


def test_unknown_key_is_named():
    _, found = evaluate(line(**SHARE, weight=3))
    assert "'weight'" in found[0]["reason"]


def test_numbers_are_read_exactly_however_they_are_written():
    written = [b"0.1", b'"0.1"', b"1e-1", b'"1E-1"', b'" 0.10 "']
    lines = [
        b'{"measure": "per_person", "numerator": %s, "denominator": 1}' % text for text in written
    ]
    code, found = evaluate(*lines)
    assert code == 0
    assert {answer["value"] for answer in found} == {"0.1"}


def test_day_defaults_to_today_in_china_and_is_echoed():
    before = datetime.now(CHINA).date().isoformat()
    _, raw = ask(("names", "code"), "--input", "-", given=line(code="41"))
    after = datetime.now(CHINA).date().isoformat()
    assert answers(raw)[0]["on"] in (before, after)


def test_input_defaults_to_standard_input():
    code, raw = ask(("crs", "zone"), given=line(lon=114, lat=33))
    assert code == 0
    assert answers(raw)[0]["zone"] == 38


def test_file_that_is_not_there_is_refused_with_code_three(tmp_path):
    code, raw = ask(("crs", "zone"), "--input", str(tmp_path / "none.jsonl"))
    assert (code, raw) == (3, b"")


def test_store_that_is_not_there_is_exit_code_four(tmp_path):
    given = line(division="411702", parts=[], facilities_m2=[])
    code, raw = ask(
        ("--store", str(tmp_path), "coverage", "floor-area"), "--input", "-", given=given
    )
    assert (code, raw) == (4, b"")
