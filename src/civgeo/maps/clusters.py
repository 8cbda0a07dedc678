"""Points too near each other to be told apart on paper, gathered into discs with their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, log

import numpy as np
import numpy.typing as npt
import shapely

from civgeo.geo.crs import Zone, project

__all__ = ["Cluster", "clusters_at", "clusters_of", "crowding"]

CELL_PT = 26.0

SMALLEST_PT, LARGEST_PT, PER_LOG_PT = 4.2, 11.0, 1.1
SINGLE_PT = 3.4


@dataclass(slots=True)
class Cluster:
    """Points drawn as one; `members` are their places in the input."""

    x: float
    y: float
    members: list[int]

    @property
    def radius_pt(self) -> float:
        """Radius of its disc, growing slowly with the number of points."""
        count = len(self.members)
        grown = min(SMALLEST_PT + PER_LOG_PT * log(count), LARGEST_PT)
        return grown if count > 1 else SINGLE_PT

    def touches(self, other: "Cluster") -> bool:
        """Whether the two discs would overlap."""
        away = hypot(self.x - other.x, self.y - other.y)
        return away < self.radius_pt + other.radius_pt

    def take(self, other: "Cluster") -> None:
        """Add the points of `other`; the disc stands in the middle of all."""
        share = len(other.members) / (len(self.members) + len(other.members))
        self.x += (other.x - self.x) * share
        self.y += (other.y - self.y) * share
        self.members += other.members


def clusters_of(places: npt.NDArray[np.float64], cell_pt: float) -> list[Cluster]:
    """Clusters of `places` (n, 2) in points of the page: cells of a grid, joined where discs touch.

    Examples
    --------
    >>> found = clusters_of(np.array([[1.0, 1.0], [2.0, 1.0], [90.0, 90.0]]), 30)
    >>> [cluster.members for cluster in found]
    [[0, 1], [2]]
    """
    cells: dict[tuple[int, int], list[int]] = {}
    for number, (column, row) in enumerate(np.floor(places / cell_pt).astype(int).tolist()):
        cells.setdefault((column, row), []).append(number)
    kept: list[Cluster] = []
    for members in sorted(cells.values(), key=len, reverse=True):
        x, y = places[members].mean(axis=0).tolist()
        found = Cluster(x, y, members)
        near = next((other for other in kept if other.touches(found)), None)
        if near is None:
            kept.append(found)
        else:
            near.take(found)
    return kept


def clusters_at(
    places: Sequence[tuple[float, float]], zone: Zone, points_per_m: float
) -> list[Cluster]:
    """Clusters of longitudes and latitudes (EPSG:4490), in points of the page from the zone's 0."""
    if not places:
        return []
    lon, lat = np.array(places, dtype=np.float64).T
    return clusters_of(np.column_stack(project(lon, lat, zone)) * points_per_m, CELL_PT)


def crowding(places: Sequence[tuple[float, float]]) -> float:
    """Median distance from a place to the nearest other one; infinite for fewer than two."""
    points = np.array(shapely.points(np.asarray(places).reshape(-1, 2)), dtype=object)
    if len(points) < 2:
        return float("inf")
    _, distance = shapely.STRtree(points).query_nearest(
        points, exclusive=True, return_distance=True, all_matches=False
    )
    return float(np.median(distance)) if len(distance) else 0.0
