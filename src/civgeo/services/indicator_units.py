"""Units that an indicator is counted over: counties, streets, townships, communities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd

from civgeo.domain.division import DivisionCode, DivisionLevel, class_label
from civgeo.services.indicator_data import DayData

__all__ = ["UNIT_WORDS", "Unit", "placed_in", "units_of"]

_DIGITS = {"county": 6, "township": 9, "community": 12}
_VILLAGE = "村民委员会"
_CITY_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its code, its name, and the county that it lies in."""

    code: str
    name: str
    county: str


UNIT_WORDS: Mapping[str, str] = {
    "county": "县区",
    "city_and_county": "市区与县",
    "township": "乡镇（街道）",
    "street": "街道",
    "county_and_township": "县区与乡镇（街道）",
    "urban_community": "社区",
    "village": "村",
}
"""Chinese word for each sort of unit."""

_PICKED: Mapping[str, tuple[DivisionLevel, Callable[[str], bool]]] = {
    "county": (DivisionLevel.COUNTY, lambda label: True),
    "township": (DivisionLevel.TOWNSHIP, lambda label: True),
    "street": (DivisionLevel.TOWNSHIP, lambda label: label == "街道"),
    "urban_community": (DivisionLevel.COMMUNITY, lambda label: label != _VILLAGE),
    "village": (DivisionLevel.COMMUNITY, lambda label: label == _VILLAGE),
}


def units_of(data: DayData, kind: str, within: str = "") -> list[Unit]:
    """Units of that sort on the day, by code.

    Parameters
    ----------
    data
        The registers of the day.
    kind
        A key of `UNIT_WORDS`.
    within
        ``county`` for those in counties and county-level cities only, ``district`` for those in
        districts of the city; empty for all.
    """
    if kind == "city_and_county":
        return _city_and_counties(data)
    level, fits = _PICKED[kind]
    rows = data.divisions[data.divisions["level"] == level.value]
    found = [
        Unit(code, name, code[:6])
        for code, name in zip(rows["code"], rows["name"], strict=True)
        if fits(_label(code)) and _lies(code, within)
    ]
    return sorted(found, key=lambda unit: unit.code)


def placed_in(facilities: gpd.GeoDataFrame, units: list[Unit]) -> list[str | None]:
    """Code of the unit that each facility lies in, by the digits; None where it is not told."""
    codes = {unit.code for unit in units}
    lengths = sorted({len(code) for code in codes}, reverse=True)
    return [
        _place(division, community, codes, lengths)
        for division, community in zip(
            facilities["division"].tolist(), facilities["community"].tolist(), strict=True
        )
    ]


def _place(division: object, community: object, codes: set[str], lengths: list[int]) -> str | None:
    words = [word for word in (community, division) if isinstance(word, str)]
    cut = (word[:length] for length in lengths for word in words if len(word) >= length)
    return next((code for code in cut if code in codes), None)


@lru_cache(maxsize=8_192)
def _label(code: str) -> str:
    return class_label(DivisionCode.parse(code))


def _lies(code: str, within: str) -> bool:
    is_district = _label(code[:6]) == "市辖区"
    return not within or is_district is (within == "district")


def _city_and_counties(data: DayData) -> list[Unit]:
    """Counties, and the districts of the city as one unit under the city's code."""
    counties = units_of(data, "county", "county")
    city = DivisionCode.parse(data.register.city)
    if not units_of(data, "county", "district"):
        return counties
    return [Unit(city.digits[:_CITY_DIGITS], f"{data.register.name}市区", city.text), *counties]
