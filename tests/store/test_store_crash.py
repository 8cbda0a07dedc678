"""Killed writers, and a disk without room. Figures are printed (``pytest -s``).

``CIVGEO_KILL_ROUNDS`` sets the number of rounds (3 by default).
"""

import os
import random
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from civgeo.domain.history import Edit
from civgeo.errors import CivgeoError, StoreUnavailable
from civgeo.store.backup import back_up, drill
from civgeo.store.checks import faults_of_file
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.small_disks import filled, may_mount, small_disk
from store.witnesses import Witness

ESTATES = Collection.ESTATES
ROUNDS = int(os.environ.get("CIVGEO_KILL_ROUNDS", "3"))
WRITERS, ROWS, ACKNOWLEDGED = 3, 8, 200
EDIT = Edit(actor="张三", document="满盘试验")


def test_writers_that_are_killed_lose_no_acknowledged_write(store, estates):
    rows = [
        {"id": f"w{writer}-{row}", "source": f"w{writer}", "households": 0}
        for writer in range(WRITERS)
        for row in range(ROWS)
    ]
    with store.write() as writing:
        writing.add_estates(estates(*rows))
    folder = store.file.parent
    store.close()
    chance, acknowledged, in_flight = random.Random(7), 0, 0  # noqa: S311 a test
    known = {row["id"]: (0, 1) for row in rows}
    for _ in range(ROUNDS):
        crowd = [Witness(folder, f"w{writer}") for writer in range(WRITERS)]
        for witness in crowd:
            witness.go()
        wanted = 2 * (ACKNOWLEDGED + chance.randrange(40))
        tick = threading.Event()
        while sum(len(witness.lines) for witness in crowd) < wanted:
            tick.wait(0.001)
        for witness in crowd:
            witness.process.kill()
        said = [witness.end() for witness in crowd]
        begun = {lines[-1]["begin"] for lines in said if "begin" in lines[-1]}
        in_flight += bool(begun)
        for line in (line for lines in said for line in lines if "id" in line):
            known[line["id"]] = line["households"], line["version"]
            acknowledged += 1
        assert faults_of_file(store.file) == ()
        with Store.open(folder) as opened, opened.read() as reading:
            found = reading.features(ESTATES)
        for id, row in found.iterrows():
            survived, last = (row["households"], row["version"]), known[id]
            ahead = ((last[0] + 1) % 3, last[1] + 1)
            assert survived == last or (id in begun and survived == ahead), id
            known[id] = survived
    sys.stdout.write(
        f"\nkill -9 of {WRITERS} writers, {ROUNDS} rounds: {acknowledged} writes acknowledged,"
        f" 0 lost, {in_flight} rounds with a write in flight; pages, keys, index, chains whole\n"
    )
    assert in_flight == ROUNDS
    assert acknowledged >= ACKNOWLEDGED * ROUNDS


def write_until_full(store: Store, versions: dict[str, list[int]]) -> CivgeoError | None:
    """Acknowledged writes go into `versions`; the error that ended them comes back."""
    for step in range(400):
        id = f"e{step % 10}"
        households, version = versions[id]
        try:
            with store.write() as writing:
                change = {"households": households + 1, "name": "名" * 2000}
                made = writing.correct(ESTATES, id, change, EDIT, version)
        except CivgeoError as error:
            return error
        versions[id] = [households + 1, made]
    return None


def check(store: Store, versions: dict[str, list[int]]) -> None:
    with store.read() as reading:
        found = reading.features(ESTATES)
        assert reading.verify_history() == ()
    survived = {id: [row["households"], row["version"]] for id, row in found.iterrows()}
    assert survived == versions


def test_a_full_disk_loses_nothing_acknowledged_and_work_goes_on_when_there_is_room(
    tmp_path, empty_file, estates
):
    rows = [{"id": f"e{n}", "households": 0} for n in range(10)]
    versions = {f"e{n}": [0, 1] for n in range(10)}
    chance, told = random.Random(3), []  # noqa: S311 a test
    if not may_mount(tmp_path):
        full_by_page_count(tmp_path, empty_file, estates)
        return
    with small_disk(tmp_path, 12_000) as disk:
        (disk / "civgeo.gpkg").write_bytes(empty_file.read_bytes())
        with Store.open(disk) as store:
            with store.write() as writing:
                writing.add_estates(estates(*rows))
            for _ in range(6):
                with filled(disk, leave=chance.randrange(0, 1_500_000)):
                    error = write_until_full(store, versions)
                    assert error is not None
                    told.append(error)
                    check(store, versions)
                check(store, versions)
                for id in ("e0", "e1"):
                    households, version = versions[id]
                    made = store.correct(ESTATES, id, {"households": households + 1}, EDIT, version)
                    versions[id] = [households + 1, made]
            with filled(disk, leave=300_000):
                with pytest.raises(StoreUnavailable, match="磁盘已满") as refused:
                    back_up(store, disk / "b.gpkg")
                assert refused.value.code == "disk_full"
                assert [file.name for file in disk.glob("*b*")] == ["ballast"]
            check(store, versions)
            back_up(store, disk / "b.gpkg")
            assert drill(disk / "b.gpkg").faults == ()
        assert faults_of_file(disk / "civgeo.gpkg") == ()
    assert {error.code for error in told} == {"disk_full"}
    assert all("磁盘已满" in error.message for error in told)
    sys.stdout.write(
        f"\nfull disk (tmpfs), 6 times and once during a backup: "
        f"{sum(version - 1 for _, version in versions.values())} writes acknowledged, 0 lost\n"
    )


def full_by_page_count(tmp_path: Path, empty_file: Path, estates) -> None:
    """The same without root: SQLite itself stops at a number of pages."""
    folder = tmp_path / "limited"
    folder.mkdir()
    (folder / "civgeo.gpkg").write_bytes(empty_file.read_bytes())
    versions = {f"e{n}": [0, 1] for n in range(10)}
    with Store.open(folder) as store:

        @sa.event.listens_for(store._writer, "connect")
        def limit(connection: object, _: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 60}")

        with store.write() as writing:
            writing.add_estates(estates(*({"id": id, "households": 0} for id in versions)))
        error = write_until_full(store, versions)
        assert error is not None
        assert error.code == "disk_full"
        check(store, versions)
    with Store.open(folder) as store:
        made = store.correct(ESTATES, "e0", {"name": "有空间了"}, EDIT, versions["e0"][1])
        assert made == versions["e0"][1] + 1


def test_a_store_that_may_not_grow_tells_that_the_disk_is_full(tmp_path, empty_file, estates):
    full_by_page_count(tmp_path, empty_file, estates)
