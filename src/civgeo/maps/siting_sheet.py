"""Siting as pictures: the region on one sheet, and sheets with a panel for every exclusion."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.colors import to_rgb
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.site_marks import Words
from civgeo.geo.crs import Zone, zone_of
from civgeo.maps.legend import Legend, Section
from civgeo.maps.marks import POINTS_PER_PIXEL
from civgeo.maps.shapes import Bounds
from civgeo.maps.sheet import MAP_PT, wrapped
from civgeo.maps.siting_raster import block_shares
from civgeo.maps.siting_view import (
    CANDIDATE,
    CANDIDATE_EDGE,
    KIND_LOOKS,
    ROAD,
    SEEN_LOOK,
    Exclusion,
    SitingView,
    hectares,
)
from civgeo.maps.static import Drawing, PictureFormat, in_metres, picture
from civgeo.maps.theme import INK, LAND, NEIGHBOUR, MapNote, Pattern
from civgeo.maps.typeface import font

__all__ = ["PANELS_A_SHEET", "siting_panels", "siting_picture"]

PANELS_A_SHEET = 12
SHEET_PIXELS, PANEL_PIXELS = 2_000_000, 160_000
PATTERN_PIXELS = 9
STROKE_OPACITY = 0.55
STAIR = 0.75
NAME_PT, FIGURE_PT, CITED_PT = 8.4, 7.4, 6.2
RANK_ABOVE_PT = 9.0
CAPTION_STEP = 1.22
CAPTION_PT = 50.0
PANEL_MARGIN = 1.08
RANK_BOX = {"boxstyle": "round,pad=0.22", "fc": CANDIDATE_EDGE, "ec": "white", "lw": 0.7}
_FIRST_ZONE_EPSG = 4509

_Picture = npt.NDArray[np.float32]


def siting_picture(view: SitingView, *, about: MapNote, form: PictureFormat) -> bytes:
    """Picture of all exclusions together, what is not assessed, and the candidates.

    Parameters
    ----------
    view
        The answer.
    about
        Title, source, date and standing.
    form
        PNG (200 dots per inch) or PDF.
    """
    zone = _zone(view)
    region = in_metres(view.region, zone)

    def draw(drawing: Drawing) -> None:
        for row in view.around:
            drawing.area(row, NEIGHBOUR)
        drawing.polygon(region, LAND, "none", 0.0)
        for number, (kind, plane) in enumerate(view.kinds.items()):
            _, colour, pattern = KIND_LOOKS[kind]
            _shade(drawing, view, plane, (colour, pattern), SHEET_PIXELS, zorder=7 - number / 10)
        for row in view.towns:
            drawing.line(row, "#9aa4ae", 0.5)
        _candidates(drawing, view, zone)
        if view.seen is not None:
            _shade(drawing, view, view.seen, SEEN_LOOK[1:], SHEET_PIXELS, zorder=7.5)
        for _, _, shape in view.roads:
            _line(drawing, in_metres(shape, zone), ROAD, 2.0)
        drawing.polygon(region, "none", INK, 1.6)
        _names(drawing, view, zone)

    bounds = _bounds(region)
    return picture(bounds, zone, about, view.legend(), form, draw)


def siting_panels(view: SitingView, *, about: MapNote, form: PictureFormat) -> list[bytes]:
    """Sheets with a panel for every exclusion and layer, the region in one scale.

    Parameters as for `siting_picture`; up to twelve panels a sheet, evenly spread.
    """
    listed = [item for _, items in view.grouped for item in items]
    count = -(-len(listed) // PANELS_A_SHEET)
    size = -(-len(listed) // max(count, 1))
    return [
        _sheet(view, about, form, listed[first : first + size], size)
        for first in range(0, len(listed), max(size, 1))
    ]


def _sheet(
    view: SitingView, about: MapNote, form: PictureFormat, items: Sequence[Exclusion], size: int
) -> bytes:
    zone = _zone(view)
    region = in_metres(view.region, zone)
    panels = list(_panels(region, items, size))
    frames = [shapely.box(*panel.frame) for panel in _panels(region, [items[0]] * size, size)]
    frame = shapely.total_bounds(frames)

    def draw(drawing: Drawing) -> None:
        drawing.axes.set_facecolor("white")
        for panel in panels:
            _panel(drawing, view, region, panel)

    west, south, east, north = frame.tolist()
    return picture((west, south, east, north), zone, about, _panel_legend(view), form, draw)


def _panel_legend(view: SitingView) -> Legend:
    words = (
        "每幅为一项禁止情形，注规定、编号与图层日期。面积按格子计，有重叠，不能相加；"
        "百分数为占全域的比例。"
    )
    (_, *rest) = view.legend().sections
    return Legend((Section("各项禁止情形", (), words), *rest))


@dataclass(frozen=True, slots=True)
class _Panel:
    """An exclusion, how far the region is moved for it, and the frame that it fills, metres."""

    item: Exclusion
    shift: tuple[float, float]
    frame: Bounds


def _panels(region: BaseGeometry, items: Sequence[Exclusion], size: int) -> Iterator[_Panel]:
    """Frames in as many columns as draw `size` regions largest; captions have room in points."""
    west, south, east, north = _bounds(region)
    width, height = (east - west) * PANEL_MARGIN, (north - south) * PANEL_MARGIN

    def scale(columns: int) -> float:
        rows = -(-size // columns)
        tall = (MAP_PT[1] / rows - CAPTION_PT) / height
        return min(MAP_PT[0] / columns / width, tall)

    columns = max(range(1, size + 1), key=scale)
    # a wide frame keeps captions apart where the region is narrow
    cell = max(width, MAP_PT[0] / columns / scale(columns) * 0.94)
    tall = height + CAPTION_PT / scale(columns)
    for number, item in enumerate(items):
        x, y = (number % columns) * cell, -(number // columns) * tall
        shift = x + cell / 2 - (west + east) / 2, y - (height - (north - south)) / 2 - north
        yield _Panel(item, shift, (x, y - tall, x + cell, y))


def _panel(drawing: Drawing, view: SitingView, region: BaseGeometry, panel: _Panel) -> None:
    item = panel.item
    moved = affinity.translate(region, *panel.shift)
    drawing.polygon(moved, LAND, "none", 0.0)
    look = item.colour, item.pattern
    plane = view.marks.bits[item.number]
    _shade(drawing, view, plane, look, PANEL_PIXELS, zorder=6, shift=panel.shift)
    _line(drawing, shapely.boundary(moved), INK, 1.1)
    west, south, east, _ = panel.frame
    scale = _scale(drawing)
    room = (east - west) * scale - 6
    top = south + CAPTION_PT / scale
    down = 0.0
    for words, size in _caption(item, room):
        down += CAPTION_STEP * size
        _words(drawing, (west + east) / 2, top - down / scale, words, size)


def _caption(item: Exclusion, room: float) -> Iterator[tuple[str, float]]:
    """Lines below a panel with their sizes: name, area, rule and its identifier, layer."""
    yield _fitting(item.title, room, NAME_PT), NAME_PT
    yield f"{hectares(item.area_m2)}　{item.share:.1%}", FIGURE_PT
    rule, *more = item.cited
    for words in (*rule.split("　")[:2], "；".join(more)):
        yield _fitting(words, room, CITED_PT), CITED_PT


def _fitting(words: str, room: float, size: float) -> str:
    """`words` on one line, cut where they are longer."""
    first, *rest = wrapped(words, room, size)
    return f"{first[:-1]}…" if rest else first


def _words(drawing: Drawing, x: float, y: float, words: str, size: float) -> None:
    text = drawing.axes.text(x, y, words, va="center", ha="center", color=INK, zorder=14)
    text.set(fontproperties=font(size), parse_math=False)


def _shade(
    drawing: Drawing,
    view: SitingView,
    plane: Words,
    look: tuple[str, Pattern],
    pixels: int,
    *,
    zorder: float,
    shift: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Cells of a plane, as opaque as the share of each block of cells that carries the mark."""
    grid = view.marks.grid
    block = max(1, math.ceil(math.sqrt(grid.cells / pixels)))
    shares = block_shares(view.marks, plane, block)
    rows, columns = shares.shape
    west, north = grid.west + shift[0], grid.north + shift[1]
    side = block * grid.cell_m
    fine = max(1, round(math.sqrt(pixels / shares.size)))
    drawing.axes.imshow(
        _painted(np.kron(shares, np.ones((fine, fine), np.float32)), *look),
        extent=(west, west + columns * side, north - rows * side, north),
        interpolation="nearest",
        zorder=zorder,
        aspect="auto",
    )


