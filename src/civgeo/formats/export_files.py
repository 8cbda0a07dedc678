"""Frames and tables as files for others: GeoPackage, CSV."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import pyogrio

from civgeo.formats.findings import formula_safe

__all__ = ["csv_content", "geopackage_content"]


def geopackage_content(
    frame: gpd.GeoDataFrame, layer: str, *, title: str, notes: Sequence[str]
) -> bytes:
    """GeoPackage of one layer, which carries its title and what there is to know about it.

    Parameters
    ----------
    frame
        EPSG:4490; index the id, which becomes the column ``id``. Geometries may be null and of
        several types.
    layer
        Name of the layer.
    title, notes
        Go to ``gpkg_contents`` as identifier and description, where QGIS shows them.
    """
    kinds = set(frame.geometry.geom_type.dropna())
    table = frame.reset_index(names="id")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.gpkg"
        pyogrio.write_dataframe(
            table,
            file,
            layer=layer,
            driver="GPKG",
            geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
            layer_options={"IDENTIFIER": title, "DESCRIPTION": "\n".join(notes), "FID": "fid"},
        )
        return file.read_bytes()


def csv_content(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with a byte order mark; no cell is taken for a formula by a spreadsheet."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([formula_safe(header) for header in headers])
    writer.writerows([formula_safe(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")
