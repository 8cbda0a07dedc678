"""Processes killed while they feed or build the index.

``CIVGEO_KILL_ROUNDS`` sets the number of rounds (3 by default).
"""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from civgeo.store.store import Store
from store.index_contents import contents, no_readings
from store.named_places import name_frame
from store.test_name_index import EDIT, NAMES

ROUNDS = int(os.environ.get("CIVGEO_KILL_ROUNDS", "3"))
WORKER = Path(__file__).with_name("name_index_worker.py")


def killed_at_work(job: str, folder: Path, chance: random.Random) -> None:
    """Start a worker, and kill it (-9) a moment after it said that it is at work."""
    path = os.pathsep.join((str(WORKER.parents[1]), *sys.path))
    worker = subprocess.Popen(
        [sys.executable, str(WORKER), job, str(folder)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert worker.stdout is not None
    for _ in range(chance.randrange(1, 4)):
        assert worker.stdout.readline().strip() in (b"feeding", b"building")
    threading.Event().wait(chance.uniform(0, 0.03))
    worker.kill()
    worker.communicate()


@pytest.mark.parametrize("job", ["feed", "rebuild"])
def test_an_index_whose_writer_was_killed_goes_on_as_if_nothing_had_been(
    store: Store, job: str
) -> None:
    many = [{"id": f"n{n}", "name": f"第{n}村", "kind": "settlement"} for n in range(500)]
    with store.write() as writing:
        writing.add(NAMES, name_frame(*many), EDIT)
    contents(store)
    folder, chance = store.file.parent, random.Random(11)  # noqa: S311 a test
    store.close()
    for _ in range(ROUNDS):
        killed_at_work(job, folder, chance)
        with Store.open(folder) as opened:
            found = contents(opened)
            opened.names.rebuild(no_readings)
            assert contents(opened) == found
            assert len(list(opened.names.folder.glob("*.sqlite"))) == 1
            assert not list(opened.names.folder.glob("draft*"))
