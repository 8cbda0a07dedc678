"""A register or a list of it as a workbook: the table, and a sheet that says what it is."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from civgeo.formats.own_notes import NOTES_SHEET
from civgeo.reports.spreadsheet import Sheet, workbook

__all__ = ["SIMULATED", "register_workbook"]

SIMULATED = "模拟数据：由程序生成，不是真实数据，不得用于决策"
LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds."""

_TITLE = 31


def register_workbook(
    tables: Iterable[tuple[str, Sequence[str], Sequence[Sequence[object]]]],
    *,
    notes: Sequence[str],
    footer: str,
    number_formats: Mapping[str, str] | None = None,
) -> bytes:
    """XLSX of one or more tables, each from its first row on, and of a sheet with notes.

    A cell with more than 32,767 characters stays empty, and the notes say how many there are.

    Parameters
    ----------
    tables
        Title of the tab, headers, rows.
    notes
        What a reader should know, one line each.
    footer
        What every printed page says below.
    number_formats
        Spreadsheet number format by header.
    """
    sheets, cut = [], 0
    for title, headers, rows in tables:
        columns = [f"c{number}" for number in range(len(headers))]
        fitting = [[None if _is_too_long(cell) else cell for cell in row] for row in rows]
        cut += sum(_is_too_long(cell) for row in rows for cell in row)
        table = pd.DataFrame(fitting, columns=columns, dtype=object)
        named = dict(zip(columns, headers, strict=True))
        formats = {
            column: (number_formats or {})[header]
            for column, header in named.items()
            if header in (number_formats or {})
        }
        sheets.append(Sheet(title[:_TITLE], table, named, (), formats, footer))
    lines = list(notes)
    if cut:
        text = f"{cut} 个单元格超过 {LONGEST_CELL:,} 字，没有写入；完整内容请导出 GeoPackage"
        lines.append(text)
    about = pd.DataFrame({NOTES_SHEET: lines}, dtype=object)
    notes_sheet = Sheet(NOTES_SHEET, about, {NOTES_SHEET: NOTES_SHEET}, footer=footer)
    return workbook([*sheets, notes_sheet], simulated=False)


def _is_too_long(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) > LONGEST_CELL
