"""Frames of the demonstration's registers."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.services.feature_schema import COLLECTIONS
from civgeo.store.tables import Collection

__all__ = ["SIMULATED", "Row", "new_id", "simulated_frame"]

SIMULATED = "模拟生成"
"""Source of a simulated record."""

Row = Mapping[str, object]


def new_id(rng: np.random.Generator) -> str:
    """A UUID drawn by a seeded generator."""
    return str(UUID(bytes=rng.bytes(16), version=4))


def simulated_frame(
    collection: Collection, rows: Sequence[Row], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Frame of a register from simulated rows; what a row leaves out is null.

    Parameters
    ----------
    collection
        The register.
    rows
        Properties by name, ``geometry`` and ``id`` among them where they have one.
    rng
        Seeded generator of the ids of the others.
    """
    blank = dict.fromkeys([item.name for item in COLLECTIONS[collection.value].entered])
    made = {"source": SIMULATED, "simulated": True, "version": 1, "geometry": None}
    listed = [{**blank, **made, "id": new_id(rng), **row} for row in rows]
    columns = ["id", *blank, *(name for name in made if name not in blank)]
    table = pd.DataFrame(listed, columns=columns, dtype=object).set_index("id")
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4490")
