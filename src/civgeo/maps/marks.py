"""Point symbols and hatches of printed maps: the same shapes and patterns as on the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import IdentityTransform

from civgeo.maps.theme import INK, Pattern, Shape
from civgeo.maps.typeface import font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HATCHES", "HATCH_COLOUR", "draw_symbol"]

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
}
GLYPH_SHARE = 0.68
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
