"""Small frames for the tests of what maps say about their data."""

import geopandas as gpd
import shapely


def divisions() -> gpd.GeoDataFrame:
    """A real county with an outline, a real township without, and a simulated community."""
    return gpd.GeoDataFrame(
        {
            "level": ["county", "township", "community"],
            "source_date": ["2025-12-21", "2025-12-31", None],
            "simulated": [False, False, True],
        },
        geometry=[shapely.box(113, 32, 114, 33), None, None],
        crs="EPSG:4490",
    )


def estates(*, simulated: bool) -> gpd.GeoDataFrame:
    """Two estates of one source."""
    return gpd.GeoDataFrame(
        {"source": ["住建局台账"] * 2, "simulated": [simulated] * 2},
        geometry=[shapely.Point(113.5, 32.5)] * 2,
        crs="EPSG:4490",
    )
