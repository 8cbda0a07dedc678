"""Straight-line arcs between places, for layouts without streets."""

import numpy as np
from scipy.spatial import cKDTree

from civgeo.analysis.walk_arcs import Arcs
from civgeo.analysis.walk_network import DM_A_METRE, Floats
from civgeo.errors import InvalidInput

__all__ = ["MOST_ARCS", "straight_arcs"]

MOST_ARCS = 60_000_000


def straight_arcs(facilities: Floats, demand: Floats, limit_dm: int | None) -> Arcs:
    """Every pair at most `limit_dm` apart in a straight line, in whole decimetres.

    Parameters
    ----------
    facilities, demand
        Metres east and north in one zone, two columns.
    limit_dm
        Farthest pair; one at just this distance counts. None for all pairs.

    Raises
    ------
    InvalidInput
        ``too_large`` when there are more than 60 million pairs.
    """
    if not len(facilities) or not len(demand):
        none = np.zeros(0, dtype=np.int32)
        return Arcs(none, none, none)
    tree, others = cKDTree(facilities), cKDTree(demand)
    # half a decimetre more: the distance is rounded before it is compared
    reach = np.inf if limit_dm is None else (limit_dm + 0.5) / DM_A_METRE
    count = tree.count_neighbors(others, reach)
    if count > MOST_ARCS:
        raise InvalidInput(
            f"候选点与需求点的组合有 {count} 对，超过 {MOST_ARCS}；请缩短限定距离或分区计算",
            code="too_large",
        )
    if limit_dm is None:
        facility = np.repeat(np.arange(len(facilities)), len(demand))
        to = np.tile(np.arange(len(demand)), len(facilities))
    else:
        near = tree.query_ball_tree(others, reach)
        facility = np.repeat(np.arange(len(facilities)), [len(each) for each in near])
        to = np.concatenate([np.sort(np.array(each, dtype=np.int64)) for each in near])
    apart = np.hypot(*(facilities[facility] - demand[to]).T)
    distance = np.rint(apart * DM_A_METRE).astype(np.int32)
    kept = slice(None) if limit_dm is None else distance <= limit_dm
    return Arcs(facility[kept].astype(np.int32), to[kept].astype(np.int32), distance[kept])
