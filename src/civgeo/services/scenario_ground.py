"""What scenarios stand on: facilities by id, units of the sums, divisions, floor area at hand.

Made once for each ground of walking questions, so that an edit costs its answer alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import Floats
from civgeo.domain.division import DivisionLevel
from civgeo.domain.facility import FacilityKind
from civgeo.domain.standard import StandardBook
from civgeo.errors import CrsError
from civgeo.geo.crs import Zone, project, zone_of
from civgeo.services.city import City
from civgeo.services.reach import People
from civgeo.services.scenario_floor_area import (
    CountyFigure,
    Tally,
    county_figure,
    known_facilities,
    tallies,
)
from civgeo.services.scenario_prefixes import Prefixes
from civgeo.services.scenario_stock import Known, Stock, stocks
from civgeo.services.walk_ground import Ground, walk_ground
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["LEVELS", "PlanningGround", "Units", "planning_ground"]

LEVELS = (UnitLevel.COMMUNITY, UnitLevel.TOWNSHIP, UnitLevel.COUNTY, UnitLevel.CITY)
_DIGITS = {UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6}
_EPSG_OF_ZONE_0 = 4509
KEPT_GROUNDS = 4
KEPT_PLACES = 20_000
KEPT_FIGURES = 2_000
_OFF, _ZERO = np.array([-1], np.int32), np.zeros(1, np.int32)
NOWHERE = Snapped(np.zeros(1), np.zeros(1), _OFF, _ZERO, _ZERO, np.array([np.inf]))
"""A place that is not near any street."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units of one level that hold an estate.

    Parameters
    ----------
    of
        Number of the unit of each estate of the ground, -1 for none.
    codes
        Code of each unit, in order.
    """

    of: npt.NDArray[np.intp]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlanningGround:
    """Ground of scenarios.

    Parameters
    ----------
    ground
        Streets and people.
    facilities
        Every facility of the day by id, those that do not operate too.
    units
        By level.
    people
        People of each estate of the ground, 0 where they are not known.
    unknown
        Ids of estates whose people are not known.
    names
        Name of each division by code.
    estate_names
        Name of each estate of the ground.
    tallies
        Homes and elder-care floor area of each county.
    book
        Standards.
    stocks
        Facilities that operate, by kind.
    prefixes
        What lists of edits came to, kept for a while.
    """

    ground: Ground
    facilities: Mapping[str, Known]
    units: Mapping[UnitLevel, Units]
    people: Mapping[People, npt.NDArray[np.int64]]
    unknown: Mapping[People, tuple[str, ...]]
    names: Mapping[str, str]
    estate_names: tuple[str, ...]
    tallies: Mapping[str, Tally]
    book: StandardBook
    stocks: Mapping[FacilityKind, Stock]
    prefixes: Prefixes
    _outlines: shapely.STRtree
    _outlined: tuple[str, ...]
    _zone: Zone

    @property
    def city(self) -> str:
        """Code of the city."""
        return self.ground.register.city

    def place(self, lon: float, lat: float) -> Snapped:
        """A point (EPSG:4490) on the network, snapped once."""
        return _place(self, lon, lat)

    def metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Points (EPSG:4490) in the zone of the network."""
        return project(lon, lat, self._zone)

    def figure(self, county: str, tally: Tally) -> CountyFigure:
        """Elder-care floor area of a county with those sums."""
        return _figure(self, county, tally)

    def division(self, lon: float, lat: float) -> str | None:
        """Code of the smallest division with an outline around a point; None outside the city."""
        return _division(self, lon, lat)


@lru_cache(maxsize=KEPT_PLACES)
def _place(planning: PlanningGround, lon: float, lat: float) -> Snapped:
    try:
        x, y = planning.metres(np.array([lon]), np.array([lat]))
    except CrsError:  # too far away for the zone
        return NOWHERE
    return planning.ground.index.snap(x, y)


@lru_cache(maxsize=KEPT_FIGURES)
def _figure(planning: PlanningGround, county: str, tally: Tally) -> CountyFigure:
    return county_figure(tally, county, planning.ground.on, planning.book)


@lru_cache(maxsize=KEPT_PLACES)
def _division(planning: PlanningGround, lon: float, lat: float) -> str | None:
    found = planning._outlines.query(shapely.Point(lon, lat), predicate="intersects")
    codes = [planning._outlined[at] for at in found]
    return max(codes, key=lambda code: (len(code.rstrip("0")), code), default=None)


def planning_ground(city: City, on: date | None = None) -> PlanningGround:
    """The ground of scenarios in `city` on a day, today by default.

    Raises
    ------
    NotFound
        ``no_streets`` when no walk network is in use.
    """
    return _planning_ground(city.store, walk_ground(city, on))


@lru_cache(maxsize=KEPT_GROUNDS)
def _planning_ground(store: Store, ground: Ground) -> PlanningGround:
    with store.read() as reading:
        day = None if ground.on == reading.today else ground.on
        estates = reading.features(Collection.ESTATES, valid_on=day)
        facilities = reading.features(Collection.FACILITIES, valid_on=day)
        own = reading.features(Collection.DIVISIONS, where={"role": "own"}, valid_on=day)
        book = reading.standards()
    known = known_facilities(facilities, estates, own)
    placed, city = ground.estates, ground.register.city
    counted = {who: placed[who.value] for who in People}
    below = own[own["level"] != DivisionLevel.PREFECTURE.value]
    outlined = below[below.geometry.notna() & ~below.geometry.is_empty]
    return PlanningGround(
        ground=ground,
        facilities=known,
        units={level: _units(placed, level, city) for level in LEVELS},
        people={who: column.fillna(0).to_numpy(np.int64) for who, column in counted.items()},
        unknown={
            who: (*ground.unplaced, *column.index[column.isna()]) for who, column in counted.items()
        },
        names=dict(zip(own["code"], own["name"], strict=True)),
        estate_names=tuple(placed["name"].tolist()),
        tallies=tallies(estates, known, own),
        book=book,
        stocks=stocks(known),
        prefixes=Prefixes(ground.network.nodes),
        _outlines=shapely.STRtree(outlined.geometry.to_numpy()),
        _outlined=tuple(outlined["code"]),
        _zone=zone_of(3 * (ground.network.epsg - _EPSG_OF_ZONE_0)),
    )


def _units(estates: gpd.GeoDataFrame, level: UnitLevel, city: str) -> Units:
    """Units of the estates; a community that is not known is its township."""
    if level is UnitLevel.CITY:
        return Units(np.zeros(len(estates), np.intp), (city,))
    if level is UnitLevel.COMMUNITY:
        codes = estates["community"].fillna(estates["division"])
    else:
        codes = estates["division"].str[: _DIGITS[level]]
    of, found = pd.factorize(codes, sort=True)
    return Units(of.astype(np.intp), tuple(found))
