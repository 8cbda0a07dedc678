"""How a frame is checked against the columns that it must have.

Columns that a table does not name pass through untouched. Whether an outline is a *valid* polygon
is not asked here: an invalid one is a finding of the geometry checks, never repaired and never
hidden.
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

from civgeo.domain.division import DivisionCode
from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.crs import require_cgcs2000

__all__ = [
    "Column",
    "Table",
    "checked_frame",
    "choice",
    "code",
    "count",
    "day",
    "is_area",
    "is_flag",
    "is_whole",
    "require",
    "text",
    "where",
]

TEXT = pd.StringDtype(na_value=np.nan)
LARGEST_COUNT = 1_000_000_000
AREA_DECIMALS = 4
WEST, SOUTH, EAST, NORTH = 73.5, 0.0, 136.5, 60.0

Dtype = Literal["text", "bool", "Int64", "int64", "float64"]
Rule = Callable[[pd.Series], "pd.Series[bool]"]


@dataclass(frozen=True, slots=True)
class Column:
    """A promised column: `rule` says which of its non-null values are as `expected`."""

    name: str
    dtype: Dtype
    rule: Rule
    expected: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a frame, the geometry types it may hold, and whether a row may have none."""

    title: str
    columns: tuple[Column, ...]
    shapes: frozenset[str]
    shapeless: bool = False


def checked_frame(frame: gpd.GeoDataFrame, table: Table) -> gpd.GeoDataFrame:
    """A copy of `frame`, in its order, with the dtypes of `table`.

    Raises
    ------
    InvalidInput
        Naming the column, the id and the value of the first fault.
    CrsError
        When the frame is not in EPSG:4490, or a geometry lies outside 73.5-136.5 E, 0-60 N.
    """
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
        require(fits, values, table, column.name, column.expected)
        checked[column.name] = _cast(values, column.dtype)
    _check_shapes(checked, table)
    return checked


def _check_index(frame: gpd.GeoDataFrame, table: Table) -> None:
    ids = pd.Series(frame.index, index=range(len(frame)), dtype=object)
    named = is_text(ids) & ids.notna()
    if not named.all():
        row = int(np.flatnonzero(~named)[0])
        raise InvalidInput(f"{table.title}表第 {row + 1} 行的编号“{ids[row]}”不是文字或为空。")
    if ids.duplicated().any():
        raise InvalidInput(f"{table.title}表的编号“{ids[ids.duplicated()].iloc[0]}”重复出现。")


def _check_shapes(frame: gpd.GeoDataFrame, table: Table) -> None:
    shapes = frame.geometry
    kinds = shapes.geom_type.mask(shapes.is_empty, "空图形")
    given = kinds.notna()
    fits = kinds.isin(table.shapes) | (~given & table.shapeless)
    require(fits, kinds, table, "geometry", "、".join(sorted(table.shapes)))
    bounds = shapes.bounds[given]
    inside = (bounds["minx"] >= WEST) & (bounds["maxx"] <= EAST)
    inside &= (bounds["miny"] >= SOUTH) & (bounds["maxy"] <= NORTH)
    if not inside.all():
        first = bounds[~inside].iloc[0]
        raise CrsError(
            f"{table.title}表编号“{first.name}”的图形（{first['minx']}, {first['miny']} 起）"
            "不在中国范围内。请核对经度是否在前、纬度是否在后，以及坐标系是否为经纬度。"
        )


def require(fits: pd.Series, values: pd.Series, table: Table, column: str, expected: str) -> None:
    """Refuse the first of `values` that does not fit; raises InvalidInput."""
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


def is_text(values: pd.Series) -> "pd.Series[bool]":
    return values.map(lambda value: isinstance(value, str) and value.strip() != "").astype(bool)


def is_flag(values: pd.Series) -> "pd.Series[bool]":
    """Which values are true or false."""
    return values.map(lambda value: value in (True, False)).astype(bool)


def _is_one_of(choices: type[StrEnum]) -> Rule:
    return lambda values: values.isin([choice.value for choice in choices])


def is_whole(low: int, high: int = LARGEST_COUNT) -> Rule:
    """Rule: whole numbers from `low` to `high`."""

    def rule(values: pd.Series) -> "pd.Series[bool]":
        numbers = _numbers(values)
        return numbers.between(low, high) & (numbers % 1 == 0)

    return rule


def _is_finite(values: pd.Series) -> "pd.Series[bool]":
    return _numbers(values).between(-LARGEST_COUNT, LARGEST_COUNT)


def is_area(values: pd.Series) -> "pd.Series[bool]":
    """Which values are square metres with at most four decimals."""
    numbers = _numbers(values)
    return numbers.between(0, LARGEST_COUNT) & (numbers.round(AREA_DECIMALS) == numbers)


def where(holds: Callable[[str], bool]) -> Rule:
    """Rule that asks `holds` once for each distinct text."""

    def rule(values: pd.Series) -> "pd.Series[bool]":
        texts = values[is_text(values)].unique()
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

    return where(holds)


def text(name: str, *, nullable: bool = False) -> Column:
    """A column of texts that are not blank."""
    return Column(name, "text", is_text, "非空文字", nullable)


def code(name: str, *lengths: int, nullable: bool = False) -> Column:
    """A column of division codes of so many digits."""
    digits = "、".join(str(length) for length in lengths)
    return Column(name, "text", _is_code(*lengths), f"{digits} 位区划代码", nullable)


def choice(name: str, choices: type[StrEnum], *, nullable: bool = False) -> Column:
    """A column that holds members of a closed list."""
    expected = "、".join(choice.value for choice in choices) + " 之一"
    return Column(name, "text", _is_one_of(choices), expected, nullable)


def day(name: str, *, nullable: bool = True) -> Column:
    """A column of days, YYYY-MM-DD, or null."""
    expected = "YYYY-MM-DD 形式的日期文字" + ("或留空" if nullable else "")
    return Column(name, "text", where(_is_date), expected, nullable)


def count(name: str, *, nullable: bool = True) -> Column:
    """A column of whole numbers from 0 up, or null."""
    expected = "不小于 0 的整数" + ("或留空" if nullable else "")
    return Column(name, "Int64", is_whole(0), expected, nullable)


def number(name: str, *, nullable: bool = True) -> Column:
    """A column of finite numbers, or null."""
    return Column(
        name, "float64", _is_finite, "有限的数字" + ("或留空" if nullable else ""), nullable
    )
