"""Inside the jail: the officer's own table with a column that says what to mend."""

import csv
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Alignment, Font, PatternFill

from civgeo.formats.delimited import Dialect, records
from civgeo.formats.facts import Basis, Facts
from civgeo.formats.findings import ERROR_HEADER, Finding, by_row, findings_csv, formula_safe
from civgeo.formats.sniff import FileFormat

__all__ = ["annotate"]

_RED, _PINK = "FF9C0006", "FFFFC7CE"
_WIDTH = 60


def annotate(source: Path, facts: Facts, findings: Sequence[Finding], target: Path) -> None:
    """Write `source` with its findings to `target`, in its own format where it is a table."""
    if facts.format is FileFormat.XLSX and facts.layer is not None:
        _workbook(source, facts, findings, target)
    elif facts.format is FileFormat.CSV:
        _csv(source, facts, by_row(findings), target)
    else:
        target.write_bytes(findings_csv(findings))


def _csv(source: Path, facts: Facts, texts: Mapping[int, str], target: Path) -> None:
    encoding = (facts.encoding or "utf-8").lower()
    with source.open("rb") as file:
        marked = file.read(3) == b"\xef\xbb\xbf"
    encoding = "utf-8-sig" if marked else encoding
    delimiter = facts.delimiter or ","
    header = facts.header_row or 1
    with target.open("w", encoding=encoding, newline="", errors="backslashreplace") as file:
        writer = csv.writer(file, delimiter=delimiter)
        for number, cells in records(source, Dialect(encoding, Basis.GIVEN, delimiter)):
            extra = ERROR_HEADER if number == header else texts.get(number, "")
            texts_of_row = [formula_safe(cell or "") for cell in cells]
            writer.writerow([*texts_of_row, extra] if cells else [])


def _workbook(source: Path, facts: Facts, findings: Sequence[Finding], target: Path) -> None:
    book = load_workbook(source, keep_links=False)
    page = book[str(facts.layer)]
    header = facts.header_row or 1
    column = page.max_column + 1
    last = header + facts.header_rows - 1
    _say(page, header, column, ERROR_HEADER)
    for row, text in by_row(findings).items():
        if row > last:
            _say(page, row, column, text)
    _colour(page, findings, facts, last)
    page.column_dimensions[page.cell(header, column).column_letter].width = _WIDTH
    book.save(target)


def _say(page: Any, row: int, column: int, text: str) -> None:  # noqa: ANN401 - untyped library
    cell = page.cell(row, column)
    cell.value = text
    cell.data_type = "s"
    cell.font = Font(color=_RED)
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _colour(
    page: Any,  # noqa: ANN401 - untyped library
    findings: Sequence[Finding],
    facts: Facts,
    last: int,
) -> None:
    """Colour the cells that the findings name."""
    places = dict(zip(facts.headers, itertools.count(1), strict=False))
    fill = PatternFill("solid", start_color=_PINK, end_color=_PINK)
    for finding in findings:
        place = places.get(finding.column)
        if place and finding.row > last:
            page.cell(finding.row, place).fill = fill
