"""Where the people of townships live, and how many of them there are and die.

A township is a point here: one inside its outline where the register has one, else the place of
its entry in the gazetteer, else the mean place of its estates by households. Which one it is
travels with the point. A township without any of them has no place.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import geopandas as gpd
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.place_kind import PlaceKind
from civgeo.services.cemetery_people import DeathTerms, Mortality, mortality_by_division
from civgeo.services.funeral_sites import Place, places_of_rows
from civgeo.services.indicator_data import DayData
from civgeo.services.indicator_units import Unit, units_of
from civgeo.store.tables import Collection

__all__ = ["DeathsAsked", "PlaceBasis", "Town", "TownPeople", "Weight", "town_people"]
__all__ += ["towns_of", "weighed"]

PARTS = 1_000
_DIGITS = 9


class PlaceBasis(Labelled):
    """What the point of a township was taken from."""

    OUTLINE = "outline", "区划轮廓内的代表点"
    NAME = "name", "地名登记的位置"
    ESTATES = "estates", "小区按户数的平均位置"


class Weight(Labelled):
    """What each township counts."""

    POPULATION = "population", "人口"
    DEATHS = "deaths", "死亡人数"
    ASHES = "ashes", "骨灰数"
    EQUAL = "equal", "每个乡镇计 1（不是人口）"

    @property
    def counted(self) -> str:
        """Measure word of the weights."""
        words = {"population": "人", "deaths": "例", "ashes": "份", "equal": "乡镇"}
        return words[self.value]


@dataclass(frozen=True, slots=True)
class Town:
    """A township or street with its point (EPSG:4490), None where nothing tells its place."""

    unit: Unit
    place: Place | None
    basis: PlaceBasis | None


@dataclass(frozen=True, slots=True)
class TownPeople:
    """People of a township in the newest year not after the day asked about.

    Parameters
    ----------
    population
        People in all; None where that year is registered twice.
    deaths, ashes
        Deaths of the years asked for, and ashes laid to rest of them, as the demand for burial
        counts them; None where the register does not tell.
    """

    population: int | None
    deaths: Fraction | None
    ashes: Fraction | None


@dataclass(frozen=True, slots=True)
class DeathsAsked:
    """Years of deaths from the day's year on; the rate and the share where none is registered."""

    years: int = 1
    death_rate_per_mille: Decimal | None = None
    share: Decimal | None = None


def towns_of(data: DayData, within: str = "") -> tuple[Town, ...]:
    """Townships and streets of the city below the digits `within`, by code, with their points."""
    found = {
        basis: source(data)
        for basis, source in (
            (PlaceBasis.OUTLINE, _outlined),
            (PlaceBasis.NAME, _named),
            (PlaceBasis.ESTATES, _lived_in),
        )
    }
    towns = []
    for unit in units_of(data, "township"):
        if unit.code.startswith(within):
            basis = next((basis for basis in PlaceBasis if unit.code in found[basis]), None)
            towns.append(Town(unit, None if basis is None else found[basis][unit.code], basis))
    return tuple(towns)


def _outlined(data: DayData) -> dict[str, Place]:
    towns = data.divisions[data.divisions["level"] == "township"]
    return _by_code(towns["code"].tolist(), towns)


def _named(data: DayData) -> dict[str, Place]:
    names = data.records(Collection.PLACE_NAMES)
    towns = names[(names["kind"] == PlaceKind.TOWNSHIP.value).to_numpy(dtype=bool)]
    towns = towns[(towns["public"].eq(True) & towns["secrecy"].eq("public")).to_numpy(dtype=bool)]
    return _by_code(towns["division"].tolist(), towns)


def _by_code(codes: Sequence[str], frame: gpd.GeoDataFrame) -> dict[str, Place]:
    pairs = zip(codes, places_of_rows(frame), strict=True)
    return {code: place for code, place in pairs if place is not None}


def _lived_in(data: DayData) -> dict[str, Place]:
    estates = data.records(Collection.ESTATES)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    households = estates["households"].fillna(1).astype(float).tolist()
    columns = zip(estates["division"].tolist(), households, places_of_rows(estates), strict=True)
    for division, count, place in columns:
        if place is not None and isinstance(division, str):
            total = sums[division[:_DIGITS]]
            for axis, value in enumerate((place[0] * count, place[1] * count, count)):
                total[axis] += value
    return {code: (x / count, y / count) for code, (x, y, count) in sums.items() if count}


def town_people(data: DayData, asked: DeathsAsked) -> Mapping[str, TownPeople]:
    """People of each township in the register of population, by its nine digits."""
    frame = data.records(Collection.POPULATION)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    base = data.on.year
    unknown = Decimal("NaN")
    share = unknown if asked.share is None else asked.share
    terms = DeathTerms(base, asked.years, share, asked.death_rate_per_mille)
    mortality = mortality_by_division(table, terms)
    return {
        code: _people(int(count) if known else None, mortality.get(code))
        for code, (count, known) in _populations(table[table["period"] <= base]).items()
    }


def _populations(table: pd.DataFrame) -> dict[str, tuple[int, bool]]:
    """People of each township in its newest year; False where a row of it stands twice."""
    found = {}
    codes = table["division"].map(lambda code: DivisionCode.parse(code).digits)
    for code, rows in table.groupby(codes, sort=True):
        if len(str(code)) == _DIGITS:
            newest = rows[rows["period"] == rows["period"].max()]
            whole = newest[newest["age_from"].isna()]
            counted = whole if len(whole) else newest
            twice = bool(newest["age_from"].duplicated().any())
            found[str(code)] = (int(counted["population"].sum()), not twice)
    return found


def _people(population: int | None, mortality: Mortality | str | None) -> TownPeople:
    if not isinstance(mortality, Mortality):
        return TownPeople(population, None, None)
    deaths = sum((year.deaths for year in mortality.years), Fraction())
    share = mortality.share
    return TownPeople(population, deaths, None if share.is_nan() else deaths * Fraction(share))


def weighed(
    towns: Sequence[Town], people: Mapping[str, TownPeople], weight: Weight
) -> tuple[Fraction | None, ...]:
    """What each township counts, in thousandths; None where the register does not tell."""
    return tuple(_weight(people.get(town.unit.code), weight) for town in towns)


def _weight(known: TownPeople | None, weight: Weight) -> Fraction | None:
    if weight is Weight.EQUAL:
        return Fraction(1)
    if known is None:
        return None
    if weight is Weight.POPULATION:
        return None if known.population is None else Fraction(known.population)
    value = known.deaths if weight is Weight.DEATHS else known.ashes
    return None if value is None else Fraction(round(value * PARTS), PARTS)
