"""Small layers of facilities, demand, streets and barriers, written to files."""

from pathlib import Path

import geopandas as gpd
import shapely

ORIGIN = (500_000.0, 3_650_000.0)
ZONE = "EPSG:4547"


def layer(shapes, **columns) -> gpd.GeoDataFrame:
    """Shapes in metres from a place in Zhumadian, in EPSG:4490."""
    moved = shapely.transform(list(shapes), lambda xy: xy + ORIGIN)
    return gpd.GeoDataFrame(columns, geometry=moved, crs=ZONE).to_crs(4490)


def points(places, **columns) -> gpd.GeoDataFrame:
    return layer([shapely.Point(place) for place in places], **columns)


def lines(paths, **columns) -> gpd.GeoDataFrame:
    return layer([shapely.LineString(path) for path in paths], **columns)


def saved(folder: Path, **layers: gpd.GeoDataFrame) -> dict[str, Path]:
    """Each layer as a GeoJSON file of its name."""
    files = {}
    for name, frame in layers.items():
        files[name] = folder / f"{name}.geojson"
        frame.to_file(files[name], driver="GeoJSON", engine="pyogrio")
    return files


def two_banks() -> dict[str, gpd.GeoDataFrame]:
    """A river from west to east between two streets, a bridge far to the east.

    One facility on the south bank; demand with every reason that does not need capacity.
    """
    return {
        "facilities": points([(0, 0)], id=["f1"], name=["甲站"]),
        "demand": points(
            [(200, 0), (300, 100), (1_000, 0), (1_500, 0), (100, -600), (9_000, 0)],
            id=["near", "behind", "slow", "far", "off", "island"],
            households=[100, 50, 20, 10, 7, 3],
        ),
        "streets": lines(
            [
                [(0, 0), (2_000, 0)],
                [(0, 100), (2_000, 100)],
                [(2_000, 0), (2_000, 100)],
                [(9_000, -100), (9_000, 100)],
            ],
            level=[0, 0, 1, 0],
        ),
        "barriers": lines([[(-500, 50), (5_000, 50)]], name=["大河"], kind=["river"]),
    }
