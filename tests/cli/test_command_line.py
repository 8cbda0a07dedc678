import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

HEAVY = ("geopandas", "pandas", "numpy", "shapely", "matplotlib", "folium", "fastapi")
HEAVY += ("sqlalchemy", "pydantic", "pypinyin", "tomllib")


def has_chinese(text):
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def test_help_is_in_chinese(civgeo_process):
    done = civgeo_process("--help")
    assert done.returncode == 0
    assert "民政地理信息" in done.stdout
    for command in ("demo", "serve", "doctor", "names", "crs", "coverage", "indicators", "config"):
        (line,) = [line for line in done.stdout.splitlines() if f"│ {command} " in line]
        assert has_chinese(line)


COMMANDS = ["demo", "serve", "doctor", "names code", "crs zone", "crs convert"]
COMMANDS += ["coverage floor-area", "indicators evaluate", "config show"]
HELP_OF_ALL = """
import sys
from civgeo.__main__ import main
for command in {commands!r}:
    sys.argv = ["civgeo", *command.split(), "--help"]
    try:
        main()
    except SystemExit as end:
        assert not end.code
    print("====")
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_explains_itself_in_both_languages(clean, language):
    done = subprocess.run(
        [sys.executable, "-c", HELP_OF_ALL.format(commands=COMMANDS)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"CIVGEO_LANG": language},
        check=True,
    )
    pages = done.stdout.split("====")[:-1]
    assert len(pages) == len(COMMANDS)
    assert [has_chinese(page) for page in pages] == [language == "zh"] * len(pages)


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--lang", "en", "--help"), {}),
        (("--help", "--lang=en"), {"CIVGEO_LANG": "zh"}),
        (("--help",), {"CIVGEO_LANG": "en"}),
    ],
)
def test_help_is_in_english_on_demand(civgeo_process, arguments, environment):
    done = civgeo_process(*arguments, **environment)
    assert done.returncode == 0
    assert not has_chinese(done.stdout)
    assert "elder-care" in done.stdout


def test_language_of_the_settings_file_holds_too(civgeo_process, clean):
    (clean / "civgeo.toml").write_text('lang = "en"\n', encoding="utf-8")
    assert not has_chinese(civgeo_process("--help").stdout)
    assert has_chinese(civgeo_process("--help", CIVGEO_LANG="zh").stdout)


def test_help_imports_none_of_the_heavy_libraries():
    script = (
        "import sys\n"
        "sys.argv = ['civgeo', '--help']\n"
        "from civgeo.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stderr.decode().strip() == "[]"


def test_version_is_printed(civgeo):
    assert civgeo("--version").stdout.startswith("civgeo 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "config", "show"),
        ("config", "--json", "show"),
        ("config", "show", "--json"),
    ],
)
def test_global_options_stand_before_or_after_the_command(civgeo, arguments):
    assert json.loads(civgeo(*arguments).stdout)["port"] == 8000


@pytest.mark.parametrize("spelling", [("--store", "elsewhere"), ("--store=elsewhere",)])
def test_value_of_a_global_option_may_follow_the_command(civgeo, spelling):
    done = civgeo("config", "show", "--json", *spelling)
    assert json.loads(done.stdout)["store"] == "elsewhere"
    assert json.loads(civgeo(*spelling, "config", "show", "--json").stdout)["store"] == "elsewhere"


def test_origin_of_every_setting_is_told(civgeo, tmp_path):
    (tmp_path / "civgeo.toml").write_text('port = 8100\nhost = "0.0.0.0"\nstore = "t"\n')
    done = civgeo(
        "config",
        "show",
        "--origin",
        "--json",
        "--store",
        "here",
        CIVGEO_HOST="::1",
        CIVGEO_STORE="e",
    )
    shown = json.loads(done.stdout)
    assert shown["store"] == {"value": "here", "origin": "命令行"}
    assert shown["host"] == {"value": "::1", "origin": "CIVGEO_HOST"}
    assert shown["port"] == {"value": 8100, "origin": "civgeo.toml"}
    assert shown["max_page"]["origin"] == "默认"


def test_settings_file_may_stand_elsewhere(civgeo, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text("max_page = 7\n")
    done = civgeo("config", "show", "--origin", "--json", CIVGEO_CONFIG=str(other))
    assert json.loads(done.stdout)["max_page"] == {"value": 7, "origin": str(other)}


def test_language_of_the_call_is_a_setting_of_the_command_line(civgeo):
    shown = json.loads(civgeo("config", "show", "--origin", "--json", "--lang", "en").stdout)
    assert shown["lang"]["value"] == "en"
    assert shown["lang"]["origin"] != shown["port"]["origin"]
    assert not has_chinese(shown["lang"]["origin"])


@pytest.mark.parametrize(
    ("file", "environment"),
    [("port = ", {}), ("port = 70000", {}), ("", {"CIVGEO_PORT": "eighty"})],
)
def test_setting_that_cannot_be_read_is_refused_in_words(civgeo, tmp_path, file, environment):
    (tmp_path / "civgeo.toml").write_text(file)
    done = civgeo("config", "show", **environment)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "设置" in done.stderr


def test_table_of_settings_shows_every_origin(civgeo):
    done = civgeo("config", "show", "--origin", CIVGEO_PORT="9000")
    (line,) = [line for line in done.stdout.splitlines() if "9000" in line]
    assert "CIVGEO_PORT" in line


# Exit codes.


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("nonsense",),
        ("crs", "zone", "--nonsense"),
        ("--lang", "fr", "config", "show"),
        ("coverage", "floor-area", "--level", "village"),
        ("demo", "--outlines", "google"),
    ],
)
def test_wrong_usage_is_exit_code_two(civgeo, arguments):
    done = civgeo(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--on", "2026-02-30"),
        ("--division", "nonsense"),
        ("--division", "411702"),
    ],
)
def test_refused_question_over_a_store_is_exit_code_three(civgeo, store_folder, arguments):
    done = civgeo("coverage", "floor-area", "--store", store_folder, *arguments)
    assert (done.returncode, done.stdout) == (3, "")
    assert has_chinese(done.stderr)


@pytest.mark.parametrize("command", [("coverage", "floor-area"), ("serve", "--port", "0")])
def test_store_that_is_not_there_is_exit_code_four(civgeo_process, command):
    done = civgeo_process(*command, "--store", "nowhere")
    assert (done.returncode, done.stdout) == (4, "")
    assert "nowhere" in done.stderr


def test_findings_are_exit_code_one_only_on_demand(civgeo, store_folder):
    asked = ("coverage", "floor-area", "--store", store_folder, "--level", "estate", "--json")
    done = civgeo(*asked)
    assert done.returncode == 0
    assert not all(unit["meets"] for unit in json.loads(done.stdout)["units"])
    assert civgeo(*asked, "--fail-on-findings").returncode == 1


# Coverage over a store.


def test_coverage_of_a_store_is_printed_as_a_table(civgeo, store_folder):
    done = civgeo("coverage", "floor-area", "--store", store_folder, "--on", "2026-03-01")
    assert done.returncode == 0
    assert "模拟数据" in done.stdout
    assert "2026-03-01" in done.stdout
    for name in ("中心区", "临水区", "东丘县", "南坪县", "西岭县", "北原县"):
        assert name in done.stdout
    assert "虚构示例标准" in done.stderr


def test_coverage_of_a_store_as_json_cites_edition_and_standards(civgeo, store_folder):
    done = civgeo(
        *("coverage", "floor-area", "--store", store_folder, "--json"),
        *("--level", "township", "--division", "990102", "--on", "2026-03-01"),
    )
    found = json.loads(done.stdout)
    assert (found["on"], found["edition"], found["level"]) == (
        "2026-03-01",
        "fictional",
        "township",
    )
    assert found["simulated"] is True
    assert len(found["units"]) == 8
    assert {standard["min"] for standard in found["standards"]} <= {"20", "30"}
    assert all(isinstance(unit["total_m2"], str) for unit in found["units"])


def test_coverage_is_saved_as_a_spreadsheet(civgeo, store_folder, tmp_path):
    done = civgeo("coverage", "floor-area", "--store", store_folder, "-o", "out.xlsx")
    assert done.returncode == 0
    assert "out.xlsx" in done.stderr
    assert "县区" in openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames


def test_lines_take_the_standards_of_the_store_that_is_named(civgeo, store_folder):
    question = {
        "division": "990102",
        "on": "2026-03-01",
        "parts": [{"estate_class": "new", "households": 100}],
        "facilities_m2": [30],
    }
    asked = ("coverage", "floor-area", "--input", "-")
    packaged = json.loads(civgeo(*asked, given=json.dumps(question)).stdout)
    of_store = civgeo(*asked, "--store", store_folder, given=json.dumps(question))
    assert packaged["status"] == "not_assessed"
    assert packaged["edition"] != "fictional"
    answer = json.loads(of_store.stdout)
    assert (answer["edition"], answer["meets"]) == ("fictional", True)


# Doctor, demo and completion.


def test_doctor_says_what_is_in_order_and_how_to_mend_the_rest(civgeo):
    done = civgeo("doctor", "--json", "--store", "nowhere")
    findings = {item["subject"]: item for item in json.loads(done.stdout)}
    assert done.returncode == 0
    assert findings["库"]["state"] == "warning"
    assert findings["库"]["mend"].startswith("civgeo ")
    assert findings["随带文件"]["state"] == "ok"
    assert civgeo("doctor", "--strict", "--store", "nowhere").returncode == 1


def test_doctor_tries_the_limits_of_imports_that_the_settings_have(civgeo, monkeypatch):
    monkeypatch.setenv("CIVGEO_IMPORT_MEMORY_MB", "700")
    monkeypatch.setenv("CIVGEO_IMPORT_SECONDS", "45")
    told = json.loads(civgeo("doctor", "--json", "--store", "nowhere").stdout)
    jail = {item["subject"].partition(": ")[2]: item["detail"] for item in told}
    assert "700 MB" in jail["内存"]
    assert "45 秒" in jail["处理器时间"]
    assert {"网络", "启动程序"} <= set(jail)


def test_doctor_looks_into_the_store(civgeo, store_folder):
    done = civgeo("doctor", "--json", "--store", store_folder)
    findings = {item["subject"]: item for item in json.loads(done.stdout)}
    assert done.returncode == 0
    assert "虚构市" in findings["库"]["detail"]
    assert "模拟数据" in findings["库"]["detail"]
    assert findings["字体"]["state"] == "ok"


def test_doctor_calls_a_damaged_store_a_problem(civgeo, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "civgeo.gpkg").write_bytes(b"not a database" * 100)
    done = civgeo("doctor", "--json", "--store", "broken")
    assert done.returncode == 1
    assert "problem" in {item["state"] for item in json.loads(done.stdout)}


def test_demo_that_is_there_already_is_left_alone_and_described(civgeo, store_folder):
    before = Path(store_folder, "civgeo.gpkg").read_bytes()
    done = civgeo("demo", "--city", "990100", "--dir", store_folder, "--no-serve")
    assert done.returncode == 0
    assert "虚构市" in done.stdout
    assert "另一座城市" not in done.stderr
    assert Path(store_folder, "civgeo.gpkg").read_bytes() == before
    other = civgeo("demo", "--city", "411700", "--dir", store_folder, "--no-serve")
    assert "411700" in other.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_completion_for_bash_is_printed():
    command = Path(sys.executable).with_name("civgeo")
    done = subprocess.run(
        ["bash", "-c", f'"{command}" --show-completion; true'],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "complete" in done.stdout
    assert "civgeo" in done.stdout


LINE = (
    '{"division": "411702", "on": "2026-06-01", "facilities_m2": [1], '
    '"parts": [{"estate_class": "new", "households": 100}]}\n'
)


def test_findings_in_lines_are_exit_code_one_on_demand(tmp_path, civgeo_process):
    questions = tmp_path / "lines.jsonl"
    questions.write_text(LINE, encoding="utf-8")
    command = ("coverage", "floor-area", "--input", str(questions))
    assert civgeo_process(*command).returncode == 0
    assert civgeo_process(*command, "--fail-on-findings").returncode == 1


def test_an_abolished_division_is_not_judged_without_a_word(tmp_path, civgeo_process):
    questions = tmp_path / "lines.jsonl"
    questions.write_text(LINE.replace("411702", "410381"), encoding="utf-8")
    answer = json.loads(civgeo_process("coverage", "floor-area", "--input", str(questions)).stdout)
    assert answer["status"] == "unverified"
    assert "410307" in answer["reason"]


@pytest.mark.parametrize("name", ["覆盖.csv", "覆盖"])
def test_only_a_spreadsheet_can_be_saved(civgeo, store_folder, name):
    done = civgeo("coverage", "floor-area", "--store", str(store_folder), "-o", name)
    assert done.returncode == 2
    assert not Path(name).exists()


def test_a_file_that_cannot_be_written_is_refused_in_words(civgeo, store_folder):
    saved = ("-o", "no-such-folder/a.xlsx")
    done = civgeo("coverage", "floor-area", "--store", str(store_folder), *saved)
    assert done.returncode == 3
    assert "no-such-folder" in done.stderr


def test_a_console_that_knows_fewer_characters_still_gets_its_table(civgeo_process, store_folder):
    environment = {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "civgeo", "coverage", "floor-area"]
    done = subprocess.run(
        [*command, "--store", str(store_folder)],
        capture_output=True,
        env=os.environ | environment,
        check=False,
    )
    assert done.returncode == 0
    assert "结论" in done.stdout.decode("gbk")


def test_a_folder_with_another_city_is_not_passed_off_as_the_one_asked_for(civgeo, store_folder):
    done = civgeo("demo", "--city", "411300", "--dir", str(store_folder), "--no-serve")
    assert done.returncode == 3
    assert "--dir" in done.stderr
