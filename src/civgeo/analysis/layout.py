"""Where the next sites should be: the best choice, how good it is, and what each site does."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_binding import bindings
from civgeo.analysis.layout_capacity import most_within_capacity, transport_of
from civgeo.analysis.layout_covering import Choice, fewest_sites, most_covered, shortest_walks
from civgeo.analysis.layout_flow import most_served, shortest_assignment
from civgeo.analysis.layout_input import Instance, settled
from civgeo.analysis.layout_problem import (
    Assignment,
    Effort,
    LayoutAnswer,
    LayoutModel,
    LayoutProblem,
    LayoutStatus,
    SiteRole,
    SiteShare,
)
from civgeo.analysis.layout_solver import Deadline, solver_version

__all__ = ["solve_layout"]

Ints = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DM_A_METRE = 10
MOST_REPEATS = 20_000_000
"""Sites times arcs, above which a capacity model does not say what each site alone gains."""

_SENSES = {
    LayoutModel.LSCP: ("min", "处"),
    LayoutModel.MCLP: ("max", "人"),
    LayoutModel.PMEDIAN: ("min", "人·米"),
    LayoutModel.CAPACITATED: ("max", "人"),
}
_SOLVERS = {
    LayoutModel.LSCP: fewest_sites,
    LayoutModel.MCLP: most_covered,
    LayoutModel.PMEDIAN: shortest_walks,
    LayoutModel.CAPACITATED: most_within_capacity,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """Who goes where, and what closing each candidate would lose in people and distance."""

    demand: Ints
    candidate: Ints
    people: Whole
    distance: Whole
    gained: Whole
    saved: Whole


def solve_layout(problem: LayoutProblem, effort: Effort | None = None) -> LayoutAnswer:
    """Best sites for `problem`, exact where the effort allows and with a bound where it does not.

    LSCP opens the fewest new sites that reach everybody whom a candidate reaches; MCLP opens at
    most p for most people within reach; the p-median opens at most p for the least total
    distance; CAPACITATED opens at most p so that most people are served, each site no more than
    its capacity, and sends them over the shortest ways. Fewer than p are opened where more would
    add nothing. Ties go to the candidate of the smallest position wherever the choice is ours.

    Raises
    ------
    InvalidInput
        As `civgeo.analysis.layout_input.settled`.
    """
    instance = settled(problem)
    deadline = Deadline(effort or Effort())
    if instance.contradictions:
        none = np.zeros(0, dtype=np.int32)
        choice = Choice(none, LayoutStatus.INFEASIBLE, None, None, instance.contradictions, "")
    else:
        choice = _SOLVERS[problem.model](instance, deadline)
    is_open = instance.existing.copy()
    is_open[choice.chosen] = True
    if choice.objective is None:
        is_open[:] = False
    placed = _placed(instance, is_open, deadline)
    return _answer(instance, choice, is_open, placed)


def _placed(instance: Instance, is_open: Flags, deadline: Deadline) -> _Placed:
    if instance.capacity is None:
        return _nearest(instance, is_open)
    return _shared_out(instance, is_open, deadline)


def _nearest(instance: Instance, is_open: Flags) -> _Placed:
    """Everybody at the nearest open site; at equal distance at the one of the smallest position."""
    count = instance.problem.candidates
    arc = is_open[instance.candidate]
    candidate, demand = instance.candidate[arc], instance.demand[arc]
    distance = instance.distance[arc]
    order = np.lexsort((candidate, distance, demand))
    candidate, demand, distance = candidate[order], demand[order], distance[order]
    first = np.ones(len(demand), dtype=np.bool_)
    first[1:] = np.diff(demand) != 0
    at = np.flatnonzero(first)
    follows = at + 1
    another = np.append(~first, False)[follows]
    further = distance[np.minimum(follows, len(distance) - 1)] - distance[at]
    people = instance.weight[demand[at]]
    gained, saved = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(gained, candidate[at], np.where(another, 0, people))
    np.add.at(saved, candidate[at], np.where(another, people * further, 0))
    return _Placed(demand[at], candidate[at], people, distance[at], gained, saved)


def _shared_out(instance: Instance, is_open: Flags, deadline: Deadline) -> _Placed:
    transport = transport_of(instance, is_open, alike=False)
    people = shortest_assignment(transport)
    used = people > 0
    alike = transport_of(instance, is_open, alike=True)
    gained = np.full(instance.problem.candidates, -1, dtype=np.int64)
    places = np.flatnonzero(is_open)
    if len(places) * len(alike.place) <= MOST_REPEATS:
        for place in places.tolist():
            rest = most_served(alike.without(place), deadline)
            gained[place] = -1 if rest is None else int(people.sum()) - rest
    return _Placed(
        *(transport.demand[used], transport.place[used], people[used], transport.distance[used]),
        *(gained, np.zeros(len(gained), dtype=np.int64)),
    )


def _answer(instance: Instance, choice: Choice, is_open: Flags, placed: _Placed) -> LayoutAnswer:
    model, scale = instance.problem.model, instance.scale
    sense, unit = _SENSES[model]
    parts = {LayoutModel.LSCP: 1, LayoutModel.PMEDIAN: scale * DM_A_METRE}.get(model, scale)
    shares = _shares(instance, choice, is_open, placed)
    walked = int((placed.people * placed.distance).sum())
    return LayoutAnswer(
        model=model,
        status=choice.status,
        reasons=choice.reasons,
        objective=None if choice.objective is None else Fraction(choice.objective, parts),
        bound=None if choice.bound is None else Fraction(choice.bound, parts),
        sense=sense,
        unit=unit.replace("人", instance.problem.counted),
        chosen=tuple(choice.chosen.tolist()),
        sites=shares,
        assignment=Assignment(
            *(placed.demand, placed.candidate, placed.people / scale),
            placed.distance.astype(np.int32),
        ),
        binding=bindings(instance, is_open, shares) if choice.objective is not None else (),
        findings=instance.findings,
        unreached=tuple(instance.unreached.tolist()),
        people=Fraction(int(instance.weight.sum()), scale),
        served=Fraction(int(placed.people.sum()), scale),
        distance_m=Fraction(walked, scale * DM_A_METRE),
        method=choice.method or solver_version(),
    )


def _shares(
    instance: Instance, choice: Choice, is_open: Flags, placed: _Placed
) -> tuple[SiteShare, ...]:
    scale, median = instance.scale, instance.problem.model is LayoutModel.PMEDIAN
    assigned = np.zeros(len(is_open), dtype=np.int64)
    np.add.at(assigned, placed.candidate, placed.people)
    chosen = set(choice.chosen.tolist())
    shares = []
    for site in np.flatnonzero(is_open).tolist():
        role = SiteRole.CHOSEN if site in chosen else SiteRole.EXISTING
        if instance.required[site]:
            role = SiteRole.REQUIRED
        gained, saved = int(placed.gained[site]), int(placed.saved[site])
        shares.append(
            SiteShare(
                *(site, role, Fraction(int(assigned[site]), scale)),
                None if gained < 0 else Fraction(gained, scale),
                Fraction(saved, scale * DM_A_METRE) if median else None,
                _capacity(instance, site),
            )
        )
    return tuple(shares)


def _capacity(instance: Instance, site: int) -> Fraction | None:
    given = instance.problem.capacity
    if instance.capacity is None or given is None or np.isinf(np.asarray(given)[site]):
        return None
    known = float(np.asarray(given, dtype=np.float64)[site])
    return None if np.isnan(known) else Fraction(int(known * instance.scale + 1e-6), instance.scale)
