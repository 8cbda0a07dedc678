"""One record under an edit: where it stands, what the edit makes of it, and the new entries."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType

import geopandas as gpd
import orjson
import shapely
import sqlalchemy as sa

from civgeo.domain.history import Action, Edit, StaleVersion, Value, canonical
from civgeo.domain.period import Period, amended, run_around, timeline
from civgeo.domain.record_form import FieldKind
from civgeo.domain.registers import FORMS, form_of
from civgeo.errors import InvalidInput, NotFound, RuleViolation, VersionRequired
from civgeo.geo.frames import check_divisions, check_estates, check_facilities
from civgeo.geo.record_frames import record_check
from civgeo.store import geopackage
from civgeo.store.chains import Draft, county_of, day_of
from civgeo.store.frames import Row, frame_of, rows_of, state_text
from civgeo.store.history_tables import history
from civgeo.store.tables import LAYERS, VALIDITY, Collection, Layer

__all__ = ["CHECKS", "Change", "ChangedValue", "Check", "Standing", "State", "standing_of"]

ChangedValue = Value | shapely.Geometry
Change = Mapping[str, ChangedValue]
Check = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]


@dataclass(frozen=True, slots=True)
class State:
    """What a record is over a period.

    Parameters
    ----------
    text
        Canonical JSON of its properties.
    held
        Sequence and SHA-256 of the entry that holds the geometry, None without one.
    geometry
        Blob that no entry holds yet.
    """

    text: str
    held: tuple[int, str] | None
    geometry: bytes | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A record with its whole history, as one edit finds it.

    Parameters
    ----------
    collection, id, county, version
        The record.
    periods
        Its states in time's order, those superseded left out.
    recorded
        What each entry asserted, with the version that it made.
    today
        The day of the edit.
    """

    collection: Collection
    id: str
    county: str
    version: int
    periods: tuple[Period[State], ...]
    recorded: tuple[tuple[int, Period[State]], ...]
    today: date

    @property
    def layer(self) -> Layer:
        """Its layer."""
        return LAYERS[self.collection]

    @property
    def existence(self) -> Period[State]:
        """Its existence around today."""
        run = run_around(self.periods, self.today)
        if run is None or run.state is None:
            raise NotFound(f"{self.collection} 中没有编号为 {self.id[:80]!r} 的记录")
        return run

    @property
    def state(self) -> State:
        """What it is today, or was last."""
        found = self.existence.state
        assert found is not None  # noqa: S101 `existence` promises it
        return found

    @property
    def segment(self) -> Period[State]:
        """The one period of its existence around today that has today's, or its last, state."""
        run = self.existence
        parts = amended(self.periods, run.start, run.end, lambda state: state)
        begun = [part for part in parts if part.start is None or part.start <= self.today]
        return begun[-1] if begun else parts[0]

    def require_version(self, expected: int | None) -> None:
        """Refuse an edit that was made from another version.

        Raises
        ------
        VersionRequired
            When `expected` is None.
        StaleVersion
            When the record has another version; it carries both.
        """
        if expected is None:
            text = (
                f"修改 {self.collection} 的记录 {self.id} 要说明依据的版本（If-Match 或 version）"
            )
            raise VersionRequired(text)
        if expected == self.version:
            return
        then = [period for version, period in self.recorded if version <= expected]
        run = run_around(timeline(then), self.today) if 0 < expected < self.version else None
        raise StaleVersion(
            self.collection.value,
            self.id,
            expected=expected,
            current=self.version,
            expected_fields=_fields(run),
            current_fields=orjson.loads(self.state.text),
        )

    def changed(self, changes: Change, edit: Edit) -> list[Period[State]]:
        """New states for the periods over which `edit` holds; empty when nothing differs.

        Raises
        ------
        InvalidInput, CrsError
            When a property is not there to be changed, or the record is not valid afterwards.
        RuleViolation
            When the record does not exist over the period, or the edit lies in the future.
        """
        self._require_known(changes)
        self._require_begun(edit)
        reshaped = "geometry" in changes
        blob = geopackage.encode([_geometry(changes["geometry"])])[0] if reshaped else None
        values = {name: value for name, value in changes.items() if name != "geometry"}

        def change(state: State) -> State:
            shown = blob if reshaped else _STAND_IN.get(self.collection)
            text = canonical(orjson.loads(state.text) | values)
            if reshaped or not _holds_structures(self.collection, values):
                text = _checked_text(self.collection, self.id, text, shown)
            seal = None if blob is None else sha256(blob).hexdigest()
            if not reshaped or (state.held is not None and state.held[1] == seal):
                return State(text, state.held)
            return State(text, None, blob)

        found = amended(self.periods, edit.valid_from, edit.valid_to, change)
        if not found:
            text = f"{self.collection} 的记录 {self.id} 在所填期间不存在，不能更改"
            raise RuleViolation(text, code="not_valid_then")
        as_before = amended(self.periods, edit.valid_from, edit.valid_to, lambda state: state)
        return [] if found == as_before else found

    def _require_known(self, changes: Change) -> None:
        known = {*self.layer.recorded, "geometry"}
        strange = sorted(set(changes) - known)
        if strange:
            text = (
                f"{self.collection} 不能更改 {'、'.join(strange)}；可改：{'、'.join(sorted(known))}"
            )
            raise InvalidInput(text, code="unknown_property")
        if not changes:
            raise InvalidInput("没有给出要更改的内容", code="no_change")

    def _require_begun(self, edit: Edit) -> None:
        for day in (edit.valid_from, edit.valid_to):
            if day is not None and day > self.today:
                raise RuleViolation(f"更改的日期 {day} 在今天之后：请到期再登记", code="future")
        start = edit.valid_from
        first = self.existence.start
        if start and first and start < first and not any(p.holds(start) for p in self._existing):
            text = f"该记录自 {first} 起才有效，不能自 {start} 起更改：请先恢复到该日"
            raise RuleViolation(text, code="not_valid_then")

    @property
    def _existing(self) -> list[Period[State]]:
        return [period for period in self.periods if period.state is not None]

    def closing(self, edit: Edit) -> Period[State]:
        """The period in which the record no longer exists.

        Raises
        ------
        InvalidInput
            When the edit does not say from when.
        RuleViolation
            When the record does not exist then anyway.
        """
        if edit.valid_from is None:
            raise InvalidInput("注销要写明自哪一天起不再存在", code="day_required")
        if not amended(self.periods, edit.valid_from, edit.valid_to, lambda state: state):
            text = f"{self.collection} 的记录 {self.id} 在所填期间本不存在，无须注销"
            raise RuleViolation(text, code="not_valid_then")
        return Period(edit.valid_from, edit.valid_to, None)

    def restoring(self, edit: Edit, of_version: int | None) -> Period[State]:
        """The period in which a closed record exists again, or an earlier version holds again.

        Raises
        ------
        RuleViolation
            When the record is not closed and no earlier version is named.
        NotFound
            When there never was such a version.
        """
        run = self.existence
        if of_version is not None:
            then = [period for version, period in self.recorded if version <= of_version]
            earlier = run_around(timeline(then), self.today) if of_version >= 1 else None
            if earlier is None or of_version > self.version:
                raise NotFound(f"{self.collection} 的记录 {self.id} 没有第 {of_version} 版")
            bounds = edit.valid_from or run.start, edit.valid_to or run.end
            return Period(*bounds, earlier.state)
        first = self._existing[0]
        if edit.valid_from and first.start and edit.valid_from < first.start:
            return Period(edit.valid_from, edit.valid_to or first.start, first.state)
        if run.end is None:
            text = f"{self.collection} 的记录 {self.id} 没有注销，无须恢复"
            raise RuleViolation(text, code="not_closed")
        return Period(edit.valid_from or run.end, edit.valid_to, run.state)

    def draft(self, action: Action, edit: Edit, period: Period[State], version: int) -> Draft:
        """Entry that asserts `period`; a state of None closes."""
        state = period.state
        county = self.county
        if state is not None:
            county = county_of(orjson.loads(state.text)[self.layer.division_column])
        return Draft(
            register=self.collection.value,
            county=county,
            entity=self.id,
            version=version,
            action=action,
            edit=edit,
            valid_from=period.start,
            valid_to=period.end,
            state=None if state is None else state.text,
            geometry=None if state is None else state.geometry,
            held=None if state is None else state.held,
        )


