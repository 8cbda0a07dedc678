"""What a map of boundaries shows: lines, markers, tri-junctions, what is contested and disagreed.

Colour never stands alone: a line's state also has its pattern, a marker's state its shape.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from civgeo.domain.boundary_forms import BoundaryLevel, MarkerState
from civgeo.domain.labelled import Labelled
from civgeo.maps.layers import PointStyle
from civgeo.maps.legend import Legend, Section, Symbol
from civgeo.maps.theme import Shape

__all__ = ["DIFFERENCE", "DISPUTE", "JUNCTION", "BoundaryView", "DrawnLine", "DrawnMarker"]
__all__ += ["DrawnPlace", "LineState", "line_style", "marker_style"]

LATE, IN_TIME = "#c1440e", "#25364a"
JUNCTION = PointStyle(Shape.DISC, "#6a4c93", "交")
DISPUTE = PointStyle(Shape.DISC, "#9b1d20", "争", 7.0, (3, 3))
DIFFERENCE = PointStyle(Shape.DISC, "#7a5200", "异")


class LineState(Labelled):
    """How a line stands in its round."""

    OVERDUE = "overdue", "逾期"
    UNDER_WAY = "under_way", "联检中"
    DONE = "done", "本轮已完成"
    IN_TIME = "in_time", "未到期"
    NEVER = "never", "没有联检记录"


_LINES = {
    LineState.OVERDUE: (LATE, (9, 4)),
    LineState.UNDER_WAY: ("#a87400", (10, 3, 2, 3)),
    LineState.DONE: ("#0b6fa4", ()),
    LineState.IN_TIME: ("#5d6974", (2, 3)),
    LineState.NEVER: ("#8a4f9e", (5, 3)),
}
_WIDTHS = {
    BoundaryLevel.PROVINCE: 5.5,
    BoundaryLevel.PREFECTURE: 4.0,
    BoundaryLevel.COUNTY: 2.6,
    BoundaryLevel.TOWNSHIP: 1.6,
}
_SHAPES = {
    MarkerState.INTACT: Shape.CIRCLE,
    MarkerState.ILLEGIBLE: Shape.SQUARE,
    MarkerState.DAMAGED: Shape.TRIANGLE,
    MarkerState.MOVED: Shape.DIAMOND,
    MarkerState.MISSING: Shape.DOWN,
    MarkerState.UNKNOWN: Shape.RING,
}


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line: name, level, state, shape (EPSG:4490), and its facts as the map tells them.

    Parameters
    ----------
    facts
        Code, sides, length in km, last inspection, next due day, progress of the round, days
        overdue; None for what is not known.
    """

    name: str
    level: BoundaryLevel
    state: LineState
    shape: BaseGeometry
    facts: tuple[str | None, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class DrawnMarker:
    """A marker: number, state, whether its line is late, place, and its facts.

    Parameters
    ----------
    facts
        Line, setting, chainage in km, offset in metres, responsible side, last inspection.
    """

    number: str
    state: MarkerState
    late: bool
    lon: float
    lat: float
    facts: tuple[str | None, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A tri-junction, a contested stretch, or what two sides recorded differently.

    Parameters
    ----------
    name, told
        Heading, and one line about it.
    facts
        One per column of its layer.
    shape
        The stretch, EPSG:4490; None for a point.
    """

    name: str
    told: str
    lon: float
    lat: float
    facts: tuple[str | None, ...]
    simulated: bool
    shape: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class BoundaryView:
    """Everything that is drawn.

    Parameters
    ----------
    lines, markers, junctions
        Of the registers.
    disputes, differences
        For the bureau alone; none on a public map.
    undrawn
        How many lines and markers have no place.
    withheld
        Whether records that are not public were left out.
    """

    lines: tuple[DrawnLine, ...]
    markers: tuple[DrawnMarker, ...]
    junctions: tuple[DrawnPlace, ...]
    disputes: tuple[DrawnPlace, ...] = ()
    differences: tuple[DrawnPlace, ...] = ()
    undrawn: int = 0
    withheld: bool = False

    def legend(self, *, symbols: bool) -> Legend:
        """The legend; with `symbols` also of all that the layer control of a page explains."""
        widths = {line.level for line in self.lines}
        levels = tuple(
            Symbol(level.label_zh, "#25364a", Shape.LINE, width=_WIDTHS[level])
            for level in BoundaryLevel
            if level in widths
        )
        sections = [Section("界线级别（线宽）", levels, self._note())]
        if symbols:
            sections = [*self._symbols(), *sections]
        return Legend(tuple(sections))

    def _note(self) -> str:
        note = f"图上界线 {len(self.lines)} 条、界桩 {len(self.markers)} 座。"
        note += f"另有 {self.undrawn} 条（座）没有位置，未画出。" if self.undrawn else ""
        return note + ("本图只画公开的登记内容。" if self.withheld else "")

    def _symbols(self) -> list[Section]:
        lines = Counter(line.state for line in self.lines)
        states = tuple(
            Symbol(
                state.label_zh,
                _LINES[state][0],
                Shape.LINE,
                count=lines[state],
                width=3.0,
                dashes=_LINES[state][1],
            )
            for state in LineState
            if lines[state]
        )
        markers = Counter((marker.state, marker.late) for marker in self.markers)
        stones = tuple(
            Symbol(marker_label(state, late=late), style.colour, style.shape, count=count)
            for (state, late), count in sorted(markers.items(), key=_marker_order)
            for style in (marker_style(state, late=late),)
        )
        rest = tuple(
            Symbol(label, style.colour, style.shape, style.glyph, len(places))
            for label, style, places in (
                ("三交点", JUNCTION, self.junctions),
                ("争议地段", DISPUTE, self.disputes),
                ("双方记录不一致", DIFFERENCE, self.differences),
            )
            if places
        )
        listed = [Section("联检进度", states), Section("界桩状况", stones), Section("其他", rest)]
        return [section for section in listed if section.rows]

    def marker_groups(self) -> list[tuple[MarkerState, bool]]:
        """States of markers that occur, those of lines in time first."""
        found = Counter((marker.state, marker.late) for marker in self.markers)
        return [key for key, _ in sorted(found.items(), key=_marker_order)]


def _marker_order(item: tuple[tuple[MarkerState, bool], int]) -> tuple[bool, int]:
    (state, late), _ = item
    return late, tuple(MarkerState).index(state)


def marker_label(state: MarkerState, *, late: bool) -> str:
    """State of markers, and that the inspection of their line is overdue."""
    return f"{state.label_zh}（界线逾期）" if late else state.label_zh


def line_style(state: LineState, level: BoundaryLevel) -> PointStyle:
    """Colour and pattern by state, width by level."""
    colour, dashes = _LINES[state]
    return PointStyle(Shape.LINE, colour, "", _WIDTHS[level], dashes)


def marker_style(state: MarkerState, *, late: bool) -> PointStyle:
    """Shape by state, colour by whether the line is late."""
    return PointStyle(_SHAPES[state], LATE if late else IN_TIME)


def states_of(lines: Iterable[DrawnLine]) -> list[LineState]:
    """States that occur, the most urgent first."""
    there = {line.state for line in lines}
    return [state for state in LineState if state in there]
