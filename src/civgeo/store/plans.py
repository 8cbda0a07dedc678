"""What becomes of each row of a checked file, with everything made ready for the write.

The pre-check makes the plan and keeps it with the batch. So nothing has to be worked out again
when an officer confirms, unless the store has changed meanwhile in a way that matters.
"""

from collections.abc import Collection as Listing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import orjson
import shapely
import sqlalchemy as sa

from civgeo.store import geopackage, sqlite
from civgeo.store.bulk import Revival
from civgeo.store.chains import last_sequence
from civgeo.store.editing import CHECKS, Change, ChangedValue
from civgeo.store.history_tables import history
from civgeo.store.reading import Reading
from civgeo.store.spool import BESIDE, MEMORY, NUMBER, PLACE, Spool, keyed_table
from civgeo.store.tables import VALIDITY, Collection

__all__ = ["PlanBook", "PlannedRow", "plan_book", "sequence_of", "touched_since"]

FORM = "1"
"""Form of the tables; a plan of another form is made anew."""

_AT_ONCE = 20_000


class PlannedRow(NamedTuple):
    """What becomes of one row of the file.

    Parameters
    ----------
    place, number
        Its place in the checked file, from 1, and its number in the officer's.
    action
        ``new``, ``again`` (it was in the store and taken back), ``changed`` or ``unchanged``.
    id
        Its record.
    key
        What the record is called, for comparison.
    """

    place: int
    number: int
    action: str
    id: str
    key: str | None


@lru_cache
def _tables(schema: str | None) -> tuple[sa.Table, ...]:
    names = {
        "row": ("number", "action", "id", "name"),
        "change": ("n", "id", "version", "given", "geometry"),
        "again": ("n", "id", "state", "geometry", *VALIDITY),
        "fact": ("name", "given"),
    }
    return tuple(keyed_table(name, columns, schema) for name, columns in names.items())


