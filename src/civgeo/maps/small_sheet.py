"""A small printed map for forms: title, map, legend, scale bar, north arrow, source and standing.

Everything inside the map is placed in millimetres of paper from its lower left corner, so that
labels can be kept apart before anything is drawn.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import withStroke
from shapely.geometry.base import BaseGeometry

from civgeo.maps.sheet import bar_length_m, wrapped
from civgeo.maps.theme import INK, LAND, MapNote
from civgeo.maps.typeface import font

__all__ = ["LABEL_PT", "LegendRow", "Point", "SmallSheet", "text_box_mm"]

Point = tuple[float, float]

MM_PER_INCH, POINTS_PER_INCH = 25.4, 72
MM_PER_POINT = MM_PER_INCH / POINTS_PER_INCH
TITLE_PT, LABEL_PT, LEGEND_PT, FOOT_PT = 7.4, 6.2, 5.8, 5.2
TITLE_MM, EDGE_MM, GAP_MM = 5.2, 0.4, 1.6
FOOT_LINE_MM = 2.2
ROW_MM, LINE_MM, SAMPLE_MM = 3.7, 2.5, 5.0
REACHES_MM = (1.3, 2.6, 4.2, 6.5, 9.5, 13.0, 18.0, 24.0)
TURNS_DEG = (20, 160, 340, 200, 90, 270, 0, 180, 45, 135, 315, 225, 65, 115, 245, 295)
CLEARANCE_MM, CROSSING_COST_MM, LEADER_FROM_MM = 0.35, 9.0, 2.6
NARROW = " °′″.,:;|!il'"
WARNING, GREY = "#8a3b12", "#5d6974"
DPI = 170
DASHES = (0, (2, 1.4))


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A row of the legend: what is drawn left of the words, such as ``line``, and a colour."""

    sample: str
    words: str
    colour: str = INK


def text_box_mm(words: str, size: float) -> Point:
    """Width and height of a line of `words` at `size` points, with a little to spare."""
    ems = sum(0.36 if char in NARROW else 0.62 if ord(char) < 0x2000 else 1.03 for char in words)
    return ems * size * MM_PER_POINT, 1.35 * size * MM_PER_POINT


