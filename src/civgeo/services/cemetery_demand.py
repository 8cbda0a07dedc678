"""Answers on what a place needs for its dead, with every parameter that was used."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.cemetery_demand import (
    AgeGroup,
    Burials,
    Demand,
    YearOfDeaths,
    aged_deaths,
    burial_demand,
    constant_deaths,
    gross_m2,
    lasting,
    lasting_at,
)
from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU
from civgeo.domain.cemetery_rules import CemeteryRuleBook
from civgeo.domain.fields import Fields
from civgeo.domain.quantity import decimal_text, fixed, has_finite_decimal
from civgeo.errors import InvalidInput
from civgeo.services.cemetery_questions import objects_of

__all__ = [
    "DEMAND_KEYS",
    "LONGEST_YEARS",
    "PLOT_RULES",
    "burials_of",
    "demand_answer",
    "figure",
    "ground_of",
]
__all__ += ["ground_share", "path_of", "told_parameters"]

DEMAND_KEYS = frozenset(
    {
        *("population", "death_rate_per_mille", "years", "share", "single_share", "niche_share"),
        *("plot_single_m2", "plot_joint_m2", "path_m2", "burial_share", "capacity", "used"),
        *("from_year", "populations", "age_groups", "rules_edition"),
    }
)
_YEAR_KEYS = frozenset({"year", "population", "death_rate_per_mille"})
_AGE_KEYS = frozenset({"from_age", "population", "death_rate_per_mille"})
PLOT_RULES = {
    "plot_single_m2": "zhumadian_plan_plot_ash_single",
    "plot_joint_m2": "zhumadian_plan_plot_ash_joint",
}
"""Rules that give the size of a plot where a question gives none."""

LONGEST_YEARS = 200
PER_MILLE = Decimal(1000)
OLDEST = 150
LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class _Deaths:
    """Deaths of the whole time; `yearly` with the first year, where years differ."""

    total: Fraction
    years: Fraction
    yearly: tuple[YearOfDeaths, ...] = ()
    first_year: int = 1


def demand_answer(fields: Fields, book: CemeteryRuleBook) -> dict[str, object]:
    """Ashes, plots, niches and land, and how long the places at hand last.

    Parameters
    ----------
    fields
        The question, with the keys `DEMAND_KEYS`: one population, ``populations`` by year, or
        ``age_groups`` that grow older.
    book
        Gives the plot sizes where the question has none: those of the plan of Zhumadian.

    Raises
    ------
    InvalidInput
        When a value of the question is not allowed.
    """
    deaths, burials = _deaths(fields), burials_of(fields, book)
    demand = burial_demand(deaths.total, burials)
    answer: dict[str, object] = {
        "status": "ok",
        "ashes": figure(demand.ashes),
        "single_plots": demand.single_plots,
        "joint_plots": demand.joint_plots,
        "niches": demand.niches,
        "plots": demand.plots,
        "net_plot_m2": figure(demand.net_plot_m2),
    }
    answer |= _ground(fields, demand)
    answer |= _capacity(fields, deaths, demand)
    if deaths.yearly:
        answer["by_year"] = _by_year(deaths, Fraction(burials.share))
    told = told_parameters(
        deaths.years, burials, path_m2=path_of(fields), burial_share=ground_share(fields)
    )
    told["defaults"] = {key: rule for key, rule in PLOT_RULES.items() if not fields.has(key)}
    return answer | {"parameters": told}


def _deaths(fields: Fields) -> _Deaths:
    given = [key for key in ("population", "populations", "age_groups") if fields.has(key)]
    if len(given) > 1:
        raise InvalidInput(f"{given[0]} 与 {given[1]} 只给一个", code="bad_value")
    if given == ["populations"]:
        return _by_population(fields)
    if given == ["age_groups"]:
        return _by_age(fields)
    people, years = fields.count("population"), fields.amount("years")
    if years > LONGEST_YEARS:
        raise InvalidInput(f"years 至多 {LONGEST_YEARS}，收到 {years}", code="bad_value")
    return _Deaths(constant_deaths(people, _rate(fields), years), Fraction(years))


def _by_population(fields: Fields) -> _Deaths:
    """Populations of years that follow one another; a rate of its own goes before the common."""
    for key in ("years", "from_year"):
        _refuse(fields, key, "populations")
    items = list(objects_of(fields, "populations", _YEAR_KEYS))
    years = [item.count("year") for item in items]
    if not items or len(items) > LONGEST_YEARS:
        raise InvalidInput(f"populations 应有 1 到 {LONGEST_YEARS} 年", code="bad_value")
    if years != list(range(years[0], years[0] + len(years))):
        raise InvalidInput("populations 的年份应从小到大连续，每年一项", code="bad_value")
    yearly = tuple(
        YearOfDeaths(
            Fraction(people := item.count("population")),
            constant_deaths(people, _rate(item if item.has("death_rate_per_mille") else fields), 1),
        )
        for item in items
    )
    return _of_years(yearly, years[0])


def _by_age(fields: Fields) -> _Deaths:
    _refuse(fields, "death_rate_per_mille", "age_groups")
    groups = [
        AgeGroup(item.count("from_age"), Decimal(item.count("population")), _rate(item))
        for item in objects_of(fields, "age_groups", _AGE_KEYS)
    ]
    ages = [group.from_age for group in groups]
    if not ages or ages != sorted(set(ages)) or ages[-1] > OLDEST:
        text = f"age_groups 应按 from_age 从小到大，每个年龄一项，不大于 {OLDEST}"
        raise InvalidInput(text, code="bad_value")
    years = fields.count("years")
    if not 1 <= years <= LONGEST_YEARS:
        raise InvalidInput(
            f"years 应为 1 到 {LONGEST_YEARS} 的整数，收到 {years}", code="bad_value"
        )
    first = fields.count("from_year") if fields.has("from_year") else 1
    return _of_years(aged_deaths(groups, years), first)


def _of_years(yearly: tuple[YearOfDeaths, ...], first: int) -> _Deaths:
    total = sum((year.deaths for year in yearly), Fraction())
    return _Deaths(total, Fraction(len(yearly)), yearly, first)


def _refuse(fields: Fields, key: str, other: str) -> None:
    if fields.has(key):
        raise InvalidInput(f"{key} 不能与 {other} 同用", code="bad_value")


def _rate(fields: Fields) -> Decimal:
    rate = fields.amount("death_rate_per_mille")
    if rate > PER_MILLE:
        text = f"death_rate_per_mille 是千分率，应为 0 到 1000，收到 {rate}"
        raise InvalidInput(text, code="bad_value")
    return rate


def burials_of(fields: Fields, book: CemeteryRuleBook) -> Burials:
    """How ashes are laid to rest; plot sizes of `book` where none are given."""
    return Burials(
        share=_share(fields, "share"),
        plot_single_m2=_plot_m2(fields, "plot_single_m2", book),
        plot_joint_m2=_plot_m2(fields, "plot_joint_m2", book),
        niche_share=_share(fields, "niche_share") if fields.has("niche_share") else Decimal(0),
        single_share=_share(fields, "single_share") if fields.has("single_share") else Decimal(1),
    )


def _share(fields: Fields, key: str) -> Decimal:
    share = fields.amount(key)
    if share > 1:
        raise InvalidInput(f"{key} 应为 0 到 1 的比例，收到 {share}", code="bad_value")
    return share


def _plot_m2(fields: Fields, key: str, book: CemeteryRuleBook) -> Decimal:
    if fields.has(key):
        return fields.amount(key)
    rule = book.find(PLOT_RULES[key])
    if rule is None or rule.value is None:
        raise InvalidInput(f"缺少键 {key!r}：规则中没有可用的默认值", code="missing_key")
    return rule.value


def _ground(fields: Fields, demand: Demand) -> dict[str, object]:
    """Gross area, where the planner says which share of the ground is for plots."""
    share = ground_share(fields)
    if share is None:
        return {}
    return ground_of(gross_m2(demand, path_m2=path_of(fields), burial_share=share), demand.plots)


def ground_of(m2: Fraction, plots: int) -> dict[str, object]:
    """Gross area in m2 and mu, and for each plot."""
    answer: dict[str, object] = {"gross_m2": figure(m2)}
    answer["gross_mu"] = figure(m2 / SQUARE_METRES_PER_MU)
    if plots:
        answer["gross_m2_per_plot"] = figure(m2 / plots)
    return answer


def ground_share(fields: Fields) -> Decimal | None:
    """Share of the ground that plots with their paths cover; None where it is not given.

    Raises
    ------
    InvalidInput
        For 0, above 1, and paths without a share.
    """
    if not fields.has("burial_share"):
        if fields.has("path_m2"):
            raise InvalidInput("给了 path_m2，还须给 burial_share 才能算总面积", code="missing_key")
        return None
    share = _share(fields, "burial_share")
    if share == 0:
        raise InvalidInput("burial_share 应大于 0", code="bad_value")
    return share


def path_of(fields: Fields) -> Decimal:
    """Path and spacing of a plot in m2, 0 where it is not given."""
    return fields.amount("path_m2") if fields.has("path_m2") else Decimal(0)


def _capacity(fields: Fields, deaths: _Deaths, demand: Demand) -> dict[str, object]:
    """Free places, what is short, and the years they last, where the capacity is given."""
    if not fields.has("capacity"):
        if fields.has("used"):
            raise InvalidInput("给了 used，还须给 capacity", code="missing_key")
        return {}
    free = max(fields.count("capacity") - (fields.count("used") if fields.has("used") else 0), 0)
    if deaths.yearly:
        share = demand.ashes / deaths.total if deaths.total else Fraction()
        found = lasting(free, [year.deaths * share for year in deaths.yearly])
    else:
        found = lasting_at(free, demand.ashes, deaths.years)
    years = found.years_left
    return {
        "free": found.free,
        "shortfall": figure(found.shortfall),
        "years_left": None if years is None else figure(years),
    }


def _by_year(deaths: _Deaths, share: Fraction) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    total = Fraction()
    for year, found in enumerate(deaths.yearly, start=deaths.first_year):
        total += found.deaths * share
        rows.append(
            {
                "year": year,
                "population": fixed(found.population, 0),
                "deaths": fixed(found.deaths, 2),
                "ashes": fixed(found.deaths * share, 2),
                "ashes_so_far": fixed(total, 2),
            }
        )
    return rows


def told_parameters(
    years: Fraction,
    burials: Burials,
    *,
    path_m2: Decimal = Decimal(0),
    burial_share: Decimal | None = None,
) -> dict[str, object]:
    """Every number that was used, given or by default."""
    used: dict[str, Fraction | Decimal] = {
        "years": years,
        "share": burials.share,
        "niche_share": burials.niche_share,
        "single_share": burials.single_share,
        "plot_single_m2": burials.plot_single_m2,
        "plot_joint_m2": burials.plot_joint_m2,
    }
    if burial_share is not None:
        used |= {"path_m2": path_m2, "burial_share": burial_share}
    return {name: decimal_text(value) for name, value in used.items()}


def figure(value: Fraction) -> str:
    """`value` exactly where that is of a length to be read, else to 6 decimals."""
    text = decimal_text(value)
    return text if len(text) <= LONGEST_TEXT or not has_finite_decimal(value) else fixed(value, 6)
