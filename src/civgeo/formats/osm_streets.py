"""Inside the jail: streets and barriers of OpenStreetMap data into the checked GeoPackage."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from civgeo.errors import ImportRejected
from civgeo.formats.checked_writer import CheckedWriter
from civgeo.formats.facts import Basis, Column, ColumnKind, Facts, Layer
from civgeo.formats.osm_ways import BARRIERS, COLUMNS, STREETS, WaysRead, picked_ways
from civgeo.formats.sniff import FileFormat

__all__ = ["ATTRIBUTION", "osm_facts", "write_osm_layer"]

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
_NUMBERS = ("osm_id", "level")
_BATCH_ROWS = 10_000
_CRS = "EPSG:4326"


def osm_facts(layer: str | None) -> Facts:
    """What can be said of OpenStreetMap data before it is read; `layer` is to be one of its two.

    Raises
    ------
    ImportRejected
        When there is no such layer.
    """
    if layer is not None and layer not in COLUMNS:
        raise ImportRejected(
            f"没有名为“{layer}”的图层。OpenStreetMap 数据按 {STREETS}（步行道路）和 "
            f"{BARRIERS}（阻隔）读取。",
            code="no_such_layer",
        )
    return Facts(
        FileFormat.OSM_PBF,
        layers=(Layer(STREETS), Layer(BARRIERS)),
        layer=layer,
        encoding="UTF-8",
        encoding_basis=Basis.FORMAT,
        crs=_CRS,
        crs_basis=Basis.FORMAT,
    )


def write_osm_layer(ways: Path, read: WaysRead, layer: str, folder: Path) -> Facts:
    """Write the ways that `pick_ways` picked out into ``folder/checked.gpkg``.

    The layer ``streets`` holds ways that people walk on, whatever their direction for vehicles;
    ``barriers`` holds rivers, railways, motorways and walls on the ground. Water drawn as a
    relation of several ways is not among them.

    Raises
    ------
    ImportRejected
        When there are none.
    """
    if not read.rows:
        what = "可步行的道路" if layer == STREETS else "作为阻隔的水系、铁路或墙"
        raise ImportRejected(f"文件里没有{what}。", code="empty_layer")
    writer = CheckedWriter(folder / "checked.gpkg", _CRS, with_geometry=True)
    rows = picked_ways(ways)
    while batch := list(islice(rows, _BATCH_ROWS)):
        _write(writer, layer, batch)
    columns = (
        Column(name, ColumnKind.INTEGER if name in _NUMBERS else ColumnKind.TEXT)
        for name in COLUMNS[layer]
    )
    return replace(
        osm_facts(layer),
        rows=writer.rows,
        columns=tuple(columns),
        geometry_types=tuple(sorted(writer.geometry_types)),
        notes=(ATTRIBUTION, *read.told(layer)),
        findings=tuple(writer.findings),
    )


def _write(
    writer: CheckedWriter, layer: str, batch: Sequence[tuple[bytes, Iterable[object]]]
) -> None:
    numbers = np.arange(writer.rows + 1, writer.rows + len(batch) + 1, dtype=np.int64)
    cells = zip(*(values for _, values in batch), strict=True)
    columns = [
        np.asarray(given, dtype=np.int64 if name in _NUMBERS else object)
        for name, given in zip(COLUMNS[layer], cells, strict=True)
    ]
    writer.write(numbers, columns, np.asarray([shape for shape, _ in batch], dtype=object))
