"""Country roads of a simulated city: between its towns, and to its villages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError, cKDTree
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.simulated_barriers import Barrier
from civgeo.analysis.simulated_lines import (
    Flags,
    Lines,
    Numbers,
    Points,
    StreetClass,
    grid_lines,
    nearest_of,
    point_shapes,
    way_shapes,
)
from civgeo.analysis.simulated_towns import Town

__all__ = ["Ground", "country_roads", "main_part", "simulate_villages"]

STEP_M = 110.0
WIND_SHARE, MOST_WIND_M = 0.03, 160.0
LOOPS = 0.3
ROWS, COLUMNS = 6, 5
VILLAGE_M = 46.0
VILLAGE_NODES = 15.0
FROM_ESTATES_M = 420.0
FROM_BARRIERS_M = 260.0
NEIGHBOURS = 7
VILLAGE_LOOPS = 0.06
LEFT_OUT = 0.012
TOUCH_M = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The land between the towns.

    Parameters
    ----------
    area, open
        Inside the city's outlines, in the zone; the part of it where streets are laid. Both
        prepared.
    barriers
        All of the city.
    estates
        Middles of the estates.
    """

    area: BaseGeometry
    open: BaseGeometry
    barriers: tuple[Barrier, ...]
    estates: Points

    def shapes(self, *kinds: str) -> BaseGeometry:
        """Prepared union of the barriers of some kinds; of all without any."""
        some = [item.shape for item in self.barriers if not kinds or item.kind in kinds]
        union = shapely.union_all(some)
        shapely.prepare(union)
        return union


def main_part(lines: Lines) -> Points:
    """Corners of the largest connected part of `lines`."""
    corners, label = _parts(lines)
    return corners[label == np.bincount(label).argmax()] if len(corners) else corners


def _parts(lines: Lines) -> tuple[Points, Numbers]:
    """Corners of `lines`, and the connected part of each."""
    corners, number = lines.corners()
    one, other = (number[step] for step in lines.steps())
    links = coo_array((np.ones(len(one), bool), (one, other)), shape=(len(corners),) * 2)
    return corners, connected_components(links, directed=False)[1]


def country_roads(
    towns: Sequence[Town], nodes: Sequence[Points], ground: Ground, rng: np.random.Generator
) -> Lines:
    """Roads that join the towns, with bridges and underpasses where they cross a barrier.

    Parameters
    ----------
    towns
        Towns to join; seats take part in the main roads.
    nodes
        Corners of each town's streets that a road may end at.
    ground
        The land between.
    rng
        Seeded generator.
    """
    pairs = _pairs(towns, ground.area, rng)
    river, railway = ground.shapes("river"), ground.shapes("railway")
    closed = ground.shapes("wall", "other")
    parts = []
    for one, other in pairs.tolist():
        way = _road(nodes[one], nodes[other], towns[one].centre, towns[other].centre, rng)
        if not ground.area.contains(shapely.LineString(way)):
            way = np.linspace(way[0], way[-1], len(way))
        line = shapely.LineString(way)
        if not ground.area.contains(line) or closed.intersects(line):
            continue
        steps = way_shapes(np.stack([way[:-1], way[1:]], axis=1))
        under = shapely.intersects(railway, steps)
        over = shapely.intersects(river, steps)
        kind = np.full((1, len(steps)), StreetClass.TERTIARY, dtype=np.int8)
        level = np.where(over, 1, np.where(under, -1, 0)).astype(np.int8)[None]
        parts.append(grid_lines(way[None], np.ones_like(kind, dtype=bool), kind, level))
    return Lines.joined(parts)


def _pairs(towns: Sequence[Town], area: BaseGeometry, rng: np.random.Generator) -> Numbers:
    """Pairs of towns to join: the shortest tree, all neighbours of seats, and some short loops."""
    centres = np.array([town.centre for town in towns])
    pairs = _neighbours(centres)
    if not len(pairs):
        return pairs
    ways = way_shapes(centres[pairs])
    pairs = pairs[shapely.contains(area, ways)]
    length = np.hypot(*(centres[pairs[:, 0]] - centres[pairs[:, 1]]).T)
    links = coo_array((length, (pairs[:, 0], pairs[:, 1])), shape=(len(centres),) * 2)
    tree = minimum_spanning_tree(links.tocsr()).tocoo()
    chosen = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    longest = float(np.median(length)) if len(length) else 0.0
    spare = (length < longest) & (rng.random(len(pairs)) < LOOPS)
    spare |= np.array([town.seat is not None for town in towns])[pairs].any(axis=1)
    chosen |= {(int(one), int(other)) for one, other in pairs[spare]}
    return np.array(sorted(chosen), dtype=np.int64).reshape(-1, 2)


