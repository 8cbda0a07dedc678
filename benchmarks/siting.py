"""Exclusions of a cemetery's siting: eight layers with their distances, and slope, a bit a rule.

The peer is the usual pipeline of numpy and OpenCV: polygons filled and lines drawn on a mask a
layer, a precise distance transform where a rule keeps a distance, Sobel for the slope, everything
joined with ``|``, components with their areas. It keeps one mask; civgeo keeps a plane a rule.
``CIVGEO_OPENCV`` names a Python with numpy and opencv-python-headless.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from benchmarks.peer_process import peer_answers
from benchmarks.siting_peer import PIPELINE
from civgeo.analysis.candidate_areas import candidate_areas
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.siting import ConstraintLayer, Exclusions, SlopeLimit, exclusions
from civgeo.analysis.slope import Elevation

__all__ = ["measured_alone", "run"]

SIZES = {"a county, 20 km": (20, 5), "half a prefecture, 50 km": (50, 3)}
SIZES |= {"a prefecture, 100 km": (100, 2)}
CELL_M = 10.0
EPSG, WEST, NORTH = 4526, 38_400_000.0, 3_700_000.0
LEAST_M2 = 50 * 2_000 / 3
STEEPEST = 15.0
SEED = 411_700
OVERLAY: Final = "civgeo `exclusions`: a plane a rule"
WHOLE: Final = "civgeo `exclusions` and `candidate_areas` with outlines"
# kind, features a 100 km2, distance in metres, length or width of a feature in metres
AREAS = (("arable_land", 150, 0, 500), ("forest", 60, 0, 700), ("reservoir", 2, 1_000, 600))
AREAS += (("residential", 25, 500, 250), ("heritage", 1, 500, 200))
LINES = (("river", 0.6, 300, 15_000), ("trunk_road", 0.3, 1_000, 30_000))
LINES += (("railway", 0.05, 1_000, 50_000),)

Shapes = npt.NDArray[np.object_]
Layers = dict[str, tuple[Shapes, float]]


def run() -> None:
    """Measure at three sizes, compare the free cells with the peer's and report."""
    lines: list[Measured] = []
    taken: dict[str, list[float]] = {}
    sizes, notes = [], []
    for name, (side, runs) in SIZES.items():
        layers, heights = _layers(side), _heights(side)
        cells = heights.size
        sizes.append(cells)
        for line in _measured(f"{name}: {cells / 1e6:,.0f} M cells", side, layers, heights, runs):
            taken.setdefault(line.contestant, []).append(line.seconds)
            lines.append(line)
        notes.append(f"{name}: memory of civgeo alone at most {_memory(side):,.0f} MB")
    for name, seconds in taken.items():
        if len(seconds) == len(sizes):
            notes.append(f"{name}: grows with the power {exponent(sizes, seconds):.2f}")
    load = Path("/proc/loadavg").read_text().split()[0]
    notes.append(f"load {load}; {versions('numba', 'numpy', 'shapely', 'geopandas')}")
    report("siting", lines, notes)


def _measured(
    task: str, side: int, layers: Layers, heights: npt.NDArray[np.float32], runs: int
) -> list[Measured]:
    overlay = _overlay(side, layers, heights)
    contestants: dict[str, Callable[[], object]] = {
        OVERLAY: overlay,
        WHOLE: lambda: candidate_areas(overlay(), LEAST_M2),
    }
    seconds, answers = in_turns(contestants, runs=runs)
    marks, areas = answers[OVERLAY], answers[WHOLE]
    if not isinstance(marks, Exclusions) or not isinstance(areas, gpd.GeoDataFrame):
        raise TypeError
    free = marks.unpacked(marks.free())
    found = f"{free.mean():.1%} free, {len(areas)} areas of 50 mu or more"
    lines = [
        Measured(task, OVERLAY, seconds[OVERLAY], 1.0, found),
        Measured(task, WHOLE, seconds[WHOLE], seconds[WHOLE] / seconds[OVERLAY], found),
    ]
    peer = peer_answers("CIVGEO_OPENCV", PIPELINE, _as_arrays(layers, heights, runs))
    if peer is not None:
        about, theirs = peer
        other = np.unpackbits(theirs["free"], axis=1, count=free.shape[1]).view(np.bool_)
        checked = f"{_compared(free, other)}, {about['areas']} areas"
        for name in ("overlay", "whole"):
            took, own = float(str(about[name])), OVERLAY if name == "overlay" else WHOLE
            label = f"numpy + OpenCV {about['version']}, {name}"
            lines.append(Measured(task, label, took, took / seconds[own], checked))
    return lines


def _compared(ours: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_]) -> str:
    differing = ours != theirs
    rim = np.zeros_like(ours)
    for free in (ours, theirs):
        rim |= ndimage.binary_dilation(free, iterations=2)
        rim &= ~ndimage.binary_erosion(free, iterations=2)
    return f"{differing.mean():.2%} of cells differ, {(differing & ~rim).sum()} off the border"


