"""Reach on foot as pictures: the city on one sheet, and a sheet of its counties side by side."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from civgeo.domain.quantity import fixed
from civgeo.geo.crs import Zone, project
from civgeo.maps.clusters import crowding
from civgeo.maps.marks import HATCH_COLOUR, HATCHES, draw_dots, draw_symbol
from civgeo.maps.reach_view import REACHED, REASON_STYLES, ReachEstate, ReachView
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import Bounds, shape_of, shown_counties
from civgeo.maps.sheet import MAP_PT, points_per_metre
from civgeo.maps.static import (
    Drawing,
    PictureFormat,
    city_picture,
    in_metres,
    picture,
    zone_for,
)
from civgeo.maps.theme import INK, MapNote
from civgeo.maps.typeface import font

__all__ = ["reach_counties_picture", "reach_picture"]

SMALLEST_DOT_PT, LARGEST_DOT_PT = 1.7, 3.6
SMALLEST_SHAPE_PT, LARGEST_SHAPE_PT = 3.6, 5.0
CELL_MARGIN, CAPTION_SHARE, TOP_SHARE = 1.12, 0.3, 0.94
BARRIER = "#7d9bb0"
NAME_PT, FIGURE_PT, SMALL_PT = 9.0, 8.0, 6.6


def reach_picture(
    view: ReachView,
    divisions: gpd.GeoDataFrame,
    barriers: Sequence[BaseGeometry] = (),
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the reach map: divisions by share, estates by verdict, barriers lightly.

    Parameters
    ----------
    view
        The answer over `divisions`.
    divisions
        Own and neighbouring counties with outlines, EPSG:4490.
    barriers
        Lines and polygons that stop walkers, EPSG:4490.
    about
        Title, source, date and standing.
    form
        PNG (200 dots per inch) or PDF.
    zone
        Metric zone to draw in; by default that of the city's own divisions.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    chosen = zone_for(divisions, zone)

    def draw(drawing: Drawing) -> None:
        for row in view.areas:
            drawing.area(row, view.colour(row), view.pattern(row))
        for shape in barriers:
            _barrier(drawing, in_metres(shape, chosen))
        scale = points_per_metre(_bounds_m(view, chosen))
        places = _metres(view.estates, chosen)
        _estates(drawing, view.estates, places, scale)
        counties = [row for row in view.areas if not row.own or row.level == "county"]
        named = counties if any(row.own for row in counties) else view.areas
        missed = [
            shapely.Point(place).buffer(LARGEST_SHAPE_PT / 2 / scale)
            for estate, place in zip(view.estates, places, strict=True)
            if estate.reason is not None
        ]
        drawing.labels(named, {row.code: view.label(row) for row in named}, clear_of=missed)

    return city_picture(list(view.rows), chosen, about, view.legend(), form, draw)


def reach_counties_picture(
    view: ReachView,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Counties side by side on one sheet, in one scale and the classes of `reach_picture`.

    Each stands north up with its estates, its share, and the people behind the share.
    Parameters and errors as for `reach_picture`.
    """
    chosen = zone_for(divisions, zone)
    counties = [row for row in shown_counties(view.rows) if row.own]
    cells = list(_cells([in_metres(shape_of(row), chosen) for row in counties]))
    frame = shapely.total_bounds([shapely.box(*cell.frame) for cell in cells])
    bounds = float(frame[0]), float(frame[1]), float(frame[2]), float(frame[3])
    estates = _metres(view.estates, chosen)

    def draw(drawing: Drawing) -> None:
        drawing.axes.set_facecolor("white")
        for row, cell in zip(counties, cells, strict=True):
            _county(drawing, view, row, cell, estates)

    return picture(bounds, chosen, about, view.legend(), form, draw)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A county moved to its place on the sheet: `shift` metres, and the frame that it fills."""

    shape: BaseGeometry
    shift: tuple[float, float]
    frame: Bounds


def _cells(shapes: Sequence[BaseGeometry]) -> Iterator[_Cell]:
    """A grid of cells as large as the largest county, in as many columns as fill the sheet best."""
    bounds = np.array([shapely.bounds(shape) for shape in shapes])
    width = float((bounds[:, 2] - bounds[:, 0]).max()) * CELL_MARGIN
    height = float((bounds[:, 3] - bounds[:, 1]).max()) * (CELL_MARGIN + CAPTION_SHARE)
    columns = _columns(len(shapes), width, height)
    for number, (shape, bound) in enumerate(zip(shapes, bounds, strict=True)):
        x, y = (number % columns) * width, -(number // columns + 1) * height
        middle = (bound[0] + bound[2]) / 2
        room = height / (CELL_MARGIN + CAPTION_SHARE) * CELL_MARGIN
        shift = float(x + width / 2 - middle), float(y + TOP_SHARE * room - bound[3])
        moved = affinity.translate(shape, *shift)
        yield _Cell(moved, shift, (x, y, x + width, y + height))


def _columns(count: int, width: float, height: float) -> int:
    """Number of columns at which `count` cells are drawn largest."""

    def scale(columns: int) -> float:
        rows = -(-count // columns)
        return min(MAP_PT[0] / (columns * width), MAP_PT[1] / (rows * height))

    return max(range(1, count + 1), key=scale)


def _county(
    drawing: Drawing,
    view: ReachView,
    row: DivisionRow,
    cell: _Cell,
    places: list[tuple[float, float]],
) -> None:
    pattern = HATCHES[view.pattern(row)]
    drawing.polygon(cell.shape, view.colour(row), INK, 0.7)
    if pattern:
        _hatch(drawing, cell.shape, pattern)
    inside = [number for number, estate in enumerate(view.estates) if _of(estate, row.code)]
    moved = [
        (places[number][0] + cell.shift[0], places[number][1] + cell.shift[1]) for number in inside
    ]
    west, east = drawing.axes.get_xlim()
    scale = MAP_PT[0] / (east - west)
    _estates(drawing, [view.estates[number] for number in inside], moved, scale)
    unit = view.unit(row)
    share = "没有计入的小区" if unit is None or unit.share is None else f"{fixed(unit.share, 1)}%"
    counted = "" if unit is None else f"{unit.reached:,} / {unit.people:,} {view.told.measure}"
    middle, top = (cell.frame[0] + cell.frame[2]) / 2, cell.frame[3]
    for words, size, down in (
        (row.name, NAME_PT, 8),
        (share, FIGURE_PT, 19),
        (counted, SMALL_PT, 28.5),
    ):
        _words(drawing, middle, top - down / scale, words, size)


def _of(estate: ReachEstate, code: str) -> bool:
    return estate.division.startswith(code)


def _words(drawing: Drawing, x: float, y: float, words: str, size: float) -> None:
    for rim in (True, False):
        text = drawing.axes.text(x, y, words, va="center", ha="center", color=INK, zorder=14)
        text.set(fontproperties=font(size))
        text.set_parse_math(False)
        if rim:
            text.set(path_effects=[withStroke(linewidth=2.0, foreground="white")])


def _hatch(drawing: Drawing, shape: BaseGeometry, pattern: str) -> None:
    rings = [
        Outline(shapely.get_coordinates(ring), closed=True)
        for polygon in shapely.get_parts(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    patch = PathPatch(
        Outline.make_compound_path(*rings), facecolor="none", edgecolor=HATCH_COLOUR, linewidth=0
    )
    drawing.axes.add_patch(patch).set(hatch=pattern, zorder=6)


def _barrier(drawing: Drawing, shape: BaseGeometry) -> None:
    for part in shapely.get_parts(shape):
        line = part.exterior if isinstance(part, shapely.Polygon) else part
        x, y = shapely.get_coordinates(line).T
        drawing.axes.plot(x, y, color=BARRIER, linewidth=0.7, zorder=6)


def _metres(estates: Sequence[ReachEstate], zone: Zone) -> list[tuple[float, float]]:
    if not estates:
        return []
    lon, lat = np.array([(estate.lon, estate.lat) for estate in estates]).T
    east, north = project(lon, lat, zone)
    return list(zip(east.tolist(), north.tolist(), strict=True))


def _bounds_m(view: ReachView, zone: Zone) -> Bounds:
    own = [in_metres(shape_of(row), zone) for row in shown_counties(view.rows) if row.own]
    west, south, east, north = shapely.total_bounds(own)
    return float(west), float(south), float(east), float(north)


def _estates(
    drawing: Drawing,
    estates: Sequence[ReachEstate],
    places: Sequence[tuple[float, float]],
    scale: float,
) -> None:
    """Estates reached as dots, the others above them by the symbol of their reason."""
    apart = crowding(places) * scale if len(places) > 1 else LARGEST_DOT_PT
    dot = float(np.clip(apart, SMALLEST_DOT_PT, LARGEST_DOT_PT))
    size = float(np.clip(1.6 * apart, SMALLEST_SHAPE_PT, LARGEST_SHAPE_PT))
    looks = defaultdict(list)
    for estate, place in zip(estates, places, strict=True):
        looks[estate.style].append(place)
    if reached := looks.get(REACHED):
        draw_dots(drawing.axes, reached, [REACHED.colour] * len(reached), dot)
    for style in REASON_STYLES.values():
        if missed := looks.get(style):
            draw_symbol(drawing.axes, missed, style.shape, style.colour, size)
