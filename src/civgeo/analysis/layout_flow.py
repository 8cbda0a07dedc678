"""People sent to places with a capacity: as many as can be, then over the shortest ways."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from civgeo.analysis.kernels import assignment as kernels
from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.layout_solver import Deadline, LinearModel, solve

__all__ = ["Transport", "most_served", "shortest_assignment"]

Ints = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]

_LARGEST_FLOW = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Transport:
    """Arcs from places that are open to demand, what a place can serve, and who wants to go.

    Parameters
    ----------
    place, demand, distance
        Arcs, each pair once.
    capacity, weight
        Of each place and each demand, whole.
    """

    place: Ints
    demand: Ints
    distance: Whole
    capacity: Whole
    weight: Whole

    def without(self, place: int) -> "Transport":
        """The same with one place closed."""
        capacity = self.capacity.copy()
        capacity[place] = 0
        return Transport(self.place, self.demand, self.distance, capacity, self.weight)


def most_served(transport: Transport, deadline: Deadline) -> int | None:
    """How many people can be served at most, exactly; None when `deadline` came first."""
    if not len(transport.place):
        return 0
    reached = transport.weight[np.unique(transport.demand)].sum()
    if max(int(reached), int(transport.capacity.sum())) > _LARGEST_FLOW:
        outcome = solve(_served_model(transport), deadline, label="最多服务人数")
        return None if outcome.status is not LayoutStatus.OPTIMAL else round(outcome.objective)
    return int(maximum_flow(_graph(transport), *_ends(transport)).flow_value)


def _ends(transport: Transport) -> tuple[int, int]:
    nodes = len(transport.capacity) + len(transport.weight)
    return nodes, nodes + 1


def _graph(transport: Transport) -> csr_array:
    """Source to places by capacity, places to demand, demand to sink by people."""
    places, demands = len(transport.capacity), len(transport.weight)
    source, sink = _ends(transport)
    place, demand = (each.astype(np.int64) for each in (transport.place, transport.demand))
    start = [np.full(places, source), place, places + np.arange(demands)]
    end = [np.arange(places), places + demand, np.full(demands, sink)]
    room = [transport.capacity, transport.weight[transport.demand], transport.weight]
    cells = np.concatenate(room).astype(np.int32)
    return csr_array(
        (cells, (np.concatenate(start), np.concatenate(end))), shape=(sink + 1, sink + 1)
    )


def shortest_assignment(transport: Transport) -> Whole:
    """People on each arc: most are served, and of all ways to do so they walk least.

    Whole people; whom nobody can take is on no arc.
    """
    places, demands = len(transport.capacity), len(transport.weight)
    if not len(transport.place):
        return np.zeros(0, dtype=np.int64)
    # leaving one person more unserved must cost more than any chain of moves can save
    refused = 2 * (places + 2) * (int(transport.distance.max()) + 1)
    place = np.concatenate([transport.place, np.full(demands, places)]).astype(np.int32)
    demand = np.concatenate([transport.demand, np.arange(demands)])
    cost = np.concatenate([transport.distance, np.full(demands, refused)]).astype(np.int64)
    order = np.lexsort((place, demand))
    at = place[order]
    flow = kernels.cheapest_flow(
        *(_starts(demand, demands), at, cost[order], transport.weight),
        np.append(transport.capacity, transport.weight.sum()),
        *(_starts(place, places + 1), np.argsort(at, kind="stable").astype(np.int32)),
    )
    people = np.empty(len(order), dtype=np.int64)
    people[order] = flow
    return people[: len(transport.place)]


def _starts(rows: npt.NDArray[np.integer], count: int) -> Whole:
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return starts


def _served_model(transport: Transport) -> LinearModel:
    """Most people; rows are the places, then the demand."""
    places, demands, arcs = len(transport.capacity), len(transport.weight), len(transport.place)
    row = np.concatenate([transport.place, places + transport.demand])
    column = np.tile(np.arange(arcs), 2)
    return LinearModel(
        maximise=True,
        cost=np.ones(arcs),
        lower=np.zeros(arcs),
        upper=np.full(arcs, np.inf),
        integer=np.zeros(arcs, dtype=np.bool_),
        row_lower=np.zeros(places + demands),
        row_upper=np.concatenate([transport.capacity, transport.weight]).astype(np.float64),
        row_start=_starts(row, places + demands),
        column=column[np.argsort(row, kind="stable")],
        value=np.ones(len(row)),
    )
