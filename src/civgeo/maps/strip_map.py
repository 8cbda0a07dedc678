"""Strip maps of one boundary line: north up, several frames along it that overlap, as PDF."""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_pdf import PdfPages
from shapely.geometry.base import BaseGeometry

from civgeo.geo.boundary_line import Route
from civgeo.geo.crs import Zone
from civgeo.geo.datum import Floats
from civgeo.geo.ground import in_metres
from civgeo.maps.strip_sheet import FRAME_MM, INDEX_MM, LABEL_PT, StripSheet, TableRow
from civgeo.maps.theme import INK, MapNote
from civgeo.maps.typeface import DRAWING

__all__ = ["Frame", "StripContent", "StripMarker", "StripPlace", "frames_along", "strip_map"]
__all__ += ["strip_sheets"]

SCALES = (5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 500_000)
MOST_FRAMES = 6
ROOM, OVERLAP = 0.84, 0.06
STEP_M = 50.0
LINE, FAINT, GROUND, CONTESTED = "#a3212b", "#d99aa0", "#aeb6bd", "#e0a100"
MARKER, JUNCTION, NAME = "#25364a", "#6a4c93", "#7b858f"
TICKS_MM = 22.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class StripMarker:
    """A marker: number, place (EPSG:4490), chainage (m), how it is set, state."""

    number: str
    place: Point
    chainage_m: float
    setting: str
    state: str


