"""Marks of cells as pictures for a web map, each pixel where the map's projection has it."""

import math
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from civgeo.analysis.ground_grid import Floats, GroundGrid
from civgeo.analysis.site_marks import Exclusions, Words
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, transform_points
from civgeo.maps.shapes import Bounds

__all__ = ["LEVELS", "MOST_PIXELS", "Shade", "SitingRaster", "block_shares", "png_of_levels"]

Octets = npt.NDArray[np.uint8]

MOST_PIXELS = 900_000
LEVELS = (0, 96, 176, 255)
"""Opacity of a pixel of which no, up to a third, up to two thirds, or more cells carry the mark."""

_PIXEL_SHARE = 0.95
"""Pixel to block; below one by more than the turn and stretch of the projections within a zone, so
that every block meets a pixel: no corridor vanishes, however thin."""

_EARTH_M = 6_378_137.0
_RIM_STEPS = 64
_DEGREES = CrsName.parse(f"EPSG:{CGCS2000_EPSG}")


@dataclass(frozen=True, slots=True)
class Shade:
    """Picture of one mark: black, as opaque as the share of cells that carry it.

    Parameters
    ----------
    bounds
        West, south, east, north of its outer edges, degrees; even steps in Web Mercator between.
    png
        With two bits a pixel.
    """

    bounds: Bounds
    png: bytes


@dataclass(frozen=True, slots=True)
class _Frame:
    """Pixels over a grid: outer edges and side in metres of Web Mercator, and their number."""

    west: float
    north: float
    pixel: float
    rows: int
    columns: int


