"""Choice of sites: interchange of sites, and the Lagrangian bound, over arcs with a benefit each.

Arcs come twice: by site (`site_start`, `site_demand`, `site_benefit`) and by demand
(`demand_start`, `demand_site`, `demand_benefit`). A demand counts the greatest benefit that an
open site gives it. At most `limit` sites are open, in each group from `least` to `most`. Benefits
are whole, so that no value depends on the order of sums.
"""

import numpy as np
from numba import njit

__all__ = ["choose", "forced_values", "interchange", "multipliers"]

_SHRINK = 0.98
"""Of the step, from round to round."""


@njit(nogil=True, cache=True)
def _two_best(start, site, benefit, demand, is_open):
    """Site and benefit of the best open arc of a demand, and the benefit of the next."""
    owner, first, second = -1, np.int64(0), np.int64(0)
    for arc in range(start[demand], start[demand + 1]):
        if is_open[site[arc]]:
            value = benefit[arc]
            if value > first:
                owner, first, second = site[arc], value, first
            elif value > second:
                second = value
    return owner, first, second


@njit(nogil=True, cache=True)
def _best_addition(site_start, site_demand, site_benefit, first, is_open, group, held, bar):
    """Closed site of a group with less than `bar` that adds most, and what it adds."""
    found, most_added = -1, np.int64(-1)
    for site in range(len(is_open)):
        if is_open[site] or held[group[site]] >= bar[group[site]]:
            continue
        added = np.int64(0)
        for arc in range(site_start[site], site_start[site + 1]):
            better = site_benefit[arc] - first[site_demand[arc]]
            if better > 0:
                added += better
        if added > most_added:
            found, most_added = site, added
    return found, most_added


@njit(nogil=True, cache=True)
def interchange(
    site_start,
    site_demand,
    site_benefit,
    demand_start,
    demand_site,
    demand_benefit,
    is_open,
    fixed,
    group,
    least,
    most,
    limit,
):
    """Fill up `is_open` by the best addition, then swap one site for another while that helps.

    Teitz and Bart (1968), with the deltas of Whitaker (1983): what opening `site` gains, what
    closing each open one loses, and what of that loss `site` takes over. `is_open` is changed in
    place; sites in `fixed` stay.
    """
    demands, sites = len(demand_start) - 1, len(is_open)
    owner = np.full(demands, -1, dtype=np.int64)
    first, second = np.zeros(demands, dtype=np.int64), np.zeros(demands, dtype=np.int64)
    held, total = np.zeros(len(least), dtype=np.int64), 0
    for site in range(sites):
        if is_open[site]:
            held[group[site]] += 1
            total += 1
    for demand in range(demands):
        owner[demand], first[demand], second[demand] = _two_best(
            demand_start, demand_site, demand_benefit, demand, is_open
        )
    for bar in (least, most):
        while total < limit:
            site, added = _best_addition(
                site_start, site_demand, site_benefit, first, is_open, group, held, bar
            )
            if site < 0 or (added == 0 and bar is most):
                break
            is_open[site] = True
            held[group[site]] += 1
            total += 1
            for arc in range(site_start[site], site_start[site + 1]):
                demand = site_demand[arc]
                if site_benefit[arc] > second[demand]:
                    owner[demand], first[demand], second[demand] = _two_best(
                        demand_start, demand_site, demand_benefit, demand, is_open
                    )
    loss = np.zeros(sites, dtype=np.int64)
    for demand in range(demands):
        if owner[demand] >= 0:
            loss[owner[demand]] += first[demand] - second[demand]
    kept = np.zeros(sites, dtype=np.int64)
    site, unchanged = -1, 0
    while unchanged < sites:
        site = (site + 1) % sites
        unchanged += 1
        if is_open[site]:
            continue
        gain = np.int64(0)
        for arc in range(site_start[site], site_start[site + 1]):
            demand, value = site_demand[arc], site_benefit[arc]
            if value > first[demand]:
                gain += value - first[demand]
                if owner[demand] >= 0:
                    kept[owner[demand]] += first[demand] - second[demand]
            elif value > second[demand]:
                kept[owner[demand]] += value - second[demand]
        closing, best = -1, np.int64(0)
        into = group[site]
        for other in range(sites):
            if is_open[other] and not fixed[other]:
                out = group[other]
                profit = gain - loss[other] + kept[other]
                allowed = out == into or (held[into] < most[into] and held[out] > least[out])
                if profit > best and allowed:
                    closing, best = other, profit
            kept[other] = 0
        if closing < 0:
            continue
        unchanged = 0
        is_open[site], is_open[closing] = True, False
        held[into] += 1
        held[group[closing]] -= 1
        for changed in (site, closing):
            for arc in range(site_start[changed], site_start[changed + 1]):
                demand = site_demand[arc]
                if site_benefit[arc] < second[demand]:
                    continue
                if owner[demand] >= 0:
                    loss[owner[demand]] -= first[demand] - second[demand]
                owner[demand], first[demand], second[demand] = _two_best(
                    demand_start, demand_site, demand_benefit, demand, is_open
                )
                if owner[demand] >= 0:
                    loss[owner[demand]] += first[demand] - second[demand]


