"""Rows made ready for one write, so that the write itself is short.

Whatever takes time and does not need the head of a chain is done before the turn to write comes:
checks, canonical states, geometries and their digests. What is left is copied by SQLite from table
to table (`store.pouring`). The tables are the same in a file that a writer attaches and, for rows
that arrive within a write, in the writer's own memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.types import UserDefinedType

from civgeo.store import geopackage
from civgeo.store.chains import county_of
from civgeo.store.frames import columns_of, state_texts
from civgeo.store.sqlite import CHECKPOINT_PAGES, Box, insert_rows
from civgeo.store.tables import LAYERS, VALIDITY, Collection, Layer

__all__ = [
    "BESIDE",
    "DEPTH",
    "EDGES",
    "MEMORY",
    "NUMBER",
    "OWN",
    "PLACE",
    "Amended",
    "Depth",
    "EntryRow",
    "Spool",
    "attached",
    "entered",
    "in_memory",
    "keyed_table",
    "spool_tables",
]

BESIDE, MEMORY = "batch", "temp"
"""Schemas in which a writer sees a spool: an attached file, and its own memory."""

NUMBER, PLACE, DEPTH = "_n", "_place", "_depth"
OWN, EDGES = ("_county", "_state", "_shape"), ("_west", "_east", "_south", "_north")
"""Columns beside those of a layer, under names that no layer has."""

EntryRow = tuple[
    str, str, int, str | None, str | None, str | None, str | None, int | None, bytes | None
]
"""Entity, county, version, bounds, state, digest of the geometry, the entry that holds it, blob."""


class Depth(IntEnum):
    """How much of a row an amendment changes; each depth holds those before it."""

    BOUNDS = 0
    VALUES = 1
    SHAPE = 2


@dataclass(frozen=True, slots=True)
class Amended:
    """New entries of one record, and what they make of its row.

    Parameters
    ----------
    id, version
        The record and its new version.
    entries
        In their order.
    bounds
        Existence of the record afterwards, as text.
    depth, values, geometry
        How much of the row changes; its properties and geometry then.
    """

    id: str
    version: int
    entries: Sequence[EntryRow]
    bounds: tuple[str | None, str | None]
    depth: Depth
    values: Mapping[str, object]
    geometry: bytes | None


class _Anything(UserDefinedType[Any]):
    """A column of SQLite without a type, which keeps what it is given as it is."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return ""


def entered(layer: Layer) -> tuple[str, ...]:
    """Columns of a new row that stand in the spool; the edit gives the others."""
    names = (column.name for column in layer.table.columns)
    return tuple(name for name in names if name not in ("fid", *layer.unlisted))


@lru_cache
def spool_tables(collection: Collection, schema: str | None) -> tuple[sa.Table, ...]:
    """Tables ``fresh``, ``entry``, ``amended``, ``chain``, ``edge`` and ``gap`` of a spool."""
    layer = LAYERS[collection]
    amended = ("id", "version", *VALIDITY, DEPTH, "geometry", *layer.recorded)
    columns: Mapping[str, Iterable[str]] = {
        "fresh": (NUMBER, *OWN, *EDGES, *entered(layer)),
        "entry": (
            *("entity", "county", "version", *VALIDITY),
            *("state", "shape", "shape_at", "geometry"),
        ),
        "amended": dict.fromkeys(amended),
        "chain": ("county",),
        "edge": EDGES,
        "gap": ("owner", "at"),
    }
    return tuple(keyed_table(name, names, schema) for name, names in columns.items())


def keyed_table(name: str, columns: Iterable[str], schema: str | None) -> sa.Table:
    """A table whose rows are counted by ``_place`` and whose columns hold what they are given."""
    place = sa.Column(PLACE, sa.Integer, primary_key=True)
    own = (sa.Column(column, _Anything()) for column in columns)
    return sa.Table(name, sa.MetaData(), place, *own, schema=schema)


