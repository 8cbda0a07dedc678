"""Overview map of a boundary line with its markers: one pointed out, or all of them named."""

from collections.abc import Sequence
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from civgeo.domain.field_sheet import FieldMarker, FieldSheet, Place
from civgeo.geo.crs import Zone, project, zone_of
from civgeo.maps.marker_sketch import LINE_COLOUR, MARKER_COLOUR, SIDE_COLOUR
from civgeo.maps.small_sheet import LABEL_PT, LegendRow, Point, SmallSheet
from civgeo.maps.theme import MapNote
from civgeo.maps.typeface import DRAWING

__all__ = ["line_overview", "overview_sheet"]

LEGEND_MM = 22.0
MARGIN = 1.16
OTHER_COLOUR, JUNCTION_COLOUR = "#3d6b3d", "#a06a00"
SHORTEST_M = 200.0


def line_overview(
    sheet: FieldSheet, marker: FieldMarker | None, note: MapNote, size_mm: Point
) -> bytes:
    """Overview map as PNG, north up.

    Parameters
    ----------
    sheet
        The line.
    marker
        The marker to point out; None names as many as find room.
    note
        Source, date and standing; the title is set here.
    size_mm
        Width and height on paper.
    """
    with DRAWING:
        return overview_sheet(sheet, marker, note, size_mm).png()


def overview_sheet(
    sheet: FieldSheet, marker: FieldMarker | None, note: MapNote, size_mm: Point
) -> SmallSheet:
    """The overview before it becomes a picture."""
    title = (
        f"{sheet.name}示意图" if marker is None else f"{sheet.name}：{marker.number} 在全线的位置"
    )
    titled = MapNote(title, note.source, note.date, note.simulated)
    small = SmallSheet(titled, size_mm, LEGEND_MM)
    plane = _Plane(sheet, small.map_mm)
    small.furnish(plane.metres_per_mm)
    line = LineString(plane.path(sheet.path))
    small.stroke(line, LINE_COLOUR, 1.4)
    small.dots([plane.at(each.place) for each in sheet.junctions], "junction", 2.4, JUNCTION_COLOUR)
    others = [each.place for each in sheet.markers if each.place is not None and each is not marker]
    small.dots([plane.at(place) for place in others], "marker", 1.4, OTHER_COLOUR)
    if marker is not None and marker.place is not None:
        small.dots([plane.at(marker.place)], "marker", 2.8, MARKER_COLOUR)
    _label(small, plane, sheet, marker)
    small.legend(_legend(sheet, marker))
    return small


class _Plane:
    """Millimetres of the map, with the middle of the line in its middle."""

    def __init__(self, sheet: FieldSheet, map_mm: Point) -> None:
        lon = [place[0] for place in sheet.path]
        self._zone: Zone = zone_of((min(lon) + max(lon)) / 2)
        places = [marker.place for marker in sheet.markers if marker.place is not None]
        metres = self._metres([*sheet.path, *places])
        low, high = metres.min(axis=0), metres.max(axis=0)
        self._middle, self._half = (low + high) / 2, np.array(map_mm) / 2
        wide = np.maximum(high - low, SHORTEST_M) / np.array(map_mm)
        self.metres_per_mm = float(wide.max()) * MARGIN

    def _metres(self, places: Sequence[Place]) -> NDArray[np.float64]:
        lon, lat = np.array(places, dtype=np.float64).T
        return np.column_stack(project(lon, lat, self._zone))

    def path(self, places: Sequence[Place]) -> NDArray[np.float64]:
        """Where places are drawn, (n, 2)."""
        from_middle = self._metres(places) - self._middle
        return np.asarray(from_middle / self.metres_per_mm + self._half)

    def at(self, place: Place) -> Point:
        """Where a place is drawn."""
        x, y = self.path([place])[0].tolist()
        return x, y


def _label(small: SmallSheet, plane: _Plane, sheet: FieldSheet, marker: FieldMarker | None) -> None:
    """The marker pointed out first, then the ends and tri-junctions, sides, and the others."""
    if marker is not None and marker.place is not None:
        small.label(plane.at(marker.place), marker.number, LABEL_PT + 0.8, MARKER_COLOUR)
    for junction in sheet.junctions:
        small.label(plane.at(junction.place), junction.name, LABEL_PT, JUNCTION_COLOUR)
    _sides(small, plane, sheet)
    placed = [other for other in sheet.markers if other.place is not None and other is not marker]
    shown = placed if marker is None else [*placed[:1], *placed[-1:]]
    for other in shown:
        if other.place is not None:
            small.label(plane.at(other.place), other.number, LABEL_PT - 0.8, OTHER_COLOUR)


def _sides(small: SmallSheet, plane: _Plane, sheet: FieldSheet) -> None:
    if not sheet.left:
        return
    line = LineString(plane.path(sheet.path)).simplify(0.5)
    width, height = small.map_mm
    grid = [(x, y) for x in np.linspace(9, width - 9, 17) for y in np.linspace(4, height - 4, 13)]
    for name, way in ((sheet.left, 1), (sheet.right, -1)):
        beside = shapely.buffer(line, way * 80.0, single_sided=True)
        inside = [at for at in grid if shapely.contains_xy(beside, *at)]
        inside.sort(key=lambda at: hypot(at[0] - width / 2, at[1] - height / 2))
        inside.sort(key=lambda at: -min(11.0, shapely.distance(line, shapely.Point(at))))
        small.label_at(inside, name, LABEL_PT + 1.2, SIDE_COLOUR)


def _legend(sheet: FieldSheet, marker: FieldMarker | None) -> list[LegendRow]:
    rows = [LegendRow("line", "行政区域界线", LINE_COLOUR)]
    if marker is not None:
        rows.append(LegendRow("marker", "本界桩", MARKER_COLOUR))
    rows.append(LegendRow("marker", "界桩" if marker is None else "其他界桩", OTHER_COLOUR))
    if sheet.junctions:
        rows.append(LegendRow("junction", "三交点", JUNCTION_COLOUR))
    return rows
