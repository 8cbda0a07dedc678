"""Contiguous areas of free cells: size, form, slope and outline, and their order by weights."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.ground_grid import Floats, GroundGrid
from civgeo.analysis.kernels import bit_planes, components
from civgeo.analysis.site_marks import Exclusions, PlaneKind, Words
from civgeo.errors import InvalidInput

__all__ = ["M2_A_MU", "FreeAreas", "candidate_areas", "free_areas", "ranked"]

M2_A_MU = 2_000 / 3
"""One mu is a fifteenth of a hectare."""

MOST_RUNS = 20_000_000
MOST_AREAS = 200_000
MOST_PLACINGS = 200_000_000
"""Draws of weights times candidates: half a minute."""

_Whole = npt.NDArray[np.int64]
_Labels = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Runs of free cells in rows; `label` is the number of their candidate, -1 for none."""

    row_start: _Whole
    begin: _Labels
    end: _Labels
    label: _Labels
    cells: _Whole

    def of_rows(self) -> tuple[_Whole, _Labels, _Labels, _Labels]:
        return self.row_start, self.begin, self.end, self.label


@dataclass(frozen=True, slots=True, eq=False)
class FreeAreas:
    """Candidate areas, and the cells that each consists of.

    Parameters
    ----------
    frame
        As `candidate_areas` gives it.
    """

    frame: gpd.GeoDataFrame
    _runs: _Runs
    _order: _Whole

    def cells(self, plane: Words) -> _Whole:
        """How many cells of each candidate a plane marks."""
        count = len(self.frame)
        found: _Whole = components.overlap(plane, *self._runs.of_rows(), count)
        return found[self._order]

    @property
    def rows(self) -> npt.NDArray[np.bool_]:
        """Rows of the grid that candidates lie in."""
        starts = self._runs.row_start
        row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        found = np.zeros(len(starts) - 1, np.bool_)
        found[row[self._runs.label >= 0]] = True
        return found


def candidate_areas(
    marks: Exclusions,
    min_area_m2: float,
    *,
    admit: frozenset[PlaneKind] = frozenset(),
    threads: int = 2,
) -> gpd.GeoDataFrame:
    """Connected free cells of at least an area, as a frame; see `free_areas`."""
    return free_areas(marks, min_area_m2, admit=admit, threads=threads).frame


def free_areas(
    marks: Exclusions,
    min_area_m2: float,
    *,
    admit: frozenset[PlaneKind] = frozenset(),
    threads: int = 2,
) -> FreeAreas:
    """Connected free cells of at least an area; sides connect, corners do not.

    Parameters
    ----------
    marks
        What excludes the cells.
    min_area_m2
        Smallest area, m2 of the zone.
    admit
        Kinds of marks that leave a cell free: what is not known, say. Their share is reported.
    threads
        Slopes that are added up side by side; the answer is the same for any number.

    Returns
    -------
    FreeAreas
        Its frame by area, the largest first: ``area_m2``, ``area_mu``, ``compactness``
        (4 pi A / P2 of the contour through the middles of the sides of the outer cells, holes
        counted: 0.9 for a circle), ``mean_slope_deg`` (NaN where no slope is known),
        ``slope_known_share``, ``admitted_share`` (cells with an admitted mark), ``centroid_x``,
        ``centroid_y``, ``geometry`` (the outline of the cells).

    Raises
    ------
    InvalidInput
        When the smallest area is not above zero, the free cells are too scattered, or there are
        more than 200,000 areas.
    """
    if not min_area_m2 > 0:
        raise InvalidInput(f"最小面积应大于 0：{min_area_m2}", code="not_positive")
    grid = marks.grid
    found = _large(marks.free(admit), min_area_m2 / grid.cell_area_m2)
    outlines, compactness = _outlines(found, grid)
    area = found.cells * grid.cell_area_m2
    slope, known = _slopes(found, marks, threads)
    middle = shapely.centroid(outlines)
    frame = gpd.GeoDataFrame(
        {
            "area_m2": area,
            "area_mu": area / M2_A_MU,
            "compactness": compactness,
            "mean_slope_deg": slope,
            "slope_known_share": known,
            "admitted_share": _admitted(found, marks, admit) / found.cells,
            "centroid_x": shapely.get_x(middle),
            "centroid_y": shapely.get_y(middle),
        },
        geometry=outlines,
        crs=f"EPSG:{grid.epsg}",
    )
    order = np.argsort(-area, kind="stable")
    return FreeAreas(frame.iloc[order].reset_index(drop=True), found, order)


