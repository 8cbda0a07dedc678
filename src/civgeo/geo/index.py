"""A spatial index that grows while areas are placed one after another."""

import math
from itertools import count

from rtree.index import Index

from civgeo.errors import InvalidInput

__all__ = ["PlacedBoxes"]

Box = tuple[float, float, float, float]


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
