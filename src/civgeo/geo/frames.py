"""The frames that layers hand to each other, checked once where they enter.

Each table is a tuple of columns; one mechanism reads the tuples.
"""

from enum import StrEnum

import geopandas as gpd
import pandas as pd

from civgeo.domain.division import CodeSystem, DivisionLevel
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.geo.frame_check import (
    Column,
    Table,
    checked_frame,
    choice,
    code,
    count,
    day,
    is_area,
    is_flag,
    is_whole,
    require,
    text,
)

__all__ = ["ORIGIN", "check_divisions", "check_estates", "check_facilities"]


class Role(StrEnum):
    """Whether a division belongs to the city or only surrounds it."""

    OWN = "own"
    CONTEXT = "context"


def check_divisions(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame of divisions with checked dtypes.

    Parameters
    ----------
    frame
        Index: id, the code for MCA and ``NBS-`` with the code for NBS. Columns: code, name,
        level, system, parent (code or null), role (own, context), valid_from and valid_to (date
        text or null), source, source_date (date text or null), simulated (bool), version (int),
        geometry (MultiPolygon or null; EPSG:4490). It may be empty.

    Returns
    -------
    GeoDataFrame
        A copy in the same order; text as ``str`` with NaN for null, version int64, simulated bool.

    Raises
    ------
    InvalidInput
        Naming the column, the id and the value of the first fault: a missing column, an id that
        is null, repeated or does not fit the code, a value that is not as above.
    CrsError
        When the frame is not in EPSG:4490, or an outline lies outside 73.5-136.5 E, 0-60 N.
    """
    checked = checked_frame(frame, DIVISIONS)
    nbs = checked["system"] == CodeSystem.NBS.value
    ids = pd.Series(checked.index, index=checked.index)
    fits = ids == checked["code"].where(~nbs, "NBS-" + checked["code"])
    require(fits, ids, DIVISIONS, "id", "民政部代码本身，或“NBS-”加统计代码")
    return checked


def check_estates(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame of housing estates with checked dtypes.

    Parameters
    ----------
    frame
        Index: id. Columns: name, division (9-digit township code), community (12-digit code or
        null), estate_class (new, existing, mixed), completed_year, households, households_new,
        elders (whole numbers or null), stage (`HandoverStage` or null), source, simulated, version,
        geometry (Point, Polygon or MultiPolygon; EPSG:4490). households_new is for mixed estates
        only and lies between 0 and households; it is required where households is known. The
        frame may be empty.

    Returns
    -------
    GeoDataFrame
        A copy in the same order; text as ``str`` with NaN for null, whole numbers Int64 with NA
        for null.

    Raises
    ------
    InvalidInput, CrsError
        As for `check_divisions`.
    """
    checked = checked_frame(frame, ESTATES)
    households, new = checked["households"], checked["households_new"]
    mixed = checked["estate_class"] == EstateClass.MIXED.value
    known = mixed & households.notna()
    whole_part = known & new.notna() & (new <= households).fillna(value=False)
    fits = whole_part | (~known & new.isna())
    require(fits, new, ESTATES, "households_new", "新旧混合小区填 0 到总户数，其他小区留空")
    return checked


def check_facilities(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame of facilities with checked dtypes.

    Parameters
    ----------
    frame
        Index: id. Columns: name, kind (`FacilityKind`), division (code of 6 or 9 digits),
        community (12-digit code or null), estate (estate id or null), floor_area_m2 (square
        metres, at most four decimals, or null), beds, nursing_beds (whole numbers or null),
        opened (date text or null), status (`FacilityStatus`), source, simulated, version,
        geometry (Point; EPSG:4490). It may be empty.

    Returns
    -------
    GeoDataFrame
        A copy in the same order; dtypes as in `check_estates`, floor_area_m2 float64.

    Raises
    ------
    InvalidInput, CrsError
        As for `check_divisions`.
    """
    return checked_frame(frame, FACILITIES)


ORIGIN = (
    text("source"),
    Column("simulated", "bool", is_flag, "是或否（true、false）"),
    Column("version", "int64", is_whole(1), "不小于 1 的整数"),
)
DIVISIONS = Table(
    "政区",
    (
        code("code", 2, 4, 6, 9, 12),
        text("name"),
        choice("level", DivisionLevel),
        choice("system", CodeSystem),
        code("parent", 2, 4, 6, 9, 12, nullable=True),
        choice("role", Role),
        day("valid_from"),
        day("valid_to"),
        day("source_date"),
        *ORIGIN,
    ),
    frozenset({"MultiPolygon"}),
    shapeless=True,
)
ESTATES = Table(
    "小区",
    (
        text("name"),
        code("division", 9),
        code("community", 12, nullable=True),
        choice("estate_class", EstateClass),
        Column(
            "completed_year", "Int64", is_whole(1900, 2100), "1900 至 2100 年或留空", nullable=True
        ),
        count("households"),
        count("households_new"),
        count("elders"),
        choice("stage", HandoverStage),
        *ORIGIN,
    ),
    frozenset({"Point", "Polygon", "MultiPolygon"}),
)
FACILITIES = Table(
    "设施",
    (
        text("name"),
        choice("kind", FacilityKind),
        code("division", 6, 9),
        code("community", 12, nullable=True),
        text("estate", nullable=True),
        Column(
            "floor_area_m2",
            "float64",
            is_area,
            "不小于 0、至多四位小数的平方米数或留空",
            nullable=True,
        ),
        count("beds"),
        count("nursing_beds"),
        day("opened"),
        choice("status", FacilityStatus),
        *ORIGIN,
    ),
    frozenset({"Point"}),
)
