"""Cheapest flow from demand to places with a capacity, one demand after another.

Successive shortest paths (Jewell 1958) with potentials, over the places alone: moving one person
from a place to another costs the least that any person there costs more at the other. One place
more, the last, takes whom nobody else can take.
"""

import numpy as np
from numba import njit

__all__ = ["cheapest_flow"]

_FAR = 2**60


@njit(nogil=True, cache=True)
def _offer(moves, leave, enter, place, arc, demand_start, demand_arc_place, cost):
    """Let people on `arc` at `place` be moved along the other arcs of their demand."""
    begin, end = demand_start
    for other in range(begin, end):
        to = demand_arc_place[other]
        if to != place:
            price = cost[other] - cost[arc]
            if price < moves[place, to]:
                moves[place, to], leave[place, to], enter[place, to] = price, arc, other


@njit(nogil=True, cache=True)
def cheapest_flow(start, place, cost, people, capacity, place_start, place_arc):
    """People on each arc, so that all are placed at the least cost.

    Parameters
    ----------
    start, place, cost
        Arcs by demand; every demand has one to the last place, whose capacity is enough for all.
    people, capacity
        Of each demand and each place.
    place_start, place_arc
        The arcs of each place.
    """
    places, demands = len(capacity), len(people)
    flow = np.zeros(len(place), dtype=np.int64)
    room = capacity.copy()
    moves = np.full((places, places), _FAR, dtype=np.int64)
    leave = np.zeros((places, places), dtype=np.int32)
    enter = np.zeros((places, places), dtype=np.int32)
    owner = np.empty(len(place), dtype=np.int32)
    for demand in range(demands):
        owner[start[demand] : start[demand + 1]] = demand
    potential, sink_potential = np.zeros(places, dtype=np.int64), np.int64(0)
    far, before = np.empty(places, dtype=np.int64), np.empty(places, dtype=np.int32)
    entry, done = np.empty(places, dtype=np.int32), np.empty(places, dtype=np.bool_)
    emptied = np.empty(places, dtype=np.int32)
    for demand in range(demands):
        left = people[demand]
        while left > 0:
            far[:], done[:] = _FAR, False
            lowest = np.int64(-_FAR)
            for arc in range(start[demand], start[demand + 1]):
                lowest = max(lowest, potential[place[arc]] - cost[arc])
            for arc in range(start[demand], start[demand + 1]):
                to = place[arc]
                far[to] = cost[arc] + lowest - potential[to]
                before[to], entry[to] = -1, arc
            reached, last = np.int64(_FAR), -1
            while True:
                at, nearest = -1, reached
                for other in range(places):
                    if not done[other] and far[other] < nearest:
                        at, nearest = other, far[other]
                if at < 0:
                    break
                done[at] = True
                if room[at] > 0 and nearest + potential[at] - sink_potential < reached:
                    reached, last = nearest + potential[at] - sink_potential, at
                for other in range(places):
                    if moves[at, other] < _FAR and not done[other]:
                        onward = nearest + moves[at, other] + potential[at] - potential[other]
                        if onward < far[other]:
                            far[other], before[other] = onward, at
            for other in range(places):
                potential[other] += min(far[other], reached)
            sink_potential += reached
            amount, to = min(left, room[last]), last
            while before[to] >= 0:
                amount = min(amount, flow[leave[before[to], to]])
                to = before[to]
            left -= amount
            room[last] -= amount
            to, count = last, 0
            while True:
                origin = before[to]
                arrived = entry[to] if origin < 0 else enter[origin, to]
                if origin >= 0:
                    flow[leave[origin, to]] -= amount
                    if flow[leave[origin, to]] == 0:
                        emptied[count], count = leave[origin, to], count + 1
                if flow[arrived] == 0:
                    who = owner[arrived]
                    _offer(
                        *(moves, leave, enter, to, arrived),
                        *((start[who], start[who + 1]), place, cost),
                    )
                flow[arrived] += amount
                if origin < 0:
                    break
                to = origin
            for number in range(count):
                at, offered = place[emptied[number]], False
                for other in range(places):
                    if leave[at, other] == emptied[number] and moves[at, other] < _FAR:
                        offered, moves[at, other] = True, _FAR
                if not offered:
                    continue
                for step in range(place_start[at], place_start[at + 1]):
                    arc = place_arc[step]
                    if flow[arc] > 0:
                        who = owner[arc]
                        _offer(
                            *(moves, leave, enter, at, arc),
                            *((start[who], start[who + 1]), place, cost),
                        )
    return flow
