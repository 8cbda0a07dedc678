"""Elder-care floor area per 100 households, for estates and for the areas that hold them.

Every verdict is taken on integers: floor areas in units of 0.0001 m2, required areas in units of
0.000001 m2 (households times a minimum of four decimals, over 100). The floating-point columns
are for the eye.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.domain.floor_area import VerdictStatus, missing_reason
from civgeo.domain.standard import TOPIC_FLOOR_AREA, TOPIC_SINGLE_SITE, Standard, StandardBook

__all__ = ["COUNTED_KINDS", "UnitLevel", "floor_area_per_100_households"]

COUNTED_KINDS = tuple(kind.value for kind in FacilityKind if kind.counts_as_estate_elder_care)
AREA_STEPS = 10_000
CLASSES = (EstateClass.NEW, EstateClass.EXISTING)

Integers = npt.NDArray[np.int64]
NOTHING = np.array(None, dtype=object)


class UnitLevel(StrEnum):
    """What a row of the result stands for."""

    ESTATE = "estate"
    COMMUNITY = "community"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"

    @property
    def label_zh(self) -> str:
        """Level in Chinese."""
        labels = {"estate": "小区", "community": "社区", "township": "乡镇街道", "county": "县区"}
        return labels.get(self.value, "全市")


_CODE_DIGITS = {UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6, UnitLevel.CITY: 4}


@dataclass(frozen=True, slots=True)
class _Rules:
    """What holds in one county on that day: standards and single-site minimum by class."""

    standards: Mapping[EstateClass, Standard | None]
    reasons: Mapping[EstateClass, str]
    single_site: Mapping[EstateClass, Standard | None]


def floor_area_per_100_households(
    estates: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    *,
    level: UnitLevel,
    book: StandardBook,
    on: date,
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
        households_new (for mixed estates), simulated; geometry in EPSG:4490.
    facilities
        Index id; columns kind, division, community, estate (id or null), floor_area_m2 (at most
        four decimals), status. Operating ones of the kinds in ``COUNTED_KINDS`` are counted:
        for an estate those built for it, for an area all that lie in it.
    level
        Unit of the result.
    book, on
        Edition of the standards and day of the question.

    Returns
    -------
    GeoDataFrame
        Index: estate id, community code, or division code (the city: ``"city"``). Columns level,
        division, name, community and estate_class (of estates), households, required_m2,
        total_m2, m2_per_100_households, meets (nullable), gap_m2, surplus_m2, status, reason,
        estates, estates_assessed, estates_meeting, facilities, sites_below_minimum,
        standard_new, standard_existing, simulated, geometry (of estates; null for areas).
        Areas in m2, NaN where undefined.
    """
    parts = _estate_parts(estates, book, on)
    sites = _counted_sites(facilities)
    units = _unit_sums(parts, sites, level)
    result = _verdicts(units, level)
    if level is UnitLevel.ESTATE:
        own = ["name", "division", "community", "estate_class"]
        result = result.join(estates[own])
        shapes = estates.geometry.reindex(result.index)
    else:
        result = result.join(_meeting_estates(parts, sites, level))
        result["division"] = result.index.to_numpy(object)
        shapes = gpd.GeoSeries(np.full(len(result), NOTHING), index=result.index, crs=estates.crs)
    return gpd.GeoDataFrame(result, geometry=shapes, crs=estates.crs)


def _rules(county: str, book: StandardBook, on: date) -> _Rules:
    code = DivisionCode.parse(county)
    standards = {part: book.choose(TOPIC_FLOOR_AREA, code, on, part) for part in CLASSES}
    return _Rules(
        standards=standards,
        reasons={part: missing_reason(part, code, on, book) for part in CLASSES},
        single_site={part: book.choose(TOPIC_SINGLE_SITE, code, on, part) for part in CLASSES},
    )


