"""``civgeo export`` and the registers of the place-name office on the command line."""

import json
import shutil

import geopandas as gpd
import openpyxl
import pytest

BY = ("--actor", "张三", "--document", "豫民〔2026〕1号")
ENTRIES = {
    "signs": ("标示名称=清源路", "sign_kind=street", "state=broken", "last_patrol=2020-01-01"),
    "protected": ("地名=灈阳", "保护类别=千年古镇"),
    "rural-naming": ("name=东一镇", "goal_reached=true", "counted_on=2026-01-31", "命名道路数=4"),
    "reserved": ("name=清泉路", "kind=street", "area=东部新区", "state=reserved"),
    "archives": ("number=2025-1", "name=清源路命名", "year=2025", "retention=permanent"),
}
DIVISIONS = {"rural-naming": "990121100"}
COLLECTIONS = {"signs": "name_signs", "rural-naming": "rural_naming", "archives": "name_archives"}


@pytest.fixture(scope="module")
def filled(store_folder, tmp_path_factory):
    return shutil.copytree(store_folder, tmp_path_factory.mktemp("lists") / "store")


@pytest.fixture
def ask(civgeo, filled):
    def call(*arguments, code=0, **more):
        done = civgeo(*arguments, "--store", str(filled), "--json", **more)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr

    return call


def created(ask, group: str) -> dict:
    given = (*ENTRIES[group], f"division={DIVISIONS.get(group, '990102001')}")
    pairs = [part for pair in given for part in ("--set", pair)]
    return ask(group, "create", *pairs, *BY, "--valid-from", "2020-01-01")


@pytest.mark.parametrize("group", sorted(ENTRIES))
def test_every_register_has_the_whole_life_of_a_record_and_its_list(ask, tmp_path, group):
    made = created(ask, group)
    assert made["collection"] == COLLECTIONS.get(group, f"{group}_names")
    id = made["id"]
    change = ("--set", "source=复查", *BY, "--version", "1")
    assert ask(group, "correct", id, *change)["version"] == 2
    found = ask(group, "list")
    assert id in [row["id"] for row in found["rows"]]
    assert found["summary"]
    ask(group, "close", id, *BY, "--version", "2", "--valid-from", "2026-02-01")
    assert id not in [row["id"] for row in ask(group, "list")["rows"]]
    assert ask(group, "restore", id, *BY, "--version", "3")["version"] == 4
    assert len(ask(group, "history", id)["versions"]) == 4
    path = tmp_path / "清单.xlsx"
    ask(group, "list", "-o", str(path))
    assert "说明" in openpyxl.load_workbook(path).sheetnames


def test_lists_are_chosen_from_and_compared_as_asked(ask):
    sign = created(ask, "signs")["id"]
    protected, reserved = (created(ask, group)["id"] for group in ("protected", "reserved"))
    created(ask, "rural-naming")
    chosen = {
        state: {row["id"]: row["state"] for row in listed["rows"]}
        for state, listed in (
            ("broken", ask("signs", "list", "--broken", "--where", "状况=损坏")),
            ("intact", ask("signs", "list", "--where", "状况=完好")),
        )
    }
    assert set(chosen["broken"].values()) == {"broken"}
    assert sign in chosen["broken"]
    assert sign not in chosen["intact"]
    late = ask("signs", "overdue", "--interval-days", "100")
    assert late["parameters"] == {"interval_days": 100}
    (own,) = [row for row in late["rows"] if row["id"] == sign]
    assert own["reason"] == "距上次巡检超过 100 天"
    assert ask("signs", "progress")["view"] == "progress"
    assert protected in [
        row["id"] for row in ask("protected", "list", "--without-measures")["rows"]
    ]
    assert reserved not in [row["id"] for row in ask("reserved", "list", "--expired")["rows"]]
    asked = ("rural-naming", "progress", "--division", "990121", "--target")
    (county,) = ask(*asked, "12.5%")["summary"]
    assert (county["target"], county["denominator"], county["meets"]) == ("12.5", 8, True)
    assert "应为百分数" in ask(*asked, "很多", code=3)
    assert "--where 状况" in ask("signs", "list", "--where", "状况", code=3)


def test_lists_are_printed_as_tables_too(civgeo, ask, filled):
    created(ask, "signs")
    done = civgeo("signs", "overdue", "--store", str(filled))
    assert "逾期未巡检的地名标志" in done.stdout
    assert "超过 365 天" in done.stderr
    english = civgeo("signs", "overdue", "--store", str(filled), "--lang", "en")
    assert "Signs overdue for patrol" in english.stdout


def test_a_collection_is_exported_by_the_ending_of_the_file(ask, filled, tmp_path):
    for ending in ("gpkg", "geojson", "csv", "xlsx"):
        path = tmp_path / f"小区.{ending}"
        told = ask("export", "estates", "-o", str(path), "--division", "990102")
        assert told["count"] > 0
        assert path.stat().st_size > 0
    assert len(gpd.read_file(tmp_path / "小区.gpkg")) == told["count"]


def test_an_export_says_what_is_missing(civgeo, ask, filled, tmp_path):
    path = str(tmp_path / "地名.csv")
    public = ("export", "place_names", "-o", path, "--public")
    assert "审图号" in ask(*public, code=3)
    given = ask(*public, "--public-number", "豫S(2026)001号")
    assert ask(*public, CIVGEO_PUBLIC_NUMBER="豫S(2026)001号") == given
    assert "可用的后缀" in ask("export", "estates", "-o", str(tmp_path / "小区.docx"), code=3)
    assert "没有数据集" in ask("export", "streets", "-o", path, code=3)
    assert "--on" in ask("export", "estates", "-o", path, "--on", "昨天", code=3)
    done = civgeo("export", "estates", "-o", path, "--store", str(filled))
    assert done.stderr.startswith("已导出 ")
    assert done.stdout == ""
