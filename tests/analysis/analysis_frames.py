"""Small estates and facilities for the tests of measures, in the dtypes that the store gives."""

from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from civgeo.geo.frames import check_estates, check_facilities

TOWN = "411702001"
HERE = Point(114.0, 33.0)


def estates_frame(*rows):
    defaults = {
        "name": "阳光小区",
        "division": TOWN,
        "community": None,
        "estate_class": "new",
        "completed_year": None,
        "households": None,
        "households_new": None,
        "elders": None,
        "stage": "built",
        "source": "模拟",
        "simulated": True,
        "version": 1,
    }
    return check_estates(_frame(rows, defaults, "e"))


def facilities_frame(*rows):
    defaults = {
        "name": "日间照料中心",
        "kind": "community_day_care",
        "division": TOWN,
        "community": None,
        "estate": None,
        "floor_area_m2": None,
        "beds": None,
        "nursing_beds": None,
        "opened": None,
        "status": "operating",
        "source": "模拟",
        "simulated": True,
        "version": 1,
    }
    return check_facilities(_frame(rows, defaults, "f"))


def area(row):
    """Floor area of a facility row, exactly as it was entered."""
    return Decimal(repr(row["floor_area_m2"])) if row.get("floor_area_m2") else Decimal(0)


def _frame(rows, defaults, letter):
    ids = [row.get("id", f"{letter}{number}") for number, row in enumerate(rows)]
    columns = {
        name: pd.Series(
            [row.get(name, value) for row in rows], index=ids, dtype=_dtype(name), name=name
        )
        for name, value in defaults.items()
    }
    shapes = np.array([row.get("geometry", HERE) for row in rows], dtype=object)
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=ids), geometry=shapes, crs="EPSG:4490")


def _dtype(name):
    kinds = {"floor_area_m2": "float64", "simulated": "bool", "version": "int64"}
    counts = ("completed_year", "households", "households_new", "elders", "beds", "nursing_beds")
    return "Int64" if name in counts else kinds.get(name, "object")
