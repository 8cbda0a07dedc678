"""Outlines of walking circles: 10, 50 and 250 facilities on 10,000 to a million nodes.

Peers get the walked parts of streets ready cut: the union of their 25 m buffers (shapely), and one
buffer of them all. civgeo searches, cuts, draws and contours. A convex and a concave hull of the
reached nodes stand beside, with what they add or leave out.
"""

import os
from functools import partial

import numpy as np
import shapely

from benchmarks.generated_streets import generated_network, places_on
from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.analysis.service_area import HALF_WIDTH_M, service_areas, union_of_circles
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import WalkNetwork
from civgeo.analysis.walk_search import nearest_facility, walk_sheds

__all__ = ["run"]

SIZES = {10: 10_000, 50: 100_000, 250: 1_000_000}
RUNS = {10: 7, 50: 5, 250: 3}
LIMIT_DM = 10_800
RINGS_DM = (3_600, 7_200, 10_800)
CONCAVE = 0.3
OURS, UNION, ONCE = "civgeo", "union of edge buffers", "one buffer of all parts"


def run() -> None:
    """Measure at three sizes, compare areas and report."""
    lines: list[Measured] = []
    notes = [f"load when begun: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    growth: dict[str, list[float]] = {}
    for count, nodes in SIZES.items():
        network = generated_network(nodes)
        places = places_on(network, count, np.random.default_rng(count))
        parts = [_walked(network, places.take(np.array([k]))) for k in range(count)]
        seconds, answers = in_turns(
            {
                OURS: partial(service_areas, network, places, [LIMIT_DM]),
                UNION: partial(_unions, parts),
                ONCE: partial(_buffers, parts),
            },
            runs=RUNS[count],
        )
        oracle = np.array(answers[UNION])
        ours = answers[OURS].geometry.to_numpy()
        checks = {OURS: _compared(ours, oracle), UNION: "the oracle"}
        checks[ONCE] = _compared(np.array(answers[ONCE]), oracle)
        for label, taken in seconds.items():
            task = f"{count} circles of 1,080 m on {nodes:,} nodes"
            lines.append(Measured(task, label, taken, taken / seconds[OURS], checks[label]))
            growth.setdefault(label, []).append(taken)
        notes += _hulls(network, places, oracle)
        notes.append(_rings_and_union(network, places, seconds[OURS]))
    notes += [
        f"{label}: circles to the power {exponent(list(SIZES), taken):.2f}"
        for label, taken in growth.items()
    ]
    report("service_areas", lines, [*notes, versions("numba", "shapely")])


def _walked(network: WalkNetwork, place: Snapped) -> shapely.MultiLineString:
    """Parts of streets within the limit of a place at the beginning of an edge."""
    distance = nearest_facility(network, place, LIMIT_DM).distance_dm.astype(np.float64)
    near = (distance[network.edge_start] <= LIMIT_DM) | (distance[network.edge_end] <= LIMIT_DM)
    length = network.length_dm[near]
    low = np.clip((LIMIT_DM - distance[network.edge_start[near]]) / length, 0, 1)
    high = np.clip(1 - (LIMIT_DM - distance[network.edge_end[near]]) / length, 0, 1)
    ends = network.shape_xy.reshape(-1, 2, 2)[near]
    whole = low >= high
    spans = (
        (whole, np.zeros_like(low), np.ones_like(low)),
        (~whole & (low > 0), np.zeros_like(low), low),
        (~whole & (high < 1), high, np.ones_like(low)),
    )
    step = ends[:, 1] - ends[:, 0]
    cut = [
        np.stack([ends[:, 0] + a[:, None] * step, ends[:, 0] + b[:, None] * step], axis=1)[on]
        for on, a, b in spans
    ]
    return shapely.multilinestrings(shapely.linestrings(np.concatenate(cut)))


def _unions(parts: list[shapely.MultiLineString]) -> list[shapely.Geometry]:
    return [
        shapely.union_all(shapely.buffer(shapely.get_parts(part), HALF_WIDTH_M)) for part in parts
    ]


def _buffers(parts: list[shapely.MultiLineString]) -> list[shapely.Geometry]:
    return [shapely.buffer(part, HALF_WIDTH_M) for part in parts]


def _compared(found: np.ndarray, oracle: np.ndarray) -> str:
    both = shapely.area(shapely.intersection(found, oracle))
    overlap = both / shapely.area(shapely.union(found, oracle))
    more = shapely.area(found) / shapely.area(oracle) - 1
    valid = "all valid" if shapely.is_valid(found).all() else "NOT ALL VALID"
    return (
        f"overlap (IoU) {overlap.min():.4f} at least, {overlap.mean():.4f} on average; "
        f"area {more.min():+.2%} to {more.max():+.2%}; {valid}"
    )


def _hulls(network: WalkNetwork, places: Snapped, oracle: np.ndarray) -> list[str]:
    """What a hull of the reached nodes makes of the area."""
    circles = walk_sheds(network, places, LIMIT_DM)
    points = [
        shapely.multipoints(np.column_stack([network.x[nodes], network.y[nodes]]))
        for nodes in np.split(circles.node, circles.start[1:-1])
    ]
    named = {
        "convex hull": shapely.convex_hull(points),
        f"concave hull (ratio {CONCAVE})": shapely.concave_hull(points, ratio=CONCAVE),
    }
    return [
        f"{len(points)} circles, {name}: {_compared(hull, oracle)}" for name, hull in named.items()
    ]


def _rings_and_union(network: WalkNetwork, places: Snapped, one: float) -> str:
    field = nearest_facility(network, places, LIMIT_DM)
    taken, _ = in_turns(
        {
            "rings": partial(service_areas, network, places, RINGS_DM),
            "union": partial(union_of_circles, network, field, places, [LIMIT_DM]),
        },
        runs=3,
    )
    return (
        f"{len(places)} circles: {1000 * one / len(places):.2f} ms each, with three rings "
        f"{1000 * taken['rings'] / len(places):.2f} ms, their union as one field "
        f"{1000 * taken['union']:.0f} ms"
    )
