"""The gazetteer book: its orders, what the public sees, and its three forms."""

import io
from dataclasses import replace
from datetime import date

import pandas as pd
import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from paper_specimens import HOSTILE

from civgeo.errors import RuleViolation
from civgeo.reports.gazetteer_book import Arrangement, Book, book_docx, book_words, book_xlsx
from civgeo.reports.gazetteer_paper import book_pdf
from civgeo.reports.plain_text import plain

ROWS = [
    ("天中山大道", "Tiānzhōngshān Dàdào", "Tianzhongshan Dadao", "street", "411702001", True),
    ("上蔡县", "Shàngcài Xiàn", "Shangcai Xian", "county", "411722", True),
    ("嵖岈山", "Cháyá Shān", "Chaya Shan", "mountain", "411728", True),
    ("练江河路", "Liànjiānghé Lù", "Lianjianghe Lu", "street", "411702001", False),
    ("吕店", "Lǚdiàn", "Lüdian", "settlement", "411722101", True),
    ("路庄", "Lùzhuāng", "Luzhuang", "settlement", "411722101", True),
    ("无音村", None, None, "committee_seat", "411722101", False),
]
DIVISIONS = {"411702001": "驿城区人民街道", "411722": "上蔡县", "411722101": "上蔡县黄埠镇"}


def frame(rows=ROWS, **columns):
    table = pd.DataFrame(rows, columns=["name", "toned", "plain", "kind", "division", "confirmed"])
    return table.assign(**{"meaning": None, "status": "standard", "secrecy": "public"} | columns)


BOOK = Book(
    names=frame(public=True),
    title="驻马店市标准地名录",
    office="驻马店市民政局",
    dated=date(2026, 6, 1),
    division_names=DIVISIONS,
    sources={"地名": "地名登记库"},
)
PUBLIC = replace(BOOK, for_public=True, map_number="审图号：豫S〔2026〕001号")


def order(book):
    """Headings with the names under them."""
    return {
        section.title: [entry.name for entry in section.entries]
        for section in book_words(book).sections
    }


def word_text(content):
    body = Document(io.BytesIO(content)).element.body
    return "".join(element.text or "" for element in body.iter(qn("w:t")))


def pdf_pages(content):
    document = pypdfium2.PdfDocument(content)
    texts = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    return texts


def test_by_division_names_stand_under_their_division_and_class():
    assert order(BOOK) == {
        "驿城区人民街道　街路巷": ["练江河路", "天中山大道"],
        "上蔡县　行政区划": ["上蔡县"],
        "上蔡县黄埠镇　村民委员会、居民委员会所在地": ["吕店", "路庄", "无音村"],
        "411728　自然地理实体": ["嵖岈山"],
    }


def test_by_class_the_order_is_that_of_the_regulation():
    assert list(order(replace(BOOK, arrangement=Arrangement.CLASS))) == [
        "自然地理实体",
        "行政区划",
        "村民委员会、居民委员会所在地",
        "街路巷",
    ]


def test_by_pinyin_u_with_dots_stands_with_u_and_the_unread_stand_last():
    assert order(replace(BOOK, arrangement=Arrangement.PINYIN)) == {
        "C": ["嵖岈山"],
        "L": ["练江河路", "吕店", "路庄"],
        "S": ["上蔡县"],
        "T": ["天中山大道"],
        "未注音": ["无音村"],
    }


def test_by_strokes_fewer_come_first():
    assert order(replace(BOOK, arrangement=Arrangement.STROKES)) == {
        "3 画": ["上蔡县"],
        "4 画": ["天中山大道", "无音村"],
        "6 画": ["吕店"],
        "8 画": ["练江河路"],
        "12 画": ["嵖岈山"],
        "13 画": ["路庄"],
    }


def test_unconfirmed_romanisations_are_marked_and_counted():
    words = book_words(BOOK)
    marked = [e.name for s in words.sections for e in s.entries if "待核定" in e.romanised]
    assert marked == ["练江河路"]
    assert "2 条读音尚未核定" in words.notes[1]


@pytest.mark.parametrize(
    "columns",
    [
        {"public": [False] + [True] * 6},
        {"public": [None] + [True] * 6},
        {"public": True, "secrecy": ["secret"] + ["public"] * 6},
        {"public": True, "secrecy": [None] + ["public"] * 6},
    ],
)
def test_edition_for_the_public_drops_what_is_not_public(columns):
    book = replace(PUBLIC, names=frame(**columns))
    for content in (word_text(book_docx(book)), "".join(pdf_pages(book_pdf(book)))):
        assert "天中山" not in content
        assert "上蔡县" in content
        assert "审图号：豫S〔2026〕001号" in content
    assert "天中山大道" in word_text(book_docx(replace(book, for_public=False)))


def test_edition_for_the_public_without_a_map_number_is_refused():
    for make in (book_docx, book_pdf, book_xlsx):
        with pytest.raises(RuleViolation) as caught:
            make(replace(PUBLIC, map_number=" "))
        assert caught.value.code == "map_number_missing"


def test_internal_edition_says_so():
    assert "内部资料" in word_text(book_docx(BOOK))
    assert all("内部资料" in text for text in pdf_pages(book_pdf(BOOK)))


def test_only_standard_names_are_in_the_book():
    book = replace(BOOK, names=frame(public=True, status=["nonstandard"] + ["standard"] * 6))
    assert "天中山大道" not in [name for names in order(book).values() for name in names]


def test_contents_of_the_pdf_name_the_page_of_every_section():
    texts = pdf_pages(book_pdf(replace(BOOK, names=frame(ROWS * 30, public=True))))
    contents = texts[2]
    for section in book_words(BOOK).sections:
        title = "".join(section.title.split())
        page = next(n for n, text in enumerate(texts, 1) if f"{title}（" in text)
        assert f"{title}{page}" in contents


def test_every_page_of_simulated_names_says_so():
    book = replace(BOOK, names=frame(ROWS * 20, public=True), simulated=True)
    assert all("模拟数据" in text for text in pdf_pages(book_pdf(book)))
    sheets = load_workbook(io.BytesIO(book_xlsx(book)))
    assert all("模拟数据" in sheet["A1"].value for sheet in sheets)


def test_spreadsheet_has_a_sheet_for_every_order_with_every_name():
    sheets = load_workbook(io.BytesIO(book_xlsx(BOOK)))
    assert sheets.sheetnames == ["按行政区划", "按类别", "按汉语拼音", "按笔画"]
    for sheet in sheets:
        names = {row[1] for row in sheet.values}
        assert {row[0] for row in ROWS} <= names


def test_book_without_names_is_a_book_without_sections():
    book = replace(BOOK, names=frame([], public=True))
    assert book_words(book).sections == ()
    assert "共 0 条" in book_words(book).notes[0]
    assert len(pdf_pages(book_pdf(book))) == 2
    assert word_text(book_docx(book))


def test_hostile_names_stand_as_they_are():
    names = [name.replace("\ud800", "") for name in HOSTILE]
    rows = [(name, None, None, "other", "411702", False) for name in names]
    book = replace(BOOK, names=frame(rows, public=True))
    text = "".join(word_text(book_docx(book)).split())
    assert [name for name in names if "".join(plain(name).split()) not in text] == []
    assert pdf_pages(book_pdf(book))
    cells = [cell for sheet in load_workbook(io.BytesIO(book_xlsx(book))) for cell in sheet["B"]]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
