"""Funeral facilities of a city from both registers: civil-affairs facilities and cemeteries."""

from collections.abc import Hashable, Iterator, Mapping
from math import isnan
from typing import Any

import geopandas as gpd
import pandas as pd

from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel, BurialPlaceStatus
from civgeo.domain.cemetery_rules import Operation
from civgeo.domain.division import DivisionCode
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.domain.funeral_layout import FuneralKind, FuneralSite, SiteState
from civgeo.services.indicator_data import DayData
from civgeo.store.tables import Collection

__all__ = ["funeral_sites", "places_of_rows"]

Place = tuple[float, float]
_K, _L = FuneralKind, BurialPlaceLevel
_EVERY = frozenset(_L)
_FACILITIES: Mapping[
    str, tuple[FuneralKind, BurialPlaceLevel | None, frozenset[BurialPlaceLevel], bool]
] = {
    FacilityKind.FUNERAL_HOME: (_K.FUNERAL_HOME, None, frozenset(), True),
    FacilityKind.FUNERAL_SERVICE_STATION: (_K.SERVICE_STATION, None, frozenset(), True),
    FacilityKind.COLUMBARIUM: (_K.COLUMBARIUM, None, _EVERY, True),
    FacilityKind.CEMETERY_URBAN: (_K.CEMETERY, _L.COUNTY, frozenset({_L.CITY}), True),
    FacilityKind.CEMETERY_RURAL: (_K.CEMETERY, _L.TOWNSHIP, frozenset({_L.VILLAGE}), True),
    FacilityKind.CEMETERY_COMMERCIAL: (_K.CEMETERY, None, _EVERY, False),
}
_CLOSED = (FacilityStatus.SUSPENDED, FacilityStatus.CLOSED, BurialPlaceStatus.CLOSED)
"""States of either register in which a facility serves nobody and is not coming either."""


def funeral_sites(data: DayData) -> tuple[FuneralSite, ...]:
    """Funeral facilities of both registers on the day of `data`, each place once.

    An urban public cemetery of the register of facilities counts as one of a county and may be
    one of the city, a rural one as one of a township: that register holds no levels. A burial
    place of both registers is that of the register of cemeteries.
    """
    return (*_of_facilities(data), *_of_cemeteries(data))


def _of_facilities(data: DayData) -> Iterator[FuneralSite]:
    kinds = list(_FACILITIES)
    every = data.records(Collection.FACILITIES)
    every = every[every["kind"].isin(kinds)]
    running = data.facilities[data.facilities["kind"].isin(kinds)]
    rest = every[~every.index.isin(running.index)]
    once = running[~running.index.isin(list(data.burials.twins))]
    for frame, runs in ((once.sort_index(), True), (rest.sort_index(), False)):
        for place, row in zip(places_of_rows(frame), _rows(frame), strict=True):
            kind, level, may_be, is_public = _FACILITIES[str(row["kind"])]
            yield FuneralSite(
                *(str(row["id"]), "facilities", str(row["name"]), kind, level, may_be, is_public),
                *(_finest(row["division"], row["community"]), _state(row, runs=runs)),
                place=place,
            )


def _state(row: Mapping[Hashable, Any], *, runs: bool) -> SiteState:
    if runs:
        return SiteState.OPERATING
    return SiteState.CLOSED if row["status"] in _CLOSED else SiteState.COMING


def _of_cemeteries(data: DayData) -> Iterator[FuneralSite]:
    every, running = data.records(Collection.CEMETERIES), data.cemeteries
    rest = every[~every.index.isin(running.index)]
    for frame, runs in ((running.sort_index(), True), (rest.sort_index(), False)):
        for place, row in zip(places_of_rows(frame), _rows(frame), strict=True):
            level = None if pd.isna(row["level"]) else BurialPlaceLevel(str(row["level"]))
            yield FuneralSite(
                str(row["id"]),
                "cemeteries",
                str(row["name"]),
                FuneralKind(BurialPlaceKind(str(row["kind"])).value),
                level,
                frozenset() if level else _EVERY,
                row["operation"] == Operation.PUBLIC.value,
                DivisionCode.parse(row["division"]).digits,
                _state(row, runs=runs),
                tuple(str(row["serves"]).split()) if isinstance(row["serves"], str) else (),
                place,
                _free(row),
            )


def _free(row: Mapping[Hashable, Any]) -> int | None:
    if pd.isna(row["capacity"]) or pd.isna(row["used"]):
        return None
    return max(int(row["capacity"]) - int(row["used"]), 0)


def _finest(division: object, community: object) -> str:
    """Digits of the lower of two divisions."""
    codes = [code for code in (community, division) if isinstance(code, str)]
    return DivisionCode.parse(codes[0]).digits


def places_of_rows(frame: gpd.GeoDataFrame) -> list[Place | None]:
    """Longitude and latitude of a point in each row's shape, None without one."""
    points = frame.geometry.representative_point()
    pairs = zip(points.x.tolist(), points.y.tolist(), strict=True)
    return [None if isnan(lon) else (lon, lat) for lon, lat in pairs]


def _rows(frame: gpd.GeoDataFrame) -> list[dict[Hashable, Any]]:
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return table.rename_axis("id").reset_index().to_dict("records")