@njit(nogil=True, cache=True)
def choose(worth, order, fixed, barred, group, least, most, limit, held, chosen):
    """Sites of the greatest worth together: the fixed, then each group's least, then the rest.

    `order` lists the sites by falling worth; `held` and `chosen` are overwritten. Gives the worth,
    or -1 where a group cannot have its least.
    """
    held[:] = 0
    total, worth_of_all = 0, worth[0] * 0
    for site in range(len(worth)):
        chosen[site] = fixed[site]
        if fixed[site]:
            held[group[site]] += 1
            total += 1
            worth_of_all += worth[site]
    for bar in (least, most):
        for site in order:
            if chosen[site] or barred[site] or held[group[site]] >= bar[group[site]]:
                continue
            if total >= limit or (bar is most and worth[site] <= 0):
                continue
            chosen[site] = True
            held[group[site]] += 1
            total += 1
            worth_of_all += worth[site]
    for part in range(len(least)):
        if held[part] < least[part] or held[part] > most[part]:
            return worth[0] * 0 - 1
    if total > limit:
        return worth[0] * 0 - 1
    return worth_of_all


@njit(nogil=True, cache=True)
def forced_values(worth, order, chosen, fixed, group, least, most, limit):
    """Worth of the best choice when each site is forced the other way than in `chosen`."""
    sites = len(worth)
    values = np.empty(sites, dtype=np.int64)
    held, other = np.zeros(len(least), dtype=np.int64), np.zeros(sites, dtype=np.bool_)
    forced, barred = fixed.copy(), np.zeros(sites, dtype=np.bool_)
    for site in range(sites):
        if chosen[site]:
            barred[site], forced[site] = True, False
        else:
            forced[site] = True
        values[site] = choose(worth, order, forced, barred, group, least, most, limit, held, other)
        forced[site], barred[site] = fixed[site], False
    return values


@njit(nogil=True, cache=True)
def multipliers(
    site_start, site_demand, site_benefit, start, fixed, group, least, most, limit, target, rounds
):
    """Price of each demand that makes the Lagrangian bound low, by subgradients from `start`.

    Relaxed is that a demand counts once: the bound is the sum of the prices and of the best
    sites, each worth what its arcs bring above the prices. `target` is a value reached. The step
    is Polyak's, shrinking; half of each slope is kept for the next. Gives the prices.
    """
    sites, demands = len(fixed), len(start)
    price, best_price = start.copy(), start.copy()
    best, step = np.inf, 1.0
    worth = np.zeros(sites, dtype=np.float64)
    slope, served = np.zeros(demands), np.zeros(demands)
    held, chosen = np.zeros(len(least), dtype=np.int64), np.zeros(sites, dtype=np.bool_)
    nothing = np.zeros(sites, dtype=np.bool_)
    for _ in range(rounds):
        for site in range(sites):
            total = 0.0
            for arc in range(site_start[site], site_start[site + 1]):
                total += max(0.0, site_benefit[arc] - price[site_demand[arc]])
            worth[site] = total
        order = np.argsort(-worth, kind="mergesort")
        bound = price.sum() + choose(
            worth, order, fixed, nothing, group, least, most, limit, held, chosen
        )
        if bound < best:
            best = bound
            best_price[:] = price
        served[:] = 1.0
        for site in range(sites):
            if chosen[site]:
                for arc in range(site_start[site], site_start[site + 1]):
                    if site_benefit[arc] > price[site_demand[arc]]:
                        served[site_demand[arc]] -= 1.0
        slope[:] = (served + slope) / 2
        square = (slope * slope).sum()
        if square == 0.0 or bound <= target:
            break
        price[:] = np.maximum(0.0, price - step * (bound - target) / square * slope)
        step *= _SHRINK
    return best_price
