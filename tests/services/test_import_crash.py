"""Imports that are killed inside their write transaction. Figures are printed (``pytest -s``).

``CIVGEO_IMPORT_KILL_ROUNDS`` sets the number of rounds (3 by default). The import is stopped in its
tracks (SIGSTOP), looked at, and then killed: so each kill is known to fall while the import holds
SQLite's write lock, and every other one while its pages are half in the write-ahead log.
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from civgeo.services import jobs
from civgeo.services.city import City
from civgeo.services.import_batches import ImportRequest
from civgeo.services.imports import confirm, imports, stage, undo
from civgeo.store.checks import faults_of_file
from civgeo.store.sqlite import sqlite_facts
from civgeo.store.store import Store
from services.import_city import EDIT, TODAY, city_in, county, csv_file, estate, records
from store.witnesses import Journal, Witness, freeze, until, writes_now

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or sqlite_facts().journal_mode != "wal",
    reason="locks and write-ahead log are looked at as Linux and SQLite have them",
)
ROUNDS = int(os.environ.get("CIVGEO_IMPORT_KILL_ROUNDS", "3"))
ROWS, OFFICERS_ROWS, MORE = 4000, 8, 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city with a few estates of its own, which one officer edits all the time."""
    city = city_in(tmp_path / "库")
    rows = [
        estate(city, 9_000_000 + n, 小区名称=f"老小区{n}", 数据来源="w0", 经度=county(city).x)
        for n in range(OFFICERS_ROWS)
    ]
    path = csv_file(tmp_path / "old.csv", rows)
    confirm(city, stage(city, path, "estates", ImportRequest(crs="EPSG:4490")).id, EDIT)
    city.store.close()
    return tmp_path / "库"


def big_file(folder: Path) -> Path:
    with Store.open(folder) as store:
        city = City(store, TODAY)
        rows = [estate(city, n, 经度=county(city).x + n % 60 * 1e-5) for n in range(ROWS)]
    return csv_file(folder.parent / "大表.csv", rows)


def command(folder: Path, *words: object) -> list[object]:
    return [sys.executable, "-m", "civgeo", "--store", folder, "-q", *words]


def started(folder: Path, *words: object) -> subprocess.Popen:
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    return subprocess.Popen(command(folder, *words), **silent)


class Killer:
    """Stops imports inside their write transaction and kills them there."""

    def __init__(self, file: Path) -> None:
        self.file, self.chance, self.longest = file, random.Random(5), 0.2  # noqa: S311 a test
        self.pages: list[int] = []

    def kill(self, importing: subprocess.Popen, *, in_commit: bool) -> bool:
        """Kill an import that writes; says whether it was inside its transaction by then."""
        assert until(lambda: writes_now(self.file, importing.pid))
        if in_commit:
            before, by = Journal(self.file), self.chance.randrange(1, 300)
            until(lambda: before.has_grown(by) or importing.poll() is not None)
        else:
            until(lambda: False, self.chance.uniform(0, self.longest))
        freeze(importing)
        pages = Journal(self.file).uncommitted
        inside = writes_now(self.file, importing.pid) and (pages > 0 or not in_commit)
        importing.kill()
        importing.wait()
        if inside:
            self.pages.append(pages)
        elif not in_commit:
            self.longest /= 2
        return inside


def taken_back(folder: Path) -> int:
    """Undo imports that were committed before they were killed; how many there are, 0 or 1."""
    with Store.open(folder) as store:
        city = City(store, TODAY)
        done = [batch for batch in imports(city)[:-1] if not batch.undone]
        for batch in done:
            assert batch.created == ROWS
            undo(city, batch.name.partition(":")[0], EDIT)
    return len(done)


