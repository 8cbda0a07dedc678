"""Where a cemetery may lie: what excludes each cell of a grid, rule by rule.

A cell stands for its middle. It is excluded by a layer when its middle lies within the rule's
distance of a feature, by a slope limit when the ground is steeper, after Horn.
What the layers cannot tell is marked as such: no height, or a layer that does not reach so far.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.flat_shapes import FlatShapes
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.kernels import bit_planes
from civgeo.errors import CrsError, InvalidInput

__all__ = [
    "ConstraintLayer",
    "Exclusions",
    "Plane",
    "PlaneKind",
    "SlopeLimit",
    "Words",
    "exclusions",
    "features_in_zone",
    "require_distances",
]

Words = npt.NDArray[np.uint64]

MOST_PLANES = 64
MOST_BYTES = 600_000_000
_BANDS_A_THREAD = 4
_HAIR = 1e-12
"""Share of a distance, beyond rounding and below any survey, by which its limit is left out."""


class PlaneKind(StrEnum):
    """What a mark on a cell says."""

    EXCLUDED = "excluded"
    MISSING = "missing"
    UNASSESSED = "unassessed"


@dataclass(frozen=True, slots=True, eq=False)
class ConstraintLayer:
    """Features of one kind, and the distance that one rule keeps from them.

    Parameters
    ----------
    kind
        What the features are, such as ``reservoir``.
    features
        In the metric zone; polygons count with their insides.
    distance_m
        Metres within which the rule forbids; 0 for the features themselves.
    rule
        Identifier of the rule.
    layer_date
        State of the layer; None when unknown.
    extent
        Where the layer is complete, in the zone; None when it is so everywhere around the region.
    excludes_at_limit
        Whether a place at exactly the distance is excluded too, or keeps it.
    """

    kind: str
    features: gpd.GeoDataFrame | gpd.GeoSeries
    distance_m: float
    rule: str
    layer_date: date | None = None
    extent: shapely.Geometry | None = None
    excludes_at_limit: bool = True

    @property
    def reach_m(self) -> float:
        """Longest distance at which a place is excluded."""
        return self.distance_m * (1 if self.excludes_at_limit else 1 - _HAIR)


@dataclass(frozen=True, slots=True)
class SlopeLimit:
    """A rule that forbids ground steeper than some degrees."""

    rule: str
    degrees: float


@dataclass(frozen=True, slots=True)
class Plane:
    """One mark that cells can carry.

    Parameters
    ----------
    kind
        Excluded by the rule; the layer does not reach so far; no height is known.
    layer, rule
        Of which layer and rule; the rule is None for a height that is not known.
    distance_m
        The rule's distance; None for slopes and heights.
    layer_date
        State of the layer; None when unknown.
    """

    kind: PlaneKind
    layer: str
    rule: str | None
    distance_m: float | None = None
    layer_date: date | None = None


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
    """

    grid: GroundGrid
    planes: tuple[Plane, ...]
    bits: Words
    outside: Words
    heights: HeightSource | None = None

    def at(self, x: float, y: float) -> tuple[Plane, ...] | None:
        """All marks of the cell that a place of the zone lies in; None outside the region."""
        row, column = (int(each) for each in self.grid.cells_of(x, y))
        word, shift = column // 64, np.uint64(column % 64)
        if row < 0 or (self.outside[row, word] >> shift) & np.uint64(1):
            return None
        set_here = (self.bits[:, row, word] >> shift) & np.uint64(1)
        return tuple(plane for plane, is_set in zip(self.planes, set_here, strict=True) if is_set)

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
        free: Words = bit_planes.free_cells(
            self.bits, self.outside, np.array(chosen, dtype=np.int64)
        )
        return free

    def summary(self) -> pd.DataFrame:
        """Area of each mark within the region.

        Returns
        -------
        DataFrame
            A row a plane: ``kind``, ``layer``, ``rule``, ``distance_m``, ``layer_date``,
            ``area_m2``, ``share`` (of the region), ``alone_m2`` (carrying no other mark).
        """
        inside, marked, alone = bit_planes.tallies(self.bits, self.outside)
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