def _estate_parts(estates: gpd.GeoDataFrame, book: StandardBook, on: date) -> pd.DataFrame:
    """One row an estate: households of each class, what they require, why that is not known."""
    counties = estates["division"].str[:6]
    number, names = pd.factorize(counties)
    rules = [_rules(name, book, on) for name in names]
    households = estates["households"].astype("Int64")
    total = households.fillna(0).to_numpy(np.int64)
    of_mixed = estates["households_new"].astype("Int64").fillna(0).to_numpy(np.int64)
    kind = estates["estate_class"].to_numpy()
    new = np.where(kind == "new", total, np.where(kind == "mixed", of_mixed, 0))
    counts = {EstateClass.NEW: new, EstateClass.EXISTING: total - new}
    parts = pd.DataFrame(
        {
            "division": estates["division"],
            "community": estates["community"],
            "households": total,
            "unknown": households.isna().to_numpy(),
            "required": np.zeros(len(estates), np.int64),
            "strict": False,
            "lacking": None,
            "undated": None,
            "simulated": estates["simulated"].to_numpy(bool),
        },
        index=estates.index,
    ).astype({"lacking": object, "undated": object})
    for part in CLASSES:
        holds = (kind == part.value) | (kind == "mixed")
        _add_class(parts, part, holds, counts[part], rules, number)
    return parts


def _add_class(
    parts: pd.DataFrame,
    part: EstateClass,
    holds: npt.NDArray[np.bool_],
    households: Integers,
    rules: list[_Rules],
    county: npt.NDArray[np.intp],
) -> None:
    """Add to `parts` what the homes of one class require, county by county."""
    chosen = [rule.standards[part] for rule in rules]
    minimum = np.array([0 if s is None else int((s.value or 0) * AREA_STEPS) for s in chosen])
    smallest = [rule.single_site[part] for rule in rules]
    site = np.array([0 if s is None else int((s.value or 0) * AREA_STEPS) for s in smallest])
    ids = np.array([None if s is None else s.id for s in chosen], dtype=object)
    reasons = np.array([None if s else r.reasons[part] for s, r in zip(chosen, rules, strict=True)])
    undated = np.array([s.id if s and not s.valid_from else None for s in chosen], dtype=object)
    strict = np.array([s is not None and s.operator == ">" for s in chosen], dtype=bool)
    if not len(parts):
        minimum, site, strict = np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, bool)
        ids = reasons = undated = np.array([None], dtype=object)
    parts["required"] += np.where(holds, households * minimum[county], 0)
    parts["strict"] |= holds & strict[county] & (households > 0)
    parts[f"standard_{part.value}"] = np.where(holds, ids[county], NOTHING)
    parts[f"site_{part.value}"] = np.where(holds, site[county], 0)
    for column, values in (("lacking", reasons), ("undated", undated)):
        found = np.where(holds, values.astype(object)[county], NOTHING)
        parts[column] = parts[column].where(parts[column].notna(), found)


def _counted_sites(facilities: gpd.GeoDataFrame) -> pd.DataFrame:
    """Operating facilities of the counted kinds, floor area in steps of 0.0001 m2."""
    counted = facilities["kind"].isin(COUNTED_KINDS) & (
        facilities["status"] == FacilityStatus.OPERATING.value
    )
    sites = facilities.loc[counted, ["division", "community", "estate"]].copy()
    area = facilities.loc[counted, "floor_area_m2"].astype(float)
    sites["area"] = np.rint(area.fillna(0.0).to_numpy() * AREA_STEPS).astype(np.int64)
    sites["area_unknown"] = area.isna().to_numpy()
    return sites


def _unit_keys(frame: pd.DataFrame, level: UnitLevel, estate: pd.Series) -> pd.Series:
    """Unit that each row lies in; null where its code does not reach down to that level."""
    if level is UnitLevel.ESTATE:
        return estate
    if level is UnitLevel.COMMUNITY:
        return frame["community"]
    if level is UnitLevel.CITY:
        return pd.Series(UnitLevel.CITY.value, index=frame.index, dtype=object)
    digits = _CODE_DIGITS[level]
    codes = frame["division"].str[:digits]
    return codes.where(codes.str.len() == digits)


