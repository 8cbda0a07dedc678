"""Imports, corrections and undos in any order, against a day-by-day model.

``CIVGEO_MACHINE_EXAMPLES`` sets the number of runs (8 by default).
"""

import os
import shutil
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from civgeo.domain.history import Edit
from civgeo.errors import ImportRejected, RuleViolation
from civgeo.services.city import City
from civgeo.services.import_batches import ImportRequest
from civgeo.services.imports import confirm, imports, receive, undo
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from services.import_city import TODAY, city_in, county, csv_file, estate, records, staged

ESTATES = Collection.ESTATES
DAYS = [date(year, 1, 1) for year in (1980, 1990, 2000, 2010, 2026)]
SINCE = st.sampled_from([None, None, *DAYS[1:-1]])
FILES = [
    {"甲": (1, 0), "乙": (1, 0), "丙": (1, 0)},
    {"乙": (2, 1), "丙": (1, 1), "丁": (2, 0)},
    {"丙": (3, 0), "丁": (1, 1)},
    {"甲": (1, 1), "丁": (2, 0), "乙": (1, 0)},
]
EXAMPLES = int(os.environ.get("CIVGEO_MACHINE_EXAMPLES", "8"))
REQUEST = ImportRequest(crs="EPSG:4490")
State = tuple[int, int] | None
Key = tuple[str, int]


def edit(since: date | None = None) -> Edit:
    return Edit("王民", "试验", valid_from=since)


