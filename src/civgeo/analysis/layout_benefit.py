"""Covering and p-median as one form: each demand counts the greatest benefit of an open site.

Covering gives a demand its people, the p-median the metres that it need not walk. What existing
facilities give is taken off beforehand, demand alike in everything counts as one, and sites that
another one does as well as everywhere are left out; none of this changes the best value.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from civgeo.analysis.layout_input import Instance, rows_alike

__all__ = ["Benefit", "benefit_of"]

Ints = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_PAIRS = 50_000_000
"""Pairs of arcs of one demand, above which sites are not compared for dominance."""


@dataclass(frozen=True, slots=True, eq=False)
class Benefit:
    """Sites that may be opened and what each gives each demand beyond the existing ones.

    Parameters
    ----------
    sites
        Candidate of each site.
    site_start, site_demand, site_benefit
        Arcs by site.
    demand_start, demand_site, demand_benefit
        The same by demand.
    must
        Demand that has to be served; each of its arcs holds `bonus` besides.
    bonus
        More than all benefits together, 0 where nothing has to be served.
    fixed, group, least, most, limit
        Sites to be opened, the quotas, and how many sites at most.
    """

    sites: Ints
    site_start: Whole
    site_demand: Ints
    site_benefit: Whole
    demand_start: Whole
    demand_site: Ints
    demand_benefit: Whole
    must: Flags
    bonus: int
    fixed: Flags
    group: Ints
    least: Whole
    most: Whole
    limit: int

    def value(self, is_open: Flags) -> int:
        """What `is_open` gives together."""
        first = np.zeros(len(self.must), dtype=np.int64)
        for site in np.flatnonzero(is_open):
            arcs = slice(self.site_start[site], self.site_start[site + 1])
            to = self.site_demand[arcs]
            first[to] = np.maximum(first[to], self.site_benefit[arcs])
        return int(first.sum())


def benefit_of(instance: Instance, level: Whole, ceiling: Whole, must: Flags) -> Benefit:
    """Benefit ``weight * (ceiling - level)`` of the arcs of `instance`.

    Parameters
    ----------
    instance
        Sound problem.
    level
        What each arc costs one person.
    ceiling
        Of each demand, what one person costs where nobody serves it; at least what its arcs cost.
    must
        Demand that has to be served.
    """
    there = instance.existing[instance.candidate]
    best = np.where(must, ceiling + 1, ceiling)
    np.minimum.at(best, instance.demand[there], level[there])
    must = must & (best > ceiling)
    each = np.minimum(best, ceiling)[instance.demand] - level
    new = ~there & ((each > 0) | must[instance.demand])
    candidate, demand, each = instance.candidate[new], instance.demand[new], each[new]
    rows, row = np.unique(demand, return_inverse=True)
    number = rows_alike(row, candidate, each, must[demand])
    people = np.zeros(number.max(initial=-1) + 1, dtype=np.int64)
    np.add.at(people, number, instance.weight[rows])
    shown = np.zeros(len(rows), dtype=np.bool_)
    shown[np.unique(number, return_index=True)[1]] = True
    arc = shown[row]
    column = number[row[arc]]
    bonus = int((instance.weight * ceiling).sum()) + 1 if must.any() else 0
    held = np.zeros(len(people), dtype=np.bool_)
    held[column] = must[demand[arc]]
    worth = each[arc] * people[column] + bonus * held[column]
    return _compressed(instance, candidate[arc], column, worth, held, bonus)


def _compressed(
    instance: Instance, candidate: Ints, column: Whole, worth: Whole, held: Flags, bonus: int
) -> Benefit:
    """Arcs in both orders, over the candidates that are worth opening."""
    dominated = _dominated(instance, candidate, column, worth)
    sites = np.flatnonzero(instance.eligible & ~dominated).astype(np.int32)
    place = np.full(instance.problem.candidates, -1, dtype=np.int32)
    place[sites] = np.arange(len(sites))
    arc = place[candidate] >= 0
    site, heads, worth = place[candidate[arc]], column[arc].astype(np.int32), worth[arc]
    by_site, by_demand = np.lexsort((heads, site)), np.lexsort((site, heads))
    return Benefit(
        sites=sites,
        site_start=_starts(site, len(sites)),
        site_demand=heads[by_site],
        site_benefit=worth[by_site],
        demand_start=_starts(heads, len(held)),
        demand_site=site[by_demand],
        demand_benefit=worth[by_demand],
        must=held,
        bonus=bonus,
        fixed=instance.required[sites],
        group=instance.group[sites],
        least=instance.least,
        most=instance.most,
        limit=instance.new_sites,
    )


def _starts(rows: Ints, count: int) -> Whole:
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return starts


def _dominated(instance: Instance, candidate: Ints, column: Whole, worth: Whole) -> Flags:
    """Candidates that another one of their group does as well as for every demand."""
    dominated = np.zeros(instance.problem.candidates, dtype=np.bool_)
    if not len(candidate):
        return dominated
    spare = ~instance.required & (instance.least[instance.group] == 0)
    degree = np.bincount(candidate, minlength=len(dominated))
    small, large = _pairs_within(candidate, column, worth, degree)
    rank = np.empty(len(dominated), dtype=np.int64)
    rank[np.lexsort((np.arange(len(rank)), ~instance.required, -degree))] = np.arange(len(rank))
    behind = (rank[large] < rank[small]) & (instance.group[large] == instance.group[small])
    dominated[small[behind]] = True
    found: Flags = dominated & spare
    return found


def _pairs_within(
    candidate: Ints, column: Whole, worth: Whole, degree: Whole
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Candidates and others that give each of their demands at least as much."""
    of_demand = np.bincount(column)
    flat = np.zeros(len(of_demand), dtype=np.int64)
    flat[column] = worth
    if (flat[column] == worth).all() and int((of_demand**2).sum()) <= MOST_PAIRS:
        ones = (np.ones(len(column), dtype=np.int32), (candidate, column))
        covers = csr_array(ones, shape=(len(degree), len(of_demand)))
        shared = (covers @ covers.T).tocoo()
        whole = (shared.data == degree[shared.row]) & (shared.row != shared.col)
        return shared.row[whole], shared.col[whole]
    order = np.lexsort((column, candidate))
    present, row = np.unique(candidate[order], return_inverse=True)
    number = rows_alike(row, column[order], worth[order])
    first = present[np.unique(number, return_index=True)[1]][number]
    twin = present != first
    # the fixed one of several alike need not come first: both directions, the rank decides
    return np.r_[present[twin], first[twin]], np.r_[first[twin], present[twin]]
