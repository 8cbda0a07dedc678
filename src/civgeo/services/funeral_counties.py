"""Counties as the model of service stations sees them: townships, people, stations, the middle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from civgeo.domain.funeral_layout import FuneralKind, FuneralSite, SiteState
from civgeo.errors import InvalidInput
from civgeo.formats.reference import seats
from civgeo.geo.reading_places import ground_offset
from civgeo.services.funeral_coverage import area_of
from civgeo.services.funeral_people import Town, TownPeople, Weight, town_people, towns_of, weighed
from civgeo.services.funeral_question import Centre, FuneralTerms
from civgeo.services.funeral_sites import Place, funeral_sites
from civgeo.services.indicator_data import DayData
from civgeo.services.indicator_units import Unit, units_of

__all__ = ["CountyGround", "Demand", "Middle", "counties_of", "demand_of", "require_people"]
__all__ += ["seen_from", "township_of"]

_TOWN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Middle:
    """Where directions are seen from (EPSG:4490), and what it was taken from."""

    place: Place
    basis: str


@dataclass(frozen=True, slots=True)
class Demand:
    """Townships that count.

    Parameters
    ----------
    towns, weights
        Those with a place and a weight; the weights.
    no_place, no_weight
        Townships left out for want of a place, and for want of people in the register.
    """

    towns: tuple[Town, ...]
    weights: tuple[Fraction, ...]
    no_place: tuple[Town, ...]
    no_weight: tuple[Town, ...]

    @property
    def places(self) -> list[Place]:
        """Points of the townships."""
        return [town.place for town in self.towns if town.place is not None]

    @property
    def total(self) -> Fraction:
        """All weights together."""
        return sum(self.weights, Fraction())


@dataclass(frozen=True, slots=True)
class CountyGround:
    """One county.

    Parameters
    ----------
    unit, is_rural
        The county; whether the plan speaks of it (districts of the city are no 县).
    demand
        Its townships and people.
    candidates
        Its townships with a place, counted or not.
    stations
        Its service stations in operation.
    middle
        Where its directions are seen from; None where nothing tells.
    """

    unit: Unit
    is_rural: bool
    demand: Demand
    candidates: tuple[Town, ...]
    stations: tuple[FuneralSite, ...]
    middle: Middle | None


def demand_of(
    terms: FuneralTerms, towns: Sequence[Town], people: Mapping[str, TownPeople]
) -> Demand:
    """Townships of `towns` with their weights by the terms, from their people by code."""
    weights = weighed(towns, people, terms.weight)
    counted = [
        (town, weight)
        for town, weight in zip(towns, weights, strict=True)
        if town.place is not None and weight is not None
    ]
    return Demand(
        tuple(town for town, _ in counted),
        tuple(weight for _, weight in counted),
        tuple(town for town in towns if town.place is None),
        tuple(town for town, weight in zip(towns, weights, strict=True) if weight is None),
    )


def require_people(demands: Sequence[Demand], terms: FuneralTerms) -> None:
    """Refuse demands that are nobody's together.

    Raises
    ------
    InvalidInput
        ``no_people``, with what to register or which weight to take instead.
    """
    if any(demand.total > 0 for demand in demands):
        return
    needed = {Weight.DEATHS: "人口和死亡率", Weight.ASHES: "人口、死亡率和安葬比例"}
    told = f"范围内没有既有位置又登记了{needed.get(terms.weight, '人口')}的乡镇（街道）："
    told += "请先导入人口表（civgeo import 文件 --as population），或用 weight=equal 每个乡镇计 1"
    raise InvalidInput(told, code="no_people")


def counties_of(data: DayData, terms: FuneralTerms) -> tuple[CountyGround, ...]:
    """Counties of the area with what the model of stations needs, by code.

    Raises
    ------
    InvalidInput
        When there is no such area, or a seat is given of a county that there is not.
    """
    division = area_of(data, terms.division)
    strange = sorted(set(terms.seats) - {unit.code for unit in units_of(data, "county")})
    if strange:
        raise InvalidInput(f"seats 的 {strange[0]} 不是本市的县区", code="no_such_division")
    stations = [
        site
        for site in funeral_sites(data)
        if site.kind is FuneralKind.SERVICE_STATION and site.state is SiteState.OPERATING
    ]
    towns, people = towns_of(data), town_people(data, terms.deaths)
    rural = {unit.code for unit in units_of(data, "county", "county")}
    known = _known_seats(terms)
    found = []
    for unit in units_of(data, "county"):
        if not unit.code.startswith(division):
            continue
        own = [town for town in towns if town.unit.county == unit.code]
        demand = demand_of(terms, own, people)
        found.append(
            CountyGround(
                unit,
                unit.code in rural,
                demand,
                tuple(town for town in own if town.place is not None),
                tuple(site for site in stations if site.division.startswith(unit.code)),
                _middle(unit, demand, terms, known),
            )
        )
    return tuple(found)


def _known_seats(terms: FuneralTerms) -> Mapping[str, Middle]:
    if terms.centre is Centre.PEOPLE:
        return {}
    packaged = seats()
    points = zip(packaged.index, packaged.geometry.x, packaged.geometry.y, strict=True)
    found = {code: Middle((lon, lat), "县城（GeoNames，CC BY 4.0）") for code, lon, lat in points}
    return found | {code: Middle(place, "县城（给定）") for code, place in terms.seats.items()}


def _middle(
    unit: Unit, demand: Demand, terms: FuneralTerms, known: Mapping[str, Middle]
) -> Middle | None:
    if terms.centre is Centre.SEAT:
        return known.get(unit.code)
    total = float(demand.total)
    if not total:
        return None
    pairs = list(zip(demand.places, demand.weights, strict=True))
    lon, lat = (sum(place[axis] * float(w) for place, w in pairs) / total for axis in (0, 1))
    return Middle((lon, lat), f"按{terms.weight.label_zh}加权的乡镇平均位置")


def seen_from(middle: Middle | None, place: Place | None) -> tuple[float, float] | None:
    """Metres and true bearing of `place`; None without one of both, or at the very middle."""
    if middle is None or place is None:
        return None
    metres, bearing = ground_offset(middle.place, place)
    return (metres, bearing) if metres > 0 else None


def township_of(site: FuneralSite) -> str | None:
    """Digits of the township that a facility lies in; None where the register does not tell."""
    return site.division[:_TOWN_DIGITS] if len(site.division) >= _TOWN_DIGITS else None