class PlanBook(Spool):
    """The tables of a plan, beside those of its spool.

    Parameters
    ----------
    connection, collection, schema
        As for `Spool`.
    """

    def __init__(
        self, connection: sa.Connection, collection: Collection, schema: str | None = None
    ) -> None:
        super().__init__(connection, collection, schema)
        self.row, self.change, self.again, self.fact = _tables(schema)

    @classmethod
    def beside(cls, writing: Reading, collection: Collection) -> "PlanBook":
        """The plan in the file that a write sees beside the store."""
        return cls(writing._connection, collection, BESIDE)

    @classmethod
    def in_memory(cls, writing: Reading, collection: Collection) -> "PlanBook":
        """An empty plan in the memory of a write, which ends with it."""
        book = cls(writing._connection, collection, MEMORY)
        book.create()
        return book

    @property
    def tables(self) -> tuple[sa.Table, ...]:
        """All its tables."""
        return *super().tables, self.row, self.change, self.again, self.fact

    def note(self, facts: Mapping[str, str]) -> None:
        """Note facts about the plan; earlier ones of the same names are superseded."""
        self.insert(self.fact, facts.items())

    def facts(self) -> dict[str, str]:
        """What is known about the plan."""
        query = sa.select(self.fact.c.name, self.fact.c.given).order_by(self.fact.c[PLACE])
        return {row.name: row.given for row in self.connection.execute(query)}

    def plan(self, rows: Iterable[PlannedRow]) -> None:
        """Note what becomes of rows."""
        names = [column.name for column in self.row.columns]
        sqlite.insert_rows(self.connection, self.row, names, rows)

    def add_changes(
        self, places: Mapping[str, int], changes: Mapping[str, Change], versions: Mapping[str, int]
    ) -> None:
        """Note new values of records by id, with the version that they were compared with."""
        rows = []
        for id, change in changes.items():
            shape = change.get("geometry")
            blob = geopackage.encode([shape])[0] if isinstance(shape, shapely.Geometry) else None
            values = {name: value for name, value in change.items() if name != "geometry"}
            rows.append((places[id], id, versions[id], orjson.dumps(values).decode(), blob))
        self.insert(self.change, rows)

    def changes(
        self, places: Listing[int] | None = None
    ) -> Iterator[dict[str, tuple[Change, int]]]:
        """New values and versions by id, some thousand at a time; of all rows or some."""
        for page in self._pages(self.change, places):
            shapes = geopackage.decode([row.geometry for row in page])
            yield {
                row.id: (_change(row.given, shape), row.version)
                for row, shape in zip(page, shapes, strict=True)
            }

    def add_revivals(self, places: Mapping[str, int], rows: Iterable[Revival]) -> None:
        """Note records that are to exist again."""
        listed = [(places[row.id], row.id, row.state, row.geometry, *row.bounds) for row in rows]
        self.insert(self.again, listed)

    def revivals(self, places: Listing[int] | None = None) -> Iterator[list[Revival]]:
        """Records that are to exist again, some thousand at a time; of all rows or some."""
        for page in self._pages(self.again, places):
            yield [
                Revival(row.id, row.state, row.geometry, (row.valid_from, row.valid_to))
                for row in page
            ]

    def _pages(
        self, table: sa.Table, places: Listing[int] | None
    ) -> Iterator[Sequence[sa.Row[tuple[object, ...]]]]:
        query = sa.select(table).order_by(table.c[PLACE])
        if places is not None:
            query = query.where(_listed(table.c.n, places))
        last = 0
        while page := self.connection.execute(
            query.where(table.c[PLACE] > last).limit(_AT_ONCE)
        ).all():
            yield page
            last = page[-1][0]

    def about(self, ids: Listing[str], keys: Listing[str]) -> list[int]:
        """Places of the rows that are one of these records, or are called like one."""
        same = sa.or_(sqlite.listed(self.row.c.id, ids), sqlite.listed(self.row.c.name, keys))
        return [*self.connection.execute(sa.select(self.row.c[PLACE]).where(same)).scalars()]

    def names(self, places: Listing[int]) -> dict[int, tuple[str, str | None, int]]:
        """Id, key and number of rows, by place."""
        here = _listed(self.row.c[PLACE], places)
        found = self.connection.execute(sa.select(self.row).where(here))
        return {row[0]: (row.id, row.name, row.number) for row in found}

    def add_new(self, frame: gpd.GeoDataFrame, places: Sequence[int]) -> None:
        """Add new records, checked as the collection demands; raises InvalidInput, CrsError."""
        kinds = self.layer.properties
        counts = {name: "Int64" for name in frame.columns if kinds.get(name) is int}
        self.enter(CHECKS[self.collection](frame.astype(counts)), places)

    def forget_rows(self, places: Listing[int]) -> None:
        """Take rows out of the plan again, with what was made ready of them."""
        ids = sa.select(self.row.c.id).where(_listed(self.row.c[PLACE], places))
        self.forget(self.entry, self.entry.c.entity.in_(ids))
        self.forget(self.amended, self.amended.c.id.in_(ids))
        for table in (self.change, self.again, self.fresh):
            column = table.c[NUMBER if table is self.fresh else "n"]
            self.forget(table, _listed(column, places))
        self.connection.execute(sa.delete(self.row).where(_listed(self.row.c[PLACE], places)))

    def forget_amendments(self) -> None:
        """Take out what was made ready of changed records."""
        for table in (self.entry, self.amended):
            self.connection.execute(sa.delete(table))
            self.connection.execute(sa.delete(self.gap).where(self.gap.c.owner == table.name))

    def amended_among(self, ids: Listing[str]) -> list[str]:
        """Those of `ids` whose records the plan amends."""
        query = sa.select(self.amended.c.id).where(sqlite.listed(self.amended.c.id, ids))
        return [*self.connection.execute(query).scalars()]

    def written(self) -> tuple[int, int]:
        """How many records the plan creates (or lets exist again), and how many it changes."""
        new, again, amended = (
            sum(last - first + 1 for first, last, _ in self.runs(table, _AT_ONCE))
            for table in (self.fresh, self.again, self.amended)
        )
        return new + again, amended - again

    def counts(self) -> dict[str, int]:
        """How many rows there are of each action."""
        query = sa.select(self.row.c.action, sa.func.count()).group_by(self.row.c.action)
        return {row[0]: row[1] for row in self.connection.execute(query)}


def _change(given: str, shape: shapely.Geometry | None) -> Change:
    values: dict[str, ChangedValue] = orjson.loads(given)
    return values if shape is None else {**values, "geometry": shape}


def _listed(column: sa.ColumnElement[int], places: Listing[int]) -> sa.ColumnElement[bool]:
    rows = sa.func.json_each(orjson.dumps([*places]).decode()).table_valued("value")
    return column.in_(sa.select(rows.c.value))


@contextmanager
def plan_book(file: Path, collection: Collection, *, anew: bool = False) -> Iterator[PlanBook]:
    """The plan in `file`, kept when the block ends; made `anew` on request.

    Raises
    ------
    StoreUnavailable
        When the disk is full, or the file is no plan.
    """
    if anew:
        file.unlink(missing_ok=True)
    with sqlite.errors_in_words(file), sqlite.scratch(file).begin() as connection:
        book = PlanBook(connection, collection)
        if anew:
            book.create()
            book.note({"form": FORM})
        yield book


def sequence_of(reading: Reading) -> int:
    """Place of the newest entry of the history."""
    return last_sequence(reading._connection)


def touched_since(reading: Reading, sequence: int) -> dict[str, set[str]]:
    """Records that were written after an entry of the history, by collection."""
    query = sa.select(history.c.register, history.c.entity).where(history.c.sequence > sequence)
    found: dict[str, set[str]] = {}
    for row in reading._connection.execute(query):
        found.setdefault(row.register, set()).add(row.entity)
    return found
