"""Use cases of maps: the maps of a city as pages and as pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from civgeo.analysis.coverage import COUNTED_KINDS, UnitLevel
from civgeo.domain.facility import FacilityStatus
from civgeo.domain.standard import Standard
from civgeo.errors import NotFound
from civgeo.maps.civmap import CivMap
from civgeo.maps.coverage import coverage_map
from civgeo.maps.divisions import divisions_map
from civgeo.maps.facilities import facilities_map
from civgeo.maps.name_sheet import names_picture
from civgeo.maps.names import PUBLIC_NAME, names_map
from civgeo.maps.static import (
    PictureFormat,
    coverage_picture,
    divisions_picture,
    facilities_picture,
)
from civgeo.maps.theme import MapNote
from civgeo.services.boundary_maps import (
    PUBLIC_BOUNDARY,
    boundary_map,
    boundary_picture,
    has_public_boundaries,
)
from civgeo.services.city import City
from civgeo.services.map_origin import Drawn, edition_zh
from civgeo.services.planning import coverage_spreadsheet, floor_area_coverage
from civgeo.services.reach_maps import ReachQuestion, reach_answer, reach_chart, reach_drawing
from civgeo.services.reach_views import reach_spreadsheet
from civgeo.services.siting_files import siting_files, siting_names
from civgeo.services.walk_ground import has_streets
from civgeo.store.selection import Scalar
from civgeo.store.tables import Collection

__all__ = ["MAP_TITLES", "MapSlug", "map_of", "missing_maps", "picture_of", "write_maps"]


class MapSlug(StrEnum):
    """The maps by the last part of their address."""

    COVERAGE = "coverage"
    DIVISIONS = "divisions"
    FACILITIES = "facilities"
    NAMES = "names"
    BOUNDARIES = "boundaries"
    REACH = "reach"


MAP_TITLES = MappingProxyType(
    {
        MapSlug.COVERAGE: "每百户养老用房面积",
        MapSlug.DIVISIONS: "行政区划",
        MapSlug.FACILITIES: "民政设施",
        MapSlug.NAMES: "标准地名",
        MapSlug.BOUNDARIES: "行政区域界线",
        MapSlug.REACH: "步行可达",
    }
)


_EVERYTHING: Mapping[str, Scalar] = MappingProxyType({})
_SHOWN: Mapping[MapSlug, tuple[tuple[Collection, Mapping[str, Scalar]], ...]] = MappingProxyType(
    {
        MapSlug.COVERAGE: (
            (Collection.ESTATES, _EVERYTHING),
            (Collection.FACILITIES, _EVERYTHING),
        ),
        MapSlug.DIVISIONS: (),
        MapSlug.FACILITIES: ((Collection.FACILITIES, _EVERYTHING),),
        MapSlug.NAMES: ((Collection.PLACE_NAMES, PUBLIC_NAME),),
        MapSlug.BOUNDARIES: ((Collection.BOUNDARY_LINES, PUBLIC_BOUNDARY),),
    }
)
"""What lies on each map beside the divisions: collections, and which of their rows."""

_NOTHING_TO_DRAW = MappingProxyType(
    {
        MapSlug.COVERAGE: "库中还没有小区，画不出覆盖图；请先导入小区，或运行 civgeo demo",
        MapSlug.NAMES: "库中还没有可公开的地名，画不出地名图；请先导入地名，或运行 civgeo demo",
        MapSlug.BOUNDARIES: "库中还没有可公开的界线，画不出图；请先导入界线，或运行 civgeo demo",
    }
)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a map shows: the city's divisions, its note, and what lies on it."""

    divisions: gpd.GeoDataFrame
    about: MapNote
    features: gpd.GeoDataFrame
    standards: tuple[Standard, ...] = ()
    sites: gpd.GeoDataFrame | None = None


def map_of(city: City, slug: MapSlug, *, public_number: str = "") -> CivMap:
    """Map `slug` of the city, to be rendered as a page or as one file."""
    if slug is MapSlug.REACH:
        return reach_chart(city, ReachQuestion(), public_number=public_number)
    shown = _content(city, slug, public_number)
    match slug:
        case MapSlug.COVERAGE:
            return coverage_map(
                shown.features,
                shown.divisions,
                shown.standards,
                about=shown.about,
                sites=shown.sites,
            )
        case MapSlug.DIVISIONS:
            return divisions_map(shown.divisions, about=shown.about)
        case MapSlug.FACILITIES:
            return facilities_map(shown.features, shown.divisions, about=shown.about)
        case MapSlug.NAMES:
            return names_map(shown.features, shown.divisions, about=shown.about)
        case MapSlug.BOUNDARIES:
            return boundary_map(city, public=True, public_number=public_number)


def picture_of(city: City, slug: MapSlug, form: PictureFormat, *, public_number: str = "") -> bytes:
    """Map `slug` of the city as PNG or PDF, drawn without a browser."""
    if slug is MapSlug.REACH:
        return reach_drawing(city, ReachQuestion(), form, public_number=public_number)
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
        case MapSlug.NAMES:
            return names_picture(shown.features, shown.divisions, about=shown.about, form=form)
        case MapSlug.BOUNDARIES:
            return boundary_picture(city, form, public=True, public_number=public_number)


