"""The map of boundaries as a picture."""

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.geo.crs import Zone
from civgeo.maps.boundary_view import (
    DIFFERENCE,
    DISPUTE,
    JUNCTION,
    BoundaryView,
    line_style,
    marker_style,
)
from civgeo.maps.marks import draw_stretch
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.shapes import shown_counties
from civgeo.maps.static import Drawing, PictureFormat, city_picture, in_metres, zone_for
from civgeo.maps.theme import MapNote

__all__ = ["boundaries_picture"]

MARKER_PT, DISC_PT = 4.6, 8.4
SYMBOL_SHARE = 0.006


def boundaries_picture(
    view: BoundaryView,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of lines, markers, tri-junctions, disputes and disagreements.

    Parameters
    ----------
    view, divisions, about
        As for `civgeo.maps.boundaries.boundaries_map`.
    form
        PNG (200 dots per inch) or PDF.
    zone
        Metric zone to draw in; by default that of the city's own divisions.

    Raises
    ------
    CrsError
        When the divisions are not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    rows = rows_of(divisions, DivisionRow)

    def draw(drawing: Drawing) -> None:
        counties = shown_counties(rows)
        drawing.ground(counties)
        for line in reversed(view.lines):
            style = line_style(line.state, line.level)
            for part in shapely.get_parts(in_metres(line.shape, chosen)):
                x, y = shapely.get_coordinates(part).T.tolist()
                draw_stretch(drawing.axes, (x, y), style.colour, style.width, style.dashes)
        for marker in view.markers:
            look = marker_style(marker.state, late=marker.late)
            drawing.points([(marker.lon, marker.lat)], look.shape, look.colour, MARKER_PT)
        for style, places in (
            (JUNCTION, view.junctions),
            (DISPUTE, view.disputes),
            (DIFFERENCE, view.differences),
        ):
            for place in places:
                at = [(place.lon, place.lat)]
                drawing.points(at, style.shape, style.colour, DISC_PT, style.glyph)
        west, east = drawing.axes.get_xlim()
        drawing.labels(counties, {}, clear_of=_discs(view, chosen, SYMBOL_SHARE * (east - west)))

    chosen = zone_for(divisions, zone)
    return city_picture(rows, chosen, about, view.legend(symbols=True), form, draw)


def _discs(view: BoundaryView, zone: Zone, radius_m: float) -> list[BaseGeometry]:
    """What the symbols cover, in metres of the zone."""
    places = [(each.lon, each.lat) for each in view.markers]
    for listed in (view.junctions, view.disputes, view.differences):
        places += [(each.lon, each.lat) for each in listed]
    points = [in_metres(shapely.Point(place), zone) for place in places]
    return [point.buffer(radius_m) for point in points]
