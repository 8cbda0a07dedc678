"""A column of names: every row comes back, and what is doubtful stands on a list of its own."""

import openpyxl
import pytest
import xlsxwriter

from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import ImportRejected, InvalidInput, NotFound
from civgeo.services.romanised_tables import ColumnsOfNames, romanise_file

ROWS = [
    ("序号", "名称", "类别", "代码", "读音"),
    ("1", "二马路", "街路巷", "411702", None),
    ("2", '=HYPERLINK("http://x","y")', "街路巷", None, None),
    ("3", "大虎山", "settlement", None, None),
    ("4", "重渠镇", "乡级行政区", "411721", None),
    ("5", "重渠镇", "乡级行政区", "411721", "chong2 qu2 zhen4"),
    ("6", None, "街路巷", None, None),
    ("7", "天中驿", "街路巷", None, None),
    ("8", "中山路", "马路", None, None),
    ("9", "𰝟渡镇", "乡级行政区", None, None),
    ("10", "@SUM(1)路", None, None, None),
]
COLUMNS = ColumnsOfNames(
    "名称", "类别", PlaceKind.STREET, reading_column="读音", division_column="代码"
)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("names") / "地名.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet("地名")
        for number, row in enumerate(ROWS):
            for place, cell in enumerate(row):
                if cell is not None:
                    page.write_string(number, place, cell)
    return path


@pytest.fixture(scope="module")
def sheets(table, tmp_path_factory):
    done = romanise_file(table, COLUMNS)
    path = tmp_path_factory.mktemp("spelled") / "拼写.xlsx"
    path.write_bytes(done.content)
    book = openpyxl.load_workbook(path)
    return done, {
        page.title: [list(row) for row in page.iter_rows(min_row=3)] for page in book.worksheets
    }


def test_every_row_comes_back_with_its_spelling(sheets):
    done, pages = sheets
    header, *rows = [[cell.value for cell in row] for row in pages["汉语拼音"]]
    assert done.names == len(rows) == len(ROWS) - 1
    assert header[:5] == list(ROWS[0])
    assert [tuple(row[:5]) for row in rows] == ROWS[1:]
    spelled = {row[0]: row[5] for row in rows}
    assert spelled["1"] == "2 Mǎlù"
    assert spelled["3"] == "Dàhǔshān"
    assert spelled["5"] == "Chóngqú Zhèn"


def test_doubtful_names_stand_on_a_list_with_row_and_reason(sheets):
    done, pages = sheets
    _, *rows = [[cell.value for cell in row] for row in pages["待核实"]]
    assert done.doubtful == len(rows) == 7
    assert done.refused == 5
    reasons = {row[0]: row[-1] for row in rows}
    assert set(reasons) == {3, 5, 7, 8, 9, 10, 11}
    assert "读音有歧义" in reasons[5]
    assert "通名" in reasons[8]
    assert "不认识的类别" in reasons[9]
    assert "U+3075F" in reasons[10]


def test_no_cell_became_a_formula(sheets):
    _, pages = sheets
    assert all(cell.data_type != "f" for rows in pages.values() for row in rows for cell in row)


def test_csv_of_a_chinese_desktop_is_read_too(tmp_path):
    path = tmp_path / "names.csv"
    path.write_bytes("名称,备注\n吕梁市,甲\n西安市,乙\n".encode("gb18030"))
    done = romanise_file(path, ColumnsOfNames("名称", kind=PlaceKind.PREFECTURE))
    assert (done.names, done.doubtful, done.refused) == (2, 0, 0)


def test_a_column_under_a_merged_header_is_found_by_its_lower_line(tmp_path):
    path = tmp_path / "merged.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["序号", "名称信息", None], [None, "名称", "类别"], [1, "吕梁市", "地级行政区"]):
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    book.save(path)
    done = romanise_file(path, ColumnsOfNames("名称", kind_column="类别"))
    assert (done.names, done.doubtful) == (1, 0)


def test_missing_column_kind_or_file_is_said_in_words(table, tmp_path):
    with pytest.raises(InvalidInput, match=r"地名全称.*序号、名称"):
        romanise_file(table, ColumnsOfNames("地名全称", kind=PlaceKind.STREET))
    with pytest.raises(InvalidInput) as refused:
        romanise_file(table, ColumnsOfNames("名称"))
    assert refused.value.code == "kind_missing"
    with pytest.raises(NotFound):
        romanise_file(tmp_path / "none.xlsx", COLUMNS)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ImportRejected):
        romanise_file(tmp_path / "broken.xlsx", COLUMNS)
