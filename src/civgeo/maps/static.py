"""The same maps as pictures, drawn without a browser: PNG and PDF, A4 across.

matplotlib is used through its objects only, one drawing at a time: its caches and settings are
shared by all threads.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

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
from civgeo.maps.clusters import Cluster, crowding
from civgeo.maps.coverage import CoverageView
from civgeo.maps.divisions import divisions_legend, neighbour_colours
from civgeo.maps.facilities import FacilitiesView
from civgeo.maps.layers import PointStyle
from civgeo.maps.legend import Legend
from civgeo.maps.marks import HATCH_COLOUR, HATCHES, draw_dots, draw_ring, draw_symbol
from civgeo.maps.rows import DivisionRow, FacilityRow, UnitRow, rows_of
from civgeo.maps.shapes import Bounds, label_point, shape_of, shown_counties, whole_city
from civgeo.maps.sheet import Sheet, points_per_metre
from civgeo.maps.theme import INK, LAND, NEIGHBOUR, MapNote, Pattern, Shape
from civgeo.maps.typeface import DRAWING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Drawing", "Gathered", "PictureFormat", "city_picture", "coverage_picture"]
__all__ += ["divisions_picture", "facilities_picture", "in_metres", "picture", "zone_for"]

DPI = 200
LABEL_TOLERANCE_M = 500.0
SMALLEST_DOT_PT, SMALLEST_SHAPE_PT, LARGEST_SHAPE_PT = 1.9, 2.8, 4.2
SINGLE_PT = 6.5
LABEL_SHIFTS_PT = (0, 5, -5, 10, -10, 15, -15, 20, -20, 25, -25)


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

    def draw(drawing: Drawing) -> None:
        for county in view.counties:
            row = county.division
            colour = view.colour(county.number) if row.own else NEIGHBOUR
            drawing.area(row, colour, county.state.pattern if row.own else Pattern.PLAIN)
        drawing.estates(view, size)
        figures = {county.division.code: county.figure for county in view.own}
        drawing.labels([county.division for county in view.counties], figures)

    chosen = zone_for(divisions, zone)
    size = _estate_size_pt(view, rows, chosen)
    legend = view.legend(dots=size < SMALLEST_SHAPE_PT)
    return city_picture(rows, chosen, about, legend, form, draw)


def _estate_size_pt(view: CoverageView, rows: Sequence[DivisionRow], zone: Zone) -> float:
    """Size of the estates' symbols: as much as lets most of them stand beside each other."""
    if not view.estates:
        return LARGEST_SHAPE_PT
    lon, lat = np.array([(estate.lon, estate.lat) for estate in view.estates]).T
    east, north = project(lon, lat, zone)
    apart = crowding(list(zip(east.tolist(), north.tolist(), strict=True)))
    scale = points_per_metre(_bounds_m(rows, zone))
    return float(np.clip(apart * scale, SMALLEST_DOT_PT, LARGEST_SHAPE_PT))


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

    def draw(drawing: Drawing) -> None:
        for row, colour in zip(counties, neighbour_colours(counties), strict=True):
            drawing.area(row, colour)
        drawing.labels(counties, {row.code: row.code for row in counties if row.own})

    return city_picture(rows, zone_for(divisions, zone), about, divisions_legend(rows), form, draw)


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

    def draw(drawing: Drawing) -> None:
        counties = shown_counties(rows)
        drawing.ground(counties)
        drawing.labels(counties, {}, clear_of=drawing.gathered(view))

    return city_picture(rows, zone_for(divisions, zone), about, view.legend(), form, draw)


class Gathered(Protocol):
    """Points that are drawn each by its symbol, and those near each other as one ring."""

    def clustered(self, zone: Zone, points_per_m: float) -> list[Cluster]:
        """Which of them stand together, in points of the page from the zone's 0."""

    def shares(self, members: Sequence[int]) -> list[tuple[str, int]]:
        """Colour and number of each group among `members`."""

    def style(self, number: int) -> PointStyle:
        """Symbol of a single one."""


