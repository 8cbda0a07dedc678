"""Tables of the history, of edits by other programs, and the mark of our own writes."""

from collections.abc import Mapping
from types import MappingProxyType

import sqlalchemy as sa

from civgeo.domain.history import Action
from civgeo.store.tables import LAYERS, Collection, Day, Moment, metadata

__all__ = ["CONTENT", "OUTSIDE", "history", "own_write"]

history = sa.Table(
    "history",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("register", "county", "entity")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("valid_from", Day()),
    sa.Column("valid_to", Day()),
    sa.Column("recorded_at", Moment(), nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "document")),
    sa.Column("document_date", Day()),
    sa.Column("batch", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("shape", sa.Text),
    sa.Column("shape_at", sa.Integer),
    sa.Column("geometry", sa.LargeBinary),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("previous", "hash")),
    sa.CheckConstraint(
        f"action IN ({', '.join(repr(action.value) for action in Action)})",
        name="ck_history_action",
    ),
    sa.CheckConstraint("valid_from < valid_to", name="ck_history_period"),
    sa.CheckConstraint("length(hash) = 64", name="ck_history_hash"),
    sa.CheckConstraint(
        "(shape IS NULL) = (shape_at IS NULL) AND (geometry IS NULL OR shape_at = sequence)",
        name="ck_history_shape",
    ),
    sa.Index("ix_history_entity", "register", "entity"),
    sa.Index("ix_history_county", "register", "county"),
    sa.Index("ix_history_batch", "batch", sqlite_where=sa.text("batch IS NOT NULL")),
)
"""Append only. `state` is canonical JSON, null where the record does not exist; `shape` the SHA-256
of the geometry, whose bytes stand in the entry ``shape_at``: this one, or an earlier one of the
same record."""

CONTENT = (
    *("sequence", "register", "county", "entity", "version", "action"),
    *("valid_from", "valid_to", "recorded_at", "actor", "document", "document_date", "batch"),
    *("state", "shape"),
)
"""Columns that a hash is taken over, in this order for ever."""

own_write = sa.Table(
    "own_write",
    metadata,
    sa.Column("fid", sa.Integer, primary_key=True),
    sa.Column("active", sa.Integer, nullable=False),
    sa.CheckConstraint("fid = 1", name="ck_own_write_one_row"),
    sa.CheckConstraint("active IN (0, 1)", name="ck_own_write_active"),
)
"""1 only inside a transaction of civgeo, so no other connection ever reads it as 1."""


def _outside(table: sa.Table) -> sa.Table:
    return sa.Table(
        f"outside_{table.name}",
        metadata,
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("settled", sa.Text),
        *(sa.Column(column.name, column.type) for column in table.columns),
        sa.Index(f"ix_outside_{table.name}_settled", "settled", "fid"),
        sqlite_autoincrement=True,
    )


OUTSIDE: Mapping[Collection, sa.Table] = MappingProxyType(
    {collection: _outside(layer.table) for collection, layer in LAYERS.items()}
)
"""What other programs did to a layer: one row an event (``insert``, ``update``, ``delete``) with
the row as it was before; ``settled`` null while nobody has adopted or reverted it."""
