"""Tables of the name index, and how entries are put in and taken out.

The key of an entry is its rank, so the full-text index gives the entries that hold a word in the
order in which they are listed, without sorting. The full-text index keeps no text: to take an
entry out, its words are made again from the entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from string import Template

import sqlalchemy as sa

from civgeo.language.search_keys import toneless
from civgeo.store.name_index_rows import IndexedName
from civgeo.store.name_index_tokens import tokens_of
from civgeo.store.sqlite import listed

__all__ = ["Seen", "change", "entry", "fill", "is_index", "note", "seen", "syllables"]

APPLICATION_ID = 0x6367_6E6D
FORM = 1
"""Form of the index; a file of another form is built anew."""

_AT_ONCE = 5_000

_metadata = sa.MetaData()
entry = sa.Table(
    "entry",
    _metadata,
    sa.Column("rank", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "name", "folded")),
    sa.Column("stem", sa.Integer, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "division", "spans", "status")),
    *(sa.Column(name, sa.Text) for name in ("toned", "plain")),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("reading", "sound", "spelling")),
    *(sa.Column(name, sa.Text) for name in ("others", "valid_from", "valid_to")),
    *(sa.Column(name, sa.Double) for name in ("lon", "lat")),
    *(sa.Column(name, sa.Boolean, nullable=False) for name in ("public", "famous")),
    sa.Column("builtup_area", sa.Text),
)
"""Columns as the fields of `IndexedName`, in their order."""

_INDEXES = (
    sa.Index("ix_entry_id", entry.c.id, unique=True),
    *(sa.Index(f"ix_entry_{name}", entry.c[name]) for name in ("folded", "reading", "sound")),
)
_syllable = sa.Table("syllable", _metadata, sa.Column("sound", sa.Text, primary_key=True))
_state = sa.Table(
    "state",
    _metadata,
    sa.Column("store", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

_VIRTUAL = (
    "CREATE VIRTUAL TABLE words USING fts5("
    "held, content='', detail=none, columnsize=0, tokenize='ascii')",
    "INSERT INTO words (words, rank) VALUES ('hashsize', 67108864)",
    "CREATE VIRTUAL TABLE point USING rtree(rank, west, east, south, north)",
)
_PUT_ENTRY = Template("INSERT INTO entry VALUES ($marks)").substitute(
    marks=", ".join("?" * len(entry.columns))
)
_cells = attrgetter(*(column.name for column in entry.columns))
_PUT_WORDS = "INSERT INTO words (rowid, held) VALUES (?, ?)"
_TAKE_WORDS = "INSERT INTO words (words, rowid, held) VALUES ('delete', ?, ?)"
_PUT_POINTS = "INSERT INTO point SELECT rank, lon, lon, lat, lat FROM entry WHERE lon IS NOT NULL"
_PUT_POINT = f"{_PUT_POINTS} AND rank = ?"
_PUT_SYLLABLE = "INSERT OR IGNORE INTO syllable VALUES (?)"

Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Up to where the index has read the change log of which store.

    Parameters
    ----------
    store
        What tells the store from every other one, and which civgeo read its names.
    sequence, hash
        Last entry of its history that was read; 0 and empty before the first.
    """

    store: str
    sequence: int
    hash: str


def is_index(connection: sa.Connection) -> bool:
    """Whether the file is a name index of the present form."""
    pragmas = ("application_id", "user_version")
    found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
    return found == [APPLICATION_ID, FORM]


def seen(connection: sa.Connection) -> Seen:
    """What the index has read."""
    return Seen(*connection.execute(sa.select(_state)).one())


def note(connection: sa.Connection, now: Seen) -> None:
    """Note what the index has read, in the transaction in which it took it over."""
    connection.execute(sa.delete(_state))
    connection.execute(sa.insert(_state).values((now.store, now.sequence, now.hash)))


def syllables(connection: sa.Connection) -> frozenset[str]:
    """Toneless readings, characters that stand for themselves among them, of all entries ever."""
    return frozenset(connection.execute(sa.select(_syllable)).scalars())


def fill(connection: sa.Connection, names: Iterable[IndexedName]) -> None:
    """Make the tables in an empty file and fill them, but for `note`.

    `names` may come in any order; the words go in by rank, as the full-text index likes it.
    """
    for table in (entry, _syllable, _state):
        connection.execute(sa.schema.CreateTable(table))
    coming = iter(names)
    known: set[str] = set()
    while some := list(islice(coming, _AT_ONCE)):
        _many(connection, _PUT_ENTRY, [_cells(name) for name in some])
        known |= _put_syllables(connection, some, known)
    for index in _INDEXES:
        index.create(connection)
    for statement in (*_VIRTUAL, _PUT_POINTS):
        connection.exec_driver_sql(statement)
    by_rank = connection.execute(sa.select(entry).order_by(entry.c.rank))
    for rows in by_rank.partitions(_AT_ONCE):
        _many(connection, _PUT_WORDS, _worded(IndexedName(*row) for row in rows))
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {FORM}")


def change(connection: sa.Connection, gone: Iterable[str], names: Sequence[IndexedName]) -> None:
    """Take out the entries with the ids `gone` and those of `names`, and put `names` in."""
    ids = {*gone, *(name.id for name in names)}
    found = connection.execute(sa.select(entry).where(listed(entry.c.id, ids)))
    before = {row.id: IndexedName(*row) for row in found}
    coming = [name for name in names if before.get(name.id) != name]
    kept = {name.id for name in names} - {name.id for name in coming}
    going = [name for id, name in before.items() if id not in kept]
    ranks = [(name.rank,) for name in going]
    _many(connection, _TAKE_WORDS, _worded(sorted(going, key=attrgetter("rank"))))
    _many(connection, "DELETE FROM point WHERE rank = ?", ranks)
    _many(connection, "DELETE FROM entry WHERE rank = ?", ranks)
    _many(connection, _PUT_ENTRY, [_cells(name) for name in coming])
    placed = [(name.rank,) for name in coming if name.lon is not None]
    _many(connection, _PUT_POINT, placed)
    _many(connection, _PUT_WORDS, _worded(sorted(coming, key=attrgetter("rank"))))
    _put_syllables(connection, coming, set())


def _many(connection: sa.Connection, statement: str, rows: Rows) -> None:
    if rows:
        connection.exec_driver_sql(statement, rows)


def _worded(names: Iterable[IndexedName]) -> Rows:
    return [(name.rank, tokens_of(name)) for name in names]


def _put_syllables(
    connection: sa.Connection, names: Iterable[IndexedName], known: set[str]
) -> set[str]:
    """Put in the readings that are not among `known`, and return them."""
    forms = [form for name in names for form in (name.standard, *name.other_forms)]
    found = {toneless(reading) for form in forms for reading in form.readings} - known - {""}
    _many(connection, _PUT_SYLLABLE, [(sound,) for sound in sorted(found)])
    return found
