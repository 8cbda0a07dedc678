"""Map of scattered graves for officers: seen from roads or not, and the cemetery each moves to."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from civgeo.maps.civmap import CivMap
from civgeo.maps.layers import (
    AreaLayer,
    Column,
    Facts,
    Group,
    Point,
    PointLayer,
    PointStyle,
    Story,
)
from civgeo.maps.legend import Legend, Section
from civgeo.maps.outlines import base_areas
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import bounds_of, lines_of, shown_counties
from civgeo.maps.theme import MapNote, Shape

__all__ = ["CemeteryMark", "GraveMark", "GraveMove", "GravesView", "graves_map"]

_SEEN = {
    "seen": ("看得见", PointStyle(Shape.TRIANGLE, "#c9622b")),
    "hidden": ("看不见", PointStyle(Shape.CIRCLE, "#2b6a9c")),
    "unknown": ("不能判断", PointStyle(Shape.RING, "#ffffff")),
    "done": ("已迁移或已遮挡", PointStyle(Shape.SQUARE, "#8b949c")),
}
_CEMETERY = PointStyle(Shape.DISC, "#0b5d4e", "墓")
_ROAD = PointStyle(Shape.LINE, "#6b5a4d", width=2.0)
_MOVE = PointStyle(Shape.LINE, "#0b5d4e", width=1.4, dashes=(6, 4))
_GRAVE_COLUMNS = (
    Column("座数", "座"),
    Column("所在"),
    Column("道路"),
    Column("离道路", "m"),
    Column("列入迁移"),
    Column("依据"),
    Column("迁往"),
)


@dataclass(frozen=True, slots=True)
class GraveMark:
    """Graves at one place, degrees; `state` is seen, hidden, unknown or done."""

    number: str
    state: str
    count: int
    place: str
    road: str
    road_m: str
    to_move: bool
    basis: str
    goes_to: str
    reason: str
    lon: float
    lat: float
    simulated: bool


@dataclass(frozen=True, slots=True)
class CemeteryMark:
    """A burial place that takes graves: name, places left before, graves assigned; degrees."""

    name: str
    left: int
    assigned: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class GraveMove:
    """Graves that go from a place to a cemetery: words of the line, and its two ends."""

    text: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class GravesView:
    """What the map shows.

    Parameters
    ----------
    headline, remarks
        What was found and how; what no layer tells.
    graves, cemeteries, moves
        Marks and lines.
    roads
        Name and course of the roads looked from, EPSG:4490.
    rows
        Divisions.
    """

    headline: str
    remarks: tuple[str, ...]
    graves: tuple[GraveMark, ...]
    cemeteries: tuple[CemeteryMark, ...]
    moves: tuple[GraveMove, ...]
    roads: tuple[tuple[str, BaseGeometry], ...]
    rows: tuple[DivisionRow, ...]


def graves_map(view: GravesView, *, about: MapNote) -> CivMap:
    """Map of the graves of an area.

    Raises
    ------
    InvalidInput
        When no county of the city has an outline.
    """
    legend = Legend(
        (
            Section("结论", (), view.headline),
            *(Section(title, (), text) for title, text in _remarks(view.remarks)),
        )
    )
    chart = CivMap(about, legend, bounds=bounds_of(shown_counties(view.rows)))
    AreaLayer("counties", base_areas(view.rows)).add_to(chart)
    _lines(view).add_to(chart)
    _graves(view.graves).add_to(chart)
    _cemeteries(view.cemeteries).add_to(chart)
    return chart


def _remarks(remarks: Sequence[str]) -> list[tuple[str, str]]:
    return [("说明", "；".join(remarks))] if remarks else []


def _lines(view: GravesView) -> PointLayer:
    """Roads, and a line from each grave to its cemetery."""
    points = [
        Point(Story(name or "（未命名）", tip="观察的道路"), *_start(course), 0, 0, course=course)
        for name, shape in view.roads
        if (course := lines_of(shape))
    ]
    points += [
        Point(
            Story(move.text, tip="迁移安排（直线，不是路程）"),
            move.start[0],
            move.start[1],
            1,
            1,
            course=[[[move.start[1], move.start[0]], [move.end[1], move.end[0]]]],
        )
        for move in view.moves
    ]
    groups = [
        Group("观察的道路", len(view.roads), 0),
        Group("迁往的公墓（直线）", len(view.moves), 1),
    ]
    return PointLayer("lines", points, groups=groups, styles=[_ROAD, _MOVE], title="线")


def _start(course: list[list[list[float]]]) -> tuple[float, float]:
    lat, lon = course[0][0]
    return lon, lat


def _graves(graves: Sequence[GraveMark]) -> PointLayer:
    states = list(_SEEN)
    points = [
        Point(
            _story(grave),
            grave.lon,
            grave.lat,
            states.index(grave.state),
            states.index(grave.state),
        )
        for grave in graves
    ]
    counts = {state: sum(grave.state == state for grave in graves) for state in states}
    return PointLayer(
        "graves",
        points,
        groups=[
            Group(_SEEN[state][0], counts[state], number) for number, state in enumerate(states)
        ],
        styles=[style for _, style in _SEEN.values()],
        title="散坟（处）",
        facts=Facts(_GRAVE_COLUMNS),
        counted="处散坟",
    )


def _story(grave: GraveMark) -> Story:
    words = _SEEN[grave.state][0]
    return Story(
        name=f"散坟 {grave.number}",
        tip=f"{words}　{grave.count} 座",
        verdict=f"道路上{words}" if grave.state in ("seen", "hidden") else words,
        note=grave.reason,
        values=(
            f"{grave.count:,}",
            grave.place,
            grave.road,
            grave.road_m,
            "是" if grave.to_move else "否",
            grave.basis,
            grave.goes_to,
        ),
        simulated=grave.simulated,
    )


def _cemeteries(marks: Sequence[CemeteryMark]) -> PointLayer:
    points = [
        Point(
            Story(
                mark.name,
                tip=f"安排 {mark.assigned:,} 座",
                values=(f"{mark.assigned:,}", f"{mark.left:,}"),
            ),
            mark.lon,
            mark.lat,
            0,
            0,
        )
        for mark in marks
    ]
    return PointLayer(
        "cemeteries",
        points,
        groups=[Group("接收散坟的公墓", len(marks), 0)],
        styles=[_CEMETERY],
        title="公墓",
        facts=Facts((Column("安排迁入", "座"), Column("安排后剩余空位", "个"))),
    )
