"""Where a cemetery may lie: what excludes each cell of a grid, rule by rule.

A cell stands for its middle. It is excluded by a layer when its middle lies within the rule's
distance of a feature, by a slope limit when the ground is steeper, after Horn.
What the layers cannot tell is marked as such: no height, or a layer that does not reach so far.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.flat_shapes import FlatShapes
from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.kernels import bit_planes
from civgeo.analysis.site_marks import IN_MEMORY, Exclusions, Plane, PlaneKind, Room, Words
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
    "plane_of",
    "require_distances",
    "zone_shapes",
]

MOST_PLANES = 64
MOST_BYTES = 600_000_000
_BANDS_A_THREAD = 4
_HAIR = 1e-12
"""Share of a distance, beyond rounding and below any survey, by which its limit is left out."""


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
    mark
        What the mark on a cell within the distance says.
    only_within
        Polygons in the zone on which alone the rule holds; None where it holds everywhere.
    """

    kind: str
    features: gpd.GeoDataFrame | gpd.GeoSeries
    distance_m: float
    rule: str
    layer_date: date | None = None
    extent: shapely.Geometry | None = None
    excludes_at_limit: bool = True
    mark: PlaneKind = PlaneKind.EXCLUDED
    only_within: gpd.GeoSeries | None = None

    @property
    def reach_m(self) -> float:
        """Longest distance at which a place is excluded."""
        return self.distance_m * (1 if self.excludes_at_limit else 1 - _HAIR)


@dataclass(frozen=True, slots=True)
class SlopeLimit:
    """A rule that forbids ground steeper than some degrees."""

    rule: str
    degrees: float


