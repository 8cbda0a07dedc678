"""Simulated land use of a city: every place of it has one class, as in a national survey."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import product

import numpy as np
import shapely
from scipy.ndimage import binary_closing, binary_dilation, distance_transform_edt, label
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.ground_grid import GroundGrid
from civgeo.analysis.simulated_ground import SimulatedGround
from civgeo.analysis.simulated_lines import Numbers, Points, Shapes
from civgeo.analysis.simulated_parcels import Values, parcels
from civgeo.analysis.simulated_raster import Flags, cells_along, cells_inside, smooth_noise

__all__ = ["LandClass", "LandPlan", "SimulatedLand", "land_parcels", "simulate_land"]

FIELD_M = 1_500.0, 2_200.0
BLOCK_FIELDS = 3
BEND_M = 600.0
SIEVED_CELLS = 9
RELIEF_M = 240.0
PERMANENT_SHARE = 0.84


class LandClass(IntEnum):
    """Classes that are drawn; the names of the national ones are the service's."""

    PADDY, IRRIGATED, DRY, PERMANENT_PADDY, PERMANENT_IRRIGATED, PERMANENT_DRY = range(6)
    ORCHARD, WOOD, SHRUB, GRASS, BARE, IDLE, TOWN, VILLAGE, FUNERAL, RIVER, RESERVOIR = range(6, 17)


_L = LandClass


@dataclass(frozen=True, slots=True, eq=False)
class LandPlan:
    """What land use is drawn on, besides the ground; in the zone of its grid.

    Parameters
    ----------
    area
        Outline of the city.
    estates
        Polygons.
    streets
        Lines of streets in towns and villages.
    rivers
        Lines.
    """

    area: BaseGeometry
    estates: Shapes
    streets: Shapes
    rivers: Shapes


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedLand:
    """Classes of the cells of a landscape, and the fields or blocks that these belong to."""

    area: BaseGeometry
    grid: GroundGrid
    classes: Values
    number: Values

    def at(self, places: Points) -> Values:
        """Classes at places of the grid, metres of the zone."""
        found: Values = self.classes[self.grid.cells_of(*places.T)]
        return found


def simulate_land(
    ground: SimulatedGround, plan: LandPlan, rng: np.random.Generator
) -> SimulatedLand:
    """Classes of the land of a city.

    Parameters
    ----------
    ground
        The landscape.
    plan
        What stands on it.
    rng
        Seeded generator: the same seed draws the same land.
    """
    fields = _Fields.drawn(ground, rng)
    classes = fields.sown(_sieved(_open_land(ground, rng), fields), ground, rng)
    _build(classes, ground, plan)
    return SimulatedLand(plan.area, ground.grid, classes, fields.number(classes))


def land_parcels(land: SimulatedLand, cemeteries: Shapes) -> tuple[Shapes, Numbers]:
    """Polygons in the zone that cover the city without gaps and overlaps, and their classes.

    Parameters
    ----------
    land
        Classes of the cells.
    cemeteries
        Polygons inside the city that are cut out as land of their own class.
    """
    around = land.area.buffer(4 * land.grid.cell_m, quad_segs=2)
    inside = cells_inside(np.array([around]), land.grid)
    cut = np.where(inside, land.classes + len(_L) * land.number, -1)
    shapes, values = parcels(cut.astype(np.int32), land.grid, land.area)
    return _cut_out(shapes, values % len(_L), cemeteries)


