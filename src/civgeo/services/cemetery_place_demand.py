"""What one place needs for its dead over some years, compared with its free places."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.cemetery_demand import (
    Burials,
    Capacity,
    Demand,
    YearOfDeaths,
    burial_demand,
    gross_m2,
    lasting,
)

__all__ = ["PlaceDemand", "TableTerms", "ashes_of", "place_demand", "summed"]


@dataclass(frozen=True, slots=True)
class TableTerms:
    """What the planner sets.

    Parameters
    ----------
    burials
        Shares, and sizes of plots.
    years
        Years ahead, where a table has one year; a table of several years says it itself.
    path_m2, burial_share
        As for `gross_m2`; no gross area where the share is None.
    """

    burials: Burials
    years: int
    path_m2: Decimal = Decimal(0)
    burial_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PlaceDemand:
    """What one township or county needs; `capacity` None where no places are known."""

    division: str
    name: str
    first_year: int
    years: tuple[YearOfDeaths, ...]
    ashes: tuple[Fraction, ...]
    demand: Demand
    gross_m2: Fraction | None
    capacity: Capacity | None


def ashes_of(years: Sequence[YearOfDeaths], share: Decimal) -> tuple[Fraction, ...]:
    """Ashes of each year, of which that share of the dead is buried here."""
    return tuple(year.deaths * Fraction(share) for year in years)


def place_demand(
    division: str,
    name: str,
    first_year: int,
    years: tuple[YearOfDeaths, ...],
    ashes: tuple[Fraction, ...],
    free: int | None,
    terms: TableTerms,
) -> PlaceDemand:
    """Demand of a place.

    Parameters
    ----------
    division, name, first_year
        The place, and the year that `years` begin with.
    years, ashes
        People and deaths, and ashes that come, of each year.
    free
        Free places; None where they are not known.
    terms
        Sizes and shares; its share of the dead is in `ashes` already.
    """
    demand = burial_demand(sum(ashes, Fraction()), replace(terms.burials, share=Decimal(1)))
    gross = (
        None
        if terms.burial_share is None
        else gross_m2(demand, path_m2=terms.path_m2, burial_share=terms.burial_share)
    )
    capacity = None if free is None else lasting(free, ashes)
    return PlaceDemand(division, name, first_year, years, ashes, demand, gross, capacity)


def summed(parts: Sequence[tuple[YearOfDeaths, ...]]) -> tuple[YearOfDeaths, ...]:
    """People and deaths of several places, year by year; all have as many years."""
    return tuple(
        YearOfDeaths(
            sum((year.population for year in years), Fraction()),
            sum((year.deaths for year in years), Fraction()),
        )
        for years in zip(*parts, strict=True)
    )