def exclusions(
    region: shapely.Geometry,
    epsg: int,
    layers: Sequence[ConstraintLayer],
    *,
    cell_m: float,
    slopes: Sequence[SlopeLimit] = (),
    heights: HeightSource | None = None,
    threads: int = 2,
) -> Exclusions:
    """What excludes each cell of the region.

    Parameters
    ----------
    region
        Polygons in the zone.
    epsg
        Metric zone of the region and of all layers.
    layers
        Features and distances. Of an extent that ends in the region, a cell is marked as missing
        when its middle, or any place within the distance of it, lies outside.
    cell_m
        Side of a cell, metres.
    slopes
        Limits; they need `heights`.
    heights
        Of the grid ``GroundGrid.over(region, epsg, cell_m)``.
    threads
        Bands that are worked on side by side; the answer is the same for any number.

    Raises
    ------
    CrsError
        When a layer is not in the zone.
    InvalidInput
        For a distance or slope that is none, coordinates that are not finite, slopes without
        heights, heights of another grid, more than 64 marks, or a grid too large for them.
    """
    grid = GroundGrid.over(region, epsg, cell_m)
    _require_sound(layers, slopes, heights, grid)
    planes: list[Plane] = []
    jobs = []
    for layer in layers:
        shapes = FlatShapes.of(features_in_zone(layer, epsg), grid, layer.reach_m, layer.kind)
        jobs.append((len(planes), shapes, layer.reach_m, False))
        about = (layer.kind, layer.rule, layer.distance_m, layer.layer_date)
        planes.append(Plane(PlaneKind.EXCLUDED, *about))
        if layer.extent is not None and not _covers(layer, region):
            rim = FlatShapes.of(np.array([layer.extent]), grid, layer.distance_m, layer.kind)
            jobs.append((len(planes), rim, layer.distance_m, True))
            planes.append(Plane(PlaneKind.MISSING, *about))
    first_steep = len(planes)
    planes += [Plane(PlaneKind.EXCLUDED, "slope", limit.rule) for limit in slopes]
    if heights is not None:
        planes.append(Plane(PlaneKind.UNASSESSED, "elevation", None))
    bits, outside = _room(grid, len(planes))
    within = FlatShapes.of(np.array([region]), grid, 0.0, "region")
    with ThreadPoolExecutor(threads) as pool:
        bands = _bands(grid.rows, threads * _BANDS_A_THREAD)
        work = [pool.submit(_mark_outside, outside, within, grid, band) for band in bands]
        work += [
            pool.submit(_mark, bits[number], shapes, distance, is_rim, grid, band)
            for number, shapes, distance, is_rim in jobs
            for band in bands
        ]
        if heights is not None:
            limits = _limits(slopes, cell_m)
            work += [
                pool.submit(_mark_slopes, bits[first_steep:], heights, limits, grid, band)
                for band in grid.bands()
            ]
        for done in work:
            done.result()
    return Exclusions(grid, tuple(planes), bits, outside, heights)


def _require_sound(
    layers: Sequence[ConstraintLayer],
    slopes: Sequence[SlopeLimit],
    heights: HeightSource | None,
    grid: GroundGrid,
) -> None:
    require_distances(layers)
    for limit in slopes:
        if not 0 <= limit.degrees < 90:
            text = f"坡度上限应在 0 至 90 度之间：{limit.degrees}"
            raise InvalidInput(text, code="bad_slope")
    if slopes and heights is None:
        raise InvalidInput("按坡度排除需要高程模型，请先导入", code="elevation_missing")
    if heights is not None and heights.grid != grid:
        raise InvalidInput("高程不是按这个范围和格子准备的，请重新准备", code="grids_differ")


def require_distances(layers: Sequence[ConstraintLayer]) -> None:
    """Refuse a distance that is below zero or endless."""
    for layer in layers:
        if not 0 <= layer.distance_m < np.inf:
            text = f"图层“{layer.kind}”的距离应是不小于 0 的米数：{layer.distance_m}"
            raise InvalidInput(text, code="bad_distance")


