"""A city with a road, a ridge beside it, graves on both sides and cemeteries, in a real store."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine

from api.served_city import REGISTER, divisions
from civgeo.domain.site_features import SiteFeature
from civgeo.services.city import City
from civgeo.services.elevation import import_elevation
from civgeo.services.site_layers import save_site_layer
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

TODAY = date(2026, 3, 1)
ZONE = 4547
EAST, NORTH = 504_670.0, 3_658_380.0
"""About 114.05 east, 33.05 north: in the middle of the county 990102."""

CELL_M, HALF_M = 20.0, 4_000.0


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in metres east and north of the middle, in EPSG:4490."""
    moved = shapely.transform(shape, lambda xy: np.add(xy, (EAST, NORTH)))
    return gpd.GeoSeries([moved], crs=ZONE).to_crs(4490).iloc[0]


def grave(id: str, x: float, y: float, **more: object) -> dict[str, object]:
    row = {"id": id, "number": id, "division": "990102001", "status": "standing", "count": 1}
    kind = "cluster" if more.get("count", 1) != 1 else "single"
    return row | {"kind": kind, "geometry": placed(shapely.Point(x, y))} | more


GRAVES = (
    grave("a-near", 600, 0, count=3),
    grave("b-behind", 2_000, 0, count=2),
    grave("c-gap", 2_000, -3_000),
    grave("d-far", 3_900, 0),
    grave("e-west", -800, 500, count=4, division="990102", remains="ash"),
    grave("f-moved", 500, 100, status="moved", relocated_to="k1", moved_on="2026-01-05"),
    grave("g-screened", 500, -100, status="screened"),
    grave("h-listed", 2_000, 500, status="registered_to_move", village="东村"),
)


def cemetery(id: str, x: float, y: float, **more: object) -> dict[str, object]:
    row = {"id": id, "name": f"{id}公墓", "division": "990102", "status": "operating"}
    usual = {"capacity": 100, "used": 94, "geometry": placed(shapely.Point(x, y))}
    return row | {"kind": "cemetery", "operation": "public"} | usual | more


CEMETERIES = (
    cemetery("k1", 0, 2_000),
    cemetery("k2", 0, -3_500, capacity=50, used=10),
    cemetery("k3", 100, 100, capacity=None, name="无数公墓"),
    cemetery("k4", 100, 200, status="building"),
)


def ridge() -> np.ndarray:
    """Ground of 50 m with a ridge of 40 m at 1,000 m east, cut 2,600 to 3,400 m to the south."""
    cells = int(2 * HALF_M / CELL_M)
    heights = np.full((cells, cells), 50.0, np.float32)
    middle = (np.arange(cells) + 0.5) * CELL_M - HALF_M
    heights[:, np.abs(middle - 1_000) < 60] = 90
    heights[np.ix_(np.abs(-middle + 3_000) < 400, np.abs(middle - 1_000) < 60)] = 50
    return heights


def dem(path: Path, heights: np.ndarray, *, in_degrees: bool = False) -> Path:
    """The ground as a GeoTIFF in metres of the zone, or brought to degrees."""
    place = Affine(CELL_M, 0, EAST - HALF_M, 0, -CELL_M, NORTH + HALF_M)
    crs = f"EPSG:{ZONE}"
    if in_degrees:
        west, south, east, north = placed(shapely.box(-HALF_M, -HALF_M, HALF_M, HALF_M)).bounds
        side = CELL_M / 111_000
        columns, rows = int((east - west) / side), int((north - south) / side)
        lon, lat = np.meshgrid(
            west + (np.arange(columns) + 0.5) * side, north - (np.arange(rows) + 0.5) * side
        )
        points = gpd.GeoSeries(gpd.points_from_xy(lon.ravel(), lat.ravel()), crs=4490).to_crs(ZONE)
        column = ((points.x - EAST + HALF_M) // CELL_M).astype(int).to_numpy()
        row = ((NORTH + HALF_M - points.y) // CELL_M).astype(int).to_numpy()
        inside = (np.minimum(row, column) >= 0) & (np.maximum(row, column) < len(heights))
        drawn = np.full(rows * columns, np.nan, np.float32)
        drawn[inside] = heights[row[inside], column[inside]]
        heights, place, crs = (
            drawn.reshape(rows, columns),
            Affine(side, 0, west, 0, -side, north),
            "EPSG:4490",
        )
    shape = {"height": heights.shape[0], "width": heights.shape[1], "count": 1}
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float32", nodata=np.nan, crs=crs, transform=place, **shape
    ) as file:
        file.write(heights, 1)
    return path


def roads(city: City, *, extent: shapely.Geometry | None = None, **named) -> str:
    """Layer of trunk roads, straight from south to north by default; its digest."""
    shapes = named or {"G106": shapely.LineString([(0, -3_800), (0, 3_800)])}
    frame = gpd.GeoDataFrame(
        {"kind": SiteFeature.NATIONAL_ROAD.value, "name": list(shapes)},
        geometry=[placed(each) for each in shapes.values()],
        crs=4490,
    )
    meta = save_site_layer(
        *(city, frame, extent),
        title="公路主干线",
        covers=(SiteFeature.TRUNK_ROAD,),
        layer_date=date(2025, 12, 31),
        source="虚构",
        simulated=True,
    )
    return meta.digest


def founded(
    folder: Path,
    *,
    graves=GRAVES,
    cemeteries=CEMETERIES,
    heights: np.ndarray | None = None,
    in_degrees: bool = False,
    with_roads: bool = True,
) -> City:
    """The city; without heights it has no elevation model. The caller closes the store."""
    with Store.create(folder, register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
        for register, rows in ((Collection.GRAVES, graves), (Collection.CEMETERIES, cemeteries)):
            if rows:
                writing.add(register, name_records(register.value, *rows))
    city = City(Store.open(folder), TODAY)
    if with_roads:
        roads(city)
    if heights is not None:
        import_elevation(city, dem(folder.parent / "dem.tif", heights, in_degrees=in_degrees))
    return city
