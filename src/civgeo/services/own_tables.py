"""Tables among the bureau's own files: CSV in UTF-8 or GB18030, faults gathered row by row."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from civgeo.errors import ImportRejected
from civgeo.formats.delimited import dialect_of, records
from civgeo.services.table_cells import Cells, TableFault

__all__ = ["Layout", "OwnRows", "TableFile", "own_rows"]

Entry = TypeVar("Entry")
MOST_ROWS = 100_000


class TableFile(Protocol):
    """Where a table lies, and what messages call it."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def told(self) -> str:
        """Its name in messages."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a table.

    Parameters
    ----------
    titles
        Chinese title by name of the column; a header may be either.
    required
        Columns that must be there.
    """

    titles: Mapping[str, str]
    required: Collection[str]

    def named(self, header: str) -> str | None:
        """Name of the column with that header."""
        word = header.strip()
        if word in self.titles:
            return word
        return next((name for name, title in self.titles.items() if title == word), None)


@dataclass(frozen=True, slots=True)
class OwnRows(Generic[Entry]):
    """What a table holds, and what is wrong with it.

    Parameters
    ----------
    entries
        What was made of each row that could be read.
    faults
        Of the file, of its header, and of rows.
    """

    entries: tuple[Entry, ...]
    faults: tuple[TableFault, ...]


def own_rows(
    file: TableFile,
    layout: Layout,
    make: Callable[[Cells], Entry],
    key: Callable[[Entry], Hashable],
) -> OwnRows[Entry]:
    """The rows of a table; empty ones are left out, each `key` may occur once."""
    faults: list[TableFault] = []
    made: dict[Hashable, Entry] = {}
    try:
        for cells in _cells(file, layout, faults):
            try:
                entry = make(cells)
            except TableFault as fault:
                faults.append(fault)
                continue
            if key(entry) in made:
                first = next(iter(layout.titles))
                faults.append(cells.wrong(first, "前面已有这一行，请合并"))
            made[key(entry)] = entry
    except ImportRejected as error:
        faults.append(TableFault(file.told, error.message))
    return OwnRows(tuple(made.values()), tuple(faults))


def _cells(file: TableFile, layout: Layout, faults: list[TableFault]) -> Iterator[Cells]:
    columns: list[str | None] | None = None
    for number, row in records(file.path, dialect_of(file.path)):
        if number > MOST_ROWS:
            raise ImportRejected(f"超过 {MOST_ROWS:,} 行，请拆分或删减")
        if not any(cell and cell.strip() for cell in row):
            continue
        if columns is None:
            columns = _columns(file, layout, row, faults)
            if columns is None:
                return
            continue
        if any(cell and cell.strip() for cell in row[len(columns) :]):
            problem = "比表头多出内容：逗号多了，或含逗号的内容没有加引号"
            faults.append(TableFault(file.told, problem, row=number))
            continue
        held = {name: cell for name, cell in zip(columns, row, strict=False) if name}
        yield Cells(file.told, number, held, layout.titles)
    if columns is None:
        faults.append(TableFault(file.told, f"没有表头；应为：{_headers(layout)}"))


def _columns(
    file: TableFile, layout: Layout, row: list[str | None], faults: list[TableFault]
) -> list[str | None] | None:
    """Columns by their place; None when the table cannot be read by them."""
    found: list[str | None] = []
    before = len(faults)
    for header in row:
        name = layout.named(header or "")
        if name is None and header and header.strip():
            problem = f"不认识这一列；可用：{_headers(layout)}"
            faults.append(TableFault(file.told, problem, row=1, column=header.strip()[:40]))
        elif name is not None and name in found:
            faults.append(TableFault(file.told, "这一列重复了", row=1, column=header))
        found.append(name)
    missing = [layout.titles[name] for name in layout.required if name not in found]
    if missing:
        faults.append(TableFault(file.told, f"缺少列：{'、'.join(missing)}", row=1))
    return found if len(faults) == before else None


def _headers(layout: Layout) -> str:
    return "、".join(layout.titles.values())
