"""The cheapest crossing that would bring a place behind a barrier within reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import DM_A_METRE, UNREACHED, Floats, Ints, WalkNetwork
from civgeo.analysis.walk_search import Field, walk_sheds

__all__ = ["LONGEST_CROSSING_M", "mending_crossings", "possible_crossings"]

LONGEST_CROSSING_M = 150.0
"""Longest straight crossing that is thought of, metres, unless a caller says other."""


@dataclass(frozen=True, slots=True, eq=False)
class _Crossings:
    """Straight ways between two nodes on different sides of a barrier, both directions."""

    near: Ints
    far: Ints
    length_dm: Ints
    barrier: Ints


def possible_crossings(
    network: WalkNetwork, barriers: gpd.GeoSeries, longest_m: float = LONGEST_CROSSING_M
) -> pd.DataFrame:
    """Shortest straight crossing of each barrier from each node near it.

    Parameters
    ----------
    network
        Streets.
    barriers
        Lines and polygons in the network's zone.
    longest_m
        Longest crossing, metres.

    Returns
    -------
    DataFrame
        start and end (nodes), length_m, barrier (position); a crossing meets its barrier and no
        other one.
    """
    tree = shapely.STRtree(np.asarray(shapely.points(network.x, network.y)))
    rows = [_across(network, tree, barriers, number, longest_m) for number in range(len(barriers))]
    found = pd.concat(rows, ignore_index=True) if rows else _frame([], [], [], [])
    lines = _lines(network, found)
    row, barrier = shapely.STRtree(np.asarray(barriers.array)).query(lines, predicate="intersects")
    alone = np.ones(len(found), dtype=bool)
    alone[row[barrier != found["barrier"].to_numpy()[row]]] = False
    return found[alone].reset_index(drop=True)


def _across(
    network: WalkNetwork,
    tree: shapely.STRtree,
    barriers: gpd.GeoSeries,
    number: int,
    longest_m: float,
) -> pd.DataFrame:
    shape = barriers.iloc[number]
    if shape is None or shape.is_empty:
        return _frame([], [], [], [])
    shapely.prepare(shape)
    near = np.sort(tree.query(shape, predicate="dwithin", distance=longest_m))
    near = near[~shapely.intersects(tree.geometries[near], shape)]
    where = np.column_stack([network.x[near], network.y[near]])
    if not len(near):
        return _frame([], [], [], [])
    pairs = KDTree(where).query_pairs(longest_m, output_type="ndarray")
    first, second = near[pairs[:, 0]], near[pairs[:, 1]]
    frame = _frame(first, second, np.hypot(*(where[pairs[:, 0]] - where[pairs[:, 1]]).T), number)
    frame = frame[shapely.intersects(_lines(network, frame), shape)]
    # one is enough from each node: the shortest, then that to the smallest node
    both = pd.concat([frame, frame.rename(columns={"start": "end", "end": "start"})])
    both = both.sort_values(["length_m", "start", "end"]).drop_duplicates("start")
    low, high = both[["start", "end"]].min(axis=1), both[["start", "end"]].max(axis=1)
    return both.assign(start=low, end=high).drop_duplicates(["start", "end"])


def _frame(start: object, end: object, length_m: object, barrier: object) -> pd.DataFrame:
    columns = {"start": start, "end": end, "length_m": length_m, "barrier": barrier}
    frame = pd.DataFrame(columns)
    return frame.astype({"start": int, "end": int, "length_m": float, "barrier": int})


def _lines(
    network: WalkNetwork, frame: pd.DataFrame
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    ends = [
        np.column_stack([network.x[frame[name]], network.y[frame[name]]])
        for name in ("start", "end")
    ]
    return np.asarray(shapely.linestrings(np.stack(ends, axis=1)))


def mending_crossings(
    network: WalkNetwork,
    field: Field,
    crossings: pd.DataFrame,
    demand: Snapped,
    barrier: Sequence[int],
    limit_dm: int,
) -> pd.DataFrame:
    """For each place behind a barrier, the shortest crossing that would bring it within reach.

    Parameters
    ----------
    network, field
        Streets, and the nearest facility of every node.
    crossings
        As `possible_crossings` gives them.
    demand
        Places that are not reached because of a barrier, all on the network.
    barrier
        Barrier of each place.
    limit_dm
        Farthest walk.

    Returns
    -------
    DataFrame
        One row a place: crossing (position in `crossings`, -1 where none would do), walk_m with
        it (NaN for none).
    """
    ways = _both_ways(crossings)
    circles = walk_sheds(_away(network), demand, limit_dm)
    distance_dm = field.distance_dm
    chosen = np.full(len(demand), -1, dtype=np.int64)
    walk_m: Floats = np.full(len(demand), np.nan)
    here = np.full(network.nodes, UNREACHED, dtype=np.int64)
    for place in range(len(demand)):
        row = slice(circles.start[place], circles.start[place + 1])
        nodes = circles.node[row]
        here[nodes] = circles.distance_dm[row]
        usable = ways.barrier == barrier[place]
        start, end = ways.near[usable], ways.far[usable]
        whole = here[start] + ways.length_dm[usable] + distance_dm[end].astype(np.int64)
        here[nodes] = UNREACHED
        within = np.flatnonzero(whole <= limit_dm)
        if len(within):
            length = ways.length_dm[usable][within]
            best = within[np.lexsort((whole[within], length))[0]]
            chosen[place] = np.flatnonzero(usable)[best] % len(crossings)
            walk_m[place] = whole[best] / DM_A_METRE
    return pd.DataFrame({"crossing": chosen, "walk_m": walk_m})


def _both_ways(crossings: pd.DataFrame) -> _Crossings:
    start, end = crossings["start"].to_numpy(), crossings["end"].to_numpy()
    length = np.rint(crossings["length_m"].to_numpy() * DM_A_METRE).astype(np.int32)
    barrier = crossings["barrier"].to_numpy()
    return _Crossings(
        np.concatenate([start, end]).astype(np.int32),
        np.concatenate([end, start]).astype(np.int32),
        np.tile(length, 2),
        np.tile(barrier, 2).astype(np.int32),
    )


def _away(network: WalkNetwork) -> WalkNetwork:
    """The network for people who walk away from the origins of a search."""
    if network.is_flat:
        return network
    rows = np.repeat(np.arange(network.nodes, dtype=np.int32), np.diff(network.row_start))
    edge = network.arc_edge
    leaves_start = (network.edge_start[edge] == rows) & (network.edge_end[edge] != rows)
    away = np.where(leaves_start, network.forward_dm[edge], network.backward_dm[edge])
    return replace(
        network,
        forward_dm=network.backward_dm,
        backward_dm=network.forward_dm,
        toward_dm=away.astype(np.int32),
    )
