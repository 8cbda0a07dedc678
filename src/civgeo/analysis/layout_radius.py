"""A benefit form as an integer program with one column for each level that a demand may reach."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civgeo.analysis.layout_benefit import Benefit
from civgeo.analysis.layout_solver import LinearModel

__all__ = ["RadiusModel", "radius_model", "site_rows"]

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

_LOOSE = 1e-6
"""Of the value, what a bound in floating point is widened by."""

_LARGEST = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class RadiusModel:
    """The program, and what its objective stands for: ``offset + scale * objective``."""

    linear: LinearModel
    offset: int
    scale: float

    def whole_bound(self, objective: float) -> int:
        """Whole value that no choice passes, from the solver's bound."""
        value = objective * self.scale
        value += abs(value) * _LOOSE
        return _LARGEST if value > _LARGEST else self.offset + math.floor(value + _LOOSE)


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """Levels above what the opened sites give, by demand, rising; the arcs that give them."""

    demand: Whole
    height: Whole
    is_first: Flags
    arc_site: Whole
    arc_level: Whole


def radius_model(benefit: Benefit, opened: Flags, closed: Flags) -> RadiusModel:
    """Program of `benefit` with sites in `opened` open and those in `closed` closed.

    A level is reached when the next higher one is, or a site of just this level is open (Garcia,
    Labbe and Marin 2011). Columns are the sites, then the levels.
    """
    base = np.zeros(len(benefit.must), dtype=np.int64)
    demand = np.repeat(np.arange(len(benefit.must)), np.diff(benefit.demand_start))
    by_opened = opened[benefit.demand_site]
    np.maximum.at(base, demand[by_opened], benefit.demand_benefit[by_opened])
    levels = _levels(benefit, demand, base, closed)
    below = np.where(levels.is_first, base[levels.demand], np.roll(levels.height, 1))
    # what has to be served reaches its first level in any case, so its bonus is a constant
    certain = levels.is_first & benefit.must[levels.demand] & (base[levels.demand] == 0)
    step = (levels.height - below) - benefit.bonus * certain
    scale = float(max(step.max(initial=1), 1))
    sites = len(opened)
    rows = _level_rows(levels, sites)
    limits = site_rows(benefit.group, benefit.least, benefit.most, benefit.limit)
    width = np.concatenate([np.bincount(rows[0], minlength=len(step)), limits[2]])
    linear = LinearModel(
        maximise=True,
        cost=np.concatenate([np.zeros(sites), step / scale]),
        lower=np.concatenate([opened, certain]).astype(np.float64),
        upper=np.concatenate([~closed, np.ones(len(step))]).astype(np.float64),
        integer=np.arange(sites + len(step)) < sites,
        row_lower=np.concatenate([np.full(len(step), -np.inf), limits[0]]),
        row_upper=np.concatenate([np.zeros(len(step)), limits[1]]),
        row_start=np.concatenate([[0], np.cumsum(width)]).astype(np.int64),
        column=np.concatenate([rows[1], limits[3]]),
        value=np.concatenate([rows[2], np.ones(len(limits[3]))]),
    )
    offset = int(base.sum()) + benefit.bonus * int(certain.sum())
    return RadiusModel(linear, offset, scale)


def _levels(benefit: Benefit, demand: Whole, base: Whole, closed: Flags) -> _Levels:
    site, given = benefit.demand_site, benefit.demand_benefit
    kept = ~closed[site] & (given > base[demand])
    site, demand, given = site[kept], demand[kept], given[kept]
    order = np.lexsort((given, demand))
    site, demand, given = site[order], demand[order], given[order]
    new = np.ones(len(site), dtype=np.bool_)
    new[1:] = (np.diff(demand) != 0) | (np.diff(given) != 0)
    first = np.ones(int(new.sum()), dtype=np.bool_)
    first[1:] = np.diff(demand[new]) != 0
    return _Levels(demand[new], given[new], first, site.astype(np.int64), np.cumsum(new) - 1)


def _level_rows(levels: _Levels, sites: int) -> tuple[Whole, Whole, npt.NDArray[np.float64]]:
    """Row, column and value of the cells: level less the next higher less its sites, at most 0."""
    count = len(levels.height)
    each = np.arange(count)
    higher = each[:-1][~levels.is_first[1:]]
    row = np.concatenate([each, higher, levels.arc_level])
    column = np.concatenate([sites + each, sites + higher + 1, levels.arc_site])
    value = np.concatenate([np.ones(count), -np.ones(len(row) - count)])
    order = np.argsort(row, kind="stable")
    return row[order], column[order], value[order]


def site_rows(
    group: npt.NDArray[np.int32], least: Whole, most: Whole, limit: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Whole, Whole]:
    """Rows on the number of sites, in all and by group: lower, upper, width, columns."""
    members = [np.flatnonzero(group == part) for part in range(len(least) - 1)]
    lower = np.concatenate([[-np.inf], least[:-1]]).astype(np.float64)
    upper = np.concatenate([[limit], most[:-1]]).astype(np.float64)
    width = np.array([len(group), *(len(each) for each in members)], dtype=np.int64)
    return lower, upper, width, np.concatenate([np.arange(len(group)), *members])
