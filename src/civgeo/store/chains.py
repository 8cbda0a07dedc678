"""The history as it is written and read: entries, their chains, and what is wrong with them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from json.encoder import encode_basestring

import orjson
import sqlalchemy as sa

from civgeo.domain.history import (
    Action,
    Edit,
    Entry,
    Fault,
    Finding,
    Head,
    Link,
    broken_links,
    entry_hash,
    moment_text,
)
from civgeo.store.history_tables import CONTENT, history

__all__ = [
    "Draft",
    "Sealer",
    "append",
    "chain_faults",
    "county_of",
    "day_of",
    "day_text",
    "entries",
    "entries_since",
    "heads",
    "last_sequence",
    "moment_after",
]

AT_ONCE = 20_000
_NEWEST = (
    sa.select(history.c.sequence)
    .where(history.c.register != sa.bindparam("apart_from"))
    .order_by(history.c.sequence.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it gets its place and its seal.

    Parameters
    ----------
    register, county, entity, version, action, edit
        As in `Entry`.
    valid_from, valid_to
        Period of this entry; that of `edit` may be wider.
    state
        Canonical JSON, None where the record does not exist.
    geometry
        GeoPackage blob that this entry brings; None without geometry, or where an earlier entry
        holds it.
    held
        Sequence and SHA-256 of the earlier entry that holds the geometry.
    """

    register: str
    county: str
    entity: str
    version: int
    action: Action
    edit: Edit
    valid_from: date | None
    valid_to: date | None
    state: str | None
    geometry: bytes | None = None
    held: tuple[int, str] | None = None


def county_of(division: str) -> str:
    """Six digits of the county (or the division above it) that `division` belongs to."""
    return division[:6].ljust(6, "0")


def moment_after(connection: sa.Connection, now: datetime) -> datetime:
    """`now` to the millisecond, or one millisecond after the newest entry where that is later.

    So every write has a moment of its own, even when the clock was set back.
    """
    query = sa.select(history.c.recorded_at).order_by(history.c.sequence.desc()).limit(1)
    last = connection.execute(query).scalar() or ""
    if moment_text(now) > last:
        return datetime.fromisoformat(moment_text(now))
    return datetime.fromisoformat(last) + timedelta(milliseconds=1)


def append(connection: sa.Connection, drafts: Sequence[Draft], moment: str) -> None:
    """Append one entry for each draft, sealed into its chain.

    Parameters
    ----------
    connection
        Connection within a write transaction of civgeo.
    drafts
        What happened, in order.
    moment
        When it is recorded, as `moment_text` writes it.
    """
    last = last_sequence(connection)
    seals: dict[tuple[str, str], str] = {}
    for start in range(0, len(drafts), AT_ONCE):
        rows = []
        for sequence, draft in enumerate(drafts[start : start + AT_ONCE], last + start + 1):
            chain = draft.register, draft.county
            if chain not in seals:
                seals[chain] = _seal_of(connection, *chain)
            row = _row(draft, sequence, moment, seals[chain])
            seals[chain] = str(row["hash"])
            rows.append(row)
        connection.execute(sa.insert(history), rows)


def last_sequence(connection: sa.Connection, apart_from: str = "") -> int:
    """Place of the newest entry that is not of the register `apart_from`, 0 before the first."""
    return connection.execute(_NEWEST, {"apart_from": apart_from}).scalar() or 0


def _seal_of(connection: sa.Connection, register: str, county: str) -> str:
    query = sa.select(history.c.hash).where(
        history.c.register == register, history.c.county == county
    )
    return connection.execute(query.order_by(history.c.sequence.desc()).limit(1)).scalar() or ""


def _row(draft: Draft, sequence: int, moment: str, previous: str) -> dict[str, object]:
    shape_at, shape = draft.held or (None, None)
    if draft.geometry is not None:
        shape_at, shape = sequence, sha256(draft.geometry).hexdigest()
    edit = draft.edit
    content = (
        *(sequence, draft.register, draft.county, draft.entity, draft.version),
        *(draft.action.value, day_text(draft.valid_from), day_text(draft.valid_to), moment),
        *(edit.actor, edit.document, day_text(edit.document_date), edit.batch),
        *(draft.state, shape),
    )
    row: dict[str, object] = dict(zip(CONTENT, content, strict=True))
    row |= {"shape_at": shape_at, "geometry": draft.geometry, "previous": previous}
    row["hash"] = entry_hash(previous, content)
    return row


