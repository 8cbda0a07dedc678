"""A spool into the store: copied by SQLite from table to table, within the turn to write."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from civgeo.domain.history import Action, Edit
from civgeo.store.chains import Sealer, day_text, last_sequence
from civgeo.store.history_tables import history
from civgeo.store.spatial_index import insert_trigger_asleep
from civgeo.store.spool import DEPTH, EDGES, OWN, PLACE, Depth, Spool, entered, spool_tables
from civgeo.store.tables import LAYERS, VALIDITY, Collection, Layer

__all__ = ["Progress", "pour"]

AT_ONCE = 20_000
"""Rows that one statement copies: its journal stays in memory, and progress is told after it."""

Progress = Callable[[int, int], None]

_FIRST, _LAST, _AHEAD, _KEYS_AHEAD = (
    sa.bindparam(name, type_=sa.Integer) for name in ("first", "last", "ahead", "keys_ahead")
)
_SEAL = 64


def pour(
    connection: sa.Connection,
    spool: Spool,
    action: Action,
    edit: Edit,
    moment: str,
    progress: Progress | None = None,
) -> None:
    """Enter the new records of a spool, then change the others; each with its history.

    Parameters
    ----------
    connection
        Connection within a write transaction of civgeo.
    spool
        Rows that were checked.
    action, edit, moment
        What all entries have in common. New records of a collection whose existence an edit
        bounds exist over the period of `edit`.
    progress
        Told after some thousand rows each: how many are written, of how many.
    """
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 it is open
    register = spool.collection.value
    sealer = Sealer(connection, register, action, edit, moment, spool.counties())
    driver.create_function("civgeo_seals", 8, sealer.seals)
    common = {
        "register": register,
        "action": action.value,
        "recorded_at": moment,
        "actor": edit.actor,
        "document": edit.document,
        "document_date": day_text(edit.document_date),
        "batch": edit.batch,
        "valid_from": day_text(edit.valid_from),
        "valid_to": day_text(edit.valid_to),
    }
    steps = _steps(spool.collection, spool.schema)
    runs = [[*spool.runs(table, AT_ONCE)] for table, _ in steps]
    total = sum(last - first + 1 for found in runs for first, last, _ in found)
    done = 0
    for (table, statements), found in zip(steps, runs, strict=True):
        sequence, key = last_sequence(connection), _last_key(connection, spool)
        asleep = insert_trigger_asleep(driver) if table is spool.fresh else nullcontext()
        with asleep:
            for first, last, before in found:
                ahead = before - first + 1
                own = {"first": first, "last": last}
                own |= {"ahead": sequence + ahead, "keys_ahead": key + ahead}
                for statement in statements:
                    # what all entries have in common may be called like a column of the layer
                    given = own if isinstance(statement, sa.Update) else {**common, **own}
                    connection.execute(statement, given)
                done += last - first + 1
                if progress is not None:
                    progress(done, total)


def _last_key(connection: sa.Connection, spool: Spool) -> int:
    """The highest ``fid`` that a row of the layer ever had."""
    query = sa.text("SELECT seq FROM main.sqlite_sequence WHERE name = :name")
    found: int | None = connection.execute(query, {"name": spool.layer.table.name}).scalar()
    return found or 0


_Steps = tuple[tuple[sa.Table, tuple[sa.Executable, ...]], ...]


@lru_cache
def _steps(collection: Collection, schema: str | None) -> _Steps:
    """Tables of a spool in the order in which they are copied, and what copies their rows."""
    layer = LAYERS[collection]
    fresh, entry, amended, *_ = spool_tables(collection, schema)
    entering = _entering(layer, fresh), _indexing(layer, fresh), _recording(_firsts(layer, fresh))
    changing = tuple(_amending(layer, amended, depth) for depth in Depth)
    return (fresh, entering), (entry, (_recording(sa.select(entry)),)), (amended, changing)


def _chosen(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c[PLACE].between(_FIRST, _LAST)


def _entering(layer: Layer, fresh: sa.Table) -> sa.Insert:
    """New rows of the layer."""
    values: dict[str, sa.ColumnElement[Any]] = {"fid": _KEYS_AHEAD + fresh.c[PLACE]}
    values |= {name: fresh.c[name] for name in entered(layer)}
    values |= {name: sa.bindparam(name) for name in layer.unlisted}
    rows = sa.select(*values.values()).where(_chosen(fresh)).order_by(fresh.c[PLACE])
    return sa.insert(layer.table).from_select([*values], rows, include_defaults=False)


def _indexing(layer: Layer, fresh: sa.Table) -> sa.Insert:
    """New rows of the layer in its spatial index."""
    names, edges = ("id", "minx", "maxx", "miny", "maxy"), (fresh.c[name] for name in EDGES)
    tree = sa.table(f"rtree_{layer.table.name}_geometry", *map(sa.column, names))
    rows = sa.select(_KEYS_AHEAD + fresh.c[PLACE], *edges).order_by(fresh.c[PLACE])
    rows = rows.where(_chosen(fresh), fresh.c[EDGES[0]].is_not(None))
    return sa.insert(tree).from_select(names, rows)


def _firsts(layer: Layer, fresh: sa.Table) -> sa.Select[tuple[object, ...]]:
    """The first entry of each new row."""
    row, given = fresh.c, layer.unlisted
    bounds = [sa.bindparam(n).label(n) if n in given else row[n] for n in VALIDITY]
    county, state, shape = (row[name].label(name.removeprefix("_")) for name in OWN)
    own = (row[PLACE], row.id.label("entity"), county, row.version, *bounds)
    return sa.select(*own, state, shape, sa.null().label("shape_at"), row.geometry)


def _recording(entries: sa.Select[tuple[object, ...]]) -> sa.Insert:
    """Entries of the history, sealed one after the other."""
    entry = entries.subquery("entry")
    content = ("county", "entity", "version", *VALIDITY, "state", "shape")
    sequence = _AHEAD + entry.c[PLACE]
    seals = sa.func.civgeo_seals(sequence, *(entry.c[name] for name in content)).label("seals")
    sealed = (
        sa.select(entry, sequence.label("sequence"), seals)
        .where(entry.c[PLACE].between(_FIRST, _LAST))
        .order_by(entry.c[PLACE])
        .cte("sealed")
        .prefix_with("MATERIALIZED")
    )
    row, seal = sealed.c, sa.func.substr
    at = sa.case((row.shape.is_not(None), sa.func.coalesce(row.shape_at, row.sequence)))
    values: dict[str, sa.ColumnElement[Any]] = {
        column.name: row[column.name] if column.name in row else sa.bindparam(column.name)
        for column in history.columns
    }
    values["shape_at"] = at
    values["previous"] = seal(row.seals, 1, sa.func.length(row.seals) - _SEAL)
    values["hash"] = seal(row.seals, -_SEAL)
    rows = sa.select(*values.values()).order_by(row[PLACE])
    return sa.insert(history).from_select([*values], rows, include_defaults=False)


def _amending(layer: Layer, new: sa.Table, depth: Depth) -> sa.Update:
    """Rows of the layer that are changed so far and no farther."""
    table = layer.table
    names = ["version", *VALIDITY]
    if depth >= Depth.VALUES:
        names += [name for name in layer.recorded if name not in VALIDITY]
    if depth >= Depth.SHAPE:
        names.append("geometry")
    here = sa.and_(_chosen(new), new.c[DEPTH] == int(depth), table.c.id == new.c.id)
    return sa.update(table).where(here).values({name: new.c[name] for name in names})
