"""Access to beds by enhanced two-step floating catchments, and how evenly it is spread.

Step 1 gives each facility j the ratio of its supply to the weighted people around it,
``R_j = S_j / sum_k P_k W(d_kj)``; step 2 adds up, for each place i, the ratios that it reaches,
``A_i = sum_j R_j W(d_ij)``: beds a person. W falls with the walk d. Luo W, Qi Y (2009): An enhanced
two-step floating catchment area (E2SFCA) method for measuring spatial accessibility to primary
care physicians. Health & Place 15(4), 1100-1107. With W = 1 everywhere it is the plain method of
Luo W, Wang F (2003), Environment and Planning B 30(6), 865-884. Nothing is lost: people times
access adds up to the supply that anybody reaches.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.analysis.walk_arcs import Arcs
from civgeo.analysis.walk_network import Floats, Ints
from civgeo.errors import InvalidInput

__all__ = [
    "LUO_QI_WEIGHTS",
    "Access",
    "Decay",
    "Doubt",
    "access_by_unit",
    "enhanced_two_step",
    "gaussian_decay",
    "gini",
    "lorenz_curve",
    "stepwise_decay",
]

Decay = Callable[[Ints], Floats]
"""Weight, 0 to 1, of each walk in decimetres."""

LUO_QI_WEIGHTS = (1.0, 0.68, 0.22)
"""Weights of three zones in Luo and Qi (2009), the set that falls slowly."""


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """Rows of supply or demand that a result leaves aside, and why.

    Parameters
    ----------
    code
        ``no_supply``, ``bad_supply``, ``unreached_supply``, ``bad_demand``.
    message
        What is wrong and what to do, in Chinese.
    rows
        Their indices.
    """

    code: str
    message: str
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """Result of `enhanced_two_step`.

    Parameters
    ----------
    access
        Supply a person at each demand place; 0 where no facility is reached.
    ratio
        Supply a weighted person at each facility; 0 where nobody comes.
    demand
        People counted at each place; 0 where the number given is none.
    reached_supply
        Supply of the facilities that anybody reaches: the sum of people times access.
    doubts
        What was left aside.
    """

    access: Floats
    ratio: Floats
    demand: Floats
    reached_supply: float
    doubts: tuple[Doubt, ...]


def stepwise_decay(zones: Sequence[tuple[int, float]]) -> Decay:
    """One weight a zone, 0 beyond the last; a walk of just a zone's limit is in it.

    Parameters
    ----------
    zones
        Limit (decimetres, rising) and weight (0 to 1, not rising) of each zone.

    Raises
    ------
    InvalidInput
        When limits do not rise from above 0, or weights rise or leave 0 to 1.

    Examples
    --------
    >>> stepwise_decay([(3000, 1.0), (6000, 0.68), (9000, 0.22)])(np.array([3000, 3001, 9001]))
    array([1.  , 0.68, 0.  ])
    """
    limits = np.array([limit for limit, _ in zones], dtype=np.int64)
    weights = np.array([weight for _, weight in zones], dtype=np.float64)
    if not len(zones) or (np.diff(limits, prepend=0) <= 0).any():
        raise InvalidInput("分段的步行距离应大于 0 且逐段增大", code="zones_not_rising")
    in_range = ((weights >= 0) & (weights <= 1)).all()
    if not in_range or (np.diff(weights) > 0).any():
        raise InvalidInput("各段权重应在 0 到 1 之间，且不随距离增大", code="bad_weights")
    by_zone = np.append(weights, 0.0)

    def weight(distance_dm: Ints) -> Floats:
        found: Floats = by_zone[np.searchsorted(limits, distance_dm, side="left")]
        return found

    return weight


def gaussian_decay(limit_dm: int) -> Decay:
    """Gaussian that falls from 1 at no walk to 0 at the limit.

    ``W(d) = (exp(-(d / limit)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2))``: Dai D (2010), Health &
    Place 16(5), 1038-1052.

    Raises
    ------
    InvalidInput
        When the limit is not above 0.
    """
    if limit_dm <= 0:
        raise InvalidInput(f"步行距离应大于 0：{limit_dm}", code="not_positive")
    floor = np.exp(-0.5)

    def weight(distance_dm: Ints) -> Floats:
        share = np.minimum(distance_dm / limit_dm, 1.0)
        found: Floats = (np.exp(-0.5 * share * share) - floor) / (1 - floor)
        return found

    return weight


def enhanced_two_step(arcs: Arcs, supply: Floats, demand: Floats, decay: Decay) -> Access:
    """Supply a person at every place, facilities being shared with all who reach them.

    Parameters
    ----------
    arcs
        Pairs within the farthest walk.
    supply
        Beds (or another capacity) of each facility; what is negative or not a number counts as
        none and is told.
    demand
        People (elders) at each place; likewise. A place without people has an access too: what
        a newcomer would find.
    decay
        Weight of a walk, as `stepwise_decay` and `gaussian_decay` give it.

    Raises
    ------
    InvalidInput
        When a pair names a facility or place that is not there.
    """
    supply, demand = np.asarray(supply, np.float64), np.asarray(demand, np.float64)
    for index, values, what in ((arcs.facility, supply, "设施"), (arcs.demand, demand, "需求点")):
        if len(index) and (index.min() < 0 or index.max() >= len(values)):
            raise InvalidInput(f"步行关系引用了不存在的{what}", code="no_such_row")
    beds, people = _counted(supply), _counted(demand)
    weight = decay(arcs.distance_dm)
    crowd = np.bincount(arcs.facility, people[arcs.demand] * weight, minlength=len(beds))
    ratio = np.divide(beds, crowd, out=np.zeros(len(beds)), where=crowd > 0)
    access: Floats = np.bincount(
        arcs.demand, ratio[arcs.facility] * weight, minlength=len(people)
    ).astype(np.float64)
    return Access(
        access=access,
        ratio=ratio,
        demand=people,
        reached_supply=float(beds[crowd > 0].sum()),
        doubts=tuple(_doubts(supply, demand, (beds > 0) & ~(crowd > 0))),
    )


def _counted(values: Floats) -> Floats:
    """`values`, 0 where one is negative, infinite or not a number."""
    return np.where(np.isfinite(values) & (values > 0), values, 0.0)


def _doubts(supply: Floats, demand: Floats, unreached: npt.NDArray[np.bool_]) -> list[Doubt]:
    bad_supply = ~np.isfinite(supply) | (supply < 0)
    bad_demand = ~np.isfinite(demand) | (demand < 0)
    cases = (
        ("no_supply", "床位为 0，不提供服务；请核对床位数", supply == 0),
        ("bad_supply", "床位数缺失或为负，按 0 计；请补正", bad_supply),
        ("unreached_supply", "步行范围内没有人，床位无人可用；请核对位置或人数", unreached),
        ("bad_demand", "人数缺失或为负，按 0 计；请补正", bad_demand),
    )
    return [Doubt(code, text, np.flatnonzero(rows)) for code, text, rows in cases if rows.any()]


def lorenz_curve(access: Floats, people: Floats) -> tuple[Floats, Floats]:
    """Shares of people, those with least access first, and of all access that they have.

    Parameters
    ----------
    access, people
        Access a person, and people, of each place; places without people do not count.

    Returns
    -------
    tuple of arrays
        Both begin at 0 and end at 1.

    Raises
    ------
    InvalidInput
        When a value is negative or not finite, or there are no people or no access at all.
    """
    access, people = np.asarray(access, np.float64), np.asarray(people, np.float64)
    sound = np.isfinite(access) & np.isfinite(people) & (access >= 0) & (people >= 0)
    if not sound.all():
        raise InvalidInput("可达性或人数含有负数或非数值", code="bad_values")
    order = np.argsort(access, kind="stable")
    order = order[people[order] > 0]
    heads = np.cumsum(people[order])
    held = np.cumsum(people[order] * access[order])
    if not len(order) or held[-1] <= 0:
        raise InvalidInput("没有人口或可达性全为 0，无法计算公平程度", code="undefined")
    return np.append(0.0, heads / heads[-1]), np.append(0.0, held / held[-1])


def gini(access: Floats, people: Floats) -> float:
    """Gini coefficient of access over people: 0 when all have the same.

    ``sum_ij p_i p_j |a_i - a_j| / (2 P^2 m)`` with P people and m their mean access; equal to
    1 minus twice the area below the Lorenz curve.

    Raises
    ------
    InvalidInput
        As `lorenz_curve`.
    """
    heads, held = lorenz_curve(access, people)
    return max(0.0, 1.0 - float((np.diff(heads) * (held[1:] + held[:-1])).sum()))


def access_by_unit(access: Floats, people: Floats, unit: Sequence[str | None]) -> pd.DataFrame:
    """Access of the people of each unit.

    Parameters
    ----------
    access, people
        Of each place, as in `Access`.
    unit
        Code of the unit that each place lies in; None for none.

    Returns
    -------
    DataFrame
        Index: the units, in order. Columns: ``people``; ``access`` (mean over people, missing
        without any); ``share_without`` (share of people without access); ``share_below_half``
        (share with less than half the mean over all people given).
    """
    people = np.asarray(people, np.float64)
    everybody = people.sum()
    mean = float((people * access).sum() / everybody) if everybody > 0 else 0.0
    table = pd.DataFrame(
        {
            "people": people,
            "access": people * access,
            "share_without": people * (access <= 0),
            "share_below_half": people * (access < mean / 2),
        }
    )
    sums = table.groupby(pd.Series(list(unit), dtype=object, name="unit"), sort=True).sum()
    shares = ["access", "share_without", "share_below_half"]
    sums[shares] = sums[shares].div(sums["people"].where(sums["people"] > 0), axis=0)
    return sums
