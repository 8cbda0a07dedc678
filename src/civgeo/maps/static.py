"""The same maps as pictures, drawn without a browser: PNG and PDF, A4 across.

matplotlib is used through its objects only, one drawing at a time: its caches and settings are
shared by all threads.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from shapely.geometry.base import BaseGeometry

from civgeo.domain.standard import Standard
from civgeo.geo.crs import Zone, city_zone, project, require_cgcs2000
from civgeo.maps.coverage import CoverageView
from civgeo.maps.divisions import divisions_legend, neighbour_colours
from civgeo.maps.facilities import KIND_GROUPS, FacilitiesView
from civgeo.maps.legend import Legend
from civgeo.maps.marks import HATCH_COLOUR, HATCHES, draw_symbol
from civgeo.maps.rows import DivisionRow, FacilityRow, UnitRow, rows_of
from civgeo.maps.shapes import Bounds, label_point, shape_of, shown_counties, whole_city
from civgeo.maps.sheet import Sheet
from civgeo.maps.theme import INK, LAND, NEIGHBOUR, MapNote, Pattern, Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PictureFormat", "coverage_picture", "divisions_picture", "facilities_picture"]

DPI = 200
LABEL_TOLERANCE_M = 500.0
_DRAWING = Lock()


class PictureFormat(StrEnum):
    """Form of a drawn map."""

    PNG = "png"
    PDF = "pdf"


def coverage_picture(
    units: gpd.GeoDataFrame,
    divisions: gpd.GeoDataFrame,
    standards: Iterable[Standard],
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the coverage map: counties filled by figure and verdict, estates as symbols.

    Parameters
    ----------
    units, divisions, standards, about
        As for `civgeo.maps.coverage.coverage_map`.
    form
        PNG (200 dots per inch) or PDF.
    zone
        Metric zone to draw in; by default that of the city's own divisions.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    book = {standard.id: standard for standard in standards}
    rows = rows_of(divisions, DivisionRow)
    view = CoverageView.of(rows_of(units, UnitRow), rows, book)

    def draw(drawing: _Drawing) -> None:
        for county in view.counties:
            row = county.division
            colour = view.colour(county.number) if row.own else NEIGHBOUR
            drawing.area(row, colour, county.state.pattern if row.own else Pattern.PLAIN)
        looks: dict[tuple[Shape, str], list[tuple[float, float]]] = {}
        for estate in view.estates:
            look = estate.state.shape, view.colour(estate.number)
            looks.setdefault(look, []).append((estate.lon, estate.lat))
        size = 2.6 if len(view.estates) > 1500 else 3.6
        for (shape, colour), places in sorted(looks.items(), key=lambda item: -len(item[1])):
            drawing.points(places, shape, colour, size)
        figures = {county.division.code: county.figure for county in view.own}
        drawing.labels([county.division for county in view.counties], figures)

    return _picture(rows, _zone(divisions, zone), about, view.legend(), form, draw)


def divisions_picture(
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the divisions map; parameters and errors as for `coverage_picture`."""
    rows = rows_of(divisions, DivisionRow)
    counties = shown_counties(rows)

    def draw(drawing: _Drawing) -> None:
        for row, colour in zip(counties, neighbour_colours(counties), strict=True):
            drawing.area(row, colour)
        drawing.labels(counties, {row.code: row.code for row in counties if row.own})

    return _picture(rows, _zone(divisions, zone), about, divisions_legend(rows), form, draw)


