"""Layout: covering and p-median at three sizes against spopt and CBC; assignment against greedy.

The peers run in a process of their own, with the python that the variable CIVGEO_PEERS_PYTHON
names (`pip install spopt==0.7.* "pulp<3"`); without it their lines are left out and said to be.
Model building counts for both sides, since both begin with a cost matrix or its arcs.
"""

import json
import os
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measurement import Measured, exponent, in_turns, report, versions
from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_flow import Transport, most_served, shortest_assignment
from civgeo.analysis.layout_problem import Effort, LayoutAnswer, LayoutModel, LayoutProblem
from civgeo.analysis.layout_reach import straight_arcs
from civgeo.analysis.layout_solver import Deadline, solver_version

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["run"]

PEER_MEDIAN = 25_000
"""Demand times candidates up to which the peers are given the p-median."""

SIDE_M = 20_000
SIZES = ((500, 50, 5), (2_000, 200, 20), (8_000, 400, 40))
RADIUS_M = 1_500
SECONDS = 30.0
RUNS = 2
GAPS = {LayoutModel.MCLP: 0.005, LayoutModel.PMEDIAN: 0.001}
EXACT = 2_000 * 200
"""Demand times candidates up to which the proof of the best is measured too."""

PEERS = "CIVGEO_PEERS_PYTHON"
DEMANDS, PLACES, CIRCLE_M, ROOM = 20_000, 200, 2_250, 0.9


def run() -> None:
    """Measure, check the answers against each other and report."""
    lines: list[Measured] = []
    notes = [f"load at the start {os.getloadavg()[0]:.1f}"]
    for model in (LayoutModel.MCLP, LayoutModel.PMEDIAN):
        taken = []
        for size in SIZES:
            measured, peer = _choice(model, size)
            taken.append(measured[0].seconds)
            lines += measured
            notes += [peer] if peer not in notes else []
        grows = exponent([size[0] * size[1] for size in SIZES], taken)
        notes.append(f"{model.value}: civgeo grows with demand x candidates to {grows:.2f}")
    lines += _assignment()
    notes += [solver_version(), versions("numpy", "numba", "scipy")]
    report("layout", lines, notes)


def _choice(model: LayoutModel, size: tuple[int, int, int]) -> tuple[list[Measured], str]:
    demands, sites, number = size
    random = np.random.default_rng(411700)
    homes, places = (random.random((count, 2)) * SIDE_M for count in (demands, sites))
    weight = random.integers(1, 200, demands)
    covering = model is LayoutModel.MCLP
    radius = RADIUS_M if covering else None
    arcs = straight_arcs(places, homes, None if radius is None else radius * 10)
    problem = LayoutProblem(
        *(model, arcs.facility, arcs.demand, arcs.distance_dm, weight, sites),
        new_sites=number,
    )
    small = demands * sites <= EXACT
    efforts = {f"civgeo, proven to {GAPS[model]:.1%}": Effort(seconds=SECONDS, gap=GAPS[model])}
    if small:
        efforts["civgeo, proven optimal"] = Effort(seconds=SECONDS)
    contestants: dict[str, Callable[[], object]] = {
        name: partial(solve_layout, problem, effort) for name, effort in efforts.items()
    }
    seconds, answers = in_turns(contestants, runs=RUNS if small else 1)
    task = f"{model.value} {demands:,} x {sites}, p = {number}, {len(arcs):,} arcs"
    first = next(iter(seconds.values()))
    lines = []
    for name, answer in answers.items():
        assert isinstance(answer, LayoutAnswer)  # noqa: S101 - the type for mypy
        lines.append(Measured(task, name, seconds[name], seconds[name] / first, _said(answer)))
    best = answers[list(answers)[-1]]
    assert isinstance(best, LayoutAnswer)  # noqa: S101
    if not covering and demands * sites > PEER_MEDIAN:
        return lines, "spopt's larger p-medians do not end within minutes and were left out"
    peer = _peer(model, homes, places, weight, number)
    if peer is None:
        return lines, f"no {PEERS}: peers were not run"
    took = peer["build"] + peer["solve"]
    lines.append(Measured(task, peer["versions"], took, took / first, _compared(peer, best)))
    return lines, f"peers stop after {SECONDS:.0f} s of solving"


def _said(answer: LayoutAnswer) -> str:
    gap = "no bound" if answer.gap is None else f"gap {float(answer.gap):.4%}"
    return f"{answer.status.value}, objective {float(answer.objective or 0):.0f}, {gap}"


def _peer(
    model: LayoutModel,
    homes: np.ndarray,
    places: np.ndarray,
    weight: np.ndarray,
    number: int,
) -> dict[str, float] | None:
    python = os.environ.get(PEERS)
    if not python:
        return None
    apart = np.hypot(*(homes[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "problem.npz"
        np.savez(file, cost=np.rint(apart * 10) / 10, weight=weight, radius=RADIUS_M, number=number)
        script = Path(__file__).with_name("layout_peers.py")
        done = subprocess.run(
            [python, script, model.value, file, str(SECONDS)],
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _compared(peer: dict[str, float], ours: LayoutAnswer) -> str:
    if peer["objective"] is None:
        return "no answer in time"
    apart = abs(peer["objective"] - float(ours.objective or 0)) / float(ours.objective or 1)
    word = "equal" if apart < 1e-9 else f"{apart:.4%} from ours"
    proven = "" if peer["proven"] else ", not proven in time"
    return f"objective {peer['objective']:.0f}, {word}{proven}; building {peer['build']:.2f} s"


def _assignment() -> list[Measured]:
    random = np.random.default_rng(2)
    homes, places = (random.random((count, 2)) * SIDE_M for count in (DEMANDS, PLACES))
    weight = random.integers(1, 200, DEMANDS)
    share = random.integers(1, 100, PLACES)
    capacity = (share * (weight.sum() * ROOM) / share.sum()).astype(np.int64)
    arcs = straight_arcs(places, homes, CIRCLE_M * 10)
    given = Transport(
        arcs.facility, arcs.demand, arcs.distance_dm.astype(np.int64), capacity, weight
    )
    contestants: dict[str, Callable[[], object]] = {
        "civgeo: most served": partial(most_served, given, Deadline(Effort())),
        "civgeo: most served, then shortest": partial(shortest_assignment, given),
        "greedy, nearest first": partial(_greedy, given),
    }
    seconds, answers = in_turns(contestants, runs=RUNS)
    most, people, greedy = answers.values()
    served = int(np.asarray(people).sum())
    if served != most:
        raise AssertionError(f"{served} served, but {most} can be")
    short = 1 - float(str(greedy)) / served
    checks = (
        f"{served:,} people served: the greatest flow",
        f"the same people, {int(np.asarray(people) @ given.distance) // 10:,} metres in all",
        f"{short:.2%} fewer people served",
    )
    first = seconds["civgeo: most served, then shortest"]
    task = f"assignment of {DEMANDS:,} to {PLACES}, {len(arcs):,} arcs"
    return [
        Measured(task, name, taken, taken / first, check)
        for (name, taken), check in zip(seconds.items(), checks, strict=True)
    ]


def _greedy(given: Transport) -> int:
    room, left = given.capacity.copy(), given.weight.copy()
    for arc in np.argsort(given.distance, kind="stable").tolist():
        place, demand = given.place[arc], given.demand[arc]
        moved = min(room[place], left[demand])
        room[place] -= moved
        left[demand] -= moved
    return int(given.weight.sum() - left.sum())