def _geometry(value: object) -> shapely.Geometry | None:
    if value is None or isinstance(value, shapely.Geometry):
        return value
    raise InvalidInput(f"图形应为几何对象，收到 {type(value).__name__}", code="bad_value")


def _holds_structures(collection: Collection, values: Change) -> bool:
    """Whether `values` are JSON texts of fields that hold such: all that a check would ask."""
    form = form_of(collection.value)
    fields = [form.field(name) for name in values] if form else []
    return bool(fields) and all(
        item is not None and item.kind is FieldKind.JSON and _parses(values[item.name])
        for item in fields
    )


def _parses(text: object) -> bool:
    if not isinstance(text, str):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@lru_cache(maxsize=1024)
def _checked_text(collection: Collection, id: str, row: str, blob: bytes | None) -> str:
    """Canonical state of a row that a frame of the collection may hold, as its validator gives it.

    The validator takes thirty milliseconds for one row. `Store.correct` asks it before it queues
    for the write, so that the answer is at hand when the turn comes.
    """
    layer = LAYERS[collection]
    cells: Row = dict.fromkeys(VALIDITY) | {"fid": 0, "id": id, "version": 1, "geometry": blob}
    cells |= orjson.loads(row)
    frame = frame_of(layer, [tuple(cells[column.name] for column in layer.table.columns)])
    return state_text(layer.recorded, rows_of(layer, CHECKS[collection](frame))[0])


CHECKS: Mapping[Collection, Check] = MappingProxyType(
    {
        Collection.DIVISIONS: check_divisions,
        Collection.ESTATES: check_estates,
        Collection.FACILITIES: check_facilities,
        **{Collection(form.id): record_check(form) for form in FORMS},
    }
)
"""What a frame of each collection must be."""

_STAND_IN = dict.fromkeys(
    (Collection.ESTATES, Collection.FACILITIES), geopackage.encode([shapely.Point(114, 33)])[0]
)
"""Shown to the validator in place of a geometry that does not change, where one is required."""


def _fields(run: Period[State] | None) -> Mapping[str, Value] | None:
    if run is None or run.state is None:
        return None
    found: Mapping[str, Value] = orjson.loads(run.state.text)
    return found


def standing_of(
    connection: sa.Connection, collection: Collection, id: str, today: date
) -> Standing:
    """The record as its history gives it.

    Raises
    ------
    NotFound
        When there is none.
    """
    columns = ("county", "version", "valid_from", "valid_to", "state", "shape", "shape_at")
    query = sa.select(*(history.c[name] for name in columns)).order_by(history.c.sequence)
    query = query.where(history.c.register == collection.value, history.c.entity == id)
    recorded = []
    county, version = "", 0
    for row in connection.execute(query):
        held = None if row.shape is None else (row.shape_at, row.shape)
        state = None if row.state is None else State(row.state, held)
        period = Period(day_of(row.valid_from), day_of(row.valid_to), state)
        recorded.append((row.version, period))
        county, version = row.county, row.version
    periods = timeline(period for _, period in recorded)
    found = Standing(collection, id, county, version, periods, tuple(recorded), today)
    _ = found.existence
    return found