def facilities_picture(
    facilities: gpd.GeoDataFrame,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the facilities map; parameters and errors as for `coverage_picture`."""
    rows = rows_of(divisions, DivisionRow)
    view = FacilitiesView.of(rows_of(facilities, FacilityRow))
    counts = Counter(row.kind for _, _, row in view.placed)
    kinds = {
        kind: (group.colour, glyph) for group in KIND_GROUPS for kind, glyph in group.glyphs.items()
    }

    def draw(drawing: _Drawing) -> None:
        counties = shown_counties(rows)
        for row in counties:
            drawing.area(row, LAND if row.own else NEIGHBOUR)
        for kind, (colour, glyph) in sorted(kinds.items(), key=lambda item: -counts[item[0]]):
            places = [(lon, lat) for lon, lat, row in view.placed if row.kind == kind]
            if places:
                drawing.points(places, Shape.DISC, colour, 6.5, glyph)
        drawing.labels(counties, {})

    return _picture(rows, _zone(divisions, zone), about, view.legend(), form, draw)


class _Drawing:
    """The map of a sheet, in metres of one zone."""

    def __init__(self, sheet: Sheet, zone: Zone) -> None:
        self._sheet = sheet
        self._zone = zone

    def area(self, row: DivisionRow, colour: str, pattern: Pattern = Pattern.PLAIN) -> None:
        """Fill and outline of a division."""
        outline = _outline(in_metres(shape_of(row), self._zone))
        fill = PathPatch(outline, facecolor=colour, edgecolor="none", linewidth=0, zorder=2)
        self._sheet.map.add_patch(fill)
        if HATCHES[pattern]:
            hatch = PathPatch(outline, facecolor="none", edgecolor=HATCH_COLOUR, linewidth=0)
            hatch.set(hatch=HATCHES[pattern], zorder=3)
            self._sheet.map.add_patch(hatch)
        self.line(row, "#4a5662" if row.own else "#9aa4ae", 0.8 if row.own else 0.5)

    def line(self, row: DivisionRow, colour: str, width: float) -> None:
        """Outline of a division."""
        outline = _outline(in_metres(shape_of(row), self._zone))
        line = PathPatch(outline, facecolor="none", edgecolor=colour, linewidth=width, zorder=5)
        self._sheet.map.add_patch(line)

    def points(
        self,
        places: Sequence[tuple[float, float]],
        shape: Shape,
        colour: str,
        size_pt: float,
        glyph: str = "",
    ) -> None:
        """Symbols at longitudes and latitudes."""
        lon, lat = np.array(places, dtype=np.float64).T
        east, north = project(lon, lat, self._zone)
        metres = list(zip(east.tolist(), north.tolist(), strict=True))
        draw_symbol(self._sheet.map, metres, shape, colour, size_pt, glyph)

    def labels(self, counties: Sequence[DivisionRow], second: dict[str, str]) -> None:
        """Names in the middle of the counties that lie on the sheet, a second line below them."""
        for row in counties:
            x, y = label_point(in_metres(shape_of(row), self._zone), LABEL_TOLERANCE_M)
            if self._inside(x, y):
                words = f"{row.name}\n{second[row.code]}" if second.get(row.code) else row.name
                self._label(x, y, words, own=row.own)

    def _inside(self, x: float, y: float) -> bool:
        west, east = self._sheet.map.get_xlim()
        south, north = self._sheet.map.get_ylim()
        edge = 0.03 * (east - west)
        return west + edge < x < east - edge and south + edge < y < north - edge

    def _label(self, x: float, y: float, words: str, *, own: bool) -> None:
        """Words over a white rim; the words stay text, so that a PDF can be searched."""
        size = 9.0 if own else 7.0
        for rim in (True, False):
            text = self._sheet.text(self._sheet.map, x, y, words, size)
            text.set(ha="center", zorder=14, clip_on=True, linespacing=1.15)
            text.set_color(INK if own else "#66727e")
            if rim:
                text.set(path_effects=[withStroke(linewidth=2.2, foreground="white")])


def in_metres(shape: BaseGeometry, zone: Zone) -> BaseGeometry:
    """`shape` (degrees, EPSG:4490) in metres of `zone`."""

    def metres(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(project(degrees[:, 0], degrees[:, 1], zone))

    moved: BaseGeometry = shapely.transform(shape, metres)
    return moved


def _outline(shape: BaseGeometry) -> Outline:
    rings = [
        Outline(shapely.get_coordinates(ring), closed=True)
        for polygon in shapely.get_parts(shape)
        if isinstance(polygon, shapely.Polygon)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return Outline.make_compound_path(*rings)


def _zone(divisions: gpd.GeoDataFrame, zone: Zone | None) -> Zone:
    require_cgcs2000(divisions)
    return zone or city_zone(divisions[divisions["role"] == "own"])


def _picture(
    rows: Sequence[DivisionRow],
    zone: Zone,
    about: MapNote,
    legend: Legend,
    form: PictureFormat,
    draw: Callable[[_Drawing], None],
) -> bytes:
    """The one drawing of all maps: sheet, content, the city's outline, scale bar and arrow."""
    with _DRAWING, mpl.rc_context({"pdf.fonttype": 42, "hatch.linewidth": 0.45}):
        sheet = Sheet(about, legend, _bounds_m(rows, zone))
        drawing = _Drawing(sheet, zone)
        draw(drawing)
        for row in whole_city(rows):
            drawing.line(row, INK, 1.6)
        sheet.furnish()
        return _bytes(sheet.figure, form, about)


def _bounds_m(rows: Sequence[DivisionRow], zone: Zone) -> Bounds:
    own = [in_metres(shape_of(row), zone) for row in shown_counties(rows) if row.own]
    west, south, east, north = shapely.total_bounds(own)
    return float(west), float(south), float(east), float(north)


def _bytes(figure: "Figure", form: PictureFormat, about: MapNote) -> bytes:
    """The drawing, without a time of making: the same map gives the same bytes."""
    out = io.BytesIO()
    metadata = {"Title": about.title, "Software": None}
    if form is PictureFormat.PDF:
        metadata = {"Title": about.title, "Creator": "civgeo", "CreationDate": None}
    figure.savefig(out, format=form.value, dpi=DPI, metadata=metadata)
    return out.getvalue()
