"""``civgeo cemeteries report`` and ``map`` write what they are asked for."""

import io

import pytest
from docx import Document

from grave_city import founded, ridge
from siting_answers import sited

ASKED = ("--division", "411702", "--level", "township", "--on", "2026-03-29", "--cell", "50")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    city = sited(tmp_path_factory.mktemp("reported") / "库")
    city.store.close()
    return city.store.file.parent


def own(folder) -> tuple[str, ...]:
    return ("--store", str(folder), "cemeteries")


def test_the_report_and_the_map_come_in_every_form(civgeo, folder, tmp_path):
    given = (*ASKED, "--min-area", "30", "--weight", "area_m2=2")
    report = civgeo(*own(folder), "report", *given, "-o", str(tmp_path / "选址.docx"))
    assert (report.returncode, "已保存" in report.stderr) == (0, True)
    words = Document(io.BytesIO((tmp_path / "选址.docx").read_bytes()))
    assert words.paragraphs[0].text == "甲县公墓选址分析"
    civgeo(*own(folder), "report", *given, "-o", str(tmp_path / "选址.PDF"))
    assert (tmp_path / "选址.PDF").read_bytes()[:5] == b"%PDF-"
    for ending, start in (("html", b"<!DOC"), ("png", b"\x89PNG\r"), ("pdf", b"%PDF-")):
        file = tmp_path / f"图.{ending}"
        assert civgeo(*own(folder), "map", *given, "-o", str(file)).returncode == 0
        assert file.read_bytes()[:5] == start


@pytest.mark.parametrize(
    ("command", "options", "code"),
    [
        ("report", (*ASKED, "-o", "x.txt"), 2),
        ("map", (*ASKED, "-o", "x.svg"), 2),
        ("map", (*ASKED, "-o", "x.png", "--weight", "colour=1"), 3),
        ("report", ("--division", "999999", "--level", "township", "-o", "x.docx"), 3),
    ],
)
def test_what_cannot_be_meant_is_refused(civgeo, folder, command, options, code):
    done = civgeo(*own(folder), command, *options)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_the_maps_of_a_store_with_layers_hold_the_siting(civgeo, folder, tmp_path):
    done = civgeo("--store", str(folder), "maps", "-o", str(tmp_path / "图"))
    assert done.returncode == 0
    written = {file.name for file in (tmp_path / "图").iterdir()}
    assert {f"cemetery-siting.{ending}" for ending in ("html", "png", "pdf", "xlsx")} <= written


def test_the_map_of_graves_is_one_file(civgeo, tmp_path):
    founded(tmp_path / "库", heights=ridge()).store.close()
    own_store = ("--store", str(tmp_path / "库"), "cemeteries", "graves-map", "--max-m", "2000")
    assert civgeo(*own_store, "-o", str(tmp_path / "散坟.html")).returncode == 0
    assert "散坟与迁移安排" in (tmp_path / "散坟.html").read_text(encoding="utf-8")
    assert civgeo(*own_store, "-o", str(tmp_path / "散坟.png")).returncode == 2
