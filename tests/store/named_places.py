"""Frames of place names, small enough to read."""

import json
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from shapely import Point

from civgeo.domain.name_forms import PLACE_NAMES

__all__ = ["name_frame"]

_REQUIRED = {
    "kind": "settlement",
    "confirmed": True,
    "division": "411702100",
    "famous": False,
    "status": "standard",
    "secrecy": "public",
    "public": True,
    "source": "模拟",
    "simulated": True,
    "version": 1,
    "valid_from": None,
    "valid_to": None,
}


def name_frame(*rows: Mapping[str, object]) -> gpd.GeoDataFrame:
    """Frame of place names; `specific` is the name, and the place is in 驿城区, unless told."""
    nothing = {field.name: None for field in PLACE_NAMES.fields}
    complete = [nothing | _REQUIRED | _told(row) for row in rows]
    frame = gpd.GeoDataFrame(pd.DataFrame(complete), geometry="geometry", crs="EPSG:4490")
    return frame.set_index("id")


def _told(row: Mapping[str, object]) -> dict[str, object]:
    texts = {
        name: json.dumps(row[name], ensure_ascii=False)
        for name in ("other_names", "spans")
        if name in row
    }
    return {"specific": row["name"], "geometry": Point(114.0, 33.0), **row, **texts}
