"""Demand of townships and counties as documents and as a table by year."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.domain.fields import Fields
from civgeo.domain.quantity import fixed
from civgeo.errors import InvalidInput
from civgeo.services.cemetery_demand import (
    DEMAND_KEYS,
    LONGEST_YEARS,
    burials_of,
    figure,
    ground_of,
    ground_share,
    path_of,
    told_parameters,
)
from civgeo.services.cemetery_demand_table import TableDemand
from civgeo.services.cemetery_place_demand import PlaceDemand, TableTerms

__all__ = ["YEAR_COLUMNS", "demand_terms", "place_answer", "table_answer"]
__all__ += ["rows_of", "year_rows"]

YEAR_COLUMNS = (
    *("level", "division", "name", "year", "population", "deaths", "ashes"),
    "ashes_so_far",
)


def demand_terms(given: Mapping[str, str | None], years: int, book: CemeteryRuleBook) -> TableTerms:
    """What the planner sets, with plot sizes of `book` where none are given.

    Raises
    ------
    InvalidInput
        When a value is not allowed.
    """
    if not 1 <= years <= LONGEST_YEARS:
        raise InvalidInput(
            f"years 应为 1 到 {LONGEST_YEARS} 的整数，收到 {years}", code="bad_value"
        )
    fields = Fields({key: value for key, value in given.items() if value}, DEMAND_KEYS)
    return TableTerms(burials_of(fields, book), years, path_of(fields), ground_share(fields))


def table_answer(found: TableDemand, terms: TableTerms) -> dict[str, object]:
    """Townships and counties with what they need, by year too, and the parameters."""
    years = Fraction(len(found.townships[0].years))
    return {
        "townships": [place_answer(place) for place in found.townships],
        "counties": [place_answer(place) for place in found.counties],
        "parameters": told_parameters(
            years, terms.burials, path_m2=terms.path_m2, burial_share=terms.burial_share
        ),
    }


def year_rows(found: TableDemand) -> Iterator[list[str]]:
    """Rows under `YEAR_COLUMNS`, townships before counties."""
    for level, places in (("township", found.townships), ("county", found.counties)):
        for place in places:
            yield from rows_of(level, place)


def rows_of(level: str, place: PlaceDemand) -> Iterator[list[str]]:
    """Rows of one place under `YEAR_COLUMNS`."""
    for row in _by_year(place):
        yield [level, place.division, place.name, *(str(cell) for cell in row.values())]


def place_answer(place: PlaceDemand) -> dict[str, object]:
    """What a place needs, how long its free places last where that is known, and each year."""
    demand = place.demand
    answer: dict[str, object] = {
        "division": place.division,
        "name": place.name or None,
        "ashes": figure(demand.ashes),
        "single_plots": demand.single_plots,
        "joint_plots": demand.joint_plots,
        "niches": demand.niches,
        "plots": demand.plots,
        "net_plot_m2": figure(demand.net_plot_m2),
    }
    if place.gross_m2 is not None:
        answer |= ground_of(place.gross_m2, demand.plots)
    if place.capacity is not None:
        left = place.capacity.years_left
        answer["free"] = place.capacity.free
        answer["shortfall"] = figure(place.capacity.shortfall)
        answer["years_left"] = None if left is None else figure(left)
    return answer | {"by_year": list(_by_year(place))}


def _by_year(place: PlaceDemand) -> Iterator[dict[str, object]]:
    so_far = Fraction()
    for year, (people, ashes) in enumerate(
        zip(place.years, place.ashes, strict=True), start=place.first_year
    ):
        so_far += ashes
        yield {
            "year": year,
            "population": fixed(people.population, 0),
            "deaths": fixed(people.deaths, 2),
            "ashes": fixed(ashes, 2),
            "ashes_so_far": fixed(so_far, 2),
        }
