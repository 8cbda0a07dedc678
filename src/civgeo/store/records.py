"""Rows of the layers, brought to what the history says."""

from collections.abc import Sequence

import orjson
import sqlalchemy as sa

from civgeo.domain.history import Action, Edit
from civgeo.domain.period import Period
from civgeo.errors import RuleViolation
from civgeo.store import geopackage
from civgeo.store.chains import append, day_text
from civgeo.store.editing import Standing, State, standing_of
from civgeo.store.frames import Row
from civgeo.store.gpkg_schema import contents
from civgeo.store.history_tables import OUTSIDE, history, own_write
from civgeo.store.outside import pending_fids
from civgeo.store.sqlite import Box
from civgeo.store.tables import LAYERS, Collection

__all__ = [
    "NOW",
    "apply",
    "begin_own",
    "end_own",
    "envelope_of_blob",
    "refuse_touched",
    "row_of",
    "touch",
    "united",
    "widened",
]

NOW = sa.func.strftime("%Y-%m-%dT%H:%M:%fZ", "now")


def apply(
    connection: sa.Connection,
    standing: Standing,
    action: Action,
    edit: Edit,
    periods: Sequence[Period[State]],
    moment: str,
) -> Row:
    """Append a new version that asserts `periods`, and return the row that the layer must hold.

    ``fid`` is not among its columns.
    """
    version = standing.version + 1
    drafts = [standing.draft(action, edit, period, version) for period in periods]
    append(connection, drafts, moment)
    found = standing_of(connection, standing.collection, standing.id, standing.today)
    return row_of(connection, found)


def row_of(connection: sa.Connection, standing: Standing) -> Row:
    """The row that the layer must hold for a record, as its history gives it."""
    run, state = standing.existence, standing.state
    blob = None
    if state.held is not None:
        query = sa.select(history.c.geometry).where(history.c.sequence == state.held[0])
        blob = connection.execute(query).scalar_one()
    bounds = {"valid_from": day_text(run.start), "valid_to": day_text(run.end)}
    row: Row = {"id": standing.id, **orjson.loads(state.text), **bounds}
    return row | {"version": standing.version, "geometry": blob}


def refuse_touched(connection: sa.Connection, collection: Collection, id: str) -> None:
    """Refuse an edit of a record whose row another program touched.

    Raises
    ------
    RuleViolation
        Naming the way out.
    """
    table, log = LAYERS[collection].table, OUTSIDE[collection]
    here = sa.select(table.c.fid).where(table.c.id == id, table.c.fid.in_(pending_fids(log)))
    before = sa.select(log.c.fid).where(log.c.settled.is_(None), log.c.id == id)
    if connection.execute(sa.union(here, before).limit(1)).first() is not None:
        text = (
            f"{collection} 的记录 {id} 被外部程序（如 QGIS）改过，尚未处理："
            "请先用 civgeo history outside 查看，再采纳或还原"
        )
        raise RuleViolation(text, code="outside_pending")


def touch(connection: sa.Connection, table: sa.Table, extent: Box | None) -> None:
    """Note a change and the extent of a table, where it has one, in the GeoPackage's contents."""
    values: dict[str, object] = {"last_change": NOW}
    if extent is not None:
        values |= dict(zip(("min_x", "min_y", "max_x", "max_y"), extent, strict=True))
    here = contents.c.table_name == table.name
    connection.execute(sa.update(contents).where(here).values(values))


def envelope_of_blob(blob: object) -> Box | None:
    """Envelope of a geometry of the store, None for null and for an empty one."""
    if not isinstance(blob, bytes):
        return None
    edges = (geopackage.x_min, geopackage.y_min, geopackage.x_max, geopackage.y_max)
    west, south, east, north = (edge(blob) for edge in edges)
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north


def widened(extent: Box | None, blob: bytes | None) -> Box | None:
    """`extent` with the geometry of `blob` in it."""
    return united(extent, envelope_of_blob(blob))


def united(extent: Box | None, added: Box | None) -> Box | None:
    """The box that holds both."""
    if extent is None or added is None:
        return extent or added
    west, south = min(extent[0], added[0]), min(extent[1], added[1])
    return west, south, max(extent[2], added[2]), max(extent[3], added[3])


def begin_own(connection: sa.Connection) -> None:
    """Mark the transaction as ours; no other connection ever sees the mark."""
    connection.execute(sa.update(own_write).values(active=1))


def end_own(connection: sa.Connection) -> None:
    """Take the mark away again, before the transaction is committed."""
    connection.execute(sa.update(own_write).values(active=0))
