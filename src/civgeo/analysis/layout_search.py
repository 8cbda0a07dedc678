"""Best sites of a benefit form: interchange, Lagrangian bound, then HiGHS on what is undecided."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from civgeo.analysis.kernels import layout as kernels
from civgeo.analysis.layout_benefit import Benefit
from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.layout_radius import radius_model
from civgeo.analysis.layout_solver import Deadline, solve

__all__ = ["Found", "best_sites"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

ROUNDS = 300
PARTS = 6
"""Times that the bound is worked on, while a time takes a tenth off what is open."""

_WORTH_ANOTHER = 0.9
KICKS = 48
IDLE_KICKS = 16
"""Kicks without a better value, after which the search ends."""

KICKED_SHARE = 5
"""One in so many open sites is exchanged by a kick."""

SEED = 411700
MOST_ARCS = 600_000
"""Undecided arcs above which the program would not end in reasonable time and is not begun."""

_LARGEST = 2**60
_FINEST = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Sites to open with their value; no choice has a value above `bound`."""

    is_open: Flags
    value: int
    bound: int
    steps: tuple[str, ...]


def best_sites(benefit: Benefit, deadline: Deadline, *, worst: int) -> Found:
    """Best choice of `benefit`, or a good one with its bound when `deadline` comes first.

    Parameters
    ----------
    benefit
        Form to solve; its quotas can be met.
    deadline
        Ends the search; its effort's gap may end it too.
    worst
        Value from which the objective is counted down, 0 where it is the value itself.
    """
    found = Found(_interchanged(benefit, benefit.fixed.copy()), 0, 0, ("互换",))
    found = replace(found, value=benefit.value(found.is_open), bound=_simple_bound(benefit))
    if found.bound == found.value:
        return found
    prices = _first_prices(benefit, found.is_open)
    for part in range(PARTS):
        before = found.bound - found.value
        deadline.tell("求界与互换", part, PARTS)
        prices, worth, limit, chosen = _bounded(benefit, prices, found.value)
        found = replace(found, bound=min(found.bound, limit), steps=("互换", "拉格朗日界"))
        if part == 0:
            found = _better(benefit, found, _interchanged(benefit, chosen))
            found = _kicked(benefit, found, worth, deadline, worst)
        if _is_enough(found, deadline, worst):
            return found
        if part and (found.bound - found.value) > before * _WORTH_ANOTHER:
            break
    deadline.tell("求界与互换", PARTS, PARTS)
    return _completed(benefit, found, prices, deadline)


def _is_enough(found: Found, deadline: Deadline, worst: int) -> bool:
    apart = found.bound - found.value
    allowed = deadline.effort.gap * abs(found.value - worst)
    return apart <= allowed or deadline.is_over


def _simple_bound(benefit: Benefit) -> int:
    """Every demand served by its best site."""
    best = np.zeros(len(benefit.must), dtype=np.int64)
    np.maximum.at(best, benefit.site_demand, benefit.site_benefit)
    return int(best.sum())


def _interchanged(benefit: Benefit, is_open: Flags) -> Flags:
    if len(is_open):
        kernels.interchange(
            *(benefit.site_start, benefit.site_demand, benefit.site_benefit),
            *(benefit.demand_start, benefit.demand_site, benefit.demand_benefit),
            *(is_open, benefit.fixed, benefit.group, benefit.least, benefit.most, benefit.limit),
        )
    return is_open


def _better(benefit: Benefit, found: Found, other: Flags) -> Found:
    value = benefit.value(other)
    return replace(found, is_open=other, value=value) if value > found.value else found


def _first_prices(benefit: Benefit, is_open: Flags) -> Floats:
    """Halfway between the best and the second best benefit that the open sites give."""
    best = np.zeros((2, len(benefit.must)), dtype=np.int64)
    for site in np.flatnonzero(is_open):
        arcs = slice(benefit.site_start[site], benefit.site_start[site + 1])
        to, given = benefit.site_demand[arcs], benefit.site_benefit[arcs]
        best[1, to] = np.maximum(best[1, to], np.minimum(best[0, to], given))
        best[0, to] = np.maximum(best[0, to], given)
    halfway: npt.NDArray[np.float64] = best.sum(axis=0) / 2
    return halfway


