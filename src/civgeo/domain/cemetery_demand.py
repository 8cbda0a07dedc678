"""How many plots, niches and how much land a place needs for its dead, exactly.

Ashes = population x death rate x years x share of them that is buried there (DB34/T 4180-2022).
Niches take their share first; of the rest, single plots take theirs and the others lie two a joint
plot. Whole plots are counted at the end, so nothing is lost by rounding in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, lcm

__all__ = ["AgeGroup", "Burials", "Capacity", "Demand", "YearOfDeaths", "aged_deaths"]
__all__ += ["burial_demand", "constant_deaths", "gross_m2", "lasting", "lasting_at"]

TWO_A_PLOT = 2


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """People from an age (in years) up to the next group's, and how many of 1000 die a year."""

    from_age: int
    population: Decimal
    death_rate_per_mille: Decimal


@dataclass(frozen=True, slots=True)
class YearOfDeaths:
    """One year: people at its beginning, and who of them die in it."""

    population: Fraction
    deaths: Fraction


@dataclass(frozen=True, slots=True)
class Burials:
    """How ashes are laid to rest.

    Parameters
    ----------
    share
        Of the dead, the share whose ashes come here.
    plot_single_m2, plot_joint_m2
        Area of a plot on the ground, without paths.
    niche_share
        Of those, the share in niches of a columbarium.
    single_share
        Of the others, the share in single plots.
    """

    share: Decimal
    plot_single_m2: Decimal
    plot_joint_m2: Decimal
    niche_share: Decimal = Decimal(0)
    single_share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is needed; `ashes` exact, counts whole, `net_plot_m2` of plots alone."""

    ashes: Fraction
    niches: int
    single_plots: int
    joint_plots: int
    net_plot_m2: Fraction

    @property
    def plots(self) -> int:
        """Single and joint plots."""
        return self.single_plots + self.joint_plots


@dataclass(frozen=True, slots=True)
class Capacity:
    """How long the free places last.

    Parameters
    ----------
    free
        Places left, never negative.
    shortfall
        Ashes of the whole time beyond them.
    years_left
        Years until they are full; None when they outlast what is known.
    """

    free: int
    shortfall: Fraction
    years_left: Fraction | None


def constant_deaths(
    population: Decimal | int, death_rate_per_mille: Decimal, years: Decimal | int
) -> Fraction:
    """Deaths in `years` among a population that stays as it is."""
    return Fraction(population) * Fraction(death_rate_per_mille) / 1000 * Fraction(years)


def aged_deaths(groups: Sequence[AgeGroup], years: int) -> tuple[YearOfDeaths, ...]:
    """Deaths of each year among people who grow older.

    Every year a group loses its dead, and of the rest one part in as many as it spans years moves
    on to the next; the last group is open. Nobody is born or moves, which matters little to deaths
    within a generation.

    Parameters
    ----------
    groups
        In the order of their ages.
    years
        How many years.
    """
    spans = [after.from_age - group.from_age for group, after in pairwise(groups)]
    people, over = _wholes([Fraction(group.population) for group in groups])
    rates, per = _wholes([Fraction(group.death_rate_per_mille) / 1000 for group in groups])
    ages, found = lcm(*spans), []
    for _ in range(years):
        dead = [number * rate for number, rate in zip(people, rates, strict=True)]
        found.append(YearOfDeaths(Fraction(sum(people), over), Fraction(sum(dead), over * per)))
        alive = [ages * (number * per - lost) for number, lost in zip(people, dead, strict=True)]
        older = [number // span for number, span in zip(alive, spans, strict=False)]
        people = [
            number - leaving + coming
            for number, leaving, coming in zip(alive, [*older, 0], [0, *older], strict=True)
        ]
        over *= per * ages
    return tuple(found)


def _wholes(numbers: Sequence[Fraction]) -> tuple[list[int], int]:
    """The numbers as whole ones over a denominator that they share."""
    over = lcm(*(number.denominator for number in numbers))
    return [int(number * over) for number in numbers], over


def burial_demand(deaths: Fraction, burials: Burials) -> Demand:
    """Niches, plots and net plot area for `deaths`.

    Examples
    --------
    >>> burials = Burials(Decimal("0.5"), Decimal("0.5"), Decimal("0.8"))
    >>> found = burial_demand(constant_deaths(50_000, Decimal(7), 20), burials)
    >>> found.plots, found.net_plot_m2
    (3500, Fraction(1750, 1))
    """
    ashes = deaths * Fraction(burials.share)
    in_niches = ashes * Fraction(burials.niche_share)
    in_plots = ashes - in_niches
    alone = in_plots * Fraction(burials.single_share)
    single, joint = ceil(alone), ceil((in_plots - alone) / TWO_A_PLOT)
    net = single * Fraction(burials.plot_single_m2) + joint * Fraction(burials.plot_joint_m2)
    return Demand(ashes, ceil(in_niches), single, joint, net)


def gross_m2(demand: Demand, *, path_m2: Decimal, burial_share: Decimal) -> Fraction:
    """Ground that a cemetery needs, in m2.

    Parameters
    ----------
    demand
        Plots and their net area; niches take no ground here.
    path_m2
        Path and spacing of each plot in m2.
    burial_share
        Share of the ground that plots with their paths cover, above 0 and at most 1; the rest is
        roads, green land and buildings.
    """
    with_paths = demand.net_plot_m2 + demand.plots * Fraction(path_m2)
    return with_paths / Fraction(burial_share)


def lasting(free: int, ashes_of_years: Sequence[Fraction]) -> Capacity:
    """How long `free` places last against the ashes of each year."""
    total, left = sum(ashes_of_years, Fraction()), Fraction(free)
    for year, ashes in enumerate(ashes_of_years):
        if ashes and left <= ashes:
            return Capacity(free, max(total - free, Fraction()), year + left / ashes)
        left -= ashes
    return Capacity(free, Fraction(), None)


def lasting_at(free: int, ashes: Fraction, years: Fraction) -> Capacity:
    """How long `free` places last when `ashes` come evenly over `years`, and so on after them."""
    years_left = free * years / ashes if ashes else None
    return Capacity(free, max(ashes - free, Fraction()), years_left)
