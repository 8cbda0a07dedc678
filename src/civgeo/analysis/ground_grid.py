"""A grid of square cells over a region, and heights of an elevation model at their middles."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.kernels.bit_planes import sampled
from civgeo.analysis.slope import Elevation, Place
from civgeo.errors import InvalidInput

__all__ = ["MOST_CELLS", "Floats", "GroundGrid", "HeightSource", "Heights"]

Floats = npt.NDArray[np.float64]
Heights = npt.NDArray[np.float32]

MOST_CELLS = 200_000_000
_WINDOW_CELLS = 8_000_000
_STEP = 32
"""Every so many cells a place is brought to the model exactly; between them by even steps."""


@dataclass(frozen=True, slots=True)
class GroundGrid:
    """Square cells, rows from the north; the middle of a cell stands for it.

    Parameters
    ----------
    epsg
        Metric zone.
    west, north
        Corner of the first cell, metres of the zone.
    cell_m
        Side of a cell, metres of the zone.
    rows, columns
        Size.
    """

    epsg: int
    west: float
    north: float
    cell_m: float
    rows: int
    columns: int

    @classmethod
    def over(cls, region: shapely.Geometry, epsg: int, cell_m: float) -> "GroundGrid":
        """Smallest grid over `region` whose sides are multiples of `cell_m`.

        Raises
        ------
        InvalidInput
            When the region is empty, the cell not above zero, or there would be more than
            200 million cells.
        """
        if not cell_m > 0:
            raise InvalidInput(f"格子边长应大于 0：{cell_m}", code="not_positive")
        bounds = shapely.bounds(region)
        if not np.isfinite(bounds).all():
            raise InvalidInput("分析范围是空的，请给出范围", code="empty_region")
        west, south, east, north = bounds / cell_m
        west, north = float(np.floor(west)), float(np.ceil(north))
        columns, rows = int(np.ceil(east) - west), int(north - np.floor(south))
        if rows * columns > MOST_CELLS:
            text = f"网格有 {rows * columns} 格，超过 {MOST_CELLS} 格；请加大格子或缩小范围"
            raise InvalidInput(text, code="grid_too_large")
        return cls(epsg, west * cell_m, north * cell_m, cell_m, max(rows, 1), max(columns, 1))

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    @property
    def cell_area_m2(self) -> float:
        """Area of a cell in the zone, m2."""
        return self.cell_m * self.cell_m

    def middles(self, row: npt.ArrayLike, column: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Middles of cells, metres of the zone."""
        x: Floats = self.west + (np.asarray(column) + 0.5) * self.cell_m
        y: Floats = self.north - (np.asarray(row) + 0.5) * self.cell_m
        return x, y

    def cells_of(
        self, x: npt.ArrayLike, y: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Row and column of the cells that places lie in; -1 and -1 off the grid."""
        column = np.floor((np.asarray(x, np.float64) - self.west) / self.cell_m)
        row = np.floor((self.north - np.asarray(y, np.float64)) / self.cell_m)
        inside = (row >= 0) & (row < self.rows) & (column >= 0) & (column < self.columns)
        return (
            np.where(inside, row, -1).astype(np.int64),
            np.where(inside, column, -1).astype(np.int64),
        )

    def bands(self) -> Iterator[tuple[int, int]]:
        """Rows in bands of at most eight million cells: first, and the one after the last."""
        size = max(1, _WINDOW_CELLS // self.columns)
        for low in range(0, self.rows, size):
            yield low, min(self.rows, low + size)

    def local(self, places: Floats) -> Floats:
        """Places as metres east of the west side and south of the north side."""
        found: Floats = (places - (self.west, self.north)) * (1.0, -1.0)
        return found


class HeightSource:
    """Heights of an elevation model for the cells of a grid, band by band.

    A model whose cells are those of the grid's lattice is read as it is; any other is read between
    its four nearest cells, as `civgeo.analysis.slope.heights_at` does.

    Parameters
    ----------
    grid
        The cells.
    elevation
        The model.
    to_model
        From metres of the grid's zone to the model's coordinates; None when they are the same.
    """

    def __init__(
        self, grid: GroundGrid, elevation: Elevation, to_model: Place | None = None
    ) -> None:
        a, b, c, d, e, f = elevation.affine
        if not a * e - b * d:
            raise InvalidInput("高程模型的定位参数不可用：请用制图软件重新导出", code="bad_affine")
        self.grid = grid
        self._mapped = elevation.heights.base
        self._heights: Heights = np.asarray(elevation.heights, dtype=np.float32)
        column, row = (grid.west - c) / grid.cell_m, (f - grid.north) / grid.cell_m
        self._is_same = (
            to_model is None
            and (a, b, d, e) == (grid.cell_m, 0.0, 0.0, -grid.cell_m)
            and column == round(column)
            and row == round(row)
        )
        self._corner = (round(row), round(column)) if self._is_same else (0, 0)
        if not self._is_same:
            self._knots = self._positions(elevation, to_model)

    def _positions(self, elevation: Elevation, to_model: Place | None) -> tuple[Floats, Floats]:
        """Where the middles of every 32nd cell lie, in cells of the model."""
        a, b, c, d, e, f = elevation.affine
        rows = np.arange(-1, self.grid.rows + 2 * _STEP, _STEP)
        columns = np.arange(-1, self.grid.columns + 2 * _STEP, _STEP)
        x, y = self.grid.middles(*np.meshgrid(rows, columns, indexing="ij"))
        shape = x.shape
        x, y = (to_model or _as_they_are)(x.ravel(), y.ravel())
        area = a * e - b * d
        column: Floats = ((e * (x - c) - b * (y - f)) / area - 0.5).reshape(shape)
        row: Floats = ((a * (y - f) - d * (x - c)) / area - 0.5).reshape(shape)
        return column, row

    def band(self, low: int, high: int) -> tuple[Heights, int, int]:
        """Heights around the rows from `low` up to `high`.

        Returns
        -------
        heights, row, column
            ``heights[row + r, column + c]`` belongs to the cell `r`, `c` of the grid.
        """
        if self._is_same:
            return (self._heights, *self._corner)
        return sampled(self._heights, *self._knots, _STEP, low, high, self.grid.columns), 1 - low, 1

    def let_go(self) -> None:
        """Give back the memory of a model mapped from a file; what is asked again is read again."""
        if isinstance(self._mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)

    def rows(self, low: int, high: int) -> Heights:
        """Heights of the rows from `low` up to `high`, NaN where not known."""
        columns = self.grid.columns
        found: Heights = np.full((high - low, columns), np.nan, np.float32)
        heights, row, column = self.band(low, high)
        top, left = max(low, -row), max(0, -column)
        bottom = min(high, heights.shape[0] - row)
        right = min(columns, heights.shape[1] - column)
        if top < bottom and left < right:
            part = heights[row + top : row + bottom, column + left : column + right]
            found[top - low : bottom - low, left:right] = part
        return found

    def whole(self) -> Heights:
        """Heights of all cells, NaN where not known."""
        found: Heights = np.empty((self.grid.rows, self.grid.columns), np.float32)
        for low, high in self.grid.bands():
            found[low:high] = self.rows(low, high)
        return found


def _as_they_are(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return x, y
