"""The map of one indicator as a picture: PNG and PDF, A4 across."""

import geopandas as gpd

from civgeo.geo.crs import Zone
from civgeo.maps.indicators import IndicatorFigure, IndicatorView
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.static import Drawing, PictureFormat, city_picture, zone_for
from civgeo.maps.theme import MapNote, Pattern

__all__ = ["indicator_picture"]


def indicator_picture(
    figure: IndicatorFigure,
    divisions: gpd.GeoDataFrame,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the map of one indicator, drawn without a browser.

    Parameters
    ----------
    figure, divisions, about
        As for `civgeo.maps.indicators.indicator_map`.
    form
        PNG (200 dots per inch) or PDF.
    zone
        Metric zone to draw in; by default that of the city's own divisions.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    InvalidInput
        When no county of the city has an outline.
    """
    rows = rows_of(divisions, DivisionRow)
    view = IndicatorView.of(figure, rows)

    def draw(drawing: Drawing) -> None:
        for row in view.counties:
            pattern = view.state(row).pattern if row.own else Pattern.PLAIN
            drawing.area(row, view.colour(row), pattern)
        drawing.labels(view.counties, {row.code: view.label(row) for row in view.counties})

    return city_picture(rows, zone_for(divisions, zone), about, view.legend(), form, draw)
