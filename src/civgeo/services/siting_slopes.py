"""Slopes of a siting: heights over a grid, and how much of each parcel is too steep."""

from collections.abc import Iterator

import geopandas as gpd

from civgeo.analysis.ground_grid import GroundGrid, HeightSource
from civgeo.analysis.site_marks import PlaneKind
from civgeo.analysis.siting import SlopeLimit, exclusions
from civgeo.geo.crs import CrsName
from civgeo.services.city import City
from civgeo.services.elevation import elevation_over
from civgeo.services.siting_question import SitingQuestion
from civgeo.services.siting_words import steep_text
from civgeo.store.elevations import ElevationMeta

__all__ = ["heights_over", "limits_of", "steep_parcels"]


def limits_of(question: SitingQuestion) -> tuple[SlopeLimit, ...]:
    """Slope limit of the planner, if there is one."""
    limit = question.slope_deg
    return () if limit is None else (SlopeLimit("slope", float(limit)),)


def heights_over(city: City, meta: ElevationMeta | None, grid: GroundGrid) -> HeightSource | None:
    """Heights of a kept model over a grid; a model of another system is asked place by place."""
    if meta is None:
        return None
    elevation, to_model = elevation_over(city, meta, grid.epsg)
    same = CrsName.parse(meta.crs) == CrsName.parse(f"EPSG:{grid.epsg}")
    return HeightSource(grid, elevation, None if same else to_model)


def steep_parcels(
    city: City,
    question: SitingQuestion,
    meta: ElevationMeta | None,
    parcels: gpd.GeoDataFrame,
    cell_m: float,
) -> Iterator[dict[str, object]]:
    """How much of each parcel is steeper than the limit, or of no known slope.

    Parameters
    ----------
    city, question
        The city and what is asked.
    meta
        Elevation model.
    parcels
        In the metric zone.
    cell_m
        Side of the cells that slopes are taken on, metres.

    Raises
    ------
    InvalidInput
        ``elevation_missing`` for a limit without an elevation model.
    """
    limits = limits_of(question)
    epsg = parcels.crs.to_epsg() if parcels.crs is not None else 0
    for name, shape in parcels.geometry.items() if limits else ():
        grid = GroundGrid.over(shape, epsg or 0, cell_m)
        heights = heights_over(city, meta, grid)
        marks = exclusions(shape, grid.epsg, (), cell_m=cell_m, slopes=limits, heights=heights)
        for plane, area, share in marks.summary()[["kind", "area_m2", "share"]].itertuples(
            index=False
        ):
            if share > 0 and meta is not None:
                yield {
                    "parcel": name,
                    "kind": plane,
                    "area_m2": area,
                    "share": share,
                    "text": steep_text(PlaneKind(plane), question, meta),
                }
