"""Spatial indexes: areas placed one after another, and all pairs of shapes that lie near."""

import math
from itertools import count

import numpy as np
import shapely
from numpy.typing import NDArray
from rtree.index import Index

from civgeo.errors import InvalidInput

__all__ = ["Numbers", "PlacedBoxes", "near_pairs", "rectangles_around", "too_many_pairs"]

Box = tuple[float, float, float, float]
Numbers = NDArray[np.intp]
CHUNK = 64


def near_pairs(
    shapes: NDArray[np.object_], *, margin: float | None = None, most: int | None = None
) -> tuple[Numbers, Numbers]:
    """Pairs of shapes that touch or overlap, as numbers ``one < other``, ascending.

    Parameters
    ----------
    shapes
        Any geometries; null and empty ones are near nothing.
    margin
        With it, pairs whose rectangles come so near instead, in the units of the shapes.
    most
        Most pairs; None for no limit.

    Raises
    ------
    InvalidInput
        Code ``too_many_pairs``: when there are more.

    Examples
    --------
    >>> one, other = near_pairs(shapely.points([[0, 0], [5, 0], [0, 1]]), margin=2)
    >>> one.tolist(), other.tolist()
    ([0], [2])
    """
    tree = shapely.STRtree(shapes)
    asked = shapes if margin is None else rectangles_around(shapes, margin)
    found = [np.empty((2, 0), dtype=np.intp)]
    so_far = 0
    for start in range(0, len(shapes), CHUNK):
        part = asked[start : start + CHUNK]
        near = tree.query(part, predicate="intersects") if margin is None else tree.query(part)
        near[0] += start
        near = near[:, near[0] < near[1]]
        so_far += near.shape[1]
        if most is not None and so_far > most:
            raise too_many_pairs()
        found.append(near)
    one, other = np.concatenate(found, axis=1)
    order = np.lexsort((other, one))
    return one[order], other[order]


def rectangles_around(shapes: NDArray[np.object_], margin: float) -> NDArray[np.object_]:
    """Rectangles around `shapes`, wider by `margin` on each side."""
    west, south, east, north = shapely.bounds(shapes).T
    found = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return np.asarray(found, dtype=object)


def too_many_pairs() -> InvalidInput:
    """Error for more work than a limit allows, code ``too_many_pairs``."""
    text = "相交、相叠之处太多，很可能是两份数据叠在一起：请核对后分开检查。"
    return InvalidInput(text, code="too_many_pairs")


class PlacedBoxes:
    """Boxes placed so far, none of which touches another.

    Examples
    --------
    >>> placed = PlacedBoxes()
    >>> placed.place((0, 0, 10, 10)), placed.place((5, 5, 15, 15)), placed.place((20, 0, 30, 10))
    (True, False, True)
    """

    def __init__(self) -> None:
        self._tree = Index()
        self._numbers = count()

    def place(self, box: Box) -> bool:
        """Add `box` when it neither overlaps nor touches a box placed before; say whether.

        Parameters
        ----------
        box
            West, south, east, north; any one unit and system for all boxes.

        Raises
        ------
        InvalidInput
            When a value is not finite, or west lies east of east or south north of north.
        """
        west, south, east, north = box
        if not all(map(math.isfinite, box)) or west > east or south > north:
            raise InvalidInput(f"范围 {box} 不对：应为西、南、东、北四个有限的数字。")
        if self._tree.count(box) > 0:
            return False
        self._tree.insert(next(self._numbers), box)
        return True
