"""One A4 page of a strip map: a frame of the line, index map, markers in a table, legend.

Labels of the frame are placed in millimetres before anything is drawn, as on the small sheets, so
that none covers another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from civgeo.maps.sheet import bar_length_m, wrapped
from civgeo.maps.small_sheet import SmallSheet
from civgeo.maps.theme import INK, MapNote

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["FRAME_MM", "INDEX_MM", "LABEL_PT", "StripSheet", "TableRow"]

PAGE_MM = (297.0, 210.0)
MM_PER_INCH, MM_PER_POINT = 25.4, 25.4 / 72
EDGE_MM, TOP_MM, FOOT_MM, GAP_MM = 10.0, 17.0, 19.0, 4.0
SIDE_MM = 64.0
FRAME_MM = (PAGE_MM[0] - 2 * EDGE_MM - SIDE_MM - GAP_MM, PAGE_MM[1] - TOP_MM - FOOT_MM)
INDEX_MM = (SIDE_MM, 50.0)
TITLE_PT, HEAD_PT, TEXT_PT, LABEL_PT, FOOT_PT = 13.0, 8.4, 7.2, 7.6, 6.6
ROW_MM = 4.0
GREY, WARNING = "#5d6974", "#8a3b12"
_COLUMNS_MM = (0.0, 21.0, 34.0, 51.0)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A marker of the frame: number, chainage in km, how it is set, state."""

    number: str
    km: str
    setting: str
    state: str


