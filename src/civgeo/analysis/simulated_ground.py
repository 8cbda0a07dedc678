"""A simulated landscape: plains in the east, hills in the west, valleys, and reservoirs in them.

Nothing here is a fact: heights are smooth noise drawn by a seeded generator.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.ndimage import binary_dilation, gaussian_filter, label, minimum_filter
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.simulated_lines import Points, Shapes
from civgeo.analysis.simulated_raster import (
    Cells,
    Flags,
    apart_from,
    cells_along,
    cells_inside,
    smooth_noise,
    step_up,
)

__all__ = ["GroundPlan", "SimulatedGround", "simulate_ground"]

CELL_M, COARSEST = 100.0, 2.0
FINE_FROM = 3_000
MOST_CELLS = 3_000_000
MARGIN_M = 1_000.0
ALONG_M = 400.0
LOWEST_M, PLAIN_RISE_M = 34.0, 66.0
HILLS_M, HILL_SPREAD = 165.0, 0.36
HILLS_FROM, HILLS_TO = 0.5, 0.16
VALLEY_M, TOWN_M = 2_600.0, 2_400.0
BEND, ROUND = 0.11, 1.6
ROLLING_M = 1.6
EDGE_M, DRY_M, HILLY = 1_500.0, 900.0, 0.25
WAY_CELLS = 3
A_RESERVOIR_M2 = 1.6e9
APART_M, REACH_M = 5_100.0, 4_500.0
LEAST_M2 = 9e5
DEPTHS_M = (30.0, 24.0, 18.0, 13.0, 9.0, 6.0)


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlan:
    """What a landscape is drawn on, in one metric zone.

    Parameters
    ----------
    epsg
        The zone.
    area
        Outline of the city.
    towns
        Middles of the estates: no hill stands on them.
    rivers
        Lines; they run in valleys.
    ways
        Lines of roads and railways: no reservoir lies on them.
    """

    epsg: int
    area: BaseGeometry
    towns: Points
    rivers: Shapes
    ways: Shapes


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedGround:
    """Heights of a landscape, and the water that stands in it.

    Parameters
    ----------
    grid
        The cells, over the city and a kilometre around it.
    heights
        Metres, to a decimetre.
    hills
        How much of a hill each cell is: 0 in the plain, 1 in the hills.
    relief
        How high each cell stands above the plain, metres.
    reservoirs
        Cells of each reservoir, the largest first.
    """

    grid: GroundGrid
    heights: Cells
    hills: Cells
    relief: Cells
    reservoirs: tuple[Flags, ...]


def simulate_ground(plan: GroundPlan, rng: np.random.Generator) -> SimulatedGround:
    """Draw the landscape of a city.

    Parameters
    ----------
    plan
        Outline, towns and rivers.
    rng
        Seeded generator: the same seed draws the same landscape.
    """
    around = shapely.box(*(np.array(plan.area.bounds) + MARGIN_M * np.array([-1, -1, 1, 1])))
    grid = GroundGrid.over(around, plan.epsg, _cell_m(around.area, len(plan.towns)))
    east = (np.arange(grid.columns, dtype=np.float32) + 0.5) / grid.columns
    rivers = shapely.get_coordinates(shapely.segmentize(plan.rivers, ALONG_M))
    river, town = apart_from(rivers, grid), apart_from(plan.towns, grid)
    hills = 1 - step_up(east + BEND * smooth_noise(grid, 60_000.0, 2.2, rng), HILLS_TO, HILLS_FROM)
    hills *= 1 - np.exp(-((river / VALLEY_M) ** 2))
    hills *= 1 - np.exp(-((town / TOWN_M) ** 2))
    # zero lines of the noise are a net of valleys
    valleys = np.abs(smooth_noise(grid, 13_000.0, 2.1, rng))
    relief = HILLS_M * np.exp(HILL_SPREAD * smooth_noise(grid, 45_000.0, 2.4, rng))
    relief *= hills * (0.1 + ROUND * np.tanh(valleys / ROUND))
    plain = LOWEST_M + PLAIN_RISE_M * (1 - east) ** 1.3
    plain = plain + ROLLING_M * smooth_noise(grid, 6_000.0, 1.6, rng)
    heights = (plain + relief).astype(np.float32)
    dry = cells_inside(np.array([plan.area.buffer(-EDGE_M)]), grid)
    dry &= (hills > HILLY) & (np.minimum(river, town) > DRY_M)
    dry &= ~binary_dilation(cells_along(plan.ways, grid), iterations=WAY_CELLS)
    filled = list(_reservoirs(heights, dry, grid.cell_m, plan.area.area))
    for cells, level in filled:
        heights[cells] = level
    largest_first = sorted((cells for cells, _ in filled), key=lambda cells: -int(cells.sum()))
    return SimulatedGround(grid, np.round(heights, 1), hills, relief, tuple(largest_first))


def _cell_m(area_m2: float, estates: int) -> float:
    """Side of a cell: the more for a large city, and for one that is drawn with few estates."""
    coarse = min(COARSEST, np.sqrt(FINE_FROM / max(1, estates)))
    steps = max(1.0, coarse, np.sqrt(area_m2 / MOST_CELLS) / CELL_M)
    return float(np.ceil(4 * steps) / 4) * CELL_M


def _reservoirs(
    heights: Cells, dry: Flags, cell_m: float, area_m2: float
) -> Iterator[tuple[Flags, float]]:
    """Cells and level of reservoirs: hollows among the hills, filled as high as they hold."""
    smooth = gaussian_filter(heights, 2)
    reach, least = int(REACH_M / cell_m), LEAST_M2 / cell_m**2
    lows = np.argwhere((smooth == minimum_filter(smooth, int(APART_M / cell_m))) & dry)
    wanted = max(2, round(area_m2 / A_RESERVOIR_M2))
    for row, column in lows[np.argsort(-heights[tuple(lows.T)], kind="stable")].tolist():
        window = tuple(slice(max(0, at - reach), at + reach) for at in (row, column))
        around = smooth[window]
        inside = row - window[0].start, column - window[1].start
        for depth in DEPTHS_M:
            level = float(smooth[row, column]) + depth
            part, _ = label(around < level)
            pool = part == part[inside]
            if _is_reservoir(pool, dry[window], least):
                cells = np.zeros_like(dry)
                cells[window] = pool
                yield cells, level
                wanted -= 1
                break
        if not wanted:
            return


def _is_reservoir(pool: Flags, dry: Flags, least: float) -> bool:
    rim = pool[0].any() or pool[-1].any() or pool[:, 0].any() or pool[:, -1].any()
    size = int(pool.sum())
    return not rim and least <= size <= 10 * least and bool(dry[pool].all())
