"""What every township and county needs for its dead, from the registers of the store.

Counties are sums of their townships where each of these is known, else the county's own record of
people; what is not known is said instead of guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd

from civgeo.domain.division import CodeSystem, DivisionCode
from civgeo.errors import InvalidInput
from civgeo.services.cemetery_holdings import Holdings, Places, holdings
from civgeo.services.cemetery_people import DeathTerms, Mortality, mortality_by_division
from civgeo.services.cemetery_place_demand import (
    PlaceDemand,
    TableTerms,
    ashes_of,
    place_demand,
    summed,
)
from civgeo.services.city import City
from civgeo.store.reading import Register
from civgeo.store.tables import Collection

__all__ = ["RegisteredDemand", "StoreDemand", "StoreTerms", "demand_of_store"]

NO_PEOPLE = "没有登记人口"
NO_PLACES = "没有登记的公墓、骨灰堂或集中安葬点，不能判断可用年限"
EARLIEST, LATEST = 1900, 2100


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """What the planner sets.

    Parameters
    ----------
    table
        Shares, sizes and years; its share of the dead holds where the register has none.
    base_year
        First year; this year by default.
    death_rate_per_mille
        Holds where the register has none; None for no such default.
    division
        Only this county or township; the whole city by default.
    commercial
        Whether free places of commercial cemeteries count.
    """

    table: TableTerms
    base_year: int | None = None
    death_rate_per_mille: Decimal | None = None
    division: str | None = None
    commercial: bool = False


@dataclass(frozen=True, slots=True)
class RegisteredDemand:
    """What one division needs.

    Parameters
    ----------
    level
        ``township``, ``county`` or ``city``.
    division, name
        Which one.
    period
        Year of the people that the demand follows from, None for sums of several.
    demand
        None where it is not known; `reason` says why.
    places
        What is at hand.
    reason, years_reason
        Why there is no demand, and why nobody can say how long the places last.
    notes
        What a reader has to know of the people.
    partial
        Whether it is the sum of some of its parts only, the others being unknown.
    """

    level: str
    division: str
    name: str
    period: int | None
    demand: PlaceDemand | None
    places: Places
    reason: str = ""
    years_reason: str = ""
    notes: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class StoreDemand:
    """Demand of the townships and counties of a store, and of the city where all are known.

    Parameters
    ----------
    place, first_year, years, data_version
        The city; the years; the version of the store.
    townships, counties, city
        By code; the city is None where only a part of it was asked for.
    simulated
        Whether any of the records is simulated data.
    notes, sources
        What was left out; the documents of the population.
    """

    place: str
    first_year: int
    years: int
    data_version: int
    townships: tuple[RegisteredDemand, ...]
    counties: tuple[RegisteredDemand, ...]
    city: RegisteredDemand | None
    simulated: bool
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def rows(self) -> tuple[RegisteredDemand, ...]:
        """All of them, the widest first."""
        return (*((self.city,) if self.city else ()), *self.counties, *self.townships)


@dataclass(frozen=True)
class _Known:
    """Everything that is known of the divisions asked about."""

    first_year: int
    terms: TableTerms
    people: Mapping[str, Mortality | str]
    held: Holdings
    names: Mapping[str, str]

    def named(self, digits: int) -> Iterator[str]:
        return (code for code in sorted(self.names) if len(code) == digits)


def demand_of_store(city: City, terms: StoreTerms) -> StoreDemand:
    """Demand of each township and county, by the registers as they are today.

    Raises
    ------
    InvalidInput
        When the base year is not one of 1900 to 2100, or the division is none of the city's.
    """
    first = city.today.year if terms.base_year is None else terms.base_year
    if not EARLIEST <= first <= LATEST:
        text = f"起算年应在 {EARLIEST} 至 {LATEST} 之间，收到 {first}"
        raise InvalidInput(text, code="bad_value")
    with city.store.read() as reading:
        register, version = reading.register(), reading.data_version()
        divisions = reading.features(Collection.DIVISIONS)
        population = reading.features(Collection.POPULATION)
        cemeteries = reading.features(Collection.CEMETERIES)
    names = _names(divisions, terms.division)
    used = population[population["division"].isin(list(names))]
    known = _known(first, terms, names, used, cemeteries)
    towns = tuple(_township(code, known) for code in known.named(9))
    counties = tuple(_county(code, towns, known) for code in known.named(6))
    return StoreDemand(
        place=register.name,
        first_year=first,
        years=terms.table.years,
        data_version=version,
        townships=towns,
        counties=counties,
        city=None if terms.division else _city(register, counties, known),
        simulated=bool(used["simulated"].any() or cemeteries["simulated"].any()),
        notes=(*known.held.notes, *_strays(population, divisions)),
        sources=tuple(sorted({str(text) for text in used["document"].dropna()})),
    )


def _known(
    first: int,
    terms: StoreTerms,
    names: Mapping[str, str],
    population: gpd.GeoDataFrame,
    cemeteries: gpd.GeoDataFrame,
) -> _Known:
    table = terms.table
    asked = DeathTerms(first, table.years, table.burials.share, terms.death_rate_per_mille)
    return _Known(
        first_year=first,
        terms=table,
        people=mortality_by_division(population, asked),
        held=holdings(cemeteries, commercial=terms.commercial),
        names=names,
    )


def _own(divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    own = (divisions["role"] == "own") & (divisions["system"] == CodeSystem.MCA.value)
    return divisions[own & divisions["level"].isin(["county", "township"])]


def _names(divisions: gpd.GeoDataFrame, asked: str | None) -> dict[str, str]:
    """Names of the counties and townships asked about, by code."""
    within = "" if asked is None else DivisionCode.parse(asked).digits
    own = _own(divisions)
    found = {
        str(code): str(name)
        for code, name in zip(own["code"], own["name"], strict=True)
        if str(code).startswith(within)
    }
    if not found:
        text = f"本库没有区划 {asked or ''} 的县区或乡镇（街道）"
        raise InvalidInput(text, code="unknown_division")
    return found


def _township(code: str, known: _Known) -> RegisteredDemand:
    return _single("township", code, known.held.townships.get(code, Places()), known)


def _single(level: str, code: str, places: Places, known: _Known) -> RegisteredDemand:
    """Demand by the division's own record of people."""
    people = known.people.get(code, NO_PEOPLE)
    if isinstance(people, str):
        return RegisteredDemand(level, code, known.names[code], None, None, places, people)
    ashes = ashes_of(people.years, people.share)
    reason = _why_unknown(places)
    demand = place_demand(
        code,
        known.names[code],
        known.first_year,
        people.years,
        ashes,
        None if reason else places.free,
        known.terms,
    )
    return RegisteredDemand(
        level,
        code,
        known.names[code],
        people.period,
        demand,
        places,
        years_reason=reason,
        notes=people.notes,
    )


