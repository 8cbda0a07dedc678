"""Point symbols and hatches of printed maps: the same shapes and patterns as on the pages."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

from civgeo.maps.theme import INK, Pattern, Shape
from civgeo.maps.typeface import font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HATCHES", "draw_symbol"]

HATCHES = {
    Pattern.PLAIN: None,
    Pattern.STRIPES: "/////",
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
    Shape.CROSS: "x",
}
GLYPH_SHARE = 0.68
SMALLEST_WITH_GLYPH_PT = 6.0


def draw_symbol(
    axes: "Axes",
    places: Sequence[tuple[float, float]],
    shape: Shape,
    colour: str,
    size_pt: float,
    glyph: str = "",
) -> None:
    """Draw one symbol at each place, `size_pt` points across, with a white rim around it."""
    x, y = [place[0] for place in places], [place[1] for place in places]
    rim = 1.1 if size_pt > 4 else 0.7

    def stamp(marker: str | Outline, size: float, face: str, edge: str, width: float) -> None:
        axes.scatter(
            x,
            y,
            size**2,
            marker=marker,
            facecolors=face,
            edgecolors=edge,
            linewidths=width,
            zorder=10,
        )

    marker = _MARKERS[shape]
    if shape is Shape.CROSS:
        stamp(marker, size_pt, "white", "white", 2.4 * rim)
        stamp(marker, size_pt, INK, INK, rim)
        return
    stamp(marker, size_pt, "white", "white", 2 * rim)
    hollow = shape is Shape.RING
    stamp(marker, size_pt, "white" if hollow else colour, INK, 0.9 if hollow else 0.35)
    if glyph and size_pt >= SMALLEST_WITH_GLYPH_PT:
        stamp(_glyph(glyph), size_pt * GLYPH_SHARE, "white", "none", 0)


@lru_cache(maxsize=64)
def _glyph(character: str) -> Outline:
    """Outline of a character around its middle."""
    outline = TextPath((0, 0), character, size=10, prop=font(10))
    middle = (outline.vertices.min(axis=0) + outline.vertices.max(axis=0)) / 2
    return Outline(outline.vertices - middle, outline.codes)