def _painted(shares: _Picture, colour: str, pattern: Pattern) -> _Picture:
    """Red, green, blue and opacity of shares in a colour, with the strokes of a pattern."""
    painted = np.empty((*shares.shape, 4), np.float32)
    strokes = _strokes(shares.shape, pattern)[..., None] * STROKE_OPACITY
    painted[..., :3] = np.array(to_rgb(colour)) * (1 - strokes) + np.array(to_rgb(INK)) * strokes
    painted[..., 3] = np.where(shares > 0, 0.25 + 0.75 * shares, 0.0)
    return painted


def _strokes(shape: tuple[int, ...], pattern: Pattern) -> npt.NDArray[np.bool_]:
    row, column = np.indices(shape) % PATTERN_PIXELS
    strokes: npt.NDArray[np.bool_]
    match pattern:
        case Pattern.STRIPES:
            strokes = (row + column) % PATTERN_PIXELS == 0
        case Pattern.CROSSED:
            strokes = ((row + column) % PATTERN_PIXELS == 0) | (row == column)
        case Pattern.GRID:
            strokes = (row == 0) | (column == 0)
        case Pattern.DOTS:
            strokes = (row < 2) & (column < 2)
        case _:
            strokes = np.zeros(shape, dtype=np.bool_)
    return strokes


