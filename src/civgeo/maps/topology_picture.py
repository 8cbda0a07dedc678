"""The map of what the checks of a layer of divisions found, as a picture."""

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.geo.crs import Zone, city_zone
from civgeo.geo.datum import Floats
from civgeo.geo.placement import Placement
from civgeo.geo.topology import CoverageReport
from civgeo.maps.shapes import Bounds, label_point
from civgeo.maps.sheet import points_per_metre
from civgeo.maps.static import LABEL_TOLERANCE_M, Drawing, PictureFormat, in_metres, picture
from civgeo.maps.theme import LAND, MapNote
from civgeo.maps.topology import (
    JUNCTION_STYLE,
    LOOKS,
    Look,
    codes_to_name,
    drawn_rows,
    topology_legend,
)

__all__ = ["topology_picture"]

LINE, LINE_PT = "#4a5662", 0.5
MOST_LABELS = 60
FINEST_PT = 0.1
TRUE_PT, SLIVER_PT, JUNCTION_PT = 5.0, 3.4, 2.4


def topology_picture(
    divisions: gpd.GeoDataFrame,
    report: CoverageReport,
    placement: Placement,
    *,
    about: MapNote,
    form: PictureFormat,
    zone: Zone | None = None,
) -> bytes:
    """Picture of the findings of `report` over the outlines that were checked.

    Parameters
    ----------
    divisions, report, placement, about
        As for `civgeo.maps.topology.topology_map`.
    form
        PNG (200 dots per inch) or PDF.
    zone
        Zone to draw in; by default that of the layer's middle.

    Raises
    ------
    CrsError
        When the layer is wider than 12 degrees, too wide for one zone.
    InvalidInput
        When no division has an outline.
    """
    rows = drawn_rows(divisions)
    chosen = zone or city_zone(rows)
    outlines = [in_metres(shape, chosen) for shape in rows.geometry]
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(outlines))
    bounds = (west, south, east, north)
    named = codes_to_name(rows, report, MOST_LABELS)

    def draw(drawing: Drawing) -> None:
        for outline in _simpler(outlines, bounds):
            drawing.polygon(outline, LAND, LINE, LINE_PT)
        for look in reversed(LOOKS):
            _areas(drawing, look, report, chosen)
        _junctions(drawing, report)
        for look in reversed(LOOKS):
            _symbols(drawing, look, report)
        for outline, name, code in zip(outlines, rows["name"], rows["code"], strict=True):
            if code in named:
                x, y = _middle(outline)
                drawing.label(x, y, str(name), own=False)

    legend = topology_legend(report, placement, symbols=True)
    return picture(bounds, chosen, about, legend, form, draw)


def _simpler(outlines: list[BaseGeometry], bounds: Bounds) -> list[BaseGeometry]:
    """Outlines without corners finer than a printer shows; those not valid stay as they are."""
    step = FINEST_PT / points_per_metre(bounds)
    return [
        shapely.simplify(outline, step) if shapely.is_valid(outline) else outline
        for outline in outlines
    ]


def _areas(drawing: Drawing, look: Look, report: CoverageReport, zone: Zone) -> None:
    """Gaps and overlaps filled, with a line of their colour so that the thinnest is seen."""
    for shape in look.rows(report).geometry:
        if isinstance(shape, shapely.Polygon):
            drawing.polygon(in_metres(shape, zone), look.style.colour, look.style.colour, LINE_PT)


def _symbols(drawing: Drawing, look: Look, report: CoverageReport) -> None:
    """A symbol at each finding, the largest on top."""
    places = look.rows(report)[["lon", "lat"]].dropna().to_numpy(dtype=float)[::-1]
    if len(places):
        size = SLIVER_PT if look.sliver else TRUE_PT
        drawing.points(_pairs(places), look.style.shape, look.style.colour, size)


def _junctions(drawing: Drawing, report: CoverageReport) -> None:
    places = report.junctions[["lon", "lat"]].to_numpy(dtype=float)
    if len(places):
        style = JUNCTION_STYLE
        drawing.points(_pairs(places), style.shape, style.colour, JUNCTION_PT)


def _pairs(places: Floats) -> list[tuple[float, float]]:
    return [(lon, lat) for lon, lat in places.tolist()]


def _middle(outline: BaseGeometry) -> tuple[float, float]:
    """Where the name stands; an outline that is not valid is not asked for its middle."""
    if shapely.is_valid(outline):
        return label_point(outline, LABEL_TOLERANCE_M)
    west, south, east, north = outline.bounds
    return (west + east) / 2, (south + north) / 2
