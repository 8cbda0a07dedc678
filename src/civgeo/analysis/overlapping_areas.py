"""Which of some areas that may overlap each point lies in: all of them, not the first."""

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from civgeo.analysis.label_grid import Floats, LabelGrid
from civgeo.geo.index import near_pairs

__all__ = ["OverlappingAreas"]


class OverlappingAreas:
    """Areas in layers, so that within one layer none touches another: one label grid a layer.

    Parameters
    ----------
    areas
        Valid polygons and multipolygons; null and empty ones hold nothing.

    Raises
    ------
    InvalidInput
        As `LabelGrid`.
    """

    def __init__(self, areas: gpd.GeoSeries) -> None:
        one, other = near_pairs(areas.to_numpy())
        layer = np.zeros(len(areas), np.intp)
        for area in range(len(areas)):
            taken = set(layer[one[other == area]].tolist())
            layer[area] = next(free for free in range(area + 1) if free not in taken)
        self._layers = [np.flatnonzero(layer == n) for n in range(int(layer.max(initial=0)) + 1)]
        shapes = areas.to_numpy()
        self._grids = [LabelGrid(gpd.GeoSeries(shapes[members])) for members in self._layers]

    def labels(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """Position of the area that each point lies in or on the edge of, for each layer.

        Parameters
        ----------
        x, y
            Coordinates in the system of the areas.

        Returns
        -------
        int32 array, layers by points
            -1 for none. No area is in two layers.
        """
        found = np.full((len(self._layers), len(x)), -1, np.int32)
        for row, members, grid in zip(found, self._layers, self._grids, strict=True):
            label = grid.label(x, y)
            row[label >= 0] = members[label[label >= 0]]
        return found