def _large(free: npt.NDArray[np.uint64], least_cells: float) -> _Runs:
    """Components of at least so many cells, numbered from the north-west."""
    row_start, begin, end = components.runs(free)
    if len(begin) > MOST_RUNS:
        text = "可用的格子太零碎，无法连成片；请加大格子或检查图层"
        raise InvalidInput(text, code="too_scattered")
    label, cells = components.components(row_start, begin, end)
    # cells are whole: an area of so many cells and a rounding error counts as so many
    kept = cells >= least_cells * (1 - 1e-12)
    if kept.sum() > MOST_AREAS:
        text = f"连成的候选地有 {kept.sum():,} 片，最多 {MOST_AREAS:,} 片；请加大最小面积或格子"
        raise InvalidInput(text, code="too_scattered")
    number = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    return _Runs(row_start, begin, end, number[label], cells[kept])


def _outlines(found: _Runs, grid: GroundGrid) -> tuple[npt.NDArray[np.object_], Floats]:
    count = len(found.cells)
    outlines: npt.NDArray[np.object_] = np.empty(count, dtype=object)
    compactness: Floats = np.empty(count)
    extent = components.extents(*found.of_rows(), count)
    row = np.repeat(np.arange(len(found.row_start) - 1), np.diff(found.row_start))
    kept = np.flatnonzero(found.label >= 0)
    order = kept[np.argsort(found.label[kept], kind="stable")]
    first = np.searchsorted(found.label[order], np.arange(count + 1))
    for each in range(count):
        own = order[first[each] : first[each + 1]]
        corner, start = components.rings(row[own], found.begin[own], found.end[own], extent[each])
        rings = [corner[a:b] for a, b in pairwise(start)]
        compactness[each] = _compactness(rings)
        placed = [
            (grid.west, grid.north) + _turns(ring) * (grid.cell_m, -grid.cell_m) for ring in rings
        ]
        outlines[each] = shapely.Polygon(placed[0], placed[1:])
    return outlines, compactness


def _turns(ring: _Labels) -> Floats:
    """Corners of a closed ring at which it turns."""
    step = np.diff(ring, axis=0)
    turns = ring[:-1][(step != np.roll(step, 1, axis=0)).any(axis=1)]
    closed: Floats = np.concatenate([turns, turns[:1]]).astype(np.float64)
    return closed


def _compactness(rings: list[_Labels]) -> float:
    area = length = 0.0
    for ring in rings:
        x, y = ((ring[1:] + ring[:-1]) / 2).T
        area += float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
        length += float(np.hypot(np.roll(x, -1) - x, np.roll(y, -1) - y).sum())
    return 4 * np.pi * abs(area) / length**2


def _slopes(found: _Runs, marks: Exclusions, threads: int) -> tuple[Floats, Floats]:
    """Mean slope of each candidate, degrees, and the share of its cells whose slope is known."""
    count, grid = len(found.cells), marks.grid
    if marks.heights is None:
        return np.full(count, np.nan), np.zeros(count)
    heights = marks.heights

    def band(rows: tuple[int, int]) -> tuple[Floats, _Whole]:
        total, known = np.zeros(count), np.zeros(count, np.int64)
        bit_planes.add_slopes(
            *(*heights.band(*rows), grid.cell_m, grid.columns, *found.of_rows()),
            *(total, known, *rows),
        )
        heights.let_go()
        return total, known

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(band, grid.bands()))
    total = np.sum([part[0] for part in parts], axis=0)
    known = np.sum([part[1] for part in parts], axis=0)
    mean = np.divide(total, known, out=np.full(count, np.nan), where=known > 0)
    return np.degrees(mean), known / found.cells


