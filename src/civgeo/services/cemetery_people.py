"""People of each division and who of them die year by year, from the register of population."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from civgeo.domain.cemetery_demand import AgeGroup, YearOfDeaths, aged_deaths, constant_deaths
from civgeo.domain.division import DivisionCode

__all__ = ["DeathTerms", "Mortality", "mortality_by_division"]

LONGEST_AGED = 50
"""Years that people who only grow older say something about."""


@dataclass(frozen=True, slots=True)
class DeathTerms:
    """What the planner sets.

    Parameters
    ----------
    base_year, years
        First year, and how many.
    share
        Share of the dead who are buried here, where the register has none.
    death_rate_per_mille
        Deaths a year of 1000 people, where the register has none; None for no such default.
    """

    base_year: int
    years: int
    share: Decimal
    death_rate_per_mille: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Mortality:
    """People and deaths of a division, by year.

    Parameters
    ----------
    period
        Year of the population that they follow from.
    years
        From the base year on.
    share
        Share of the dead who are buried here.
    by_age
        Whether age groups grow older, rather than one population staying as it is.
    notes
        What a reader has to know of the rows used.
    """

    period: int
    years: tuple[YearOfDeaths, ...]
    share: Decimal
    by_age: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    period: int
    age_from: int | None
    population: int
    rate: Decimal | None
    share: Decimal | None


def mortality_by_division(rows: pd.DataFrame, terms: DeathTerms) -> Mapping[str, Mortality | str]:
    """Mortality of each division that the register names, or why it cannot be told.

    The newest year that is not after the base year counts. Age groups with a rate each go before
    the population as a whole, and grow older from their own year on.

    Parameters
    ----------
    rows
        Records of the register ``population``.
    terms
        Years, and values where the register has none.
    """
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for code, row in _read(rows):
        found[code].append(row)
    return {code: _mortality(listed, terms) for code, listed in found.items()}


def _read(rows: pd.DataFrame) -> Iterator[tuple[str, _Row]]:
    names = ("division", "period", "age_from", "population", "death_rate_per_mille", "share")
    for division, period, age, people, rate, share in zip(
        *(rows[name].tolist() for name in names), strict=True
    ):
        yield (
            DivisionCode.parse(division).text,
            _Row(
                period=int(period),
                age_from=None if pd.isna(age) else int(age),
                population=int(people),
                rate=None if pd.isna(rate) else Decimal(str(rate)),
                share=None if pd.isna(share) else Decimal(str(share)),
            ),
        )


def _mortality(rows: Sequence[_Row], terms: DeathTerms) -> Mortality | str:
    past = [row.period for row in rows if row.period <= terms.base_year]
    if not past:
        first = min(row.period for row in rows)
        return f"只有 {first} 年及以后的人口，晚于起算的 {terms.base_year} 年"
    period = max(past)
    used = [row for row in rows if row.period == period]
    if len({row.age_from for row in used}) < len(used):
        return f"{period} 年的人口登记了不止一次，请先更正登记"
    whole = next((row for row in used if row.age_from is None), None)
    groups = sorted(
        (row for row in used if row.age_from is not None), key=lambda row: row.age_from or 0
    )
    if groups and all(row.rate is not None for row in groups):
        return _aged(groups, whole, terms)
    if whole is None:
        count = sum(row.rate is None for row in groups)
        return f"{period} 年有 {count} 个年龄组没有死亡率，又没有总人口"
    notes = [f"{period} 年的年龄组没有死亡率，按总人口计算"] if groups else []
    return _constant(whole, terms, notes)


def _constant(whole: _Row, terms: DeathTerms, notes: list[str]) -> Mortality | str:
    rate = terms.death_rate_per_mille if whole.rate is None else whole.rate
    if rate is None:
        return f"{whole.period} 年没有登记死亡率，也没有给默认的死亡率"
    if whole.rate is None:
        notes.append(f"没有登记死亡率，按给定的 {rate}‰")
    one = YearOfDeaths(Fraction(whole.population), constant_deaths(whole.population, rate, 1))
    share = terms.share if whole.share is None else whole.share
    years = (one,) * terms.years
    told = (*_late(whole.period, terms), *notes)
    return Mortality(whole.period, years, share, by_age=False, notes=told)


def _aged(groups: Sequence[_Row], whole: _Row | None, terms: DeathTerms) -> Mortality | str:
    period = groups[0].period
    shares = {row.share for row in (*groups, *([whole] if whole else [])) if row.share is not None}
    if len(shares) > 1:
        return f"{period} 年各年龄组的安葬比例不一，请改为一个"
    lag = terms.base_year - period
    if lag + terms.years > LONGEST_AGED:
        return f"年龄组至多推算 {LONGEST_AGED} 年（不计出生与迁移），{period} 年的人口推不到那么远"
    years = aged_deaths(
        [
            AgeGroup(row.age_from or 0, Decimal(row.population), row.rate or Decimal(0))
            for row in groups
        ],
        lag + terms.years,
    )
    notes = [*_late(period, terms), "按年龄组逐年推算，不计出生与迁移"]
    if groups[0].age_from:
        notes.append(f"年龄组从 {groups[0].age_from} 岁起，不含更年轻的人口")
    people = sum(row.population for row in groups)
    if whole is not None and whole.population != people:
        notes.append(f"各年龄组合计 {people} 人，登记的总人口为 {whole.population} 人")
    share = next(iter(shares), terms.share)
    return Mortality(period, years[lag:], share, by_age=True, notes=tuple(notes))


def _late(period: int, terms: DeathTerms) -> tuple[str, ...]:
    return () if period == terms.base_year else (f"人口为 {period} 年登记",)
