"""Processes that the store's tests start: writers, readers, holders of the queue.

Run as a script: ``store_workers.py JOB FOLDER ARGUMENTS...``; each job prints JSON lines.
"""

import json
import os
import random
import sys
import time
from pathlib import Path

from civgeo.domain.history import Edit, StaleVersion
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from civgeo.store.turns import QUEUE_NAME, turn

ESTATES = Collection.ESTATES


def say(**words: object) -> None:
    """One line that is with the reader before anything else happens."""
    os.write(1, (json.dumps(words) + "\n").encode())


def acknowledge(folder: Path, who: str) -> None:
    """Change one's own estates for ever (0, 1, 2, 0 ...), and acknowledge each write."""
    edit = Edit(actor=who, document="断电试验")
    with Store.open(folder) as store:
        with store.read() as reading:
            mine = reading.features(ESTATES, where={"source": who})
        rows = {id: [row["households"], row["version"]] for id, row in mine.iterrows()}
        say(ready=who)
        sys.stdin.readline()
        while True:
            for id, row in rows.items():
                say(begin=id)
                households = (row[0] + 1) % 3
                version = store.correct(ESTATES, id, {"households": households}, edit, row[1])
                row[:] = households, version
                say(id=id, households=row[0], version=row[1])


def contend(folder: Path, who: str, seconds: str) -> None:
    """Add one to hot rows, from the version last seen, and count who was told to look again."""
    edit, chance = Edit(actor=who, document="并发试验"), random.Random(who)  # noqa: S311 a test
    done, told, times = 0, 0, []
    with Store.open(folder) as store:
        say(ready=who)
        sys.stdin.readline()
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            id = f"hot{chance.randrange(5)}"
            with store.read() as reading:
                row = reading.feature(ESTATES, id).iloc[0]
            time.sleep(chance.uniform(0, 0.2))
            change = {"households": int(row["households"]) + 1}
            start = time.perf_counter()
            try:
                store.correct(ESTATES, id, change, edit, int(row["version"]))
                done += 1
                times.append(time.perf_counter() - start)
            except StaleVersion:
                told += 1
    say(done=done, told=told, times=times)


def look(folder: Path, seconds: str) -> None:
    """Read and check that each reading is of one moment."""
    looked, longest = 0, 0.0
    with Store.open(folder) as store:
        say(ready="reader")
        sys.stdin.readline()
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            start = time.perf_counter()
            with store.read() as reading:
                first = reading.features(ESTATES)["version"].tolist()
                assert reading.features(ESTATES)["version"].tolist() == first
            longest = max(longest, time.perf_counter() - start)
            looked += 1
            time.sleep(0.05)
    say(looked=looked, longest=longest)


def hold(folder: Path, seconds: str) -> None:
    """Stand in the queue, then hold the turn for a while."""
    say(asking=time.monotonic())
    with turn(folder / QUEUE_NAME):
        say(holding=time.monotonic())
        time.sleep(float(seconds))
    say(done=time.monotonic())


JOBS = {"acknowledge": acknowledge, "contend": contend, "look": look, "hold": hold}

if __name__ == "__main__":
    JOBS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
