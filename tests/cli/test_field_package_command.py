"""``civgeo rounds package`` as an officer calls it."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pypdfium2 as pdfium
import pytest
from typer.testing import CliRunner

from civgeo.cli.main import app, run
from civgeo.domain.field_form import FILED_NOTE
from field_specimens import LINE_CODE, boundary_city, line_row, marker_rows, round_row


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """A line that can be packed, with a filed fourth round, and one that has no geometry."""
    folder = tmp_path_factory.mktemp("lines") / "store"
    bare = line_row(id="bare", code="0102", name="无图线", geometry=None)
    stray = marker_rows(1)[0] | {"id": "stray", "line": "0102", "number": "0102001Q"}
    filed = round_row(id="fourth", round=4, year=2021, due="2021-11-30", state="filed")
    boundary_city(
        folder,
        lines=[line_row(), bare],
        markers=[*marker_rows(2), stray],
        rounds=[round_row(), filed],
    ).store.close()
    return folder


def asked(store: Path, *arguments: object):
    words = ["--store", str(store), "--json", "rounds", "package", *map(str, arguments)]
    return CliRunner().invoke(app, words)


def test_a_line_becomes_a_zip_with_its_name_and_round(store, tmp_path):
    done = asked(store, LINE_CODE, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    [made] = json.loads(done.stdout)["packages"]
    [written] = made["written"]
    assert (made["line"], made["name"], made["round"], made["markers"]) == (
        LINE_CODE,
        "坪岭线",
        5,
        2,
    )
    with zipfile.ZipFile(written) as archive:
        assert "civgeo-2223-r5/phone.html" in archive.namelist()


def test_all_lines_go_on_past_one_that_cannot_be_packed_and_say_so(store, tmp_path):
    done = asked(store, "--all", "-o", tmp_path, "--form", "folder")
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert [made["line"] for made in told["packages"]] == [LINE_CODE]
    [refused] = told["refused"]
    assert (refused["line"], refused["code"]) == ("0102", "no_geometry")
    assert (tmp_path / "civgeo-2223-r5" / "manifest.json").is_file()


def test_all_lines_tell_which_of_how_many_is_at_work_by_its_name(store, tmp_path):
    done = asked(store, "--all", "-o", tmp_path)
    steps = [line for line in done.stderr.splitlines() if line.startswith("外业数据包")]
    assert steps == ["外业数据包 1/2 无图线", "外业数据包 2/2 坪岭线", "外业数据包 (2/2)"]


def test_a_filed_round_is_packed_only_when_asked_for_anyway_and_every_file_says_so(store, tmp_path):
    done = asked(store, LINE_CODE, "--round", 4, "--anyway", "-o", tmp_path, "--form", "folder")
    assert done.exit_code == 0, done.output
    [made] = json.loads(done.stdout)["packages"]
    assert (made["round"], made["filed"]) == (4, True)
    folder = Path(made["written"][0])
    assert FILED_NOTE in (folder / "README.txt").read_text("utf-8-sig")
    assert FILED_NOTE in (folder / "phone.html").read_text("utf-8")
    book = openpyxl.load_workbook(folder / "checklist.xlsx")
    assert FILED_NOTE in [cell.value for cell in book["说明"]["A"]]
    paper = pdfium.PdfDocument(folder / "checklist.pdf")
    words = [page.get_textpage().get_text_range() for page in paper]
    assert all(FILED_NOTE in text for text in words)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["9999"], "没有代码或名称为“9999”的界线"),
        (["无图线"], "没有图形"),
        ([LINE_CODE, "--round", "4"], "已备案，填写的结果不能导入"),
        ([], "--all"),
        ([LINE_CODE, "--all"], "二者选一"),
    ],
)
def test_what_cannot_be_done_ends_with_3_and_the_reason(store, tmp_path, capsys, arguments, said):
    with pytest.raises(SystemExit) as left:
        run(["--store", str(store), "rounds", "package", *arguments, "-o", str(tmp_path)])
    assert left.value.code == 3
    assert said in capsys.readouterr().err.replace("\n", "")
    assert list(tmp_path.iterdir()) == []
