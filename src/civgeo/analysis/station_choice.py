"""The best few townships of a county for service stations, by trying every choice.

A county has some forty townships, so one or two are chosen by looking at every choice there is:
the value found is the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from civgeo.errors import InvalidInput

__all__ = ["UNREACHED", "Cost", "StationChoice", "best_stations", "cost_of"]

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

UNREACHED = -1
MOST_CHOICES = 200_000
_FAR = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """People whom nobody reaches, then decimetres times people of the others; less is better."""

    unreached: int
    distance: int


@dataclass(frozen=True, slots=True)
class StationChoice:
    """The best choice, and how it was found.

    Parameters
    ----------
    chosen, cost
        Positions of the candidates, rising; what they cost. None where no choice is allowed.
    tried, allowed
        Choices that there are, and those of them that keep the rules.
    free, free_cost
        The best choice without the rules: what the rules cost is the difference.
    """

    chosen: tuple[int, ...] | None
    cost: Cost | None
    tried: int
    allowed: int
    free: tuple[int, ...]
    free_cost: Cost


def cost_of(nearest_dm: Whole, weights: Whole) -> Cost:
    """Cost of a demand whose nearest station is that far; `UNREACHED` for none."""
    reached = nearest_dm != UNREACHED
    total = int((weights[reached] * nearest_dm[reached]).sum())
    return Cost(int(weights[~reached].sum()), total)


def best_stations(
    distance_dm: Whole,
    weights: Whole,
    fixed_dm: Whole,
    number: int,
    alone: Flags,
    together: Flags,
) -> StationChoice:
    """Best choice of `number` candidates; of equally good ones that of the smallest positions.

    Parameters
    ----------
    distance_dm
        From each candidate (rows) to each demand (columns); `UNREACHED` for no way.
    weights
        People of each demand, whole.
    fixed_dm
        From each demand to the nearest station that is there already; `UNREACHED` for none.
    number
        How many to open, at least one.
    alone
        Candidates that may be opened at all.
    together
        Pairs of candidates that may be opened together; symmetric.

    Raises
    ------
    InvalidInput
        ``too_large`` when there are more than 200,000 choices, ``too_few`` with fewer candidates
        than are to be opened.
    """
    count = len(distance_dm)
    if number > count:
        raise InvalidInput(f"候选乡镇只有 {count} 个，不能新设 {number} 处", code="too_few")
    if comb(count, number) > MOST_CHOICES:
        told = f"{count} 个候选乡镇取 {number} 个的组合超过 {MOST_CHOICES:,}，请减少每县个数"
        raise InvalidInput(told, code="too_large")
    ways = np.where(distance_dm == UNREACHED, _FAR, distance_dm)
    base = np.where(fixed_dm == UNREACHED, _FAR, fixed_dm)
    choices = combinations(range(count), number)
    costs = [(_cost(ways, base, weights, chosen), chosen) for chosen in choices]
    kept = [each for each in costs if _may(each[1], alone, together)]
    free_cost, free = min(costs)
    if not kept:
        return StationChoice(None, None, len(costs), 0, free, free_cost)
    cost, chosen = min(kept)
    return StationChoice(chosen, cost, len(costs), len(kept), free, free_cost)


def _cost(ways: Whole, base: Whole, weights: Whole, chosen: Sequence[int]) -> Cost:
    nearest = np.minimum(ways[list(chosen)].min(axis=0), base)
    return cost_of(np.where(nearest == _FAR, UNREACHED, nearest), weights)


def _may(chosen: Sequence[int], alone: Flags, together: Flags) -> bool:
    return all(alone[each] for each in chosen) and all(
        together[one, other] for one, other in combinations(chosen, 2)
    )
