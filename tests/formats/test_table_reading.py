import datetime as dt

import openpyxl
import pytest
from dirty import bureau_workbook, rewritten, workbook

from civgeo.errors import ImportRejected
from civgeo.formats.facts import Basis, ReadRequest
from civgeo.formats.findings import Finding, Severity
from civgeo.formats.jail import read_file, with_error_column
from civgeo.formats.own_notes import COORDINATES


def _csv(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def _read(path, tmp_path, **request):
    return read_file(path, tmp_path / "staging", ReadRequest(**request))


def test_a_bureau_workbook_keeps_its_row_numbers_under_title_note_and_two_header_rows(tmp_path):
    checked = _read(bureau_workbook(tmp_path / "a.xlsx"), tmp_path)

    facts, frame = checked.facts, checked.frame()
    assert (facts.header_row, facts.header_rows) == (3, 2)
    assert facts.headers[2:4] == ("床位/床位数", "床位/护理型床位数")
    assert frame.index.tolist() == [5, 7]
    assert frame["启用日期"].tolist() == ["2020-05-01", "2020年5月"]
    assert frame["床位/床位数"].tolist() == ["１２０", "约30"]
    assert facts.notes == ("隐藏的工作表没有读取：底稿", "合计行没有读取：第 8 行")


def test_the_row_with_known_headers_is_the_header(tmp_path):
    rows = [["单位：", "某局", "2026年"], ["序号", "名称", "床位"], [1, "甲", 3]]
    path = workbook(tmp_path / "a.xlsx", {"表": (rows, [])})

    guessed = _read(path, tmp_path).facts
    known = _read(path, tmp_path, expected_headers=("名称", "床位")).facts
    named = _read(path, tmp_path, header_row=2).facts

    assert guessed.header_row == 1
    assert known.header_row == named.header_row == 2
    assert known.headers == ("序号", "名称", "床位")


def test_merged_data_cells_are_filled_down(tmp_path):
    rows = [["街道", "名称"], ["老街", "甲"], [None, "乙"], ["新街", "丙"]]
    path = workbook(tmp_path / "a.xlsx", {"表": (rows, ["A2:A3"])})

    assert _read(path, tmp_path).frame()["街道"].tolist() == ["老街", "老街", "新街"]


def test_several_sheets_are_asked_for_and_the_named_one_is_read(tmp_path):
    rows = [["名称", "床位"], ["甲", 1]]
    path = workbook(tmp_path / "a.xlsx", {"城区": (rows, []), "县": (rows, []), "空": ([], [])})

    asked = _read(path, tmp_path)
    with pytest.raises(ImportRejected, match="几个图层或工作表：城区、县"):
        asked.frame()

    assert _read(path, tmp_path, layer="县").frame()["名称"].tolist() == ["甲"]
    with pytest.raises(ImportRejected, match=r"没有名为“乡”的工作表。有内容的工作表：城区、县"):
        _read(path, tmp_path, layer="乡")


def test_the_notes_of_an_export_are_no_sheet_to_choose_and_name_the_system(tmp_path):
    rows = [["名称", "经度", "纬度"], ["甲", 114.1, 33.1]]
    notes = [["说明"], ["内部工作用"], [f"范围：411700；{COORDINATES}"]]
    path = workbook(tmp_path / "a.xlsx", {"界桩": (rows, []), "说明": (notes, [])})
    facts = _read(path, tmp_path).facts
    assert (facts.layer, facts.crs, facts.crs_basis) == ("界桩", "EPSG:4490", Basis.DECLARED)
    assert "坐标系按工作表“说明”所写：EPSG:4490" in facts.notes


@pytest.mark.parametrize(
    "notes",
    [[["说明", "备注"], ["内部工作用", "无"]], [["名称"], ["甲"]], [["说明"], ["坐标待查"]]],
)
def test_another_sheet_of_that_name_names_no_system(tmp_path, notes):
    rows = [["名称", "经度", "纬度"], ["甲", 114.1, 33.1]]
    path = workbook(tmp_path / "a.xlsx", {"界桩": (rows, []), "说明": (notes, [])})
    facts = _read(path, tmp_path).facts
    assert facts.crs is None
    assert facts.must_choose == (notes[0] != ["说明"])


def test_a_formula_without_a_saved_result_is_a_finding_with_its_cell(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"表": ([["名称", "床位"], ["甲", "=1+1"]], [])})

    facts = _read(path, tmp_path).facts

    assert [(item.row, item.column) for item in facts.findings] == [(2, "床位")]
    assert "公式没有保存计算结果" in facts.findings[0].message


def test_a_formula_with_a_saved_result_gives_the_result(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"表": ([["名称", "床位"], ["甲", "=1+1"]], [])})
    part = "xl/worksheets/sheet1.xml"
    saved = rewritten(
        path,
        tmp_path / "b.xlsx",
        part,
        lambda data: (
            data.replace(b"<v></v>", b"<v>2</v>")
            .replace(b"<v />", b"<v>2</v>")
            .replace(b"<v/>", b"<v>2</v>")
        ),
    )

    checked = _read(saved, tmp_path)

    assert checked.frame()["床位"].tolist() == ["2"]
    assert checked.facts.findings == ()


