"""A batch taken back: its new records never were, the others are as they were before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice

import orjson
import sqlalchemy as sa

from civgeo.domain.history import Action, Edit
from civgeo.domain.period import Period, amended, timeline
from civgeo.errors import NotFound, RuleViolation
from civgeo.store.batches import UNDO, was_undone
from civgeo.store.bulk import amendments, refuse_touched, some, standings_of
from civgeo.store.editing import Standing, State
from civgeo.store.history_tables import history
from civgeo.store.reading import Reading
from civgeo.store.spool import Amended, in_memory
from civgeo.store.tables import LAYERS, Collection
from civgeo.store.writing import Writing

__all__ = [
    "NEVER",
    "Undone",
    "as_before_batch",
    "refuse_occupied",
    "refuse_undone",
    "undo_batch",
]

NEVER = date.min
"""A record that was taken back altogether exists until before the first day there is."""

AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Undone:
    """How many records an undo took back, and how many it put back as they were."""

    taken_back: int
    put_back: int


def refuse_undone(reading: Reading, name: str) -> None:
    """Refuse a batch that was taken back before; raises RuleViolation."""
    if was_undone(reading, name):
        text = f"批次 {name.partition(':')[0]} 已经撤销过，无须再撤销"
        raise RuleViolation(text, code="batch_undone")


def as_before_batch(reading: Reading, name: str) -> Iterator[tuple[int, list[Amended]]]:
    """What brings the records of a batch to what they were before it, some thousand at a time.

    Parameters
    ----------
    reading
        A read, or the transaction that is going to write.
    name
        The batch as it stands in the history.

    Yields
    ------
    tuple
        How many of the records the batch had created, and the changes of all of them.

    Raises
    ------
    NotFound
        When there is no such batch.
    RuleViolation
        When records were edited since (the message lists them), or another program changed a row
        and nobody has settled that.
    """
    collection = collection_of(reading, name)
    for records in _records_of(reading, name):
        standings = standings_of(reading, collection, records)
        _refuse_later(collection, standings, name, records)
        refuse_touched(reading, collection, standings)
        asserted = [
            (standing, _as_before(standing, records[id])) for id, standing in standings.items()
        ]
        created = sum(first == 1 for first in records.values())
        yield created, amendments(reading, asserted)


def _records_of(reading: Reading, name: str) -> Iterator[dict[str, int]]:
    """Version that the batch made of each record, in the order in which it wrote them."""
    columns = (history.c.entity, history.c.version)
    query = sa.select(*columns).where(history.c.batch == name).order_by(history.c.sequence)
    entries = reading._connection.execute(query.execution_options(yield_per=1000))
    records = (next(rows) for _, rows in groupby(entries, lambda row: row.entity))
    while page := {row.entity: row.version for row in islice(records, AT_ONCE)}:
        yield page


def _refuse_later(
    collection: Collection, standings: Mapping[str, Standing], name: str, firsts: Mapping[str, int]
) -> None:
    later = [id for id, standing in standings.items() if _is_edited_since(standing, firsts[id])]
    if later:
        titles = [_title(standings[id]) for id in later]
        raise RuleViolation(
            f"批次 {name.partition(':')[0]} 不能撤销：{len(later)} 条记录在导入后又被修改过："
            f"{some(titles)}。请先处理这些修改",
            code="batch_touched",
        )


def _is_edited_since(standing: Standing, version: int) -> bool:
    """Whether the record is not what `version` made of it; what was undone does not count."""
    if standing.version == version:
        return False
    then = [period for made, period in standing.recorded if made <= version]
    return _stretches(timeline(then)) != _stretches(standing.periods)


def _stretches(periods: Sequence[Period[State]]) -> list[tuple[object, ...]]:
    """Bounds, text and geometry of each stretch of time without a change."""
    found: list[tuple[object, ...]] = []
    for period in periods:
        if period.state is None:
            continue
        held = period.state.held
        what = (period.state.text, None if held is None else held[1])
        start: object = period.start
        if found and found[-1][1:] == (period.start, *what):
            start = found.pop()[0]
        found.append((start, period.end, *what))
    return found


def _title(standing: Standing) -> str:
    state = orjson.loads(standing.state.text)
    named = next((state[word] for word in _CALLED_BY if state.get(word)), "")
    return f"{named}（{standing.id}）"


_CALLED_BY = ("name", "number", "indicator", "division")
"""Properties that a record is called by, the first that it has."""


@dataclass(frozen=True, slots=True)
class _Leaning:
    """Records that name those of another collection: by which column which key, and in words."""

    collection: Collection
    by: str
    key: str
    named: str
    told: str
    way: str


_LEANING: Mapping[Collection, tuple[_Leaning, ...]] = {
    Collection.ESTATES: (
        _Leaning(
            Collection.FACILITIES,
            "estate",
            "id",
            "name",
            "{} 处设施登记在这批小区中",
            "请先改其所属小区",
        ),
    ),
    Collection.CEMETERIES: (
        _Leaning(
            Collection.GRAVES,
            "relocated_to",
            "id",
            "number",
            "{} 处散坟登记为迁入这批公墓",
            "请先改其迁入公墓",
        ),
    ),
    Collection.BOUNDARY_LINES: (
        _Leaning(
            Collection.BOUNDARY_MARKERS,
            "line",
            "code",
            "number",
            "{} 个界桩登记在这批界线上",
            "请先改其所属界线",
        ),
        _Leaning(
            Collection.INSPECTION_ROUNDS,
            "line",
            "code",
            "name",
            "{} 项联检计划属于这批界线",
            "请先处理这些联检",
        ),
    ),
    Collection.BOUNDARY_MARKERS: (
        _Leaning(
            Collection.MARKER_WORKS,
            "marker",
            "id",
            "name",
            "这批界桩有 {} 项界桩变动",
            "请先办完或撤回，再办废弃",
        ),
        _Leaning(
            Collection.INSPECTIONS,
            "marker",
            "id",
            "name",
            "这批界桩已有 {} 条联检记录",
            "请办理废弃，不要撤销登记",
        ),
    ),
}
"""What keeps a batch from being undone."""


def refuse_occupied(reading: Reading, collection: Collection, name: str) -> None:
    """Refuse a batch on whose new records others rest; raises RuleViolation."""
    held = LAYERS[collection].table
    made = sa.select(history.c.sequence).where(
        history.c.register == collection.value,
        history.c.entity == held.c.id,
        history.c.batch == name,
        history.c.version == 1,
    )
    for leaning in _LEANING.get(collection, ()):
        table = LAYERS[leaning.collection].table
        query = sa.select(table.c[leaning.named]).join(
            held, table.c[leaning.by] == held.c[leaning.key]
        )
        ends = table.c.valid_to
        query = query.where(made.exists(), sa.or_(ends.is_(None), ends != NEVER.isoformat()))
        names = list(reading._connection.execute(query).scalars())
        if names:
            told = leaning.told.format(len(names))
            raise RuleViolation(
                f"不能撤销：{told}：{some(names)}。{leaning.way}", code="batch_touched"
            )


def _as_before(standing: Standing, first: int) -> list[Period[State]]:
    """Periods that bring the record to what it was before version `first`."""
    before = [period for version, period in standing.recorded if version < first]
    if not any(period.state for period in before):
        last = next(period.state for period in reversed(standing.periods) if period.state)
        never: Period[State] = Period(NEVER, None, None)
        if standing.periods[0].start is None and standing.periods[0].state == last:
            return [never]
        return [Period(None, NEVER, last), never]
    whole = timeline([Period(None, None, None), *before])
    return [
        period
        for period in whole
        if period.state is not None
        or amended(standing.periods, period.start, period.end, lambda state: state)
    ]


def undo_batch(writing: Writing, name: str, edit: Edit) -> Undone:
    """Take back what a batch wrote, within one write; raises as `as_before_batch`."""
    refuse_undone(writing, name)
    ours = replace(edit, valid_from=None, valid_to=None, batch=f"{UNDO}{name}")
    collection = collection_of(writing, name)
    refuse_occupied(writing, collection, name)
    taken_back = done = 0
    with in_memory(writing._connection, collection) as spool:
        for created, found in as_before_batch(writing, name):
            spool.amend(found)
            taken_back += created
            done += len(found)
        writing.pour(spool, Action.RESTORE, ours)
    return Undone(taken_back, done - taken_back)


def collection_of(reading: Reading, name: str) -> Collection:
    """The collection that a batch wrote to; raises NotFound."""
    query = sa.select(history.c.register).where(history.c.batch == name).limit(1)
    found = reading._connection.execute(query).scalar()
    if found is None:
        raise NotFound(f"历史中没有批次 {name[:80]!r}：请用 civgeo imports 查看")
    return Collection(found)
