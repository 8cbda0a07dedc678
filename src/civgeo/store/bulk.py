"""Changes of many records at once, worked out together and before the turn to write."""

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
from civgeo.store.chains import day_of, day_text
from civgeo.store.editing import CHECKS, Change, Standing, State
from civgeo.store.frames import Row, columns_of, frame_of, rows_of, state_text, state_texts
from civgeo.store.history_tables import OUTSIDE, history
from civgeo.store.outside import pending_fids
from civgeo.store.reading import Reading
from civgeo.store.spool import Amended, Depth, EntryRow
from civgeo.store.tables import LAYERS, VALIDITY, Collection

__all__ = [
    "Revival",
    "amendments",
    "corrections",
    "pending_ids",
    "refuse_touched",
    "revival_rows",
    "revivals",
    "some",
    "standings_of",
]

_SOME = 20
Assertions = Sequence[tuple[Standing, Sequence[Period[State]]]]


@dataclass(frozen=True, slots=True)
class Revival:
    """A record that an undo took back altogether, as it is to exist again.

    Parameters
    ----------
    id
        The record.
    state, geometry
        Canonical state and blob.
    bounds
        Its own existence, where no edit bounds the records of the collection.
    """

    id: str
    state: str
    geometry: bytes | None
    bounds: tuple[str | None, str | None]


