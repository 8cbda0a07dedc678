"""Entries of a gazetteer edited in any order beside a model; the cases come on top."""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp

import orjson
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from civgeo.domain.history import Edit, StaleVersion
from civgeo.domain.period import Period, timeline
from civgeo.errors import CivgeoError, NotFound, RuleViolation, VersionRequired
from civgeo.services import editing
from civgeo.services.case_opening import open_renaming
from civgeo.services.city import City
from civgeo.services.name_entries import completed, correct_entry
from civgeo.services.name_search import search
from civgeo.store.name_index_lookup import Scope
from civgeo.store.reading import Reading
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from services.import_city import TODAY
from services.name_life_model import DAYS, DIVISION, KIND, ModelCase, Place, PlaceState
from services.place_name_scan import scan

__all__ = ["CALLED", "CASES", "CHOICE", "MEANING", "NAMES", "PlaceLives"]

NAMES, CASES = Collection.PLACE_NAMES, Collection.NAME_CASES
CALLED = st.sampled_from(
    ["张庄村", "章庄村", "西安村", "吕村", "鹅村", "安庄村", "卢村", "略村", "西庄村", "先村"]
)
MEANING = st.sampled_from(["以姓得名", "以河得名", "以庙得名"])
SINCE = st.sampled_from([None, *DAYS[1:-1]])
CHOICE = st.integers(0, 11)
"""Which of the places, or of the cases, counted around."""

ASKED = ["张庄村", "庄", "张庄", "zhangzhuang", "xac", "章装村", "吕村 ", "anzhuang"]


