"""Which demand each facility can be walked to from, as sparse arcs."""

import numpy as np
from numba import njit

from civgeo.analysis.kernels.search import FAR, UNREACHED, part_of, settle

_FIRST = 1_024


@njit(nogil=True, cache=True)
def reach_arcs(
    row_start,
    arcs,
    arc_edge,
    edge_start,
    length,
    forward,
    backward,
    place_edge,
    place_offset,
    place_access,
    seed_node,
    seed_label,
    demand_start,
    demand_number,
    demand_offset,
    demand_access,
    limit,
    shift,
    widest,
):
    """Arcs from each facility to the demand within `limit`.

    Demand stands in the order of its edges: that of edge ``e`` from ``demand_start[e]`` to
    ``demand_start[e + 1]``. Returns where each facility's arcs begin, demand, and distances.
    """
    label = np.full(len(row_start) - 1, FAR)
    touched = np.empty(len(row_start) - 1, np.int32)
    best = np.full(len(demand_number), UNREACHED, np.int32)
    met = np.empty(len(demand_number), np.int32)
    start = np.zeros(len(place_edge) + 1, np.int64)
    found = np.empty(_FIRST, np.int32)
    distance = np.empty(_FIRST, np.int32)
    for k in range(len(place_edge)):
        edge = place_edge[k]
        begin = start[k]
        start[k + 1] = begin
        if edge < 0:
            continue
        here = 0
        for at in range(demand_start[edge], demand_start[edge + 1]):
            ahead = np.int64(place_offset[k]) - demand_offset[at]
            cost = forward[edge] if ahead >= 0 else backward[edge]
            walk = part_of(cost, abs(ahead), length[edge]) + place_access[k] + demand_access[at]
            if walk <= limit:
                best[at] = walk
                met[here] = at
                here += 1
        count = settle(
            row_start,
            arcs,
            seed_node[2 * k : 2 * k + 2],
            seed_label[2 * k : 2 * k + 2],
            limit,
            shift,
            widest,
            label,
            touched,
        )
        for step in range(count):
            node = touched[step]
            reached = label[node] >> 32
            label[node] = FAR
            for arc in range(row_start[node], row_start[node + 1]):
                edge = arc_edge[arc]
                at_start = edge_start[edge] == node
                for at in range(demand_start[edge], demand_start[edge + 1]):
                    offset = np.int64(demand_offset[at])
                    if at_start:
                        walk = part_of(backward[edge], offset, length[edge])
                    else:
                        walk = part_of(forward[edge], length[edge] - offset, length[edge])
                    walk += reached + demand_access[at]
                    if walk <= limit and walk < best[at]:
                        if best[at] == UNREACHED:
                            met[here] = at
                            here += 1
                        best[at] = walk
        while len(found) < begin + here:
            found = np.concatenate((found, np.empty(len(found), np.int32)))
            distance = np.concatenate((distance, np.empty(len(distance), np.int32)))
        start[k + 1] = begin + here
        for step in range(here):
            at = met[step]
            found[begin + step] = demand_number[at]
            distance[begin + step] = best[at]
            best[at] = UNREACHED
    return start, found[: start[-1]], distance[: start[-1]]
