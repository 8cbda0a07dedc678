"""Use cases of planners: coverage of elder-care floor area."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from civgeo.analysis.coverage import UnitLevel, floor_area_per_100_households
from civgeo.analysis.double_registration import double_registrations
from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.domain.quantity import decimal_text
from civgeo.domain.standard import Standard, StandardBook
from civgeo.errors import NotFound
from civgeo.geo.crs import city_zone
from civgeo.reports.coverage import coverage_workbook
from civgeo.services.city import City
from civgeo.services.reporting_areas import AreaFinding, ReportingAreas, reporting_areas
from civgeo.store.reading import Reading, Register
from civgeo.store.tables import Collection

__all__ = ["Coverage", "coverage_spreadsheet", "exact_figures", "floor_area_coverage"]

_LEVEL_OF_UNIT = {
    UnitLevel.COMMUNITY: DivisionLevel.COMMUNITY,
    UnitLevel.TOWNSHIP: DivisionLevel.TOWNSHIP,
    UnitLevel.COUNTY: DivisionLevel.COUNTY,
}
_DIGITS = {UnitLevel.COMMUNITY: 12, UnitLevel.TOWNSHIP: 9, UnitLevel.COUNTY: 6}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of one area, with everything that a reader needs to check it.

    Parameters
    ----------
    units
        Result of `floor_area_per_100_households`, with ``name`` and outlines of divisions.
    standards
        The records that decided, by id.
    doubles
        Facilities left out because they seem to be registered twice.
    on, level
        Day and unit of the question.
    register
        The city, its sources, its edition of the standards, and whether its data is simulated.
    area
        Name of the area that was asked for.
    findings
        What is wrong with the reporting areas, where those are the units.
    """

    units: gpd.GeoDataFrame
    standards: Mapping[str, Standard]
    doubles: pd.DataFrame
    on: date
    level: UnitLevel
    register: Register
    area: str
    findings: tuple[AreaFinding, ...] = ()


def floor_area_coverage(
    city: City, *, level: UnitLevel, division: str | None = None, on: date | None = None
) -> Coverage:
    """Elder-care floor area per 100 households of every unit of `level` in `division`.

    Parameters
    ----------
    city
        The city.
    level
        Unit of the result; for areas, divisions without any estate are listed too. A `division`
        smaller than such a unit is one unit itself, of level ``city`` (the whole that was asked).
        Reporting areas are those registered in `division` or below it, each with all that lies in
        its outline; those that overlap both count what they share.
    division
        Code of the area to look at; the whole city by default.
    on
        Day whose standards apply; today by default.

    Raises
    ------
    InvalidInput
        When `division` is no division code.
    NotFound
        When the city holds no such division.
    """
    day = on or city.today
    with city.store.read() as reading:
        register = reading.register()
        _require_division(reading, register, division)
        areas = None
        if level is UnitLevel.REPORTING_AREA:
            areas = reporting_areas(reading, division=division)
        estates = reading.features(Collection.ESTATES, division=None if areas else division)
        facilities = reading.features(Collection.FACILITIES)
        own = reading.features(Collection.DIVISIONS, where={"role": "own"})
        book = reading.standards()
    area = DivisionCode.parse(division or register.city)
    level = level if _fits_in(level, area) else UnitLevel.CITY
    if areas is None:
        inside = facilities["estate"].isin(estates.index) | _lies_in(facilities, area)
        facilities = facilities[inside.to_numpy()]
    doubles = _doubles(facilities, own)
    measured = partial(
        floor_area_per_100_households,
        level=level,
        book=book,
        on=day,
        doubtful=doubles["left_out"].tolist(),
    )
    if areas is None:
        divisions = own[_lies_in(own.rename(columns={"code": "division"}), area)]
        units = _with_divisions(measured(estates, facilities), divisions, level, area)
    else:
        units = _of_reporting_areas(measured, estates, facilities, areas)
    named = own.loc[own["code"] == area.text, "name"]
    name = str(named.iloc[0]) if len(named) else register.name
    cited, findings = _cited(units, book), areas.findings if areas else ()
    return Coverage(units, cited, doubles, day, level, register, name, findings)


def _of_reporting_areas(
    measured: Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], gpd.GeoDataFrame],
    estates: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    areas: ReportingAreas,
) -> gpd.GeoDataFrame:
    """Figures of each area, with its name and outline; those without estates are listed too."""
    known = areas.units
    found = [
        measured(estates.assign(reporting_area=homes), facilities.assign(reporting_area=sites))
        for homes, sites in areas.layers(estates.geometry, facilities.geometry)
    ]
    units = pd.concat([frame for frame in found if len(frame)] or found[:1])
    missing = known.index.difference(units.index)
    if len(missing):
        units = pd.concat([units, _without_estates(missing, UnitLevel.REPORTING_AREA, units)])
    units = units.reindex(known.index)
    units = gpd.GeoDataFrame(units, geometry=known.geometry, crs=known.crs)
    return units.assign(
        name=known["name"],
        division=known["division"],
        simulated=units["simulated"].astype(bool) | known["simulated"],
    )


def _lies_in(frame: gpd.GeoDataFrame, area: DivisionCode) -> npt.NDArray[np.bool_]:
    """Whether the division (or community) of each row lies in `area`, by the digits."""
    columns = [name for name in ("division", "community") if name in frame]
    inside = [frame[name].str.startswith(area.digits).fillna(value=False) for name in columns]
    found: npt.NDArray[np.bool_] = np.zeros(len(frame), dtype=bool)
    for part in inside:
        found |= np.asarray(part, dtype=bool)
    return found