def _bounded(benefit: Benefit, start: Floats, target: int) -> tuple[Floats, Whole, int, Flags]:
    """Better prices, what sites are worth by them, the exact bound, and the sites it chooses."""
    prices = kernels.multipliers(
        *(benefit.site_start, benefit.site_demand, benefit.site_benefit, start),
        *(benefit.fixed, benefit.group, benefit.least, benefit.most, benefit.limit),
        *(float(target), ROUNDS),
    )
    whole, parts, worth = _worth(benefit, prices)
    held, chosen = np.zeros(len(benefit.least), np.int64), np.zeros(len(worth), np.bool_)
    order = np.argsort(-worth, kind="stable")
    total = int(whole.sum()) + kernels.choose(
        *(worth, order, benefit.fixed, np.zeros(len(worth), np.bool_), benefit.group),
        *(benefit.least, benefit.most, benefit.limit, held, chosen),
    )
    return prices, worth, total // parts, chosen


def _worth(benefit: Benefit, prices: Floats) -> tuple[Whole, int, Whole]:
    """Prices in whole parts of one, how many parts, and what each site is worth in them."""
    parts = _FINEST
    while parts > 1 and _simple_bound(benefit) * parts * (benefit.limit + 2) > _LARGEST:
        parts //= 2
    whole = np.rint(prices * parts).astype(np.int64)
    above = np.maximum(benefit.site_benefit * parts - whole[benefit.site_demand], 0)
    along = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(above)])
    return whole, parts, along[benefit.site_start[1:]] - along[benefit.site_start[:-1]]


def _kicked(benefit: Benefit, found: Found, worth: Whole, deadline: Deadline, worst: int) -> Found:
    """Exchange some open sites for others of their groups by chance, then interchange again."""
    random, idle = np.random.default_rng(SEED), 0
    for _ in range(KICKS):
        if idle == IDLE_KICKS or _is_enough(found, deadline, worst):
            break
        before = found.value
        other = _kick(benefit, found.is_open.copy(), worth, random)
        found = _better(benefit, found, _interchanged(benefit, other))
        idle = 0 if found.value > before else idle + 1
    return found


def _kick(benefit: Benefit, is_open: Flags, worth: Whole, random: np.random.Generator) -> Flags:
    movable = np.flatnonzero(is_open & ~benefit.fixed)
    count = min(len(movable), max(2, int(is_open.sum()) // KICKED_SHARE))
    for closing in random.choice(movable, count, replace=False):
        closed = np.flatnonzero(~is_open & (benefit.group == benefit.group[closing]))
        if len(closed):
            chance = worth[closed] + 1.0 + worth.max(initial=0) * 1e-9
            is_open[random.choice(closed, p=chance / chance.sum())] = True
            is_open[closing] = False
    return is_open


def _completed(benefit: Benefit, found: Found, prices: Floats, deadline: Deadline) -> Found:
    """Fix what the bound decides, and leave the rest to HiGHS."""
    whole, parts, worth = _worth(benefit, prices)
    order = np.argsort(-worth, kind="stable")
    held, chosen = np.zeros(len(benefit.least), np.int64), np.zeros(len(worth), np.bool_)
    quotas = (benefit.group, benefit.least, benefit.most, benefit.limit)
    nothing = np.zeros(len(worth), np.bool_)
    kernels.choose(worth, order, benefit.fixed, nothing, *quotas, held, chosen)
    forced = kernels.forced_values(worth, order, chosen, benefit.fixed, *quotas)
    hopeless = (forced < 0) | ((int(whole.sum()) + forced) // parts <= found.value)
    opened = benefit.fixed | (chosen & hopeless)
    closed = ~chosen & hopeless & ~benefit.fixed
    usable = not ((found.is_open & closed) | (opened & ~found.is_open)).any()
    if (~closed[benefit.demand_site]).sum() > MOST_ARCS:
        return found
    model = radius_model(benefit, opened, closed)
    start = found.is_open.astype(np.float64) if usable else None
    outcome = solve(model.linear, deadline, start, label="整数规划")
    steps = (*found.steps, "HiGHS 求解余下的点位")
    if outcome.status is LayoutStatus.INFEASIBLE:
        return replace(found, bound=found.value, steps=steps)
    if len(outcome.values):
        found = _better(benefit, found, outcome.values[: len(worth)] > 0.5)
    if outcome.status is LayoutStatus.OPTIMAL and not deadline.effort.gap:
        return replace(found, bound=found.value, steps=steps)
    bound = max(found.value, min(found.bound, model.whole_bound(outcome.bound)))
    return replace(found, bound=bound, steps=steps)
