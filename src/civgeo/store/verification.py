"""Whether the present records are what their history gives."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import sqlalchemy as sa

from civgeo.domain.history import Fault, Finding
from civgeo.domain.period import Period, run_around, timeline
from civgeo.domain.standard import Standard
from civgeo.store.chains import day_of, day_text
from civgeo.store.frames import state_text
from civgeo.store.history_tables import history
from civgeo.store.outside import adopted_sources
from civgeo.store.tables import LAYERS, Collection, standards

__all__ = ["STANDARD_STATE", "present_faults"]

STANDARD_STATE = tuple(name for name in Standard.__dataclass_fields__ if name != "id")
"""Columns of a standard that its history keeps."""

_Standing = tuple[int, str | None, str | None, str, bytes | None]
"""Version, bounds of existence, canonical state, geometry."""


def present_faults(connection: sa.Connection, today: date) -> Iterator[Finding]:
    """Records whose current row differs from what the entries of the history add up to."""
    for collection in Collection:
        register = collection.value
        present = _adopted_rows(connection, collection)
        yield from _differences(register, _replayed(connection, register, today), present)
    query = sa.select(standards).order_by(standards.c.id)
    rows = connection.execute(query.execution_options(yield_per=1000)).mappings()
    present = (
        (row["id"], (1, None, None, state_text(STANDARD_STATE, dict(row)), None)) for row in rows
    )
    yield from _differences("standards", _replayed(connection, "standards", today), present)


def _differences(
    register: str,
    replayed: Iterator[tuple[str, tuple[str, _Standing]]],
    present: Iterable[tuple[str, _Standing]],
) -> Iterator[Finding]:
    """Both sides come by id; each holds an id once."""
    rows = iter(present)
    row = next(rows, None)
    for id, (county, standing) in replayed:
        while row is not None and row[0] < id:
            yield Finding(Fault.PRESENT, register, "------", row[0], None)
            row = next(rows, None)
        if row is None or row != (id, standing):
            yield Finding(Fault.PRESENT, register, county, id, None)
        if row is not None and row[0] == id:
            row = next(rows, None)
    while row is not None:
        yield Finding(Fault.PRESENT, register, "------", row[0], None)
        row = next(rows, None)


def _adopted_rows(
    connection: sa.Connection, collection: Collection
) -> Iterator[tuple[str, _Standing]]:
    layer = LAYERS[collection]
    selects = [
        sa.select(*(source.rows.c[column.name] for column in layer.table.columns)).where(
            *source.only
        )
        for source in adopted_sources(connection, collection)
    ]
    query = selects[0] if len(selects) == 1 else sa.union_all(*selects)
    ordered = query.order_by("id").execution_options(yield_per=1000)
    for row in connection.execute(ordered).mappings():
        state = state_text(layer.recorded, dict(row))
        bounds = row["valid_from"], row["valid_to"]
        yield row["id"], (row["version"], *bounds, state, row["geometry"])


def _replayed(
    connection: sa.Connection, register: str, today: date
) -> Iterator[tuple[str, tuple[str, _Standing]]]:
    held = history.alias("held")
    query = (
        sa.select(history, held.c.geometry.label("held"))
        .join(held, held.c.sequence == history.c.shape_at, isouter=True)
        .where(history.c.register == register)
        .order_by(history.c.entity, history.c.sequence)
        .execution_options(yield_per=1000)
    )
    for entity, rows in groupby(connection.execute(query), lambda row: row.entity):
        periods, last = [], None
        for row in rows:
            state = None if row.state is None else (row.state, row.held)
            periods.append(Period(day_of(row.valid_from), day_of(row.valid_to), state))
            last = row
        run = run_around(timeline(periods), today)
        if run is not None and run.state is not None and last is not None:
            bounds = day_text(run.start), day_text(run.end)
            yield entity, (last.county, (last.version, *bounds, *run.state))
