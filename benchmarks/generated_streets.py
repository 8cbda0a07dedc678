"""Streets for benchmarks: a jittered grid with gaps, seeded."""

import numpy as np

from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import StreetEdges, WalkNetwork, walk_network

__all__ = ["generated_network", "places_on"]

SPACING_M = 90.0
MISSING = 0.32
EPSG = 4547


def generated_network(nodes: int, seed: int = 6) -> WalkNetwork:
    """A network of about `nodes` nodes, 1.35 edges a node, two corners an edge."""
    rng = np.random.default_rng(seed)
    side = int(np.sqrt(nodes))
    place = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    xy = place * SPACING_M + rng.uniform(-SPACING_M / 3, SPACING_M / 3, place.shape)
    xy += (400_000.0, 3_600_000.0)
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    ends = pairs[rng.random(len(pairs)) >= MISSING].astype(np.int32)
    edges = StreetEdges(
        xy[:, 0].copy(),
        xy[:, 1].copy(),
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        np.arange(len(ends) + 1, dtype=np.int64) * 2,
        xy[ends].reshape(-1, 2),
        np.zeros(len(ends), np.int8),
    )
    return walk_network(edges, EPSG)


def places_on(network: WalkNetwork, count: int, rng: np.random.Generator) -> Snapped:
    """Places at the first node of `count` different edges of the largest part."""
    inside = np.flatnonzero(network.component[network.edge_start] == 0)
    edge = np.sort(rng.choice(inside, count, replace=False)).astype(np.int32)
    start = network.edge_start[edge]
    zero = np.zeros(count, dtype=np.int32)
    return Snapped(network.x[start], network.y[start], edge, zero, zero, np.zeros(count))
