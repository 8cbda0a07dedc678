"""Shapes of constraint layers that are not valid, mended, with what the mending changed.

Outlines of divisions are never mended (see `rings`): they are law. A constraint layer is material
of others, and a shape of it that is left out would open land that is closed.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from civgeo.geo.crs import Zone
from civgeo.geo.datum import Floats
from civgeo.geo.ground import Shapes, in_metres

__all__ = ["Mended", "mended"]


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """Shapes that can be computed with.

    Parameters
    ----------
    shapes
        All of them, None where nothing is left of one.
    rows
        Numbers of those that were mended.
    before_m2, after_m2
        Area of each of these before, by its rings as they stand, and after; grid square metres.
    """

    shapes: Shapes
    rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    before_m2: Floats
    after_m2: Floats


def mended(shapes: Shapes, zone: Zone | None) -> Mended:
    """`shapes` with valid ones in place of those that are not.

    What several rings of one shape cover counts once, and stays. Lines without length and rings
    without area become None, as do shapes with a coordinate that is no finite number.

    Parameters
    ----------
    shapes
        Any geometries in degrees, EPSG:4490; null ones stay null.
    zone
        Where areas are measured; None for the zone of each shape.

    Raises
    ------
    CrsError
        When a mended shape cannot be projected.
    """
    given = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    rows = np.flatnonzero(given & finite & ~shapely.is_valid(shapes))
    good = np.array(shapes, dtype=object)
    good[~(given & finite)] = None
    broken = good[rows]
    whole = np.asarray(
        shapely.make_valid(broken, method="structure", keep_collapsed=False), dtype=object
    )
    whole[shapely.is_empty(whole)] = None
    good[rows] = whole
    before, after = (shapely.area(in_metres(part, zone, where=broken)) for part in (broken, whole))
    return Mended(good, rows, before, np.nan_to_num(after))
