"""Use case: who of the city reaches a kind of facility on foot in time, by unit, and why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms, walking_reach
from civgeo.analysis.served_people import served_people
from civgeo.analysis.snapping import SNAP_LIMIT_M, Snapped
from civgeo.analysis.walk_arcs import MOST_PAIRS_SERVED, reachable_demand
from civgeo.analysis.walk_network import Ints
from civgeo.analysis.walk_search import distance_from_field, limit_dm, nearest_facility
from civgeo.domain.division import DivisionCode
from civgeo.domain.facility import FacilityKind
from civgeo.domain.reach_reason import ReachReason
from civgeo.errors import InvalidInput
from civgeo.services.city import City
from civgeo.services.reporting_areas import reporting_areas
from civgeo.services.walk_ground import Ground, Served, served_by, walk_ground
from civgeo.store.tables import Collection

__all__ = [
    "People",
    "Reach",
    "ReachBand",
    "estates_in",
    "reach_coverage",
    "unit_codes",
    "unit_names",
]

SLOW, FAST = Decimal("0.8"), Decimal("1.2")


class People(StrEnum):
    """Who is counted; a column of estates."""

    HOUSEHOLDS = "households"
    ELDERS = "elders"

    @property
    def label_zh(self) -> str:
        """Who, in Chinese."""
        return "户数" if self is People.HOUSEHOLDS else "老年人口"


@dataclass(frozen=True, slots=True)
class ReachBand:
    """How many people are reached under other assumptions: the figure is no better than these.

    Parameters
    ----------
    at_0_8, at_1_2
        At 0.8 and 1.2 metres a second.
    without_access
        At the speed asked for, the straight ways between places and streets left out.
    """

    at_0_8: int
    at_1_2: int
    without_access: int


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Reach of an area, with everything that a reader needs to check it.

    Parameters
    ----------
    estates
        Estates counted, EPSG:4490, index id: name, division, community, people, the columns of
        `walking_reach` with ids of facilities and names of barriers, reached_people (some of an
        estate, where the rest finds no room).
    units
        Index code: name, people, reached, straight_reached, share (exact, None without people),
        and a column of people for each reason.
    total, reached, straight_reached
        People in all, reached on foot, inside straight-line circles.
    band
        Under other assumptions, however full the facilities are.
    reasons
        People not reached, by reason; they add up to the rest.
    kinds, terms, people, level, area, within_beds
        What was asked.
    uncounted
        Ids of estates without a place or a number of people.
    ground, served
        Streets, data and facilities behind the answer.
    """

    estates: gpd.GeoDataFrame
    units: pd.DataFrame
    total: int
    reached: int
    straight_reached: int
    band: ReachBand
    reasons: dict[ReachReason, int]
    kinds: tuple[FacilityKind, ...]
    terms: ReachTerms
    people: People
    level: UnitLevel
    area: str
    uncounted: tuple[str, ...]
    ground: Ground
    served: Served
    within_beds: bool = False

    @property
    def share(self) -> Fraction | None:
        """People reached of all; None where there are none."""
        return Fraction(self.reached, self.total) if self.total else None


