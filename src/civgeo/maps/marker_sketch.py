"""Sketch map of one marker: the line, and its witness marks by azimuth and distance.

Metres are those of the grid of the marker's zone, whose north is up: azimuths of registration forms
count from there.
"""

from math import hypot

import numpy as np
import shapely
from shapely import LineString

from civgeo.domain.field_sheet import FieldMarker, FieldSheet, FieldWitness
from civgeo.geo.crs import project, zone_of
from civgeo.maps.small_sheet import LABEL_PT, LegendRow, Point, SmallSheet
from civgeo.maps.theme import MapNote
from civgeo.maps.typeface import DRAWING

__all__ = ["LINE_COLOUR", "MARKER_COLOUR", "marker_sketch", "sketch_sheet"]

LINE_COLOUR, MARKER_COLOUR, WITNESS_COLOUR, SIDE_COLOUR = "#7a2f8f", "#c01818", "#155f8a", "#8b949e"
LEGEND_MM = 26.0
SMALLEST_REACH_M = 6.0
USED = 0.80
"""Share of half the map's height that the farthest witness mark may take."""

CIRCLED = "①②③"


def marker_sketch(
    sheet: FieldSheet, marker: FieldMarker, note: MapNote, size_mm: Point
) -> bytes | None:
    """Sketch map as PNG; None for a marker without a place.

    Parameters
    ----------
    sheet, marker
        The line and one of its markers.
    note
        Source, date and standing; the title is set here.
    size_mm
        Width and height on paper.
    """
    with DRAWING:
        drawn = sketch_sheet(sheet, marker, note, size_mm)
        return None if drawn is None else drawn.png()


def sketch_sheet(
    sheet: FieldSheet, marker: FieldMarker, note: MapNote, size_mm: Point
) -> SmallSheet | None:
    """The sketch before it becomes a picture."""
    if marker.place is None:
        return None
    titled = MapNote(f"界桩 {marker.number} 略图", note.source, note.date, note.simulated)
    small = SmallSheet(titled, size_mm, LEGEND_MM)
    here = _Plane(marker.place, small.map_mm, _reach_m(marker))
    small.furnish(here.metres_per_mm)
    line = here.line(sheet)
    small.stroke(line, LINE_COLOUR, 1.5)
    for witness in marker.witnesses:
        if (at := here.of(witness)) is not None:
            small.stroke(LineString([here.middle, at]), WITNESS_COLOUR, 0.7, dashed=True)
    small.dots([here.middle], "marker", 2.6, MARKER_COLOUR)
    marks = [(item, at) for item in marker.witnesses if (at := here.of(item)) is not None]
    small.dots([at for _, at in marks], "witness", 1.7, WITNESS_COLOUR)
    small.label(here.middle, marker.number, LABEL_PT + 0.8, MARKER_COLOUR)
    for witness, at in marks:
        words = f"{CIRCLED[witness.number - 1]} {witness.grid_azimuth}  {witness.distance_m} m"
        small.label(at, words, LABEL_PT, WITNESS_COLOUR)
    _sides(small, sheet, here, line)
    small.legend(_legend(marker))
    return small


def _reach_m(marker: FieldMarker) -> float:
    """Metres from the marker that the map must show above and below."""
    steps = [
        hypot(item.east_m, item.north_m)
        for item in marker.witnesses
        if item.east_m is not None and item.north_m is not None
    ]
    return max([SMALLEST_REACH_M, *steps])


class _Plane:
    """Millimetres of the map, with the marker in its middle."""

    def __init__(self, place: Point, map_mm: Point, reach_m: float) -> None:
        self._zone = zone_of(place[0])
        self._origin = np.array([float(side) for side in project(*place, self._zone)])
        self.middle = (map_mm[0] / 2, map_mm[1] / 2)
        self.metres_per_mm = reach_m / (USED * min(self.middle))

    def line(self, sheet: FieldSheet) -> LineString:
        """The boundary line near the marker."""
        lon, lat = np.array(sheet.path).T
        metres = np.column_stack(project(lon, lat, self._zone)) - self._origin
        return LineString(metres / self.metres_per_mm + self.middle)

    def of(self, witness: FieldWitness) -> Point | None:
        """Where a witness mark is drawn; None where its reading is not known."""
        if witness.east_m is None or witness.north_m is None:
            return None
        x, y = self.middle
        return x + witness.east_m / self.metres_per_mm, y + witness.north_m / self.metres_per_mm


def _sides(small: SmallSheet, sheet: FieldSheet, here: _Plane, line: LineString) -> None:
    """Names of the divisions on both sides, where the outlines tell which is which."""
    width, height = small.map_mm
    frame = shapely.box(0, 0, width, height)
    near = shapely.intersection(line, frame.buffer(5))
    if not sheet.left or near.is_empty:
        return
    grid = [(x, y) for x in np.linspace(8, width - 8, 15) for y in np.linspace(3, height - 3, 13)]
    for name, way in ((sheet.left, 1), (sheet.right, -1)):
        beside = shapely.buffer(near, way * 60.0, single_sided=True)
        inside = [at for at in grid if shapely.contains_xy(beside, *at)]
        inside.sort(key=lambda at: -min(12.0, shapely.distance(near, shapely.Point(at))))
        small.label_at(inside, name, LABEL_PT + 0.6, SIDE_COLOUR)


def _legend(marker: FieldMarker) -> list[LegendRow]:
    rows = [
        LegendRow("marker", "界桩", MARKER_COLOUR),
        LegendRow("line", "行政区域界线", LINE_COLOUR),
        LegendRow("ray", "方位角自坐标北起，顺时针", WITNESS_COLOUR),
    ]
    for witness in marker.witnesses:
        unknown = "" if witness.east_m is not None else "\n（方位角或距离未登记，未画）"
        name = witness.name if len(witness.name) <= 24 else f"{witness.name[:23]}…"
        circled = CIRCLED[witness.number - 1]
        rows.append(LegendRow(circled, f"{name or '未写名称'}{unknown}", WITNESS_COLOUR))
    return rows
