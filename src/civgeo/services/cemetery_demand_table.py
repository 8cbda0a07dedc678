"""What every township and county needs for its dead, from tables of people and of places at hand.

The table of people has a row for each township and year, or for each township and age group of one
year; the table of places a row for each cemetery or columbarium.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from civgeo.domain.cemetery_demand import (
    AgeGroup,
    YearOfDeaths,
    aged_deaths,
    constant_deaths,
)
from civgeo.domain.division import DivisionCode
from civgeo.domain.quantity import exact, whole
from civgeo.errors import InvalidInput
from civgeo.services.cemetery_place_demand import (
    PlaceDemand,
    TableTerms,
    ashes_of,
    place_demand,
    summed,
)
from civgeo.services.own_tables import Layout, own_rows
from civgeo.services.table_cells import Cells
from civgeo.store.own_files import OwnFile

__all__ = ["TableDemand", "demand_of_tables"]

COUNTY_DIGITS = 6
PER_MILLE = 1000
PEOPLE = Layout(
    {
        "division": "区划代码",
        "name": "名称",
        "year": "年份",
        "from_age": "起始年龄",
        "population": "人口",
        "death_rate_per_mille": "死亡率‰",
    },
    ("division", "year", "population", "death_rate_per_mille"),
)
PLACES = Layout(
    {"id": "编号", "division": "区划代码", "name": "名称", "capacity": "总数", "used": "已用"},
    ("id", "division", "capacity", "used"),
)


@dataclass(frozen=True, slots=True)
class TableDemand:
    """Townships as the table names them, and their sums by county."""

    townships: tuple[PlaceDemand, ...]
    counties: tuple[PlaceDemand, ...]


@dataclass(frozen=True, slots=True)
class _Person:
    """One row of the table of people."""

    division: str
    name: str
    year: int
    from_age: int | None
    population: int
    rate: Decimal
    cells: Cells


class _Named(OwnFile):
    """A file that messages call by its own name."""

    __slots__ = ()

    @property
    def told(self) -> str:
        return self.name


def demand_of_tables(people: Path, places: Path | None, terms: TableTerms) -> TableDemand:
    """Demand of each township and county of the tables.

    Raises
    ------
    InvalidInput
        For the first row that cannot be read, years that do not follow one another, townships
        whose years differ, and a division beside one that it lies in.
    """
    by_division: dict[str, list[_Person]] = {}
    for row in _people(people):
        by_division.setdefault(row.division, []).append(row)
    if not by_division:
        raise InvalidInput(f"{people.name}：没有人口数据", code="bad_table")
    for outer, inner in pairwise(sorted(by_division)):
        if inner.startswith(outer):
            hint = f"在 {outer} 之内，同一张表里不能都有：合计会把人口算两次"
            raise by_division[inner][0].cells.wrong("division", hint)
    yearly = {code: _yearly(rows, terms.years) for code, rows in by_division.items()}
    spans = {code: (rows[0].year, len(yearly[code])) for code, rows in by_division.items()}
    first = next(iter(spans.values()))
    for code, span in spans.items():
        if span != first:
            raise by_division[code][0].cells.wrong("year", "各地的起始年份与年数应相同，才能合计")
    free = None if places is None else _free(places)
    names = {code: rows[0].name for code, rows in by_division.items()}
    townships = tuple(
        _place(code, names[code], first[0], yearly[code], _free_in(free, [code]), terms)
        for code in sorted(yearly)
    )
    counties: dict[str, list[str]] = {}
    for code in sorted(yearly):
        counties.setdefault(code[:COUNTY_DIGITS], []).append(code)
    return TableDemand(
        townships,
        tuple(
            _place(
                county,
                "",
                first[0],
                summed([yearly[code] for code in codes]),
                _free_in(free, [county, *codes]),
                terms,
            )
            for county, codes in counties.items()
        ),
    )


def _place(
    code: str,
    name: str,
    first_year: int,
    years: tuple[YearOfDeaths, ...],
    free: int | None,
    terms: TableTerms,
) -> PlaceDemand:
    ashes = ashes_of(years, terms.burials.share)
    return place_demand(code, name, first_year, years, ashes, free, terms)


def _people(path: Path) -> tuple[_Person, ...]:
    read = own_rows(
        _file(path), PEOPLE, _person, lambda row: (row.division, row.year, row.from_age)
    )
    if read.faults:
        raise read.faults[0]
    return read.entries


def _person(cells: Cells) -> _Person:
    rate = _number(cells, "death_rate_per_mille")
    if rate > PER_MILLE:
        raise cells.wrong("death_rate_per_mille", "应为 0 到 1000 的千分率")
    return _Person(
        division=_code(cells),
        name=cells.text("name"),
        year=_count(cells, "year"),
        from_age=_count(cells, "from_age") if cells.text("from_age") else None,
        population=_count(cells, "population"),
        rate=rate,
        cells=cells,
    )


def _yearly(rows: Sequence[_Person], years: int) -> tuple[YearOfDeaths, ...]:
    if rows[0].from_age is not None:
        return _aged(rows, years)
    if len(rows) == 1:
        one = YearOfDeaths(
            Fraction(rows[0].population), constant_deaths(rows[0].population, rows[0].rate, 1)
        )
        return (one,) * years
    for before, row in pairwise(rows):
        if row.year != before.year + 1 or row.from_age is not None:
            raise row.cells.wrong("year", "同一地方的年份应从小到大连续，每年一行")
    return tuple(
        YearOfDeaths(Fraction(row.population), constant_deaths(row.population, row.rate, 1))
        for row in rows
    )


def _aged(rows: Sequence[_Person], years: int) -> tuple[YearOfDeaths, ...]:
    ages = [row.from_age if row.from_age is not None else -1 for row in rows]
    for before, age, row in zip([-1, *ages], ages, rows, strict=False):
        if age <= before or row.year != rows[0].year:
            hint = "同一地方的年龄组应为同一年，从小到大，每组一行"
            raise row.cells.wrong("from_age", hint)
    groups = [
        AgeGroup(age, Decimal(row.population), row.rate)
        for age, row in zip(ages, rows, strict=True)
    ]
    return aged_deaths(groups, years)


def _free(path: Path) -> Mapping[str, int]:
    """Free places by division; of several cemeteries of one together."""
    read = own_rows(_file(path), PLACES, _left, lambda row: row[0])
    if read.faults:
        raise read.faults[0]
    found: dict[str, int] = {}
    for _, division, left in read.entries:
        found[division] = found.get(division, 0) + left
    return found


def _left(cells: Cells) -> tuple[str, str, int]:
    left = _count(cells, "capacity") - _count(cells, "used")
    return cells.required("id"), _code(cells), max(left, 0)


def _free_in(free: Mapping[str, int] | None, codes: Sequence[str]) -> int | None:
    return None if free is None else sum(free.get(code, 0) for code in {*codes})


def _file(path: Path) -> OwnFile:
    try:
        found = path.stat()
    except OSError as error:
        raise InvalidInput(f"打不开 {path}：{error.strerror}", code="bad_file") from None
    return _Named(path.name, path, found.st_size, found.st_mtime_ns, found.st_ino)


def _code(cells: Cells) -> str:
    try:
        return DivisionCode.parse(cells.required("division")).text
    except InvalidInput as error:
        raise cells.wrong("division", error.message) from None


def _count(cells: Cells, column: str) -> int:
    try:
        return whole(cells.required(column), column)
    except InvalidInput:
        raise cells.wrong(column, "应为不小于 0 的整数") from None


def _number(cells: Cells, column: str) -> Decimal:
    try:
        number = exact(cells.required(column), column)
    except InvalidInput:
        raise cells.wrong(column, "应为数字") from None
    if number < 0:
        raise cells.wrong(column, "不能为负")
    return number
