"""Marks on the cells of a grid: what each says, of which rule and layer, how much carries it."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import prod
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.kernels import bit_planes

__all__ = ["IN_MEMORY", "Exclusions", "Plane", "PlaneKind", "Room", "Words"]

Words = npt.NDArray[np.uint64]

IN_MEMORY = 160_000_000
"""Octets of planes that are held in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Room for planes; much of it lies in a file without a name, of which little is in memory."""

    words: Words
    _mapped: mmap.mmap | None = None

    @property
    def is_mapped(self) -> bool:
        """Whether they lie in a file."""
        return self._mapped is not None

    @classmethod
    def of(cls, shape: tuple[int, int, int], in_memory: int) -> "Room":
        """Empty planes; in a file when they take more than so many octets."""
        size = 8 * prod(shape)
        if size <= in_memory or not hasattr(mmap, "MADV_DONTNEED"):
            return cls(np.zeros(shape, np.uint64))
        with TemporaryFile(prefix="civgeo-") as file:
            file.truncate(size)
            mapped = mmap.mmap(file.fileno(), size)
        return cls(np.frombuffer(mapped, np.uint64).reshape(shape), mapped)

    def let_go(self) -> None:
        """Give back memory; what is asked for again comes from the file."""
        if self._mapped is not None:
            self._mapped.madvise(mmap.MADV_DONTNEED)


class PlaneKind(StrEnum):
    """What a mark on a cell says.

    Excluded by a rule; allowed with the approval of an authority only; to be looked into, because
    a layer does not tell the narrower kind that a rule is about; a layer does not reach so far;
    no height is known.
    """

    EXCLUDED = "excluded"
    APPROVAL = "approval"
    UNCLEAR = "unclear"
    MISSING = "missing"
    UNASSESSED = "unassessed"


@dataclass(frozen=True, slots=True)
class Plane:
    """One mark that cells can carry.

    Parameters
    ----------
    kind
        What it says.
    layer, rule
        Of which layer and rule; the rule is None for a height that is not known.
    distance_m
        The rule's distance; None for slopes and heights.
    layer_date
        State of the layer; None when unknown.
    position
        Of the layer among those of the question; None for slopes and heights.
    """

    kind: PlaneKind
    layer: str
    rule: str | None
    distance_m: float | None = None
    layer_date: date | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Exclusions:
    """Marks of all cells of a grid.

    Parameters
    ----------
    grid
        The cells.
    planes
        What the marks are; at most 64.
    bits
        ``(planes, rows, words)``: column `c` is bit ``c % 64`` of word ``c // 64``.
    outside
        ``(rows, words)``: cells whose middle is not in the region.
    heights
        Where heights came from; None without an elevation model.
    room
        Where the bits lie, when memory is to be given back.
    """

    grid: GroundGrid
    planes: tuple[Plane, ...]
    bits: Words
    outside: Words
    heights: HeightSource | None = None
    room: Room | None = None

    def at(self, x: float, y: float) -> tuple[Plane, ...] | None:
        """All marks of the cell that a place of the zone lies in; None outside the region."""
        numbers = self.numbers_at(x, y)
        return None if numbers is None else tuple(self.planes[number] for number in numbers)

    def numbers_at(self, x: float, y: float) -> tuple[int, ...] | None:
        """Positions in `planes` of the marks of the cell that a place lies in; None as `at`."""
        row, column = (int(each) for each in self.grid.cells_of(x, y))
        word, shift = column // 64, np.uint64(column % 64)
        if row < 0 or (self.outside[row, word] >> shift) & np.uint64(1):
            return None
        set_here = (self.bits[:, row, word] >> shift) & np.uint64(1)
        return tuple(np.flatnonzero(set_here).tolist())

    def mask(self, number: int) -> npt.NDArray[np.bool_]:
        """Cells of the region that carry the mark ``planes[number]``."""
        return self.unpacked(self.bits[number] & ~self.outside)

    def unpacked(self, plane: Words) -> npt.NDArray[np.bool_]:
        """A plane of words as an array of rows and columns."""
        octets = plane.astype("<u8", copy=False).view(np.uint8)
        bits = np.unpackbits(octets, axis=1, count=self.grid.columns, bitorder="little")
        return bits.view(np.bool_)

    def free(self, admit: frozenset[PlaneKind] = frozenset()) -> Words:
        """Plane of the cells of the region without any mark but those of the kinds `admit`."""
        chosen = [number for number, plane in enumerate(self.planes) if plane.kind not in admit]
        free: Words = np.empty_like(self.outside)
        for band in self._bands():
            free[band] = bit_planes.free_cells(
                self.bits[:, band], self.outside[band], np.array(chosen, dtype=np.int64)
            )
        return free

    def together(self, kinds: frozenset[PlaneKind]) -> Words:
        """Plane of the cells that carry any mark of some kinds."""
        found: Words = np.zeros_like(self.outside)
        for number, plane in enumerate(self.planes):
            if plane.kind in kinds:
                found |= self.bits[number]
        if self.room is not None:
            self.room.let_go()
        return found

    def _bands(self) -> Iterator[slice]:
        """All rows at once, or in bands whose memory is given back."""
        if self.room is None or not self.room.is_mapped:
            yield slice(0, self.grid.rows)
            return
        for low, high in self.grid.bands():
            yield slice(low, high)
            self.room.let_go()

    def summary(self) -> pd.DataFrame:
        """Area of each mark within the region.

        Returns
        -------
        DataFrame
            A row a plane: ``kind``, ``layer``, ``rule``, ``distance_m``, ``layer_date``,
            ``area_m2``, ``share`` (of the region), ``alone_m2`` (that nothing else excludes).
        """
        excludes = np.array([plane.kind is PlaneKind.EXCLUDED for plane in self.planes], np.bool_)
        inside, marked, alone = 0, np.zeros(len(excludes), int), np.zeros(len(excludes), int)
        for band in self._bands():
            found = bit_planes.tallies(self.bits[:, band], excludes, self.outside[band])
            inside, marked, alone = inside + found[0], marked + found[1], alone + found[2]
        area = self.grid.cell_area_m2
        return pd.DataFrame(
            {
                "kind": [plane.kind.value for plane in self.planes],
                "layer": [plane.layer for plane in self.planes],
                "rule": pd.Series([plane.rule for plane in self.planes], dtype=object),
                "distance_m": pd.Series(
                    [plane.distance_m for plane in self.planes], dtype=np.float64
                ),
                "layer_date": pd.Series([plane.layer_date for plane in self.planes], dtype=object),
                "area_m2": marked * area,
                "share": marked / max(inside, 1),
                "alone_m2": alone * area,
            }
        )
