"""What indicators are computed from: the registers of one city as they stood on one day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import geopandas as gpd
import pandas as pd

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.division import CodeSystem
from civgeo.domain.facility import FacilityStatus
from civgeo.services.burial_facilities import (
    BurialFacilities,
    burial_facilities,
    facility_kinds,
)
from civgeo.services.city import City
from civgeo.services.planning import floor_area_coverage
from civgeo.store.reading import Reading, Register
from civgeo.store.tables import Collection

__all__ = ["DayData", "day_data", "records_on"]


@dataclass(frozen=True)
class DayData:
    """The registers on one day, at one version of the store.

    Parameters
    ----------
    city, on, register, data_version
        The city, the day, what the store is about, and its version.
    divisions
        The city's own divisions on that day.
    facilities
        Facilities in operation on that day: in force in the register and not opened later.
    cemeteries
        Burial places in operation on that day, by the same rule.
    undated
        How many of them have no day of opening.
    kinds_registered
        Kinds of facility of which the registers hold any record at all, whatever its state.
    """

    city: City
    on: date
    register: Register
    data_version: int
    divisions: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    cemeteries: gpd.GeoDataFrame
    undated: int
    kinds_registered: frozenset[str]
    _kept: dict[Collection, gpd.GeoDataFrame] = field(default_factory=dict, repr=False)

    def records(self, collection: Collection) -> gpd.GeoDataFrame:
        """Records of another register on that day; read once."""
        if collection not in self._kept:
            with self.city.store.read() as reading:
                self._kept[collection] = records_on(reading, collection, self.on, self.city.today)
        return self._kept[collection]

    @cached_property
    def estates_covered(self) -> gpd.GeoDataFrame:
        """Floor area of elder care by estate: today's register, the standards of the day."""
        return floor_area_coverage(self.city, level=UnitLevel.ESTATE, on=self.on).units

    @cached_property
    def burials(self) -> BurialFacilities:
        """Burial places in operation as facilities."""
        return burial_facilities(self.cemeteries, self.facilities)

    def of_kinds(self, kinds: frozenset[str]) -> gpd.GeoDataFrame:
        """Facilities in operation of those kinds, burial places among them, each place once."""
        own = self.facilities[self.facilities["kind"].isin(list(kinds))]
        rows = self.burials.rows
        added = rows[rows["kind"].isin(list(kinds))]
        own = own[~own.index.isin(list(self.burials.twins))]
        return pd.concat([own, added]) if len(added) else own

    def named(self) -> Mapping[str, str]:
        """Names of the divisions by code."""
        return dict(zip(self.divisions["code"], self.divisions["name"], strict=True))


def day_data(city: City, on: date) -> DayData:
    """The registers of `city` on that day."""
    with city.store.read() as reading:
        version = reading.data_version()
    return _loaded(city, on, version)


@lru_cache(maxsize=16)
def _loaded(city: City, on: date, version: int) -> DayData:
    with city.store.read() as reading:
        register = reading.register()
        divisions = records_on(reading, Collection.DIVISIONS, on, city.today)
        known = records_on(reading, Collection.FACILITIES, on, city.today)
        present = reading.features(Collection.FACILITIES)
        buried = records_on(reading, Collection.CEMETERIES, on, city.today)
        burial_places = reading.features(Collection.CEMETERIES)
    own = (divisions["role"] == "own") & (divisions["system"] == CodeSystem.MCA.value)
    standing = _standing(known, present, on)
    return DayData(
        city=city,
        on=on,
        register=register,
        data_version=version,
        divisions=divisions[own],
        facilities=standing,
        cemeteries=_standing(buried, burial_places, on),
        undated=int(standing["opened"].isna().sum()),
        kinds_registered=frozenset(present["kind"])
        | frozenset(known["kind"])
        | frozenset(facility_kinds(burial_places).dropna()),
    )


def _standing(known: gpd.GeoDataFrame, present: gpd.GeoDataFrame, on: date) -> gpd.GeoDataFrame:
    """Records in operation: in force that day, or entered later but open by then."""
    day = on.isoformat()
    entered_later = present[~present.index.isin(known.index) & (present["opened"] <= day)]
    both = pd.concat([known, entered_later]) if len(entered_later) else known
    operating = both["status"] == FacilityStatus.OPERATING.value
    return both[operating & ~(both["opened"] > day)]


def records_on(reading: Reading, collection: Collection, on: date, today: date) -> gpd.GeoDataFrame:
    """Records of `collection` that hold on that day."""
    return reading.features(collection, valid_on=None if on == today else on)