def reach_coverage(
    city: City,
    kinds: Sequence[FacilityKind],
    *,
    terms: ReachTerms | None = None,
    people: People = People.HOUSEHOLDS,
    level: UnitLevel = UnitLevel.COUNTY,
    division: str | None = None,
    on: date | None = None,
    within_beds: bool = False,
) -> Reach:
    """Who reaches a facility of `kinds` on foot, by unit of `level` in `division`.

    Parameters
    ----------
    city
        The city; a walk network must be in use.
    kinds
        Kinds of facility, any of which will do.
    terms
        Minutes and speed; 15 minutes at 1.0 m/s by default.
    people
        Whether households or elders are counted.
    level
        Unit of the sums.
    division
        Code of the area; the whole city by default.
    on
        Day whose estates, facilities and barriers count; today by default.
    within_beds
        Whether a facility serves no more people than it has beds; those who find no room are not
        reached. A facility without a number of beds has no room then.

    Raises
    ------
    InvalidInput
        When no kind is given, `division` is no code, or the snap limit is above the usual one.
    NotFound
        ``no_streets`` without a walk network.
    """
    if not kinds:
        raise InvalidInput("请写明设施种类（kind）", code="no_kind")
    terms = terms or ReachTerms()
    if not terms.snap_limit_m <= SNAP_LIMIT_M:
        raise InvalidInput(f"离路上限最多 {SNAP_LIMIT_M:g} 米", code="snap_limit")
    ground = walk_ground(city, on)
    served = served_by(city, ground, kinds)
    area = DivisionCode.parse(division or ground.register.city)
    inside = estates_in(ground.estates, area)
    known = ground.estates[people.value].notna().to_numpy()
    rows = np.flatnonzero(inside & known)
    places = _with_limit(ground.people.take(rows), terms.snap_limit_m)
    counted = ground.estates[people.value].to_numpy()[rows].astype(np.int64)
    room = _room(ground, served, places, terms, counted) if within_beds else None
    table = _table(ground, served, places, terms, None if room is None else room >= counted)
    estates = _estates(ground, rows, people, table, served)
    in_time = estates["reached"].to_numpy(dtype=bool)
    estates["reached_people"] = np.where(in_time, counted, 0) if room is None else room
    straight = estates["straight_reached"].to_numpy(dtype=bool)
    missed = (estates["people"] - estates["reached_people"]).groupby(estates["reason"]).sum()
    return Reach(
        estates=estates,
        units=_units(city, ground, estates, level),
        total=int(counted.sum()),
        reached=int(estates["reached_people"].sum()),
        straight_reached=int(counted[straight].sum()),
        band=_band(ground, served, places, terms, counted),
        reasons={reason: int(missed.get(reason.value, 0)) for reason in ReachReason},
        within_beds=within_beds,
        kinds=tuple(dict.fromkeys(kinds)),
        terms=terms,
        people=people,
        level=level,
        area=area.text,
        uncounted=(*ground.unplaced, *ground.estates.index[inside & ~known]),
        ground=ground,
        served=served,
    )


def estates_in(estates: gpd.GeoDataFrame, area: DivisionCode) -> npt.NDArray[np.bool_]:
    """Which estates lie in `area`, by the digits of their division or community."""
    found = np.zeros(len(estates), dtype=bool)
    for name in ("division", "community"):
        inside = estates[name].str.startswith(area.digits).fillna(value=False)
        found |= inside.to_numpy(dtype=bool)
    return found


def _with_limit(places: Snapped, limit_m: float) -> Snapped:
    """`places` with those taken off the network that lie farther from a street than asked."""
    edge = np.where(places.nearest_m <= limit_m, places.edge, -1).astype(np.int32)
    return replace(places, edge=edge)


def _table(
    ground: Ground,
    served: Served,
    places: Snapped,
    terms: ReachTerms,
    has_room: npt.NDArray[np.bool_] | None,
) -> pd.DataFrame:
    distance, owner = distance_from_field(ground.network, served.field, served.places, places)
    barriers = ground.barriers.geometry
    return walking_reach(
        distance, owner, places, served.points, terms, served=has_room, barriers=barriers
    )