def exclusions(
    region: shapely.Geometry,
    epsg: int,
    layers: Sequence[ConstraintLayer],
    *,
    cell_m: float,
    slopes: Sequence[SlopeLimit] = (),
    heights: HeightSource | None = None,
    threads: int = 2,
    in_memory: int = IN_MEMORY,
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
        Limits; they need `heights`, and a cell whose slope is not known is marked as unassessed.
    heights
        Of the grid ``GroundGrid.over(region, epsg, cell_m)``.
    threads
        Bands that are worked on side by side; the answer is the same for any number.
    in_memory
        Octets of marks that stay in memory; more lie in a file without a name.

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
    jobs: list[_Drawn] = []
    for position, layer in enumerate(layers):
        shapes = FlatShapes.of(features_in_zone(layer, epsg), grid, layer.reach_m, layer.kind)
        within = _ground(layer, epsg, grid)
        jobs.append(_Drawn(len(planes), shapes, layer.reach_m, False, within))
        about = (layer.kind, layer.rule, layer.distance_m, layer.layer_date, position)
        planes.append(Plane(layer.mark, *about))
        if layer.extent is not None and not _covers(layer, region):
            rim = FlatShapes.of(np.array([layer.extent]), grid, layer.distance_m, layer.kind)
            jobs.append(_Drawn(len(planes), rim, layer.distance_m, True, within))
            planes.append(Plane(PlaneKind.MISSING, *about))
    first_steep = len(planes)
    planes += [Plane(PlaneKind.EXCLUDED, "slope", limit.rule) for limit in slopes]
    if slopes:
        planes.append(Plane(PlaneKind.UNASSESSED, "elevation", None))
    room, outside = _room(grid, len(planes), in_memory)
    bits = room.words
    whole = _Drawn(0, FlatShapes.of(np.array([region]), grid, 0.0, "region"), 0.0, True)
    with ThreadPoolExecutor(threads) as pool:
        bands = _bands(grid.rows, threads * _BANDS_A_THREAD)
        work = [pool.submit(_mark_outside, outside, whole, grid, band) for band in bands]
        work += [
            pool.submit(_mark, bits[drawn.number], drawn, grid, band)
            for drawn in jobs
            for band in bands
        ]
        if slopes and heights is not None:
            limits = _limits(slopes, cell_m)
            work += [
                pool.submit(_mark_slopes, bits[first_steep:], heights, limits, grid, band)
                for band in grid.bands()
            ]
        for number, done in enumerate(work):
            done.result()
            if number % len(bands) == 0:
                room.let_go()
    room.let_go()
    return Exclusions(grid, tuple(planes), bits, outside, heights, room)


def plane_of(shapes: npt.NDArray[np.object_], grid: GroundGrid, name: str) -> Words:
    """Plane of the cells whose middle lies in the polygons `shapes`, in the zone of `grid`."""
    drawn = _Drawn(0, FlatShapes.of(shapes, grid, 0.0, name), 0.0, False)
    plane: Words = np.zeros((grid.rows, (grid.columns + 63) // 64), np.uint64)
    _mark(plane, drawn, grid, (0, grid.rows))
    return plane


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
    return zone_shapes(layer.features.geometry, layer.kind, epsg)


def zone_shapes(shapes: gpd.GeoSeries, name: str, epsg: int) -> npt.NDArray[np.object_]:
    """Geometries of the layer called `name`, which must be in the zone `epsg`."""
    if shapes.crs is None or shapes.crs.to_epsg() != epsg:
        said = "没有坐标系" if shapes.crs is None else f"的坐标系是 {shapes.crs.name}"
        text = f"图层“{name}”{said}，分析用的是 EPSG:{epsg}：请先换算"
        raise CrsError(text, code="crs_mixed")
    found: npt.NDArray[np.object_] = shapes.to_numpy()
    return found


def _ground(layer: ConstraintLayer, epsg: int, grid: GroundGrid) -> FlatShapes | None:
    """Where alone the rule of a layer holds."""
    if layer.only_within is None:
        return None
    return FlatShapes.of(zone_shapes(layer.only_within, layer.kind, epsg), grid, 0.0, layer.kind)


def _covers(layer: ConstraintLayer, region: shapely.Geometry) -> bool:
    """Whether a layer is complete as far around the region as its rule reaches."""
    extent = layer.extent
    if layer.distance_m == 0:
        return bool(shapely.covers(extent, region))
    is_inside = bool(shapely.contains_properly(extent, region))
    rim = shapely.boundary(extent)
    return is_inside and float(shapely.distance(rim, region)) > layer.distance_m


def _room(grid: GroundGrid, planes: int, in_memory: int) -> tuple[Room, Words]:
    words = (grid.columns + 63) // 64
    if planes > MOST_PLANES:
        text = f"图层和规则共需 {planes} 种标记，最多 {MOST_PLANES} 种；请分两次分析"
        raise InvalidInput(text, code="too_many_layers")
    if planes * grid.rows * words * 8 > MOST_BYTES:
        text = f"网格 {grid.cells} 格、{planes} 种标记太大；请加大格子、缩小范围或减少图层"
        raise InvalidInput(text, code="grid_too_large")
    room = Room.of((planes, grid.rows, words), in_memory)
    return room, np.zeros((grid.rows, words), np.uint64)


def _bands(rows: int, count: int) -> list[tuple[int, int]]:
    ends = np.unique(np.linspace(0, rows, count + 1).astype(np.int64)).tolist()
    return list(pairwise(ends))


def _limits(slopes: Sequence[SlopeLimit], cell_m: float) -> npt.NDArray[np.float32]:
    tangents = np.tan(np.radians([limit.degrees for limit in slopes]))
    limits: npt.NDArray[np.float32] = ((8.0 * cell_m * tangents) ** 2).astype(np.float32)
    return limits


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Shapes whose neighbourhood, or whose outside, is one mark; `within` where it holds alone."""

    number: int
    shapes: FlatShapes
    distance_m: float
    is_rim: bool
    within: FlatShapes | None = None


def _mark(plane: Words, drawn: _Drawn, grid: GroundGrid, band: tuple[int, int]) -> None:
    """Mark what is within the distance of shapes, or what is not that far inside them."""
    size = (grid.cell_m, grid.columns, *band)
    low, high = band
    rows = np.s_[low:high]
    bit_planes.mark_inside(plane, *drawn.shapes.areas, *size)
    if drawn.is_rim and drawn.distance_m > 0:
        np.invert(plane[rows], out=plane[rows])
    bit_planes.mark_near(plane, *drawn.shapes.lines, drawn.distance_m, *size)
    if drawn.is_rim and drawn.distance_m == 0:
        np.invert(plane[rows], out=plane[rows])
    if drawn.within is not None:
        ground = np.zeros_like(plane)
        bit_planes.mark_inside(ground, *drawn.within.areas, *size)
        bit_planes.mark_near(ground, *drawn.within.lines, 0.0, *size)
        plane[rows] &= ground[rows]


def _mark_outside(outside: Words, region: _Drawn, grid: GroundGrid, band: tuple[int, int]) -> None:
    _mark(outside, region, grid, band)
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