class StripSheet(SmallSheet):
    """One page.

    Parameters
    ----------
    about
        Title, source, date and standing.
    subtitle
        Stretch and scale of the frame.
    page
        Number of the page, and of all.
    """

    def __init__(self, about: MapNote, subtitle: str, page: tuple[int, int]) -> None:
        self._about, self._size, self.map_mm = about, PAGE_MM, FRAME_MM
        self.figure = Figure(figsize=(PAGE_MM[0] / MM_PER_INCH, PAGE_MM[1] / MM_PER_INCH))
        self.page = self._axes((0.0, 0.0), PAGE_MM)
        self.page.set_axis_off()
        self.map = self._axes((EDGE_MM, FOOT_MM), FRAME_MM)
        left = EDGE_MM + FRAME_MM[0] + GAP_MM
        self.index = self._axes((left, PAGE_MM[1] - TOP_MM - INDEX_MM[1]), INDEX_MM)
        for axes in (self.map, self.index):
            axes.set_facecolor("#fdfcf7")
            for spine in axes.spines.values():
                spine.set(edgecolor=INK, linewidth=0.7)
        self._taken: list[BaseGeometry] = []
        self._lines: list[BaseGeometry] = []
        self._write(subtitle, page)

    def _write(self, subtitle: str, page: tuple[int, int]) -> None:
        width, height = PAGE_MM
        middle = EDGE_MM + FRAME_MM[0] / 2
        self._text(self.page, (middle, height - 7.2), self._about.title, TITLE_PT, "center")
        self._text(self.page, (middle, height - 13.2), subtitle, HEAD_PT, "center", GREY)
        right = width - EDGE_MM
        self._text(
            self.page, (right, height - 13.2), f"第 {page[0]} 页，共 {page[1]} 页", HEAD_PT, "right"
        )
        room = (width - 2 * EDGE_MM) / MM_PER_POINT
        lines = [(" · ".join(self._about.standing), WARNING)]
        for text in (self._about.cited, self._about.dated):
            lines += [(line, GREY) for line in wrapped(text, room, FOOT_PT)[:2]]
        for number, (words, colour) in enumerate(lines[:4]):
            y = FOOT_MM - 4.0 - 3.4 * number
            self._text(self.page, (EDGE_MM, y), words, FOOT_PT, "left", colour)

    def furnish(self, metres_per_mm: float) -> None:
        """Scale bar with the scale and north arrow; call it before any label is placed."""
        length_m = bar_length_m(self.map_mm[0] * metres_per_mm)
        length, x, y = length_m / metres_per_mm, 6.0, 4.0
        back = Rectangle((2.5, 1.5), length + 14.0, 11.0, facecolor="white", edgecolor="none")
        self.map.add_patch(back).set(alpha=0.9, zorder=8)
        for part, colour in enumerate((INK, "white")):
            half = Rectangle((x + part * length / 2, y), length / 2, 1.3, fc=colour, ec=INK)
            half.set(linewidth=0.6, zorder=9, gid="scale-bar")
            self.map.add_patch(half)
        unit, per_unit = ("km", 1000) if length_m >= 1000 else ("m", 1)
        for share in (0.0, 0.5, 1.0):
            words = f"{share * length_m / per_unit:g}" + (f" {unit}" if share == 1.0 else "")
            self._text(self.map, (x + share * length, y + 3.4), words, TEXT_PT, "center")
        self._text(self.map, (x, y + 6.6), f"1∶{metres_per_mm * 1000:,.0f}", TEXT_PT, "left")
        self.keep_clear(shapely.box(0, 0, length + 18.0, 13.5))
        self._arrow(self.map_mm[0] - 8.0, self.map_mm[1] - 3.0)

    def _arrow(self, x: float, top: float) -> None:
        tip, foot = (x, top - 4.0), top - 13.0
        back = Rectangle((x - 4.5, foot - 1.0), 9.0, top - foot + 2.5, fc="white", ec="none")
        self.map.add_patch(back).set(alpha=0.9, zorder=8)
        for side, colour in ((1, INK), (-1, "white")):
            corners = [tip, (x + side * 2.8, foot), (x, foot + 1.9)]
            wing = Polygon(corners, closed=True, facecolor=colour, edgecolor=INK)
            wing.set(linewidth=0.6, zorder=9, gid="north-arrow")
            self.map.add_patch(wing)
        self._text(self.map, (x, top - 1.6), "北", HEAD_PT, "center")
        self.keep_clear(shapely.box(x - 5.5, foot - 2.0, x + 5.5, top + 3.0))

    def index_number(self, corner: Point, words: str, *, here: bool) -> None:
        """Number of a frame inside its upper left corner on the index map."""
        colour, size = (INK, HEAD_PT) if here else (GREY, TEXT_PT)
        self._text(self.index, (corner[0] + 1.6, corner[1] - 2.2), words, size, "center", colour)

    def table(self, rows: Sequence[TableRow], samples: Sequence[tuple[str, str, str]]) -> None:
        """Markers of the frame and the legend, at the right below the index map.

        Parameters
        ----------
        rows
            In route order; those that find no room are counted in a last line.
        samples
            Legend rows: what is drawn (``line``, ``faint``, ``ground``, ``dispute``, or a symbol
            of matplotlib), colour, words.
        """
        left = EDGE_MM + FRAME_MM[0] + GAP_MM
        y = PAGE_MM[1] - TOP_MM - INDEX_MM[1] - 5.0
        lowest = FOOT_MM + 5.0 + ROW_MM * (len(samples) + 2)
        titles = TableRow("界桩编号", "里程 km", "类型", "状况")
        self._cells(left, y, titles, GREY)
        most = max(int((y - lowest) / ROW_MM) - 1, 0)
        for row in rows[:most]:
            y -= ROW_MM
            self._cells(left, y, row, INK)
        if len(rows) > most:
            y -= ROW_MM
            told = f"另有 {len(rows) - most} 座，见外业记录表"
            self._text(self.page, (left, y), told, TEXT_PT, "left", GREY)
        y = lowest - 1.5 * ROW_MM
        self._text(self.page, (left, y), "图例", HEAD_PT, "left")
        for kind, colour, words in samples:
            y -= ROW_MM
            self._key(left, y, kind, colour)
            self._text(self.page, (left + 12.0, y), words, TEXT_PT, "left")

    def _cells(self, left: float, y: float, row: TableRow, colour: str) -> None:
        texts = (row.number, row.km, row.setting, row.state)
        for x, words in zip(_COLUMNS_MM, texts, strict=True):
            self._text(self.page, (left + x, y), words, TEXT_PT, "left", colour)

    def _key(self, left: float, y: float, kind: str, colour: str) -> None:
        widths = {"line": 2.2, "faint": 1.0, "ground": 0.7, "dispute": 5.0}
        if kind in widths:
            style = (0, (1.2, 0.9)) if kind == "dispute" else "-"
            ends = ([left, left + 9.0], [y, y])
            self.page.plot(*ends, color=colour, linewidth=widths[kind], linestyle=style)
        else:
            self.page.plot(left + 4.5, y, kind, markersize=6, color=colour, mec="white", mew=0.5)
