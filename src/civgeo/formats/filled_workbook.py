"""A workbook with cells filled in, as somebody at a desk would fill them."""

import io
from collections.abc import Mapping
from typing import TypeVar

import openpyxl

from civgeo.errors import InvalidInput

__all__ = ["Cell", "filled_workbook"]

Cell = str | float | None
Value = TypeVar("Value")


def filled_workbook(
    content: bytes,
    beside: Mapping[str, Mapping[str, Cell]],
    tables: Mapping[str, Mapping[str, Mapping[str, Cell]]],
) -> bytes:
    """A workbook of our own making with answers entered; it is never somebody else's file.

    Parameters
    ----------
    content
        The workbook, XLSX.
    beside
        By sheet: text to the right of the cell that holds a label.
    tables
        By sheet: by the text of a row's first cell, the text by column title. Titles stand in the
        first row.

    Raises
    ------
    InvalidInput
        ``bad_value`` when a label, row or title is not there.
    """
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, answers in beside.items():
        labels = {str(row[0].value): row[1] for row in book[name].iter_rows(max_col=2)}
        for label, text in answers.items():
            _known(labels, label, name).value = text
    for name, rows in tables.items():
        listed = list(book[name].iter_rows())
        column = {str(cell.value): place for place, cell in enumerate(listed[0])}
        by_key = {str(row[0].value): row for row in listed[1:]}
        for key, answers in rows.items():
            row = _known(by_key, key, name)
            for title, text in answers.items():
                row[_known(column, title, name)].value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _known(there: Mapping[str, Value], key: str, sheet: str) -> Value:
    if key not in there:
        raise InvalidInput(f"工作表“{sheet}”里没有“{key[:60]}”", code="bad_value")
    return there[key]
