"""A printed map sheet: frame, title, legend, scale bar, north arrow, source and date."""

import re
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from civgeo.maps.legend import Legend, Mark, Section, Swatch, Symbol
from civgeo.maps.marks import HATCH_COLOUR, HATCHES, draw_stretch, draw_symbol
from civgeo.maps.shapes import Bounds
from civgeo.maps.theme import INK, MapNote, Shape
from civgeo.maps.typeface import font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["Sheet", "bar_length_m", "points_per_metre", "wrapped"]

PAGE_IN = (11.69, 8.27)
MAP_BOX = (0.025, 0.095, 0.705, 0.815)
LEGEND_BOX = (0.74, 0.095, 0.24, 0.815)
POINTS_PER_INCH = 72
MAP_PT = (MAP_BOX[2] * PAGE_IN[0] * POINTS_PER_INCH, MAP_BOX[3] * PAGE_IN[1] * POINTS_PER_INCH)
MARGIN = 1.06
SMALL, NORMAL, HEADING, TITLE = 7.0, 8.0, 8.8, 16.0
GREY, WARNING = "#5d6974", "#8a3b12"
ROW, LINE = 13.5, 9.6
BAR_SHARE = 0.22
FOOT_TOP, FOOT_LINE = 0.077, 0.0175
_WORD = "0123456789.,%"
_WORD_AT_END = re.compile(rf"[{re.escape(_WORD)}]+$")


def bar_length_m(width_m: float) -> int:
    """Length of the scale bar for a map `width_m` wide: 1, 2 or 5 times a power of ten.

    The longest such length that is no more than 22 % of the width.

    Examples
    --------
    >>> bar_length_m(150_000), bar_length_m(90_000)
    (20000, 10000)
    """
    room = width_m * BAR_SHARE
    lengths = [step * 10**power for power in range(7) for step in (1, 2, 5)]
    return max((length for length in lengths if length <= room), default=1)


def points_per_metre(bounds_m: Bounds) -> float:
    """Scale at which the map's frame shows `bounds_m` with a margin."""
    west, south, east, north = bounds_m
    return min(MAP_PT[0] / (east - west), MAP_PT[1] / (north - south)) / MARGIN


def wrapped(text: str, width_pt: float, size: float) -> list[str]:
    """`text` in lines that fit `width_pt`: a Chinese character is as wide as the type size.

    A number stays whole.
    """
    lines, used = [""], 0.0
    for character in text:
        step = size * (0.58 if ord(character) < 0x2000 else 1.0)
        if used + step > width_pt and character not in "，。；：、）":
            kept = _WORD_AT_END.search(lines[-1]) if character in _WORD else None
            carried = kept.group() if kept and kept.start() else ""
            lines[-1] = lines[-1].removesuffix(carried) if carried else lines[-1]
            lines.append(carried)
            used = len(carried) * size * 0.58
        lines[-1] += character
        used += step
    return lines


class Sheet:
    """One page with a map in a metric projection, drawn without a browser.

    Parameters
    ----------
    about
        Title, source, date and standing.
    legend
        Legend at the right.
    bounds_m
        West, south, east, north in metres that the map has to show.
    """

    def __init__(self, about: MapNote, legend: Legend, bounds_m: Bounds) -> None:
        self.figure = Figure(figsize=PAGE_IN)
        self.map = self._map_axes(bounds_m)
        self._title(about)
        self._foot(about)
        self._legend(legend)

    def text(self, axes: "Axes", x: float, y: float, words: str, size: float) -> "Text":
        """Words at x, y of `axes`, left and on the middle of the line."""
        text = axes.text(x, y, words, va="center", color=INK, fontproperties=font(size))
        text.set_parse_math(False)
        return text

    @property
    def points_per_unit(self) -> float:
        """How many points of the page a metre of the map takes."""
        west, east = self.map.get_xlim()
        return MAP_PT[0] / (east - west)

    def furnish(self) -> None:
        """Scale bar and north arrow, above everything drawn on the map."""
        west, east = self.map.get_xlim()
        south, north = self.map.get_ylim()
        width, height = east - west, north - south
        self._scale_bar(west + 0.02 * width, south + 0.025 * height, width)
        self._north_arrow(east - 0.04 * width, north - 0.035 * height, width)

    def _map_axes(self, bounds_m: Bounds) -> "Axes":
        axes = self.figure.add_axes(MAP_BOX)
        west, south, east, north = bounds_m
        scale = points_per_metre(bounds_m)
        width, height = (MAP_PT[0] / scale, MAP_PT[1] / scale)
        middle = (west + east) / 2, (south + north) / 2
        axes.set_xlim(middle[0] - width / 2, middle[0] + width / 2)
        axes.set_ylim(middle[1] - height / 2, middle[1] + height / 2)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_facecolor("#f1f4f6")
        for spine in axes.spines.values():
            spine.set_edgecolor(INK)
        return axes

    def _title(self, about: MapNote) -> None:
        middle = MAP_BOX[0] + MAP_BOX[2] / 2
        title = self.figure.text(
            middle, 0.955, about.title, ha="center", va="center", fontproperties=font(TITLE)
        )
        title.set_parse_math(False)

    def _foot(self, about: MapNote) -> None:
        lines = [(FOOT_TOP, " · ".join(about.standing), WARNING, NORMAL)]
        room = (1 - 2 * MAP_BOX[0]) * PAGE_IN[0] * POINTS_PER_INCH
        told = [line for text in (about.cited, about.dated) for line in wrapped(text, room, SMALL)]
        for number, line in enumerate(told, 1):
            lines.append((FOOT_TOP - FOOT_LINE * number, line, INK, SMALL))
        for y, words, colour, size in lines:
            text = self.figure.text(
                MAP_BOX[0], y, words, va="center", color=colour, fontproperties=font(size)
            )
            text.set_parse_math(False)

    def _legend(self, legend: Legend) -> None:
        width = LEGEND_BOX[2] * PAGE_IN[0] * POINTS_PER_INCH
        height = LEGEND_BOX[3] * PAGE_IN[1] * POINTS_PER_INCH
        column = _Column(self, width)
        needed = sum(column.height_of(section) for section in legend.sections)
        axes = self.figure.add_axes(LEGEND_BOX)
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(-max(height, needed), 0)
        top = 0.0
        for section in legend.sections:
            top = column.draw(axes, section, top)

    def _scale_bar(self, x: float, y: float, width_m: float) -> None:
        length = bar_length_m(width_m)
        thick = width_m * 0.006
        box = Rectangle(
            (x - thick, y - 1.6 * thick), length * 1.28, thick * 6.2, fc="white", ec="none"
        )
        self.map.add_patch(box).set(alpha=0.85, zorder=20)
        for part, colour in enumerate((INK, "white")):
            half = Rectangle((x + part * length / 2, y), length / 2, thick, fc=colour, ec=INK)
            half.set(linewidth=0.7, zorder=21, gid="scale-bar")
            self.map.add_patch(half)
        unit, per_unit = ("km", 1000) if length >= 1000 else ("m", 1)
        for share in (0.0, 0.5, 1.0):
            words = f"{share * length / per_unit:g}" + (f" {unit}" if share == 1.0 else "")
            label = self.text(self.map, x + share * length, y + 2.6 * thick, words, SMALL)
            label.set(ha="left" if share == 0 else "center", zorder=22)

    def _north_arrow(self, x: float, top: float, width_m: float) -> None:
        size = width_m * 0.016
        tip, foot = (x, top - 1.6 * size), top - 4.6 * size
        back = Rectangle((x - 1.3 * size, foot - 0.5 * size), 2.6 * size, 5.3 * size)
        back.set(facecolor="white", edgecolor="none", alpha=0.85, zorder=20)
        self.map.add_patch(back)
        for side, colour in ((1, INK), (-1, "white")):
            corners = [tip, (x + side * size, foot), (x, foot + 0.6 * size)]
            wing = Polygon(corners, closed=True, facecolor=colour, edgecolor=INK)
            wing.set(linewidth=0.7, zorder=21, gid="north-arrow")
            self.map.add_patch(wing)
        self.text(self.map, x, top - 0.7 * size, "北", HEADING).set(ha="center", zorder=22)


