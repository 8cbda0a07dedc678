"""What a row of the place-name office's tables must be before it may be entered."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from civgeo.domain.place_code import PlaceCode
from civgeo.domain.secrecy import Secrecy
from civgeo.errors import InvalidInput
from civgeo.services.feature_schema import COLLECTIONS, PropertyType
from civgeo.services.import_name_values import spellings
from civgeo.store.tables import Collection

__all__ = ["NAME_RULES"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
_TYPE_DIGITS = r"\d{1,5}"

_Fault = tuple["pd.Series[bool]", str, str]
"""Rows that are wrong, the property to mend, and why."""


def _place_name_faults(frame: gpd.GeoDataFrame) -> Iterator[_Fault]:
    yield from _long_texts(frame, Collection.PLACE_NAMES)
    unread = frame[frame["is_new"] & frame["reading"].isna()]
    found = pd.Series([item.problem if item else "" for item in spellings(unread)], unread.index)
    problems = found.reindex(frame.index, fill_value="")
    for problem in sorted(set(found) - {""}):
        yield problems == problem, "name", problem
    codes = frame["place_code"].astype(object)
    malformed = codes.map(_place_code_problem)
    for problem in sorted(set(malformed) - {""}):
        yield malformed == problem, "place_code", problem
    types = frame["type_code"].astype(object)
    given = types.notna()
    formed = types.where(given, "").astype(str).str.fullmatch(_TYPE_DIGITS)
    yield given & ~formed, "type_code", "类别代码应为至多 5 位数字"
    secret = frame["secrecy"].notna() & (frame["secrecy"] != Secrecy.PUBLIC.value)
    public = frame["public"].map(lambda value: value is True)
    yield secret & public, "public", "密级不是“公开”的地名不能登记为公开：请改正其中一项"


def _place_code_problem(text: object) -> str:
    if not isinstance(text, str):
        return ""
    try:
        PlaceCode.parse(text)
    except InvalidInput as error:
        return error.message
    return ""


def _long_texts(frame: gpd.GeoDataFrame, collection: Collection) -> Iterator[_Fault]:
    for item in COLLECTIONS[collection.value].entered:
        if item.type is PropertyType.STRING and item.name in frame:
            texts = frame[item.name].astype(object)
            lengths = texts.where(texts.notna(), "").astype(str).str.len()
            yield lengths > item.longest, item.name, f"{item.title}不超过 {item.longest} 个字"


def _out_of_order(frame: gpd.GeoDataFrame, first: str, second: str) -> "pd.Series[bool]":
    """Rows whose second day lies before the first."""
    one, other = (frame[name].astype(object) for name in (first, second))
    both = one.notna() & other.notna()
    wrong: pd.Series[bool] = both & (other.where(both, "") < one.where(both, ""))
    return wrong


def _sign_faults(frame: gpd.GeoDataFrame) -> Iterator[_Fault]:
    yield from _long_texts(frame, Collection.NAME_SIGNS)
    wrong = _out_of_order(frame, "last_patrol", "next_patrol")
    yield wrong, "next_patrol", "下次巡检应晚于上次巡检"
    wrong = _out_of_order(frame, "set_on", "last_patrol")
    yield wrong, "last_patrol", "上次巡检应不早于设置日期"


def _protected_faults(frame: gpd.GeoDataFrame) -> Iterator[_Fault]:
    yield from _long_texts(frame, Collection.PROTECTED_NAMES)
    bare = frame["measures_on"].notna() & frame["measures"].isna()
    yield bare, "measures", "有措施制定日期而没有保护措施：请补写措施"


def _reserved_faults(frame: gpd.GeoDataFrame) -> Iterator[_Fault]:
    yield from _long_texts(frame, Collection.RESERVED_NAMES)
    wrong = _out_of_order(frame, "reserved_on", "reserved_until")
    yield wrong, "reserved_until", "储备期限应晚于储备日期"


def _archive_faults(frame: gpd.GeoDataFrame) -> Iterator[_Fault]:
    yield from _long_texts(frame, Collection.NAME_ARCHIVES)
    year = frame["year"].astype("Int64")
    outside = (year < FIRST_YEAR) | (year > LAST_YEAR)
    yield outside, "year", f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间"


def _rural_faults(frame: gpd.GeoDataFrame) -> Iterator[_Fault]:
    yield from _long_texts(frame, Collection.RURAL_NAMING)
    codes = frame["division"].astype(object)
    given = codes.notna()
    town = codes.where(given, "").astype(str).str.len() == 9
    yield given & ~town, "division", "进度按乡镇（街道）登记：请写到乡级"


NAME_RULES: Mapping[Collection, Callable[[gpd.GeoDataFrame], Iterator[_Fault]]] = MappingProxyType(
    {
        Collection.PLACE_NAMES: _place_name_faults,
        Collection.NAME_SIGNS: _sign_faults,
        Collection.PROTECTED_NAMES: _protected_faults,
        Collection.RURAL_NAMING: _rural_faults,
        Collection.RESERVED_NAMES: _reserved_faults,
        Collection.NAME_ARCHIVES: _archive_faults,
    }
)
"""Rules of each register of the place-name office, besides what its form requires."""
