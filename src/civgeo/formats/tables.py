"""Inside the jail: spreadsheets into the checked GeoPackage, every cell as text."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from civgeo.errors import ImportRejected
from civgeo.formats.checked_writer import BATCH_ROWS, CheckedWriter
from civgeo.formats.delimited import dialect_of, records
from civgeo.formats.facts import Basis, Column, ColumnKind, Facts, Layer, ReadRequest
from civgeo.formats.findings import Finding
from civgeo.formats.header_rows import (
    Header,
    MergedRange,
    Row,
    find_header,
    is_total,
    plain_header,
)
from civgeo.formats.own_notes import NOTES_SHEET, own_notes
from civgeo.formats.sniff import FileFormat
from civgeo.formats.workbook import Sheet, marks_of, rows_of, sheets_of

__all__ = ["read_csv", "read_workbook"]

MAX_ROWS = 1_200_000
_HEAD_ROWS = 30
_PREVIEW = 5
_MAX_FINDINGS = 1_000
_WKT_HEADERS = {"wkt", "geometry", "geom", "thegeom", "几何", "图形", "空间数据", "几何图形"}


def read_csv(path: Path, folder: Path, request: ReadRequest) -> Facts:
    """Read the CSV file at `path` into ``folder/checked.gpkg``.

    Raises
    ------
    ImportRejected
        When it is no readable text, or has no header.
    """
    dialect = dialect_of(path, request.encoding)
    facts = Facts(
        FileFormat.CSV,
        layers=(Layer("CSV"),),
        layer="CSV",
        encoding=dialect.encoding.removesuffix("-sig").upper(),
        encoding_basis=dialect.basis,
        delimiter=dialect.delimiter,
    )
    return _read(records(path, dialect), (), facts, folder, request)


def read_workbook(path: Path, folder: Path, request: ReadRequest) -> Facts:
    """Read one sheet of the workbook at `path` into ``folder/checked.gpkg``.

    A workbook with several visible sheets that hold something is not read before one is named. The
    notes that an export adds are no sheet to choose; the system that they name is the table's.

    Raises
    ------
    ImportRejected
        When it is damaged, unsafe, has no such sheet, or the sheet has no header.
    """
    sheets = sheets_of(path)
    notes, crs = own_notes(path, sheets) or (None, None)
    sheets = [sheet for sheet in sheets if sheet is not notes]
    facts = Facts(
        FileFormat.XLSX, layers=tuple(Layer(item.name, hidden=item.hidden) for item in sheets)
    )
    if crs is not None:
        facts = facts.with_notes(f"坐标系按工作表“{NOTES_SHEET}”所写：{crs}")
    hidden = [item.name for item in sheets if item.hidden]
    if hidden:
        facts = facts.with_notes(f"隐藏的工作表没有读取：{'、'.join(hidden)}")
    sheet = _choose(sheets, request.layer)
    if sheet is None:
        return facts
    marks = marks_of(path, sheet)
    basis = Basis.DECLARED if crs else Basis.UNKNOWN
    facts = replace(facts, layer=sheet.name, crs=crs, crs_basis=basis)
    rows = rows_of(path, sheet, marks.merged)
    merged = tuple(marks.merged)
    return _read(rows, merged, facts, folder, request, empty=sorted(marks.empty_formulas))


def _choose(sheets: Sequence[Sheet], name: str | None) -> Sheet | None:
    """The sheet named, or the only visible one; None when the officer must choose."""
    if name is not None:
        found = next((sheet for sheet in sheets if sheet.name == name), None)
        if found is None:
            names = "、".join(sheet.name for sheet in sheets)
            raise ImportRejected(
                f"没有名为“{name}”的工作表。有内容的工作表：{names}。", code="no_such_layer"
            )
        return found
    visible = [sheet for sheet in sheets if not sheet.hidden]
    if not visible:
        raise ImportRejected("工作簿里没有可见且有内容的工作表。", code="empty_table")
    return visible[0] if len(visible) == 1 else None


def _read(
    rows: Iterator[Row],
    merged: Sequence[MergedRange],
    facts: Facts,
    folder: Path,
    request: ReadRequest,
    *,
    empty: Sequence[tuple[int, int]] = (),
) -> Facts:
    top = list(itertools.islice(rows, _HEAD_ROWS))
    header = find_header(
        top,
        merged,
        expected=request.expected_headers,
        row=request.header_row,
        depth=request.header_rows,
    )
    if header is None:
        raise ImportRejected(
            f"在前 {_HEAD_ROWS} 行里没有找到表头（一行里至少两个不同的列名）。"
            "请补上表头，或指明表头在第几行。",
            code="no_header",
        )
    body = _Body(header)
    wkt = next((i for i, n in enumerate(header.names) if plain_header(n) in _WKT_HEADERS), None)
    writer = CheckedWriter(folder / "checked.gpkg", with_geometry=wkt is not None)
    data = body.rows(itertools.chain(top, rows))
    while batch := list(itertools.islice(data, BATCH_ROWS)):
        body.write(batch, writer, wkt)
    if not writer.rows:
        raise ImportRejected(
            f"表头（第 {header.row} 行）下面没有数据。请核对工作表。", code="empty_table"
        )
    body.blame_formulas(empty)
    return Facts(
        facts.format,
        layers=facts.layers,
        layer=facts.layer,
        rows=writer.rows,
        columns=tuple(
            Column(name, ColumnKind.TEXT) for i, name in enumerate(header.names) if i != wkt
        ),
        encoding=facts.encoding,
        encoding_basis=facts.encoding_basis,
        preview=tuple(body.preview),
        crs=facts.crs,
        crs_basis=facts.crs_basis,
        geometry_types=tuple(sorted(writer.geometry_types)),
        header_row=header.row,
        header_rows=header.rows,
        delimiter=facts.delimiter,
        notes=(*facts.notes, *body.notes()),
        findings=(*body.findings, *writer.findings),
    )


@dataclass(slots=True)
class _Body:
    """Rows under the header, and what was seen on the way."""

    header: Header
    totals: list[int] = field(default_factory=list)
    preview: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Data rows, as wide as the header; empty rows and totals left out."""
        width, count = len(self.header.names), 0
        for number, cells in rows:
            if number <= self.header.last_row or not any(cells):
                continue
            if is_total(cells):
                self.totals.append(number)
                continue
            count += 1
            if count > MAX_ROWS:
                raise ImportRejected(
                    f"数据超过 {MAX_ROWS} 行。请拆分后分批导入。", code="too_many_rows"
                )
            if any(cells[width:]):
                self._add(number, "", f"这一行比表头多出 {len(cells) - width} 列：请核对分隔符")
            yield number, (cells + [None] * width)[:width]

    def write(self, batch: Sequence[Row], writer: CheckedWriter, wkt: int | None) -> None:
        """Hand a batch to `writer`, the column `wkt` as geometry."""
        numbers = np.asarray([number for number, _ in batch], dtype=np.int64)
        columns = [
            np.asarray(column, dtype=object) for column in zip(*(c for _, c in batch), strict=True)
        ]
        self._preview(batch)
        shapes = None if wkt is None else self._shapes(numbers, columns.pop(wkt), wkt)
        writer.write(numbers, columns, shapes)

    def _preview(self, batch: Sequence[Row]) -> None:
        for _, cells in batch[:_PREVIEW]:
            text = next((cell for cell in cells if cell and not cell.isascii()), None)
            if text and len(self.preview) < _PREVIEW:
                self.preview.append(text[:40])

    def _shapes(
        self, numbers: NDArray[np.int64], texts: NDArray[np.object_], place: int
    ) -> NDArray[np.object_]:
        shapes = shapely.from_wkt(texts, on_invalid="ignore")
        unread = shapely.is_missing(shapes) & np.asarray([text is not None for text in texts])
        for row in np.flatnonzero(unread):
            value = str(texts[row])[:60]
            self._add(int(numbers[row]), self.header.names[place], "不是 WKT 图形，无法读取", value)
        return np.asarray(shapely.to_wkb(shapes), dtype=object)

    def blame_formulas(self, cells: Sequence[tuple[int, int]]) -> None:
        """Formula cells without a saved result: their value is unknown."""
        names = self.header.names
        for row, column in cells:
            if row > self.header.last_row and column <= len(names):
                self._add(
                    row,
                    names[column - 1],
                    "公式没有保存计算结果：请用 Excel 或 WPS 打开并保存，或把公式粘贴为数值",
                )

    def _add(self, row: int, column: str, message: str, value: str = "") -> None:
        if len(self.findings) < _MAX_FINDINGS:
            self.findings.append(Finding(row, column, value, message))

    def notes(self) -> list[str]:
        """What was left out."""
        if not self.totals:
            return []
        rows = "、".join(map(str, self.totals[:10]))
        return [f"合计行没有读取：第 {rows} 行"]
