"""Cells of a simulated landscape: what lies in them, how far they lie from it, and smooth noise."""

import numpy as np
import numpy.typing as npt
import scipy.fft
import shapely
from scipy.spatial import cKDTree

from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.simulated_lines import Points, Shapes

__all__ = ["Cells", "Flags", "apart_from", "cells_along", "cells_inside", "smooth_noise", "step_up"]

Cells = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

DOUBLED = 3
_ALONG_SHARE = 0.4


def smooth_noise(
    grid: GroundGrid, wave_m: float, roughness: float, rng: np.random.Generator
) -> Cells:
    """Noise without any wave longer than `wave_m`; mean 0, variance 1.

    It is drawn for every second cell, and even between them.

    Parameters
    ----------
    grid
        The cells.
    wave_m
        Longest wave, metres.
    roughness
        Amplitudes fall with this power of the frequency: the larger, the smoother.
    rng
        Seeded generator.
    """
    needed = grid.rows // 2 + 1, grid.columns // 2 + 1
    size = tuple(scipy.fft.next_fast_len(length, real=True) for length in needed)
    waves = scipy.fft.rfft2(rng.standard_normal(size, dtype=np.float32))
    down = scipy.fft.fftfreq(size[0], 2 * grid.cell_m).astype(np.float32)[:, None]
    across = scipy.fft.rfftfreq(size[1], 2 * grid.cell_m).astype(np.float32)
    share = np.sqrt(down**2 + across**2) * wave_m
    waves *= np.where(share < 1, 0, np.maximum(share, 1) ** -roughness)
    coarse = scipy.fft.irfft2(waves, size)[: needed[0], : needed[1]]
    coarse = (coarse - coarse.mean()) / coarse.std()
    found: Cells = _between(_between(coarse).T).T[: grid.rows, : grid.columns]
    return found


def _between(values: Cells) -> Cells:
    """Values with their means between them, along the first axis."""
    found = np.repeat(values, 2, axis=0)[:-1]
    found[1::2] = (values[:-1] + values[1:]) / 2
    return found


def step_up(values: Cells, low: float, high: float) -> Cells:
    """0 up to `low`, 1 from `high` on, and a smooth rise between them."""
    share = np.clip((values - low) / (high - low), 0, 1)
    risen: Cells = (share * share * (3 - 2 * share)).astype(np.float32)
    return risen


def apart_from(places: Points, grid: GroundGrid) -> Cells:
    """Metres from each cell to the nearest of some places; even between every eighth cell."""
    if not len(places):
        return np.full((grid.rows, grid.columns), np.inf, np.float32)
    step = 2**DOUBLED
    row, column = (np.arange(length // step + 2) * step for length in (grid.rows, grid.columns))
    x, y = grid.middles(*np.meshgrid(row, column, indexing="ij"))
    far = cKDTree(places).query(np.column_stack([x.ravel(), y.ravel()]))[0]
    found: Cells = far.reshape(x.shape).astype(np.float32)
    for _ in range(DOUBLED):
        found = _between(_between(found).T).T
    found = found[: grid.rows, : grid.columns]
    return found


def cells_along(lines: Shapes, grid: GroundGrid) -> Flags:
    """Cells that lines run through."""
    dense = shapely.get_coordinates(shapely.segmentize(lines, grid.cell_m * _ALONG_SHARE))
    row, column = grid.cells_of(*dense.T)
    found = np.zeros((grid.rows, grid.columns), dtype=bool)
    found[row[row >= 0], column[row >= 0]] = True
    return found


def cells_inside(shapes: Shapes, grid: GroundGrid) -> Flags:
    """Cells whose middle lies inside polygons; where two overlap, in neither of them."""
    corners, ring = shapely.get_coordinates(shapely.get_rings(shapes), return_index=True)
    side = ring[1:] == ring[:-1]
    place = (corners - (grid.west, grid.north)) * (1, -1) / grid.cell_m - 0.5
    start, end = place[:-1][side], place[1:][side]
    first = np.ceil(np.minimum(start[:, 1], end[:, 1])).clip(0, grid.rows).astype(np.int64)
    last = np.ceil(np.maximum(start[:, 1], end[:, 1])).clip(0, grid.rows).astype(np.int64)
    count = last - first
    edge = np.repeat(np.arange(len(count)), count)
    row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = (row - start[edge, 1]) / (end[edge, 1] - start[edge, 1])
    crossed = start[edge, 0] + share * (end[edge, 0] - start[edge, 0])
    column = np.ceil(crossed).clip(0, grid.columns).astype(np.int64)
    width = grid.columns + 1
    turns = np.bincount(row * width + column, minlength=grid.rows * width)
    inside: Flags = np.cumsum(turns.reshape(-1, width), axis=1)[:, :-1] % 2 == 1
    return inside
