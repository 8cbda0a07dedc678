"""Edits that other programs made to the file: what they changed, and the rows as last adopted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from civgeo.domain.history import Value
from civgeo.store import sqlite
from civgeo.store.history_tables import OUTSIDE
from civgeo.store.selection import Source
from civgeo.store.tables import LAYERS, Collection

__all__ = ["OutsideEdit", "OutsideKind", "adopted_sources", "outside_edits", "pending_fids"]


class OutsideKind(StrEnum):
    """What became of the row, all events together."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"

    @property
    def label_zh(self) -> str:
        """Kind in Chinese."""
        return {"added": "新增", "changed": "修改", "removed": "删除"}[self.value]


@dataclass(frozen=True, slots=True)
class OutsideEdit:
    """What another program made of one row since it was last adopted; who did it is not known.

    Parameters
    ----------
    edit_id
        Names the edit as it stands; a further change to the row gives another one.
    collection, fid
        The row.
    id
        Record that the row was, or for a new row says it is.
    kind
        Added, changed or removed.
    first_at, last_at
        When the first and the last change came, UTC.
    events
        How many changes came.
    before, after
        Properties as adopted, and as they stand in the file; None where there is no row.
    changed
        Properties that differ, ``geometry`` among them.
    before_geometry, after_geometry
        GeoPackage blobs of both.
    """

    edit_id: str
    collection: Collection
    fid: int
    id: str
    kind: OutsideKind
    first_at: datetime
    last_at: datetime
    events: int
    before: Mapping[str, Value] | None
    after: Mapping[str, Value] | None
    changed: tuple[str, ...]
    before_geometry: bytes | None
    after_geometry: bytes | None


def pending_fids(log: sa.Table) -> sa.Select[int]:
    """Rows that another program touched and nobody has settled."""
    return sa.select(log.c.fid).where(log.c.settled.is_(None))


def adopted_sources(connection: sa.Connection, collection: Collection) -> list[Source]:
    """Where the adopted rows of a layer stand: its table, and the log for rows touched outside."""
    table, log = LAYERS[collection].table, OUTSIDE[collection]
    touched = pending_fids(log)
    if connection.execute(touched.limit(1)).first() is None:
        return [Source(table, (), lambda box: sqlite.meets_box(table, box))]
    firsts = sa.select(sa.func.min(log.c.sequence)).where(log.c.settled.is_(None))
    before = (
        sa.select(*(log.c[column.name] for column in table.columns))
        .where(log.c.sequence.in_(firsts.group_by(log.c.fid)), log.c.event != "insert")
        .subquery(f"adopted_{table.name}")
    )
    return [
        Source(table, (table.c.fid.not_in(touched),), lambda box: sqlite.meets_box(table, box)),
        Source(before, (), lambda box: sqlite.meets_box_directly(before.c.geometry, box)),
    ]


def outside_edits(connection: sa.Connection) -> tuple[OutsideEdit, ...]:
    """Edits by other programs that nobody has adopted or reverted, the oldest first."""
    found = [edit for collection in Collection for edit in _of(connection, collection)]
    return tuple(sorted(found, key=lambda edit: (edit.first_at, edit.edit_id)))


def _of(connection: sa.Connection, collection: Collection) -> list[OutsideEdit]:
    table, log = LAYERS[collection].table, OUTSIDE[collection]
    query = sa.select(log).where(log.c.settled.is_(None)).order_by(log.c.sequence)
    events: dict[int, list[sa.RowMapping]] = {}
    for row in connection.execute(query).mappings():
        events.setdefault(row["fid"], []).append(row)
    touched = sa.select(table).where(table.c.fid.in_(pending_fids(log)))
    present = {row["fid"]: row for row in connection.execute(touched).mappings()}
    made = (_edit(collection, rows, present.get(fid)) for fid, rows in events.items())
    return [edit for edit in made if edit is not None]


def _edit(
    collection: Collection, events: Sequence[sa.RowMapping], after: sa.RowMapping | None
) -> OutsideEdit | None:
    """The net effect of the events on one row; None where a row came and went."""
    before = None if events[0]["event"] == "insert" else events[0]
    row = before or after
    if row is None:
        return None
    names = [c.name for c in LAYERS[collection].table.columns if c.name not in ("fid", "geometry")]
    changed: tuple[str, ...] = ()
    if before is None:
        kind = OutsideKind.ADDED
    elif after is None:
        kind = OutsideKind.REMOVED
    else:
        kind = OutsideKind.CHANGED
        changed = tuple(n for n in (*names, "geometry") if before[n] != after[n])
    return OutsideEdit(
        edit_id=f"{collection}-{events[-1]['sequence']}",
        collection=collection,
        fid=row["fid"],
        id=row["id"],
        kind=kind,
        first_at=_moment(events[0]),
        last_at=_moment(events[-1]),
        events=len(events),
        before=None if before is None else {name: before[name] for name in names},
        after=None if after is None else {name: after[name] for name in names},
        changed=changed,
        before_geometry=None if before is None else before["geometry"],
        after_geometry=None if after is None else after["geometry"],
    )


def _moment(event: sa.RowMapping) -> datetime:
    return datetime.fromisoformat(event["happened_at"]).astimezone(UTC)
