"""The sheet 说明 that exports write behind their tables: what it says of the coordinates."""

from itertools import islice
from pathlib import Path

from civgeo.formats.workbook import Sheet, rows_of

__all__ = ["COORDINATES", "NOTES_SHEET", "own_notes"]

NOTES_SHEET = "说明"
"""Title of the sheet, and header of its only column."""

COORDINATES = "坐标为 CGCS2000 经纬度（EPSG:4490）"
"""How an export says in which system its coordinates are."""

CRS = "EPSG:4490"
_MOST_LINES = 50


def own_notes(path: Path, sheets: list[Sheet]) -> tuple[Sheet, str | None] | None:
    """The sheet with the notes of an export, and the system that it names; None without one.

    Parameters
    ----------
    path, sheets
        A workbook and its sheets, as `civgeo.formats.workbook.sheets_of`.
    """
    if len(sheets) < 2 or sheets[-1].name != NOTES_SHEET:
        return None
    rows = [cells for _, cells in islice(rows_of(path, sheets[-1], ()), _MOST_LINES)]
    if rows[0] != [NOTES_SHEET] or any(len(cells) > 1 for cells in rows):
        return None
    stated = any(COORDINATES in text for cells in rows for text in cells if text)
    return sheets[-1], CRS if stated else None
