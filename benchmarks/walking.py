"""Walking: nearest facility, walking circles, edits, on 10,000 to a million nodes.

Peers: scipy's Dijkstra in this process, in turns; pandana in an environment of its own, named by
``CIVGEO_PANDANA_PYTHON``, its preparation told apart (its answers end at the limit). Facilities
stand on nodes, the only places that all contestants know.
"""

import os
import statistics
import time
from functools import partial

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.generated_streets import generated_network, places_on
from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from benchmarks.peer_process import peer_answers
from benchmarks.walking_peers import PANDANA
from civgeo.analysis.field_edits import EditableField
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import UNREACHED, WalkNetwork
from civgeo.analysis.walk_search import Sheds, nearest_facility, walk_sheds

__all__ = ["run"]

NAMES = {10_000: "county", 100_000: "prefecture", 1_000_000: "province"}
SIZES = tuple(map(int, os.environ.get("CIVGEO_BENCHMARK_SIZES", "10000,100000,1000000").split(",")))
LIMIT_DM = 10_800
FACILITIES, RUNS, EDITS = 1_000, 7, 1_000
SCIPY_SHEDS = 20
OURS = "civgeo"


def run() -> None:
    """Measure each size; compare every distance."""
    lines: list[Measured] = []
    notes = [f"load when begun: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    growth: dict[str, list[float]] = {}
    for size in SIZES:
        network = generated_network(size)
        places = places_on(network, FACILITIES, np.random.default_rng(size))
        measured = [*_nearest(network, places), *_sheds(network, places)]
        measured += [*_against_pandana(network, places, measured, notes), *_edits(network, places)]
        lines += measured
        for line in measured:
            growth.setdefault(f"{line.task.split(':')[0]}, {line.contestant}", []).append(
                line.seconds
            )
    notes += [
        f"{label}: nodes to the power {exponent(SIZES, seconds):.2f}"
        for label, seconds in growth.items()
        if len(seconds) == len(SIZES) > 1
    ]
    report("walking", lines, [*notes, versions("numba", "scipy", "numpy")])


def _graph(network: WalkNetwork) -> csr_array:
    ends = network.neighbour, network.row_start
    return csr_array((network.toward_dm.astype(np.float64), *ends), shape=(network.nodes,) * 2)


def _place(network: WalkNetwork) -> str:
    return f"{network.nodes:,} nodes, {network.edges:,} edges"


def _nearest(network: WalkNetwork, places: Snapped) -> list[Measured]:
    graph, nodes = _graph(network), network.edge_start[places.edge]
    scipy = f"dijkstra(min_only) ({versions('scipy')})"
    seconds, answers = in_turns(
        {
            OURS: lambda: nearest_facility(network, places),
            scipy: partial(dijkstra, graph, indices=nodes, min_only=True, return_predecessors=True),
        },
        runs=RUNS,
    )
    ours, (distance, _, source) = answers[OURS], answers[scipy]
    expected = np.where(np.isinf(distance), UNREACHED, np.nan_to_num(distance, posinf=0))
    wrong = int((ours.distance_dm != expected).sum())
    owner = np.where(ours.owner < 0, -9999, nodes[ours.owner])
    ties = int((owner != source).sum())
    checks = {OURS: f"{wrong} distances differ, {ties} owners (ties)", scipy: "the oracle"}
    task = f"nearest of 1,000 for every node: {_place(network)}"
    return [Measured(task, name, s, s / seconds[OURS], checks[name]) for name, s in seconds.items()]


def _sheds(network: WalkNetwork, places: Snapped) -> list[Measured]:
    graph, nodes = _graph(network), network.edge_start[places.edge]
    scipy = f"dijkstra(limit), {SCIPY_SHEDS} circles times {FACILITIES // SCIPY_SHEDS}"
    seconds, answers = in_turns(
        {
            OURS: lambda: walk_sheds(network, places, LIMIT_DM),
            scipy: partial(dijkstra, graph, indices=nodes[:SCIPY_SHEDS], limit=LIMIT_DM),
        },
        runs=RUNS,
    )
    seconds[scipy] *= FACILITIES / SCIPY_SHEDS
    ours = answers[OURS]
    wrong = sum(
        not np.array_equal(np.sort(node), np.flatnonzero(np.isfinite(row)))
        or not np.array_equal(row[node], distance)
        for row, (node, distance) in zip(answers[scipy], _rows(ours), strict=False)
    )
    checks = {OURS: f"{wrong} of {SCIPY_SHEDS} circles differ", scipy: "the oracle"}
    task = f"1,000 circles of 1,080 m: {_place(network)}"
    return [Measured(task, name, s, s / seconds[OURS], checks[name]) for name, s in seconds.items()]


def _rows(sheds: Sheds) -> list[tuple[np.ndarray, np.ndarray]]:
    cuts = sheds.start[1:-1]
    return list(zip(np.split(sheds.node, cuts), np.split(sheds.distance_dm, cuts), strict=True))


def _against_pandana(
    network: WalkNetwork, places: Snapped, measured: list[Measured], notes: list[str]
) -> list[Measured]:
    nodes = network.edge_start[places.edge]
    found = peer_answers(
        "CIVGEO_PANDANA_PYTHON",
        PANDANA,
        {
            "x": network.x,
            "y": network.y,
            "start": network.edge_start,
            "end": network.edge_end,
            "dm": network.length_dm,
            "facility": nodes,
            "limit": np.array(LIMIT_DM),
            "rounds": np.array(3),
        },
    )
    if found is None:
        return []
    told, answers = found
    notes.append(
        f"pandana at {_place(network)}: {told['built']:.1f} s to build its hierarchy, "
        f"{told['prepared']:.1f} s to prepare the limit"
    )
    distance = nearest_facility(network, places).distance_dm
    inside = distance <= LIMIT_DM
    wrong = int((np.rint(answers["nearest"])[inside] != distance[inside]).sum())
    counts = np.diff(walk_sheds(network, places, LIMIT_DM).start)
    other = int((counts != answers["counts"]).sum())
    calls = (
        ("nearest_pois", "nearest", 0, f"{wrong} distances differ within the limit"),
        ("nodes_in_range", "sheds", 2, f"{other} of 1,000 circles differ in size"),
    )
    lines = []
    for call, key, at, checked in calls:
        seconds = float(str(told[key]))
        name = f"{call} (pandana {told['version']})"
        ratio = seconds / measured[at].seconds
        lines.append(Measured(measured[at].task, name, seconds, ratio, checked))
    return lines


def _edits(network: WalkNetwork, places: Snapped) -> list[Measured]:
    """One facility moved, added or closed, against the whole search again."""
    rng = np.random.default_rng(network.nodes)
    spare = places_on(network, EDITS, rng)
    field = EditableField(network, places, nearest_facility(network, places))
    taken, whole = [], []
    now = places
    for number in range(EDITS):
        place = spare.take(np.array([number]))
        facility = int(rng.integers(len(places)))
        start = time.perf_counter()
        field.move(facility, place)
        taken.append(time.perf_counter() - start)
        now = _moved(now, facility, place)
        if number % (EDITS // 20) == 0:
            start = time.perf_counter()
            nearest_facility(network, now)
            whole.append(time.perf_counter() - start)
    fresh = nearest_facility(network, now)
    equal = np.array_equal(fresh.label, field.field().label)
    checked = f"distances and owners {'equal' if equal else 'DIFFER'} after {EDITS} edits"
    again = statistics.median(whole)
    task = f"one facility moved: {_place(network)}"
    p50, p95 = np.percentile(taken, [50, 95])
    return [
        Measured(task, "civgeo, p50", p50, 1.0, checked),
        Measured(task, "civgeo, p95", p95, p95 / p50, checked),
        Measured(task, "all searched again, times p95", again, again / p95, "the oracle"),
    ]


def _moved(places: Snapped, row: int, place: Snapped) -> Snapped:
    columns = {
        name: getattr(places, name).copy()
        for name in ("x", "y", "edge", "offset_dm", "access_dm", "nearest_m")
    }
    for name, column in columns.items():
        column[row] = getattr(place, name)[0]
    return Snapped(**columns)
