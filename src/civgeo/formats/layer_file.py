"""Several layers as one GeoPackage."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pyogrio

__all__ = ["write_layers"]


def write_layers(file: Path, layers: Mapping[str, gpd.GeoDataFrame], note: str) -> None:
    """Write a GeoPackage; it appears when it is complete.

    Parameters
    ----------
    file
        Replaced where it is there already; its folder is made.
    layers
        Frames by name of the layer, EPSG:4490; geometries may be of several types.
    note
        Where the data comes from, and whether it is simulated.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".civgeo-", dir=file.parent) as folder:
        target = Path(folder) / file.name
        for number, (name, frame) in enumerate(layers.items()):
            kinds = set(frame.geometry.geom_type)
            pyogrio.write_dataframe(
                frame,
                target,
                layer=name,
                driver="GPKG",
                append=number > 0,
                geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
                layer_options={"IDENTIFIER": name, "DESCRIPTION": note, "FID": "fid"},
            )
        target.replace(file)
