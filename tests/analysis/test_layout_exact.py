"""Search, bound and assignment against HiGHS on the whole model."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from layout_problems import plane
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, vstack

from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_flow import Transport, most_served, shortest_assignment
from civgeo.analysis.layout_problem import Effort, LayoutModel, LayoutStatus, Quota
from civgeo.analysis.layout_solver import Deadline


def arcs_matrix(problem):
    """Rows: demand and arcs; columns: candidates and arcs."""
    arcs, sites = len(problem.arc_demand), problem.candidates
    each = np.arange(arcs)
    ones = np.ones(arcs)
    served = coo_array((ones, (problem.arc_demand, sites + each)))
    at_open = coo_array(
        (np.r_[ones, -ones], (np.r_[each, each], np.r_[sites + each, problem.arc_candidate]))
    )
    return served, at_open


def whole_model(problem, cost, *, everybody):
    """HiGHS through scipy on the textbook model."""
    served, at_open = arcs_matrix(problem)
    sites, arcs = problem.candidates, len(cost)
    number = coo_array(
        (np.ones(sites), (np.zeros(sites, int), np.arange(sites))), (1, sites + arcs)
    )
    found = milp(
        np.r_[np.zeros(sites), cost],
        integrality=np.r_[np.ones(sites), np.zeros(arcs)],
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(served, 1 if everybody else 0, 1),
            LinearConstraint(at_open, -np.inf, 0),
            LinearConstraint(number, 0, problem.new_sites),
        ],
        options={"mip_rel_gap": 0},
    )
    assert found.status == 0
    return found.fun


@pytest.mark.parametrize("seed", range(4))
def test_the_median_equals_the_textbook_model(seed):
    problem = plane(LayoutModel.PMEDIAN, 60, 25, 5, seed=seed)
    answer = solve_layout(problem)
    cost = problem.weights[problem.arc_demand] * problem.distance_dm / 10
    assert answer.status is LayoutStatus.OPTIMAL
    assert float(answer.objective) == pytest.approx(whole_model(problem, cost, everybody=True))


@pytest.mark.parametrize("seed", range(4))
def test_covering_equals_the_textbook_model(seed):
    problem = plane(LayoutModel.MCLP, 300, 60, 8, 2500, seed=seed)
    answer = solve_layout(problem)
    cost = -problem.weights[problem.arc_demand].astype(float)
    assert answer.status is LayoutStatus.OPTIMAL
    assert answer.objective == round(-whole_model(problem, cost, everybody=False))


def test_a_large_median_is_proven_to_a_thousandth():
    answer = solve_layout(plane(LayoutModel.PMEDIAN, 2000, 200, 20), Effort(gap=0.001))
    assert answer.gap <= Fraction(1, 1000)
    assert answer.bound <= answer.objective


def test_a_rough_cover_does_not_claim_to_be_the_fewest():
    problem = plane(LayoutModel.LSCP, 400, 150, None, 2500)
    exact, rough = solve_layout(problem), solve_layout(problem, Effort(gap=0.9))
    assert exact.objective == exact.bound
    assert rough.bound <= exact.objective <= rough.objective
    assert (rough.status is LayoutStatus.OPTIMAL) == (rough.bound == rough.objective)


def test_quotas_hold_in_a_large_covering_and_the_bound_knows_them():
    group = tuple("甲乙丙丁"[site % 4] for site in range(120))
    free = plane(LayoutModel.MCLP, 800, 120, 12, 2000)
    bound_by = replace(free, group=group, quotas={"甲": Quota(4), "乙": Quota(0, 1)})
    answer, without = solve_layout(bound_by), solve_layout(free)
    held = [group[site] for site in answer.chosen]
    assert (held.count("甲") >= 4, held.count("乙") <= 1, len(held) <= 12) == (True,) * 3
    assert answer.status is LayoutStatus.OPTIMAL
    assert answer.objective <= without.objective


def transport(seed, demands=120, places=9, share=0.8):
    random = np.random.default_rng(seed)
    cells = random.random((places, demands)) < 0.4
    place, demand = np.nonzero(cells)
    weight = random.integers(0, 30, demands)
    capacity = random.integers(0, int(2 * share * weight.sum() / places), places)
    distance = random.integers(0, 900, len(place))
    whole = (place.astype(np.int32), demand.astype(np.int32), distance.astype(np.int64))
    return Transport(*whole, capacity.astype(np.int64), weight.astype(np.int64))


@pytest.mark.parametrize("seed", range(12))
def test_the_assignment_serves_most_and_then_walks_least_by_duality(seed):
    given = transport(seed, share=0.3 + seed / 10)
    people = shortest_assignment(given)
    arcs = len(people)
    each, ones = np.arange(arcs), np.ones(arcs)
    at = coo_array((ones, (given.place, each)), (len(given.capacity), arcs))
    of = coo_array((ones, (given.demand, each)), (len(given.weight), arcs))
    rows, room = vstack([at, of]).tocsr(), np.r_[given.capacity, given.weight]
    assert (rows @ people <= room).all()
    most = linprog(-ones, A_ub=rows, b_ub=room)
    assert round(-most.fun) == people.sum() == most_served(given, Deadline(Effort()))
    least = linprog(given.distance, A_ub=rows, b_ub=room, A_eq=ones[None, :], b_eq=[people.sum()])
    prices = room @ least.ineqlin.marginals + people.sum() * least.eqlin.marginals[0]
    assert int(people @ given.distance) == round(least.fun) == round(prices)


def test_capacity_and_place_are_chosen_together():
    random = np.random.default_rng(5)
    capacity = random.integers(200, 4000, 40).astype(float)
    problem = plane(LayoutModel.CAPACITATED, 250, 40, 6, 4000, capacity=capacity)
    answer = solve_layout(problem)
    assert answer.status is LayoutStatus.OPTIMAL
    roomy = solve_layout(replace(problem, capacity=np.full(40, np.inf)))
    covered = solve_layout(replace(problem, model=LayoutModel.MCLP))
    assert roomy.objective == covered.objective >= answer.objective
    assert all(share.assigned <= share.capacity for share in answer.sites)


def test_out_of_time_the_bound_is_said():
    answer = solve_layout(plane(LayoutModel.MCLP, 3000, 300, 25, 3000), Effort(seconds=0.05))
    assert answer.status in (LayoutStatus.FEASIBLE, LayoutStatus.OPTIMAL)
    assert answer.bound >= answer.objective
    assert answer.gap < Fraction(1, 10)
