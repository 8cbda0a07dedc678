"""Batches of an import, as the history has them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from civgeo.store.history_tables import history
from civgeo.store.reading import Reading

__all__ = ["UNDO", "Batch", "batches", "batches_like"]

UNDO = "undo "
"""Stands before the batch's name in the entries that take it back."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What the history holds of one batch.

    Parameters
    ----------
    name
        As it stands in the history.
    collection
        Collection that it wrote to.
    actor, document, recorded_at
        As in `Entry`.
    created, changed
        How many records it created, and how many it changed.
    undone
        Whether it was taken back.
    """

    name: str
    collection: str
    actor: str
    document: str
    recorded_at: datetime
    created: int
    changed: int
    undone: bool


def batches(reading: Reading) -> tuple[Batch, ...]:
    """All batches in the history, the newest first."""
    return _batches(reading, history.c.batch.is_not(None))


def batches_like(reading: Reading, pattern: str) -> tuple[Batch, ...]:
    """Batches whose names fit `pattern` (``%`` is any text), the newest first."""
    return _batches(reading, sa.or_(*(history.c.batch.like(f"{p}{pattern}") for p in ("", UNDO))))


def _batches(reading: Reading, condition: sa.ColumnElement[bool]) -> tuple[Batch, ...]:
    connection = reading._connection
    query = (
        sa.select(
            history.c.batch,
            history.c.register,
            sa.func.min(history.c.sequence).label("first"),
            sa.func.count(sa.distinct(history.c.entity)).label("records"),
            sa.func.count(sa.distinct(sa.case((history.c.version == 1, history.c.entity)))).label(
                "created"
            ),
        )
        .where(condition)
        .group_by(history.c.batch, history.c.register)
    )
    found = connection.execute(query).all()
    undone = {row.batch.removeprefix(UNDO) for row in found if row.batch.startswith(UNDO)}
    own = [row for row in found if not row.batch.startswith(UNDO)]
    firsts = {
        row.sequence: row
        for row in connection.execute(
            sa.select(
                history.c.sequence, history.c.actor, history.c.document, history.c.recorded_at
            ).where(history.c.sequence.in_([row.first for row in own]))
        )
    }
    made = [
        Batch(
            name=row.batch,
            collection=row.register,
            actor=firsts[row.first].actor,
            document=firsts[row.first].document,
            recorded_at=datetime.fromisoformat(firsts[row.first].recorded_at).astimezone(UTC),
            created=row.created,
            changed=row.records - row.created,
            undone=row.batch in undone,
        )
        for row in own
    ]
    return tuple(sorted(made, key=lambda batch: batch.recorded_at, reverse=True))
