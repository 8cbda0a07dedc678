"""The frames that layers hand to each other, checked once where they enter.

Each table is a tuple of columns; one mechanism reads the tuples. Columns that a table does not
name pass through untouched. Whether an outline is a *valid* polygon is not asked here: an invalid
one is a finding of the geometry checks, never repaired and never hidden.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.domain.division import CodeSystem, DivisionCode, DivisionLevel
from civgeo.domain.estate import EstateClass, HandoverStage
from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.crs import require_cgcs2000

__all__ = ["check_divisions", "check_estates", "check_facilities"]

TEXT = pd.StringDtype(na_value=np.nan)
LARGEST_COUNT = 1_000_000_000
AREA_DECIMALS = 4
WEST, SOUTH, EAST, NORTH = 73.5, 0.0, 136.5, 60.0


class Role(StrEnum):
    """Whether a division belongs to the city or only surrounds it."""

    OWN = "own"
    CONTEXT = "context"


Dtype = Literal["text", "bool", "Int64", "int64", "float64"]
Rule = Callable[[pd.Series], "pd.Series[bool]"]


@dataclass(frozen=True, slots=True)
class _Column:
    """A promised column: `rule` says which of its non-null values are as `expected`."""

    name: str
    dtype: Dtype
    rule: Rule
    expected: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    title: str
    columns: tuple[_Column, ...]
    shapes: frozenset[str]
    shapeless: bool = False


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
    checked = _check(frame, DIVISIONS)
    nbs = checked["system"] == CodeSystem.NBS.value
    ids = pd.Series(checked.index, index=checked.index)
    fits = ids == checked["code"].where(~nbs, "NBS-" + checked["code"])
    _require(fits, ids, DIVISIONS, "id", "民政部代码本身，或“NBS-”加统计代码")
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
    checked = _check(frame, ESTATES)
    households, new = checked["households"], checked["households_new"]
    mixed = checked["estate_class"] == EstateClass.MIXED.value
    known = mixed & households.notna()
    whole_part = known & new.notna() & (new <= households).fillna(value=False)
    fits = whole_part | (~known & new.isna())
    _require(fits, new, ESTATES, "households_new", "新旧混合小区填 0 到总户数，其他小区留空")
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
    return _check(frame, FACILITIES)


def _check(frame: gpd.GeoDataFrame, table: _Table) -> gpd.GeoDataFrame:
    missing = [c.name for c in table.columns if c.name not in frame.columns]
    if missing:
        raise InvalidInput(f"{table.title}表缺少列：{'、'.join(missing)}。", code="missing_column")
    require_cgcs2000(frame)
    _check_index(frame, table)
    checked = frame.copy()
    checked.index = pd.Index(frame.index.astype(TEXT), name="id")
    for column in table.columns:
        values = checked[column.name]
        given = values.notna()
        fits = pd.Series(column.nullable, index=values.index).mask(given, other=False)
        fits[given] = column.rule(values[given])
        _require(fits, values, table, column.name, column.expected)
        checked[column.name] = _cast(values, column.dtype)
    _check_shapes(checked, table)
    return checked


def _check_index(frame: gpd.GeoDataFrame, table: _Table) -> None:
    ids = pd.Series(frame.index, index=range(len(frame)), dtype=object)
    named = _is_text(ids) & ids.notna()
    if not named.all():
        row = int(np.flatnonzero(~named)[0])
        raise InvalidInput(f"{table.title}表第 {row + 1} 行的编号“{ids[row]}”不是文字或为空。")
    if ids.duplicated().any():
        raise InvalidInput(f"{table.title}表的编号“{ids[ids.duplicated()].iloc[0]}”重复出现。")


def _check_shapes(frame: gpd.GeoDataFrame, table: _Table) -> None:
    shapes = frame.geometry
    kinds = shapes.geom_type.mask(shapes.is_empty, "空图形")
    given = kinds.notna()
    fits = kinds.isin(table.shapes) | (~given & table.shapeless)
    _require(fits, kinds, table, "geometry", "、".join(sorted(table.shapes)))
    bounds = shapes.bounds[given]
    inside = (bounds["minx"] >= WEST) & (bounds["maxx"] <= EAST)
    inside &= (bounds["miny"] >= SOUTH) & (bounds["maxy"] <= NORTH)
    if not inside.all():
        first = bounds[~inside].iloc[0]
        raise CrsError(
            f"{table.title}表编号“{first.name}”的图形（{first['minx']}, {first['miny']} 起）"
            "不在中国范围内。请核对经度是否在前、纬度是否在后，以及坐标系是否为经纬度。"
        )


def _require(fits: pd.Series, values: pd.Series, table: _Table, column: str, expected: str) -> None:
    bad = np.flatnonzero(~fits.to_numpy(dtype=bool))
    if bad.size:
        row = int(bad[0])
        value = values.iloc[row]
        shown = "空" if pd.isna(value) else f"“{str(value)[:60]}”"
        raise InvalidInput(
            f"{table.title}表“{column}”列、编号“{values.index[row]}”的值为{shown}，"
            f"应为{expected}。请改正后再试。"
        )


def _cast(values: pd.Series, dtype: Dtype) -> pd.Series:
    match dtype:
        case "text":
            return values.where(values.notna(), np.nan).astype(TEXT)
        case "bool":
            return values.astype(bool)
        case "Int64":
            return _numbers(values).astype("Int64")
        case "int64":
            return _numbers(values).astype("int64")
        case "float64":
            return _numbers(values)


def _numbers(values: pd.Series) -> pd.Series:
    """The values as float64; NaN for what is null or no number, flags and text among them."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return values.astype("Float64").astype("float64")
    return values.map(_number).astype("float64")


