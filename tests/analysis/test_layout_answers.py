"""What a layout answer says: shares, bindings, findings, contradictions, bounds."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from layout_problems import plane, small

from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_problem import (
    BindingKind,
    Effort,
    LayoutModel,
    LayoutStatus,
    Quota,
    SiteRole,
)
from civgeo.errors import InvalidInput


def codes(answer):
    return {finding.code: finding.rows for finding in answer.findings}


def kinds(answer):
    return [each.kind for each in answer.binding]


def test_what_each_site_gains_alone_and_what_one_more_would_bring():
    answer = solve_layout(small())
    assert (answer.chosen, answer.objective, answer.sense) == ((0, 1), 12, "max")
    assert [(s.candidate, s.assigned, s.gained) for s in answer.sites] == [(0, 5, 5), (1, 7, 3)]
    assert kinds(answer) == [BindingKind.NUMBER]
    assert answer.binding[0].gain == 1


def test_an_existing_site_is_kept_and_does_not_count_among_the_new():
    answer = solve_layout(small(existing=np.array([True, False, False])))
    assert (answer.chosen, answer.objective) == ((1, 2), 13)
    assert [site.role for site in answer.sites] == [
        SiteRole.EXISTING,
        SiteRole.CHOSEN,
        SiteRole.CHOSEN,
    ]
    assert answer.binding == ()


def test_a_site_that_adds_nobody_is_not_opened():
    answer = solve_layout(small(arc_demand=np.array([0, 1, 0, 1, 0], dtype=np.int32)))
    assert (answer.chosen, answer.objective) == ((0,), 9)


def test_a_quota_that_is_full_is_named_with_what_it_costs():
    quotas = {"甲": Quota(0, 1)}
    answer = solve_layout(small(group=("甲", "甲", "乙"), quotas=quotas))
    assert (answer.chosen, answer.objective) == ((0, 2), 10)
    full = next(each for each in answer.binding if each.kind is BindingKind.QUOTA_MAX)
    assert (full.subject, full.gain) == ("甲", 3)


def test_the_least_of_a_quota_is_met_even_where_it_costs():
    answer = solve_layout(small(new_sites=1, group=("甲", "甲", "乙"), quotas={"乙": Quota(1)}))
    assert (answer.chosen, answer.objective) == ((2,), 1)
    assert BindingKind.QUOTA_MIN in kinds(answer)


def test_full_sites_bind_and_a_demand_is_split_into_whole_people():
    answer = solve_layout(small(LayoutModel.CAPACITATED, capacity=np.array([7, 2, 1.0])))
    assert (answer.objective, answer.status) == (9, LayoutStatus.OPTIMAL)
    assert {each.subject for each in answer.binding if each.kind is BindingKind.CAPACITY} == {0, 1}
    assert answer.assignment.people.sum() == 9
    assert (answer.assignment.people % 1 == 0).all()


def test_without_a_number_the_capacity_model_shares_out_what_is_there():
    given = {"existing": np.array([True, True, False]), "capacity": np.array([3, np.inf, 9])}
    answer = solve_layout(small(LayoutModel.CAPACITATED, new_sites=None, **given))
    assert (answer.chosen, answer.objective) == ((), 10)
    assert {share.candidate: share.gained for share in answer.sites} == {0: 3, 1: 7}


def test_beds_without_a_figure_are_named_and_the_rest_is_computed():
    answer = solve_layout(small(LayoutModel.CAPACITATED, capacity=np.array([np.nan, 8, 0])))
    assert (codes(answer)["no_capacity"], codes(answer)["zero_capacity"]) == ((0,), (2,))
    assert answer.objective == 7
    assert answer.unreached == (0,)


def test_bad_weights_are_named_and_left_out():
    answer = solve_layout(small(weights=np.array([5, -1, np.nan, 1.0])))
    assert codes(answer)["bad_weight"] == (1, 2)
    assert (answer.people, answer.objective) == (6, 6)


def test_weights_with_decimals_are_exact_to_the_thousandth():
    answer = solve_layout(small(weights=np.array([0.1, 0.2, 0.0004, 0.3])))
    assert answer.people == Fraction(3, 5)
    assert codes(answer)["weight_rounded"] == (2,)


@pytest.mark.parametrize("model", LayoutModel)
def test_empty_and_senseless_input_is_answered_with_findings(model):
    none = np.zeros(0, dtype=np.int32)
    empty = {"arc_candidate": none, "arc_demand": none, "distance_dm": none}
    capacity = np.ones(3)
    answer = solve_layout(small(model, weights=np.zeros(0), capacity=capacity, **empty))
    assert "no_demand" in codes(answer)
    answer = solve_layout(small(model, candidates=0, capacity=np.zeros(0), **empty))
    assert "no_candidates" in codes(answer)
    assert codes(answer)["unreached"] == (0, 1, 2, 3)
    answer = solve_layout(small(model, weights=np.zeros(4), capacity=capacity))
    assert "no_people" in codes(answer)
    assert answer.objective == 0


def test_ten_candidates_at_one_place_are_one():
    one = small(new_sites=3)
    many = replace(
        one,
        arc_candidate=np.concatenate([one.arc_candidate, *([c, c] for c in range(3, 12))]),
        arc_demand=np.concatenate([one.arc_demand, *([0, 1] for _ in range(9))]),
        distance_dm=np.concatenate([one.distance_dm, *([10, 20] for _ in range(9))]),
        candidates=12,
    )
    answer = solve_layout(many)
    assert codes(answer)["coincident"] == tuple(range(3, 12))
    assert (answer.chosen, answer.objective) == ((0, 1, 2), 13)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"new_sites": 1, "required": np.array([True, True, False])}, "须开设 2 处"),
        ({"required": np.array([True, False, False]), "forbidden": np.array([True] * 3)}, "既须"),
        ({"group": ("甲", "乙", "乙"), "quotas": {"甲": Quota(2)}}, "只有 1 个"),
        ({"group": ("甲", "乙", "乙"), "quotas": {"甲": Quota(2, 1)}}, "下限 2 大于上限 1"),
        (
            {
                "new_sites": 1,
                "group": ("甲", "乙", "乙"),
                "quotas": {"甲": Quota(1), "乙": Quota(1)},
            },
            "合计 2 处",
        ),
        (
            {
                "group": ("甲", "甲", "乙"),
                "quotas": {"甲": Quota(0, 1)},
                "required": np.array([True, True, False]),
            },
            "其中须开设 2 处",
        ),
    ],
)
def test_a_contradiction_is_told_in_words(changes, words):
    answer = solve_layout(small(**changes))
    assert answer.status is LayoutStatus.INFEASIBLE
    assert words in answer.reasons[0]
    assert (answer.objective, answer.gap, answer.sites) == (None, None, ())


def test_quotas_that_forbid_full_coverage_are_named_with_what_is_missing():
    quotas = {"甲": Quota(0, 1)}
    answer = solve_layout(small(LayoutModel.LSCP, group=("甲", "甲", "乙"), quotas=quotas))
    assert answer.status is LayoutStatus.INFEASIBLE
    assert "甲 至多 1 处，全覆盖还差 1 处" in answer.reasons[0]


def test_a_median_that_leaves_somebody_without_a_site_says_how_many_it_takes():
    answer = solve_layout(small(LayoutModel.PMEDIAN))
    assert answer.status is LayoutStatus.INFEASIBLE
    assert "至少需要 3 处" in answer.reasons[0]


def test_more_sites_than_candidates_is_a_finding():
    answer = solve_layout(small(new_sites=9))
    assert "p_larger" in codes(answer)
    assert answer.objective == 13


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"new_sites": None}, "no_p"),
        ({"new_sites": -1}, "negative"),
        ({"model": LayoutModel.CAPACITATED}, "no_capacity"),
        ({"quotas": {"甲": Quota(1)}}, "no_group"),
        ({"arc_demand": np.array([0, 1, 1, 2, 9], dtype=np.int32)}, "bad_arc"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes, code):
    with pytest.raises(InvalidInput) as error:
        solve_layout(small(**changes))
    assert error.value.code == code


@pytest.mark.parametrize(
    ("model", "limit"), [(LayoutModel.MCLP, 2500), (LayoutModel.PMEDIAN, None)]
)
def test_one_site_more_is_never_worse_and_answers_repeat(model, limit):
    values = []
    for number in range(1, 8):
        problem = plane(model, 150, 25, number, limit)
        answer, again = solve_layout(problem), solve_layout(problem)
        assert (answer.status, answer.gap) == (LayoutStatus.OPTIMAL, 0)
        assert (answer.chosen, answer.objective) == (again.chosen, again.objective)
        values.append(answer.objective)
    assert values == sorted(values, reverse=answer.sense == "min")


@pytest.mark.parametrize("model", LayoutModel)
def test_cancelling_gives_an_honest_answer(model):
    problem = plane(model, 600, 120, 15, 3000, capacity=np.full(120, 3000))
    problem = replace(problem, new_sites=None) if model is LayoutModel.LSCP else problem
    told = []
    effort = Effort(cancelled=lambda: True, progress=lambda *step: told.append(step))
    answer = solve_layout(problem, effort)
    if answer.objective is not None and answer.bound is not None:
        apart = answer.bound - answer.objective
        assert apart >= 0 if answer.sense == "max" else apart <= 0
        assert (answer.status is LayoutStatus.OPTIMAL) == (apart == 0)
    assert told


def test_sums_beyond_whole_numbers_are_refused_not_wrapped_round():
    far = (small(LayoutModel.PMEDIAN).distance_dm.astype(np.int64) * 10**6).astype(np.int32)
    problem = small(
        LayoutModel.PMEDIAN,
        distance_dm=far,
        weights=np.array([1e9 + 0.5, 1, 1, 1]),
        existing=np.array([False, True, True]),
    )
    with pytest.raises(InvalidInput, match="过大"):
        solve_layout(problem)


def test_a_quota_of_any_size_is_a_quota():
    wide = small(group=("甲", "甲", "乙"), quotas={"甲": Quota(0, 10**30)})
    assert solve_layout(wide).objective == solve_layout(small()).objective
    deep = small(group=("甲", "甲", "乙"), quotas={"甲": Quota(10**30)})
    assert solve_layout(deep).status is LayoutStatus.INFEASIBLE
