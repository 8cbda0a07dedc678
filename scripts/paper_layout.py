"""Layout of official papers in Word: faces, margins, paragraphs, tables (GB/T 9704-2012).

A4, margins 37/35/28/26 mm, 22 lines of 28 characters in 仿宋 16 pt, titles in 小标宋 22 pt, page
numbers in 宋体 14 pt. Where a machine lacks a face, the table of fonts names the next best.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
TITLE, BODY, HEADING, NUMBER = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
LATIN = "Times New Roman"
SUBSTITUTES = {
    TITLE: "方正小标宋_GBK,华文中宋,Noto Serif CJK SC,宋体",
    BODY: "仿宋,FangSong,华文仿宋,Noto Serif CJK SC,宋体",
    HEADING: "SimHei,Noto Sans CJK SC",
    NUMBER: "SimSun,Noto Serif CJK SC",
}
RED = RGBColor(0xC0, 0x00, 0x00)
LINE = Pt(28.95)
LEFT, CENTRE, RIGHT = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
)


def write(
    paragraph: Paragraph,
    text: str,
    face: str = BODY,
    size: float = 16,
    *,
    bold: bool = False,
    colour: RGBColor | None = None,
) -> Paragraph:
    """Append `text` as one run in face and size (points), Chinese and Latin letters alike."""
    run = paragraph.add_run(text)
    run.font.name = LATIN if face in (BODY, NUMBER) else face
    run.font.size, run.font.bold = Pt(size), bold or None
    if colour is not None:
        run.font.color.rgb = colour
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
    return paragraph


def spaced(
    paragraph: Paragraph,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    *,
    indent: float = 0,
    right: float = 0,
    before: float = 0,
    line: Length = LINE,
) -> Paragraph:
    """Set alignment, first-line and right indents, space before (points) and exact line height."""
    form = paragraph.paragraph_format
    form.alignment, form.line_spacing_rule, form.line_spacing = align, WD_LINE_SPACING.EXACTLY, line
    form.space_before, form.space_after = Pt(before), Pt(0)
    form.first_line_indent, form.right_indent = Pt(indent), Pt(right)
    return paragraph


def tag(holder: Paper | _Cell, text: str) -> None:
    """A paragraph that holds a tag only and disappears when the template is filled."""
    spaced(write(holder.add_paragraph(), text, size=10.5), LEFT)


def line_below(paragraph: Paragraph, colour: str, eighths: int) -> None:
    """Rule below `paragraph`, in eighths of a point."""
    paragraph._element.get_or_add_pPr().append(
        parse_xml(
            f"<w:pBdr {nsdecls('w')}><w:bottom w:val='single' w:sz='{eighths}' w:space='6' "
            f"w:color='{colour}'/></w:pBdr>"
        )
    )


def paper(title: str) -> Paper:
    """An empty A4 paper with the standard's margins, grid, faces and page numbers."""
    document = Document()
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, "civgeo", "", ""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:linePitch"), "579")
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(16)
    normal.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), BODY)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    document.settings.odd_and_even_pages_header_footer = True
    number_pages(section.footer.paragraphs[0], RIGHT)
    number_pages(section.even_page_footer.paragraphs[0], LEFT)
    name_substitutes(document)
    return document


def number_pages(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """Page number — 1 —, one character in from the outer edge."""
    form = paragraph.paragraph_format
    form.alignment, form.left_indent, form.right_indent = align, Pt(14), Pt(14)
    write(paragraph, "— ", NUMBER, 14)
    run = write(paragraph, "", NUMBER, 14).runs[-1]
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("", "1"), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText" if "PAGE" in text else "w:t")
            part.text = text
            part.set(qn("xml:space"), "preserve")
        run._element.append(part)
    write(paragraph, " —", NUMBER, 14)


def name_substitutes(document: Paper) -> None:
    """Enter the faces and what stands in for them into the table of fonts."""
    part = document.part.part_related_by(f"{RELATIONS}/fontTable")
    entries = "".join(
        f"<w:font w:name='{face}'><w:altName w:val='{others}'/><w:charset w:val='86'/></w:font>"
        for face, others in SUBSTITUTES.items()
    )
    declaration = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
    part._blob = f"{declaration}<w:fonts {nsdecls('w')}>{entries}</w:fonts>".encode()


def grid_table(document: Paper, rows: int, widths_mm: Sequence[float]) -> Table:
    """Table with thin lines and fixed columns, centred."""
    table = document.add_table(rows, len(widths_mm))
    table.style, table.alignment = document.styles["Table Grid"], WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    return table


def save(document: Paper, path: Path) -> None:
    """Write `document` without a thumbnail and with one fixed time for its parts."""
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype == THUMBNAIL]:
        del relations[key]
    document.save(str(path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def fill(
    cell: _Cell, text: str, *, face: str = BODY, size: float = 12, align: object = LEFT
) -> None:
    """Text of a cell, in 12 points and lines of 20 by default."""
    spaced(write(cell.paragraphs[0], text, face, size), align, line=Pt(size * 1.6))  # type: ignore[arg-type]
    cell.vertical_alignment = 1


def keep_rows_whole(table: Table) -> None:
    """Never tear a row apart at the end of a page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat_head(table: Table) -> None:
    """Repeat the first row on every page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def rows_of(
    document: Paper, headers: Sequence[tuple[str, str, float]], loop: str, size: float = 12
) -> None:
    """Table with a header and one row for each turn of `loop`.

    Parameters
    ----------
    headers
        Title, tag and width in millimetres of each column.
    """
    table = grid_table(document, 4, [width for _, _, width in headers])
    table.cell(1, 0).paragraphs[0].add_run(f"{{%tr for {loop} %}}")
    table.cell(3, 0).paragraphs[0].add_run("{%tr endfor %}")
    for column, (title, value, _) in enumerate(headers):
        fill(table.cell(0, column), title, face=HEADING, size=size, align=CENTRE)
        fill(table.cell(2, column), value, size=size, align=LEFT)
    keep_rows_whole(table)
    repeat_head(table)
