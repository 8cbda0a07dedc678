"""What of the ground is seen from roads, band of rows by band, where it matters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from civgeo.analysis.ground_grid import Floats, GroundGrid, HeightSource
from civgeo.analysis.site_marks import Words
from civgeo.analysis.viewshed import MOST_OBSERVERS, viewshed

__all__ = ["RoadView", "road_view"]

_WINDOW_CELLS = 1_500_000

_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RoadView:
    """What observers see of the rows that were looked at.

    Parameters
    ----------
    seen, known
        Planes of the cells that are seen, and of those whose height is known.
    observers, placed
        How many observers come near enough, and how many of them stand on ground of known height.
    """

    seen: Words
    known: Words
    observers: int
    placed: int


def road_view(
    heights: HeightSource,
    x: Floats,
    y: Floats,
    rows: _Flags,
    *,
    observer_m: float,
    max_distance_m: float,
    threads: int = 2,
    band_cells: int = 8_000_000,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RoadView:
    """Cells of some rows that any of a list of observers sees.

    Parameters
    ----------
    heights
        Ground of the grid.
    x, y
        Observers, metres of the zone.
    rows
        Rows of the grid that matter; the others are left out.
    observer_m, max_distance_m
        As for `civgeo.analysis.viewshed.viewshed`.
    threads
        Windows that are worked on side by side.
    band_cells
        Cells of a band with the ground around it, where the distance leaves it room.
    progress
        Called with the rows done, and all.

    Raises
    ------
    InvalidInput
        As `viewshed`.
    """
    grid = heights.grid
    shape = (grid.rows, (grid.columns + 63) // 64)
    seen, known = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
    margin = int(max_distance_m / grid.cell_m) + 1
    near, placed = np.zeros(len(x), np.bool_), np.zeros(len(x), np.bool_)
    for low, high in _bands(grid, rows, margin, band_cells):
        top, bottom = max(0, low - margin), min(grid.rows, high + margin)
        part = replace(grid, north=grid.north - top * grid.cell_m, rows=bottom - top)
        ground = heights.rows(top, bottom)
        inside = np.flatnonzero(part.cells_of(x, y)[0] >= 0)
        near[inside] = True
        band = slice(low - top, high - top)
        known[low:high] = _packed(~np.isnan(ground[band]), shape[1])
        for some in np.split(inside, range(MOST_OBSERVERS, len(inside), MOST_OBSERVERS)):
            found = viewshed(
                *(part, ground, x[some], y[some]),
                observer_m=observer_m,
                max_distance_m=max_distance_m,
                threads=threads,
                window_cells=_WINDOW_CELLS,
            )
            placed[some] |= found.placed
            seen[low:high] |= _packed(found.observers[band] > 0, shape[1])
        heights.let_go()
        progress(high, grid.rows)
    return RoadView(seen, known, int(near.sum()), int(placed.sum()))


def _bands(
    grid: GroundGrid, rows: _Flags, margin: int, band_cells: int
) -> Iterator[tuple[int, int]]:
    """Bands of the rows that matter, small enough with the ground around them."""
    size = max(1, margin, band_cells // grid.columns - 2 * margin)
    chosen = np.flatnonzero(rows)
    while len(chosen):
        low = int(chosen[0])
        inner = chosen[chosen < low + size]
        yield low, int(inner[-1]) + 1
        chosen = chosen[len(inner) :]


def _packed(cells: _Flags, words: int) -> Words:
    octets = np.packbits(cells, axis=1, bitorder="little")
    filled = np.zeros((len(cells), words * 8), np.uint8)
    filled[:, : octets.shape[1]] = octets
    plane: Words = filled.view("<u8").astype(np.uint64, copy=False)
    return plane