def _why_unknown(places: Places) -> str:
    """Why nobody can say how long the places last; empty when one can."""
    if not places.sites:
        return NO_PLACES
    if places.unknown:
        return f"{places.unknown} 处没有登记墓位总数或已用数，不能判断可用年限"
    return ""


def _county(code: str, towns: Sequence[RegisteredDemand], known: _Known) -> RegisteredDemand:
    own = [town for town in towns if town.division.startswith(code)]
    lacking = sum(town.demand is None for town in own)
    places = known.held.in_county(code)
    single = _single("county", code, places, known)
    if not own or (lacking and single.demand is not None):
        left = f"{lacking} 个乡镇（街道）没有人口登记，县区按自己的人口计算"
        return replace(single, notes=(*single.notes, left) if lacking else single.notes)
    found = _sum("county", code, known.names[code], own, places, known)
    if found.demand is None or single.demand is None:
        return found
    ours, theirs = (item.demand.years[0].population for item in (found, single) if item.demand)
    told = f"乡镇（街道）合计 {int(ours)} 人，县区登记 {int(theirs)} 人"
    return found if ours == theirs else replace(found, notes=(*found.notes, told))


def _sum(
    level: str,
    code: str,
    name: str,
    parts: Sequence[RegisteredDemand],
    places: Places,
    known: _Known,
) -> RegisteredDemand:
    """Sum of the parts that are known; nobody can say how long places last where one is not."""
    told = [part.demand for part in parts if part.demand is not None]
    if not told:
        return RegisteredDemand(level, code, name, None, None, places, NO_PEOPLE)
    lacking = len(parts) - len(told)
    notes = (f"{lacking} 个{_PARTS[level]}没有人口登记，合计只是下限",) if lacking else ()
    partial = bool(lacking) or any(part.partial for part in parts)
    why = _ONLY_A_PART if partial else _why_unknown(places)
    by_year = zip(*(part.ashes for part in told), strict=True)
    demand = place_demand(
        code,
        name,
        known.first_year,
        summed([part.years for part in told]),
        tuple(sum(ashes, Fraction()) for ashes in by_year),
        None if why else places.free,
        known.terms,
    )
    return RegisteredDemand(
        level, code, name, None, demand, places, "", why, notes, partial=partial
    )


def _city(
    register: Register, counties: Sequence[RegisteredDemand], known: _Known
) -> RegisteredDemand:
    places = sum((county.places for county in counties), known.held.city)
    return _sum("city", register.city, register.name, counties, places, known)


_PARTS = {"county": "乡镇（街道）", "city": "县区"}
_ONLY_A_PART = "合计缺一部分人口，不能判断可用年限"


def _strays(population: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame) -> Iterator[str]:
    known = set(_own(divisions)["code"])
    strange = population[~population["division"].isin(list(known))]
    if len(strange):
        listed = "、".join(sorted(set(strange["division"].astype(str)))[:5])
        yield f"{len(strange)} 行人口不属于本市的县区或乡镇（街道），未使用：{listed}"
