"""Share of a region's ground from which a facility is reached on foot, on a grid of points."""

from dataclasses import dataclass

import numpy as np
import shapely

from civgeo.analysis.snapping import Snapped, StreetIndex
from civgeo.analysis.walk_search import Field, distance_from_field
from civgeo.errors import InvalidInput

__all__ = ["CELL_M", "MOST_CELLS", "AreaShare", "reached_area"]

CELL_M = 25.0
MOST_CELLS = 400_000


@dataclass(frozen=True, slots=True)
class AreaShare:
    """Ground of a region in cells of equal size.

    Parameters
    ----------
    reached, cells
        Cells whose middle reaches a facility in time, and all cells whose middle lies inside.
    cell_m
        Side of a cell.
    """

    reached: int
    cells: int
    cell_m: float

    @property
    def reached_m2(self) -> float:
        """Ground reached."""
        return self.reached * self.cell_m**2

    @property
    def region_m2(self) -> float:
        """Ground of the region, as the cells measure it."""
        return self.cells * self.cell_m**2


def reached_area(
    index: StreetIndex,
    field: Field,
    facilities: Snapped,
    region: shapely.Geometry,
    limit_dm: int,
    *,
    snap_limit_m: float,
    cell_m: float = CELL_M,
) -> AreaShare:
    """Ground of `region` from which a walk of at most `limit_dm` leads to a facility.

    Whoever stands in the middle of a cell walks straight to the nearest street and along it, as
    people at home do; ground farther from a street than `snap_limit_m` is not reached.

    Parameters
    ----------
    index, field, facilities
        Streets, and the field of `nearest_facility` of the facilities.
    region
        Polygons in the network's zone.
    limit_dm
        Farthest walk.
    snap_limit_m
        Farthest that a cell's middle may lie from a street.
    cell_m
        Side of a cell; twice as large as often as it takes to have at most 400,000 cells.

    Raises
    ------
    InvalidInput
        When the region has no area, or the cell no size.
    """
    if not cell_m > 0:
        raise InvalidInput(f"方格边长应大于 0：{cell_m}", code="not_positive")
    area = 0.0 if region is None else float(shapely.area(region))
    if not area > 0:
        raise InvalidInput("统计范围没有面积", code="no_area")
    while area / cell_m**2 > MOST_CELLS:
        cell_m *= 2
    x, y = _middles(region, cell_m)
    places = index.snap(x, y, snap_limit_m)
    distance, _owner = distance_from_field(index.network, field, facilities, places)
    return AreaShare(int((distance <= limit_dm).sum()), len(x), cell_m)


def _middles(
    region: shapely.Geometry, cell_m: float
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    """Middles of the cells of a lattice through the origin that lie in `region`."""
    west, south, east, north = shapely.bounds(region)
    columns = (np.arange(np.floor(west / cell_m), np.ceil(east / cell_m)) + 0.5) * cell_m
    rows = (np.arange(np.floor(south / cell_m), np.ceil(north / cell_m)) + 0.5) * cell_m
    x, y = (values.ravel() for values in np.meshgrid(columns, rows))
    shapely.prepare(region)
    inside = shapely.intersects_xy(region, x, y)
    return x[inside], y[inside]
