"""A batch taken back: its new records never were, the others are as they were before it."""

from collections.abc import Collection as Listing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import orjson
import sqlalchemy as sa

from civgeo.domain.history import Action, Edit
from civgeo.domain.period import Period, amended, timeline
from civgeo.errors import NotFound, RuleViolation
from civgeo.store import sqlite
from civgeo.store.batches import UNDO, batches_like
from civgeo.store.bulk import apply_many, refuse_touched, some, standings_of
from civgeo.store.editing import Standing, State
from civgeo.store.history_tables import history
from civgeo.store.tables import LAYERS, Collection
from civgeo.store.writing import Writing

__all__ = ["NEVER", "Undone", "undo_batch"]

NEVER = date.min
"""A record that was taken back altogether exists until before the first day there is."""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many records an undo took back, and how many it put back as they were."""

    taken_back: int
    put_back: int


def undo_batch(writing: Writing, name: str, edit: Edit) -> Undone:
    """Take back what a batch wrote: its new records never were, the others are as before it.

    Everything stays in the history.

    Parameters
    ----------
    writing
        The transaction.
    name
        The batch as it stands in the history.
    edit
        Who takes it back, on the strength of what; its period does not matter.

    Raises
    ------
    NotFound
        When there is no such batch.
    RuleViolation
        When it was undone already, or records were edited since (the message lists them), or
        facilities of other batches stand on its estates.
    """
    records = _records_of(writing, name)
    ours = replace(edit, valid_from=None, valid_to=None, batch=f"{UNDO}{name}")
    taken_back = put_back = 0
    # facilities before the estates that they belong to
    for collection in sorted(records, reverse=True):
        standings = standings_of(writing, collection, records[collection])
        _refuse_later(collection, standings, name, records[collection])
        refuse_touched(writing, collection, standings)
        new = [id for id, first in records[collection].items() if first == 1]
        if collection is Collection.ESTATES:
            _refuse_occupied(writing, new)
        amendments = [
            (standing, _as_before(standing, records[collection][id]))
            for id, standing in standings.items()
        ]
        apply_many(writing, collection, amendments, Action.RESTORE, ours)
        taken_back += len(new)
        put_back += len(standings) - len(new)
    return Undone(taken_back, put_back)


def _records_of(writing: Writing, name: str) -> dict[Collection, dict[str, int]]:
    """First version that the batch made of each record, by collection and id."""
    connection = writing._connection
    if any(batch.undone for batch in batches_like(writing, name)):
        raise RuleViolation(
            f"批次 {name.partition(':')[0]} 已经撤销过，无须再撤销", code="batch_undone"
        )
    query = (
        sa.select(history.c.register, history.c.entity, sa.func.min(history.c.version))
        .where(history.c.batch == name)
        .group_by(history.c.register, history.c.entity)
    )
    found: dict[Collection, dict[str, int]] = {}
    for register, entity, version in connection.execute(query):
        found.setdefault(Collection(register), {})[entity] = version
    if not found:
        raise NotFound(f"历史中没有批次 {name[:80]!r}：请用 civgeo imports 查看")
    return found


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
    return f"{orjson.loads(standing.state.text)['name']}（{standing.id}）"


def _refuse_occupied(writing: Writing, estates: Listing[str]) -> None:
    table = LAYERS[Collection.FACILITIES].table
    query = sa.select(table.c.name).where(sqlite.listed(table.c.estate, estates))
    never = NEVER.isoformat()
    query = query.where(sa.or_(table.c.valid_to.is_(None), table.c.valid_to != never))
    names = list(writing._connection.execute(query).scalars())
    if names:
        raise RuleViolation(
            f"不能撤销：{len(names)} 处设施登记在这批小区中：{some(names)}。请先改其所属小区",
            code="batch_touched",
        )


def _as_before(standing: Standing, first: int) -> list[Period[State]]:
    """Periods that bring the record to what it was before version `first`."""
    before = [period for version, period in standing.recorded if version < first]
    if not any(period.state for period in before):
        last = next(period.state for period in reversed(standing.periods) if period.state)
        return [Period(None, NEVER, last), Period(NEVER, None, None)]
    whole = timeline([Period(None, None, None), *before])
    return [
        period
        for period in whole
        if period.state is not None
        or amended(standing.periods, period.start, period.end, lambda state: state)
    ]