class _Column:
    """Legend sections in points from the top of the legend's column."""

    def __init__(self, sheet: Sheet, width: float) -> None:
        self._sheet = sheet
        self._width = width

    def height_of(self, section: Section) -> float:
        """Points that the section takes."""
        rows = sum(ROW + (len(self._lines(row)) - 1) * LINE for row in section.rows)
        return 16 + rows + len(self._note(section)) * LINE + 12

    def draw(self, axes: "Axes", section: Section, top: float) -> float:
        """Draw the section from `top` down; the lower end."""
        y = top - 8
        self._sheet.text(axes, 0, y, section.title, HEADING)
        y -= 8
        for row in section.rows:
            lines = self._lines(row)
            self._row(axes, row, y - ROW / 2, lines)
            y -= ROW + (len(lines) - 1) * LINE
        for line in self._note(section):
            y -= LINE
            self._sheet.text(axes, 0, y + LINE / 3, line, SMALL).set_color(GREY)
        axes.plot([0, self._width], [y - 6, y - 6], color="#cfd6dc", linewidth=0.6)
        return y - 12

    def _note(self, section: Section) -> list[str]:
        return wrapped(section.note, self._width, SMALL) if section.note else []

    def _lines(self, row: Swatch | Symbol | Mark) -> list[str]:
        if isinstance(row, Mark):
            return wrapped(row.label, self._width - 4, NORMAL)
        return wrapped(row.label, self._width - 60, NORMAL)

    def _row(self, axes: "Axes", row: Swatch | Symbol | Mark, y: float, lines: list[str]) -> None:
        indent = 4.0 if isinstance(row, Mark) else 30.0
        for number, line in enumerate(lines):
            self._sheet.text(axes, indent, y - number * LINE, line, NORMAL)
        match row:
            case Mark():
                axes.plot([0, self._width], [y + ROW / 2] * 2, color=INK, linewidth=1.4)
                return
            case Swatch():
                _swatch(axes, y, row.colour, HATCHES[row.pattern])
            case Symbol() if row.shape is Shape.LINE:
                draw_stretch(axes, ([0, 22], [y, y]), row.colour, row.width, row.dashes)
            case Symbol():
                size = 10.0 if row.glyph else 6.0
                draw_symbol(axes, [(11, y)], row.shape, row.colour, size, row.glyph)
        if row.count is not None:
            count = self._sheet.text(axes, self._width, y, str(row.count), NORMAL)
            count.set(ha="right", color=GREY)


def _swatch(axes: "Axes", y: float, colour: str, hatch: str | None) -> None:
    corner, width, height = (0, y - 4.5), 22, 9
    axes.add_patch(Rectangle(corner, width, height, facecolor=colour, linewidth=0))
    if hatch:
        strokes = Rectangle(corner, width, height, facecolor="none", edgecolor=HATCH_COLOUR)
        strokes.set(linewidth=0, hatch=hatch)
        axes.add_patch(strokes)
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=INK, linewidth=0.6))