class Sealer:
    """Seals the entries of one write as `append` would, in a third of the time.

    Parameters
    ----------
    connection
        Connection within a write transaction of civgeo.
    register, action, edit, moment
        What all the entries have in common.
    counties
        Chains that they are going to stand in.
    """

    def __init__(
        self,
        connection: sa.Connection,
        register: str,
        action: Action,
        edit: Edit,
        moment: str,
        counties: Iterable[str],
    ) -> None:
        noted = (moment, edit.actor, edit.document, day_text(edit.document_date), edit.batch)
        self._register, self._action = _json(register), _json(action.value)
        self._noted = ",".join(map(_json, noted))
        self._heads = {county: _seal_of(connection, register, county) for county in counties}

    def seals(
        self,
        sequence: int,
        county: str,
        entity: str,
        version: int,
        start: str | None,
        end: str | None,
        state: str | None,
        shape: str | None,
    ) -> str:
        """Seal of the entry before (empty for the first of a chain) and of this one, 64 digits.

        To be asked once for each entry, in their order.
        """
        previous = self._heads[county]
        content = (
            f"[{sequence},{self._register},{_json(county)},{_json(entity)},{version},"
            f"{self._action},{_json(start)},{_json(end)},{self._noted},"
            f"{_json(state)},{_json(shape)}]"
        )
        found = sha256(f"{previous}\n{content}".encode()).hexdigest()
        self._heads[county] = found
        return previous + found


def _json(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


def day_text(day: date | None) -> str | None:
    """YYYY-MM-DD, None for none."""
    return None if day is None else day.isoformat()


def day_of(text: str | None) -> date | None:
    """Day that `day_text` wrote."""
    return None if text is None else date.fromisoformat(text)


def entries(connection: sa.Connection, register: str, entity: str) -> tuple[Entry, ...]:
    """Entries of one record, in the order in which they were recorded."""
    columns = [history.c[name] for name in (*CONTENT, "hash")]
    query = sa.select(*columns).where(history.c.register == register, history.c.entity == entity)
    rows = connection.execute(query.order_by(history.c.sequence))
    return tuple(_entry(row) for row in rows.mappings())


def entries_since(
    connection: sa.Connection, register: str, sequence: int, limit: int
) -> tuple[Entry, ...]:
    """The first `limit` entries of a register after `sequence`, in order."""
    columns = [history.c[name] for name in (*CONTENT, "hash")]
    query = sa.select(*columns).where(history.c.register == register)
    query = query.where(history.c.sequence > sequence).order_by(history.c.sequence).limit(limit)
    return tuple(_entry(row) for row in connection.execute(query).mappings())


def _entry(row: sa.RowMapping) -> Entry:
    return Entry(
        sequence=row["sequence"],
        register=row["register"],
        county=row["county"],
        id=row["entity"],
        version=row["version"],
        action=Action(row["action"]),
        valid_from=day_of(row["valid_from"]),
        valid_to=day_of(row["valid_to"]),
        recorded_at=datetime.fromisoformat(row["recorded_at"]).astimezone(UTC),
        actor=row["actor"],
        document=row["document"],
        document_date=day_of(row["document_date"]),
        batch=row["batch"],
        state=None if row["state"] is None else orjson.loads(row["state"]),
        shape=row["shape"],
        hash=row["hash"],
    )


def heads(connection: sa.Connection) -> tuple[Head, ...]:
    """Last link of every chain, by register and county."""
    last = (
        sa.select(sa.func.max(history.c.sequence).label("last"), sa.func.count().label("entries"))
        .group_by(history.c.register, history.c.county)
        .subquery()
    )
    query = (
        sa.select(history, last.c.entries)
        .join(last, history.c.sequence == last.c.last)
        .order_by(history.c.register, history.c.county)
    )
    return tuple(
        Head(
            row.register,
            row.county,
            row.entries,
            row.sequence,
            datetime.fromisoformat(row.recorded_at).astimezone(UTC),
            row.hash,
        )
        for row in connection.execute(query)
    )


def chain_faults(connection: sa.Connection) -> Iterator[Finding]:
    """First broken link of each chain, and entries whose geometry is not the one they seal."""
    yield from broken_links(_links(connection))
    held = history.alias("held")
    query = (
        sa.select(history, held.c.geometry.label("held"))
        .join(held, held.c.sequence == history.c.shape_at, isouter=True)
        .where(history.c.shape.is_not(None))
        .order_by(history.c.sequence)
    )
    for row in connection.execute(query.execution_options(yield_per=1000)):
        if row.held is None or sha256(row.held).hexdigest() != row.shape:
            yield Finding(Fault.SHAPE, row.register, row.county, row.entity, row.sequence)


def _links(connection: sa.Connection) -> Iterator[Link]:
    columns = [history.c[name] for name in (*CONTENT, "previous", "hash")]
    query = sa.select(*columns).order_by(history.c.sequence)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        chain = row.register, row.county
        yield Link(*chain, row.entity, row.sequence, tuple(row[:-2]), row.previous, row.hash)
