"""Walk networks small enough to count by hand."""

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely import LineString

from civgeo.analysis.street_noding import node_streets
from civgeo.analysis.walk_network import WalkNetwork, walk_network

ZONE = 4547
SPACING_M = 100.0


def layer(*shapes, index=None):
    return gpd.GeoDataFrame(index=index, geometry=list(shapes), crs=ZONE)


def grid(columns: int, rows: int) -> WalkNetwork:
    """Streets every 100 m; nodes at (100 i, 100 j)."""
    east = [
        LineString([(SPACING_M * i, SPACING_M * j) for i in range(columns)]) for j in range(rows)
    ]
    north = [
        LineString([(SPACING_M * i, SPACING_M * j) for j in range(rows)]) for i in range(columns)
    ]
    return walk_network(node_streets(layer(*east, *north), ZONE)[0], ZONE)


def node_at(network: WalkNetwork, x: float, y: float) -> int:
    away = np.hypot(network.x - x, network.y - y)
    assert away.min() < 1e-6
    return int(away.argmin())


def distances_to(network: WalkNetwork, node: int) -> np.ndarray:
    """Decimetres of walking from every node to one, by scipy; infinite where no way leads."""
    rows = np.repeat(np.arange(network.nodes), np.diff(network.row_start))
    order = np.argsort(-network.toward_dm, kind="stable")
    shape = (network.nodes, network.nodes)
    table = np.full(shape, 0.0)
    # the shortest of several edges between two nodes is written last
    table[rows[order], network.neighbour[order]] = network.toward_dm[order]
    return dijkstra(csr_array(table), indices=node)
