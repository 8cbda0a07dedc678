"""What is seen from a road, an observer every 50 m, against a run of gdal_viewshed each.

gdal_viewshed knows one observer a process; a script for many has to start it for each and join the
answers (not timed). It is timed with its start, as it is used; the notes take that of a run over
nine cells off. It is asked for some of the observers, spread along the road; its time for all is
told from theirs.
"""

import os
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from scipy import ndimage

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.viewshed import Visible, viewshed

__all__ = ["run"]

SIZES = {"a county road, 5 km": (5, 5), "a trunk road, 20 km": (20, 3), "50 km": (50, 3)}
EPSG, WEST, NORTH = 4526, 38_400_000.0, 3_700_000.0
CELL_M, REACH_M, EVERY_M, EYES_M, CURVATURE = 10.0, 3_000.0, 50.0, 1.6, 0.85714
ASKED = 24
SEEN, BEYOND = 1, 2
SEED = 411_700
CIVGEO = "civgeo `viewshed`, all observers"

Heights = npt.NDArray[np.float32]
Cells = npt.NDArray[np.int64]


def run() -> None:
    """Measure at three sizes, compare each asked observer with GDAL's answer and report."""
    lines: list[Measured] = []
    sizes, notes, taken = [], [], []
    start = _start_s()
    for name, (length_km, runs) in SIZES.items():
        heights, road = _ground(length_km)
        with TemporaryDirectory(prefix="civgeo-viewshed-") as folder:
            some = _measured(f"{name}, {len(road):,} observers", Path(folder), heights, road, runs)
        bare = some[1].seconds - start * len(road)
        lines += some
        sizes.append(len(road))
        taken.append(some[0].seconds)
        notes.append(
            f"{name}: {heights.size / 1e6:.1f} M cells; {bare / some[0].seconds:.0f} times without"
            f" the {start * 1e3:.0f} ms that GDAL takes to start"
        )
    notes.append(f"civgeo grows with the observers to the power {exponent(sizes, taken):.2f}")
    notes.append(f"load {os.getloadavg()[0]:.1f}; {versions('numba', 'numpy')}; {_gdal()}")
    report("viewshed", lines, notes)


def _measured(
    task: str, folder: Path, heights: Heights, road: Cells, runs: int
) -> tuple[Measured, Measured]:
    dem = _written(folder, heights)
    asked = road[np.linspace(0, len(road) - 1, ASKED).astype(np.int64)]
    contestants = {
        CIVGEO: partial(_ours, heights, road),
        "gdal": lambda: [_by_gdal(folder, dem, number, cell) for number, cell in enumerate(asked)],
    }
    seconds, _ = in_turns(contestants, runs=runs)
    agreeing = [
        _agreement(_ours(heights, cell[None]), folder / f"{number}.tif")
        for number, cell in enumerate(asked)
    ]
    checked = f"agreement {np.mean(agreeing):.2%}, least {min(agreeing):.2%}"
    theirs = seconds["gdal"] / ASKED * len(road)
    return (
        Measured(task, CIVGEO, seconds[CIVGEO], 1.0, f"{ASKED} observers, cell by cell"),
        Measured(task, "gdal_viewshed, a run each", theirs, theirs / seconds[CIVGEO], checked),
    )


def _ours(heights: Heights, cells: Cells) -> Visible:
    grid = GroundGrid(EPSG, WEST, NORTH, CELL_M, *heights.shape)
    x, y = grid.middles(cells[:, 0], cells[:, 1])
    lift = {"observer_m": EYES_M, "max_distance_m": REACH_M, "curvature": CURVATURE}
    return viewshed(grid, heights, x, y, **lift)


def _by_gdal(folder: Path, dem: Path, number: int, cell: Cells) -> None:
    x, y = WEST + (cell[1] + 0.5) * CELL_M, NORTH - (cell[0] + 0.5) * CELL_M
    said = {"-ox": x, "-oy": y, "-oz": EYES_M, "-md": REACH_M, "-cc": CURVATURE}
    said |= {"-vv": SEEN, "-iv": 0, "-ov": BEYOND}
    options = [str(each) for pair in said.items() for each in pair]
    subprocess.run(["gdal_viewshed", "-q", *options, dem, folder / f"{number}.tif"], check=True)


def _agreement(ours: Visible, answer: Path) -> float:
    with rasterio.open(answer) as file:
        theirs = file.read(1)
        row = round((NORTH - file.bounds.top) / CELL_M)
        column = round((file.bounds.left - WEST) / CELL_M)
    mine = ours.observers[row : row + theirs.shape[0], column : column + theirs.shape[1]]
    within = theirs != BEYOND
    return float((mine[within] == theirs[within]).mean())


def _start_s() -> float:
    """Median time of GDAL with next to nothing to do."""
    taken = []
    with TemporaryDirectory(prefix="civgeo-viewshed-") as folder:
        dem = _written(Path(folder), np.zeros((3, 3), np.float32))
        for _ in range(9):
            start = time.perf_counter()
            _by_gdal(Path(folder), dem, 0, np.array([1, 1]))
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _written(folder: Path, heights: Heights) -> Path:
    dem = folder / "dem.tif"
    shape = {"height": heights.shape[0], "width": heights.shape[1], "count": 1}
    place = {"crs": f"EPSG:{EPSG}", "transform": Affine(CELL_M, 0, WEST, 0, -CELL_M, NORTH)}
    with rasterio.open(dem, "w", driver="GTiff", dtype="float32", **shape, **place) as file:
        file.write(heights, 1)
    return dem


def _gdal() -> str:
    done = subprocess.run(["gdalinfo", "--version"], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


def _ground(length_km: int) -> tuple[Heights, Cells]:
    """Rolling hills around a road with a level bed of three cells, and a cell of it every 50 m."""
    rng = np.random.default_rng(SEED)
    rows, columns = round(10_000 / CELL_M), round(length_km * 1_000 / CELL_M)
    heights = np.full((rows, columns), 120.0)
    for size, rise in ((120, 25), (40, 10), (12, 3), (3, 0.4)):
        waves = ndimage.gaussian_filter(rng.normal(size=heights.shape), size, mode="wrap")
        heights += rise * waves / waves.std()
    column = np.arange(columns)
    row = np.round(rows / 2 + 80 * np.sin(column / 150)).astype(np.int64)
    bed = ndimage.gaussian_filter1d(heights[row, column], 8)
    for across in (-1, 0, 1):
        heights[row + across, column] = bed
    every = slice(2, None, round(EVERY_M / CELL_M))
    return heights.astype(np.float32), np.column_stack([row, column])[every]