def _number(value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(
        value, int | float | Decimal | np.number
    ):
        return float("nan")
    return float(value)


def _is_text(values: pd.Series) -> "pd.Series[bool]":
    return values.map(lambda value: isinstance(value, str) and value.strip() != "").astype(bool)


def _is_flag(values: pd.Series) -> "pd.Series[bool]":
    return values.map(lambda value: value in (True, False)).astype(bool)


def _is_one_of(choices: type[StrEnum]) -> Rule:
    return lambda values: values.isin([choice.value for choice in choices])


def _is_whole(low: int, high: int = LARGEST_COUNT) -> Rule:
    def rule(values: pd.Series) -> "pd.Series[bool]":
        numbers = _numbers(values)
        return numbers.between(low, high) & (numbers % 1 == 0)

    return rule


def _is_area(values: pd.Series) -> "pd.Series[bool]":
    numbers = _numbers(values)
    return numbers.between(0, LARGEST_COUNT) & (numbers.round(AREA_DECIMALS) == numbers)


def _where(holds: Callable[[str], bool]) -> Rule:
    """Rule that asks `holds` once for each distinct text."""

    def rule(values: pd.Series) -> "pd.Series[bool]":
        texts = values[_is_text(values)].unique()
        return values.isin([text for text in texts if holds(text)])

    return rule


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_code(*lengths: int) -> Rule:
    def holds(text: str) -> bool:
        try:
            DivisionCode.parse(text)
        except InvalidInput:
            return False
        return len(text) in lengths

    return _where(holds)


def _text(name: str, *, nullable: bool = False) -> _Column:
    return _Column(name, "text", _is_text, "非空文字", nullable)


def _code(name: str, *lengths: int, nullable: bool = False) -> _Column:
    digits = "、".join(str(length) for length in lengths)
    return _Column(name, "text", _is_code(*lengths), f"{digits} 位区划代码", nullable)


def _choice(name: str, choices: type[StrEnum], *, nullable: bool = False) -> _Column:
    expected = "、".join(choice.value for choice in choices) + " 之一"
    return _Column(name, "text", _is_one_of(choices), expected, nullable)


def _date(name: str) -> _Column:
    return _Column(name, "text", _where(_is_date), "YYYY-MM-DD 形式的日期文字或留空", nullable=True)


def _count(name: str) -> _Column:
    return _Column(name, "Int64", _is_whole(0), "不小于 0 的整数或留空", nullable=True)


_ORIGIN = (
    _text("source"),
    _Column("simulated", "bool", _is_flag, "是或否（true、false）"),
    _Column("version", "int64", _is_whole(1), "不小于 1 的整数"),
)
DIVISIONS = _Table(
    "政区",
    (
        _code("code", 2, 4, 6, 9, 12),
        _text("name"),
        _choice("level", DivisionLevel),
        _choice("system", CodeSystem),
        _code("parent", 2, 4, 6, 9, 12, nullable=True),
        _choice("role", Role),
        _date("valid_from"),
        _date("valid_to"),
        _date("source_date"),
        *_ORIGIN,
    ),
    frozenset({"MultiPolygon"}),
    shapeless=True,
)
ESTATES = _Table(
    "小区",
    (
        _text("name"),
        _code("division", 9),
        _code("community", 12, nullable=True),
        _choice("estate_class", EstateClass),
        _Column(
            "completed_year", "Int64", _is_whole(1900, 2100), "1900 至 2100 年或留空", nullable=True
        ),
        _count("households"),
        _count("households_new"),
        _count("elders"),
        _choice("stage", HandoverStage),
        *_ORIGIN,
    ),
    frozenset({"Point", "Polygon", "MultiPolygon"}),
)
FACILITIES = _Table(
    "设施",
    (
        _text("name"),
        _choice("kind", FacilityKind),
        _code("division", 6, 9),
        _code("community", 12, nullable=True),
        _text("estate", nullable=True),
        _Column(
            "floor_area_m2",
            "float64",
            _is_area,
            "不小于 0、至多四位小数的平方米数或留空",
            nullable=True,
        ),
        _count("beds"),
        _count("nursing_beds"),
        _date("opened"),
        _choice("status", FacilityStatus),
        *_ORIGIN,
    ),
    frozenset({"Point"}),
)