def _candidates(drawing: Drawing, view: SitingView, zone: Zone) -> None:
    for item in view.candidates:
        plain = shapely.simplify(in_metres(item.shape, zone), STAIR * view.told.cell_m)
        drawing.polygon(plain, CANDIDATE, CANDIDATE_EDGE, 0.6)


def _names(drawing: Drawing, view: SitingView, zone: Zone) -> None:
    """Ranks of the candidates, the first above the others, and names clear of them."""
    unit = 1 / _scale(drawing)
    taken = []
    for item in reversed(view.candidates):
        x, y = shapely.get_coordinates(in_metres(shapely.Point(item.lon, item.lat), zone))[0]
        y += RANK_ABOVE_PT * unit
        text = drawing.axes.text(x, y, str(item.rank), va="center", ha="center", color="white")
        text.set(fontproperties=font(FIGURE_PT), zorder=15)
        text.set_bbox(RANK_BOX)
        taken.append(shapely.Point(x, y).buffer(8 * unit))
    drawing.labels(view.towns, {}, clear_of=taken)
    drawing.labels(view.around, {})


def _line(drawing: Drawing, shape: BaseGeometry, colour: str, width: float) -> None:
    for part in shapely.get_parts(shape):
        x, y = shapely.get_coordinates(part).T
        drawing.axes.plot(x, y, color=colour, linewidth=POINTS_PER_PIXEL * width, zorder=8)


def _scale(drawing: Drawing) -> float:
    """Points of the page that a metre takes."""
    west, east = drawing.axes.get_xlim()
    return MAP_PT[0] / (east - west)


def _zone(view: SitingView) -> Zone:
    return zone_of(3 * (view.marks.grid.epsg - _FIRST_ZONE_EPSG))


def _bounds(shape: BaseGeometry) -> Bounds:
    west, south, east, north = (float(edge) for edge in shape.bounds)
    return west, south, east, north
