"""Who can walk to which facility: sparse arcs for catchments, layout and capacity."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civgeo.analysis.kernels.arcs import reach_arcs
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import UNREACHED, Ints, WalkNetwork
from civgeo.analysis.walk_search import BUCKET_SHIFT, seeds_of, widest_step
from civgeo.errors import InvalidInput

__all__ = ["MOST_PAIRS_SERVED", "Arcs", "reachable_demand"]

BLOCK = 64
"""So many facilities are searched from before the next look at the clock."""

MOST_PAIRS = 60_000_000
MOST_PAIRS_SERVED = 30_000_000
"""For those who ask over the network: several may ask at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Pairs of a facility and demand that can walk to it, by facility, then by demand.

    Parameters
    ----------
    facility, demand
        Indices of the pair.
    distance_dm
        The walk, decimetres.
    """

    facility: Ints
    demand: Ints
    distance_dm: Ints

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.facility)


def reachable_demand(
    network: WalkNetwork,
    facilities: Snapped,
    demand: Snapped,
    limit: int,
    *,
    threads: int = 2,
    most_pairs: int = MOST_PAIRS,
    stopped: Callable[[], bool] = lambda: False,
) -> Arcs:
    """Every pair of facility and demand with a walk of at most `limit` decimetres.

    Parameters
    ----------
    network, facilities, demand
        Streets, and the places on them; places off the network have no pair.
    limit
        Farthest walk, decimetres; a walk of just this length counts.
    threads
        Searches that run side by side; the answer is the same for any number.
    most_pairs
        More are refused: each takes 40 bytes on the way.
    stopped
        Asked now and then whether to give up.

    Raises
    ------
    InvalidInput
        ``too_large`` when there are more pairs than that, ``stopped`` when told to give up.
    """
    order = np.argsort(demand.edge, kind="stable")
    order = order[demand.edge[order] >= 0].astype(np.int32)
    start = np.searchsorted(demand.edge[order], np.arange(network.edges + 1)).astype(np.int64)
    offset, access = demand.offset_dm[order], demand.access_dm[order]
    seeds, seed_label = seeds_of(network, facilities)
    seed_label = np.where(seeds >= 0, seed_label & ~np.int64(UNREACHED), seed_label)
    widest = widest_step(network, seed_label[seeds >= 0])

    pairs: list[int] = []

    def some(first: int, last: int) -> tuple[npt.NDArray[np.int64], Ints, Ints]:
        _require_room(sum(pairs), most_pairs, stopped)
        found: tuple[npt.NDArray[np.int64], Ints, Ints] = reach_arcs(
            network.row_start,
            network.arcs,
            network.arc_edge,
            network.edge_start,
            network.length_dm,
            network.forward_dm,
            network.backward_dm,
            facilities.edge[first:last],
            facilities.offset_dm[first:last],
            facilities.access_dm[first:last],
            seeds[2 * first : 2 * last],
            seed_label[2 * first : 2 * last],
            start,
            order,
            offset,
            access,
            limit,
            BUCKET_SHIFT,
            widest,
        )
        pairs.append(len(found[1]))
        return found

    blocks = max(1, threads, -(-len(facilities) // BLOCK))
    cuts = np.linspace(0, len(facilities), blocks + 1).astype(int)
    with ThreadPoolExecutor(max(1, threads)) as pool:
        parts = list(pool.map(some, cuts[:-1], cuts[1:]))
    _require_room(sum(pairs), most_pairs, stopped)
    counts = np.concatenate([np.diff(part[0]) for part in parts])
    facility = np.repeat(np.arange(len(facilities), dtype=np.int32), counts)
    reached = np.concatenate([part[1] for part in parts])
    distance = np.concatenate([part[2] for part in parts])
    by_pair = np.lexsort((reached, facility))
    return Arcs(facility[by_pair], reached[by_pair], distance[by_pair])


def _require_room(pairs: int, most: int, stopped: Callable[[], bool]) -> None:
    if pairs > most:
        text = f"设施（候选点）与需求点的组合超过 {most} 对：请缩短时间、缩小范围或分县区计算"
        raise InvalidInput(text, code="too_large")
    if stopped():
        raise InvalidInput("步行搜索没有在限定时间内完成：请缩小范围或作为任务提交", code="stopped")
