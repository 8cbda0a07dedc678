"""Layers of outside files in CGCS2000, from the system that they state or that an officer names."""

import geopandas as gpd
import numpy as np
import shapely

from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.axes import axes_swapped, suggested_systems, suggestion_text
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, require_crs, transform_points
from civgeo.geo.datum import Floats

__all__ = ["in_cgcs2000"]

_CHOICES = (
    "EPSG:4490（CGCS2000 经纬度，WGS 84 同此）、EPSG:编号（投影坐标）、GCJ-02（高德、腾讯）、"
    "BD-09（百度）"
)


def in_cgcs2000(
    frame: gpd.GeoDataFrame, crs: str | None, *, lon: float | None = None
) -> tuple[gpd.GeoDataFrame, str]:
    """The frame in EPSG:4490, two-dimensional, and the system that its coordinates were read in.

    Coordinates that are not finite stay as they are: they are reported as faults of their shape.

    Parameters
    ----------
    frame
        In the CRS that the file states, None where it states none.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09`` as the officer says; goes before the file.
    lon
        A longitude near the data, where one is known, from which a hint at the zone follows.

    Raises
    ------
    CrsError
        When nobody says which system it is (code ``crs_unknown``), when latitude stands first
        (``axes_swapped``), or the coordinates do not fit the system (``crs_unfit``).
    """
    hint = ""
    if frame.geometry.notna().any():
        hint = suggestion_text(suggested_systems(frame, lon=lon))
    if crs is None and frame.crs is None:
        asked = "文件没有写明坐标系，不会猜测：请写明（命令行用 --crs，网页填“坐标系”）"
        raise CrsError(f"{asked}。可填 {_CHOICES}。{hint}", code="crs_unknown")
    if axes_swapped(frame):
        text = "经度和纬度写反了：每个点都是纬度在前。请对调后再试，系统不会自行改动。"
        raise CrsError(text, code="axes_swapped")
    try:
        return _converted(frame, crs)
    except (CrsError, InvalidInput) as error:
        raise CrsError(f"{error.message}{hint}", code="crs_unfit") from error


def _converted(frame: gpd.GeoDataFrame, crs: str | None) -> tuple[gpd.GeoDataFrame, str]:
    if crs is None:
        declared = require_crs(frame)
        number = declared.to_epsg()
        if number is None:
            return frame.to_crs(epsg=CGCS2000_EPSG), declared.name
        crs = f"EPSG:{number}"
    source, target = CrsName.parse(crs), CrsName(f"EPSG:{CGCS2000_EPSG}", CGCS2000_EPSG)

    def degrees(given: Floats) -> Floats:
        out = given.copy()
        finite = np.isfinite(given).all(axis=1)
        x, y = given[finite].T
        out[finite] = np.column_stack(transform_points(x, y, source, target))
        return out

    shapes = shapely.transform(shapely.force_2d(frame.geometry.to_numpy()), degrees)
    geometry = gpd.GeoSeries(shapes, index=frame.index, crs=CGCS2000_EPSG)
    return frame.set_geometry(geometry), source.text
