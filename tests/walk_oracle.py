"""Walks between places by scipy, on a graph in which every place is a node of its own."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from civgeo.analysis.walk_network import UNREACHED


def part(cost, share, length):
    return (int(cost) * int(share) + int(length) // 2) // int(length)


def ways_to_ends(network, places, nodes, *, towards):
    """Ways between numbered places and the ends of their edges, either direction."""
    for node, edge, off, access in zip(
        nodes, places.edge, places.offset_dm, places.access_dm, strict=True
    ):
        if edge < 0:
            continue
        length, forward, backward = (
            int(array[edge])
            for array in (network.length_dm, network.forward_dm, network.backward_dm)
        )
        start, end = network.edge_start[edge], network.edge_end[edge]
        if towards:
            yield start, node, access + part(forward, off, length)
            yield end, node, access + part(backward, length - off, length)
        else:
            yield node, start, access + part(backward, off, length)
            yield node, end, access + part(forward, length - off, length)


def ways_along_an_edge(network, facilities, demand, first_facility, first_demand):
    for k, j in np.argwhere(demand.edge[:, None] == facilities.edge[None, :]):
        edge = demand.edge[k]
        if edge >= 0:
            ahead = int(facilities.offset_dm[j]) - int(demand.offset_dm[k])
            cost = network.forward_dm[edge] if ahead >= 0 else network.backward_dm[edge]
            walk = part(cost, abs(ahead), network.length_dm[edge])
            access = demand.access_dm[k] + facilities.access_dm[j]
            yield first_demand + k, first_facility + j, access + walk


def split_distances(network, facilities, demand):
    """Walks demand x facility by scipy on a graph in which every place is a node of its own."""
    n, f, d = network.nodes, len(facilities), len(demand)
    ways = [
        *zip(network.edge_start, network.edge_end, network.forward_dm, strict=True),
        *zip(network.edge_end, network.edge_start, network.backward_dm, strict=True),
        *ways_to_ends(network, facilities, range(n, n + f), towards=True),
        *ways_to_ends(network, demand, range(n + f, n + f + d), towards=False),
        *ways_along_an_edge(network, facilities, demand, n, n + f),
    ]
    best: dict[tuple[int, int], float] = {}
    for a, b, cost in ways:
        key = (int(a), int(b))
        # scipy takes a stored zero for no way at all
        best[key] = min(best.get(key, np.inf), max(float(cost), 1e-9))
    keys = np.array(list(best), dtype=int).reshape(-1, 2)
    graph = csr_array((list(best.values()), (keys[:, 0], keys[:, 1])), shape=(n + f + d,) * 2)
    walks = dijkstra(graph, indices=np.arange(n + f, n + f + d))[:, n : n + f]
    return np.where(np.isinf(walks), UNREACHED, np.rint(np.nan_to_num(walks, posinf=0)))
