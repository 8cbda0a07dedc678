"""Excel workbooks: sheets, merged cells, formulas without a saved result, cells as text."""

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

from civgeo.errors import ImportRejected
from civgeo.formats import archive
from civgeo.formats.header_rows import MergedRange, Row

__all__ = ["MAX_COLUMNS", "Marks", "Sheet", "cell_text", "marks_of", "rows_of", "sheets_of"]

MAX_COLUMNS = 500
MAX_MERGED = 100_000
MAX_EMPTY_FORMULAS = 200
_CHUNK = 1024**2
_OVERLAP = 4096
_MERGED = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
_EMPTY_FORMULA = re.compile(
    rb'<c\s[^>]*?r="([A-Z]+)(\d+)"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]{0,2000}</f>)\s*'
    rb"(?:<v\s*/>|<v></v>)?\s*</c>"
)
_UNSAFE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: name, whether hidden, and the XML part that holds it."""

    name: str
    hidden: bool
    part: str


@dataclass(slots=True)
class Marks:
    """What the rows do not show: merged blocks, formula cells (row, column) without a result."""

    merged: set[MergedRange] = field(default_factory=set)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)


def _open(path: Path) -> Any:  # noqa: ANN401 - openpyxl carries no types
    try:
        return load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise _broken(error) from error


def _broken(error: BaseException) -> ImportRejected:
    return ImportRejected(
        f"Excel 文件已损坏或不完整（{type(error).__name__}）。"
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
        code="broken_workbook",
    )


def sheets_of(path: Path) -> list[Sheet]:
    """Worksheets in their order, empty ones left out.

    Raises
    ------
    ImportRejected
        When the workbook passes the limits of a zip, is damaged, or its XML declares entities.
    """
    archive.check(path)
    _refuse_entities(path)
    book = _open(path)
    sheets = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        if next((True for _, cells in _rows(sheet) if any(cells)), False):
            sheets.append(Sheet(sheet.title, sheet.sheet_state != "visible", sheet._worksheet_path))
    book.close()
    return sheets


def _refuse_entities(path: Path) -> None:
    with zipfile.ZipFile(path) as container:
        for info in container.infolist():
            if not info.filename.endswith((".xml", ".rels")):
                continue
            with container.open(info) as part:
                head = part.read(_OVERLAP).replace(b"\x00", b"")
            if _UNSAFE.search(head):
                raise ImportRejected(
                    f"不能导入：工作簿里的 {info.filename} 带有 DOCTYPE 或实体声明，"
                    "可能引用别处的文件。请用 Excel 或 WPS 另存后再导入。",
                    code="unsafe_xml",
                )


def rows_of(path: Path, sheet: Sheet, merged: Iterable[MergedRange]) -> Iterator[Row]:
    """Rows of a sheet with their numbers, merged cells filled with the value of the first one."""
    book = _open(path)
    page = book[sheet.name]
    page.reset_dimensions()
    waiting = sorted(merged, key=lambda block: block.top, reverse=True)
    active: list[tuple[MergedRange, str | None]] = []
    for number, cells in _rows(page):
        active = [item for item in active if item[0].bottom >= number]
        while waiting and waiting[-1].top <= number:
            block = waiting.pop()
            active.append((block, cells[block.left - 1] if len(cells) >= block.left else None))
        for block, value in active:
            _fill(cells, block, value)
        yield number, cells
    book.close()


def _fill(cells: list[str | None], block: MergedRange, value: str | None) -> None:
    right = min(block.right, MAX_COLUMNS)
    cells.extend([None] * (right - len(cells)))
    cells[block.left - 1 : right] = [value] * max(right - block.left + 1, 0)


def _rows(page: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl carries no types
    try:
        for number, values in enumerate(page.iter_rows(values_only=True), start=1):
            cells = [cell_text(value) for value in values]
            while cells and cells[-1] is None:
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise ImportRejected(
                    f"工作表“{page.title}”第 {number} 行到 {get_column_letter(len(cells))} 列"
                    f"还有内容，最多 {MAX_COLUMNS} 列。请删去多余的列。",
                    code="too_many_columns",
                )
            yield number, cells
    except (KeyError, ValueError, TypeError, SyntaxError, IndexError, EOFError) as error:
        raise _broken(error) from error


def marks_of(path: Path, sheet: Sheet) -> Marks:
    """Merged blocks and formulas without a result, read off the sheet's XML."""
    marks = Marks()
    with zipfile.ZipFile(path) as container, container.open(sheet.part.lstrip("/")) as part:
        tail = b""
        while chunk := part.read(_CHUNK):
            text = tail + chunk
            _collect(text, marks)
            tail = text[-_OVERLAP:]
    return marks


def _collect(text: bytes, marks: Marks) -> None:
    for found in _MERGED.finditer(text):
        left, top, right, bottom = range_boundaries(found.group(1).decode())
        marks.merged.add(MergedRange(int(top), int(left), int(bottom), int(right)))
    if len(marks.merged) > MAX_MERGED:
        raise ImportRejected(
            f"工作表有超过 {MAX_MERGED} 处合并单元格。请取消合并后再导入。", code="too_many_merged"
        )
    for found in _EMPTY_FORMULA.finditer(text):
        if len(marks.empty_formulas) < MAX_EMPTY_FORMULAS:
            column = range_boundaries(f"{found.group(1).decode()}1")[0]
            marks.empty_formulas.add((int(found.group(2)), int(column)))


def cell_text(value: object) -> str | None:
    """A cell as text: whole numbers without a point, dates as 2020-05-01, empty as None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        whole_day = value.time() == dt.time()
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    text = str(value)
    return text if text.strip() else None