class SmallSheet:
    """One small map.

    Parameters
    ----------
    about
        Title, source, date and standing.
    size_mm
        Width and height of the whole picture.
    legend_mm
        Width of the legend at the right.
    """

    def __init__(self, about: MapNote, size_mm: Point, legend_mm: float) -> None:
        width, height = size_mm
        self._about, self._size = about, size_mm
        self._foot = self._foot_lines()
        foot = FOOT_LINE_MM * len(self._foot) + 0.8
        self.map_mm = (width - legend_mm - 2 * EDGE_MM - GAP_MM, height - TITLE_MM - foot)
        self.figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
        self.page = self._axes((0.0, 0.0), size_mm)
        self.page.set_axis_off()
        self.map = self._axes((EDGE_MM, foot), self.map_mm)
        self.map.set_facecolor(LAND)
        for spine in self.map.spines.values():
            spine.set(edgecolor=INK, linewidth=0.6)
        self._taken: list[BaseGeometry] = []
        self._lines: list[BaseGeometry] = []
        self._write_title_and_foot()

    def _axes(self, corner: Point, size: Point) -> Axes:
        """Axes whose unit is the millimetre."""
        width, height = self._size
        box = (corner[0] / width, corner[1] / height, size[0] / width, size[1] / height)
        axes = self.figure.add_axes(box)
        axes.set(xlim=(0, size[0]), ylim=(0, size[1]), xticks=[], yticks=[])
        return axes

    def _foot_lines(self) -> list[tuple[str, str]]:
        """Lines of the foot with their colours, the upper first."""
        room = (self._size[0] - 2 * EDGE_MM) / MM_PER_POINT
        origin = f"{self._about.cited}　{self._about.dated}"
        standing = " · ".join(self._about.standing)
        return [
            *((line, WARNING) for line in wrapped(standing, room, FOOT_PT)),
            *((line, GREY) for line in wrapped(origin, room, FOOT_PT)[:2]),
        ]

    def _write_title_and_foot(self) -> None:
        width, height = self._size
        room, size = (width - 2 * EDGE_MM) / 1.03, TITLE_PT
        while text_box_mm(self._about.title, size)[0] > room and size > 5:
            size -= 0.2
        self._text(self.page, (width / 2, height - TITLE_MM / 2), self._about.title, size, "center")
        for number, (words, colour) in enumerate(reversed(self._foot)):
            y = FOOT_LINE_MM * (number + 0.55)
            self._text(self.page, (EDGE_MM, y), words, FOOT_PT, "left", colour)

    def _text(
        self, axes: Axes, at: Point, words: str, size: float, align: str, colour: str = INK
    ) -> None:
        text = axes.text(*at, words, va="center", ha=align, color=colour, fontproperties=font(size))
        text.set(parse_math=False, zorder=9)

    def keep_clear(self, shape: BaseGeometry) -> None:
        """No label may stand on `shape`, in millimetres of the map."""
        self._taken.append(shape)

    def prefer_clear(self, shape: BaseGeometry) -> None:
        """Labels stand on `shape` only where nothing else is near."""
        self._lines.append(shape)

    def stroke(
        self, shape: BaseGeometry, colour: str, width: float, *, dashed: bool = False
    ) -> None:
        """Draw a line or several, cut at the map's edge; labels avoid it."""
        inside = shapely.intersection(shape, shapely.box(0, 0, *self.map_mm))
        for part in shapely.get_parts(inside):
            if part.geom_type == "LineString":
                x, y = shapely.get_coordinates(part).T
                look = DASHES if dashed else "-"
                self.map.plot(x, y, color=colour, linewidth=width, linestyle=look, zorder=4)
                self.prefer_clear(part)

    def dots(self, places: Sequence[Point], kind: str, size_mm: float, colour: str) -> None:
        """Symbols: ``marker`` a square, ``witness`` a disc, ``junction`` a triangle."""
        looks = {"marker": "s", "witness": "o", "junction": "^"}
        if not places:
            return
        x, y = zip(*places, strict=True)
        points = size_mm / MM_PER_POINT
        [drawn] = self.map.plot(
            x, y, looks[kind], markersize=points, color=colour, mec="white", mew=0.5, zorder=8
        )
        drawn.set_gid(f"symbol-{kind}")
        for at in places:
            self.keep_clear(shapely.Point(at).buffer(0.62 * size_mm))

    def label(self, anchor: Point, words: str, size: float = LABEL_PT, colour: str = INK) -> bool:
        """Words near `anchor`, where they cover nothing; False when there is no room.

        A thin line leads to the anchor from labels that stand farther away.
        """
        found = self._free_place(anchor, text_box_mm(words, size))
        if found is None:
            return False
        at, box = found
        self.keep_clear(box)
        edge = shapely.shortest_line(shapely.Point(anchor), box)
        if edge.length > LEADER_FROM_MM:
            x, y = shapely.get_coordinates(edge).T
            self.map.plot(x, y, color=GREY, linewidth=0.45, zorder=6)
            self.prefer_clear(edge)
        self._label(at, words, size, colour)
        return True

    def label_at(self, places: Iterable[Point], words: str, size: float, colour: str) -> bool:
        """Words with their middle at the first of `places` where they cover nothing."""
        width, height = text_box_mm(words, size)
        for x, y in places:
            box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self._is_free(box) and not self._crossings(box):
                self.keep_clear(box)
                self._label((x, y), words, size, colour)
                return True
        return False

    def _label(self, at: Point, words: str, size: float, colour: str) -> None:
        text = self.map.text(
            *at, words, va="center", ha="center", color=colour, fontproperties=font(size)
        )
        text.set(parse_math=False, zorder=10, gid="label")
        text.set_path_effects([withStroke(linewidth=1.4, foreground="white")])

    def _free_place(self, anchor: Point, box_mm: Point) -> tuple[Point, shapely.Polygon] | None:
        """Nearest place around `anchor` that is free, those across lines counted as farther."""
        width, height = box_mm
        best: tuple[float, Point, shapely.Polygon] | None = None
        for reach in REACHES_MM:
            if best is not None and best[0] <= reach:
                break
            for rank, turn in enumerate(TURNS_DEG):
                across, up = cos(radians(turn)), sin(radians(turn))
                x = anchor[0] + across * (reach + width / 2)
                y = anchor[1] + up * (reach + height / 2)
                box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
                if not self._is_free(box):
                    continue
                crossed = self._crossings(box) + self._hidden_by(anchor, box)
                cost = reach + 0.01 * rank + CROSSING_COST_MM * crossed
                if best is None or cost < best[0]:
                    best = cost, (x, y), box
        return None if best is None else (best[1], best[2])

    def _is_free(self, box: shapely.Polygon) -> bool:
        inside = shapely.box(0.5, 0.5, self.map_mm[0] - 0.5, self.map_mm[1] - 0.5)
        return bool(
            inside.contains(box)
            and not any(shapely.dwithin(box, other, CLEARANCE_MM) for other in self._taken)
        )

    def _hidden_by(self, anchor: Point, box: shapely.Polygon) -> int:
        """How many other things a line from the anchor to the label would cross."""
        leader = shapely.shortest_line(shapely.Point(anchor), box)
        if leader.length <= LEADER_FROM_MM:
            return 0
        own = shapely.Point(anchor)
        things = (shape for shape in self._taken if not shapely.intersects(shape, own))
        return sum(bool(shapely.intersects(leader, shape)) for shape in things)

    def _crossings(self, box: shapely.Polygon) -> int:
        return sum(bool(shapely.intersects(box, line)) for line in self._lines)

    def furnish(self, metres_per_mm: float) -> None:
        """Scale bar and north arrow in two corners; call it before any label is placed."""
        length_m = bar_length_m(self.map_mm[0] * metres_per_mm)
        length, x, y = length_m / metres_per_mm, 2.4, 2.2
        words = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
        right = x + length + 2 + text_box_mm(words, LEGEND_PT)[0]
        back = Rectangle((x - 1, y - 1), right - x, 3.2, fc=LAND, ec="none")
        self.map.add_patch(back).set(zorder=7)
        for part, colour in enumerate((INK, "white")):
            half = Rectangle((x + part * length / 2, y), length / 2, 0.9, fc=colour, ec=INK)
            half.set(linewidth=0.5, zorder=9, gid="scale-bar")
            self.map.add_patch(half)
        self._text(self.map, (x + length + 1, y + 0.45), words, LEGEND_PT, "left")
        self.keep_clear(shapely.box(0, 0, right, 4.2))
        self._north_arrow(self.map_mm[0] - 4.0, self.map_mm[1] - 1.4)

    def _north_arrow(self, x: float, top: float) -> None:
        tip, foot = (x, top - 2.4), top - 7.2
        back = Rectangle((x - 2.2, foot - 0.4), 4.4, top - foot + 1.2, fc=LAND, ec="none")
        self.map.add_patch(back).set(zorder=7)
        for side, colour in ((1, INK), (-1, "white")):
            corners = [tip, (x + side * 1.5, foot), (x, foot + 1.0)]
            wing = Polygon(corners, closed=True, facecolor=colour, edgecolor=INK)
            wing.set(linewidth=0.5, zorder=9, gid="north-arrow")
            self.map.add_patch(wing)
        self._text(self.map, (x, top - 1.0), "北", LEGEND_PT, "center")
        self.keep_clear(shapely.box(x - 2.6, foot - 0.6, x + 2.6, top + 1.4))

    def legend(self, rows: Sequence[LegendRow]) -> None:
        """Rows at the right of the map, from its top down; what finds no room is left out."""
        left = EDGE_MM + self.map_mm[0] + GAP_MM
        room = (self._size[0] - left - EDGE_MM - SAMPLE_MM) / MM_PER_POINT
        y = self._size[1] - TITLE_MM - 1.6
        lowest = self._size[1] - TITLE_MM - self.map_mm[1]
        self._text(self.page, (left, y), "图例", LEGEND_PT + 0.6, "left")
        y -= ROW_MM
        for row in rows:
            lines = [
                line for part in row.words.split("\n") for line in wrapped(part, room, LEGEND_PT)
            ]
            if y - (len(lines) - 1) * LINE_MM < lowest:
                break
            self._sample((left + 1.6, y), row)
            for number, words in enumerate(lines):
                at = (left + SAMPLE_MM, y - number * LINE_MM)
                self._text(self.page, at, words, LEGEND_PT, "left")
            y -= ROW_MM + (len(lines) - 1) * LINE_MM

    def _sample(self, at: Point, row: LegendRow) -> None:
        x, y = at
        match row.sample:
            case "line" | "ray":
                ends = ([x - 1.6, x + 1.8], [y, y])
                dashes = "-" if row.sample == "line" else DASHES
                width = 1.5 if row.sample == "line" else 0.7
                self.page.plot(*ends, color=row.colour, linewidth=width, linestyle=dashes)
            case "marker" | "junction":
                look = "s" if row.sample == "marker" else "^"
                self.page.plot(x, y, look, markersize=4.5, color=row.colour, mec="white", mew=0.4)
            case number:
                self._text(self.page, (x, y), number, LEGEND_PT + 0.8, "center", row.colour)

    def png(self) -> bytes:
        """The picture, 170 dots per inch; the same map gives the same bytes."""
        out = io.BytesIO()
        self.figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
        return out.getvalue()