@dataclass(frozen=True, slots=True)
class StripPlace:
    """A named place (a tri-junction) or division (an outline), EPSG:4490."""

    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class StripContent:
    """What the sheets of one line show.

    Parameters
    ----------
    name, code
        The line.
    route
        The line from its start.
    markers
        In route order.
    junctions, disputes
        Tri-junctions; contested stretches, none on public sheets.
    divisions
        Outlines of the counties around.
    """

    name: str
    code: str
    route: Route
    markers: tuple[StripMarker, ...]
    junctions: tuple[StripPlace, ...]
    disputes: tuple[StripPlace, ...]
    divisions: tuple[StripPlace, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: the stretch that it shows, and its middle in metres of the zone."""

    start_m: float
    end_m: float
    middle: Point


def strip_map(content: StripContent, *, about: MapNote) -> bytes:
    """PDF of A4 pages across, one a frame; the same line gives the same bytes.

    Parameters
    ----------
    content
        The line.
    about
        Source, date and standing; the title is the line's.
    """
    out = io.BytesIO()
    metadata = {"Title": about.title, "Creator": "civgeo", "CreationDate": None}
    with (
        DRAWING,
        mpl.rc_context({"pdf.fonttype": 42}),
        PdfPages(out, metadata=metadata) as pages,
    ):
        for sheet in strip_sheets(content, about=about):
            pages.savefig(sheet.figure)
    return out.getvalue()


def strip_sheets(content: StripContent, *, about: MapNote) -> Iterator[StripSheet]:
    """The pages before they become a file."""
    scale, frames = frames_along(content.route)
    drawing = _Strip(content, scale, frames)
    for number, frame in enumerate(frames, 1):
        yield drawing.sheet(number, frame, about)


def frames_along(route: Route) -> tuple[int, list[Frame]]:
    """The largest scale (its denominator) that needs no more than six frames, and the frames.

    Each frame shows as long a stretch as fits it and begins a little before the end of the one
    before it.
    """
    count = max(int(route.length_m // STEP_M), 2)
    along = np.linspace(0.0, route.length_m, count + 1)
    places = _plane(route, along)
    for scale in SCALES:
        frames = _fitted(along, places, scale)
        if len(frames) <= MOST_FRAMES:
            return scale, frames
    return SCALES[-1], _fitted(along, places, SCALES[-1])


def _plane(route: Route, along: Floats) -> Floats:
    points = np.asarray(shapely.points(route.at(along)), dtype=object)
    return np.asarray(shapely.get_coordinates(in_metres(points, route.zone)))


def _fitted(along: Floats, places: Floats, scale: int) -> list[Frame]:
    room = np.array(FRAME_MM) * scale / 1000 * ROOM
    frames: list[Frame] = []
    first, last = 0, len(along) - 1
    while True:
        low = np.minimum.accumulate(places[first:])
        high = np.maximum.accumulate(places[first:])
        fits = ((high - low) <= room).all(axis=1)
        end = first + max(int(np.argmin(fits)) - 1, 1) if not fits.all() else last
        stretch = places[first : end + 1]
        middle = (stretch.min(axis=0) + stretch.max(axis=0)) / 2
        frames.append(
            Frame(float(along[first]), float(along[end]), (float(middle[0]), float(middle[1])))
        )
        if end == last:
            return frames
        back = max(int((end - first) * OVERLAP), 1)
        first = max(end - back, first + 1)


class _Strip:
    """All pages of one line, in metres of the line's zone."""

    def __init__(self, content: StripContent, scale: int, frames: Sequence[Frame]) -> None:
        self._content, self._scale, self._frames = content, scale, frames
        zone = content.route.zone
        self._line = _metric(content.route.line, zone)
        self._grounds = [(each.name, _metric(each.shape, zone)) for each in content.divisions]
        self._junctions = [(each.name, _metric(each.shape, zone)) for each in content.junctions]
        self._disputes = [_metric(each.shape, zone) for each in content.disputes]
        self._markers = [
            (each, _metric(shapely.Point(each.place), zone)) for each in content.markers
        ]

    def sheet(self, number: int, frame: Frame, about: MapNote) -> StripSheet:
        """The page of one frame."""
        start, end = frame.start_m / 1000, frame.end_m / 1000
        told = f"第 {number} 幅　里程 {start:.2f}—{end:.2f} km　全长 {self._length_km:.2f} km"
        titled = replace(about, title=f"{self._content.name}（{self._content.code}）分幅图")
        sheet = StripSheet(titled, told, (number, len(self._frames)))
        west, south = (
            middle - size * self._scale / 2000
            for middle, size in zip(frame.middle, FRAME_MM, strict=True)
        )
        view = _View(west, south, self._scale / 1000)
        sheet.furnish(self._scale / 1000)
        self._ground(sheet, view)
        self._course(sheet, view, frame)
        rows = self._stones(sheet, view, frame)
        self._names(sheet, view)
        self._joins(sheet, view, number, frame)
        self._index(sheet, number)
        sheet.table(rows, self._samples())
        return sheet

    @property
    def _length_km(self) -> float:
        return self._content.route.length_m / 1000

    def _ground(self, sheet: StripSheet, view: "_View") -> None:
        for _, shape in self._grounds:
            ring = shapely.boundary(view.clipped(shape))
            for part in shapely.get_parts(shapely.line_merge(ring)):
                x, y = shapely.get_coordinates(part).T
                sheet.map.plot(x, y, color=GROUND, linewidth=0.7, zorder=2)
                sheet.prefer_clear(part)

    def _course(self, sheet: StripSheet, view: "_View", frame: Frame) -> None:
        """The whole line thin, the frame's stretch strong, with a tick at every whole distance."""
        sheet.stroke(view.paper(self._line), FAINT, 1.4)
        route = self._content.route
        stretch = _metric(route.between(frame.start_m, frame.end_m), route.zone)
        for shape in self._disputes:
            for part in shapely.get_parts(view.clipped(shape)):
                x, y = shapely.get_coordinates(part).T
                sheet.map.plot(
                    x, y, color=CONTESTED, linewidth=6, linestyle=(0, (1.2, 0.9)), zorder=3
                )
        sheet.stroke(view.paper(stretch), LINE, 2.2)
        step = _tick_step_m(self._scale)
        first = math.ceil(frame.start_m / step) * step
        ticks = np.arange(first, frame.end_m, step)
        if len(ticks):
            self._ticks(sheet, view, ticks)

    def _ticks(self, sheet: StripSheet, view: "_View", ticks: Floats) -> None:
        here, ahead = (_plane(self._content.route, ticks + off) for off in (-5.0, 5.0))
        for chainage, one, other in zip(ticks.tolist(), here, ahead, strict=True):
            x, y = view.at(shapely.Point((one + other) / 2))
            run = (other - one) / max(float(np.hypot(*(other - one))), 1e-9)
            across = (-run[1] * 1.3, run[0] * 1.3)
            ends = ([x - across[0], x + across[0]], [y - across[1], y + across[1]])
            sheet.map.plot(*ends, color=LINE, linewidth=0.9, zorder=5)
            if chainage > 0:
                sheet.keep_clear(shapely.Point(x, y).buffer(0.8))

    def _stones(self, sheet: StripSheet, view: "_View", frame: Frame) -> list[TableRow]:
        """Markers with their labels; those of the frame's stretch as rows of its table."""
        shown = [(each, view.at(shape)) for each, shape in self._markers if view.holds(shape)]
        points = [(name, view.at(shape)) for name, shape in self._junctions if view.holds(shape)]
        sheet.dots([at for _, at in points], "junction", 3.4, JUNCTION)
        sheet.dots([at for _, at in shown], "marker", 2.4, MARKER)
        for name, at in points:
            sheet.label(at, f"{name}三交点", LABEL_PT, JUNCTION)
        own = [(each, at) for each, at in shown if frame.start_m <= each.chainage_m <= frame.end_m]
        for together in _stops(own):
            each, at = together[0]
            named = _together([marker.number for marker, _ in together])
            sheet.label(at, f"{named}　{each.chainage_m / 1000:.2f} km", LABEL_PT)
        return [
            TableRow(each.number, f"{each.chainage_m / 1000:.3f}", each.setting, each.state)
            for each, _ in own
        ]

    def _names(self, sheet: StripSheet, view: "_View") -> None:
        """Names of the divisions where there is room in what is seen of them."""
        for name, shape in self._grounds:
            seen = view.clipped(shape)
            if seen.area < 300:
                continue
            parts = [part for part in shapely.get_parts(seen) if part.geom_type == "Polygon"]
            largest = max(parts, key=lambda part: part.area)
            circle = shapely.maximum_inscribed_circle(largest, 2.0)
            middle = shapely.get_coordinates(circle)[0]
            places = [
                (middle[0] + dx, middle[1] + dy) for dx in (0, -18, 18) for dy in (0, 12, -12)
            ]
            inside = [at for at in places if largest.contains(shapely.Point(at))]
            sheet.label_at(inside, name, 10.5, NAME)

    def _joins(self, sheet: StripSheet, view: "_View", number: int, frame: Frame) -> None:
        """Where the line goes on: the number of the page before and behind."""
        ends = ((frame.start_m, number - 1), (frame.end_m, number + 1))
        for chainage, other in ends:
            if 1 <= other <= len(self._frames):
                [place] = _plane(self._content.route, np.array([chainage]))
                sheet.label(view.at(shapely.Point(place)), f"接第 {other} 幅", LABEL_PT, LINE)

    def _index(self, sheet: StripSheet, number: int) -> None:
        """The whole line with all frames, this one filled."""
        half = np.array(FRAME_MM) * self._scale / 2000
        boxes = [shapely.box(*(each.middle - half), *(each.middle + half)) for each in self._frames]
        west, south, east, north = shapely.total_bounds([self._line, *boxes])
        scale = 1.06 * max((east - west) / INDEX_MM[0], (north - south) / INDEX_MM[1])
        corner = (west + east - INDEX_MM[0] * scale) / 2, (south + north - INDEX_MM[1] * scale) / 2
        view = _View(*corner, scale, INDEX_MM)
        for _, shape in self._grounds:
            for part in shapely.get_parts(
                shapely.line_merge(shapely.boundary(view.clipped(shape)))
            ):
                sheet.index.plot(*shapely.get_coordinates(part).T, color=GROUND, linewidth=0.5)
        sheet.index.plot(
            *shapely.get_coordinates(view.paper(self._line)).T, color=LINE, linewidth=1.2
        )
        for place, box in enumerate(boxes, 1):
            x, y = shapely.get_coordinates(view.paper(box)).T
            here = place == number
            sheet.index.fill(x, y, facecolor="#f3d9b0" if here else "none", zorder=1)
            sheet.index.plot(x, y, color=INK, linewidth=1.2 if here else 0.5)
            sheet.index_number((float(x.min()), float(y.max())), str(place), here=here)

    def _samples(self) -> list[tuple[str, str, str]]:
        step = _tick_step_m(self._scale) / 1000
        rows = [
            ("line", LINE, f"本幅界线，短划每 {step:g} km"),
            ("faint", FAINT, "界线的其余部分"),
            ("ground", GROUND, "县级政区界（轮廓，示意）"),
            ("s", MARKER, "界桩，编号与沿线里程"),
            ("^", JUNCTION, "三交点"),
        ]
        return [*rows, ("dispute", CONTESTED, "争议地段")] if self._disputes else rows


Standing = tuple[StripMarker, Point]


def _stops(markers: Sequence[Standing]) -> Iterator[Sequence[Standing]]:
    """Markers that stand at one chainage, such as both of a double."""
    for _, found in groupby(markers, key=lambda each: round(each[0].chainage_m)):
        yield list(found)


def _together(numbers: Sequence[str]) -> str:
    """Numbers that differ in their letter alone written as one: 0228004A、B."""
    ordered = sorted(numbers)
    stems = {number[:-1] for number in ordered}
    if len(stems) > 1:
        return "、".join(ordered)
    return "、".join([ordered[0], *(number[-1] for number in ordered[1:])])


def _metric(shape: BaseGeometry, zone: Zone) -> BaseGeometry:
    moved: BaseGeometry = in_metres(np.array([shape], dtype=object), zone)[0]
    return moved


def _tick_step_m(scale: int) -> float:
    """A round distance of about 22 mm on paper."""
    wanted = TICKS_MM * scale / 1000
    return float(min((100, 200, 500, 1_000, 2_000, 5_000, 10_000), key=lambda s: abs(s - wanted)))


@dataclass(frozen=True, slots=True)
class _View:
    """From metres of the zone to millimetres of a map: its lower left corner, metres a mm, size."""

    west: float
    south: float
    scale: float
    size_mm: Point = FRAME_MM

    def paper(self, shape: BaseGeometry) -> BaseGeometry:
        """`shape` in millimetres."""
        corner = np.array([self.west, self.south])
        moved: BaseGeometry = shapely.transform(shape, lambda xy: (xy - corner) / self.scale)
        return moved

    def clipped(self, shape: BaseGeometry) -> BaseGeometry:
        """`shape` in millimetres, cut at the edge of the map."""
        return shapely.intersection(self.paper(shape), shapely.box(0, 0, *self.size_mm))

    def at(self, point: BaseGeometry) -> Point:
        """A point in millimetres."""
        x, y = shapely.get_coordinates(self.paper(point))[0]
        return float(x), float(y)

    def holds(self, point: BaseGeometry) -> bool:
        """Whether a point lies on the map, not right at its edge."""
        x, y = self.at(point)
        return 2 < x < self.size_mm[0] - 2 and 2 < y < self.size_mm[1] - 2
