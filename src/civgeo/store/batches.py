"""Batches of an import, as the history has them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from civgeo.store.history_tables import history
from civgeo.store.reading import Reading

__all__ = ["UNDO", "Batch", "batches", "batches_like", "was_undone"]

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
    return batches_like(reading, "%")


def batches_like(reading: Reading, pattern: str) -> tuple[Batch, ...]:
    """Batches whose names fit `pattern` (``%`` is any text), the newest first."""
    name = _names().c.name
    query = sa.select(name).where(name.like(pattern), name.not_like(f"{UNDO}%"))
    found = reading._connection.execute(query).scalars()
    made = [batch for name in found for batch in _of_name(reading, name)]
    return tuple(sorted(made, key=lambda batch: batch.recorded_at, reverse=True))


def _names() -> sa.CTE:
    """All names of batches: from each to the next one, so that the index is not read through."""
    first = sa.select(sa.func.min(history.c.batch).label("name")).where(_IN_A_BATCH)
    names = first.cte("names", recursive=True)
    following = sa.select(sa.func.min(history.c.batch)).where(
        _IN_A_BATCH, history.c.batch > names.c.name
    )
    return names.union_all(sa.select(following.scalar_subquery()).where(names.c.name.is_not(None)))


_IN_A_BATCH = history.c.batch.is_not(None)
"""Said in so many words, or SQLite would not use the index over entries in a batch."""


def was_undone(reading: Reading, name: str) -> bool:
    """Whether a batch was taken back."""
    query = sa.select(history.c.sequence).where(history.c.batch == f"{UNDO}{name}").limit(1)
    return reading._connection.execute(query).first() is not None


def _of_name(reading: Reading, name: str) -> list[Batch]:
    """The batch of that name, once for each collection that it wrote to."""
    new = history.c.version == 1
    columns = {
        "register": history.c.register,
        "first": sa.func.min(history.c.sequence),
        "created": sa.func.count(sa.case((new, 1))),
        "changed": sa.func.count(sa.distinct(sa.case((~new, history.c.entity)))),
    }
    counts = (
        sa.select(*(column.label(title) for title, column in columns.items()))
        .where(history.c.batch == name)
        .group_by(history.c.register)
        .subquery()
    )
    query = sa.select(counts, history).join(history, history.c.sequence == counts.c.first)
    undone = was_undone(reading, name)
    return [
        Batch(
            name=name,
            collection=row.register,
            actor=row.actor,
            document=row.document,
            recorded_at=datetime.fromisoformat(row.recorded_at).astimezone(UTC),
            created=row.created,
            changed=row.changed,
            undone=undone,
        )
        for row in reading._connection.execute(query)
    ]
