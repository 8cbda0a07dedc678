"""Use cases of maps: the three maps of a city as pages and as pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.clock import BEIJING
from civgeo.domain.standard import Standard
from civgeo.errors import NotFound
from civgeo.maps.civmap import CivMap
from civgeo.maps.coverage import coverage_map
from civgeo.maps.divisions import divisions_map
from civgeo.maps.facilities import facilities_map
from civgeo.maps.static import (
    PictureFormat,
    coverage_picture,
    divisions_picture,
    facilities_picture,
)
from civgeo.maps.theme import MapNote
from civgeo.services.city import City
from civgeo.services.planning import coverage_spreadsheet, floor_area_coverage
from civgeo.store.reading import Register
from civgeo.store.tables import Collection

__all__ = ["MAP_TITLES", "MapSlug", "map_of", "picture_of", "write_maps"]


class MapSlug(StrEnum):
    """The maps by the last part of their address."""

    COVERAGE = "coverage"
    DIVISIONS = "divisions"
    FACILITIES = "facilities"


MAP_TITLES = MappingProxyType(
    {
        MapSlug.COVERAGE: "每百户养老用房面积",
        MapSlug.DIVISIONS: "行政区划",
        MapSlug.FACILITIES: "民政设施",
    }
)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a map shows: the city's divisions, its note, and what lies on it."""

    divisions: gpd.GeoDataFrame
    about: MapNote
    features: gpd.GeoDataFrame
    standards: tuple[Standard, ...] = ()


def map_of(city: City, slug: MapSlug, *, public_number: str = "") -> CivMap:
    """Map `slug` of the city, to be rendered as a page or as one file."""
    shown = _content(city, slug, public_number)
    match slug:
        case MapSlug.COVERAGE:
            return coverage_map(shown.features, shown.divisions, shown.standards, about=shown.about)
        case MapSlug.DIVISIONS:
            return divisions_map(shown.divisions, about=shown.about)
        case MapSlug.FACILITIES:
            return facilities_map(shown.features, shown.divisions, about=shown.about)


def picture_of(city: City, slug: MapSlug, form: PictureFormat, *, public_number: str = "") -> bytes:
    """Map `slug` of the city as PNG or PDF, drawn without a browser."""
    shown = _content(city, slug, public_number)
    match slug:
        case MapSlug.COVERAGE:
            return coverage_picture(
                shown.features, shown.divisions, shown.standards, about=shown.about, form=form
            )
        case MapSlug.DIVISIONS:
            return divisions_picture(shown.divisions, about=shown.about, form=form)
        case MapSlug.FACILITIES:
            return facilities_picture(shown.features, shown.divisions, about=shown.about, form=form)


def write_maps(
    city: City,
    folder: Path,
    *,
    progress: Callable[[str, int, int], None],
    public_number: str = "",
) -> list[Path]:
    """Write every map as HTML, PNG and PDF, and the coverage workbook, into `folder`.

    Returns
    -------
    list of Path
        The files, in the order of writing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    total = 3 * len(MapSlug) + 1
    for slug in MapSlug:
        page = map_of(city, slug, public_number=public_number).to_single_file()
        written.append(_write(folder / f"{slug}.html", page.encode()))
        progress("地图与表格", len(written), total)
        for form in PictureFormat:
            picture = picture_of(city, slug, form, public_number=public_number)
            written.append(_write(folder / f"{slug}.{form}", picture))
            progress("地图与表格", len(written), total)
    written.append(_write(folder / "coverage.xlsx", coverage_spreadsheet(city)))
    progress("地图与表格", total, total)
    return written


def _write(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def _content(city: City, slug: MapSlug, public_number: str) -> _Content:
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS)
        facilities = reading.features(Collection.FACILITIES)
        estates = reading.count(Collection.ESTATES)
    if slug is MapSlug.COVERAGE and not estates:
        raise NotFound("库中还没有小区，画不出覆盖图；请先导入小区，或运行 civgeo demo")
    note = _note(register, slug, city.today, public_number)
    if slug is not MapSlug.COVERAGE:
        return _Content(divisions, note, facilities)
    levels = (UnitLevel.COUNTY, UnitLevel.ESTATE)
    found = [floor_area_coverage(city, level=level) for level in levels]
    units = gpd.GeoDataFrame(
        pd.concat([item.units for item in found]), geometry="geometry", crs=divisions.crs
    )
    cited = {name: item for each in found for name, item in each.standards.items()}
    return _Content(divisions, note, units, tuple(cited.values()))


def _note(register: Register, slug: MapSlug, today: date, public_number: str) -> MapNote:
    judged = slug is MapSlug.COVERAGE
    return MapNote(
        title=f"{register.name}{MAP_TITLES[slug]}",
        source="；".join(f"{part}：{text}" for part, text in register.sources.items() if text),
        date=register.created_at.astimezone(BEIJING).date(),
        simulated=register.simulated,
        public_number=public_number or None,
        on=today if judged else None,
        edition=register.edition if judged else "",
    )