class SitingRaster:
    """Draws marks of one grid; what depends on the grid only is worked out once.

    A pixel shows the cell that its middle lies in. Where a picture would have too many pixels, it
    shows the block of cells that its middle lies in, by the share that carries the mark.

    Parameters
    ----------
    grid
        The cells.
    most_pixels
        Pixels of one picture; blocks are as small as this allows.
    """

    def __init__(self, grid: GroundGrid, most_pixels: int = MOST_PIXELS) -> None:
        self.grid = grid
        self.block = max(1, math.ceil(math.sqrt(grid.cells / _PIXEL_SHARE**2 / most_pixels)))
        self._frame = _frame(grid, self.block * grid.cell_m)

    @property
    def block_m(self) -> float:
        """Side of what one pixel stands for, metres."""
        return self.block * self.grid.cell_m

    def shade(self, marks: Exclusions, plane: Words) -> Shade | None:
        """Picture of a plane of marks within the region; None when no cell carries it."""
        shares = block_shares(marks, plane, self.block)
        row, column = self._blocks
        inside = row >= 0
        levels = np.zeros(row.shape, np.uint8)
        levels[inside] = np.ceil(shares * (len(LEVELS) - 1)).astype(np.uint8)[
            row[inside], column[inside]
        ]
        shown_rows, shown_columns = np.flatnonzero(levels.any(1)), np.flatnonzero(levels.any(0))
        if not len(shown_rows):
            return None
        top, bottom = int(shown_rows[0]), int(shown_rows[-1]) + 1
        left, right = int(shown_columns[0]), int(shown_columns[-1]) + 1
        frame = self._frame
        west, east = _lon(frame.west + np.array([left, right]) * frame.pixel).tolist()
        north, south = _lat(frame.north - np.array([top, bottom]) * frame.pixel).tolist()
        return Shade((west, south, east, north), png_of_levels(levels[top:bottom, left:right]))

    @cached_property
    def _blocks(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Row and column of the block in the middle of each pixel; -1 off the grid."""
        frame = self._frame
        lon = _lon(frame.west + (np.arange(frame.columns) + 0.5) * frame.pixel)
        lat = _lat(frame.north - (np.arange(frame.rows) + 0.5) * frame.pixel)
        zone = CrsName.parse(f"EPSG:{self.grid.epsg}")
        shape = frame.rows, frame.columns
        row = np.empty(shape, np.int32)
        column = np.empty(shape, np.int32)
        for number, latitude in enumerate(lat):
            east, north = transform_points(lon, np.full(len(lon), latitude), _DEGREES, zone)
            row[number], column[number] = self.grid.cells_of(east, north)
        # -1 stays below zero: whole division rounds down
        return row // self.block, column // self.block


def block_shares(marks: Exclusions, plane: Words, block: int) -> npt.NDArray[np.float32]:
    """Share of the cells of each block of `block` x `block` cells that carry a mark in the region.

    Blocks at the last rows and columns are of the cells that they have.
    """
    grid = marks.grid
    starts = np.arange(0, grid.columns, block)
    width = np.diff(np.append(starts, grid.columns))
    shares = np.zeros((-(-grid.rows // block), len(starts)), np.float32)
    for number in range(len(shares)):
        low, high = number * block, min((number + 1) * block, grid.rows)
        cells = marks.unpacked(plane[low:high] & ~marks.outside[low:high])
        count = np.add.reduceat(cells.sum(axis=0, dtype=np.int64), starts)
        shares[number] = count / (width * (high - low))
    return shares


def png_of_levels(levels: Octets) -> bytes:
    """PNG of black pixels whose opacities are ``LEVELS`` of the numbers 0 to 3."""
    height, width = levels.shape
    padded = np.zeros((height, -(-width // 4) * 4), np.uint8)
    padded[:, :width] = levels
    packed = (padded[:, 0::4] << 6) | (padded[:, 1::4] << 4) | (padded[:, 2::4] << 2)
    packed |= padded[:, 3::4]
    # each line as its difference from the one above: most are the same
    lines = np.empty((height, packed.shape[1] + 1), np.uint8)
    lines[:, 0] = 2
    lines[0, 1:] = packed[0]
    lines[1:, 1:] = packed[1:] - packed[:-1]
    header = struct.pack(">IIBBBBB", width, height, 2, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", header),
            (b"PLTE", bytes(3 * len(LEVELS))),
            (b"tRNS", bytes(LEVELS)),
            (b"IDAT", zlib.compress(lines.tobytes(), 9)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _frame(grid: GroundGrid, block_m: float) -> _Frame:
    """Smallest frame of pixels over the grid, each within a block of the ground."""
    lon, lat = _rim(grid)
    x, y = _EARTH_M * np.radians(lon), _EARTH_M * np.arctanh(np.sin(np.radians(lat)))
    pixel = _PIXEL_SHARE * block_m / math.cos(math.radians(float(np.abs(lat).min())))
    west, north = float(x.min()), float(y.max())
    columns = max(1, math.ceil((float(x.max()) - west) / pixel))
    return _Frame(west, north, pixel, max(1, math.ceil((north - float(y.min())) / pixel)), columns)


def _rim(grid: GroundGrid) -> tuple[Floats, Floats]:
    """Longitudes and latitudes along the sides of the grid."""
    share = np.linspace(0, 1, _RIM_STEPS)
    first, last = np.zeros(_RIM_STEPS), np.ones(_RIM_STEPS)
    across = np.concatenate([share, share, first, last])
    down = np.concatenate([first, last, share, share])
    x = grid.west + across * grid.columns * grid.cell_m
    y = grid.north - down * grid.rows * grid.cell_m
    return transform_points(x, y, CrsName.parse(f"EPSG:{grid.epsg}"), _DEGREES)


def _lon(x: npt.ArrayLike) -> Floats:
    """Longitude of places in metres of Web Mercator."""
    degrees: Floats = np.degrees(np.asarray(x, np.float64) / _EARTH_M)
    return degrees


def _lat(y: npt.ArrayLike) -> Floats:
    """Latitude of places in metres of Web Mercator."""
    degrees: Floats = np.degrees(np.arcsin(np.tanh(np.asarray(y, np.float64) / _EARTH_M)))
    return degrees
