"""``civgeo cemeteries graves``: what it prints, and the files that it writes."""

import json

import pytest

from grave_city import founded, ridge


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "graves").mkdir()
    founded(tmp_path / "graves" / "store", heights=ridge()).store.close()
    return str(tmp_path / "graves" / "store")


def test_the_list_is_printed_and_saved(civgeo, folder, tmp_path):
    sheet = tmp_path / "list.xlsx"
    asked = ("--store", folder, "cemeteries", "graves", "--corridor-m", "700")
    done = civgeo(*asked, "-o", str(sheet))
    assert done.returncode == 0, done.stderr
    assert "G106" in done.stdout
    assert "模拟数据" in done.stdout
    assert "没有法定数值" in done.stderr
    assert sheet.read_bytes().startswith(b"PK")
    told = civgeo("--json", *asked, "--roads", "trunk_road,railway", "--divide")
    assert json.loads(told.stdout)["sums"]["to_move"]["graves"] == 9
    for name in ("list.geojson", "list.json"):
        assert civgeo(*asked, "-o", str(tmp_path / name)).returncode == 0
        assert json.loads((tmp_path / name).read_text(encoding="utf-8"))


def test_without_heights_the_words_are_those_of_a_corridor(civgeo, folder):
    done = civgeo("--store", folder, "cemeteries", "graves", "--elevation", "none")
    assert "按距离带，不是可视分析" in done.stderr


def test_what_cannot_be_asked_is_refused(civgeo, folder, tmp_path):
    asked = ("--store", folder, "cemeteries", "graves")
    for bad in (("-o", "list.docx"), ("--max-m", "far"), ("--roads", "lane")):
        assert civgeo(*asked, *bad).returncode != 0