def features_in_zone(layer: ConstraintLayer, epsg: int) -> npt.NDArray[np.object_]:
    """Geometries of a layer, which must be in the zone `epsg`."""
    crs = layer.features.crs
    if crs is None or crs.to_epsg() != epsg:
        said = "没有坐标系" if crs is None else f"的坐标系是 {crs.name}"
        text = f"图层“{layer.kind}”{said}，分析用的是 EPSG:{epsg}：请先换算"
        raise CrsError(text, code="crs_mixed")
    shapes: npt.NDArray[np.object_] = layer.features.geometry.to_numpy()
    return shapes


def _covers(layer: ConstraintLayer, region: shapely.Geometry) -> bool:
    """Whether a layer is complete as far around the region as its rule reaches."""
    extent = layer.extent
    if layer.distance_m == 0:
        return bool(shapely.covers(extent, region))
    is_inside = bool(shapely.contains_properly(extent, region))
    rim = shapely.boundary(extent)
    return is_inside and float(shapely.distance(rim, region)) > layer.distance_m


def _room(grid: GroundGrid, planes: int) -> tuple[Words, Words]:
    words = (grid.columns + 63) // 64
    if planes > MOST_PLANES:
        text = f"图层和规则共需 {planes} 种标记，最多 {MOST_PLANES} 种；请分两次分析"
        raise InvalidInput(text, code="too_many_layers")
    if planes * grid.rows * words * 8 > MOST_BYTES:
        text = f"网格 {grid.cells} 格、{planes} 种标记太大；请加大格子、缩小范围或减少图层"
        raise InvalidInput(text, code="grid_too_large")
    return (
        np.zeros((planes, grid.rows, words), np.uint64),
        np.zeros((grid.rows, words), np.uint64),
    )


def _bands(rows: int, count: int) -> list[tuple[int, int]]:
    ends = np.unique(np.linspace(0, rows, count + 1).astype(np.int64)).tolist()
    return list(pairwise(ends))


def _limits(slopes: Sequence[SlopeLimit], cell_m: float) -> npt.NDArray[np.float32]:
    tangents = np.tan(np.radians([limit.degrees for limit in slopes]))
    limits: npt.NDArray[np.float32] = ((8.0 * cell_m * tangents) ** 2).astype(np.float32)
    return limits


def _mark(
    plane: Words,
    shapes: FlatShapes,
    distance_m: float,
    is_rim: bool,
    grid: GroundGrid,
    band: tuple[int, int],
) -> None:
    """Mark what is within the distance of shapes, or what is not that far inside them."""
    size = (grid.cell_m, grid.columns, *band)
    low, high = band
    if is_rim and distance_m > 0:
        bit_planes.mark_inside(plane, *shapes.areas, *size)
        np.invert(plane[low:high], out=plane[low:high])
        bit_planes.mark_near(plane, *shapes.lines, distance_m, *size)
        return
    bit_planes.mark_inside(plane, *shapes.areas, *size)
    bit_planes.mark_near(plane, *shapes.lines, distance_m, *size)
    if is_rim:
        np.invert(plane[low:high], out=plane[low:high])


def _mark_outside(
    outside: Words, region: FlatShapes, grid: GroundGrid, band: tuple[int, int]
) -> None:
    _mark(outside, region, 0.0, True, grid, band)
    spare = grid.columns % 64
    if spare:
        outside[band[0] : band[1], -1] |= np.uint64(2**64 - 2**spare)


def _mark_slopes(
    planes: Words,
    heights: HeightSource,
    limits: npt.NDArray[np.float32],
    grid: GroundGrid,
    band: tuple[int, int],
) -> None:
    given, row, column = heights.band(*band)
    bit_planes.mark_steep(
        *(planes[:-1], planes[-1], given, row, column, limits, grid.columns, *band)
    )
    heights.let_go()
