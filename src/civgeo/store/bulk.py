"""Many records of a collection written at once, checked together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

import geopandas as gpd
import orjson
import shapely
import sqlalchemy as sa

from civgeo.domain.history import Action, Edit, canonical
from civgeo.domain.period import Period, amended, run_around, timeline
from civgeo.errors import NotFound, RuleViolation, StaleEdit
from civgeo.store import geopackage, sqlite
from civgeo.store.chains import append, day_of, day_text
from civgeo.store.editing import CHECKS, Change, Standing, State
from civgeo.store.frames import Row, frame_of, rows_of, state_text
from civgeo.store.history_tables import OUTSIDE, history
from civgeo.store.outside import pending_fids
from civgeo.store.records import touch, widened
from civgeo.store.tables import LAYERS, VALIDITY, Collection
from civgeo.store.writing import Writing

__all__ = ["apply_many", "correct_many", "refuse_touched", "revive_many", "some", "standings_of"]

_SOME = 20


def correct_many(
    writing: Writing,
    collection: Collection,
    changes: Mapping[str, Change],
    edit: Edit,
    versions: Mapping[str, int],
) -> int:
    """Change properties of many records, each as `Writing.correct` would; returns how many.

    The records are checked together, which takes the time of one.

    Parameters
    ----------
    writing
        The transaction.
    collection, edit
        As in `Writing.correct`.
    changes
        Properties and their new values, by id.
    versions
        Version that each change was made from, by id.

    Raises
    ------
    StaleEdit
        When a record has another version by now, or is not there any more.
    InvalidInput, CrsError
        When a record would not be valid any more.
    RuleViolation
        When another program changed a row and nobody has settled that, or a record does not
        exist over the period.
    """
    standings = standings_of(writing, collection, changes)
    _require_versions(standings, versions)
    refuse_touched(writing, collection, changes)
    texts = _texts(standings, changes, edit)
    amendments = []
    for id, standing in standings.items():
        blob = _blob(changes[id])
        change = _Change(iter(texts[id]), blob)
        periods = amended(standing.periods, edit.valid_from, edit.valid_to, change)
        before = amended(standing.periods, edit.valid_from, edit.valid_to, lambda state: state)
        if periods != before:
            amendments.append((standing, periods))
    return apply_many(writing, collection, amendments, Action.IMPORT, edit)


def revive_many(
    writing: Writing, collection: Collection, frame: gpd.GeoDataFrame, edit: Edit
) -> None:
    """Let records exist again that an undo took back altogether.

    Parameters
    ----------
    writing, collection, edit
        As in `correct_many`.
    frame
        As the collection's frame must be; ids of records that were taken back.

    Raises
    ------
    InvalidInput, CrsError
        When the frame is not as promised.
    RuleViolation
        When another program changed a row and nobody has settled that.
    """
    layer = LAYERS[collection]
    rows = {str(row["id"]): row for row in rows_of(layer, CHECKS[collection](frame))}
    standings = standings_of(writing, collection, rows)
    refuse_touched(writing, collection, rows)
    amendments = []
    for id, standing in standings.items():
        row, bounds = rows[id], (edit.valid_from, edit.valid_to)
        if not layer.unlisted:
            start, end = (row[name] for name in VALIDITY)
            bounds = day_of(_text_or_none(start)), day_of(_text_or_none(end))
        geometry = row["geometry"] if isinstance(row["geometry"], bytes) else None
        state = State(state_text(layer.recorded, row), None, geometry)
        amendments.append((standing, [Period(*bounds, state)]))
    apply_many(writing, collection, amendments, Action.IMPORT, edit)


def standings_of(
    writing: Writing, collection: Collection, ids: Iterable[str]
) -> dict[str, Standing]:
    """Each record as its history gives it, in the order of `ids`."""
    names = ("entity", "county", "version", "valid_from", "valid_to", "state", "shape", "shape_at")
    wanted = list(ids)
    query = (
        sa.select(*(history.c[name] for name in names))
        .where(history.c.register == collection.value, sqlite.listed(history.c.entity, wanted))
        .order_by(history.c.entity, history.c.sequence)
    )
    found: dict[str, Standing] = {}
    for id, rows in groupby(writing._connection.execute(query), lambda row: row.entity):
        recorded = []
        county, version = "", 0
        for row in rows:
            held = None if row.shape is None else (row.shape_at, row.shape)
            state = None if row.state is None else State(row.state, held)
            period = Period(day_of(row.valid_from), day_of(row.valid_to), state)
            recorded.append((row.version, period))
            county, version = row.county, row.version
        periods = timeline(period for _, period in recorded)
        found[id] = Standing(
            collection, id, county, version, periods, tuple(recorded), writing.today
        )
    missing = [id for id in wanted if id not in found]
    if missing:
        raise StaleEdit(f"{collection} 中已没有这些记录：{some(missing)}。请重新预检")
    return {id: found[id] for id in wanted}


def _require_versions(standings: Mapping[str, Standing], versions: Mapping[str, int]) -> None:
    stale = [id for id, standing in standings.items() if standing.version != versions[id]]
    if stale:
        text = f"预检之后，{len(stale)} 条记录被他人修改过：{some(stale)}。请重新预检"
        raise StaleEdit(text, code="precheck_stale")


def refuse_touched(writing: Writing, collection: Collection, ids: Iterable[str]) -> None:
    """Refuse to write records whose rows another program touched; raises RuleViolation."""
    table, log = LAYERS[collection].table, OUTSIDE[collection]
    here = sa.select(table.c.id).where(table.c.fid.in_(pending_fids(log)))
    before = sa.select(log.c.id).where(log.c.settled.is_(None))
    pending = set(writing._connection.execute(sa.union(here, before)).scalars())
    touched = sorted(pending.intersection(ids))
    if touched:
        raise RuleViolation(
            f"{collection} 的记录 {some(touched)} 被外部程序（如 QGIS）改过，尚未处理："
            "请先用 civgeo history outside 查看，再采纳或还原",
            code="outside_pending",
        )


def _texts(
    standings: Mapping[str, Standing], changes: Mapping[str, Change], edit: Edit
) -> dict[str, list[str]]:
    """Canonical states after the change, one for each period that it touches, by id."""
    found: dict[str, list[str]] = {}
    for id, standing in standings.items():
        values = {name: value for name, value in changes[id].items() if name != "geometry"}
        touched = amended(standing.periods, edit.valid_from, edit.valid_to, lambda state: state)
        if not touched:
            text = f"{standing.collection} 的记录 {id} 在所填期间不存在，不能更改"
            raise RuleViolation(text, code="not_valid_then")
        merged = []
        for period in touched:
            row = orjson.loads(period.state.text if period.state else "{}") | values
            merged.append(canonical(row))
        found[id] = merged
    for place in range(max(map(len, found.values()), default=0)):
        part = {id: texts[place] for id, texts in found.items() if len(texts) > place}
        for id, text in _checked(part, standings, changes).items():
            found[id][place] = text
    return found


def _checked(
    texts: Mapping[str, str], standings: Mapping[str, Standing], changes: Mapping[str, Change]
) -> dict[str, str]:
    """The states as the collection's validator gives them, one of each record."""
    collection = next(iter(standings.values())).collection
    layer = LAYERS[collection]
    stand_in = None
    if collection is not Collection.DIVISIONS:
        stand_in = geopackage.encode([shapely.Point(114, 33)])[0]
    rows = []
    for id, text in texts.items():
        cells: Row = dict.fromkeys(VALIDITY) | {"fid": 0, "id": id, "version": 1}
        cells |= orjson.loads(text) | {"geometry": _blob(changes[id]) or stand_in}
        rows.append(tuple(cells[column.name] for column in layer.table.columns))
    checked = rows_of(layer, CHECKS[collection](frame_of(layer, rows)))
    return {str(row["id"]): state_text(layer.recorded, row) for row in checked}


