"""Import of tables of estates, from file to store, while an officer edits in another process.

Peers: pyogrio writing the same rows to a GeoPackage, and the standard library's sqlite3 writing
them to a table. Neither reads a file, checks a cell, keeps a history or lets anybody else write.

``CIVGEO_BENCHMARK_SIZES`` sets other sizes, parted by commas.
"""

import csv
import itertools
import os
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio

from benchmarks.measurement import Measured, exponent, report, versions
from benchmarks.store import estates, fill_plain
from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.domain.history import Edit
from civgeo.services import imports
from civgeo.services.city import City
from civgeo.services.import_batches import ImportRequest
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["run"]

SIZES = tuple(map(int, os.environ.get("CIVGEO_BENCHMARK_SIZES", "10000,100000,1000000").split(",")))
HEADERS = ("小区名称", "所属街道", "小区类别", "建成年份", "总户数", "用房阶段", "经度", "纬度")
OWN, PAUSE_S = 500, 0.05
EDIT = Edit("benchmark", "benchmark")
Seconds = dict[str, float]


def run() -> None:
    """Import estates of three sizes from CSV while an officer edits others; undo the last."""
    lines: list[Measured] = []
    notes: list[str] = []
    totals = []
    for rows in SIZES:
        with tempfile.TemporaryDirectory(prefix="civgeo-benchmark-") as name:
            total, made, told = _measured(rows, Path(name))
        totals.append(total)
        lines += made
        notes += told
    if len(SIZES) > 1:
        notes.append(f"the import grows with the rows to the power {exponent(SIZES, totals):.2f}")
    report("imports", lines, [*notes, versions("pyogrio", "geopandas", "sqlalchemy")])


def _measured(rows: int, folder: Path) -> tuple[float, list[Measured], list[str]]:
    city = _city(folder / "store")
    stop = folder / "stop"
    with get_context("spawn").Pool(1) as pool:
        officer = pool.apply_async(edit_beside, (folder / "store", stop))
        steps: Seconds = {}
        id = _import(city, _table(folder / "table.csv", rows), steps)
        stop.touch()
        edits = officer.get()
    with city.store.read() as reading:
        frame = reading.features(Collection.ESTATES)
        faults = reading.verify_history()
    if len(frame) != rows + OWN or faults or int(frame["version"].sum()) != len(frame) + len(edits):
        raise AssertionError((len(frame), faults))
    begun = time.perf_counter()
    imports.undo(city, id, EDIT)
    undone = time.perf_counter() - begun
    plain, table = _plain(frame, folder / "plain.gpkg"), fill_plain(frame, folder / "plain.db")
    city.store.close()
    total = sum(steps.values())
    checked = f"{rows:,} rows read back, no fault in the history, {len(edits):,} edits beside kept"
    lines = [
        Measured(f"import {rows:,} estates", "civgeo", total, 1.0, checked),
        Measured(f"import {rows:,} estates", "pyogrio", plain, plain / total, "written only"),
        Measured(f"import {rows:,} estates", "sqlite3", table, table / total, "written only"),
        Measured(f"undo {rows:,} estates", "civgeo", undone, 1.0, "history keeps both"),
    ]
    cuts = statistics.quantiles(edits, n=100)
    spread = ", ".join(f"p{part} {1000 * cuts[part - 1]:.0f} ms" for part in (50, 95, 99))
    shown = ", ".join(f"{label} {seconds:.1f} s" for label, seconds in steps.items())
    return (
        total,
        lines,
        [
            f"{rows:,}: {shown}; {rows / total:,.0f} rows/s",
            f"{rows:,}: edits beside: {spread}, longest {max(edits):.1f} s",
        ],
    )


def edit_beside(folder: Path, stop: Path) -> list[float]:
    """Seconds that each edit of another process took until the file `stop` was there."""
    taken: list[float] = []
    versions_ = dict.fromkeys(range(OWN), 1)
    with Store.open(folder) as store:
        for number in itertools.cycle(range(OWN)):
            if stop.exists() and len(taken) > 1:
                return taken
            time.sleep(PAUSE_S)
            start = time.perf_counter()
            expected, households = versions_[number], {"households": 10_000 + len(taken)}
            id = f"e{number:08}"
            versions_[number] = store.correct(Collection.ESTATES, id, households, EDIT, expected)
            taken.append(time.perf_counter() - start)
    return taken


def _city(folder: Path) -> City:
    register = Register(
        city="990100",
        name="虚构市",
        simulated=True,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        edition="fictional",
        sources={},
    )
    store = Store.create(folder, register=register)
    with store.write() as writing:
        writing.add_divisions(fictional_divisions())
        writing.add_estates(estates(OWN))
    return City(store, date(2026, 3, 1))


def _table(path: Path, rows: int) -> Path:
    """Estates around the middles of the counties."""
    divisions = fictional_divisions()
    counties = divisions[divisions["level"] == "county"]
    middles = counties.geometry.representative_point()
    rng = np.random.default_rng(1)
    away = rng.uniform(-0.02, 0.02, (rows, 2))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        for number in range(rows):
            county = counties.index[number % len(counties)]
            place = middles[county]
            town = f"{county}{101 + number % 3 if county > '990103' else 1 + number % 3:03d}"
            lon, lat = place.x + away[number, 0], place.y + away[number, 1]
            own = (f"{number}号院", town, "新建", "2021", 100, "建成", f"{lon:.7f}")
            writer.writerow([*own, f"{lat:.7f}"])
    return path


def _import(city: City, path: Path, seconds: Seconds) -> str:
    begun: Seconds = {}

    def progress(label: str, done: int, total: int) -> None:
        if done == 0:
            begun[label] = time.perf_counter()
        else:
            seconds[label] = time.perf_counter() - begun[label]

    batch = imports.stage(city, path, "estates", ImportRequest(crs="EPSG:4490"), progress=progress)
    if batch.state.value != "ready":
        raise RuntimeError(str(batch.precheck))
    imports.confirm(city, batch.id, EDIT, progress=progress)
    return batch.id


def _plain(frame: gpd.GeoDataFrame, path: Path) -> float:
    start = time.perf_counter()
    pyogrio.write_dataframe(frame, path, driver="GPKG")
    return time.perf_counter() - start