class Spool:
    """New records (``fresh``) and changes of records (``entry``, ``amended``), made ready.

    Parameters
    ----------
    connection
        Connection that sees the tables.
    collection
        What the rows belong to.
    schema
        Where the tables stand; by default the connection's own file.
    """

    def __init__(
        self, connection: sa.Connection, collection: Collection, schema: str | None = None
    ) -> None:
        self.connection, self.collection, self.schema = connection, collection, schema
        self.layer, self.entered = LAYERS[collection], entered(LAYERS[collection])
        tables = spool_tables(collection, schema)
        self.fresh, self.entry, self.amended, self.chain, self.edge, self.gap = tables

    @property
    def rows(self) -> tuple[sa.Table, ...]:
        """The tables that are copied into the store."""
        return self.fresh, self.entry, self.amended

    @property
    def tables(self) -> tuple[sa.Table, ...]:
        """All its tables."""
        return *self.rows, self.chain, self.edge, self.gap

    def create(self) -> None:
        """Make the tables, empty."""
        for table in self.tables:
            table.create(self.connection)

    def drop(self) -> None:
        """Take the tables away again."""
        for table in self.tables:
            table.drop(self.connection)

    def enter(self, frame: gpd.GeoDataFrame, numbers: Sequence[int] = ()) -> None:
        """Add new records.

        Parameters
        ----------
        frame
            As the check of the collection gives it.
        numbers
            By what the rows may be taken out again.
        """
        columns = columns_of(self.layer, frame)
        codes = columns[self.layer.division_column]
        counties = {code: county_of(str(code)) for code in {*codes}}
        bounds = shapely.bounds(frame.geometry.to_numpy())[:, [0, 2, 1, 3]]
        edges = bounds.astype(object)
        edges[np.isnan(bounds)] = None
        cells = (
            numbers or repeat(None, len(frame)),
            (counties[code] for code in codes),
            state_texts(self.layer.recorded, columns),
            map(_digest, columns["geometry"]),
            *edges.T.tolist(),
            *(columns[name] for name in self.entered),
        )
        self.insert(self.fresh, zip(*cells, strict=True))
        self._note(counties.values(), bounds)

    def amend(self, found: Sequence[Amended]) -> None:
        """Add changes of records."""
        self.insert(self.entry, (row for one in found for row in one.entries))
        names = [column.name for column in self.amended.columns][1:]
        rows = []
        for one in found:
            shape = one.geometry if one.depth >= Depth.SHAPE else None
            own = {"id": one.id, "version": one.version, DEPTH: int(one.depth), "geometry": shape}
            cells = {**one.values, **dict(zip(VALIDITY, one.bounds, strict=True)), **own}
            rows.append(tuple(cells.get(name) for name in names))
        self.insert(self.amended, rows)
        bounds = shapely.bounds(geopackage.decode([one.geometry for one in found]))
        self._note({row[1] for one in found for row in one.entries}, bounds[:, [0, 2, 1, 3]])

    def _note(self, counties: Iterable[str], bounds: NDArray[np.float64]) -> None:
        """The chains that rows stand in, and their extent."""
        self.insert(self.chain, ((county,) for county in {*counties}))
        known = bounds[~np.isnan(bounds).any(axis=1)]
        if len(known):
            (west, _, south, _), (_, east, _, north) = known.min(axis=0), known.max(axis=0)
            self.insert(self.edge, [tuple(map(float, (west, east, south, north)))])

    def insert(self, table: sa.Table, rows: Iterable[Sequence[object]]) -> None:
        """Append rows with all columns but the place."""
        names = [column.name for column in table.columns][1:]
        insert_rows(self.connection, table, names, rows)

    def forget(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> None:
        """Take rows out again."""
        gaps = sa.select(sa.literal(table.name), table.c[PLACE]).where(condition)
        self.connection.execute(sa.insert(self.gap).from_select(["owner", "at"], gaps))
        self.connection.execute(sa.delete(table).where(condition))

    def counties(self) -> list[str]:
        """The chains that the entries stand in."""
        return [*self.connection.execute(sa.select(self.chain.c.county).distinct()).scalars()]

    def extent(self) -> Box | None:
        """The box around all geometries."""
        west, east, south, north = (self.edge.c[name] for name in EDGES)
        least, most = sa.func.min, sa.func.max
        query = sa.select(least(west), least(south), most(east), most(north))
        row = self.connection.execute(query).one()
        return None if row[0] is None else (row[0], row[1], row[2], row[3])

    def runs(self, table: sa.Table, most: int) -> Iterator[tuple[int, int, int]]:
        """First and last place of runs of rows without a gap, and how many rows stand before.

        Parameters
        ----------
        table
            The table.
        most
            Rows of one run at most.
        """
        last: int = self.connection.execute(sa.select(sa.func.max(table.c[PLACE]))).scalar() or 0
        here = sa.and_(self.gap.c.owner == table.name, self.gap.c.at <= last)
        gaps = sa.select(self.gap.c.at).where(here).order_by(self.gap.c.at)
        before, first = 0, 1
        for end in (*self.connection.execute(gaps).scalars(), last + 1):
            for start in range(first, end, most):
                upto = min(start + most, end) - 1
                yield start, upto, before
                before += upto - start + 1
            first = end + 1


def _digest(blob: object) -> str | None:
    return sha256(blob).hexdigest() if isinstance(blob, bytes) else None


@contextmanager
def in_memory(connection: sa.Connection, collection: Collection) -> Iterator[Spool]:
    """An empty spool in the memory of a writer, for the block; undone with its transaction."""
    spool = Spool(connection, collection, MEMORY)
    spool.create()
    yield spool
    spool.drop()


@contextmanager
def attached(connection: sa.Connection, file: Path | None) -> Iterator[None]:
    """Let a connection see the tables of `file`, where there is one, for a long transaction.

    Its pages come from the journal into the store only afterwards (`store.sqlite.fold`), when
    nobody waits for it.
    """
    if file is None:
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 it is open
    driver.execute(f"ATTACH DATABASE ? AS {BESIDE}", (f"{file.absolute().as_uri()}?mode=rw",))
    driver.execute("PRAGMA main.wal_autocheckpoint = 0")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA main.wal_autocheckpoint = {CHECKPOINT_PAGES}")
        driver.execute(f"DETACH DATABASE {BESIDE}")
