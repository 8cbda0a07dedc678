"""Shortest walks by a bucket queue (Dial 1969) over the arcs of a walk network.

A bucket is ``2 ** shift`` decimetres wide; inside a bucket nodes may be corrected again, so the
distances are exact whatever the width. Distance and owner are one number, ``distance << 32 |
owner``: of facilities at equal distance the one of the smallest index owns a node, on every
network and in every order of work.
"""

import numpy as np
from numba import njit

UNREACHED = np.iinfo(np.int32).max
FAR = (np.int64(UNREACHED) << 32) | np.int64(UNREACHED)
"""Label of a node that nothing reaches."""
LIMITLESS = 1_000_000_000
"""Limit of a search without one, decimetres; labels stay below `FAR`."""
_FIRST_POOL = 1_024


@njit(nogil=True, cache=True)
def part_of(cost, part, length):
    """What the share ``part / length`` of an edge that counts `cost` counts, half up."""
    return (np.int64(cost) * part + length // 2) // length


@njit(nogil=True, cache=True)
def settle(row_start, arcs, seed_node, seed_label, limit, shift, widest, label, touched):
    """Lower `label` from the seeds outwards, as far as `limit`.

    `arcs` holds ``neighbour << 32 | length``; `label` the field so far, ``FAR`` where nothing is
    known; `widest` is the longest arc or seed. Returns how many nodes were reached for the first
    time; they stand first in `touched`.
    """
    ring = (min(np.int64(widest), np.int64(limit)) >> shift) + 2
    head = np.full(ring, -1, np.int32)
    size = max(_FIRST_POOL, len(seed_node))
    pool_node = np.empty(size, np.int32)
    pool_label = np.empty(size, np.int64)
    pool_next = np.empty(size, np.int32)
    free, used, count = -1, 0, 0
    beyond = (np.int64(limit) + 1) << 32
    for seed in range(len(seed_node)):
        reached, offered = seed_node[seed], seed_label[seed]
        if offered >= label[reached] or offered >= beyond:
            continue
        if label[reached] == FAR:
            touched[count] = reached
            count += 1
        label[reached] = offered
        into = offered >> 32 >> shift
        pool_node[used], pool_label[used], pool_next[used] = reached, offered, head[into]
        head[into] = used
        used += 1
    live = used
    bucket, slot = 0, 0
    while live > 0:
        entry = head[slot]
        if entry < 0:
            bucket += 1
            slot += 1
            if slot == ring:
                slot = 0
            continue
        head[slot] = pool_next[entry]
        pool_next[entry] = free
        free = entry
        live -= 1
        node, base = pool_node[entry], pool_label[entry]
        if label[node] != base:
            continue
        for at in range(row_start[node], row_start[node + 1]):
            arc = arcs[at]
            reached = arc >> 32
            offered = base + ((arc & UNREACHED) << 32)
            known = label[reached]
            if offered >= known or offered >= beyond:
                continue
            if known == FAR:
                touched[count] = reached
                count += 1
            label[reached] = offered
            if free >= 0:
                entry = free
                free = pool_next[entry]
            else:
                if used == len(pool_node):
                    pool_node = np.concatenate((pool_node, np.empty(used, np.int32)))
                    pool_label = np.concatenate((pool_label, np.empty(used, np.int64)))
                    pool_next = np.concatenate((pool_next, np.empty(used, np.int32)))
                entry = used
                used += 1
            into = slot + ((offered >> 32 >> shift) - bucket)
            if into >= ring:
                into -= ring
            pool_node[entry], pool_label[entry], pool_next[entry] = reached, offered, head[into]
            head[into] = entry
            live += 1
    return count


@njit(nogil=True, cache=True)
def sheds(
    row_start,
    arcs,
    seed_node,
    seed_label,
    limit,
    shift,
    widest,
    nodes,
):
    """Nodes within `limit` of each origin; two seeds an origin, those of -1 are none.

    Returns where each origin's nodes begin, the nodes, and their distances.
    """
    origins = len(seed_node) // 2
    label = np.full(nodes, FAR)
    touched = np.empty(nodes, np.int32)
    start = np.zeros(origins + 1, np.int64)
    found = np.empty(_FIRST_POOL, np.int32)
    distance = np.empty(_FIRST_POOL, np.int32)
    for origin in range(origins):
        first = 2 * origin
        seeds = 2 if seed_node[first] >= 0 else 0
        count = settle(
            row_start,
            arcs,
            seed_node[first : first + seeds],
            seed_label[first : first + seeds],
            limit,
            shift,
            widest,
            label,
            touched,
        )
        begin = start[origin]
        start[origin + 1] = begin + count
        while len(found) < begin + count:
            found = np.concatenate((found, np.empty(len(found), np.int32)))
            distance = np.concatenate((distance, np.empty(len(distance), np.int32)))
        for k in range(count):
            node = touched[k]
            found[begin + k] = node
            distance[begin + k] = label[node] >> 32
            label[node] = FAR
    return start, found[: start[origins]], distance[: start[origins]]


@njit(nogil=True, cache=True)
def meet(
    label,
    edge_start,
    edge_end,
    length,
    forward,
    backward,
    at_edge,
    at_offset,
    at_access,
    facility_edge,
    facility_offset,
    facility_access,
    facility_index,
    met,
):
    """Label of each demand place from the field and from facilities on its own edge.

    Facilities stand in the order of their edges; a place of edge -1 is on no street.
    """
    for k in range(len(at_edge)):
        edge = at_edge[k]
        if edge < 0:
            continue
        offset = np.int64(at_offset[k])
        best = FAR
        rest = length[edge] - offset
        via = label[edge_start[edge]]
        if via != FAR:
            best = min(best, via + (part_of(backward[edge], offset, length[edge]) << 32))
        via = label[edge_end[edge]]
        if via != FAR:
            best = min(best, via + (part_of(forward[edge], rest, length[edge]) << 32))
        j = np.searchsorted(facility_edge, edge)
        while j < len(facility_edge) and facility_edge[j] == edge:
            ahead = facility_offset[j] - offset
            if ahead >= 0:
                walk = part_of(forward[edge], ahead, length[edge])
            else:
                walk = part_of(backward[edge], -ahead, length[edge])
            best = min(best, ((walk + facility_access[j]) << 32) | facility_index[j])
            j += 1
        if best != FAR:
            met[k] = best + (np.int64(at_access[k]) << 32)


@njit(nogil=True, cache=True)
def forget(row_start, neighbour, toward, seeds, facility, label, held):
    """Take back every node that `facility` owns; returns the border to search again from.

    Nodes are found from the facility's own `seeds` outwards, since whoever it owns is reached
    through nodes that it owns. `held` is a scratch array of as many entries as nodes. Returns
    nodes and the labels that neighbours of other facilities offer them.
    """
    taken = 0
    for node in seeds:
        if node >= 0 and label[node] != FAR and (label[node] & UNREACHED) == facility:
            label[node] = FAR
            held[taken] = node
            taken += 1
    at = 0
    while at < taken:
        node = held[at]
        at += 1
        for arc in range(row_start[node], row_start[node + 1]):
            other = neighbour[arc]
            if label[other] != FAR and (label[other] & UNREACHED) == facility:
                label[other] = FAR
                held[taken] = other
                taken += 1
    border = np.empty(_FIRST_POOL, np.int32)
    border_label = np.empty(_FIRST_POOL, np.int64)
    count = 0
    for k in range(taken):
        node = held[k]
        for arc in range(row_start[node], row_start[node + 1]):
            other = neighbour[arc]
            if label[other] != FAR:
                # from the other node back to this one: the arc of its own row
                for back in range(row_start[other], row_start[other + 1]):
                    if neighbour[back] == node:
                        if count == len(border):
                            border = np.concatenate((border, np.empty(count, np.int32)))
                            more = np.empty(count, np.int64)
                            border_label = np.concatenate((border_label, more))
                        border[count] = node
                        border_label[count] = label[other] + (np.int64(toward[back]) << 32)
                        count += 1
    return border[:count], border_label[:count]
