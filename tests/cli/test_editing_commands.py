"""civgeo estates and civgeo facilities."""

import json
import shutil

import openpyxl
import pytest

BY = ("--actor", "张三", "--document", "豫民〔2026〕1号", "--document-date", "2026-03-01")


@pytest.fixture
def store(store_folder, tmp_path):
    folder = tmp_path / "store"
    shutil.copytree(store_folder, folder)
    return str(folder)


@pytest.fixture
def ask(civgeo, store):
    def call(*arguments, code=0):
        done = civgeo(*arguments, "--store", store, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr

    return call


def create(ask, *more, code=0):
    entered = ["--set", "小区名称=新苑", "--set", "户数=120", "--set", "estate_class=new"]
    entered += ["--set", "stage=built", "--set", "division=990102001", "--point", "114.1,33.1"]
    return ask("estates", "create", *entered, *BY, "--valid-from", "2020-01-01", *more, code=code)


def test_the_whole_life_of_an_estate_from_the_command_line(ask):
    made = create(ask)
    assert made["version"] == 1
    id = made["id"]
    change = ("--set", "households=150", "--valid-from", "2024-01-01")
    assert "依据的版本" in ask("estates", "correct", id, *change, *BY, code=3)
    assert ask("estates", "correct", id, *change, *BY, "--version", "1")["version"] == 2
    stale = ask("estates", "correct", id, *change, *BY, "--version", "1", code=3)
    assert "第 2 版" in stale
    assert "自哪一天" in ask("estates", "close", id, *BY, "--version", "2", code=3)
    ask("estates", "close", id, *BY, "--version", "2", "--valid-from", "2026-01-01")
    told = ask("estates", "history", id)
    assert (told["exists"], told["version"]) == (False, 3)
    assert [version["action"] for version in told["versions"]] == ["create", "correct", "close"]
    assert told["versions"][1]["periods"][0]["differences"] == {"households": [120, 150]}
    assert ask("estates", "restore", id, *BY, "--version", "3")["version"] == 4
    back = ("estates", "restore", id, *BY, "--version", "4", "--of-version", "1")
    assert ask(*back)["version"] == 5
    last = ask("estates", "history", id)["versions"][-1]["periods"][0]["properties"]
    assert last["households"] == 120


def test_a_facility_may_be_entered_with_its_outline_from_a_file(ask, tmp_path):
    shape = tmp_path / "点.geojson"
    point = {"type": "Point", "coordinates": [114.1, 33.1]}
    shape.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": point}))
    entered = ["--set", "name=新站", "--set", "kind=meal_point", "--set", "status=operating"]
    entered += ["--set", "division=990102001", "--set", "floor_area_m2=20.5"]
    made = ask("facilities", "create", *entered, "--geometry", str(shape), *BY)
    empty = ("--set", "floor_area_m2=", "--set", "beds=3")
    ask("facilities", "correct", made["id"], *empty, *BY, "--version", "1")
    told = ask("facilities", "history", made["id"])["versions"][-1]["periods"][0]["properties"]
    assert (told["floor_area_m2"], told["beds"]) == (None, 3)
    ask("facilities", "close", made["id"], *BY, "--version", "2", "--valid-from", "2026-01-01")
    ask("facilities", "restore", made["id"], *BY, "--version", "3")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--set", "户数=-3"), "households"),
        (("--set", "户数=很多"), "应为整数"),
        (("--set", "颜色=红"), "没有这个属性"),
        (("--set", "户数"), "属性=值"),
        (("--set", "version=7"), "登记库"),
        (("--point", "here"), "经度,纬度"),
        (("--point", "33.1,114.1"), "中国范围"),
        (("--geometry", "nothing.geojson"), "只能给一个"),
        (("--document-date", "昨天"), "document-date"),
    ],
)
def test_a_fault_is_told_in_words_with_exit_code_3(ask, more, words):
    assert words in create(ask, *more, code=3)


def test_a_file_without_a_geometry_is_refused(ask, tmp_path):
    for name, text in {"a.geojson": "{", "b.geojson": "[]", "c.geojson": '{"type":"X"}'}.items():
        (tmp_path / name).write_text(text)
        shape = ("--geometry", str(tmp_path / name))
        assert "GeoJSON" in ask("facilities", "create", "--set", "name=甲", *shape, *BY, code=3)
    missing = ("--geometry", str(tmp_path / "d.geojson"))
    assert "读不了" in ask("facilities", "create", "--set", "name=甲", *missing, *BY, code=3)


def test_actor_and_document_are_demanded(civgeo, store):
    done = civgeo("estates", "create", "--store", store, "--set", "name=甲")
    assert done.returncode == 2
    assert "--actor" in done.stderr


def test_history_is_printed_as_a_table_in_both_languages(ask, civgeo, store):
    id = create(ask)["id"]
    done = civgeo("estates", "history", id, "--store", store)
    assert "新增" in done.stdout
    assert "张三" in done.stdout
    assert "Create" in civgeo("estates", "history", id, "--store", store, "--lang", "en").stdout


def test_what_is_not_handed_over_is_listed_with_the_rates(ask, civgeo, store, tmp_path):
    told = ask("estates", "not-handed-over")
    assert told["whole"]["denominator"] == sum(c["denominator"] for c in told["counties"])
    handed = told["whole"]["numerator"]
    assert len(told["not_handed_over"]) == told["whole"]["denominator"] - handed
    county = told["counties"][0]["code"]
    part = ask("estates", "not-handed-over", "--division", county)
    assert {row["county"] for row in part["not_handed_over"]} == {county}
    file = tmp_path / "移交.xlsx"
    done = civgeo("estates", "not-handed-over", "--store", store, "-o", str(file))
    assert "移交率" in done.stdout
    assert openpyxl.load_workbook(file).sheetnames == ["未移交小区", "移交率"]


def test_the_write_token_is_never_shown(civgeo, clean):
    given = {"CIVGEO_WRITE_TOKEN": "geheim-123"}
    for arguments in (("config", "show"), ("config", "show", "--origin", "--json")):
        done = civgeo(*arguments, **given)
        assert "geheim" not in done.stdout + done.stderr
        assert "**" in done.stdout
    assert json.loads(civgeo("config", "show", "--json").stdout)["write_token"] == ""
    (clean / "civgeo.toml").write_text("write_token = 20260101\n")
    done = civgeo("config", "show")
    assert done.returncode == 0
    assert "20260101" not in done.stdout + done.stderr
