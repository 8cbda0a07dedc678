"""The store: importing, editing by four officers at once, and backing up.

Peers: pyogrio writing the same frame to a GeoPackage, and the standard library's sqlite3 without
history, hashes, checks or a spatial index, both with everything on the disk when they say so.
"""

import os
import sqlite3
import statistics
import time
from collections.abc import Callable  # noqa: TC003 - read at run time by partial
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from benchmarks.measurement import Measured, in_turns, report, versions
from civgeo.domain.history import Edit
from civgeo.store.backup import back_up
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["estates", "fill_plain", "run"]

ROWS = int(os.environ.get("CIVGEO_BENCHMARK_ROWS", "100000"))
RUNS = 3
OFFICERS, EDITS, PAUSE_S = 4, 60, 0.1
EDIT = Edit(actor="benchmark", document="benchmark")


def run() -> None:
    """Measure the three tasks and report."""
    frame = estates(ROWS)
    with TemporaryDirectory(prefix="civgeo-benchmark-") as folder:
        place = Path(folder)
        lines = [*_imports(frame, place), *_backups(place), *_edits(place)]
    times = [
        f"{line.task}: civgeo takes {1 / line.ratio:.1f} times as long as {line.contestant}"
        for line in lines
        if line.contestant != "civgeo"
    ]
    report("store", lines, [*times, f"{versions('pyogrio', 'geopandas', 'sqlalchemy')}; {_load()}"])


def _load() -> str:
    return f"load when done: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def estates(rows: int) -> gpd.GeoDataFrame:
    """So many estates with point geometries over Zhumadian."""
    rng = np.random.default_rng(411700)
    x, y = rng.uniform(113.2, 115.2, rows), rng.uniform(32.3, 33.5, rows)
    columns = {
        "name": [f"小区{n}" for n in range(rows)],
        "division": "411702001",
        "community": None,
        "estate_class": "new",
        "completed_year": None,
        "households": rng.integers(50, 3000, rows),
        "households_new": None,
        "elders": None,
        "stage": "built",
        "source": "benchmark",
        "simulated": True,
        "version": 1,
    }
    ids = [f"e{n:08}" for n in range(rows)]
    return gpd.GeoDataFrame(columns, index=ids, geometry=shapely.points(x, y), crs="EPSG:4490")


def new_store(folder: Path) -> Store:
    """An empty store."""
    register = Register("411700", "benchmark", True, datetime.now(UTC), "-", {})
    return Store.create(folder, register=register)


def _imports(frame: gpd.GeoDataFrame, place: Path) -> list[Measured]:
    numbers = iter(range(1000))

    def civgeo() -> int:
        with new_store(place / f"store{next(numbers)}") as store:
            with store.write() as writing:
                writing.add_estates(frame)
            with store.read() as reading:
                return reading.count(Collection.ESTATES)

    def gdal() -> int:
        file = place / f"gdal{next(numbers)}.gpkg"
        pyogrio.write_dataframe(frame.reset_index(names="id"), file, layer="estates")
        count: int = pyogrio.read_info(file, layer="estates")["features"]
        return count

    def plain() -> int:
        file = place / f"plain{next(numbers)}.db"
        fill_plain(frame, file)
        with closing(sqlite3.connect(file)) as connection:
            count: int = connection.execute("SELECT count(*) FROM estates").fetchone()[0]
        return count

    taken, answers = in_turns({"civgeo": civgeo, "pyogrio": gdal, "sqlite3": plain}, runs=RUNS)
    if set(answers.values()) != {len(frame)}:
        raise AssertionError(answers)
    return _lines(f"import {len(frame):,} estates", taken, "number of rows")


def fill_plain(frame: gpd.GeoDataFrame, file: Path) -> float:
    """Seconds to write estates into a table of a new database without history."""
    start = time.perf_counter()
    wkb = shapely.to_wkb(frame.geometry.to_numpy())
    households = frame["households"].tolist()
    rows = zip(frame.index, frame["name"], households, wkb, strict=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE estates (id TEXT PRIMARY KEY, name, households, wkb BLOB)")
        with connection:
            connection.executemany("INSERT INTO estates VALUES (?, ?, ?, ?)", rows)
    return time.perf_counter() - start


def _backups(place: Path) -> list[Measured]:
    numbers = iter(range(1000))
    store = Store.open(place / "store0")

    def civgeo() -> int:
        return back_up(store, place / f"backup{next(numbers)}.gpkg").bytes

    def plain() -> int:
        target = place / f"copy{next(numbers)}.gpkg"
        source, copy = sqlite3.connect(store.file), sqlite3.connect(target)
        source.backup(copy)
        copy.close()
        source.close()
        return target.stat().st_size

    # the peer needs a second SQLite on the file, so nothing of ours may have it open meanwhile
    store.close()
    taken, answers = in_turns({"civgeo": civgeo, "sqlite3": plain}, runs=RUNS)
    store.close()
    size = int(str(answers["civgeo"])) / 1e6
    return _lines(f"backup of {size:.0f} MB", taken, "size; drill in the tests")


def officer_civgeo(folder: Path, number: int) -> list[float]:
    """Seconds that each of many edits of an officer took, with a pause between them."""
    taken = []
    with Store.open(folder) as store:
        for n in range(EDITS):
            time.sleep(PAUSE_S)
            id = f"e{number * EDITS + n:08}"
            start = time.perf_counter()
            store.correct(Collection.ESTATES, id, {"households": n}, EDIT, 1)
            taken.append(time.perf_counter() - start)
    return taken


def officer_plain(file: Path, number: int) -> list[float]:
    """The same with one UPDATE in a transaction."""
    taken = []
    connection = sqlite3.connect(file, timeout=10, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for n in range(EDITS):
        time.sleep(PAUSE_S)
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        row = (n, f"e{number * EDITS + n:08}")
        connection.execute("UPDATE estates SET households = ? WHERE id = ?", row)
        connection.execute("COMMIT")
        taken.append(time.perf_counter() - start)
    connection.close()
    return taken


def _edits(place: Path) -> list[Measured]:
    plain = next(place.glob("plain*.db"))
    contestants: dict[str, Callable[[int], list[float]]] = {
        "civgeo": partial(officer_civgeo, place / "store0"),
        "sqlite3": partial(officer_plain, plain),
    }
    found = {}
    for name, work in contestants.items():
        with get_context("spawn").Pool(OFFICERS) as pool:
            rounds = pool.map(work, range(OFFICERS), chunksize=1)
        found[name] = sorted(second for taken in rounds for second in taken)
    lines = []
    for label, part in (("p50", 50), ("p95", 95), ("p99", 99)):
        taken = {name: statistics.quantiles(all_, n=100)[part - 1] for name, all_ in found.items()}
        lines += _lines(f"edit, {OFFICERS} officers, {label}", taken, "every edit kept")
    return lines


def _lines(task: str, taken: dict[str, float], checked: str) -> list[Measured]:
    return [
        Measured(task, name, seconds, seconds / taken["civgeo"], checked)
        for name, seconds in taken.items()
    ]
