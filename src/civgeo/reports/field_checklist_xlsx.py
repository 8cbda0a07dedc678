"""The checklist as a workbook that is filled in and brought back.

Three sheets: 说明 says what it is and holds the package's id; 界桩 and 界线段 have one row for each
marker and segment, whose first column (hidden) is the register id. Answers are the columns of
`domain.field_form`, headed by their titles.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from civgeo.domain.field_form import (
    DATUMS,
    FILED_NOTE,
    MARKER_ANSWERS,
    RESULTS_FORMAT,
    SEGMENT_ANSWERS,
    AnswerField,
    AnswerKind,
)
from civgeo.domain.field_sheet import FieldMarker, FieldSheet
from civgeo.reports.plain_text import plain
from civgeo.reports.spreadsheet import SIMULATED_NOTE

__all__ = ["ABOUT_SHEET", "ID_HEADER", "MARKER_SHEET", "SEGMENT_SHEET", "checklist_xlsx"]

ABOUT_SHEET, MARKER_SHEET, SEGMENT_SHEET = "说明", "界桩", "界线段"
ID_HEADER = "登记编号"
LONGEST_CELL = 32_767
LONGEST_LIST = 255
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_OPTIONS |= {"strings_to_numbers": False}
_HOW = (
    "“界桩”“界线段”两张表中，浅黄的列由检查人填写，白的列是登记内容，请勿改动；可以排序。",
    "没有检查的行请整行留空：留空的行不会成为记录。没有查到的项目也留空，不要填“否”。",
    "有下拉列表的格只能选列表中的内容；日期写成 2026-06-01；方位角写成 57°10′。",
    "“记录方”“坐标系”在本页填写，对整份文件有效。",
    "填好后交回，用 civgeo rounds import 导入；同一文件导入两次只算一次。",
)
_FACTS = {"所刻文字": 16, "登记状况": 10, "位置描述": 28}
_WIDTHS = {AnswerKind.CHOICE: 11, AnswerKind.DAY: 12, AnswerKind.NUMBER: 13, AnswerKind.TEXT: 18}


@dataclass(frozen=True, slots=True)
class _Looks:
    head: Format
    answer_head: Format
    known: Format
    answer: Format
    day: Format
    title: Format
    warning: Format

    def of(self, field: AnswerField) -> Format:
        return self.day if field.kind is AnswerKind.DAY else self.answer


def checklist_xlsx(sheet: FieldSheet) -> bytes:
    """Workbook of the checklist; texts stay texts whatever they begin with."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.formats[0].set_font_name("Noto Sans SC")
        looks = _looks(book)
        _about(book.add_worksheet(ABOUT_SHEET), sheet, looks)
        witnesses = [f"{label}号方位物（登记）" for label in "一二三"]
        heads = {ID_HEADER: 10, "序": 5, "km": 9, "界桩编号": 14, **_FACTS}
        heads |= dict.fromkeys(witnesses, 26)
        rows = [_marker_cells(marker) for marker in sheet.markers]
        _table(book.add_worksheet(MARKER_SHEET), heads, rows, MARKER_ANSWERS, looks, sheet)
        heads = {ID_HEADER: 10, "起点 km": 9, "终点 km": 9, "界线段": 24, "走向": 12}
        heads |= {"登记走向": 36}
        segments: list[list[str | float]] = [
            [
                item.id,
                item.start_m / 1000,
                item.end_m / 1000,
                plain(item.name),
                item.direction,
                plain(item.course),
            ]
            for item in sheet.segments
        ]
        _table(book.add_worksheet(SEGMENT_SHEET), heads, segments, SEGMENT_ANSWERS, looks, sheet)
    return target.getvalue()


def _looks(book: xlsxwriter.Workbook) -> _Looks:
    base = {"font_name": "Noto Sans SC", "valign": "top", "text_wrap": True, "border": 1}
    base |= {"border_color": "#C9D1D9"}
    head, answer = {"bold": True, "bg_color": "#E8EEF4"}, {"bg_color": "#FFF9DC", "locked": False}
    return _Looks(
        head=book.add_format(base | head),
        answer_head=book.add_format(base | head | {"bg_color": "#F3E3A0"}),
        known=book.add_format(base),
        answer=book.add_format(base | answer),
        day=book.add_format(base | answer | {"num_format": "yyyy-mm-dd"}),
        title=book.add_format({"bold": True, "font_size": 14, "font_name": "Noto Sans SC"}),
        warning=book.add_format({"bold": True, "font_color": "#B00020"}),
    )


