"""What is seen from a road: terrain cells in sight of any of a line of observers.

A ray goes from an observer's eye to the middle of each cell; where it passes between two cells, the
horizon there lies between theirs. The ground falls away with the curvature of the earth, less what
refraction bends the light back. Buildings and trees hide nothing, unless the model holds them.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.ground_grid import GroundGrid, Heights
from civgeo.analysis.kernels.viewshed import look_around
from civgeo.errors import CrsError, InvalidInput

__all__ = ["EARTH_DIAMETER_M", "REFRACTED", "Visible", "road_observers", "viewshed"]

EARTH_DIAMETER_M = 2 * 6_378_137.0
"""Of the major axis of CGCS2000."""

REFRACTED = 6 / 7
"""Share of the curvature that refraction in ordinary air leaves."""

MOST_OBSERVERS = 65_535
MOST_ALONG_ROADS = 1_000_000

_Whole = npt.NDArray[np.int64]
_Counts = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Visible:
    """What a list of observers sees.

    Parameters
    ----------
    grid
        The cells.
    observers
        How many of them see each cell; 0 also for a cell without a height or out of reach.
    known
        Cells whose height is known.
    placed
        Observers that stand on a cell with a height; the others see nothing.
    """

    grid: GroundGrid
    observers: _Counts
    known: npt.NDArray[np.bool_]
    placed: npt.NDArray[np.bool_]

    def at(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """How many observers see the cells that places lie in; NaN where no height is known."""
        row, column = self.grid.cells_of(x, y)
        found = self.observers[row, column].astype(np.float64)
        found[(row < 0) | ~self.known[row, column]] = np.nan
        return found


def road_observers(roads: gpd.GeoSeries, every_m: float) -> pd.DataFrame:
    """Places along roads, at even steps of at most a distance, ends included.

    Parameters
    ----------
    roads
        Lines in a metric zone; null and empty ones have no observers.
    every_m
        Longest step, metres.

    Returns
    -------
    DataFrame
        ``road`` (index in `roads`), ``along_m``, ``x``, ``y``; in the order of the roads.

    Raises
    ------
    CrsError
        When the roads are not in metres.
    InvalidInput
        When the step is not above zero, a road is no line, or there would be more than a
        million places.
    """
    if roads.crs is None or not roads.crs.is_projected:
        raise CrsError("道路没有以米为单位的坐标系，请先换算", code="crs_mixed")
    if not every_m > 0:
        raise InvalidInput(f"观察点间距应大于 0：{every_m}", code="not_positive")
    shapes = roads.to_numpy()
    lines, of = shapely.get_parts(shapes, return_index=True)
    if not np.isin(shapely.get_type_id(lines), (1, 2)).all():
        raise InvalidInput("道路应是线", code="bad_geometry")
    length = shapely.length(lines)
    count = np.maximum(np.ceil(length / every_m), 1)
    if count.sum() + len(lines) > MOST_ALONG_ROADS:
        text = f"每 {every_m:g} 米一个观察点，将超过 {MOST_ALONG_ROADS:,} 个；请加大间距或减少道路"
        raise InvalidInput(text, code="too_many_observers")
    steps = count.astype(np.int64)
    line = np.repeat(np.arange(len(lines)), steps + 1)
    first = np.concatenate([[0], np.cumsum(steps + 1)])
    along = (np.arange(first[-1]) - first[line]) / steps[line] * length[line]
    places = shapely.line_interpolate_point(lines[line], along)
    return pd.DataFrame(
        {
            "road": roads.index.to_numpy()[of[line]],
            "along_m": along,
            "x": shapely.get_x(places),
            "y": shapely.get_y(places),
        }
    )


def viewshed(
    grid: GroundGrid,
    heights: Heights,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    observer_m: float,
    max_distance_m: float,
    target_m: float = 0.0,
    curvature: float = REFRACTED,
    threads: int = 2,
    window_cells: int = 8_000_000,
) -> Visible:
    """How many observers see each cell.

    Parameters
    ----------
    grid, heights
        Cells and their heights, NaN where not known: such a cell hides nothing and is not seen.
    x, y
        Observers, metres of the zone; each stands at the middle of its cell.
    observer_m
        Height of the eyes above the ground, metres.
    max_distance_m
        How far anything is seen, metres, the limit included.
    target_m
        Height above the ground of what is looked for, metres.
    curvature
        Share of the earth's curvature that counts: 0 for a plane, 6/7 with ordinary refraction.
    threads
        Windows that are worked on side by side; the answer is the same for any number.
    window_cells
        Cells of a window, each of which takes 12 octets; a single observer may need more.

    Raises
    ------
    InvalidInput
        When heights do not fit the grid, a distance is not above zero or a height below it, or
        there are more than 65,535 observers.
    """
    _require_sound(grid, heights, observer_m, max_distance_m, target_m, curvature)
    row, column = grid.cells_of(x, y)
    if len(row) > MOST_OBSERVERS:
        text = f"观察点有 {len(row)} 个，最多 {MOST_OBSERVERS} 个；请加大间距或分段计算"
        raise InvalidInput(text, code="too_many_observers")
    heights = np.asarray(heights, dtype=np.float32)
    reach = max_distance_m / grid.cell_m
    bend = curvature * grid.cell_m**2 / EARTH_DIAMETER_M
    placed = row >= 0
    placed[placed] = ~np.isnan(heights[row[placed], column[placed]])
    counts: _Counts = np.zeros(heights.shape, np.uint16)

    def look(chosen: _Whole) -> tuple[tuple[slice, slice], _Counts]:
        window = _window(grid, row[chosen], column[chosen], reach)
        ground = np.ascontiguousarray(heights[window])
        turned = np.ascontiguousarray(ground.T)
        seen, seen_turned = np.zeros(ground.shape, np.uint16), np.zeros(turned.shape, np.uint16)
        corner = row[chosen] - window[0].start, column[chosen] - window[1].start
        lift = (observer_m, target_m, bend, reach)
        look_around(ground, turned, *corner, *lift, seen, seen_turned)
        seen += seen_turned.T
        return window, seen

    with ThreadPoolExecutor(threads) as pool:
        groups = list(
            _groups(grid, row, column, np.flatnonzero(placed), reach, threads, window_cells)
        )
        for window, seen in pool.map(look, groups):
            counts[window] += seen
    known = ~np.isnan(heights)
    counts[~known] = 0
    return Visible(grid, counts, known, placed)


def _require_sound(
    grid: GroundGrid,
    heights: Heights,
    observer_m: float,
    max_distance_m: float,
    target_m: float,
    curvature: float,
) -> None:
    if heights.shape != (grid.rows, grid.columns):
        raise InvalidInput("高程与网格的行列数不同，请重新准备", code="grids_differ")
    if not 0 < max_distance_m < np.inf:
        raise InvalidInput(f"最远距离应大于 0：{max_distance_m}", code="not_positive")
    for value in (observer_m, target_m, curvature):
        if not 0 <= value < np.inf:
            raise InvalidInput(f"高度和曲率系数不能小于 0：{value}", code="bad_height")


def _window(grid: GroundGrid, row: _Whole, column: _Whole, reach: float) -> tuple[slice, slice]:
    """Rows and columns within reach of some cells."""
    far = int(reach)
    return (
        slice(max(0, int(row.min()) - far), min(grid.rows, int(row.max()) + far + 1)),
        slice(max(0, int(column.min()) - far), min(grid.columns, int(column.max()) + far + 1)),
    )


def _groups(
    grid: GroundGrid,
    row: _Whole,
    column: _Whole,
    chosen: _Whole,
    reach: float,
    threads: int,
    window_cells: int,
) -> Iterator[_Whole]:
    """Observers, in their order, whose windows together stay small."""
    begin, most = 0, max(1, -(-len(chosen) // threads))
    for end in range(1, len(chosen) + 1):
        if end < len(chosen) and end - begin < most:
            some = chosen[begin : end + 1]
            rows, columns = _window(grid, row[some], column[some], reach)
            if (rows.stop - rows.start) * (columns.stop - columns.start) <= window_cells:
                continue
        yield chosen[begin:end]
        begin = end
