"""History of one record: its versions, who recorded them, and what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from civgeo.domain.history import Action, Entry, Value
from civgeo.domain.period import Period, amended, timeline
from civgeo.errors import NotFound
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS, CollectionSchema
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["Assertion", "Difference", "RecordHistory", "Version", "differences", "history"]

_SHAPE = "geometry"


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of two states.

    Parameters
    ----------
    name, title
        The property and its Chinese title.
    before, after
        Its values; for ``geometry`` the first eight digits of the seal.
    before_zh, after_zh
        The same for a reader, empty for null.
    """

    name: str
    title: str
    before: Value
    after: Value
    before_zh: str
    after_zh: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a version asserts over one period; `state` None: the record does not exist then."""

    valid_from: date | None
    valid_to: date | None
    state: Mapping[str, Value] | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One edit of a record, as `domain.history.Entry` describes it."""

    version: int
    action: Action
    recorded_at: datetime
    actor: str
    document: str
    document_date: date | None
    batch: str | None
    hash: str
    assertions: tuple[Assertion, ...]


@dataclass(frozen=True, slots=True)
class RecordHistory:
    """All versions of a record, the oldest first.

    Parameters
    ----------
    collection, id, name
        The record, by its last name.
    version
        The standing one, on which the next edit is based.
    exists
        Whether it exists today.
    versions
        Its versions.
    """

    collection: str
    id: str
    name: str
    version: int
    exists: bool
    versions: tuple[Version, ...]


def history(
    city: City, collection: Collection, id: str, *, open_only: bool = False
) -> RecordHistory:
    """History of the record, with the differences of each version from what was known before.

    Parameters
    ----------
    city, collection, id
        The record.
    open_only
        Only when anybody may know the record, and every place that it ever named.

    Raises
    ------
    NotFound
        When there never was such a record, or not everybody may know it.
    """
    with city.store.read() as reading:
        entries = reading.history(collection, id)
        if open_only:
            _refuse_hidden(reading, collection, id, entries)
        exists = not reading.features(collection, ids=[id]).empty
    schema = COLLECTIONS[collection.value]
    versions: list[list[Entry]] = []
    for entry in entries:
        if versions and versions[-1][0].recorded_at == entry.recorded_at:
            versions[-1].append(entry)
        else:
            versions.append([entry])
    told = []
    before: list[Entry] = []
    for group in versions:
        told.append(_version(schema, before, group))
        before += group
    states = [entry.state for entry in entries if entry.state is not None]
    last = states[-1] if states else {}
    name = str(last.get("name") or last.get("number") or id)
    return RecordHistory(collection.value, id, name, entries[-1].version, exists, tuple(told))


def differences(
    schema: CollectionSchema,
    before: Mapping[str, Value] | None,
    after: Mapping[str, Value] | None,
) -> tuple[Difference, ...]:
    """Properties in which two states differ, in the schema's order; None has no property."""
    before, after = before or {}, after or {}
    titles = {item.name: item.title for item in schema.entered} | {_SHAPE: _("图形")}
    return tuple(
        Difference(
            name,
            title,
            before.get(name),
            after.get(name),
            _told(schema, name, before.get(name)),
            _told(schema, name, after.get(name)),
        )
        for name, title in titles.items()
        if before.get(name) != after.get(name)
    )


def _told(schema: CollectionSchema, name: str, value: Value) -> str:
    item = schema.property(name)
    if item is None:
        return "" if value is None else str(value)
    text = item.label(value)
    return f"{text} {item.unit}" if text and item.unit else text


def _refuse_hidden(
    reading: Reading, collection: Collection, id: str, entries: Sequence[Entry]
) -> None:
    found = reading.features(collection, ids=[id], include_closed=True, open_only=True)
    states = [entry.state for entry in entries if entry.state is not None]
    places = {str(state["place"]) for state in states if state.get("place") is not None}
    known, shown = (
        reading.features(Collection.PLACE_NAMES, ids=places, include_closed=True, open_only=only)
        for only in (False, True)
    )
    if found.empty or len(shown) < len(known):
        raise NotFound(f"{collection} 中没有编号为 {id[:80]!r} 的记录")


def _version(schema: CollectionSchema, before: Sequence[Entry], group: Sequence[Entry]) -> Version:
    known = timeline(Period(e.valid_from, e.valid_to, _state(e)) for e in before)
    last = next((_state(e) for e in reversed(before) if e.state is not None), None)
    first = group[0]
    return Version(
        version=first.version,
        action=first.action,
        recorded_at=first.recorded_at,
        actor=first.actor,
        document=first.document,
        document_date=first.document_date,
        batch=first.batch,
        hash=group[-1].hash,
        assertions=tuple(_assertion(schema, known, last, entry) for entry in group),
    )


def _assertion(
    schema: CollectionSchema,
    known: Sequence[Period[dict[str, Value]]],
    last: Mapping[str, Value] | None,
    entry: Entry,
) -> Assertion:
    """What the entry asserts, beside what held then, or the `last` state where nothing did."""
    then = amended(known, entry.valid_from, entry.valid_to, lambda state: state)
    before = then[0].state if then else last
    found = () if entry.state is None else differences(schema, before, _state(entry))
    return Assertion(entry.valid_from, entry.valid_to, entry.state, found)


def _state(entry: Entry) -> dict[str, Value] | None:
    if entry.state is None:
        return None
    return {**entry.state, _SHAPE: entry.shape and entry.shape[:8]}
