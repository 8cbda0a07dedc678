"""Elder-care floor area per 100 households, for estates and for the areas that hold them.

Every verdict is taken on integers: floor areas in units of 0.0001 m2, required areas in units of
0.000001 m2 (households times a minimum of four decimals, over 100). The floating-point columns
are for the eye.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.analysis.requirements import (
    AREA_STEPS,
    NOTHING,
    Flags,
    Homes,
    Integers,
    Places,
    Texts,
    homes_of,
    of_classes,
    standards_of,
)
from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.standard import StandardBook

__all__ = ["COUNTED_KINDS", "UnitLevel", "floor_area_per_100_households"]

COUNTED_KINDS = tuple(kind.value for kind in FacilityKind if kind.counts_as_estate_elder_care)


class UnitLevel(StrEnum):
    """What a row of the result stands for."""

    ESTATE = "estate"
    COMMUNITY = "community"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"
    REPORTING_AREA = "reporting_area"

    @property
    def label_zh(self) -> str:
        """Level in Chinese."""
        labels = {"estate": "小区", "community": "社区", "township": "乡镇街道", "county": "县区"}
        labels |= {"city": "全市", "reporting_area": "统计范围"}
        return labels[self.value]


_CODE_DIGITS = {UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6, UnitLevel.CITY: 4}


@dataclass(frozen=True, slots=True)
class _Sites:
    """Counted facilities as arrays, floor area in steps of 0.0001 m2.

    Parameters
    ----------
    area
        What counts: 0 where it is unknown or the facility seems to be registered twice.
    doubtful, doubtful_area
        Whether it seems to be registered twice, and what it adds if it is not.
    unknown
        Whether no floor area is recorded.
    below_minimum
        Whether it is smaller than a single site has to be for the estate that it was built for.
    """

    area: Integers
    doubtful: Flags
    doubtful_area: Integers
    unknown: Flags
    below_minimum: Flags


@dataclass(frozen=True, slots=True)
class _Units:
    """Units of one level, and the unit of each estate and each site (-1: in none of them)."""

    index: pd.Index
    of_homes: Places
    of_sites: Places

    def count(self, of: Places, chosen: Flags | None = None) -> Integers:
        """How many of `of` each unit holds; of the chosen ones only."""
        kept = of >= 0 if chosen is None else (of >= 0) & chosen
        return np.bincount(of[kept], minlength=len(self.index)).astype(np.int64)

    def total(self, of: Places, values: Integers) -> Integers:
        """Exact sum of `values` over each unit."""
        sums = np.zeros(len(self.index), np.int64)
        np.add.at(sums, of[of >= 0], values[of >= 0])
        return sums

    def every(self, values: Texts) -> Texts:
        """The different ones among the estates' `values` in each unit, joined by semicolons."""
        found = np.full(len(self.index), None, dtype=object)
        for value in sorted(set(values[values != NOTHING])):
            held = self.count(self.of_homes, values == value) > 0
            found[held] = [value if text is None else f"{text};{value}" for text in found[held]]
        return found

    def first(self, values: Texts) -> Texts:
        """First of the estates' `values` in each unit that is not None."""
        found = np.full(len(self.index), None, dtype=object)
        given = np.flatnonzero((values != NOTHING) & (self.of_homes >= 0))[::-1]
        found[self.of_homes[given]] = values[given]
        return found


