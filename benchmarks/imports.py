"""Import of a large table of estates, from file to store, beside a plain write of the same rows."""

import csv
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyogrio

from benchmarks.measurement import Measured, report, versions
from civgeo.analysis.fictional_city import fictional_divisions
from civgeo.domain.history import Edit
from civgeo.services import imports
from civgeo.services.city import City
from civgeo.services.import_batches import ImportRequest
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["run"]

ROWS = 200_000
HEADERS = ("小区名称", "所属街道", "小区类别", "建成年份", "总户数", "用房阶段", "经度", "纬度")


def run() -> None:
    """Import 200,000 estates from CSV, then again with every fourth row changed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        city = _city(folder / "store")
        steps, changed = {}, {}
        _import(city, _table(folder / "first.csv", 0), steps)
        _import(city, _table(folder / "second.csv", 1), changed)
        with city.store.read() as reading:
            frame = reading.features(Collection.ESTATES)
            faults = reading.verify_history()
        plain = _plain(frame, folder / "plain.gpkg")
        city.store.close()
    total, later = sum(steps.values()), sum(changed.values())
    checked = f"{len(frame):,} rows read back, {len(faults)} faults in the history"
    lines = [
        Measured(f"import {ROWS:,} new estates", "civgeo", total, 1.0, checked),
        Measured("the same rows as a layer", "pyogrio", plain, plain / total, "rows counted"),
        Measured(
            f"the same file with {ROWS // 4:,} changed",
            "civgeo",
            later,
            1.0,
            checked,
        ),
    ]
    notes = [
        f"new: {_shown(steps)}; {ROWS / total:,.0f} rows/s",
        f"changed: {_shown(changed)}",
        versions("pyogrio", "geopandas", "sqlalchemy"),
    ]
    report("imports", lines, notes)


def _shown(steps: dict[str, float]) -> str:
    return ", ".join(f"{label} {seconds:.1f} s" for label, seconds in steps.items())


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
    return City(store, date(2026, 3, 1))


def _table(path: Path, version: int) -> Path:
    """Estates around the middles of the counties; every fourth has other households later on."""
    divisions = fictional_divisions()
    counties = divisions[divisions["level"] == "county"]
    middles = counties.geometry.representative_point()
    rng = np.random.default_rng(1)
    away = rng.uniform(-0.02, 0.02, (ROWS, 2))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        for number in range(ROWS):
            county = counties.index[number % len(counties)]
            place = middles[county]
            households = 100 + (version if number % 4 == 0 else 0)
            town = f"{county}{101 + number % 3 if county > '990103' else 1 + number % 3:03d}"
            lon, lat = place.x + away[number, 0], place.y + away[number, 1]
            own = (f"{number}号院", town, "新建", "2021", households, "建成", f"{lon:.7f}")
            writer.writerow([*own, f"{lat:.7f}"])
    return path


def _import(city: City, path: Path, seconds: dict[str, float]) -> None:
    begun: dict[str, float] = {}

    def progress(label: str, done: int, total: int) -> None:
        if done == 0:
            begun[label] = time.perf_counter()
        else:
            seconds[label] = time.perf_counter() - begun[label]

    batch = imports.stage(city, path, "estates", ImportRequest(crs="EPSG:4490"), progress=progress)
    if batch.state.value != "ready":
        raise RuntimeError(str(batch.precheck))
    imports.confirm(city, batch.id, Edit("benchmark", "benchmark"), progress=progress)


def _plain(frame: object, path: Path) -> float:
    start = time.perf_counter()
    pyogrio.write_dataframe(frame, path, driver="GPKG")
    return time.perf_counter() - start