def _neighbours(centres: Points) -> Numbers:
    try:
        corners = Delaunay(centres).simplices
    except (QhullError, ValueError):
        one, other = np.triu_indices(len(centres), 1)
        return np.column_stack([one, other])
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    return np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)


def _road(
    from_nodes: Points, to_nodes: Points, here: Points, there: Points, rng: np.random.Generator
) -> Points:
    """A winding way between the corners of two towns that face each other."""
    start = from_nodes[np.hypot(*(from_nodes - there).T).argmin()]
    end = to_nodes[np.hypot(*(to_nodes - here).T).argmin()]
    length = float(np.hypot(*(end - start)))
    share = np.linspace(0, 1, max(2, int(length / STEP_M) + 1))
    across = np.array([start[1] - end[1], end[0] - start[0]]) / max(length, 1.0)
    height = min(WIND_SHARE * length, MOST_WIND_M) * rng.uniform(-1, 1, 2)
    aside = height[0] * np.sin(np.pi * share) + height[1] / 2 * np.sin(3 * np.pi * share)
    way: Points = start + share[:, None] * (end - start) + aside[:, None] * across
    way[0], way[-1] = start, end
    return way


def simulate_villages(wanted: int, roads: Lines, ground: Ground, rng: np.random.Generator) -> Lines:
    """Villages with about `wanted` nodes in all, and the ways that lead to them.

    A few have no way that leads there: what lies in them is not connected.
    """
    middle = _village_places(max(0, round(wanted / VILLAGE_NODES)), ground, rng)
    if not len(middle):
        return Lines.none()
    points, there = _village_corners(middle, rng)
    streets = _village_streets(points, there, rng)
    links = _village_links(middle, points, _in_largest_part(points, streets), roads, ground, rng)
    made = Lines.joined([streets, links])
    shapes = made.shapes()
    return made.chosen(
        ~shapely.intersects(ground.shapes(), shapes) & shapely.contains(ground.open, shapes)
    )


def _village_places(count: int, ground: Ground, rng: np.random.Generator) -> Points:
    """Up to `count` places apart from each other, from the towns and from the barriers."""
    if not count:
        return np.zeros((0, 2))
    west, south, east, north = ground.area.bounds
    share = ground.area.area / ((east - west) * (north - south))
    cell = 0.8 * np.sqrt(ground.area.area / count)
    pool = rng.uniform((west, south), (east, north), (int(5 * count / share) + 40, 2))
    _, first = np.unique(np.floor(pool / cell).astype(np.int64), axis=0, return_index=True)
    pool = pool[np.sort(first)]
    pool = pool[shapely.contains_xy(ground.area, *pool.T)]
    pool = pool[cKDTree(ground.estates).query(pool)[0] > FROM_ESTATES_M]
    tree = shapely.STRtree([item.shape for item in ground.barriers])
    near = tree.query(point_shapes(pool), predicate="dwithin", distance=FROM_BARRIERS_M)[0]
    apart = np.ones(len(pool), dtype=bool)
    apart[near] = False
    places: Points = pool[apart][:count]
    return places


def _village_corners(middle: Points, rng: np.random.Generator) -> tuple[Points, Flags]:
    """Corners of each village's grid, shape (villages, rows, columns, 2), and which exist."""
    size = len(middle)
    spacing = VILLAGE_M * rng.uniform(0.8, 1.3, size)
    angle = rng.uniform(0, np.pi, size)
    rows, columns = rng.integers(3, ROWS + 1, size), rng.integers(2, COLUMNS + 1, size)
    row, column = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    at = np.stack([column, row], axis=2) - np.array([COLUMNS - 1, ROWS - 1]) / 2
    at = at * spacing[:, None, None, None] + rng.normal(0, 4, (size, ROWS, COLUMNS, 2))
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    turned = np.stack([at[..., 0] * cos - at[..., 1] * sin, at[..., 0] * sin + at[..., 1] * cos], 3)
    there = (row < rows[:, None, None]) & (column < columns[:, None, None])
    return turned + middle[:, None, None, :], there