def _cut_out(shapes: Shapes, classes: Numbers, cemeteries: Shapes) -> tuple[Shapes, Numbers]:
    """Parcels with cemeteries among them; all pieces still share their corners."""
    touched = np.unique(shapely.STRtree(shapes).query(cemeteries, predicate="intersects")[1])
    borders = shapely.boundary(np.concatenate([shapes[touched], cemeteries]))
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(borders))))
    middle = shapely.point_on_surface(pieces)
    piece, parcel = shapely.STRtree(shapes[touched]).query(middle, predicate="within")
    own = classes[touched][parcel]
    own[np.isin(piece, shapely.STRtree(cemeteries).query(middle, "within")[0])] = _L.FUNERAL
    untouched = np.ones(len(shapes), dtype=bool)
    untouched[touched] = False
    return (
        np.concatenate([shapes[untouched], pieces[piece]]),
        np.concatenate([classes[untouched], own]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Fields:
    """Fields that the land is cut into, by row and column; each row is bent as the ground is."""

    row: Values
    column: Values

    @classmethod
    def drawn(cls, ground: SimulatedGround, rng: np.random.Generator) -> "_Fields":
        grid = ground.grid
        down, across = (BEND_M * smooth_noise(grid, 12_000.0, 2.4, rng) for _ in range(2))
        row = np.floor((np.arange(grid.rows)[:, None] * grid.cell_m + down) / FIELD_M[0])
        column = np.floor((np.arange(grid.columns) * grid.cell_m + across) / FIELD_M[1])
        return cls((row - row.min()).astype(np.int32), (column - column.min()).astype(np.int32))

    @property
    def field(self) -> Values:
        """Number of the field of each cell."""
        return self._number(1)

    def _number(self, together: int) -> Values:
        row, column = self.row // together, self.column // together
        return row * (int(column.max()) + 1) + column

    def number(self, classes: Values) -> Values:
        """Number of the field of arable land, of some fields together of other open land."""
        other = np.where(classes < _L.TOWN, self._number(BLOCK_FIELDS), 0)
        return np.where(classes <= _L.PERMANENT_DRY, self.field, other)

    def apart(self) -> Iterator[Flags]:
        """Every field, in four parts of which no two fields touch."""
        for row, column in product((0, 1), (0, 1)):
            yield (self.row % 2 == row) & (self.column % 2 == column)

    def sown(self, classes: Values, ground: SimulatedGround, rng: np.random.Generator) -> Values:
        """Classes with one kind of arable land a field, most of it permanent farmland."""
        grid, field = ground.grid, self.field.ravel()
        south = np.repeat(np.linspace(0, 1, grid.rows, dtype=np.float32), grid.columns)
        wet = south + 0.22 * smooth_noise(grid, 22_000.0, 2.2, rng).ravel()
        size = np.maximum(np.bincount(field), 1)
        hilly, wet = (np.bincount(field, part) / size for part in (ground.hills.ravel(), wet))
        kind = np.where(hilly > 0.3, _L.DRY, np.where(wet > 0.74, _L.PADDY, _L.IRRIGATED))
        kept = (rng.random(len(size)) < PERMANENT_SHARE) & (hilly < 0.75)
        sown = (kind + _L.PERMANENT_PADDY * kept).astype(np.int32)[self.field]
        found: Values = np.where(classes == _L.PADDY, sown, classes)
        return found


def _open_land(ground: SimulatedGround, rng: np.random.Generator) -> Values:
    """Classes of the land by height, slope and chance, nothing being built on it.

    All arable land is of the first class.
    """
    grid, hills = ground.grid, ground.hills
    down, across = np.gradient(ground.heights, grid.cell_m)
    slope = np.degrees(np.arctan(np.hypot(down, across)))
    near, fine = (smooth_noise(grid, wave, 2.6, rng) for wave in (8_000.0, 4_000.0))
    wild = slope / 9 + 0.45 * hills + ground.relief / RELIEF_M + 0.42 * near
    lonely = (hills < 0.3) & (np.abs(fine) > 2.75)
    return np.select(
        [
            (slope > 16) & (fine > 1.2),
            (wild > 1.7) & (fine > 1.75),
            wild > 1.7,
            (wild > 1.3) & (fine > 0.1),
            wild > 1.4,
            (wild > 0.8) & (near * 0.5 + fine > 2.0),
            lonely & (fine > 0),
            lonely,
        ],
        [_L.BARE, _L.SHRUB, _L.WOOD, _L.GRASS, _L.SHRUB, _L.ORCHARD, _L.WOOD, _L.IDLE],
        _L.PADDY,
    ).astype(np.int32)


def _sieved(classes: Values, fields: _Fields) -> Values:
    """Classes with what is too small for a parcel given to what lies next to it."""
    small = np.zeros(classes.shape, dtype=bool)
    arable = classes == _L.PADDY
    parts = [classes == value for value in np.unique(classes) if value != _L.PADDY]
    for cells in [*parts, *(arable & fields_apart for fields_apart in fields.apart())]:
        part, _ = label(cells)
        few = np.bincount(part.ravel()) < SIEVED_CELLS
        few[0] = False
        small |= few[part]
    at = distance_transform_edt(small, return_distances=False, return_indices=True)
    found: Values = classes[tuple(at)]
    return found


def _build(classes: Values, ground: SimulatedGround, plan: LandPlan) -> None:
    """Put towns, villages, cemeteries and waters on the land."""
    grid = ground.grid
    towns = cells_inside(plan.estates, grid)
    settled = binary_closing(towns | cells_along(plan.streets, grid), iterations=2)
    part, count = label(settled)
    town = np.zeros(count + 1, dtype=bool)
    town[np.unique(part[towns])] = True
    town[0] = False
    classes[settled] = _L.VILLAGE
    classes[town[part]] = _L.TOWN
    river = cells_along(plan.rivers, grid)
    # a second cell beside it keeps the water in one piece where it turns
    classes[binary_dilation(river, np.array([[0, 0, 0], [0, 1, 1], [0, 1, 0]]))] = _L.RIVER
    for cells in ground.reservoirs:
        classes[cells] = _L.RESERVOIR
