"""A process that writes names and has the index follow, until it is killed.

Run as a script: ``name_index_worker.py JOB FOLDER``; JOB is ``feed`` or ``rebuild``. It says what
it is about to do, a line each time.
"""

import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from civgeo.domain.history import Edit
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.index_contents import no_readings
from store.named_places import name_frame

AT_ONCE = 40


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def feed(store: Store) -> None:
    """Add names, and ask the index, for ever."""
    for turn in count():
        rows = [
            {"id": f"{os.getpid()}-{turn}-{n}", "name": f"第{turn}街{n}巷", "kind": "street"}
            for n in range(AT_ONCE)
        ]
        with store.write() as writing:
            writing.add(Collection.PLACE_NAMES, name_frame(*rows), Edit("断电", "断电试验"))
        say("feeding")
        store.names.ask(lambda names: names.count(), no_readings)


def rebuild(store: Store) -> None:
    """Build the index anew, for ever."""
    while True:
        say("building")
        store.names.rebuild(no_readings)


JOBS: dict[str, Callable[[Store], None]] = {"feed": feed, "rebuild": rebuild}

if __name__ == "__main__":
    with Store.open(Path(sys.argv[2])) as opened:
        JOBS[sys.argv[1]](opened)
