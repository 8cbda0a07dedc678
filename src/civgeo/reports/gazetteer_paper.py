"""The gazetteer book as PDF: title page, notes, contents with page numbers, one table a section."""

from fpdf import FPDF
from fpdf.enums import Align
from fpdf.outline import OutlineSection

from civgeo.reports.gazetteer_book import Book, BookWords, book_words
from civgeo.reports.paper import TABLE_LINE, Paper
from civgeo.reports.word_template import SIMULATED_LABEL

__all__ = ["book_pdf"]

_HEAD = ("标准名称", "罗马字母拼写", "类别", "所属政区", "含义")
_WIDTHS = (32.0, 38.0, 24.0, 32.0, 30.0)
_CONTENTS_LINE = 7.4
_CONTENTS_TITLE = 16.0
_NUMBERS = 20.0
_INDENT = 11.3


def book_pdf(book: Book) -> bytes:
    """`book` as PDF.

    Raises
    ------
    RuleViolation
        ``map_number_missing`` for an edition for the public without a 审图号.
    """
    words = book_words(book)
    label = SIMULATED_LABEL if book.simulated else ""
    paper = Paper(words.title, label=label, running_head=f"{words.title}　{words.map_number}")
    _title_page(paper, words)
    paper.add_page()
    paper.paragraph("编制说明", size=22, line=16, align=Align.C, bold=True)
    for note in words.notes:
        paper.paragraph(note, indent=_INDENT)
    if words.sections:
        _contents(paper, words)
    for section in words.sections:
        paper.keep(6 * TABLE_LINE)
        paper.space(3)
        paper.start_section(paper.drawable(section.title))
        title = f"{section.title}（{section.count} 条）"
        paper.paragraph(title, size=12, line=8, bold=True)
        rows = (
            (item.name, item.romanised, item.kind, item.division, item.meaning)
            for item in section.entries
        )
        paper.grid(rows, _WIDTHS, head=_HEAD, size=9.5)
    return paper.finished()


def _title_page(paper: Paper, words: BookWords) -> None:
    paper.space(55)
    paper.paragraph(words.title, size=30, line=18, align=Align.C, bold=True)
    paper.paragraph(f"（{words.arrangement}）", align=Align.C)
    paper.space(75)
    for text in (words.office, words.dated, words.map_number):
        paper.paragraph(text, align=Align.C)


def _contents(paper: Paper, words: BookWords) -> None:
    """Pages for the contents, as many as the lines of the titles take."""
    paper.add_page()
    whole, line = paper.left_on_page, _CONTENTS_LINE
    pages, left = 1, whole - _CONTENTS_TITLE
    for section in words.sections:
        for _ in range(paper.line_count(section.title, size=12, right=_NUMBERS)):
            if left < line:
                pages, left = pages + 1, whole
            left -= line
    paper.insert_toc_placeholder(_write_contents, pages=pages)


def _write_contents(pdf: FPDF, outline: list[OutlineSection]) -> None:
    if not isinstance(pdf, Paper):
        return
    pdf.paragraph("目　录", size=22, line=_CONTENTS_TITLE, align=Align.C, bold=True)
    for section in outline:
        pdf.keep(_CONTENTS_LINE)
        top = pdf.get_y()
        pdf.paragraph(section.name, size=12, line=_CONTENTS_LINE, right=_NUMBERS)
        pdf.set_y(top)
        number = f"{section.page_number}"
        pdf.paragraph(number, size=12, line=_CONTENTS_LINE, align=Align.R)
