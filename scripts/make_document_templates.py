"""Make the .docx templates of src/civgeo/assets/documents/: forms, official papers, gazetteer.

Development only. The tags are those of docxtpl; docs/documents.md lists the names that they may
use. Layout: paper_layout.py.

    python scripts/make_document_templates.py [FOLDER]
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from docx.document import Document as Paper
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from paper_layout import (
    BODY,
    CENTRE,
    HEADING,
    LEFT,
    RED,
    RIGHT,
    TITLE,
    fill,
    grid_table,
    keep_rows_whole,
    line_below,
    paper,
    rows_of,
    save,
    spaced,
    tag,
    write,
)

TARGET = Path(__file__).parents[1] / "src" / "civgeo" / "assets" / "documents"


def head(document: Paper, tag_name: str) -> None:
    """Issuing authority in red, as large as its length allows, at most 42 points."""
    tests = ("if {}|length <= 10", "elif {}|length <= 14", "elif {}|length <= 20", "else")
    for test, size in zip(tests, (42, 30, 21, 16), strict=True):
        tag(document, f"{{%p {test.format(tag_name)} %}}")
        paragraph = document.add_paragraph()
        write(paragraph, f"{{{{ {tag_name} }}}}", TITLE, size, colour=RED)
        spaced(paragraph, CENTRE, before=20, line=Pt(size * 1.35))
    tag(document, "{%p endif %}")


def body(document: Paper, text: str, *, with_next: bool = False) -> None:
    """Paragraph of the body: 16 points, two characters in."""
    paragraph = spaced(write(document.add_paragraph(), text), indent=32)
    paragraph.paragraph_format.keep_with_next = with_next


def heading(document: Paper, text: str) -> None:
    """First-level heading."""
    paragraph = spaced(write(document.add_paragraph(), text, HEADING), indent=32)
    paragraph.paragraph_format.keep_with_next = True


def signature(document: Paper) -> None:
    """Signing office and date, four characters in from the right."""
    for before, name in ((58, "office"), (0, "dated")):
        paragraph = write(document.add_paragraph(), f"{{{{ {name} }}}}")
        spaced(paragraph, RIGHT, right=64, before=before).paragraph_format.keep_with_next = True


def application() -> Paper:
    """申请表: one name, all on a form."""
    document = paper("地名申请表")
    section = document.sections[0]
    section.top_margin, section.bottom_margin = Mm(28), Mm(25)
    section.footer_distance = Mm(15)
    spaced(write(document.add_paragraph(), "{{ title }}", TITLE, 22), CENTRE, line=Pt(40))
    pairs = [
        ("申请单位（人）", "{{ applicant }}", "申请日期", "{{ applied_on }}"),
        ("联系人", "{{ contact }}", "联系电话", "{{ phone }}"),
        ("{{ name_label }}", "{{ place.name }}", "罗马字母拼写", "{{ place.romanised }}"),
        ("地名类别", "{{ place.kind }}", "所属政区", "{{ place.division }}"),
        ("规模", "{{ place.size }}", "性质", "{{ place.nature }}"),
    ]
    wide = [
        ("位置", "{{ place.position }}"),
        ("含义及来历", "{{ place.meaning }}"),
        ("{{ plan_label }}", "{{ place.plan }}"),
        ("{{ reason_label }}", "{{ place.reason }}"),
        ("名称审核", "{{ findings }}"),
        ("提交材料", "{{ materials }}"),
    ]
    table = grid_table(document, len(pairs) + len(wide) + 6, (30, 48, 30, 48))
    row = 0
    for pair in pairs:
        for column, text in enumerate(pair):
            face, align = (HEADING, CENTRE) if column % 2 == 0 else (BODY, LEFT)
            fill(table.cell(row, column), text, face=face, align=align)
        row += 1
    table.cell(row, 0).paragraphs[0].add_run("{%tr if former_name %}")
    wide_row(table, row + 1, "现用名称", "{{ former_name }}")
    table.cell(row + 2, 0).paragraphs[0].add_run("{%tr endif %}")
    row += 3
    for label, value in wide:
        wide_row(table, row, label, value)
        row += 1
    table.cell(row, 0).paragraphs[0].add_run("{%tr for opinion in opinions %}")
    wide_row(table, row + 1, "{{ opinion }}", "")
    stamp(table.cell(row + 1, 1))
    table.cell(row + 2, 0).paragraphs[0].add_run("{%tr endfor %}")
    keep_rows_whole(table)
    return document


def wide_row(table: Table, row: int, label: str, value: str) -> None:
    """Row with one label and one value over the other columns."""
    fill(table.cell(row, 0), label, face=HEADING, align=CENTRE)
    cell = table.cell(row, 1).merge(table.cell(row, 3))
    fill(cell, value)


def stamp(cell: _Cell) -> None:
    """Room for an opinion, seal and date."""
    spaced(cell.paragraphs[0], line=Pt(34))
    spaced(
        write(cell.add_paragraph(), "（盖章）　　　　　年　　月　　日", size=12), RIGHT, line=Pt(20)
    )


def filing_report() -> Paper:
    """备案报告: an official paper upwards, with a table of names and its attachments."""
    document = paper("地名备案报告")
    head(document, "head")
    number = spaced(document.add_paragraph(), LEFT, before=58)
    number.paragraph_format.tab_stops.add_tab_stop(Mm(156 - 5.6), alignment=2)
    write(number, "　{{ number }}\t签发人：")
    write(number, "{{ signer }}", "楷体_GB2312")
    line_below(number, "C00000", 12)
    title_lines(document)
    spaced(write(document.add_paragraph(), "{{ addressee }}："), LEFT, before=29)
    body(document, "{{ opening }}")
    heading(document, "一、地名基本情况")
    name_table(document)
    heading(document, "{{ reasons_heading }}")
    tag(document, "{%p for text in reasons %}")
    body(document, "{{ text }}")
    tag(document, "{%p endfor %}")
    body(document, "特此报告。")
    tag(document, "{%p for text in attachments %}")
    paragraph = spaced(write(document.add_paragraph(), "{{ text }}"), LEFT)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = (
        Pt(32 + 48),
        Pt(-48),
    )
    tag(document, "{%p endfor %}")
    signature(document)
    tag(document, "{%p if contact %}")
    body(document, "（联系人：{{ contact }}，电话：{{ phone }}）")
    tag(document, "{%p endif %}")
    return document


def announcement() -> Paper:
    """公告: what the public must know of the names."""
    document = paper("地名公告")
    head(document, "head")
    number = spaced(write(document.add_paragraph(), "{{ number }}"), CENTRE, before=29)
    line_below(number, "C00000", 12)
    title_lines(document)
    spaced(document.add_paragraph(), line=Pt(14))
    body(document, "{{ opening }}")
    name_table(document)
    body(document, "{{ use }}", with_next=True)
    body(document, "特此公告。", with_next=True)
    signature(document)
    return document


def title_lines(document: Paper) -> None:
    """Title in 22 points, on the lines that it was divided into."""
    spaced(document.add_paragraph(), line=Pt(29))
    tag(document, "{%p for text in title %}")
    spaced(write(document.add_paragraph(), "{{ text }}", TITLE, 22), CENTRE, line=Pt(34))
    tag(document, "{%p endfor %}")


def name_table(document: Paper) -> None:
    """Table of names, a little apart from the text: with the names so far where there are any."""
    document.paragraphs[-1].paragraph_format.space_after = Pt(6)
    columns = [
        ("标准名称", "{{ place.name }}", 30.0),
        ("罗马字母拼写", "{{ place.romanised }}", 36.0),
        ("所属政区", "{{ place.division }}", 30.0),
        ("位置描述", "{{ place.position }}", 60.0),
    ]
    tag(document, "{%p if with_former %}")
    former = [
        columns[0],
        ("原名称", "{{ place.former_name }}", 26.0),
        ("罗马字母拼写", "{{ place.romanised }}", 34.0),
        ("所属政区", "{{ place.division }}", 26.0),
        ("位置描述", "{{ place.position }}", 40.0),
    ]
    rows_of(document, former, "place in places")
    tag(document, "{%p else %}")
    rows_of(document, columns, "place in places")
    tag(document, "{%p endif %}")
    spaced(document.add_paragraph(), line=Pt(8))


def gazetteer_book() -> Paper:
    """标准地名录: title page, notes, then one table a section."""
    document = paper("标准地名录")
    spaced(
        write(document.add_paragraph(), "{{ title }}", TITLE, 30), CENTRE, before=150, line=Pt(48)
    )
    spaced(write(document.add_paragraph(), "（{{ arrangement }}）", size=18), CENTRE)
    spaced(write(document.add_paragraph(), "{{ office }}"), CENTRE, before=240)
    spaced(write(document.add_paragraph(), "{{ dated }}"), CENTRE)
    tag(document, "{%p if map_number %}")
    spaced(write(document.add_paragraph(), "{{ map_number }}", size=12), CENTRE)
    tag(document, "{%p endif %}")
    document.add_page_break()
    spaced(write(document.add_paragraph(), "编制说明", TITLE, 22), CENTRE, line=Pt(44))
    tag(document, "{%p for text in notes %}")
    body(document, "{{ text }}")
    tag(document, "{%p endfor %}")
    document.add_page_break()
    tag(document, "{%p for section in sections %}")
    caption = write(
        document.add_paragraph(), "{{ section.title }}（{{ section.count }} 条）", HEADING, 14
    )
    spaced(caption, LEFT, before=12, line=Pt(26)).paragraph_format.keep_with_next = True
    columns = [
        ("标准名称", "{{ row.name }}", 32.0),
        ("罗马字母拼写", "{{ row.romanised }}", 38.0),
        ("类别", "{{ row.kind }}", 24.0),
        ("所属政区", "{{ row.division }}", 32.0),
        ("含义", "{{ row.meaning }}", 30.0),
    ]
    rows_of(document, columns, "row in section.entries", size=10.5)
    tag(document, "{%p endfor %}")
    return document


def inspection_report() -> Paper:
    """联检报告: facts, what was found in tables, signatures of the sides."""
    document = paper("行政区域界线联合检查报告")
    tag(document, "{%p for text in title %}")
    spaced(write(document.add_paragraph(), "{{ text }}", TITLE, 22), CENTRE, line=Pt(34))
    tag(document, "{%p endfor %}")
    spaced(document.add_paragraph(), line=Pt(12))
    pairs_of(document, "row in facts", "{{ row[0] }}", "{{ row[1] }}")
    texts(document, "一、检查依据", "basis")
    texts(document, "二、检查情况", "summary")
    rows_of(document, _columns((72, 40, 44), ("项目", "数量/总数", "比例（%）")), "row in shares")
    parts = (
        ("三、界桩检查结果", "markers", "没有界桩记录。", _MARKERS),
        ("四、界线段检查结果", "segments", "没有界线段记录。", _SEGMENTS),
        ("五、各方记录不一致之处", "differences", "各方都有记录的对象，所记一致。", _DIFFERENCES),
        ("六、需办事项", "repairs", "按各方记录，没有需要修复、恢复或重制的界桩。", _REPAIRS),
    )
    for title, name, nothing, (widths, heads) in parts:
        heading(document, title)
        tag(document, f"{{%p if {name} %}}")
        rows_of(document, _columns(widths, heads), f"row in {name}", 10.5)
        tag(document, "{%p else %}")
        body(document, nothing)
        tag(document, "{%p endif %}")
    texts(document, "七、说明", "notes")
    spaced(document.add_paragraph(), line=Pt(8))
    table = grid_table(document, 3, (40, 116))
    table.cell(0, 0).paragraphs[0].add_run("{%tr for side in sides %}")
    fill(table.cell(1, 0), "{{ side }}（签字）", face=HEADING, align=CENTRE)
    stamp(table.cell(1, 1))
    table.cell(2, 0).paragraphs[0].add_run("{%tr endfor %}")
    keep_rows_whole(table)
    spaced(write(document.add_paragraph(), "{{ dated }}"), RIGHT, right=32, before=12)
    return document


_MARKERS = (
    (10, 25, 19, 45, 32, 25),
    ("序", "界桩编号", "里程（km）", "各方记录的状况", "位移（米）", "结论"),
)
_SEGMENTS = ((46, 78, 32), ("界线段", "各方检查结果", "结论"))
_DIFFERENCES = ((44, 34, 78), ("对象", "不一致之处", "各方记录"))
_REPAIRS = ((25, 22, 79, 30), ("界桩编号", "拟办事项", "依据", "负责方"))


def _columns(widths: Sequence[float], heads: Sequence[str]) -> list[tuple[str, str, float]]:
    """Columns of rows that are tuples."""
    pairs = enumerate(zip(heads, widths, strict=True))
    return [(head, f"{{{{ row[{place}] }}}}", width) for place, (head, width) in pairs]


def pairs_of(document: Paper, loop: str, label: str, value: str) -> None:
    """Table of labels and texts, one row for each turn of `loop`."""
    table = grid_table(document, 3, (34, 122))
    table.cell(0, 0).paragraphs[0].add_run(f"{{%tr for {loop} %}}")
    fill(table.cell(1, 0), label, face=HEADING, align=CENTRE)
    fill(table.cell(1, 1), value)
    table.cell(2, 0).paragraphs[0].add_run("{%tr endfor %}")
    keep_rows_whole(table)


def texts(document: Paper, title: str, name: str) -> None:
    """Heading with the paragraphs of a list below."""
    heading(document, title)
    tag(document, f"{{%p for text in {name} %}}")
    body(document, "{{ text }}")
    tag(document, "{%p endfor %}")


def write_templates(folder: Path) -> list[Path]:
    """Write every template into `folder`; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for make in (application, filing_report, announcement, gazetteer_book, inspection_report):
        written.append(folder / f"{make.__name__}.docx")
        save(make(), written[-1])
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    print(*write_templates(target), sep="\n")
