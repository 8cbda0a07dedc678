"""Spreadsheets: text stays text, so that no name of a place becomes a formula."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

__all__ = ["SIMULATED_NOTE", "Sheet", "workbook"]

SIMULATED_NOTE = "模拟数据：含程序生成的内容，不是真实数据，不得用于决策"
_WIDEST = 46
_HEADER = {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "top"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Parameters
    ----------
    title
        Name of the tab, at most 31 characters.
    table
        Rows; null cells stay empty.
    headers
        Header of each column to write, in order.
    notes
        Lines above the table: what it is, its day, its sources.
    number_formats
        Spreadsheet number format by column.
    footer
        What every printed page says below; empty for nothing.
    """

    title: str
    table: pd.DataFrame
    headers: Mapping[str, str]
    notes: Sequence[str] = ()
    number_formats: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""


def workbook(sheets: Iterable[Sheet], *, simulated: bool) -> bytes:
    """XLSX workbook of `sheets`; simulated data says so above every table.

    Strings are written as strings whatever they begin with, links are not made, and numbers
    stay numbers.
    """
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.formats[0].set_font_name("Noto Sans SC")
        header = book.add_format(_HEADER)
        warning = book.add_format({"bold": True, "font_color": "#B00020"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title)
            notes = [(SIMULATED_NOTE, warning)] if simulated else []
            notes += [(note, None) for note in sheet.notes]
            _write_notes(page, notes)
            page.set_footer(f"&C{sheet.footer.replace('&', '&&')}" if sheet.footer else "")
            formats = {
                name: book.add_format({"num_format": text})
                for name, text in sheet.number_formats.items()
            }
            _write_table(page, sheet, len(notes), header, formats)
    return target.getvalue()


def _write_notes(page: Worksheet, notes: Sequence[tuple[str, Format | None]]) -> None:
    for row, (text, style) in enumerate(notes):
        page.write_string(row, 0, text, style)


def _write_table(
    page: Worksheet, sheet: Sheet, top: int, header: Format, formats: Mapping[str, Format]
) -> None:
    for column, (name, title) in enumerate(sheet.headers.items()):
        page.write_string(top, column, title, header)
        values = sheet.table[name].tolist()
        for row, value in enumerate(values, start=top + 1):
            _write_cell(page, row, column, value, formats.get(name))
        longest = max([len(title), *(len(_shown(value)) for value in values[:500])])
        page.set_column(column, column, min(_WIDEST, 2 + 1.7 * longest))
    page.freeze_panes(top + 1, 1)
    if len(sheet.table):
        page.autofilter(top, 0, top + len(sheet.table), len(sheet.headers) - 1)


def _write_cell(
    page: Worksheet, row: int, column: int, value: object, style: Format | None
) -> None:
    if pd.isna(value):  # type: ignore[call-overload]
        return
    if isinstance(value, bool):
        page.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | float):
        page.write_number(row, column, value, style)
    else:
        page.write_string(row, column, str(value))


def _shown(value: object) -> str:
    return str(round(value, 2)) if isinstance(value, float) else str(value)