def _blob(change: Change) -> bytes | None:
    shape = change.get("geometry")
    return geopackage.encode([shape])[0] if isinstance(shape, shapely.Geometry) else None


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of the states of one record, one after the other."""

    texts: Iterator[str]
    blob: bytes | None

    def __call__(self, state: State) -> State:
        text, blob = next(self.texts), self.blob
        if blob is None or (state.held is not None and state.held[1] == sha256(blob).hexdigest()):
            return State(text, state.held)
        return State(text, None, blob)


def apply_many(
    writing: Writing,
    collection: Collection,
    amendments: Sequence[tuple[Standing, Sequence[Period[State]]]],
    action: Action,
    edit: Edit,
) -> int:
    """Append the entries and bring the rows of the layer to what the history then gives."""
    if not amendments:
        return 0
    connection = writing._connection
    drafts = [
        standing.draft(action, edit, period, standing.version + 1)
        for standing, periods in amendments
        for period in periods
    ]
    append(connection, drafts, writing._moment)
    blobs = _held_blobs(writing, [standing for standing, _ in amendments])
    rows = {standing.id: _row_after(standing, periods, blobs) for standing, periods in amendments}
    _update(connection, LAYERS[collection].table, rows)
    extent = writing.extent(collection)
    for values in rows.values():
        blob = values.get("geometry")
        extent = widened(extent, blob if isinstance(blob, bytes) else None)
    touch(connection, LAYERS[collection].table, extent)
    return len(amendments)


def _update(connection: sa.Connection, table: sa.Table, rows: Mapping[str, Row]) -> None:
    """Set the columns of rows by id; those with and without a geometry go in one statement each."""
    by_columns: dict[tuple[str, ...], list[Row]] = {}
    for id, values in rows.items():
        named = {f"new_{name}": value for name, value in values.items()} | {"this_id": id}
        by_columns.setdefault(tuple(values), []).append(named)
    for names, parameters in by_columns.items():
        update = sa.update(table).where(table.c.id == sa.bindparam("this_id"))
        columns: dict[str, object] = {name: sa.bindparam(f"new_{name}") for name in names}
        connection.execute(update.values(columns), parameters)


def _row_after(
    standing: Standing, periods: Sequence[Period[State]], blobs: Mapping[int, bytes]
) -> Row:
    """Columns of the layer's row after the new entries."""
    after = timeline([*(period for _, period in standing.recorded), *periods])
    run = run_around(after, standing.today)
    if run is None or run.state is None:
        raise NotFound(f"{standing.collection} 中没有编号为 {standing.id[:80]!r} 的记录")
    bounds = {"valid_from": day_text(run.start), "valid_to": day_text(run.end)}
    row: Row = {**orjson.loads(run.state.text), **bounds, "version": standing.version + 1}
    if run.state.geometry is not None or run.state.held != standing.state.held:
        held = run.state.held
        row["geometry"] = run.state.geometry if held is None else blobs[held[0]]
    return row


def _held_blobs(writing: Writing, standings: Sequence[Standing]) -> dict[int, bytes]:
    """Geometries that entries of the records hold, by sequence."""
    held = {
        period.state.held[0]
        for standing in standings
        for _, period in standing.recorded
        if period.state is not None and period.state.held is not None
    }
    rows = sa.func.json_each(orjson.dumps(sorted(held)).decode()).table_valued("value")
    query = sa.select(history.c.sequence, history.c.geometry)
    found = writing._connection.execute(
        query.where(history.c.sequence.in_(sa.select(rows.c.value)))
    )
    return {row.sequence: row.geometry for row in found}


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def some(texts: Sequence[str]) -> str:
    """The first texts, and how many there are."""
    shown = "、".join(texts[:_SOME])
    return shown if len(texts) <= _SOME else f"{shown} 等 {len(texts)} 条"
