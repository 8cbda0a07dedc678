"""Random edits against a day-by-day model: the history replays to the present and the past."""

import os
import shutil
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.store.sqlite import Access, engine
from civgeo.store.store import Store
from civgeo.store.tables import Collection

ESTATES = Collection.ESTATES
DAYS = [date(year, 1, 1) for year in (1950, 1970, 1983, 1990, 2000, 2010, 2020, 2026)]
STARTS = st.none() | st.sampled_from(DAYS[1:-1])
PERIODS = st.tuples(STARTS, STARTS).filter(lambda p: not (p[0] and p[1]) or p[0] < p[1])
IDS = st.sampled_from(["甲", "乙", "丙"])
State = tuple[str, int] | None
EXAMPLES = int(os.environ.get("CIVGEO_MACHINE_EXAMPLES", "8"))
REFUSALS = (InvalidInput, NotFound, RuleViolation)


def holds(day: date, period: tuple[date | None, date | None]) -> bool:
    return (period[0] is None or period[0] <= day) and (period[1] is None or day < period[1])


class Edits(RuleBasedStateMachine):
    """Each record is, in the model, what it was on each of eight days."""

    make_frame = None
    register = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="civgeo-machine-"))
        self.store = Store.create(self.folder / "s", register=self.register)
        self.raw = engine(self.store.file, Access.WRITE)
        self.model: dict[str, list[State]] = {}
        self.past: list[tuple[datetime, dict[str, list[State]]]] = []

    def teardown(self) -> None:
        with self.store.read() as reading:
            assert reading.verify_history() == ()
            for moment, model in self.past[-6:]:
                self.compare(reading, model, as_of=moment)
        self.raw.dispose()
        self.store.close()
        shutil.rmtree(self.folder)

    def compare(self, reading, model, **when) -> None:
        for number, day in enumerate(DAYS):
            found = reading.features(ESTATES, valid_on=day, **when)
            rows = zip(found.index, found["name"], found["households"], strict=True)
            expected = {id: days[number] for id, days in model.items() if days[number]}
            assert {id: (name, count) for id, name, count in rows} == expected

    def edit(self, period=(None, None)) -> Edit:
        return Edit("张三", "试验", valid_from=period[0], valid_to=period[1])

    def done(self, writing, id: str, days: list[State]) -> None:
        self.model = {**self.model, id: days}
        self.past.append((writing.recorded_at, self.model))

    def version(self, writing, id: str) -> int:
        found = writing.features(ESTATES, ids=[id], include_closed=True)
        return 0 if found.empty else int(found["version"].item())

    @initialize(start=STARTS, period=PERIODS, later=PERIODS)
    def begin_with_records_that_were_changed(self, start, period, later):
        """So that no run, however short, is without a history to replay."""
        self.create("甲", start, 1)
        self.rename("甲", period, "始")
        self.recount("甲", later, 2)
        self.create("乙", None, 3)
        self.close("乙", (DAYS[2], DAYS[4]))
        self.recount("乙", (DAYS[4], None), 4)

    @rule(id=IDS, start=STARTS, count=st.integers(0, 9))
    def create(self, id, start, count):
        try:
            with self.store.write() as writing:
                frame = self.make_frame({"id": id, "name": "原", "households": count})
                writing.create(ESTATES, frame, self.edit((start, None)))
                made = [("原", count) if holds(day, (start, None)) else None for day in DAYS]
                self.done(writing, id, made)
        except InvalidInput:
            assert id in self.model

    @rule(id=IDS, period=PERIODS, name=st.sampled_from("一二三"))
    def rename(self, id, period, name):
        self.change(id, period, {"name": name}, lambda state: (name, state[1]))

    @rule(id=IDS, period=PERIODS, count=st.integers(0, 9))
    def recount(self, id, period, count):
        self.change(id, period, {"households": count}, lambda state: (state[0], count))

    def change(self, id, period, changes, apply) -> None:
        try:
            with self.store.write() as writing:
                before = self.version(writing, id)
                after = writing.correct(ESTATES, id, changes, self.edit(period), before)
                was = self.model[id]
                now = [
                    apply(state) if state and holds(day, period) else state
                    for day, state in zip(DAYS, was, strict=True)
                ]
                assert (after == before) == (now == was)
                self.done(writing, id, now)
        except REFUSALS:
            pass

    @rule(id=IDS, period=PERIODS)
    def close(self, id, period):
        try:
            with self.store.write() as writing:
                writing.close(ESTATES, id, self.edit(period), self.version(writing, id))
                pairs = zip(DAYS, self.model[id], strict=True)
                now = [None if holds(day, period) else state for day, state in pairs]
                self.done(writing, id, now)
        except REFUSALS:
            pass

    @rule(id=IDS, start=STARTS)
    def restore(self, id, start):
        try:
            with self.store.write() as writing:
                writing.restore(ESTATES, id, self.edit((start, None)), self.version(writing, id))
                entry = writing.history(ESTATES, id)[-1]
                state = (entry.state["name"], entry.state["households"])
                period = (entry.valid_from, entry.valid_to)
                pairs = zip(DAYS, self.model[id], strict=True)
                self.done(writing, id, [state if holds(d, period) else s for d, s in pairs])
        except REFUSALS:
            pass

    @rule(id=IDS, adopt=st.booleans())
    def rename_outside(self, id, adopt):
        with self.raw.begin() as connection:
            connection.execute(sa.text("UPDATE estates SET name = '外' WHERE id = :id"), {"id": id})
        with self.store.read() as reading:
            self.compare(reading, self.model)
            edits = [edit.edit_id for edit in reading.outside_edits()]
        with self.store.write() as writing:
            if not adopt:
                writing.revert(edits, self.edit())
            elif edits:
                writing.adopt(edits, self.edit())
                was = self.model[id]
                self.done(writing, id, [state and ("外", state[1]) for state in was])

    @invariant()
    def present_is_what_the_history_gives(self):
        with self.store.read() as reading:
            assert reading.verify_history() == ()
            self.compare(reading, self.model)
            found = reading.features(ESTATES)
            rows = zip(found.index, found["name"], found["households"], strict=True)
            expected = {id: days[-1] for id, days in self.model.items() if days[-1]}
            assert {id: (name, count) for id, name, count in rows} == expected


@pytest.fixture
def machine(estates, register) -> type[Edits]:
    kept = {"make_frame": staticmethod(estates), "register": register}
    return type("Machine", (Edits,), kept)


def test_any_order_of_edits_replays_to_the_present_and_to_every_past(machine):
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    case = machine.TestCase
    case.settings = settings(
        max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=checks
    )
    case().runTest()
