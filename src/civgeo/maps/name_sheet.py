"""The map of place names as a picture."""

import geopandas as gpd

from civgeo.geo.crs import Zone
from civgeo.maps.names import NamesView
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.shapes import shown_counties
from civgeo.maps.static import Drawing, PictureFormat, city_picture, zone_for
from civgeo.maps.theme import MapNote

__all__ = ["names_picture"]


def names_picture(
    names: gpd.GeoDataFrame,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the public place names by class, with the names of the counties.

    Parameters
    ----------
    names, divisions, about
        As for `civgeo.maps.names.names_map`.
    form
        PNG (200 dots per inch) or PDF.
    zone
        Metric zone to draw in; by default that of the city's own divisions.

    Raises
    ------
    CrsError
        When a frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    rows = rows_of(divisions, DivisionRow)
    view = NamesView.of(names)

    def draw(drawing: Drawing) -> None:
        counties = shown_counties(rows)
        drawing.ground(counties)
        drawing.labels(counties, {}, clear_of=drawing.gathered(view))

    return city_picture(rows, zone_for(divisions, zone), about, view.legend(), form, draw)
