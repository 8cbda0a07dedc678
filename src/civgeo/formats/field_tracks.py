"""A line and its markers for navigation devices and maps: GPX 1.1 and KML 2.2.

Both formats mean WGS 84, which agrees with CGCS2000 (EPSG:4490) within a metre.
"""

import re
from datetime import UTC, datetime

import simplekml
from gpxpy.gpx import (
    GPX,
    GPXRoute,
    GPXRoutePoint,
    GPXTrack,
    GPXTrackPoint,
    GPXTrackSegment,
    GPXWaypoint,
)

from civgeo.domain.field_sheet import FieldMarker, FieldSheet

__all__ = ["field_gpx", "field_kml"]

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CDATA = re.compile(r"<!\[CDATA\[")
_MARKER_COLOUR, _LINE_COLOUR, _WITNESS_COLOUR = "ff1818c0", "ff8f2f7a", "ff8a5f15"
"""Of KML: opacity, blue, green, red."""


def field_gpx(sheet: FieldSheet) -> bytes:
    """GPX: a waypoint for each marker, a route through them, and the line as a track."""
    gpx = GPX()
    gpx.creator = "civgeo"
    gpx.name, gpx.description = _text(sheet.title), _text(_standing(sheet))
    gpx.time = datetime.combine(sheet.made_on, datetime.min.time(), UTC)
    route = GPXRoute(name=_text(f"{sheet.name}界桩路线"))
    for marker in sheet.markers:
        if marker.place is None:
            continue
        lon, lat = marker.place
        name, told = _text(marker.number), _text(_told(marker))
        gpx.waypoints.append(
            GPXWaypoint(
                latitude=lat, longitude=lon, name=name, description=told, symbol="Flag, Red"
            )
        )
        route.points.append(GPXRoutePoint(latitude=lat, longitude=lon, name=name))
    gpx.routes.append(route)
    points = [GPXTrackPoint(latitude=lat, longitude=lon) for lon, lat in sheet.path]
    track = GPXTrack(name=_text(sheet.name))
    track.segments.append(GPXTrackSegment(points))
    gpx.tracks.append(track)
    return str(gpx.to_xml(version="1.1")).encode("utf-8")


def field_kml(sheet: FieldSheet) -> bytes:
    """KML: the line, its markers, their witness marks and the tri-junctions, each in a folder."""
    kml = simplekml.Kml(name=_text(sheet.title), description=_text(_standing(sheet)))
    line = kml.newfolder(name="界线").newlinestring(name=_text(sheet.name), coords=sheet.path)
    line.style.linestyle.color, line.style.linestyle.width = _LINE_COLOUR, 3
    markers, witnesses = kml.newfolder(name="界桩"), kml.newfolder(name="方位物")
    for marker in sheet.markers:
        if marker.place is not None:
            point = markers.newpoint(name=_text(marker.number), coords=[marker.place])
            point.description = _text(_told(marker))
            point.style.iconstyle.color = _MARKER_COLOUR
        for witness in marker.witnesses:
            if witness.place is not None:
                name = f"{marker.number} {witness.number}号 {witness.name}"
                point = witnesses.newpoint(name=_text(name), coords=[witness.place])
                point.style.iconstyle.color, point.style.iconstyle.scale = _WITNESS_COLOUR, 0.6
    if sheet.junctions:
        folder = kml.newfolder(name="三交点")
        for junction in sheet.junctions:
            folder.newpoint(name=_text(junction.name), coords=[junction.place])
    return str(kml.kml()).encode("utf-8")


def _standing(sheet: FieldSheet) -> str:
    simulated = ["模拟数据"] if sheet.simulated else []
    made = f"资料日期 {sheet.made_on}，坐标 CGCS2000（与 WGS-84 相差不到 1 米）"
    return "；".join([*simulated, f"密级 {sheet.secrecy}", "示意，不作为划界依据", made])


def _told(marker: FieldMarker) -> str:
    wanted = ("登记状况", "位置描述")
    facts = [text for title, text in marker.facts if title in wanted or title.startswith("所在地")]
    marks = [
        "".join(part for part in (item.name, f" {item.grid_azimuth}", f" {item.distance_m} m"))
        for item in marker.witnesses
        if item.grid_azimuth and item.distance_m
    ]
    return "；".join([f"第 {marker.order} 个，km {marker.km}", *facts, *marks])


def _text(words: str) -> str:
    """`words` without what XML cannot hold, and without the mark that would end its escaping."""
    return _CDATA.sub("<! [CDATA[", _NOT_IN_XML.sub("", words))
