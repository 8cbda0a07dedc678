"""Fewest sites for all (LSCP), most people by p sites (MCLP), shortest walks (p-median)."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_benefit import Benefit, benefit_of
from civgeo.analysis.layout_input import Instance
from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.layout_radius import site_rows
from civgeo.analysis.layout_search import best_sites
from civgeo.analysis.layout_solver import Deadline, LinearModel, Outcome, solve, solver_version
from civgeo.errors import InvalidInput

__all__ = ["Choice", "fewest_sites", "most_covered", "shortest_walks"]

Ints = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LARGEST_SUM = 2.0**62
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Candidates opened new, what that is worth in whole parts, the bound, and how it was found."""

    chosen: Ints
    status: LayoutStatus
    objective: int | None
    bound: int | None
    reasons: tuple[str, ...]
    method: str


def _no_choice(status: LayoutStatus, reasons: tuple[str, ...], bound: int | None = None) -> Choice:
    return Choice(np.zeros(0, np.int32), status, None, bound, reasons, solver_version())


def _covering(instance: Instance) -> Benefit:
    demands = len(instance.weight)
    return benefit_of(
        instance,
        np.zeros(len(instance.demand), dtype=np.int64),
        np.ones(demands, dtype=np.int64),
        np.zeros(demands, dtype=np.bool_),
    )


def most_covered(instance: Instance, deadline: Deadline) -> Choice:
    """Most people within reach of an open site; counts those whom existing facilities reach."""
    benefit = _covering(instance)
    there = instance.existing[instance.candidate]
    served = int(instance.weight[np.unique(instance.demand[there])].sum())
    found = best_sites(benefit, deadline, worst=-served)
    objective, bound = served + found.value, served + found.bound
    return Choice(
        benefit.sites[found.is_open],
        LayoutStatus.OPTIMAL if objective == bound else LayoutStatus.FEASIBLE,
        *(objective, bound, (), _method(found.steps)),
    )


def _method(steps: tuple[str, ...]) -> str:
    named = [solver_version() + step.removeprefix("HiGHS") for step in steps if "HiGHS" in step]
    return "、".join([*(step for step in steps if "HiGHS" not in step), *named])


def shortest_walks(instance: Instance, deadline: Deadline) -> Choice:
    """Least total distance, in decimetres times people; everybody who can be reached has to be."""
    reached = np.zeros(len(instance.weight), dtype=np.bool_)
    reached[instance.demand] = True
    if reached.any() and not (instance.existing.any() or instance.new_sites):
        return _no_choice(LayoutStatus.INFEASIBLE, ("没有现有设施，p 又为 0，没有可去之处",))
    ceiling = np.zeros(len(instance.weight), dtype=np.int64)
    np.maximum.at(ceiling, instance.demand, instance.distance)
    arcs = np.bincount(instance.demand, minlength=len(reached))
    must = reached & (arcs < int((instance.existing | instance.eligible).sum()))
    _require_countable(instance, ceiling, int(must.sum()))
    benefit = benefit_of(instance, instance.distance, ceiling, must)
    there = instance.existing[instance.candidate]
    cost = ceiling.copy()
    np.minimum.at(cost, instance.demand[there], instance.distance[there])
    worst = int((cost * instance.weight).sum()) + benefit.bonus * int(benefit.must.sum())
    found = best_sites(benefit, deadline, worst=worst)
    if benefit.bonus and worst - found.value >= benefit.bonus:
        return _somebody_left(instance, deadline, found.bound == found.value)
    objective, bound = worst - found.value, max(0, worst - found.bound)
    chosen = benefit.sites[found.is_open]
    if reached.any() and not len(chosen) and not instance.existing.any():
        # every site is as far from everybody, so none brings a benefit; one there has to be
        allowed = instance.eligible & (instance.most[instance.group] > 0)
        chosen = np.flatnonzero(allowed)[:1].astype(np.int32)
        if not len(chosen):
            return _no_choice(LayoutStatus.INFEASIBLE, ("各县区配额不许新开任何点位",))
    return Choice(
        chosen.astype(np.int32),
        LayoutStatus.OPTIMAL if objective == bound else LayoutStatus.FEASIBLE,
        *(objective, bound, (), _method(found.steps)),
    )


def _require_countable(instance: Instance, ceiling: Whole, musts: int) -> None:
    """Refuse sums of people times distance that whole numbers of 64 bits cannot hold."""
    total = float((instance.weight.astype(np.float64) * ceiling).sum())
    if total * (musts + 1) >= LARGEST_SUM:
        text = "人数与距离的乘积过大，不能精确计算：请给出距离上限，或核对权重列"
        raise InvalidInput(text, code="too_large")