def test_an_import_that_is_killed_inside_its_write_leaves_nothing_of_itself(folder):
    path, killer = big_file(folder), Killer(folder / "civgeo.gpkg")
    known, acknowledged, late = {}, 0, 0
    while len(killer.pages) < ROUNDS:
        officer = Witness(folder, "w0")
        officer.go()
        importing = started(folder, "import", path, "--as", "estates", "--crs", "EPSG:4490")
        killer.kill(importing, in_commit=len(killer.pages) % 2 == 0)
        before = officer.acknowledged()
        assert until(lambda who=officer, count=before: who.acknowledged() >= count + MORE)
        officer.process.kill()
        said = officer.end()
        assert faults_of_file(killer.file) == ()
        # a commit may be durable in the log while its process still holds the lock
        late += taken_back(folder)
        assert late <= ROUNDS
        acknowledged += sum("version" in line for line in said)
        known = survivors(folder, known, said)
    confirmed_once(folder)
    sys.stdout.write(
        f"\nkill -9 of an import of {ROWS} rows inside its write transaction, {ROUNDS} rounds:"
        f" write lock held in all, uncommitted pages in the log {killer.pages}; 0 rows of it left,"
        f" {acknowledged} edits beside it acknowledged, 0 lost; pages, keys, indexes, chains"
        f" whole; afterwards confirmed once ({late} kills came after the commit: undone)\n"
    )
    assert acknowledged >= MORE * ROUNDS


def confirmed_once(folder: Path) -> None:
    """The batches that were killed last and first are confirmed, the first of them for good."""
    with Store.open(folder) as store:
        city = City(store, TODAY)
        batches = sorted(path.name for path in (folder / "staging").iterdir())
        told = []
        for id in (batches[-1], batches[-1], batches[1]):
            done = confirm(city, id, EDIT)
            told.append((done.created, done.already))
        assert told == [(ROWS, False), (ROWS, True), (ROWS, True)]
        assert len(records(city)) == ROWS + OFFICERS_ROWS
    assert faults_of_file(folder / "civgeo.gpkg") == ()


def child_of(process: int) -> int | None:
    """The one child of a process."""
    words = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(words[0]) if words else None


def test_a_job_that_is_killed_with_its_worker_inside_the_write_is_done_once_by_the_next(folder):
    path, file = big_file(folder), folder / "civgeo.gpkg"
    with Store.open(folder) as store:
        city = City(store, TODAY)
        batch = stage(city, path, "estates", ImportRequest(crs="EPSG:4490"))
        arguments = {"batch": batch.id, "edit": dict(jobs.edit_arguments(EDIT))}
        id = jobs.submit(city, "import-confirm", arguments)
    worker = started(folder, "worker")
    assert until(lambda: writes_now(file, child_of(worker.pid) or 0))
    writing = child_of(worker.pid)
    os.kill(worker.pid, signal.SIGSTOP)
    os.kill(writing, signal.SIGSTOP)
    assert writes_now(file, writing)
    os.kill(writing, signal.SIGKILL)
    worker.kill()
    worker.wait()
    assert until(lambda: not Path(f"/proc/{writing}").exists())
    assert faults_of_file(file) == ()
    with Store.open(folder) as store:
        assert len(records(City(store, TODAY))) == OFFICERS_ROWS
        assert jobs.book_of(City(store, TODAY)).get(id).state is jobs.JobState.RUNNING
    assert started(folder, "worker", "--once").wait(120) == 0
    with Store.open(folder) as store:
        city = City(store, TODAY)
        result = jobs.result_of(city, id)
        assert (result["created"], result["already"]) == (ROWS, False)
        assert len(records(city)) == ROWS + OFFICERS_ROWS
        assert [batch.created for batch in imports(city)] == [ROWS, OFFICERS_ROWS]
    assert faults_of_file(file) == ()


def survivors(folder: Path, known: dict, said: list[dict]) -> dict:
    """The officer's estates as they stand, after they were compared with what was acknowledged."""
    kept = [line for line in said if "version" in line]
    known = known | {line["id"]: (line["households"], line["version"]) for line in kept}
    begun = said[-1].get("begin") if said else None
    with Store.open(folder) as store:
        city = City(store, TODAY)
        found = records(city)
        assert set(found["source"]) == {"w0"}
        assert [batch.created for batch in imports(city) if not batch.undone] == [OFFICERS_ROWS]
    for id, (households, version) in known.items():
        survived = (found.at[id, "households"], found.at[id, "version"])
        ahead = ((households + 1) % 3, version + 1)
        assert survived == (households, version) or (id == begun and survived == ahead), id
        known[id] = survived
    return known