def _room(
    ground: Ground,
    served: Served,
    places: Snapped,
    terms: ReachTerms,
    counted: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """People of each estate whom the facilities in reach have beds for."""
    arcs = reachable_demand(
        *(ground.network, served.places, places, terms.limit_dm), most_pairs=MOST_PAIRS_SERVED
    )
    beds = served.facilities["beds"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.rint(served_people(arcs, counted, beds)).astype(np.int64)


def _estates(
    ground: Ground,
    rows: npt.NDArray[np.int64],
    people: People,
    table: pd.DataFrame,
    served: Served,
) -> gpd.GeoDataFrame:
    """Estates with the columns of `table`, ids and names in place of positions."""
    chosen = ground.estates.iloc[rows]
    frame = chosen[["name", "division", "community", "geometry"]].copy()
    frame["people"] = chosen[people.value].astype("int64")
    frame[list(table.columns)] = table.set_axis(frame.index)
    for column in ("facility", "straight_facility"):
        frame[column] = _named(frame[column], served.facilities.index)
    frame["barrier"] = _named(frame["barrier"], ground.barriers["name"])
    return frame


def _named(positions: "pd.Series[int]", names: Iterable[str]) -> "pd.Series[str]":
    listed = list(names)
    values = [listed[at] if at >= 0 else None for at in positions]
    return pd.Series(values, index=positions.index, dtype=object)


def _units(city: City, ground: Ground, estates: gpd.GeoDataFrame, level: UnitLevel) -> pd.DataFrame:
    """Sums of each unit that has an estate, in the order of the codes."""
    if level is UnitLevel.REPORTING_AREA:
        with city.store.read() as reading:
            areas = reporting_areas(reading, on=ground.on)
        pairs = areas.members(estates.geometry)
        units = _sums(estates.loc[pairs["place"]], pairs["area"].to_numpy())
        units.insert(0, "name", areas.units["name"].reindex(units.index))
        return units
    units = _sums(estates, unit_codes(estates, level, ground.register.city).to_numpy())
    units.insert(0, "name", unit_names(city, estates, units.index, level))
    return units


def _sums(estates: gpd.GeoDataFrame, code: npt.NDArray[np.object_]) -> pd.DataFrame:
    people, reached = estates["people"], estates["reached_people"]
    columns = {
        "people": people,
        "reached": reached,
        "straight_reached": people.where(estates["straight_reached"].astype(bool), 0),
    }
    columns |= {
        reason.value: (people - reached).where(estates["reason"] == reason.value, 0)
        for reason in ReachReason
    }
    units = pd.DataFrame(columns).groupby(code).sum().sort_index().rename_axis("code")
    units["share"] = pd.Series(
        [
            Fraction(int(part), int(whole)) if whole else None
            for part, whole in zip(units["reached"], units["people"], strict=True)
        ],
        index=units.index,
        dtype=object,
    )
    return units


def unit_codes(estates: gpd.GeoDataFrame, level: UnitLevel, city: str) -> "pd.Series[str]":
    """Code of the unit of `level` that each estate belongs to; for estates their own id."""
    match level:
        case UnitLevel.ESTATE:
            return estates.index.to_series()
        case UnitLevel.COMMUNITY:
            return estates["community"].fillna(estates["division"])
        case UnitLevel.TOWNSHIP:
            return estates["division"]
        case UnitLevel.COUNTY:
            return estates["division"].str[:6]
        case _:
            return pd.Series(city, index=estates.index)


def unit_names(
    city: City, estates: gpd.GeoDataFrame, codes: pd.Index, level: UnitLevel
) -> "pd.Series[str]":
    """Names of units by their codes; a code without a name stands for itself."""
    if level is UnitLevel.ESTATE:
        return estates["name"].reindex(codes)
    with city.store.read() as reading:
        own = reading.features(Collection.DIVISIONS, where={"role": "own"})
    named = own.drop_duplicates("code").set_index("code")["name"].reindex(codes)
    return named.fillna(pd.Series(codes, index=codes))


def _band(
    ground: Ground,
    served: Served,
    places: Snapped,
    terms: ReachTerms,
    counted: npt.NDArray[np.int64],
) -> ReachBand:
    network = ground.network
    walk, _owner = distance_from_field(network, served.field, served.places, places)
    bare_places, bare = _without_access(served.places), _without_access(places)
    field = nearest_facility(network, bare_places, terms.limit_dm)
    short, _owner = distance_from_field(network, field, bare_places, bare)

    def people(distance: Ints, limit: int) -> int:
        return int(counted[distance <= limit].sum())

    return ReachBand(
        people(walk, limit_dm(terms.minutes, SLOW)),
        people(walk, limit_dm(terms.minutes, FAST)),
        people(short, terms.limit_dm),
    )


def _without_access(places: Snapped) -> Snapped:
    return replace(places, access_dm=np.zeros_like(places.access_dm))