class PlaceLives(RuleBasedStateMachine):
    """Places of the store, and cases about them, stand beside those of the model, by id."""

    founded: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="civgeo-life-"))
        shutil.copytree(self.founded, self.folder / "s")
        self.city = City(Store.open(self.folder / "s"), TODAY)
        self.places: dict[str, Place] = {}
        self.cases: dict[str, ModelCase] = {}
        self.written = 0
        self.looked_at = 0
        self.past: list[tuple[datetime, dict[str, tuple]]] = []

    def teardown(self) -> None:
        with self.city.store.read() as reading:
            for moment, then in self.past[-4:]:
                self.compare_days(reading, then, as_of=moment)
        self.city.store.close()
        shutil.rmtree(self.folder)

    # What every rule needs.

    def edit(self, since: date | None = None) -> Edit:
        """An edit with a document of its own."""
        self.written += 1
        return Edit("王民", f"文{self.written}", valid_from=since)

    def place(self, choice: int) -> tuple[str, Place]:
        id = [*self.places][choice % len(self.places)]
        return id, self.places[id]

    def case(self, choice: int) -> tuple[str, ModelCase]:
        id = [*self.cases][choice % len(self.cases)]
        return id, self.cases[id]

    def refused(self, act: Callable[[], object], *errors: type[CivgeoError]) -> CivgeoError:
        """The error of `act`, which has written nothing."""
        with self.city.store.read() as reading:
            before = reading.data_version()
        with pytest.raises(errors) as told:
            act()
        with self.city.store.read() as reading:
            assert reading.data_version() == before
        return told.value

    def remember(self) -> None:
        with self.city.store.read() as reading:
            moments = [reading.history(NAMES, id)[-1].recorded_at for id in self.places]
        self.past.append((max(moments), {id: p.days for id, p in self.places.items()}))

    # Entries.

    @rule(name=CALLED, meaning=MEANING, since=SINCE)
    def enter(self, name, meaning, since):
        edit = self.edit(since)
        given = {"name": name, "kind": KIND.value, "division": DIVISION, "meaning": meaning}
        saved = editing.create(self.city, NAMES, completed(given), edit)
        self.places[saved.id] = Place()
        self.places[saved.id].enter(PlaceState(name, meaning), since, edit.document)
        self.remember()

    @rule(choice=CHOICE, meaning=MEANING, since=SINCE)
    def correct(self, choice, meaning, since):
        id, place = self.place(choice)
        edit, changes = self.edit(since), {"meaning": meaning}

        def act():
            return correct_entry(self.city, id, changes, edit, place.version)

        if not place.is_there(since):
            assert self.refused(act, RuleViolation).code == "not_valid_then"
            return
        days = place.amended(since, lambda state: state._replace(meaning=meaning))
        saved, before = act(), place.version
        if days != place.days:
            place.record(days, edit.document)
            self.remember()
        assert saved.version == place.version
        assert saved.version == before + (saved.version != before)

    @rule(choice=CHOICE, since=st.sampled_from(DAYS[1:-1]), again=st.booleans())
    def close_or_restore(self, choice, since, again):
        id, place = self.place(choice)
        edit = self.edit(since)
        if place.is_closed and not again:
            self.restore(id, place)
            return

        def act():
            return editing.close(self.city, NAMES, id, edit, place.version)

        days = place.changed(range(DAYS.index(since), len(DAYS)), lambda _: None)
        if not place.exists_after(since):
            assert self.refused(act, RuleViolation).code == "not_valid_then"
        elif not any(days):
            self.refused(act, NotFound)
        else:
            act()
            place.record(days, edit.document)
            self.remember()

    def restore(self, id: str, place: Place) -> None:
        edit, last = self.edit(), place.state
        editing.restore(self.city, NAMES, id, edit, place.version)
        after = range(place.run.stop, len(DAYS))
        place.record(place.changed(after, lambda _: last), edit.document)
        self.remember()

    @rule(choice=CHOICE, version=st.integers(0, 4))
    def revert(self, choice, version):
        id, place = self.place(choice)
        edit, version = self.edit(), min(version, place.version + 1)

        def act():
            return editing.restore(self.city, NAMES, id, edit, place.version, of_version=version)

        if not place.is_closed:
            self.refused(
                lambda: editing.restore(self.city, NAMES, id, edit, place.version), RuleViolation
            )
        if not 1 <= version <= place.version:
            self.refused(act, NotFound)
            return
        act()
        earlier = place.state_of(version)
        place.record(place.changed(place.run, lambda _: earlier), edit.document)
        self.remember()

    # Two officers at once.

    @rule(
        choice=CHOICE,
        back=st.integers(-1, 3),
        act=st.sampled_from(["更正", "注销", "恢复", "更名"]),
    )
    def come_too_late(self, choice, back, act):
        id, place = self.place(choice)
        seen, edit = place.version - back, self.edit(DAYS[2])
        if back == 0 or seen < 1:
            seen = None
        acts = {
            "更正": lambda: correct_entry(self.city, id, {"meaning": "迟"}, edit, seen),
            "注销": lambda: editing.close(self.city, NAMES, id, edit, seen),
            "恢复": lambda: editing.restore(self.city, NAMES, id, edit, seen, of_version=1),
            "更名": lambda: open_renaming(self.city, id, {"name": "卢庄村"}, edit, seen),
        }
        if seen is None:
            self.refused(acts[act], VersionRequired)
        else:
            self.both_versions(self.refused(acts[act], StaleVersion), place, seen)

    @staticmethod
    def both_versions(told: StaleVersion, place: Place, seen: int) -> None:
        assert (told.expected, told.current) == (seen, place.version)
        assert told.current_fields["name"] == place.state.name
        assert told.current_fields["meaning"] == place.state.meaning
        if seen > place.version:
            assert told.expected_fields is None
            return
        then = place.state_of(seen)
        known = told.expected_fields["name"], told.expected_fields["meaning"]
        assert known == (then.name, then.meaning)

    # What holds after every rule.

    def compare_days(self, reading: Reading, days: dict[str, tuple], **when: datetime) -> None:
        for number, day in enumerate(DAYS):
            found = reading.features(NAMES, valid_on=day, **when)
            former = map(_former, found["other_names"])
            states = zip(found["name"], found["meaning"], former, strict=True)
            there = dict(zip(found.index, states, strict=True))
            assert there == {id: known[number] for id, known in days.items() if known[number]}

    @invariant()
    def whatever_was_written_all_of_it_holds(self):
        """Looked at after each rule that wrote: `refused` sees to it that the others did not."""
        with self.city.store.read() as reading:
            version = reading.data_version()
        if version != self.looked_at:
            self.looked_at = version
            self.the_store_is_what_the_model_is_on_every_day()
            self.each_acknowledged_edit_is_one_version_and_nothing_else_is()
            self.history_replayed_is_the_present_layer()
            self.search_finds_what_looking_at_every_place_finds()

    def the_store_is_what_the_model_is_on_every_day(self):
        with self.city.store.read() as reading:
            self.compare_days(reading, {id: place.days for id, place in self.places.items()})

    def each_acknowledged_edit_is_one_version_and_nothing_else_is(self):
        with self.city.store.read() as reading:
            assert reading.verify_history() == ()
            for kept, collection in ((self.places, NAMES), (self.cases, CASES)):
                listed = reading.features(collection, include_closed=True)
                assert set(listed.index) == set(kept)
                for id, known in kept.items():
                    entries = reading.history(collection, id)
                    told = {entry.version: entry.document for entry in entries}
                    assert told == dict(enumerate(known.documents, 1))

    def history_replayed_is_the_present_layer(self):
        with self.city.store.read() as reading:
            rows = reading.features(NAMES)
            for id in self.places:
                said = reading.history(NAMES, id)
                periods = timeline(Period(e.valid_from, e.valid_to, e.state) for e in said)
                held = next((p.state for p in periods if p.holds(reading.today)), None)
                assert (held is None) == (id not in rows.index)
                if held is not None:
                    row = rows.loc[id]
                    present = {name: None if row[name] != row[name] else row[name] for name in held}
                    assert present == dict(held)

    def search_finds_what_looking_at_every_place_finds(self):
        rows = [place.row(id, n) for n, (id, place) in enumerate(self.places.items(), 1)]
        scope = Scope(day=TODAY)
        for asked in ASKED:
            hits = search(self.city, asked, scope, limit=100).hits
            told = [(hit.name.id, int(hit.match.tier), hit.match.how.value) for hit in hits]
            assert told == scan(rows, asked, scope)


def _former(others: object) -> tuple:
    listed = orjson.loads(others) if isinstance(others, str) else []
    return tuple((one["name"], one["valid_to"]) for one in listed)
