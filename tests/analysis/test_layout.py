"""Layout answers against every subset, on small problems."""

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_problem import (
    LayoutModel,
    LayoutProblem,
    LayoutStatus,
    Quota,
)


@st.composite
def problems(draw, model):
    """Up to 7 candidates and 8 demands, some existing, required, forbidden, with quotas."""
    sites, demands = draw(st.integers(1, 7)), draw(st.integers(1, 8))
    cells = st.lists(st.integers(-25, 60), min_size=sites * demands, max_size=sites * demands)
    matrix = np.array(draw(cells)).reshape(sites, demands)
    candidate, demand = np.nonzero(matrix >= 0)
    flags = st.lists(st.sampled_from([False, False, False, True]), min_size=sites, max_size=sites)
    group = draw(st.lists(st.sampled_from("甲乙"), min_size=sites, max_size=sites))
    quota = st.builds(Quota, st.integers(0, 1), st.none() | st.integers(1, 2))
    return LayoutProblem(
        model,
        candidate.astype(np.int32),
        demand.astype(np.int32),
        matrix[candidate, demand].astype(np.int32),
        np.array(draw(st.lists(st.integers(0, 9), min_size=demands, max_size=demands))),
        sites,
        new_sites=None if model is LayoutModel.LSCP else draw(st.integers(0, 4)),
        existing=np.array(draw(flags)),
        required=np.array(draw(flags)),
        forbidden=np.array(draw(flags)),
        group=tuple(group),
        quotas=draw(st.dictionaries(st.sampled_from(sorted(set(group))), quota, max_size=2)),
        capacity=np.array(draw(st.lists(st.integers(0, 20), min_size=sites, max_size=sites))),
    )


def choices(problem):
    """Every set of new sites that the problem allows."""
    free = [i for i in range(problem.candidates) if not problem.existing[i]]
    needed = {i for i in free if problem.required[i]}
    most = len(free) if problem.new_sites is None else problem.new_sites
    for size in range(min(most, len(free)) + 1):
        for chosen in combinations(free, size):
            count = {g: sum(problem.group[i] == g for i in chosen) for g in problem.quotas}
            if (
                needed <= set(chosen)
                and not any(problem.forbidden[i] for i in chosen)
                and all(q.least <= count[g] for g, q in problem.quotas.items())
                and all(q.most is None or count[g] <= q.most for g, q in problem.quotas.items())
            ):
                yield set(chosen) | {i for i in range(problem.candidates) if problem.existing[i]}


def near(problem, sites):
    """Nearest distance of each demand that counts to one of the sites."""
    least = {}
    for site, demand, away in zip(
        problem.arc_candidate, problem.arc_demand, problem.distance_dm, strict=True
    ):
        if site in sites and problem.weights[demand]:
            least[int(demand)] = min(least.get(int(demand), 10**9), int(away))
    return least


def usable(problem):
    return {i for i in range(problem.candidates) if problem.existing[i] or not problem.forbidden[i]}


def people(problem, demands):
    return int(sum(problem.weights[each] for each in demands))


@settings(max_examples=150, deadline=None)
@given(problems(LayoutModel.MCLP))
def test_most_people_are_covered_as_by_trying_every_choice(problem):
    answer = solve_layout(problem)
    values = [people(problem, near(problem, sites)) for sites in choices(problem)]
    assert (answer.status is LayoutStatus.INFEASIBLE) == (not values)
    if values:
        assert (answer.status, answer.objective) == (LayoutStatus.OPTIMAL, max(values))
        assert answer.gap == 0
        assert set(answer.chosen) | set(np.flatnonzero(problem.existing)) in list(choices(problem))
        assert answer.served == answer.objective
    else:
        assert answer.reasons


@settings(max_examples=150, deadline=None)
@given(problems(LayoutModel.LSCP))
def test_fewest_sites_reach_all_as_by_trying_every_choice(problem):
    answer = solve_layout(problem)
    all_reached = set(near(problem, usable(problem)))
    existing = int(problem.existing.sum())
    sizes = [len(s) - existing for s in choices(problem) if set(near(problem, s)) == all_reached]
    assert (answer.status is LayoutStatus.INFEASIBLE) == (not sizes)
    if sizes:
        assert (answer.status, answer.objective) == (LayoutStatus.OPTIMAL, min(sizes))
        assert len(answer.chosen) == min(sizes)
    assert set(answer.unreached) == {
        j for j, w in enumerate(problem.weights) if w and j not in all_reached
    }


@settings(max_examples=200, deadline=None)
@given(problems(LayoutModel.PMEDIAN))
def test_walks_are_shortest_as_by_trying_every_choice(problem):
    answer = solve_layout(problem)
    all_reached = set(near(problem, usable(problem)))
    values = [
        sum(int(problem.weights[j]) * away for j, away in near(problem, sites).items())
        for sites in choices(problem)
        if set(near(problem, sites)) == all_reached
    ]
    assert (answer.status is LayoutStatus.INFEASIBLE) == (not values)
    if values:
        assert (answer.status, answer.objective) == (
            LayoutStatus.OPTIMAL,
            Fraction(min(values), 10),
        )
        assert answer.distance_m == answer.objective


def flow(problem, sites):
    """Most people served, by the smallest cut between demand and sites."""
    reach = {}
    for site, demand in zip(problem.arc_candidate, problem.arc_demand, strict=True):
        reach.setdefault(int(demand), set()).add(int(site))
    sites, best = sorted(sites), None
    for size in range(len(sites) + 1):
        for cut in combinations(sites, size):
            left = set(sites) - set(cut)
            value = sum(int(problem.capacity[i]) for i in cut)
            value += sum(int(problem.weights[j]) for j, to in reach.items() if to & left)
            best = value if best is None else min(best, value)
    return best


@settings(max_examples=120, deadline=None)
@given(problems(LayoutModel.CAPACITATED))
def test_most_are_served_within_capacity_as_by_trying_every_choice(problem):
    answer = solve_layout(problem)
    values = [flow(problem, sites) for sites in choices(problem)]
    assert (answer.status is LayoutStatus.INFEASIBLE) == (not values)
    if values:
        assert (answer.status, answer.objective) == (LayoutStatus.OPTIMAL, max(values))
        assert answer.served == answer.objective
        for share in answer.sites:
            assert share.assigned <= problem.capacity[share.candidate]