class Batches(RuleBasedStateMachine):
    """Each record is, in the model, what it was on each of five days: households and place."""

    founded: Path
    files: list[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="civgeo-undo-"))
        shutil.copytree(self.founded, self.folder / "s")
        self.city = City(Store.open(self.folder / "s"), TODAY)
        self.days: dict[Key, list[State]] = {}
        self.current: dict[str, Key] = {}
        self.done: dict[str, tuple] = {}
        self.undone: set[str] = set()

    def teardown(self) -> None:
        self.city.store.close()
        shutil.rmtree(self.folder)

    def upload(self, number: int) -> str:
        """A new batch of the file, read by the jail when the tests began."""
        batch = receive(self.city, self.files[number], "estates", REQUEST)
        shutil.copytree(self.files[number].parent / f"checked{number}", batch.folder / "checked")
        return batch.id

    def today(self, name: str) -> State:
        key = self.current.get(name)
        return None if key is None else self.days[key][-1]

    @rule(number=st.integers(0, len(FILES) - 1), since=SINCE)
    def import_file(self, number, since):
        differ = {name: to for name, to in FILES[number].items() if self.today(name) != to}
        standing = [id for id, (file, *_) in self.done.items() if file == number]
        known = any(id not in self.undone for id in standing)
        before_frame = records(self.city)
        id = self.upload(number)
        if not differ and not known:
            with pytest.raises(ImportRejected, match="没有要导入的变化"):
                confirm(self.city, id, edit(since))
            return
        done = confirm(self.city, id, edit(since))
        assert done.already == known
        if known:
            return
        created = [name for name in differ if self.today(name) is None]
        assert (done.created, done.changed) == (len(created), len(differ) - len(created))
        changes = {}
        for name, to in differ.items():
            key = self.born(name) if name in created else self.current[name]
            before = self.days.get(key, [None] * len(DAYS))
            after = self.after(before, to, since, new=name in created)
            changes[key] = before, after
            self.days[key] = after
        self.done[id] = number, changes, before_frame

    def born(self, name: str) -> Key:
        self.current[name] = (name, sum(key[0] == name for key in self.days))
        return self.current[name]

    @staticmethod
    def after(before: list[State], to: tuple, since: date | None, *, new: bool) -> list[State]:
        """A new record is `to` from its day on; of an old one changes what differs today."""
        found = []
        for day, state in zip(DAYS, before, strict=True):
            if since is not None and day < since:
                found.append(state)
            elif new:
                found.append(to)
            elif state is None:
                found.append(None)
            else:
                pairs = zip(state, before[-1], to, strict=True)
                found.append(tuple(own if was == new else new for own, was, new in pairs))
        return found

    @precondition(lambda self: any(self.today(name) for name in "甲乙丙丁"))
    @rule(choice=st.integers(0, 11), households=st.integers(1, 3), since=SINCE)
    def correct(self, choice, households, since):
        there = [name for name in "甲乙丙丁" if self.today(name)]
        name = there[choice % len(there)]
        found = records(self.city).reset_index(names="id").set_index("name").loc[f"{name}小区"]
        change = {"households": households}
        key = self.current[name]
        given = (ESTATES, found["id"], change, edit(since), int(found["version"]))
        if since is not None and self.days[key][DAYS.index(since)] is None:
            with pytest.raises(RuleViolation, match="起才有效"):
                self.city.store.correct(*given)
            return
        self.city.store.correct(*given)
        self.days[key] = [
            (households, state[1]) if state and (since is None or day >= since) else state
            for day, state in zip(DAYS, self.days[key], strict=True)
        ]

    @precondition(lambda self: self.done)
    @rule(choice=st.integers(0, 11))
    def take_back(self, choice):
        id = [*self.done][choice % len(self.done)]
        _, changes, before_frame = self.done[id]
        touched = any(self.days[key] != after for key, (_, after) in changes.items())
        if id in self.undone or touched:
            with pytest.raises(RuleViolation) as refused:
                undo(self.city, id, edit())
            assert refused.value.code == ("batch_undone" if id in self.undone else "batch_touched")
            return
        told = undo(self.city, id, edit())
        self.undone.add(id)
        created = [key for key, (before, _) in changes.items() if not any(before)]
        assert (told.taken_back, told.put_back) == (len(created), len(changes) - len(created))
        for key, (before, _) in changes.items():
            self.days[key] = before
            if key in created:
                del self.current[key[0]]
        names = [f"{name}小区" for name, _ in changes]
        now, then = (
            f[f["name"].isin(names)].drop(columns="version")
            for f in (records(self.city), before_frame)
        )
        assert_geodataframe_equal(now.sort_index(), then.sort_index())
        with pytest.raises(RuleViolation, match="已撤销"):
            confirm(self.city, id, edit())

    @invariant()
    def the_store_is_what_the_model_is_on_every_day(self):
        home = county(self.city)
        with self.city.store.read() as reading:
            assert reading.verify_history() == ()
            for number, day in enumerate(DAYS):
                found = reading.features(ESTATES, valid_on=day)
                places = ((found.geometry.x - home.x) / 1e-3).round().astype(int)
                rows = zip(found["name"], found["households"], places, strict=True)
                alive = {key[0]: self.days[key][number] for key in self.current.values()}
                expected = {f"{name}小区": state for name, state in alive.items() if state}
                assert {name: (count, place) for name, count, place in rows} == expected
        recorded = {batch.name.partition(":")[0]: batch.undone for batch in imports(self.city)}
        assert recorded == {id: id in self.undone for id in self.done}


@pytest.fixture
def machine(tmp_path: Path) -> type[Batches]:
    city, files = city_in(tmp_path / "s"), []
    for number, rows in enumerate(FILES):
        table = [
            estate(
                city, 0, 小区名称=f"{name}小区", 总户数=count, 经度=county(city).x + place * 1e-3
            )
            for name, (count, place) in rows.items()
        ]
        files.append(csv_file(tmp_path / f"{number}.csv", table))
        shutil.copytree(staged(city, files[-1]).folder / "checked", tmp_path / f"checked{number}")
    city.store.close()
    shutil.rmtree(tmp_path / "s" / "staging")
    return type("Machine", (Batches,), {"founded": tmp_path / "s", "files": files})


def test_any_order_of_imports_corrections_and_undos_gives_back_what_was_before(machine):
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    case = machine.TestCase
    case.settings = settings(
        max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=checks
    )
    case().runTest()