def _overlay(
    side: int, layers: Layers, heights: npt.NDArray[np.float32]
) -> Callable[[], Exclusions]:
    region = shapely.box(WEST, NORTH - side * 1_000, WEST + side * 1_000, NORTH)
    given = [
        ConstraintLayer(kind, gpd.GeoSeries(shapes, crs=EPSG), distance, kind)
        for kind, (shapes, distance) in layers.items()
    ]
    grid = GroundGrid.over(region, EPSG, CELL_M)
    model = Elevation(heights, (CELL_M, 0.0, WEST, 0.0, -CELL_M, NORTH))
    source = HeightSource(grid, model)
    slopes = [SlopeLimit("slope", STEEPEST)]
    return partial(exclusions, region, EPSG, given, cell_m=CELL_M, slopes=slopes, heights=source)


def _layers(side: int) -> Layers:
    rng = np.random.default_rng(SEED)
    layers: Layers = {}
    for kind, density, distance, size in AREAS:
        count = max(1, int(density * side * side / 100))
        layers[kind] = _blobs(rng, count, size, side), float(distance)
    for kind, density, distance, size in LINES:
        count = max(1, int(density * side * side / 100))
        layers[kind] = _ways(rng, count, size, side), float(distance)
    return layers


def _blobs(rng: np.random.Generator, count: int, size: float, side: int) -> Shapes:
    """Polygons of 24 corners, `size` metres wide on average."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = size / 2 * rng.lognormal(0, 0.5, (count, 1)) * rng.uniform(0.7, 1.3, (count, 24))
    corner = np.stack([np.cos(turn), np.sin(turn)], -1) * radius[..., None]
    blobs: Shapes = shapely.polygons(corner + _places(rng, count, side)[:, None])
    return blobs


def _ways(rng: np.random.Generator, count: int, length: float, side: int) -> Shapes:
    """Winding lines with a corner every 60 m."""
    steps = int(length / 60)
    turn = rng.uniform(0, 2 * np.pi, (count, 1)) + np.cumsum(rng.normal(0, 0.06, (count, steps)), 1)
    step = 60 * np.stack([np.cos(turn), np.sin(turn)], -1)
    ways: Shapes = shapely.linestrings(np.cumsum(step, axis=1) + _places(rng, count, side)[:, None])
    return ways


def _places(rng: np.random.Generator, count: int, side: int) -> npt.NDArray[np.float64]:
    return rng.uniform((WEST, NORTH - side * 1_000), (WEST + side * 1_000, NORTH), (count, 2))


def _heights(side: int) -> npt.NDArray[np.float32]:
    """Hills on a plain with a hole of unknown heights."""
    n = round(side * 1_000 / CELL_M)
    rng = np.random.default_rng(SEED)
    coarse = rng.normal(0, 1, (side * 2 + 4, side * 2 + 4)).cumsum(0).cumsum(1) / side * 6
    rough = ndimage.zoom(coarse + rng.normal(0, 60, coarse.shape), n / (side * 2) + 0.5, order=1)
    heights = np.ascontiguousarray(rough[:n, :n], dtype=np.float32)
    heights[n // 3 : n // 3 + n // 50, n // 4 : n // 4 + n // 30] = np.nan
    return heights


def _as_arrays(
    layers: Layers, heights: npt.NDArray[np.float32], runs: int
) -> dict[str, npt.NDArray[np.generic]]:
    """Layers as corners in cells from the north-west, as OpenCV takes them."""
    arrays: dict[str, npt.NDArray[np.generic]] = {"heights": heights, "runs": np.array(runs)}
    for number, (shapes, distance) in enumerate(layers.values()):
        lines = np.where(
            shapely.get_type_id(shapes) == 3, shapely.get_exterior_ring(shapes), shapes
        )
        corner = (shapely.get_coordinates(lines) - (WEST, NORTH)) * (1, -1) / CELL_M - 0.5
        sizes = shapely.get_num_coordinates(lines)
        is_area = np.array(shapely.get_type_id(shapes)[0] == 3)
        arrays |= {f"corner{number}": corner, f"ends{number}": np.cumsum(sizes)}
        arrays |= {f"distance{number}": np.array(distance / CELL_M), f"area{number}": is_area}
    return arrays


def _memory(side: int) -> float:
    """Most memory of a process that does nothing but one overlay with its candidates, MB."""
    with TemporaryDirectory(prefix="civgeo-siting-") as folder:
        np.save(Path(folder) / "heights.npy", _heights(side))
        call = f"from benchmarks.siting import measured_alone; measured_alone({side}, {folder!r})"
        done = subprocess.run([sys.executable, "-c", call], stdout=subprocess.PIPE, check=True)
    return float(json.loads(done.stdout))


def measured_alone(side: int, folder: str) -> None:
    """Print the most memory of this process after one overlay with its candidates, MB."""
    heights = np.load(Path(folder) / "heights.npy", mmap_mode="r")
    candidate_areas(_overlay(side, _layers(side), heights)(), LEAST_M2)
    status = Path("/proc/self/status").read_text()
    sys.stdout.write(str(int(status.split("VmHWM:")[1].split()[0]) / 1_024))
