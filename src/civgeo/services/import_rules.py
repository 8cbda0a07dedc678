"""What a row must be before it may be entered: rules over whole rows, with the cell to mend."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.domain.cemetery_records import RULED_REGISTERS, record_faults
from civgeo.domain.division import CodeSystem, DivisionCode, range_problems
from civgeo.domain.estate import EstateClass
from civgeo.errors import InvalidInput
from civgeo.formats.findings import Finding
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_rules import NAME_RULES
from civgeo.store.tables import Collection

__all__ = ["faults_of"]

MOST = 1_000_000_000
AREA_DECIMALS = 4
FIRST_YEAR, LAST_YEAR = 1900, 2100

Fault = tuple["pd.Series[bool]", str, str]
"""Rows that are wrong, the property to mend, and why."""

_Rules = Callable[[gpd.GeoDataFrame], Iterator[Fault]]


def faults_of(
    frame: gpd.GeoDataFrame, kind: ImportKind, headers: Mapping[str, str]
) -> list[Finding]:
    """Rows that must not be entered, with the cell to mend.

    Parameters
    ----------
    frame
        Index: row of the file; all properties of the kind as they would stand in the store.
    kind
        What is imported.
    headers
        Header of the file by property.
    """
    findings = []
    for wrong, name, why in _faults(frame, kind):
        values = frame[name].tolist() if name in frame.columns else [None] * len(frame)
        for place in np.flatnonzero(wrong.to_numpy(dtype=bool, na_value=False)):
            value = values[int(place)]
            shown = "" if _is_null(value) or name == "geometry" else str(value)[:100]
            row = int(frame.index[int(place)])
            findings.append(Finding(row, headers.get(name, ""), shown, why))
    return findings


def _faults(frame: gpd.GeoDataFrame, kind: ImportKind) -> Iterator[Fault]:
    yield from _missing(frame, kind)
    yield from _counts(frame, kind)
    if kind.collection in _OWN:
        yield from _OWN[kind.collection](frame)
    yield from _record_faults(frame, kind)


def _is_null(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _missing(frame: gpd.GeoDataFrame, kind: ImportKind) -> Iterator[Fault]:
    new = frame["is_new"]
    for name in kind.needed:
        title = kind.title_of(name)
        choices = "、".join(label for _, label in _choices(kind, name))
        hint = f"可填：{choices}" if choices else f"请补“{title}”列或用 --set {name}=值"
        yield new & frame[name].isna(), name, f"新记录须有{title}；{hint}"
    if not kind.shapeless:
        why = "新记录须有位置：请补经度、纬度列，或改用带图形的文件"
        yield new & frame.geometry.isna(), "geometry", why


def _choices(kind: ImportKind, name: str) -> tuple[tuple[str, str], ...]:
    found = kind.property(name)
    return found.choices[:8] if found else ()


def _counts(frame: gpd.GeoDataFrame, kind: ImportKind) -> Iterator[Fault]:
    for prop in kind.properties:
        if prop.is_number and prop.name in frame.columns:
            numbers = frame[prop.name].astype("Float64")
            yield numbers > MOST, prop.name, f"{prop.title}过大：请核对"


def _record_faults(frame: gpd.GeoDataFrame, kind: ImportKind) -> Iterator[Fault]:
    if kind.collection.value not in RULED_REGISTERS:
        return
    names = [prop.name for prop in kind.properties if prop.name in frame.columns]
    rows = frame[names].astype(object)
    columns = zip(*(rows[name].where(rows[name].notna(), None) for name in names), strict=True)
    wrong: dict[tuple[str, str], list[bool]] = {}
    for place, row in enumerate(columns):
        values = dict(zip(names, row, strict=True))
        for fault in record_faults(kind.collection.value, values):
            mask = wrong.setdefault((fault.field, fault.text), [False] * len(frame))
            mask[place] = True
    for (name, why), mask in wrong.items():
        yield pd.Series(mask, index=frame.index), name, why


def _division_faults(frame: gpd.GeoDataFrame) -> Iterator[Fault]:
    ministry = frame["system"] == CodeSystem.MCA.value
    texts = frame["code"].where(frame["code"].notna(), None)
    for code in pd.unique(texts.dropna()):
        problems = [text for text in _range_problems(code) if "统计用码" in text]
        if problems:
            yield (texts == code) & ministry, "code", f"{problems[0]}，不能作为政区登记"
    start, end = (frame[name].astype(object) for name in ("valid_from", "valid_to"))
    both = start.notna() & end.notna()
    wrong = both & (start.where(both, "") >= end.where(both, "~"))
    yield wrong, "valid_to", "撤销日期应晚于设立日期"


def _range_problems(code: object) -> list[str]:
    try:
        return range_problems(DivisionCode.parse(code))
    except InvalidInput:
        return []


def _estate_faults(frame: gpd.GeoDataFrame) -> Iterator[Fault]:
    year = frame["completed_year"].astype("Int64")
    outside = (year < FIRST_YEAR) | (year > LAST_YEAR)
    yield outside, "completed_year", f"建成年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间"
    yield from _community_faults(frame)
    households = frame["households"].astype("Int64")
    new = frame["households_new"].astype("Int64")
    mixed = frame["estate_class"] == EstateClass.MIXED.value
    why = "只有“新旧混合”的小区才填其中新建户数"
    yield ~mixed & new.notna() & frame["estate_class"].notna(), "households_new", why
    why = "“新旧混合”的小区须写明其中新建户数"
    yield mixed & households.notna() & new.isna(), "households_new", why
    yield mixed & (new > households), "households_new", "其中新建户数不应多于户数"
    why = "没有户数时不能只填其中新建户数"
    yield mixed & households.isna() & new.notna(), "households_new", why


def _facility_faults(frame: gpd.GeoDataFrame) -> Iterator[Fault]:
    area = frame["floor_area_m2"].astype("Float64")
    yield area.round(AREA_DECIMALS) != area, "floor_area_m2", "建筑面积至多四位小数"
    beds, nursing = (frame[name].astype("Int64") for name in ("beds", "nursing_beds"))
    yield nursing > beds, "nursing_beds", "护理型床位数不应多于床位数"
    yield from _community_faults(frame)


def _community_faults(frame: gpd.GeoDataFrame) -> Iterator[Fault]:
    community = frame["community"].astype(object)
    given = community.notna()
    texts = community.where(given, "").astype(str)
    formed = texts.str.fullmatch(r"\d{12}")
    yield given & ~formed, "community", "社区（村）代码应为 12 位数字"
    division = frame["division"].astype(object)
    known = given & formed & division.notna()
    begins = pd.Series(
        [str(one).startswith(str(other)) for one, other in zip(texts, division, strict=True)],
        index=frame.index,
    )
    yield known & ~begins, "community", "社区（村）代码不属于所写的政区：请核对其中一个"


_OWN: Mapping[Collection, _Rules] = MappingProxyType(
    {
        Collection.DIVISIONS: _division_faults,
        Collection.ESTATES: _estate_faults,
        Collection.FACILITIES: _facility_faults,
        **NAME_RULES,
    }
)