def _fits_in(level: UnitLevel, area: DivisionCode) -> bool:
    """Whether units of `level` are not larger than `area`."""
    return len(area.digits) <= _DIGITS.get(level, len(area.digits))


def _require_division(reading: Reading, register: Register, division: str | None) -> None:
    if division is None:
        return
    code = DivisionCode.parse(division)
    if not reading.count(Collection.DIVISIONS, where={"code": code.text, "role": "own"}):
        raise NotFound(
            f"{register.name}的库中没有区划 {code.text}；请核对代码，或查看 divisions 列表"
        )


def _doubles(facilities: gpd.GeoDataFrame, own: gpd.GeoDataFrame) -> pd.DataFrame:
    """Facilities that seem to be registered twice; distances in the zone of the city itself."""
    outlined = own.geometry.notna().any()
    metric = f"EPSG:{city_zone(own).epsg}" if outlined else None
    return double_registrations(facilities, metric)


def _with_divisions(
    units: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, level: UnitLevel, area: DivisionCode
) -> gpd.GeoDataFrame:
    """`units` with names and outlines; divisions of that level without estates are added."""
    if level is UnitLevel.ESTATE:
        return units
    if level is UnitLevel.CITY:
        units = units.rename(index={UnitLevel.CITY.value: area.text})
        listed = divisions[divisions["code"] == area.text]
    else:
        listed = divisions[divisions["level"] == _LEVEL_OF_UNIT[level].value]
    missing = listed.index.difference(units.index)
    if len(missing):
        units = pd.concat([units, _without_estates(missing, level, units)])
    units = gpd.GeoDataFrame(units, geometry="geometry", crs=divisions.crs)
    units["name"] = divisions["name"].reindex(units.index)
    units["division"] = units.index.to_numpy(object)
    units.geometry = divisions.geometry.reindex(units.index)
    return units.sort_index()


def _without_estates(codes: pd.Index, level: UnitLevel, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows for divisions that hold no estate: undefined, said so."""
    counts = ["households", "estates", "facilities", "sites_below_minimum"]
    counts += ["estates_assessed", "estates_meeting"]
    rows = pd.DataFrame(index=codes, columns=like.columns, dtype=object)
    rows[counts] = 0
    rows["level"], rows["simulated"], rows["total_m2"] = level.value, False, 0.0
    rows["status"], rows["reason"] = "undefined", "没有登记小区，每百户面积没有定义"
    for column in ("required_m2", "m2_per_100_households", "gap_m2", "surplus_m2"):
        rows[column] = np.nan
    types = {name: like.dtypes[name] for name in like.columns if name != "geometry"}
    frame = rows.astype({name: kind for name, kind in types.items() if name in rows})
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=like.crs)


def _cited(units: gpd.GeoDataFrame, book: StandardBook) -> dict[str, Standard]:
    named = [*units["standard_new"].dropna(), *units["standard_existing"].dropna()]
    ids = {name for names in named for name in names.split(";")}
    return {standard.id: standard for standard in book.standards if standard.id in ids}


def exact_figures(found: Coverage) -> list[dict[str, object]]:
    """Figures of every unit as the public contract writes them: exact decimals as text.

    Areas have at most four decimals and minimums too, so that every sum has at most six; the
    rate is computed anew from them as a fraction.
    """
    units = found.units
    households = units["households"].tolist()
    total = [_six_places(value) for value in units["total_m2"].tolist()]
    known = units["m2_per_100_households"].notna().tolist()
    exact: dict[str, list[object]] = {
        "total_m2": [_text(value) for value in total],
        "m2_per_100_households": [
            _text(100 * (area or 0) / count) if has else None
            for area, count, has in zip(total, households, known, strict=True)
        ],
    }
    for name in ("required_m2", "gap_m2", "surplus_m2"):
        exact[name] = [_text(_six_places(value)) for value in units[name].tolist()]
    plain = ["name", "division", "status", "reason", "households", *exact, "meets", "facilities"]
    plain += ["sites_below_minimum", "standard_new", "standard_existing", "simulated"]
    columns = {name: exact.get(name) or _nullable(units[name]) for name in plain}
    rows = zip(units.index, *columns.values(), strict=True)
    return [{"code": code, **dict(zip(columns, row, strict=True))} for code, *row in rows]


def _nullable(column: pd.Series) -> list[object]:
    return column.astype(object).where(column.notna(), None).tolist()


def _six_places(value: float) -> Fraction | None:
    return None if np.isnan(value) else Fraction(f"{value:.6f}")


def _text(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def coverage_spreadsheet(
    city: City, *, division: str | None = None, on: date | None = None
) -> bytes:
    """XLSX of the coverage at every level in `division`, with standards and findings."""
    levels = [UnitLevel.COUNTY, UnitLevel.TOWNSHIP, UnitLevel.COMMUNITY, UnitLevel.ESTATE]
    if division is not None:
        levels = [level for level in levels if _fits_in(level, DivisionCode.parse(division))]
    found = [floor_area_coverage(city, level=level, division=division, on=on) for level in levels]
    last = found[-1]
    return coverage_workbook(
        {item.level.label_zh: item.units for item in found},
        standards=last.standards,
        doubles=last.doubles,
        on=last.on,
        edition=last.register.edition,
        sources=last.register.sources,
        simulated=last.register.simulated,
    )
