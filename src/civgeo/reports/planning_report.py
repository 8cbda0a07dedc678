"""规划分析: reach on foot as a paper, in the same words as Word and as PDF."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from fpdf.enums import Align

from civgeo.reports.paper import Paper
from civgeo.reports.word_template import SIMULATED_LABEL, label_every_page

__all__ = ["Block", "Heading", "Picture", "PlanningReport", "Table", "Text", "planning_docx"]
__all__ += ["planning_pdf"]

ROOM_MM = 156.0
BODY_PT, BODY_LINE, SMALL_PT, TABLE_PT = 12.0, 7.6, 9.0, 9.0
INDENT_MM = 8.5
PICTURE_RATIO = 8.27 / 11.69
ROW_MM, WHOLE_TABLE = 8.6, 14
HEAD_FILL = "ECF0F4"
SONG, HEI = "宋体", "黑体"


@dataclass(frozen=True, slots=True)
class Heading:
    """Heading of a part."""

    words: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a small one is a remark."""

    words: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, titles, widths of the columns in millimetres, rows, columns of numbers."""

    caption: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A map as PNG across the page, A4 in its proportions."""

    caption: str
    png: bytes


Block = Heading | Text | Table | Picture


@dataclass(frozen=True, slots=True)
class PlanningReport:
    """The paper.

    Parameters
    ----------
    title, subtitle
        On the title page.
    facts
        Label and text of the table on the title page.
    blocks
        What follows, in order.
    simulated
        Whether any of it is simulated.
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    simulated: bool


def planning_pdf(report: PlanningReport) -> bytes:
    """The report as PDF."""
    label = SIMULATED_LABEL if report.simulated else ""
    sheet = Paper(report.title, label=label, running_head=report.title)
    sheet.space(40)
    sheet.paragraph(report.title, size=24, line=14, align=Align.C, bold=True)
    sheet.paragraph(report.subtitle, size=14, line=10, align=Align.C)
    sheet.space(24)
    sheet.grid(report.facts, (36, 120), least=9, centred=(0,))
    sheet.add_page()
    for number, block in enumerate(report.blocks):
        _on_paper(sheet, block, report.blocks[number + 1 :])
    return sheet.finished()


def _on_paper(
    sheet: Paper,
    block: Block,
    following: Sequence[Block],
) -> None:
    match block:
        case Heading(words):
            sheet.keep(12 + _kept_together(following))
            sheet.space(3)
            sheet.paragraph(words, size=14, line=9, bold=True)
        case Text(words, small):
            size, line = (SMALL_PT, 5.6) if small else (BODY_PT, BODY_LINE)
            sheet.paragraph(words, size=size, line=line, indent=0 if small else INDENT_MM)
        case Table():
            sheet.keep(_height(block))
            sheet.space(2)
            sheet.paragraph(block.caption, size=10.5, line=7, align=Align.C, bold=True)
            sheet.grid(
                block.rows, block.widths, head=block.head, size=TABLE_PT, centred=block.numbers
            )
            sheet.space(3)
        case Picture(caption, png):
            height = ROOM_MM * PICTURE_RATIO
            sheet.keep(height + 10)
            sheet.image(io.BytesIO(png), x=sheet.l_margin, y=sheet.get_y(), w=ROOM_MM, h=height)
            sheet.set_y(sheet.get_y() + height + 1)
            sheet.paragraph(caption, size=10.5, line=7, align=Align.C, bold=True)
            sheet.space(3)


def _kept_together(following: Sequence[Block]) -> float:
    """Height of what must stand on the page of its heading: all up to the first table, mm."""
    height = 0.0
    for block in following:
        if isinstance(block, Heading):
            break
        height += _height(block)
        if isinstance(block, Table | Picture):
            break
    return height


def _height(block: Block) -> float:
    """About the height that a block should find on a page, mm; a long table its first rows."""
    match block:
        case Table():
            rows = len(block.rows)
            return 20 + ROW_MM * (rows if rows <= WHOLE_TABLE else 3)
        case Picture():
            return ROOM_MM * PICTURE_RATIO + 10
        case _:
            return 2 * BODY_LINE


def planning_docx(report: PlanningReport) -> bytes:
    """The report as a Word document."""
    document = Document()
    _page_setup(document)
    _title_page(document, report)
    document.add_section(WD_SECTION.NEW_PAGE)
    for block in report.blocks:
        _in_word(document, block)
    if report.simulated:
        label_every_page(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _page_setup(document: DocumentObject) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(32), Mm(28)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(BODY_PT)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.4
    heading = document.styles["Heading 1"]
    heading.font.name, heading.font.size, heading.font.bold = HEI, Pt(14), False
    heading.font.color.rgb = RGBColor(0, 0, 0)
    heading.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEI)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(4)
    _page_number(section.footer.paragraphs[0])


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._r.append(part)


def _title_page(document: DocumentObject, report: PlanningReport) -> None:
    title = document.add_paragraph()
    title.paragraph_format.space_before = Pt(120)
    for paragraph, words, size in (
        (title, report.title, 24),
        (document.add_paragraph(), report.subtitle, 14),
    ):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(12)
        _run(paragraph, words, HEI, size)
    document.add_paragraph().paragraph_format.space_after = Pt(48)
    _table(document, Table("", (), (36, 120), report.facts), 10.5)


def _in_word(document: DocumentObject, block: Block) -> None:
    match block:
        case Heading(words):
            document.add_heading(words, level=1)
        case Text(words, small):
            paragraph = document.add_paragraph()
            if not small:
                paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
            _run(paragraph, words, SONG, SMALL_PT if small else BODY_PT)
        case Table():
            _caption(document, block.caption, above=True)
            _table(document, block, TABLE_PT)
            document.add_paragraph().paragraph_format.line_spacing = 0.6
        case Picture(caption, png):
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
            paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(ROOM_MM))
            _caption(document, caption, above=False)


def _caption(document: DocumentObject, words: str, *, above: bool) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = above
    paragraph.paragraph_format.space_before = Pt(6 if above else 2)
    _run(paragraph, words, HEI, 10.5)


def _table(document: DocumentObject, shown: Table, size: float) -> None:
    rows = [*([shown.head] if shown.head else []), *shown.rows]
    table = document.add_table(rows=len(rows), cols=len(shown.widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _narrow_cells(table)
    for column, width in zip(table.columns, shown.widths, strict=True):
        column.width = Mm(width)
    for number, (row, words) in enumerate(zip(table.rows, rows, strict=True)):
        _keep_whole(row, head=bool(shown.head) and number == 0)
        for column, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
            cell.width = Mm(shown.widths[column])
            _fill(cell, text, size, head=bool(shown.head) and number == 0)
            if column in shown.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _narrow_cells(table: WordTable) -> None:
    """One millimetre beside the words, so that the widths hold what they hold on paper."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(1).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _keep_whole(row: _Row, *, head: bool) -> None:
    """No row is broken over two pages, and the head is repeated on each."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        properties.append(OxmlElement(name))


def _fill(cell: _Cell, words: str, size: float, *, head: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = 1.25
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    _run(paragraph, words, HEI if head else SONG, size)
    if head:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), HEAD_FILL)
        cell._tc.get_or_add_tcPr().append(shade)


def _run(paragraph: Paragraph, words: str, face: str, size: float) -> None:
    run = paragraph.add_run(words)
    run.font.size = Pt(size)
    run.font.name = "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
