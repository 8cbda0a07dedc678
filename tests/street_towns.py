"""Small street networks for tests."""

import numpy as np

from civgeo.analysis.walk_network import StreetEdges, WalkNetwork, walk_network


def edges_of(nodes, pairs, level=None):
    """Straight edges between numbered nodes at (x, y) metres."""
    xy = np.asarray(nodes, dtype=float).reshape(-1, 2)
    ends = np.asarray(pairs, dtype=np.int32).reshape(-1, 2)
    return StreetEdges(
        xy[:, 0].copy(),
        xy[:, 1].copy(),
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        np.arange(len(ends) + 1, dtype=np.int64) * 2,
        xy[ends].reshape(-1, 2),
        np.zeros(len(ends), np.int8) if level is None else np.asarray(level, np.int8),
    )


def network_of(nodes, pairs, level=None) -> WalkNetwork:
    """Network of straight edges in EPSG:4547."""
    return walk_network(edges_of(nodes, pairs, level), 4547)


def town(rng, side=12, spacing=100.0, missing=0.2, slope=False) -> WalkNetwork:
    """A jittered grid with gaps; with `slope`, each direction of an edge counts differently."""
    place = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    nodes = place * spacing + rng.uniform(-spacing / 3, spacing / 3, place.shape)
    ids = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()]),
            np.column_stack([ids[:-1].ravel(), ids[1:].ravel()]),
        ]
    )
    pairs = pairs[rng.random(len(pairs)) >= missing]
    edges = edges_of(nodes, pairs)
    if not slope:
        return walk_network(edges, 4547)
    flat = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T) * 10
    ways = [np.rint(flat * rng.uniform(0.9, 2.5, len(pairs))).astype(np.int32) for _ in range(2)]
    return walk_network(edges, 4547, forward_dm=ways[0], backward_dm=ways[1])
