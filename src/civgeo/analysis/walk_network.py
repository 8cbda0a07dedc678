"""The walk network: streets as compressed rows of arcs, in whole decimetres.

Lengths are integers so that a bucket queue is exact and two ways of the same length tie exactly.
Where slope counts, a length is what a walker takes on the level in the same time (Tobler 1993).
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from civgeo.errors import InvalidInput

__all__ = ["UNREACHED", "Floats", "Ints", "StreetEdges", "WalkNetwork", "walk_network"]

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

UNREACHED = np.iinfo(np.int32).max
"""Distance of what no way leads to."""

DM_A_METRE = 10
LONGEST_EDGE_DM = 5_000_000
_Z_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class StreetEdges:
    """Streets cut at their junctions, before they become a network.

    Parameters
    ----------
    node_x, node_y
        Junctions and ends, metres east and north in one zone.
    start, end
        Node of each edge's first and last corner, by position.
    shape_start
        Where the corners of each edge begin in `shape_xy`; one more entry than edges.
    shape_xy
        Corners of all edges, the two ends included; shape (corners, 2), metres.
    level
        0 on the ground, above for bridges, below for tunnels: an edge that is off the ground is
        cut by no barrier.
    """

    node_x: Floats
    node_y: Floats
    start: Ints
    end: Ints
    shape_start: npt.NDArray[np.int64]
    shape_xy: Floats
    level: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class WalkNetwork:
    """Immutable network for walkers; every array may be a read-only memory map.

    Parameters
    ----------
    epsg
        Metric zone of the coordinates.
    x, y
        Nodes in Z-order, metres east and north.
    component
        Connected part of each node; 0 is the one with most nodes.
    edge_start, edge_end
        Ends of each edge.
    length_dm
        Length of each edge along its corners, decimetres, at least 1.
    forward_dm, backward_dm
        What walking it from start to end, and from end to start, counts; the same array as
        `length_dm` where slope is not known.
    level
        As in `StreetEdges`.
    shape_start, shape_xy
        Corners of each edge, from its start to its end.
    row_start
        Where the arcs of each node begin; one more entry than nodes.
    neighbour
        Node at the other end of each arc.
    arc_edge
        Edge of each arc.
    toward_dm
        What walking from `neighbour` to the node of the row counts: searches run from facilities
        outwards, people walk towards them.
    arcs, longest_dm
        Made of these: ``neighbour << 32 | toward_dm`` of each arc, and the longest one.
    """

    epsg: int
    x: Floats
    y: Floats
    component: Ints
    edge_start: Ints
    edge_end: Ints
    length_dm: Ints
    forward_dm: Ints
    backward_dm: Ints
    level: npt.NDArray[np.int8]
    shape_start: npt.NDArray[np.int64]
    shape_xy: Floats
    row_start: Ints
    neighbour: Ints
    arc_edge: Ints
    toward_dm: Ints
    arcs: npt.NDArray[np.int64] = field(init=False)
    longest_dm: int = field(init=False)

    def __post_init__(self) -> None:
        """Add what follows from the rest."""
        packed = (self.neighbour.astype(np.int64) << 32) | self.toward_dm
        object.__setattr__(self, "arcs", packed)
        object.__setattr__(self, "longest_dm", int(self.toward_dm.max(initial=1)))

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.edge_start)

    @property
    def parts(self) -> int:
        """Number of connected parts."""
        return int(self.component.max()) + 1 if self.nodes else 0

    @property
    def is_flat(self) -> bool:
        """Whether both directions of every edge count the same."""
        return self.forward_dm is self.backward_dm or bool(
            np.array_equal(self.forward_dm, self.backward_dm)
        )


def walk_network(
    edges: StreetEdges,
    epsg: int,
    *,
    forward_dm: Ints | None = None,
    backward_dm: Ints | None = None,
) -> WalkNetwork:
    """Network of `edges`; nodes without an edge are left out, nodes and edges are renumbered.

    Parameters
    ----------
    edges
        Streets in the metric zone `epsg`.
    epsg
        That zone.
    forward_dm, backward_dm
        What walking each edge of `edges` counts in each direction, where slope is known.

    Raises
    ------
    InvalidInput
        When an edge is longer than 500 km or names a node that is not there, or only one
        direction is given.
    """
    _require_sound(edges, forward_dm, backward_dm)
    renumbered, order = _in_z_order(edges)
    start, end = renumbered[edges.start][order], renumbered[edges.end][order]
    length = _lengths_dm(edges)[order]
    forward = length if forward_dm is None else np.maximum(forward_dm[order], 1)
    backward = length if backward_dm is None else np.maximum(backward_dm[order], 1)
    used = np.flatnonzero(renumbered >= 0)
    placed = used[np.argsort(renumbered[used])]
    rows = _rows(start, end, forward, backward, len(placed))
    shape_start, shape_xy = _shapes(edges, order)
    return WalkNetwork(
        epsg=epsg,
        x=edges.node_x[placed],
        y=edges.node_y[placed],
        component=_components(start, end, len(placed)),
        edge_start=start,
        edge_end=end,
        length_dm=length,
        forward_dm=forward,
        backward_dm=backward,
        level=edges.level[order],
        shape_start=shape_start,
        shape_xy=shape_xy,
        row_start=rows[0],
        neighbour=rows[1],
        arc_edge=rows[2],
        toward_dm=rows[3],
    )


def _require_sound(edges: StreetEdges, forward_dm: Ints | None, backward_dm: Ints | None) -> None:
    if (forward_dm is None) != (backward_dm is None):
        raise InvalidInput("坡度应同时给出两个方向的长度", code="slope_one_way")
    count = len(edges.node_x)
    ends = np.concatenate([edges.start, edges.end])
    if len(ends) and (ends.min() < 0 or ends.max() >= count):
        raise InvalidInput("路段引用了不存在的节点", code="edge_without_node")
    if not np.isfinite(edges.shape_xy).all():
        raise InvalidInput("路段坐标含有非数值，请检查数据", code="not_finite")
    lengths = _lengths_m(edges)
    if len(lengths) and lengths.max() * DM_A_METRE > LONGEST_EDGE_DM:
        raise InvalidInput(
            f"有路段长 {lengths.max() / 1000:.0f} km，超过 500 km，请检查坐标系",
            code="edge_too_long",
        )


def _lengths_m(edges: StreetEdges) -> Floats:
    """Length of each edge along its corners."""
    if not len(edges.start):
        return np.zeros(0)
    steps = np.hypot(*np.diff(edges.shape_xy, axis=0).T)
    # steps between the last corner of one edge and the first of the next belong to neither
    steps[edges.shape_start[1:-1] - 1] = 0.0
    # each edge by itself: a sum over all would round an edge otherwise beside other edges
    return np.add.reduceat(steps, edges.shape_start[:-1])


def _lengths_dm(edges: StreetEdges) -> Ints:
    whole = np.rint(_lengths_m(edges) * DM_A_METRE).astype(np.int32)
    return np.maximum(whole, np.int32(1))


def _in_z_order(edges: StreetEdges) -> tuple[Ints, npt.NDArray[np.int64]]:
    """New number of each node (-1 where unused), and the order of edges by their first node."""
    used = np.zeros(len(edges.node_x), dtype=bool)
    used[edges.start], used[edges.end] = True, True
    kept = np.flatnonzero(used)
    placed = kept[np.argsort(_z_values(edges.node_x[kept], edges.node_y[kept]), kind="stable")]
    renumbered = np.full(len(edges.node_x), -1, dtype=np.int32)
    renumbered[placed] = np.arange(len(placed), dtype=np.int32)
    order = np.lexsort((renumbered[edges.end], renumbered[edges.start]))
    return renumbered, order


def _z_values(x: Floats, y: Floats) -> npt.NDArray[np.uint64]:
    """Morton code of each point on a grid of 65,536 squares a side."""
    if not len(x):
        return np.zeros(0, dtype=np.uint64)
    spread = max(float(np.ptp(x)), float(np.ptp(y)), 1e-9)
    cells = (2**_Z_BITS - 1) / spread
    column = ((x - x.min()) * cells).astype(np.uint64)
    row = ((y - y.min()) * cells).astype(np.uint64)
    return _spaced(column) | (_spaced(row) << np.uint64(1))


def _spaced(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Bits of `value` with a zero between each two."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = (value | (value << np.uint64(shift))) & np.uint64(mask)
    return value


def _rows(
    start: Ints, end: Ints, forward: Ints, backward: Ints, nodes: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Row starts, neighbours, edges and lengths of the arcs, both directions of every edge."""
    edge = np.arange(len(start), dtype=np.int32)
    row = np.concatenate([start, end])
    neighbour = np.concatenate([end, start])
    # from the row at the edge's start outwards, people walk back along it: end to start
    toward = np.concatenate([backward, forward])
    order = np.lexsort((neighbour, row))
    row_start = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(row, minlength=nodes), out=row_start[1:])
    return row_start, neighbour[order], np.concatenate([edge, edge])[order], toward[order]


def _components(start: Ints, end: Ints, nodes: int) -> Ints:
    if not nodes:
        return np.zeros(0, dtype=np.int32)
    links = coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(nodes, nodes))
    count, label = connected_components(links, directed=False)
    largest_first = np.argsort(-np.bincount(label, minlength=count), kind="stable")
    rank = np.empty(count, dtype=np.int32)
    rank[largest_first] = np.arange(count, dtype=np.int32)
    parts: Ints = rank[label]
    return parts


def _shapes(
    edges: StreetEdges, order: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Corners in the new order of the edges."""
    counts = np.diff(edges.shape_start)[order]
    shape_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    inside = np.arange(shape_start[-1]) - np.repeat(shape_start[:-1], counts)
    return shape_start, edges.shape_xy[np.repeat(edges.shape_start[:-1][order], counts) + inside]
