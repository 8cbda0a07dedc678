"""Ground for siting: layers of every kind, hills of known slope, and models for GDAL."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine

from civgeo.analysis.siting import ConstraintLayer
from civgeo.analysis.slope import Elevation

ZONE = 4526
WEST, NORTH = 38_500_000.0, 3_650_000.0


def series(shapes) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapes, crs=ZONE)


def layer(kind: str, shapes, distance_m: float, **more) -> ConstraintLayer:
    return ConstraintLayer(kind, series(shapes), distance_m, f"rule of {kind}", **more)


def winding(rng: np.random.Generator, side_m: float, corners: int) -> shapely.LineString:
    """A line that wanders over a square from the north-west corner of the ground."""
    places = rng.uniform(-0.1, 1.1, 2) + np.cumsum(rng.normal(0, 0.6 / corners, (corners, 2)), 0)
    return shapely.LineString(placed(places * side_m))


def blob(rng: np.random.Generator, side_m: float, radius_m: float) -> shapely.Polygon:
    """A ragged polygon with a hole."""
    turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    radii = radius_m * rng.uniform(0.6, 1.4, 30)[:, None]
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * radii
    middle = rng.uniform(0, side_m, 2)
    return shapely.Polygon(placed(ring + middle), [placed(ring * 0.3 + middle)])


def placed(places: np.ndarray) -> np.ndarray:
    """Metres east and south of the north-west corner as coordinates of the zone."""
    return (WEST, NORTH) + np.asarray(places) * (1, -1)


def model(heights: np.ndarray, cell_m: float) -> Elevation:
    return Elevation(heights.astype(np.float32), (cell_m, 0.0, WEST, 0.0, -cell_m, NORTH))


def written(path: Path, heights: np.ndarray, cell_m: float) -> Path:
    """Heights as a GeoTIFF from the north-west corner of the ground."""
    shape = {"height": heights.shape[0], "width": heights.shape[1], "count": 1}
    place = {"crs": f"EPSG:{ZONE}", "transform": Affine(cell_m, 0, WEST, 0, -cell_m, NORTH)}
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", nodata=np.nan, **shape, **place
    ) as file:
        file.write(heights.astype(np.float32), 1)
    return path
