"""Cells of tables that a bureau writes, each read with its type; faults name row and column."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from civgeo.domain.division import DivisionCode
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput

__all__ = ["Cells", "TableFault"]

Member = TypeVar("Member", bound=StrEnum)
_FLAGS = {"true": True, "false": False, "是": True, "否": False}


class TableFault(InvalidInput):
    """What is wrong with a table, and where.

    Parameters
    ----------
    table
        Its file, or what it is called.
    problem
        What is wrong, and what to do.
    row, column
        Row (the header is 1) and column; None for the table as a whole.
    code
        As of every error.
    """

    def __init__(
        self,
        table: str,
        problem: str,
        *,
        row: int | None = None,
        column: str | None = None,
        code: str = "bad_value",
    ) -> None:
        where = "" if row is None else f"第 {row} 行"
        named = "" if column is None else f"“{column}”"
        super().__init__(f"{table}{where and ' '}{where}{named}：{problem}", code=code)
        self.table = table
        self.problem = problem
        self.row = row
        self.column = column


class Cells:
    """The cells of one row.

    Parameters
    ----------
    table
        What messages call the table.
    row
        Its number; the header is row 1.
    cells
        Text by name of the column; columns that are not there are empty.
    titles
        What messages call a column, where not by its name.
    """

    def __init__(
        self,
        table: str,
        row: int,
        cells: Mapping[str, str | None],
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self._table = table
        self._row = row
        self._cells = cells
        self._titles = titles or {}

    def text(self, column: str) -> str:
        """Text without spaces around it."""
        return (self._cells.get(column) or "").strip()

    def required(self, column: str) -> str:
        """Text that may not be empty."""
        found = self.text(column)
        if not found:
            raise self.wrong(column, "不能为空")
        return found

    def wrong(self, column: str, hint: str) -> TableFault:
        """The fault of a cell: what it holds, and what it should."""
        problem = f"值为 {self.text(column)[:60]!r}，{hint}"
        title = self._titles.get(column, column)
        return TableFault(self._table, problem, row=self._row, column=title)

    def member(self, column: str, options: type[Member]) -> Member:
        """The one member that the cell names, by its word or its Chinese label."""
        found = self.members(column, options)
        if len(found) != 1:
            raise self.wrong(column, f"应为 {_offered(options)} 之一")
        return found[0]

    def members(self, column: str, options: type[Member]) -> tuple[Member, ...]:
        """Members named by words or Chinese labels with spaces between."""
        known = {_label(option): option for option in options} | {
            option.value: option for option in options
        }
        words = self.text(column).split()
        if not set(words) <= set(known):
            raise self.wrong(column, f"只可用 {_offered(options)}，以空格分隔")
        return tuple(known[word] for word in words)

    def flag(self, column: str, empty: bool | None) -> bool | None:
        """True or false; `empty` where the cell is."""
        word = self.text(column).lower()
        if word and word not in _FLAGS:
            raise self.wrong(column, "应为 true 或 false（是 或 否）")
        return _FLAGS.get(word, empty)

    def day(self, column: str) -> date | None:
        """The day, None where the cell is empty."""
        if not self.text(column):
            return None
        try:
            return parse_day(self.text(column), column)
        except InvalidInput:
            raise self.wrong(column, "应为 YYYY-MM-DD 形式的日期") from None

    def count(self, column: str) -> int | None:
        """A number of at most four digits, None where the cell is empty."""
        word = self.text(column)
        if word and not (word.isascii() and word.isdigit() and len(word) < 5):
            raise self.wrong(column, "应为不超过四位的正整数")
        return int(word) if word else None

    def division(self, column: str, nation: str) -> str:
        """A division code as it is written, or `nation`."""
        word = self.required(column)
        if word != nation:
            try:
                DivisionCode.parse(word)
            except InvalidInput as error:
                raise self.wrong(column, error.message) from None
        return word


def _label(option: StrEnum) -> str:
    return str(getattr(option, "label_zh", option.value))


def _offered(options: type[Member]) -> str:
    return "、".join(option.value for option in options)