def _reach_spreadsheet(city: City) -> bytes:
    return reach_spreadsheet(reach_answer(city, ReachQuestion()))


_SHEETS: Mapping[MapSlug, Callable[[City], bytes]] = MappingProxyType(
    {MapSlug.COVERAGE: coverage_spreadsheet, MapSlug.REACH: _reach_spreadsheet}
)
"""Workbooks beside the maps."""


def write_maps(
    city: City,
    folder: Path,
    *,
    progress: Callable[[str, int, int], None],
    public_number: str = "",
) -> list[Path]:
    """Write every map as HTML, PNG and PDF, and the workbooks beside them, into `folder`.

    A store without estates has no coverage to draw, one without public names no map of names,
    one without public lines no map of boundaries, one without a walk network no map of reach, one
    without constraint layers no map of siting: its other maps are written.

    Returns
    -------
    list of Path
        The files, in the order of writing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    slugs = _drawable(city)
    sheets = {slug: sheet for slug, sheet in _SHEETS.items() if slug in slugs}
    siting = siting_names(city)
    written: list[Path] = []
    total = 3 * len(slugs) + len(sheets) + len(siting)
    for slug in slugs:
        page = map_of(city, slug, public_number=public_number).to_single_file()
        written.append(_write(folder / f"{slug}.html", page.encode()))
        progress("地图与表格", len(written), total)
        for form in PictureFormat:
            picture = picture_of(city, slug, form, public_number=public_number)
            written.append(_write(folder / f"{slug}.{form}", picture))
            progress("地图与表格", len(written), total)
    for slug, sheet in sheets.items():
        written.append(_write(folder / f"{slug}.xlsx", sheet(city)))
        progress("地图与表格", len(written), total)
    for name, content in siting_files(city, public_number=public_number) if siting else ():
        written.append(_write(folder / name, content))
        progress("地图与表格", len(written), total)
    return written


def missing_maps(city: City, folder: Path) -> bool:
    """Whether any of the files that `write_maps` would write is not in `folder`."""
    slugs = _drawable(city)
    names = [f"{slug}.{form}" for slug in slugs for form in ("html", *PictureFormat)]
    names += [f"{slug}.xlsx" for slug in _SHEETS if slug in slugs]
    names += siting_names(city)
    return not all((folder / name).is_file() for name in names)


def _drawable(city: City) -> list[MapSlug]:
    """Maps for which the store has something to draw."""
    with city.store.read() as reading:
        there = {
            MapSlug.COVERAGE: reading.count(Collection.ESTATES) > 0,
            MapSlug.NAMES: reading.count(Collection.PLACE_NAMES, where=PUBLIC_NAME) > 0,
            MapSlug.BOUNDARIES: has_public_boundaries(reading),
            MapSlug.REACH: has_streets(city) and reading.count(Collection.ESTATES) > 0,
        }
    return [slug for slug in MapSlug if there.get(slug, True)]


def _write(file: Path, content: bytes) -> Path:
    file.write_bytes(content)
    return file


def _content(city: City, slug: MapSlug, public_number: str) -> _Content:
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS)
        shown = [reading.features(layer, where=where) for layer, where in _SHOWN[slug]]
    if slug in _NOTHING_TO_DRAW and shown[0].empty:
        raise NotFound(_NOTHING_TO_DRAW[slug])
    drawn = Drawn(register, divisions, tuple(shown), city.today)
    about = MapNote(
        title=f"{register.name}{MAP_TITLES[slug]}",
        source=drawn.source,
        date=drawn.date,
        simulated=drawn.simulated,
        public_number=public_number or None,
    )
    if slug is not MapSlug.COVERAGE:
        return _Content(divisions, about, shown[0] if shown else divisions)
    estates, facilities = shown
    about = replace(about, on=city.today, edition=edition_zh(register.edition))
    found = [
        floor_area_coverage(city, level=level) for level in (UnitLevel.COUNTY, UnitLevel.ESTATE)
    ]
    units = gpd.GeoDataFrame(
        pd.concat([item.units for item in found]), geometry="geometry", crs=divisions.crs
    ).join(estates[["completed_year", "stage"]])
    cited = {name: item for each in found for name, item in each.standards.items()}
    sites = _sites(facilities, set(found[-1].doubles["left_out"]))
    return _Content(divisions, about, units, tuple(cited.values()), sites)


def _sites(facilities: gpd.GeoDataFrame, doubtful: set[str]) -> gpd.GeoDataFrame:
    """Facilities that estates are judged by, and which of them are left out as doubtful."""
    counted = facilities["kind"].isin(COUNTED_KINDS) & facilities["estate"].notna()
    sites = facilities[counted & (facilities["status"] == FacilityStatus.OPERATING.value)]
    return sites.assign(doubtful=sites.index.isin(list(doubtful)))
