"""Where two drawings of one line run along each other and where they part.

Both are put on the grid of `civgeo.geo.edges` (0.1 mm). Edges with the same two corners are matched
by their corners alone, all at once; geometry is asked only about the rest.
"""

from dataclasses import dataclass

import numpy as np

from civgeo.geo.boundary_line import Route
from civgeo.geo.datum import Floats
from civgeo.geo.edges import GRID_DEG, Cuts, Edges, Mask, cuts, degrees
from civgeo.geo.index import Numbers

__all__ = ["Drawing", "Stretches", "drawings", "matched"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """One line as a chain of nodes: its corners, and where the other touches or crosses it.

    Parameters
    ----------
    nodes
        Numbers of the nodes, shared by both lines, in route order.
    places
        Longitude and latitude of each, degrees.
    chainage_m
        Of each, geodesic metres from the start.
    """

    nodes: Numbers
    places: Floats
    chainage_m: Floats


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of both lines between places where they meet, in route order.

    Parameters
    ----------
    one_start, one_end, other_start, other_end
        Positions in the chains of the two drawings; a stretch of no length stands where only the
        other line goes on.
    shared
        Whether the lines run along each other.
    open
        Whether the stretch has an end where the lines do not meet.
    """

    one_start: Numbers
    one_end: Numbers
    other_start: Numbers
    other_end: Numbers
    shared: Mask
    open: Mask


def drawings(one: Route, other: Route) -> tuple[Drawing, Drawing]:
    """Both lines cut where they touch or cross; the second in the direction of the first.

    Parameters
    ----------
    one, other
        Two drawings of a line.
    """
    chains = [(each.places[each.given], each.chainage_m[each.given]) for each in (one, other)]
    if one.closed and other.closed:
        chains[1] = _turned_to(chains[1], chains[0][0])
    elif _opposite(chains[0][0], chains[1][0]):
        places, chainage = chains[1]
        chains[1] = (places[::-1], chainage[-1] - chainage[::-1])
    edges, corners = _edges_of([places for places, _ in chains])
    both = np.zeros((2, len(edges.low)), dtype=bool)
    both[edges.shape, edges.segment] = True
    found = cuts(edges, np.asarray(~both.all(axis=0)))
    first, second = (
        _drawing(edges, found, number, corners[number], *chains[number]) for number in (0, 1)
    )
    return first, second


def _opposite(one: Floats, other: Floats) -> bool:
    """Whether the ends lie nearer to each other when one line is turned round."""
    straight = np.abs(one[[0, -1]] - other[[0, -1]]).sum()
    turned = np.abs(one[[0, -1]] - other[[-1, 0]]).sum()
    return bool(turned < straight)


def _turned_to(ring: tuple[Floats, Floats], first: Floats) -> tuple[Floats, Floats]:
    """A closed line from its corner that is nearest to the start of another."""
    places, chainage = ring
    start = int(np.argmin(np.abs(places[:-1] - first[0]).sum(axis=1)))
    order = np.concatenate([np.arange(start, len(places) - 1), np.arange(start + 1)])
    turned = (chainage[order] - chainage[start]) % chainage[-1]
    turned[-1] = chainage[-1]
    return places[order], turned


def _edges_of(lines: list[Floats]) -> tuple[Edges, list[Numbers]]:
    """Edges of lines on the grid, and the corner that each place of each line fell on."""
    steps = np.rint(np.vstack(lines) / GRID_DEG)
    units, corner = np.unique(steps[:, 0] + 1j * steps[:, 1], return_inverse=True)
    corners = np.split(corner, np.cumsum([len(line) for line in lines])[:-1])
    start = np.concatenate([each[:-1] for each in corners])
    end = np.concatenate([each[1:] for each in corners])
    shape = np.repeat(np.arange(len(lines)), [len(each) - 1 for each in corners])
    real = start != end
    start, end, shape = start[real], end[real], shape[real]
    low, high = np.minimum(start, end), np.maximum(start, end)
    keys, segment = np.unique(low * len(units) + high, return_inverse=True)
    low, high = np.divmod(keys, max(len(units), 1))
    return Edges(units, low, high, segment, start < end, shape), corners


def _drawing(
    edges: Edges, found: Cuts, number: int, corners: Numbers, places: Floats, chainage: Floats
) -> Drawing:
    """The chain of line `number`, its cut edges replaced by their pieces."""
    real = corners[:-1] != corners[1:]
    own = edges.shape == number
    segment, forward = edges.segment[own], edges.forward[own]
    first = np.searchsorted(found.segment, segment)
    count = np.searchsorted(found.segment, segment, side="right") - first
    pieces = np.maximum(count, 1)
    edge = np.repeat(np.arange(len(segment)), pieces)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    last = (first + count - 1)[edge]
    piece = np.where(forward[edge], first[edge] + within, last - within)
    start = np.where(forward, edges.low[segment], edges.high[segment])[edge]
    cut = count[edge] > 0
    start[cut] = np.where(forward[edge], *_ends_of(found, piece, cut))[cut]
    nodes = np.append(start, corners[-1])
    at = degrees(found.units[nodes])
    begin, end = places[:-1][real][edge], places[1:][real][edge]
    share = np.linalg.norm(at[:-1] - begin, axis=1) / np.linalg.norm(end - begin, axis=1)
    share[within == 0] = 0.0
    span = np.diff(chainage)[real][edge]
    metres = chainage[:-1][real][edge] + np.clip(share, 0.0, 1.0) * span
    return Drawing(nodes, at, np.append(metres, chainage[-1]))


def _ends_of(found: Cuts, piece: Numbers, cut: Mask) -> tuple[Numbers, Numbers]:
    """Corners of pieces of cut segments; anything where a segment is whole."""
    known = np.where(cut, piece, 0)
    if not len(found.segment):
        return known, known
    return found.start[known], found.end[known]


def matched(one: Drawing, other: Drawing) -> Stretches:
    """Stretches between the places where both lines are, taken in an order that both agree on.

    Where a line runs back on itself, the places that keep most of the order count.
    """
    here, there = _meetings(one.nodes, other.nodes)
    other_last, one_last = len(other.nodes) - 1, len(one.nodes) - 1
    one_start, one_end = np.append(0, here), np.append(here, one_last)
    other_start, other_end = np.append(0, there), np.append(there, other_last)
    shared = (one_end - one_start == 1) & (other_end - other_start == 1)
    opened = np.zeros(len(shared), dtype=bool)
    opened[[0, -1]] = True
    shared &= ~opened
    real = (one_end > one_start) | (other_end > other_start)
    columns = (one_start, one_end, other_start, other_end, shared, opened)
    return _runs(Stretches(*(column[real] for column in columns)))


def _meetings(one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Positions of common nodes in both chains, rising in both."""
    _, here, there = np.intersect1d(one, other, return_indices=True)
    order = np.argsort(here)
    here, there = here[order], there[order]
    if (np.diff(there) < 0).any():
        kept = _rising(there)
        here, there = here[kept], there[kept]
    ends = (len(one) - 1, len(other) - 1)
    if one[-1] == other[-1] and (len(here) == 0 or here[-1] != ends[0]):
        # closed lines meet at their end once more
        here, there = np.append(here, ends[0]), np.append(there, ends[1])
    return here, there


def _rising(values: Numbers) -> Numbers:
    """Places of a longest run of different values that rises."""
    tails = np.empty(len(values), dtype=np.intp)
    before = np.full(len(values), -1, dtype=np.intp)
    places: list[int] = []
    for place, value in enumerate(values.tolist()):
        rank = int(np.searchsorted(tails[: len(places)], value))
        before[place] = places[rank - 1] if rank else -1
        tails[rank] = value
        places[rank : rank + 1] = [place]
    found = [places[-1]]
    while before[found[-1]] >= 0:
        found.append(int(before[found[-1]]))
    return np.array(found[::-1], dtype=np.intp)


def _runs(found: Stretches) -> Stretches:
    """Neighbouring shared stretches as one."""
    if not len(found.shared):
        return found
    joined = np.append(False, found.shared[1:] & found.shared[:-1])
    first = np.flatnonzero(~joined)
    last = np.append(first[1:], len(joined)) - 1
    return Stretches(
        found.one_start[first],
        found.one_end[last],
        found.other_start[first],
        found.other_end[last],
        found.shared[first],
        found.open[first],
    )
