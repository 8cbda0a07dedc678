"""Point symbols and hatches of printed maps: the same shapes and patterns as on the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Circle, Wedge
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import IdentityTransform

from civgeo.maps.theme import INK, Pattern, Shape
from civgeo.maps.typeface import font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HATCHES", "HATCH_COLOUR", "draw_dots", "draw_ring", "draw_stretch", "draw_symbol"]

HATCH_COLOUR = "#7d766e"

HATCHES = {
    Pattern.PLAIN: None,
    Pattern.STRIPES: "////",
    Pattern.DOTS: "....",
    Pattern.GRID: "+++",
    Pattern.CROSSED: "xxxx",
}
_MARKERS = {
    Shape.CIRCLE: "o",
    Shape.RING: "o",
    Shape.DISC: "o",
    Shape.TRIANGLE: "^",
    Shape.DIAMOND: "D",
    Shape.CROSS: "X",
    Shape.SQUARE: "s",
    Shape.DOWN: "v",
}
GLYPH_SHARE = 0.68
POINTS_PER_PIXEL = 0.62
DOT_RIM_PT = 0.9
SMALLEST_WITH_GLYPH_PT = 6.0


@dataclass(frozen=True, slots=True)
class _Stroke:
    """One part of a symbol, in units of its size."""

    outline: Outline
    face: str
    edge: str
    width_pt: float


def draw_symbol(
    axes: "Axes",
    places: Sequence[tuple[float, float]],
    shape: Shape,
    colour: str,
    size_pt: float,
    glyph: str = "",
) -> None:
    """Draw one symbol at each place, `size_pt` points across, with a white rim around it.

    Each symbol is finished before the next one, so that one on top hides what lies below.
    """
    strokes = _strokes(shape, colour, size_pt, glyph)
    symbols = PathCollection(
        [stroke.outline for stroke in strokes],
        sizes=[size_pt**2],
        offsets=np.repeat(np.asarray(places, dtype=np.float64), len(strokes), axis=0),
        offset_transform=axes.transData,
        transform=IdentityTransform(),
        facecolors=[stroke.face for stroke in strokes],
        edgecolors=[stroke.edge for stroke in strokes],
        linewidths=[stroke.width_pt for stroke in strokes],
        zorder=10,
    )
    axes.add_collection(symbols, autolim=False)


def draw_stretch(
    axes: "Axes",
    xy: tuple[Sequence[float], Sequence[float]],
    colour: str,
    width: float,
    dashes: Sequence[int] = (),
) -> None:
    """Draw a line over a white rim; width and dashes in pixels of the pages."""
    thick = POINTS_PER_PIXEL * width
    # matplotlib counts dashes in widths of the line
    style = (0, tuple(step / width for step in dashes)) if dashes else "-"
    axes.plot(*xy, color="white", linewidth=thick + 1.6, zorder=8, solid_capstyle="butt")
    axes.plot(*xy, color=colour, linewidth=thick, linestyle=style, zorder=8, dash_capstyle="butt")


def draw_dots(
    axes: "Axes", places: Sequence[tuple[float, float]], colours: Sequence[str], size_pt: float
) -> None:
    """Draw plain dots without outlines, `size_pt` points across, on a common white ground."""
    offsets = np.asarray(places, dtype=np.float64)
    for faces, size in (("white", size_pt + DOT_RIM_PT), (list(colours), size_pt)):
        dots = PathCollection(
            [Outline.unit_circle()],
            sizes=[(size / 2) ** 2],
            offsets=offsets,
            offset_transform=axes.transData,
            transform=IdentityTransform(),
            facecolors=faces,
            linewidths=0,
            zorder=10,
        )
        axes.add_collection(dots, autolim=False)


def draw_ring(
    axes: "Axes",
    place: tuple[float, float],
    radius: float,
    parts: Sequence[tuple[str, int]],
    size_pt: float,
) -> None:
    """Draw a disc with the sum of `parts` (colour, number) inside a ring of their shares.

    `radius` is in units of the axes, `size_pt` the type size of the number.
    """
    count = sum(number for _, number in parts)
    axes.add_patch(Circle(place, radius, facecolor="white", edgecolor="none", zorder=11))
    turned = 0.0
    for colour, number in parts:
        share = 360 * number / count
        arc = Wedge(place, radius, 90 - turned - share, 90 - turned, width=0.3 * radius)
        arc.set(facecolor=colour, edgecolor="none", zorder=12)
        axes.add_patch(arc)
        turned += share
    text = axes.text(*place, str(count), ha="center", va="center_baseline", color=INK)
    text.set(fontproperties=font(size_pt), zorder=13)


def _strokes(shape: Shape, colour: str, size_pt: float, glyph: str) -> list[_Stroke]:
    marker = MarkerStyle(_MARKERS[shape])
    outline = marker.get_path().transformed(marker.get_transform())
    rim = 2.2 if size_pt > 4 else 1.4
    face = {Shape.RING: "white", Shape.CROSS: INK}.get(shape, colour)
    strokes = [
        _Stroke(outline, "white", "white", rim),
        _Stroke(outline, face, INK, 0.9 if shape is Shape.RING else 0.35),
    ]
    if glyph and size_pt >= SMALLEST_WITH_GLYPH_PT:
        strokes.append(_Stroke(_glyph(glyph), "white", "white", 0.05))
    return strokes


@lru_cache(maxsize=64)
def _glyph(character: str) -> Outline:
    """Outline of a character around its middle, in units of the symbol's size."""
    outline = TextPath((0, 0), character, size=10, prop=font(10))
    low, high = outline.vertices.min(axis=0), outline.vertices.max(axis=0)
    scale = GLYPH_SHARE / float((high - low).max())
    return Outline((outline.vertices - (low + high) / 2) * scale, outline.codes)
