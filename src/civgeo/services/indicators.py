"""Indicators of a city's plan on a day: figure, target, what is missing, and progress by year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from civgeo.domain.division import DivisionCode
from civgeo.domain.indicator_catalogue import (
    Counting,
    IndicatorCatalogue,
    IndicatorDefinition,
)
from civgeo.services.city import City
from civgeo.services.indicator_catalogue import catalogue_in_force, city_indicators
from civgeo.services.indicator_data import DayData, day_data
from civgeo.services.indicator_figures import Computed, Part, Reach, lacking
from civgeo.services.indicator_reports import Report, Reports, reports_for
from civgeo.services.indicator_results import IndicatorResult, result_of
from civgeo.services.indicator_rules import computed

__all__ = ["Evaluation", "YearPoint", "city_catalogue", "evaluate_indicators"]
__all__ += ["indicator_history", "one_indicator"]

OLDEST_YEAR = 2015
_DATED = frozenset(
    {
        Counting.UNITS_WITH,
        Counting.BED_SHARE,
        Counting.FACILITIES,
        Counting.BEDS,
        Counting.PAIRED,
        Counting.RURAL_NAMING,
        Counting.LINES_INSPECTED,
        Counting.SITE_AREA,
    }
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The indicators of one city on one day.

    Parameters
    ----------
    city, place
        Code and name of the city whose plan it is.
    on, edition, data_version, simulated, sources
        The day, the catalogue, the version of the register, and what it is made from.
    results
        In the catalogue's order.
    """

    city: str
    place: str
    on: date
    edition: str
    data_version: int
    simulated: bool
    sources: Mapping[str, str]
    results: tuple[IndicatorResult, ...]


@dataclass(frozen=True, slots=True)
class YearPoint:
    """The figure at the end of a year, or on the day asked for in the last one."""

    year: int
    on: date
    result: IndicatorResult


def city_catalogue(city: City) -> IndicatorCatalogue:
    """Catalogue in force for the store of `city`, the bureau's own rows included."""
    return catalogue_in_force(city.store.file.parent)


def evaluate_indicators(
    city: City,
    *,
    of: str | None = None,
    on: date | None = None,
    year: int | None = None,
    reach: Reach | None = None,
    officer: bool = False,
) -> Evaluation:
    """Every indicator of a plan on a day.

    Parameters
    ----------
    city
        The city of the store.
    of
        Code of the city whose targets are asked for; that of the store by default. Another
        city's targets are listed without figures.
    on
        Day of the evaluation; today by default.
    year
        Only targets that are due in this year.
    reach
        Answers questions of reach on foot; None while there is no walk network.
    officer
        Whether an officer asks: only officers see reported figures.

    Raises
    ------
    InvalidInput
        When `of` is no division code.
    OwnFileBroken
        When the bureau's table of indicators cannot be read.
    """
    day = on or city.today
    data = day_data(city, day)
    catalogue = city_catalogue(city)
    asked = DivisionCode.parse(of or data.register.city).text
    listed = city_indicators(catalogue, asked)
    chosen = [item for item in listed if year is None or item.year == year]
    own = asked == data.register.city
    reports = reports_for(data, officer=officer) if own else {}
    results = [
        _result(item, data, reach, reports) if own else _elsewhere(item, data) for item in chosen
    ]
    return Evaluation(
        city=asked,
        place=catalogue.cities.get(asked, data.register.name if own else asked),
        on=day,
        edition=catalogue.edition,
        data_version=data.data_version,
        simulated=data.register.simulated and own,
        sources=data.register.sources if own else {},
        results=tuple(results),
    )


def one_indicator(
    city: City,
    id: str,
    *,
    on: date | None = None,
    reach: Reach | None = None,
    officer: bool = False,
) -> IndicatorResult:
    """One indicator on a day; today by default. That of another city has no figure.

    Parameters
    ----------
    city, id, on, reach, officer
        As for `evaluate_indicators`, and the indicator.

    Raises
    ------
    NotFound
        When the catalogue holds no such indicator.
    """
    data = day_data(city, on or city.today)
    own = city_indicators(city_catalogue(city), data.register.city)
    found = next((item for item in own if item.id == id), None)
    if found is None:
        return _elsewhere(city_catalogue(city).definition(id), data)
    return _result(found, data, reach, reports_for(data, officer=officer))


def indicator_history(
    city: City, id: str, *, on: date | None = None, officer: bool = False
) -> tuple[YearPoint, ...]:
    """Figures at the end of each year up to `on`, the last one on that day; never extrapolated.

    Figures that the registers cannot tell for past days (households of estates, reach) have no
    points; reported figures, for officers, stand at the year that they were reported for. A day to
    come gives the years up to today.

    Raises
    ------
    NotFound
        When the catalogue holds no such indicator.
    """
    day = min(on or city.today, city.today)
    now = one_indicator(city, id, on=day, officer=officer)
    definition = now.definition
    if definition.counting is Counting.REPORTED:
        data = day_data(city, day)
        return _reported_years(definition, data, reports_for(data, officer=officer))
    if definition.counting not in _DATED or now.verdict is None:
        return ()
    ends = [date(year, 12, 31) for year in range(_first_year(definition, day), day.year)]
    earlier = [YearPoint(end.year, end, one_indicator(city, id, on=end)) for end in ends]
    return (*earlier, YearPoint(day.year, day, now))


def _first_year(definition: IndicatorDefinition, on: date) -> int:
    known = (definition.base_year, definition.valid_from and definition.valid_from.year)
    first = min((year for year in known if year), default=on.year - 4)
    return max(OLDEST_YEAR, min(first, on.year))


def _reported_years(
    definition: IndicatorDefinition, data: DayData, reports: Reports
) -> tuple[YearPoint, ...]:
    found = []
    for report in reports.get(definition.id, ()):
        if report.division == DivisionCode.parse(data.register.city).text:
            end = min(date(report.period, 12, 31), data.on)
            result = _result(definition, data, None, {definition.id: (report,)})
            found.append(YearPoint(report.period, end, result))
    return tuple(sorted(found, key=lambda point: point.year))


def _elsewhere(definition: IndicatorDefinition, data: DayData) -> IndicatorResult:
    """A target of another city: listed, not computed."""
    reason = f"这是{definition.place}的指标，{data.register.name}的登记库没有那里的数据"
    return result_of(definition, data, lacking(reason, *definition.layers), None, "")


def _result(
    definition: IndicatorDefinition, data: DayData, reach: Reach | None, reports: Reports
) -> IndicatorResult:
    count = computed(definition, data, reach)
    report = _city_report(reports.get(definition.id, ()), data)
    if definition.counting is not Counting.REPORTED or report is None:
        return result_of(definition, data, count, report, "computed")
    own = Computed(
        numerator=report.numerator,
        denominator=report.denominator,
        parts=tuple(
            Part(item.division, data.named().get(item.division, ""), item.numerator, below)
            for item, below in _county_reports(reports[definition.id], report.period)
        ),
    )
    return result_of(definition, data, own, report, "reported")


def _city_report(reports: Sequence[Report], data: DayData) -> Report | None:
    """The city's own report of the latest year."""
    city = DivisionCode.parse(data.register.city).text
    own = [item for item in reports if item.division == city]
    return max(own, key=lambda item: (item.period, item.reported_on), default=None)


def _county_reports(reports: Sequence[Report], period: int) -> list[tuple[Report, Fraction | None]]:
    return [
        (item, item.denominator)
        for item in sorted(reports, key=lambda item: item.division)
        if len(item.division) == 6 and not item.division.endswith("00") and item.period == period
    ]