def _admitted(found: _Runs, marks: Exclusions, admit: frozenset[PlaneKind]) -> _Whole:
    if not any(plane.kind in admit for plane in marks.planes):
        return np.zeros(len(found.cells), np.int64)
    count: _Whole = components.overlap(marks.together(admit), *found.of_rows(), len(found.cells))
    return count


def ranked(
    candidates: pd.DataFrame,
    weights: Mapping[str, float],
    rng: np.random.Generator,
    *,
    top: int = 5,
    spread: float = 0.5,
    draws: int = 1_000,
) -> pd.DataFrame:
    """Candidates in the order of a weighted score, and how firm that order is.

    Each column is brought to 0 (the worst candidate) to 1 (the best); one without a value counts as
    the worst. The score is their weighted mean.

    Parameters
    ----------
    candidates
        A row each.
    weights
        Column to weight; below zero where less is better.
    rng
        Draws the weights of the sensitivity.
    top
        How many candidates count as chosen.
    spread
        Weights are drawn evenly between ``1 - spread`` and ``1 + spread`` of what was given.
    draws
        How often.

    Returns
    -------
    DataFrame
        `candidates` by rank, with ``score``, ``rank`` (equal scores share it) and ``top_share``
        (share of the draws in which no more than ``top - 1`` candidates are better).

    Raises
    ------
    InvalidInput
        When a column is missing, no weight differs from zero, `top`, `spread` or `draws` make no
        sense, or there are too many draws for so many candidates (``too_long``).
    """
    missing = [name for name in weights if name not in candidates.columns]
    if missing:
        raise InvalidInput(f"候选地没有这些指标：{'、'.join(missing)}", code="unknown_column")
    given = np.array(list(weights.values()), dtype=np.float64)
    if not np.isfinite(given).all() or not given.any():
        raise InvalidInput("权重应是数字，且至少有一个不为 0", code="bad_weights")
    if top < 1 or draws < 1 or not 0 <= spread <= 1:
        raise InvalidInput("前几名和次数应大于 0，浮动应在 0 至 1 之间", code="bad_sensitivity")
    if draws * len(candidates) > MOST_PLACINGS:
        text = f"{len(candidates):,} 片候选地不能排 {draws:,} 次；请减少次数或加大最小面积"
        raise InvalidInput(text, code="too_long")
    values = candidates[list(weights)].to_numpy(dtype=np.float64) * np.sign(given)
    benefit = _benefits(values)
    size = np.abs(given)
    score = benefit @ (size / size.sum())
    drawn = size * rng.uniform(1 - spread, 1 + spread, (draws, len(size)))
    share = np.zeros(len(candidates))
    for weight in drawn:
        share += _better(benefit @ weight) < top
    order = np.argsort(-score, kind="stable")
    placed = candidates.assign(score=score, rank=_better(score) + 1, top_share=share / draws)
    return placed.iloc[order].reset_index(drop=True)


def _benefits(values: Floats) -> Floats:
    """Columns from 0 to 1, more is better; a column of one value is all 1."""
    known = ~np.isnan(values)
    low = np.min(values, axis=0, initial=np.inf, where=known)
    high = np.max(values, axis=0, initial=-np.inf, where=known)
    width = np.where(high > low, high - low, 1.0)
    scaled: Floats = np.where(known, np.where(high > low, (values - low) / width, 1.0), 0.0)
    return scaled


def _better(score: Floats) -> _Whole:
    """How many candidates have a better score; differences of rounding are none."""
    rising = np.sort(np.round(score, 12))
    return len(score) - np.searchsorted(rising, np.round(score, 12), side="right")
