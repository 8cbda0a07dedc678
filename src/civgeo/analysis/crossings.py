"""Bridges, underpasses and gates added to a walk network, tied to the nearest streets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from civgeo.analysis.network_edges import edge_lines
from civgeo.analysis.walk_network import (
    DM_A_METRE,
    Floats,
    Ints,
    StreetEdges,
    WalkNetwork,
    walk_network,
)
from civgeo.errors import CrsError

__all__ = ["TIE_LIMIT_M", "CrossingsAdded", "UntiedCrossing", "add_crossings"]

TIE_LIMIT_M = 50.0
"""An end of a crossing farther than this from any street is not tied to one."""

_AT_NODE_DM = 5
"""Nearer to an end of the edge than this, a crossing is tied to the junction itself."""


@dataclass(frozen=True, slots=True)
class UntiedCrossing:
    """A crossing that was not added.

    Parameters
    ----------
    crossing
        Index of the layer.
    distance_m
        From its worse end to the nearest street; infinite for what is no line.
    limit_m
        How far that may be.
    """

    crossing: object
    distance_m: float
    limit_m: float

    @property
    def message(self) -> str:
        """The finding, for an officer."""
        if not np.isfinite(self.distance_m):
            return f"过街设施 {self.crossing} 不是一条线：请画成跨过阻隔的一条线"
        if self.distance_m <= self.limit_m:
            return f"过街设施 {self.crossing} 的两端接在同一处道路上：请把两端画到阻隔的两侧"
        return (
            f"过街设施 {self.crossing} 有一端离最近的道路 {self.distance_m:.0f} 米，超过 "
            f"{self.limit_m:.0f} 米，没有加入：请把两端画到道路上"
        )


@dataclass(frozen=True, slots=True)
class CrossingsAdded:
    """Outcome of `add_crossings`.

    Parameters
    ----------
    network
        With the crossings.
    added
        Index of each crossing that was added.
    untied
        Those that were not.
    """

    network: WalkNetwork
    added: tuple[object, ...]
    untied: tuple[UntiedCrossing, ...]


def add_crossings(
    network: WalkNetwork,
    crossings: gpd.GeoDataFrame | gpd.GeoSeries,
    *,
    limit_m: float = TIE_LIMIT_M,
    level: int = 1,
) -> CrossingsAdded:
    """The network with an edge for each crossing, between the streets on the ground at its ends.

    A street is split where a crossing meets it; what walking its pieces counts adds up to what the
    whole did. A crossing with an end farther than `limit_m` from any street is left out.

    Parameters
    ----------
    network
        The network; it is not changed.
    crossings
        LineStrings in the network's zone.
    limit_m
        Metres.
    level
        Level of the new edges; off the ground no barrier cuts them.

    Raises
    ------
    CrsError
        When the crossings are not in the network's zone.
    """
    if crossings.crs is None or crossings.crs.to_epsg() != network.epsg:
        text = f"过街设施应在步行网的坐标系 EPSG:{network.epsg} 中：请先换算"
        raise CrsError(text, code="crs_mixed")
    ties = _Ties(network)
    made = _Edges()
    added: list[object] = []
    untied: list[UntiedCrossing] = []
    for label, shape in crossings.geometry.items():
        away = ties.distance_m(shape)
        if away > limit_m:
            untied.append(UntiedCrossing(label, away, limit_m))
            continue
        corners = shapely.get_coordinates(shape)
        first, last = ties.node(corners[0]), ties.node(corners[-1])
        if first == last:
            untied.append(UntiedCrossing(label, away, limit_m))
            continue
        corners = np.vstack([ties.at(first), corners, ties.at(last)])
        length = _length_dm(corners)
        made.add(first, last, corners, level, length, length)
        added.append(label)
    if not added:
        return CrossingsAdded(network, (), tuple(untied))
    return CrossingsAdded(_rebuilt(network, ties, made), tuple(added), tuple(untied))


@dataclass(slots=True)
class _Edges:
    """Edges that are being made."""

    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    shapes: list[Floats] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    forward_dm: list[int] = field(default_factory=list)
    backward_dm: list[int] = field(default_factory=list)

    def add(
        self, start: int, end: int, shape: Floats, level: int, forward: int, backward: int
    ) -> None:
        """One more edge."""
        self.start.append(start)
        self.end.append(end)
        self.shapes.append(shape)
        self.level.append(level)
        self.forward_dm.append(forward)
        self.backward_dm.append(backward)


class _Ties:
    """Nodes at which crossings meet a network; those inside an edge are new ones."""

    def __init__(self, network: WalkNetwork) -> None:
        self.network = network
        self.lines = edge_lines(network)
        self._ground = np.flatnonzero(network.level == 0)
        self._tree = shapely.STRtree(self.lines[self._ground])
        self.splits: dict[int, dict[int, int]] = {}
        self.new: list[Floats] = []

    def distance_m(self, shape: BaseGeometry | None) -> float:
        """From the worse end of a line to the nearest street; infinite for anything else."""
        if shape is None or shape.geom_type != "LineString" or shape.is_empty:
            return float("inf")
        ends = shapely.points(shapely.get_coordinates(shape)[[0, -1]])
        nearest = self._tree.nearest(ends) if len(self._ground) else None
        if nearest is None:
            return float("inf")
        return float(shapely.distance(ends, self.lines[self._ground[nearest]]).max())

    def node(self, place: Floats) -> int:
        """Node on the street nearest to a place."""
        point = shapely.Point(place)
        edge = int(self._ground[self._tree.nearest(point)])
        offset = round(float(shapely.line_locate_point(self.lines[edge], point)) * DM_A_METRE)
        if offset <= _AT_NODE_DM:
            return int(self.network.edge_start[edge])
        if offset >= self.network.length_dm[edge] - _AT_NODE_DM:
            return int(self.network.edge_end[edge])
        known = self.splits.setdefault(edge, {})
        if offset not in known:
            known[offset] = self.network.nodes + len(self.new)
            on = shapely.line_interpolate_point(self.lines[edge], offset / DM_A_METRE)
            self.new.append(shapely.get_coordinates(on)[0])
        return known[offset]

    def at(self, node: int) -> Floats:
        """Place of a node, metres."""
        if node >= self.network.nodes:
            return self.new[node - self.network.nodes]
        return np.array([self.network.x[node], self.network.y[node]])


def _rebuilt(network: WalkNetwork, ties: _Ties, made: _Edges) -> WalkNetwork:
    """The network with its split edges in pieces, and the edges `made`."""
    for edge, offsets in ties.splits.items():
        _add_pieces(made, network, ties, edge, offsets)
    kept = np.setdiff1d(np.arange(network.edges), list(ties.splits))
    counts = np.diff(network.shape_start)[kept]
    first = np.concatenate([[0], np.cumsum(counts)])
    inside = np.arange(first[-1]) - np.repeat(first[:-1], counts)
    shapes = [network.shape_xy[np.repeat(network.shape_start[kept], counts) + inside]]
    counts = np.concatenate([counts, [len(shape) for shape in made.shapes]])
    new = np.array(ties.new).reshape(-1, 2)

    def joined(old: Ints, more: list[int]) -> Ints:
        return np.concatenate([old[kept], np.array(more, dtype=np.int32)])

    edges = StreetEdges(
        node_x=np.concatenate([network.x, new[:, 0]]),
        node_y=np.concatenate([network.y, new[:, 1]]),
        start=joined(network.edge_start, made.start),
        end=joined(network.edge_end, made.end),
        shape_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        shape_xy=np.concatenate(shapes + made.shapes),
        level=np.concatenate([network.level[kept], np.array(made.level, dtype=np.int8)]),
    )
    return walk_network(
        edges,
        network.epsg,
        forward_dm=joined(network.forward_dm, made.forward_dm),
        backward_dm=joined(network.backward_dm, made.backward_dm),
    )


def _add_pieces(
    made: _Edges, network: WalkNetwork, ties: _Ties, edge: int, offsets: Mapping[int, int]
) -> None:
    length = int(network.length_dm[edge])
    cuts = [0, *sorted(offsets), length]
    nodes = [int(network.edge_start[edge]), *(offsets[cut] for cut in cuts[1:-1])]
    nodes.append(int(network.edge_end[edge]))
    line = ties.lines[edge]
    metres = [*(cut / DM_A_METRE for cut in cuts[:-1]), shapely.length(line)]
    weights = [
        np.diff([round(int(whole[edge]) * cut / length) for cut in cuts])
        for whole in (network.forward_dm, network.backward_dm)
    ]
    for place in range(len(cuts) - 1):
        made.add(
            nodes[place],
            nodes[place + 1],
            shapely.get_coordinates(substring(line, metres[place], metres[place + 1])),
            int(network.level[edge]),
            int(weights[0][place]),
            int(weights[1][place]),
        )


def _length_dm(corners: Floats) -> int:
    metres = float(np.hypot(*np.diff(corners, axis=0).T).sum())
    return max(1, round(metres * DM_A_METRE))