def _unit_sums(parts: pd.DataFrame, sites: pd.DataFrame, level: UnitLevel) -> pd.DataFrame:
    """Sums over each unit: households, required and present area, and what is not known."""
    keys = _unit_keys(parts, level, parts.index.to_series())
    sums = parts.groupby(keys, sort=level is not UnitLevel.ESTATE).agg(
        households=("households", "sum"),
        unknown=("unknown", "sum"),
        required=("required", "sum"),
        strict=("strict", "any"),
        lacking=("lacking", "first"),
        undated=("undated", "first"),
        simulated=("simulated", "any"),
        estates=("households", "size"),
        standard_new=("standard_new", "first"),
        standard_existing=("standard_existing", "first"),
        site_new=("site_new", "max"),
        site_existing=("site_existing", "max"),
    )
    site_keys = _unit_keys(sites, level, sites["estate"])
    present = sites.groupby(site_keys).agg(
        area=("area", "sum"), area_unknown=("area_unknown", "sum"), facilities=("area", "size")
    )
    smallest = pd.concat([sums["site_new"], sums["site_existing"]], axis=1).max(axis=1)
    limit = site_keys.map(smallest).astype("float64").fillna(0.0)
    below = (sites["area"] < limit).groupby(site_keys).sum()
    units = sums if level is UnitLevel.ESTATE else sums.reindex(sums.index.union(present.index))
    units = units.join(present).join(below.rename("sites_below_minimum"))
    counts = ["households", "unknown", "required", "estates", "area", "area_unknown"]
    counts += ["facilities", "sites_below_minimum"]
    units[counts] = units[counts].fillna(0).astype(np.int64)
    units[["strict", "simulated"]] = units[["strict", "simulated"]].fillna(False).astype(bool)
    return units


def _verdicts(units: pd.DataFrame, level: UnitLevel) -> pd.DataFrame:
    """Columns of the result from the exact sums."""
    households = units["households"].to_numpy(np.int64)
    required, present = units["required"].to_numpy(np.int64), units["area"].to_numpy(np.int64) * 100
    strict = units["strict"].to_numpy(bool)
    reaches = np.where(strict, present > required, present >= required)
    lacking, unknown = units["lacking"].notna().to_numpy(), units["unknown"].to_numpy() > 0
    area_unknown = (units["area_unknown"].to_numpy() > 0) & ~reaches
    undated = units["undated"].notna().to_numpy()
    cases: list[npt.NDArray[np.bool_]] = [lacking, unknown, households == 0, area_unknown, undated]
    status = np.select(cases, _STATUSES, VerdictStatus.OK.value)
    decided = ~(lacking | unknown | (households == 0))
    owed = lacking | unknown
    steps = 100 * AREA_STEPS
    result = pd.DataFrame(index=units.index)
    result["level"] = level.value
    result["households"] = households
    result["required_m2"] = np.where(owed, np.nan, required / steps)
    result["total_m2"] = present / steps
    result["m2_per_100_households"] = np.where(
        (households > 0) & ~unknown, present / steps * 100 / np.maximum(households, 1), np.nan
    )
    result["meets"] = pd.array(np.where(decided, reaches.astype(object), NOTHING), dtype="boolean")
    result["gap_m2"] = np.where(owed, np.nan, np.maximum(required - present, 0) / steps)
    result["surplus_m2"] = np.where(owed, np.nan, np.maximum(present - required, 0) / steps)
    result["status"] = status
    result["reason"] = np.select(cases, _reasons(units), NOTHING)
    keep = ["estates", "facilities", "sites_below_minimum", "standard_new", "standard_existing"]
    return result.join(units[[*keep, "simulated"]])


_STATUSES = [
    VerdictStatus.NOT_ASSESSED.value,
    VerdictStatus.NOT_ASSESSED.value,
    VerdictStatus.UNDEFINED.value,
    VerdictStatus.UNVERIFIED.value,
    VerdictStatus.UNVERIFIED.value,
]


def _reasons(units: pd.DataFrame) -> list[npt.NDArray[np.object_]]:
    """Reason for each case of `_verdicts`, in its order."""
    texts = [
        units["lacking"].astype(object),
        units["unknown"].astype(str) + " 个小区的户数未登记，须补录后再评价",
        pd.Series("户数为 0，每百户面积没有定义", index=units.index),
        units["area_unknown"].astype(str) + " 处设施的面积未登记，补录后可能达标",
        "标准 " + units["undated"].astype(str) + " 的施行日期未录入，待市局确认",
    ]
    return [text.to_numpy(object) for text in texts]


def _meeting_estates(parts: pd.DataFrame, sites: pd.DataFrame, level: UnitLevel) -> pd.DataFrame:
    """How many estates of each unit are assessed, and how many of them meet by themselves."""
    alone = _verdicts(_unit_sums(parts, sites, UnitLevel.ESTATE), UnitLevel.ESTATE)["meets"]
    keys = _unit_keys(parts, level, parts.index.to_series())
    counted = pd.DataFrame({"assessed": alone.notna(), "meeting": alone.fillna(False)})
    return counted.groupby(keys.to_numpy(), dropna=True).agg(
        estates_assessed=("assessed", "sum"), estates_meeting=("meeting", "sum")
    )
