"""The walk from a place to its nearest facility, as a line on the streets."""

import numpy as np
import shapely

from civgeo.analysis.kernels.search import FAR
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import DM_A_METRE, UNREACHED, Floats, Ints, WalkNetwork
from civgeo.analysis.walk_search import Field, distance_from_field, seeds_of

__all__ = ["walking_route"]


def walking_route(
    network: WalkNetwork, field: Field, facilities: Snapped, place: Snapped
) -> shapely.LineString | None:
    """Shortest walk from one place to its nearest facility, with the straight ways at both ends.

    Parameters
    ----------
    network, field, facilities
        Streets, the field of `nearest_facility`, and the facilities that it was made of.
    place
        One snapped place.

    Returns
    -------
    LineString or None
        In the network's zone; None where no way leads to a facility.
    """
    distance, owner = distance_from_field(network, field, facilities, place)
    if distance[0] == UNREACHED:
        return None
    end = facilities.take(np.array([owner[0]]))
    label = (np.int64(distance[0] - place.access_dm[0]) << 32) | owner[0]
    pieces = [_point(place), *_on_streets(network, field, end, place, int(label)), _point(end)]
    corners = np.concatenate(pieces)
    kept = np.ones(len(corners), dtype=bool)
    kept[1:] = (np.diff(corners, axis=0) != 0).any(axis=1)
    corners = corners[kept]
    if len(corners) == 1:
        corners = np.repeat(corners, 2, axis=0)
    return shapely.LineString(corners)


def _point(place: Snapped) -> Floats:
    return np.column_stack([place.x, place.y])


def _on_streets(
    network: WalkNetwork, field: Field, end: Snapped, place: Snapped, label: int
) -> list[Floats]:
    """Corners from the place's street to the facility's street."""
    edge, offset = int(place.edge[0]), int(place.offset_dm[0])
    length = int(network.length_dm[edge])
    ways = (
        (int(network.edge_start[edge]), network.backward_dm[edge], offset, 0),
        (int(network.edge_end[edge]), network.forward_dm[edge], length - offset, length),
    )
    for node, cost, part, at in ways:
        walk = (int(cost) * part + length // 2) // length
        if field.label[node] != FAR and int(field.label[node]) + (walk << 32) == label:
            first = _piece(network, edge, offset, at)
            return [first, *_from_node(network, field, end, node)]
    # neither end leads on: the facility stands on the same edge
    return [_piece(network, edge, offset, int(end.offset_dm[0]))]


def _from_node(network: WalkNetwork, field: Field, end: Snapped, node: int) -> list[Floats]:
    """Corners from a node to the facility, following the labels down."""
    seeds, seed_label = seeds_of(network, end)
    low = np.int64(UNREACHED)
    pieces: list[Floats] = []
    while True:
        for seed, offer, at in zip(seeds, seed_label, (0, None), strict=True):
            if seed == node and (offer & ~low) == (field.label[node] & ~low):
                edge = int(end.edge[0])
                start = int(network.length_dm[edge]) if at is None else at
                return [*pieces, _piece(network, edge, start, int(end.offset_dm[0]))]
        arc = _next_arc(network, field, node)
        edge, other = int(network.arc_edge[arc]), int(network.neighbour[arc])
        length = int(network.length_dm[edge])
        from_start = int(network.edge_start[edge]) == node
        pieces.append(_piece(network, edge, *((0, length) if from_start else (length, 0))))
        node = other


def _next_arc(network: WalkNetwork, field: Field, node: int) -> int:
    """Arc by which the label of `node` came about."""
    arcs = np.arange(network.row_start[node], network.row_start[node + 1])
    edges: Ints = network.arc_edge[arcs]
    other = network.neighbour[arcs]
    away = np.where(
        network.edge_start[edges] == node, network.forward_dm[edges], network.backward_dm[edges]
    )
    offered = np.where(
        field.label[other] == FAR, FAR, field.label[other] + (away.astype(np.int64) << 32)
    )
    return int(arcs[np.flatnonzero(offered == field.label[node])[0]])


def _piece(network: WalkNetwork, edge: int, start_dm: int, end_dm: int) -> Floats:
    """Corners of an edge from one place on it to another."""
    rows = slice(int(network.shape_start[edge]), int(network.shape_start[edge + 1]))
    corners = np.asarray(network.shape_xy[rows])
    steps = np.hypot(*np.diff(corners, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    # lengths are whole decimetres: the last one is the end itself
    scale = along[-1] * DM_A_METRE / max(int(network.length_dm[edge]), 1)
    low, high = sorted((start_dm * scale / DM_A_METRE, end_dm * scale / DM_A_METRE))
    inside = corners[(along > low) & (along < high)]
    ends = np.column_stack([np.interp([low, high], along, corners[:, k]) for k in (0, 1)])
    piece: Floats = np.concatenate([ends[:1], inside, ends[1:]])
    return piece if start_dm <= end_dm else piece[::-1]
