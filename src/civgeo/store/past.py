"""Past states of a layer, rebuilt from the history."""

from collections.abc import Collection as Listing
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import orjson
import sqlalchemy as sa

from civgeo.domain.period import Period, run_around, timeline
from civgeo.store import sqlite
from civgeo.store.chains import day_of, day_text
from civgeo.store.disclosure import open_still
from civgeo.store.history_tables import history
from civgeo.store.selection import Selection, Source
from civgeo.store.tables import VALIDITY, Collection, Layer

__all__ = ["count_past", "past_rows"]


def past_rows(
    connection: sa.Connection,
    layer: Layer,
    selection: Selection,
    *,
    moment: str,
    day: date,
    limit: int | None,
    after: int | None,
    open_only: bool = False,
) -> list[tuple[object, ...]]:
    """Rows of a layer for `day` as they were known at `moment`, in the table's columns.

    In place of ``fid`` stands the sequence of the record's first entry, the order of entering.
    ``valid_from`` and ``valid_to`` bound the record's existence around `day`, as known then; a
    condition on them compares the period of the one state that held on `day`. With `open_only`
    only what anybody may know today.
    """
    source = _source(connection, layer, moment, day, selection.ids, open_only=open_only)
    rows = source.rows
    query = sa.select(rows).where(*selection.conditions(layer, source)).order_by(rows.c.fid)
    if after is not None:
        query = query.where(rows.c.fid > after)
    found = list(connection.execute(query.limit(limit)).mappings())
    bounds = _existences(connection, layer, [row["id"] for row in found], moment, day)
    names = [column.name for column in layer.table.columns]
    made = []
    for row in found:
        values = {**row, **orjson.loads(row["recorded_state"]), **bounds[row["id"]]}
        made.append(tuple(values[name] for name in names))
    return made


def count_past(
    connection: sa.Connection,
    layer: Layer,
    selection: Selection,
    *,
    moment: str,
    day: date,
    open_only: bool = False,
) -> int:
    """How many rows `past_rows` gives without a limit."""
    source = _source(connection, layer, moment, day, selection.ids, open_only=open_only)
    query = sa.select(sa.func.count()).select_from(source.rows)
    return connection.execute(query.where(*selection.conditions(layer, source))).scalar_one()


def _source(
    connection: sa.Connection,
    layer: Layer,
    moment: str,
    day: date,
    ids: Listing[str] | None,
    *,
    open_only: bool,
) -> Source:
    """Past states; of `ids` alone the rest of the history is not looked at."""
    known = _recorded_by(connection, moment)
    text = day.isoformat()
    holds = sa.and_(
        sa.or_(history.c.valid_from.is_(None), history.c.valid_from <= text),
        sa.or_(history.c.valid_to.is_(None), history.c.valid_to > text),
    )
    asked = () if ids is None else (sqlite.listed(history.c.entity, ids),)
    winners = (
        sa.select(
            sa.func.min(history.c.sequence).label("first"),
            sa.func.max(sa.case((holds, history.c.sequence))).label("sequence"),
        )
        .where(history.c.register == layer.table.name, history.c.sequence <= known, *asked)
        .group_by(history.c.entity)
        .subquery("winners")
    )
    held = history.alias("held")
    properties = [
        sa.type_coerce(
            sa.func.json_extract(history.c.state, f"$.{name}"), layer.table.c[name].type
        ).label(name)
        for name in layer.recorded
    ]
    rows = (
        sa.select(
            winners.c.first.label("fid"),
            history.c.entity.label("id"),
            history.c.version,
            *(history.c[name] for name in VALIDITY),
            held.c.geometry,
            history.c.state.label("recorded_state"),
            *properties,
        )
        .join(winners, winners.c.sequence == history.c.sequence)
        .join(held, held.c.sequence == history.c.shape_at, isouter=True)
        .where(history.c.state.is_not(None))
        .subquery("past")
    )
    only = open_still(connection, Collection(layer.table.name), rows) if open_only else []
    return Source(rows, tuple(only), lambda box: sqlite.meets_box_directly(rows.c.geometry, box))


def _recorded_by(connection: sa.Connection, moment: str) -> int:
    """Last entry that was recorded at or before `moment`; the moments grow with the sequence."""
    query = sa.select(history.c.sequence).where(history.c.recorded_at <= moment)
    return connection.execute(query.order_by(history.c.sequence.desc()).limit(1)).scalar() or 0


def _existences(
    connection: sa.Connection, layer: Layer, ids: Sequence[str], moment: str, day: date
) -> dict[str, dict[str, str | None]]:
    """``valid_from`` and ``valid_to`` of each record's existence around `day`."""
    query = (
        sa.select(
            history.c.entity,
            *(history.c[name] for name in VALIDITY),
            history.c.state.is_not(None).label("present"),
        )
        .where(history.c.register == layer.table.name, sqlite.listed(history.c.entity, ids))
        .where(history.c.sequence <= _recorded_by(connection, moment))
        .order_by(history.c.entity, history.c.sequence)
    )
    found: dict[str, dict[str, str | None]] = {}
    for entity, rows in groupby(connection.execute(query), lambda row: row.entity):
        periods = [
            Period(day_of(row.valid_from), day_of(row.valid_to), True if row.present else None)
            for row in rows
        ]
        run = run_around(timeline(periods), day)
        if run is not None:
            found[entity] = {"valid_from": day_text(run.start), "valid_to": day_text(run.end)}
    return found