@pytest.mark.parametrize(
    ("encoding", "found", "basis"),
    [
        ("gb18030", "GB18030", Basis.DETECTED),
        ("utf-8-sig", "UTF-8", Basis.DECLARED),
        ("utf-8", "UTF-8", Basis.DETECTED),
        ("utf-16", "UTF-16", Basis.DECLARED),
    ],
)
def test_csv_encodings_of_chinese_desktops_are_told_with_a_preview(
    tmp_path, encoding, found, basis
):
    text = "名称;床位\r\n柳树𨟠镇敬老院;１２\r\n"

    checked = _read(_csv(tmp_path / "a.csv", text, encoding), tmp_path)

    facts = checked.facts
    assert (facts.encoding, facts.encoding_basis, facts.delimiter) == (found, basis, ";")
    assert facts.preview == ("柳树𨟠镇敬老院",)
    assert checked.frame()["名称"].tolist() == ["柳树𨟠镇敬老院"]


def test_bytes_in_no_encoding_are_refused_with_their_place(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,beds\nx,\xff\xff\xff\n")

    with pytest.raises(ImportRejected, match=r"第 13 个字节附近.*指定编码"):
        _read(path, tmp_path)
    with pytest.raises(ImportRejected, match="不认识的编码 klingon"):
        _read(path, tmp_path, encoding="klingon")


def test_csv_records_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    text = '设施台账,\n名称,床位\n"甲\n（两行）",1\n\n,\n乙,2,多余\n'

    checked = _read(_csv(tmp_path / "a.csv", text), tmp_path)

    assert checked.frame().index.tolist() == [3, 6]
    assert [(item.row, item.message[:8]) for item in checked.facts.findings] == [
        (6, "这一行比表头多出")
    ]


def test_repeated_and_nameless_headers_stay_apart(tmp_path):
    checked = _read(_csv(tmp_path / "a.csv", "名称,备注,,备注\n甲,1,2,3\n"), tmp_path)

    assert checked.facts.headers == ("名称", "备注", "第3列", "备注 (2)")
    assert checked.frame().loc[2].tolist() == ["甲", "1", "2", "3"]


def test_a_wkt_column_becomes_the_geometry(tmp_path):
    text = 'name,WKT\na,POINT (114 33)\nb,"POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"\nc,here\nd,\n'

    checked = _read(_csv(tmp_path / "a.csv", text), tmp_path)

    facts = checked.facts
    assert facts.geometry_types == ("Point", "Polygon")
    assert facts.crs is None
    assert checked.frame().geometry.iloc[0].x == 114
    messages = {item.row: item.message for item in facts.findings}
    assert messages[4] == "不是 WKT 图形，无法读取"
    assert "图形自相交，位于 0.5，0.5" in messages[3]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,2\n3,4\n", "没有找到表头"),
        ("名称,床位\n", "下面没有数据"),
        ("名称,床位\n" + "," * 600, "有 601 列，最多 500 列"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, says):
    with pytest.raises(ImportRejected, match=says):
        _read(_csv(tmp_path / "a.csv", text), tmp_path)


def test_a_csv_comes_back_in_its_encoding_with_an_error_column_and_no_formula(tmp_path):
    text = "名称;床位;余额\r\n=1+1;约30;-5\r\n乙;3;@x\r\n"
    path = _csv(tmp_path / "a.csv", text, "gb18030")
    findings = [
        Finding(2, "床位", "约30", "不是确定的数字"),
        Finding(2, "", "", "另一处", Severity.NOTE),
    ]

    back = with_error_column(path, _read(path, tmp_path), findings).decode("gb18030")

    assert back.splitlines() == [
        "名称;床位;余额;导入检查结果",
        "'=1+1;约30;-5;【床位】不是确定的数字；提示：另一处",
        "乙;3;'@x;",
    ]


def test_a_workbook_comes_back_with_its_sheets_and_an_error_column(tmp_path):
    path = bureau_workbook(tmp_path / "a.xlsx")
    checked = _read(path, tmp_path)
    findings = [Finding(7, "床位/床位数", "约30", "=不是公式"), Finding(0, "", "", "整个文件")]

    target = tmp_path / "back.xlsx"
    target.write_bytes(with_error_column(path, checked, findings))

    book = openpyxl.load_workbook(target)
    page = book["台账"]
    assert book.sheetnames == ["台账", "底稿"]
    assert page["A1"].value == "驻马店市养老服务设施台账"
    assert page["E5"].value == dt.datetime(2020, 5, 1)  # noqa: DTZ001 - as spreadsheets have it
    assert page["G3"].value == "导入检查结果"
    assert (page["G7"].value, page["G7"].data_type) == ("【床位/床位数】=不是公式", "s")
    assert page["C7"].fill.start_color.rgb == "FFFFC7CE"
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