def corrections(
    reading: Reading,
    collection: Collection,
    changes: Mapping[str, Change],
    edit: Edit,
    versions: Mapping[str, int],
) -> list[Amended]:
    """What changes of many records come to, each as `Writing.correct` would make it.

    The records are checked together, which takes the time of one. Those that stay as they are
    are left out.

    Parameters
    ----------
    reading
        A read, or the transaction that is going to write.
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
    standings = standings_of(reading, collection, changes)
    _require_versions(standings, versions)
    refuse_touched(reading, collection, changes)
    texts = _texts(standings, changes, edit)
    found = []
    for id, standing in standings.items():
        change = _Change(iter(texts[id]), _blob(changes[id]))
        periods = amended(standing.periods, edit.valid_from, edit.valid_to, change)
        before = amended(standing.periods, edit.valid_from, edit.valid_to, lambda state: state)
        if periods != before:
            found.append((standing, periods))
    return amendments(reading, found)


def revival_rows(collection: Collection, frame: gpd.GeoDataFrame) -> list[Revival]:
    """Rows of a frame for `revivals`, checked as the collection demands."""
    layer = LAYERS[collection]
    columns = columns_of(layer, CHECKS[collection](frame))
    texts = state_texts(layer.recorded, columns)
    cells = zip(
        columns["id"], texts, columns["geometry"], *(columns[n] for n in VALIDITY), strict=True
    )
    return [
        Revival(str(id), text, _if_bytes(blob), (_if_text(start), _if_text(end)))
        for id, text, blob, start, end in cells
    ]


def _if_bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _if_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def revivals(
    reading: Reading, collection: Collection, rows: Sequence[Revival], edit: Edit
) -> list[Amended]:
    """What it comes to when records exist again that an undo took back altogether.

    Parameters
    ----------
    reading, collection, edit
        As in `corrections`.
    rows
        The records as they were checked.

    Raises
    ------
    RuleViolation
        When another program changed a row and nobody has settled that.
    """
    standings = standings_of(reading, collection, [row.id for row in rows])
    refuse_touched(reading, collection, standings)
    found = []
    for row in rows:
        bounds = row.bounds
        if LAYERS[collection].unlisted:
            bounds = day_text(edit.valid_from), day_text(edit.valid_to)
        start, end = map(day_of, bounds)
        state = State(row.state, None, row.geometry)
        found.append((standings[row.id], [Period(start, end, state)]))
    return amendments(reading, found)


def standings_of(
    reading: Reading, collection: Collection, ids: Iterable[str]
) -> dict[str, Standing]:
    """Each record as its history gives it, in the order of `ids`; raises StaleEdit."""
    names = ("entity", "county", "version", *VALIDITY, "state", "shape", "shape_at")
    wanted = list(ids)
    query = (
        sa.select(*(history.c[name] for name in names))
        .where(history.c.register == collection.value, sqlite.listed(history.c.entity, wanted))
        .order_by(history.c.entity, history.c.sequence)
    )
    found: dict[str, Standing] = {}
    for id, rows in groupby(reading._connection.execute(query), lambda row: row.entity):
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
            collection, id, county, version, periods, tuple(recorded), reading.today
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


def refuse_touched(reading: Reading, collection: Collection, ids: Iterable[str]) -> None:
    """Refuse to write records whose rows another program touched; raises RuleViolation."""
    touched = sorted(pending_ids(reading, collection).intersection(ids))
    if touched:
        raise RuleViolation(
            f"{collection} 的记录 {some(touched)} 被外部程序（如 QGIS）改过，尚未处理："
            "请先用 civgeo history outside 查看，再采纳或还原",
            code="outside_pending",
        )


def pending_ids(reading: Reading, collection: Collection) -> set[str]:
    """Records whose rows another program touched and nobody has settled."""
    table, log = LAYERS[collection].table, OUTSIDE[collection]
    here = sa.select(table.c.id).where(table.c.fid.in_(pending_fids(log)))
    before = sa.select(log.c.id).where(log.c.settled.is_(None), log.c.id.is_not(None))
    return {*reading._connection.execute(sa.union(here, before)).scalars()}


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


def amendments(reading: Reading, asserted: Assertions) -> list[Amended]:
    """Entries that assert the periods, and the rows that the layer then holds."""
    found = []
    runs = [_run_after(standing, periods) for standing, periods in asserted]
    blobs = _held_blobs(reading, asserted, runs)
    for (standing, periods), run in zip(asserted, runs, strict=True):
        state = run.state
        assert state is not None  # noqa: S101 `_run_after` promises it
        depth, geometry = Depth.VALUES, None
        if state.geometry is not None or state.held != standing.state.held:
            held = state.held
            depth, geometry = Depth.SHAPE, state.geometry if held is None else blobs[held[0]]
        elif state.text == standing.state.text:
            depth = Depth.BOUNDS
        values = orjson.loads(state.text) if depth else {}
        bounds = day_text(run.start), day_text(run.end)
        version = standing.version + 1
        entries = [_entry(standing, period, version) for period in periods]
        found.append(Amended(standing.id, version, entries, bounds, depth, values, geometry))
    return found


def _run_after(standing: Standing, periods: Sequence[Period[State]]) -> Period[State]:
    after = timeline([*(period for _, period in standing.recorded), *periods])
    run = run_around(after, standing.today)
    if run is None or run.state is None:
        raise NotFound(f"{standing.collection} 中没有编号为 {standing.id[:80]!r} 的记录")
    return run


_ANY_EDIT = Edit(actor="-", document="-")


def _entry(standing: Standing, period: Period[State], version: int) -> EntryRow:
    draft = standing.draft(Action.IMPORT, _ANY_EDIT, period, version)
    shape_at, shape = draft.held or (None, None)
    if draft.geometry is not None:
        shape = sha256(draft.geometry).hexdigest()
    bounds = day_text(draft.valid_from), day_text(draft.valid_to)
    own = (draft.entity, draft.county, version, *bounds)
    return (*own, draft.state, shape, shape_at, draft.geometry)


def _held_blobs(
    reading: Reading, asserted: Assertions, runs: Sequence[Period[State]]
) -> dict[int, bytes]:
    """Geometries that rows are going to have again, by the entries that hold them."""
    held = {
        run.state.held[0]
        for (standing, _), run in zip(asserted, runs, strict=True)
        if run.state is not None
        and run.state.held is not None
        and run.state.held != standing.state.held
    }
    rows = sa.func.json_each(orjson.dumps(sorted(held)).decode()).table_valued("value")
    query = sa.select(history.c.sequence, history.c.geometry)
    found = reading._connection.execute(
        query.where(history.c.sequence.in_(sa.select(rows.c.value)))
    )
    return {row.sequence: row.geometry for row in found}


def some(texts: Sequence[str]) -> str:
    """The first texts, and how many there are."""
    shown = "、".join(texts[:_SOME])
    return shown if len(texts) <= _SOME else f"{shown} 等 {len(texts)} 条"
