"""A fictional county in a real store, with constraint layers of every form, for siting."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from shapely import MultiPolygon, box

from civgeo.domain.site_features import LAND_COVERS, SiteFeature
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.geo.crs import zone_of
from civgeo.geo.ground import in_metres
from civgeo.services.city import City
from civgeo.services.elevation import import_elevation
from civgeo.services.site_layers import save_site_layer
from civgeo.store.reading import Register
from civgeo.store.store import Store

ZONE = zone_of(114.1)
WEST, SOUTH, EAST, NORTH = 114.0, 33.0, 114.06, 33.05
BEFORE, AFTER = date(2026, 3, 29), date(2026, 3, 30)
LAYER_DAY = date(2025, 6, 30)


def founded(
    folder: Path, prefecture: str = "4117", today: date = BEFORE, *, outlined: bool = True
) -> City:
    """A city with two counties, the first with two townships; nothing is known of its land."""
    register = Register(
        city=f"{prefecture}00",
        name="示例市",
        simulated=False,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        edition="2026.03",
        sources={"divisions": "虚构区划"},
    )
    store = Store.create(folder, register=register)
    rows = divisions(prefecture)
    if not outlined:
        rows.loc[rows["level"] == "township", "geometry"] = None
    with store.write() as writing:
        writing.add_divisions(rows)
    return City(store, today)


def divisions(prefecture: str) -> gpd.GeoDataFrame:
    middle = (WEST + EAST) / 2
    rows = [
        {"code": f"{prefecture}00", "name": "示例市", "level": "prefecture"},
        {"code": f"{prefecture}02", "name": "甲县", "geometry": box(WEST, SOUTH, EAST, NORTH)},
        {
            "code": f"{prefecture}21",
            "name": "乙县",
            "geometry": box(EAST, SOUTH, EAST + 0.05, NORTH),
        },
        {
            "code": f"{prefecture}02100",
            "name": "东镇",
            "level": "township",
            "geometry": box(middle, SOUTH, EAST, NORTH),
        },
        {
            "code": f"{prefecture}02101",
            "name": "西镇",
            "level": "township",
            "geometry": box(WEST, SOUTH, middle, NORTH),
        },
    ]
    nothing = ("parent", "valid_from", "valid_to", "source_date", "geometry")
    common = {
        **dict.fromkeys(nothing),
        "system": "MCA",
        "role": "own",
        "level": "county",
        "source": "虚构",
        "simulated": False,
        "version": 1,
    }
    frame = pd.DataFrame([common | {"id": row["code"]} | row for row in rows]).set_index("id")
    frame["geometry"] = [
        MultiPolygon([shape]) if shape is not None else None for shape in frame["geometry"]
    ]
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=4490)


def laid(
    city: City,
    feature: SiteFeature | None,
    shapes: Sequence[shapely.Geometry],
    *,
    extent: shapely.Geometry | None = None,
    day: date = LAYER_DAY,
    name: str = "",
    own_distance_m: float | None = None,
) -> SiteLayerMeta:
    """A layer of one feature, or of the bureau's own, kept beside the store."""
    kind = "" if feature is None else feature.value
    frame = gpd.GeoDataFrame(
        {"kind": kind, "label": name, "name": name},
        index=range(len(shapes)),
        geometry=[*shapes],
        crs=4490,
    )
    return save_site_layer(
        *(city, frame, extent),
        title="自有图层" if feature is None else feature.label_zh,
        covers=() if feature is None else (feature,),
        layer_date=day,
        source="虚构",
        own_distance_m=own_distance_m,
    )


def land_use(
    city: City,
    patches: Sequence[tuple[str, str, shapely.Geometry]],
    *,
    extent: shapely.Geometry | None = None,
    day: date = LAYER_DAY,
) -> SiteLayerMeta:
    """A survey of land use: kind (empty for an unknown class), word, shape of each patch."""
    kinds, labels, shapes = zip(*patches, strict=True)
    words = {"kind": kinds, "label": labels, "name": ""}
    frame = gpd.GeoDataFrame(words, geometry=[*shapes], crs=4490)
    return save_site_layer(
        *(city, frame, extent),
        title="地类图斑",
        covers=tuple(LAND_COVERS),
        layer_date=day,
        source="虚构",
    )


def spot(east: float, north: float) -> shapely.Point:
    """A place by its shares of the county's width and height."""
    return shapely.Point(WEST + east * (EAST - WEST), SOUTH + north * (NORTH - SOUTH))


def patch(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle by shares of the county's width and height."""
    return box(*spot(west, south).coords[0], *spot(east, north).coords[0])


def path(*places: tuple[float, float]) -> shapely.LineString:
    """A line by shares of the county's width and height."""
    return shapely.LineString([spot(*place) for place in places])


def metric(shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    """Geometries in metres of the zone."""
    return in_metres(np.array([*shapes], dtype=object), ZONE)


def raised(
    city: City, file: Path, heights: np.ndarray, *, crs: int = 4490, west: float = WEST - 0.01
) -> None:
    """An elevation model whose cells, given from the north-west, reach over the county."""
    rows, columns = heights.shape
    south, east, north = SOUTH - 0.01, EAST + 0.01, NORTH + 0.01
    corners = shapely.box(west, south, east, north)
    if crs != 4490:
        corners = metric([corners])[0]
    west, south, east, north = shapely.bounds(corners)
    place = Affine((east - west) / columns, 0, west, 0, (south - north) / rows, north)
    about = {"height": rows, "width": columns, "count": 1, "dtype": "float32", "nodata": -9999}
    with rasterio.open(
        file, "w", driver="GTiff", crs=f"EPSG:{crs}", transform=place, **about
    ) as out:
        out.write(np.where(np.isnan(heights), -9999, heights).astype(np.float32), 1)
    import_elevation(city, file)