def floor_area_per_100_households(
    estates: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    *,
    level: UnitLevel,
    book: StandardBook,
    on: date,
    doubtful: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Required and present elder-care floor area of each unit, and whether it meets.

    Measure: ``m2_per_100_households = 100 * total_m2 / households``; ``required_m2`` is the sum of
    ``households * minimum / 100`` over the unit's parts, each with the standard of its class,
    county and day; the unit meets when ``total_m2`` reaches ``required_m2`` (passes it, where a
    standard says "more than"). Source of each minimum: the standard record named in the result.

    Parameters
    ----------
    estates
        Index id; columns name, division (9 digits), community, estate_class, households,
        households_new (for mixed estates), simulated; geometry in EPSG:4490. For reporting areas
        also reporting_area: the one that each lies in, null for none.
    facilities
        Index id; columns kind, division, community, estate (id or null), floor_area_m2 (at most
        four decimals), status, for reporting areas reporting_area. Operating ones of the kinds in
        ``COUNTED_KINDS`` are counted: for an estate those built for it, for an area all that lie
        in it. One built for an estate lies where the estate does.
    level
        Unit of the result.
    book, on
        Edition of the standards and day of the question.
    doubtful
        Ids of facilities that seem to be registered twice: not counted, and where counting them
        would make a unit meet, its verdict stays open (``unverified``).

    Returns
    -------
    GeoDataFrame
        Index: estate id, community code, division code (the city: ``"city"``), or what
        reporting_area holds. Columns level,
        division, name, community and estate_class (of estates), households, households_new,
        households_existing (homes under either standard), required_m2, total_m2,
        m2_per_100_households, meets (nullable), gap_m2, surplus_m2, status, reason,
        estates, estates_assessed, estates_meeting, facilities, sites_below_minimum,
        standard_new, standard_existing (ids, joined by semicolons where several decided),
        simulated, geometry (of estates; null for areas). Areas in m2, NaN where undefined.
    """
    homes = homes_of(estates, book, on)
    present = _present(estates, facilities, level)
    sites = _sites(present, homes, present.index.isin(doubtful))
    units = _units(estates, present, level)
    result = _verdicts(homes, sites, units, level)
    if level is UnitLevel.ESTATE:
        own = estates[["name", "division", "community", "estate_class"]]
        result, shapes = pd.concat([result, own], axis=1), estates.geometry
    else:
        alone = _units(estates, present, UnitLevel.ESTATE)
        singly = _verdicts(homes, sites, alone, UnitLevel.ESTATE)["meets"]
        result = result.assign(**_meeting_estates(singly, units), division=units.index)
        nowhere = np.full(len(units.index), NOTHING)
        shapes = gpd.GeoSeries(nowhere, index=units.index, crs=estates.crs)
    return gpd.GeoDataFrame(result, geometry=shapes, crs=estates.crs)


def _present(
    estates: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, level: UnitLevel
) -> pd.DataFrame:
    """Operating facilities of the counted kinds; one built for an estate lies where that does."""
    counted = facilities["kind"].isin(COUNTED_KINDS) & (
        facilities["status"] == FacilityStatus.OPERATING.value
    )
    lies_in = ["division", "community"]
    if level is UnitLevel.REPORTING_AREA:
        lies_in.append("reporting_area")
    present = pd.DataFrame(facilities.loc[counted, [*lies_in, "estate", "floor_area_m2"]])
    home = estates.index.get_indexer(pd.Index(present["estate"]))
    present["home"] = home
    for column in lies_in:
        own, of_estate = present[column].to_numpy(object), estates[column].to_numpy(object)
        there = of_estate[home] if len(of_estate) else own
        present[column] = pd.Series(np.where(home >= 0, there, own), present.index, dtype="str")
    return present


def _sites(present: pd.DataFrame, homes: Homes, doubtful: Flags) -> _Sites:
    floor = present["floor_area_m2"].to_numpy(np.float64)
    unknown = np.isnan(floor)
    area = np.rint(np.where(unknown, 0.0, floor) * AREA_STEPS).astype(np.int64)
    home = present["home"].to_numpy(np.intp)
    smallest = np.append(homes.smallest_site, 0)[home]
    return _Sites(
        area=np.where(doubtful, 0, area),
        doubtful=doubtful,
        doubtful_area=np.where(doubtful, area, 0),
        unknown=unknown & ~doubtful,
        below_minimum=~unknown & ~doubtful & (area < smallest),
    )


def _units(estates: gpd.GeoDataFrame, present: pd.DataFrame, level: UnitLevel) -> _Units:
    homes, sites = len(estates), len(present)
    if level is UnitLevel.ESTATE:
        return _Units(estates.index, np.arange(homes), present["home"].to_numpy(np.intp))
    if level is UnitLevel.CITY:
        index = pd.Index([UnitLevel.CITY.value][: homes + sites], dtype=object)
        return _Units(index, np.zeros(homes, np.intp), np.zeros(sites, np.intp))
    keys = pd.concat([_codes(estates, level), _codes(present, level)], ignore_index=True)
    places, codes = pd.factorize(keys, sort=True)
    return _Units(pd.Index(codes, name=keys.name), places[:homes], places[homes:])


def _codes(frame: pd.DataFrame, level: UnitLevel) -> pd.Series:
    """Code of the area that each row lies in; null where its code does not reach down so far."""
    if level in (UnitLevel.COMMUNITY, UnitLevel.REPORTING_AREA):
        return frame[level.value]
    digits = _CODE_DIGITS[level]
    codes = frame["division"].str[:digits]
    return codes.where(codes.str.len() == digits)


def _verdicts(homes: Homes, sites: _Sites, units: _Units, level: UnitLevel) -> pd.DataFrame:
    """Columns of the result from exact sums."""
    households = units.total(units.of_homes, homes.households)
    required = units.total(units.of_homes, homes.required)
    present = units.total(units.of_sites, sites.area) * 100
    strict = units.count(units.of_homes, homes.strict) > 0
    unknown = units.count(units.of_homes, homes.unknown) > 0
    reaches = np.where(strict, present > required, present >= required)
    at_most = present + units.total(units.of_sites, sites.doubtful_area) * 100
    might_reach = ~reaches & np.where(strict, at_most > required, at_most >= required)
    unmeasured = np.where(reaches, 0, units.count(units.of_sites, sites.unknown))
    status, reason = _status(homes, units, households, unmeasured, might_reach)
    owed = (status == VerdictStatus.NOT_ASSESSED.value).astype(bool)
    left_open = might_reach | (unmeasured > 0)
    decided = ~owed & ~left_open & (households > 0)
    steps = 100 * AREA_STEPS
    rate = present / steps * 100 / np.maximum(households, 1)
    gap = np.maximum(required - present, 0) / steps
    return pd.DataFrame(
        {
            "level": level.value,
            "households": households,
            "households_new": _homes(homes, units, EstateClass.NEW),
            "households_existing": _homes(homes, units, EstateClass.EXISTING),
            "required_m2": np.where(owed, np.nan, required / steps),
            "total_m2": present / steps,
            "m2_per_100_households": np.where((households > 0) & ~unknown, rate, np.nan),
            "meets": pd.arrays.BooleanArray(reaches & decided, ~decided),
            "gap_m2": np.where(owed | left_open, np.nan, gap),
            "surplus_m2": np.where(owed, np.nan, np.maximum(present - required, 0) / steps),
            "status": status,
            "reason": reason,
            "estates": units.count(units.of_homes),
            "facilities": units.count(units.of_sites, ~sites.doubtful),
            "sites_below_minimum": units.count(units.of_sites, sites.below_minimum),
            "standard_new": units.every(standards_of(homes, EstateClass.NEW)),
            "standard_existing": units.every(standards_of(homes, EstateClass.EXISTING)),
            "simulated": units.count(units.of_homes, homes.simulated) > 0,
        },
        index=units.index,
    )


def _homes(homes: Homes, units: _Units, part: EstateClass) -> pd.Series:
    """Homes of class `part` in each unit."""
    counts = units.total(units.of_homes, homes.of_class[part])
    return pd.Series(counts, index=units.index, dtype="Int64")


def _status(
    homes: Homes, units: _Units, households: Integers, unmeasured: Integers, might_reach: Flags
) -> tuple[Texts, Texts]:
    """Status of each unit and why: the first case that holds."""
    status = np.full(len(households), VerdictStatus.OK.value, dtype=object)
    reason = np.full(len(households), None, dtype=object)
    lacking = units.first(of_classes(homes, lambda rule: rule.lacking))
    caveat = units.first(of_classes(homes, lambda rule: rule.caveat))
    unknown = units.count(units.of_homes, homes.unknown)
    cases: list[tuple[VerdictStatus, Flags, Callable[[np.intp], str]]] = [
        (VerdictStatus.UNVERIFIED, caveat != NOTHING, lambda unit: str(caveat[unit])),
        (VerdictStatus.UNVERIFIED, might_reach, lambda unit: MIGHT_REACH),
        (VerdictStatus.UNVERIFIED, unmeasured > 0, lambda unit: _unmeasured(unmeasured[unit])),
        (VerdictStatus.UNDEFINED, households == 0, lambda unit: NO_HOUSEHOLDS),
        (VerdictStatus.NOT_ASSESSED, unknown > 0, lambda unit: _unknown(unknown[unit])),
        (VerdictStatus.NOT_ASSESSED, lacking != NOTHING, lambda unit: str(lacking[unit])),
    ]
    for verdict, holds, text in cases:
        status[holds] = verdict.value
        reason[holds] = [text(unit) for unit in np.flatnonzero(holds)]
    return status, reason


NO_HOUSEHOLDS = "户数为 0，每百户面积没有定义"
MIGHT_REACH = "有疑似重复登记的设施未计入；核实为两处后可能达标"


def _unknown(estates: int) -> str:
    return f"{estates} 个小区的户数未登记，须补录后再评价"


def _unmeasured(facilities: int) -> str:
    return f"{facilities} 处设施的面积未登记，补录后可能达标"


def _meeting_estates(meets: pd.Series, units: _Units) -> dict[str, Integers]:
    """How many estates of each unit are assessed, and how many of them meet by themselves."""
    assessed = meets.notna().to_numpy(bool)
    meeting = meets.fillna(value=False).to_numpy(bool)
    return {
        "estates_assessed": units.count(units.of_homes, assessed),
        "estates_meeting": units.count(units.of_homes, meeting),
    }