def _somebody_left(instance: Instance, deadline: Deadline, proven: bool) -> Choice:
    """No choice of p sites found that reaches everybody: say how many sites it takes."""
    boundless = replace(instance, new_sites=int(instance.eligible.sum()))
    fewest = fewest_sites(boundless, deadline)
    if fewest.objective is None:
        return _no_choice(LayoutStatus.INFEASIBLE, fewest.reasons)
    needed = fewest.bound if fewest.bound is not None else fewest.objective
    if needed > instance.new_sites or proven:
        told = f"p={instance.new_sites} 不能使可达的需求点全部有去处，至少需要 {needed} 处；"
        told += "请增大 p 或放宽距离上限"
        return _no_choice(LayoutStatus.INFEASIBLE, (told,))
    return _no_choice(LayoutStatus.UNKNOWN, ("限时内没有找到使全部需求点有去处的方案",))


def fewest_sites(instance: Instance, deadline: Deadline) -> Choice:
    """Fewest new sites that reach everybody whom any candidate reaches."""
    benefit = _covering(instance)
    sites = len(benefit.sites)
    if not sites:
        return Choice(np.zeros(0, np.int32), LayoutStatus.OPTIMAL, 0, 0, (), solver_version())
    outcome = solve(_cover_model(benefit, elastic=False), deadline, label="最少点位")
    if outcome.status is LayoutStatus.INFEASIBLE:
        return _no_choice(LayoutStatus.INFEASIBLE, _why_uncovered(instance, benefit, deadline))
    if not len(outcome.values):
        return _no_choice(LayoutStatus.UNKNOWN, ("限时内没有找到全覆盖的方案",))
    is_open = outcome.values[:sites] > 0.5
    return Choice(benefit.sites[is_open], *_counted(outcome, int(is_open.sum()), deadline))


def _counted(
    outcome: Outcome, opened: int, deadline: Deadline
) -> tuple[LayoutStatus, int, int, tuple[str, ...], str]:
    bound = max(0, math.ceil(outcome.bound - _WHOLE)) if math.isfinite(outcome.bound) else 0
    # with a gap allowed, the solver calls an answer optimal that is only near enough
    proven = outcome.status is LayoutStatus.OPTIMAL and not deadline.effort.gap
    bound = opened if proven else min(bound, opened)
    status = LayoutStatus.OPTIMAL if bound == opened else LayoutStatus.FEASIBLE
    return status, opened, bound, (), solver_version()


def _cover_model(benefit: Benefit, *, elastic: bool) -> LinearModel:
    """Columns: sites, and where `elastic` how far each quota's most is passed, which costs most."""
    sites, demands = len(benefit.sites), len(benefit.must)
    lower, upper, width, column = site_rows(
        benefit.group, benefit.least, benefit.most, benefit.limit
    )
    groups = len(benefit.least) - 1 if elastic else 0
    value = np.ones(len(column))
    if elastic:
        ends = np.cumsum(width)[1:]
        column = np.insert(column, ends, sites + np.arange(groups))
        value = np.insert(value, ends, -1.0)
        width[1:] += 1
        lower[1:] = -np.inf
    rows = np.concatenate([np.diff(benefit.demand_start), width])
    return LinearModel(
        maximise=False,
        cost=np.concatenate([np.full(sites, 0.0 if elastic else 1.0), np.ones(groups)]),
        lower=np.concatenate([benefit.fixed.astype(np.float64), np.zeros(groups)]),
        upper=np.concatenate([np.ones(sites), np.full(groups, np.inf)]),
        integer=np.ones(sites + groups, dtype=np.bool_),
        row_lower=np.concatenate([np.ones(demands), lower]),
        row_upper=np.concatenate([np.full(demands, np.inf), upper]),
        row_start=np.concatenate([[0], np.cumsum(rows)]).astype(np.int64),
        column=np.concatenate([benefit.demand_site, column]),
        value=np.concatenate([np.ones(len(benefit.demand_site)), value]),
    )


def _why_uncovered(instance: Instance, benefit: Benefit, deadline: Deadline) -> tuple[str, ...]:
    """Quotas that have to give, and by how much at least."""
    outcome = solve(_cover_model(benefit, elastic=True), deadline, label="查找原因")
    if not len(outcome.values):
        return ("各县区配额使全覆盖无法做到",)
    passed = np.rint(outcome.values[len(benefit.sites) :]).astype(int)
    told = [
        f"{name} 至多 {instance.most[place]} 处，全覆盖还差 {passed[place]} 处"
        for place, name in enumerate(instance.groups)
        if passed[place] > 0
    ]
    return ("各县区配额使全覆盖无法做到：" + "；".join(told),)
