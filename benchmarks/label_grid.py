"""Finding the polygon of each of many points.

Polygons with winding borders that they share, 60 points each, as townships are drawn; points
anywhere over them, their coordinates in two arrays, as they come out of a table. Peers get the
same arrays: geopandas and GEOS have to make points of them, SedonaDB makes them as it joins. A
point on a shared border is in two rows of a peer's answer; the first polygon is compared.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Final

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.analysis.label_grid import LabelGrid

__all__ = ["run"]

Floats = NDArray[np.float64]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

SIZES = {"a county": (500, 100_000, 9), "a prefecture": (5_000, 1_000_000, 5)}
SIZES |= {"a province": (20_000, 4_000_000, 3)}
BENDS = 15
TILE_M = 1_000.0
ORIGIN = (38_500_000.0, 3_600_000.0)
SEED = 20_260_301
CIVGEO: Final = "civgeo `LabelGrid`, built and asked"
ASKED: Final = "civgeo `LabelGrid.label` alone, built before"
JOINED: Final = "`sjoin` alone, points made before"
_JOIN = """
SELECT points.point, polygons.polygon FROM points JOIN polygons
ON ST_Intersects(polygons.geometry, ST_Point(points.x, points.y))
"""


def run() -> None:
    """Measure at three sizes, check every label and report."""
    lines: list[Measured] = []
    taken: dict[str, list[float]] = {}
    sizes = []
    for area, (count, points, runs) in SIZES.items():
        polygons = _polygons(count)
        x, y = _points(polygons, points)
        sizes.append(points)
        task = f"{area}: {points:,} points in {len(polygons):,} polygons"
        for line in _measured(task, polygons, x, y, runs):
            taken.setdefault(line.contestant, []).append(line.seconds)
            lines.append(line)
    notes = [
        f"{name} grows with the points to the power {exponent(sizes, seconds):.2f}"
        for name, seconds in taken.items()
    ]
    packages = versions("shapely", "geopandas", "sedonadb", "numpy", "numba")
    report("label_grid", lines, [*notes, packages])


def _measured(
    task: str, polygons: gpd.GeoSeries, x: Floats, y: Floats, runs: int
) -> list[Measured]:
    grid = LabelGrid(polygons)
    frame = gpd.GeoDataFrame(geometry=polygons)
    made = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=polygons.crs))
    contestants: Mapping[str, Callable[[], object]] = {
        CIVGEO: lambda: LabelGrid(polygons).label(x, y),
        ASKED: partial(grid.label, x, y),
        "geopandas `points_from_xy` and `sjoin`": lambda: _sjoin(
            gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs=polygons.crs)), frame
        ),
        JOINED: lambda: _sjoin(made, frame),
        "SedonaDB, `ST_Intersects` over `ST_Point`": _sedona(polygons, x, y),
    }
    seconds, answers = in_turns(contestants, runs=runs)
    ours = np.asarray(answers[CIVGEO])
    return [
        Measured(task, name, each, each / seconds[CIVGEO], _compared(ours, answers[name]))
        for name, each in seconds.items()
    ]


def _sjoin(points: gpd.GeoDataFrame, polygons: gpd.GeoDataFrame) -> Pairs:
    joined = gpd.sjoin(points, polygons, predicate="intersects")
    return joined.index.to_numpy(), joined["index_right"].to_numpy()


def _sedona(polygons: gpd.GeoSeries, x: Floats, y: Floats) -> Callable[[], Pairs]:
    # a peer that civgeo does not install: pip install sedonadb
    db = import_module("sedonadb").connect()
    numbered = {"polygon": np.arange(len(polygons))}
    bare = gpd.GeoDataFrame(numbered, geometry=polygons.to_numpy())
    db.create_data_frame(bare).to_view("polygons", overwrite=True)
    columns = pa.table({"point": np.arange(len(x)), "x": x, "y": y})
    db.create_data_frame(columns).to_view("points", overwrite=True)

    def join() -> Pairs:
        found = pa.table(db.sql(_JOIN))
        return found["point"].to_numpy(), found["polygon"].to_numpy()

    return join


def _compared(ours: NDArray[np.int32], answer: object) -> str:
    theirs = answer
    if isinstance(answer, tuple):
        point, polygon = answer
        theirs = np.full(len(ours), np.iinfo(np.int64).max)
        np.minimum.at(theirs, point, polygon)
        theirs[theirs == np.iinfo(np.int64).max] = -1
    differing = int(np.count_nonzero(np.asarray(theirs) != ours))
    return f"{differing} labels differ; {np.count_nonzero(ours >= 0):,} points inside"


def _points(polygons: gpd.GeoSeries, count: int) -> tuple[Floats, Floats]:
    west, south, east, north = polygons.total_bounds
    rng = np.random.default_rng(SEED)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


def _polygons(count: int) -> gpd.GeoSeries:
    """A field of about `count` polygons of 60 points, EPSG:4526, neighbours sharing borders."""
    side = round(np.sqrt(count))
    rng = np.random.default_rng(SEED)
    corner = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), -1)
    corner += rng.uniform(-0.25, 0.25, corner.shape)
    across = _winding(corner[:, :-1], corner[:, 1:], rng)
    upward = _winding(corner[:-1], corner[1:], rng)
    rings = [
        np.concatenate(
            [
                *(across[row, column, :-1], upward[row, column + 1, :-1]),
                *(across[row + 1, column, :0:-1], upward[row, column, :0:-1]),
            ]
        )
        for row in range(side)
        for column in range(side)
    ]
    placed = np.asarray(shapely.polygons(np.stack(rings) * TILE_M + ORIGIN), dtype=object)
    return gpd.GeoSeries(placed[shapely.is_valid(placed)], crs="EPSG:4526")


def _winding(start: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    """Borders from `start` to `end`, each with its own bends: array (..., bends + 1, 2)."""
    share = np.linspace(0, 1, BENDS + 1)[:, None]
    along = (end - start)[..., None, :]
    walk = np.cumsum(rng.normal(0, 1, (*start.shape[:-1], BENDS + 1)), axis=-1)
    walk -= walk[..., :1] + (walk[..., -1:] - walk[..., :1]) * share[:, 0]
    off = 0.1 / np.sqrt(BENDS) * walk[..., None]
    bent: Floats = (
        start[..., None, :] + along * share + off * np.stack([-along[..., 1], along[..., 0]], -1)
    )
    return bent