class Drawing:
    """The map of a sheet, in metres of one zone."""

    def __init__(self, sheet: Sheet, zone: Zone) -> None:
        self._sheet = sheet
        self._zone = zone

    @property
    def axes(self) -> "Axes":
        """Axes of the map, in metres of the zone."""
        return self._sheet.map

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

    def ground(self, counties: Sequence[DivisionRow]) -> None:
        """Counties in plain colours, for other things to stand on."""
        for row in counties:
            self.area(row, LAND if row.own else NEIGHBOUR)

    def line(self, row: DivisionRow, colour: str, width: float) -> None:
        """Outline of a division."""
        self.polygon(in_metres(shape_of(row), self._zone), "none", colour, width)

    def polygon(self, metric: BaseGeometry, fill: str, edge: str, width: float) -> None:
        """A polygon in metres of the zone, filled ("none": not) and with a line around it."""
        patch = PathPatch(_outline(metric), facecolor=fill, edgecolor=edge, linewidth=width)
        self._sheet.map.add_patch(patch).set(zorder=5)

    def points(
        self,
        places: Sequence[tuple[float, float]],
        shape: Shape,
        colour: str,
        size_pt: float,
        glyph: str = "",
    ) -> None:
        """Symbols at longitudes and latitudes."""
        draw_symbol(self._sheet.map, self._metres(places), shape, colour, size_pt, glyph)

    def _metres(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        lon, lat = np.array(places, dtype=np.float64).T
        east, north = project(lon, lat, self._zone)
        return list(zip(east.tolist(), north.tolist(), strict=True))

    def estates(self, view: CoverageView, size_pt: float) -> None:
        """Symbols of estates; plain dots where shapes would be too small to be told apart."""
        looks: dict[tuple[Shape, str], list[tuple[float, float]]] = {}
        for estate in view.estates:
            look = estate.state.shape, view.colour(estate.number)
            looks.setdefault(look, []).append((estate.lon, estate.lat))
        if size_pt >= SMALLEST_SHAPE_PT:
            for (shape, colour), places in sorted(looks.items(), key=lambda item: -len(item[1])):
                self.points(places, shape, colour, size_pt)
            return
        places = [(estate.lon, estate.lat) for estate in view.estates]
        colours = [view.dot_colour(estate.number) for estate in view.estates]
        draw_dots(self._sheet.map, self._metres(places), colours, size_pt)

    def gathered(self, view: Gathered) -> list[BaseGeometry]:
        """Points: single ones by their symbol, those near each other as a numbered ring.

        Returns the discs that they cover.
        """
        scale = self._sheet.points_per_unit
        clusters = view.clustered(self._zone, scale)
        for cluster in clusters:
            place = cluster.x / scale, cluster.y / scale
            if len(cluster.members) > 1:
                size, radius = max(4.4, 0.62 * cluster.radius_pt), cluster.radius_pt / scale
                draw_ring(self._sheet.map, place, radius, view.shares(cluster.members), size)
            else:
                style = view.style(cluster.members[0])
                draw_symbol(
                    self._sheet.map, [place], style.shape, style.colour, SINGLE_PT, style.glyph
                )

        return [
            shapely.Point(cluster.x / scale, cluster.y / scale).buffer(cluster.radius_pt / scale)
            for cluster in clusters
        ]

    def labels(
        self,
        counties: Sequence[DivisionRow],
        second: dict[str, str],
        clear_of: Sequence[BaseGeometry] = (),
    ) -> None:
        """Names in the middle of the counties that lie on the sheet, a second line below them.

        They move up or down a little where that keeps them clear of `clear_of`.
        """
        taken = shapely.STRtree(list(clear_of))
        for row in counties:
            x, y = label_point(in_metres(shape_of(row), self._zone), LABEL_TOLERANCE_M)
            y = self._free_height(x, y, row.name, taken)
            words = f"{row.name}\n{second[row.code]}" if second.get(row.code) else row.name
            self.label(x, y, words, own=row.own)

    def _free_height(self, x: float, y: float, name: str, taken: shapely.STRtree) -> float:
        """The y nearest to `y` at which `name` covers nothing that is taken; `y` where none is."""
        unit = 1 / self._sheet.points_per_unit
        half_width, half_height = 4.7 * len(name) * unit, 5.5 * unit
        for shift in LABEL_SHIFTS_PT:
            middle = y + shift * unit
            box = shapely.box(
                x - half_width, middle - half_height, x + half_width, middle + half_height
            )
            if not len(taken.query(box, predicate="intersects")):
                return middle
        return y

    def _inside(self, x: float, y: float) -> bool:
        west, east = self._sheet.map.get_xlim()
        south, north = self._sheet.map.get_ylim()
        edge = 0.03 * (east - west)
        return west + edge < x < east - edge and south + edge < y < north - edge

    def label(self, x: float, y: float, words: str, *, own: bool) -> None:
        """Words over a white rim where they lie on the sheet; in a PDF they stay text."""
        if not self._inside(x, y):
            return
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


def zone_for(divisions: gpd.GeoDataFrame, zone: Zone | None) -> Zone:
    """`zone`, or where it is None that of the city's own divisions."""
    require_cgcs2000(divisions)
    return zone or city_zone(divisions[divisions["role"] == "own"])


def city_picture(
    rows: Sequence[DivisionRow],
    zone: Zone,
    about: MapNote,
    legend: Legend,
    form: PictureFormat,
    draw: Callable[[Drawing], None],
) -> bytes:
    """Picture of the city's counties, with the city's outline over what `draw` draws.

    Parameters
    ----------
    rows
        Divisions; the counties among them bound the map.
    zone, about, legend, form, draw
        As for `picture`.
    """

    def draw_city(drawing: Drawing) -> None:
        draw(drawing)
        for row in whole_city(rows):
            drawing.line(row, INK, 1.6)

    return picture(_bounds_m(rows, zone), zone, about, legend, form, draw_city)


def picture(
    bounds_m: Bounds,
    zone: Zone,
    about: MapNote,
    legend: Legend,
    form: PictureFormat,
    draw: Callable[[Drawing], None],
) -> bytes:
    """The one drawing of all maps: sheet, content, scale bar and arrow.

    Parameters
    ----------
    bounds_m
        West, south, east, north in metres of `zone`.
    zone
        Zone to draw in.
    about, legend, form
        As for `coverage_picture`.
    draw
        Draws the content.
    """
    with DRAWING, mpl.rc_context({"pdf.fonttype": 42, "hatch.linewidth": 0.45}):
        sheet = Sheet(about, legend, bounds_m)
        draw(Drawing(sheet, zone))
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
