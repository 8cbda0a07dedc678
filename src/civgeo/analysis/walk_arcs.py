"""Who can walk to which facility: sparse arcs for catchments, layout and capacity."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civgeo.analysis.kernels.arcs import reach_arcs
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import UNREACHED, Ints, WalkNetwork
from civgeo.analysis.walk_search import BUCKET_SHIFT, seeds_of, widest_step

__all__ = ["Arcs", "reachable_demand"]


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
    network: WalkNetwork, facilities: Snapped, demand: Snapped, limit: int, *, threads: int = 2
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
    """
    order = np.argsort(demand.edge, kind="stable")
    order = order[demand.edge[order] >= 0].astype(np.int32)
    start = np.searchsorted(demand.edge[order], np.arange(network.edges + 1)).astype(np.int64)
    offset, access = demand.offset_dm[order], demand.access_dm[order]
    seeds, seed_label = seeds_of(network, facilities)
    seed_label = np.where(seeds >= 0, seed_label & ~np.int64(UNREACHED), seed_label)
    widest = widest_step(network, seed_label[seeds >= 0])

    def some(first: int, last: int) -> tuple[npt.NDArray[np.int64], Ints, Ints]:
        found: tuple[npt.NDArray[np.int64], Ints, Ints] = reach_arcs(
            network.row_start,
            network.neighbour,
            network.arc_edge,
            network.toward_dm,
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
        return found

    cuts = np.linspace(0, len(facilities), max(1, threads) + 1).astype(int)
    with ThreadPoolExecutor(max(1, threads)) as pool:
        parts = list(pool.map(some, cuts[:-1], cuts[1:]))
    counts = np.concatenate([np.diff(part[0]) for part in parts])
    facility = np.repeat(np.arange(len(facilities), dtype=np.int32), counts)
    reached = np.concatenate([part[1] for part in parts])
    distance = np.concatenate([part[2] for part in parts])
    by_pair = np.lexsort((reached, facility))
    return Arcs(facility[by_pair], reached[by_pair], distance[by_pair])