def _village_streets(points: Points, there: Flags, rng: np.random.Generator) -> Lines:
    """Streets along both directions of each village's grid, with gaps."""
    parts = []
    for axis in (1, 2):
        turned = np.swapaxes(points, 1, 2) if axis == 1 else points
        exist = np.swapaxes(there, 1, 2) if axis == 1 else there
        flat = turned.reshape(-1, *turned.shape[2:])
        free = exist.reshape(-1, exist.shape[2])
        number = np.tile(np.arange(exist.shape[1]), len(exist))[:, None]
        narrow = np.where(number % 2 == 1, StreetClass.RESIDENTIAL, StreetClass.FOOTWAY)
        kind = np.broadcast_to(narrow, (len(flat), free.shape[1] - 1)).astype(np.int8)
        kept = free[:, :-1] & free[:, 1:] & (rng.random(kind.shape) < 0.86)
        parts.append(grid_lines(flat, kept, kind))
    return Lines.joined(parts)


def _in_largest_part(points: Points, streets: Lines) -> Flags:
    """Which corners of the grids belong to the largest connected part of their village."""
    corners, label = _parts(streets)
    size, shape = len(points), points.shape[:3]
    near = nearest_of(corners, points.reshape(-1, 2), TOUCH_M)
    part = np.where(near >= 0, label[near], -1).reshape(size, -1)
    village = np.repeat(np.arange(size), part.shape[1])
    met, number = np.unique(
        np.column_stack([village, part.reshape(-1)])[part.reshape(-1) >= 0],
        axis=0,
        return_counts=True,
    )
    # of each village's parts the last in this order is the largest
    order = np.lexsort((number, met[:, 0]))
    largest = np.full(size, -2)
    largest[met[order, 0]] = met[order, 1]
    found: Flags = (part == largest[:, None]).reshape(shape)
    return found


def _village_links(
    middle: Points,
    points: Points,
    there: Flags,
    roads: Lines,
    ground: Ground,
    rng: np.random.Generator,
) -> Lines:
    """Ways that join villages to each other and to the nearest road, as a tree with few loops."""
    size = len(middle)
    anchors = roads.corners()[0]
    everything = np.concatenate([middle, anchors])
    joined = rng.random(size) >= LEFT_OUT
    pairs = _near_pairs(everything, size)
    ends = _link_ends(pairs, everything, points, there)
    free = ~shapely.intersects(ground.shapes(), way_shapes(ends))
    free &= np.append(joined, np.ones(len(anchors), bool))[pairs].all(axis=1)
    pairs, ends = pairs[free], ends[free]
    length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    # all roads are one place for the tree
    place = np.minimum(pairs, size)
    order = np.argsort(length, kind="stable")
    _, shortest = np.unique(place[order], axis=0, return_index=True)
    kept = order[shortest]
    links = coo_array((length[kept], place[kept].T), shape=(size + 1, size + 1)).tocsr()
    tree = minimum_spanning_tree(links).tocoo()
    in_tree = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    flags = [(int(one), int(other)) in in_tree for one, other in place[kept]]
    chosen = np.array(flags, dtype=bool) | (rng.random(len(kept)) < VILLAGE_LOOPS)
    made = ends[kept[chosen]]
    bend = np.diff(made, axis=1)[:, 0] @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    aside = bend * rng.uniform(-0.05, 0.05, (len(made), 1))
    way = np.stack([made[:, 0], made.mean(axis=1) + aside, made[:, 1]], axis=1)
    return Lines.between(way, StreetClass.UNCLASSIFIED)


def _near_pairs(places: Points, villages: int) -> Numbers:
    """Each village with its nearest places, the smaller number first."""
    count = min(NEIGHBOURS, len(places))
    found = cKDTree(places).query(places[:villages], k=count)[1].reshape(villages, count)
    own = np.repeat(np.arange(villages), count)
    pairs = np.sort(np.column_stack([own, found.reshape(-1)]), axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _link_ends(pairs: Numbers, places: Points, points: Points, there: Flags) -> Points:
    """Where the way of each pair begins and ends: at a village's corner that faces the other."""
    size = len(points)
    corners = np.where(there[..., None], points, np.inf).reshape(size, -1, 2)
    ends = places[pairs].copy()
    for side in (0, 1):
        some = np.flatnonzero(pairs[:, side] < size)
        own = corners[pairs[some, side]]
        apart = own - places[pairs[some, 1 - side]][:, None]
        facing = (apart**2).sum(axis=2).argmin(axis=1)
        ends[some, side] = own[np.arange(len(some)), facing]
    return ends
