"""Graves sent to cemeteries with room: as many as can be, then over the shortest ways, exactly.

Where places of several graves may be divided, this is a transport problem. Where each goes whole,
the transport is its bound, and its answer when it divides none. Otherwise an integer programme
begins from the transport rounded, over the ways whose reduced cost a better answer can afford.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_flow import Transport, shortest_assignment
from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.layout_solver import Deadline, LinearModel, solve

__all__ = ["MOST_WAYS", "Relocation", "relocate"]

MOST_WAYS = 3_000_000
"""Pairs of a place of graves and a cemetery that are looked at together."""

_MOST_COLUMNS, _CORE = 6_000, 3_000
"""Ways among which the best answer is sought; with more, the most promising ones."""

_Flags = npt.NDArray[np.bool_]
_Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Relocation:
    """Who goes where.

    Parameters
    ----------
    flow
        Graves on each way of the transport; 0 for most.
    placed, most
        Graves that are placed, and how many could be at most; the same when `status` is optimal.
    distance_dm
        Sum over graves of the way that each goes, decimetres.
    bound_dm
        No answer that places as many goes less far.
    status
        Whether that is proven.
    """

    flow: _Whole
    placed: int
    most: int
    distance_dm: int
    bound_dm: int
    status: LayoutStatus


def relocate(transport: Transport, deadline: Deadline, *, divide: bool) -> Relocation:
    """Most graves placed, and of all answers that place so many the one of the least total way.

    Parameters
    ----------
    transport
        Demand is places of graves and `weight` their graves; at most `MOST_WAYS` ways.
    deadline
        When to stop seeking a better answer for places that go whole.
    divide
        Whether a place of several graves may be divided between cemeteries; otherwise it goes
        whole or stays.
    """
    if divide:
        return _proven(transport, shortest_assignment(transport))
    fits = transport.weight[transport.demand] <= transport.capacity[transport.place]
    narrow = _some(transport, fits)
    flow = shortest_assignment(narrow)
    found = _proven(narrow, flow)
    if _divided(narrow, flow).any():
        found = _whole(narrow, flow, found, deadline)
    spread = np.zeros(len(fits), np.int64)
    spread[fits] = found.flow
    return replace(found, flow=spread)


def _proven(transport: Transport, flow: _Whole) -> Relocation:
    placed, far = int(flow.sum()), int(flow @ transport.distance)
    return Relocation(flow, placed, placed, far, far, LayoutStatus.OPTIMAL)


def _divided(transport: Transport, flow: _Whole) -> _Flags:
    """Ways of places of which a part goes."""
    return (flow > 0) & (flow < transport.weight[transport.demand])


def _whole(transport: Transport, flow: _Whole, least: Relocation, deadline: Deadline) -> Relocation:
    """The best answer in which no place is divided, or the best by the deadline."""
    found = _rounded(transport, flow)
    most, status = least.placed, LayoutStatus.OPTIMAL
    if int(found.sum()) < most:
        found, bound, status = _sought(transport, found, deadline, for_most=True)
        most = min(most, int(np.floor(bound + 1e-6))) if np.isfinite(bound) else most
    placed, far = int(found.sum()), int(found @ transport.distance)
    kept, is_all = np.ones(len(found), dtype=np.bool_), True
    if placed == least.placed:
        kept, is_all = _promising(_spare_cost(transport, flow), far - least.distance_dm, found)
    found[kept], bound, last = _sought(
        _some(transport, kept), found[kept], deadline, for_most=False
    )
    if is_all and status is last is LayoutStatus.OPTIMAL:
        return _proven(transport, found)
    known = max(least.bound_dm, _up(bound)) if is_all else least.bound_dm
    return _told(transport, found, replace(least, most=max(most, placed), bound_dm=known))


def _promising(spare: npt.NDArray[np.float64], gap: int, found: _Whole) -> tuple[_Flags, bool]:
    """Ways that a better answer may take, and whether these are all or only the best of them."""
    kept = spare <= gap
    is_all = int(kept.sum()) <= _MOST_COLUMNS
    if not is_all:
        kept = (spare < np.partition(spare, _CORE)[_CORE]) | (found > 0)
    return kept, is_all


def _up(bound: float) -> int:
    return int(np.ceil(bound - 1e-3)) if np.isfinite(bound) else 0


def _some(transport: Transport, ways: _Flags) -> Transport:
    return replace(
        transport,
        place=transport.place[ways],
        demand=transport.demand[ways],
        distance=transport.distance[ways],
    )


def _sought(
    transport: Transport, found: _Whole, deadline: Deadline, *, for_most: bool
) -> tuple[_Whole, float, LayoutStatus]:
    """A better answer than `found`, a bound on all, and whether the answer is proven best."""
    if len(found) > _MOST_COLUMNS + len(transport.weight):
        return found, np.inf if for_most else -np.inf, LayoutStatus.FEASIBLE
    weight = transport.weight[transport.demand].astype(np.float64)
    cost = weight if for_most else weight * transport.distance
    model = _model(transport, cost, maximise=for_most, at_least=float(found.sum()))
    label = "整处安置" if for_most else "迁移距离"
    outcome = solve(model, deadline, found / weight, label=label)
    if len(outcome.values):
        found = np.where(outcome.values > 0.5, transport.weight[transport.demand], 0)
    return found, outcome.bound, outcome.status


def _spare_cost(transport: Transport, flow: _Whole) -> npt.NDArray[np.float64]:
    """What taking each way costs at least, beyond the transport's sum: its reduced cost.

    The price of a cemetery is what it costs to free a place there, by moving graves on to one
    with room; a place that is left out pays more than any chain of moves.
    """
    places, demands = len(transport.capacity), len(transport.weight)
    refused = 2.0 * (places + 2) * (int(transport.distance.max()) + 1)
    cost = np.full((demands, places + 1), np.inf)
    cost[transport.demand, transport.place] = transport.distance
    cost[:, places] = refused
    gone = np.zeros((demands, places + 1), dtype=np.int64)
    gone[transport.demand, transport.place] = flow
    gone[:, places] = transport.weight - gone.sum(axis=1)
    moves = np.full((places + 1, places + 1), np.inf)
    for place in range(places + 1):
        there = cost[gone[:, place] > 0]
        if len(there):
            moves[place] = (there - there[:, [place]]).min(axis=0)
    price = np.where(np.append(gone[:, :places].sum(axis=0) < transport.capacity, True), 0, np.inf)
    for _ in range(places + 1):
        price = np.minimum(price, (moves + price).min(axis=1))
    price = np.where(np.isfinite(price), price, refused)
    least = (cost + price).min(axis=1)
    beyond = transport.distance + price[transport.place] - least[transport.demand]
    return np.asarray(beyond * transport.weight[transport.demand])


def _told(transport: Transport, flow: _Whole, least: Relocation) -> Relocation:
    own = _proven(transport, flow)
    bound = least.bound_dm if own.placed == least.placed else 0
    return Relocation(flow, own.placed, least.most, own.distance_dm, bound, LayoutStatus.FEASIBLE)


def _rounded(transport: Transport, flow: _Whole) -> _Whole:
    """The transport with each divided place where most of it goes, and single graves last."""
    weight = transport.weight[transport.demand]
    many = weight > 1
    kept = np.where(many & (flow == weight), flow, 0)
    room = transport.capacity.copy()
    np.subtract.at(room, transport.place, kept)
    divided = np.unique(transport.demand[_divided(transport, flow)])
    for demand in divided[np.argsort(-transport.weight[divided], kind="stable")]:
        ways = np.flatnonzero(transport.demand == demand)
        ways = ways[room[transport.place[ways]] >= weight[ways]]
        if len(ways):
            way = ways[np.lexsort((transport.distance[ways], -flow[ways]))[0]]
            kept[way] = weight[way]
            room[transport.place[way]] -= weight[way]
    kept[~many] = shortest_assignment(replace(_some(transport, ~many), capacity=room))
    return kept


def _model(
    transport: Transport, cost: npt.NDArray[np.float64], *, maximise: bool, at_least: float
) -> LinearModel:
    """A column a way, whether all of the place goes it; rows are cemeteries, places, the sum."""
    places, demands, ways = len(transport.capacity), len(transport.weight), len(transport.place)
    weight = transport.weight[transport.demand].astype(np.float64)
    rows = np.concatenate(
        [transport.place, places + transport.demand, np.full(ways, places + demands)]
    )
    order = np.argsort(rows, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=places + demands + 1))])
    free = np.full(places + demands, -np.inf)
    return LinearModel(
        maximise=maximise,
        cost=cost,
        lower=np.zeros(ways),
        upper=np.ones(ways),
        integer=np.ones(ways, dtype=np.bool_),
        row_lower=np.append(free, at_least),
        row_upper=np.concatenate(
            [transport.capacity.astype(np.float64), np.ones(demands), [np.inf]]
        ),
        row_start=starts.astype(np.int64),
        column=np.tile(np.arange(ways), 3)[order],
        value=np.concatenate([weight, np.ones(ways), weight])[order],
    )