def _about(page: Worksheet, sheet: FieldSheet, looks: _Looks) -> None:
    """What the file is: key in the first column, value in the second."""
    page.write_string(0, 0, plain(f"{sheet.title}外业记录表"), looks.title)
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 60)
    if sheet.simulated:
        page.write_string(1, 0, SIMULATED_NOTE, looks.warning)
    if sheet.round.filed:
        page.write_string(2, 0, FILED_NOTE, looks.warning)
    known = {
        "格式": RESULTS_FORMAT,
        "数据包编号": sheet.package,
        "界线代码": sheet.code,
        "界线名称": sheet.name,
        "轮次": str(sheet.round.number),
        "密级": sheet.secrecy,
        "资料日期": sheet.made_on.isoformat(),
    }
    row = 3
    for title, text in known.items():
        page.write_string(row, 0, title, looks.head)
        page.write_string(row, 1, plain(text), looks.known)
        row += 1
    choices = {
        "记录方": [f"{side.code} {plain(side.name)}" for side in sheet.sides],
        "检查人": [],
        "坐标系": [label for _, label in DATUMS],
    }
    for title, listed in choices.items():
        page.write_string(row, 0, title, looks.answer_head)
        page.write_blank(row, 1, None, looks.answer)
        if listed:
            _restrict(page, (row, 1, row, 1), listed)
        row += 1
    for number, text in enumerate(_HOW, 1):
        page.write_string(row + number, 0, f"{number}. {text}")


def _marker_cells(marker: FieldMarker) -> list[str | float]:
    facts = dict(marker.facts)
    km = "" if marker.chainage_m is None else round(marker.chainage_m / 1000, 3)
    known = {item.number: item for item in marker.witnesses}
    told = []
    for number in (1, 2, 3):
        item = known.get(number)
        parts = () if item is None else (item.name, item.grid_azimuth, item.distance_m)
        words = "，".join(plain(part) for part in parts if part)
        told.append(f"{words} m" if item is not None and item.distance_m else words)
    named = [plain(facts.get(title, "")) for title in _FACTS]
    return [marker.id, marker.order, km, plain(marker.number), *named, *told]


def _table(
    page: Worksheet,
    heads: Mapping[str, int],
    rows: Sequence[Sequence[str | float]],
    answers: Sequence[AnswerField],
    looks: _Looks,
    sheet: FieldSheet,
) -> None:
    """Known columns, then empty ones for the answers; the first column is hidden."""
    for column, (title, width) in enumerate(heads.items()):
        page.write_string(0, column, title, looks.head)
        page.set_column(column, column, width, None, {"hidden": column == 0})
        for row, cells in enumerate(rows, 1):
            _write(page, row, column, cells[column], looks.known)
    for column, field in enumerate(answers, len(heads)):
        page.write_string(0, column, field.title, looks.answer_head)
        page.set_column(column, column, _WIDTHS[field.kind])
        for row in range(1, len(rows) + 1):
            page.write_blank(row, column, None, looks.of(field))
        if rows:
            _validate(page, (1, column, len(rows), column), field)
    page.freeze_panes(1, 4)
    page.set_landscape()
    page.set_paper(8)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{plain(sheet.title).replace('&', '&&')}　{sheet.secrecy}&R&P/&N")


def _write(page: Worksheet, row: int, column: int, cell: str | float, look: Format) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell[:LONGEST_CELL], look)
    else:
        page.write_number(row, column, cell, look)


Area = tuple[int, int, int, int]


def _validate(page: Worksheet, area: Area, field: AnswerField) -> None:
    """Lists, dates and bounds of numbers; a wrong entry is refused with the reason."""
    if field.choices:
        _restrict(page, area, [label for _, label in field.choices])
    elif field.kind is AnswerKind.DAY:
        days = {"minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31)}
        told = {"error_title": field.title, "error_message": "请填日期，如 2026-06-01"}
        page.data_validation(*area, {"validate": "date", "criteria": "between", **days, **told})
    elif field.kind is AnswerKind.NUMBER:
        low = -1e9 if field.low is None else field.low
        high = 1e9 if field.high is None else field.high
        rule = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        bounds = "" if field.high is None else f"，{field.low:g} 至 {field.high:g}"
        told = {"error_title": field.title, "error_message": f"请填数字{bounds}"}
        page.data_validation(*area, rule | told)


def _restrict(page: Worksheet, area: Area, listed: Sequence[str]) -> None:
    """A closed list; one that is too long for a workbook's rule is left open."""
    source = [words.replace(",", "，") for words in listed]
    if len(",".join(source)) <= LONGEST_LIST:
        rule = {"validate": "list", "source": source, "error_title": "请从列表中选择"}
        page.data_validation(*area, rule)
