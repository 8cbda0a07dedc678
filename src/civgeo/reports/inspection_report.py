"""联检报告: what a round of one line came to, as Word and as PDF, in the same words.

What an inspection checks and files: 行政区域界线管理条例 (国务院令第 353 号) article 12; repairs
article 6.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fpdf.enums import Align

from civgeo.reports.paper import BODY_LINE, Paper
from civgeo.reports.word_template import SIMULATED_LABEL, filled_template

__all__ = ["InspectionPaper", "MarkerTable", "inspection_docx", "inspection_pdf"]
__all__ += ["marker_table_pdf"]

_INDENT = 11.3
_STAMP = "（盖章）　　　　　　年　　月　　日"
_SHARES = (72.0, 40.0, 44.0)
_SEGMENT_WIDTHS = (46.0, 78.0, 32.0)
_MARKER_WIDTHS = (10.0, 25.0, 19.0, 45.0, 32.0, 25.0)
_DIFFERENCE_WIDTHS = (44.0, 34.0, 78.0)
_REPAIR_WIDTHS = (25.0, 22.0, 79.0, 30.0)
MARKER_HEAD = ("序", "界桩编号", "里程（km）", "各方记录的状况", "位移（米）", "结论")
SEGMENT_HEAD = ("界线段", "各方检查结果", "结论")
DIFFERENCE_HEAD = ("对象", "不一致之处", "各方记录")
REPAIR_HEAD = ("界桩编号", "拟办事项", "依据", "负责方")
SHARE_HEAD = ("项目", "数量/总数", "比例（%）")

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class InspectionPaper:
    """The words of an inspection report; plain texts throughout.

    Parameters
    ----------
    title
        One or two lines.
    facts
        Label and text of the first table.
    basis
        What the inspection rests on, one paragraph each.
    summary
        What was found, one paragraph each.
    shares, markers, segments, differences, repairs
        Rows of the tables, as their heads above.
    notes
        Origin, limits and day of the figures, one paragraph each.
    sides
        Names of the sides, who sign.
    dated
        Date in Chinese.
    simulated
        Whether any of it is simulated.
    """

    title: tuple[str, ...]
    facts: Rows
    basis: tuple[str, ...]
    summary: tuple[str, ...]
    shares: Rows
    markers: Rows
    segments: Rows
    differences: Rows
    repairs: Rows
    notes: tuple[str, ...]
    sides: tuple[str, ...]
    dated: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class MarkerTable:
    """界桩成果表: title, what it is, headers, rows and widths in millimetres."""

    title: str
    facts: tuple[str, ...]
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: Rows
    notes: tuple[str, ...]
    simulated: bool


def inspection_docx(paper: InspectionPaper, templates: Path | None = None) -> bytes:
    """The report as a Word document.

    Parameters
    ----------
    paper
        Its words.
    templates
        Folder of the bureau's own templates; ``inspection_report.docx`` there goes first.

    Raises
    ------
    InvalidInput
        ``bad_template`` when the bureau's template cannot be filled.
    """
    values = asdict(paper)
    return filled_template("inspection_report", values, folder=templates, simulated=paper.simulated)


def inspection_pdf(paper: InspectionPaper) -> bytes:
    """The report as PDF."""
    sheet = Paper("".join(paper.title), label=SIMULATED_LABEL if paper.simulated else "")
    for line in paper.title:
        sheet.paragraph(line, size=22, line=12, align=Align.C, bold=True)
    sheet.space(4)
    sheet.grid(paper.facts, (34, 122), least=8, centred=(0,))
    sheet.space(4)
    _part(sheet, "一、检查依据", paper.basis)
    _part(sheet, "二、检查情况", paper.summary)
    sheet.grid(paper.shares, _SHARES, head=SHARE_HEAD, centred=(1, 2))
    _table(sheet, "三、界桩检查结果", paper.markers, _MARKER_WIDTHS, MARKER_HEAD, "没有界桩记录。")
    none = "没有界线段记录。"
    _table(sheet, "四、界线段检查结果", paper.segments, _SEGMENT_WIDTHS, SEGMENT_HEAD, none)
    none = "各方都有记录的对象，所记一致。"
    heading = "五、各方记录不一致之处"
    _table(sheet, heading, paper.differences, _DIFFERENCE_WIDTHS, DIFFERENCE_HEAD, none)
    none = "按各方记录，没有需要修复、恢复或重制的界桩。"
    _table(sheet, "六、需办事项", paper.repairs, _REPAIR_WIDTHS, REPAIR_HEAD, none)
    sheet.space(4)
    _part(sheet, "七、说明", paper.notes)
    _signatures(sheet, paper)
    return sheet.finished()


def _part(sheet: Paper, heading: str, texts: Sequence[str]) -> None:
    sheet.keep(3 * BODY_LINE)
    sheet.paragraph(heading, indent=_INDENT, bold=True)
    for text in texts:
        sheet.paragraph(text, indent=_INDENT)


def _table(
    sheet: Paper,
    heading: str,
    rows: Rows,
    widths: Sequence[float],
    head: Sequence[str],
    nothing: str,
) -> None:
    sheet.space(4)
    _part(sheet, heading, () if rows else (nothing,))
    if rows:
        sheet.grid(rows, widths, head=head, centred=(0,))


def _signatures(sheet: Paper, paper: InspectionPaper) -> None:
    sheet.keep((len(paper.sides) + 1) * 26)
    sheet.space(4)
    rows = [(f"{side}\n（签字）", f"\n\n　　　　　　　　　　　{_STAMP}") for side in paper.sides]
    sheet.grid(rows, (40, 116), least=24, centred=(0,))
    sheet.space(2)
    sheet.paragraph(paper.dated, align=Align.R, right=11.3)


def marker_table_pdf(table: MarkerTable) -> bytes:
    """界桩成果表 as PDF."""
    label = SIMULATED_LABEL if table.simulated else ""
    sheet = Paper(table.title, label=label, running_head=table.title)
    sheet.paragraph(table.title, size=18, line=12, align=Align.C, bold=True)
    for text in table.facts:
        sheet.paragraph(text, size=10.5, line=6.2, align=Align.C)
    sheet.space(3)
    sheet.grid(table.rows, table.widths, head=table.head, size=9, centred=(0, 1))
    sheet.space(3)
    for text in table.notes:
        sheet.paragraph(text, size=9, line=6.2)
    return sheet.finished()
