"""Rows of the bureau's rules on cemeteries: read as they are, checked, and written as a table."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from civgeo.domain.cemetery_rule_entry import COLUMN_TITLES, entry_problems
from civgeo.domain.cemetery_rule_table import COLUMNS, rule_of
from civgeo.domain.quantity import decimal_text
from civgeo.errors import InvalidInput, OwnFileBroken, RuleViolation
from civgeo.services.cemetery_rules import CEMETERY_LAYOUT, RulesTable, table_of
from civgeo.services.own_tables import Layout, own_rows
from civgeo.services.table_cells import Cells

__all__ = ["Row", "RowFinding", "RulesRefused", "rendered", "row_findings", "rows_at"]
__all__ += ["rows_given", "rows_in", "rows_of_file"]

Row = dict[str, str]
MOST_GIVEN = 500
_GIVEN = Layout(COLUMN_TITLES, ("topic", "operator"))


@dataclass(frozen=True, slots=True)
class RowFinding:
    """What is wrong with one row that is entered: its number, its column, and what to do."""

    row: int
    column: str
    problem: str

    @property
    def title(self) -> str:
        """The column in Chinese."""
        return COLUMN_TITLES.get(self.column, self.column)

    @property
    def text(self) -> str:
        """The finding in an officer's words."""
        named = f"“{self.title}”" if self.column else ""
        return f"第 {self.row} 行{named}：{self.problem}"


class RulesRefused(RuleViolation):
    """Rows that are not entered; `findings` says of each what is wrong."""

    default_code = "bad_rules"

    def __init__(self, findings: Sequence[RowFinding]) -> None:
        more = f"（共 {len(findings)} 处）" if len(findings) > 1 else ""
        super().__init__(f"没有保存：{findings[0].text}{more}")
        self.findings = tuple(findings)

    @property
    def documents(self) -> list[dict[str, object]]:
        """The findings as documents."""
        return [asdict(item) for item in self.findings]


def rows_at(path: Path) -> dict[str, Row]:
    """Rows of the bureau's file at `path` by id, cell by cell as they are.

    Raises
    ------
    OwnFileBroken
        When it cannot be read.
    """
    read = own_rows(RulesTable(path), CEMETERY_LAYOUT, _cells, lambda row: row["id"])
    if read.faults:
        hint = "改好，或回到以前的版本（civgeo cemeteries rule undo）之后才能录入"
        raise OwnFileBroken(f"{read.faults[0].message}。{hint}")
    return {row["id"]: row for row in read.entries}


def rows_in(content: bytes) -> dict[str, Row]:
    """Rows of an edition of the bureau's file, as `rows_at`."""
    with table_of(content) as path:
        return rows_at(path)


def rows_of_file(path: Path) -> tuple[Row, ...]:
    """Rows of a table of clauses; columns may be left out, headers may be Chinese.

    Raises
    ------
    RulesRefused
        When the file or its header cannot be read.
    """
    read = own_rows(RulesTable(path, path.name), _GIVEN, _cells, id)
    if read.faults:
        found = [RowFinding(item.row or 1, item.column or "", item.problem) for item in read.faults]
        raise RulesRefused(found)
    if len(read.entries) > MOST_GIVEN:
        raise InvalidInput(f"{path.name} 超过 {MOST_GIVEN} 行，请分几次录入", code="bad_value")
    return read.entries


def rows_given(items: Sequence[Mapping[str, object]]) -> tuple[Row, ...]:
    """Rows that a request holds: values are texts, numbers, true or false, or lists of texts.

    Raises
    ------
    InvalidInput
        For a column that is not known, a value of another kind, or too many rows.
    """
    if len(items) > MOST_GIVEN:
        raise InvalidInput(f"一次至多录入 {MOST_GIVEN} 条", code="bad_value")
    return tuple(
        {_column(name): _text(name, value) for name, value in item.items()} for item in items
    )


def row_findings(rows: Sequence[Mapping[str, str]], first: int = 1) -> list[RowFinding]:
    """What is wrong with rows that are entered, each by itself; the first has number `first`."""
    found = []
    for number, row in enumerate(rows, first):
        problems = {**_unreadable(row), **entry_problems(row)}
        found += [RowFinding(number, name, told) for name, told in problems.items()]
    return found


def rendered(rows: Mapping[str, Mapping[str, str]]) -> bytes:
    """The table with those rows, as spreadsheet programs read it: UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows.values())
    return text.getvalue().encode("utf-8-sig")


def _cells(cells: Cells) -> Row:
    return {name: cells.text(name) for name in COLUMNS}


def _column(name: str) -> str:
    titles = {title: column for column, title in COLUMN_TITLES.items()}
    found = titles.get(name.strip(), name.strip())
    if found not in COLUMNS:
        told = f"没有列 {name[:40]!r}；可用：{'、'.join(COLUMNS)}"
        raise InvalidInput(told, code="unknown_key")
    return found


def _text(name: str, value: object) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, str | int):
        return str(value).strip()
    raise InvalidInput(f"{name[:40]} 应为文字、数字或文字的列表", code="bad_type")


def _unreadable(row: Mapping[str, str]) -> dict[str, str]:
    try:
        rule_of(row)
    except InvalidInput as error:
        column, _, told = error.message.partition(" ")
        return {column: told} if column in COLUMNS else {"id": error.message}
    return {}
