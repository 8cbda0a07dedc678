"""Several officers at once; the figures are printed (``pytest -s``).

The longest edit is held to its bar of 2 s: on two cores it held at a load of 9 (1.4 s). The p95 is
printed and not held, because it is the machine's more than the store's.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import quantiles

import sqlalchemy as sa
from shapely import Point

from civgeo.store.tables import Collection

WORKERS = Path(__file__).with_name("store_workers.py")
SECONDS = 6
WRITERS, READERS, HOT_ROWS = 4, 2, 5
LONGEST_SECONDS = 2.0


def start(job: str, folder: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, WORKERS, job, folder, *arguments]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_four_writers_and_two_readers_on_five_hot_rows_lose_nothing(store, estates, raw):
    rows = [{"id": f"hot{n}", "households": 0, "geometry": Point(114, 33)} for n in range(HOT_ROWS)]
    with store.write() as writing:
        writing.add_estates(estates(*rows))
    folder, seconds = store.file.parent, str(SECONDS)
    crowd = [start("contend", folder, f"officer{n}", seconds) for n in range(WRITERS)]
    crowd += [start("look", folder, seconds) for _ in range(READERS)]
    for process in crowd:
        assert "ready" in process.stdout.readline()
    for process in crowd:
        process.stdin.write("\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=120) for process in crowd]
    assert [error for _, error in ended] == [""] * len(crowd)
    told = [json.loads(output) for output, _ in ended]
    writers, readers = told[:WRITERS], told[WRITERS:]
    done, stale = sum(w["done"] for w in writers), sum(w["told"] for w in writers)
    times = sorted(time for w in writers for time in w["times"])
    with store.read() as reading:
        found = reading.features(Collection.ESTATES)
        assert found["households"].sum() == done
        assert (found["version"] - 1).sum() == done
        assert reading.verify_history() == ()
        entries = sum(len(reading.history(Collection.ESTATES, id)) for id in found.index)
        assert entries == done + HOT_ROWS
    with raw.connect() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
    cuts = quantiles(times, n=20, method="inclusive")
    p50, p95, longest = (round(1000 * cut) for cut in (cuts[9], cuts[18], times[-1]))
    sys.stdout.write(
        f"\n4 writers, 2 readers, 5 hot rows, {SECONDS} s: {done} edits kept, {stale} told they"
        f" were stale, 0 lost, 0 busy; edit p50 {p50} ms, p95 {p95} ms (bar 100 ms), max {longest}"
        f" ms (bar 2 s); {sum(r['looked'] for r in readers)} readings,"
        f" longest {max(r['longest'] for r in readers) * 1000:.0f} ms\n"
    )
    assert stale > 0
    assert times[-1] <= LONGEST_SECONDS
