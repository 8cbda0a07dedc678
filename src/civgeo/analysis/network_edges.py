"""A walk network back as edges, so that it can be built anew with some cut, split or added."""

import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.walk_network import StreetEdges, WalkNetwork, walk_network

__all__ = ["edge_lines", "network_of_some", "street_edges"]


def street_edges(network: WalkNetwork) -> StreetEdges:
    """Edges that `walk_network` makes `network` of; arrays are shared, not copied."""
    return StreetEdges(
        node_x=network.x,
        node_y=network.y,
        start=network.edge_start,
        end=network.edge_end,
        shape_start=network.shape_start,
        shape_xy=network.shape_xy,
        level=network.level,
    )


def edge_lines(edges: StreetEdges | WalkNetwork) -> npt.NDArray[np.object_]:
    """One line for each edge, from its start to its end, metres."""
    if not len(edges.level):
        return np.zeros(0, dtype=object)
    edge = np.repeat(np.arange(len(edges.level)), np.diff(edges.shape_start))
    return np.asarray(shapely.linestrings(edges.shape_xy, indices=edge), dtype=object)


def network_of_some(network: WalkNetwork, kept: npt.NDArray[np.bool_]) -> WalkNetwork:
    """The network with the edges marked in `kept` only; what walking each of them counts stays."""
    chosen = np.flatnonzero(kept)
    counts = np.diff(network.shape_start)[chosen]
    shape_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    inside = np.arange(shape_start[-1]) - np.repeat(shape_start[:-1], counts)
    edges = StreetEdges(
        node_x=network.x,
        node_y=network.y,
        start=network.edge_start[chosen],
        end=network.edge_end[chosen],
        shape_start=shape_start,
        shape_xy=network.shape_xy[np.repeat(network.shape_start[chosen], counts) + inside],
        level=network.level[chosen],
    )
    return walk_network(
        edges,
        network.epsg,
        forward_dm=network.forward_dm[chosen],
        backward_dm=network.backward_dm[chosen],
    )
